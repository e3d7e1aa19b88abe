"""A history of María's transactions, and the pages in which it is listed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.world import World


def timestamp(number: int) -> str:
    return f"2026-11-{number // 24 + 1:02}T{number % 24:02}:00:00.000Z"


def pages(bank: World, operation: str = "listTransactions", **query: Any) -> Iterator[Any]:
    """Yield each page of a listing, to its end."""
    token: dict[str, str] = {}
    for _ in range(100):
        status, body = bank.call(operation, **query, **token)
        assert status == 200, body
        next_token = body.pop("next_token", None)
        yield next(iter(body.values()))
        if next_token is None:
            return
        token = {"next_token": next_token}
    pytest.fail("the listing does not end")


def all_of(bank: World, **query: Any) -> list[str]:
    return [t["transaction_id"] for page in pages(bank, **query) for t in page]


def add_history(bank: World) -> None:
    """Add 30 records of María's, one in ten of them a payment."""
    for number in range(30):
        account_id = ("acc-maria", "acc-maria-savings")[number % 2]
        kind = "payment" if number % 10 == 3 else "deposit"
        bank.transaction(account_id, timestamp(number), type=kind, transaction_id=f"t{number:02}")
    bank.transaction("acc-juan", timestamp(7), user_id="user-juan", transaction_id="t99")
