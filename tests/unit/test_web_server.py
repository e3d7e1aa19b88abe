"""The web chat's server: who may ask, what is refused, and that a turn runs to its end."""

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
from starlette.testclient import TestClient

from console.agent.events import BusEvent, Changed, Text, TurnEnded, TurnEvent
from console.web.app import MAX_BODY_BYTES, MAX_WATCHERS, Web
from console.web.conversations import TooManyConversations, WebConversations
from console.web.log import Log
from console.web.server import WebChatServer
from shared import json_text
from shared.clock import system_clock
from tests.support.fake_chat import ASKED, FakeService
from tests.support.web_chat import web_chat_server

PORT = 8001
HOME = f"http://127.0.0.1:{PORT}"
AUTH = {"Authorization": "Bearer the-token"}
OURS = AUTH | {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
WAIT_SECONDS = 10


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def web(service: FakeService) -> Web:
    return Web(service)  # type: ignore[arg-type]


@pytest.fixture
def client(web: Web) -> Iterator[TestClient]:
    app = web.guarded(token="the-token", port=PORT)
    with TestClient(app, base_url=HOME, headers=OURS, raise_server_exceptions=False) as made:
        yield made


def open_conversation(client: TestClient, user_id: str = "user-maria") -> str:
    answer = client.post("/api/conversations", json={"user_id": user_id, "language": "es"})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def say(client: TestClient, conversation: str, text: str) -> list[dict[str, Any]]:
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"text": text})
    assert answer.status_code == 200, answer.text
    return lines(answer)


def until(condition: Any) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def assert_refused(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")


# what a page that may ask is told


def test_start_says_who_the_customers_are_and_what_answers(client: TestClient) -> None:
    told = client.get("/api/start").json()
    assert [customer["name"] for customer in told["customers"]] == ["María", "Juan"]
    assert (told["brain"], told["place"]) == ("offline", "nowhere")
    assert told["version"]


def test_a_turn_is_streamed_as_numbered_lines_with_exact_amounts(client: TestClient) -> None:
    conversation = open_conversation(client)
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"text": "hola"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [line["type"] for line in lines(answer)] == ["said", "response", "text", "end"]
    assert [line["n"] for line in lines(answer)] == [1, 2, 3, 4]
    assert '"balance":100.00' in answer.text


def test_what_is_told_says_in_which_language_it_is(client: TestClient) -> None:
    conversation = open_conversation(client)
    for text, language in (("hola, ¿cuánto tengo?", "es"), ("how much do I have?", "en")):
        told = [line for line in say(client, conversation, text) if line["type"] == "text"]
        assert {line["language"] for line in told} == {language}


def test_the_state_of_a_customer_has_exact_amounts(client: TestClient) -> None:
    answer = client.get("/api/state?user_id=user-maria")
    assert '"balance":0.10' in answer.text


def test_a_reload_finds_the_conversation_and_what_waits(client: TestClient) -> None:
    conversation = open_conversation(client)
    assert say(client, conversation, "transfiere")[-1]["pending"] == ASKED.invocation_id
    told = client.get(f"/api/conversations/{conversation}").json()
    assert told["pending"]["invocation_id"] == ASKED.invocation_id
    assert [entry["type"] for entry in told["transcript"]] == ["said", "confirmation", "end"]
    later = client.get(f"/api/conversations/{conversation}?after=2").json()
    assert [entry["type"] for entry in later["transcript"]] == ["end"]
    assert told["busy"] is False


def test_conversations_do_not_mix(client: TestClient, service: FakeService) -> None:
    maria, juan = open_conversation(client), open_conversation(client, "user-juan")
    say(client, maria, "secreto de María")
    say(client, juan, "hola")
    told = client.get(f"/api/conversations/{juan}").text
    assert "María" not in told
    assert service.agents["user-juan"].heard == ["hola"]


def test_a_lone_surrogate_is_shown_as_a_question_mark(client: TestClient) -> None:
    conversation = open_conversation(client)
    answer = client.post(
        f"/api/conversations/{conversation}/messages",
        content=b'{"text": "hola \\ud83d"}',
        headers={"Content-Type": "application/json"},
    )
    assert lines(answer)[0]["text"] == "hola ?"
    assert lines(answer)[1]["code"] == "CONTROL_CHARACTERS"


# who may ask


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer ", "Bearer the-toke", "Bearer the-token2", "the-token", "Bearer thé-token"],
)
def test_without_the_token_nothing_is_told(client: TestClient, authorization: str) -> None:
    for path in ("/api/start", "/api/watch", "/api/state?user_id=user-maria", "/api/nowhere"):
        headers = {"Authorization": authorization.encode()}
        assert_refused(client.get(path, headers=headers), 401, "WRONG_TOKEN")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        f"127.0.0.1:{PORT + 1}",
        "",
        "[::1]:8001",
    ],
)
def test_another_host_name_is_refused_even_with_the_token(client: TestClient, host: str) -> None:
    for path in ("/", "/main.js", "/api/start"):
        assert_refused(client.get(path, headers={"Host": host}), 421, "WRONG_HOST")


