"""Waiting for what comes to pass by itself."""

import time
from collections.abc import Callable

_WAIT_SECONDS = 30


def wait_until(is_so: Callable[[], object]) -> None:
    """Return when it is so. Raises AssertionError where it is not for too long."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)
