"""searchProducts: every filter, words as people say them, and pages that are full."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_groups.marketplace import retailers
from action_groups.marketplace.catalogue import category_called, words_of
from shared import json_text
from shared.dynamodb import DynamoDB, Page
from shared.front_doors.bedrock import MAX_ANSWER_BYTES
from shared.paging import MAX_UNITS
from shared.settings import Settings
from tests.support.world import SETTINGS, World

CATEGORIES = SETTINGS.catalogue_categories


def search(bank: World, **arguments: Any) -> dict[str, Any]:
    status, body = bank.call("searchProducts", **arguments)
    assert status == 200, body
    return body


def found(bank: World, **arguments: Any) -> list[str]:
    """Return the ids of a search's products, sorted, from one page that holds them all."""
    body = search(bank, limit="50", **arguments)
    assert body.get("next_token") is None
    return sorted(p["product_id"] for p in body["products"])


def pages(bank: World, **arguments: Any) -> list[list[str]]:
    """Return the ids of every page."""
    listed: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        body = search(bank, **arguments, **token)
        listed.append([p["product_id"] for p in body["products"]])
        if body.get("next_token") is None:
            return listed
        token = {"next_token": body.get("next_token")}


class WatchedDatabase(DynamoDB):
    """Notes the Queries, gives items in small pages, and scans no table but the retailers."""

    def __init__(self, client: Any, page_items: int) -> None:
        super().__init__(client)
        self.page_items = page_items
        self.queries: list[tuple[str | None, Any, int | None]] = []

    def query(self, table: str, *, limit: int | None = None, **query: Any) -> Page:
        self.queries.append((query.get("index"), query["values"].get(":value"), limit))
        smaller = min(limit or self.page_items, self.page_items)
        return super().query(table, limit=smaller, **query)

    def scan(self, table: str, *, limit: int) -> Page:
        assert table == SETTINGS.retailers_table
        return super().scan(table, limit=limit)


# --- Filters ---------------------------------------------------------------------------------


@pytest.fixture
def shop(bank: World) -> World:
    """Two retailers that sell in two categories each."""
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.retailer("retailer-maya", "Mundo Maya")
    bank.product("p-audifonos")
    bank.product("p-tele", name="Televisor 55", description="Pantalla 4K.")
    bank.product("p-tele-maya", name="Televisor 55", retailer_id="retailer-maya")
    bank.product("p-olla", name="Olla exprés", category="home", description="De acero.")
    bank.product(
        "p-sarten", name="Sartén", category="home", retailer_id="retailer-maya", description="Chico"
    )
    return bank


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


def test_a_search_that_is_over_does_not_say_how_far_it_looked(shop: World) -> None:
    assert "looked_at" not in search(shop, search="trompeta")
    assert "looked_at" not in search(shop, limit="1"), "a full page is no cut"


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


# --- Pages -----------------------------------------------------------------------------------


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
