"""The HTTP routes of the web chat: the page, and the requests that the page sends."""

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from anyio import CapacityLimiter, fail_after, to_thread
from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from console.agent.events import as_json
from console.agent.language import Language
from console.chat.session import ChatService
from console.errors import ConsoleError
from console.web.conversations import (
    Busy,
    TooManyConversations,
    Turn,
    WebConversation,
    WebConversations,
)
from console.web.guard import Guard, Refused, json_response, refusal
from console.web.log import Log
from shared import json_text
from shared.clock import Clock, system_clock

MAX_BODY_BYTES: Final = 64_000
BODY_SECONDS: Final = 10
MAX_WATCHERS: Final = 32
MAX_WATCHED_BYTES: Final = 2_000_000

_STATIC = Path(__file__).parent / "static"
_MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_LANGUAGES: Final[Mapping[str, Language]] = {"es": "es", "en": "en"}
_WAIT_SECONDS = 0.2
_BEAT_SECONDS = 5
_BEAT = b'{"type":"beat"}\n'
_TURNS_END_SECONDS = 20
_METHOD_NOT_ALLOWED = 405
_MAX_DIGITS = 15


class Web:
    """The web chat: its conversations, and what it saw on the stack."""

    def __init__(self, service: ChatService, clock: Clock = system_clock) -> None:
        self._service = service
        self._conversations = WebConversations(clock)
        self._watched = Log(MAX_WATCHED_BYTES, clock)
        self._watchers = 0
        self._waiting = CapacityLimiter(2 * MAX_WATCHERS)
        self._closing = Event()

    def guarded(self, *, token: str, port: int) -> Guard:
        """Return the ASGI application, for who has the token and asks at that port."""
        routes = [
            Route("/api/start", self._start),
            Route("/api/state", self._state),
            Route("/api/watch", self._watch),
            Route("/api/conversations", self._open, methods=["POST"]),
            Route("/api/conversations/{conversation_id}", self._conversation),
            Route("/api/conversations/{conversation_id}/messages", self._say, methods=["POST"]),
            Route("/api/conversations/{conversation_id}/decisions", self._decide, methods=["POST"]),
            *_static_routes(),
        ]
        app = Starlette(
            routes=routes,
            exception_handlers={
                Refused: _refused,
                HTTPException: _not_served,
                Exception: _failed,
            },
            lifespan=self._lifespan,
        )
        app.router.redirect_slashes = False
        return Guard(app, token=token, port=port)

    def close(self) -> None:
        """End the streams; turns under way go on."""
        self._closing.set()

    def wait_until_idle(self) -> bool:
        """Wait for turns under way, within reason, and tell whether all have ended."""
        return self._conversations.wait_until_idle(_TURNS_END_SECONDS)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        watcher = Thread(target=self._keep_watched, name="watched", daemon=True)
        watcher.start()
        yield
        self.close()
        await to_thread.run_sync(watcher.join)

    def _keep_watched(self) -> None:
        with self._service.watch.subscribe() as subscription:
            while not self._closing.is_set():
                event = subscription.get(_WAIT_SECONDS)
                if event is not None:
                    self._watched.append(as_json(event))

    async def _start(self, _request: Request) -> Response:
        return json_response(
            {
                "customers": [
                    {"user_id": customer.user_id, "name": customer.name}
                    for customer in self._service.customers
                ],
                "brain": self._service.brain_name,
                "place": self._service.place,
                "version": version("centli"),
            }
        )

    async def _state(self, request: Request) -> Response:
        user_id = self._customer(request.query_params.get("user_id"))
        try:
            state = await to_thread.run_sync(self._service.watch.state, user_id)
        except (ConsoleError, BotoCoreError, ClientError):
            raise Refused(503, "STACK_UNAVAILABLE", "The stack does not answer now.") from None
        return json_response(
            {
                "user_id": user_id,
                "accounts": state.accounts,
                "place": self._service.place,
            }
        )

    async def _watch(self, request: Request) -> Response:
        if self._watchers >= MAX_WATCHERS:
            raise Refused(503, "TOO_MANY_WINDOWS", "Too many windows are open: close some.")
        return _stream(self._watched_after(_number(request, "after")))

    async def _watched_after(self, number: int) -> AsyncIterator[bytes]:
        self._watchers += 1
        try:
            yield _BEAT
            spoke = time.monotonic()
            while not self._closing.is_set():
                number, lines = await self._more(self._watched, number)
                if lines or time.monotonic() - spoke >= _BEAT_SECONDS:
                    yield b"".join(lines) or _BEAT
                    spoke = time.monotonic()
        finally:
            self._watchers -= 1

    async def _open(self, request: Request) -> Response:
        body = await _body(request)
        user_id = self._customer(body.get("user_id"))
        language = _LANGUAGES.get(str(body.get("language", "es")))
        if language is None:
            raise Refused(400, "WRONG_LANGUAGE", "The language is es or en.")
        try:
            opened = await to_thread.run_sync(self._service.open, user_id, language)
            conversation = self._conversations.add(user_id, opened)
        except (ConsoleError, BotoCoreError, ClientError):
            raise Refused(503, "STACK_UNAVAILABLE", "The stack does not answer now.") from None
        except TooManyConversations:
            raise Refused(
                503, "TOO_MANY_CONVERSATIONS", "Every conversation is at work: try again soon."
            ) from None
        return json_response({"id": conversation.id}, 201)

    async def _conversation(self, request: Request) -> Response:
        conversation = self._of_path(request)
        busy = conversation.is_busy  # read first: what a turn says afterwards is in the transcript
        _, lines = conversation.transcript.after(_number(request, "after"))
        return json_response(
            {
                "id": conversation.id,
                "user_id": conversation.user_id,
                "busy": busy,
                "pending": conversation.pending(),
                "transcript": [json_text.loads(line.decode()) for line in lines],
            }
        )

    async def _say(self, request: Request) -> Response:
        conversation = self._of_path(request)
        text = (await _body(request)).get("text")
        if not isinstance(text, str):
            raise Refused(400, "WRONG_BODY", "`text` must be what the person wrote.")
        return self._turn(conversation, lambda: conversation.say(text))

    async def _decide(self, request: Request) -> Response:
        conversation = self._of_path(request)
        body = await _body(request)
        invocation_id, decision = body.get("invocation_id"), body.get("decision")
        if not isinstance(invocation_id, str) or decision not in ("CONFIRM", "DENY"):
            raise Refused(
                400,
                "WRONG_BODY",
                "`invocation_id` must be the confirmation's, and `decision` CONFIRM or DENY.",
            )
        return self._turn(conversation, lambda: conversation.decide(invocation_id, decision))

    def _turn(self, conversation: WebConversation, start: Callable[[], Turn]) -> Response:
        try:
            turn = start()
        except Busy:
            raise Refused(
                409, "BUSY", "The turn before is still under way: wait until it has ended."
            ) from None
        return _stream(self._said_in(conversation, turn))

    async def _said_in(self, conversation: WebConversation, turn: Turn) -> AsyncIterator[bytes]:
        number = turn.start
        while (turn.end is None or number < turn.end) and not self._closing.is_set():
            number, lines = await self._more(conversation.transcript, number)
            if lines:
                yield b"".join(lines)

    async def _more(self, log: Log, number: int) -> tuple[int, list[bytes]]:
        return await to_thread.run_sync(log.after, number, _WAIT_SECONDS, limiter=self._waiting)

    def _of_path(self, request: Request) -> WebConversation:
        conversation = self._conversations.find(request.path_params["conversation_id"])
        if conversation is None:
            raise Refused(404, "NO_CONVERSATION", "There is no such conversation: open a new one.")
        return conversation

    def _customer(self, user_id: Any) -> str:
        for customer in self._service.customers:
            if customer.user_id == user_id:
                return customer.user_id
        raise Refused(404, "NO_CUSTOMER", "There is no such customer.")


