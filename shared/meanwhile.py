"""Two calls to AWS at the same time: one is begun, and waited for after the other.

Deployed functions begin it in another thread. Where everything has to happen in one order, as in a
history that is drawn from a seed, it is done at once.
"""

from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future
from functools import cache
from threading import Thread
from typing import Protocol, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Begin(Protocol):
    """Begins something, and returns what waits for its end: its result, or what it raised."""

    def __call__(self, do: Callable[[], T], /) -> Callable[[], T]:
        """Begin it. What was begun has to be waited for: a function is frozen when it answers."""


def in_a_thread(do: Callable[[], T], /) -> Callable[[], T]:
    """Begin it in another thread, and go on."""
    return _threads().submit(do).result


@cache
def _threads() -> "futures.ThreadPoolExecutor":
    """Return the threads: each is made when none is idle, and stays, for a start takes long.

    Their module is imported here, by `futures` itself: the start of a function needs none.
    """
    return futures.ThreadPoolExecutor(thread_name_prefix="meanwhile")


def both(begin: Begin, ask: Callable[[], T], do: Callable[[], U]) -> tuple[T, U]:
    """Begin one thing, do another, wait for the first whatever became of it; return both."""
    wait = begin(ask)
    try:
        done = do()
    finally:
        answer = wait()
    return answer, done


def within(seconds: float, do: Callable[[], T]) -> T:
    """Do it in a thread of its own, and wait so long at most.

    Raises TimeoutError then; it goes on, and nobody learns what came of it.
    """
    future: Future[T] = Future()
    Thread(target=_settle, args=(future, do), daemon=True).start()
    return future.result(timeout=seconds)


def at_once(do: Callable[[], T], /) -> Callable[[], T]:
    """Do it now; whoever waits for it learns what came of it."""
    future: Future[T] = Future()
    _settle(future, do)
    return future.result


def _settle(future: "Future[T]", do: Callable[[], T]) -> None:
    try:
        future.set_result(do())
    except Exception as error:  # noqa: BLE001 it is raised where it is waited for
        future.set_exception(error)
