"""The ids by which callers tell their requests from others."""

from typing import Any

from shared.errors import InvalidRequest

MAX_ID_LENGTH = 256


def checked_id(name: str, value: Any) -> str:
    """Return an id as it was given under a name. Raises InvalidRequest when it is none."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_LENGTH or not value.isprintable():
        raise InvalidRequest(f"`{name}` must be text of 1 to {MAX_ID_LENGTH} visible characters.")
    return value
