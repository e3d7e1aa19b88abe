"""Days and spans of days as people write them, in Mexico's calendar days.

A day without its year is the last one that has been; a week begins on Monday.
"""

import calendar
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from console.agent.offline.amounts import AmountReader
from console.agent.offline.lexicon import Match, Words
from console.agent.offline.text import Token
from shared.clock import BANK_ZONE


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; None is open."""

    first: date | None
    last: date | None


_DAY: Final = timedelta(days=1)
_WEEK_DAYS: Final = 7
_SATURDAY: Final = 5
_MID_MONTH: Final = 15
_MONTHS: Final = 12
_CENTURY: Final = 2000
_TWO_DIGITS: Final = 100
_MAX_DIGITS: Final = 3
_RECENT_DAYS: Final = {"day": 1, "week": _WEEK_DAYS, "fortnight": 15}
_ISO, _WITH_YEAR, _WITHOUT_YEAR = 5, 5, 3
"""How many tokens a written date has, with its signs."""

_Found = tuple[Span, int]


def today(now: datetime) -> date:
    """Return the day in Mexico City."""
    return now.astimezone(BANK_ZONE).date()


@dataclass
class DayReader(AmountReader):
    """Reads the days that tokens speak of."""

    today: date

    def span_at(self, at: int) -> _Found | None:
        """Return the days that begin at a token, and the position after them.

        Raises ValueError for a day that there is not, such as 31 February.
        """
        start = self._skip(at, "from", "into", "definite", "since", "until", "between")
        opened = {self._text(place, "relative") for place in range(at, start)}
        found = self._range(start)
        if found is None and (found := self._single(start)) is not None:
            span, last = found
            if "since" in opened:
                return Span(span.first, None), last
            return (Span(None, span.last) if "until" in opened else span), last
        return found

    # --- from one day to another ---

    def _range(self, at: int) -> _Found | None:
        """Read "del 1 al 15", "del 28 de octubre al 3 de noviembre", "enero a marzo"."""
        first = self._day_and_month(at) or self._only_month(at)
        joint = self._joint(first[2]) if first is not None else 0
        second = (self._day_and_month(joint) or self._only_month(joint)) if joint else None
        if first is None or second is None or bool(first[0]) != bool(second[0]):
            return None
        (day, month, _), (to_day, to_month, last) = first, second
        if day and not (month or to_month or self._is_led(at)):
            return None
        year, last = self._year(last)
        to_month = to_month or month or self.today.month
        month = month or to_month
        to_year = year or self._year_of(to_month)
        first_day = date(to_year - (month > to_month), month, day or 1)
        last_day = date(to_year, to_month, to_day) if to_day else _end(to_year, to_month)
        return Span(first_day, last_day), last

    def _only_month(self, at: int) -> tuple[int, int | None, int] | None:
        month = self._number_of(at, "month")
        return None if month is None else (0, month, at + 1)

    def _year_of(self, month: int) -> int:
        """Return the year in which a month was last."""
        return self.today.year - (month > self.today.month)

    def _is_led(self, at: int) -> bool:
        """Tell whether "del 1 al 15" begins before a token."""
        return self.match(at - 1, "from", "between", "definite", "into") is not None

    def _joint(self, at: int) -> int:
        """Return the place after "al", "y" or a dash, 0 where there is none."""
        found = self.match(at, "into", "and") or self._relative(at, "until")
        length = found.length if found is not None else int(self.word(at) in {"-", "–"})
        return self._skip(at + length, "definite") if length else 0

    # --- one day, or one span that has a name ---

    def _single(self, at: int) -> _Found | None:
        readers = (
            self._written,
            self._day_of_month,
            self._whole_month,
            self._named,
            self._of_unit,
            self._weekday,
        )
        return next(filter(None, (reader(at) for reader in readers)), None)

    def _written(self, at: int) -> _Found | None:
        """Read 2026-11-01 and 25/11 and 25/11/2026."""
        said = [token.said for token in self.tokens[at : at + _ISO]]
        numbers = [int(one) if one.isdigit() else -1 for one in said[::2]]
        if len(said) < _WITHOUT_YEAR or -1 in numbers[:2]:
            return None
        if said[1::2] == ["-", "-"] and len(said[0]) == len("2026") and -1 not in numbers:
            day = date(*numbers)
            return Span(day, day), at + _ISO
        if said[1] != "/" or numbers[1] > _MONTHS:
            return None
        if said[3:4] == ["/"] and numbers[2:] not in ([], [-1]):
            year = numbers[2] + (_CENTURY if numbers[2] < _TWO_DIGITS else 0)
            day = date(year, numbers[1], numbers[0])
            return Span(day, day), at + _WITH_YEAR
        day = date(self.today.year, numbers[1], numbers[0])
        day = day.replace(year=day.year - (day > self.today))
        return Span(day, day), at + _WITHOUT_YEAR

    def _day_and_month(self, at: int) -> tuple[int, int | None, int] | None:
        """Read "1", "1 de noviembre", "Nov 1", "primero de mayo"."""
        month = self._number_of(at, "month")
        day = self._number(at if month is None else at + 1)
        if day is None or month is not None:
            return None if day is None else (day[0], month, day[1])
        after = self._skip(day[1], "from", "definite")
        month = self._number_of(after, "month")
        return (day[0], month, day[1] if month is None else after + 1)

    def _day_of_month(self, at: int) -> _Found | None:
        found = self._day_and_month(at)
        if found is None or found[1] is None:
            return None
        year, last = self._year(found[2])
        then = date(year or self.today.year, found[1], found[0])
        then = then.replace(year=then.year - (then > self.today and not year))
        return Span(then, then), last

    def _whole_month(self, at: int) -> _Found | None:
        month = self._number_of(at, "month")
        if month is None:
            return None
        year, last = self._year(at + 1)
        year = year or self._year_of(month)
        first, end = date(year, month, 1), _end(year, month)
        return Span(first, min(end, self.today) if first <= self.today else end), last

    def _named(self, at: int) -> _Found | None:
        """Read "ayer" and "el fin de semana pasado"."""
        found = self.match(at, "day")
        if found is not None:
            day = self.today - int(found.value) * _DAY
            return Span(day, day), at + found.length
        at = self._past(at, "this", "last", "recent")
        weekend = self._relative(at, "weekend")
        if weekend is None:
            return None
        saturday = self.today - ((self.today.weekday() - _SATURDAY) % _WEEK_DAYS) * _DAY
        last = self._past(at + weekend.length, "last")
        return Span(saturday, min(saturday + _DAY, self.today)), last

    def _weekday(self, at: int) -> _Found | None:
        at = self._past(at, "this", "last", "recent")
        weekday = self._number_of(at, "weekday")
        if weekday is None:
            return None
        back, last = (self.today.weekday() - weekday) % _WEEK_DAYS, self._past(at + 1, "last")
        day = self.today - (_WEEK_DAYS if last > at + 1 and not back else back) * _DAY
        return Span(day, day), last

    def _of_unit(self, at: int) -> _Found | None:
        """Read "this week", "el mes pasado", "los últimos 3 días", "últimas dos semanas"."""
        relative = self.match(at, "relative")
        place = at + relative.length if relative is not None else at
        count = self._number(place)
        place = count[1] if count is not None else place
        unit = self.match(place, "unit")
        if unit is None:
            return None
        last = place + unit.length
        said = relative.value if relative is not None else ""
        if not said and (after := self.match(last, "relative")) is not None:
            said, last = after.value, last + after.length
        if said == "recent" and count is None and self.words.first.grammar["last_is_before"]:
            said = "last"
        if said == "recent":
            return self._recent(unit.value, count[0] if count is not None else 1), last
        if count is None and (said in {"this", "last"} or (not said and self._is_led(at))):
            return self._in(unit.value, is_before=said == "last"), last
        return None

    def _in(self, unit: str, *, is_before: bool) -> Span:
        """Return the day, week, fortnight, month or year that today is in, or the one before."""
        first = _first_of(unit, self.today)
        end = first - _DAY
        return Span(_first_of(unit, end), end) if is_before else Span(first, self.today)

    def _recent(self, unit: str, count: int) -> Span:
        now = self.today
        if unit in _RECENT_DAYS:
            return Span(now - count * _RECENT_DAYS[unit] * _DAY, now)
        months = now.year * _MONTHS + now.month - 1 - count * (_MONTHS if unit == "year" else 1)
        year, month = divmod(months, _MONTHS)
        return Span(date(year, month + 1, min(now.day, _end(year, month + 1).day)), now)

    # --- words ---

    def _year(self, at: int) -> tuple[int, int]:
        """Return the year that is said at a token, 0 for none, and the position after it."""
        place = self._skip(at, "from", "definite", "stop")
        said = self.word(place)
        if said.isdigit() and said.startswith("20") and len(said) == len(str(_CENTURY)):
            return int(said), place + 1
        words = [self._text(p, "unit") or self._text(p, "relative") for p in (place, place + 1)]
        if words in (["year", "last"], ["recent", "year"]):
            return self.today.year - 1, place + 2
        return 0, at

    def _number(self, at: int) -> tuple[int, int] | None:
        said = self.word(at)
        if said.isdigit():
            return (int(said), at + 1) if len(said) <= _MAX_DIGITS else None
        return (1, at + 1) if self._number_of(at, "ordinal") == 1 else self.number_at(at)

    def _skip(self, at: int, *kinds: str) -> int:
        """Return the place after little words; one that tells which days is none."""
        for _ in range(4):
            found, relative = self.match(at, *kinds), self.match(at, "relative")
            if relative is not None and relative.value in kinds:
                at += max(relative.length, found.length if found is not None else 0)
            elif found is not None and (relative is None or relative.value in {"since", "until"}):
                at += found.length
            else:
                break
        return at

    def _past(self, at: int, *relatives: str) -> int:
        found = self.match(at, "relative")
        return at + found.length if found is not None and found.value in relatives else at

    def _relative(self, at: int, value: str) -> Match | None:
        found = self.match(at, "relative")
        return found if found is not None and found.value == value else None

    def _number_of(self, at: int, kind: str) -> int | None:
        text = self._text(at, kind)
        return int(text) if text else None

    def _text(self, at: int, kind: str) -> str:
        found = self.match(at, kind)
        return found.value if found is not None else ""


def _first_of(unit: str, day: date) -> date:
    """Return the first day of the day, week, fortnight, month or year that a day is in."""
    firsts = {
        "day": day,
        "week": day - day.weekday() * _DAY,
        "fortnight": day.replace(day=1 if day.day <= _MID_MONTH else _MID_MONTH + 1),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }
    return firsts[unit]


def before(span: Span) -> Span | None:
    """Return the month before a month, the week before a week; else as many days before."""
    if span.first is None or span.last is None:
        return None
    first, last = span.first, span.first - _DAY
    if first.day == 1:
        return Span(_first_of("month" if span.last.month == first.month else "year", last), last)
    is_week = first.weekday() == 0 and (span.last - first).days < _WEEK_DAYS
    count = _WEEK_DAYS if is_week else (span.last - first).days + 1
    return Span(first - count * _DAY, last)


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def find_span(words: Words, tokens: Sequence[Token], now: date) -> tuple[Span | None, range, bool]:
    """Return the days of a message, the tokens that say them, and whether some are unreadable."""
    reader, spans, covered, is_unread = DayReader(words, tokens, now), [], range(0), False
    at = 0
    while at < len(tokens):
        try:
            found = reader.span_at(at)
        except ValueError:
            found, is_unread = None, True
        if found is None:
            at += 1
            continue
        spans.append(found[0])
        covered, at = range(covered.start if covered else at, found[1]), found[1]
    span = _together(spans)
    is_unread = is_unread or (span is None and bool(spans))
    return None if is_unread else span, covered, is_unread


def _together(spans: list[Span]) -> Span | None:
    """Return days one after the other as one span, "ayer y antier"; None for none, or others."""
    if len(spans) < 2:  # noqa: PLR2004 - one span is together
        return spans[0] if spans else None
    days = sorted((s.first, s.last) for s in spans if s.first and s.last)
    is_joined = all(after[0] - before[1] <= _DAY for before, after in itertools.pairwise(days))
    return Span(days[0][0], days[-1][1]) if is_joined and len(days) == len(spans) else None
