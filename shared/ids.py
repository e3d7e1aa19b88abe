"""Identifiers in the UUIDv7 layout (RFC 9562): they sort by time and carry their timestamp."""

import hashlib
import re
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from shared.clock import EPOCH

_MILLISECOND = timedelta(milliseconds=1)

CUSTOMER_ID = re.compile(r"[!-~]{1,128}")
"""A customer's id as the bank gives it out: visible ASCII characters, so that no two look alike."""


@lru_cache(maxsize=64)
def time_ordered_id(moment: datetime, seed: str) -> str:
    """Return the id of what `seed` names at `moment`: the same inputs give the same id.

    The 74 bits that UUIDv7 leaves to chance come from SHA-256 of the seed.
    """
    milliseconds = (moment - EPOCH) // _MILLISECOND
    digest = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:10], "big")
    random_a = digest >> 64 & 0xFFF
    random_b = digest & 0x3FFF_FFFF_FFFF_FFFF
    layout = milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b
    return str(UUID(int=layout))


def moment_of(identifier: str) -> datetime | None:
    """Return the millisecond that an id carries, or None when it carries none before year 10000."""
    try:
        parsed = UUID(identifier)
    except ValueError:
        return None
    if parsed.version != 7 or str(parsed) != identifier:  # noqa: PLR2004
        return None
    try:
        return EPOCH + (parsed.int >> 80) * _MILLISECOND
    except OverflowError:
        return None
