"""The document of the benchmarks: one section each, and pictures that are well formed."""

import platform
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import document, latency, plots


def test_sections_are_read_back_as_they_were_written() -> None:
    sections = {"first": "## One\n\ntext\n", "second": "## Two\n\n### Below\n"}

    assert document.sections_in(document.written(sections)) == sections


def test_a_benchmark_that_is_run_again_replaces_its_section_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(document.written({"a": "## A old\n", "b": "## B\n", "gone": "## Gone\n"}))
    for name in "ab":
        (tmp_path / f"{name}.py").write_text("def report() -> str: ...\n")
    (tmp_path / "tool.py").write_text("def other() -> None: ...\n")
    monkeypatch.setattr(document, "FOLDER", tmp_path)
    monkeypatch.setattr(document, "DOCUMENT", page)
    monkeypatch.setattr(document, "measured_apart", "## {}, measured\n".format)

    assert document.main(["a"]) == 0

    assert document.sections_in(page.read_text()) == {"a": "## a, measured\n", "b": "## B\n"}
    assert document.main(["tool"]) == 2, "it has no section"


def test_what_a_section_was_measured_on_stands_below_it_without_a_name_of_the_machine() -> None:
    assert platform.node() not in document.machine()
    assert f"Python {platform.python_version()}" in document.machine()


@pytest.mark.parametrize(
    "values", [[0, 3], [0.001, 4], [7, 7], [1, 100_000], [0, 0], [12, 37.5], [-2, 9]], ids=str
)
def test_every_point_of_a_curve_lies_inside_the_picture(values: list[float]) -> None:
    axis = plots.Axis(values, 10, 110)

    assert all(10 <= axis.at(value) <= 110 for value in values)
    assert axis.ticks == sorted(set(axis.ticks))
    assert 2 <= len(axis.ticks) <= 7


def test_a_picture_is_well_formed_and_shows_each_curve_by_its_name() -> None:
    curves = {"a < b": [(1, 2), (1000, 5)], "c": [(1, 0), (500, 9)]}

    picture = ET.fromstring(plots.svg("T & t", x="items", y="ms", curves=curves))

    texts = set(picture.itertext())
    assert {"a < b", "c", "T & t", "items", "ms"} <= texts
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 2


def test_a_percentile_is_the_time_within_which_so_many_answers_came() -> None:
    times = [float(number) for number in range(100, 0, -1)]

    assert [latency.at(times, percentile) for percentile in (0, 50, 99)] == [1, 51, 100]


def test_who_answers_takes_turns_in_orders_of_all_kinds() -> None:
    ways: dict[str, latency.Handler] = dict.fromkeys(("a", "b", "c"), lambda event, context: None)
    turns = list(latency._turns(ways))
    rounds = [[way for number, way in turns if number == one] for one in range(100)]

    assert all(sorted(each) == ["a", "b", "c"] for each in rounds)
    assert len({tuple(each) for each in rounds}) == 6
