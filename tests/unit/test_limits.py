"""What limits transfers to others, to the centavo and the second, and what the person is warned of.

Each condition that keeps a limit has its control: without it, the limit is passed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import repeat
from typing import Any

import pytest

from shared.confirmation import ConfirmationInvalid
from shared.dynamodb import Write
from shared.limits import MAX_RECENT, MAX_TERMS_ASKED
from shared.requests import TRIED_FOR
from tests.support.clock_and_bus import START
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after, cancelled, client_error
from tests.support.world import SETTINGS, World, world

MARIA, SAVINGS, CREDIT = "acc-maria", "acc-maria-savings", "acc-maria-credit"
JUAN, EVA = "acc-juan", "acc-eva"
MIDNIGHT = datetime.fromisoformat("2026-11-23T06:00:00Z")
"""When the bank's day ends that the tests begin on: midnight in Mexico City."""
DEPLOYED = {
    "max_transfer_amount": Decimal(50000),
    "daily_transfer_limit": Decimal(12800),
    "new_payee_limit": Decimal(3000),
    "new_payee_hours": 24,
    "require_confirmation": "agents",
}
Answer = dict[str, Any]


def set_limits(bank: World, **changes: Any) -> None:
    bank.rebuild(settings=SETTINGS._replace(**(DEPLOYED | changes)))


@pytest.fixture
def bank() -> Iterator[World]:
    """Yield a bank with the deployed limits, where María has long paid Juan and never Eva."""
    with world() as bank:
        bank.account("user-maria", MARIA, "200000.00", holder_name="María Pérez")
        bank.account("user-maria", SAVINGS, "200000.00", account_type="savings")
        credit = {"account_type": "credit", "credit_limit": Decimal(90000)}
        bank.account("user-maria", CREDIT, "0.00", **credit)
        bank.account("user-juan", JUAN, "0.00", holder_name="Juan López García")
        bank.account("user-eva", EVA, "0.00", holder_name="Eva Ruiz")
        bank.account("user-eva", "acc-eva-blocked", "0.00", status="blocked")
        bank.account("user-eva", "acc-eva-dollars", "0.00", currency="USD")
        long_paid(bank, JUAN)
        set_limits(bank)
        yield bank


def long_paid(bank: World, account_id: str, **attributes: Any) -> None:
    first = {"first_paid_at": "2026-01-01T00:00:00Z"}
    bank.put("limits", user_id="user-maria", subject=f"payee#{account_id}", **first | attributes)


def own_limit(bank: World, pesos: str, **attributes: Any) -> None:
    """Set the customer's own limit, as the bank's application does."""
    item = limits_of(bank, "transfers") | {"daily_limit": Decimal(pesos)} | attributes
    bank.put("limits", **{"user_id": "user-maria", "subject": "transfers"} | item)


def limits_of(bank: World, subject: str, user_id: str = "user-maria") -> dict[str, Any]:
    items = bank.items("limits")
    found = [item for item in items if (item["user_id"], item["subject"]) == (user_id, subject)]
    return found[0] if found else {}


def transfer(amount: str, to: str = JUAN, source: str = MARIA, **more: str) -> dict[str, Any]:
    return {"from_account": source, "to_account": to, "amount": amount, **more}


def asked(bank: World, arguments: Mapping[str, Any], **call: Any) -> Answer:
    """Return what a call without a proof is answered."""
    operation = call.pop("operation", "createTransfer")
    return bank.call(operation, yes=False, **call, **arguments)[1]


def confirmed(bank: World, terms: Answer, arguments: Mapping[str, Any], **call: Any) -> Answer:
    """Return what the call is answered once the customer has said yes to its terms."""
    proof = {"attributes": {"confirmation": bank.proof(terms)}}
    return asked(bank, arguments, **proof, **call)


def sent(bank: World, amount: str, to: str = JUAN, source: str = MARIA, **more: str) -> str | None:
    """Ask for the terms, say yes, and return the code of what came of it: None when it is done."""
    arguments = transfer(amount, to, source, **more)
    return code_of(bank.call("createTransfer", **arguments)[1])


def code_of(body: Answer) -> str | None:
    return body["error"]["code"] if "error" in body else None


def warned(body: Answer) -> list[str]:
    return [warning["code"] for warning in body["confirmation"]["warnings"]]


def to_others(bank: World) -> Decimal:
    """Return the pesos that arrived at other people's accounts."""
    return sum((bank.balance(account_id) for account_id in (JUAN, EVA)), Decimal(0))


