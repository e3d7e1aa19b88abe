"""Attribute values in DynamoDB's own form, `{"S": "text"}`: checked, compared, added, measured.

A value that `checked` returns is in one canonical form, so equal values are equal dictionaries.
Nothing changes such a value in place.
"""

import base64
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DecimalException
from functools import lru_cache
from typing import Any

from tests.support.dynamodb.errors import invalid

Value = dict[str, Any]
Record = dict[str, Value]

MAX_DIGITS = 38
MAX_NUMBER = Decimal("9.9999999999999999999999999999999999999E+125")
MIN_NUMBER = Decimal("1E-130")
MAX_DEPTH = 32
MAX_ITEM_BYTES = 400 * 1024
MAX_KEY_BYTES = {"HASH": 2048, "RANGE": 1024}

TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"})
_SET_NAMES = {"SS": "string set", "NS": "number set", "BS": "binary set"}
_EXACT = Context(prec=400)


def checked(value: Any, depth: int = 0) -> Value:
    """Return the canonical form of a value. Raises ValidationException for what is no value."""
    if not isinstance(value, Mapping) or len(value) != 1 or not value.keys() <= TYPES:
        raise invalid(
            "Supplied AttributeValue is empty or has more than one datatypes set, must contain "
            "exactly one of the supported datatypes"
        )
    if depth > MAX_DEPTH:
        raise invalid("Nesting Levels have exceeded supported limits")
    [(kind, content)] = value.items()
    if kind == "M":
        return {"M": checked_record(content, depth + 1)}
    if kind == "L":
        return {"L": [checked(member, depth + 1) for member in content]}
    if kind in _SET_NAMES:
        return {kind: _checked_set(kind, content)}
    return {kind: _CHECKED[kind](content)}


def checked_record(record: Any, depth: int = 0) -> Record:
    """Return the canonical form of an item or map."""
    if not isinstance(record, Mapping):
        raise invalid("An item or a map must be a map of attribute values")
    if "" in record:
        raise invalid("One or more parameter values were invalid: Empty attribute name")
    return {name: checked(value, depth) for name, value in record.items()}


def _checked_set(kind: str, members: Any) -> list[Any]:
    found = [_CHECKED[kind[0]](member) for member in members]
    if not found:
        raise invalid(
            f"One or more parameter values were invalid: An {_SET_NAMES[kind]}  may not be empty"
        )
    if len(set(found)) != len(found):
        raise invalid(
            "One or more parameter values were invalid: Input collection contains duplicates"
        )
    return sorted(found, key=Decimal if kind == "NS" else None)


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise invalid("S must be text")
    return content


def _bytes(content: Any) -> bytes:
    if not isinstance(content, (bytes, bytearray)):
        raise invalid("B must be bytes")
    return bytes(content)


def _boolean(content: Any) -> bool:
    if not isinstance(content, bool):
        raise invalid("BOOL must be true or false")
    return content


def _null(content: Any) -> bool:
    if content is not True:
        raise invalid(
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true"
        )
    return True


@lru_cache(maxsize=4096)
def number_text(text: Any) -> str:
    """Return the one way in which DynamoDB writes this number."""
    try:
        number = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except DecimalException:
        number = Decimal("NaN")
    if not number.is_finite() or text != text.strip():
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}")
    return number_of(number)


_CHECKED: dict[str, Callable[[Any], Any]] = {
    "S": _text,
    "N": number_text,
    "B": _bytes,
    "BOOL": _boolean,
    "NULL": _null,
}


def number_of(number: Decimal) -> str:
    """Write a number as DynamoDB does. Raises ValidationException when it is none of its own."""
    if not number:
        return "0"
    number = _EXACT.normalize(number)
    if abs(number) > MAX_NUMBER:
        raise invalid(
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range"
        )
    if abs(number) < MIN_NUMBER:
        raise invalid(
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range"
        )
    if len(number.as_tuple().digits) > MAX_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    return f"{number:f}"


def plus(left: Value, right: Value, sign: int) -> Value:
    """Add or subtract two numbers, exactly."""
    added = Decimal(right["N"]) * sign
    return {"N": number_of(_EXACT.add(Decimal(left["N"]), added))}


def sortable(value: Value) -> Any:
    """Return what orders values of one type as DynamoDB does: text by its UTF-8, like Python."""
    [(kind, content)] = value.items()
    return Decimal(content) if kind == "N" else content


def type_of(value: Value) -> str:
    """Return the name of the value's type."""
    [kind] = value
    return kind


def size_of_value(value: Value) -> int:
    """Return how many bytes DynamoDB counts for a value."""
    [(kind, content)] = value.items()
    if kind == "M":
        return 3 + len(content) + size_of(content)
    if kind == "L":
        return 3 + sum(1 + size_of_value(member) for member in content)
    if kind in _SET_NAMES:
        return sum(_SIZES[kind[0]](member) for member in content)
    return _SIZES[kind](content)


def _size_of_text(content: str) -> int:
    return len(content) if content.isascii() else len(content.encode())


def _size_of_number(text: str) -> int:
    digits = len(text.strip("-0.").replace(".", ""))
    return (digits + 1) // 2 + 1 + text.startswith("-")


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _size_of_text,
    "N": _size_of_number,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
}


def size_of(record: Record) -> int:
    """Return how many bytes DynamoDB counts for an item: names and values."""
    return sum(len(name.encode()) + size_of_value(value) for name, value in record.items())


def length_of(value: Value) -> int | None:
    """Return what `size()` says of a value, or None for types that have no size."""
    [(kind, content)] = value.items()
    return len(content) if kind in {"S", "B", "SS", "NS", "BS", "M", "L"} else None


def copied(value: Any) -> Any:
    """Return a copy, so that a caller who changes an answer changes nothing stored."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    return [copied(member) for member in value] if isinstance(value, list) else value


def readable(value: Value) -> str:
    """Write a value for an error message."""
    [(kind, content)] = value.items()
    shown = base64.b64encode(content).decode() if kind == "B" else content
    return f"{{{kind}:{shown}}}"
