"""The simulation finds what it is there to find: each mechanism, broken alone, is seen."""

import pytest

from tests.simulation.controls import CONTROLS
from tests.simulation.finds import find
from tests.simulation.test_histories import SEEDS


@pytest.mark.parametrize("control", CONTROLS)
def test_a_broken_mechanism_is_found_within_the_seeds_of_the_gate(control: str) -> None:
    assert find(control, range(SEEDS)) is not None
