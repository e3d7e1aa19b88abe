"""What a question about movements asks for: which ones, of which account, of which days."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from console.agent.offline.days import Span, find_span
from console.agent.offline.orders import Reading
from shared.clock import BANK_ZONE

MAX_PAGE: Final = 50
_END_OF_DAY: Final = time(23, 59, 59)
_COUNTED_DAYS: Final = ("unit", "month", "weekday")


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
        return {name: _moment(day, at) for name, day, at in ends if day is not None}


def read_query(reading: Reading, now: date) -> MovementsQuery:
    """Return which movements a message asks for."""
    tokens, words = reading.said.tokens, reading.words
    span, days, is_unread = find_span(words, tokens, now)
    is_coming = span is None and any(
        words.match(tokens, place, "coming") for place in range(len(tokens))
    )
    is_future = span is not None and span.first is not None and span.first > now
    credit = _value(reading, "direction", "credit")
    direction = credit or _value(reading, "direction", "debit")
    types = {
        found.value
        for place in range(len(tokens))
        if (found := words.match(tokens, place, "movement")) is not None
    }
    other = _other(reading, days)
    return MovementsQuery(
        account_type=account_type_in(reading),
        span=span,
        type=types.pop() if len(types) == 1 and not (other and credit) else "",
        direction=direction,
        about=_about(reading, days) if direction != "credit" else "",
        other=other,
        is_date_unread=is_unread or is_future or is_coming,
        limit=_limit(reading, days),
        is_sum=_value(reading, "sum", "sum") != "",
    )


def account_type_in(reading: Reading) -> str:
    """Return the type of the only own account that is named, or nothing."""
    types = {
        part.value.type for part in reading.parts if part.kind == "account" and part.value.type
    }
    return types.pop() if len(types) == 1 else ""


def _value(reading: Reading, kind: str, value: str) -> str:
    tokens = reading.said.tokens
    for place in range(len(tokens)):
        for lexicon in (reading.words.first, reading.words.second):
            if any(m.kind == kind and m.value == value for m in lexicon.matches(tokens, place)):
                return value
    return ""


def _other(reading: Reading, days: range) -> str:
    """Return who is said to have sent or got money: "¿cuánto me mandó mi hermano?"."""
    people = [p for p in reading.parts if p.kind in {"person", "name"} and p.first not in days]
    return people[0].value if len(people) == 1 else ""


def _about(reading: Reading, days: range) -> str:
    """Return what money is said to have been spent on."""
    tokens, words = reading.said.tokens, reading.words
    for part in reading.parts:
        if part.first in days:
            continue
        if part.kind == "reason":
            of = words.match(tokens, part.first, "movement", "direction", "unit", "money", "sum")
            named = _value_in(reading, part)
            return "" if of is not None or named else part.value
        if part.kind == "unread" and part.first and _is_spending_on(reading, part.first):
            return reading.said.quote(part.first, part.last)
    return ""


def _value_in(reading: Reading, part: object) -> bool:
    first, last = part.first, part.last  # type: ignore[attr-defined]
    places = range(first, last)
    kinds = ("movement", "direction", "unit", "relative", "credit", "plain_time")
    return any(reading.words.match(reading.said.tokens, p, *kinds) for p in places)


def _is_spending_on(reading: Reading, at: int) -> bool:
    tokens = reading.said.tokens
    led = reading.words.match(tokens, at - 1, "into", "for") is not None
    direct = reading.words.match(tokens, at - 1, "article") is not None and at > 1
    return led or (direct and reading.words.match(tokens, at - 2, "into", "for") is not None)


def _limit(reading: Reading, days: range) -> int | None:
    for part in reading.parts:
        if part.kind == "amount" and part.first not in days and not part.value.is_money:
            number = part.value.value
            is_whole = not part.value.doubt and number == int(number)
            return int(number) if is_whole and 0 < number <= MAX_PAGE else None
    tokens = reading.said.tokens
    for place in range(len(tokens) - 1):
        last = reading.words.match(tokens, place, "last", "relative")
        if last is None or (last.kind == "relative" and last.value != "recent"):
            continue
        after = tokens[place + last.length].word if place + last.length < len(tokens) else ""
        is_plural = after.endswith("s") or tokens[place].word.endswith("s")
        if after and place not in days and not is_plural:
            return 1
    return None


def _moment(day: date, at: time) -> str:
    return datetime.combine(day, at, tzinfo=BANK_ZONE).isoformat()
