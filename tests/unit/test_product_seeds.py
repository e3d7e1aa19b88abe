"""The seeds of the catalogue: complete, readable, and the same after a second run."""

import re
from decimal import Decimal
from typing import Any

import pytest

from action_groups.marketplace.benefits import UNKNOWN, Basket, option_for, terms_of
from action_groups.marketplace.store import Product
from scripts import seed_accounts, seed_products
from shared.accounts import Account
from shared.holders import names_differ, shown_holder
from shared.text import line_problem
from tests.support.clock_and_bus import START
from tests.support.tables import PREFIX
from tests.support.utterances import seeded_bank
from tests.support.world import SETTINGS, World


@pytest.fixture
def seeded(bank: World) -> World:
    seed_accounts.seed(bank.client, PREFIX)
    seed_products.seed(bank.client, PREFIX)
    return bank


def all_products(seeded: World) -> list[Product]:
    return [Product.from_item(item) for item in seeded.items("products")]


def search(seeded: World, **arguments: str) -> set[tuple[str, str]]:
    status, body = seeded.call("searchProducts", limit="50", **arguments)
    assert status == 200, body
    return {(p["product_id"], p["retailer_id"]) for p in body["products"]}


def test_seeding_again_adds_nothing_and_gives_nobody_their_stock_back(bank: World) -> None:
    first = seed_products.seed(bank.client, PREFIX)
    before = bank.snapshot()
    key = {
        "product_id": {"S": "prod-tv-led-55"},
        "retailer_id": {"S": "retailer-electronica-azteca"},
    }
    bank.client.update_item(
        TableName=f"{PREFIX}-products",
        Key=key,
        UpdateExpression="SET stock = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    sold = bank.snapshot()

    added = ("products", "retailers", "purchases", "transactions")
    assert first == sum(len(bank.items(t)) for t in added) + 8
    assert seed_products.seed(bank.client, PREFIX) == 0
    assert bank.snapshot() == sold != before


def test_every_category_of_the_settings_has_products_and_no_product_another(
    seeded: World,
) -> None:
    products = all_products(seeded)

    assert len(products) >= 40
    assert {p.category for p in products} == set(SETTINGS.catalogue_categories)


def test_every_retailer_has_active_accounts_and_products(seeded: World) -> None:
    retailers = {r["retailer_id"] for r in seeded.items("retailers")}
    accounts = [a for a in seeded.items("accounts") if a["user_id"] in retailers]

    assert len(retailers) == 6
    assert {a["user_id"] for a in accounts} == retailers
    assert {(a["status"], a["currency"]) for a in accounts} == {("active", "MXN")}
    assert {p.retailer_id for p in all_products(seeded)} == retailers


def test_every_account_has_its_holder_and_a_retailers_says_so() -> None:
    bank = seeded_bank()
    retailers = {r["retailer_id"]: r["name"] for r in bank.items("retailers")}
    names = {**retailers, **seed_accounts.CUSTOMERS}
    accounts = [Account.from_item(item) for item in bank.items("accounts")]
    assert {account.user_id for account in accounts} == set(names)
    for account in accounts:
        name = names[account.user_id]
        assert account.holder_name == shown_holder(account, account.user_id) == name
        assert (shown_holder(account, "somebody") == name) == (account.user_id in retailers)


def test_every_beneficiary_is_called_as_the_holder_of_the_account() -> None:
    bank = seeded_bank()
    holders = {item["account_id"]: item["holder_name"] for item in bank.items("accounts")}
    for beneficiary in bank.items("beneficiaries"):
        assert beneficiary["name"] == holders[beneficiary["account_id"]]
        assert not names_differ(beneficiary["name"], beneficiary["name"])
        for written in (beneficiary["name"], beneficiary["alias"], beneficiary["relationship"]):
            assert line_problem(written) is None


def test_the_items_have_the_attributes_of_the_specification_and_what_was_received(
    seeded: World,
) -> None:
    for item in seeded.items("products"):
        assert set(item) == {
            *("product_id", "retailer_id", "name", "description", "price", "currency"),
            *("category", "stock", "stock_received", "image_url", "benefits"),
        }
        assert re.fullmatch(r"https://cdn\.centli\.example\.com/[\w/-]+\.jpg", item["image_url"])
        assert item["price"] == round(item["price"], 2) > 0
    for item in seeded.items("retailers"):
        assert set(item) == {"retailer_id", "name", "category", "benefits_offered", "logo_url"}


def test_two_products_are_sold_by_two_retailers(seeded: World) -> None:
    sellers: dict[str, set[str]] = {}
    for product in all_products(seeded):
        sellers.setdefault(product.product_id, set()).add(product.retailer_id)

    assert sorted(p for p, retailers in sellers.items() if len(retailers) > 1) == [
        "prod-audifonos-bt",
        "prod-tv-led-55",
    ]
    status, body = seeded.call("compareBenefits", product_id="prod-tv-led-55")
    assert (status, body["error"]["code"]) == (422, "RETAILER_NEEDED")


def test_benefits_of_every_kind_are_there_with_every_obstacle(seeded: World) -> None:
    options = [
        option_for(
            term,
            Basket(
                total=product.price,
                quantity=1,
                stock=product.stock,
                today=START.date(),
                credit=Decimal(10_000),
            ),
        )
        for product in all_products(seeded)
        for term in terms_of(product)
    ]
    reasons = " ".join(option.reason or "" for option in options)

    assert {o.type for o in options if o.eligible} == {"MSI", "cashback", "points"}
    assert UNKNOWN not in {o.type for o in options}
    for obstacle in ("begins on", "ended on", "at least", "sold out", "pesos left", "not say"):
        assert obstacle in reasons
    assert {type(b) for p in all_products(seeded) for b in p.benefits} == {str, dict}


def test_a_customer_finds_what_people_ask_for(seeded: World) -> None:
    azteca, tianguis = "retailer-electronica-azteca", "retailer-tianguis-digital"
    expected: dict[str, set[tuple[str, str]]] = {
        "teles": {
            ("prod-tv-led-55", azteca),
            ("prod-tv-led-55", tianguis),
            ("prod-televisor-32", azteca),
        },
        "audifonos": {("prod-audifonos-bt", azteca), ("prod-audifonos-bt", tianguis)},
        "AUDÍFONOS de Electrónica Azteca": {("prod-audifonos-bt", azteca)},
        "celulares": {("prod-celular-128", azteca)},
        "café": {("prod-cafe-chiapas-1kg", "retailer-super-nopal")},
        "bici": {("prod-bici-montana-29", "retailer-ruta-maya")},
        "submarino": set(),
    }

    assert {words: search(seeded, search=words) for words in expected} == expected
    assert len(search(seeded, category="juguetes")) == 4


def test_the_whole_catalogue_is_listed_page_by_page(seeded: World) -> None:
    listed: list[tuple[str, str]] = []
    token: dict[str, Any] = {}
    while True:
        _, body = seeded.call("searchProducts", limit="7", **token)
        listed += [(p["product_id"], p["retailer_id"]) for p in body["products"]]
        if body.get("next_token") is None:
            break
        assert len(body["products"]) == 7
        token = {"next_token": body.get("next_token")}

    assert sorted(listed) == sorted((p.product_id, p.retailer_id) for p in all_products(seeded))