def of(subject: str) -> Callable[[Write], bool]:
    """Pick the writes to the items of limits whose subject begins so."""

    def is_meant(write: Write) -> bool:
        key = getattr(write, "key", {})
        return write.table.endswith("limits") and key["subject"].startswith(subject)

    return is_meant


# --- One transfer, and a day -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "code"),
    [("50000", None), ("50000.01", "LIMIT_EXCEEDED"), ("60000", "LIMIT_EXCEEDED")],
)
def test_one_transfer_has_a_most(bank: World, amount: str, code: str | None) -> None:
    own_limit(bank, "100000")
    assert sent(bank, amount) == code
    assert sent(bank, amount, to=SAVINGS) is None


@pytest.mark.parametrize(
    ("own", "before", "amount", "code"),
    [
        (None, None, "12800", None),
        (None, None, "12800.01", "LIMIT_EXCEEDED"),
        (None, "12799.99", "0.01", None),
        (None, "12799.99", "0.02", "LIMIT_EXCEEDED"),
        ("20000", None, "20000", None),
        ("20000", "12800", "7200.01", "LIMIT_EXCEEDED"),
        ("500", None, "500.01", "LIMIT_EXCEEDED"),
        ("500", "499.99", "0.01", None),
        ("0", None, "0.01", "LIMIT_EXCEEDED"),
    ],
)
def test_a_day_has_a_limit_the_customers_own_or_else_the_banks(
    bank: World, own: str | None, before: str | None, amount: str, code: str | None
) -> None:
    if own is not None:
        own_limit(bank, own)
    if before is not None:
        assert sent(bank, before) is None
    assert sent(bank, amount) == code


def test_what_is_left_today_is_said_beside_the_terms_and_in_the_refusal(bank: World) -> None:
    assert asked(bank, transfer("100"))["confirmation"]["left_today"] == 12800
    assert "left_today" not in asked(bank, transfer("100", to=SAVINGS))["confirmation"]
    assert sent(bank, "12000.50") is None
    assert asked(bank, transfer("100"))["confirmation"]["left_today"] == Decimal("799.50")
    error = asked(bank, transfer("799.51"))["error"]
    assert error["left"] == Decimal("799.50")
    assert "799.50" in error["message"]
    assert "2026-11-23T05:59:59" in error["message"]


def test_the_banks_day_ends_at_midnight_in_mexico_city(bank: World) -> None:
    assert sent(bank, "12800") is None
    bank.clock.now = MIDNIGHT - timedelta(milliseconds=1)
    assert sent(bank, "0.01") == "LIMIT_EXCEEDED"
    bank.clock.now = MIDNIGHT
    assert sent(bank, "12800") is None
    assert sent(bank, "0.01") == "LIMIT_EXCEEDED"


def test_an_own_limit_lowered_below_what_was_spent_leaves_nothing(bank: World) -> None:
    assert sent(bank, "900") is None
    own_limit(bank, "500")
    body = asked(bank, transfer("0.01"))
    assert code_of(body) == "LIMIT_EXCEEDED"
    assert "0.00 pesos" in body["error"]["message"]


def test_a_clock_that_is_ahead_or_behind_at_midnight_opens_no_day_twice(bank: World) -> None:
    bank.clock.now = MIDNIGHT + timedelta(seconds=2)
    assert sent(bank, "12000") is None
    bank.clock.now = MIDNIGHT - timedelta(seconds=1)
    assert sent(bank, "800.01") == "LIMIT_EXCEEDED"
    assert sent(bank, "800") is None
    bank.clock.now = MIDNIGHT + timedelta(seconds=3)
    assert sent(bank, "0.01") == "LIMIT_EXCEEDED"


Race = Callable[[World], object]


def _spend_from_savings(bank: World) -> None:
    set_limits(bank)
    assert sent(bank, "12000", source=SAVINGS) is None


def _lower(bank: World) -> None:
    own_limit(bank, "100")


def _lower_by_a_centavo(bank: World) -> None:
    own_limit(bank, "11999.99")


@pytest.mark.parametrize("is_begun", [False, True])
@pytest.mark.parametrize("own", [None, "12800"])
@pytest.mark.parametrize("race", [_spend_from_savings, _lower, _lower_by_a_centavo])
def test_what_happens_between_decision_and_commit_passes_no_limit(
    bank: World, race: Race, own: str | None, *, is_begun: bool
) -> None:
    """They leave two accounts, so that nothing but the item of the day stands between them."""
    long_paid(bank, EVA)
    if own is not None:
        own_limit(bank, own)
    if is_begun:
        assert sent(bank, "1", to=EVA) is None
    terms = asked(bank, transfer("12000", to=EVA))
    database = ScriptedDatabase(bank.client, [after(partial(race, bank))])
    bank.connect(database)
    body = confirmed(bank, terms, transfer("12000", to=EVA))
    assert code_of(body) == "LIMIT_EXCEEDED"
    assert to_others(bank) <= 12800


