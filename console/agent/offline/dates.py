"""Days and spans of days as people write them, in Mexico's calendar days.

A day without its year is the last one that has been; a week begins on Monday.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from console.agent.offline.numbers import SMALL
from console.agent.offline.text import Said
from console.agent.offline.vocabulary import MONTHS, WEEKDAYS


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; None is open."""

    first: date | None
    last: date | None
    start: int = 0
    end: int = 0
    """Where in the plain text it is said."""


_ONE_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_SUNDAY: Final = 6
_SATURDAY: Final = 5
_MID_MONTH: Final = 15
_DECEMBER: Final = 12
_CENTURY: Final = 2000
_TWO_DIGITS: Final = 100

_MONTH: Final = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_YEAR: Final = r"(?:(?: de| del|,| ,)? (?P<year>20[0-9]{2}|ano pasado|este ano|last year))?"
_NUMBER: Final = rf"(?P<count>[0-9]{{1,3}}|{'|'.join(SMALL)})"
_DAY: Final = r"(?P<day>[0-3]?[0-9]|primero)(?: ?(?:st|nd|rd|th|o))?"
_TO_DAY: Final = r"(?P<to_day>[0-3]?[0-9])(?: ?(?:st|nd|rd|th))?"
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_UNIT: Final = (
    r"(?P<unit>dias?|semanas?|meses|mes|quincenas?|anos?|days?|weeks?|months?|years?|horas?|hours?)"
)

_Reader = Callable[[re.Match[str], date], tuple[date | None, date | None] | None]


def read_span(said: Said, today: date) -> Span | None:
    """Return the days that a message speaks of; None when it speaks of none."""
    for pattern, reader in _READERS:
        for found in pattern.finditer(said.plain):
            try:
                days = reader(found, today)
            except ValueError:
                continue
            if days is not None:
                return Span(*days, found.start(), found.end())
    return None


def _month_of(found: re.Match[str], today: date, group: str = "month") -> tuple[date, date]:
    month = MONTHS[found[group]]
    year = _year_of(found, today, month)
    return date(year, month, 1), _end_of_month(year, month)


def _year_of(found: re.Match[str], today: date, month: int) -> int:
    said = found["year"] if "year" in found.re.groupindex else None
    if said and said.isdigit():
        return int(said)
    if said:
        return today.year if said == "este ano" else today.year - 1
    return today.year if month <= today.month else today.year - 1


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _whole_month(found: re.Match[str], today: date) -> tuple[date, date]:
    first, last = _month_of(found, today)
    return first, min(last, today) if first <= today else last


def _months(found: re.Match[str], today: date) -> tuple[date, date]:
    last_first, last = _month_of(found, today)
    month = MONTHS[found["from_month"]]
    year = last_first.year if month <= last_first.month else last_first.year - 1
    return date(year, month, 1), last


def _since_month(found: re.Match[str], today: date) -> tuple[date, None]:
    return _month_of(found, today)[0], None


def _until_month(found: re.Match[str], today: date) -> tuple[None, date]:
    return None, _month_of(found, today)[1]


def _half_month(found: re.Match[str], today: date) -> tuple[date, date]:
    first, last = _month_of(found, today)
    if found["half"].startswith(("primera", "first")):
        return first, first.replace(day=_MID_MONTH)
    return first.replace(day=_MID_MONTH + 1), last


def _day_of_month(found: re.Match[str], today: date) -> date:
    day = 1 if found["day"] == "primero" else int(found["day"])
    month = MONTHS[found["month"]]
    year = _year_of(found, today, month)
    then = date(year, month, day)
    return then.replace(year=year - 1) if then > today and not found["year"] else then


def _one_day(found: re.Match[str], today: date) -> tuple[date, date]:
    day = _day_of_month(found, today)
    return day, day


def _since_day(found: re.Match[str], today: date) -> tuple[date, None]:
    return _day_of_month(found, today), None


def _until_day(found: re.Match[str], today: date) -> tuple[None, date]:
    return None, _day_of_month(found, today)


def _days_of_month(found: re.Match[str], today: date) -> tuple[date, date] | None:
    first = _day_of_month(found, today)
    last = first.replace(day=int(found["to_day"]))
    return (first, last) if first <= last else None


def _days_of_months(found: re.Match[str], today: date) -> tuple[date, date] | None:
    month, to_month = MONTHS[found["month"]], MONTHS[found["to_month"]]
    year = _year_of(found, today, to_month)
    last = date(year, to_month, int(found["to_day"]))
    first = date(year if month <= to_month else year - 1, month, int(found["day"]))
    return (first, last) if first <= last else None


def _days_of_this_month(found: re.Match[str], today: date) -> tuple[date, date] | None:
    first, last = today.replace(day=int(found["day"])), today.replace(day=int(found["to_day"]))
    return (first, last) if first <= last else None


