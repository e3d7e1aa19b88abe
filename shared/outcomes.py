"""What became of a request, for the front door that answers it."""

from datetime import datetime
from typing import Any, NamedTuple

from shared.clock import to_iso


class Outcome(NamedTuple):
    """What became of a request: an HTTP status and the body of the answer.

    `is_recorded` when it is that of a change, on record; `owed` are the envelopes that the relay
    then publishes. `repeat_from` is set when this delivery repeated an earlier one: the moment from
    which the same request would count as a new one.
    """

    status: int
    body: dict[str, Any]
    correlation_id: str | None = None
    repeat_from: datetime | None = None
    owed: tuple[dict[str, Any], ...] = ()
    is_recorded: bool = False

    def told_of_repeat(self) -> dict[str, Any]:
        """Return the body, with a notice for the agent when nothing new was done."""
        if self.repeat_from is None:
            return self.body
        return {
            **self.body,
            "repeated": True,
            "notice": (
                "This request was already handled, and this is its first outcome again: nothing "
                "new was moved or changed. If the person really wants it a second time, call again "
                "with a different argument, such as another description, or after "
                f"{to_iso(self.repeat_from)}, or under a new request_id."
            ),
        }
