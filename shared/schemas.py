"""From a pydantic model to the five schema keywords that Bedrock agents and AgentCore Gateway read.

What validates a value (a pattern, a length, a bound) is left out: the agent reads descriptions, and
the operation checks what it is given. What changes the shape of a value is never left out: it is
reduced to the profile or refused.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

KEYWORDS = ("type", "description", "properties", "required", "items")
TYPES = ("string", "number", "integer", "boolean", "array", "object")

_LEFT_OUT = frozenset(
    {
        *("title", "default", "examples", "deprecated", "format", "pattern", "minLength"),
        *("maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minItems", "maxItems", "uniqueItems", "gt", "ge", "lt", "le"),
    }
)
_NULL = {"type": "null"}
_DEFINITIONS = "#/$defs/"

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]


class ModelNotDescribable(Exception):
    """A model has what the profile cannot express; the message names the field and the way out."""


class _AmountsAsNumbers(GenerateJsonSchema):
    """Amounts are JSON numbers on every front door, not the text that pydantic would write."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002
        return self.float_schema(core_schema.float_schema())


def schema_of(model: type[BaseModel], mode: Mode) -> Schema:
    """Return the schema of what the model takes (validation) or gives (serialization).

    A field of an answer that may be null is not `required`: the profile has no word for null.
    Raises ModelNotDescribable.
    """
    raw = model.model_json_schema(mode=mode, schema_generator=_AmountsAsNumbers)
    definitions = raw.pop("$defs", {})
    if "$ref" in raw:
        raise ModelNotDescribable(f"{model.__name__} contains itself: list its parts instead")
    return _Reduction(definitions, mode).reduce(raw, model.__name__, frozenset())


class _Reduction:
    def __init__(self, definitions: Mapping[str, Schema], mode: Mode) -> None:
        self._definitions = definitions
        self._mode = mode

    def reduce(self, raw: Schema, where: str, inside: frozenset[str]) -> Schema:
        """Return the schema within the profile; `inside` names the models that it is part of."""
        if "$ref" in raw:
            name = raw["$ref"].removeprefix(_DEFINITIONS)
            if name in inside:
                raise ModelNotDescribable(f"{where} contains itself: list its parts instead")
            return self.reduce(_without_ref(self._definitions[name], raw), where, inside | {name})
        if "anyOf" in raw:
            return self.reduce(_only_choice(raw, where), where, inside)
        if "enum" in raw or "const" in raw:
            raw = _allowed_values_said(raw)
        kind = _type_of(raw, where)
        reduced: Schema = {"type": kind}
        if "description" in raw:
            reduced["description"] = raw["description"]
        if kind == "object":
            reduced |= self._fields(raw, where, inside)
        if kind == "array":
            reduced["items"] = self.reduce(raw.get("items", {}), f"{where}[]", inside)
        return reduced

    def _fields(self, raw: Schema, where: str, inside: frozenset[str]) -> Schema:
        if raw.get("additionalProperties") not in (None, False):
            raise ModelNotDescribable(f"{where} is a free mapping: declare a model with its fields")
        fields = {
            name: self.reduce(field, f"{where}.{name}", inside)
            for name, field in raw.get("properties", {}).items()
        }
        for name, field in fields.items():
            if not field.get("description", "").strip():
                raise ModelNotDescribable(f"{where}.{name} needs Field(description=...)")
        required = [name for name in raw.get("required", ()) if self._always_there(raw, name)]
        return {"properties": fields} | ({"required": required} if required else {})

    def _always_there(self, raw: Schema, name: str) -> bool:
        return self._mode == "validation" or _NULL not in raw["properties"][name].get("anyOf", ())


def _without_ref(definition: Schema, reference: Schema) -> Schema:
    """Return the definition; what stands beside the reference, such as a description, prevails."""
    return definition | {key: value for key, value in reference.items() if key != "$ref"}


def _only_choice(raw: Schema, where: str) -> Schema:
    """Return the schema of an optional value; what stands beside the choice prevails."""
    choices = [choice for choice in raw["anyOf"] if choice != _NULL]
    if len(choices) != 1:
        raise ModelNotDescribable(f"{where} is a union: give it one type")
    choice: Schema = choices[0]
    return choice | {key: value for key, value in raw.items() if key != "anyOf"}


def _allowed_values_said(raw: Schema) -> Schema:
    """Return the schema with its allowed values in the description, unless it names them all."""
    allowed = [str(value) for value in raw.get("enum", [raw.get("const")])]
    said = raw.get("description", "")
    if not all(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said) for value in allowed):
        said = f"{said} One of: {', '.join(allowed)}.".strip()
    rest = {key: value for key, value in raw.items() if key not in ("enum", "const")}
    return rest | {"description": said}


def _type_of(raw: Schema, where: str) -> str:
    """Return the one type, having refused every keyword whose loss would change the meaning."""
    unknown = set(raw) - set(KEYWORDS) - _LEFT_OUT - {"additionalProperties"}
    if unknown:
        raise ModelNotDescribable(
            f"{where} needs {', '.join(sorted(unknown))}, which agents do not read: use a plain "
            "type"
        )
    kind = raw.get("type")
    if kind not in TYPES:
        raise ModelNotDescribable(f"{where} has no single type: declare one of {', '.join(TYPES)}")
    return str(kind)