def _written_day(found: re.Match[str], today: date) -> tuple[date, date]:
    year = int(found["year"]) if found["year"] else today.year
    year += _CENTURY if year < _TWO_DIGITS else 0
    day = date(year, int(found["month"]), int(found["day"]))
    if day > today and not found["year"]:
        day = day.replace(year=year - 1)
    return day, day


def _written_days(found: re.Match[str], _today: date) -> tuple[date, date]:
    first, last = (
        date(int(found[f"year{n}"]), int(found[f"month{n}"]), int(found[f"day{n}"])) for n in "12"
    )
    return first, last


def _today(_found: re.Match[str], today: date) -> tuple[date, date]:
    return today, today


def _days_ago(count: int) -> _Reader:
    return lambda _found, today: (today - count * _ONE_DAY, today - count * _ONE_DAY)


def _this_week(_found: re.Match[str], today: date) -> tuple[date, date]:
    return today - today.weekday() * _ONE_DAY, today


def _last_week(_found: re.Match[str], today: date) -> tuple[date, date]:
    monday = today - today.weekday() * _ONE_DAY - _WEEK
    return monday, monday + _SUNDAY * _ONE_DAY


def _this_month(_found: re.Match[str], today: date) -> tuple[date, date]:
    return today.replace(day=1), today


def _last_month(_found: re.Match[str], today: date) -> tuple[date, date]:
    last = today.replace(day=1) - _ONE_DAY
    return last.replace(day=1), last


def _this_year(_found: re.Match[str], today: date) -> tuple[date, date]:
    return today.replace(month=1, day=1), today


def _last_year(_found: re.Match[str], today: date) -> tuple[date, date]:
    return date(today.year - 1, 1, 1), date(today.year - 1, _DECEMBER, 31)


def _this_fortnight(_found: re.Match[str], today: date) -> tuple[date, date]:
    return today.replace(day=1 if today.day <= _MID_MONTH else _MID_MONTH + 1), today


def _last_fortnight(_found: re.Match[str], today: date) -> tuple[date, date]:
    if today.day > _MID_MONTH:
        return today.replace(day=1), today.replace(day=_MID_MONTH)
    last = today.replace(day=1) - _ONE_DAY
    return last.replace(day=_MID_MONTH + 1), last


def _this_weekend(_found: re.Match[str], today: date) -> tuple[date, date]:
    back = (today.weekday() - _SATURDAY) % len("lmmjvsd")
    saturday = today - back * _ONE_DAY
    return saturday, min(saturday + _ONE_DAY, today)


def _on_weekday(found: re.Match[str], today: date) -> tuple[date, date]:
    back = (today.weekday() - WEEKDAYS[found["weekday"]]) % len("lmmjvsd")
    is_before_today = found["past"] and back == 0
    day = today - (len("lmmjvsd") if is_before_today else back) * _ONE_DAY
    return day, day


def _since_weekday(found: re.Match[str], today: date) -> tuple[date, None]:
    return _on_weekday(found, today)[0], None


