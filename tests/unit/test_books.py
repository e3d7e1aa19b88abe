"""The books of a bank: each kind of disagreement is planted and found; a clean bank has none."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from action_groups.marketplace.purchases import Purchase
from console import books
from console.books import IN_FLIGHT, KINDS, Disagreement, Report, prove
from shared import json_text
from shared.clock import to_iso
from shared.owed import owed_by
from shared.payments import payment_key
from tests.support.tables import PREFIX
from tests.support.utterances import seeded_bank
from tests.support.world import SETTINGS, World

TELEVISION = {
    "product_id": "prod-televisor-32",
    "retailer_id": "retailer-electronica-azteca",
    "account_id": "acc-maria-checking",
    "unit_price": "3799",
}
LATER = IN_FLIGHT + timedelta(seconds=1)


@pytest.fixture
def bank() -> World:
    """The seeded bank after a transfer, a purchase with cashback, and one that was not paid."""
    made = seeded_bank()
    made.call(
        "createTransfer",
        from_account="acc-maria-checking",
        to_account="acc-juan-checking",
        amount="100.10",
    )
    made.call("createPurchase", **TELEVISION, benefit="cashback", cashback="189.95")
    made.call(
        "createPurchase", user_id="user-sofia", **TELEVISION | {"account_id": "acc-sofia-checking"}
    )
    assert {p["status"] for p in made.items("purchases")} == {"completed", "failed"}
    return made


def report(bank: World, client: Any = None) -> Report:
    return prove(client or bank.client, PREFIX, clock=bank.clock, sleep=lambda _seconds: None)


def kinds(bank: World) -> set[str]:
    return {disagreement.kind for disagreement in report(bank).disagreements}


def changed(bank: World, table: str, change: dict[str, Any], **where: Any) -> None:
    """Write over the items that have these attributes."""
    items = [i for i in bank.items(table) if where.items() <= i.items()]
    assert items
    for item in items:
        bank.put(table, **{**item, **change})


def removed(bank: World, table: str, keys: tuple[str, ...], **where: Any) -> None:
    names = {"#" + name: name for name in keys}
    for item in [i for i in bank.items(table) if where.items() <= i.items()]:
        bank.client.delete_item(
            TableName=f"{PREFIX}-{table}",
            Key={name: {"S": item[name]} for name in names.values()},
        )


def bought(bank: World, status: str = "completed") -> dict[str, Any]:
    [purchase] = [
        p
        for p in bank.items("purchases")
        if p["status"] == status and p["product_id"] == "prod-televisor-32"
    ]
    return purchase


def test_a_bank_after_transfers_and_purchases_agrees(bank: World) -> None:
    found = report(bank)

    assert (found.disagreements, found.moving) == ([], [])
    assert {table: count > 0 for table, count in found.read.items()} == dict.fromkeys(
        ("accounts", "transactions", "requests", "products", "purchases", "beneficiaries"), True
    )


def test_the_seeds_alone_explain_every_balance() -> None:
    assert report(seeded_bank()).disagreements == []


def add_to_balance(bank: World) -> None:
    changed(bank, "accounts", {"balance": Decimal("1.00")}, account_id="acc-juan-savings")


def go_below_the_floor(bank: World) -> None:
    changed(bank, "accounts", {"credit_limit": Decimal(10)}, account_id="acc-sofia-credit")


def give_an_id_to_two(bank: World) -> None:
    bank.account("user-zoe", "acc-juan-savings", "0.00")


def show_a_record_to_another(bank: World) -> None:
    [record] = [r for r in bank.items("transactions") if r.get("description") == "Cena"][:1]
    bank.put("transactions", **{**record, "user_id": "user-elena"})


def spoil_a_record(bank: World) -> None:
    [record] = [r for r in bank.items("transactions") if r.get("description") == "Cena"][:1]
    bank.put("transactions", **{**record, "amount": "a lot"})


def forget_an_account(bank: World) -> None:
    removed(bank, "accounts", ("user_id", "account_id"), account_id="acc-elena-checking")


def forget_one_side(bank: World) -> None:
    keys = ("account_id", "timestamp_txn_id")
    removed(bank, "transactions", keys, amount=Decimal("100.10"))


def complete_unpaid(bank: World) -> None:
    changed(bank, "purchases", {"status": "completed"}, status="failed")


def fail_paid(bank: World) -> None:
    changed(bank, "purchases", {"status": "failed"}, purchase_id=bought(bank)["purchase_id"])


def promise_more_cashback(bank: World) -> None:
    change = {"cashback": Decimal("200.00")}
    changed(bank, "purchases", change, purchase_id=bought(bank)["purchase_id"])


def forget_a_paid_purchase(bank: World) -> None:
    keys = ("user_id", "timestamp_purchase_id")
    removed(bank, "purchases", keys, purchase_id=bought(bank)["purchase_id"])


def lose_stock(bank: World) -> None:
    changed(bank, "products", {"stock": 3}, product_id="prod-televisor-32")


def sell_below_zero(bank: World) -> None:
    change = {"stock": -1, "stock_received": 0}
    changed(bank, "products", change, product_id="prod-televisor-32")


def leave_pending(bank: World) -> str:
    """Make a purchase whose payment was asked for and not decided."""
    bank.rebuild(sleep=lambda _seconds: None)
    _, body = bank.call("createPurchase", **TELEVISION)
    assert body["status"] == "pending"
    return str(body["purchase_id"])


def lose_the_request_to_pay(bank: World) -> None:
    leave_pending(bank)
    bank.clock.move(LATER)


def lose_the_end(bank: World) -> None:
    leave_pending(bank)
    for event in bank.run_relay():
        bank.deliver("core_banking", event["event_type"], event)
    bank.clock.move(LATER)


def forget_to_ask(bank: World) -> None:
    purchase_id = leave_pending(bank)
    for request in bank.items("requests"):
        if any(event["data"].get("purchase_id") == purchase_id for event in owed_by(request)):
            bank.client.delete_item(
                TableName=f"{PREFIX}-requests",
                Key={"request_id": {"S": request["request_id"]}},
            )
    bank.clock.move(LATER)


def confirm_each_kind(bank: World) -> None:
    """Transfer, buy and add somebody, each on a proof of the customer's yes."""
    bank.rebuild(settings=SETTINGS._replace(require_confirmation="always"))
    calls: dict[str, dict[str, Any]] = {
        "createTransfer": {
            "from_account": "acc-maria-checking",
            "to_account": "acc-juan-checking",
            "amount": "200.20",
            "description": "Renta",
        },
        "createPurchase": TELEVISION | {"benefit": "cashback", "cashback": "189.95"},
        "addBeneficiary": {
            "name": "Carlos Ramírez Soto",
            "alias": "mi compadre",
            "account_id": "acc-carlos-checking",
        },
    }
    for operation, arguments in calls.items():
        status, _ = bank.call(operation, **arguments)
        assert status == 200


