"""A scripted brain, and a conversation between it and a bank in memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from console.agent.brain import BrainUnavailable, Call, CallOutcome, Heard, Say
from console.agent.conversation import Conversation
from console.agent.events import TurnEnded, TurnEvent
from console.agent.local_agent import LocalAgent, Send
from console.confirming import Mint
from tests.support.world import World, operations_in_schema, through_json

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}
DONE = [Say("Listo.")]

Step = Sequence[Say | Call | BrainUnavailable]


class ScriptedBrain:
    """Thinks the steps that it was given, one after another, and keeps what it was told."""

    def __init__(self, *steps: Step, is_model: bool = True) -> None:
        self.is_model = is_model
        self._steps = iter(steps)
        self.told: list[list[Heard | CallOutcome]] = []

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call]:
        self.told.append(list(inputs))
        for thought in next(self._steps):
            if isinstance(thought, BrainUnavailable):
                raise thought
            yield thought

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """The kinds and statuses of every outcome it was told, in order."""
        return [
            (told.kind, told.status)
            for inputs in self.told
            for told in inputs
            if isinstance(told, CallOutcome)
        ]


def sender(bank: World) -> Send:
    """Return what sends invocations to the handlers of a bank in memory."""
    return lambda event: through_json(bank.handlers[event["actionGroup"]](event, None))


def conversation(
    bank: World,
    brain: Any,
    *,
    user_id: str = "user-maria",
    send: Send | None = None,
    mint: Mint | None = None,
) -> Conversation:
    ids = (f"id-{number}" for number in range(1, 1000))
    new_id: Callable[[], str] = lambda: next(ids)  # noqa: E731
    agent = LocalAgent(
        brain,
        send or sender(bank),
        mint or bank.mint,
        operations=operations_in_schema(),
        user_id=user_id,
        clock=bank.clock,
        new_id=new_id,
    )
    return Conversation(agent)


def of_type(events: Sequence[TurnEvent], kind: type[Any]) -> list[Any]:
    """Return the events of one type."""
    return [event for event in events if isinstance(event, kind)]


def transfer(call_id: str = "c1", **changes: Any) -> Call:
    return Call(call_id, "createTransfer", TRANSFER | changes)


def outcome(events: list[Any]) -> str:
    """Return how the turn ended."""
    assert isinstance(events[-1], TurnEnded)
    ended: str = events[-1].outcome
    return ended
