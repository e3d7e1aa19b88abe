"""What goes wrong between a function and AWS, and the count of each kind that really did."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from random import Random
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.simulation.scheduler import Scheduler
from tests.support.dynamodb import cancelled, error

MAX_TRIES = 3
"""As many as `shared.service` lets botocore make."""

READ_TIMEOUT_SECONDS = 2.0
_RETRIED = frozenset({"ThrottlingException", "InternalServerError", "ServiceUnavailable"})


class Fault(StrEnum):
    """A kind of fault; each has to happen in a run, or the run shows nothing of it."""

    KILLED_BEFORE = "killed before a call took effect"
    KILLED_AFTER = "killed after a call took effect"
    KILLED_BY_TIME = "killed at the end of a function's time"
    LOST_REQUEST = "timed out without effect"
    LOST_ANSWER = "timed out with effect"
    LATE_EFFECT = "timed out, and the effect came late"
    THROTTLED = "throttled"
    SERVER_ERROR = "a server error, with or without effect"
    UNPROCESSED = "a batch of which some keys were left unanswered"
    CONFLICT = "a conflict with another transaction"
    PAUSE = "others let in between two calls"
    ENTRY_REFUSED = "an entry refused by the bus"
    DOUBLED = "an event delivered twice"
    LATE = "an event delivered late"
    REORDERED = "an event that overtook an earlier one"
    REPLAYED = "an event replayed after days"
    UNDELIVERED = "an event that no function was found for, a dead letter"
    CHECKPOINT_LOST = "a batch relayed and delivered again"
    CLOCK_OFF = "a clock that is off by seconds"
    STALE_INDEX = "an index or read that shows an old state"
    LOST = "a dead letter lost for good"
    DEAD_LETTER = "a dead letter redriven"


class Killed(BaseException):
    """The worker is gone: nothing of the product may catch this."""


class Line:
    """The way from a function to AWS. What goes wrong on it is drawn from the seed."""

    def __init__(
        self,
        scheduler: Scheduler,
        random: Random,
        tell: Callable[[str], None],
        *,
        intensity: float,
    ) -> None:
        """Let a call go wrong with the probability `intensity`."""
        self._scheduler = scheduler
        self._random = random
        self._tell = tell
        self.intensity = intensity
        self.counts: Counter[Fault] = Counter()

    def happened(self, fault: Fault, what: str = "") -> None:
        """Count a fault that took effect, and tell of it."""
        self.counts[fault] += 1
        self._tell(f"! {fault}{what and ': '}{what}")

    def chance(self, probability: float) -> bool:
        """Draw whether something goes wrong, never once the faults are over."""
        return self.intensity > 0 and self._random.random() < probability

    def sleep(self, seconds: float) -> None:
        """Let others run. Raises Killed when the function's time is over by then."""
        self._scheduler.sleep(seconds)
        task = Scheduler.running()
        if task.deadline is not None and self._scheduler.now > task.deadline:
            self.happened(Fault.KILLED_BY_TIME)
            raise Killed

    def call(
        self, operation: str, arguments: Mapping[str, Any], do: Callable[[Mapping[str, Any]], Any]
    ) -> Any:
        """Make a call as botocore does: three tries, one token for all tries of a transaction."""
        if operation == "TransactWriteItems":
            token = str(UUID(int=self._random.getrandbits(128)))
            arguments = {"ClientRequestToken": token} | arguments
        for number in range(1, MAX_TRIES + 1):
            try:
                return self._try(self._drawn(operation, number), operation, arguments, do)
            except (ClientError, ReadTimeoutError) as failure:
                if number == MAX_TRIES or not _is_retried(failure):
                    raise
            self.sleep(0.05 * 2**number * self._random.random())
        raise AssertionError

    def _try(
        self,
        fault: Fault | None,
        operation: str,
        arguments: Mapping[str, Any],
        do: Callable[[Mapping[str, Any]], Any],
    ) -> Any:
        random, sleep = self._random, self.sleep
        what = operation
        if fault is Fault.PAUSE:
            self.happened(fault, what)
            sleep(random.choice((0.1, 0.1, 0.4, 0.4, 1.5, 11)))
        sleep(0.001 + 0.008 * random.random())
        if fault in _BEFORE:
            self.happened(fault, what)
            _BEFORE[fault](self, operation, arguments)
        if fault is Fault.LATE_EFFECT:
            self.happened(fault, what)
            self._scheduler.after(random.choice((0.5, 3, 30)), lambda: _quietly(do, arguments))
            self._time_out()
        is_broken = fault is Fault.SERVER_ERROR
        if is_broken and random.random() < 0.5:
            self.happened(Fault.SERVER_ERROR, f"{what}, without effect")
            raise error("InternalServerError", "injected", operation)
        answer = do(arguments)
        if fault is Fault.UNPROCESSED:
            self.happened(fault, what)
            answer = self._cut(answer, arguments)
        if is_broken:
            self.happened(Fault.SERVER_ERROR, f"{what}, with effect")
            raise error("InternalServerError", "injected", operation)
        if fault is Fault.LOST_ANSWER:
            self.happened(fault, what)
            self._time_out()
        if fault is Fault.KILLED_AFTER:
            self.happened(fault, what)
            raise Killed
        sleep(0.001 + 0.008 * random.random())
        return answer

    def _drawn(self, operation: str, number: int) -> Fault | None:
        if number > 1 and operation == "TransactWriteItems" and self.chance(0.3):
            return Fault.CONFLICT  # as with its own first try, which may still be under way
        if not self.chance(self.intensity):
            return None
        possible = [*_ANYWHERE]
        if operation == "BatchGetItem":
            possible += [Fault.UNPROCESSED] * 4
        if operation in {"TransactWriteItems", "UpdateItem"}:
            possible += [Fault.CONFLICT] * 2
        if not operation.startswith(("Get", "Query", "Batch")):
            possible += [Fault.KILLED_AFTER, Fault.LOST_ANSWER, Fault.LATE_EFFECT]
        return self._random.choice(possible)

    def _cut(self, answer: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Take some keys out of the answer to a batch, one at least, as throttling does."""
        places = [(t, key) for t, one in arguments["RequestItems"].items() for key in one["Keys"]]
        left: dict[str, Any] = {}
        responses = {table: [*items] for table, items in answer["Responses"].items()}
        for table, key in self._random.sample(places, self._random.randint(1, len(places))):
            left.setdefault(table, {**arguments["RequestItems"][table], "Keys": []})
            left[table]["Keys"].append(key)
            responses[table] = [i for i in responses[table] if not key.items() <= i.items()]
        return {"Responses": responses, "UnprocessedKeys": left}

    def _time_out(self) -> None:
        self.sleep(READ_TIMEOUT_SECONDS)
        raise ReadTimeoutError(endpoint_url="https://aws.example")

    def _kill(self, _operation: str, _arguments: Mapping[str, Any]) -> None:
        raise Killed

    def _lose(self, _operation: str, _arguments: Mapping[str, Any]) -> None:
        self._time_out()

    def _throttle(self, operation: str, _arguments: Mapping[str, Any]) -> None:
        raise error("ThrottlingException", "injected", operation)

    def _conflict(self, operation: str, arguments: Mapping[str, Any]) -> None:
        if operation == "UpdateItem":
            raise error("TransactionConflictException", "injected", operation)
        reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in arguments["TransactItems"]]
        self._random.choice(reasons)["Code"] = "TransactionConflict"
        raise cancelled(reasons)


_ANYWHERE = (
    *(Fault.PAUSE,) * 4,
    Fault.KILLED_BEFORE,
    Fault.LOST_REQUEST,
    Fault.THROTTLED,
    Fault.SERVER_ERROR,
)
_BEFORE: dict[Fault, Callable[[Line, str, Mapping[str, Any]], None]] = {
    Fault.KILLED_BEFORE: Line._kill,
    Fault.LOST_REQUEST: Line._lose,
    Fault.THROTTLED: Line._throttle,
    Fault.CONFLICT: Line._conflict,
}


def _is_retried(failure: Exception) -> bool:
    if isinstance(failure, ClientError):
        return failure.response["Error"]["Code"] in _RETRIED
    return True


def _quietly(do: Callable[[Mapping[str, Any]], Any], arguments: Mapping[str, Any]) -> None:
    """Carry out what nobody waits for any more."""
    with suppress(ClientError):
        do(arguments)
