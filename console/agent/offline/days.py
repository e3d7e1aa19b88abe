"""Days and spans of days as people write them, in Mexico's calendar days.

A day without its year is the last one that has been; a week begins on Monday.
"""

import calendar
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from console.agent.offline.amounts import AmountReader
from console.agent.offline.text import Part
from shared.clock import BANK_ZONE


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; None is open."""

    first: date | None
    last: date | None


_DAY: Final = timedelta(days=1)
_DAYS: Final = {"day": 1, "week": 7, "fortnight": 15}
_MONTHS: Final = {"month": 1, "year": 12}
_WEEK: Final = 7
_SATURDAY: Final = 5
_MID_MONTH: Final = 15
_CENTURY: Final = 2000
_TWO_DIGITS: Final = 100


def today(now: datetime) -> date:
    """Return the day in Mexico City."""
    return now.astimezone(BANK_ZONE).date()


# --- the forms that days are written in ---


def _dates(
    now: date, *, day: int = 0, month: int = 0, to_day: int = 0, to_month: int = 0, year: int = 0
) -> Span:
    """Return a day, a month, or what lies between two of them: the last that have been."""
    to_month = to_month or month or now.month
    month, to_day = month or to_month, to_day or day
    year += _CENTURY * (0 < year < _TWO_DIGITS)
    year = year or now.year - (date(now.year, to_month, day * (month == to_month) or 1) > now)
    first, end = date(year - (month > to_month), month, day or 1), _end(year, to_month)
    return Span(first, end.replace(day=to_day) if to_day else max(first, min(end, now)))


def _last(now: date, day: int) -> Span:
    """Return the last day of this number that has been."""
    month = now if day <= now.day else now.replace(day=1) - _DAY
    return Span(month.replace(day=day), month.replace(day=day))


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _half(now: date, half: int, month: int = 0, year: int = 0) -> Span:
    """Return a half of a month: to the 15th, or from the 16th."""
    whole = _dates(now, month=month or now.month, year=year)
    first, last = whole.first or now, whole.last or now
    middle = first.replace(day=_MID_MONTH)
    return Span(first, min(middle, last)) if half == 1 else Span(middle + _DAY, last)


def _back(now: date, back: int) -> Span:
    return Span(now - back * _DAY, now - back * _DAY)


def _weekend(now: date) -> Span:
    saturday = now - (now.weekday() - _SATURDAY) % _WEEK * _DAY
    return Span(saturday, min(saturday + _DAY, now))


def _weekday(now: date, weekday: int, before: str = "") -> Span:
    return _back(now, (now.weekday() - weekday) % _WEEK or _WEEK * bool(before))


def _recent(now: date, unit: str, count: int = 1) -> Span:
    year, month = divmod(now.year * 12 + now.month - 1 - count * _MONTHS.get(unit, 0), 12)
    first = min(_end(year, month + 1), date(year, month + 1, 1) + (now.day - 1) * _DAY)
    return Span(first - count * _DAYS.get(unit, 0) * _DAY, now)


def _in(now: date, unit: str, before: str = "", count: int = 1) -> Span:
    """Return the day, week, fortnight, month or year that today is in, or one so many before."""
    first, last = _first_of(unit, now), now
    for _ in range(bool(before) * (2 if before == "before_last" else count)):
        last = first - _DAY
        first = _first_of(unit, last)
    return Span(first, last)


def _first_of(unit: str, day: date) -> date:
    if unit in {"day", "week"}:
        return day - day.weekday() * _DAY if unit == "week" else day
    second = _MID_MONTH + 1 if unit == "fortnight" and day.day > _MID_MONTH else 1
    return day.replace(month=1 if unit == "year" else day.month, day=second)


_LITTLE: Final = "[oe&sh]"
_TO: Final = "[&+h-][oe]*"
_MONTH: Final = "[oe]*(?P<month>m)"
_YEAR: Final = "(?:[oe]*(?P<year>y|al|[rx]a))?"
_UNIT: Final = "(?P<unit>[ua])"
_FORMS: Final = tuple(
    (re.compile(f"({_LITTLE}*)(?:{form})"), span_of)
    for form, span_of in (
        ("(?P<year>y)-(?P<month>n)-(?P<day>n)", _dates),
        ("(?P<day>n)/(?P<month>n)(?:/(?P<year>[ny]))?", _dates),
        (f"(?P<day>n)(?:{_MONTH})?{_TO}(?P<to_day>n)[oe]*(?P<to_month>m){_YEAR}", _dates),
        (f"(?P<day>n){_MONTH}{_TO}(?P<to_day>n){_YEAR}", _dates),
        (f"(?P<month>m)(?P<day>n){_TO}(?P<to_month>m)?(?P<to_day>n){_YEAR}", _dates),
        (f"(?<={_LITTLE})(?P<day>n){_TO}(?P<to_day>n)", _dates),
        (f"(?P<month>m){_TO}(?P<to_month>m){_YEAR}", _dates),
        (f"(?P<day>n){_MONTH}{_YEAR}", _dates),
        (f"(?P<month>m)(?P<day>n)?{_YEAR}", _dates),
        (f"(?P<half>f)(?:{_MONTH})?{_YEAR}", _half),
        ("(?:e|(?<=[sh]))(?P<day>n)(?![nua])", _last),
        ("(?P<back>d)", _back),
        ("[tlrx]?kl?", _weekend),
        ("[tr]?(?P<weekday>w)(?P<before>l)?", _weekday),
        ("(?P<before>[lx])(?P<weekday>w)", _weekday),
        (f"(?P<count>n)?{_UNIT}r", _recent),
        (f"(?P<before>g)(?P<count>n)?{_UNIT}", _in),
        (f"(?P<count>n)?{_UNIT}(?P<before>g)", _in),
        (f"{_UNIT}(?:t|(?P<before>[lb]))", _in),
        (f"(?:t|(?P<before>[lx])|(?<={_LITTLE})){_UNIT}(?!h)", _in),
        (f"[rx]{_UNIT}", _recent),
        (f"[rx]?(?P<count>n){_UNIT}", _recent),
    )
)
"""How days are written, in the letters of `_LETTERS`; and `n` for a number, `y` for a year."""
_LETTERS: Final[Mapping[str, str]] = dict(
    re.findall(
        r"(\S+)=(\S)",
        "month=m weekday=w day=d unit=u unit.year=a into=& and=+ from=o definite=o between=o "
        "whose=o the_day=e relative.this=t relative.last=l relative.recent=r relative.latest=x "
        "relative.weekend=k relative.since=s relative.until=h relative.ago=g "
        "relative.before_last=b ordinal=n half_month=f -=- –=- /=/",
    )
)
"""By the kind of a phrase, or its kind and value."""
_KINDS: Final = ("half_month", "month", "weekday", "day", "unit", "relative", "into", "and")
_LEADS: Final = ("from", "whose", "definite", "between", "ordinal")
_MAX_PIECES: Final = 12
_MANY: Final = 1_000


# --- reading them ---


@dataclass
class DayReader(AmountReader):
    """Reads the days that tokens speak of."""

    today: date

    def days_at(self, at: int) -> Part | None:
        """Return the days that begin at a token, of kind `now` or `day`.

        They are `dates` where only numbers say so, and where there are none such: with the span
        None for 31 February.
        """
        pieces, place = list[Part](), at
        while len(pieces) < _MAX_PIECES and (piece := self._piece(place)).kind:
            pieces.append(piece)
            place = piece.last
        letters = "".join(piece.kind for piece in pieces)
        matches = ((form.match(letters), span_of) for form, span_of in _FORMS)
        found, span_of = next((both for both in matches if both[0] is not None), (None, _back))
        if found is None:
            return None
        names = [name for name, text in found.groupdict().items() if text is not None]
        said = {name: pieces[found.start(name)].value for name in names}
        if isinstance(said.get("year"), str):
            said["year"] = self.today.year - 1
        try:
            span: Span | None = span_of(self.today, **said)
        except ValueError:
            span = None
        if span is not None and not said.keys() & {"to_day", "to_month"}:
            since, until = "s" in found[1], "h" in found[1] and "s" not in found[1]
            span = Span(None if until else span.first, None if since else span.last)
        is_now = span == Span(self.today, self.today) and self.match(at, "now") is not None
        is_bare = "n" in found.group() and set(found.group()) <= set("noeua&+-")
        is_unsure = span is None or is_bare
        kind = "dates" if is_unsure else "now" if is_now else "day"
        return Part(kind, at, pieces[found.end() - 1].last, span)

    def days(self) -> tuple[Span | None, range, bool]:
        """Return the days of all, the tokens that say them, and whether some are unreadable.

        Several are one span where one follows the other: "ayer y antier".
        """
        found, at = list[Part](), 0
        while at < len(self.tokens):
            days = self.days_at(at)
            found += [] if days is None else [days]
            at = at + 1 if days is None else days.last
        if not found:
            return None, range(0), False
        ends = sorted((s.first, s.last) for day in found if (s := day.value) and s.first and s.last)
        is_joined = all(after[0] - before[1] <= _DAY for before, after in itertools.pairwise(ends))
        is_whole = is_joined and len(ends) == len(found)
        span = Span(ends[0][0], ends[-1][1]) if is_whole else None if found[1:] else found[0].value
        return span, range(found[0].first, found[-1].last), span is None

    def _piece(self, at: int) -> Part:
        """Return a token or a phrase with its letter as the kind, empty where days end."""
        word, number = self.word(at), self.number_at(at)
        kinds = (*_KINDS, "the_day") if self.word(self.after(at, "the_day")).isdigit() else _KINDS
        found = self.match(at, *kinds) or self.match(at, *_LEADS)
        if found is not None:
            named = _LETTERS.get(f"{found.kind}.{found.value}")
            value = int(found.value) if found.value.isdigit() else found.value
            return Part(named or _LETTERS.get(found.kind, ""), at, found.last, value)
        if word.isdigit() or number is None or number.whole is None:
            last = self.past(at + 1, "nth", limit=1)
            count = int(word) if word.isdigit() else _MANY
        else:
            count, last = number.whole, number.last
        letter = "n" if count < _MANY else "y" if count // 100 == _CENTURY // 100 else ""
        return Part(letter or _LETTERS.get(word, ""), at, last, count)


def before(span: Span) -> Span | None:
    """Return the week before a week, the month before a month; None for other days."""
    first, last = span.first, span.last or date.min
    unit = next((unit for unit in ("week", "month", "year") if first == _first_of(unit, last)), "")
    return _in(last, unit, "last") if unit else None
