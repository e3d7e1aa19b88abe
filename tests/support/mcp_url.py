"""The MCP server's function behind its URL: the events that Lambda makes of HTTP requests."""

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client

from action_groups.mcp_server import lambda_handler
from shared import gateway_interceptor
from shared.front_doors import mcp_url
from tests.support.mcp_client import InMemoryFunctions, McpBank
from tests.support.tables import CONFIRMATION_KEY_ARN
from tests.support.world import World

CALLER_HEADER = "x-centli-user-id"
ACCOUNT = "123456789012"
ROLE = "centli-gateway-GatewayRole-1A2B3C"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/gateway-session"
ENVIRONMENT = {
    "NAME_PREFIX": "centli",
    "CONFIRMATION_KEY_ARN": CONFIRMATION_KEY_ARN,
    "GATEWAY_CALLER_HEADER": CALLER_HEADER,
    "GATEWAY_CALLER_CLAIM": "sub",
    "GATEWAY_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
}
URL = "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws/mcp"


def url_event(
    body: str, headers: Mapping[str, str], *, method: str = "POST", user_arn: str | None = SESSION
) -> dict[str, Any]:
    """Return the event of a request that IAM has let pass, by the fields that AWS documents."""
    domain = httpx2.URL(URL).host
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": domain.partition(".")[0],
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": method,
            "path": "/mcp",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "gateway",
        },
        "requestId": "5f1c9f4e-0000-4000-8000-000000000000",
        "routeKey": "$default",
        "stage": "$default",
        "time": "26/Nov/2026:12:00:00 +0000",
        "timeEpoch": 1795694400000,
    }
    if user_arn is not None:
        iam = {"accountId": ACCOUNT, "callerId": "AROAEXAMPLE:session", "userArn": user_arn}
        context["authorizer"] = {"iam": iam | {"userId": "AROAEXAMPLE", "accessKey": "ASIAEXAMPLE"}}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/mcp",
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in headers.items()} | {"host": domain},
        "requestContext": context,
        "body": body,
        "isBase64Encoded": False,
    }


@dataclass
class PastTheGateway(httpx2.AsyncBaseTransport):
    """A client's way to the function: past the interceptor, which names the customer of the token.

    `invoke` runs the function; each answer of it is in `answers`.
    """

    invoke: Any
    user_id: str = "user-maria"
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the function's answer to a request."""
        headers = dict(request.headers) | {"Authorization": token_of(self.user_id)}
        asked = {"mcp": {"gatewayRequest": {"headers": headers, "body": {}}}}
        passed = gateway_interceptor.lambda_handler(asked, None)["mcp"]["transformedGatewayRequest"]
        body = (await request.aread()).decode()
        event = url_event(body, passed["headers"], method=request.method)
        answer = await asyncio.wrap_future(self.invoke(event))
        self.answers.append(answer)
        content = answer.get("body", "")
        is_encoded = answer.get("isBase64Encoded")
        return httpx2.Response(
            answer["statusCode"],
            headers=answer.get("headers"),
            content=base64.b64decode(content) if is_encoded else content.encode(),
        )


def token_of(user_id: str) -> str:
    """Return a token that the gateway has verified: its signature says nothing after that."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": user_id}).encode()).decode().rstrip("=")
    return f"Bearer e30.{claims}.c2ln"


class McpUrlBank(McpBank):
    """The server behind its URL, as a client of the gateway reaches it."""

    headers: Mapping[str, str] = {}

    def reached(self) -> Any:
        """Return the transport of the protocol to the function."""
        way = PastTheGateway(self.invoke, self.user_id)
        http = httpx2.AsyncClient(transport=way, headers=dict(self.headers))
        return streamable_http_client(URL, http_client=http)

    def with_client(self, *given: Any, **how: Any) -> Any:
        """Return what a function does with a client."""
        with served(self.bank) as (self.invoke, self.functions):
            return super().with_client(*given, **how)


@contextmanager
def one_thread() -> Iterator[ThreadPoolExecutor]:
    """Give a thread with an event loop of its own, as the Lambda runtime's is."""
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(loop,)) as pool:
        yield pool
    loop.close()


@contextmanager
def served(bank: World) -> Iterator[tuple[Any, InMemoryFunctions]]:
    """Run the handler before a bank in memory; give what invokes it, and what it called."""
    functions = InMemoryFunctions(bank)
    with pytest.MonkeyPatch.context() as patch, one_thread() as thread:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(mcp_url, "_client", functions)
        mcp_url._security.cache_clear()
        yield lambda event: thread.submit(lambda_handler, event, None), functions
        mcp_url._security.cache_clear()
