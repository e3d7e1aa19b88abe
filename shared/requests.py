"""Exactly-once changes: the idempotency record and the transactional outbox, in one item.

Each state-changing request leaves one item in the requests table, written in the same DynamoDB
transaction as the change itself. The item holds a fingerprint of the content, the outcome, and the
events owed to the bus. So a change, its record and its duty to publish exist together or not at
all. A second delivery finds the item, changes nothing, answers the first outcome, and adds one to
`deliveries`, which makes `shared.event_relay` publish the events again.

A refusal is committed under the conditions that made it true (`shared.proofs`): what the decision
read is as it was, or what moves, on the same side. If not, it is decided again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared import json_text
from shared.attempts import MILLISECOND, Attempt
from shared.clock import EPOCH, NEVER, Clock, from_epoch, to_iso
from shared.confirmation import ConfirmationExpired, ConfirmationNeeded
from shared.deliveries import Delivery
from shared.dynamodb import DynamoDB, Item, TransactionCancelled, Write
from shared.errors import Refusal, RequestMismatch, Unavailable
from shared.identity import Caller
from shared.models import Request
from shared.observability import logger
from shared.operations import Operation
from shared.outcomes import Outcome
from shared.owed import owed_by
from shared.proofs import checks_of, seconds_of_lag
from shared.settings import Settings

T = TypeVar("T")

TRIED_FOR = timedelta(seconds=6)
"""How long a change is tried: a function has ten seconds, and a call may take some of them."""

_APART, _THROTTLED = 0.08, 1.0
"""Most seconds between two tries. Waits that grow would serve those last who came first."""


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
        attempt = Attempt(operation, caller, delivery, self._clock())
        max_age = self._max_age()
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
        self, attempt: Attempt, request: Request, store: Any, max_age: timedelta
    ) -> ConfirmationNeeded:
        """Decide what a person has to see first."""
        with self._database.watched():
            return attempt.to_be_shown(request, store, max_age=max_age)

    def _committed(
        self, attempt: Attempt, request: Request, store: Any, max_age: timedelta
    ) -> Outcome:
        """Decide and commit; decide again when a condition does not hold, until time is short.

        After a conflict, which says nothing of the conditions, the same writes are tried again.
        """
        decided: tuple[Outcome, list[Write], int] | None = None

        def once() -> Outcome:
            nonlocal decided
            if decided is None:
                found = self._decided(attempt, request, store, max_age)
                if isinstance(found, Outcome):
                    return found
                decided = found
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

    def _decided(
        self,
        attempt: Attempt,
        request: Request,
        store: Any,
        max_age: timedelta,
        *,
        may_wait: bool = True,
    ) -> tuple[Outcome, list[Write], int] | Outcome:
        """Decide: the outcome, its writes, and how many of them, the last, are of its record.

        KMS checks the proof meanwhile; its word comes first. What cannot be decided now, or is to
        be proved by reading again, may have been decided before: then the first outcome.
        """
        own: Sequence[Write]
        try:
            with self._database.watched() as watch:
                outcome, own = attempt.decide(request, store, max_age=max_age)
        except Exception as failure:
            attempt.check_proof()
            is_refusal = isinstance(failure, Refusal)
            first = self._recorded(attempt) if watch.queries or not is_refusal else None
            if first is not None:
                return self._first_outcome(first, attempt)
            if not isinstance(failure, Refusal):
                raise
            lag = seconds_of_lag(watch, attempt.made_at, self._clock())
            if lag and may_wait:
                self._sleep(lag)
                return self._decided(attempt, request, store, max_age, may_wait=False)
            outcome = attempt.refused(failure, request)
            own = failure.proof(checks_of(watch))
        attempt.check_proof()
        records = attempt.records(self._settings, outcome)
        return outcome, [*own, *records], len(records)

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

    def _max_age(self) -> timedelta:
        return timedelta(hours=self._settings.order_max_age_hours)

    def _recorded(self, attempt: Attempt) -> Item | None:
        """Return the record of the request's first delivery, if there is one in force."""
        if attempt.window_key is None:
            return self._database.get(self._table, {"request_id": attempt.record_key})
        window = self._database.get(self._table, {"request_id": attempt.window_key})
        if window is None or window["repeats_until_ms"] <= attempt.now_ms:
            return None
        return self._database.get(self._table, {"request_id": window["record_key"]})

    def _first_outcome(self, first: Item, attempt: Attempt) -> Outcome:
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


_TOO_LATE = (
    "The customer's confirmation is too old, and nothing was changed. Send the request without it "
    "to get its terms again, and confirm those."
)


def _is_new_from(first: Item) -> datetime:
    """Return when a request on record would count as new: after its window, or its record's end."""
    if "repeats_until_ms" in first:
        return EPOCH + int(first["repeats_until_ms"]) * MILLISECOND
    return from_epoch(int(first["expires_at"])) if "expires_at" in first else NEVER
