"""The function `centli-event-relay`: publishes what the stream of the requests table says is owed.

An item of the requests table lists the events that its change owes to the bus. Each insertion, and
each further delivery of the same request, arrives here through the table's stream, in order for
each request and at least once.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import boto3

from shared import json_text
from shared.dynamodb import deserialize
from shared.observability import logger
from shared.publisher import MAX_ENTRIES, EventsNotPublished, Publisher

BatchResponse = dict[str, list[dict[str, str]]]


def lambda_handler(event: Any, _context: Any) -> BatchResponse:
    """Publish what a batch of stream records owes."""
    return relay(event, _publisher())


def relay(event: Any, publisher: Publisher) -> BatchResponse:
    """Publish what a batch of stream records owes, in order.

    The answer names the first record whose events were not all taken by the bus: Lambda delivers
    the stream again from there.
    """
    owed = [
        (record["dynamodb"]["SequenceNumber"], envelope)
        for record in event["Records"]
        for envelope in _owed_events(record)
    ]
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
    image = record["dynamodb"]["NewImage"]
    for text in deserialize({"events": image.get("events", {"L": []})})["events"]:
        yield json_text.loads(text)


@cache
def _publisher() -> Publisher:
    return Publisher(boto3.client("events"), os.environ["EVENT_BUS_NAME"])