def confirmed(bank: World, table: str) -> dict[str, Any]:
    """Return the item that keeps the terms of what `confirm_each_kind` did."""
    [item] = [item for item in bank.items(table) if "terms" in item]
    return item


def change_the_terms(bank: World) -> None:
    confirm_each_kind(bank)
    record = confirmed(bank, "transactions")
    bank.put("transactions", **{**record, "terms": record["terms"] | {"to_holder": "Ana P***"}})


def pay_another_than_agreed(bank: World) -> None:
    confirm_each_kind(bank)
    change = {"to_account": "acc-carlos-checking"}
    changed(bank, "transactions", change, amount=Decimal("-200.20"))


def tell(bank: World, event_type: str, user_id: str = "user-maria", **data: Any) -> None:
    """Have the relay publish what is said, as whoever may write requests can."""
    event = {
        "version": "1.0",
        "event_type": event_type,
        "correlation_id": "forged",
        "timestamp": to_iso(bank.clock.now),
        "source": "core-banking",
        "user_id": user_id,
        "data": data,
    }
    bank.put("requests", request_id="forged", events=[json_text.dumps(event)])


def tell_of_no_transfer(bank: World) -> None:
    tell(bank, "TRANSFER_COMPLETED", transaction_id="none", amount=100)


PLANTED: dict[str, Callable[[World], Any]] = {
    "BALANCE": add_to_balance,
    "FLOOR": go_below_the_floor,
    "TWICE": give_an_id_to_two,
    "UNREADABLE": spoil_a_record,
    "NO_ACCOUNT": forget_an_account,
    "OWNER": show_a_record_to_another,
    "SUM": forget_one_side,
    "NOT_PAID": complete_unpaid,
    "PAID": fail_paid,
    "CASHBACK": promise_more_cashback,
    "NO_PURCHASE": forget_a_paid_purchase,
    "STOCK": lose_stock,
    "STOCK_FLOOR": sell_below_zero,
    "NOT_DECIDED": lose_the_request_to_pay,
    "NOT_ENDED": lose_the_end,
    "NOT_ASKED": forget_to_ask,
    "UNTRUE": tell_of_no_transfer,
    "TERMS": change_the_terms,
    "NOT_AS_AGREED": pay_another_than_agreed,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_agree_is_found(bank: World, kind: str) -> None:
    PLANTED[kind](bank)

    assert kind in kinds(bank)


@pytest.mark.parametrize(
    ("event_type", "told"),
    [
        ("TRANSFER_COMPLETED", {}),
        ("TRANSFER_COMPLETED", {"amount": Decimal("100.11")}),
        ("TRANSFER_COMPLETED", {"user_id": "user-sofia"}),
        ("PURCHASE_CONFIRMED", {}),
        ("PURCHASE_CONFIRMED", {"status": "failed"}),
        ("PURCHASE_FAILED", {"purchase_id": "none", "status": "failed"}),
    ],
)
def test_an_event_that_is_owed_and_says_what_is_not_on_record_is_found(
    bank: World, event_type: str, told: dict[str, Any]
) -> None:
    owed = [event for request in bank.items("requests") for event in owed_by(request)]
    [event] = [event for event in owed if event["event_type"] == event_type]
    tell(bank, event_type, **{"user_id": event["user_id"]} | event["data"] | told)

    found = [Disagreement("UNTRUE", "forged")] if told else []
    assert report(bank).disagreements == found


def test_what_was_confirmed_and_done_agrees(bank: World) -> None:
    confirm_each_kind(bank)

    assert report(bank).disagreements == []


CONFIRMED_OTHERWISE: list[tuple[str, str, dict[str, Any]]] = [
    ("transactions", "NOT_AS_AGREED", {"amount": Decimal("-2002.00")}),
    ("transactions", "NOT_AS_AGREED", {"from_account": "acc-maria-savings"}),
    ("transactions", "TERMS", {"terms_digest": "A" * 43}),
    ("transactions", "TERMS", {"terms_digest": None}),
    ("transactions", "TERMS", {"terms": None}),
    ("purchases", "NOT_AS_AGREED", {"total_amount": Decimal("1.00")}),
    ("purchases", "NOT_AS_AGREED", {"benefit_applied": "MSI-12"}),
    ("purchases", "NOT_AS_AGREED", {"account_id": "acc-maria-credit"}),
    ("purchases", "TERMS", {"terms": {}}),
    ("beneficiaries", "NOT_AS_AGREED", {"account_id": "acc-sofia-checking"}),
    ("beneficiaries", "NOT_AS_AGREED", {"name": "Otra Persona"}),
    ("beneficiaries", "TERMS", {"terms": "none"}),
]


@pytest.mark.parametrize(("table", "kind", "change"), CONFIRMED_OTHERWISE)
def test_what_differs_from_what_was_confirmed_is_found(
    bank: World, table: str, kind: str, change: dict[str, Any]
) -> None:
    confirm_each_kind(bank)
    item = confirmed(bank, table) | change
    bank.put(table, **{name: value for name, value in item.items() if value is not None})

    assert kind in kinds(bank)


@pytest.mark.parametrize("plant", [leave_pending, lose_the_end])
def test_what_is_under_way_for_less_than_five_minutes_agrees(
    bank: World, plant: Callable[[World], Any]
) -> None:
    plant(bank)
    bank.clock.now -= LATER if plant is lose_the_end else timedelta(0)

    assert report(bank).disagreements == []


def test_a_decision_that_owes_no_event_is_a_decision(bank: World) -> None:
    leave_pending(bank)
    bank.clock.move(LATER)
    assert kinds(bank) == {"NOT_DECIDED"}

    bank.put(
        "requests",
        request_id=payment_key("user-maria", Purchase.from_item(bought(bank, "pending"))),
        created_at=to_iso(bank.clock.now),
        events=[],
    )

    assert kinds(bank) == set()


def test_an_item_with_the_attributes_of_the_specification_alone_is_not_accused(
    bank: World,
) -> None:
    bank.product("prod-spec", stock=3)
    bank.account("user-zoe", "acc-zoe", "0.00")

    assert report(bank).disagreements == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("purchases", {"status": "pending", "created_at": "yesterday"}),
        ("products", {"stock": "3"}),
        ("products", {"stock_received": None}),
        ("accounts", {"balance": "10.00"}),
        ("accounts", {"account_type": "credit", "credit_limit": None}),
    ],
)
def test_an_item_that_cannot_be_compared_is_named_and_the_others_are_proved(
    bank: World, table: str, change: dict[str, Any]
) -> None:
    lose_stock(bank)
    item = bank.items(table)[0]
    bank.put(table, **item | change)
    disagreements = report(bank).disagreements
    assert [d.kind for d in disagreements].count("UNREADABLE") == 1
    assert "STOCK" in {d.kind for d in disagreements}


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("transactions", {"account_id", "timestamp_txn_id"}),
        ("requests", {"request_id"}),
        ("purchases", {"user_id", "timestamp_purchase_id"}),
    ],
)
def test_no_value_of_any_attribute_keeps_the_books_from_being_proved(
    bank: World, table: str, key: set[str]
) -> None:
    go_below_the_floor(bank)
    fullest = max(bank.items(table), key=len)
    for name in fullest.keys() - key | {"error"}:
        for value in (["1"], Decimal(1), "2026-11-22T15:00:00"):
            with suppress(ClientError):  # what no index takes cannot be there
                bank.put(table, **fullest | {name: value})
            assert "FLOOR" in kinds(bank), (name, value)
        bank.put(table, **fullest)


