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


def caller_from(user_id: Any) -> Caller:
    """Return the caller that a front door names, without blanks around.

    A customer's id is visible ASCII characters, so that no two look alike. Raises Unauthenticated
    when the door names no caller.
    """
    trimmed = user_id.strip(" ") if isinstance(user_id, str) else ""
    if not _USER_ID.fullmatch(trimmed):
        raise Unauthenticated(
            "The request does not say who is calling: the application must set the customer's id "
            "as `user_id` in the session attributes of the agent or in the envelope of the event: "
            "1 to 128 visible ASCII characters."
        )
    return Caller(trimmed)
