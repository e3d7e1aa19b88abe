"""A web chat on a deployed stack, with the brain that a test chooses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from console import confirming
from console.agent import invocation
from console.agent.brain import Brain
from console.agent.conversation import Conversation
from console.agent.exchange import NoAnswer
from console.agent.language import Language
from console.agent.local_agent import LocalAgent
from console.agent.operations import read_operations
from console.chat.watch import Watch
from console.deployment import Deployment
from console.errors import ConsoleError
from console.ports import take
from console.web.server import WebChatServer
from shared.clock import system_clock

CUSTOMERS = {
    "user-maria": "María López García",
    "user-juan": "Juan López García",
    "user-sofia": "Sofía Hernández Ruiz",
    "user-carlos": "Carlos Ramírez Soto",
    "user-elena": "Elena García Ortiz",
}


@dataclass(frozen=True)
class Person:
    user_id: str
    name: str


class FixedStack:
    """A deployment as the watch and the agents of a chat use it."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        try:
            return invocation.invoke(self.deployment, event)
        except (BotoCoreError, ClientError, ConsoleError) as error:
            raise NoAnswer(type(error).__name__) from error

    def mint(self, challenge: str) -> str:
        return confirming.mint(self.deployment, challenge)


class PageService:
    """What `ChatService` is to the web chat, over any stack, watch and brain."""

    def __init__(self, stack: Any, watch: Any, brain: Callable[[], Brain], place: str) -> None:
        self.customers = tuple(Person(user_id, name) for user_id, name in CUSTOMERS.items())
        self.brain_name = "offline"
        self.place = place
        self.watch = watch
        self._stack = stack
        self._brain = brain
        self._operations = read_operations()

    def open(self, user_id: str, language: Language = "es") -> Conversation:
        agent = LocalAgent(
            self._brain(),
            self._stack.send,
            self._stack.mint,
            operations=self._operations,
            user_id=user_id,
            clock=system_clock,
        )
        return Conversation(agent, language)


@contextmanager
def page_service(deployment: Deployment, brain: Callable[[], Brain]) -> Iterator[PageService]:
    """Watch a deployment for a web chat on it."""
    stack: Any = FixedStack(deployment)
    with Watch(stack) as watch:
        yield PageService(stack, watch, brain, f"local, {deployment.cloud.endpoint}")


@contextmanager
def web_chat_server(service: Any, port: int = 0) -> Iterator[WebChatServer]:
    """Serve a web chat in a thread while the context lasts."""
    server = WebChatServer(service, take(port, "another"))
    thread = Thread(target=server.run, name="web chat", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(30)
        assert not thread.is_alive()
