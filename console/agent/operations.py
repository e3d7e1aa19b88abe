"""What an agent knows of the operations: the schema files, and nothing else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.errors import ConsoleError
from console.fast_yaml import safe_load
from console.where import SCHEMAS


@dataclass(frozen=True)
class Parameter:
    """A parameter of the path or the query, or a field of the request body."""

    name: str
    type: str
    description: str
    required: bool


@dataclass(frozen=True)
class AgentOperation:
    """An operation as the schema describes it to an agent."""

    group: str
    operation_id: str
    method: str
    path: str
    description: str
    parameters: dict[str, Parameter]
    """Path and query parameters by name."""
    body: dict[str, Parameter]
    """Fields of the request body by name."""
    confirm: bool

    @property
    def inputs(self) -> dict[str, Parameter]:
        """Everything that a call may give, by name."""
        return {**self.parameters, **self.body}

    @property
    def required(self) -> list[str]:
        """The names of what a call must give."""
        return [parameter.name for parameter in self.inputs.values() if parameter.required]


def read_operations(directory: Path = SCHEMAS) -> dict[str, AgentOperation]:
    """Read every operation of the schema files, by its id."""
    operations: dict[str, AgentOperation] = {}
    for file in sorted(directory.glob("*.yaml")):
        operations |= operations_of(file.stem, safe_load(file.read_text(encoding="utf-8")))
    return operations


def operations_of(group: str, document: dict[str, Any]) -> dict[str, AgentOperation]:
    """Return every operation that the schema of a group describes, by its id."""
    described = (
        _operation(group, method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return {operation.operation_id: operation for operation in described}


def find_operation(operation_id: str) -> AgentOperation:
    """Return an operation by its id. Raises ConsoleError that lists those there are."""
    operations = read_operations()
    if operation_id not in operations:
        raise ConsoleError(
            f"There is no operation `{operation_id}`. There are: {', '.join(operations)}."
        )
    return operations[operation_id]


def _operation(group: str, method: str, path: str, described: dict[str, Any]) -> AgentOperation:
    content = described.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return AgentOperation(
        group=group,
        operation_id=described["operationId"],
        method=method,
        path=path,
        description=described["description"],
        parameters={
            p["name"]: Parameter(
                p["name"], p["schema"]["type"], p["description"], p.get("required", False)
            )
            for p in described.get("parameters", [])
        },
        body={
            name: Parameter(
                name,
                field["type"],
                field.get("description", ""),
                name in schema.get("required", []),
            )
            for name, field in schema.get("properties", {}).items()
        },
        confirm=described.get("x-requireConfirmation") == "ENABLED",
    )
