"""Exactly-once changes: the idempotency record and the transactional outbox, in one item.

Each state-changing request leaves one item in the requests table, written in the same DynamoDB
transaction as the change itself. The item holds a fingerprint of the content, the outcome, and the
events owed to the bus. So a change, its record and its duty to publish exist together or not at
all. A second delivery finds the item, changes nothing, answers the first outcome, and adds one to
`deliveries`, which makes `shared.event_relay` publish the events again.

A refusal is committed under the conditions that made it true: what the decision read by its key is
checked to be as it was, or what moves, to be on the same side. If not, it is decided again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from secrets import token_urlsafe
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared import json_text
from shared.changes import Change, Stamp
from shared.clock import EPOCH, NEVER, Clock, from_epoch, to_iso
from shared.confirmation import (
    ConfirmationExpired,
    ConfirmationNeeded,
    Terms,
    TermsChanged,
)
from shared.deliveries import Delivery, delivery_key
from shared.dynamodb import ConditionCheck, DynamoDB, Item, Put, TransactionCancelled, Write
from shared.envelope import compose
from shared.errors import OrderExpired, Refusal, RequestMismatch, Unavailable
from shared.identity import Caller
from shared.ids import time_ordered_id
from shared.models import Request
from shared.observability import logger
from shared.operations import Operation
from shared.outcomes import Outcome
from shared.owed import entry_of, owed_by
from shared.settings import Settings

T = TypeVar("T")

TRIED_FOR = timedelta(seconds=6)
"""How long a change is tried: a function has ten seconds, and a call may take some of them."""

_APART, _THROTTLED = 0.08, 1.0
"""Most seconds between two tries. Waits that grow would serve those last who came first."""

_MILLISECOND = timedelta(milliseconds=1)
_ATTEMPT_BYTES = 12


class RequestLedger:
    """Carries out changes, each exactly once."""

    def __init__(
        self,
        database: DynamoDB,
        settings: Settings,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self._database = database
        self._settings = settings
        self._table = settings.requests_table
        self._clock = clock
        self._sleep = sleep
        self._random = random

    def carry_out(
        self, operation: Operation, caller: Caller, request: Request, delivery: Delivery, store: Any
    ) -> Outcome:
        """Decide and commit the change, or return the outcome of its first delivery.

        Raises RequestMismatch when the key was used with other content, ConfirmationNeeded and
        ConfirmationExpired when the person's yes is not there, or not to this, and Unavailable when
        other changes kept getting in first.
        """
        attempt = _Attempt(operation, caller, delivery, self._clock())
        max_age = self._max_age(operation)
        if delivery.is_preview:
            # Nobody is asked about what was done or refused under this id already.
            first = self._recorded(attempt) if delivery.is_named else None
            if first is None:
                raise self._tried(partial(self._shown, attempt, request, store, max_age))
            return self._first_outcome(first, attempt)
        if attempt.is_too_late:
            delivery.check_proof()
            first = self._recorded(attempt)
            if first is None:
                raise ConfirmationExpired(_TOO_LATE)
            return self._first_outcome(first, attempt)
        return self._committed(attempt, request, store, max_age)

    def _shown(
        self, attempt: "_Attempt", request: Request, store: Any, max_age: timedelta | None
    ) -> ConfirmationNeeded:
        """Decide what a person has to see first."""
        with self._database.watched():
            return attempt.to_be_shown(request, store, max_age=max_age)

    def _committed(
        self, attempt: "_Attempt", request: Request, store: Any, max_age: timedelta | None
    ) -> Outcome:
        """Decide and commit; decide again when a condition does not hold, until time is short.

        After a conflict, which says nothing of the conditions, the same writes are tried again.
        KMS checks the proof while the change is decided; its word comes first.
        """
        decided: tuple[Outcome, list[Write], int] | None = None

        def once() -> Outcome:
            nonlocal decided
            if decided is None:
                try:
                    with self._database.watched() as reads:
                        outcome, own = attempt.decide(request, store, max_age=max_age, reads=reads)
                except Exception:
                    attempt.check_proof()
                    # What cannot be decided now may have been decided before.
                    first = self._recorded(attempt)
                    if first is None:
                        raise
                    return self._first_outcome(first, attempt)
                attempt.check_proof()
                records = attempt.records(self._settings, outcome)
                decided = outcome, [*own, *records], len(records)
            outcome, writes, of_records = decided
            try:
                self._database.transact(writes)
            except TransactionCancelled as cancelled:
                if "ConditionalCheckFailed" in cancelled.reasons:
                    decided = None
                if "ConditionalCheckFailed" in cancelled.reasons[-of_records:]:
                    first = self._recorded(attempt)
                    if first is not None:
                        return self._first_outcome(first, attempt)
                raise
            return outcome

        return self._tried(once)

    def _tried(self, do: Callable[[], T]) -> T:
        """Do it again, after a wait, while others get in first, until time is short."""
        end = self._clock() + TRIED_FOR
        while self._clock() < end:
            try:
                return do()
            except TransactionCancelled as cancelled:
                self._sleep(self._random() * (_THROTTLED if cancelled.is_throttled else _APART))
        raise Unavailable(
            "Other changes to the same account kept getting in first, and nothing was changed. "
            "Try the same request again in a few seconds."
        )

    def publish_again(self, record_key: str) -> None:
        """Have the relay publish once more what a request on record owes."""
        self._database.count_delivery(
            self._table, {"request_id": record_key}, delivered_at=to_iso(self._clock())
        )

    def _max_age(self, operation: Operation) -> timedelta | None:
        return timedelta(hours=self._settings.order_max_age_hours) if operation.expires else None

    def _recorded(self, attempt: "_Attempt") -> Item | None:
        """Return the record of the request's first delivery, if there is one in force."""
        if attempt.window_key is None:
            return self._database.get(self._table, {"request_id": attempt.record_key})
        window = self._database.get(self._table, {"request_id": attempt.window_key})
        if window is None or window["repeats_until_ms"] <= attempt.now_ms:
            return None
        return self._database.get(self._table, {"request_id": window["record_key"]})

    def _first_outcome(self, first: Item, attempt: "_Attempt") -> Outcome:
        """Return the outcome on record; it is no repeat when this very attempt committed it."""
        if first["fingerprint"] != attempt.fingerprint:
            raise RequestMismatch(
                "This request id was used before with other content, and nothing was changed now. "
                "Use a new request id."
            )
        is_repeat = first["attempt_id"] != attempt.id
        if is_repeat:
            self._count_repeat(first)
        return Outcome(
            status=int(first["status"]),
            body=json_text.without_nulls(json_text.loads(first["answer"])),
            correlation_id=first["correlation_id"],
            repeat_from=_is_new_from(first) if is_repeat else None,
            owed=tuple(owed_by(first)),
            is_recorded=True,
        )

    def _count_repeat(self, first: Item) -> None:
        """Count a delivery. The outcome is known, so a counter that cannot be written is no news.

        What is owed is then not published once more; it was, or will be, for the first delivery.
        """
        try:
            self.publish_again(first["request_id"])
        except (ClientError, BotoCoreError) as error:
            logger.warning("repeat not counted", extra={"error_type": type(error).__name__})


