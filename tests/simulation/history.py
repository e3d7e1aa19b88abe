"""One seed is one history: traffic and faults, then rest, then the books."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from unittest import mock
from uuid import UUID

from tests.simulation.bank import open_bank
from tests.simulation.books import check_at_rest
from tests.simulation.cloud import Break, Cloud, silence
from tests.simulation.commits import Tally, Wrong, check_commit
from tests.simulation.faults import Fault, Line
from tests.simulation.scheduler import Scheduler
from tests.simulation.traffic import DAY_SECONDS, Traffic
from tests.support.dynamodb import StrictDynamoDB

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
TRUSTING = 0.25
"""How many histories are those of a bank whose agents need no proof of a yes."""
MAX_STORY_LINES = 60
MAX_REDRIVES = 3
SWEEPS_AFTER_HOURS = (0.1, 1, 12, 25, 26, 27)
"""Beyond the age from which an order is not carried out."""


@dataclass
class Told:
    """What came of a seed: the faults that happened, and what is wrong, if anything."""

    seed: int
    counts: Counter[Fault] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each event told an outcome to whoever asked through which door."""
    wrong: Wrong | None = None
    story: list[tuple[float, str, str]] = field(default_factory=list)
    """Seconds since the start, the invocation or nothing, and what happened."""

    def report(self) -> str:
        """Return what is wrong, and the part of the story that concerns it."""
        subjects = self.wrong.subjects if self.wrong else ()
        about = {
            name for _, name, text in self.story if any(subject in text for subject in subjects)
        } - {""}
        chosen = [
            line
            for line in self.story
            if not subjects or line[1] in about or any(subject in line[2] for subject in subjects)
        ]
        return "\n".join(
            (
                f"seed {self.seed}: {self.wrong or 'nothing is wrong'}",
                *map(_line, chosen[:MAX_STORY_LINES]),
                f"again: python -m tests.simulation --seed {self.seed}",
            )
        )

    def whole_story(self) -> str:
        """Return everything that happened."""
        return "\n".join(map(_line, self.story))


def _line(told: tuple[float, str, str]) -> str:
    seconds, name, text = told
    return f"{seconds:>12.3f}  {name:<26}  {text}"


def live(seed: int, broken: Break | None = None) -> Told:
    """Live through the history of a seed, with one mechanism broken for a negative control."""
    random = Random(seed)
    scheduler = Scheduler(START)
    told = Told(seed)

    def tell(line: str) -> None:
        seconds = scheduler.elapsed.total_seconds()
        told.story.append((seconds, Scheduler.name_of_running(), line))

    line = Line(scheduler, Random(seed + 1), tell, intensity=random.choice((0.02, 0.06, 0.12)))

    tally = Tally()

    def watch(database: StrictDynamoDB, transaction: Mapping[str, Any]) -> None:
        try:
            check_commit(database, transaction, tally)
        except Wrong as wrong:
            told.wrong = told.wrong or wrong

    broken = broken or Break()
    is_trusting = random.random() < TRUSTING
    cloud = Cloud(scheduler, Random(seed + 2), line, tell, watch, broken, is_trusting)
    open_bank(cloud.database)
    traffic = Traffic(cloud, random, tell)
    traffic.plan()

    def drawn_id() -> UUID:
        return UUID(int=cloud.random.getrandbits(128))

    with silence(), broken.patched(), mock.patch("shared.service.uuid4", drawn_id):
        try:
            _run(cloud)
            check_at_rest(cloud, traffic)
        except Wrong as wrong:
            told.wrong = told.wrong or wrong
    told.counts = line.counts
    doors = {order.request_id: order.door for order in traffic.orders if order.door == "bus"}
    told.outcomes = Counter(
        (p.event["detail-type"], doors.get(p.event["detail"]["correlation_id"], "agent"))
        for p in cloud.published
        if p.by == "event-relay"
    )
    return told


def _run(cloud: Cloud) -> None:
    """Let everything happen, then end the faults and hand dead letters over until none is left."""
    cloud.scheduler.run()
    cloud.line.intensity = 0
    cloud.tell("no more faults")
    if cloud.random.random() < 0.5:
        cloud.scheduler.after(2 * DAY_SECONDS, lambda: None)
        cloud.scheduler.run()
    for _ in range(MAX_REDRIVES):
        if not cloud.redrive():
            break
        cloud.scheduler.run()
    for hours in SWEEPS_AFTER_HOURS:
        cloud.scheduler.after(3600 * hours, cloud.sweep)
    cloud.scheduler.run()
