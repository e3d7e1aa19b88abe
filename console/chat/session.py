"""Opening conversations: with which brain, on which stack, for which customer."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

import boto3
from botocore.config import Config

from console.agent.bedrock_agent import BedrockAgent
from console.agent.brain import Brain
from console.agent.conversation import Agent, Conversation
from console.agent.language import DEFAULT, Language
from console.agent.local_agent import LocalAgent
from console.agent.model_brain import model_brain
from console.agent.offline import OfflineBrain
from console.agent.operations import read_operations
from console.agent.patience import Patience
from console.chat.stack import ChatStack
from console.chat.watch import Watch
from console.customers import check_customer, customers_instead_of
from console.seeds import seeded_customers
from console.stopping import stop_on_terminate
from console.where import Where
from shared.clock import Clock, system_clock

OFFLINE: Final = "offline"
MODEL_KEY: Final = "CENTLI_MODEL_KEY"
"""The environment variable with the key of an OpenAI-compatible server: of its own, so that a key
for another server is not sent to whatever address is given."""

_ONE_ATTEMPT: Final = Config(read_timeout=120, retries={"total_max_attempts": 1})
"""An agent may think long, and what a person said must not be said twice by a retry."""


@dataclass(frozen=True)
class Customer:
    """A customer whom the chat can speak as."""

    user_id: str
    name: str


@dataclass(frozen=True)
class ChatSettings:
    """What a chat is opened with."""

    where: Where = field(default_factory=Where)
    brain: str = OFFLINE
    """`offline`, `bedrock:MODEL_ID` or `openai:MODEL`."""
    model_url: str | None = None
    """Address of the OpenAI-compatible server; None for that of Ollama on this machine."""
    patience: Patience = field(default_factory=Patience)
    agent: str | None = None
    """A deployed Bedrock agent, `AGENT_ID` or `AGENT_ID:ALIAS_ID`, in place of a brain."""
    users: tuple[str, ...] = ()
    """Customers besides the seeded ones."""

    @property
    def is_model(self) -> bool:
        """Whether a language model decides what is called."""
        return self.brain != OFFLINE or self.agent is not None


class ChatService:
    """What both front ends use: the customers, what is watched, and new conversations."""

    def __init__(
        self,
        settings: ChatSettings,
        stack: ChatStack,
        watch: Watch,
        clock: Clock = system_clock,
    ) -> None:
        self._settings = settings
        self._stack = stack
        self._clock = clock
        self._operations = read_operations()
        self.watch = watch
        seeded = seeded_customers()
        names = seeded | {user: seeded.get(user, user) for user in settings.users}
        self.customers = tuple(Customer(user, name) for user, name in names.items())
        self._make = self._maker()

    @property
    def brain_name(self) -> str:
        """What answers."""
        agent = self._settings.agent
        return self._settings.brain if agent is None else f"agent {agent}"

    @property
    def place(self) -> str:
        """Where the stack is, in words."""
        return self._stack.place

    def customers_instead_of(self, user_id: str) -> list[str]:
        """Return who there is, when this is nobody; else nothing."""
        return customers_instead_of(user_id, self._stack.deployment)

    def open(self, user_id: str, language: Language = DEFAULT) -> Conversation:
        """Open a conversation of a customer."""
        return Conversation(self._make(user_id), language)

    def _maker(self) -> Callable[[str], Agent]:
        """Return what makes an agent for a customer. Raises ConsoleError for a bad setting."""
        agent = self._settings.agent
        if agent is not None:
            return self._deployed_agent(agent)
        self._brain()
        return lambda user_id: LocalAgent(
            self._brain(),
            self._stack.send,
            self._stack.mint,
            operations=self._operations,
            user_id=user_id,
            clock=self._clock,
        )

    def _deployed_agent(self, agent: str) -> Callable[[str], Agent]:
        agent_id, _, alias_id = agent.partition(":")
        client = boto3.client("bedrock-agent-runtime", config=_ONE_ATTEMPT)
        return lambda user_id: BedrockAgent(
            client,
            agent_id=agent_id,
            agent_alias_id=alias_id or "TSTALIASID",
            user_id=user_id,
            operations=self._operations,
            send=self._stack.send,
            mint=self._stack.mint,
            clock=self._clock,
        )

    def _brain(self) -> Brain:
        if self._settings.brain == OFFLINE:
            return OfflineBrain(self._operations, clock=self._clock)
        return model_brain(
            self._settings.brain,
            operations=self._operations,
            clock=self._clock,
            base_url=self._settings.model_url,
            patience=self._settings.patience,
            api_key=os.environ.get(MODEL_KEY),
        )


@contextmanager
def chat_service(settings: ChatSettings, tell: Callable[[str], None]) -> Iterator[ChatService]:
    """Find or start the stack, watch it, and return what front ends use; all stops at the end.

    Raises ConsoleError for a customer of the settings who does not exist.
    """
    with ExitStack() as exits:
        stack = exits.enter_context(ChatStack(settings.where, tell))
        for user_id in settings.users:
            check_customer(user_id, stack.deployment)
        watch = exits.enter_context(Watch(stack))
        yield ChatService(settings, stack, watch)


@contextmanager
def chat_until_stopped(settings: ChatSettings) -> Iterator[ChatService]:
    """Open a chat for a command, which says on standard error what takes time."""

    def tell(text: str) -> None:
        print(f"centli: {text}", file=sys.stderr, flush=True)

    with stop_on_terminate(), chat_service(settings, tell) as service:
        yield service
