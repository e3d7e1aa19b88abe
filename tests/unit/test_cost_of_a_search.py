"""What a search by words reads at most, what it says of how far it looked, and what it keeps."""

from decimal import Decimal
from typing import Any

import pytest

from action_groups.marketplace import retailers
from shared.paging import MAX_UNITS
from tests.support.catalogue import CATEGORIES, search
from tests.support.world import World


class Counted:
    """Stands around the calls of a client, and adds up what they are and cost."""

    def __init__(self, bank: World) -> None:
        self.calls: list[str] = []
        self.units = 0.0
        bank.client.around = self

    def __call__(self, operation: str, arguments: Any, call: Any) -> Any:
        answer = call(arguments)
        self.calls.append(operation)
        if operation == "BatchGetItem":
            [wanted] = arguments["RequestItems"].values()
            self.units += len(wanted["Keys"]) / 2
        else:
            self.units += answer["ConsumedCapacity"]["CapacityUnits"]
        return answer


def shelves(bank: World, *, products: int, retailers: int) -> None:
    """Fill the catalogue with cables of many retailers, in all categories alike."""
    for number in range(retailers):
        bank.retailer(f"retailer-{number:04}", f"Tienda {number}")
    for number in range(products):
        bank.product(
            f"p-{number:05}",
            name="Cable",
            description="Para la casa. " * 15,
            category=CATEGORIES[number % len(CATEGORIES)],
            retailer_id=f"retailer-{number % retailers:04}",
        )


def test_a_search_by_words_costs_few_calls_whatever_the_number_of_retailers(bank: World) -> None:
    shelves(bank, products=1000, retailers=1000)
    counted = Counted(bank)

    body = search(bank, search="trompeta")

    assert body["products"] == []
    assert len(counted.calls) <= len(CATEGORIES) + 10
    assert counted.units <= MAX_UNITS


def test_a_search_that_finds_nothing_says_how_far_it_looked_and_goes_on_to_the_end(
    bank: World,
) -> None:
    shelves(bank, products=2500, retailers=6)
    bank.product("p-99999", name="Trompeta", category=CATEGORIES[-1])
    counted = Counted(bank)
    looked_at, found, token = [], [], {}
    while True:
        body = search(bank, search="trompeta", **token)
        assert counted.units <= MAX_UNITS
        assert len(counted.calls) <= len(CATEGORIES) + 10
        counted.units, counted.calls = 0.0, []
        found += [product["product_id"] for product in body["products"]]
        if body.get("next_token") is None:
            break
        looked_at.append(body["looked_at"])
        token = {"next_token": body["next_token"]}

    assert found == ["p-99999"]
    assert len(looked_at) == 2, "about a thousand products of half a kilobyte for 60 units"
    assert all(900 < number < 1300 for number in looked_at)


def test_without_its_allowance_a_search_costs_what_the_catalogue_holds(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr("shared.paging.MAX_UNITS", 1e9)

    with pytest.raises(AssertionError):
        test_a_search_that_finds_nothing_says_how_far_it_looked_and_goes_on_to_the_end(bank)


def test_names_of_retailers_are_kept_for_a_minute_and_then_read_again(bank: World) -> None:
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-audifonos")
    counted = Counted(bank)

    def name() -> str:
        return str(search(bank)["products"][0]["retailer_name"])

    assert name() == "Electrónica Azteca"
    bank.client.around = None
    bank.retailer("retailer-azteca", "Azteca Digital")
    bank.client.around = counted
    counted.calls = []
    bank.clock.move(retailers.KEPT / 2)
    assert name() == "Electrónica Azteca"
    assert "Scan" not in counted.calls
    bank.clock.move(retailers.KEPT / 2)
    assert name() == "Azteca Digital"


def test_stock_and_price_are_never_kept(bank: World) -> None:
    bank.product("p-audifonos", stock=3)
    search(bank)
    bank.product("p-audifonos", stock=0, price=Decimal("1399.00"))

    [product] = search(bank)["products"]

    assert (product["stock"], product["price"]) == (0, Decimal("1399.00"))


def test_retailers_beyond_those_kept_are_read_with_their_products(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each product is looked at once, although a Query may give more than one batch names."""
    monkeypatch.setattr(retailers, "MAX_SCANNED", 10)
    shelves(bank, products=600, retailers=300)
    bank.retailer("retailer-0299", "Instrumentos Moctezuma")
    counted = Counted(bank)
    found, pages_read, token = [], 0, {}
    while True:
        body = search(bank, search="moctezuma", **token)
        assert counted.units <= MAX_UNITS + 1
        counted.units = 0.0
        found += [product["product_id"] for product in body["products"]]
        pages_read += 1
        if body.get("next_token") is None:
            break
        token = {"next_token": body["next_token"]}

    assert sorted(found) == ["p-00299", "p-00599"]
    assert pages_read < 10
