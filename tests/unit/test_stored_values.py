"""Whatever another program wrote beside the keys, a list is answered, and as its schema says."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.shop import open_shop
from tests.support.world import World

NUMBERS = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**9), 10**9),
    st.integers(-120, 115),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | st.binary(max_size=5)
VALUES = st.recursive(
    SCALARS | st.sets(TEXTS, min_size=1, max_size=3) | st.sets(NUMBERS, min_size=1, max_size=3),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(TEXTS.filter(bool), held, max_size=3),
    max_leaves=6,
)
ABSENT = object()

KEYS = {
    "accounts": {"user_id", "account_id"},
    "transactions": {"user_id", "account_id", "timestamp_txn_id"},
    "beneficiaries": {"user_id", "beneficiary_id", "alias_lower"},
    "purchases": {"user_id", "timestamp_purchase_id", "status"},
    "products": {"product_id", "retailer_id", "category"},
    "retailers": {"retailer_id"},
}
"""Attributes that DynamoDB itself holds to be texts, for tables and indexes are found by them."""


@pytest.fixture
def bank_of_all(bank: World) -> World:
    """María's bank with one of everything that lists tell."""
    open_shop(bank)
    bank.beneficiary("user-maria", "ben-1", "mi hermano")
    bank.transaction("acc-maria", "2026-11-20T15:00:00.000Z")
    assert bank.call("createPurchase", **BOUGHT)[0] == 200
    bank.settle()
    return bank


BOUGHT = {
    "product_id": "prod-tv",
    "account_id": "acc-maria",
    "unit_price": "300.00",
    "benefit": "cashback",
}


class Listing(NamedTuple):
    """A call that lists, and the table whose item is another's."""

    table: str
    operation_id: str
    arguments: Mapping[str, str] = MappingProxyType({})


LISTINGS = (
    Listing("accounts", "getBalance"),
    Listing("transactions", "listTransactions"),
    Listing("beneficiaries", "listBeneficiaries"),
    Listing("beneficiaries", "resolveAlias", {"alias": "mi hermano"}),
    Listing("purchases", "listPurchases"),
    Listing("products", "searchProducts"),
    Listing("products", "searchProducts", {"search": "audífonos"}),
    Listing("retailers", "searchProducts", {"search": "azteca"}),
)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda one: f"{one.operation_id} {one.table}")
@given(which=st.integers(0, 99), value=VALUES | st.just(ABSENT))
@example(which=0, value=Decimal("1E+100"))
@settings(max_examples=25)
def test_a_list_is_answered_whatever_stands_in_an_item(
    bank_of_all: World, listing: Listing, which: int, value: Any
) -> None:
    items = bank_of_all.items(listing.table)
    item = next(one for one in items if one.get("user_id") != "user-juan")
    names = sorted(item.keys() - KEYS[listing.table] | {"of_nobody"})
    name = names[which % len(names)]
    others = {n: held for n, held in item.items() if n != name}
    bank_of_all.put(listing.table, **others if value is ABSENT else others | {name: value})

    status, body = bank_of_all.call(listing.operation_id, **listing.arguments)

    bank_of_all.put(listing.table, **item)
    assert status == 200, body
