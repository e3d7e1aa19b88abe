"""What runs before a commit and a push is what the gate runs."""

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Barrier
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml

from scripts import branch_coverage, dev
from tests.support.samples import cases_too_many
from tests.unit.conftest import _goes_through_everything


def test_the_hooks_are_the_parts_of_the_gate_in_its_order() -> None:
    [local] = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]

    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == [
        f"python3 scripts/dev.py check {part}" for part in dev.GATE
    ]


def test_what_is_linted_is_typed_too_but_for_tests_and_snippets() -> None:
    typed = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["mypy"]["packages"]
    shown = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-files"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    linted = [Path(line).relative_to(Path.cwd()) for line in shown.splitlines()]

    tops = {path.parts[0] for path in linted if path.suffix == ".py"}
    assert tops == {*typed, "tests", "docs"}


def test_what_is_run_keeps_its_bytecode_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    ask = [sys.executable, "-c", "import sys; sys.exit(sys.dont_write_bytecode)"]
    assert subprocess.run(ask, check=False).returncode == 1

    dev._run(ask)


@pytest.mark.parametrize(
    ("line", "traced"),
    [
        ("from shared import money", True),
        ("from console.calling import _typed", True),
        ("from console.agent import invocation", True),
        ("from console.agent import brain", False),
        ("from console.agent.brain import Brain", False),
        ("import benchmarks.warm", False),
    ],
)
def test_what_goes_through_everything_runs_without_the_tracer(line: str, traced: bool) -> None:
    module = ModuleType("test_something")
    exec(line, vars(module))

    assert _goes_through_everything(module) is not traced


@pytest.mark.parametrize(
    ("command", "known", "typed", "told"),
    [
        (dev.check, "GATE", ["lint", "tpyes"], "no part tpyes: name some of lint"),
        (dev.clients, "_CLIENTS", ["strands", "strand"], "no client strand: name some of strands"),
    ],
)
def test_a_name_that_is_not_known_is_refused_before_anything_runs(
    command: Callable[[list[str]], None],
    known: str,
    typed: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, known, {typed[0]: pytest.fail})
    monkeypatch.setattr(dev.Environment, "ensure", pytest.fail)

    with pytest.raises(SystemExit, match=told):
        command(typed)


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [([], 0, ""), (["--help"], 0, ""), (["tset", "-x"], 2, "There is no command tset.")],
)
def test_help_is_an_answer_and_a_command_that_is_none_is_named(
    typed: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["dev.py", *typed])

    assert dev.main() == code

    told = capsys.readouterr()
    assert bool(told.out) == (code == 0)
    assert told.err.startswith(said)


def test_a_folder_that_may_not_be_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_arguments: object) -> None:
        Path("/proc/build").mkdir()

    monkeypatch.setitem(dev._COMMANDS, "chat", fail)
    monkeypatch.setattr("sys.argv", ["dev.py", "chat"])

    with pytest.raises(SystemExit, match=r"^/proc/build: "):
        dev.main()


@pytest.mark.skipif(os.name == "nt", reason="there is no lock of files that both systems have")
def test_of_two_first_runs_at_once_one_makes_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[Path]()

    def make(environment: dev.Environment, pins: Path) -> None:
        time.sleep(0.1)
        made.append(pins)
        environment.folder.mkdir()
        environment._stamp(pins).write_text(dev._digest(pins))

    monkeypatch.setattr(dev.Environment, "_make", make)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    (tmp_path / "pins.txt").write_text("some==1")
    environment = dev.Environment("env", "pins.txt", with_project=False)

    with ThreadPoolExecutor(2) as both:
        list(both.map(environment.ensure, ["pins.txt"] * 2))

    assert made == [tmp_path / "pins.txt"]


@pytest.mark.parametrize(("part", "environments"), [("template", 2), ("types", 1)])
def test_what_a_part_of_the_gate_needs_is_installed_at_once_and_before_it(
    part: str, environments: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_are_there = Barrier(environments, timeout=5)
    monkeypatch.setattr(dev.Environment, "ensure", lambda *_: all_are_there.wait())
    monkeypatch.setitem(dev.GATE, part, lambda: done.append(part))
    done = list[str]()

    dev.check([part])

    assert done == [part]


@pytest.mark.parametrize("fails", [False, True])
def test_the_parts_run_at_once_and_the_tests_after_them_unless_one_fails(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [part for part in dev.GATE if part != "tests"]
    all_are_there = Barrier(len(others), timeout=5)
    done = list[str]()

    def run(part: str) -> None:
        all_are_there.wait()
        if fails and part == others[0]:
            raise subprocess.CalledProcessError(1, part)
        done.append(part)

    monkeypatch.setattr(dev.Environment, "ensure", lambda *_: None)
    for part in others:
        monkeypatch.setitem(dev.GATE, part, lambda part=part: run(part))
    monkeypatch.setitem(dev.GATE, "tests", lambda: done.append("tests"))

    with pytest.raises(subprocess.CalledProcessError) if fails else nullcontext():
        dev.check([])

    assert sorted(done) == sorted(others[1:] if fails else dev.GATE)
    assert fails or done[-1] == "tests"


@pytest.mark.parametrize(
    ("covered", "named"),
    [({"shared": 95, "action_groups": 95}, []), ({"shared": 94, "action_groups": 100}, ["shared"])],
)
def test_a_package_below_the_floor_of_branches_fails_and_is_named(
    covered: dict[str, int], named: list[str], tmp_path: Path
) -> None:
    report = tmp_path / "coverage.json"
    files = {
        f"{package}/some.py": {"summary": {"covered_branches": branches, "num_branches": 100}}
        for package, branches in covered.items()
    }
    report.write_text(json.dumps({"files": files}))

    below = branch_coverage.below_the_floor(report)

    assert [sentence.split(":")[0] for sentence in below] == named
    assert branch_coverage.main([str(report)]) == bool(named)


def test_a_package_that_was_not_measured_is_below_the_floor(tmp_path: Path) -> None:
    report = tmp_path / "coverage.json"
    report.write_text('{"files": {}}')

    assert len(branch_coverage.below_the_floor(report)) == len(branch_coverage.PACKAGES)


def test_a_fast_run_has_cases_from_all_over_a_test_that_has_many_and_all_of_the_others() -> None:
    many = [f"test_a.py::test_many[{number}]" for number in range(10)]
    others = ["test_a.py::test_few[0]", "test_a.py::test_few[1]", "test_a.py::test_one"]
    items: Any = [SimpleNamespace(nodeid=nodeid) for nodeid in (*many, *others)]

    left_out = [item.nodeid for item in cases_too_many(items, 4)]

    assert [nodeid for nodeid in many if nodeid not in left_out] == [many[n] for n in (0, 2, 5, 7)]
    assert set(left_out) <= set(many)
