"""Calling an action group as a Bedrock agent does: the exact event, and what comes back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from console.agent.operations import AgentOperation, Parameter
from console.deployment import Deployment
from console.errors import ConsoleError
from shared import json_text


def invocation(
    operation: AgentOperation,
    arguments: Mapping[str, str],
    *,
    session_id: str,
    session_attributes: Mapping[str, str],
    input_text: str = "",
) -> dict[str, Any]:
    """Return the event that Bedrock sends to the Lambda of the group.

    An argument that the schema does not know is sent as a parameter, as a confused model would.
    """
    parameters = [name for name in arguments if name not in operation.body]
    event: dict[str, Any] = {
        "messageVersion": "1.0",
        "agent": {
            "name": "centli-agent",
            "id": "LOCALAGENT",
            "alias": "TSTALIASID",
            "version": "DRAFT",
        },
        "inputText": input_text,
        "sessionId": session_id,
        "actionGroup": operation.group,
        "apiPath": operation.path,
        "httpMethod": operation.method,
        "parameters": _entries(parameters, operation.parameters, arguments),
        "sessionAttributes": dict(session_attributes),
        "promptSessionAttributes": {},
    }
    if operation.body:
        fields = [name for name in arguments if name in operation.body]
        event["requestBody"] = {
            "content": {
                "application/json": {"properties": _entries(fields, operation.body, arguments)}
            }
        }
    return event


def _entries(
    names: Iterable[str], known: Mapping[str, Parameter], arguments: Mapping[str, str]
) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "type": known[name].type if name in known else "string",
            "value": arguments[name],
        }
        for name in names
    ]


def invoke(deployment: Deployment, event: dict[str, Any]) -> dict[str, Any]:
    """Send the event to the deployed function of its action group, and return its answer."""
    answer = deployment.cloud.client("lambda").invoke(
        FunctionName=deployment.function_of(event["actionGroup"]),
        Payload=json.dumps(event).encode(),
    )
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise ConsoleError(f"The function failed: {payload.get('errorMessage', payload)}")
    return payload


def status_and_body(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and the decoded body of an answer; fractions are Decimal."""
    response = answer["response"]
    body = response["responseBody"]["application/json"]["body"]
    return response["httpStatusCode"], json_text.loads(body)
