"""Calling an action group as a Bedrock agent does: the exact event, built from the schema alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from console.deployment import Deployment
from console.errors import ConsoleError
from console.openapi import DIRECTORY


@dataclass(frozen=True)
class AgentOperation:
    """An operation as the schema describes it to an agent."""

    group: str
    operation_id: str
    method: str
    path: str
    parameters: dict[str, str]
    """Path and query parameters: name to type."""
    body: dict[str, str]
    """Fields of the request body: name to type."""
    confirm: bool


def read_operations(directory: Path = DIRECTORY) -> dict[str, AgentOperation]:
    """Read what an agent knows: every operation of the schema files, by its id."""
    operations = {}
    for file in sorted(directory.glob("*.yaml")):
        for path, methods in yaml.safe_load(file.read_text())["paths"].items():
            for method, described in methods.items():
                operation = _operation(file.stem, method.upper(), path, described)
                operations[operation.operation_id] = operation
    return operations


def find_operation(operation_id: str) -> AgentOperation:
    """Return an operation by its id. Raises ConsoleError that lists those there are."""
    operations = read_operations()
    if operation_id not in operations:
        raise ConsoleError(
            f"There is no operation `{operation_id}`. There are: {', '.join(operations)}."
        )
    return operations[operation_id]


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
        "parameters": [
            {"name": name, "type": operation.parameters.get(name, "string"), "value": value}
            for name, value in arguments.items()
            if name not in operation.body
        ],
        "sessionAttributes": dict(session_attributes),
        "promptSessionAttributes": {},
    }
    if operation.body:
        event["requestBody"] = {
            "content": {
                "application/json": {
                    "properties": [
                        {"name": name, "type": operation.body[name], "value": value}
                        for name, value in arguments.items()
                        if name in operation.body
                    ]
                }
            }
        }
    return event


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
    """Return the HTTP status and the decoded body of an answer."""
    response = answer["response"]
    body = response["responseBody"]["application/json"]["body"]
    return response["httpStatusCode"], json.loads(body)


def _operation(group: str, method: str, path: str, described: dict[str, Any]) -> AgentOperation:
    content = described.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {}).get("properties", {})
    return AgentOperation(
        group=group,
        operation_id=described["operationId"],
        method=method,
        path=path,
        parameters={p["name"]: p["schema"]["type"] for p in described.get("parameters", [])},
        body={name: schema["type"] for name, schema in body.items()},
        confirm=described.get("x-requireConfirmation") == "ENABLED",
    )
