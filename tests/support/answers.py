"""Every answer and event that a test sees is held against the schema that is published for it."""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from action_groups import all_groups
from console.fast_yaml import safe_load
from console.where import SCHEMAS
from shared.schemas import schema_of
from shared.tools import error_details, tool_of

OUR_SOURCES = {group.source for group in all_groups()}


def check_answer(event: Any, answer: Any) -> None:
    """Refuse an answer to an agent that its operation's published schema does not promise."""
    response = answer["response"]
    status = response["httpStatusCode"]
    body = json.loads(response["responseBody"]["application/json"]["body"], parse_float=Decimal)
    answers, refusals = _published()
    method, path = event.get("httpMethod"), event.get("apiPath")
    route = (method.upper(), path) if isinstance(method, str) and isinstance(path, str) else None
    known = (answers if status < 400 else refusals).get(route)
    _check(known or _error_schema(), body, f"{route} {status}")


def check_tool_answer(tool: Any, answer: dict[str, Any]) -> None:
    """Refuse an answer to a gateway that the schema of its tool does not promise."""
    schema = _of_tools().get(str(tool).rpartition("___")[2])
    if schema is None:
        assert answer.keys() == {"error"}
        schema = next(iter(_of_tools().values()))
    _check(schema, answer, str(tool))


def check_event(envelope: dict[str, Any]) -> None:
    """Refuse an event of ours whose data its schema does not promise."""
    event_type, data = envelope["event_type"], envelope["data"]
    if envelope["source"] not in OUR_SOURCES:
        return
    schema = _of_events().get(event_type)
    if "error" in data:
        assert not _nulls(data), f"{event_type}: null in {data}"
        schema, data = _error_schema(event_type), {"error": data["error"]}
    assert schema is not None, f"nothing says what {event_type} holds"
    _check(schema, data, event_type)


def checked(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return the handler of a group's function, its answers to agents checked."""

    def checked_handler(event: Any, context: Any) -> Any:
        answer = handler(event, context)
        if isinstance(answer, dict) and "messageVersion" in answer:
            check_answer(event, answer)
        else:
            assert not _nulls(answer), f"null in {answer}"
        return answer

    return checked_handler


def _check(schema: dict[str, Any], value: Any, of: str) -> None:
    problems = [
        f"{'.'.join(map(str, error.absolute_path)) or 'top'}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(value)
    ]
    assert not problems, f"{of} breaks its published schema: {problems}"


def _nulls(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_nulls, inner))


Schemas = dict[tuple[str, str] | None, dict[str, Any]]


@cache
def _published() -> tuple[Schemas, Schemas]:
    """Return the schemas of answers and of refusals, by method and path."""
    answers: Schemas = {}
    refusals: Schemas = {}
    for file in SCHEMAS.glob("*.yaml"):
        for path, methods in safe_load(file.read_text(encoding="utf-8"))["paths"].items():
            for method, operation in methods.items():
                for kind, status in ((answers, "200"), (refusals, "400")):
                    content = operation["responses"][status]["content"]["application/json"]
                    kind[(method.upper(), path)] = _closed(content["schema"])
    return answers, refusals


@cache
def _of_events() -> dict[str, dict[str, Any]]:
    """Return the schema of the data of each event that tells of a success."""
    operations = [operation for group in all_groups() for operation in group]
    schemas: dict[str, dict[str, Any]] = {}
    for operation in operations:
        if operation.event_type is not None:
            schemas[operation.event_type] = schema_of(operation.request_model, "validation")
    for operation in operations:
        for event_type in operation.replies:
            schemas[event_type] = schema_of(operation.answer_model, "serialization")
    answers, _ = _published()
    for operation in operations:
        for event_type in operation.replies[:1] if operation.path else ():
            schemas[event_type] = answers[(operation.method, operation.path)]
    return {event_type: _closed(schema) for event_type, schema in schemas.items()}


@cache
def _of_tools() -> dict[str, dict[str, Any]]:
    """Return the schema of the answers of each tool."""
    tools = [tool_of(o) for group in all_groups() for o in group if o.path]
    return {tool.name: _closed(tool.output_schema) for tool in tools}


@cache
def _error_schema(event_type: str | None = None) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    operations = [operation for group in all_groups() for operation in group]
    details = [error_details(o) for o in operations if event_type in o.replies]
    properties = {"code": text, "message": text} | (details[0] if details else {})
    error = {"properties": properties, "required": ["code", "message"]}
    return _closed({"type": "object", "properties": {"error": error}, "required": ["error"]})


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that takes nothing beyond the properties that it names."""
    closed = dict(schema)
    if "properties" in schema:
        inner = {name: _closed(field) for name, field in schema["properties"].items()}
        closed |= {"type": "object", "properties": inner, "additionalProperties": False}
    if "items" in schema:
        closed["items"] = _closed(schema["items"])
    return closed
