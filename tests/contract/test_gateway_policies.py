"""The gateway's policies by a real Cedar engine."""

import re
from decimal import Decimal
from typing import Any

import cedarpy
import pytest
import yaml
from cedar_mcp_schema_generator import generate_schema_or_raise

from console.artefact import ROOT
from console.policies import MCP_TARGET, POLICIES, target_of
from shared.operations import Operation
from shared.tools import tool_of
from tests.support.arguments import ON_AGENT_DOOR, RIGHT
from tests.support.gateway_parts import ARN, GROUPS, LIMIT, RESOURCES, TEMPLATE, of_type

STUB = """
namespace AgentCore {
  @mcp_principal("OAuthUser")
  entity OAuthUser tags String;
  @mcp_resource("Gateway")
  entity Gateway;
}
"""


@pytest.mark.parametrize("condition", ["ServesFunctions", "CreatesMcpServer"])
@pytest.mark.parametrize("file", sorted(POLICIES))
def test_each_policy_is_the_file_and_comes_after_the_tools_that_it_names(
    file: str, condition: str
) -> None:
    found = [
        resource
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::BedrockAgentCore::Policy"
        and resource["Condition"] == condition
        and resource["Properties"]["Definition"]["Fn::Transform"]["Parameters"]
        == {"Location": f"policies/{file}.yaml"}
    ]
    [policy] = found
    depends = policy["DependsOn"]
    if isinstance(depends, str) and RESOURCES[depends]["Type"] == policy["Type"]:
        depends = RESOURCES[depends]["DependsOn"]  # what comes after a policy comes after its tools
    named = {
        logical
        for logical, resource in RESOURCES.items()
        if resource["Type"].endswith("::GatewayTarget") and resource["Condition"] == condition
    }
    assert set(depends if isinstance(depends, list) else [depends]) == named


def test_no_two_policies_have_one_name() -> None:
    names = [str(p["Name"]) for p in of_type("AWS::BedrockAgentCore::Policy").values()]
    assert len(set(names)) == len(names) == 2 * len(POLICIES)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [("5000.00", True), ("0.01", True), ("5000", False), ("5000.0", False), ("5,000.00", False)],
)
def test_the_limit_has_the_one_form_that_cedar_reads(text: str, is_taken: bool) -> None:
    """In any other form the decimal is malformed, and the policy permits nothing."""
    pattern = TEMPLATE["Parameters"]["TransferLimit"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, text)) is is_taken
    if not is_taken and "," not in text and "." not in text:
        assert not is_permitted("createTransfer", RIGHT["createTransfer"], limit=text)


def statement(limit: str = LIMIT, *, is_server: bool = False) -> str:
    """Return the statements as CloudFormation hands them to AgentCore."""
    texts = []
    for name in POLICIES:
        content = yaml.safe_load((ROOT / "policies" / f"{name}.yaml").read_text())
        text, targets_named = content["Cedar"]["Statement"]["Fn::Sub"]
        for variable, chosen in targets_named.items():
            condition, server, function = chosen["Fn::If"]
            assert condition == "CreatesMcpServer"
            text = text.replace(f"${{{variable}}}", server if is_server else function)
        texts.append(text)
    joined = "\n".join(texts)
    return joined.replace("${Gateway.GatewayArn}", ARN).replace("${TransferLimit}", limit)


def tools(rename: str = "", *, is_server: bool = False) -> list[dict[str, Any]]:
    """Return the tools as the gateway lists them, one of them under another name."""
    return [
        {
            "name": f"{MCP_TARGET if is_server else target_of(group)}___{tool.name}"
            f"{'X' if tool.name == rename else ''}",
            "description": tool.description,
            "inputSchema": tool.input_schema,
            "outputSchema": tool.output_schema,
        }
        for group in GROUPS.values()
        for operation in group
        if operation.path is not None
        for tool in [tool_of(operation)]
    ]


def schema(rename: str = "", *, is_server: bool = False) -> str:
    listed = tools(rename, is_server=is_server)
    made = generate_schema_or_raise(STUB, listed, config={"numbersAsDecimal": True})
    return str(made["schema"])


def action_of(operation_id: str, *, is_server: bool = False) -> str:
    [operation] = [o for o in ON_AGENT_DOOR if o.operation_id == operation_id]
    target = MCP_TARGET if is_server else target_of(GROUPS[operation.group])
    return f'AgentCore::Action::"{target}___{operation_id}"'


def cedar(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"__extn": {"fn": "decimal", "arg": f"{value:.2f}"}}
    return value


def is_permitted(
    operation_id: str,
    arguments: dict[str, Any],
    *,
    principal: str = 'AgentCore::OAuthUser::"user-maria"',
    gateway: str = ARN,
    limit: str = LIMIT,
    is_server: bool = False,
) -> bool:
    request = {
        "principal": principal,
        "action": action_of(operation_id, is_server=is_server),
        "resource": f'AgentCore::Gateway::"{gateway}"',
        "context": {"input": {name: cedar(value) for name, value in arguments.items()}},
    }
    return bool(cedarpy.is_authorized(request, statement(limit, is_server=is_server), []).allowed)


class TestPolicies:
    @pytest.mark.parametrize("is_server", [True, False])
    def test_they_are_right_by_the_schema_that_the_generator_makes_of_our_tools(
        self, is_server: bool
    ) -> None:
        result = cedarpy.validate_policies(
            statement(is_server=is_server), schema(is_server=is_server)
        )
        assert result.validation_passed, result.errors

    @pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
    def test_a_renamed_tool_is_found(self, operation: Operation) -> None:
        """AgentCore denies a tool that no policy names, silently."""
        result = cedarpy.validate_policies(statement(), schema(operation.operation_id))
        assert not result.validation_passed

    @pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
    def test_every_tool_is_permitted_to_a_customer_of_this_gateway_alone(
        self, operation: Operation
    ) -> None:
        name, right = operation.operation_id, RIGHT[operation.operation_id]
        assert is_permitted(name, right)
        assert is_permitted(name, right, is_server=True)
        assert not is_permitted(name, right, gateway=ARN.replace("centli", "other"))
        assert not is_permitted(name, right, principal='AgentCore::IamEntity::"user-maria"')

    @pytest.mark.parametrize(
        ("amount", "permitted"),
        [("0.01", True), ("100.50", True), ("5000.00", True), ("5000.01", False), ("9000", False)],
    )
    def test_a_transfer_is_permitted_up_to_the_limit(self, amount: str, permitted: bool) -> None:
        arguments = RIGHT["createTransfer"] | {"amount": Decimal(amount)}
        assert is_permitted("createTransfer", arguments) is permitted
        assert is_permitted("createTransfer", arguments, is_server=True) is permitted

    def test_a_transfer_without_an_amount_is_not_permitted(self) -> None:
        arguments = {k: v for k, v in RIGHT["createTransfer"].items() if k != "amount"}
        assert not is_permitted("createTransfer", arguments)
