"""Guarantees 1 to 4 hold in a thousand histories, each drawn from its seed.

A failure prints its seed and a story; `python -m tests.simulation --seed N` tells it again.
"""

from collections import Counter

import pytest

from tests.simulation.books import OUTCOMES
from tests.simulation.faults import Fault
from tests.simulation.history import live

SEEDS = 1000
CHUNK = 125


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_the_books_agree_after_any_history_and_every_kind_of_fault_happened(first: int) -> None:
    counts, outcomes = Counter[Fault](), Counter[tuple[str, str]]()
    for seed in range(first, first + CHUNK):
        told = live(seed)
        assert told.wrong is None, told.report()
        counts.update(told.counts)
        outcomes.update(told.outcomes)
    assert [fault for fault in Fault if not counts[fault]] == [], "they show nothing of these"
    wanted = {(name, door) for names in OUTCOMES for name in names for door in ("agent", "bus")}
    assert sorted(wanted - outcomes.keys()) == [], "nobody was ever told so"


def test_one_seed_is_one_history() -> None:
    first, second = live(7), live(7)
    assert first.story == second.story
    assert first.counts == second.counts
    assert live(8).story != first.story
