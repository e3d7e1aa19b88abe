"""The Cedar policies of the gateway, made from the operations: what a token may have called.

A file holds the `Definition` of a policy as CloudFormation reads it. `gateway.yaml` includes it,
and has the names between `${` and `}`. Where the MCP server is the target, every tool is its own.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, get_args

from console.openapi import generated_yaml
from shared.money import Amount
from shared.operations import ActionGroup, Operation

_GATEWAY: Final = 'resource == AgentCore::Gateway::"${Gateway.GatewayArn}"'
_LIMIT: Final = 'context.input.amount.lessThanOrEqual(decimal("${TransferLimit}"))'
_SEPARATOR: Final = "___"
_SERVES_MCP: Final = "CreatesMcpServer"

MCP_TARGET: Final = "Bank"
"""The name of the target that is the MCP server, in the place of all others."""


def target_of(group: ActionGroup) -> str:
    """Return the name of a group's target: AWS takes no underscore there, and Cedar no hyphen."""
    return "".join(word.capitalize() for word in group.name.split("_"))


def actions(
    groups: Sequence[ActionGroup],
    is_named: Callable[[Operation], bool] = lambda _: True,
    called: Callable[[ActionGroup], str] = target_of,
) -> list[str]:
    """Return the names of the tools that agents call, by what the target of a group is called."""
    return sorted(
        f"{called(group)}{_SEPARATOR}{operation.operation_id}"
        for group in groups
        for operation in group
        if operation.path is not None and is_named(operation)
    )


def declared_tools(groups: Sequence[ActionGroup]) -> str:
    """Return the policy that permits every tool without an amount."""
    return _permit(groups, lambda operation: not _has_amount(operation))


def amount_limit(groups: Sequence[ActionGroup]) -> str:
    """Return the policy that permits every tool with an amount, up to the limit."""
    return _permit(groups, _has_amount, f"when {{\n  {_LIMIT}\n}}")


POLICIES: Final[dict[str, Callable[[Sequence[ActionGroup]], str]]] = {
    "amount_limit": amount_limit,
    "declared_tools": declared_tools,
}
"""What writes each policy."""


def _permit(
    groups: Sequence[ActionGroup], is_permitted: Callable[[Operation], bool], condition: str = ""
) -> str:
    named = actions(groups, is_permitted, _variable)
    listed = ",\n".join(f'    AgentCore::Action::"{action}"' for action in named)
    scope = f"  principal is AgentCore::OAuthUser,\n  action in [\n{listed}\n  ],\n  {_GATEWAY}\n"
    statement = f"permit(\n{scope}){f' {condition}' if condition else ''};\n"
    return generated_yaml({"Cedar": {"Statement": _chosen(statement, groups)}})


def _variable(group: ActionGroup) -> str:
    return f"${{{target_of(group)}}}"


def _chosen(text: str, groups: Sequence[ActionGroup]) -> dict[str, Any]:
    """Return a text whose variables are the names of the targets that there are."""
    names = [target_of(group) for group in groups if _variable(group) in text]
    return {"Fn::Sub": [text, {n: {"Fn::If": [_SERVES_MCP, MCP_TARGET, n]} for n in names}]}


def _has_amount(operation: Operation) -> bool:
    """Tell whether the caller says how much money moves."""
    field = operation.request_model.model_fields.get("amount")
    return field is not None and field.annotation is get_args(Amount)[0]
