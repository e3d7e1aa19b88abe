"""Purchases through both front doors: reserve, pay, confirm or compensate."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shared.dynamodb import DynamoDB, Write
from shared.service import ANSWERED_WITHIN
from tests.support.faults import (
    CarelessDatabase,
    ScriptedDatabase,
    after,
    cancelled,
    client_error,
    in_table,
)
from tests.support.shop import BUY, open_shop, purchases, stock
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> Iterator[World]:
    """María's bank, with a retailer that has five televisions at 300 pesos."""
    open_shop(bank)
    return bank


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["event_type"] for event in events]


def test_a_purchase_reserves_stock_asks_for_the_payment_and_is_confirmed(shop: World) -> None:
    status, body = shop.call("createPurchase", **BUY)

    assert (status, body["status"], body["total_amount"]) == (200, "pending", Decimal(600))
    assert stock(shop) == 3
    assert shop.balance("acc-maria") == 1000

    events = shop.settle()

    assert types(events) == ["PAYMENT_REQUEST", "PAYMENT_COMPLETED", "PURCHASE_CONFIRMED"]
    assert len({e["correlation_id"] for e in events}) == 1
    assert (shop.balance("acc-maria"), shop.balance("acc-azteca")) == (400, 600)
    status, final = shop.call("getPurchase", purchase_id=body["purchase_id"])
    assert (status, final["status"]) == (200, "completed")
    assert final["transaction_id"] == events[1]["data"]["transaction_id"]
    assert events[2]["data"] == final
    assert stock(shop) == 3


def test_what_nobody_could_be_paid_for_is_refused_at_once(shop: World) -> None:
    shop.product("prod-tv", retailer_id="retailer-nobody", price=Decimal("300.00"), stock=5)
    order = {**BUY, "retailer_id": "retailer-nobody"}
    before = shop.items("products")

    status, body = shop.call("createPurchase", **order)
    assert (status, body["error"]["code"]) == (404, "RETAILER_NOT_FOUND")

    data = {**order, "quantity": 2, "unit_price": Decimal("300.00")}
    shop.send("marketplace", "PURCHASE_REQUEST", data)
    events = shop.settle()
    assert types(events) == ["PURCHASE_FAILED", "PURCHASE_FAILED"]
    assert {event["data"]["error"]["code"] for event in events} == {"RETAILER_NOT_FOUND"}
    assert (shop.items("products"), shop.items("purchases")) == (before, [])


def test_a_retailer_that_comes_while_its_product_is_refused_sells_it(shop: World) -> None:
    shop.product("prod-tv", retailer_id="retailer-late", price=Decimal("300.00"), stock=5)

    class Late(DynamoDB):
        def transact(self, writes: Sequence[Write]) -> None:
            shop.retailer("retailer-late", "Tarde pero segura")
            super().transact(writes)

    shop.connect(Late(shop.client))
    order = {**BUY, "quantity": 2, "unit_price": Decimal("300.00"), "retailer_id": "retailer-late"}
    shop.send("marketplace", "PURCHASE_REQUEST", order)

    [bought] = purchases(shop)
    assert bought["retailer_name"] == "Tarde pero segura"


def test_a_purchase_without_funds_fails_and_gives_its_stock_back(shop: World) -> None:
    _, body = shop.call("createPurchase", **{**BUY, "quantity": "4"})
    assert stock(shop) == 1

    events = shop.settle()

    assert types(events) == ["PAYMENT_REQUEST", "PAYMENT_FAILED", "PURCHASE_FAILED"]
    assert events[2]["data"]["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert stock(shop) == 5
    assert (shop.balance("acc-maria"), shop.balance("acc-azteca")) == (1000, 0)
    _, final = shop.call("getPurchase", purchase_id=body["purchase_id"])
    assert (final["status"], final["error"]["code"]) == ("failed", "INSUFFICIENT_FUNDS")


def test_a_purchase_request_of_the_bus_is_confirmed_under_its_own_correlation_id(
    shop: World,
) -> None:
    data = {**BUY, "quantity": 2, "unit_price": 300}
    for _ in range(3):
        shop.send("marketplace", "PURCHASE_REQUEST", data, correlation_id="buy-1")

    events = shop.settle()

    assert {e["correlation_id"] for e in events} == {"buy-1"}
    assert len({e["data"]["purchase_id"] for e in events}) == 1
    assert "PURCHASE_CONFIRMED" in types(events)
    assert (shop.balance("acc-maria"), shop.balance("acc-azteca")) == (400, 600)
    assert stock(shop) == 3


def test_payment_events_delivered_again_change_nothing(shop: World) -> None:
    shop.call("createPurchase", **BUY)
    events = shop.settle()
    before = {t: shop.snapshot()[t] for t in ("accounts", "transactions")}

    for event in events[:2] * 5:
        group = "core_banking" if event["event_type"] == "PAYMENT_REQUEST" else "marketplace"
        shop.deliver(group, event["event_type"], event)
    shop.settle()

    assert {t: shop.snapshot()[t] for t in ("accounts", "transactions")} == before
    assert [p["status"] for p in purchases(shop)] == ["completed"]
    assert stock(shop) == 3


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"unit_price": "299.99"}, 409, "PRICE_CHANGED"),
        ({"quantity": "6"}, 409, "OUT_OF_STOCK"),
        ({"quantity": "0"}, 400, "INVALID_REQUEST"),
        ({"quantity": "-1"}, 400, "INVALID_REQUEST"),
        ({"quantity": "1000000000"}, 400, "INVALID_REQUEST"),
        ({"product_id": "prod-none"}, 404, "PRODUCT_NOT_FOUND"),
        ({"retailer_id": "retailer-none"}, 404, "PRODUCT_NOT_FOUND"),
        ({"account_id": "acc-juan"}, 404, "ACCOUNT_NOT_FOUND"),
        ({"benefit": "MSI-6"}, 422, "BENEFIT_NOT_ELIGIBLE"),
        ({"benefit": "MSI-24", "account_id": "acc-maria-credit"}, 422, "BENEFIT_NOT_ELIGIBLE"),
        ({"benefit": "regalo"}, 422, "BENEFIT_NOT_ELIGIBLE"),
    ],
)
def test_a_purchase_that_cannot_be_is_refused_and_reserves_nothing(
    shop: World, change: dict[str, str], status: int, code: str
) -> None:
    answered, body = shop.call("createPurchase", **{**BUY, **change})

    assert (answered, body["error"]["code"]) == (status, code)
    assert stock(shop) == 5
    assert purchases(shop) == []


