"""An event is carried out only for a source that may send it, and an order within a day."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shared.errors import OrderExpired, SourceNotAllowed
from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import ON_BUS_DOOR, RIGHT, furnished
from tests.support.shop import assert_consistent, buy, open_shop, paid, pay, purchase
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    open_shop(bank)
    return bank


FORGERIES = (
    ("core_banking", "TRANSFER_REQUEST", "core-banking"),
    ("core_banking", "BALANCE_QUERY", "somebody"),
    ("core_banking", "PAYMENT_REQUEST", "agentcore"),
    ("marketplace", "PAYMENT_COMPLETED", "agentcore"),
    ("marketplace", "PAYMENT_FAILED", "marketplace"),
    ("crm", "ADD_BENEFICIARY_REQUEST", "crm"),
)


class TestOfASource:
    @pytest.mark.parametrize(("group", "event_type", "source"), FORGERIES)
    def test_an_event_of_a_source_that_may_not_send_it_is_not_looked_at(
        self, shop: World, group: str, event_type: str, source: str
    ) -> None:
        before = shop.snapshot()
        for data in ({}, {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 1}):
            with pytest.raises(EventNotHandled, match=f"^{SourceNotAllowed.code}$"):
                shop.send(group, event_type, data, source=source)
        assert shop.snapshot() == before
        assert shop.bus.envelopes == []

    def test_the_source_of_the_event_is_that_of_its_envelope(self, shop: World) -> None:
        request = buy(shop)
        with pytest.raises(EventNotHandled, match=f"^{SourceNotAllowed.code}$"):
            shop.deliver("core_banking", "PAYMENT_REQUEST", request, source="agentcore")
        assert not paid(shop)

    def test_a_deployment_may_name_more_sources_of_requests(self, shop: World) -> None:
        more = shop.resources.settings._replace(request_sources=("agentcore", "mobile-app"))
        shop.rebuild(settings=more)
        assert (
            "accounts"
            in shop.send("core_banking", "BALANCE_QUERY", {}, source="mobile-app")["data"]
        )
        with pytest.raises(EventNotHandled):
            shop.send("core_banking", "PAYMENT_REQUEST", {}, source="mobile-app")


TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}
DAY = timedelta(hours=24)


class TestOfAnOrdersAge:
    def test_an_order_is_carried_out_on_its_last_second_and_not_after(self, shop: World) -> None:
        now = shop.clock.now
        for late, event_type in (
            (timedelta(0), "TRANSFER_COMPLETED"),
            (timedelta(seconds=1), "TRANSFER_FAILED"),
        ):
            reply = shop.send(
                "core_banking",
                "TRANSFER_REQUEST",
                TRANSFER,
                correlation_id=f"late-{late}",
                taken_at=now - DAY - late,
            )
            assert reply["event_type"] == event_type
        assert reply["data"]["error"]["code"] == OrderExpired.code
        assert shop.balance("acc-maria") == 900

    def test_the_timestamp_in_the_envelope_says_nothing_of_the_age(self, shop: World) -> None:
        reply = shop.send(
            "core_banking", "TRANSFER_REQUEST", TRANSFER, timestamp="2020-01-01T00:00:00Z"
        )
        assert reply["event_type"] == "TRANSFER_COMPLETED"

    def test_an_order_on_record_answers_its_first_outcome_however_old_it_is(
        self, shop: World
    ) -> None:
        sent = shop.clock.now
        first = shop.send("core_banking", "TRANSFER_REQUEST", TRANSFER, taken_at=sent)
        shop.clock.move(timedelta(days=13))
        again = shop.send("core_banking", "TRANSFER_REQUEST", TRANSFER, taken_at=sent)
        assert first == again

    @pytest.mark.parametrize(
        "operation", [o for o in ON_BUS_DOOR if o.changes], ids=lambda o: o.operation_id
    )
    def test_whatever_changes_something_is_an_order_and_expires(self, operation: Operation) -> None:
        with furnished() as bank:
            before = bank.snapshot() | {"requests": []}
            ask = partial(
                bank.send, operation.group, operation.event_type, RIGHT[operation.operation_id]
            )
            reply = ask(correlation_id="late", taken_at=bank.clock.now - DAY - timedelta(seconds=1))
            assert reply["event_type"] == operation.failure_event
            assert reply["data"]["error"]["code"] == OrderExpired.code
            assert bank.snapshot() | {"requests": []} == before
            reply = ask(correlation_id="in-time", taken_at=bank.clock.now - DAY)
            assert reply["event_type"] == operation.success_event

    def test_a_request_to_pay_too_old_is_not_paid(self, shop: World) -> None:
        request = buy(shop)
        sent = shop.clock.now
        shop.clock.move(timedelta(days=13))
        reply = shop.deliver("core_banking", "PAYMENT_REQUEST", request, taken_at=sent)
        shop.settle()
        assert reply["data"]["error"]["code"] == OrderExpired.code
        assert purchase(shop)["status"] == "failed"
        assert_consistent(shop)

    def test_a_request_to_pay_too_old_that_does_not_agree_decides_nothing(
        self, shop: World
    ) -> None:
        request = buy(shop)
        forged = request | {"data": request["data"] | {"amount": Decimal(1)}}
        old = shop.clock.now - timedelta(days=13)
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_MISMATCH$"):
            shop.deliver("core_banking", "PAYMENT_REQUEST", forged, taken_at=old)
        assert pay(shop, request)["event_type"] == "PAYMENT_COMPLETED"

    def test_the_end_of_a_payment_never_expires(self, shop: World) -> None:
        decided = pay(shop, buy(shop))
        sent = shop.clock.now
        shop.clock.move(timedelta(days=400))
        shop.deliver("marketplace", decided["event_type"], decided, taken_at=sent)
        assert purchase(shop)["status"] == "completed"

    def test_a_question_has_no_age(self, shop: World) -> None:
        old = shop.clock.now - timedelta(days=13)
        reply = shop.send("core_banking", "BALANCE_QUERY", {}, taken_at=old)
        assert "accounts" in reply["data"]

    @pytest.mark.parametrize("time", [None, "yesterday", 5, "2026-11-22T15:00:00"])
    def test_an_order_whose_age_cannot_be_told_is_not_carried_out(
        self, shop: World, time: Any
    ) -> None:
        detail = {
            "version": "1.0",
            "event_type": "TRANSFER_REQUEST",
            "correlation_id": "c-1",
            "timestamp": "2026-11-22T15:00:00Z",
            "source": "agentcore",
            "user_id": "user-maria",
            "data": TRANSFER,
        }
        reply = shop.deliver("core_banking", "TRANSFER_REQUEST", detail, time=time)
        assert reply["data"]["error"]["code"] == "INVALID_REQUEST"
        assert shop.balance("acc-maria") == 1000
