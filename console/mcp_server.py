"""`centli mcp`: the MCP server of one customer, before a deployed stack.

Its customer and its rights are those of whoever starts it: a proof is signed by the stack's key, so
in an account the one who starts it needs the policy of the bank's channel.
"""

import secrets
from hmac import compare_digest
from typing import Any, Final

import anyio
import uvicorn
from mcp.server.lowlevel.server import Server
from mcp.server.request_state import RequestStateSecurity
from mcp.server.stdio import stdio_server
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from action_groups import all_groups
from console.customers import check_customer
from console.deployment import Deployment, reach
from console.ports import take
from console.where import HOST, Where
from shared.channel import Functions
from shared.front_doors.mcp import Customer, server_for

PATH: Final = "/mcp"


def run(where: Where, *, user_id: str, http_port: int | None, asks_itself: bool) -> int:
    """Serve until the client goes, or by HTTP until it is stopped. Raises ConsoleError."""
    listening = None if http_port is None else take(http_port, "--http-port")
    server = server_of(reach(where), user_id=user_id, asks_itself=asks_itself)
    if listening is None:
        anyio.run(_serve_stdio, server)
    else:
        token = secrets.token_urlsafe(32)
        print(f"http://{HOST}:{http_port}{PATH}\nAuthorization: Bearer {token}", flush=True)
        app = Guarded(server.streamable_http_app(streamable_http_path=PATH, host=HOST), token)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
    return 0


def server_of(deployment: Deployment, *, user_id: str, asks_itself: bool = False) -> Server[Any]:
    """Return the server of a customer of a stack. Raises ConsoleError when there is no such."""
    check_customer(user_id, deployment)
    bank = Functions(
        deployment.cloud.client,
        deployment.function_of,
        deployment.outputs["ConfirmationKeyArn"],
        user_id,
    )
    customer = Customer(user_id, bank, bank.sign, asks_itself)
    operations = (o for group in all_groups() for o in group if o.path is not None)
    return server_for(operations, customer, RequestStateSecurity.ephemeral())


async def _serve_stdio(server: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


class Guarded:
    """An ASGI application that serves only who has the token: other users of the machine don't."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._authorization = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer 401."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not compare_digest(given, self._authorization):
                refusal = PlainTextResponse("Send the token that centli mcp printed.", 401)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
