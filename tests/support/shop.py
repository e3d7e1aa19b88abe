"""A retailer with televisions in María's bank, and the events of a purchase taken one by one."""

from decimal import Decimal
from typing import Any

from tests.support.world import World

BUY = {
    "product_id": "prod-tv",
    "account_id": "acc-maria",
    "quantity": "2",
    "unit_price": "300.00",
}


def open_shop(bank: World) -> None:
    """Add a retailer that has five televisions at 300 pesos."""
    bank.account("retailer-azteca", "acc-azteca", "0.00")
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product(
        "prod-tv",
        price=Decimal("300.00"),
        stock=5,
        benefits=[
            {"type": "MSI", "months": [3, 6]},
            {"type": "cashback", "percent": 10},
            {"type": "points", "points_per_peso": 2},
        ],
    )


def stock(shop: World) -> int:
    [product] = shop.items("products")
    return int(product["stock"])


def purchases(shop: World) -> list[dict[str, Any]]:
    return shop.items("purchases")


def purchase(shop: World) -> dict[str, Any]:
    """Return the one purchase as it is stored."""
    [item] = shop.items("purchases")
    return item


def buy(shop: World, **changes: str) -> dict[str, Any]:
    """Make a purchase and return the PAYMENT_REQUEST that asks for its payment."""
    status, body = shop.call("createPurchase", **{**BUY, **changes})
    assert status == 200, body
    [request] = [e for e in shop.run_relay() if e["event_type"] == "PAYMENT_REQUEST"]
    return request


def pay(shop: World, request: dict[str, Any], **envelope: Any) -> Any:
    """Deliver a request to pay to core banking."""
    return shop.deliver("core_banking", "PAYMENT_REQUEST", request | envelope)


def end(shop: World, decided: dict[str, Any], **envelope: Any) -> Any:
    """Deliver the end of a payment to the marketplace."""
    return shop.deliver("marketplace", decided["event_type"], decided | envelope)


def paid(shop: World) -> bool:
    """Tell whether the purchase's 600 pesos were paid, and to the centavo."""
    balances = (shop.balance("acc-maria"), shop.balance("acc-azteca"))
    assert balances in {(400, 600), (1000, 0)}
    return balances == (400, 600)


def assert_consistent(shop: World) -> None:
    """Check that the purchase ended, with its money and its stock."""
    completed = purchase(shop)["status"] == "completed"
    assert completed is paid(shop)
    assert stock(shop) == (3 if completed else 5)
