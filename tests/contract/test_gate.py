"""What runs before a commit and a push is what the gate runs."""

import json
from pathlib import Path

import pytest
import yaml

from scripts import branch_coverage, dev


def test_the_hooks_are_the_parts_of_the_gate_in_its_order() -> None:
    [local] = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]

    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == [
        f"python3 scripts/dev.py check {part}" for part in dev.GATE
    ]


def test_a_part_that_the_gate_does_not_have_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev, "GATE", {"lint": pytest.fail})

    with pytest.raises(SystemExit, match="no part tpyes: name some of lint"):
        dev.check(["lint", "tpyes"])


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
