"""A bank that takes no change, what is sent to each operation there, and what a good refusal is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, ON_BUS_DOOR, furnish
from tests.support.faults import ReadOnlyDatabase
from tests.support.world import World

PLACES_THAT_COUNT = {"apiPath", "httpMethod", "parameters", "requestBody", "sessionAttributes"}
ENVELOPE: dict[str, Any] = {
    "version": "1.0",
    "event_type": "TRANSFER_REQUEST",
    "correlation_id": "correlation-1",
    "timestamp": "2026-11-22T15:00:00Z",
    "source": "agentcore",
    "user_id": "user-maria",
    "data": {},
}


@contextmanager
def closed(bank: World) -> Iterator[None]:
    """Have a bank take no change: a commit, tried on a malformed request, would answer a 500."""
    furnish(bank)
    bank.connect(ReadOnlyDatabase(bank.client))
    before = bank.snapshot()
    yield
    assert bank.snapshot() == before


def by_id(operation: Operation) -> str:
    return operation.operation_id


on_agent_door = pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=by_id)
on_bus_door = pytest.mark.parametrize("operation", ON_BUS_DOOR, ids=by_id)


def send(bank: World, operation: Operation, data: Any) -> Any:
    return bank.send(operation.group, operation.event_type or "", data)


def envelope_of(operation: Operation, data: Any) -> dict[str, Any]:
    return ENVELOPE | {"event_type": operation.event_type, "data": data}


def assert_explains(error: Any, *mentions: str) -> None:
    assert set(error) == {"code", "message"}
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", error["code"])
    message = error["message"]
    assert message.endswith("."), message
    assert message.isprintable(), ascii(message)
    assert 10 < len(message) < 1000, message
    for mention in mentions:
        assert mention in message, message


def assert_refused(
    answered: tuple[int, Any], *mentions: str, code: str = "INVALID_REQUEST"
) -> None:
    status, body = answered
    assert 400 <= status < 500, body
    assert set(body) == {"error"}
    assert body["error"]["code"] == code
    assert_explains(body["error"], *mentions)


def assert_reply_refuses(
    bank: World, operation: Operation, reply: Any, *mentions: str, code: str = "INVALID_REQUEST"
) -> None:
    assert set(reply) == {
        "version",
        "event_type",
        "correlation_id",
        "timestamp",
        "source",
        "user_id",
        "data",
    }
    assert reply["event_type"] == operation.failure_event
    assert reply["source"] == operation.source
    assert reply["data"]["error"]["code"] == code
    assert_explains(reply["data"]["error"], *mentions)
    assert bank.bus.envelopes == [reply], "published, once"
    bank.bus.envelopes.clear()