@pytest.mark.parametrize("race", [_spend_from_savings, _lower])
def test_without_the_condition_on_the_day_its_limit_is_passed(bank: World, race: Race) -> None:
    long_paid(bank, EVA)
    terms = asked(bank, transfer("12000", to=EVA))
    bank.connect(CarelessDatabase(bank.client, of("transfers"), [after(partial(race, bank))]))
    assert code_of(confirmed(bank, terms, transfer("12000", to=EVA))) is None
    assert bank.balance(EVA) == 12000


def test_a_day_that_begins_between_decision_and_commit_counts_for_both(bank: World) -> None:
    long_paid(bank, EVA)
    assert sent(bank, "12800") is None
    bank.clock.now = MIDNIGHT
    terms = asked(bank, transfer("12000", to=EVA))

    def begin() -> None:
        set_limits(bank)
        assert sent(bank, "800", source=SAVINGS) is None

    bank.connect(ScriptedDatabase(bank.client, [after(begin)]))
    assert code_of(confirmed(bank, terms, transfer("12000", to=EVA))) is None
    assert limits_of(bank, "transfers")["spent"] == 12800


def test_own_accounts_and_purchases_are_free(bank: World) -> None:
    bank.account("retailer-azteca", "acc-azteca", "0.00")
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-auto", price=Decimal(60000))
    own_limit(bank, "0")
    assert sent(bank, "70000", to=SAVINGS) is None
    bought: dict[str, Any] = {
        "product_id": "p-auto",
        "account_id": MARIA,
        "unit_price": "60000",
        "quantity": "1",
    }
    status, _ = bank.call("createPurchase", **bought)
    bank.settle()
    assert status == 200
    assert bank.balance("acc-azteca") == 60000
    assert "spent" not in limits_of(bank, "transfers")
    assert sent(bank, "0.01") == "LIMIT_EXCEEDED"
    assert sent(bank, "0.01", to="acc-azteca") == "LIMIT_EXCEEDED"


# --- A new payee -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "codes"),
    [
        (["3000"], [None]),
        (["3000.01"], ["LIMIT_EXCEEDED"]),
        (["2999.99", "0.02", "0.01", "0.01"], [None, "LIMIT_EXCEEDED", None, "LIMIT_EXCEEDED"]),
    ],
)
def test_what_a_new_account_may_be_paid_is_a_total(
    bank: World, amounts: list[str], codes: list[str | None]
) -> None:
    assert [sent(bank, amount, to=EVA) for amount in amounts] == codes
    assert sent(bank, "3000.02") is None, "an account that was long paid is not limited so"


def test_an_account_is_new_for_the_hours_after_its_first_payment_to_the_second(
    bank: World,
) -> None:
    assert sent(bank, "3000", to=EVA) is None
    bank.clock.now = START + timedelta(hours=24) - timedelta(seconds=1)
    body = asked(bank, transfer("1", to=EVA))
    assert code_of(body) == "LIMIT_EXCEEDED"
    assert "until 2026-11-23T15:00:00.000Z, 0.00 pesos" in body["error"]["message"]
    bank.clock.now = START + timedelta(hours=24)
    assert sent(bank, "9000", to=EVA) is None


def test_an_account_that_was_never_paid_is_new_however_long_the_customer_waits(
    bank: World,
) -> None:
    for _ in range(3):
        body = asked(bank, transfer("3000.01", to=EVA))
        assert code_of(body) == "LIMIT_EXCEEDED"
        assert "in the 24 hours after the first transfer, 3000.00" in body["error"]["message"]
        assert body["error"]["left"] == 3000
        bank.clock.move(timedelta(days=3))


@pytest.mark.parametrize("confirmation", ["always", "never"])
@pytest.mark.parametrize("amount", ["3000.01", "12800.01", "50000.01"])
def test_a_limit_does_not_tell_whether_there_is_an_account(
    bank: World, amount: str, confirmation: Any
) -> None:
    """Where no proof is asked, nothing else would bound how many are asked about."""
    set_limits(bank, require_confirmation=confirmation)
    there = ("acc-nobody", EVA, "acc-eva-blocked", "acc-eva-dollars")
    answers = [asked(bank, transfer(amount, to=account_id)) for account_id in there]
    assert code_of(answers[0]) == "LIMIT_EXCEEDED"
    assert answers == [answers[0]] * len(there)


