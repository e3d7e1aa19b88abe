"""The books of a bank: each kind of disagreement is planted and found; a clean bank has none."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from action_groups.marketplace.purchases import Purchase
from console.books import KINDS, Disagreement
from shared import json_text
from shared.clock import to_iso
from shared.owed import owed_by
from shared.payments import payment_key
from tests.support.books import (
    LATER,
    TELEVISION,
    bought,
    changed,
    go_below_the_floor,
    kinds,
    lose_stock,
    report,
    used_bank,
)
from tests.support.tables import PREFIX
from tests.support.utterances import seeded_bank
from tests.support.world import SETTINGS, World


@pytest.fixture
def bank() -> World:
    return used_bank()


def removed(bank: World, table: str, keys: tuple[str, ...], **where: Any) -> None:
    names = {"#" + name: name for name in keys}
    for item in [i for i in bank.items(table) if where.items() <= i.items()]:
        bank.client.delete_item(
            TableName=f"{PREFIX}-{table}",
            Key={name: {"S": item[name]} for name in names.values()},
        )


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


def test_what_is_said_names_ids_and_nobodys_data(bank: World) -> None:
    add_to_balance(bank)

    [found] = report(bank).disagreements

    assert str(found) == (
        "BALANCE acc-juan-savings: the balance is not the sum of the account's records"
    )


def test_events_that_are_owed_are_read_as_they_are_stored(bank: World) -> None:
    stored = [event for record in bank.items("requests") for event in owed_by(record)]

    assert {"PAYMENT_REQUEST", "PAYMENT_COMPLETED"} <= {e["event_type"] for e in stored}
    assert all(e["timestamp"] == to_iso(bank.clock.now) for e in stored)
