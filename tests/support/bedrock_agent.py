"""The deployed agent over a fake of Bedrock: its minds, a conversation with it, what it told."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from console.agent.bedrock_agent import BedrockAgent
from console.agent.conversation import Conversation
from console.agent.events import ConfirmationSettled, OperationRequested, Problem, Text
from shared.confirmation import TERMS_WANTED
from tests.support.agents import TRANSFER, of_type, sender
from tests.support.event_stream import event
from tests.support.fake_bedrock_agent import AGENT_ID, ALIAS_ID, FakeBedrockAgent, Memory, Mind
from tests.support.fake_openai import Reply, ToolCall
from tests.support.world import SETTINGS, World, operations_in_schema

BENEFICIARY = {
    "name": "Juan López",
    "alias": "mi primo",
    "account_id": "acc-juan",
    "relationship": "cousin",
}


def calls(*made: tuple[str, dict[str, Any]]) -> Reply:
    return Reply(calls=tuple(ToolCall(name, json.dumps(given)) for name, given in made))


def transfer(**changes: Any) -> Reply:
    return calls(("createTransfer", TRANSFER | changes))


def scripted(*replies: Reply) -> Mind:
    """Return a mind that replies one after another, the last one again and again."""
    left = list(replies)
    return lambda _memory: left.pop(0) if len(left) > 1 else left[0]


def obedient(memory: Memory) -> Reply:
    """Transfer when asked to, and then say what became of it."""
    kind, what = memory[-1]
    if kind == "user":
        return transfer() if "pásale" in what else Reply(f"Dijiste: {what}")
    return Reply("No lo hice." if kind == "declined" else "Quedó hecha la transferencia.")


def agent_of(fake: FakeBedrockAgent, bank: World, **changes: Any) -> BedrockAgent:
    ids = (f"id-{number}" for number in range(1, 1000))
    settings: dict[str, Any] = {
        "agent_id": AGENT_ID,
        "agent_alias_id": ALIAS_ID,
        "user_id": "user-maria",
        "operations": operations_in_schema(),
        "send": sender(bank),
        "mint": bank.mint,
        "new_id": lambda: next(ids),
        "clock": bank.clock,
    }
    return BedrockAgent(fake.client(read_timeout=1), **(settings | changes))


@contextmanager
def talking(
    bank: World, mind: Mind, *, refused: bool = False, where: str = "agents", **changes: Any
) -> Iterator[tuple[Conversation, FakeBedrockAgent]]:
    """Yield a conversation with an agent that, unless said, nothing was refused to.

    The functions do nothing for an agent without the proof of a yes, unless it is asked nowhere.
    """
    bank.rebuild(settings=SETTINGS._replace(require_confirmation=where))
    with FakeBedrockAgent(mind, bank) as fake:
        yield Conversation(agent_of(fake, bank, **changes)), fake
    assert bool(fake.violations) == refused, fake.violations


def yes(chat: Conversation) -> list[Any]:
    """Confirm what waits, as a page does."""
    assert chat.pending is not None
    return list(chat.decide(chat.pending.invocation_id, "CONFIRM"))


def settled(events: list[Any]) -> list[str]:
    return [each.state for each in of_type(events, ConfirmationSettled)]


def is_for_terms(request: OperationRequested) -> bool:
    return bool(request.event["sessionAttributes"].get("confirmation") == TERMS_WANTED)


def said(events: list[Any]) -> str:
    return "".join(text.delta for text in of_type(events, Text))


def codes(events: list[Any]) -> list[str]:
    return [found.code for found in of_type(events, Problem)]


def attributes(fake: FakeBedrockAgent) -> dict[str, str]:
    """Return the session attributes of the last request."""
    given: dict[str, str] = fake.requests[-1]["sessionState"]["sessionAttributes"]
    return given


def proofs(fake: FakeBedrockAgent) -> list[str]:
    """Return the proofs that the functions were called with, one after another."""
    return [called["sessionAttributes"]["confirmation"] for called in fake.invocations]


TWO = calls(("createTransfer", TRANSFER), ("addBeneficiary", BENEFICIARY))

CHUNK = event("chunk", {"bytes": base64.b64encode(b"Ho").decode()})