@pytest.mark.parametrize(
    ("first_paid_at", "is_new"),
    [
        ("2026-11-21T15:00:00Z", False),
        ("2026-11-21T09:00:00-06:00", False),
        ("2026-11-21T15:00:00.001Z", True),
        ("2026-11-22T15:00:02Z", True),
    ],
)
def test_a_payee_of_the_seeds_needs_no_more_than_when_it_was_paid_first(
    bank: World, first_paid_at: str, *, is_new: bool
) -> None:
    long_paid(bank, EVA, first_paid_at=first_paid_at)
    assert sent(bank, "3000.01", to=EVA) == ("LIMIT_EXCEEDED" if is_new else None)
    assert sent(bank, "1", to=EVA) is None
    assert limits_of(bank, f"payee#{EVA}")["first_paid_at"] == first_paid_at


def test_without_hours_only_the_first_payment_is_limited(bank: World) -> None:
    set_limits(bank, new_payee_hours=0)
    assert sent(bank, "3000.01", to=EVA) == "LIMIT_EXCEEDED"
    assert sent(bank, "3000", to=EVA) is None
    assert sent(bank, "3000.01", to=EVA) is None


@pytest.mark.parametrize("paid_before", [None, "1000"])
@pytest.mark.parametrize("is_careless", [False, True])
def test_two_payments_of_a_new_account_at_once_do_not_pass_its_limit(
    bank: World, paid_before: str | None, *, is_careless: bool
) -> None:
    """They leave two accounts, so that nothing but the payee's item stands between them."""
    assert sent(bank, "1") is None
    if paid_before:
        assert sent(bank, paid_before, to=EVA) is None
    terms = asked(bank, transfer("2000", to=EVA))

    def pay_from_savings() -> None:
        set_limits(bank)
        assert sent(bank, "1999.99", to=EVA, source=SAVINGS) is None

    script = [after(pay_from_savings)]
    bank.connect(
        CarelessDatabase(bank.client, of("payee#"), script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, terms, transfer("2000", to=EVA))
    assert code_of(body) == (None if is_careless else "LIMIT_EXCEEDED")
    assert (bank.balance(EVA) > 3000) is is_careless


# --- What is written -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (transfer("12800.01"), {}),
        (transfer("3000.01", to=EVA), {}),
        (transfer("100"), {"own": "99"}),
    ],
)
def test_a_limit_is_recorded_with_a_good_proof_only(
    bank: World, arguments: dict[str, Any], more: dict[str, Any]
) -> None:
    set_limits(bank, daily_transfer_limit=Decimal(99999), new_payee_limit=Decimal(99999))
    terms = asked(bank, arguments)
    set_limits(bank)
    if more:
        own_limit(bank, more["own"])
    without_a_proof = bank.snapshot()
    if arguments["to_account"] == JUAN:
        assert code_of(asked(bank, arguments)) == "LIMIT_EXCEEDED"
        assert bank.snapshot() == without_a_proof
    forged = asked(bank, arguments, attributes={"confirmation": bank.proof(terms)[:-3] + "AAA"})
    assert code_of(forged) == ConfirmationInvalid.code
    assert bank.snapshot() == without_a_proof
    assert code_of(confirmed(bank, terms, arguments)) == "LIMIT_EXCEEDED"
    [record] = bank.records()
    assert record["status"] == 422
    assert "confirmation_id" in record
    assert to_others(bank) == 0


def test_limits_hold_on_the_bus_also_where_it_is_asked_for_no_proof(bank: World) -> None:
    data = {"from_account": MARIA, "to_account": JUAN, "amount": 12800.01}
    event = bank.send("core_banking", "TRANSFER_REQUEST", data)
    assert event["data"]["error"]["code"] == "LIMIT_EXCEEDED"
    assert event["data"]["error"]["left"] == 12800
    assert len(bank.records()) == 1


def test_an_item_of_a_payee_has_an_end(bank: World) -> None:
    for centavos in range(1, MAX_RECENT + 6):
        assert sent(bank, f"{centavos / 100:.2f}") is None
        bank.clock.move(timedelta(seconds=1))

    recent = limits_of(bank, f"payee#{JUAN}")["recent"]
    assert len(recent) == MAX_RECENT
    assert f"{MARIA} 0.05" not in recent, "the oldest is forgotten first"
    assert f"{MARIA} 0.06" in recent


