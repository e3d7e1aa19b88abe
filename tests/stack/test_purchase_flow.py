"""The purchase of the specification's section 4.1 on the deployed stack, by agent and by bus."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.support.deployed import Deployed, Ear

BANK = "core-banking"
RETAILER = "retailer-prueba"
PRICE = Decimal("250.00")
BUYERS = 20
STOCK = 50
OPENED = "2026-01-01T00:00:00Z"
ATTEMPTS = 200

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture(scope="module")
def shop(deployed: Deployed) -> Deployed:
    """A retailer with two accounts, and customers with money and with none."""
    deployed.put("retailers", {"retailer_id": RETAILER, "name": "Tienda de prueba"})
    for number in range(2):
        put_account(deployed, RETAILER, f"acc-{RETAILER}-{number}", "0")
    for number in range(BUYERS):
        put_account(deployed, f"buyer-{number}", f"acc-buyer-{number}", "100000")
    put_account(deployed, "buyer-poor", "acc-buyer-poor", "10")
    return deployed


def put_account(deployed: Deployed, user_id: str, account_id: str, balance: str) -> None:
    deployed.put(
        "accounts",
        {
            "user_id": user_id,
            "account_id": account_id,
            "account_type": "checking",
            "balance": Decimal(balance),
            "currency": "MXN",
            "status": "active",
            "created_at": OPENED,
            "updated_at": OPENED,
            "version": 1,
        },
    )
    deployed.put(
        "transactions",
        {
            "account_id": account_id,
            "timestamp_txn_id": f"{OPENED}#opening-{account_id}",
            "user_id": user_id,
            "transaction_id": f"opening-{account_id}",
            "type": "opening",
            "amount": Decimal(balance),
            "currency": "MXN",
            "status": "completed",
            "created_at": OPENED,
        },
    )


def put_product(deployed: Deployed, stock: int) -> str:
    product_id = f"prod-{uuid4()}"
    deployed.put(
        "products",
        {
            "product_id": product_id,
            "retailer_id": RETAILER,
            "name": "Televisor",
            "description": "De prueba",
            "price": PRICE,
            "currency": "MXN",
            "category": "electronics",
            "stock": stock,
            "stock_received": stock,
            "benefits": ["cashback 10%", "6 MSI"],
        },
    )
    return product_id


def stock_of(deployed: Deployed, product_id: str) -> int:
    [product] = [p for p in deployed.table("products") if p["product_id"] == product_id]
    return int(product["stock"])


def steps(ear: Ear, correlation_id: str) -> list[str]:
    return [e["event_type"] for e in ear.heard if e["correlation_id"] == correlation_id]


def order(product: str, **changes: Any) -> dict[str, Any]:
    return {
        "product_id": product,
        "account_id": "acc-buyer-0",
        "quantity": 2,
        "unit_price": PRICE,
    } | changes


def payment(purchase: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the data of an event about the payment of a purchase."""
    return {
        "purchase_id": purchase["purchase_id"],
        "account_id": "acc-buyer-0",
        "amount": purchase["total_amount"],
        "currency": "MXN",
        "retailer_id": RETAILER,
    } | more


def texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def test_an_agent_buys_and_gets_the_final_state_in_its_answer(shop: Deployed) -> None:
    product = put_product(shop, stock=5)
    before = shop.balances()
    with shop.ear() as ear:
        status, body = shop.call("createPurchase", user_id="buyer-0", **texts(order(product)))
        ear.wait_for(1, event_type="PURCHASE_CONFIRMED", correlation_id=body["purchase_id"])

    assert (status, body["status"], body["total_amount"]) == (200, "completed", 500)
    assert steps(ear, body["purchase_id"]) == [
        "PAYMENT_REQUEST",
        "PAYMENT_COMPLETED",
        "PURCHASE_CONFIRMED",
    ]
    after = shop.balances()
    assert before["acc-buyer-0"] - after["acc-buyer-0"] == 500
    assert sum(after.values()) == sum(before.values())
    assert stock_of(shop, product) == 3
    assert shop.call("getPurchase", user_id="buyer-0", purchase_id=body["purchase_id"])[1] == body


def test_the_bus_buys_and_a_request_delivered_three_times_buys_once(shop: Deployed) -> None:
    product = put_product(shop, stock=5)
    before = shop.balances()
    with shop.ear() as ear:
        correlation = shop.publish(
            "PURCHASE_REQUEST", order(product, benefit="cashback"), user_id="buyer-0", times=3
        )
        [confirmed] = ear.wait_for(1, event_type="PURCHASE_CONFIRMED", correlation_id=correlation)[
            :1
        ]
        ear.listen(2)

    assert confirmed["data"]["benefit_applied"] == "cashback"
    assert {
        e["data"]["purchase_id"]
        for e in ear.heard
        if e["correlation_id"] == correlation and e["event_type"] != "PURCHASE_REQUEST"
    } == {confirmed["data"]["purchase_id"]}
    after = shop.balances()
    assert before["acc-buyer-0"] - after["acc-buyer-0"] == 450
    assert stock_of(shop, product) == 3


