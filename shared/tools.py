"""An operation as a tool: what a gateway and an MCP server tell models of it.

A tool's answer is the operation's, or `error`: whoever checks answers against the schema must not
be stopped by a refusal after the money has moved, so none of its fields is required.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.operations import Operation
from shared.schemas import Schema, schema_of

REPEAT_FIELDS: Final[Mapping[str, Schema]] = {
    "repeated": {
        "type": "boolean",
        "description": "Present and true when this request was already handled: this is its first "
        "outcome again, and nothing new was moved or changed.",
    },
    "notice": {
        "type": "string",
        "description": "Present with `repeated`: how to ask for a second time if it is wanted.",
    },
}
"""What the answer of a change may hold beside its own fields."""

ERROR_FIELDS: Final[Mapping[str, Schema]] = {
    "code": {"type": "string", "description": "Reason, such as INVALID_REQUEST."},
    "message": {"type": "string", "description": "What to correct, in a sentence."},
}
"""What is told of any error."""

_ERROR: Final[Mapping[str, Schema]] = {
    **ERROR_FIELDS,
    "status": {"type": "integer", "description": "Of a refusal: its HTTP status, 4xx or 5xx."},
}


_CONFIRMATION: Final[Mapping[str, Schema]] = {
    "operation": {"type": "string", "description": "What is confirmed."},
    "request_id": {"type": "string", "description": "The id of the request."},
    "warnings": {
        "type": "array",
        "description": "What the customer has to be told besides the terms.",
        "items": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "Such as NEW_PAYEE."},
                "message": {"type": "string", "description": "In a sentence."},
            },
        },
    },
    "expires_at": {"type": "string", "description": "Until when it can be confirmed, in UTC."},
    "challenge": {"type": "string", "description": "What the bank's application signs."},
    "left_today": {
        "type": "number",
        "description": "Pesos that the daily limit still allows, this transfer not taken off.",
    },
}


def error_details(operation: Operation) -> dict[str, Schema]:
    """Return what an error of an operation may tell beside what any error tells."""
    model = operation.error_model
    return {} if model is None else dict(schema_of(model, "serialization")["properties"])


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by the words of MCP; its schemas have the five keywords of `shared.schemas`."""

    name: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    hints: dict[str, bool]
    """What MCP calls its annotations."""


def tool_of(operation: Operation) -> Tool:
    """Return an operation that agents call as a tool. Raises ModelNotDescribable."""
    takes = schema_of(operation.request_model, "validation")
    gives = schema_of(operation.answer_model, "serialization")
    takes.pop("description", None)
    gives.pop("required", None)
    error: Schema = {"type": "object", "description": "Why the request was refused."}
    error |= gives["properties"].get("error", {})
    error["properties"] = {**error.get("properties", {}), **_ERROR, **error_details(operation)}
    error.pop("required", None)
    gives["properties"] |= {"error": error} | (dict(REPEAT_FIELDS) if operation.changes else {})
    if operation.terms_model is not None:
        terms = schema_of(operation.terms_model, "serialization")
        terms.pop("required", None)
        gives["properties"]["confirmation"] = {
            "type": "object",
            "description": "Present with CONFIRMATION_REQUIRED and TERMS_CHANGED: the terms that "
            "the application shows to the customer, who alone can confirm them.",
            "properties": {"terms": terms, **_CONFIRMATION},
        }
    hints = {
        "readOnlyHint": not operation.changes,
        "destructiveHint": operation.changes,
        "idempotentHint": not operation.changes,
        "openWorldHint": False,
    }
    return Tool(operation.operation_id, operation.description, takes, gives, hints)
