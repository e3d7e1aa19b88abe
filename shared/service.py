"""An action group ready to answer: its operations, data access, ledger and clients."""

import os
import random
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from shared.clients import client_of, reach
from shared.clock import Clock, system_clock
from shared.confirmation import (
    TERMS_WANTED,
    Asked,
    ConfirmationNeeded,
    KmsMacCheck,
    MacCheck,
    claimed,
)
from shared.decoding import decode, decode_text
from shared.deliveries import Delivery, delivery_key, fingerprint
from shared.dynamodb import DynamoDB
from shared.errors import InvalidRequest, UnknownOperation
from shared.identity import Caller, caller_from
from shared.meanwhile import Begin, at_once, in_a_thread
from shared.models import Request
from shared.observability import UNREADABLE, answered, logger, measured, note, unanswered
from shared.operations import ActionGroup, Operation
from shared.outcomes import Outcome
from shared.publisher import Publisher
from shared.requests import RequestLedger
from shared.settings import Settings

REPEAT_WINDOW = timedelta(minutes=2)
"""How long the same call in the same conversation counts as the same request."""

ANSWERED_WITHIN = timedelta(seconds=9)
"""After which nobody waits any more for the end of a flow: a function has ten seconds."""

_FIRST_LOOKS = (0.08, 0.12)
_LATER_LOOKS_FROM, _SECONDS_APART = 0.35, 0.2
"""A flow takes several hops, so that to look for its end at once is a read for nothing: the first
looks are when it ends on the local AWS, and it takes 0.6 s and more in AWS. Five looks a second."""


class Resources(NamedTuple):
    """What a service uses of the outside world. Only where events come in are replies published."""

    settings: Settings
    database: DynamoDB
    publisher: Publisher | None
    is_mac: MacCheck
    clock: Clock = system_clock
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    begin: Begin = at_once


def connect() -> Resources:
    """Build the resources from the environment, once, at cold start."""
    settings = Settings.from_environment(os.environ)
    publisher = None
    if "bus" in settings.doors:
        publisher = Publisher(client_of("events"), settings.event_bus_name)
    return Resources(
        settings=settings,
        database=DynamoDB(client_of("dynamodb"), in_a_thread),
        publisher=publisher,
        is_mac=KmsMacCheck(partial(client_of, "kms"), settings.confirmation_key_arn),
        begin=in_a_thread,
    )


class Call(NamedTuple):
    """A request as a front door reads it from its event, for `Service.answer`.

    `door` is its name, and `user_id` whom it says is calling. The values of `arguments` are those
    of JSON, or all text where the door delivers so (`is_text`). `proofs` are what it was given of
    the customer's yes, separated by blanks; a call that `is_exempt` needs none. A change is told
    from others by its `request_id`, or else by its content within a `conversation`, for
    `REPEAT_WINDOW`. `correlation_id` goes on the events of the call; without it they have an id of
    their own. `is_awaited` where the caller waits for the end of a flow rather than for its
    beginning. `sent_at` is when the bus took it. `identity_from` tells whom the door cannot name
    where it looks for `user_id`.
    """

    operation: Operation
    door: str
    user_id: Any
    arguments: Mapping[str, Any]
    proofs: str = ""
    is_exempt: bool = False
    is_text: bool = False
    request_id: str | None = None
    conversation: str | None = None
    correlation_id: str | None = None
    is_awaited: bool = False
    sent_at: datetime | None = None
    identity_from: str = "the front door"


