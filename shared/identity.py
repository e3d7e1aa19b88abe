"""Who is calling. The front door says so; no operation takes a user id as a parameter."""

import re
from dataclasses import dataclass
from typing import Any

from shared.errors import Unauthenticated

_USER_ID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class Caller:
    """The bank customer on whose behalf an operation runs."""

    user_id: str


def caller_from(user_id: Any, identity_from: str) -> Caller:
    """Return the caller that a front door names, without blanks around.

    A customer's id is visible ASCII characters, so that no two look alike. Raises Unauthenticated
    when the door names no caller: it says that the id comes from `identity_from`.
    """
    trimmed = user_id.strip(" ") if isinstance(user_id, str) else ""
    if not _USER_ID.fullmatch(trimmed):
        raise Unauthenticated(
            "The request does not say who is calling. The customer's id, 1 to 128 visible ASCII "
            f"characters, comes from {identity_from}."
        )
    return Caller(trimmed)
