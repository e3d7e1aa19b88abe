"""The stack that a chat talks to: one that runs, or one of its own, started again when it dies."""

import contextlib
import json
from collections.abc import Callable, Mapping
from threading import Lock, Thread
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from action_groups import group_names
from console import confirming
from console.agent import invocation
from console.agent.exchange import NoAnswer
from console.agent.language import Language
from console.deployment import Deployment, deploy_locally, find, reach
from console.errors import ConsoleError
from console.local_stack import LocalStack, readiness, running
from console.ports import PortTaken, free_port
from console.seeds import seed_all
from console.where import DEFAULT_PORT, HOST, Where
from shared.channel import LIVE

_READY_SECONDS = 2
_WARM_SECONDS = 900
"""A person thinks longer than a function's process would wait by default."""

_FLOW_FUNCTIONS = ("event-relay", "core-banking-transfer", "marketplace-purchase")
"""What carries on a change that an agent's function has committed."""

_STARTED_AGAIN: Final[Mapping[Language, str]] = {
    "es": "La pila local se detuvo. Ya arranqué otra, con los datos de ejemplo: lo que se hizo en "
    "la anterior se perdió.",
    "en": "The local stack stopped. I have started another one with the example data: what was "
    "done in the one before is lost.",
}
_NOT_STARTED: Final[Mapping[Language, str]] = {
    "es": "La pila local se detuvo y no pude arrancar otra; lo intento otra vez con tu siguiente "
    "mensaje.",
    "en": "The local stack stopped and I could not start another; I try again with your next "
    "message.",
}


class ChatStack:
    """A deployed stack; a context manager that stops what it started."""

    def __init__(self, where: Where, tell: Callable[[str], None]) -> None:
        """Take where the stack is, and what to tell a person who waits for it to start."""
        self._where = where
        self._tell = tell
        self._own: LocalStack | None = None
        self._deployment: Deployment | None = None
        self._finding = Lock()
        self._is_closed = False

    @property
    def deployment(self) -> Deployment:
        """The stack as it is now; another one after the local stack had to be started again."""
        if self._deployment is None:
            raise ConsoleError("The stack is not there.")
        return self._deployment

    @property
    def place(self) -> str:
        """Where the stack is, in words."""
        endpoint = self.deployment.cloud.endpoint
        return f"AWS, {self._where.stack}" if endpoint is None else f"local, {endpoint}"

    def __enter__(self) -> Self:
        self._deployment = self._found() or self._started()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_closed = True
        with self._finding:
            self._stop_own()

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        """Send an invocation to its action group. Raises NoAnswer.

        When the local stack has died, another one is started before that is raised.
        """
        used = self.deployment
        try:
            return invocation.invoke(used, event)
        except (BotoCoreError, ClientError, ConsoleError) as error:
            raise NoAnswer(type(error).__name__, notice=self._revived(used)) from error

    def mint(self, challenge: str) -> str:
        """Return the proof of a challenge to which the person said yes. Raises NotMinted."""
        return confirming.mint(self.deployment, challenge)

    def _revived(self, used: Deployment) -> Mapping[Language, str] | None:
        """Start another local stack if the one used is dead, and return what to say of that."""
        with self._finding:
            if used is not self._deployment:
                return _STARTED_AGAIN
            endpoint = used.cloud.endpoint
            if self._is_closed or endpoint is None or readiness(endpoint, _READY_SECONDS) != "gone":
                return None
            self._stop_own()
            try:
                self._deployment = self._found() or self._started()
            except (BotoCoreError, ClientError, ConsoleError):
                return _NOT_STARTED
            return _STARTED_AGAIN

    def _found(self) -> Deployment | None:
        """Return the stack that runs there, or None where one may be started."""
        if self._where.aws:
            return reach(self._where)
        cloud = running(self._where.local_port)
        if cloud is None or readiness(str(cloud.endpoint), _READY_SECONDS) != "ready":
            return None
        try:
            return find(cloud, self._where.stack)
        except ConsoleError:
            if self._where.port is not None:
                raise
            return None

    def _started(self) -> Deployment:
        """Start a stack of its own, where others find it unless something else is there."""
        if self._where.port is not None:
            return self._started_on(self._where.port)
        try:
            return self._started_on(free_port(preferred=DEFAULT_PORT))
        except PortTaken:  # another one has started there since
            return self._started_on(free_port())

    def _started_on(self, port: int) -> Deployment:
        self._tell(f"starting a local AWS on http://{HOST}:{port} ...")
        self._own = own = LocalStack(port, _WARM_SECONDS)
        try:
            own.__enter__()
            self._tell("deploying template.yaml ...")
            deployment = deploy_locally(own.cloud(), self._where.stack)
            self._tell("adding the example data ...")
            seed_all(deployment)
            self._tell("the functions take their first calls ...")
        except BaseException:
            self._stop_own()
            raise
        _warm_up(deployment)
        return deployment

    def _stop_own(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.__exit__()


def _warm_up(deployment: Deployment) -> None:
    """Start the functions of the action groups and of their flows, so that nobody waits for them.

    An empty batch of records is nothing to the relay, and no request to the others.
    """
    client = deployment.cloud.client("lambda")

    def start(function: str) -> None:
        with contextlib.suppress(BotoCoreError, ClientError):
            client.invoke(
                FunctionName=function,
                Payload=json.dumps({"Records": []}).encode(),
            )

    flows = (f"{deployment.name_prefix}-{name}:{LIVE}" for name in _FLOW_FUNCTIONS)
    for function in (*map(deployment.function_of, group_names()), *flows):
        Thread(target=start, args=(function,), daemon=True).start()
