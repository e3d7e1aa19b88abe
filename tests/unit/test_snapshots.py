"""What instances that go on from one snapshot of a function do not share."""

import random
import sys
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import snapshot_restore_py as runtime

from shared import clients
from shared.clients import client_of
from shared.snapshots import after_restore, before_snapshot


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A function that starts where the runtime takes snapshots, with clients of its own."""
    for registry in ("_before_snapshot_registry", "_after_restore_registry"):
        monkeypatch.setattr(runtime, registry, [])
    for made_once in (client_of, clients._session):
        made_once.cache_clear()
    yield
    for made_once in (client_of, clients._session):
        made_once.cache_clear()


def run(registered: Iterable[Any]) -> None:
    """Do what was registered, as Lambda's runtime client does."""
    for do, args, kwargs in registered:
        do(*args, **kwargs)


class Service(ThreadingHTTPServer):
    """A service of AWS that answers everything alike, and counts who connects."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.connections = 0

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with Service() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        yield server
        server.shutdown()


def test_a_client_connects_again_after_the_snapshot(service: Service) -> None:
    dynamodb = client_of("dynamodb")
    dynamodb.describe_endpoints()
    dynamodb.describe_endpoints()
    assert service.connections == 1

    run(runtime.get_before_snapshot())

    dynamodb.describe_endpoints()
    assert service.connections == 2


def test_instances_of_one_snapshot_draw_different_waits(service: Service) -> None:
    client_of("dynamodb")
    snapshot = random.getstate()

    def restored() -> float:
        random.setstate(snapshot)
        run(runtime.get_after_restore())
        return random.random()

    assert len({restored() for _ in range(5)}) == 5


def test_where_the_runtime_takes_no_snapshots_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)
    done: list[str] = []

    before_snapshot(lambda: done.append("before"))
    after_restore(lambda: done.append("after"))

    assert runtime.get_before_snapshot() == runtime.get_after_restore() == done == []