# --- Holders' names are no directory ---------------------------------------------------------


NEW_BENEFICIARY = {"name": "Eva Ruiz", "alias": "mi vecina", "account_id": EVA}


@pytest.mark.parametrize(
    ("operation", "arguments", "is_counted"),
    [
        ("createTransfer", transfer("1", to=EVA), True),
        ("createTransfer", transfer("1", to="acc-of-nobody"), True),
        ("createTransfer", transfer("1", to="acc-eva-blocked"), True),
        ("createTransfer", transfer("1", to="acc-eva-dollars"), True),
        ("createTransfer", transfer("60000", to=EVA), True),
        ("createTransfer", transfer("1", to=JUAN), False),
        ("createTransfer", transfer("1", to=SAVINGS), False),
        ("createTransfer", transfer("999999", to=EVA), False),
        ("createTransfer", transfer("1", to=EVA, source="acc-of-nobody"), False),
        ("addBeneficiary", NEW_BENEFICIARY, True),
        ("addBeneficiary", NEW_BENEFICIARY | {"account_id": "acc-of-nobody"}, True),
        ("addBeneficiary", NEW_BENEFICIARY | {"account_id": JUAN}, False),
        ("addBeneficiary", NEW_BENEFICIARY | {"account_id": SAVINGS}, False),
    ],
)
def test_terms_are_counted_of_accounts_that_were_never_paid_and_are_not_the_customers(
    bank: World, operation: str, arguments: dict[str, Any], *, is_counted: bool
) -> None:
    others = {t: items for t, items in bank.snapshot().items() if t != "limits"}
    answers = [
        code_of(asked(bank, arguments, operation=operation)) for _ in range(MAX_TERMS_ASKED + 1)
    ]
    assert len(set(answers[:-1])) == 1
    assert (answers[-1] == "TERMS_LIMIT") is is_counted
    assert limits_of(bank, "terms").get("asked", 0) == (MAX_TERMS_ASKED if is_counted else 0)
    assert {t: items for t, items in bank.snapshot().items() if t != "limits"} == others


def test_terms_beyond_the_limit_say_nothing_of_the_account(bank: World) -> None:
    for _ in range(MAX_TERMS_ASKED):
        asked(bank, transfer("1", to="acc-of-nobody"))
    bodies = [asked(bank, transfer("1", to=to)) for to in (EVA, "acc-of-nobody", "acc-eva-blocked")]
    bodies.append(asked(bank, NEW_BENEFICIARY, operation="addBeneficiary"))
    assert [body["error"] for body in bodies] == [bodies[0]["error"]] * 4
    assert bodies[0].keys() == {"error"}
    assert sent(bank, "1") is None, "whom the customer has paid may be paid"
    assert code_of(asked(bank, transfer("1", to=MARIA, source=SAVINGS))) == "CONFIRMATION_REQUIRED"


def test_terms_are_counted_by_the_banks_day_whatever_a_clock_that_is_behind_says(
    bank: World,
) -> None:
    bank.clock.now = MIDNIGHT - timedelta(seconds=1)
    for _ in range(MAX_TERMS_ASKED):
        asked(bank, transfer("1", to=EVA))
    assert code_of(asked(bank, transfer("1", to=EVA))) == "TERMS_LIMIT"
    bank.clock.now = MIDNIGHT
    codes = []
    for number in range(MAX_TERMS_ASKED + 2):  # two workers, whose clocks differ by two seconds
        bank.clock.now = MIDNIGHT + timedelta(seconds=-1 if number % 2 else 1)
        codes.append(code_of(asked(bank, transfer("1", to=EVA))))
    assert Counter(codes) == {"CONFIRMATION_REQUIRED": MAX_TERMS_ASKED, "TERMS_LIMIT": 2}


def test_each_customer_has_a_count_of_terms_and_what_asks_for_a_proof_alone_is_counted(
    bank: World,
) -> None:
    bank.account("user-pia", "acc-pia", "10.00")
    for _ in range(MAX_TERMS_ASKED):
        asked(bank, transfer("1", to=EVA))
    by_pia = asked(bank, transfer("1", to=EVA, source="acc-pia"), user_id="user-pia")
    assert code_of(by_pia) == "CONFIRMATION_REQUIRED"
    data = {"from_account": MARIA, "to_account": EVA, "amount": 1}
    assert "error" not in bank.send("core_banking", "TRANSFER_REQUEST", data)["data"]


