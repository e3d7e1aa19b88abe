"""Guarantee 3: money is neither made nor lost, whatever is asked and whatever fails on the way.

A failure prints the requests that made it and the blob that reproduces the run.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.clock import to_iso
from shared.front_doors.eventbridge import EventNotHandled
from shared.ids import time_ordered_id
from shared.payments import sort_key
from tests.support.clock_and_bus import START
from tests.support.dynamodb import StrictDynamoDB
from tests.support.faults import (
    CarelessDatabase,
    Commit,
    ScriptedDatabase,
    Step,
    after,
    cancelled,
    client_error,
    committed_but_cancelled,
    in_table,
    plainly,
)
from tests.support.tables import table_properties
from tests.support.world import World, world_over

ACCOUNTS = {
    "acc-a": ("user-1", "100.00", {}),
    "acc-b": ("user-1", "0", {"account_type": "credit", "credit_limit": 60}),
    "acc-c": ("user-2", "33.33", {}),
    "acc-d": ("user-2", "0.01", {"status": "blocked"}),
    "acc-e": ("shop", "0", {}),
}
FLOORS = {"acc-b": Decimal(-60)}
OWNERS = {account_id: user_id for account_id, (user_id, _, _) in ACCOUNTS.items()}

amounts = st.sampled_from(["100", "100", "100", "60", "0.01", "100.01"]) | st.integers(
    1, 15000
).map(lambda centavos: str(Decimal(centavos) / 100))


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a transfer or a payment, mostly of one's own and mostly from the same account."""
    source = draw(st.sampled_from(["acc-a"] * 6 + ["acc-b", "acc-c", "acc-c", "acc-nobody"]))
    owner = OWNERS.get(source, "user-1")
    return {
        "kind": draw(st.sampled_from(["TRANSFER_REQUEST", "TRANSFER_REQUEST", "PAYMENT_REQUEST"])),
        "user_id": draw(st.sampled_from([owner] * 6 + ["user-2"])),
        "source": source,
        "destination": draw(st.sampled_from(["acc-c", "acc-e", *ACCOUNTS, "acc-nobody"])),
        "purchase": draw(st.sampled_from(["purchase-1", "purchase-2"])),
        "amount": draw(amounts),
        "correlation_id": draw(st.sampled_from("abcdefghijkl")),
    }


accidents = st.sampled_from(
    ["none", "race", "race", "conflict", "throttled", "lost answer", "reported as cancelled"]
)
histories = st.lists(st.tuples(requests(), accidents, requests()), min_size=1, max_size=8)


def send(bank: World, request: dict[str, Any]) -> None:
    data: dict[str, Any] = {"amount": Decimal(request["amount"])}
    if request["kind"] == "TRANSFER_REQUEST":
        data |= {"from_account": request["source"], "to_account": request["destination"]}
    else:
        data |= pending_purchase(bank, request)
    bank.clock.move(timedelta(milliseconds=1))
    with suppress(EventNotHandled):
        bank.send(
            "core_banking",
            request["kind"],
            data,
            user_id=request["user_id"],
            correlation_id=request["correlation_id"],
        )


def pending_purchase(bank: World, request: dict[str, Any]) -> dict[str, Any]:
    """Return what to pay, for a purchase that is as the first request to pay it says."""
    purchase_id = time_ordered_id(START, f"{request['user_id']} {request['purchase']}")
    data = {"purchase_id": purchase_id, "account_id": request["source"], "retailer_id": "shop"}
    if all(item["purchase_id"] != purchase_id for item in bank.items("purchases")):
        bank.put(
            "purchases",
            **data,
            user_id=request["user_id"],
            timestamp_purchase_id=sort_key(purchase_id, to_iso(START)),
            total_amount=Decimal(request["amount"]),
            status="pending",
        )
    return data


def accident(bank: World, name: str, other: dict[str, Any]) -> Step:
    def lose_the_answer(commit: Commit) -> None:
        commit()
        raise client_error("InternalServerError")

    def race(commit: Commit) -> None:
        send(bank, other)
        commit()

    return {
        "none": plainly,
        "conflict": cancelled("TransactionConflict", "None"),
        "throttled": cancelled("ThrottlingError"),
        "lost answer": lose_the_answer,
        "reported as cancelled": committed_but_cancelled("TransactionConflict"),
        "race": race,
    }[name]


def open_accounts(bank: World) -> World:
    for account_id, (user_id, balance, attributes) in ACCOUNTS.items():
        bank.account(user_id, account_id, balance, **attributes)
    bank.retailer("shop", "La tienda")
    return bank


def empty_bank() -> World:
    return world_over(StrictDynamoDB(table_properties()))


