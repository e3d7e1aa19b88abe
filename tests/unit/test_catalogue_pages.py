"""Pages of the catalogue are full, within the budget, and resumed by their owner's token alone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared import json_text
from shared.front_doors.bedrock import MAX_ANSWER_BYTES
from tests.support.catalogue import CATEGORIES, WatchedDatabase, open_shops, pages, search
from tests.support.world import SETTINGS, World


@pytest.fixture
def shop(bank: World) -> World:
    open_shops(bank)
    return bank


def test_a_search_that_is_over_does_not_say_how_far_it_looked(shop: World) -> None:
    assert "looked_at" not in search(shop, search="trompeta")
    assert "looked_at" not in search(shop, limit="1"), "a full page is no cut"


def test_a_page_is_filled_across_any_number_of_reads(bank: World) -> None:
    """One television in fifteen products, read three at a time."""
    for number in range(150):
        name = "Televisor" if number % 15 == 7 else "Cable"
        bank.product(f"p-{number:03}", name=name, category=CATEGORIES[number % 3])
    database = WatchedDatabase(bank.client, page_items=3)
    bank.connect(database)

    listed = pages(bank, search="televisor", limit="4")

    assert [len(page) for page in listed] == [4, 4, 2]
    assert len({p for page in listed for p in page}) == 10
    assert len(database.queries) > 40


def test_with_fewer_units_the_pages_would_be_short(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr("shared.paging.MAX_UNITS", 5.0)

    with pytest.raises(AssertionError, match=r"\[4, 4, 2\]"):
        test_a_page_is_filled_across_any_number_of_reads(bank)


def test_a_search_whose_reads_take_long_is_answered_in_time_and_goes_on_with_its_token(
    bank: World,
) -> None:
    """The time is looked at before each read, of products and of retailers' names."""
    for number in range(40):
        name = "Televisor" if number == 37 else "Cable"
        bank.product(f"p-{number:02}", name=name, category=CATEGORIES[number % 4])
    bank.connect(WatchedDatabase(bank.client, page_items=3))
    seconds = timedelta(seconds=0.9)

    def slow(_operation: str, arguments: Any, call: Any) -> Any:
        bank.clock.move(seconds)
        return call(arguments)

    bank.client.around = slow
    found, answers, token = [], 0, {}
    while True:
        begun = bank.clock.now
        body = search(bank, search="televisor", **token)
        assert bank.clock.now - begun < timedelta(seconds=4)
        answers += 1
        found += [product["product_id"] for product in body["products"]]
        if body.get("next_token") is None:
            break
        assert body["looked_at"] > 0
        token = {"next_token": body["next_token"]}

    assert found == ["p-37"]
    assert answers > 3


@pytest.mark.parametrize("arguments", [{}, {"category": "home"}, {"search": "cosa"}], ids=str)
def test_a_product_that_nobody_can_sell_is_left_out_and_takes_no_room(
    bank: World, arguments: dict[str, str]
) -> None:
    sound = {"category": "home", "name": "Cosa"}
    broken: list[dict[str, Any]] = [
        {"price": "12.50"},
        {"price": Decimal("0.001")},
        {"price": Decimal(0)},
        {"price": None},
        {"name": None},
        {"name": " "},
        {"currency": "USD"},
        {"retailer_id": "two words"},
    ]
    for number, attributes in enumerate(broken):
        bank.product(f"broken-{number}", **sound | attributes)
        bank.product(f"p-{number}", **sound)

    listed = pages(bank, limit="3", **arguments)

    assert [len(page) for page in listed] == [3, 3, 2]
    assert sorted(p for page in listed for p in page) == [f"p-{n}" for n in range(8)]


def long_texts(character: str) -> dict[str, Any]:
    text = character * 2500
    return {
        "name": text,
        "description": text * 3,
        "image_url": f"https://cdn.example.com/{text}",
        "benefits": [f"{number} {text}" for number in range(25)],
    }


@pytest.mark.parametrize("character", ["x", "ñ", "📺", '"', "\\", "\x01"])
def test_any_product_fits_in_an_agents_answer(bank: World, character: str) -> None:
    for number in range(5):
        bank.product(f"{'p' * 127}{number}", retailer_id="r" * 128, **long_texts(character))

    listed = pages(bank, retailer_id="r" * 128)

    assert sorted(p for page in listed for p in page) == [f"{'p' * 127}{n}" for n in range(5)]
    body = search(bank, retailer_id="r" * 128)
    assert len(json_text.dumps(body).encode()) <= MAX_ANSWER_BYTES
    assert not any("image_url" in product for product in body["products"])


def test_a_page_of_many_products_stays_within_the_budget_and_loses_none(bank: World) -> None:
    for number in range(60):
        bank.product(f"p-{number:02}", description="ñ" * 400, category=CATEGORIES[number % 2])

    listed = pages(bank, limit="50")

    assert len(listed) > 2
    assert sorted(p for page in listed for p in page) == [f"p-{n:02}" for n in range(60)]


def test_the_longest_token_can_be_given_back(bank: World) -> None:
    category = "\U0001f4fa" * 60
    for number in range(3):
        bank.product(f"{'p' * 127}{number}", retailer_id="r" * 128, category=category)

    listed = pages(bank, category=category, limit="1")

    assert [len(page) for page in listed] == [1, 1, 1]


def test_a_token_serves_only_its_caller_and_its_filters(shop: World) -> None:
    token = search(shop, limit="1")["next_token"]
    others: list[dict[str, Any]] = [
        {"user_id": "user-juan"},
        {"category": "electronics"},
        {"retailer_id": "retailer-azteca"},
        {"search": "televisor"},
    ]

    for other in others:
        status, body = shop.call("searchProducts", next_token=token, **other)
        assert (status, body["error"]["code"]) == (404, "PAGE_TOKEN_NOT_FOUND"), other


def test_a_token_of_a_category_that_is_no_longer_searched_is_refused(shop: World) -> None:
    token = search(shop, limit="1")["next_token"]
    shop.rebuild(settings=SETTINGS._replace(catalogue_categories=("food", "toys")))

    status, body = shop.call("searchProducts", limit="1", next_token=token)

    assert (status, body["error"]["code"]) == (404, "PAGE_TOKEN_NOT_FOUND")


def test_a_product_that_was_removed_does_not_stop_the_listing(shop: World) -> None:
    first = search(shop, limit="1", category="home")
    [gone] = first["products"]
    key = {name: {"S": gone[name]} for name in ("product_id", "retailer_id")}
    shop.client.delete_item(TableName="centli-products", Key=key)

    rest = search(shop, limit="1", category="home", next_token=first.get("next_token"))

    assert {p["product_id"] for p in rest["products"]} == {"p-olla", "p-sarten"} - {
        gone["product_id"]
    }
