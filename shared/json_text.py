"""JSON with exact numbers: a Decimal is written as a number and read back as the same Decimal."""

import base64
import hashlib
import json
from decimal import Decimal
from typing import Any, Final

import simplejson

_COMPACT: Final[dict[str, Any]] = {
    "use_decimal": True,
    "allow_nan": False,
    "ensure_ascii": False,
    "separators": (",", ":"),
    "namedtuple_as_object": False,
}
"""To ask of each value whether it is a named tuple takes a third of the time; none is written."""
_write = simplejson.JSONEncoder(**_COMPACT).encode
_write_sorted = simplejson.JSONEncoder(**_COMPACT, sort_keys=True).encode


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Write compact JSON. Raises ValueError for NaN and infinities, which JSON has not."""
    return (_write_sorted if sort_keys else _write)(value)


def dumps_readable(value: Any) -> str:
    """Write JSON for a person to read, with the same numbers as `dumps`."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2)


def loads(text: str) -> Any:
    """Read JSON; fractions become Decimal.

    Raises ValueError for what is not JSON, or has a number or a depth that nothing here can hold.
    """
    try:
        return simplejson.loads(text, use_decimal=True)
    except (ArithmeticError, RecursionError):
        raise ValueError("the JSON has a number or a depth out of all bounds") from None


def digest(value: Any) -> str:
    """Return a digest of a JSON value, 43 characters: the SHA-256 of its text, keys in order."""
    hashed = hashlib.sha256(dumps(value, sort_keys=True).encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def without_nulls(value: Any) -> Any:
    """Return the same JSON value without the keys that hold null."""
    if isinstance(value, dict):
        return {name: without_nulls(held) for name, held in value.items() if held is not None}
    return [without_nulls(held) for held in value] if isinstance(value, list) else value


def bytes_in_ascii(value: Any) -> int:
    """Return the size of the JSON of a value where all but ASCII is escaped, the longest form.

    The value has no Decimal.
    """
    return len(json.dumps(value))


def without_decimals(value: Any) -> Any:
    """Return the same JSON value in the types that `json` writes, as the Lambda runtime does.

    Raises ValueError for NaN and infinities.
    """
    if isinstance(value, dict):
        return {
            name: held if isinstance(held, str) else without_decimals(held)
            for name, held in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [without_decimals(held) for held in value]
    return json.loads(dumps(value)) if isinstance(value, Decimal) else value
