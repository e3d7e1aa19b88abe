"""Many clients and one item: the store stays busy, and nobody is sent away.

Time is modelled, so that a run is the same on every machine; `benchmarks/contention.py` has more.
"""

from collections.abc import Sequence

import pytest

from shared.dynamodb import DynamoDB, Write
from shared.errors import Unavailable
from tests.support.contention import CASES, Case, Contention

pytestmark = pytest.mark.slow

GOODPUT = 0.80
SECONDS = 3.0


class EightTries(DynamoDB):
    """Gives up what was tried eight times, whatever time is left."""

    def __init__(self, client: object) -> None:
        super().__init__(client)  # type: ignore[arg-type]
        self._tries: dict[int, tuple[Sequence[Write], int]] = {}

    def transact(self, writes: Sequence[Write]) -> None:
        _, tries = self._tries.get(id(writes), (writes, 0))
        if tries == 8:
            raise Unavailable("eight times is enough")
        self._tries[id(writes)] = (writes, tries + 1)
        super().transact(writes)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_32_clients_of_one_item_keep_the_store_busy_and_all_are_answered(case: Case) -> None:
    run = Contention(case, seconds=SECONDS).go()
    assert run.unavailable == 0
    assert run.goodput >= GOODPUT


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_with_a_fixed_eight_tries_some_are_sent_away(case: Case) -> None:
    """The control of the test above."""
    assert Contention(case, seconds=SECONDS, access=EightTries).go().unavailable > 0


def test_one_seed_is_one_run() -> None:
    case = CASES["one debited account"]
    first, second, other = (
        Contention(case, clients=8, seconds=1, seed=seed).go() for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other
