"""An action group ready to answer: its operations, data access, ledger and clients."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config

from shared.clock import Clock, system_clock
from shared.dynamodb import DynamoDB
from shared.identity import Caller
from shared.models import Request
from shared.observability import answered
from shared.operations import ActionGroup, Operation
from shared.publisher import Publisher
from shared.requests import Delivery, Outcome, RequestLedger
from shared.settings import Settings

_CLIENT_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""Three tries of at most three seconds each stay within a function's ten."""

_SETTLE_POLLS_PER_SECOND = 5


@dataclass(frozen=True)
class Resources:
    """What a service uses of the outside world."""

    settings: Settings
    database: DynamoDB
    publisher: Publisher
    clock: Clock = system_clock
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


def connect() -> Resources:
    """Build the resources from the environment, once, at cold start."""
    settings = Settings.from_environment(os.environ)
    session = boto3.Session()
    return Resources(
        settings=settings,
        database=DynamoDB(session.client("dynamodb", config=_CLIENT_CONFIG)),
        publisher=Publisher(
            session.client("events", config=_CLIENT_CONFIG), settings.event_bus_name
        ),
    )


class Service:
    """Runs the operations of one group for whichever front door the request came through."""

    def __init__(self, group: ActionGroup, resources: Resources) -> None:
        self.group = group
        self.settings = resources.settings
        self.clock = resources.clock
        self.publisher = resources.publisher
        self._sleep = resources.sleep
        self._store = group.store(resources.database, resources.settings, resources.clock)
        self._ledger = RequestLedger(
            resources.database,
            resources.settings.requests_table,
            clock=resources.clock,
            sleep=resources.sleep,
            random=resources.random,
        )

    def run(
        self, operation: Operation, caller: Caller, request: Request, delivery: Delivery
    ) -> Outcome:
        """Answer a query, or carry out a change exactly once for its delivery."""
        outcome = self._outcome(operation, caller, request, delivery)
        answered(
            outcome.status,
            outcome.body,
            repeated=outcome.repeat_from is not None,
            changes=operation.changes,
            correlation_id=outcome.correlation_id,
        )
        return outcome

    def _outcome(
        self, operation: Operation, caller: Caller, request: Request, delivery: Delivery
    ) -> Outcome:
        if operation.changes:
            return self._ledger.carry_out(operation, caller, request, delivery, self._store)
        answer: Any = operation.function(caller, request, self._store)
        return Outcome(200, answer.payload(), correlation_id=delivery.correlation_id)

    def settle(self, operation: Operation, caller: Caller, outcome: Outcome) -> Outcome:
        """Wait for the final answer of a change that events complete, as long as an agent waits.

        When it does not come in time, the outcome stays as it is.
        """
        if operation.settled is None or "error" in outcome.body:
            return outcome
        for waited in range(self.settings.settle_seconds * _SETTLE_POLLS_PER_SECOND + 1):
            if waited:
                self._sleep(1 / _SETTLE_POLLS_PER_SECOND)
            final = operation.settled(caller, outcome.body, self._store)
            if final is not None:
                return replace(outcome, body=final)
        return outcome
