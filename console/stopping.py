"""Ending a command in an orderly way."""

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def stop_on_terminate() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does, so that nothing is left behind."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