def test_localhost_is_this_machine_too(client: TestClient) -> None:
    ours = {"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}"}
    assert client.get("/api/start", headers=ours).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        f"https://127.0.0.1:{PORT}",
        f"{HOME}.evil",
    ],
)
def test_another_origin_is_refused_even_with_the_token(client: TestClient, origin: str) -> None:
    assert_refused(client.get("/api/start", headers={"Origin": origin}), 403, "WRONG_ORIGIN")
    body = {"user_id": "user-maria"}
    answer = client.post("/api/conversations", json=body, headers={"Origin": origin})
    assert_refused(answer, 403, "WRONG_ORIGIN")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused_even_with_the_token(client: TestClient, site: str) -> None:
    headers = {"Sec-Fetch-Site": site}
    assert_refused(client.get("/api/start", headers=headers), 403, "WRONG_SITE")
    assert_refused(client.get("/main.js", headers=headers), 403, "WRONG_SITE")
    navigation = headers | {"Sec-Fetch-Mode": "navigate"}
    assert_refused(client.get("/api/start", headers=navigation), 403, "WRONG_SITE")
    assert client.get("/", headers=navigation).status_code == 200  # a link to the page is harmless


def test_our_own_page_without_browser_headers_may_ask(client: TestClient) -> None:
    del client.headers["Origin"]
    del client.headers["Sec-Fetch-Site"]
    assert client.get("/api/start").status_code == 200


def test_the_page_itself_is_there_without_a_token(client: TestClient) -> None:
    del client.headers["Authorization"]
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for name, kind in (("main.js", "text/javascript"), ("style.css", "text/css")):
        assert client.get(f"/{name}").headers["content-type"].startswith(kind)
    assert client.get("/mark.svg").headers["content-type"] == "image/svg+xml"


def test_every_answer_has_the_headers(client: TestClient, service: FakeService) -> None:
    answers = [
        client.get("/"),
        client.get("/api/start"),
        client.get("/nowhere"),
        client.get("/", headers={"Host": "evil.example"}),
        client.get("/api/start", headers={"Authorization": ""}),
        client.delete("/api/start"),
        client.post("/api/conversations", content=b"x" * (MAX_BODY_BYTES + 1)),
    ]
    service.customers = None  # type: ignore[assignment]
    answers.append(client.get("/api/start"))
    assert [a.status_code for a in answers] == [200, 200, 404, 421, 401, 405, 415, 500]
    for answer in answers:
        policy = answer.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert "set-cookie" not in answer.headers


