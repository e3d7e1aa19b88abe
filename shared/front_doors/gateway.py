"""The front door of AgentCore Gateway: Lambda targets, where each call is one tool of the gateway.

The event is the arguments of the tool, as the model wrote them. Everything else is in the client
context, which no argument can imitate: the tool's name, and the headers that the target passes on.
The caller is the one header that the gateway's interceptor sets from the verified token, in place
of whatever the client sent under its name.
"""

from collections.abc import Mapping
from typing import Any

from shared import json_text
from shared.errors import InvalidRequest
from shared.front_doors.client_context import TOOL_NAME, custom_context, is_tool_call
from shared.front_doors.given import checked_id, checked_proofs
from shared.service import Call, Service

REQUEST_ID_HEADER = "x-centli-request-id"
"""The header by which a client tells its request from others; it says nothing of who is calling."""
PROOF_HEADER = "x-centli-confirmation"
"""The header that holds the proof of the customer's yes."""

_HEADERS = "bedrockAgentCorePropagatedHeaders"
_GATEWAY = "bedrockAgentCoreGatewayId"
_TARGET_SEPARATOR = "___"
_FIRST_REFUSAL_STATUS = 400


def recognises(event: Any, context: Any) -> bool:  # noqa: ARG001
    """Tell whether a gateway made the call; the event, the model's own words, has no say in it."""
    return is_tool_call(context)


def answer(service: Service, event: Any, context: Any) -> Any:
    """Answer the call of a tool: what the operation answers, or `error` with its `status`."""
    outcome = service.answer(lambda: _call(service, event, custom_context(context)))
    body = json_text.without_decimals(outcome.told_of_repeat())
    if outcome.status < _FIRST_REFUSAL_STATUS:
        return body
    return {**body, "error": {**body["error"], "status": outcome.status}}


def _call(service: Service, event: Any, told: Mapping[str, Any]) -> Call:
    operation = service.named(str(told[TOOL_NAME]).rpartition(_TARGET_SEPARATOR)[2])
    caller_header = service.settings.gateway_caller_header
    user_id = _header(told, caller_header)
    if not isinstance(event, Mapping):
        raise InvalidRequest("The arguments of a tool must be an object.")
    call = Call(
        operation=operation,
        door="gateway",
        user_id=user_id,
        arguments=event,
        proofs=checked_proofs(PROOF_HEADER, _header(told, PROOF_HEADER)),
        is_awaited=True,
        identity_from=f"the header `{caller_header}`, which the gateway's interceptor sets",
    )
    if not operation.changes:
        return call
    request_id = _header(told, REQUEST_ID_HEADER)
    if request_id is not None:
        return call._replace(request_id=checked_id(REQUEST_ID_HEADER, request_id))
    # No session id of an agent has a blank, so none is taken for a gateway.
    return call._replace(conversation=f"gateway {told.get(_GATEWAY)}")


def _header(told: Mapping[str, Any], name: str) -> Any:
    """Return the value of a header, whatever the case of its name; None when it is not there.

    Raises InvalidRequest when it is there twice, for then nobody knows which one was set by whom.
    """
    headers = told.get(_HEADERS)
    headers = headers if isinstance(headers, Mapping) else {}
    values = [value for key, value in headers.items() if key.lower() == name.lower()]
    if len(values) > 1:
        raise InvalidRequest(f"The header `{name}` is given more than once.")
    return values[0] if values else None
