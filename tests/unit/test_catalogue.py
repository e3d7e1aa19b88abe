"""What searchProducts finds: by any filter, by names of categories, by words as people say them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_groups.marketplace.catalogue import category_called, words_of
from shared.settings import Settings
from tests.support.catalogue import CATEGORIES, WatchedDatabase, found, open_shops, pages, search
from tests.support.world import SETTINGS, World


@pytest.fixture
def shop(bank: World) -> World:
    open_shops(bank)
    return bank


# --- Filters ---------------------------------------------------------------------------------


FILTERS = {
    (): "p-audifonos p-olla p-sarten p-tele p-tele-maya",
    (("category", "home"),): "p-olla p-sarten",
    (("retailer_id", "retailer-maya"),): "p-sarten p-tele-maya",
    (("search", "televisor"),): "p-tele p-tele-maya",
    (("category", "home"), ("retailer_id", "retailer-maya")): "p-sarten",
    (("category", "electronics"), ("search", "televisor")): "p-tele p-tele-maya",
    (("retailer_id", "retailer-maya"), ("search", "televisor")): "p-tele-maya",
    (
        ("category", "electronics"),
        ("retailer_id", "retailer-azteca"),
        ("search", "televisor"),
    ): "p-tele",
    (("category", "home"), ("search", "televisor")): "",
    (("category", "gaming"),): "",
    (("retailer_id", "retailer-none"),): "",
}


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_every_combination_of_filters_finds_what_fits_all_of_them(
    shop: World, filters: tuple[tuple[str, str], ...]
) -> None:
    assert found(shop, **dict(filters)) == FILTERS[filters].split()


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("limit", ["1", "2"])
def test_every_combination_of_filters_is_found_page_by_page_each_product_once(
    shop: World, filters: tuple[tuple[str, str], ...], limit: str
) -> None:
    listed = pages(shop, limit=limit, **dict(filters))

    assert sorted(p for page in listed for p in page) == FILTERS[filters].split()
    assert all(len(page) == int(limit) for page in listed[:-1])


def test_the_narrowest_index_is_read_and_no_product_is_scanned(shop: World) -> None:
    database = WatchedDatabase(shop.client, page_items=100)
    shop.connect(database)
    search(shop, category="hogar")
    search(shop, retailer_id="retailer-maya")
    search(shop, category="home", retailer_id="retailer-maya")
    search(shop, category="home", search="olla")
    search(shop)

    assert database.queries == [
        ("category-index", "home", 21),
        ("retailer-index", "retailer-maya", 21),
        ("retailer-index", "retailer-maya", 51),
        ("category-index", "home", 51),
        *[("category-index", category, 21) for category in CATEGORIES],
    ], "as many items as the page takes, or as the allowance pays for when some are passed over"


def test_an_agent_is_told_everything_of_a_product(shop: World) -> None:
    [product] = search(shop, search="audífonos")["products"]

    assert product == {
        "product_id": "p-audifonos",
        "retailer_id": "retailer-azteca",
        "retailer_name": "Electrónica Azteca",
        "name": "Audífonos inalámbricos",
        "description": "Con cancelación de ruido.",
        "price": Decimal("1299.00"),
        "currency": "MXN",
        "category": "electronics",
        "stock": 10,
        "image_url": "https://cdn.example.com/audifonos.jpg",
        "benefits": ["12 MSI", "5 % cashback"],
    }


def test_an_event_is_answered_with_the_same_products(shop: World) -> None:
    data = {"category": "home", "limit": 1}
    reply = shop.send("marketplace", "CATALOG_QUERY", data)

    assert (reply["event_type"], reply["source"]) == ("CATALOG_RESPONSE", "marketplace")
    assert shop.bus.envelopes == [reply]
    assert reply["data"] == search(shop, category="home", limit="1")
    second = data | {"next_token": reply["data"]["next_token"]}
    rest = shop.send("marketplace", "CATALOG_QUERY", second)["data"]
    assert rest.get("next_token") is None
    assert len(rest["products"]) == 1


def test_only_the_benefits_in_force_today_are_told(shop: World) -> None:
    shop.product(
        "p-tele",
        name="Plasma",
        benefits=[
            {"type": "MSI", "months": [3, 6], "minimum_purchase": 1500},
            {"type": "cashback", "percent": 9, "valid_until": "2026-11-21"},
            {"type": "points", "points_per_peso": 2, "valid_from": "2026-11-22"},
            {"type": "regalo"},
            "envío gratis",
            "envío gratis",
        ],
    )

    [product] = search(shop, search="plasma")["products"]

    assert product["benefits"] == [
        "3 MSI desde 1500.00 pesos",
        "6 MSI desde 1500.00 pesos",
        "2 puntos por peso",
        "envío gratis",
    ]


# --- Categories ------------------------------------------------------------------------------

NAMES = {
    "Electrónica": "electronics",
    "ELECTRONICS": "electronics",
    " tecnologia ": "electronics",
    "ropa": "clothing",
    "comida": "food",
    "hogar": "home",
    "belleza": "beauty",
    "deporte": "sports",
    "juguete": "toys",
    "Libros": "books",
    "book": "books",
    "salud": "health",
    "viajes": "travel",
    "gaming": "gaming",
    "Jardinería": "Jardinería",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_category_answers_to_its_names_in_both_languages(name: str) -> None:
    assert category_called(name, CATEGORIES) == NAMES[name]


def test_a_category_of_the_settings_that_is_spelt_otherwise_is_read_as_stored(
    bank: World,
) -> None:
    categories = ("Electrónica", "Mascotas")
    bank.rebuild(settings=SETTINGS._replace(catalogue_categories=categories))
    bank.product("p-1", category="Electrónica")
    bank.product("p-2", category="Mascotas", name="Correa", retailer_id="retailer-can")
    bank.product("p-3", category="electronics")

    assert found(bank, category="electronics") == ["p-1"]
    assert found(bank, category="mascotas") == ["p-2"]
    assert found(bank, category="MASCOTAS", retailer_id="retailer-can") == ["p-2"]
    assert found(bank) == ["p-1", "p-2"], "the settings say which categories there are"


def test_a_category_beyond_the_settings_is_found_when_it_is_named(bank: World) -> None:
    bank.product("p-1", category="gaming")

    assert found(bank, category="gaming") == ["p-1"]
    assert found(bank) == []


def test_the_categories_of_the_environment_are_listed_once_each() -> None:
    environment = {
        variable: "name" for variable, is_required in Settings.variables().items() if is_required
    } | {"REQUIRE_CONFIRMATION": "never"}
    text = " food, home,,food "

    assert Settings.from_environment(environment).catalogue_categories == CATEGORIES
    chosen = Settings.from_environment(environment | {"CATALOGUE_CATEGORIES": text})
    assert chosen.catalogue_categories == ("food", "home")
    with pytest.raises(RuntimeError, match="CATALOGUE_CATEGORIES"):
        Settings.from_environment(environment | {"CATALOGUE_CATEGORIES": " , "})


# --- Words -----------------------------------------------------------------------------------

SAME_WORDS = {
    "televisores": "televisor",
    "teles": "televisor",
    "TV": "televisión",
    "Audífonos": "AUDIFONO",
    "luces": "luz",
    "lápices": "lapiz",
    "cables": "cable",
    "dulces": "dulce",
    "panes": "pan",
    "niños": "nino",
    "celulares": "teléfonos",
    "refris": "refrigerador",
    "128GB": "128 gb",
    "una tele de la casa": "televisor casa",
    "tenis": "tenis",
}
OTHER_WORDS = {
    "televisor": "teléfono",
    "mesas": "meses",
    "pan": "pantalla",
    "sol": "sola",
    "leche sin lactosa": "leche con lactosa",
    "ps4": "ps5",
}


@pytest.mark.parametrize("text", SAME_WORDS)
def test_these_words_are_the_same(text: str) -> None:
    assert words_of(text) == words_of(SAME_WORDS[text])


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_these_words_are_not_the_same(text: str) -> None:
    assert words_of(text) != words_of(OTHER_WORDS[text])


@given(st.lists(st.sampled_from(["mesa", "lámpara", "Árbol", "café", "55"]), min_size=1))
def test_the_order_and_case_of_words_do_not_matter(words: list[str]) -> None:
    text = " ".join(words)

    assert words_of(text) == words_of(" ".join(reversed(words)).upper())


SEARCHES = {
    "audifonos": True,
    "AUDÍFONOS INALÁMBRICOS": True,
    "inalambrico audifono": True,
    "unos audífonos para mi casa": False,
    "audífonos con ruido": True,
    "audífonos de electrónica": True,
    "audífonos electronics": True,
    "audífonos azteca": True,
    "audífonos de retailer-azteca": True,
    "audífonos de los dioses aztecas": False,
    "audífonos moctezuma": True,
    "audífonos verdes": False,
    "audi": False,
}


@pytest.mark.parametrize("text", SEARCHES)
def test_all_words_have_to_occur_somewhere_in_the_product_or_its_retailer(
    bank: World, text: str
) -> None:
    bank.retailer("retailer-azteca", "Moctezuma e hijos")
    bank.product("p-audifonos")

    assert found(bank, search=text) == ["p-audifonos"] * SEARCHES[text]


def test_words_of_a_retailer_without_a_name_are_not_found(bank: World) -> None:
    bank.product("p-audifonos")
    bank.put("retailers", retailer_id="retailer-azteca")

    assert found(bank, search="moctezuma") == []
    assert found(bank, search="azteca") == ["p-audifonos"]


def test_a_retailer_that_is_not_stored_or_has_no_name_leaves_the_name_out(bank: World) -> None:
    bank.product("p-audifonos")
    bank.product("p-tele", retailer_id="retailer-maya")
    bank.put("retailers", retailer_id="retailer-maya")

    assert all("retailer_name" not in product for product in search(bank)["products"])


@pytest.mark.parametrize("text", ["de la", "¿?", "📺", "y"])
def test_a_search_that_says_nothing_is_refused(bank: World, text: str) -> None:
    status, body = bank.call("searchProducts", search=text)

    assert (status, body["error"]["code"]) == (400, "INVALID_REQUEST")
    assert "`search`" in body["error"]["message"]


def test_a_product_needs_ids_name_price_and_category_alone(bank: World) -> None:
    bank.put(
        "products", product_id="p-bare", retailer_id="r", name="Cosa", price=1, category="home"
    )

    [product] = search(bank)["products"]

    assert product == {
        "product_id": "p-bare",
        "retailer_id": "r",
        "name": "Cosa",
        "description": "",
        "price": 1,
        "currency": "MXN",
        "category": "home",
        "stock": 0,
        "benefits": [],
    }


@pytest.mark.parametrize("stock", [Decimal(-3), Decimal("0.9"), "7", None, True], ids=str)
def test_a_stock_that_is_no_count_is_none(bank: World, stock: Any) -> None:
    bank.product("p-1", stock=stock)

    assert search(bank)["products"][0]["stock"] == 0


@pytest.mark.parametrize(
    "arguments",
    [{"limit": "0"}, {"limit": "51"}, {"category": "x" * 61}, {"color": "rojo"}],
    ids=str,
)
def test_arguments_that_cannot_be_read_are_refused(bank: World, arguments: dict[str, str]) -> None:
    status, body = bank.call("searchProducts", **arguments)

    assert (status, body["error"]["code"]) == (400, "INVALID_REQUEST")
    assert f"`{next(iter(arguments))}`" in body["error"]["message"]


def test_searching_changes_nothing(shop: World) -> None:
    before = shop.snapshot()

    search(shop, search="televisor")
    shop.send("marketplace", "CATALOG_QUERY", {})

    assert shop.snapshot() == before