@pytest.mark.parametrize("is_begun", [False, True])
def test_terms_that_are_asked_for_at_once_are_all_counted(bank: World, *, is_begun: bool) -> None:
    if is_begun:
        asked(bank, transfer("1", to=EVA))

    def ask_first() -> None:
        set_limits(bank)
        for _ in range(MAX_TERMS_ASKED - is_begun):
            asked(bank, transfer("1", to=EVA))

    bank.connect(ScriptedDatabase(bank.client, [after(ask_first)]))
    assert code_of(asked(bank, transfer("1", to=EVA))) == "TERMS_LIMIT"
    assert limits_of(bank, "terms")["asked"] == MAX_TERMS_ASKED


def test_without_its_condition_more_terms_are_shown_than_are_counted(bank: World) -> None:
    asked(bank, transfer("1", to=EVA))

    def ask_first() -> None:
        set_limits(bank)
        for _ in range(MAX_TERMS_ASKED - 1):
            asked(bank, transfer("1", to=EVA))

    bank.connect(CarelessDatabase(bank.client, of("terms"), [after(ask_first)]))
    assert code_of(asked(bank, transfer("1", to=EVA))) == "CONFIRMATION_REQUIRED"


@pytest.mark.parametrize("operation", ["createTransfer", "addBeneficiary"])
def test_terms_that_others_keep_from_being_counted_are_counted_once_when_these_give_way(
    bank: World, operation: str
) -> None:
    waits: list[float] = []
    crowd = ScriptedDatabase(bank.client, [cancelled("TransactionConflict")] * 20)
    bank.rebuild(database=crowd, sleep=waits.append)
    arguments = transfer("1", to=EVA) if operation == "createTransfer" else NEW_BENEFICIARY
    assert code_of(asked(bank, arguments, operation=operation)) == "CONFIRMATION_REQUIRED"
    assert limits_of(bank, "terms")["asked"] == 1
    assert len(waits) == 20
    assert min(waits) > 0


def test_terms_that_others_keep_from_being_counted_for_too_long_are_not_shown(bank: World) -> None:
    begun = bank.clock.now
    bank.rebuild(
        database=ScriptedDatabase(bank.client, repeat(cancelled("TransactionConflict"))),
        sleep=lambda seconds: bank.clock.move(timedelta(seconds=seconds)),
    )
    body = asked(bank, transfer("1", to=EVA))
    assert code_of(body) == "TEMPORARILY_UNAVAILABLE"
    assert "confirmation" not in body
    assert timedelta(0) <= bank.clock.now - begun - TRIED_FOR < timedelta(seconds=1)


def test_terms_that_cannot_be_counted_are_not_shown(bank: World) -> None:
    def fail() -> None:
        raise client_error("ThrottlingException")

    bank.connect(ScriptedDatabase(bank.client, [after(fail)]))
    body = asked(bank, transfer("1", to=EVA))
    assert "confirmation" not in body
    assert code_of(body) == "TEMPORARILY_UNAVAILABLE"


# --- Warnings --------------------------------------------------------------------------------


def test_a_new_payee_is_warned_of_until_it_was_paid_long_enough_ago(bank: World) -> None:
    assert warned(asked(bank, transfer("1", to=EVA))) == ["NEW_PAYEE"]
    assert sent(bank, "1", to=EVA) is None
    bank.clock.now = START + timedelta(hours=24) - timedelta(seconds=1)
    assert warned(asked(bank, transfer("2", to=EVA))) == ["NEW_PAYEE"]
    bank.clock.now = START + timedelta(hours=24)
    assert warned(asked(bank, transfer("2", to=EVA))) == []
    assert warned(asked(bank, transfer("2", to=SAVINGS))) == []


@pytest.mark.parametrize(
    ("again", "is_warned"),
    [
        (transfer("100"), True),
        (transfer("100.00", description="Otra cosa"), True),
        (transfer("100.01"), False),
        (transfer("100", source=SAVINGS), False),
        (transfer("100", to=EVA), False),
    ],
)
def test_the_same_transfer_within_a_day_may_be_a_duplicate_however_it_is_described(
    bank: World, again: dict[str, Any], *, is_warned: bool
) -> None:
    assert sent(bank, "100", description="Cena") is None
    body = asked(bank, again, session_id="session-2")
    assert ("POSSIBLE_DUPLICATE" in warned(body)) is is_warned


