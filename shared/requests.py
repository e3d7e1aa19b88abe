"""Exactly-once changes: the idempotency record and the transactional outbox, in one item.

Each state-changing request leaves one item in the requests table, written in the same DynamoDB
transaction as the change itself. The item holds a fingerprint of the content, the outcome, and the
events owed to the bus. So a change, its record and its duty to publish exist together or not at
all. A second delivery finds the item, changes nothing, answers the first outcome, and adds one to
`deliveries`, which makes `shared.event_relay` publish the events again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from shared import json_text
from shared.clock import Clock, to_iso
from shared.dynamodb import DynamoDB, Item, Put, TransactionCancelled, Write
from shared.envelope import compose
from shared.errors import Refusal, RequestMismatch, Unavailable
from shared.identity import Caller
from shared.models import Request
from shared.operations import Operation, Stamp

RETENTION = timedelta(days=30)
"""How long a request is remembered: longer than any retry of Lambda, EventBridge or a redrive."""

MAX_ATTEMPTS = 8
_BACKOFF_BASE_SECONDS = 0.02
_BACKOFF_CAP_SECONDS = 0.5
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a front door tells one request from another.

    Deliveries with the same `key` are the same request until `window` has passed since the first.
    `correlation_id` None means that the change's own id correlates its events.
    """

    key: str
    correlation_id: str | None = None
    window: timedelta = RETENTION


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: an HTTP status and the body of the answer.

    `is_recorded` when it is that of a change, on record for good; `owed` are the envelopes that the
    relay then publishes. `repeat_from` is set when this delivery repeated an earlier one: the
    moment from which the same request would count as a new one.
    """

    status: int
    body: dict[str, Any]
    correlation_id: str | None = None
    repeat_from: datetime | None = None
    owed: tuple[dict[str, Any], ...] = ()
    is_recorded: bool = False

    def told_of_repeat(self) -> dict[str, Any]:
        """Return the body, with a notice for the agent when nothing new was done."""
        if self.repeat_from is None:
            return self.body
        return {
            **self.body,
            "repeated": True,
            "notice": (
                "This request was already handled, and this is its first outcome again: nothing "
                "new was moved or changed. If the person really wants it a second time, call again "
                "with a different argument, such as another description, or after "
                f"{to_iso(self.repeat_from)}, or under a new request_id."
            ),
        }


def delivery_key(*parts: str) -> str:
    """Return the key of a delivery: a digest, so that no part can imitate another or be read."""
    return hashlib.sha256(json_text.dumps(parts).encode()).hexdigest()


def fingerprint(request: Request) -> str:
    """Return a digest of what is asked for, the same for every way of writing the same content."""
    content = json_text.dumps(request.model_dump(exclude_none=True), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


class RequestLedger:
    """Carries out changes, each exactly once."""

    def __init__(
        self,
        database: DynamoDB,
        table: str,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self._database = database
        self._table = table
        self._clock = clock
        self._sleep = sleep
        self._random = random

    def carry_out(
        self, operation: Operation, caller: Caller, request: Request, delivery: Delivery, store: Any
    ) -> Outcome:
        """Decide and commit the change, or return the outcome of its first delivery.

        Raises RequestMismatch when the key was used with other content, and Unavailable when other
        changes kept getting in first.
        """
        attempt = _Attempt(
            operation=operation,
            caller=caller,
            delivery=delivery,
            stamp=Stamp(at=_whole_milliseconds(self._clock()), seed=delivery.key),
            fingerprint=fingerprint(request),
        )
        for number in range(MAX_ATTEMPTS):
            if number:
                self._back_off(number)
            outcome, writes = attempt.decide(request, store)
            record = attempt.record(self._table, outcome)
            try:
                self._database.transact([*writes, record])
            except TransactionCancelled as cancelled:
                if cancelled.reasons[-1:] != ("ConditionalCheckFailed",):
                    continue
                first = self._database.get(self._table, {"request_id": delivery.key})
                if first is not None:
                    return self._first_outcome(first, attempt)
            else:
                return outcome
        raise Unavailable(
            "Other changes to the same account kept getting in first, and nothing was changed. "
            "Try the same request again in a few seconds."
        )

    def _first_outcome(self, first: Item, attempt: "_Attempt") -> Outcome:
        """Return the outcome on record; it is no repeat when this very attempt committed it."""
        if first["fingerprint"] != attempt.fingerprint:
            raise RequestMismatch(
                "This request id was used before with other content, and nothing was changed now. "
                "Use a new request id (`correlation_id` of an event, `request_id` of a session)."
            )
        is_repeat = first["attempt_id"] != attempt.id
        if is_repeat:
            self._database.increment(self._table, {"request_id": first["request_id"]}, "deliveries")
        return Outcome(
            status=int(first["status"]),
            body=json_text.loads(first["answer"]),
            correlation_id=first["correlation_id"],
            repeat_from=(
                _EPOCH + int(first["repeats_until_ms"]) * _MILLISECOND if is_repeat else None
            ),
            owed=tuple(json_text.loads(envelope) for envelope in first["events"]),
            is_recorded=True,
        )

    def _back_off(self, number: int) -> None:
        """Wait a random time below an exponentially growing bound (full jitter)."""
        bound = min(_BACKOFF_CAP_SECONDS, _BACKOFF_BASE_SECONDS * 2**number)
        self._sleep(bound * self._random())


class _Attempt:
    """One invocation's try at one request."""

    def __init__(
        self,
        *,
        operation: Operation,
        caller: Caller,
        delivery: Delivery,
        stamp: Stamp,
        fingerprint: str,
    ) -> None:
        self.id = str(uuid4())
        self.fingerprint = fingerprint
        self._operation = operation
        self._caller = caller
        self._delivery = delivery
        self._stamp = stamp
        self._correlation_id = delivery.correlation_id or stamp.id

    def decide(self, request: Request, store: Any) -> tuple[Outcome, Sequence[Write]]:
        """Run the operation: its outcome and the writes that make it true."""
        operation = self._operation
        try:
            change = operation.function(self._caller, request, store, self._stamp)
        except Refusal as refusal:
            data = {**request.model_dump(exclude_none=True), "error": refusal.body}
            body = {"error": refusal.body}
            return self._outcome(refusal.status, body, operation.failure_event, data), ()
        answer = change.answer.payload()
        event_type = operation.success_event if change.is_published else None
        return self._outcome(200, answer, event_type, change.event_data or answer), change.writes

    def record(self, table: str, outcome: Outcome) -> Put:
        """Return the write of the request's item, which fails when the request is known."""
        now_ms = (self._stamp.at - _EPOCH) // _MILLISECOND
        item: Item = {
            "request_id": self._delivery.key,
            "attempt_id": self.id,
            "operation": self._operation.operation_id,
            "user_id": self._caller.user_id,
            "correlation_id": self._correlation_id,
            "fingerprint": self.fingerprint,
            "status": outcome.status,
            "answer": json_text.dumps(outcome.body),
            "events": [json_text.dumps(envelope) for envelope in outcome.owed],
            "deliveries": 1,
            "created_at": to_iso(self._stamp.at),
            "repeats_until_ms": now_ms + self._delivery.window // _MILLISECOND,
            "expires_at": (now_ms + RETENTION // _MILLISECOND) // 1000,
        }
        return Put(
            table=table,
            item=item,
            condition="attribute_not_exists(request_id) OR repeats_until_ms <= :now",
            values={":now": now_ms},
        )

    def _outcome(
        self, status: int, body: dict[str, Any], event_type: str | None, data: dict[str, Any]
    ) -> Outcome:
        owed = () if event_type is None else (self._envelope(event_type, data),)
        return Outcome(
            status, body, correlation_id=self._correlation_id, owed=owed, is_recorded=True
        )

    def _envelope(self, event_type: str, data: dict[str, Any]) -> dict[str, Any]:
        return compose(
            event_type=event_type,
            correlation_id=self._correlation_id,
            moment=self._stamp.at,
            source=self._operation.source,
            user_id=self._caller.user_id,
            data=data,
        )


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
