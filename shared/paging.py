"""Pages of a listing: filled to the limit within the answer's budget, and resumed by opaque tokens.

A token holds a position in a listing and a digest that binds it to the caller and to the filters.
The digest has no key, so a token can be forged. Whoever does goes on from another position of what
they may list anyway, and nowhere else: a listing only ever reads the caller's own partition, or
what everybody may see, and DynamoDB refuses a position outside of it.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import to_json

from shared import json_text
from shared.clock import Clock
from shared.dynamodb import Item, Page, StartKeyRefused
from shared.errors import PageTokenNotFound
from shared.identity import Caller
from shared.models import MAX_PAGE_ITEMS, Answer, Request
from shared.observability import UNREADABLE, note_unreadable

E = TypeVar("E", bound=Answer)

PAGE_BUDGET_BYTES = 20_000
"""What the entries of a page may take of the 25 KB that an agent's answer has, as it is written:
the body is a text within JSON, so its quotes and accents are escaped. An amount counts as a text.
"""

_MAX_ENTRY_BYTES = 24_000
"""What an entry alone on its page may take: the rest of the answer is what stands around it."""

MAX_UNITS = 60.0
"""How many read units of DynamoDB one page may cost when a filter passes over items."""

_MAX_READING = timedelta(seconds=3)
"""How long a page goes on reading: with its last read it is answered within four seconds."""

_LEAST_UNITS = 0.5
"""What a Query costs at least."""

_ROUNDING_UNITS = 1.0
"""What DynamoDB's rounding adds to the price of a Query's items at most."""

_FIRST_READ_ITEMS = MAX_PAGE_ITEMS + 1
"""Of a filtered listing, before it is known what an item costs."""

_NOT_FOUND = (
    "This `next_token` does not belong to this listing. Ask for the first page without "
    "`next_token`, and keep the filters the same from page to page."
)
_PAGING_FIELDS = {"limit", "next_token"}


def issue_token(caller: Caller, listing: Request, position: Item | None) -> str | None:
    """Return the token with which this caller resumes this listing after `position`.

    None at the end of the listing, where there is no position.
    """
    if position is None:
        return None
    content = json_text.dumps([position, _binding(caller, listing, position)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def position_of(
    caller: Caller, listing: Request, token: str | None, key_names: Sequence[str]
) -> Item | None:
    """Return the position of a token, an item's key with these names, or None without a token.

    Raises PageTokenNotFound for any token not issued to this caller for these filters.
    """
    if token is None:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        position, binding = json_text.loads(base64.b64decode(padded, b"-_", validate=True).decode())
        if _is_key(position, key_names) and binding == _binding(caller, listing, position):
            return dict(position)
    except (ValueError, TypeError):
        pass
    raise PageTokenNotFound(_NOT_FOUND)


class Allowance:
    """What the reads of one page may cost, in units and in time, and what they did cost."""

    def __init__(self, clock: Clock) -> None:
        self.read = 0
        """How many items were read."""
        self.units_left = MAX_UNITS
        self._clock = clock
        self._end = clock() + _MAX_READING
        self._units_for_items = 0.0
        self._has_begun = False

    def spend(self, units: float, read: int = 0) -> None:
        """Take note of what a read cost, and how many items it read.

        What is spent before the first item is not counted as the price of items.
        """
        self.read += read
        self.units_left -= units
        if self.read:
            self._units_for_items += units

    def read_items(self) -> int:
        """Return how many items the next Query may read, 0 when the page has cost enough.

        They are as many as the rest would pay for, if they cost what those before did. There is
        always a first Query, so that no page ends where it began.
        """
        is_over = self._clock() >= self._end or self.units_left <= 0
        if self._has_begun and is_over:
            return 0
        self._has_begun = True
        if not self.read:
            return _FIRST_READ_ITEMS
        affordable = max(self.units_left - _ROUNDING_UNITS, 0)
        return int(affordable * self.read / max(self._units_for_items, _LEAST_UNITS))


class Filled(NamedTuple, Generic[E]):
    """The entries of a page, the position to resume from, and whether the search was cut short.

    `unreadable` are the positions of the items that say nothing, or too much for a page, each in
    the place of an entry.
    """

    entries: list[E]
    position: Item | None
    """None at the end of the listing only."""
    looked_at: int | None
    """How many items were looked at, when the page ends for what they cost."""
    unreadable: list[Item]

    def unreadable_ids(self, sort_key: str) -> list[str] | None:
        """Return the ids of what cannot be read, the last part of this key; None for none."""
        return [str(key[sort_key]).rpartition("#")[2] for key in self.unreadable] or None


def fill_page(
    read: Callable[[Item | None, int], Page],
    *,
    entry_of: Callable[[Item], E],
    position_of_item: Callable[[Item], Item],
    limit: int,
    start: Item | None,
    allowance: Allowance | None = None,
) -> Filled[E]:
    """Read until the page is full.

    `read` is told where to go on and how many items it may read: one more than the page takes, or
    what the `allowance` pays for, which a listing needs that passes over items. A page is short
    only at the end of the listing, at the budget, or when the allowance found too few. Raises
    PageTokenNotFound when `start` lies outside the listing.
    """
    entries: list[E] = []
    unreadable: list[Item] = []
    size_bytes = 0
    while read_items := limit + 1 if allowance is None else allowance.read_items():
        try:
            page = read(start, read_items)
        except StartKeyRefused:
            raise PageTokenNotFound(_NOT_FOUND) from None
        if allowance is not None:
            allowance.spend(page.units, page.read)
        for item in page.items:
            if len(entries) + len(unreadable) == limit:
                return Filled(entries, start, None, unreadable)
            position = position_of_item(item)
            entry: E | None = None
            try:
                told = entry_of(item)
                size = _fitting(to_json(told, exclude_none=True).decode())
                entry = told
            except UNREADABLE as error:
                note_unreadable(error)
                size = json_text.bytes_in_ascii(json_text.dumps(position))
            size_bytes += size
            if (entries or unreadable) and size_bytes > PAGE_BUDGET_BYTES:
                return Filled(entries, start, None, unreadable)
            if entry is None:
                unreadable.append(position)
            else:
                entries.append(entry)
            start = position
        start = page.last_key
        if start is None:
            return Filled(entries, None, None, unreadable)
    is_cut = allowance is not None and len(entries) + len(unreadable) < limit
    return Filled(entries, start, allowance.read if allowance and is_cut else None, unreadable)


def _fitting(written: str) -> int:
    """Return the size of an entry. Raises ValueError for one that no page has room for."""
    size = json_text.bytes_in_ascii(written)
    if size > _MAX_ENTRY_BYTES:
        raise ValueError("the entry fits in no page")
    return size


def _is_key(position: Any, key_names: Sequence[str]) -> bool:
    return (
        isinstance(position, dict)
        and set(position) == set(key_names)
        and all(isinstance(value, str) and value for value in position.values())
    )


def _binding(caller: Caller, listing: Request, position: Any) -> str:
    filters = listing.model_dump(exclude=_PAGING_FIELDS, exclude_none=True)
    content = [caller.user_id, type(listing).__name__, filters, position]
    return hashlib.sha256(json_text.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
