"""The web chat's server over real connections: one that leaves, one that is slow, and its end."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from console.agent.events import BusEvent, Changed
from console.web.app import MAX_WATCHERS
from console.web.server import WebChatServer
from tests.support.fake_chat import WAIT_SECONDS, FakeService, Gate
from tests.support.web_chat import web_chat_server


def until(condition: Any) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def asking(
    server: WebChatServer, method: str, path: str, body: Any = None
) -> Iterator[http.client.HTTPResponse]:
    token = urlsplit(server.address).fragment.removeprefix("token=")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    try:
        with connection.getresponse() as answer:
            yield answer
    finally:
        connection.close()


def ask(server: WebChatServer, method: str, path: str, body: Any = None) -> Any:
    with asking(server, method, path, body) as answer:
        return json.loads(answer.read())


def test_a_turn_goes_on_when_its_listener_leaves(service: FakeService) -> None:
    gate = Gate()
    service.answer = gate.answer
    with web_chat_server(service) as server:
        conversation = ask(server, "POST", "/api/conversations", {"user_id": "user-maria"})["id"]
        path = f"/api/conversations/{conversation}"
        with asking(server, "POST", f"{path}/messages", {"text": "mueve"}) as answer:
            assert json.loads(answer.readline())["type"] == "said"
            assert json.loads(answer.readline())["delta"] == "moviendo"  # as it comes
        gate.open.set()
        assert gate.finished.wait(WAIT_SECONDS)
        until(lambda: not ask(server, "GET", path)["busy"])
        types = [entry["type"] for entry in ask(server, "GET", path)["transcript"]]
        assert types == ["said", "text", "text", "end"]


def test_what_is_watched_is_streamed_and_can_be_taken_up_again(service: FakeService) -> None:
    with web_chat_server(service) as server:
        until(lambda: service.watch.subscriptions)
        with asking(server, "GET", "/api/watch") as answer:
            assert json.loads(answer.readline()) == {"type": "beat"}
            service.watch.tell(BusEvent({"event_type": "TRANSFER_COMPLETED"}))
            service.watch.tell(
                Changed("balance", "user-maria", "acc", Decimal("1.10"), Decimal("1.00"))
            )
            first, second = json.loads(answer.readline()), answer.readline()
        assert (first["type"], first["n"]) == ("bus", 1)
        assert b'"after":1.00' in second
        with asking(server, "GET", "/api/watch?after=1") as answer:
            answer.readline()
            assert json.loads(answer.readline())["n"] == 2


def test_watchers_are_bounded_and_those_who_leave_make_room(service: FakeService) -> None:
    with web_chat_server(service) as server:
        with ExitStack() as held:
            for _ in range(MAX_WATCHERS):
                held.enter_context(asking(server, "GET", "/api/watch")).readline()
            assert ask(server, "GET", "/api/watch")["error"]["code"] == "TOO_MANY_WINDOWS"

        def is_let_in() -> bool:
            with asking(server, "GET", "/api/watch") as answer:
                return answer.status == 200

        until(is_let_in)


def test_the_server_stops_with_a_window_open_and_waits_for_a_turn(service: FakeService) -> None:
    gate = Gate()
    service.answer = gate.answer
    with ExitStack() as listening, web_chat_server(service) as server:
        listening.enter_context(asking(server, "GET", "/api/watch"))
        conversation = ask(server, "POST", "/api/conversations", {"user_id": "user-maria"})["id"]
        path = f"/api/conversations/{conversation}/messages"
        listening.enter_context(asking(server, "POST", path, {"text": "mueve"}))
        assert gate.reached.wait(WAIT_SECONDS)
        server.stop()
        threading.Timer(0.5, gate.open.set).start()
    assert gate.finished.is_set()


def begun(server: WebChatServer, method: str, path: str, body: bytes = b"") -> socket.socket:
    """Return the connection of a request whose body is announced to be longer than it is."""
    head = (
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Authorization: Bearer {server.address.partition('=')[2]}",
        f"Content-Type: application/json\r\nContent-Length: {len(body) + 1 if body else 0}",
    )
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    made.settimeout(WAIT_SECONDS)
    made.connect(("127.0.0.1", server.port))
    made.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    return made


def test_the_server_stops_though_a_window_reads_nothing_and_a_request_never_ends(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.web.server._ANSWERS_END_SECONDS", 1)
    with ExitStack() as exits, web_chat_server(service) as server:
        exits.enter_context(begun(server, "POST", "/api/conversations", b"{"))
        deaf = exits.enter_context(begun(server, "GET", "/api/watch"))
        assert deaf.recv(12) == b"HTTP/1.1 200"
        for _ in range(1_000):
            service.watch.tell(BusEvent({"text": "x" * 5_000}))

    # leaving the context above asserts that the server has stopped


@pytest.mark.parametrize("leaves", [True, False])
def test_a_body_that_does_not_arrive_is_given_up(
    service: FakeService,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    leaves: bool,
) -> None:
    monkeypatch.setattr("console.web.app.BODY_SECONDS", 60 if leaves else 0.2)
    with web_chat_server(service) as server:
        with begun(server, "POST", "/api/conversations", b"{") as request:
            if leaves:
                request.shutdown(socket.SHUT_WR)
            else:
                assert request.recv(12) == b"HTTP/1.1 408"
        time.sleep(0.2)
    assert "Exception in ASGI application" not in caplog.text


def test_it_is_at_an_address_of_this_machine_with_a_long_token(service: FakeService) -> None:
    with web_chat_server(service) as server:
        parts = urlsplit(server.address)
        assert (parts.scheme, parts.hostname, parts.query) == ("http", "127.0.0.1", "")
        assert len(parts.fragment.removeprefix("token=")) >= 40
