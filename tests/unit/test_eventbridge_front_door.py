"""The front door of the bus, where everything is right; bad input has a file of its own."""

from decimal import Decimal

import pytest

from shared.operations import Operation
from tests.support.answers import check_event
from tests.support.arguments import ON_BUS_DOOR, RIGHT, furnish
from tests.support.world import World, operations_in_schema

on_bus_door = pytest.mark.parametrize("operation", ON_BUS_DOOR, ids=lambda o: o.operation_id)


@pytest.fixture
def bank(bank: World) -> World:
    furnish(bank)
    return bank


@on_bus_door
def test_a_reply_is_an_envelope_with_the_requests_correlation_id(
    bank: World, operation: Operation
) -> None:
    reply = bank.send(
        operation.group,
        operation.event_type or "",
        RIGHT[operation.operation_id],
        correlation_id="mine-1",
    )
    check_event(reply)
    del reply["data"]
    assert reply == {
        "version": "1.0",
        "event_type": operation.success_event,
        "correlation_id": "mine-1",
        "timestamp": "2026-11-22T15:00:00.000Z",
        "source": operation.source,
        "user_id": "user-maria",
    }


@on_bus_door
def test_a_query_is_answered_by_its_handler_and_a_change_by_the_relay_alone(
    bank: World, operation: Operation
) -> None:
    reply = bank.send(operation.group, operation.event_type or "", RIGHT[operation.operation_id])
    relayed = bank.run_relay()
    assert (relayed == [reply]) is operation.changes
    assert bank.bus.envelopes == [reply], "once, by one of the two"


@on_bus_door
def test_the_answer_is_the_one_that_an_agent_gets(bank: World, operation: Operation) -> None:
    if operation.operation_id not in operations_in_schema() or operation.changes:
        return
    right = RIGHT[operation.operation_id]
    reply = bank.send(operation.group, operation.event_type or "", right)
    arguments = {name: str(value) for name, value in right.items()}
    assert bank.call(operation.operation_id, **arguments) == (200, reply["data"])


@pytest.mark.parametrize("amount", [100, 100.0, 100.1, 0.01])
def test_an_amount_parsed_as_a_float_is_the_amount_that_was_written(
    bank: World, amount: float
) -> None:
    reply = bank.send(
        "core_banking", "TRANSFER_REQUEST", RIGHT["createTransfer"] | {"amount": amount}
    )
    assert reply["data"]["amount"] == Decimal(str(amount))
    assert bank.balance("acc-maria-checking") == Decimal("15250.75") - Decimal(str(amount))


def test_a_timestamp_may_have_any_offset(bank: World) -> None:
    for timestamp in ("2026-11-22T15:00:00Z", "2026-11-22T09:00:00.123456-06:00"):
        reply = bank.send("core_banking", "BALANCE_QUERY", {}, timestamp=timestamp)
        assert "accounts" in reply["data"]
