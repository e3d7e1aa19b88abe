"""What tells one request from another: its key, its content, and whose yes it came with."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from shared import json_text
from shared.confirmation import Asked, Proof
from shared.models import Request


class Delivery(NamedTuple):
    """How a front door tells one request from another.

    Deliveries with the same `key` are the same request, with a `window` until that has passed since
    the first. `fingerprint` is of the content. `correlation_id` None means that the change's own id
    correlates its events. `sent_at` is when the bus took the request, where it came so. Where a
    person has to say yes, `asked` is what to, and `proof` is the yes; without it the request is
    only decided to be shown, unless it `is_named` by its caller and on record already. Nothing that
    rests on the proof may be told or done before `check_proof`, which waits for KMS and raises what
    stands against it.
    """

    key: str
    fingerprint: str
    door: str
    correlation_id: str | None = None
    window: timedelta | None = None
    sent_at: datetime | None = None
    asked: Asked | None = None
    is_named: bool = False
    proof: Proof | None = None
    check_proof: Callable[[], None] = lambda: None

    @property
    def is_preview(self) -> bool:
        """Whether it is decided to be shown only."""
        return self.asked is not None and self.proof is None


def delivery_key(*parts: str) -> str:
    """Return the key of a delivery: a digest, so that no part can imitate another or be read."""
    return json_text.digest(parts)


def fingerprint(request: Request) -> str:
    """Return a digest of what is asked for, the same for every way of writing the same content."""
    return json_text.digest(request.model_dump(exclude_none=True))