@pytest.mark.parametrize(
    ("table", "id_name", "change"),
    [
        ("accounts", "account_id", {"balance": "10.00"}),
        ("purchases", "purchase_id", {"quantity": "one"}),
    ],
)
def test_what_cannot_be_read_is_named_by_its_own_id_and_is_there(
    bank: World, table: str, id_name: str, change: dict[str, Any]
) -> None:
    of_maria = {"accounts": {"account_id": "acc-maria-checking"}, "purchases": bought(bank)}
    [item] = [i for i in bank.items(table) if of_maria[table].items() <= i.items()]
    bank.put(table, **item | change)
    told = report(bank).disagreements
    assert Disagreement("UNREADABLE", f"{table} {item[id_name]}") in told
    assert not {"NO_ACCOUNT", "NO_PURCHASE"} & {one.kind for one in told}


@pytest.mark.parametrize(
    ("listing", "table", "change"),
    [
        ("getBalance", "accounts", {"status": ["1"]}),
        ("listTransactions", "transactions", {"status": None}),
        ("listPurchases", "purchases", {"product_id": ["1"]}),
        ("listBeneficiaries", "beneficiaries", {"name": ["1"]}),
    ],
)
def test_what_a_list_leaves_out_is_named(
    bank: World, listing: str, table: str, change: dict[str, Any]
) -> None:
    item = next(i for i in bank.items(table) if i["user_id"] == "user-maria")
    bank.put(table, **item | change)
    [unreadable] = bank.call(listing)[1]["unreadable"]
    assert f"UNREADABLE {table} {unreadable}" in " ".join(map(str, report(bank).disagreements))


