"""The front door of Bedrock agents: action group invocations with an API schema."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from shared import json_text
from shared.clock import to_iso
from shared.decoding import decode_text
from shared.errors import CentliError, InvalidRequest, UnknownOperation
from shared.identity import Caller, caller_from
from shared.models import Request
from shared.observability import started, unanswered
from shared.operations import Operation
from shared.requests import Delivery, Outcome, delivery_key, fingerprint
from shared.service import Service

REPEAT_WINDOW = timedelta(minutes=2)
"""How long the same call in the same session counts as the same request."""

MAX_ANSWER_BYTES = 25_000
"""Bedrock's budget for the body of an answer."""

_MAX_ID_LENGTH = 256
_MARKS = ("messageVersion", "actionGroup", "apiPath")


class AnswerTooLarge(CentliError):
    """The answer does not fit the agent's budget."""

    code = "ANSWER_TOO_LARGE"
    status = 413


def recognises(event: Any) -> bool:
    """Tell whether the event is meant as an action group invocation, however malformed."""
    return isinstance(event, dict) and any(mark in event for mark in _MARKS)


def answer(service: Service, event: dict[str, Any]) -> dict[str, Any]:
    """Answer an invocation; every event gets a well-formed response envelope."""
    try:
        status, body = _carry_out(service, event)
    except Exception as error:  # noqa: BLE001 an unhandled exception would end the user's turn
        status, described = unanswered("agent request not answered", error)
        body = json_text.dumps({"error": described})
    return _response(event, status, body)


def _carry_out(service: Service, event: dict[str, Any]) -> tuple[int, str]:
    operation = _operation(service, event)
    started(operation.operation_id)
    session_attributes = _attributes(event, "sessionAttributes")
    caller = caller_from(session_attributes.get("user_id", service.settings.test_user_id))
    request = decode_text(operation.request_model, _arguments(event))
    delivery = _delivery(operation, caller, request, event) if operation.changes else Delivery("")
    outcome = service.settle(operation, caller, service.run(operation, caller, request, delivery))
    body = json_text.dumps(_told_of_repeat(outcome))
    if len(body.encode()) > MAX_ANSWER_BYTES:
        raise AnswerTooLarge("The answer is too large for one turn: ask for fewer with `limit`.")
    return outcome.status, body


def _operation(service: Service, event: dict[str, Any]) -> Operation:
    method, path = event.get("httpMethod"), event.get("apiPath")
    if not isinstance(method, str) or not isinstance(path, str):
        raise InvalidRequest("`httpMethod` and `apiPath` must name the operation as text.")
    operation = service.group.route(method.upper(), path)
    if operation is None:
        known = ", ".join(f"{o.method} {o.path}" for o in service.group if o.path)
        raise UnknownOperation(f"This action group has no such operation. It has: {known}.")
    return operation


def _arguments(event: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an invocation, from wherever the agent put them."""
    arguments: dict[str, Any] = {}
    for entry in (*_list(event, "parameters"), *_body_properties(event)):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
            raise InvalidRequest("Each parameter must be an object with a `name` and a `value`.")
        name, value = entry["name"], entry.get("value")
        if name in arguments and arguments[name] != value:
            shown = name[:64] if name.isprintable() else "?"
            raise InvalidRequest(f"`{shown}` is given twice with different values.")
        arguments[name] = value
    return arguments


def _body_properties(event: dict[str, Any]) -> Iterable[Any]:
    body = event.get("requestBody")
    for field in ("content", "application/json"):
        if body is None:
            return ()
        if not isinstance(body, Mapping):
            raise InvalidRequest("`requestBody` must hold `content` with `application/json`.")
        body = body.get(field)
    return () if body is None else _list(body, "properties")


def _list(holder: Any, name: str) -> list[Any]:
    value = holder.get(name) if isinstance(holder, Mapping) else holder
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidRequest(f"`{name}` must be a list of objects with a `name` and a `value`.")
    return value


def _attributes(event: dict[str, Any], name: str) -> Mapping[str, Any]:
    value = event.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"`{name}` must be an object whose values are text.")
    return value


def _delivery(
    operation: Operation, caller: Caller, request: Request, event: dict[str, Any]
) -> Delivery:
    """Tell this call from others: by the application's own id, or by session and content."""
    parts = ("agent", caller.user_id, operation.operation_id)
    request_id = _attributes(event, "sessionAttributes").get("request_id")
    if request_id is not None:
        return Delivery(delivery_key(*parts, "id", _id("request_id", request_id)))
    session_id = _id("sessionId", event.get("sessionId"))
    key = delivery_key(*parts, "session", session_id, fingerprint(request))
    return Delivery(key, window=REPEAT_WINDOW)


def _id(name: str, value: Any) -> str:
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= _MAX_ID_LENGTH
        or not value.isprintable()
    ):
        raise InvalidRequest(f"`{name}` must be text of 1 to {_MAX_ID_LENGTH} visible characters.")
    return value


def _told_of_repeat(outcome: Outcome) -> dict[str, Any]:
    if outcome.repeat_from is None:
        return outcome.body
    return {
        **outcome.body,
        "repeated": True,
        "notice": (
            "This request was already handled, and this is its first outcome again: nothing new "
            "was moved or changed. If the person really wants it a second time, call again with a "
            f"different argument, such as another description, or after "
            f"{to_iso(outcome.repeat_from)}, or under a new request_id."
        ),
    }


def _response(event: dict[str, Any], status: int, body: str) -> dict[str, Any]:
    response: dict[str, Any] = {
        "messageVersion": "1.0",
        "response": {
            "actionGroup": _text(event.get("actionGroup")),
            "apiPath": _text(event.get("apiPath")),
            "httpMethod": _text(event.get("httpMethod")),
            "httpStatusCode": status,
            "responseBody": {"application/json": {"body": body}},
        },
    }
    for name in ("sessionAttributes", "promptSessionAttributes"):
        attributes = event.get(name)
        if isinstance(attributes, dict) and all(isinstance(v, str) for v in attributes.values()):
            response[name] = attributes
    return response


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
