"""The Cedar policies of the gateway, made from the operations: what a token may have called.

A file holds the `Definition` of a policy as CloudFormation reads it. `gateway.yaml` includes it,
and has the names between `${` and `}`.
"""

from collections.abc import Callable, Sequence
from typing import Final, get_args

from console.openapi import generated_yaml
from shared.money import Amount
from shared.operations import ActionGroup, Operation

_GATEWAY: Final = 'resource == AgentCore::Gateway::"${Gateway.GatewayArn}"'
_LIMIT: Final = 'context.input.amount.lessThanOrEqual(decimal("${TransferLimit}"))'
_SEPARATOR: Final = "___"


def target_of(group: ActionGroup) -> str:
    """Return the name of a group's target: AWS takes no underscore there, and Cedar no hyphen."""
    return "".join(word.capitalize() for word in group.name.split("_"))


def actions(
    groups: Sequence[ActionGroup], is_named: Callable[[Operation], bool] = lambda _: True
) -> list[str]:
    """Return the names of the tools that agents call, as policies name them."""
    return sorted(
        f"{target_of(group)}{_SEPARATOR}{operation.operation_id}"
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
"""What writes each policy file."""


def _permit(
    groups: Sequence[ActionGroup], is_permitted: Callable[[Operation], bool], condition: str = ""
) -> str:
    named = actions(groups, is_permitted)
    listed = ",\n".join(f'    AgentCore::Action::"{action}"' for action in named)
    scope = f"  principal is AgentCore::OAuthUser,\n  action in [\n{listed}\n  ],\n  {_GATEWAY}\n"
    statement = f"permit(\n{scope}){f' {condition}' if condition else ''};\n"
    return generated_yaml({"Cedar": {"Statement": {"Fn::Sub": statement}}})


def _has_amount(operation: Operation) -> bool:
    """Tell whether the caller says how much money moves."""
    field = operation.request_model.model_fields.get("amount")
    return field is not None and field.annotation is get_args(Amount)[0]
