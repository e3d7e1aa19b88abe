"""A chat's stack that is gone, slow or given up: who is told, and what keeps running."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from console import bus
from console.agent.exchange import NoAnswer
from console.chat import stack as chat_stack
from console.chat.stack import ChatStack
from console.chat.watch import Tables, Watch
from console.cloud import Cloud
from console.deployment import Deployment
from console.errors import ConsoleError
from console.local_stack import readiness
from console.ports import free_port
from console.where import Where
from tests.support.tables import PREFIX
from tests.support.world import World

WAIT_SECONDS = 10
TABLES = ("Accounts", "Purchases", "Products")


def deployment(port: int) -> Deployment:
    return Deployment(Cloud(f"http://127.0.0.1:{port}"), {"EventBusName": "bus"})


class Machine:
    """A machine whose local stacks are only counted: each start makes another deployment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.port = free_port()
        self.running: list[str] = []
        self.started = 0
        self.fails: Exception | None = None
        monkeypatch.setattr(chat_stack, "LocalStack", lambda port, seconds: Started(self))
        monkeypatch.setattr(chat_stack, "deploy_locally", self._deploy)
        monkeypatch.setattr(chat_stack, "seed_all", lambda deployment: None)
        monkeypatch.setattr(chat_stack, "_warm_up", lambda deployment: None)
        monkeypatch.setattr(chat_stack.invocation, "invoke", self._refuse)

    def _deploy(self, *_arguments: Any) -> Deployment:
        if self.fails is not None:
            raise self.fails
        return deployment(self.port)

    def _refuse(self, *_arguments: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="gone")

    def chat(self) -> ChatStack:
        return ChatStack(Where(port=self.port), lambda text: None)


class Started:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def cloud(self) -> Cloud:
        return Cloud()

    def __enter__(self) -> None:
        self._machine.started += 1
        self._machine.running.append("stack")

    def __exit__(self, *_arguments: object) -> None:
        self._machine.running.remove("stack")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def notice_of(stack: ChatStack) -> str:
    with pytest.raises(NoAnswer) as raised:
        stack.send({})
    return "" if raised.value.notice is None else raised.value.notice["es"]


def test_everybody_who_used_the_stack_that_died_is_told_and_one_is_started(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_failed = threading.Barrier(2)

    def fail_together(*_arguments: Any) -> Any:
        both_failed.wait(WAIT_SECONDS)
        raise EndpointConnectionError(endpoint_url="gone")

    monkeypatch.setattr(chat_stack.invocation, "invoke", fail_together)
    told: list[str] = []
    with machine.chat() as stack:
        threads = [threading.Thread(target=lambda: told.append(notice_of(stack))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_SECONDS)

    assert [text[:27] for text in told] == ["La pila local se detuvo. Ya"] * 2
    assert machine.started == 2
    assert machine.running == []


def test_a_turn_that_outlives_the_chat_starts_no_stack(machine: Machine) -> None:
    with machine.chat() as stack:
        pass

    assert notice_of(stack) == ""
    assert machine.running == []


@pytest.mark.parametrize("failure", [ConsoleError("no"), ClientError({}, "CreateStack")])
def test_a_start_that_fails_half_way_is_said_and_leaves_nothing_running(
    machine: Machine, failure: Exception
) -> None:
    with machine.chat() as stack:
        machine.fails = failure
        assert "no pude arrancar otra" in notice_of(stack)
        assert machine.running == []

        machine.fails = None
        assert "Ya arranqué otra" in notice_of(stack)
    assert machine.running == []


def test_a_start_that_is_interrupted_leaves_nothing_running(machine: Machine) -> None:
    machine.fails = KeyboardInterrupt()  # type: ignore[assignment]

    with pytest.raises(KeyboardInterrupt), machine.chat():
        pass

    assert machine.running == []


@contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """A port where something listens that sends these bytes, or nothing, to whoever comes."""
    with ExitStack() as exits:
        server = exits.enter_context(socket.create_server(("127.0.0.1", 0)))

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection = exits.enter_context(server.accept()[0])
                    if answer:
                        connection.sendall(answer)
                        connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join(WAIT_SECONDS)


def test_a_stack_that_is_slow_is_not_taken_for_one_that_is_gone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_stack, "_READY_SECONDS", 0.2)
    with machine.chat() as stack, listening(b"") as port:
        machine.port = port
        stack._deployment = deployment(port)
        assert notice_of(stack) == ""
    assert machine.started == 1


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 404 No\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nx"]
)
def test_something_else_on_the_port_is_no_stack(answer: bytes) -> None:
    with listening(answer) as port:
        assert readiness(f"http://127.0.0.1:{port}", 2) == "gone"


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue") as port:
        endpoint = f"http://127.0.0.1:{port}"
        assert readiness(endpoint, 2) == "ready"
        with pytest.raises(ResponseParserError):  # it answered, though not as AWS does
            Cloud(endpoint).client("sts").get_caller_identity()


class Refusing:
    """Clients of AWS that note what is removed; some removals fail."""

    is_local = False

    def __init__(self) -> None:
        self.removed: list[str] = []

    def client(self, _service: str) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        def call(**_arguments: Any) -> dict[str, Any]:
            if name in {"remove_targets", "delete_queue"}:
                raise ClientError({}, name)
            if name == "delete_rule":
                self.removed.append(name)
            return {"RuleArn": "arn", "QueueUrl": "url", "Attributes": {"QueueArn": "arn"}}

        return call


def test_what_cannot_be_removed_does_not_keep_the_rest_from_being_removed() -> None:
    cloud: Any = Refusing()
    with (
        pytest.raises(ClientError),
        bus.tap(Deployment(cloud, {"EventBusName": "bus"}), {}, wait=lambda seconds: None),
    ):
        pass

    assert cloud.removed == ["delete_rule"]


def test_a_watch_that_is_stopped_while_its_rule_settles_takes_the_rule_along() -> None:
    cloud: Any = Refusing()

    class Stack:
        deployment = Deployment(cloud, {"EventBusName": "bus", "AccountsTableName": "t"})

    stack: Any = Stack()
    with Watch(stack) as watch, watch.subscribe():
        pass

    assert cloud.removed == ["delete_rule"]


def test_what_another_program_wrote_hides_nothing_else_from_a_chat(bank: World) -> None:
    bank.put("accounts", user_id="user-maria", account_id="acc-odd", balance="a lot")
    bank.put("products", product_id="prod-without-stock", retailer_id="retailer-azteca")
    tables = SimpleNamespace(
        get_paginator=lambda name: SimpleNamespace(
            paginate=lambda **query: [getattr(bank.client, name)(**query)]
        )
    )
    cloud: Any = SimpleNamespace(client=lambda _service: tables, is_local=True)
    names = {f"{what}TableName": f"{PREFIX}-{what.lower()}" for what in TABLES}
    stack: Any = SimpleNamespace(deployment=Deployment(cloud, names))

    with Watch(stack) as watch:
        shown = {one["account_id"] for one in watch.state("user-maria").accounts}
    assert "acc-maria" in shown
    assert "acc-odd" not in shown
    assert ("balance", "acc-maria") in Tables(stack.deployment).figures(set())


def test_a_watch_goes_on_after_whatever_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.chat.watch._AFTER_FAILURE_SECONDS", 0)
    attempts = threading.Semaphore(0)

    class Stack:
        @property
        def deployment(self) -> Deployment:
            attempts.release()
            raise KeyError("a shape that nobody expected")

    stack: Any = Stack()
    with Watch(stack) as watch, watch.subscribe():
        for _ in range(3):
            assert attempts.acquire(timeout=WAIT_SECONDS)
