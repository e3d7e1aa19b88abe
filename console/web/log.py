"""A bounded log of numbered JSON lines; each reader reads at its own speed."""

import time
from collections import deque
from collections.abc import Mapping
from threading import Condition
from typing import Any, Final

from shared import json_text
from shared.clock import Clock, to_iso

FIRST: Final = 1


class Log:
    """Lines of JSON, each with its number `n` and the time `at`; the oldest go when space is short.

    Readers hold nothing but the number of the last line they saw, so a slow one costs nothing.
    """

    def __init__(self, max_bytes: int, clock: Clock) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._first = FIRST
        self._grown = Condition()

    @property
    def last(self) -> int:
        """The number of the last line; 0 before the first."""
        with self._grown:
            return self._first + len(self._lines) - 1

    def append(self, entry: Mapping[str, Any]) -> int:
        """Add an entry and return its number."""
        with self._grown:
            number = self._first + len(self._lines)
            fields = {"n": number, "at": to_iso(self._clock()), **entry}
            # a lone surrogate, which JSON can spell and UTF-8 cannot, becomes a question mark
            line = json_text.dumps(fields).encode("utf-8", "replace") + b"\n"
            self._lines.append(line)
            self._bytes += len(line)
            while self._bytes > self._max_bytes and len(self._lines) > 1:
                self._bytes -= len(self._lines.popleft())
                self._first += 1
            self._grown.notify_all()
            return number

    def after(self, number: int, seconds: float = 0) -> tuple[int, list[bytes]]:
        """Return the lines after that number, and the number of the last of them.

        Waits so long for one. Where lines are gone, one of type `missed` says how many.
        """
        deadline = time.monotonic() + seconds
        with self._grown:
            while self._first + len(self._lines) - 1 <= number:
                left = deadline - time.monotonic()
                if left <= 0 or not self._grown.wait(left):
                    return number, []
            missed = max(0, self._first - 1 - number)
            lines = list(self._lines)[max(0, number + 1 - self._first) :]
            last = self._first + len(self._lines) - 1
        if missed:
            lines.insert(0, json_text.dumps({"type": "missed", "count": missed}).encode() + b"\n")
        return last, lines
