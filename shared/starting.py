"""The start of a function, before its first invocation."""

import gc
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

_ROOM: Final = 2**15
"""Words of the stack that `started` claims, and so has as many free below it: 256 KB."""


def started(make: Callable[[], T]) -> T:
    """Return what is made at the start of a function, for good.

    It is no matter of the garbage collector, now and later: to look at a few hundred thousand
    objects takes longer than to answer.
    """
    gc.disable()
    try:
        return make()
    finally:
        gc.freeze()
        gc.enable()


# Python has its stack in pieces of 16 KB, and gives a piece back when the first frame in it ends. A
# loop at the edge of one then asks the system for memory at each call, two thousand times in the
# relay's imports. A frame that claims more than a piece gets a large one, with room for all below.
started.__code__ = started.__code__.replace(co_stacksize=_ROOM)
