"""The bank at the start of a history: few accounts and little money, so that requests collide."""

from decimal import Decimal
from typing import Any

from shared.dynamodb import deserialize, serialize
from tests.support.dynamodb import StrictDynamoDB
from tests.support.tables import PREFIX

Item = dict[str, Any]

ACCOUNTS: dict[str, Item] = {
    "acc-ana": {"user_id": "user-ana", "balance": Decimal(100)},
    "acc-ana-savings": {
        "user_id": "user-ana",
        "balance": Decimal("40.50"),
        "account_type": "savings",
    },
    "acc-ana-credit": {
        "user_id": "user-ana",
        "balance": Decimal(-10),
        "account_type": "credit",
        "credit_limit": Decimal(60),
    },
    "acc-beto": {"user_id": "user-beto", "balance": Decimal(80), "holder_name": "Beto Luna"},
    "acc-caro": {"user_id": "user-caro", "balance": Decimal("55.05"), "holder_name": "Caro Paz"},
    "acc-caro-blocked": {"user_id": "user-caro", "balance": Decimal(5), "status": "blocked"},
    "acc-azteca": {"user_id": "shop-azteca", "balance": Decimal(0)},
    "acc-maya-1": {"user_id": "shop-maya", "balance": Decimal(0)},
    "acc-maya-2": {"user_id": "shop-maya", "balance": Decimal(0)},
}
PRODUCTS: dict[str, Item] = {
    "p-hot": {"retailer_id": "shop-azteca", "price": Decimal(30), "stock": 4},
    "p-cold": {"retailer_id": "shop-maya", "price": Decimal("25.50"), "stock": 50},
}
LONG_PAID = frozenset(
    {("user-ana", "acc-beto"), ("user-beto", "acc-ana"), ("user-ana", "acc-caro")}
)
"""Whom the customers have paid for months; every other account is new to them."""
RETAILERS = ("shop-azteca", "shop-maya")
CUSTOMERS = ("user-ana", "user-beto", "user-caro")
OWNERS = {account_id: account["user_id"] for account_id, account in ACCOUNTS.items()}


def floor_of(account: Item) -> Decimal:
    """Return the least that the balance of an account may be."""
    return -Decimal(account.get("credit_limit", 0))


def open_bank(database: StrictDynamoDB) -> None:
    """Fill the tables, with no fault in between."""
    around, database.around = database.around, None
    for account_id, account in ACCOUNTS.items():
        _put(
            database,
            "accounts",
            {
                "account_id": account_id,
                "account_type": "checking",
                "currency": "MXN",
                "status": "active",
                "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z",
                "version": 1,
            }
            | account,
        )
    for product_id, product in PRODUCTS.items():
        _put(
            database,
            "products",
            {
                "product_id": product_id,
                "name": f"Producto {product_id}",
                "description": "Uno.",
                "currency": "MXN",
                "category": "home",
                "image_url": "https://cdn.example.com/p.jpg",
                "benefits": ["10% cashback", "3 MSI"],
            }
            | product,
        )
    for user_id, account_id in LONG_PAID:
        first = {"user_id": user_id, "subject": f"payee#{account_id}"}
        _put(database, "limits", first | {"first_paid_at": "2026-01-01T00:00:00.000Z"})
    for retailer_id in RETAILERS:
        _put(
            database,
            "retailers",
            {"retailer_id": retailer_id, "name": f"Tienda {retailer_id}", "category": "home"},
        )
    database.around = around


def _put(database: StrictDynamoDB, table: str, item: Item) -> None:
    database.put_item(TableName=f"{PREFIX}-{table}", Item=serialize(item))


def items_of(database: StrictDynamoDB, table: str) -> list[Item]:
    """Return all items of a table, behind all calls."""
    return [deserialize(item) for item in database.table(f"{PREFIX}-{table}")]