def _last_units(found: re.Match[str], today: date) -> tuple[date, date]:
    said = found["count"]
    count = 1 if said is None else int(said) if said.isdigit() else SMALL[said]
    unit = found["unit"]
    if unit.startswith(("mes", "mont")):
        return _months_before(today, count), today
    if unit.startswith(("ano", "year")):
        return _months_before(today, count * _DECEMBER), today
    if unit.startswith(("hora", "hour")):
        return today - -(-count // 24) * _ONE_DAY, today
    days = {"d": 1, "s": 7, "w": 7, "q": 15}[unit[0]]
    return today - count * days * _ONE_DAY, today


def _months_before(day: date, count: int) -> date:
    years, month = divmod(day.year * _DECEMBER + day.month - 1 - count, _DECEMBER)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def _compiled(*readers: tuple[str, _Reader]) -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    return tuple((re.compile(rf"\b(?:{pattern})(?!\w)"), reader) for pattern, reader in readers)


_SINCE: Final = r"(?:desde|a partir)(?: (?:el|del|de|la|que))*|since|starting(?: on| from)?|from"
_UNTIL: Final = r"hasta(?: el)?|antes del?|until|up to|before"
_TO: Final = r"(?:al?|hasta(?: el)?|to|through|until|-|y(?: el)?|and(?: the)?)"
_ISO: Final = "(?P<year{n}>20[0-9]{{2}}) ?- ?(?P<month{n}>[01][0-9]) ?- ?(?P<day{n}>[0-3][0-9])"
_TO_MONTH: Final = _MONTH.replace("month", "to_month", 1)
_FROM_MONTH: Final = _MONTH.replace("month", "from_month", 1)

_READERS: Final = _compiled(
    (rf"{_ISO.format(n=1)} {_TO} (?:el )?{_ISO.format(n=2)}", _written_days),
    (r"(?P<year>20[0-9]{2}) ?- ?(?P<month>[01][0-9]) ?- ?(?P<day>[0-3][0-9])", _written_day),
    (
        r"(?P<day>[0-3]?[0-9]) ?[/] ?(?P<month>[01]?[0-9])(?: ?[/] ?(?P<year>(?:20)?[0-9]{2}))?",
        _written_day,
    ),
    (rf"{_DAY} de {_MONTH} {_TO} (?:el )?{_TO_DAY} de {_TO_MONTH}{_YEAR}", _days_of_months),
    (rf"{_DAY} {_TO} (?:el )?{_TO_DAY}(?: de| of)? {_MONTH}{_YEAR}", _days_of_month),
    (rf"{_MONTH} {_DAY} {_TO} {_TO_MONTH} {_TO_DAY}{_YEAR}", _days_of_months),
    (rf"{_MONTH} {_DAY} {_TO} (?:the )?{_TO_DAY}{_YEAR}", _days_of_month),
    (
        rf"(?:del|from the|between the|entre el) {_DAY} {_TO} (?:the )?{_TO_DAY}",
        _days_of_this_month,
    ),
    (rf"(?:{_SINCE}) {_DAY}(?: de| of)? {_MONTH}{_YEAR}", _since_day),
    (rf"(?:{_SINCE}) (?:the )?{_MONTH} {_DAY}{_YEAR}", _since_day),
    (rf"(?:{_UNTIL}) (?:the )?{_DAY}(?: de| of)? {_MONTH}{_YEAR}", _until_day),
    (rf"{_DAY}(?: de| of)? {_MONTH}{_YEAR}", _one_day),
    (rf"(?:on |the )*{_MONTH} {_DAY}(?! ?(?:movimientos|transactions)){_YEAR}", _one_day),
    (
        (
            rf"(?P<half>primera|segunda|first half|second half)(?: quincena)?(?: de| of) "
            rf"{_MONTH}{_YEAR}"
        ),
        _half_month,
    ),
    (
        rf"(?:de|desde|entre|from|between) {_FROM_MONTH} (?:a|hasta|y|to|and) {_MONTH}{_YEAR}",
        _months,
    ),
    (rf"(?:{_SINCE}) {_MONTH}{_YEAR}", _since_month),
    (rf"(?:hasta|until|up to) {_MONTH}{_YEAR}", _until_month),
    (
        (
            rf"(?<![0-9] )(?:(?:en|de|del|mes de|durante|todo|in|of|during|for|about|y|and|los de) "
            rf")+{_MONTH}{_YEAR}"
            rf"|^(?:y )?{_MONTH.replace('month>', 'alone>')}$"
        ),
        lambda found, today: _whole_month(found, today) if found["month"] else None,
    ),
    (rf"^{_MONTH}{_YEAR}$", _whole_month),
    (rf"{_MONTH} (?:de |del )?(?P<year>20[0-9]{{2}}|ano pasado|last year)", _whole_month),
    (r"antier|anteayer|antes de ayer|day before yesterday", _days_ago(2)),
    (r"ayer|yesterday", _days_ago(1)),
    (r"(?:de |del dia de |desde )?(?:hoy|today|este dia)", _today),
    (r"(?:esta|this) (?:misma )?(?:semana|week)|en la semana", _this_week),
    (
        r"(?:la )?(?:semana|week) (?:pasada|anterior)|last week|(?:la )?otra semana",
        _last_week,
    ),
    (
        r"(?:este|this) (?:mismo )?(?:mes|month)|en el mes|del mes(?! pasado)(?! anterior)",
        _this_month,
    ),
    (r"(?:el |del )?mes (?:pasado|anterior)|last month", _last_month),
    (r"(?:este|this) (?:ano|year)|en el ano|del ano(?! pasado)", _this_year),
    (r"(?:el |del )?ano (?:pasado|anterior)|last year", _last_year),
    (r"(?:esta|this) (?:quincena|fortnight)", _this_fortnight),
    (r"(?:la )?quincena (?:pasada|anterior)|last fortnight", _last_fortnight),
    (
        r"(?:el |este |this |last )?(?:fin de semana|finde|weekend)(?: pasado)?",
        _this_weekend,
    ),
    (
        (
            rf"(?:(?:en |de )?(?:los|las|la|el|the|in the)? ?)?(?:ultim[oa]s?|pasad[oa]s|last|past)"
            rf"(?: {_NUMBER})? {_UNIT}"
        ),
        _last_units,
    ),
    (rf"(?:{_SINCE}) (?:last )?{_WEEKDAY}(?P<past> pasado)?", _since_weekday),
    (rf"(?:el |on |last |este |del )+{_WEEKDAY}(?P<past> pasado)?", _on_weekday),
)
