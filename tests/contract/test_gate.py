"""What runs before a commit and a push is what the gate runs."""

from pathlib import Path

import pytest
import yaml

from scripts import dev


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
