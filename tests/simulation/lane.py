"""A shard of the stream of the simulated deployment."""

import json
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.faults import Fault

if TYPE_CHECKING:
    from tests.simulation.cloud import Cloud

RELAY: Final = "event-relay"
_BATCH: Final = 100


class Lane:
    """One shard of the stream, relayed in order: what fails is delivered again from there."""

    def __init__(self, cloud: "Cloud", records: list[dict[str, Any]]) -> None:
        self._cloud = cloud
        self._records = records
        self._position = 0
        self._is_busy = False
        self._failures = 0

    def nudge(self) -> None:
        """Look for records soon, if nobody does."""
        if not self._is_busy and self._position < len(self._records):
            self._is_busy = True
            self._cloud.scheduler.after(0.02 + 0.1 * self._cloud.random.random(), self._deliver)

    def _deliver(self) -> None:
        size = max(1, _BATCH >> self._failures)  # a batch that failed is halved
        batch = self._records[self._position : self._position + size]
        wanted = [record for record in batch if record["eventName"] != "REMOVE"]
        given = {"Records": self._cloud.broken.batch(wanted)}
        event = json.loads(json.dumps(given, default=str))
        self._cloud.invoke(RELAY, event, lambda answer, failure: self._done(batch, answer, failure))

    def _done(self, batch: list[dict[str, Any]], answer: Any, failure: str | None) -> None:
        cloud = self._cloud
        self._is_busy = False
        failed = answer["batchItemFailures"] if answer else []
        if failure is not None:
            self._failures += 1
            if self._failures > 20:
                cloud.letters.append((RELAY, {"Records": batch}))
                self._position += len(batch)
        elif failed:
            first = failed[0]["itemIdentifier"]
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            self._position += numbers.index(first)
        elif batch and cloud.line.chance(0.03):
            cloud.line.happened(Fault.CHECKPOINT_LOST)
        else:
            self._position += len(batch)
            self._failures = 0
        self.nudge()
