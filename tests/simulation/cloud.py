"""The deployed functions of `template.yaml` with what invokes them: rules, the stream, retries.

A function that is invoked without waiting gets three attempts; what fails then is a dead letter.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from unittest import mock

from action_groups import load_group
from action_groups.marketplace.sweeper import sweep
from shared import observability
from shared.clock import to_iso
from shared.confirmation import KmsMacCheck
from shared.dynamodb import DynamoDB
from shared.event_relay import relay
from shared.front_doors import lambda_handler_for
from shared.publisher import Publisher
from shared.service import Resources, Service
from tests.simulation.deployment import declared, settings_with
from tests.simulation.faults import Fault, Killed, Line
from tests.simulation.lane import RELAY, Lane
from tests.simulation.scheduler import Scheduler
from tests.support.answers import check_answer, check_event
from tests.support.dynamodb import StrictDynamoDB
from tests.support.kms import InMemoryKms
from tests.support.tables import table_properties

ALL = settings_with()
TIME_LIMIT = timedelta(seconds=10)
ATTEMPTS = 3
WORKERS = 3
SHARDS = 2
_SWEEPER = "sweeper"

Done = Callable[[Any, str | None], None]
"""Takes what an invocation returned, or its error."""


@contextmanager
def silence() -> Iterator[None]:
    """Let invocations log and count nothing: half of their time would be spent on that."""
    level = observability.logger.level
    observability.logger.setLevel("CRITICAL")
    with (
        mock.patch.object(observability, "_record"),
        mock.patch.object(observability, "_write"),
    ):
        yield
    observability.logger.setLevel(level)


@dataclass(frozen=True, slots=True)
class Published:
    """An event that the bus took, and the function or application that put it there."""

    by: str
    event: dict[str, Any]
    text: str
    """The detail as it was put there."""


class Break:
    """Breaks nothing. A negative control overrides what it breaks."""

    def effect(
        self,
        cloud: "Cloud",
        operation: str,
        arguments: Mapping[str, Any],
        do: Callable[[Mapping[str, Any]], Any],
    ) -> Any:
        """Carry out a call to DynamoDB."""
        return do(arguments)

    def accepted(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return what PutEvents answers."""
        return answer

    def batch(self, records: list[Any]) -> list[Any]:
        """Return what the relay is given of a batch."""
        return records

    def patched(self) -> AbstractContextManager[None]:
        """Return a context in which the code itself is changed."""
        return nullcontext()


