"""A customer's conversation, carried out against the bank in memory, with what each step used.

The functions, the stream and the bus are played in this process: the relay is invoked for each
record that it would be given, and a step of a purchase for each event that its rule matches. What
is counted is what AWS would count. Processor time is that of the function and its clients; what
the tables take to answer is left out.
"""

import base64
import copy
import importlib
import io
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, fields
from itertools import count
from typing import Any
from unittest import mock

from action_groups import load_group
from benchmarks.reference import aws
from benchmarks.start import event_of
from benchmarks.warm import OPERATIONS, Context
from shared.confirmation import MAC_ALGORITHM
from shared.front_doors import lambda_handler_for
from shared.service import Service, connect
from tests.support.calls import Meter
from tests.support.tables import CONFIRMATION_KEY_ARN

QUERIES = ("get_balance", "resolve_alias", "search_products")
Handler = Callable[[Any, Any], Any]


@dataclass
class Use:
    """What was used: invocations, request units, events put, requests to KMS, time and log bytes.

    `sequence` are the calls to AWS that waited for each other, by name.
    """

    invocations: int = 0
    reads: float = 0
    writes: float = 0
    events: int = 0
    kms: int = 0
    cpu_ms: float = 0
    log_bytes: int = 0
    sequence: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Use") -> "Use":
        return Use(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Use)))


@dataclass(frozen=True)
class System:
    """The functions of one way to write the bank: of the agent, of the bus's rules, and the relay.

    `is_relayed` tells the records of the stream that the relay is given.
    """

    agent: dict[str, Handler]
    pay: Handler
    end: Handler
    relay: Handler
    is_relayed: Callable[[dict[str, Any]], bool]


