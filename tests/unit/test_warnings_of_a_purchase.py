"""What the person is warned of before a purchase: that it may be one that was made already."""

from datetime import timedelta

import pytest

from tests.support.shop import BUY, open_shop, purchase
from tests.support.world import SETTINGS, World

ONE = {**BUY, "quantity": "1", "retailer_id": "retailer-azteca"}
DAY = timedelta(hours=24)


@pytest.fixture
def shop(bank: World) -> World:
    """The shop, where another retailer has the same televisions, and María has bought one."""
    open_shop(bank)
    [television] = bank.items("products")
    bank.retailer("retailer-otra", "Otra tienda")
    bank.put("products", **television | {"retailer_id": "retailer-otra"})
    bank.put("products", **television | {"product_id": "prod-radio"})
    bank.rebuild(settings=SETTINGS._replace(require_confirmation="agents"))
    assert bank.call("createPurchase", **ONE)[0] == 200
    return bank


def warned(shop: World, **changes: str) -> list[str]:
    _, body = shop.call("createPurchase", yes=False, session_id="session-2", **ONE | changes)
    return [warning["code"] for warning in body["confirmation"]["warnings"]]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["POSSIBLE_DUPLICATE"]),
        ({"benefit": "cashback"}, ["POSSIBLE_DUPLICATE"]),
        ({"quantity": "2"}, []),
        ({"account_id": "acc-maria-savings"}, []),
        ({"product_id": "prod-radio"}, []),
        ({"retailer_id": "retailer-otra"}, []),
    ],
)
def test_the_same_number_of_a_product_from_the_same_account_may_be_a_duplicate(
    shop: World, changes: dict[str, str], codes: list[str]
) -> None:
    assert warned(shop, **changes) == codes


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("pending", ["POSSIBLE_DUPLICATE"]),
        ("completed", ["POSSIBLE_DUPLICATE"]),
        ("failed", []),
        ("cancelled", []),
    ],
)
def test_what_was_not_bought_in_the_end_is_no_duplicate(
    shop: World, status: str, codes: list[str]
) -> None:
    shop.put("purchases", **purchase(shop) | {"status": status})
    assert warned(shop) == codes


def test_a_duplicate_is_one_of_the_last_day(shop: World) -> None:
    shop.clock.move(DAY - timedelta(seconds=1))
    assert warned(shop) == ["POSSIBLE_DUPLICATE"]
    shop.clock.move(timedelta(seconds=2))
    assert warned(shop) == []
