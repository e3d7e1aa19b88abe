"""A bank that was used, what its books say, and ways to make them disagree."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from console.books import IN_FLIGHT, Report, prove
from tests.support.tables import PREFIX
from tests.support.utterances import seeded_bank
from tests.support.world import World

TELEVISION = {
    "product_id": "prod-televisor-32",
    "retailer_id": "retailer-electronica-azteca",
    "account_id": "acc-maria-checking",
    "unit_price": "3799",
}
LATER = IN_FLIGHT + timedelta(seconds=1)


def used_bank() -> World:
    """Return the seeded bank after a transfer, a purchase with cashback, and one not paid."""
    made = seeded_bank()
    made.call(
        "createTransfer",
        from_account="acc-maria-checking",
        to_account="acc-juan-checking",
        amount="100.10",
    )
    made.call("createPurchase", **TELEVISION, benefit="cashback", cashback="189.95")
    made.call(
        "createPurchase", user_id="user-sofia", **TELEVISION | {"account_id": "acc-sofia-checking"}
    )
    assert {p["status"] for p in made.items("purchases")} == {"completed", "failed"}
    return made


def report(bank: World, client: Any = None) -> Report:
    return prove(client or bank.client, PREFIX, clock=bank.clock, sleep=lambda _seconds: None)


def kinds(bank: World) -> set[str]:
    return {disagreement.kind for disagreement in report(bank).disagreements}


def changed(bank: World, table: str, change: dict[str, Any], **where: Any) -> None:
    """Write over the items that have these attributes."""
    items = [i for i in bank.items(table) if where.items() <= i.items()]
    assert items
    for item in items:
        bank.put(table, **{**item, **change})


def bought(bank: World, status: str = "completed") -> dict[str, Any]:
    [purchase] = [
        p
        for p in bank.items("purchases")
        if p["status"] == status and p["product_id"] == "prod-televisor-32"
    ]
    return purchase


def go_below_the_floor(bank: World) -> None:
    changed(bank, "accounts", {"credit_limit": Decimal(10)}, account_id="acc-sofia-credit")


def lose_stock(bank: World) -> None:
    changed(bank, "products", {"stock": 3}, product_id="prod-televisor-32")
