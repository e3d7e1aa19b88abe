"""The MCP server as a function with a URL, a target of AgentCore Gateway: one POST, one answer.

Who is calling is what others have verified: IAM, that the gateway's role sent the request, and the
gateway's interceptor, which customer it is of. Whoever else may use the URL is refused, whatever
headers are sent. Every request has a server of its own, for its customer: nothing of one is left
for the next but the clients of AWS and the key that seals the state, which all instances make
alike. Only the generation of the protocol without sessions is spoken.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from mangum import Mangum
from mcp.server.request_state import RequestStateSecurity
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER, unsupported_protocol_version_rejection

from shared.channel import Functions, function_of
from shared.clients import client_of
from shared.confirmation import MAC_ALGORITHM
from shared.front_doors.mcp import Customer, server_for
from shared.ids import CUSTOMER_ID
from shared.operations import Operation

logger = logging.getLogger(__name__)

STATE_LABEL: Final = b"centli: the key that seals the state of MCP calls"
"""What the stack's key signs to make the key of the state; no challenge begins like it."""

_CONFIG: Final = Config(connect_timeout=2, read_timeout=12, retries={"total_max_attempts": 2})
"""A function of a group takes ten seconds at most; what is sent again is the same request."""
_NOT_IDENTIFIED: Final = -32001
_NO_ANSWER: Final = -32603
_NO_BROWSERS: Final = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""A name that a browser is led to by DNS signs no requests; IAM asks for a signature."""

Event = Mapping[str, Any]


def lambda_handler_for(operations: Iterable[Operation]) -> Callable[[Any, Any], dict[str, Any]]:
    """Return the handler that serves these operations to the customer of each request."""
    served = tuple(operations)

    def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
        headers = event.get("headers") or {}
        caller = headers.get(os.environ["GATEWAY_CALLER_HEADER"].lower(), "")
        if not _is_of_the_gateway(event) or not CUSTOMER_ID.fullmatch(caller):
            message = "The request does not say who is calling, or not by the bank's gateway."
            return _refusal(HTTPStatus.FORBIDDEN, _NOT_IDENTIFIED, message)
        version = headers.get(MCP_PROTOCOL_VERSION_HEADER, "")
        unsupported = unsupported_protocol_version_rejection(version)
        if unsupported is not None:
            told = (unsupported.code, unsupported.message, unsupported.data)
            return _refusal(HTTPStatus.BAD_REQUEST, *told)
        try:
            security = _security()
        except (BotoCoreError, ClientError) as error:
            logger.warning("the state cannot be sealed: %s", type(error).__name__)
            message = "The bank cannot answer now, and nothing was done. Try again in a moment."
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, _NO_ANSWER, message)
        functions = Functions(_client, _function_of, os.environ["CONFIRMATION_KEY_ARN"], caller)
        server = server_for(served, Customer(caller, functions, functions.sign), security)
        app = server.streamable_http_app(
            json_response=True, stateless_http=True, transport_security=_NO_BROWSERS
        )
        answer: dict[str, Any] = Mangum(app, lifespan="on")(event, context)
        return answer

    return lambda_handler


def _is_of_the_gateway(event: Event) -> bool:
    """Tell whether the URL was used with credentials of the gateway's role, as IAM has verified."""
    _, partition, _, _, account, role = os.environ["GATEWAY_ROLE_ARN"].split(":")
    session = f"arn:{partition}:sts::{account}:assumed-role/{role.rpartition('/')[2]}/"
    try:
        user_arn = event["requestContext"]["authorizer"]["iam"]["userArn"]
    except (KeyError, TypeError):
        return False
    return isinstance(user_arn, str) and user_arn.startswith(session)


def _function_of(group: str) -> str:
    return function_of(os.environ["NAME_PREFIX"], group)


def _client(service: str) -> Any:
    return client_of(service, _CONFIG)


@cache
def _security() -> RequestStateSecurity:
    """Return what seals the state, under a key that every instance gets from KMS alike."""
    made = _client("kms").generate_mac(
        KeyId=os.environ["CONFIRMATION_KEY_ARN"], Message=STATE_LABEL, MacAlgorithm=MAC_ALGORITHM
    )
    return RequestStateSecurity(keys=[made["Mac"]])


def _refusal(status: HTTPStatus, code: int, message: str, data: Any = None) -> dict[str, Any]:
    """Return an answer of the URL that is an error of JSON-RPC to a request that was not read."""
    error = {"code": code, "message": message} | ({} if data is None else {"data": data})
    return {
        "statusCode": status.value,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"jsonrpc": "2.0", "id": None, "error": error}),
    }
