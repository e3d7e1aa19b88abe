"""The envelope of every event on the bus: what `detail` holds, in and out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.clock import to_iso
from shared.confirmation import MAX_PROOFS_LENGTH
from shared.owed import ENVELOPE_VERSION


def _iso_with_zone(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("must be a time in ISO 8601 with its offset, as in 2026-11-22T15:36:08Z")
    return text


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")]


class Envelope(BaseModel):
    """An event as its publisher wrote it. Unknown fields are left alone."""

    model_config = ConfigDict(strict=True, frozen=True)

    version: Literal["1.0"]
    event_type: ShortText
    correlation_id: ShortText
    timestamp: Annotated[str, Field(max_length=40), AfterValidator(_iso_with_zone)]
    source: ShortText
    user_id: str | None = None
    """Checked by `shared.identity`, so that a missing caller is a 401 and not a malformed event."""
    confirmation: Annotated[str, Field(max_length=MAX_PROOFS_LENGTH)] | None = None
    """The proof of the customer's yes, where the request needs one."""
    data: dict[str, Any]


def compose(
    *,
    event_type: str,
    correlation_id: str,
    moment: datetime,
    source: str,
    user_id: str,
    data: dict[str, Any],
    confirmed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the envelope of an event that this system publishes.

    `confirmed` says on which yes of the customer it rests.
    """
    envelope = {
        "version": ENVELOPE_VERSION,
        "event_type": event_type,
        "correlation_id": correlation_id,
        "timestamp": to_iso(moment),
        "source": source,
        "user_id": user_id,
        "data": data,
    }
    return envelope | {"confirmed": dict(confirmed)} if confirmed else envelope
