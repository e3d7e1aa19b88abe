"""A server on this machine that a test scripts: it can be down, slow, hang or break off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self


@dataclass(frozen=True)
class Answer:
    """An answer as it goes over the wire, its pieces some seconds apart."""

    status: int = 200
    pieces: tuple[bytes, ...] = ()
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    pause_seconds: float = 0.0
    breaks_off: bool = False


class LocalServer:
    """A server; a context manager that listens on a free port, and again on the same one."""

    def __init__(self) -> None:
        self.port = 0
        self._stopping = Event()
        self._server: ThreadingHTTPServer | None = None

    def respond(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a POST."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._stopping.clear()
        handler = type("Handler", (_Handler,), {"respond": staticmethod(self._answer)})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Event]:
        return self.respond(path, headers, body), self._stopping


class _Handler(BaseHTTPRequestHandler):
    respond: Any
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer, stopping = self.respond(self.path, self.headers, body)
        self.close_connection = True
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in answer.pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
                if answer.pause_seconds and stopping.wait(answer.pause_seconds):
                    return
            if not answer.breaks_off:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            return  # the client gave up
