"""One invocation's try at one request: what it decides, and what stays of it on record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from shared import json_text
from shared.changes import Change, Stamp
from shared.clock import EPOCH, to_iso
from shared.confirmation import ConfirmationNeeded, Shown, TermsChanged
from shared.deliveries import Delivery, delivery_key
from shared.dynamodb import Item, Put, Write
from shared.envelope import compose
from shared.errors import OrderExpired, Refusal
from shared.identity import Caller
from shared.ids import time_ordered_id
from shared.models import Request
from shared.operations import Operation
from shared.outcomes import Outcome
from shared.owed import entry_of
from shared.settings import Settings

MILLISECOND = timedelta(milliseconds=1)
_ATTEMPT_BYTES = 12


class Attempt:
    """One invocation's try at one request."""

    def __init__(
        self, operation: Operation, caller: Caller, delivery: Delivery, now: datetime
    ) -> None:
        self.id = token_urlsafe(_ATTEMPT_BYTES)
        self.now_ms = (now - EPOCH) // MILLISECOND
        at = EPOCH + self.now_ms * MILLISECOND
        self.made_at = min(delivery.sent_at or at, at)
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
        self, request: Request, store: Any, *, max_age: timedelta
    ) -> ConfirmationNeeded:
        """Decide the change and return what a person has to see first. Raises the Refusal."""
        confirmation = self._confirmation(self._run(request, store, max_age))
        return ConfirmationNeeded(_NOT_CONFIRMED, confirmation)

    def decide(
        self,
        request: Request,
        store: Any,
        *,
        max_age: timedelta,
    ) -> tuple[Outcome, Sequence[Write]]:
        """Run the operation: its outcome and the writes that make it true. Raises the Refusal."""
        change = self._run(request, store, max_age)
        proof = self._delivery.proof
        if proof is not None and not proof.has_shown(self._shown(change)):
            raise TermsChanged(_OTHER_TERMS, self._confirmation(change))
        answer = change.answer.payload()
        data, event_type = change.event_data or answer, self._operation.success_event
        return self._outcome(200, answer, event_type, data, change), change.writes

    def refused(self, refusal: Refusal, request: Request) -> Outcome:
        """Return the outcome of a request that is declined."""
        data = {**request.model_dump(exclude_none=True), "error": refusal.body}
        body = {"error": refusal.body}
        return self._outcome(refusal.status, body, self._operation.failure_event, data)

    def records(self, settings: Settings, outcome: Outcome) -> list[Put]:
        """Return the writes of the request's items, which fail when the request is known."""
        retention = timedelta(days=settings.request_retention_days)
        expires_at = (self.now_ms + retention // MILLISECOND) // 1000
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
        repeated = {"repeats_until_ms": self.now_ms + window // MILLISECOND}
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

    def _shown(self, change: Change[Any]) -> Shown:
        model = self._operation.terms_model
        if model is None or change.shown is None or type(change.shown.terms) is not model:
            raise TypeError(f"{self._operation.operation_id} did not say what is confirmed")
        return change.shown

    def _confirmation(self, change: Change[Any]) -> dict[str, Any]:
        assert self._delivery.asked is not None
        return self._delivery.asked.confirmation(
            self._shown(change), at=self._stamp.at, left_today=change.left_today
        )

    def _run(self, request: Request, store: Any, max_age: timedelta) -> Change[Any]:
        """Run the operation. Raises OrderExpired in place of what it would do or refuse."""
        refusal = None
        try:
            change: Change[Any] = self._operation.function(
                self._caller, request, store, self._stamp
            )
        except Refusal as error:
            refusal = error
        sent_at = self._delivery.sent_at
        if sent_at is not None and self._stamp.at - sent_at > max_age:
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
