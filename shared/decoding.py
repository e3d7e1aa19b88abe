"""From what a front door delivers to a request model, or to an error that says what to correct."""

import re
import types
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from shared import json_text
from shared.errors import InvalidRequest
from shared.money import amount_from_text

R = TypeVar("R", bound=BaseModel)

_MAX_PROBLEMS = 5
_STAND_INS = frozenset({"", "null", "none", "undefined", "n/a"})
"""What models write for an argument that they have no value for."""
_MAX_NAME_LENGTH = 64
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_PYDANTIC_PREFIX = re.compile(r"^(Value error, |Input |String )")


def decode(model: type[R], raw: Mapping[str, Any]) -> R:
    """Build a request from typed JSON values. Raises InvalidRequest naming every wrong field.

    An optional field that holds a stand-in for no value counts as left out.
    """
    return _validated(model, _given(model, raw))


def decode_text(model: type[R], raw: Mapping[str, Any]) -> R:
    """Build a request from values that a front door delivers as text, as Bedrock does.

    The model says what each text stands for; a value that arrives typed is taken as it is.
    """
    typed: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in _given(model, raw).items():
        try:
            typed[name] = from_text(model, name, value)
        except ValueError as error:
            problems.append(f"`{name}` {error}")
    if problems:
        raise InvalidRequest(_sentence(problems))
    return _validated(model, typed)


def from_text(model: type[BaseModel], name: str, value: Any) -> Any:
    """Return what the text of a field stands for, and what is typed or of no field as it is.

    Raises ValueError that says what the field must be.
    """
    if not isinstance(value, str):
        return value
    kind, _ = _fields(model).get(name, (str, False))
    return value if kind is str else _from_text(kind, value)


def _validated(model: type[R], given: dict[str, Any]) -> R:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidRequest(_describe(model, error)) from None


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel]) -> dict[str, tuple[Any, bool]]:
    """Return what each field of a model stands for, and whether it is required."""
    return {
        name: (_base_type(field.annotation), field.is_required())
        for name, field in model.model_fields.items()
    }


def _given(model: type[BaseModel], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is really given. Raises InvalidRequest for a stand-in where a value must be."""
    fields = _fields(model)
    lacking = [name for name, value in raw.items() if name in fields and _is_stand_in(value)]
    if not lacking:
        return dict(raw)
    missing = [f"`{name}` is missing" for name in lacking if fields[name][1]]
    if missing:
        raise InvalidRequest(_sentence(missing))
    return {name: value for name, value in raw.items() if name not in lacking}


def _is_stand_in(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _STAND_INS)


def _base_type(annotation: Any) -> Any:
    """Return what an annotation stands for without `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return _base_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return next(_base_type(a) for a in get_args(annotation) if a is not type(None))
    return annotation


def _from_text(kind: Any, text: str) -> Any:
    if kind is Decimal:
        return amount_from_text(text)
    if kind is int:
        return _integer(text)
    if kind is bool:
        return _boolean(text)
    origin = get_origin(kind) or kind
    if origin is list:
        return _sequence(get_args(kind)[0], text)
    if origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return _mapping(kind, text)
    return text


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip(" ")):
        raise ValueError("must be a whole number written with digits, such as 5")
    return int(text)


def _boolean(text: str) -> bool:
    match text.strip(" ").lower():
        case "true":
            return True
        case "false":
            return False
        case _:
            raise ValueError("must be true or false")


def _sequence(item_kind: Any, text: str) -> list[Any]:
    """Read `["a", "b"]` or the `[a, b]` that Bedrock sometimes writes."""
    parsed = _json_or_none(text)
    if isinstance(parsed, list):
        return parsed
    inner = _inside(text, "[", "]", "must be a list written as JSON")
    return [_from_text(item_kind, part.strip()) for part in inner.split(",")] if inner else []


def _mapping(kind: Any, text: str) -> dict[str, Any]:
    """Read `{"a": 1}` or the flat `{a=1, b=2}` that Bedrock sometimes writes."""
    parsed = _json_or_none(text)
    if isinstance(parsed, dict):
        return parsed
    how = "must be an object written as JSON"
    pairs = [part.partition("=") for part in _inside(text, "{", "}", how).split(",")]
    if not all(separator for _, separator, _ in pairs):
        raise ValueError(how)
    fields = getattr(kind, "model_fields", {})
    return {
        key.strip(): _from_text(
            _base_type(fields[key.strip()].annotation) if key.strip() in fields else str,
            value.strip(),
        )
        for key, _, value in pairs
    }


def _json_or_none(text: str) -> Any:
    try:
        return json_text.loads(text)
    except ValueError:
        return None


def _inside(text: str, opening: str, closing: str, how: str) -> str:
    text = text.strip()
    if not (text.startswith(opening) and text.endswith(closing)):
        raise ValueError(how)
    inner = text[1:-1].strip()
    if any(bracket in inner for bracket in "[]{}"):
        raise ValueError(how)
    return inner


def _describe(model: type[BaseModel], error: ValidationError) -> str:
    return _sentence([_problem(model, detail) for detail in error.errors(include_url=False)])


def _problem(model: type[BaseModel], detail: Any) -> str:
    name = ".".join(str(part) for part in detail["loc"])[:_MAX_NAME_LENGTH]
    if not name or not name.isprintable():
        name = "?"
    match detail["type"]:
        case "missing":
            return f"`{name}` is missing"
        case "extra_forbidden":
            known = ", ".join(f"`{field}`" for field in model.model_fields)
            takes = f"it takes {known}" if known else "it takes none"
            return f"`{name}` is not a parameter of this operation: {takes}"
        case "string_pattern_mismatch":
            return f"`{name}` must have visible ASCII characters only, without spaces"
        case _:
            return f"`{name}` {_PYDANTIC_PREFIX.sub('', detail['msg'])}"


def _sentence(problems: list[str]) -> str:
    shown = problems[:_MAX_PROBLEMS]
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more problems")
    return "; ".join(shown) + "."
