"""The local AWS as it is started: MiniStack behind a door that opens to signed requests alone.

MiniStack believes whoever names a root key, in a header or a query string: it checks no signature
of root. It answers web pages of any origin, has paths that erase or change it without credentials,
and derives the credentials of a function from the function's name. So any page in the developer's
browser, and any other user of the machine, could run code here as the developer.

This is the program of the child process; it is started as a script, in a session of its own, with
the folder of its files as its argument and the secret access key of root on its standard input. It
imports nothing of the console's, and runs in a clean environment. The input stays open as long as
the parent lives: at its end the server goes with its functions and its folder, however the parent
ended.
"""

import hashlib
import hmac
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qs, quote

from ministack import app as ministack
from ministack.core import iam_evaluator, lambda_runtime, responses, sigv4
from ministack.services import lambda_svc

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_READY: Final = ("GET", "/_ministack/ready")
_ADMINISTRATION: Final = "/_"
_MOST_BODY_BYTES: Final = 64 * 1024 * 1024
"""More than the code of any function; a body is held in memory to check its signature."""

_OF_A_BROWSER: Final = ("origin", "sec-fetch-mode", "sec-fetch-site")
_AUTHORIZATION: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[A-Za-z0-9]+/\d{8}/[a-z0-9-]+/[a-z0-9-]+/aws4_request, ?"
    r"SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}"
)
"""One way to write it, so that what is checked here is what MiniStack reads."""


class Refused(Exception):
    """The request does not come in. `str()` of it says why; `code` is AWS's name for that."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class Door:
    """An ASGI application that hands on what is signed with a secret key of this start."""

    def __init__(self, app: App, hosts: frozenset[str], secret: str) -> None:
        """Take what is behind the door, the names it is called by, and root's secret key."""
        self._app = app
        self._hosts = hosts
        self._secret = secret

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve the life of the server and requests; no service here needs a websocket."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            try:
                body = await self._admitted(scope, receive)
            except Refused as refused:
                await _refuse(send, refused)
            else:
                await self._app(scope, _given(body, receive), _without_cors(send))
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _admitted(self, scope: Message, receive: Receive) -> bytes:
        headers = _headers(scope)
        self._check_where_from(headers)
        if (scope["method"], scope["path"]) == _READY:
            return b""
        if scope["path"].startswith(_ADMINISTRATION):
            raise Refused("AccessDenied", "This path is shut.")
        if not _AUTHORIZATION.fullmatch(headers.get("authorization", "")):
            raise Refused(
                "MissingAuthenticationToken",
                "Sign requests in a header, with the credentials that `centli up` names.",
            )
        body = await _body(receive)
        self._check_signature(scope, headers, body)
        return body

    def _check_where_from(self, headers: dict[str, str]) -> None:
        """Refuse a name that was pointed here, and whatever a web page sends."""
        if headers.get("host") not in self._hosts:
            raise Refused("AccessDenied", "This host is not served here.")
        if any(name in headers for name in _OF_A_BROWSER):
            raise Refused("AccessDenied", "Web pages are not served here.")

    def _check_signature(self, scope: Message, headers: dict[str, str], body: bytes) -> None:
        signature = sigv4.parse_header_signature(headers)
        if isinstance(signature, tuple):
            raise Refused(*signature)
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        query = parse_qs(scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True)
        failure = sigv4.request_time_failure(signature) or sigv4.header_signature_failure(
            signature,
            self._secret_of(signature.access_key_id, headers.get("x-amz-security-token")),
            scope["method"],
            raw_path.decode("latin-1"),
            query,
            headers,
            body,
        )
        if failure:
            raise Refused(*failure)

    def _secret_of(self, access_key_id: str, session_token: str | None) -> str:
        """Return the secret of a key: all names of root share one, a role's session has its own."""
        if iam_evaluator.is_root_access_key(access_key_id):
            return self._secret
        owner = iam_evaluator.find_iam_access_key_account(access_key_id)
        responses.set_request_account_id(owner or access_key_id)
        credential = iam_evaluator.resolve_credential(access_key_id, session_token=session_token)
        if isinstance(credential, iam_evaluator.CredentialResolutionError):
            raise Refused(credential.code, credential.message)
        return str(credential.secret_access_key)


