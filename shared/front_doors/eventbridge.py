"""The front door of the bus: EventBridge events whose `detail` is an envelope.

A query's reply, and the reply to an event that cannot be read, are published here. The outcome of
a change is published by `shared.event_relay` alone, from what the ledger committed.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from shared import json_text
from shared.confirmation import MAX_PROOFS_LENGTH
from shared.envelope import compose
from shared.errors import CentliError, InvalidRequest, SourceNotAllowed
from shared.front_doors.client_context import is_tool_call
from shared.front_doors.given import checked_proofs
from shared.operations import Operation
from shared.outcomes import Outcome
from shared.service import Call, Service

_MAX_ECHO_LENGTH = 256


def _iso_with_zone(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("must be a time in ISO 8601 with its offset, as in 2026-11-22T15:36:08Z")
    return text


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")]


class Envelope(BaseModel):
    """An event as its publisher wrote it. Unknown fields are left alone."""

    model_config = ConfigDict(strict=True, frozen=True)

    version: Literal["1.0"]
    event_type: ShortText
    correlation_id: ShortText
    timestamp: Annotated[str, Field(max_length=40), AfterValidator(_iso_with_zone)]
    source: ShortText
    user_id: str | None = None
    """Checked by `shared.identity`, so that a missing caller is a 401 and not a malformed event."""
    confirmation: Annotated[str, Field(max_length=MAX_PROOFS_LENGTH)] | None = None
    """The proof of the customer's yes, where the request needs one."""
    data: dict[str, Any]


class EventNotHandled(Exception):
    """The event may be handled later: Lambda retries it, then it becomes a dead letter."""


def recognises(event: Any, context: Any) -> bool:
    """Tell whether the event is meant as an EventBridge event, however malformed."""
    is_event = isinstance(event, dict) and "detail-type" in event
    return is_event and not is_tool_call(context)


def answer(service: Service, event: dict[str, Any], context: Any) -> Any:  # noqa: ARG001
    """Handle an event and return the reply that is, or will be, published.

    Raises EventNotHandled for what may pass when tried again, and where nobody would be told.
    """
    event_type = event["detail-type"]
    operation = service.group.triggered_by(event_type) if isinstance(event_type, str) else None
    outcome = service.answer(lambda: _call(service, event))
    if outcome.is_recorded:
        return json_text.without_decimals(outcome.owed[0] if outcome.owed else outcome.body)
    code = outcome.body["error"]["code"] if "error" in outcome.body else None
    is_forged = code == SourceNotAllowed.code
    is_told = operation is not None and not operation.is_step and not is_forged
    if operation is None or outcome.status >= CentliError.status or not is_told:
        raise EventNotHandled(code) from None
    reply = _reply(service, operation, event, outcome)
    _publish(service, reply)
    return json_text.without_decimals(reply)


def _publish(service: Service, reply: dict[str, Any]) -> None:
    """Publish a reply. Raises EventNotHandled, without the cause's text, when the bus fails."""
    try:
        assert service.publisher is not None
        service.publisher.publish([reply])
    except Exception as error:  # noqa: BLE001 the event is retried, whatever the bus failed of
        service.refuse(error)
        raise EventNotHandled("REPLY_NOT_PUBLISHED") from None


def _call(service: Service, event: dict[str, Any]) -> Call:
    event_type = event["detail-type"]
    operation = service.triggered_by(event_type if isinstance(event_type, str) else "")
    envelope = _envelope(event)
    _check_source(service, operation, event, envelope)
    return Call(
        operation=operation,
        door="bus",
        user_id=envelope.user_id,
        proofs=checked_proofs("confirmation", envelope.confirmation),
        arguments=envelope.data,
        identity_from="`user_id` in the envelope of the event",
        request_id=envelope.correlation_id,
        correlation_id=envelope.correlation_id,
        sent_at=_sent_at(event) if operation.expires else None,
    )


def _check_source(
    service: Service, operation: Operation, event: dict[str, Any], envelope: Envelope
) -> None:
    """Refuse an event of a source that may not send it: it decides nothing.

    The bus checks `source`, which the rights of each publisher name; the envelope's is a claim.
    """
    allowed = (
        service.settings.request_sources
        if operation.event_source is None
        else (operation.event_source,)
    )
    if event.get("source") != envelope.source or envelope.source not in allowed:
        raise SourceNotAllowed(
            "The source of the event may not send this event type, or is not that of its envelope."
        )


def _sent_at(event: dict[str, Any]) -> datetime:
    """Return when the bus took an event, unless its sender gave another time to PutEvents.

    It may, as it may send an order again: one whose time is to come is too old that much later.
    """
    try:
        moment = datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidRequest("The event's `time` must be the time that EventBridge gave it.")
    return moment


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
