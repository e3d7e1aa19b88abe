"""Who is calling. The front door says so; no operation takes a user id as a parameter."""

from dataclasses import dataclass
from typing import Any

from shared.errors import Unauthenticated

_MAX_USER_ID_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Caller:
    """The bank customer on whose behalf an operation runs."""

    user_id: str


def caller_from(user_id: Any) -> Caller:
    """Return the caller that a front door names. Raises Unauthenticated when it names none."""
    if (
        not isinstance(user_id, str)
        or not user_id.strip()
        or not user_id.isprintable()
        or len(user_id) > _MAX_USER_ID_LENGTH
    ):
        raise Unauthenticated(
            "The request does not say who is calling: the application must set the customer's id "
            "as `user_id` in the session attributes of the agent or in the envelope of the event."
        )
    return Caller(user_id)
