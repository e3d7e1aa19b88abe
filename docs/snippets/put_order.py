"""How a bank's application asks for something by the bus."""

import json
from datetime import datetime
from typing import Any


def put_order(
    events: Any,
    bus: str,
    event_type: str,
    *,
    user_id: str,
    request_id: str,
    data: dict[str, Any],
    now: datetime,
    confirmation: str | None = None,
) -> None:
    """Put one request onto the bus; its outcome is an event with the same `correlation_id`.

    `events` is a client of EventBridge, `now` is in UTC. Sent again with the same `request_id`, it
    takes effect once.
    """
    envelope = {
        "version": "1.0",
        "event_type": event_type,
        "correlation_id": request_id,
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
        "source": "agentcore",
        "user_id": user_id,
        "data": data,
    }
    if confirmation is not None:
        envelope["confirmation"] = confirmation
    entry = {
        "EventBusName": bus,
        "Source": "agentcore",
        "DetailType": event_type,
        "Detail": json.dumps(envelope),
    }
    answer = events.put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"The bus did not take {request_id}: {answer['Entries'][0]}")
