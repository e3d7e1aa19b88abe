"""Days and spans of days as people write them, in Mexico's calendar days.

A day without its year is the last one that has been; a week begins on Monday.
"""

import calendar
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from console.agent.offline.amounts import number_at
from console.agent.offline.lexicon import Words
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
_MAX_DAY: Final = 31
_FORTNIGHT: Final = 15
_WRITTEN: Final = 5
"""How many tokens a whole date has, with its signs."""

_Found = tuple[Span, int]


def today(now: datetime) -> date:
    """Return the day in Mexico City."""
    return now.astimezone(BANK_ZONE).date()


@dataclass
class DayReader:
    """Reads the days that tokens speak of."""

    words: Words
    tokens: Sequence[Token]
    today: date

    def span_at(self, at: int) -> _Found | None:
        """Return the days that begin at a token, and the position after them.

        Raises ValueError for a day that there is not, such as 31 February.
        """
        start = self._skip(at, "from", "into", "definite", "since", "until", "between")
        opened = self._way(at, start)
        whole = self._range(start)
        if whole is not None:
            return whole
        found = self._single(start)
        if found is None:
            return None
        span, last = found
        if opened == "since":
            span = Span(span.first, None)
        elif opened == "until":
            span = Span(None, span.last)
        return span, last

    def _way(self, at: int, start: int) -> str:
        for place in range(at, start):
            found = self.words.match(self.tokens, place, "relative")
            if found is not None and found.value in {"since", "until"}:
                return found.value
        return ""

    def _range(self, at: int) -> _Found | None:
        first = self._one_day(at, needs_month=False)
        if first is None:
            return self._months(at)
        joint = self._joint(first[1])
        second = self._one_day(joint, needs_month=False) if joint else None
        if second is None or (first[0][1] is None and second[0][1] is None and not self._of(at)):
            return None
        (day, month), (to_day, to_month) = first[0], second[0]
        year, last = self._year(second[1])
        to_month = to_month or month or self.today.month
        month = month or to_month
        to_year = year or (self.today.year - (to_month > self.today.month))
        return Span(
            date(to_year - (month > to_month), month, day), date(to_year, to_month, to_day)
        ), last

    def _of(self, at: int) -> bool:
        """Tell whether "del 1 al 15" begins before a token."""
        kinds = ("from", "between", "definite", "into")
        return at > 0 and self.words.match(self.tokens, at - 1, *kinds) is not None

    def _joint(self, at: int) -> int:
        """Return the place after "al", "y" or a dash, 0 where there is none."""
        found = self.words.match(self.tokens, at, "into", "and")
        length = found.length if found is not None else self._valued(at, "until") or 0
        if not length and at < len(self.tokens) and self.tokens[at].said in "-–":
            length = 1
        return self._skip(at + length, "definite") if length else 0

    def _months(self, at: int) -> _Found | None:
        month = self._value(at, "month")
        if month is None:
            return None
        joint = self._joint(at + 1)
        to_month = self._value(joint, "month") if joint else None
        if to_month is None:
            return None
        year, last = self._year(joint + 1)
        to_year = year or (self.today.year - (to_month > self.today.month))
        first = date(to_year - (month > to_month), month, 1)
        return Span(first, _end(to_year, to_month)), last

    def _single(self, at: int) -> _Found | None:
        for reader in (
            self._written,
            self._day_of_month,
            self._whole_month,
            self._named_day,
            self._weekend,
            self._of_unit,
            self._weekday,
        ):
            found = reader(at)
            if found is not None:
                return found
        return None

    def _written(self, at: int) -> _Found | None:
        """Read 2026-11-01 and 25/11 and 25/11/2026."""
        said = [token.said for token in self.tokens[at : at + 5]]
        is_iso = len(said) == _WRITTEN and said[1] == said[3] == "-" and len(said[0]) == len("2026")
        if is_iso and said[0].isdigit() and said[2].isdigit() and said[4].isdigit():
            day = date(int(said[0]), int(said[2]), int(said[4]))
            return Span(day, day), at + _WRITTEN
        if (
            len(said) < len("d/m")
            or said[1] != "/"
            or not (said[0].isdigit() and said[2].isdigit())
        ):
            return None
        if int(said[2]) > _MONTHS:
            return None
        has_year = len(said) == _WRITTEN and said[3] == "/" and said[4].isdigit()
        year = int(said[4]) if has_year else self.today.year
        year += _CENTURY if year < _TWO_DIGITS else 0
        day = date(year, int(said[2]), int(said[0]))
        if day > self.today and not has_year:
            day = day.replace(year=year - 1)
        return Span(day, day), at + (5 if has_year else 3)

    def _one_day(self, at: int, *, needs_month: bool) -> tuple[tuple[int, int | None], int] | None:
        """Read "1", "1 de noviembre", "Nov 1", "primero de mayo"."""
        month = self._value(at, "month")
        if month is not None:
            day = self._number(at + 1)
            return None if day is None else ((day[0], month), day[1])
        day = self._number(at)
        if day is None:
            return None
        after = self._skip(day[1], "from", "definite")
        month = self._value(after, "month")
        if month is None:
            return None if needs_month else ((day[0], None), day[1])
        return (day[0], month), after + 1

    def _day_of_month(self, at: int) -> _Found | None:
        found = self._one_day(at, needs_month=True)
        if found is None:
            return None
        (day, month), position = found
        if month is None:
            return None
        year, last = self._year(position)
        then = date(year or self.today.year, month, day)
        if then > self.today and not year:
            then = then.replace(year=then.year - 1)
        return Span(then, then), last

    def _whole_month(self, at: int) -> _Found | None:
        month = self._value(at, "month")
        if month is None:
            return None
        year, last = self._year(at + 1)
        year = year or (self.today.year - (month > self.today.month))
        first, end = date(year, month, 1), _end(year, month)
        return Span(first, min(end, self.today) if first <= self.today else end), last

    def _named_day(self, at: int) -> _Found | None:
        found = self.words.match(self.tokens, at, "day")
        if found is None:
            return None
        day = self.today - int(found.value) * _DAY
        return Span(day, day), at + found.length

    def _weekday(self, at: int) -> _Found | None:
        at = self._skip_relative(at)
        weekday = self._value(at, "weekday")
        if weekday is None:
            return None
        back = (self.today.weekday() - weekday) % _WEEK_DAYS
        is_past = self._valued(at + 1, "last")
        back = _WEEK_DAYS if is_past and not back else back
        day = self.today - back * _DAY
        return Span(day, day), at + 1 + (is_past or 0)

    def _weekend(self, at: int) -> _Found | None:
        at = self._skip_relative(at)
        length = self._valued(at, "weekend")
        if not length:
            return None
        saturday = self.today - ((self.today.weekday() - _SATURDAY) % _WEEK_DAYS) * _DAY
        after = at + length + (self._valued(at + length, "last") or 0)
        return Span(saturday, min(saturday + _DAY, self.today)), after

    def _of_unit(self, at: int) -> _Found | None:
        """Read "this week", "el mes pasado", "los últimos 3 días", "últimas dos semanas"."""
        relative = self.words.match(self.tokens, at, "relative")
        place = at + relative.length if relative is not None else at
        count = self._number(place)
        place = count[1] if count is not None else place
        unit = self.words.match(self.tokens, place, "unit")
        if unit is None:
            return None
        last = place + unit.length
        after = self.words.match(self.tokens, last, "relative")
        said = relative.value if relative is not None else ""
        if not said and after is not None:
            said, last = after.value, last + after.length
        if said == "recent" and count is None and self.words.first.language == "en":
            said = "last"
        if said == "recent":
            return self._recent(unit.value, count[0] if count is not None else 1), last
        if said == "last" and count is None:
            return self._last(unit.value), last
        is_this = said == "this" or (not said and count is None and self._of(at))
        return (self.this(unit.value), last) if is_this and count is None else None

    def this(self, unit: str) -> Span:
        """Return the day, week, fortnight, month or year that today is in, up to today."""
        now = self.today
        firsts = {
            "day": now,
            "week": now - now.weekday() * _DAY,
            "fortnight": now.replace(day=1 if now.day <= _MID_MONTH else _MID_MONTH + 1),
            "month": now.replace(day=1),
            "year": now.replace(month=1, day=1),
        }
        return Span(firsts[unit], now)

    def _last(self, unit: str) -> Span:
        this = self.this(unit).first
        assert this is not None  # a span of this unit always begins somewhere
        end = this - _DAY
        before = DayReader(self.words, self.tokens, end).this(unit).first
        return Span(before, end)

    def _recent(self, unit: str, count: int) -> Span:
        now = self.today
        if unit in {"month", "year"}:
            months = count * (_MONTHS if unit == "year" else 1)
            year, month = divmod(now.year * _MONTHS + now.month - 1 - months, _MONTHS)
            day = min(now.day, calendar.monthrange(year, month + 1)[1])
            return Span(date(year, month + 1, day), now)
        days = {"day": 1, "week": _WEEK_DAYS, "fortnight": _FORTNIGHT}[unit]
        return Span(now - count * days * _DAY, now)

    # --- words ---

    def _year(self, at: int) -> tuple[int, int]:
        """Return the year that is said at a token, 0 for none, and the position after it."""
        place = self._skip(at, "from", "definite", "stop")
        said = self.tokens[place].said if place < len(self.tokens) else ""
        if said.isdigit() and len(said) == len(str(_CENTURY)) and said.startswith("20"):
            return int(said), place + 1
        if self._value_text(place, "unit") == "year" and self._valued(place + 1, "last"):
            return self.today.year - 1, place + 2
        if self._valued(place, "recent") and self._value_text(place + 1, "unit") == "year":
            return self.today.year - 1, place + 2
        return 0, at

    def _number(self, at: int) -> tuple[int, int] | None:
        if at >= len(self.tokens):
            return None
        said = self.tokens[at].said
        if said.isdigit():
            return (int(said), at + 1) if len(said) <= len(str(_MAX_DAY)) + 1 else None
        ordinal = self._value(at, "ordinal")
        if ordinal == 1:
            return 1, at + 1
        return number_at(self.words, self.tokens, at)

    def _skip(self, at: int, *kinds: str) -> int:
        while at < len(self.tokens):
            found = self.words.match(self.tokens, at, *kinds)
            relative = self.words.match(self.tokens, at, "relative")
            is_told = relative is not None and relative.value not in {"since", "until"}
            length = found.length if found is not None and not is_told else 0
            for value in ("since", "until"):
                if value in kinds:
                    length = max(length, self._valued(at, value) or 0)
            if not length:
                break
            at += length
        return at

    def _skip_relative(self, at: int) -> int:
        found = self.words.match(self.tokens, at, "relative")
        usable = found is not None and found.value in {"this", "last", "recent"}
        return at + found.length if found is not None and usable else at

    def _value(self, at: int, kind: str) -> int | None:
        text = self._value_text(at, kind)
        return int(text) if text else None

    def _value_text(self, at: int, kind: str) -> str:
        found = self.words.match(self.tokens, at, kind)
        return found.value if found is not None else ""

    def _valued(self, at: int, value: str) -> int | None:
        """Return the length of the word of this meaning at a token."""
        found = self.words.match(self.tokens, at, "relative")
        return found.length if found is not None and found.value == value else None


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
        covered = range(covered.start if covered else at, found[1])
        at = found[1]
    if len(spans) > 1:
        spans = _together(spans)
    return (
        (spans[0] if len(spans) == 1 and not is_unread else None),
        covered,
        is_unread or len(spans) > 1,
    )


def _together(spans: list[Span]) -> list[Span]:
    """Return days one after the other as one span: "ayer y antier"; others as they are."""
    days = sorted((s for s in spans if s.first and s.last), key=lambda s: str(s.first))
    if len(days) < len(spans):
        return spans
    for before, after in itertools.pairwise(days):
        if before.last is None or after.first is None or after.first - before.last > _DAY:
            return spans
    return [Span(days[0].first, days[-1].last)]
