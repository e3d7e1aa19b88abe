"""Two shops, searches of their products, and a database that watches what these read."""

from typing import Any

from shared.dynamodb import DynamoDB, Page
from tests.support.world import SETTINGS, World

CATEGORIES = SETTINGS.catalogue_categories


def open_shops(bank: World) -> None:
    """Add two retailers that sell in two categories each."""
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.retailer("retailer-maya", "Mundo Maya")
    bank.product("p-audifonos")
    bank.product("p-tele", name="Televisor 55", description="Pantalla 4K.")
    bank.product("p-tele-maya", name="Televisor 55", retailer_id="retailer-maya")
    bank.product("p-olla", name="Olla exprés", category="home", description="De acero.")
    bank.product(
        "p-sarten", name="Sartén", category="home", retailer_id="retailer-maya", description="Chico"
    )


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