# what is refused


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "WRONG_BODY"),
        (b"{", 400, "WRONG_BODY"),
        (b"[]", 400, "WRONG_BODY"),
        (b"\xff\xfe", 400, "WRONG_BODY"),
        (b"[" * 50_000, 400, "WRONG_BODY"),
        (b'{"text": 5}', 400, "WRONG_BODY"),
        (b'{"text": null}', 400, "WRONG_BODY"),
        (b"{}", 400, "WRONG_BODY"),
        (b'{"text": "' + b"a" * MAX_BODY_BYTES + b'"}', 413, "TOO_LARGE"),
    ],
)
def test_a_malformed_body_is_refused_in_a_sentence(
    client: TestClient, service: FakeService, content: bytes, status: int, code: str
) -> None:
    conversation = open_conversation(client)
    answer = client.post(
        f"/api/conversations/{conversation}/messages",
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert_refused(answer, status, code)
    assert service.agents["user-maria"].heard == []
    assert say(client, conversation, "hola")[-1]["outcome"] == "answered"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_bodies_are_read(client: TestClient, media_type: str) -> None:
    content = b'{"user_id": "user-maria"}'
    headers = {"Content-Type": media_type}
    assert_refused(
        client.post("/api/conversations", content=content, headers=headers), 415, "WRONG_TYPE"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"invocation_id": "inv-1", "decision": "YES"},
        {"invocation_id": "inv-1", "decision": ["CONFIRM"]},
        {"invocation_id": "inv-1"},
        {"invocation_id": 1, "decision": "CONFIRM"},
        {"decision": "CONFIRM"},
    ],
)
def test_a_decision_that_is_none_is_refused(
    client: TestClient, service: FakeService, body: dict[str, Any]
) -> None:
    conversation = open_conversation(client)
    say(client, conversation, "transfiere")
    assert_refused(
        client.post(f"/api/conversations/{conversation}/decisions", json=body), 400, "WRONG_BODY"
    )
    assert service.agents["user-maria"].decisions == []


def test_what_is_not_there_is_said_so(client: TestClient) -> None:
    assert_refused(client.get("/nowhere"), 404, "NOT_FOUND")
    assert_refused(client.get("/../app.py"), 404, "NOT_FOUND")
    assert_refused(client.get("/%2e%2e/app.py"), 404, "NOT_FOUND")
    assert_refused(client.get("/api/start/"), 404, "NOT_FOUND")
    assert_refused(client.put("/api/start"), 405, "WRONG_METHOD")
    assert_refused(client.get("/api/conversations"), 405, "WRONG_METHOD")
    for method, path in (("GET", ""), ("POST", "/messages"), ("POST", "/decisions")):
        body = {"text": "x", "invocation_id": "x", "decision": "DENY"} if path else None
        answer = client.request(method, f"/api/conversations/none{path}", json=body)
        assert_refused(answer, 404, "NO_CONVERSATION")
    assert_refused(client.get("/api/state?user_id=user-eve"), 404, "NO_CUSTOMER")
    assert_refused(client.get("/api/state"), 404, "NO_CUSTOMER")
    eve = client.post("/api/conversations", json={"user_id": "user-eve"})
    assert_refused(eve, 404, "NO_CUSTOMER")
    klingon = client.post("/api/conversations", json={"user_id": "user-juan", "language": "tlh"})
    assert_refused(klingon, 400, "WRONG_LANGUAGE")
    for after in ("-1", "x", "٣", "9" * 400):
        assert_refused(client.get("/api/watch", params={"after": after}), 400, "WRONG_QUERY")


def test_an_unexpected_failure_tells_nothing_of_itself(
    client: TestClient, service: FakeService
) -> None:
    service.customers = None  # type: ignore[assignment]
    answer = client.get("/api/start")
    assert_refused(answer, 500, "UNEXPECTED")
    assert "NoneType" not in answer.text


def test_a_stack_that_does_not_answer_is_said_so_without_its_address(
    client: TestClient, service: FakeService
) -> None:
    service.watch.is_down = True
    answer = client.get("/api/state?user_id=user-maria")
    assert_refused(answer, 503, "STACK_UNAVAILABLE")
    assert "secret-host" not in answer.text


def test_a_turn_that_breaks_ends_as_failed_and_the_conversation_goes_on(
    client: TestClient, service: FakeService
) -> None:
    def answer(text: str) -> Iterator[TurnEvent]:
        yield Text("Voy")
        if text == "rompe":
            raise RuntimeError("a secret")
        yield TurnEnded("answered")

    service.answer = answer
    conversation = open_conversation(client)
    broken = say(client, conversation, "rompe")
    assert [line["type"] for line in broken] == ["said", "text", "problem", "end"]
    assert broken[-1]["outcome"] == "failed"
    assert "secret" not in json.dumps(broken)
    assert say(client, conversation, "sigue")[-1]["outcome"] == "answered"


