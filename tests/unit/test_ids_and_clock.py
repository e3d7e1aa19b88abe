"""Ids sort by time, say their time, and are the same for the same request."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.changes import Stamp
from shared.clock import system_clock, to_iso
from shared.ids import moment_of, time_ordered_id

moments = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001 hypothesis adds the zone
    datetime(9999, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


@given(moment=moments, seed=st.text())
def test_an_id_is_a_version_7_uuid_that_carries_its_millisecond(
    moment: datetime, seed: str
) -> None:
    identifier = time_ordered_id(moment, seed)

    assert UUID(identifier).version == 7
    assert UUID(identifier).variant == "specified in RFC 4122"
    assert moment_of(identifier) == moment
    assert time_ordered_id(moment, seed) == identifier


@given(first=moments, second=moments, seeds=st.tuples(st.text(), st.text()))
def test_ids_and_timestamps_sort_as_time_does(
    first: datetime, second: datetime, seeds: tuple[str, str]
) -> None:
    if first < second:
        assert time_ordered_id(first, seeds[0]) < time_ordered_id(second, seeds[1])
        assert to_iso(first) < to_iso(second)


@given(moment=moments, seeds=st.tuples(st.text(), st.text()))
def test_other_seeds_give_other_ids(moment: datetime, seeds: tuple[str, str]) -> None:
    ids = {time_ordered_id(moment, seed) for seed in seeds}
    assert len(ids) == len(set(seeds))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "9f0a2f5e-0000-4000-8000-000000000000",
        "01A203C5-6D80-75D7-BC69-D3704814E8AF",
        "{01a203c5-6d80-75d7-bc69-d3704814e8af}",
        "urn:uuid:01a203c5-6d80-75d7-bc69-d3704814e8af",
        "01a203c56d8075d7bc69d3704814e8af",
        "01a203c5-6d80-75d7-0c69-d3704814e8af",
        " 01a203c5-6d80-75d7-bc69-d3704814e8af",
    ],
)
def test_what_is_not_written_as_an_id_carries_no_moment(text: str) -> None:
    assert moment_of(text) is None


def test_a_stamp_gives_an_id_and_a_time_of_the_same_millisecond() -> None:
    stamp = Stamp(at=datetime(2026, 11, 22, 15, 36, 8, 123000, tzinfo=UTC), seed="a request")
    moment = moment_of(stamp.id)
    assert moment is not None
    assert to_iso(moment) == stamp.created_at == "2026-11-22T15:36:08.123Z"


@pytest.mark.parametrize("microsecond", [0, 1, 999, 123456, 999999])
def test_timestamps_have_one_width_and_are_in_utc(microsecond: int) -> None:
    mexico = timezone(timedelta(hours=-6))
    text = to_iso(datetime(2026, 11, 22, 20, 0, 0, microsecond, tzinfo=mexico))
    assert text.startswith("2026-11-23T02:00:00.")
    assert len(text) == len("2026-11-22T15:36:08.123Z")


def test_the_clock_of_the_system_is_in_utc() -> None:
    assert system_clock().tzinfo is UTC


def test_an_id_that_tells_a_time_after_the_last_year_tells_none() -> None:
    assert moment_of("ffffffff-ffff-7fff-bfff-ffffffffffff") is None
