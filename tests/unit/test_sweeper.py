"""Guarantee 3: a purchase always ends, also when events are lost, and never twice."""

import json
from datetime import timedelta
from typing import Any

import pytest

from action_groups import load_group
from action_groups.marketplace.sweeper import sweep
from shared.errors import OrderExpired
from shared.front_doors.eventbridge import EventNotHandled
from shared.service import Service
from tests.support.faults import ScriptedDatabase, after
from tests.support.shop import BUY, buy, end, open_shop, pay, purchase, stock
from tests.support.world import World

MINUTE = timedelta(minutes=1)
DAY = timedelta(hours=24)


@pytest.fixture
def shop(bank: World) -> World:
    open_shop(bank)
    return bank


def run(shop: World, *, has_time: bool = True) -> list[dict[str, Any]]:
    """Let the sweeper look, and return what the relay then publishes."""
    sweep(Service(load_group("marketplace"), shop.resources), lambda: has_time)
    return shop.run_relay()


def test_a_purchase_of_less_than_two_minutes_is_left_alone(shop: World) -> None:
    buy(shop)
    shop.clock.move(2 * MINUTE - timedelta(milliseconds=1))
    before = shop.snapshot()
    assert run(shop) == []
    assert shop.snapshot() == before


def test_a_lost_request_to_pay_is_asked_again_as_it_was(shop: World) -> None:
    request = buy(shop)
    shop.clock.move(2 * MINUTE)
    assert run(shop) == [request]

    pay(shop, request)
    shop.settle()
    assert purchase(shop)["status"] == "completed"