def test_a_duplicate_is_warned_of_for_a_day_to_the_second_and_between_own_accounts(
    bank: World,
) -> None:
    for to in (JUAN, SAVINGS):
        assert sent(bank, "100", to=to) is None
    bank.clock.move(timedelta(hours=24) - timedelta(seconds=1))
    for to in (JUAN, SAVINGS):
        assert warned(asked(bank, transfer("100", to=to))) == ["POSSIBLE_DUPLICATE"]
    bank.clock.move(timedelta(seconds=1))
    for to in (JUAN, SAVINGS):
        assert warned(asked(bank, transfer("100", to=to))) == []


def test_a_transfer_whose_answer_was_lost_two_minutes_ago_is_warned_of(bank: World) -> None:
    def lose() -> None:
        raise client_error("InternalServerError")

    terms = asked(bank, transfer("100"))

    def commit_and_lose(commit: Callable[[], None]) -> None:
        commit()
        lose()

    bank.connect(ScriptedDatabase(bank.client, [commit_and_lose]))
    assert code_of(confirmed(bank, terms, transfer("100"))) == "TEMPORARILY_UNAVAILABLE"
    bank.clock.move(timedelta(minutes=2, seconds=1))
    again = asked(bank, transfer("100", description="Como te dije"), session_id="session-2")
    assert warned(again) == ["POSSIBLE_DUPLICATE"]
    assert bank.balance(JUAN) == 100


