"""A run that is shorter: some cases of the tests that have many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest


def cases_too_many(items: Iterable[pytest.Item], max_cases: int) -> Iterator[pytest.Item]:
    """Yield what to leave out, so that no test has more cases; those that stay are spread evenly.

    The same cases stay in every run, and in every process of one run.
    """
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        test, _, _ = item.nodeid.partition("[")
        cases[test].append(item)
    for of_one in cases.values():
        count = len(of_one)
        if count > max_cases:
            stay = {number * count // max_cases for number in range(max_cases)}
            yield from (item for number, item in enumerate(of_one) if number not in stay)
