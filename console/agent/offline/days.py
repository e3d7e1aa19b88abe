"""Days and spans of days as people write them, in Mexico's calendar days.

A day without its year is the last one that has been; a week begins on Monday.
"""

import calendar
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from console.agent.offline.amounts import AmountReader
from console.agent.offline.lexicon import Lexicon
from console.agent.offline.text import Part, Token
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
_RECENT_DAYS: Final = {"day": 1, "week": _WEEK_DAYS, "fortnight": 15}


def today(now: datetime) -> date:
    """Return the day in Mexico City."""
    return now.astimezone(BANK_ZONE).date()


# --- the forms that days are written in ---


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _last_year_of(now: date, month: int) -> int:
    """Return the year in which a month was last."""
    return now.year - (month > now.month)


def _date(now: date, day: int, month: int, year: int = 0) -> Span:
    year += _CENTURY if 0 < year < _TWO_DIGITS else 0
    then = date(year or now.year, month, day)
    then = then.replace(year=then.year - (then > now and not year))
    return Span(then, then)


def _range(
    now: date, *, month: int = 0, to_month: int = 0, day: int = 0, to_day: int = 0, year: int = 0
) -> Span:
    to_month = to_month or month or now.month
    month, to_year = month or to_month, year or _last_year_of(now, to_month)
    first = date(to_year - (month > to_month), month, day or 1)
    return Span(first, date(to_year, to_month, to_day) if to_day else _end(to_year, to_month))


def _month(now: date, month: int, year: int = 0) -> Span:
    year = year or _last_year_of(now, month)
    first, end = date(year, month, 1), _end(year, month)
    return Span(first, min(end, now) if first <= now else end)


def _back(now: date, back: int) -> Span:
    day = now - back * _DAY
    return Span(day, day)


def _weekend(now: date) -> Span:
    saturday = now - ((now.weekday() - _SATURDAY) % _WEEK_DAYS) * _DAY
    return Span(saturday, min(saturday + _DAY, now))


def _weekday(now: date, weekday: int, before: str = "") -> Span:
    back = (now.weekday() - weekday) % _WEEK_DAYS
    return _back(now, _WEEK_DAYS if before and not back else back)


def _recent(now: date, unit: str, count: int = 1) -> Span:
    if unit in _RECENT_DAYS:
        return Span(now - count * _RECENT_DAYS[unit] * _DAY, now)
    months = now.year * _MONTHS + now.month - 1 - count * (_MONTHS if unit == "year" else 1)
    year, month = divmod(months, _MONTHS)
    return Span(date(year, month + 1, min(now.day, _end(year, month + 1).day)), now)


def _in(now: date, unit: str, before: str = "") -> Span:
    """Return the day, week, fortnight, month or year that today is in, or the one before."""
    first = _first_of(unit, now)
    return Span(_first_of(unit, first - _DAY), first - _DAY) if before else Span(first, now)


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


_LITTLE: Final = "[o&sh]"
_TO: Final = "[&+h-]o*"
_MONTH: Final = "o*(?P<month>m)"
_YEAR: Final = "(?:o*(?P<year>y|al|[rx]a))?"
_UNIT: Final = "(?P<unit>[ua])"
_FORMS: Final = tuple(
    (re.compile(f"(?P<lead>{_LITTLE}*)(?:{form})"), span_of)
    for form, span_of in (
        ("(?P<year>y)-(?P<month>n)-(?P<day>n)", _date),
        ("(?P<day>n)/(?P<month>n)(?:/(?P<year>[ny]))?", _date),
        (f"(?P<day>n)(?:{_MONTH})?{_TO}(?P<to_day>n)o*(?P<to_month>m){_YEAR}", _range),
        (f"(?P<day>n){_MONTH}{_TO}(?P<to_day>n){_YEAR}", _range),
        (f"(?P<month>m)(?P<day>n){_TO}(?P<to_month>m)?(?P<to_day>n){_YEAR}", _range),
        (f"(?<={_LITTLE})(?P<day>n){_TO}(?P<to_day>n)", _range),
        (f"(?P<month>m){_TO}(?P<to_month>m){_YEAR}", _range),
        (f"(?P<day>n){_MONTH}{_YEAR}", _date),
        (f"(?P<month>m)(?P<day>n){_YEAR}", _date),
        (f"(?P<month>m){_YEAR}", _month),
        ("(?P<back>d)", _back),
        ("[tlrx]?kl?", _weekend),
        ("[tr]?(?P<weekday>w)(?P<before>l)?", _weekday),
        ("(?P<before>[lx])(?P<weekday>w)", _weekday),
        (f"[rx](?P<count>n){_UNIT}", _recent),
        (f"(?P<count>n)?{_UNIT}r", _recent),
        (f"r{_UNIT}", _recent),
        (f"{_UNIT}(?:t|(?P<before>l))", _in),
        (f"(?:t|(?P<before>[lx])|(?<={_LITTLE})){_UNIT}(?!h)", _in),
    )
)
"""How days are written, in the letters of `_LETTERS`; and `n` for a number, `y` for a year."""
_LETTERS: Final[Mapping[str, str]] = dict(
    re.findall(
        r"(\S+)=(\S)",
        "month=m weekday=w day=d unit=u unit.year=a into=& and=+ from=o definite=o between=o "
        "relative.this=t relative.last=l relative.recent=r relative.latest=x relative.weekend=k "
        "relative.since=s relative.until=h -=- –=- /=/",
    )
)
"""By the kind of a phrase, or its kind and value."""
_KINDS: Final = ("month", "weekday", "day", "unit", "relative", "into", "and")
_MAX_PIECES: Final = 12
_YEAR_DIGITS: Final = 4
_MANY: Final = 1_000


