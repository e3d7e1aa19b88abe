"""The Lambda handler of the relay, made with its client when the Lambda runtime asks for it."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.starting import started

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.event_relay import BatchResponse

_NO_EVENT = (
    '{"id": "none", "detail-type": "none", "source": "none", "account": "123456789012",'
    ' "time": "2026-01-01T00:00:00Z", "region": "none", "resources": [], "detail": {}}'
)


@cache
def __getattr__(name: str) -> "Callable[[Any, Any], BatchResponse]":
    """Return `lambda_handler`. Raises AttributeError for any other name."""
    if name != "lambda_handler":
        raise AttributeError(name)
    return started(_made)


def _made() -> "Callable[[Any, Any], BatchResponse]":
    from shared import json_text  # noqa: PLC0415
    from shared.clients import client_of, reach  # noqa: PLC0415
    from shared.event_relay import letter_of, relay  # noqa: PLC0415
    from shared.publisher import Publisher  # noqa: PLC0415

    events = client_of("events")
    # Of all that the service answers, this alone is about nothing that it holds.
    reach(events.test_event_pattern, EventPattern='{"source": ["none"]}', Event=_NO_EVENT)
    publisher = Publisher(events, os.environ["EVENT_BUS_NAME"])

    def lambda_handler(event: Any, context: Any) -> "BatchResponse":
        def set_aside(record: dict[str, Any]) -> None:
            client_of("sqs").send_message(
                QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"],
                MessageBody=json_text.dumps(letter_of(record, context.invoked_function_arn)),
            )

        return relay(event, publisher, set_aside)

    return lambda_handler
