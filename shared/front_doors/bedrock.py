"""The front door of Bedrock agents: action group invocations with an API schema."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared import json_text
from shared.errors import CentliError, InvalidRequest
from shared.front_doors.client_context import is_tool_call
from shared.front_doors.given import checked_id, checked_proofs
from shared.outcomes import Outcome
from shared.service import Call, Service

MAX_ANSWER_BYTES = 25_000
"""Bedrock's budget for what the function returns, the session's attributes included."""

MCP_SERVER: Final = "MCP_SERVER"
"""What the bank's MCP servers give as the id of their agent: Bedrock's ids have no underscore."""

_NO_ATTRIBUTES = {"sessionAttributes": None, "promptSessionAttributes": None}
"""What is echoed where there is room; a session keeps what an answer does not name."""
_UNSET = object()
_MARKS = ("messageVersion", "actionGroup", "apiPath")


class AnswerTooLarge(CentliError):
    """The answer does not fit the agent's budget."""

    code = "ANSWER_TOO_LARGE"
    status = 413


def recognises(event: Any, context: Any) -> bool:
    """Tell whether the event is meant as an action group invocation, however malformed."""
    is_event = isinstance(event, dict) and any(mark in event for mark in _MARKS)
    return is_event and not is_tool_call(context)


def answer(service: Service, event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001
    """Answer an invocation; every event gets a well-formed response envelope."""
    outcome = service.answer(lambda: _call(service, event))
    response = _response(event, outcome)
    if _fits(response):
        return response
    if not outcome.is_recorded:  # what was done is told, whatever has to be left out for it
        outcome = service.refuse(
            AnswerTooLarge("The answer is too large for one turn: ask for fewer with `limit`.")
        )
        response = _response(event, outcome)
    return response if _fits(response) else _response({**event, **_NO_ATTRIBUTES}, outcome)


def _fits(response: dict[str, Any]) -> bool:
    """Tell whether Bedrock takes a response, as large as the Lambda runtime may write it."""
    return json_text.bytes_in_ascii(response) <= MAX_ANSWER_BYTES


def _call(service: Service, event: dict[str, Any]) -> Call:
    method, path = event.get("httpMethod"), event.get("apiPath")
    if not isinstance(method, str) or not isinstance(path, str):
        raise InvalidRequest("`httpMethod` and `apiPath` must name the operation as text.")
    operation = service.routed(method.upper(), path)
    attributes = _attributes(event, "sessionAttributes")
    user_id = attributes.get("user_id", _UNSET)
    return Call(
        operation=operation,
        door=_door(event),
        user_id=service.test_user() if user_id is _UNSET else user_id,
        is_exempt=user_id is _UNSET,
        proofs=checked_proofs("confirmation", attributes.get("confirmation")),
        arguments=_arguments(event),
        is_text=True,
        is_awaited=True,
        identity_from="`user_id` in the session attributes, which the application sets",
        **(_told_by(event, attributes) if operation.changes else {}),
    )


def _told_by(event: dict[str, Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells a change from others: its id, or else the conversation."""
    request_id = attributes.get("request_id")
    if request_id is not None:
        return {"request_id": checked_id("request_id", request_id)}
    return {"conversation": checked_id("sessionId", event.get("sessionId"))}


def _door(event: dict[str, Any]) -> str:
    """Return what records call the door: the bank's MCP servers send the same event as agents."""
    agent = event.get("agent")
    is_server = isinstance(agent, dict) and agent.get("id") == MCP_SERVER
    return "mcp" if is_server else "agent"


def _arguments(event: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an invocation, from wherever the agent put them."""
    arguments: dict[str, Any] = {}
    for entry in (*_list(event, "parameters"), *_body_properties(event)):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
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
        if not isinstance(body, dict):
            raise InvalidRequest("`requestBody` must hold `content` with `application/json`.")
        found = [held for name, held in body.items() if _media_type(name) == field]
        if len(found) > 1:
            raise InvalidRequest(f"`requestBody` has more than one `{field}`.")
        body = found[0] if found else None
    return () if body is None else _list(body, "properties")


def _media_type(name: Any) -> Any:
    """Return a content type without its parameters, such as `charset=utf-8`."""
    return name.partition(";")[0].strip().lower() if isinstance(name, str) else name


def _list(holder: Any, name: str) -> list[Any]:
    value = holder.get(name) if isinstance(holder, dict) else holder
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidRequest(f"`{name}` must be a list of objects with a `name` and a `value`.")
    return value


def _attributes(event: dict[str, Any], name: str) -> Mapping[str, Any]:
    value = event.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest(f"`{name}` must be an object whose values are text.")
    return value


def _response(event: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
    body = json_text.dumps(outcome.told_of_repeat())
    response: dict[str, Any] = {
        "messageVersion": "1.0",
        "response": {
            "actionGroup": _text(event.get("actionGroup")),
            "apiPath": _text(event.get("apiPath")),
            "httpMethod": _text(event.get("httpMethod")),
            "httpStatusCode": outcome.status,
            "responseBody": {"application/json": {"body": body}},
        },
    }
    for name in _NO_ATTRIBUTES:
        attributes = event.get(name)
        if isinstance(attributes, dict) and all(isinstance(v, str) for v in attributes.values()):
            response[name] = attributes
    return response


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
