"""Two calls to AWS at the same time: one is begun, and waited for after the other.

Deployed functions begin it in another thread. Where everything has to happen in one order, as in a
history that is drawn from a seed, it is done at once.
"""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, Generic, Protocol, TypeVar

T = TypeVar("T")


class Begin(Protocol):
    """Begins something, and returns what waits for its end: its result, or what it raised."""

    def __call__(self, do: Callable[[], T], /) -> Callable[[], T]:
        """Begin it. What was begun has to be waited for: a function is frozen when it answers."""


def in_a_thread(do: Callable[[], T], /) -> Callable[[], T]:
    """Begin it in another thread, in the context of this one, and go on."""
    begun = _Begun(partial(copy_context().run, do))
    try:
        thread = _idle.pop()
    except IndexError:
        thread = _Staying()
    thread.take(begun)
    return begun.wait


def within(seconds: float, do: Callable[[], T]) -> T:
    """Do it in a thread of its own, and wait so long at most.

    Raises TimeoutError then; it goes on, and nobody learns what came of it.
    """
    begun = _Begun(do)
    Thread(target=begun.finish, daemon=True).start()
    return begun.wait(seconds)


def at_once(do: Callable[[], T], /) -> Callable[[], T]:
    """Do it now; whoever waits for it learns what came of it."""
    try:
        result = do()
    except Exception as error:  # noqa: BLE001 it is raised where it is waited for
        return _raising(error)
    return lambda: result


def _raising(error: BaseException) -> Callable[[], Any]:
    def wait() -> Any:
        raise error

    return wait


class _Begun(Generic[T]):
    """What one thread does and another waits for, as often as it likes."""

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._wait: Callable[[], T]
        self._unfinished = Lock()
        self._unfinished.acquire()

    def finish(self, then: Callable[[], object] = lambda: None) -> None:
        """Do it, and do something `then`, before whoever waits goes on."""
        try:
            self._wait = at_once(self._do)
        except BaseException as error:  # noqa: BLE001 a thread has nobody else to tell
            self._wait = _raising(error)
        then()
        self._unfinished.release()

    def wait(self, seconds: float = -1) -> T:
        """Return its result or raise what it raised, or TimeoutError after so many seconds."""
        if not self._unfinished.acquire(timeout=seconds):
            raise TimeoutError
        self._unfinished.release()
        return self._wait()


class _Staying:
    """A thread that does one thing after another: to start one takes longer than to hand over.

    So does a pool of the library, by half of what a resolved alias takes in all.
    """

    def __init__(self) -> None:
        self._given: SimpleQueue[_Begun[Any]] = SimpleQueue()
        self.take = self._given.put
        Thread(target=self._work, name="meanwhile", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._given.get().finish(self._is_idle)

    def _is_idle(self) -> None:
        _idle.append(self)


_idle: Final[list[_Staying]] = []
"""The threads that wait for something to do. Each is made when none is, so none is in a snapshot,
and there are as many as ever had something to do at the same time."""