def _static_routes() -> list[Route]:
    """Return a route for each file of the page, read once: no path of a request opens a file.

    What a file manager or an editor left beside them is none.
    """
    routes = []
    for file in sorted(f for f in _STATIC.iterdir() if f.suffix in _MEDIA_TYPES):
        path = "/" if file.name == "index.html" else f"/{file.name}"
        routes.append(Route(path, _served(file.read_bytes(), _MEDIA_TYPES[file.suffix])))
    return routes


def _served(content: bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_request: Request) -> Response:
        return Response(content, media_type=media_type)

    return endpoint


async def _body(request: Request) -> dict[str, Any]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, "WRONG_TYPE", "Send the body as application/json.")
    body = bytearray()
    try:
        with fail_after(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise Refused(413, "TOO_LARGE", f"Send at most {MAX_BODY_BYTES} bytes.")
    except (TimeoutError, ClientDisconnect):
        raise Refused(408, "TOO_SLOW", "The body did not arrive: send it again.") from None
    try:
        parsed = json_text.loads(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "WRONG_BODY", "The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise Refused(400, "WRONG_BODY", "The body must be a JSON object.")
    return parsed


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise Refused(400, "WRONG_QUERY", f"`{name}` must be a whole number.")
    return int(text)


def _stream(lines: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(lines, media_type="application/x-ndjson")


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def _not_served(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == _METHOD_NOT_ALLOWED:
        response = refusal(Refused(405, "WRONG_METHOD", "That is not asked with this method."))
    else:
        response = refusal(Refused(error.status_code, "NOT_FOUND", "There is nothing here."))
    response.headers.update(error.headers or {})
    return response


async def _failed(_request: Request, _error: Exception) -> Response:
    return refusal(
        Refused(500, "UNEXPECTED", "Something failed in the web chat; its log says what.")
    )
