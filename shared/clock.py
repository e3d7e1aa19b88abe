"""Time: UTC, ISO 8601, handed in as a callable so that tests decide what the hour is.

Moments are kept in UTC. A day without an offset is a day in the time zone of the bank.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

MEXICO_CITY: Final = "America/Mexico_City"
BANK_ZONE: Final = ZoneInfo(MEXICO_CITY)
"""The time zone of the bank, unless its settings name another."""


EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


def from_epoch(seconds: int) -> datetime:
    """Return the moment of so many seconds after 1970. Raises OverflowError after the year 9999."""
    return EPOCH + timedelta(seconds=seconds)


def system_clock() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def to_iso(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds, as in `2026-11-22T15:36:08.123Z`.

    All timestamps have this one width, so their text order is their time order.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day on which a moment lies there."""
    return moment.astimezone(zone).date()


@lru_cache(maxsize=64)
def bounds_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first and the last second of a day there, in UTC. Raises OverflowError."""
    start = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
    return start, end - timedelta(seconds=1)
