"""Guarantee: a refusal is recorded only while what made it true still is."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.clock import day_of
from shared.dynamodb import ConditionCheck
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after
from tests.support.shop import open_shop
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    open_shop(bank)
    return bank


ON_CREDIT = {
    "benefit": "MSI-3",
    "account_id": "acc-maria-credit",
    "retailer_id": "retailer-azteca",
    "quantity": "3",
}
CASES = (
    ("createTransfer", {"amount": "5000"}, "INSUFFICIENT_FUNDS", "money"),
    ("createTransfer", {"from_account": "acc-new"}, "ACCOUNT_NOT_FOUND", "account"),
    ("createTransfer", {"from_account": "acc-maria"}, "ACCOUNT_NOT_ACTIVE", "active"),
    ("createPurchase", {"quantity": "6"}, "OUT_OF_STOCK", "stock"),
    ("createPurchase", {"unit_price": "299"}, "PRICE_CHANGED", "price"),
    ("createPurchase", {"account_id": "acc-new"}, "ACCOUNT_NOT_FOUND", "account"),
    (
        "createPurchase",
        {"product_id": "prod-new", "retailer_id": "retailer-azteca"},
        "PRODUCT_NOT_FOUND",
        "product",
    ),
    (
        "createPurchase",
        {"benefit": "cashback", "retailer_id": "retailer-azteca"},
        "BENEFIT_NOT_ELIGIBLE",
        "benefit",
    ),
    ("createPurchase", ON_CREDIT, "BENEFIT_NOT_ELIGIBLE", "credit"),
    (
        "createTransfer",
        {"from_account": "acc-maria-credit", "amount": "900"},
        "INSUFFICIENT_FUNDS",
        "credit limit",
    ),
    ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED", "limit"),
    ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED", "spent"),
    ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED", "own limit"),
    (
        "createPurchase",
        {"benefit": "cashback", "retailer_id": "retailer-azteca"},
        "BENEFIT_NOT_ELIGIBLE",
        "no benefit",
    ),
    (
        "createTransfer",
        {"from_account": "acc-maria-credit", "amount": "900"},
        "INSUFFICIENT_FUNDS",
        "no credit limit",
    ),
    ("createTransfer", {"to_account": "acc-juan"}, "ACCOUNT_NOT_FOUND", "payee"),
)
BASE = {
    "createTransfer": {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"},
    "createPurchase": {
        "product_id": "prod-tv",
        "account_id": "acc-maria",
        "quantity": "1",
        "unit_price": "300",
    },
}


class TestOfARefusal:
    """What made a refusal true is checked in the transaction that records it."""

    def change(self, shop: World, what: str) -> Callable[[], object]:
        product = shop.items("products")[0]
        return {
            "money": lambda: shop.account("user-maria", "acc-maria", "9000.00"),
            "active": lambda: shop.account("user-maria", "acc-maria", "1000.00"),
            "account": lambda: shop.account("user-maria", "acc-new", "1000.00"),
            "payee": lambda: shop.account("user-juan", "acc-juan", "50.00"),
            "stock": lambda: shop.put("products", **{**product, "stock": 9}),
            "price": lambda: shop.put("products", **{**product, "price": Decimal(299)}),
            "product": lambda: shop.product("prod-new", price=Decimal(300)),
            "benefit": lambda: shop.put("products", **{**product, "benefits": ["cashback 5%"]}),
            "credit": lambda: self.credit(shop, balance="0", credit_limit=1000),
            "credit limit": lambda: self.credit(shop, balance="-200", credit_limit=1200),
            "no credit limit": lambda: self.credit(shop, balance="0", credit_limit=1200),
            "limit": lambda: self.limit(shop, spent=70, daily_limit=101),
            "spent": lambda: self.limit(shop, spent=60, daily_limit=100),
            "own limit": lambda: self.limit(shop, spent=999_999_980, daily_limit=10**10),
            "no benefit": lambda: shop.put("products", **product | {"benefits": ["cashback 5%"]}),
        }[what]

    def credit(self, shop: World, **attributes: Any) -> None:
        shop.account("user-maria", "acc-maria-credit", account_type="credit", **attributes)

    def limit(self, shop: World, **attributes: Any) -> None:
        shop.put(
            "limits",
            user_id="user-maria",
            subject="transfers",
            day=day_of(shop.clock.now, shop.resources.settings.bank_time_zone).isoformat(),
            **attributes,
        )

    def prepare(self, shop: World, what: str) -> None:
        if what == "active":
            shop.account("user-maria", "acc-maria", "1000.00", status="blocked")
        if what == "benefit":
            shop.put("products", **{**shop.items("products")[0], "benefits": []})
        if what == "credit":
            shop.put("products", **{**shop.items("products")[0], "benefits": ["3 MSI"]})
        if what in {"limit", "spent"}:
            self.limit(shop, spent=70, daily_limit=100)
        if what == "own limit":
            self.limit(shop, spent=999_999_980)
        if what == "no benefit":
            product = shop.items("products")[0]
            del product["benefits"]
            shop.put("products", **product)
        if what == "no credit limit":
            shop.account("user-maria", "acc-maria-credit", "0", account_type="credit")
        if what == "payee":
            shop.account("user-juan", "acc-juan", "50.00", status="blocked")

    @pytest.mark.parametrize(("operation", "arguments", "code", "what"), CASES, ids=str)
    def test_a_refusal_that_is_no_longer_true_is_not_recorded(
        self, shop: World, operation: str, arguments: dict[str, str], code: str, what: str
    ) -> None:
        self.prepare(shop, what)
        call = BASE[operation] | arguments
        status, body = shop.call(operation, session_id="before", **call)
        assert body["error"]["code"] == code

        shop.connect(ScriptedDatabase(shop.client, [after(self.change(shop, what))]))
        status, body = shop.call(operation, **call)
        assert status == 200, body

    @pytest.mark.parametrize(("operation", "arguments", "code", "what"), CASES, ids=str)
    def test_without_the_check_it_would_be(
        self, shop: World, operation: str, arguments: dict[str, str], code: str, what: str
    ) -> None:
        """The control of the test above."""
        self.prepare(shop, what)
        shop.connect(
            CarelessDatabase(
                shop.client,
                lambda write: isinstance(write, ConditionCheck),
                [after(self.change(shop, what))],
            )
        )
        _, body = shop.call(operation, **BASE[operation] | arguments)
        assert body["error"]["code"] == code

    @pytest.mark.parametrize(
        ("operation", "arguments", "code"),
        [
            ("createTransfer", {"amount": "20"}, None),
            ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED"),
            ("createPurchase", {"benefit": "cashback"}, "BENEFIT_NOT_ELIGIBLE"),
        ],
    )
    def test_a_null_of_another_program_is_nothing_to_a_condition_too(
        self, shop: World, operation: str, arguments: dict[str, str], code: str | None
    ) -> None:
        self.limit(shop, spent=999_999_980, daily_limit=None)
        shop.put("products", **shop.items("products")[0] | {"benefits": None})
        shop.rebuild(sleep=lambda seconds: shop.clock.move(timedelta(seconds=seconds)))
        _, body = shop.call(operation, **BASE[operation] | arguments)
        assert body.get("error", {}).get("code") == code

    def move(self, shop: World) -> None:
        """Change what every other change may move, and nothing else."""
        for item in shop.items("accounts"):
            moved = {"version": 77, "updated_at": "2026-11-22T15:00:00.001Z"}
            if item["account_id"] != "acc-maria-credit":
                moved["balance"] = item["balance"] - 1
            shop.put("accounts", **item | moved)
        for item in shop.items("products"):
            shop.put("products", **item | {"stock": item["stock"] - 1})
        for item in shop.items("limits"):
            if item["subject"] == "transfers":
                shop.put("limits", **item | {"spent": item["spent"] + 1})

    @pytest.mark.parametrize(("operation", "arguments", "code", "what"), CASES, ids=str)
    def test_it_is_recorded_at_the_first_try_whatever_else_moves(
        self, shop: World, operation: str, arguments: dict[str, str], code: str, what: str
    ) -> None:
        """Else nobody could be refused at an account or a product that all write."""
        self.prepare(shop, what)
        database = ScriptedDatabase(shop.client, [after(lambda: self.move(shop))])
        shop.connect(database)
        _, body = shop.call(operation, **BASE[operation] | arguments)
        assert body["error"]["code"] == code
        assert database.attempts == 1
