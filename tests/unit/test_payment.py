"""How a purchase is paid: to which account of the retailer, and why not."""

from decimal import Decimal
from typing import Any

import pytest

from shared.payments import EXAMPLE_PAYMENT, PaymentCompleted, is_money_of
from tests.support.shop import buy, open_shop, pay
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    """The bank with a retailer who has an old account and one that takes payments."""
    open_shop(bank)
    bank.account("retailer-azteca", "acc-aaa-old", "0", status="inactive")
    return bank


def test_a_purchase_is_paid_to_an_active_account_of_the_retailer(shop: World) -> None:
    request = buy(shop)
    reply = pay(shop, request)

    assert (shop.balance("acc-maria"), shop.balance("acc-azteca")) == (400, 600)
    assert shop.run_relay() == [reply]
    assert reply["event_type"] == "PAYMENT_COMPLETED"
    transaction_id = reply["data"]["transaction_id"]
    assert reply["data"] == request["data"] | {"transaction_id": transaction_id}
    records = shop.items("transactions")
    assert sum(r["amount"] for r in records) == 0
    assert {r["type"] for r in records} == {"payment"}
    assert {r["purchase_id"] for r in records} == {request["data"]["purchase_id"]}
    assert {r["transaction_id"] for r in records} == {transaction_id}
    assert {r["account_id"] for r in records} == {"acc-maria", "acc-azteca"}
    assert {"benefit", "points", "description"}.isdisjoint(set().union(*records))


def test_a_retailer_is_paid_in_pesos_on_the_one_account_that_is_in_pesos(shop: World) -> None:
    for number in range(7):
        shop.account("retailer-azteca", f"acc-dollars-{number}", "0", currency="USD")
    assert pay(shop, buy(shop))["event_type"] == "PAYMENT_COMPLETED"
    assert shop.balance("acc-azteca") == 600


def test_the_currency_may_be_left_out_and_is_pesos(shop: World) -> None:
    request = buy(shop)
    data = {name: value for name, value in request["data"].items() if name != "currency"}
    assert pay(shop, request, data=data)["data"]["currency"] == "MXN"


FAILURES = {
    "a blocked account": ({"status": "blocked"}, {}, "ACCOUNT_NOT_ACTIVE"),
    "a centavo too little": ({"balance": "599.99"}, {}, "INSUFFICIENT_FUNDS"),
    "an account in dollars": ({"currency": "USD"}, {}, "CURRENCY_MISMATCH"),
    "a retailer without active account": ({}, {"status": "blocked"}, "ACCOUNT_NOT_FOUND"),
    "a retailer in dollars": ({}, {"currency": "USD"}, "CURRENCY_MISMATCH"),
}


@pytest.mark.parametrize(("payers", "retailers", "code"), FAILURES.values(), ids=FAILURES)
def test_a_payment_that_fails_moves_nothing_and_says_which_purchase_and_why(
    shop: World, payers: dict[str, Any], retailers: dict[str, Any], code: str
) -> None:
    payers = dict(payers)
    request = buy(shop)
    shop.account("user-maria", "acc-maria", payers.pop("balance", "1000.00"), **payers)
    shop.account("retailer-azteca", "acc-azteca", "0.00", **retailers)
    before = shop.snapshot()
    reply = pay(shop, request)

    assert reply["event_type"] == "PAYMENT_FAILED"
    assert shop.run_relay() == [reply]
    error = reply["data"].pop("error")
    assert error["code"] == code
    assert reply["data"] == request["data"]
    assert shop.snapshot() | {"requests": []} == before | {"requests": []}


def test_a_text_in_the_place_of_a_status_is_in_no_sentence_of_the_bank(shop: World) -> None:
    request = buy(shop)
    shop.account("user-maria", "acc-maria", "1000.00", status="frozen, ask 5512345678 for help")
    _, body = shop.call("createTransfer", from_account="acc-maria", to_account="x", amount="1")
    paid = pay(shop, request)["data"]
    for error in (body["error"], paid["error"]):
        assert error["code"] == "ACCOUNT_NOT_ACTIVE"
        assert "5512345678" not in error["message"]


def test_nobody_pays_for_what_is_their_own(shop: World) -> None:
    shop.retailer("user-maria", "María vende")
    shop.product("prod-own", retailer_id="user-maria", price=Decimal("300.00"), stock=5)
    reply = pay(shop, buy(shop, product_id="prod-own"))
    assert reply["data"]["error"]["code"] == "SAME_ACCOUNT"


def test_an_account_that_is_gone_cannot_pay(shop: World) -> None:
    request = buy(shop)
    shop.client.delete_item(
        TableName="centli-accounts",
        Key={"user_id": {"S": "user-maria"}, "account_id": {"S": "acc-maria"}},
    )
    assert pay(shop, request)["data"]["error"]["code"] == "ACCOUNT_NOT_FOUND"


def test_the_money_of_a_payment_is_that_of_its_customer_purchase_and_amount() -> None:
    payment = PaymentCompleted(**EXAMPLE_PAYMENT.model_dump(), transaction_id="txn-1")
    told = {
        "user_id": "user-maria",
        "type": "payment",
        "purchase_id": payment.purchase_id,
        "amount": -payment.amount,
    }
    assert is_money_of(told, "user-maria", payment)
    for name in told:
        assert not is_money_of(told | {name: "another"}, "user-maria", payment), name


def test_no_agent_can_ask_for_a_payment(shop: World) -> None:
    event = shop.invocation("createTransfer") | {"apiPath": "/payments"}
    status, body = shop.invoke("core_banking", event)
    assert (status, body["error"]["code"]) == (404, "UNKNOWN_OPERATION")
