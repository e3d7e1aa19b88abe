"""The simulation finds what it is there to find: each mechanism, broken alone, is seen."""

import pytest

from tests.simulation.cloud import Break
from tests.simulation.controls import CONTROLS
from tests.simulation.history import live
from tests.simulation.test_histories import SEEDS


@pytest.mark.parametrize("broken", CONTROLS.values(), ids=CONTROLS)
def test_a_broken_mechanism_is_found_within_the_seeds_of_the_gate(broken: Break) -> None:
    assert any(live(seed, broken).wrong for seed in range(SEEDS))
