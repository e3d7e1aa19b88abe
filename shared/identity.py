"""Who is calling. The front door says so; no operation takes a user id as a parameter."""

from typing import Any, Final, NamedTuple

from shared.errors import Unauthenticated
from shared.ids import CUSTOMER_ID

NOBODY: Final = " "
"""Whose id nobody has: those of customers have no blanks."""


class Caller(NamedTuple):
    """The bank customer on whose behalf an operation runs."""

    user_id: str


def caller_from(user_id: Any, identity_from: str) -> Caller:
    """Return the caller that a front door names, without blanks around.

    Raises Unauthenticated, which says that the id comes from `identity_from`, when the door names
    no caller.
    """
    trimmed = user_id.strip(" ") if isinstance(user_id, str) else ""
    if not CUSTOMER_ID.fullmatch(trimmed):
        raise Unauthenticated(
            "The request does not say who is calling. The customer's id, 1 to 128 visible ASCII "
            f"characters, comes from {identity_from}."
        )
    return Caller(trimmed)
