"""The OpenAPI schema of each action group, made from its operations, and the check of schemas.

The files in `openapi/` are committed, because agents and the template read them there.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from console.schemas.lint import RULES, Unreadable, level_of, lint, read_text
from shared.operations import CONTRACT_VERSION, ActionGroup, Operation
from shared.schemas import ModelNotDescribable, Schema, schema_of
from shared.tools import ERROR_FIELDS, REPEAT_FIELDS, error_details

OPENAPI_VERSION = "3.0.0"

_HEADER = "# Generated from the code by `centli generate`: change the operations, not this file.\n"
_LINE_WIDTH = 100
_FOLDED_FROM_LENGTH = 60

_CONFIRMATION: Schema = {
    "type": "object",
    "description": "Present with CONFIRMATION_REQUIRED and TERMS_CHANGED: the terms that the "
    "application shows to the customer, who alone can confirm them.",
}


def document(group: ActionGroup) -> dict[str, Any]:
    """Return the OpenAPI document of the operations that agents call.

    Raises ModelNotDescribable, which names the model and the field to change.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in sorted(group, key=lambda o: (o.path or "", o.method or "")):
        if operation.method is not None and operation.path is not None:
            path_item = paths.setdefault(operation.path, {})
            path_item[operation.method.lower()] = _described(operation)
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": group.title,
            "version": CONTRACT_VERSION,
            "description": group.description,
        },
        "paths": paths,
    }


def render(group: ActionGroup) -> str:
    """Return the text of the group's schema file."""
    return generated_yaml(document(group))


def generated_yaml(content: Any) -> str:
    """Return the text of a generated file."""
    return _HEADER + yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_LINE_WIDTH
    )


def _described(operation: Operation) -> dict[str, Any]:
    """Return the operation object; path and query fields are parameters, the others the body."""
    request = schema_of(operation.request_model, "validation")
    fields, required = request["properties"], request.get("required", [])
    _refuse_nested(operation, fields)
    in_path = [name for name in fields if name in operation.path_parameters]
    others = [name for name in fields if name not in in_path]
    in_query = others if operation.method == "GET" else []
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "description": operation.description,
    }
    if operation.confirm:
        described["x-requireConfirmation"] = "ENABLED"
    parameters = [
        *(_parameter(name, "path", fields[name], required=True) for name in in_path),
        *(_parameter(name, "query", fields[name], required=name in required) for name in in_query),
    ]
    if parameters:
        described["parameters"] = parameters
    if in_body := [name for name in others if name not in in_query]:
        described["requestBody"] = _request_body(operation, request, in_body)
    described["responses"] = _responses(operation)
    return described


def _refuse_nested(operation: Operation, fields: dict[str, Schema]) -> None:
    for name, field in fields.items():
        inner = field.get("items", field)
        if inner["type"] in ("object", "array"):
            raise ModelNotDescribable(
                f"{operation.request_model.__name__}.{name} is nested: agents pass plain values "
                "and lists of plain values"
            )


def _parameter(name: str, location: str, field: Schema, *, required: bool) -> dict[str, Any]:
    schema = {key: value for key, value in field.items() if key != "description"}
    return {
        "name": name,
        "in": location,
        "description": field["description"],
        "required": required,
        "schema": schema,
    }


def _request_body(operation: Operation, request: Schema, names: Sequence[str]) -> dict[str, Any]:
    schema: Schema = {
        "type": "object",
        "properties": {name: request["properties"][name] for name in names},
    }
    if required := [name for name in request.get("required", []) if name in names]:
        schema["required"] = required
    return {
        "description": _said_of(request, operation.request_model),
        "required": bool(required),
        "content": {"application/json": {"schema": schema}},
    }


def _responses(operation: Operation) -> dict[str, Any]:
    answer = schema_of(operation.answer_model, "serialization")
    error: Schema = {
        "type": "object",
        "description": "Why the request was refused.",
        "properties": {**ERROR_FIELDS, **error_details(operation)},
        "required": ["code", "message"],
    }
    refusal: Schema = {"type": "object", "properties": {"error": error}, "required": ["error"]}
    if operation.confirm:
        refusal["properties"]["confirmation"] = _CONFIRMATION
    if operation.changes:
        for schema in (answer, refusal):
            schema["properties"] |= REPEAT_FIELDS
    said = _said_of(answer, operation.answer_model)
    return {
        "200": _response(said, answer),
        "400": _response("Any refusal, whatever its status, 4xx or 5xx, has this body.", refusal),
    }


def _response(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _said_of(schema: Schema, model: type) -> str:
    """Take the model's docstring out of its schema, to say it where OpenAPI has a place for it."""
    description = schema.pop("description", "")
    if not description:
        raise ModelNotDescribable(f"{model.__name__} needs a docstring: it is what the agent reads")
    return str(description)


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks, and nothing as an alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else ">" if len(text) >= _FOLDED_FROM_LENGTH else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def list_rules() -> int:
    """Print the rules of the lint; return the exit code."""
    print(*(f"{rule}: {level_of(rule)}: {why}" for rule, why in RULES.items()), sep="\n")
    return 0


def lint_files(
    files: Sequence[Path], group: str | None, max_operations: int, *, strict: bool
) -> int:
    """Print what the lint finds in schema files; return the exit code, 0 for advice not strict."""
    texts: dict[str, str] = {}
    unreadable = [] if files else ["Name at least one OpenAPI file."]
    for path in files:
        try:
            texts[str(path)] = read_text(path)
        except Unreadable as error:
            unreadable.append(str(error))
    findings = lint(texts, group, max_operations)
    for finding in findings:
        print(finding)
    for problem in unreadable:
        print(problem, file=sys.stderr)
    if unreadable:
        return 2
    failed = [finding for finding in findings if strict or finding.level == "refusal"]
    return 1 if failed else 0