def _headers(scope: Message) -> dict[str, str]:
    """Return the headers; one that is sent twice has both values, as its signature has them."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(raw_value)
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused("IncompleteBody", "The request ended before its body did.")
        body += message.get("body", b"")
        if len(body) > _MOST_BODY_BYTES:
            raise Refused("EntityTooLarge", f"At most {_MOST_BODY_BYTES} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def _given(body: bytes, receive: Receive) -> Receive:
    """Return a channel that has the body once more, and then what follows it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _without_cors(send: Send) -> Send:
    """Return a channel on which no answer lets a web page read it."""

    async def stripped(message: Message) -> None:
        if "headers" in message:
            kept = [
                h for h in message["headers"] if not h[0].lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return stripped


async def _refuse(send: Send, refused: Refused) -> None:
    """Answer in a form that the clients of every AWS protocol read."""
    error = f"<Error><Code>{refused.code}</Code><Message>{refused}</Message></Error>"
    body = f"<ErrorResponse>{error}</ErrorResponse>".encode()
    headers = [
        (b"content-type", b"text/xml"),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", refused.code.encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _keyed_hashes(secret: str) -> SimpleNamespace:
    """Return what stands in for `hashlib` where MiniStack hashes a role's name to its credentials.

    With a key, nobody else derives them.
    """
    return SimpleNamespace(
        sha256=lambda text: hmac.new(secret.encode(), text, hashlib.sha256),
    )


def _with_failures_of_aliases(invoke: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Return what stands in for MiniStack's invocation of a function that nobody waits for.

    What becomes of a failure is said at the alias; MiniStack looks at the version that it serves.
    """

    def invoke_later(version: Any, event: Any) -> None:
        function = lambda_svc._functions[version["config"]["FunctionName"]]  # noqa: SLF001
        [said] = [*function["event_invoke_configs"].values()] or [None]
        invoke({**version, "event_invoke_config": said}, event)

    return invoke_later


def _end_with_the_parent(folder: str) -> None:
    """Wait for the end of the standard input, which the parent alone holds open; leave nothing."""
    os.read(0, 1)  # not by sys.stdin, whose lock would disturb the end of the interpreter
    shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


class _Worker:
    """The process of a function, with as much of `subprocess.Popen` as MiniStack uses of it."""

    def __init__(
        self, requests: socket.socket, command: Sequence[str], *, cwd: str, env: Any, **_: Any
    ) -> None:
        """Ask `local_workers.py`, which says how, for what runs the script of a command."""
        (stdin, given), (taken, stdout), (told, stderr), (lives, life) = (
            os.pipe() for _ in range(4)
        )
        theirs = (stdin, stdout, stderr, life)
        socket.send_fds(requests, [json.dumps([command[1], cwd, env]).encode()], theirs)
        for file in theirs:
            os.close(file)
        self.stdin, self.stdout, self.stderr = (*map(os.fdopen, (given, taken, told), "wrr"),)
        self._life = os.fdopen(lives, "rb", buffering=0)
        self._pid = int(self._life.read(16))

    def poll(self) -> int | None:
        """Return 0 when it has ended, else None."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """Wait until it has ended. Raises TimeoutExpired."""
        if self._ended(timeout) is None:
            raise subprocess.TimeoutExpired("a function", timeout)
        return 0

    def _ended(self, seconds: float) -> int | None:
        ending = select.poll()
        ending.register(self._life, select.POLLIN)
        return 0 if ending.poll(1000 * seconds) else None

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self._pid, number)


def _forking() -> Callable[..., _Worker]:
    """Return what starts the processes of functions: one fork each, in place of an interpreter."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = Path(__file__).with_name("local_workers.py")
    with theirs:
        subprocess.Popen([sys.executable, "-P", str(program)], stdin=theirs.fileno())  # noqa: S603
    return partial(_Worker, ours)


def main() -> None:
    """Serve on the port of the environment until SIGTERM, or until the parent is gone."""
    secret = sys.stdin.readline().strip()
    if not secret:
        sys.exit("The secret access key of root is expected on the standard input.")
    folder = sys.argv.pop()  # MiniStack reads what is left
    threading.Thread(target=_end_with_the_parent, args=(folder,), daemon=True).start()
    port = os.environ["GATEWAY_PORT"]
    names = ("127.0.0.1", "localhost")
    hosts = frozenset(f"{name}:{port}" for name in names) | frozenset(names if port == "80" else ())
    lambda_runtime.hashlib = _keyed_hashes(secret)
    if sys.platform == "linux":
        lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": _forking()})
    later = _with_failures_of_aliases(lambda_svc.invoke_async_with_retry)
    lambda_svc.invoke_async_with_retry = later
    ministack.app = Door(ministack.app, hosts, secret)
    ministack.main()


if __name__ == "__main__":
    main()
