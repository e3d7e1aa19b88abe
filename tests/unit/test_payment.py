"""The payment of a purchase, which only the bus asks for."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.faults import CarelessDatabase, ScriptedDatabase, after
from tests.support.world import World

PAYMENT = {
    "purchase_id": "purchase-1",
    "account_id": "acc-maria",
    "amount": 250.25,
    "currency": "MXN",
    "retailer_id": "retailer-1",
}


@pytest.fixture
def shop(bank: World) -> World:
    """The bank with a retailer who has an old account and the one that takes payments."""
    bank.account("retailer-1", "acc-shop-1-old", "0", status="inactive")
    bank.account("retailer-1", "acc-shop-2", "0")
    bank.account("retailer-1", "acc-shop-3", "0")
    return bank


def pay(shop: World, correlation_id: str = "correlation-1", **changes: Any) -> Any:
    return shop.send(
        "core_banking", "PAYMENT_REQUEST", PAYMENT | changes, correlation_id=correlation_id
    )


def paid_once(shop: World) -> None:
    assert shop.balance("acc-maria") == Decimal("749.75")
    assert shop.balance("acc-shop-2") == Decimal("250.25")
    records = shop.items("transactions")
    assert len(records) == 2
    assert sum(r["amount"] for r in records) == 0


def test_a_purchase_is_paid_to_the_retailers_first_active_account(shop: World) -> None:
    reply = pay(shop)

    paid_once(shop)
    assert shop.run_relay() == [reply]
    assert reply["event_type"] == "PAYMENT_COMPLETED"
    assert reply["correlation_id"] == "correlation-1"
    assert reply["data"] == {
        **PAYMENT,
        "amount": Decimal("250.25"),
        "transaction_id": reply["data"]["transaction_id"],
    }
    records = shop.items("transactions")
    assert {r["type"] for r in records} == {"payment"}
    assert {r["transaction_id"] for r in records} == {reply["data"]["transaction_id"]}
    assert {r["account_id"] for r in records} == {"acc-maria", "acc-shop-2"}


def test_the_currency_may_be_left_out_and_is_pesos(shop: World) -> None:
    data = {name: value for name, value in PAYMENT.items() if name != "currency"}
    reply = shop.send("core_banking", "PAYMENT_REQUEST", data)
    assert reply["data"]["currency"] == "MXN"


FAILURES = {
    "somebody else's account": ({"account_id": "acc-juan"}, "ACCOUNT_NOT_FOUND"),
    "no such account": ({"account_id": "acc-nobody"}, "ACCOUNT_NOT_FOUND"),
    "no such retailer": ({"retailer_id": "retailer-9"}, "ACCOUNT_NOT_FOUND"),
    "a retailer without active account": ({"retailer_id": "retailer-2"}, "ACCOUNT_NOT_FOUND"),
    "a retailer in dollars": ({"retailer_id": "retailer-3"}, "CURRENCY_MISMATCH"),
    "everything in dollars": (
        {"retailer_id": "retailer-3", "account_id": "acc-my-dollars"},
        "CURRENCY_MISMATCH",
    ),
    "a blocked account": ({"account_id": "acc-blocked"}, "ACCOUNT_NOT_ACTIVE"),
    "a centavo too much": ({"amount": 1000.01}, "INSUFFICIENT_FUNDS"),
    "oneself": ({"retailer_id": "user-maria"}, "SAME_ACCOUNT"),
}


def test_a_failed_payment_moves_nothing_and_says_which_purchase_and_why(shop: World) -> None:
    shop.account("retailer-2", "acc-shop-blocked", "0", status="blocked")
    shop.account("retailer-3", "acc-shop-dollars", "0", currency="USD")
    shop.account("user-maria", "acc-my-dollars", "9999", currency="USD")
    shop.account("user-maria", "acc-blocked", "9999", status="blocked")
    before = shop.snapshot()
    for number, (why, (changes, code)) in enumerate(FAILURES.items()):
        reply = pay(shop, f"c-{number}", **changes)
        assert reply["event_type"] == "PAYMENT_FAILED", why
        assert reply["data"].pop("error")["code"] == code, why
        [published] = shop.run_relay()
        assert published["data"].pop("error")["code"] == code, why
        assert (
            published["data"]
            == reply["data"]
            == {**PAYMENT, **changes, "amount": published["data"]["amount"]}
        )
    assert shop.snapshot() | {"requests": []} == before


def test_a_purchase_is_paid_once_under_however_many_requests(shop: World) -> None:
    first = pay(shop)
    second = pay(shop, "correlation-2")

    paid_once(shop)
    assert first["event_type"] == "PAYMENT_COMPLETED"
    assert second["event_type"] == "PAYMENT_FAILED"
    assert second["data"]["error"]["code"] == "PURCHASE_ALREADY_PAID"


@pytest.mark.parametrize(
    "changes", [{"amount": 1}, {"account_id": "acc-maria-savings"}, {"retailer_id": "user-juan"}]
)
def test_a_paid_purchase_is_not_paid_otherwise_either(shop: World, changes: dict[str, Any]) -> None:
    pay(shop)
    reply = pay(shop, "correlation-2", **changes)
    assert reply["data"]["error"]["code"] == "PURCHASE_ALREADY_PAID"
    paid_once(shop)


def test_two_requests_for_one_purchase_at_once_pay_it_once(shop: World) -> None:
    shop.connect(ScriptedDatabase(shop.client, [after(lambda: pay(shop, "correlation-2"))]))
    reply = pay(shop)

    assert reply["data"]["error"]["code"] == "PURCHASE_ALREADY_PAID"
    paid_once(shop)


def test_without_the_condition_on_its_mark_two_requests_at_once_would_pay_twice(
    shop: World,
) -> None:
    shop.connect(
        CarelessDatabase(
            shop.client, lambda write: True, [after(lambda: pay(shop, "correlation-2"))]
        )
    )
    pay(shop)
    with pytest.raises(AssertionError):
        paid_once(shop)


def test_the_same_delivery_again_is_answered_as_completed_and_not_as_already_paid(
    shop: World,
) -> None:
    first = pay(shop)
    again = pay(shop)
    assert again["data"] == first["data"]
    paid_once(shop)
    assert {e["event_type"] for e in shop.run_relay()} == {"PAYMENT_COMPLETED"}


def test_a_failed_payment_does_not_mark_the_purchase_as_paid(shop: World) -> None:
    assert pay(shop, amount=5000)["event_type"] == "PAYMENT_FAILED"
    assert pay(shop, "correlation-2")["event_type"] == "PAYMENT_COMPLETED"
    paid_once(shop)


def test_another_customers_purchase_of_the_same_id_is_another_purchase(shop: World) -> None:
    pay(shop)
    data = PAYMENT | {"account_id": "acc-juan", "amount": 1}
    reply = shop.send("core_banking", "PAYMENT_REQUEST", data, user_id="user-juan")
    assert reply["event_type"] == "PAYMENT_COMPLETED"


def test_no_agent_can_ask_for_a_payment(shop: World) -> None:
    event = shop.invocation("createTransfer") | {"apiPath": "/payments"}
    status, body = shop.invoke("core_banking", event)
    assert (status, body["error"]["code"]) == (404, "UNKNOWN_OPERATION")
