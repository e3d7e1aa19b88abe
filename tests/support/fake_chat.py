"""A chat service without a stack or a brain: a test sets its answers."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from console.agent.conversation import Conversation
from console.agent.events import (
    ConfirmationAsked,
    ConfirmationGiven,
    ConfirmationSettled,
    Decision,
    OperationAnswered,
    Text,
    TurnEnded,
    TurnEvent,
    WatchEvent,
)
from console.agent.language import Language
from console.errors import ConsoleError
from tests.support.web_chat import Person

WAIT_SECONDS = 10
ASKED = ConfirmationAsked(
    "inv-1", "createTransfer", {"amount": "100"}, {}, "¿Lo hago?", "$100.00", (("A", "B"),)
)


@dataclass
class FakeSubscription:
    arrived: "queue.SimpleQueue[WatchEvent]" = field(default_factory=queue.SimpleQueue)

    def get(self, timeout: float) -> WatchEvent | None:
        try:
            return self.arrived.get(timeout=timeout)
        except queue.Empty:
            return None


@dataclass(frozen=True)
class FakeState:
    accounts: list[dict[str, Any]]


class FakeWatch:
    def __init__(self) -> None:
        self.subscriptions: list[FakeSubscription] = []
        self.is_down = False

    @contextmanager
    def subscribe(self) -> Iterator[FakeSubscription]:
        subscription = FakeSubscription()
        self.subscriptions.append(subscription)
        yield subscription
        self.subscriptions.remove(subscription)

    def state(self, user_id: str) -> FakeState:
        if self.is_down:
            raise ConsoleError("secret-host:4566 is gone")
        return FakeState([{"account_id": "acc", "balance": Decimal("0.10")}])

    def tell(self, event: WatchEvent) -> None:
        for subscription in self.subscriptions:
            subscription.arrived.put(event)


@dataclass
class FakeAgent:
    """Says what it heard, or does what `answer` does; counts what was confirmed.

    What is confirmed is done, or else becomes what `settled` says.
    """

    answer: Callable[[str], Iterator[TurnEvent]] | None = None
    settled: Callable[[str], Iterator[TurnEvent]] | None = None
    decisions: list[Decision] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def hear(self, text: str, language: Language) -> Iterator[TurnEvent]:
        self.heard.append(text)
        if self.answer is not None:
            yield from self.answer(text)
            return
        if text == "transfiere":
            yield ASKED
            yield TurnEnded("confirmation")
            return
        yield OperationAnswered("c", "getBalance", {}, 200, {"balance": Decimal("100.00")}, 3)
        yield Text(text)
        yield TurnEnded("answered")

    def resolve(
        self, invocation_id: str, decision: Decision, language: Language
    ) -> Iterator[TurnEvent]:
        self.decisions.append(decision)
        yield ConfirmationGiven(invocation_id, decision)
        if decision == "CONFIRM" and self.settled is not None:
            yield from self.settled(invocation_id)
            return
        if decision == "CONFIRM":
            yield ConfirmationSettled(invocation_id, "done", "Quedó hecho.")
        yield Text("Listo.")
        yield TurnEnded("answered")


class FakeService:
    def __init__(self) -> None:
        self.customers = (Person("user-maria", "María"), Person("user-juan", "Juan"))
        self.brain_name = "offline"
        self.place = "nowhere"
        self.watch = FakeWatch()
        self.agents: dict[str, FakeAgent] = {}
        self.answer: Callable[[str], Iterator[TurnEvent]] | None = None
        self.settled: Callable[[str], Iterator[TurnEvent]] | None = None

    def open(self, user_id: str, language: Language = "es") -> Conversation:
        self.agents[user_id] = FakeAgent(self.answer, self.settled)
        return Conversation(self.agents[user_id], language)


class Gate:
    """An answer that waits in the middle until it is let go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()
        self.finished = threading.Event()

    def answer(self, text: str) -> Iterator[TurnEvent]:
        yield Text("moviendo")
        self.reached.set()
        assert self.open.wait(WAIT_SECONDS)
        yield Text("movido")
        self.finished.set()
        yield TurnEnded("answered")
