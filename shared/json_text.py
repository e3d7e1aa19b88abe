"""JSON with exact numbers: a Decimal is written as a number and read back as the same Decimal."""

import base64
import hashlib
import json
from typing import Any

import simplejson


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Write compact JSON. Raises ValueError for NaN and infinities, which JSON has not."""
    return simplejson.dumps(
        value,
        use_decimal=True,
        allow_nan=False,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=sort_keys,
    )


def dumps_readable(value: Any) -> str:
    """Write JSON for a person to read, with the same numbers as `dumps`."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2)


def loads(text: str) -> Any:
    """Read JSON; fractions become Decimal. Raises ValueError for what is not JSON."""
    return simplejson.loads(text, use_decimal=True)


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
    """Return the size of the JSON of a value where all but ASCII is escaped, the longest form."""
    return len(simplejson.dumps(value, use_decimal=True))


def without_decimals(value: Any) -> Any:
    """Return the same JSON value in the types that `json` writes, as the Lambda runtime does."""
    return json.loads(dumps(value))
