"""Calling an action group as a Bedrock agent does: the exact event, and what comes back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from console.agent.operations import AgentOperation, Parameter
from console.deployment import Deployment
from console.errors import ConsoleError
from shared import json_text


class FunctionFailed(ConsoleError):
    """The function of an action group ended with an error: it may or may not have acted."""


class UnreadableAnswer(ConsoleError):
    """What came back is not the answer of an action group, so nobody knows what it did."""


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
    """Send the event to the deployed function of its action group, and return its answer.

    Raises FunctionFailed and UnreadableAnswer, besides what botocore raises.
    """
    answer = deployment.cloud.client("lambda").invoke(
        FunctionName=deployment.function_of(event["actionGroup"]),
        Payload=json.dumps(event).encode(),
    )
    text = answer["Payload"].read()
    try:
        payload: Any = json.loads(text)
    except ValueError:
        raise UnreadableAnswer("The function did not answer with JSON.") from None
    if not isinstance(payload, dict):
        raise UnreadableAnswer("The function did not answer with a JSON object.")
    if "FunctionError" in answer:
        raise FunctionFailed(f"The function failed: {payload.get('errorMessage', payload)}")
    return payload


def status_and_body(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and the decoded body of an answer; fractions are Decimal.

    Raises UnreadableAnswer.
    """
    try:
        response = answer["response"]
        status = response["httpStatusCode"]
        body = json_text.loads(response["responseBody"]["application/json"]["body"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise UnreadableAnswer("The answer is not that of an action group.") from None
    if not isinstance(status, int) or not isinstance(body, dict):
        raise UnreadableAnswer("The answer is not that of an action group.")
    return status, body
