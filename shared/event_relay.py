"""The function `centli-event-relay`: publishes what the stream of the requests table says is owed.

An item of the requests table lists the events that its change owes to the bus. Each insertion, and
each further delivery of the same request, arrives here through the table's stream, in order for
each request and at least once.

An item that cannot be read holds up nothing: it becomes a dead letter that names it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from shared import json_text
from shared.dynamodb import deserialize
from shared.observability import logger, measured
from shared.owed import ENVELOPE_FIELDS, owed_by
from shared.publisher import MAX_ENTRIES, EventsNotPublished, Publisher

BatchResponse = dict[str, list[dict[str, str]]]

MAX_EVENT_BYTES: Final = 25_000
"""Of one event, so that as many as `PutEvents` takes are below the 256 KB that it takes in all."""

SetAside = Callable[[dict[str, Any]], None]
"""Takes a record that cannot be read; raises what Lambda tries the whole batch again for."""


def relay(event: Any, publisher: Publisher, set_aside: SetAside) -> BatchResponse:
    """Publish what a batch of stream records owes, in order.

    The answer names the first record whose events were not all taken by the bus: Lambda delivers
    the stream again from there.
    """
    owed = []
    for record in event["Records"]:
        try:
            envelopes = [*_owed_events(record)]
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            logger.error("record not readable", extra={"error_type": type(error).__name__})
            measured("UnreadableRecords")
            set_aside(record)
        else:
            owed += [(record["dynamodb"]["SequenceNumber"], envelope) for envelope in envelopes]
    for start in range(0, len(owed), MAX_ENTRIES):
        chunk = owed[start : start + MAX_ENTRIES]
        try:
            publisher.publish([envelope for _, envelope in chunk])
        except EventsNotPublished as error:
            _log(chunk, dict(zip(error.failed, error.codes, strict=True)))
            return {"batchItemFailures": [{"itemIdentifier": chunk[error.failed[0]][0]}]}
        _log(chunk, {})
    return {"batchItemFailures": []}


def _log(chunk: Sequence[tuple[str, dict[str, Any]]], refused: Mapping[int, str]) -> None:
    """Log each event under the correlation id of its request; `refused` are codes by position."""
    for position, (_, envelope) in enumerate(chunk):
        told = {name: envelope.get(name) for name in ("event_type", "correlation_id")}
        if position in refused:
            logger.error("event not published", extra=told | {"code": refused[position]})
        else:
            logger.info("event published", extra=told)


def _owed_events(record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if record["eventName"] == "REMOVE":
        return
    for envelope in owed_by(deserialize(record["dynamodb"]["NewImage"])):
        if not all(isinstance(envelope[name], kind) for name, kind in ENVELOPE_FIELDS.items()):
            raise TypeError("a field of the envelope is not what it has to be")
        # What cannot be sent must not fail the whole batch.
        if len(json_text.dumps(envelope).encode()) > MAX_EVENT_BYTES:
            raise ValueError("the event is larger than any that a change owes")
        yield envelope


def letter_of(record: dict[str, Any], function_arn: str) -> dict[str, Any]:
    """Return the dead letter of a record: what of it names its item, and nothing that it holds."""
    change = record.get("dynamodb", {})
    return {
        "requestContext": {"functionArn": function_arn, "condition": "RecordNotReadable"},
        "unreadableRecord": {name: change.get(name) for name in ("Keys", "SequenceNumber")},
    }
