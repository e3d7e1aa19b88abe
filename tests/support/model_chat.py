"""A conversation with a model brain whose model is a script on a server of this machine."""

from typing import Any

from console.agent.conversation import Conversation
from console.agent.events import Problem, TurnEnded
from console.agent.model_brain import model_brain
from console.agent.patience import Patience
from tests.support.agents import conversation, of_type
from tests.support.fake_openai import FakeOpenAI, Model
from tests.support.world import World, operations_in_schema

TIMEOUT_SECONDS = 5.0
HALF = b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "Ho"}}]}\n\n'


def brain(bank: World, server: FakeOpenAI, **settings: Any) -> Any:
    usual: dict[str, Any] = {"patience": Patience(TIMEOUT_SECONDS), "base_url": server.base_url}
    return model_brain(
        "openai:test-model", operations=operations_in_schema(), clock=bank.clock, **usual | settings
    )


def chat_with(bank: World, server: FakeOpenAI, *replies: Any, **settings: Any) -> Conversation:
    server.script = Model(*replies)
    return conversation(bank, brain(bank, server, **settings))


def problem(events: list[Any]) -> str:
    [found] = of_type(events, Problem)
    assert events[-1] == TurnEnded("failed")
    message: str = found.message
    return message
