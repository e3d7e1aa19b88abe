"""A change as an operation decides it: its identity and time, and what it answers and writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from shared.clock import to_iso
from shared.confirmation import Proof, Shown, Terms, Warned
from shared.dynamodb import Write
from shared.ids import time_ordered_id
from shared.models import Answer
from shared.owed import confirmed_in

A_co = TypeVar("A_co", bound=Answer, covariant=True)


class Stamp(NamedTuple):
    """The identity and the time of one change; what it records derives its ids from here.

    `correlation_id` is that of its events; `record_key` names its item in the requests table. One
    that `is_preview` is decided to be shown only. With a `proof` a person said yes to it.
    """

    at: datetime
    seed: str
    correlation_id: str = ""
    record_key: str = ""
    door: str = ""
    proof: Proof | None = None
    is_preview: bool = False

    @property
    def id(self) -> str:
        """The time-ordered id of the change."""
        return time_ordered_id(self.at, self.seed)

    @property
    def created_at(self) -> str:
        """The time of the change in ISO 8601; `id` carries the same millisecond."""
        return to_iso(self.at)

    @property
    def is_shown(self) -> bool:
        """Whether a person is shown, or was shown, the terms of the change."""
        return self.is_preview or self.proof is not None

    @property
    def confirmed(self) -> dict[str, str]:
        """What its events say of the yes that it rests on; empty without one."""
        return confirmed_in(self.trail)

    @property
    def trail(self) -> dict[str, str]:
        """What a record keeps of who asked, through which door, and on which yes."""
        confirmed = {} if self.proof is None else self.proof.trail
        return {"door": self.door, "correlation_id": self.correlation_id, **confirmed}

    def shown(
        self, terms: Callable[[], Terms], warnings: Callable[[], Iterable[Warned]] = tuple
    ) -> Shown | None:
        """Return what a person is shown of the change; it is made only where it `is_shown`."""
        return Shown(terms(), list(warnings())) if self.is_shown else None

    def kept(self, shown: Shown | None) -> dict[str, Any]:
        """Return what a change keeps for good of its request: the trail, and what was shown when.

        `request_key` leads to the record of the request, as long as that is kept.
        """
        kept: dict[str, Any] = {**self.trail, "request_key": self.record_key}
        if self.proof is not None:
            assert shown is not None
            kept["terms"] = shown.terms.payload()
            kept["warned"] = self.proof.warned
            kept["shown_at"] = to_iso(self.proof.shown_at)
        return kept


class Change(NamedTuple, Generic[A_co]):
    """A decided change: what to answer and what to write, not yet committed.

    It owes the operation's success event to the bus: with `event_data`, or else the answer, under
    `correlation_id` and on the yes that is `confirmed`, or else those of the request. What needs
    confirmation has what a person is `shown` of it, as its `Stamp` made that, and what the day's
    limit still allows (`left_today`, pesos).
    """

    answer: A_co
    writes: Sequence[Write]
    event_data: dict[str, Any] | None = None
    correlation_id: str | None = None
    confirmed: Mapping[str, str] | None = None
    shown: Shown | None = None
    left_today: Decimal | None = None