class Service:
    """Answers the calls of one group, whichever front door they come through."""

    def __init__(self, group: ActionGroup, resources: Resources) -> None:
        self.group = group
        self.settings = resources.settings
        self.clock = resources.clock
        self.publisher = resources.publisher
        self._database = resources.database
        self._is_mac = resources.is_mac
        self._begin = resources.begin
        self._sleep = resources.sleep
        self.store = group.store(resources.database, resources.settings, resources.clock)
        self._ledger = RequestLedger(
            resources.database,
            resources.settings,
            clock=resources.clock,
            sleep=resources.sleep,
            random=resources.random,
        )

    def reach(self) -> None:
        """Make a first call to DynamoDB at the start, rather than while somebody waits.

        A function for agents makes the first read of its group, and so what a client makes once for
        each kind of call. Those of the bus have no read in common that each may make.
        """
        first_read = self.group.first_read
        if first_read is None or self.publisher is not None:
            reach(self._database.describe)
        else:
            reach(partial(first_read, self.store))

    def routed(self, method: str, path: str) -> Operation:
        """Return the operation of a method and path template. Raises UnknownOperation."""
        known = (f"{o.method} {o.path}" for o in self.group if o.path)
        return self._found(self.group.route(method, path), known)

    def triggered_by(self, event_type: str) -> Operation:
        """Return the operation that an event type triggers. Raises UnknownOperation."""
        operation = self._found(
            self.group.triggered_by(event_type), (o.event_type for o in self.group if o.event_type)
        )
        note(event_type=event_type)
        return operation

    def named(self, operation_id: str) -> Operation:
        """Return the operation that agents know by a name. Raises UnknownOperation."""
        known = {o.operation_id: o for o in self.group if o.path}
        return self._found(known.get(operation_id), known)

    @staticmethod
    def _found(operation: Operation | None, known: Iterable[str]) -> Operation:
        if operation is None:
            message = f"This action group has no such operation. It has: {', '.join(known)}."
            raise UnknownOperation(message)
        note(operation=operation.operation_id)
        return operation

    def answer(self, read: Callable[[], Call]) -> Outcome:
        """Answer the call that a front door reads from its event; never raises.

        Whatever goes wrong, `read` included, is an outcome with an `error` to answer.
        """
        try:
            call = read()
            if call.correlation_id is not None:
                note(correlation_id=call.correlation_id)
            return self._answer(call)
        except Exception as error:  # noqa: BLE001 every event gets an answer
            return self.refuse(error)

    def publish_again(self, record_key: str) -> None:
        """Have what a change on record owes published once more."""
        self._ledger.publish_again(record_key)

    def test_user(self) -> str:
        """Return the caller of a session that names none: empty, unless a test user stands in.

        Each use of the test user is logged and counted: nobody must become a customer unseen.
        """
        if self.settings.test_user_id:
            logger.warning("the test user stands in for a session without `user_id`")
            measured("TestUserUses")
        return self.settings.test_user_id

    def refuse(self, error: Exception) -> Outcome:
        """Return the outcome that tells of an error, and record it for the operators."""
        status, described = unanswered(error)
        return Outcome(status, {"error": described})

    def _answer(self, call: Call) -> Outcome:
        operation, begun = call.operation, self.clock()
        caller = caller_from(call.user_id, call.identity_from)
        read = decode_text if call.is_text else decode
        request = read(operation.request_model, call.arguments)
        if operation.changes:
            delivery = self._delivery(call, caller, request)
            outcome = self._carried_out(call, caller, request, delivery)
        else:
            answer: Any = operation.function(caller, request, self.store)
            outcome = Outcome(200, answer.payload(), correlation_id=call.correlation_id)
        answered(
            outcome.status,
            outcome.body,
            repeated=outcome.repeat_from is not None,
            changes=operation.changes,
            correlation_id=outcome.correlation_id,
        )
        if operation.final_answer is None or not call.is_awaited or "error" in outcome.body:
            return outcome
        return self._awaited(operation, caller, outcome, begun + ANSWERED_WITHIN)

    def _carried_out(
        self, call: Call, caller: Caller, request: Request, delivery: Delivery
    ) -> Outcome:
        """Carry out a change, or return the terms that a person has to agree to first."""
        try:
            return self._ledger.carry_out(call.operation, caller, request, delivery, self.store)
        except ConfirmationNeeded as needed:
            body = {"error": needed.body, "confirmation": needed.confirmation}
            return Outcome(needed.status, body, correlation_id=call.correlation_id)

    def _delivery(self, call: Call, caller: Caller, request: Request) -> Delivery:
        """Tell this request from others, by the same key on every front door.

        Raises ConfirmationInvalid when it comes with proofs, and none is of this request. Whoever
        asks for the terms is told them also where no proof is needed.
        """
        parts = (caller.user_id, call.operation.operation_id)
        content = fingerprint(request)
        delivery = partial(
            Delivery,
            fingerprint=content,
            door=call.door,
            correlation_id=call.correlation_id,
            sent_at=call.sent_at,
        )
        if call.operation.confirm and (call.proofs or self._needs_yes(call)):
            asked = Asked(*parts, content, call.request_id or str(uuid4()))
            if call.proofs not in ("", TERMS_WANTED):
                proof, check_proof = claimed(
                    call.proofs, asked, call.request_id, self._is_mac, self._begin
                )
                asked = asked._replace(request_id=proof.request_id)
                delivery = partial(delivery, proof=proof, check_proof=check_proof)
            return delivery(
                key=delivery_key(*parts, "id", asked.request_id),
                asked=asked,
                is_named=call.request_id is not None,
            )
        if call.operation.record_key is not None:
            return delivery(key=call.operation.record_key(caller.user_id, request))
        if call.request_id is not None:
            return delivery(key=delivery_key(*parts, "id", call.request_id))
        if call.conversation is not None:
            key = delivery_key(*parts, "conversation", call.conversation, content)
            return delivery(key=key, window=REPEAT_WINDOW)
        raise InvalidRequest("The request has no id that tells it from others.")

    def _needs_yes(self, call: Call) -> bool:
        """Tell whether a call has to prove that the customer said yes."""
        where = self.settings.require_confirmation
        if call.is_exempt or where == "never":
            return False
        return where == "always" or call.door != "bus"

    def _awaited(
        self, operation: Operation, caller: Caller, outcome: Outcome, end: datetime
    ) -> Outcome:
        """Wait for the final answer of a change that events complete, as long as an agent waits.

        When it does not come in time, or cannot be read, the outcome stays as it is: it is true.
        """
        assert operation.final_answer is not None
        waited = 0.0
        for moment in self._looks(end, is_repeated=outcome.repeat_from is not None):
            self._sleep(moment - waited)
            waited = moment
            try:
                final = operation.final_answer(caller, outcome.body, self.store)
            except (ClientError, BotoCoreError, *UNREADABLE) as error:
                logger.warning("end not read", extra={"error_type": type(error).__name__})
                continue
            if final is not None:
                return outcome._replace(body=final)
        return outcome

    def _looks(self, end: datetime, *, is_repeated: bool) -> list[float]:
        """Return after how many seconds the end of a flow is looked for, until it is too late.

        That of a flow which began earlier may be there.
        """
        most = min(self.settings.agent_wait_seconds, (end - self.clock()).total_seconds())
        number = max(int((most - _LATER_LOOKS_FROM) / _SECONDS_APART) + 1, 0)
        later = (_LATER_LOOKS_FROM + look * _SECONDS_APART for look in range(number))
        first = (0.0, *_FIRST_LOOKS[1:]) if is_repeated else _FIRST_LOOKS
        return [look for look in (*first, *later) if look <= most]