class Bank(aws.Aws):
    """The bank of the references, that counts what is asked of it and what it takes itself."""

    def __init__(self) -> None:
        super().__init__()
        self.own_ns = 0
        self.sequence: Counter[str] = Counter()
        self._lock = threading.Lock()

    def refill(self) -> None:
        super().refill()
        self.meter = Meter(self.tables)
        self.tables.around = self.meter

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Answer a request; those of the main thread wait for each other."""
        with self._lock:
            begun = time.thread_time_ns()
            try:
                return super().answer(target, body)
            finally:
                self.own_ns += time.thread_time_ns() - begun
                if threading.current_thread() is threading.main_thread():
                    self.sequence[self.calls[-1]] += 1

    def stream(self) -> list[dict[str, Any]]:
        """Return the records of the stream so far."""
        [stream] = self.tables.streams.values()
        [records] = stream.shards.values()
        return records


class Conversations:
    """Holds conversations with a system, and keeps what was used by the name of each step."""

    def __init__(self, bank: Bank, system: System, log: io.StringIO, *, is_confirmed: bool) -> None:
        self._bank = bank
        self._system = system
        self._log = log
        self._is_confirmed = is_confirmed
        self._numbers = count()
        self._name = ""
        self.used: dict[str, Use] = {}

    def begin(self) -> None:
        """Forget what was used, on tables as the seeds fill them."""
        self._bank.refill()
        self.used = {}

    def hold(self, *, is_buying: bool) -> None:
        """Hold one conversation: the queries, a transfer, and a purchase if wished."""
        for name in QUERIES:
            self._ask(name, event_of(name))
        self._changed("create_transfer")
        if is_buying:
            bought = self._changed("create_purchase")
            event = event_of("get_purchase")
            [parameter] = event["parameters"]
            parameter["value"] = bought["purchase_id"]
            ended = self._ask("create_purchase", event)
            assert ended["status"] == "completed", ended

    def _changed(self, name: str) -> Any:
        event = event_of(name)
        event["sessionAttributes"]["request_id"] = (
            f"00000000-0000-7000-8000-{next(self._numbers):012}"
        )
        if self._is_confirmed:
            shown = self._ask(name, copy.deepcopy(event), status=428)
            challenge = shown["confirmation"]["challenge"]
            event["sessionAttributes"]["confirmation"] = f"{challenge}.{self._signed(challenge)}"
        return self._ask(name, event)

    def _signed(self, challenge: str) -> str:
        """Sign as the channel does; its request to KMS is paid as well."""
        made = self._bank.kms.generate_mac(
            KeyId=CONFIRMATION_KEY_ARN, Message=challenge.encode(), MacAlgorithm=MAC_ALGORITHM
        )
        self.used[self._name] += Use(kms=1)
        return base64.urlsafe_b64encode(made["Mac"]).rstrip(b"=").decode()

    def _ask(self, name: str, event: Any, *, status: int = 200) -> Any:
        """Invoke a function of the agent, and then whatever follows of it."""
        self._name = name
        published, relayed = len(self._bank.bus.envelopes), len(self._bank.stream())
        answer = self._invoke(self._system.agent[event["actionGroup"]], event)
        assert answer["response"]["httpStatusCode"] == status, answer
        self._follow(published, relayed)
        return json.loads(answer["response"]["responseBody"]["application/json"]["body"])

    def _follow(self, published: int, relayed: int) -> None:
        """Invoke what the stream and the rules of the bus invoke, until nothing is left."""
        system, bank = self._system, self._bank
        rules = {"PAYMENT_REQUEST": system.pay, "PAYMENT_COMPLETED": system.end}
        while len(bank.stream()) > relayed or len(bank.bus.envelopes) > published:
            for record in bank.stream()[relayed:]:
                relayed += 1
                if system.is_relayed(record):
                    self._invoke(system.relay, {"Records": [record]})
            for envelope in bank.bus.envelopes[published:]:
                published += 1
                if envelope["event_type"] in rules:
                    self._invoke(rules[envelope["event_type"]], _delivered(envelope))

    def _invoke(self, handler: Handler, event: Any) -> Any:
        bank = self._bank
        bank.sequence.clear()
        bank.own_ns, bank.meter.use = 0, type(bank.meter.use)()
        events, kms = len(bank.bus.envelopes), bank.kms.calls.count("VerifyMac")
        self._log.seek(0)
        self._log.truncate()
        given = copy.deepcopy(event)
        begun = time.process_time_ns()
        answer = handler(given, Context())
        taken = time.process_time_ns() - begun - bank.own_ns
        use = Use(
            invocations=1,
            reads=bank.meter.use.reads,
            writes=bank.meter.use.writes,
            events=len(bank.bus.envelopes) - events,
            kms=bank.kms.calls.count("VerifyMac") - kms,
            cpu_ms=taken / 1e6,
            log_bytes=len(self._log.getvalue().encode()),
            sequence=Counter(bank.sequence),
        )
        self.used[self._name] = self.used.get(self._name, Use()) + use
        return answer


def _delivered(envelope: dict[str, Any]) -> dict[str, Any]:
    """Return an event as a rule of the bus delivers it."""
    return {
        "version": "0",
        "id": "9f0a2f5e-0000-4000-8000-000000000000",
        "detail-type": envelope["event_type"],
        "source": envelope["source"],
        "account": "123456789012",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": "us-east-1",
        "resources": [],
        "detail": json.loads(json.dumps(envelope, default=float)),
    }


def product(*, is_confirmed: bool) -> System:
    """Return the product's functions, made as a deployment makes them."""
    agents = {"REQUIRE_CONFIRMATION": "agents" if is_confirmed else "never"}
    with mock.patch.dict(os.environ, agents):
        agent = {group: _made(group) for group in OPERATIONS}
    with mock.patch.dict(os.environ, {"DOORS": "bus"}):
        pay, end = _made("core_banking"), _made("marketplace")
    relay = importlib.import_module("shared.relay_handler").lambda_handler
    return System(agent, pay, end, relay, lambda record: True)


def _made(group: str) -> Handler:
    return lambda_handler_for(Service(load_group(group), connect()))


def typical(*, is_confirmed: bool, has_outbox: bool = True) -> System:
    """Return the functions of *typical*; the mapping of its relay passes on what owes an event."""

    def of(module: str) -> Any:
        return importlib.import_module(f"benchmarks.reference.typical.{module}")

    def made(module: str) -> Handler:
        handler: Handler = of(module).lambda_handler
        if has_outbox:
            return handler
        changed: Handler = of("without_outbox").without_outbox(of(module))
        return changed

    agent = {group: made(group) for group in OPERATIONS}
    if is_confirmed:
        agent = {group: of("confirming").confirmed(handler) for group, handler in agent.items()}
    steps = made("purchase_steps")
    return System(agent, steps, steps, of("event_relay").lambda_handler, _owes_an_event)


def _owes_an_event(record: dict[str, Any]) -> bool:
    return record["eventName"] == "INSERT" and "events" in record["dynamodb"]["NewImage"]


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Yield what is printed meanwhile, and later by the functions that are made meanwhile."""
    log = io.StringIO()
    with redirect_stdout(log):
        yield log
