"""The start of a function, before its first invocation."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """Let what is made meanwhile be no matter of the garbage collector, now and later.

    It is there for good, a few hundred thousand objects: to look at all of them takes longer than
    to answer.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
