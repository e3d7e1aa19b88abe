"""What a question about movements asks for: which ones, of which account, of which days."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from console.agent.offline.days import Span, find_span
from console.agent.offline.ends import Part
from console.agent.offline.orders import Reading
from shared.clock import BANK_ZONE

MAX_PAGE: Final = 50
_END_OF_DAY: Final = time(23, 59, 59)
_FILTERS: Final = ("account_type", "span", "type", "direction", "about", "other")


@dataclass(frozen=True, slots=True)
class MovementsQuery:
    """Which movements are asked for; what is not said is empty."""

    account_type: str = ""
    account_id: str = ""
    span: Span | None = None
    type: str = ""
    direction: str = ""
    limit: int | None = None
    about: str = ""
    """What the description must have: "renta" in "¿cuánto gasté en renta?"."""
    other: str = ""
    """Whom the money went to or came from, in the person's own words."""
    other_account: str = ""
    """Whose account is at the other end."""
    is_date_unread: bool = False
    """Whether days are spoken of that are none, or none that have been."""
    is_sum: bool = False
    """Whether a total is asked for rather than a list."""
    unread: str = ""
    """What was said that nothing was made of."""

    def filters(self) -> dict[str, Any]:
        """Return what is said of which movements are wanted."""
        return {name: getattr(self, name) for name in _FILTERS if getattr(self, name)}

    @property
    def is_filtered(self) -> bool:
        """Whether it wants only some of what the bank lists."""
        return bool(self.is_sum or self.direction or self.other_account or self.about)

    @property
    def needs_own_accounts(self) -> bool:
        """Whether it takes the customer's accounts to answer it."""
        return bool(self.account_type or self.is_sum or self.direction or self.other)

    def dates(self) -> dict[str, str]:
        """Return the days as the bank takes them: moments in Mexico's time."""
        if self.span is None:
            return {}
        ends = (("from_date", self.span.first, time.min), ("to_date", self.span.last, _END_OF_DAY))
        moments = ((name, datetime.combine(day, at, BANK_ZONE)) for name, day, at in ends if day)
        return {name: moment.isoformat() for name, moment in moments}


def read_query(reading: Reading, now: date) -> MovementsQuery:
    """Return which movements a message asks for."""
    span, days, is_unread = find_span(reading.words, reading.tokens, now)
    is_coming = span is None and reading.matches("coming")
    is_future = span is not None and span.first is not None and span.first > now
    directions, types = reading.values("direction"), reading.values("movement")
    direction = next((way for way in ("credit", "debit") if way in directions), "")
    people = [part for part in reading.of("person", "name") if part.first not in days]
    other = people[0].value if len(people) == 1 else ""
    is_of_type = len(types) == 1 and not (other and direction == "credit")
    return MovementsQuery(
        account_type=account_type_in(reading),
        span=span,
        type=next(iter(types)) if is_of_type else "",
        direction=direction,
        about=_about(reading, days) if direction != "credit" else "",
        other=other,
        is_date_unread=is_unread or is_future or is_coming,
        limit=_limit(reading, days),
        is_sum=bool(reading.values("sum")),
    )


def account_type_in(reading: Reading) -> str:
    """Return the type of the only own account that is named, or nothing."""
    types = {part.value.type for part in reading.of("account")} - {""}
    return types.pop() if len(types) == 1 else ""


def _about(reading: Reading, days: range) -> str:
    """Return what money is said to have been spent on."""
    for part in reading.of("reason", "unread"):
        if part.first in days:
            continue
        if part.kind == "reason":
            return "" if _is_of_movements(reading, part) else part.value
        if _is_led(reading, part.first):
            return reading.said.quote(part.first, part.last)
    return ""


def _is_of_movements(reading: Reading, part: Part) -> bool:
    match = reading.match
    kinds = ("movement", "direction", "unit", "relative", "credit")
    return match(part.first, "money", "sum") is not None or any(
        match(place, *kinds) for place in range(part.first, part.last)
    )


def _is_led(reading: Reading, at: int) -> bool:
    match = reading.match
    at -= at > 1 and match(at - 1, "article") is not None
    return at > 0 and match(at - 1, "into", "for") is not None


def _limit(reading: Reading, days: range) -> int | None:
    tokens, match = reading.tokens, reading.match
    for part in reading.of("amount"):
        if part.first not in days and not part.value.is_money:
            number = part.value.value
            is_whole = not part.value.doubt and number == int(number)
            return int(number) if is_whole and 0 < number <= MAX_PAGE else None
    for place in range(len(tokens) - 1):
        last = match(place, "last", "relative")
        if last is None or (last.kind == "relative" and last.value != "recent"):
            continue
        after = tokens[place + last.length].word if place + last.length < len(tokens) else ""
        is_plural = after.endswith("s") or tokens[place].word.endswith("s")
        if after and place not in days and not is_plural:
            return 1
    return None
