"""Who may ask the web chat's server, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.web import app
from console.web.app import MAX_BODY_BYTES
from tests.support.fake_chat import FakeService
from tests.support.page_client import HOME, PORT, assert_refused, open_conversation, say


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


def test_what_is_left_beside_the_files_of_the_page_is_not_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("index.html", "main.js", ".DS_Store", ".main.js.swp", "main.js~"):
        (tmp_path / name).touch()
    monkeypatch.setattr(app, "_STATIC", tmp_path)
    assert [route.path for route in app._static_routes()] == ["/", "/main.js"]


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