def check_the_books(bank: World) -> None:
    balances = {a["account_id"]: a["balance"] for a in bank.items("accounts")}
    began = {name: Decimal(balance) for name, (_, balance, _) in ACCOUNTS.items()}
    assert sum(balances.values()) == sum(began.values()), "money was made or lost"
    for name, balance in balances.items():
        assert balance >= FLOORS.get(name, 0), f"{name} is overdrawn"
    by_transaction = defaultdict(list)
    for record in bank.items("transactions"):
        by_transaction[record["transaction_id"]].append(record)
        began[record["account_id"]] += record["amount"]
    for records in by_transaction.values():
        assert len(records) == 2
        assert sum(r["amount"] for r in records) == 0
    assert began == balances, "the records do not explain the balances"
    completed = [r for r in bank.items("requests") if r.get("status") == 200]
    assert len(completed) == len(by_transaction), "a change without its request, or twice"
    paid = {r["transaction_id"] for r in bank.items("transactions") if r["type"] == "payment"}
    assert len(paid) <= 4, "two customers, two purchases"


Connect = Callable[[Any, list[Step]], ScriptedDatabase]


def live_through(bank: World, history: list[Any], connect: Connect = ScriptedDatabase) -> World:
    open_accounts(bank)
    for request, name, other in history:
        bank.connect(connect(bank.client, [accident(bank, name, other)]))
        send(bank, request)
    return bank


EVERYTHING = {
    "kind": "TRANSFER_REQUEST",
    "user_id": "user-1",
    "source": "acc-a",
    "destination": "acc-c",
    "purchase": "purchase-1",
    "amount": "100",
    "correlation_id": "a",
}
A_RACE = [(EVERYTHING, "race", EVERYTHING | {"correlation_id": "b"})]
A_PAYMENT = [(EVERYTHING | {"kind": "PAYMENT_REQUEST"}, "none", EVERYTHING)]
A_REDELIVERY = [(EVERYTHING | {"amount": "10"}, "none", EVERYTHING)] * 2


@settings(max_examples=2 * settings().max_examples)
@example(A_RACE)
@example(A_REDELIVERY)
@given(history=histories)
def test_the_books_balance_after_any_requests_and_accidents(history: list[Any]) -> None:
    check_the_books(live_through(empty_bank(), history))


def test_a_purchase_of_a_history_is_paid() -> None:
    bank = live_through(empty_bank(), A_PAYMENT)
    assert {r["type"] for r in bank.items("transactions")} == {"payment"}


@pytest.mark.parametrize(
    ("tables", "history", "what"),
    [
        (("accounts", "limits"), A_RACE, "acc-a is overdrawn"),
        (("requests", "limits"), A_REDELIVERY, "a change without its request, or twice"),
    ],
)
def test_without_the_conditions_on_a_table_the_books_would_not_balance(
    tables: tuple[str, ...], history: list[Any], what: str
) -> None:
    def careless(client: Any, script: list[Step]) -> ScriptedDatabase:
        return CarelessDatabase(client, in_table(*tables), script)

    bank = live_through(empty_bank(), history, careless)
    with pytest.raises(AssertionError, match=what):
        check_the_books(bank)


def test_a_credit_limit_that_is_lowered_meanwhile_is_not_crossed(bank: World) -> None:
    """Another program lowers it, and leaves `version` alone."""
    card: dict[str, Any] = {"account_type": "credit", "credit_limit": Decimal(1000)}
    bank.account("user-maria", "acc-card", "0.00", **card)

    def lower() -> None:
        bank.account("user-maria", "acc-card", "0.00", **card | {"credit_limit": Decimal(10)})

    bank.connect(ScriptedDatabase(bank.client, [after(lower)]))
    status, body = bank.call(
        "createTransfer", from_account="acc-card", to_account="acc-juan", amount="500"
    )
    assert (status, body["error"]["code"]) == (422, "INSUFFICIENT_FUNDS")
    assert bank.balance("acc-card") == 0


@pytest.mark.parametrize("changed", ["acc-maria", "acc-juan"])
def test_money_does_not_reach_an_account_whose_currency_changed_meanwhile(
    bank: World, changed: str
) -> None:
    owner = "user-maria" if changed == "acc-maria" else "user-juan"

    def change() -> None:
        bank.account(owner, changed, "1000.00", currency="USD")

    bank.connect(ScriptedDatabase(bank.client, [after(change)]))
    status, body = bank.call(
        "createTransfer", from_account="acc-maria", to_account="acc-juan", amount="500"
    )
    assert status >= 400, body
    assert bank.balance(changed) == 1000