def test_purchases_of_others_are_not_found_and_pages_hold_each_once(shop: World) -> None:
    ids = []
    for number in range(3):
        _, body = shop.call("createPurchase", session_id=f"s-{number}", **{**BUY, "quantity": "1"})
        ids.append(body["purchase_id"])

    assert shop.call("getPurchase", user_id="user-juan", purchase_id=ids[0])[0] == 404
    _, first = shop.call("listPurchases", limit="2")
    _, second = shop.call("listPurchases", limit="2", next_token=first.get("next_token"))
    listed = [p["purchase_id"] for p in first["purchases"] + second["purchases"]]
    assert sorted(listed) == sorted(ids)
    assert second.get("next_token") is None
    assert shop.call("listPurchases", user_id="user-juan")[1]["purchases"] == []


def test_a_purchase_with_the_specifications_attributes_alone_is_shown(shop: World) -> None:
    shop.put(
        "purchases",
        user_id="user-maria",
        timestamp_purchase_id="2026-01-01T00:00:00Z#p-1",
        purchase_id="p-1",
        product_id="prod-tv",
        retailer_id="retailer-azteca",
        quantity=1,
        total_amount=Decimal(300),
        benefit_applied="cashback",
        status="completed",
        transaction_id="txn-1",
        created_at="2026-01-01T00:00:00Z",
    )

    status, body = shop.call("getPurchase", purchase_id="p-1")

    assert (status, body["status"], body["transaction_id"]) == (200, "completed", "txn-1")
    assert shop.call("listPurchases")[1]["purchases"] == [body]


def test_an_agent_that_repeats_a_purchase_is_told_how_it_ended(shop: World) -> None:
    _, first = shop.call("createPurchase", **BUY)
    shop.settle()

    status, again = shop.call("createPurchase", **BUY)

    assert (status, again["repeated"], again["status"]) == (200, True, "completed")
    assert again["purchase_id"] == first["purchase_id"]
    assert stock(shop) == 3


def test_an_agent_waits_for_the_end_of_its_purchase(shop: World) -> None:
    shop.rebuild(sleep=lambda _seconds: shop.settle())

    status, body = shop.call("createPurchase", **BUY)

    assert (status, body["status"]) == (200, "completed")
    assert shop.balance("acc-maria") == 400


def test_a_purchase_is_answered_though_what_became_of_it_cannot_be_read(shop: World) -> None:
    def garble(_seconds: float) -> None:
        [made] = purchases(shop)
        shop.put("purchases", **made | {"quantity": ["2"]})

    shop.rebuild(sleep=garble)
    status, body = shop.call("createPurchase", **BUY)
    assert (status, body["status"]) == (200, "pending")


class Waiting:
    """A function that waits while a flow goes on, which ends after so many milliseconds."""

    def __init__(self, shop: World, ends_after_ms: int) -> None:
        self.waited_ms = 0
        self.looks = 0
        self._shop = shop
        self._ends_after_ms = ends_after_ms
        shop.rebuild(sleep=self._sleep)
        shop.client.around = self._around

    def _sleep(self, seconds: float) -> None:
        self.waited_ms += round(seconds * 1000)
        self._shop.clock.move(timedelta(seconds=seconds))
        if self.waited_ms >= self._ends_after_ms:
            self._shop.client.around, around = None, self._shop.client.around
            self._shop.settle()
            self._shop.client.around = around

    def _around(self, operation: str, arguments: Any, do: Callable[[Any], Any]) -> Any:
        is_look = operation == "GetItem" and arguments["TableName"].endswith("purchases")
        self.looks += is_look
        return do(arguments)


