"""What callers give besides arguments: the id that tells a request from others, and proofs."""

import re
from typing import Any

from shared.errors import InvalidRequest

_ID = re.compile(r"[!-~]{1,128}")


def checked_id(name: str, value: Any) -> str:
    """Return an id as it was given under a name. Raises InvalidRequest when it is none."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidRequest(f"`{name}` must be text of 1 to 128 visible ASCII characters.")
    return value


def checked_proofs(name: str, value: Any) -> str:
    """Return the proofs of the customer's yes that were given under a name, empty without any.

    Raises InvalidRequest for what is no text.
    """
    if not isinstance(value, str | None):
        raise InvalidRequest(f"`{name}` must be text: proofs, separated by blanks.")
    return (value or "").strip()