# one turn at a time, to its end


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


def test_a_second_turn_is_refused_while_one_is_under_way(
    client: TestClient, service: FakeService
) -> None:
    gate = Gate()
    service.answer = gate.answer
    conversation = open_conversation(client)
    other = open_conversation(client, "user-juan")
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.append(say(client, conversation, "uno")))
    thread.start()
    assert gate.reached.wait(WAIT_SECONDS)
    second = client.post(f"/api/conversations/{conversation}/messages", json={"text": "dos"})
    assert_refused(second, 409, "BUSY")
    decided = {"invocation_id": "inv-1", "decision": "CONFIRM"}
    assert_refused(
        client.post(f"/api/conversations/{conversation}/decisions", json=decided), 409, "BUSY"
    )
    assert client.get(f"/api/conversations/{conversation}").json()["busy"] is True
    gate.open.set()
    thread.join(WAIT_SECONDS)
    assert service.agents["user-maria"].heard == ["uno"]
    assert first[0][-1]["outcome"] == "answered"
    assert say(client, other, "hola")[-1]["outcome"] == "answered"
    assert say(client, conversation, "dos")[-1]["outcome"] == "answered"


def test_a_confirmation_sent_twice_counts_once(client: TestClient, service: FakeService) -> None:
    conversation = open_conversation(client)
    say(client, conversation, "transfiere")
    body = {"invocation_id": "inv-1", "decision": "CONFIRM"}
    answers = [
        client.post(f"/api/conversations/{conversation}/decisions", json=body) for _ in range(2)
    ]
    assert service.agents["user-maria"].decisions == ["CONFIRM"]
    types = [line["type"] for line in lines(answers[0])]
    assert types == ["chosen", "decision", "settled", "text", "end"]
    assert lines(answers[0])[-1]["pending"] is None
    assert lines(answers[1])[1]["code"] == "NOTHING_TO_CONFIRM"


def test_who_saw_the_end_may_start_the_next_turn_at_once(client: TestClient) -> None:
    conversation = open_conversation(client)
    for number in range(100):
        assert say(client, conversation, str(number))[-1]["type"] == "end"


# what is bounded


def test_the_conversation_unused_for_longest_is_forgotten_and_a_busy_one_never() -> None:
    service = FakeService()
    gate = Gate()
    service.answer = gate.answer
    conversations = WebConversations(system_clock, max_conversations=2)
    busy = conversations.add("user-maria", service.open("user-maria"))
    busy.say("uno")
    assert gate.reached.wait(WAIT_SECONDS)
    second = conversations.add("user-maria", service.open("user-maria"))
    third = conversations.add("user-maria", service.open("user-maria"))
    assert conversations.find(second.id) is None
    assert conversations.find(busy.id) is busy
    third.say("tres")
    with pytest.raises(TooManyConversations):
        conversations.add("user-maria", service.open("user-maria"))
    assert not conversations.wait_until_idle(0)
    gate.open.set()
    assert conversations.wait_until_idle(WAIT_SECONDS)
    assert conversations.add("user-maria", service.open("user-maria"))


def test_a_log_forgets_the_oldest_and_says_how_many() -> None:
    log = Log(max_bytes=300, clock=system_clock)
    for number in range(20):
        log.append({"type": "text", "delta": str(number)})
    last, kept = log.after(0)
    told = [json_text.loads(line.decode()) for line in kept]
    assert last == log.last == 20
    assert told[0] == {"type": "missed", "count": 20 - len(told[1:])}
    assert [line["n"] for line in told[1:]] == list(range(told[1]["n"], 21))
    assert sum(map(len, kept[1:])) <= 300
    assert log.after(20) == (20, [])


def test_one_entry_above_the_limit_is_kept_alone() -> None:
    log = Log(max_bytes=10, clock=system_clock)
    log.append({"type": "text", "delta": "a" * 100})
    log.append({"type": "text", "delta": "b" * 100})
    assert len(log.after(1)[1]) == 1


# over a real connection


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
