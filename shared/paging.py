"""Pages of a listing: filled to the limit within the answer's budget, and resumed by opaque tokens.

A token holds a position in a listing and a digest that binds it to the caller and to the filters.
The digest has no key, so a token can be forged. Whoever does goes on from another position of what
they may list anyway, and nowhere else: a listing only ever reads the caller's own partition, or
what everybody may see, and DynamoDB refuses a position outside of it.
"""

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from shared import json_text
from shared.dynamodb import Item, Page, StartKeyRefused
from shared.errors import PageTokenNotFound
from shared.identity import Caller
from shared.models import Answer, Request

E = TypeVar("E", bound=Answer)

PAGE_BUDGET_BYTES = 20_000
"""What the entries of a page may take of the 25 KB that an agent's answer has, as it is written:
the body is a text within JSON, so its quotes and accents are escaped.
"""

MAX_READS = 20
"""How many Queries one page may cost when a filter passes over items."""

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
    except (ValueError, TypeError, RecursionError):
        pass
    raise PageTokenNotFound(_NOT_FOUND)


def reads_within(seconds: float, now: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Allow one read, and further ones that begin before so much time has passed.

    For a listing that may pass over any number of items before it finds one: counting its reads
    would cut pages short although there is time to fill them.
    """
    end = now() + seconds
    yield
    while now() < end:
        yield


def fill_page(
    read: Callable[[Item | None], Page],
    *,
    entry_of: Callable[[Item], E],
    position_of_item: Callable[[Item], Item],
    limit: int,
    start: Item | None,
    reads: Iterable[object] | None = None,
) -> tuple[list[E], Item | None]:
    """Read until the page is full, and return its entries and the position to resume from.

    `reads` has an element for each Query that the page may cost, which are `MAX_READS` without it.
    A page is short only at the end of the listing, at the budget, or when the allowed Queries found
    too few; its position is None at the end of the listing only. Raises PageTokenNotFound when
    `start` lies outside the listing.
    """
    entries: list[E] = []
    size_bytes = 0
    for _ in range(MAX_READS) if reads is None else reads:
        try:
            page = read(start)
        except StartKeyRefused:
            raise PageTokenNotFound(_NOT_FOUND) from None
        for item in page.items:
            entry = entry_of(item)
            size_bytes += json_text.bytes_in_ascii(json_text.dumps(entry.payload()))
            if len(entries) == limit or (entries and size_bytes > PAGE_BUDGET_BYTES):
                return entries, start
            entries.append(entry)
            start = position_of_item(item)
        start = page.last_key
        if start is None:
            break
    return entries, start


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
