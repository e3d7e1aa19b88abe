"""The sample events of every front door, made from the examples that the operations declare."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from console import openapi
from console.agent.invocation import invocation
from console.agent.operations import operations_of
from console.bus import REQUEST_SOURCE
from shared import json_text
from shared.envelope import compose
from shared.operations import ActionGroup, Operation

USER = "user-maria"
"""The seeded customer whom every example speaks of."""

FOLDERS = ("agent", "delivered", "put")
SPECIFIED = {
    "balance_query.json": "delivered/balance_query.json",
    "transfer_request.json": "put/transfer_request.json",
}
"""Files that the commands of the specification name, and the samples that stand there too."""

_BUS_NAME = "centli-event-bus"
_MOMENT = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
_TO_COME = "2099-01-01T00:00:00Z"
"""When the bus took a delivered sample: a committed order must not become too old."""


def sample_events(groups: Sequence[ActionGroup]) -> dict[str, str]:
    """Return the text of every sample by its path below `events/`."""
    files = dict(_agent_samples(groups)) | dict(_bus_samples(groups))
    return files | {name: files[same] for name, same in SPECIFIED.items() if same in files}


def source_of(event_type: str, groups: Sequence[ActionGroup]) -> str:
    """Return who publishes an event: the group whose operation does, else the application."""
    for group in groups:
        for operation in group:
            if event_type in (operation.success_event, *operation.replies):
                return group.source
    return REQUEST_SOURCE


def _agent_samples(groups: Sequence[ActionGroup]) -> Iterator[tuple[str, str]]:
    for group in groups:
        described = operations_of(group.name, openapi.document(group))
        for operation in group:
            if operation.path is None:
                continue
            event = invocation(
                described[operation.operation_id],
                operation.example_texts,
                session_id=_id("session", operation),
                session_attributes={"user_id": USER, "request_id": _id("request", operation)},
            )
            yield f"agent/{operation.function.__name__}.json", _readable(event)


def _bus_samples(groups: Sequence[ActionGroup]) -> Iterator[tuple[str, str]]:
    for group in groups:
        for operation in group:
            if operation.event_type is None:
                continue
            envelope = compose(
                event_type=operation.event_type,
                correlation_id=_id("request", operation),
                moment=_MOMENT,
                source=source_of(operation.event_type, groups),
                user_id=USER,
                data=operation.example_arguments,
            )
            name = f"{operation.event_type.lower()}.json"
            yield f"delivered/{name}", _readable(_delivered(operation, envelope))
            yield f"put/{name}", _readable(_entries(envelope))


def _delivered(operation: Operation, envelope: dict[str, Any]) -> dict[str, Any]:
    """Return the event as EventBridge hands it to the function of a rule."""
    return {
        "version": "0",
        "id": _id("event", operation),
        "detail-type": envelope["event_type"],
        "source": envelope["source"],
        "account": "000000000000",
        "time": _TO_COME,
        "region": "us-east-1",
        "resources": [],
        "detail": envelope,
    }


def _entries(envelope: dict[str, Any]) -> list[dict[str, str]]:
    """Return what `aws events put-events --entries` takes."""
    return [
        {
            "EventBusName": _BUS_NAME,
            "Source": envelope["source"],
            "DetailType": envelope["event_type"],
            "Detail": json_text.dumps(envelope),
        }
    ]


def _id(what: str, operation: Operation) -> str:
    """Return an id that is the same whenever the samples are made."""
    return str(uuid5(NAMESPACE_URL, f"centli {what} {operation.operation_id}"))


def _readable(value: Any) -> str:
    return json_text.dumps_readable(value) + "\n"