def test_a_time_without_an_offset_is_in_utc(bank: World) -> None:
    made_at = bank.clock.now.replace(tzinfo=None).isoformat()
    theirs = {"purchase_id": "p-1", "timestamp_purchase_id": "p-1", "created_at": made_at}
    bank.put("purchases", **bought(bank, "failed") | {"status": "pending"} | theirs)
    assert "NOT_ASKED" not in kinds(bank)
    bank.clock.move(LATER)
    assert "NOT_ASKED" in kinds(bank)


def test_what_is_said_names_ids_and_nobodys_data(bank: World) -> None:
    add_to_balance(bank)

    [found] = report(bank).disagreements

    assert str(found) == (
        "BALANCE acc-juan-savings: the balance is not the sum of the account's records"
    )


class Interrupted:
    """The tables as they are while something happens after some of the calls."""

    def __init__(self, client: Any, happens: Callable[[], None], calls: set[int]) -> None:
        self._client, self._happens, self._calls = client, happens, calls
        self.number = 0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            answer = operation(**arguments)
            self.number += 1
            if self.number in self._calls:
                self._happens()
            return answer

        return call


def small_transfer(bank: World, number: list[int]) -> None:
    number[0] += 1
    status, _ = bank.call(
        "createTransfer",
        session_id=f"s-{number[0]}",
        from_account="acc-maria-checking",
        to_account="acc-juan-checking",
        amount="1",
    )
    assert status == 200


