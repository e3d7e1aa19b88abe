"""The front door of the bus: EventBridge events whose `detail` is an envelope.

A query's reply, and the reply to an event that cannot be read, are published here. The outcome of
a change is published by `shared.event_relay` alone, from what the ledger committed.
"""

import json
from typing import Any

from pydantic import ValidationError

from shared import json_text
from shared.decoding import decode
from shared.envelope import Envelope, compose
from shared.errors import CentliError, InvalidRequest, UnknownOperation
from shared.identity import caller_from
from shared.observability import note, started, unanswered
from shared.operations import Operation
from shared.requests import Delivery, Outcome, delivery_key
from shared.service import Service

_MAX_ECHO_LENGTH = 256


class EventNotHandled(Exception):
    """The event may be handled later: Lambda retries it, then it becomes a dead letter."""


def recognises(event: Any) -> bool:
    """Tell whether the event is meant as an EventBridge event, however malformed."""
    return isinstance(event, dict) and "detail-type" in event


def answer(service: Service, event: dict[str, Any]) -> dict[str, Any]:
    """Handle an event and return the reply that is, or will be, published.

    Raises EventNotHandled for what may pass when tried again.
    """
    event_type = event["detail-type"]
    operation = service.group.triggered_by(event_type) if isinstance(event_type, str) else None
    if operation is None:
        known = ", ".join(o.event_type for o in service.group if o.event_type)
        error = UnknownOperation(f"This action group handles these event types: {known}.")
        _, described = unanswered("event type not known", error)
        return {"error": described}
    started(operation.operation_id)
    note(event_type=operation.event_type)
    try:
        outcome = _carry_out(service, operation, event)
    except Exception as error:  # noqa: BLE001 what cannot be answered is retried, without its text
        outcome = _refused(operation, error)
    else:
        if operation.changes:
            return _without_decimals(outcome.owed[0] if outcome.owed else outcome.body)
    reply = _reply(service, operation, event, outcome)
    _publish(service, reply)
    return _without_decimals(reply)


def _refused(operation: Operation, error: Exception) -> Outcome:
    """Return the outcome that tells the requester what to correct.

    Raises EventNotHandled for what may pass when tried again, and where nobody would be told.
    """
    status, described = unanswered("event not answered", error)
    if status >= CentliError.status or operation.failure_event is None:
        raise EventNotHandled(described["code"]) from None
    return Outcome(status, {"error": described})


def _publish(service: Service, reply: dict[str, Any]) -> None:
    """Publish a reply. Raises EventNotHandled, without the cause's text, when the bus fails."""
    try:
        service.publisher.publish([reply])
    except Exception as error:  # noqa: BLE001 the event is retried, whatever the bus failed of
        unanswered("reply not published", error)
        raise EventNotHandled("REPLY_NOT_PUBLISHED") from None


def _carry_out(service: Service, operation: Operation, event: dict[str, Any]) -> Outcome:
    envelope = _envelope(event)
    note(correlation_id=envelope.correlation_id)
    caller = caller_from(envelope.user_id)
    request = decode(operation.request_model, envelope.data)
    delivery = Delivery(
        delivery_key("bus", caller.user_id, envelope.event_type, envelope.correlation_id),
        correlation_id=envelope.correlation_id,
    )
    return service.run(operation, caller, request, delivery)


def _envelope(event: dict[str, Any]) -> Envelope:
    try:
        envelope = Envelope.model_validate(event.get("detail"))
    except ValidationError as error:
        fields = sorted({".".join(map(str, e["loc"])) or "detail" for e in error.errors()})
        raise InvalidRequest(
            f"The event's envelope is malformed: check {', '.join(fields)}. `detail` must hold "
            "`version` (1.0), `event_type`, `correlation_id`, `timestamp` (ISO 8601 with offset), "
            "`source`, `user_id` and `data`."
        ) from None
    if envelope.event_type != event["detail-type"]:
        raise InvalidRequest("`event_type` in the envelope must equal the event's detail-type.")
    return envelope


def _reply(
    service: Service, operation: Operation, event: dict[str, Any], outcome: Outcome
) -> dict[str, Any]:
    detail = event.get("detail")
    detail = detail if isinstance(detail, dict) else {}
    failed = "error" in outcome.body
    event_type = operation.failure_event if failed else operation.success_event
    assert event_type is not None
    return compose(
        event_type=event_type,
        correlation_id=_short_text(detail.get("correlation_id")) or _short_text(event.get("id")),
        moment=service.clock(),
        source=service.group.source,
        user_id=_short_text(detail.get("user_id")),
        data={**_echo(operation, event), **outcome.body} if failed else outcome.body,
    )


def _without_decimals(reply: dict[str, Any]) -> dict[str, Any]:
    """Return the reply as the Lambda runtime can write it; what is published stays exact."""
    plain: dict[str, Any] = json.loads(json_text.dumps(reply))
    return plain


def _short_text(value: Any) -> str:
    is_short = isinstance(value, str) and len(value) <= _MAX_ECHO_LENGTH and value.isprintable()
    return value if is_short else ""


def _echo(operation: Operation, event: dict[str, Any]) -> dict[str, Any]:
    """Return the request's own readable fields, so that the requester knows what was refused."""
    detail = event.get("detail")
    data = detail.get("data") if isinstance(detail, dict) else None
    if not isinstance(data, dict):
        return {}
    return {
        name: data[name]
        for name in operation.request_model.model_fields
        if name in data and _is_short_scalar(data[name])
    }


def _is_short_scalar(value: Any) -> bool:
    if not isinstance(value, (str, int, float)):
        return False
    try:
        text = json_text.dumps(value)
    except ValueError:
        return False
    return len(text) <= _MAX_ECHO_LENGTH and text.isprintable()