# --- reading them ---


class _Piece(NamedTuple):
    letter: str
    value: Any
    last: int


@dataclass
class DayReader(AmountReader):
    """Reads the days that tokens speak of."""

    today: date

    def days_at(self, at: int) -> Part | None:
        """Return the days that begin at a token, of kind `dates` where only numbers say so.

        Raises ValueError for a day that there is not, such as 31 February.
        """
        pieces, place = list[_Piece](), at
        while len(pieces) < _MAX_PIECES and (piece := self._piece(place)).letter:
            pieces.append(piece)
            place = piece.last
        letters = "".join(piece.letter for piece in pieces)
        matches = ((form.match(letters), span_of) for form, span_of in _FORMS)
        found, span_of = next((both for both in matches if both[0] is not None), (None, _back))
        if found is None:
            return None
        names = [name for name, text in found.groupdict().items() if text is not None]
        said = {name: pieces[found.start(name)].value for name in names if name != "lead"}
        if isinstance(said.get("year"), str):
            said["year"] = self.today.year - 1
        span, lead = span_of(self.today, **said), found["lead"]
        if span_of is not _range and "s" in lead:
            span = Span(span.first, None)
        elif span_of is not _range and "h" in lead:
            span = Span(None, span.last)
        kind = "dates" if set(found.group()) <= set("no&+-") else "day"
        return Part(kind, at, pieces[found.end() - 1].last, span)

    def _piece(self, at: int) -> _Piece:
        word, ordinal = self.word(at), self.match(at, "ordinal")
        if word.isdigit():
            is_year = len(word) == _YEAR_DIGITS and word.startswith("20")
            letter = "y" if is_year else "n" if len(word) < _YEAR_DIGITS else ""
            return _Piece(letter, int(word), at + 1)
        found = self.match(at, *_KINDS) or self.match(at, "from", "definite", "between")
        if found is not None:
            named = _LETTERS.get(f"{found.kind}.{found.value}")
            letter = named or _LETTERS.get(found.kind, "")
            value = int(found.value) if found.value.isdigit() else found.value
            return _Piece(letter, value, found.last)
        if ordinal is not None and ordinal.value == "1":
            return _Piece("n", 1, at + 1)
        number = self.number_at(at)
        if number is not None and number.whole is not None and number.whole < _MANY:
            return _Piece("n", number.whole, number.last)
        return _Piece(_LETTERS.get(word, ""), word, at + 1)


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


def find_span(
    words: Lexicon, tokens: Sequence[Token], now: date
) -> tuple[Span | None, range, bool]:
    """Return the days of a message, the tokens that say them, and whether some are unreadable."""
    reader, spans, covered, is_unread = DayReader(words, tokens, now), [], range(0), False
    at = 0
    while at < len(tokens):
        try:
            found = reader.days_at(at)
        except ValueError:
            found, is_unread = None, True
        if found is not None:
            spans.append(found.value)
            covered = range(covered.start if covered else at, found.last)
        at = found.last if found is not None else at + 1
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
