"""The names of its product and its retailer that a purchase keeps, and is told with."""

from decimal import Decimal

import pytest

from tests.support.shop import BUY, open_shop
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    """María's bank, with a retailer that has five televisions at 300 pesos."""
    open_shop(bank)
    return bank


def test_a_purchase_is_told_with_the_names_that_it_was_made_under(shop: World) -> None:
    _, body = shop.call("createPurchase", **BUY)
    names = {"product_name": "Audífonos inalámbricos", "retailer_name": "Electrónica Azteca"}
    assert body.items() >= names.items()

    shop.product("prod-tv", name="Otra cosa", price=Decimal("300.00"), stock=3)
    shop.retailer("retailer-azteca", "Otra tienda")
    *_, confirmed = shop.settle()

    assert confirmed["data"].items() >= names.items()
    _, final = shop.call("getPurchase", purchase_id=body["purchase_id"])
    assert final == confirmed["data"]
    assert shop.call("listPurchases")[1]["purchases"] == [final]


def test_a_purchase_that_others_wrote_without_names_is_read_without_them(shop: World) -> None:
    shop.put(
        "purchases",
        user_id="user-maria",
        timestamp_purchase_id="2026-11-20T10:00:00Z#purchase-1",
        purchase_id="purchase-1",
        product_id="prod-tv",
        retailer_id="retailer-azteca",
        quantity=1,
        total_amount=300,
        status="completed",
    )

    status, body = shop.call("getPurchase", purchase_id="purchase-1")

    assert status == 200
    assert not {"product_name", "retailer_name"} & body.keys()


def test_a_purchase_keeps_no_empty_name_and_no_long_one(shop: World) -> None:
    [retailer], [product] = shop.items("retailers"), shop.items("products")
    shop.put("retailers", **retailer | {"name": " "})
    shop.put("products", **product | {"name": "T" * 300})
    terms = {"request_id": "asked", "confirmation": "terms"}

    _, asked = shop.call("createPurchase", attributes=terms, yes=False, **BUY)
    _, bought = shop.call("createPurchase", **BUY)

    [kept] = shop.items("purchases")
    for told in (asked["confirmation"]["terms"], bought, kept):
        assert told["product_name"] == "T" * 200
        assert "retailer_name" not in told