def test_a_purchase_without_funds_fails_and_its_stock_comes_back(shop: Deployed) -> None:
    product = put_product(shop, stock=5)
    before = shop.balances()
    with shop.ear() as ear:
        correlation = shop.publish(
            "PURCHASE_REQUEST",
            order(product, account_id="acc-buyer-poor"),
            user_id="buyer-poor",
        )
        [failed] = ear.wait_for(1, event_type="PURCHASE_FAILED", correlation_id=correlation)

    assert failed["data"]["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert shop.balances() == before
    assert stock_of(shop, product) == 5
    _, purchase = shop.call(
        "getPurchase", user_id="buyer-poor", purchase_id=failed["data"]["purchase_id"]
    )
    assert purchase["status"] == "failed"


def test_payment_events_delivered_again_and_in_the_wrong_order_change_nothing(
    shop: Deployed,
) -> None:
    product = put_product(shop, stock=5)
    _, body = shop.call("createPurchase", user_id="buyer-0", **texts(order(product)))
    before, purchase_id = shop.balances(), body["purchase_id"]
    completed = payment(body, transaction_id="txn-late")
    failed = payment(body, error={"code": "INSUFFICIENT_FUNDS", "message": "No"})
    with shop.ear() as ear:
        for _ in range(5):
            shop.publish("PAYMENT_COMPLETED", completed, user_id="buyer-0", source=BANK)
        shop.publish("PAYMENT_FAILED", failed, user_id="buyer-0", source=BANK)
        heard = ear.listen(4)

    assert not {"PURCHASE_FAILED", "PURCHASE_CONFIRMED"} & {e["event_type"] for e in heard}
    assert shop.call("getPurchase", user_id="buyer-0", purchase_id=purchase_id)[1] == body
    assert shop.balances() == before
    assert stock_of(shop, product) == 3


def test_a_payment_that_is_reported_after_the_purchase_failed_changes_nothing(
    shop: Deployed,
) -> None:
    product = put_product(shop, stock=5)
    poor = order(product, account_id="acc-buyer-poor")
    with shop.ear() as ear:
        correlation = shop.publish("PURCHASE_REQUEST", poor, user_id="buyer-poor")
        [failed] = ear.wait_for(1, event_type="PURCHASE_FAILED", correlation_id=correlation)
    purchase_id = failed["data"]["purchase_id"]
    _, body = shop.call("getPurchase", user_id="buyer-poor", purchase_id=purchase_id)
    assert (body["status"], body["error"]["code"]) == ("failed", "INSUFFICIENT_FUNDS")
    before = shop.balances()
    late = payment(body, transaction_id="txn-late")
    with shop.ear() as ear:
        for _ in range(5):
            shop.publish("PAYMENT_COMPLETED", late, user_id="buyer-poor", source=BANK)
        heard = ear.listen(4)

    assert "PURCHASE_CONFIRMED" not in {e["event_type"] for e in heard}
    _, after = shop.call("getPurchase", user_id="buyer-poor", purchase_id=purchase_id)
    assert after == body
    assert shop.balances() == before
    assert stock_of(shop, product) == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product_id": "prod-none"}, "PRODUCT_NOT_FOUND"),
        ({"retailer_id": "retailer-none"}, "PRODUCT_NOT_FOUND"),
        ({"benefit": "MSI-6"}, "BENEFIT_NOT_ELIGIBLE"),
        ({"quantity": 0}, "INVALID_REQUEST"),
        ({"quantity": -1}, "INVALID_REQUEST"),
        ({"quantity": 10**9}, "INVALID_REQUEST"),
        ({"unit_price": Decimal("249.99")}, "PRICE_CHANGED"),
    ],
)
def test_what_cannot_be_bought_is_refused_on_both_doors(
    shop: Deployed, change: dict[str, Any], code: str
) -> None:
    product = put_product(shop, stock=5)
    wanted = order(product, **change)
    with shop.ear() as ear:
        status, body = shop.call("createPurchase", user_id="buyer-0", **texts(wanted))
        correlation = shop.publish("PURCHASE_REQUEST", wanted, user_id="buyer-0")
        [failed] = ear.wait_for(1, event_type="PURCHASE_FAILED", correlation_id=correlation)

    assert 400 <= status < 500
    assert body["error"]["code"] == failed["data"]["error"]["code"] == code
    assert stock_of(shop, product) == 5


def test_two_hundred_buyers_of_fifty_pieces_get_fifty(shop: Deployed) -> None:
    product = put_product(shop, stock=STOCK)
    before = shop.balances()

    def buy(number: int) -> tuple[int, Any]:
        buyer = number % BUYERS
        return shop.call(
            "createPurchase",
            user_id=f"buyer-{buyer}",
            **texts(order(product, account_id=f"acc-buyer-{buyer}", quantity=1)),
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(buy, range(ATTEMPTS)))

    bought = [body["purchase_id"] for status, body in answers if status == 200]
    assert len(bought) == STOCK
    assert {body["error"]["code"] for status, body in answers if status != 200} == {"OUT_OF_STOCK"}
    _settle(shop, product)
    statuses = [p["status"] for p in shop.table("purchases") if p["product_id"] == product]
    assert statuses == ["completed"] * STOCK
    assert stock_of(shop, product) == 0
    after = shop.balances()
    earned = sum(after[a] - before[a] for a in after if a.startswith(f"acc-{RETAILER}"))
    assert earned == STOCK * PRICE
    assert sum(after.values()) == sum(before.values())


def _settle(shop: Deployed, product: str) -> None:
    """Wait until no purchase of the product is pending."""
    with shop.ear() as ear:
        for _ in range(60):
            mine = [p for p in shop.table("purchases") if p["product_id"] == product]
            if all(p["status"] != "pending" for p in mine):
                return
            ear.listen(0.5)
