"""What limits transfers to others, to the centavo and the second.

Each condition that keeps a limit has its control: without it, the limit is passed.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shared.confirmation import ConfirmationInvalid
from shared.limits import MAX_RECENT, RECENT
from tests.support.clock_and_bus import START
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after
from tests.support.limits import (
    EVA,
    JUAN,
    MARIA,
    MIDNIGHT,
    SAVINGS,
    asked,
    bank_with_limits,
    code_of,
    confirmed,
    limits_of,
    long_paid,
    of,
    own_limit,
    sent,
    set_limits,
    transfer,
)
from tests.support.world import World


@pytest.fixture
def bank() -> Iterator[World]:
    with bank_with_limits() as bank:
        yield bank


def to_others(bank: World) -> Decimal:
    """Return the pesos that arrived at other people's accounts."""
    return sum((bank.balance(account_id) for account_id in (JUAN, EVA)), Decimal(0))


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
    bank.clock.move(RECENT)
    assert sent(bank, "1") is None
    assert [*limits_of(bank, f"payee#{JUAN}")["recent"]] == [f"{MARIA} 1.00"]