@pytest.mark.parametrize("calls", [{1}, {2}, {1, 8}, {1, 8, 15, 16}, set(range(1, 18))])
def test_money_that_moves_while_it_is_counted_is_no_disagreement(
    bank: World, calls: set[int]
) -> None:
    number = [0]
    client = Interrupted(bank.client, lambda: small_transfer(bank, number), calls)

    found = report(bank, client)

    assert found.disagreements == []
    assert found.moving == []
    assert number == [len(calls)]


def test_an_account_that_never_stands_still_is_named_as_not_proved(bank: World) -> None:
    number = [0]
    client = Interrupted(bank.client, lambda: small_transfer(bank, number), set(range(1, 200)))

    found = report(bank, client)

    assert found.disagreements == []
    assert found.moving == ["acc-juan-checking", "acc-maria-checking"]


@pytest.mark.parametrize("calls", [{1}, {3}, {4}, {5}, {4, 11}, {5, 12}])
def test_a_purchase_that_is_made_while_the_books_are_read_is_no_disagreement(
    bank: World, calls: set[int]
) -> None:
    number = [0]

    def buy() -> None:
        number[0] += 1
        bank.call("createPurchase", session_id=f"s-{number[0]}", **TELEVISION)

    assert report(bank, Interrupted(bank.client, buy, calls)).disagreements == []
    assert number[0] >= 1


def test_without_a_second_reading_what_moves_would_be_accused(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the tests above."""
    read_once = books._read
    seen: list[Any] = []

    def first_reading(*arguments: Any) -> Any:
        seen.append(read_once(*arguments) if not seen else seen[0])
        return seen[0]

    monkeypatch.setattr(books, "_read", first_reading)
    monkeypatch.setattr(books, "_is_explained", lambda *_: False)
    client = Interrupted(bank.client, lambda: small_transfer(bank, [0]), {1})

    assert Disagreement("BALANCE", "acc-maria-checking") in report(bank, client).disagreements


def test_tables_of_many_pages_are_read_whole(bank: World) -> None:
    class InPages:
        def __getattr__(self, name: str) -> Any:
            operation = getattr(bank.client, name)
            paged = name in {"scan", "query"}
            return lambda **a: operation(**a, **({"Limit": 2} if paged else {}))

    whole, paged = report(bank), report(bank, InPages())

    assert replace(paged) == whole
    assert paged.read["products"] > 2


def test_events_that_are_owed_are_read_as_they_are_stored(bank: World) -> None:
    stored = [event for record in bank.items("requests") for event in owed_by(record)]

    assert {"PAYMENT_REQUEST", "PAYMENT_COMPLETED"} <= {e["event_type"] for e in stored}
    assert all(e["timestamp"] == to_iso(bank.clock.now) for e in stored)
