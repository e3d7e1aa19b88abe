"""The simulation finds what it is there to find: each mechanism, broken alone, is seen."""

import json
from pathlib import Path

import pytest

from tests.simulation import finds
from tests.simulation.commits import Wrong
from tests.simulation.controls import CONTROLS
from tests.simulation.finds import find
from tests.simulation.history import Told
from tests.simulation.test_histories import SEEDS


@pytest.mark.parametrize("control", CONTROLS)
def test_a_broken_mechanism_is_found_within_the_seeds_of_the_gate(control: str) -> None:
    assert find(control, range(SEEDS)) is not None


@pytest.mark.parametrize(("remembered", "told"), [(1, True), (0, False)])
def test_a_remembered_seed_that_finds_nothing_is_told_with_what_renews_it(
    remembered: int,
    told: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    recwarn: pytest.WarningsRecorder,
) -> None:
    control = "a credit forgotten"
    monkeypatch.setattr(finds, "FINDS", tmp_path / "finds.json")
    finds.FINDS.write_text(json.dumps({control: remembered}))
    monkeypatch.setattr(
        finds, "live", lambda seed, _: Told(seed, wrong=None if seed else Wrong(""))
    )

    assert find(control, range(2)) == 0

    assert [finds.RENEW in str(warning.message) for warning in recwarn] == [True] * told
