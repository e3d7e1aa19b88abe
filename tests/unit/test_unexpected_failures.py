"""What fails for no reason of the request's: a 5xx that leaks nothing, or a retry."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from shared.errors import CentliError, Unavailable, answer_for
from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, ON_BUS_DOOR, RIGHT, as_text, furnish
from tests.support.clock_and_bus import ListeningBus
from tests.support.faults import FailingDatabase, client_error
from tests.support.world import World

SECRET = "acc-secret 4152-3131 María 1234.56 arn:aws:iam::123456789012:role/x"

FAILURES: dict[str, tuple[Exception, int, str]] = {
    "throttled": (
        client_error("ProvisionedThroughputExceededException", SECRET),
        503,
        Unavailable.code,
    ),
    "denied": (client_error("AccessDeniedException", SECRET), 503, Unavailable.code),
    "invalid": (client_error("ValidationException", SECRET), 503, Unavailable.code),
    "unreachable": (EndpointConnectionError(endpoint_url=SECRET), 503, Unavailable.code),
    "silent": (ReadTimeoutError(endpoint_url=SECRET), 503, Unavailable.code),
    "a mistake of ours": (RuntimeError(SECRET), 500, CentliError.code),
    "a missing attribute": (KeyError(SECRET), 500, CentliError.code),
    "an invariant": (AssertionError(SECRET), 500, CentliError.code),
    "too deep": (RecursionError(SECRET), 500, CentliError.code),
}
failures = pytest.mark.parametrize("failure", FAILURES)


@failures
def test_an_agent_is_told_what_it_can_do_and_nothing_of_the_cause(
    bank: World, failure: str
) -> None:
    error, expected, code = FAILURES[failure]
    bank.connect(FailingDatabase(error))
    for operation in ON_AGENT_DOOR:
        event = bank.invocation(operation.operation_id, **as_text(RIGHT[operation.operation_id]))
        status, body = bank.invoke(operation.group, event)
        assert (status, body["error"]["code"]) == (expected, code), operation.operation_id
        assert_no_leak(json.dumps(body))
        assert type(error).__name__ not in json.dumps(body)


@failures
def test_an_event_is_left_to_be_tried_again_and_tells_nothing_of_the_cause(
    bank: World, failure: str
) -> None:
    error, _, code = FAILURES[failure]
    bank.connect(FailingDatabase(error))
    for operation in ON_BUS_DOOR:
        with pytest.raises(EventNotHandled) as caught:
            bank.send(operation.group, operation.event_type or "", RIGHT[operation.operation_id])
        assert str(caught.value) == code
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__, "a traceback would print the cause"
    assert bank.bus.envelopes == []


def assert_no_leak(text: str) -> None:
    for word in (*SECRET.split(), "Traceback", "boto", "centli-", ".py"):
        assert word not in text


def test_the_words_for_a_failed_commit_do_not_claim_that_nothing_happened() -> None:
    status, body = answer_for(client_error("InternalServerError", SECRET))
    assert status == 503
    assert "not known" in body["message"]
    assert "nothing" not in body["message"]


class FailingBus(ListeningBus):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        raise self._error


def reading(operation: Operation) -> bool:
    return not operation.changes


@pytest.mark.parametrize(
    "event", [lambda o: RIGHT[o.operation_id], lambda o: {"junk": 1}, lambda o: None]
)
def test_a_reply_that_the_bus_does_not_take_is_tried_again(
    bank: World, event: Callable[[Operation], Any]
) -> None:
    for error in (client_error("InternalException", SECRET), RuntimeError(SECRET)):
        bank.resources.publisher._client = FailingBus(error)  # type: ignore[assignment]
        for operation in filter(reading, ON_BUS_DOOR):
            with pytest.raises(EventNotHandled, match=r"^REPLY_NOT_PUBLISHED$") as caught:
                bank.send(operation.group, operation.event_type or "", event(operation))
            assert caught.value.__suppress_context__


def test_a_reply_that_the_bus_refuses_entry_by_entry_is_tried_again(bank: World) -> None:
    bank.bus.refusals = ["ThrottlingException"]
    with pytest.raises(EventNotHandled, match=r"^REPLY_NOT_PUBLISHED$"):
        bank.send("core_banking", "BALANCE_QUERY", {})
    assert bank.send("core_banking", "BALANCE_QUERY", {}) == bank.bus.envelopes[0]


def test_a_change_is_not_undone_by_a_bus_that_is_away(bank: World) -> None:
    furnish(bank)
    bank.resources.publisher._client = FailingBus(RuntimeError())  # type: ignore[assignment]
    reply = bank.send("core_banking", "TRANSFER_REQUEST", RIGHT["createTransfer"])
    assert reply["event_type"] == "TRANSFER_COMPLETED"
