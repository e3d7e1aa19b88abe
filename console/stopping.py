"""Ending a command in an orderly way."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Final

READER_IS_GONE: Final = 141
"""What a shell says of a command whose output nobody reads any more: 128 and SIGPIPE."""

_SIGNALS = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def stop_on_terminate() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the command, so that nothing is left behind.

    Unlike Ctrl-C, which may interrupt only what is under way, they end it wherever it is.
    """

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    previous = {}
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            previous[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put off Ctrl-C, and what else ends a command, for the moment that the context lasts."""
    ending = {getattr(signal, name) for name in ("SIGINT", *_SIGNALS) if hasattr(signal, name)}
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