@pytest.mark.parametrize(
    ("ends_after_ms", "answered_after_ms", "looks"),
    [(50, 80, 1), (100, 120, 2), (300, 350, 3), (650, 750, 5), (900, 950, 6), (1500, 950, 6)],
)
def test_the_end_of_a_purchase_is_looked_for_early_and_then_five_times_a_second(
    shop: World, ends_after_ms: int, answered_after_ms: int, looks: int
) -> None:
    """The setting is to wait a second."""
    waiting = Waiting(shop, ends_after_ms)
    _, body = shop.call("createPurchase", **BUY)
    assert body["status"] == ("completed" if ends_after_ms < 1000 else "pending")
    assert (waiting.waited_ms, waiting.looks) == (answered_after_ms, looks)


def test_a_repeated_call_is_told_at_once_how_its_purchase_ended(shop: World) -> None:
    shop.call("createPurchase", **BUY)
    shop.settle()
    waiting = Waiting(shop, 0)
    assert shop.call("createPurchase", **BUY)[1]["status"] == "completed"
    assert (waiting.waited_ms, waiting.looks) == (0, 1)


def test_what_was_long_tried_is_not_waited_for_beyond_the_functions_time(shop: World) -> None:
    settings = shop.resources.settings._replace(agent_wait_seconds=8)
    waiting = Waiting(shop, 60_000)
    busy = [cancelled("TransactionConflict", *["None"] * 3)] * 20
    shop.rebuild(settings=settings, database=ScriptedDatabase(shop.client, busy), random=lambda: 1)
    begun = shop.clock.now
    assert shop.call("createPurchase", **BUY)[1]["status"] == "pending"
    assert waiting.waited_ms > 8000
    assert shop.clock.now - begun <= ANSWERED_WITHIN


def test_what_is_no_longer_sold_in_pesos_at_the_commit_is_not_bought(shop: World) -> None:
    def change() -> None:
        shop.put("products", **{**shop.items("products")[0], "currency": "USD"})

    shop.connect(ScriptedDatabase(shop.client, [after(change)]))
    status, body = shop.call("createPurchase", **BUY)
    assert (status, body["error"]["code"]) == (404, "PRODUCT_NOT_FOUND")
    assert stock(shop) == 5


def buys_all_while_somebody_else_does(shop: World, database: Callable[..., DynamoDB]) -> None:
    def sell_out() -> None:
        shop.put("products", **{**shop.items("products")[0], "stock": 0})

    shop.connect(database(shop.client, script=[after(sell_out)]))
    shop.call("createPurchase", **{**BUY, "quantity": "5"})


def test_the_last_pieces_are_sold_once(shop: World) -> None:
    buys_all_while_somebody_else_does(shop, ScriptedDatabase)

    assert stock(shop) == 0
    assert purchases(shop) == []


def test_without_the_condition_on_the_stock_more_would_be_sold_than_there_is(shop: World) -> None:
    """The control of the test above."""
    buys_all_while_somebody_else_does(
        shop, partial(CarelessDatabase, is_careless=in_table("products"))
    )

    assert stock(shop) == -5


def test_a_retailer_with_several_accounts_is_paid_to_all_of_them(shop: World) -> None:
    shop.account("retailer-azteca", "acc-azteca-2", "0.00")
    shop.account("retailer-azteca", "acc-azteca-card", "0.00", account_type="credit")
    for number in range(5):
        shop.call(
            "createPurchase",
            session_id=f"s-{number}",
            **{**BUY, "quantity": "1", "unit_price": "300"},
        )
        shop.put("products", **{**shop.items("products")[0], "stock": 5})
    shop.put(
        "accounts",
        **{
            **next(a for a in shop.items("accounts") if a["account_id"] == "acc-maria"),
            "balance": Decimal(10_000),
        },
    )
    shop.settle()

    paid = [shop.balance("acc-azteca"), shop.balance("acc-azteca-2")]
    assert sum(paid) == 1500
    assert shop.balance("acc-azteca-card") == 0


def test_an_id_of_no_purchase_is_not_found_whatever_time_it_tells(shop: World) -> None:
    status, body = shop.call("getPurchase", purchase_id="ffffffff-ffff-7fff-bfff-ffffffffffff")
    assert (status, body["error"]["code"]) == (404, "PURCHASE_NOT_FOUND")


def test_a_purchase_whose_end_cannot_be_read_is_answered_as_pending(shop: World) -> None:
    class Throttled(ScriptedDatabase):
        def get(self, table: str, key: Any, **how: Any) -> Any:
            if table.endswith("purchases"):
                raise client_error("ProvisionedThroughputExceededException")
            return super().get(table, key, **how)

    shop.connect(Throttled(shop.client))
    status, body = shop.call("createPurchase", **BUY)
    assert (status, body["status"]) == (200, "pending")
