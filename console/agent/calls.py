"""Whether the schema allows a call, and its arguments as the text that Bedrock sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import Call
from console.agent.operations import AgentOperation
from console.agent.wording import readable_amount
from shared import json_text

_MAX_EXPONENT: Final = 30
"""Written without an exponent, a greater one would fill the memory with zeros."""


CallKey = tuple[str, frozenset[tuple[str, str]]]


class CallNotAllowed(Exception):
    """The schema does not allow the call; the text tells the model what to correct."""


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """A call that can be sent."""

    call: Call
    operation: AgentOperation
    arguments: dict[str, str]

    @property
    def key(self) -> CallKey:
        """What makes two calls the same, however their amounts are written."""
        values = ((name, _canonical(name, self)) for name in self.arguments)
        return self.operation.operation_id, frozenset(values)


def _canonical(name: str, checked: CheckedCall) -> str:
    value = checked.arguments[name]
    is_number = name in checked.operation.inputs and checked.operation.inputs[name].type == "number"
    amount = readable_amount(value) if is_number else None
    return value if amount is None else format(amount.normalize(), "f")


def check_call(call: Call, operations: Mapping[str, AgentOperation]) -> CheckedCall:
    """Return the call as it can be sent. Raises CallNotAllowed.

    Values are not judged here, only names and shapes: the operation itself says what is wrong with
    a value, in words that the model can act on.
    """
    operation = operations.get(call.operation_id)
    if operation is None:
        raise CallNotAllowed(
            f"There is no operation `{call.operation_id}`. There are: {', '.join(operations)}."
        )
    if not isinstance(call.arguments, Mapping):
        raise CallNotAllowed("The arguments are not a JSON object with the parameters by name.")
    given = {name: value for name, value in call.arguments.items() if value is not None}
    unknown = [name for name in given if name not in operation.inputs]
    if unknown:
        raise CallNotAllowed(
            f"`{operation.operation_id}` has no parameter {_names(unknown)}. It has: "
            f"{', '.join(operation.inputs) or 'none'}. Who the customer is is never a parameter."
        )
    missing = [name for name in operation.required if name not in given]
    if missing:
        raise CallNotAllowed(
            f"{_names(missing)} is missing: ask the customer if you do not know it, never guess."
        )
    return CheckedCall(
        call,
        operation,
        {name: _text(name, value, operation) for name, value in given.items()},
    )


def _text(name: str, value: Any, operation: AgentOperation) -> str:
    """Return a value as Bedrock sends it: everything is text, lists and objects are JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        if operation.inputs[name].type not in {"array", "object"}:
            raise CallNotAllowed(
                f"`{name}` must be a single value of type {operation.inputs[name].type}."
            )
        return json_text.dumps(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and abs(value.adjusted()) <= _MAX_EXPONENT:
        return format(value, "f")
    return str(value)


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name[:64]}`" for name in names)
