"""The time zone of the bank's customers: Mexico City."""

from datetime import timedelta, timezone
from typing import Final

MEXICO_CITY: Final = timezone(timedelta(hours=-6))
"""Without summer time since 2022; a fixed offset needs no time zone data of the machine."""