class _Attempt:
    """One invocation's try at one request."""

    def __init__(
        self, operation: Operation, caller: Caller, delivery: Delivery, now: datetime
    ) -> None:
        self.id = token_urlsafe(_ATTEMPT_BYTES)
        self.now_ms = (now - EPOCH) // _MILLISECOND
        at = EPOCH + self.now_ms * _MILLISECOND
        self.window_key = None if delivery.window is None else delivery.key
        # Each window has a record of its own: what the one before still owes is not written over.
        self.record_key = (
            delivery.key if delivery.window is None else delivery_key(delivery.key, to_iso(at))
        )
        self.check_proof = delivery.check_proof
        self._operation = operation
        self._caller = caller
        self._delivery = delivery
        self._correlation_id = delivery.correlation_id or time_ordered_id(at, delivery.key)
        self._stamp = Stamp(
            at=at,
            seed=delivery.key,
            correlation_id=self._correlation_id,
            record_key=self.record_key,
            door=delivery.door,
            proof=delivery.proof,
            is_preview=delivery.is_preview,
        )

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the request's content."""
        return self._delivery.fingerprint

    @property
    def is_too_late(self) -> bool:
        """Whether the customer's yes is no longer one."""
        proof = self._delivery.proof
        return proof is not None and self._stamp.at > proof.expires_at

    def to_be_shown(
        self, request: Request, store: Any, *, max_age: timedelta | None
    ) -> ConfirmationNeeded:
        """Decide the change and return what a person has to see first. Raises the Refusal."""
        confirmation = self._confirmation(self._run(request, store, max_age))
        return ConfirmationNeeded(_NOT_CONFIRMED, confirmation)

    def decide(
        self,
        request: Request,
        store: Any,
        *,
        max_age: timedelta | None,
        reads: Iterable[ConditionCheck],
    ) -> tuple[Outcome, Sequence[Write]]:
        """Run the operation: its outcome and the writes that make it true.

        A refusal is true while what was `read` for it is unchanged; that of an order too old, ever.
        """
        operation = self._operation
        try:
            change = self._run(request, store, max_age)
        except Refusal as refusal:
            data = {**request.model_dump(exclude_none=True), "error": refusal.body}
            body = {"error": refusal.body}
            outcome = self._outcome(refusal.status, body, operation.failure_event, data)
            return outcome, refusal.proof(reads)
        proof = self._delivery.proof
        if proof is not None and not proof.has_shown(self._terms(change), change.warnings):
            raise TermsChanged(_OTHER_TERMS, self._confirmation(change))
        answer = change.answer.payload()
        outcome = self._outcome(
            200,
            answer,
            operation.success_event,
            change.event_data or answer,
            change,
        )
        return outcome, change.writes

    def records(self, settings: Settings, outcome: Outcome) -> list[Put]:
        """Return the writes of the request's items, which fail when the request is known."""
        retention = timedelta(days=settings.request_retention_days)
        expires_at = (self.now_ms + retention // _MILLISECOND) // 1000
        item: Item = {
            "request_id": self.record_key,
            "attempt_id": self.id,
            "operation": self._operation.operation_id,
            "user_id": self._caller.user_id,
            "fingerprint": self.fingerprint,
            "status": outcome.status,
            "answer": json_text.dumps(outcome.body),
            "deliveries": 1,
            "created_at": self._stamp.created_at,
            **self._stamp.trail,
            "correlation_id": outcome.correlation_id,
        }
        item["events"] = [entry_of(envelope, item, outcome.body) for envelope in outcome.owed]
        if self._operation.record_key is None:
            item["expires_at"] = expires_at
        absent = "attribute_not_exists(request_id)"
        window = self._delivery.window
        if window is None or self.window_key is None:
            return [Put(settings.requests_table, item, absent)]
        repeated = {"repeats_until_ms": self.now_ms + window // _MILLISECOND}
        of_window: Item = {
            "request_id": self.window_key,
            "record_key": self.record_key,
            "events": [],
            "expires_at": expires_at,
        }
        is_over = f"{absent} OR repeats_until_ms <= :now"
        return [
            Put(settings.requests_table, of_window | repeated, is_over, {":now": self.now_ms}),
            Put(settings.requests_table, item | repeated, absent),
        ]

    def _terms(self, change: Change[Any]) -> Terms:
        model = self._operation.terms_model
        if model is None or type(change.terms) is not model:
            raise TypeError(f"{self._operation.operation_id} did not say what is confirmed")
        return change.terms

    def _confirmation(self, change: Change[Any]) -> dict[str, Any]:
        assert self._delivery.asked is not None
        return self._delivery.asked.confirmation(
            self._terms(change), change.warnings, at=self._stamp.at, left_today=change.left_today
        )

    def _run(self, request: Request, store: Any, max_age: timedelta | None) -> Change[Any]:
        """Run the operation. Raises OrderExpired in place of what it would do or refuse."""
        refusal = None
        try:
            change: Change[Any] = self._operation.function(
                self._caller, request, store, self._stamp
            )
        except Refusal as error:
            refusal = error
        sent_at = self._delivery.sent_at
        if max_age is not None and sent_at is not None and self._stamp.at - sent_at > max_age:
            raise OrderExpired(
                "This order is too old to be carried out, and nothing was changed. If the customer "
                "still wants it, send it again as a new request."
            )
        if refusal is not None:
            raise refusal
        return change

    def _outcome(
        self,
        status: int,
        body: dict[str, Any],
        event_type: str | None,
        data: dict[str, Any],
        change: Change[Any] | None = None,
    ) -> Outcome:
        correlation_id = (change and change.correlation_id) or self._correlation_id
        envelope = compose(
            event_type=event_type or "",
            correlation_id=correlation_id,
            moment=self._stamp.at,
            source=self._operation.source,
            user_id=self._caller.user_id,
            data=data,
            confirmed=(change and change.confirmed) or self._stamp.confirmed,
        )
        owed = () if event_type is None else (envelope,)
        return Outcome(status, body, correlation_id=correlation_id, owed=owed, is_recorded=True)


_NOT_CONFIRMED = (
    "Nothing was done yet: the customer has to see the terms and agree. The application shows "
    "`confirmation`, has its `challenge` signed, and repeats exactly this request with the proof."
)
_OTHER_TERMS = (
    "What the customer agreed to is no longer what would be done, and nothing was changed. Show "
    "the new terms in `confirmation`, and go on only if the customer agrees to them."
)
_TOO_LATE = (
    "The customer's confirmation is too old, and nothing was changed. Send the request without it "
    "to get its terms again, and confirm those."
)


def _is_new_from(first: Item) -> datetime:
    """Return when a request on record would count as new: after its window, or its record's end."""
    if "repeats_until_ms" in first:
        return EPOCH + int(first["repeats_until_ms"]) * _MILLISECOND
    return from_epoch(int(first["expires_at"])) if "expires_at" in first else NEVER
