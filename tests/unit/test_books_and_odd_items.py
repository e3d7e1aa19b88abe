"""The books are proved whatever an item has: what cannot be read is named, and nobody accused."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.books import Disagreement
from tests.support.books import (
    LATER,
    bought,
    go_below_the_floor,
    kinds,
    lose_stock,
    report,
    used_bank,
)
from tests.support.world import World


@pytest.fixture
def bank() -> World:
    return used_bank()


def test_an_item_with_the_attributes_of_the_specification_alone_is_not_accused(
    bank: World,
) -> None:
    bank.product("prod-spec", stock=3)
    bank.account("user-zoe", "acc-zoe", "0.00")

    assert report(bank).disagreements == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("purchases", {"status": "pending", "created_at": "yesterday"}),
        ("products", {"stock": "3"}),
        ("products", {"stock_received": None}),
        ("accounts", {"balance": "10.00"}),
        ("accounts", {"account_type": "credit", "credit_limit": None}),
    ],
)
def test_an_item_that_cannot_be_compared_is_named_and_the_others_are_proved(
    bank: World, table: str, change: dict[str, Any]
) -> None:
    lose_stock(bank)
    item = bank.items(table)[0]
    bank.put(table, **item | change)
    disagreements = report(bank).disagreements
    assert [d.kind for d in disagreements].count("UNREADABLE") == 1
    assert "STOCK" in {d.kind for d in disagreements}


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("transactions", {"account_id", "timestamp_txn_id"}),
        ("requests", {"request_id"}),
        ("purchases", {"user_id", "timestamp_purchase_id"}),
    ],
)
def test_no_value_of_any_attribute_keeps_the_books_from_being_proved(
    bank: World, table: str, key: set[str]
) -> None:
    go_below_the_floor(bank)
    fullest = max(bank.items(table), key=len)
    for name in fullest.keys() - key | {"error"}:
        for value in (["1"], Decimal(1), "2026-11-22T15:00:00"):
            with suppress(ClientError):  # what no index takes cannot be there
                bank.put(table, **fullest | {name: value})
            assert "FLOOR" in kinds(bank), (name, value)
        bank.put(table, **fullest)


@pytest.mark.parametrize(
    ("table", "id_name", "change"),
    [
        ("accounts", "account_id", {"balance": "10.00"}),
        ("purchases", "purchase_id", {"quantity": "one"}),
    ],
)
def test_what_cannot_be_read_is_named_by_its_own_id_and_is_there(
    bank: World, table: str, id_name: str, change: dict[str, Any]
) -> None:
    of_maria = {"accounts": {"account_id": "acc-maria-checking"}, "purchases": bought(bank)}
    [item] = [i for i in bank.items(table) if of_maria[table].items() <= i.items()]
    bank.put(table, **item | change)
    told = report(bank).disagreements
    assert Disagreement("UNREADABLE", f"{table} {item[id_name]}") in told
    assert not {"NO_ACCOUNT", "NO_PURCHASE"} & {one.kind for one in told}


@pytest.mark.parametrize(
    ("listing", "table", "change"),
    [
        ("getBalance", "accounts", {"status": ["1"]}),
        ("listTransactions", "transactions", {"status": None}),
        ("listPurchases", "purchases", {"product_id": ["1"]}),
        ("listBeneficiaries", "beneficiaries", {"name": ["1"]}),
    ],
)
def test_what_a_list_leaves_out_is_named(
    bank: World, listing: str, table: str, change: dict[str, Any]
) -> None:
    item = next(i for i in bank.items(table) if i["user_id"] == "user-maria")
    bank.put(table, **item | change)
    [unreadable] = bank.call(listing)[1]["unreadable"]
    assert f"UNREADABLE {table} {unreadable}" in " ".join(map(str, report(bank).disagreements))


def test_a_time_without_an_offset_is_in_utc(bank: World) -> None:
    made_at = bank.clock.now.replace(tzinfo=None).isoformat()
    theirs = {"purchase_id": "p-1", "timestamp_purchase_id": "p-1", "created_at": made_at}
    bank.put("purchases", **bought(bank, "failed") | {"status": "pending"} | theirs)
    assert "NOT_ASKED" not in kinds(bank)
    bank.clock.move(LATER)
    assert "NOT_ASKED" in kinds(bank)