@dataclass
class Cloud:
    """One account: tables, bus, functions."""

    scheduler: Scheduler
    random: Random
    line: Line
    tell: Callable[[str], None]
    watch: Callable[[StrictDynamoDB, Mapping[str, Any]], None]
    """Looks at the tables after each transaction."""
    broken: Break = field(default_factory=Break)
    is_trusting: bool = False
    """Whether agents need no proof of a yes."""
    database: StrictDynamoDB = field(init=False)
    kms: InMemoryKms = field(default_factory=InMemoryKms)
    published: list[Published] = field(default_factory=list)
    letters: list[tuple[str, Any]] = field(default_factory=list)
    lost: list[Any] = field(default_factory=list)
    broken_promises: list[str] = field(default_factory=list)
    """What a function did or said that it must not, whatever else happens."""
    _handlers: dict[tuple[str, int], Any] = field(default_factory=dict)
    _invocations: int = 0

    def __post_init__(self) -> None:
        self._functions, self._rules = declared()
        self.database = StrictDynamoDB(
            table_properties(),
            now=self.scheduler,
            lag=self._lag,
            around=self._around,
            shards=SHARDS,
        )
        [stream] = self.database.streams.values()
        self._lanes = [Lane(self, records) for records in stream.shards.values()]
        self._skews = [
            timedelta(seconds=self.random.choice((0, 0, 0, -3, 2))) for _ in range(WORKERS)
        ]

    # --- Calls to AWS -------------------------------------------------------------------------

    def _lag(self) -> timedelta:
        if self.line.chance(0.05):
            self.line.happened(Fault.STALE_INDEX)
            return timedelta(seconds=self.random.choice((0.5, 5, 60)))
        return timedelta(0)

    def _around(
        self, operation: str, arguments: Mapping[str, Any], do: Callable[[Mapping[str, Any]], Any]
    ) -> Any:
        may_only_ask = Scheduler.running().may_only_ask and not self.is_trusting
        if may_only_ask and not _is_asking(operation, arguments):
            self.broken_promises.append(f"{operation} of a call without a proof")
        return self.line.call(
            operation, arguments, lambda changed: self._effect(operation, changed, do)
        )

    def _effect(
        self, operation: str, arguments: Mapping[str, Any], do: Callable[[Mapping[str, Any]], Any]
    ) -> Any:
        before = self._changes()
        answer = self.broken.effect(self, operation, arguments, do)
        if operation == "TransactWriteItems" and self._changes() > before:
            self.tell(f"committed: {_summary(arguments)}")
            self.watch(self.database, arguments)
        for lane in self._lanes:
            lane.nudge()
        return answer

    def _changes(self) -> int:
        """Count the changes of requests: a transaction that was known already makes none."""
        return sum(len(s) for one in self.database.streams.values() for s in one.shards.values())

    def put_events(self, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        """Take PutEvents from a function."""
        by = Scheduler.running().name.partition(" ")[0]
        return self.line.call("PutEvents", {"Entries": Entries}, partial(self._accept, by))

    def _accept(self, by: str, arguments: Mapping[str, Any]) -> Any:
        answers: list[dict[str, str]] = []
        for entry in arguments["Entries"]:
            if self.line.chance(0.03):
                self.line.happened(Fault.ENTRY_REFUSED, entry["DetailType"])
                answers.append({"ErrorCode": "InternalFailure", "ErrorMessage": "injected"})
                continue
            self.publish(by, entry["Source"], entry["DetailType"], entry["Detail"])
            answers.append({"EventId": str(len(self.published))})
        failed = sum("ErrorCode" in one for one in answers)
        return self.broken.accepted({"FailedEntryCount": failed, "Entries": answers})

    # --- The bus ------------------------------------------------------------------------------

    def publish(self, by: str, source: str, detail_type: str, text: str) -> None:
        """Take an event and deliver it to the functions whose rules match."""
        detail = json.loads(text)
        event = {
            "version": "0",
            "id": f"event-{len(self.published)}",
            "detail-type": detail_type,
            "source": source,
            "account": "000000000000",
            "time": self.scheduler.now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
            "region": "us-east-1",
            "resources": [],
            "detail": detail,
        }
        self.published.append(Published(by, event, text))
        if by != "application":
            self._hold(check_event, detail)
        self.tell(f"on the bus: {detail_type} {detail.get('correlation_id', '')}")
        self.deliver(event)

    def publish_text(self, by: str, text: str) -> None:
        """Take an envelope that says its own source and type."""
        envelope = json.loads(text)
        self.publish(by, envelope["source"], envelope["event_type"], text)

    def ask_on_bus(
        self,
        event_type: str,
        correlation_id: str,
        user_id: str,
        data: Any,
        source: str = "agentcore",
        *,
        said: str | None = None,
        **envelope: str,
    ) -> None:
        """Put an application's event on the bus; it may say another source (`said`) than it has."""
        detail = {
            "version": "1.0",
            "event_type": event_type,
            "correlation_id": correlation_id,
            "timestamp": to_iso(self.scheduler.now),
            "source": said or source,
            "user_id": user_id,
            "data": data,
            **envelope,
        }
        self.publish("application", source, event_type, json.dumps(detail, default=float))

    def deliver(self, event: dict[str, Any]) -> None:
        """Send an event to its targets, at least once and at some time."""
        for rule in self._rules:
            if not rule.matches(event):
                continue
            if self.line.chance(0.02):
                self.line.happened(Fault.UNDELIVERED, event["detail-type"])
                self.bury(rule.function, event)
                continue
            self._send(rule.function, event)
            if self.line.chance(0.08):
                self.line.happened(Fault.DOUBLED, event["detail-type"])
                self._send(rule.function, event)

    def _send(self, function: str, event: dict[str, Any]) -> None:
        seconds = 0.002 + 0.01 * self.random.random()
        if self.line.chance(0.05):
            self.line.happened(Fault.REORDERED, event["detail-type"])
            seconds = 0.3
        elif self.line.chance(0.04):
            self.line.happened(Fault.LATE, event["detail-type"])
            seconds = self.random.choice((5, 200, 7000))
        self.scheduler.after(seconds, lambda: self.invoke_later(function, event))

    # --- Functions ----------------------------------------------------------------------------

    def invoke(self, function: str, event: Any, done: Done) -> None:
        """Run a function in a worker of its own turn, and hand over what came of it."""
        worker = self.random.randrange(WORKERS)

        def run() -> None:
            task, handler = Scheduler.running(), self._handler(function, worker)
            self.tell(f"invoked: {_named(event)}")
            task.may_only_ask = _asks_only(event)
            task.deadline = self.scheduler.now + TIME_LIMIT
            if self._skews[worker] and self.line.intensity:
                self.line.counts[Fault.CLOCK_OFF] += 1
            try:
                answer, failure = json.loads(json.dumps(handler(event))), None
            except Killed:
                answer, failure = None, "killed"
            except Exception as error:  # noqa: BLE001 the Lambda runtime reports whatever is raised
                answer, failure = None, f"{type(error).__name__}: {error}"
            if isinstance(answer, dict) and "messageVersion" in answer:
                self._hold(check_answer, event, answer)
            done(answer, failure)

        self._invocations += 1
        self.scheduler.start(f"{function} {self._invocations}", run)

    def _hold(self, check: Callable[..., None], *said: Any) -> None:
        """Hold what a function said against the schema that is published for it."""
        try:
            check(*said)
        except AssertionError as broken:
            self.broken_promises.append(str(broken))

    def _handler(self, function: str, worker: int) -> Callable[[Any], Any]:
        key = (function, worker)
        if key not in self._handlers:
            self._handlers[key] = self._made(function, self._skews[worker])
        return self._handlers[key]  # type: ignore[no-any-return]

    def _made(self, function: str, skew: timedelta) -> Callable[[Any], Any]:
        """Return a function's handler, in a worker whose clock is off by so much."""
        settings = self._functions[function].settings if function in self._functions else ALL
        if self.is_trusting:
            settings = settings._replace(require_confirmation="never")
        publisher = Publisher(self, settings.event_bus_name)  # type: ignore[arg-type]
        if function == RELAY:
            return lambda event: relay(event, publisher, _unreadable)
        resources = Resources(
            settings=settings,
            database=DynamoDB(self.database),  # type: ignore[arg-type]
            publisher=publisher,
            is_mac=KmsMacCheck(lambda: self.kms, settings.confirmation_key_arn),
            clock=lambda: self.scheduler.now + skew,
            sleep=self.line.sleep,
            random=self.random.random,
        )
        if function == _SWEEPER:
            service = Service(load_group("marketplace"), resources)
            return lambda _event: sweep(service, lambda: True)
        group = load_group(self._functions[function].group)
        handler = lambda_handler_for(Service(group, resources))
        return lambda event: handler(event, None)

    def sweep(self) -> None:
        """Let the sweeper look at what is pending. A sweep that fails is followed by the next."""
        self.invoke(_SWEEPER, {}, lambda _answer, _failure: None)

    def invoke_later(self, function: str, event: Any, attempt: int = 1) -> None:
        """Invoke without waiting: three attempts, then a dead letter."""

        def done(_answer: Any, failure: str | None) -> None:
            if failure is None:
                return
            self.tell(f"attempt {attempt} failed: {failure[:60]}")
            if attempt < ATTEMPTS:
                wait = 60.0 * attempt + 10 * self.random.random()
                self.scheduler.after(wait, lambda: self.invoke_later(function, event, attempt + 1))
            else:
                self.bury(function, event)

        self.invoke(function, event, done)

    def bury(self, function: str, event: Any) -> None:
        """Put an event among the dead letters, where it may be lost for good."""
        if self.line.chance(0.2):
            self.line.happened(Fault.LOST, _named(event))
            self.lost.append(event)
        else:
            self.letters.append((function, event))

    def redrive(self) -> int:
        """Hand every dead letter over once more, and return how many there were."""
        letters, self.letters = self.letters, []
        for function, event in letters:
            self.line.counts[Fault.DEAD_LETTER] += 1
            self.tell(f"redriven to {function}: {_named(event)}")
            self.invoke_later(function, event)
        return len(letters)


def _asks_only(event: dict[str, Any]) -> bool:
    """Tell whether an invocation may write nothing: an agent's call of a change without a proof."""
    is_change = event.get("httpMethod") == "POST"
    return is_change and "confirmation" not in event["sessionAttributes"]


def _is_asking(operation: str, arguments: Mapping[str, Any]) -> bool:
    """Tell whether a call to DynamoDB reads, or counts terms or the repeat of what is on record."""
    if operation == "TransactWriteItems":
        writes = [body for entry in arguments["TransactItems"] for body in entry.values()]
        return all(w.get("Key", {}).get("subject") == {"S": "terms"} for w in writes)
    if operation == "UpdateItem":
        return arguments["UpdateExpression"] == "SET delivered_at = :now ADD deliveries :one"
    return operation in {"GetItem", "Query", "BatchGetItem"}


def _named(event: dict[str, Any]) -> str:
    """Return what an event is about, in a few words and ids."""
    if not event:
        return "what is pending"
    if "Records" in event:
        return f"{len(event['Records'])} records of the stream"
    if "detail" in event:
        data = event["detail"].get("data") or {}
        about = data.get("purchase_id") or data.get("description") or ""
        return f"{event['detail-type']} {event['detail'].get('correlation_id')} {about}"
    return f"{event['httpMethod']} {event['apiPath']} in {event['sessionId']}"


def _summary(arguments: Mapping[str, Any]) -> str:
    tables = [
        f"{kind.lower()} {body['TableName'].partition('-')[2]}"
        for entry in arguments["TransactItems"]
        for kind, body in entry.items()
    ]
    return ", ".join(tables)


def _unreadable(record: Any) -> None:
    raise AssertionError(f"the relay cannot read {record}")
