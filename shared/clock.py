"""Time: UTC, ISO 8601, handed in as a callable so that tests decide what the hour is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds, as in `2026-11-22T15:36:08.123Z`.

    All timestamps have this one width, so their text order is their time order.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
