"""The envelope of every event that this system puts on the bus: what `detail` holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.clock import to_iso
from shared.owed import ENVELOPE_VERSION


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
