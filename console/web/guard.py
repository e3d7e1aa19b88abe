"""Who may send requests to the web chat: its own page, with the token that the command printed.

The web chat can move money, and any web page that a browser on this machine shows can send requests
to this machine. So a request needs the token, which no other page knows; its Host must be this
address, against names that were rebound to it; and what a browser says of its origin must be true
of our own page. There are no cookies, so nothing is sent along by itself.
"""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import json_text

API: Final = "/api/"

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "img", "font")),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_DEFAULT_HTTP_PORT = 80


class Refused(Exception):
    """A request that is not served; the message says what to do, in a sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def json_response(content: Mapping[str, Any], status: int = 200) -> Response:
    """Return an answer whose amounts are exact."""
    body = json_text.dumps(content).encode("utf-8", "replace")
    return Response(body, status, media_type="application/json")


def refusal(refused: Refused) -> Response:
    """Return the answer to a request that is not served."""
    error = {"code": refused.code, "message": str(refused)}
    return json_response({"error": error}, refused.status)


class Guard:
    """An ASGI application around another: refuses strangers, and puts the headers on everything."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._authorization = f"Bearer {token}".encode()
        names = ("127.0.0.1", "localhost")
        self._hosts = {f"{name}:{port}" for name in names}
        if port == _DEFAULT_HTTP_PORT:
            self._hosts.update(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        try:
            self._check(scope["method"], scope["path"], Headers(scope=scope))
        except Refused as refused:
            await refusal(refused)(scope, receive, guarded_send)
        else:
            await self._app(scope, receive, guarded_send)

    def _check(self, method: str, path: str, headers: Headers) -> None:
        host = headers.getlist("host")
        if len(host) != 1 or host[0].lower() not in self._hosts:
            raise Refused(421, "WRONG_HOST", "Open the address that the command printed.")
        origins = headers.getlist("origin")
        if any(origin.lower() != f"http://{host[0].lower()}" for origin in origins):
            raise Refused(403, "WRONG_ORIGIN", "Only the web chat's own page may ask this.")
        opens_page = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        is_ours = headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
        if not is_ours and (path.startswith(API) or not opens_page):
            raise Refused(403, "WRONG_SITE", "Only the web chat's own page may ask this.")
        if path.startswith(API):
            given = headers.get("authorization", "").encode()
            if not compare_digest(given, self._authorization):
                raise Refused(
                    401, "WRONG_TOKEN", "Open the address that the command printed, all of it."
                )
