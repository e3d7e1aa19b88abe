"""AgentCore Gateway before a group's function: the event and the context of a tool's call.

The context is made by Lambda's own runtime client from the JSON that Lambda hands to it.
"""

import json
from typing import Any

from awslambdaric.bootstrap import create_lambda_context

from shared import json_text
from shared.front_doors.client_context import TOOL_NAME, custom_context, is_tool_call
from tests.support.answers import check_tool_answer
from tests.support.world import World, operations_in_schema, through_json

GATEWAY_ID = "centli-gateway-a1b2c3"
CALLER_HEADER = "x-centli-user-id"


def context_of(client_context: Any) -> Any:
    """Return the context that Lambda's runtime hands to a function; None is no client context."""
    text = None if client_context is None else json.dumps(client_context)
    return create_lambda_context(text, None, 0, "request-1", "arn:aws:lambda:::function:f", None)


def told(
    tool: Any,
    headers: Any,
    gateway_id: str = GATEWAY_ID,
    **more: Any,
) -> dict[str, Any]:
    """Return the custom part of the client context of a call."""
    return {
        "bedrockAgentCoreToolName": tool,
        "bedrockAgentCoreMessageVersion": "1.0",
        "bedrockAgentCoreAwsRequestId": "5f1c9f4e-0000-4000-8000-000000000000",
        "bedrockAgentCoreMcpMessageId": 1,
        "bedrockAgentCoreGatewayId": gateway_id,
        "bedrockAgentCoreTargetId": "TARGET0001",
        "bedrockAgentCorePropagatedHeaders": headers,
    } | more


def call_tool(
    bank: World,
    operation_id: str,
    arguments: Any,
    *,
    user_id: Any = "user-maria",
    headers: Any = None,
    gateway_id: str = GATEWAY_ID,
    group: str | None = None,
) -> dict[str, Any]:
    """Call a tool as the gateway does, for the customer that its interceptor names."""
    if group is None:
        group = operations_in_schema()[operation_id].group
    identity = {} if user_id is None else {CALLER_HEADER: user_id}
    custom = told(f"{group}___{operation_id}", identity | (headers or {}), gateway_id)
    return invoke(bank, group, arguments, {"custom": custom})


def invoke(bank: World, group: str, event: Any, client_context: Any) -> dict[str, Any]:
    """Invoke a group's function with any event and client context; check a tool's answer."""
    event = json_text.without_decimals(event)
    context = context_of(client_context)
    answer = through_json(bank.handlers[group](event, context))
    if is_tool_call(context):
        check_tool_answer(custom_context(context)[TOOL_NAME], answer)
    return answer
