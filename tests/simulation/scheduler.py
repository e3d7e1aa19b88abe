"""Virtual time, and tasks that take turns: one runs at a time, and the next is the earliest.

A task is a greenlet, so that the product's ordinary code can stop inside a call and let others in.
Two switches of greenlets take half a microsecond; handing a baton between two threads takes sixty
times as long.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet


class Task(greenlet):
    """Something that runs and sleeps, is named in the story, and may have to end in time."""

    def __init__(self, run: Callable[[], None], name: str) -> None:
        super().__init__(run)
        self.name = name
        self.deadline: datetime | None = None
        self.may_only_ask = False


class Scheduler:
    """What happens when. The order of what happens at one moment is that in which it was asked."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._start = start
        self._hub = getcurrent()
        self._coming: list[tuple[datetime, int, Callable[[], Any]]] = []
        self._count = 0

    def __call__(self) -> datetime:
        """Return the hour."""
        return self.now

    @property
    def elapsed(self) -> timedelta:
        """How much time has passed since the start."""
        return self.now - self._start

    def after(self, seconds: float, do: Callable[[], Any]) -> None:
        """Do something later."""
        self._count += 1
        moment = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._coming, (moment, self._count, do))

    def start(self, name: str, run: Callable[[], None], seconds: float = 0) -> None:
        """Run a task, now or later."""
        self.after(seconds, Task(run, name).switch)

    def sleep(self, seconds: float) -> None:
        """Let others run, and go on when the time has come."""
        task = getcurrent()
        assert isinstance(task, Task), "only a task can sleep"
        self.after(seconds, task.switch)
        self._hub.switch()

    @staticmethod
    def running() -> Task:
        """Return the task that runs."""
        task = getcurrent()
        assert isinstance(task, Task)
        return task

    @staticmethod
    def name_of_running() -> str:
        """Return the name of the task that runs, or nothing between tasks."""
        task = getcurrent()
        return task.name if isinstance(task, Task) else ""

    def run(self) -> None:
        """Let everything happen until nothing is to come."""
        while self._coming:
            moment, _, do = heapq.heappop(self._coming)
            self.now = max(self.now, moment)
            do()
