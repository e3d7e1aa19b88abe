"""The REQUEST interceptor of AgentCore Gateway: it says who is calling, from the verified token.

The gateway has verified the token of each request before it asks here, and nobody else may invoke
this function. The claim named by `GATEWAY_CALLER_CLAIM` becomes the header that is named by
`GATEWAY_CALLER_HEADER`, the only one that the functions believe, in place of what the client sent
under that name. Other headers pass: those of request id and proof are no identity.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

from shared.ids import CUSTOMER_ID

VERSION = "1.0"
_TOKEN_PARTS = 3
_NOT_IDENTIFIED = -32001
"""An error code of JSON-RPC that is left to servers."""


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ARG001
    """Return the request with its caller, or the answer to one without."""
    request = event["mcp"]["gatewayRequest"]
    headers, body = request.get("headers") or {}, request.get("body")
    caller = _caller(headers, os.environ["GATEWAY_CALLER_CLAIM"])
    if caller is None:
        return _output("transformedGatewayResponse", {"statusCode": 401, "body": _refusal(body)})
    name = os.environ["GATEWAY_CALLER_HEADER"].lower()
    passed = {key: value for key, value in headers.items() if key.lower() != name}
    return _output("transformedGatewayRequest", {"headers": {**passed, name: caller}, "body": body})


def _output(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"interceptorOutputVersion": VERSION, "mcp": {kind: content}}


def _caller(headers: Mapping[str, Any], claim: str) -> str | None:
    """Return the claim of the one token that came with the request; None where there is none."""
    given = [value for key, value in headers.items() if key.lower() == "authorization"]
    value = _claims(given[0]).get(claim) if len(given) == 1 else None
    return value if isinstance(value, str) and CUSTOMER_ID.fullmatch(value) else None


def _claims(authorization: Any) -> Mapping[str, Any]:
    """Return the claims of a bearer token, none of what is no such token."""
    scheme, _, token = str(authorization).partition(" ")
    parts = token.strip().split(".")
    if scheme.lower() != "bearer" or len(parts) != _TOKEN_PARTS:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, Mapping) else {}


def _refusal(body: Any) -> dict[str, Any]:
    message = "The token does not say who is calling: sign in to the bank again."
    error = {"code": _NOT_IDENTIFIED, "message": message}
    request_id = body.get("id") if isinstance(body, Mapping) else None
    return {"jsonrpc": "2.0", "id": request_id, "error": error}
