"""The start of a function has the stack it needs at once."""

import resource
from collections.abc import Callable
from typing import Any

from shared.starting import started

CALLS = 100
DEPTHS = 250
"""Frames enough for two pieces of Python's stack, so that the edge of one is among them."""


def _at(depth: int, do: Callable[[], Any]) -> Any:
    return _at(depth - 1, do) if depth else do()


def _many_calls() -> None:
    for number in range(CALLS):
        _call(number)


def _call(number: int) -> int:
    return number


def _pages(do: Callable[[], Any]) -> int:
    """Return how many pages the system had to give for it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    do()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _most_pages(call: Callable[[Callable[[], Any]], Any]) -> int:
    """Return the pages that the calls took at the depth where they took most."""
    return max(
        _pages(lambda at=depth: call(lambda: _at(at, _many_calls)))  # type: ignore[misc]
        for depth in range(DEPTHS)
    )


def test_calls_at_no_depth_of_a_start_ask_the_system_for_memory_each_time() -> None:
    assert _most_pages(started) < CALLS / 2


def test_calls_at_some_depth_do_so_without_it() -> None:
    assert _most_pages(lambda make: make()) >= CALLS