def test_it_is_asked_again_whenever_the_purchase_has_become_twice_as_old(shop: World) -> None:
    buy(shop)
    asked = []
    for minute in range(1, 70):
        shop.clock.move(MINUTE)
        asked += [minute for _ in run(shop)]
    assert asked == [2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(
    ("quantity", "status", "left", "event_type"),
    [("2", "completed", 3, "PURCHASE_CONFIRMED"), ("4", "failed", 5, "PURCHASE_FAILED")],
)
def test_a_lost_decision_ends_the_purchase_however_late(
    shop: World, quantity: str, status: str, left: int, event_type: str
) -> None:
    request = buy(shop, quantity=quantity)
    decided = pay(shop, request)
    shop.run_relay()
    shop.clock.move(timedelta(days=40))
    [ended] = run(shop)

    assert (ended["event_type"], ended["correlation_id"]) == (
        event_type,
        request["correlation_id"],
    )
    assert (purchase(shop)["status"], stock(shop)) == (status, left)
    assert end(shop, decided) == ended, "the event that was late is answered with the same end"
    assert stock(shop) == left


def test_what_is_never_decided_is_cancelled_and_can_never_be_paid(shop: World) -> None:
    request = buy(shop)
    shop.clock.move(DAY)
    run(shop)
    assert purchase(shop)["status"] == "pending", "on the last moment it may still be paid"
    shop.clock.move(timedelta(milliseconds=1))
    [ended] = run(shop)

    assert (ended["event_type"], ended["correlation_id"]) == (
        "PURCHASE_FAILED",
        request["correlation_id"],
    )
    assert ended["data"]["status"] == "cancelled"
    assert ended["data"]["error"]["code"] == "ORDER_EXPIRED"
    item = purchase(shop)
    assert (item["status"], item["error"]["code"]) == ("cancelled", "ORDER_EXPIRED")
    assert stock(shop) == 5
    _, shown = shop.call("getPurchase", purchase_id=item["purchase_id"])
    assert shown == ended["data"]

    [decision] = [one for one in shop.records() if one["operation"] == "payPurchase"]
    assert (decision["user_id"], decision["status"]) == ("user-maria", OrderExpired.status)
    assert pay(shop, request)["error"]["code"] == "ORDER_EXPIRED"
    shop.settle()
    assert shop.balance("acc-maria") == 1000
    assert purchase(shop)["status"] == "cancelled"


def test_a_pending_purchase_is_looked_at_on_whichever_page_of_the_index_it_is(shop: World) -> None:
    for session in "abc":
        buy(shop, quantity="1", session_id=session)
    shop.clock.move(DAY + MINUTE)
    shop.client.around = lambda _, arguments, carry_out: carry_out(
        {**arguments, "Limit": 1} if arguments.get("IndexName") == "pending-index" else arguments
    )
    run(shop)
    assert [one["status"] for one in shop.items("purchases")] == ["cancelled"] * 3


def test_a_payment_that_is_decided_while_the_sweeper_cancels_stands(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    request = buy(shop)
    shop.clock.move(DAY + MINUTE)
    undisturbed = dict(shop.handlers)

    def decide() -> None:
        shop.handlers = undisturbed
        pay(shop, request)

    shop.connect(ScriptedDatabase(shop.client, [after(decide)]))
    capsys.readouterr()
    run(shop)
    assert purchase(shop)["status"] == "pending"
    assert "SweepFailures" in capsys.readouterr().out
    shop.connect(ScriptedDatabase(shop.client))
    run(shop)
    assert (purchase(shop)["status"], stock(shop)) == ("completed", 3)
    assert shop.balance("acc-maria") == 400


def test_a_purchase_that_is_cancelled_while_its_payment_is_decided_is_not_paid(
    shop: World,
) -> None:
    request = buy(shop)
    shop.clock.move(DAY + MINUTE)
    resources = shop.resources

    def cancel() -> None:
        sweep(Service(load_group("marketplace"), resources), lambda: True)

    shop.connect(ScriptedDatabase(shop.client, [after(cancel)]))
    assert pay(shop, request)["error"]["code"] == "ORDER_EXPIRED"
    assert (purchase(shop)["status"], stock(shop)) == ("cancelled", 5)
    assert shop.balance("acc-maria") == 1000


def test_a_product_that_left_the_catalogue_keeps_nothing_pending(shop: World) -> None:
    buy(shop)
    key = {"product_id": {"S": "prod-tv"}, "retailer_id": {"S": "retailer-azteca"}}
    shop.client.delete_item(TableName="centli-products", Key=key)
    shop.clock.move(DAY + MINUTE)
    run(shop)
    assert purchase(shop)["status"] == "cancelled"


@pytest.mark.parametrize("counted", [None, "agotado", True])
def test_a_product_whose_stock_is_no_number_any_more_keeps_nothing_pending(
    shop: World, counted: Any
) -> None:
    buy(shop)
    [product] = shop.items("products")
    without = {name: held for name, held in product.items() if name != "stock"}
    left = without if counted is None else {**without, "stock": counted}
    shop.put("products", **left)
    shop.clock.move(DAY + MINUTE)
    [ended] = run(shop)
    assert ended["event_type"] == "PURCHASE_FAILED"
    assert purchase(shop)["status"] == "cancelled"
    assert shop.items("products") == [left]


def test_a_purchase_that_cannot_be_read_does_not_keep_the_others_pending(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    buy(shop)
    broken = purchase(shop)
    shop.put("purchases", **{**broken, "quantity": "two"})
    shop.clock.move(MINUTE)
    shop.call("createPurchase", session_id="s-2", **BUY | {"quantity": "1"})
    shop.run_relay()
    shop.clock.move(DAY + MINUTE)
    [ended] = run(shop)
    assert ended["data"]["quantity"] == 1
    told = capsys.readouterr().out
    assert "SweepFailures" in told
    assert '"OldestPendingPurchase":86520.0}' in told.replace(" ", "")


@pytest.mark.parametrize("since", ["2026-01-01T00:00:00", "2026-01-01 yesterday"])
def test_a_time_that_cannot_be_read_does_not_keep_the_others_pending(
    shop: World, capsys: pytest.CaptureFixture[str], since: str
) -> None:
    request = buy(shop)
    shop.put("purchases", **{**purchase(shop), "user_id": "user-x", "pending_since": since})
    shop.clock.move(2 * MINUTE)
    assert run(shop) == [request]
    assert "SweepFailures" in capsys.readouterr().out


def test_without_a_pending_purchase_the_age_of_the_oldest_is_zero(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shop)
    assert '"OldestPendingPurchase":0.0}' in capsys.readouterr().out.replace(" ", "")


def test_each_end_is_one_line_and_its_ids_are_on_no_line_after_it(
    shop: World, capsys: pytest.CaptureFixture[str]
) -> None:
    pay(shop, buy(shop))
    shop.clock.move(MINUTE)
    shop.call("createPurchase", session_id="s-2", **BUY | {"quantity": "1"})
    shop.clock.move(DAY + MINUTE)
    capsys.readouterr()
    sweep(Service(load_group("marketplace"), shop.resources), lambda: True)

    paid, cancelled, age = map(json.loads, capsys.readouterr().out.splitlines())
    assert (paid["operation"], paid["Requests"]) == ("completePurchase", 1)
    assert (cancelled["operation"], cancelled["Requests"]) == ("cancelPurchase", 1)
    assert {*age} == {"_aws", "service", "OldestPendingPurchase"}


def test_a_sweep_without_time_tells_the_age_and_looks_at_nothing(shop: World) -> None:
    buy(shop)
    shop.clock.move(DAY + MINUTE)
    assert run(shop, has_time=False) == []
    assert purchase(shop)["status"] == "pending"


def test_an_ended_purchase_leaves_the_index_of_the_pending(shop: World) -> None:
    pay(shop, buy(shop))
    shop.settle()
    assert not {"pending_since", "ask_at"} & set(purchase(shop))
    assert shop.client.scan(TableName="centli-purchases", IndexName="pending-index")["Items"] == []


def test_neither_agent_nor_event_can_ask_for_a_cancellation(shop: World) -> None:
    names = [operation.operation_id for operation in load_group("marketplace")]
    assert "cancelPurchase" not in names
    with pytest.raises(EventNotHandled, match="UNKNOWN_OPERATION"):
        shop.send("marketplace", "PURCHASE_CANCELLED", {})