@pytest.mark.parametrize("is_careless", [False, True])
def test_two_yeses_to_one_transfer_at_once_are_one_transfer_and_a_question(
    bank: World, *, is_careless: bool
) -> None:
    first, second = (asked(bank, transfer("100")) for _ in range(2))

    def say_the_other_yes() -> None:
        set_limits(bank)
        assert code_of(confirmed(bank, second, transfer("100"))) is None

    script = [after(say_the_other_yes)]
    bank.connect(
        CarelessDatabase(bank.client, lambda _: True, script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, first, transfer("100"))
    assert code_of(body) == (None if is_careless else "TERMS_CHANGED")
    assert bank.balance(JUAN) == (200 if is_careless else 100)
    if not is_careless:
        assert warned(body) == ["POSSIBLE_DUPLICATE"]


def test_money_from_a_credit_account_is_borrowed(bank: World) -> None:
    assert warned(asked(bank, transfer("100", source=CREDIT))) == ["CASH_FROM_CREDIT"]
    assert warned(asked(bank, transfer("100", source=CREDIT, to=SAVINGS))) == ["CASH_FROM_CREDIT"]
    assert warned(asked(bank, transfer("100"))) == []


@pytest.mark.parametrize("is_careless", [False, True])
def test_an_account_that_becomes_one_of_credit_before_the_commit_is_warned_of_first(
    bank: World, *, is_careless: bool
) -> None:
    terms = asked(bank, transfer("100"))
    lend = partial(bank.account, "user-maria", MARIA, "9000", account_type="credit")
    script = [after(lambda: lend(credit_limit=1000))]
    bank.connect(
        CarelessDatabase(bank.client, lambda write: write.table.endswith("accounts"), script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, terms, transfer("100"))
    assert code_of(body) == (None if is_careless else "TERMS_CHANGED")


@pytest.mark.parametrize(
    ("name", "is_warned"),
    [("Eva Ruiz", False), ("EVA RUIZ", False), ("Eva Gómez", True), ("Juan López García", True)],
)
def test_a_name_that_is_not_the_holders_is_warned_of(
    bank: World, name: str, *, is_warned: bool
) -> None:
    body = asked(bank, NEW_BENEFICIARY | {"name": name}, operation="addBeneficiary")
    assert warned(body) == (["NAME_DIFFERS"] if is_warned else [])
    assert body["confirmation"]["terms"]["holder"] == "Eva R***"


# --- Who holds the account -------------------------------------------------------------------


def held_by(bank: World, name: Any) -> None:
    """Let the bank's books name another holder of Eva's account, with no other change."""
    bank.client.update_item(
        TableName="centli-accounts",
        Key={"user_id": {"S": "user-eva"}, "account_id": {"S": EVA}},
        UpdateExpression="SET holder_name = :name",
        ExpressionAttributeValues={":name": {"S": name}},
    )


CALLS = [("createTransfer", transfer("1", to=EVA)), ("addBeneficiary", NEW_BENEFICIARY)]


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
@pytest.mark.parametrize("shown", [None, "Eva Ruiz", "E" * 300])
@pytest.mark.parametrize("is_careless", [False, True])
def test_another_holder_between_the_decision_and_the_commit_is_shown_first(
    bank: World,
    operation: str,
    arguments: dict[str, Any],
    shown: str | None,
    *,
    is_careless: bool,
) -> None:
    known = {} if shown is None else {"holder_name": shown}
    bank.account("user-eva", EVA, "0.00", **known)
    terms = asked(bank, arguments, operation=operation)
    script = [after(partial(held_by, bank, "Pedro Páramo"))]
    bank.connect(
        CarelessDatabase(bank.client, lambda write: write.table.endswith("accounts"), script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, terms, arguments, operation=operation)
    assert code_of(body) == (None if is_careless else "TERMS_CHANGED")


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_an_account_that_is_blocked_between_the_decision_and_the_commit_is_not_taken(
    bank: World, operation: str, arguments: dict[str, Any]
) -> None:
    terms = asked(bank, arguments, operation=operation)
    block = partial(bank.account, "user-eva", EVA, "0.00", holder_name="Eva Ruiz", status="blocked")
    bank.connect(ScriptedDatabase(bank.client, [after(block)]))
    body = confirmed(bank, terms, arguments, operation=operation)
    assert code_of(body) == "ACCOUNT_NOT_FOUND"


@pytest.mark.parametrize("name", ["", "E" * 200, "E" * 300, 7, None])
@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_whatever_the_books_have_for_a_holder_the_account_can_be_paid(
    bank: World, operation: str, arguments: dict[str, Any], name: Any
) -> None:
    bank.account("user-eva", EVA, "0.00", holder_name=name)
    terms = asked(bank, arguments, operation=operation)
    assert code_of(confirmed(bank, terms, arguments, operation=operation)) is None


# --- What a session keeps --------------------------------------------------------------------


def test_of_two_proofs_of_the_same_call_the_newer_counts(bank: World) -> None:
    first = bank.proof(asked(bank, transfer("100")))
    assert code_of(asked(bank, transfer("100"), attributes={"confirmation": first})) is None
    bank.clock.move(timedelta(minutes=5))
    second = bank.proof(asked(bank, transfer("100")))
    for kept in (f"{first} {second}", f"{second} {first}"):
        body = asked(bank, transfer("100"), attributes={"confirmation": kept})
        assert code_of(body) is None
        assert bank.balance(JUAN) == 200


# --- What it costs ---------------------------------------------------------------------------


def calls_of(bank: World, do: Callable[[], object]) -> Counter[str]:
    """Return what is called of DynamoDB meanwhile."""
    calls: Counter[str] = Counter()

    def count(operation: str, arguments: Any, carry_out: Callable[[Any], Answer]) -> Answer:
        calls[operation] += 1
        return carry_out(arguments)

    bank.client.around = count
    do()
    bank.client.around = None
    return calls


@pytest.mark.parametrize("to", [JUAN, SAVINGS])
def test_a_transfer_reads_twice_before_it_is_shown_and_before_it_is_committed(
    bank: World, to: str
) -> None:
    arguments = transfer("1", to=to)
    reads = Counter({"Query": 1, "BatchGetItem": 1})
    shown: list[Answer] = []
    assert calls_of(bank, lambda: shown.append(asked(bank, arguments))) == reads
    done = calls_of(bank, lambda: confirmed(bank, shown[0], arguments))
    assert done == reads + Counter({"TransactWriteItems": 1})
    assert bank.kms.calls.count("VerifyMac") == 1


def test_terms_of_an_account_that_was_never_paid_cost_a_counter_more(bank: World) -> None:
    assert calls_of(bank, lambda: asked(bank, transfer("1", to=EVA))) == {
        "Query": 1,
        "BatchGetItem": 1,
        "GetItem": 1,
        "TransactWriteItems": 1,
    }


def test_the_warning_of_a_purchase_costs_one_query(bank: World) -> None:
    bank.account("retailer-azteca", "acc-azteca", "0.00")
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-1", price=Decimal(60))
    bought = {"product_id": "p-1", "retailer_id": "retailer-azteca", "account_id": MARIA}
    wanted = bought | {"unit_price": "60", "quantity": "1"}
    with_terms = calls_of(bank, lambda: asked(bank, wanted, operation="createPurchase"))
    set_limits(bank, require_confirmation="never")
    bank.rebuild(settings=bank.resources.settings._replace(agent_wait_seconds=0))
    without = calls_of(bank, lambda: asked(bank, wanted, operation="createPurchase"))
    assert with_terms["Query"] - without["Query"] == 1
    assert with_terms - Counter(Query=1) <= without
