"""Days as people write them, in Mexico's calendar, on Wednesday 25 November 2026."""

from datetime import UTC, date, datetime

import pytest

from console.agent.language import Language, language_of
from console.agent.offline.asking import read_query
from console.agent.offline.days import Span
from console.agent.offline.talk import Talk

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


def span_of(text: str) -> Span | None:
    language: Language = language_of(text) or "es"
    return Talk({}, lambda: NOW, language).read(text).days()[0]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("hoy", "2026-11-25", "2026-11-25"),
        ("ayer", "2026-11-24", "2026-11-24"),
        ("antier", "2026-11-23", "2026-11-23"),
        ("esta semana", "2026-11-23", "2026-11-25"),
        ("la semana pasada", "2026-11-16", "2026-11-22"),
        ("este mes", "2026-11-01", "2026-11-25"),
        ("el mes pasado", "2026-10-01", "2026-10-31"),
        ("en octubre", "2026-10-01", "2026-10-31"),
        ("en diciembre", "2025-12-01", "2025-12-31"),
        ("octubre de 2025", "2025-10-01", "2025-10-31"),
        ("noviembre del año pasado", "2025-11-01", "2025-11-30"),
        ("del 1 al 15 de noviembre", "2026-11-01", "2026-11-15"),
        ("del 1 al 15", "2026-11-01", "2026-11-15"),
        ("entre el 3 y el 9 de octubre", "2026-10-03", "2026-10-09"),
        ("del 28 de octubre al 5 de noviembre", "2026-10-28", "2026-11-05"),
        ("el 15 de noviembre", "2026-11-15", "2026-11-15"),
        ("15/11/2026", "2026-11-15", "2026-11-15"),
        ("2026-11-01", "2026-11-01", "2026-11-01"),
        ("los últimos 7 días", "2026-11-18", "2026-11-25"),
        ("los últimos 3 meses", "2026-08-25", "2026-11-25"),
        ("el lunes", "2026-11-23", "2026-11-23"),
        ("el viernes", "2026-11-20", "2026-11-20"),
        ("la quincena pasada", "2026-11-01", "2026-11-15"),
        ("desde el 10 de noviembre", "2026-11-10", None),
        ("hasta el 10 de noviembre", None, "2026-11-10"),
        ("de agosto a octubre", "2026-08-01", "2026-10-31"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("in October", "2026-10-01", "2026-10-31"),
        ("last 2 weeks", "2026-11-11", "2026-11-25"),
        ("from Nov 1 to Nov 15", "2026-11-01", "2026-11-15"),
        ("November 15", "2026-11-15", "2026-11-15"),
        ("since Monday", "2026-11-23", None),
    ],
)
def test_days_are_read(text: str, first: str | None, last: str | None) -> None:
    days = tuple(None if day is None else date.fromisoformat(day) for day in (first, last))

    for said in (text, f"movimientos {text}"):
        span = span_of(said)
        assert span is not None
        assert (span.first, span.last) == days


@pytest.mark.parametrize("text", ["mis movimientos", "500", "el 31 de febrero", "la segunda"])
def test_what_names_no_day_is_none(text: str) -> None:
    assert span_of(text) is None


def test_a_day_is_that_of_mexico_city_and_asked_for_in_its_time() -> None:
    after_midnight_in_utc = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)

    query = read_query(Talk({}, lambda: after_midnight_in_utc).read("movimientos de hoy"))

    assert query.dates() == {
        "from_date": "2026-11-25T00:00:00-06:00",
        "to_date": "2026-11-25T23:59:59-06:00",
    }
