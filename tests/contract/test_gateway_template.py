"""The gateway's stack: its targets, who may what, and its policies by a real Cedar engine.

The engine's schema is what the official generator makes of the tools, as AgentCore's own is made.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import cedarpy
import pytest
import yaml
from cedar_mcp_schema_generator import generate_schema_or_raise
from samtranslator.yaml_helper import yaml_parse

from action_groups import all_groups
from console.artefact import ROOT
from console.policies import POLICIES, target_of
from console.template import expanded_template
from shared.front_doors.gateway import PROOF_HEADER, REQUEST_ID_HEADER
from shared.operations import Operation
from shared.settings import Settings
from shared.tools import tool_of
from tests.support.arguments import ON_AGENT_DOOR, RIGHT

TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "gateway.yaml").read_text(encoding="utf-8"))
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
GROUPS = {group.name: group for group in all_groups()}
CALLER_HEADER = Settings.model_fields["gateway_caller_header"].default
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/centli-gateway-a1b2c3d4e5"
LIMIT = "5000.00"
STUB = """
namespace AgentCore {
  @mcp_principal("OAuthUser")
  entity OAuthUser tags String;
  @mcp_resource("Gateway")
  entity Gateway;
}
"""


def of_type(kind: str) -> dict[str, Any]:
    found = {k: r["Properties"] for k, r in RESOURCES.items() if r["Type"] == kind}
    assert found
    return found


def targets() -> dict[str, Any]:
    return {p["Name"]: p for p in of_type("AWS::BedrockAgentCore::GatewayTarget").values()}


def function_arn(name: str) -> str:
    place = "${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}"
    return f"arn:{place}:function:${{NamePrefix}}-{name}"


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_is_a_target_with_its_own_tools_and_function(group: str) -> None:
    target = targets()[target_of(GROUPS[group])]
    configured = target["TargetConfiguration"]["Mcp"]["Lambda"]
    assert configured["LambdaArn"] == {"Fn::Sub": function_arn(group.replace("_", "-"))}
    included = configured["ToolSchema"]["Fn::Transform"]
    assert included == {"Name": "AWS::Include", "Parameters": {"Location": f"tools/{group}.yaml"}}
    assert len(targets()) == len(GROUPS)


def test_the_functions_of_the_targets_answer_at_the_gateways_door() -> None:
    functions = {
        str(resource["Properties"]["FunctionName"]): resource["Properties"]
        for resource in expanded_template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    for group in GROUPS:
        [name] = [n for n in functions if n.endswith(f"-{group.replace('_', '-')}'}}")]
        doors = functions[name]["Environment"]["Variables"]["DOORS"].split(",")
        assert set(doors) == {"agent", "gateway"}


@pytest.mark.parametrize("name", sorted(targets()))
def test_a_target_passes_on_the_three_headers_that_the_door_reads(name: str) -> None:
    allowed = targets()[name]["MetadataConfiguration"]["AllowedRequestHeaders"]
    assert sorted(allowed) == sorted([CALLER_HEADER, REQUEST_ID_HEADER, PROOF_HEADER])


def test_the_interceptor_is_asked_with_headers_and_sets_the_one_that_the_door_believes() -> None:
    gateway = RESOURCES["Gateway"]["Properties"]
    [interceptor] = gateway["InterceptorConfigurations"]
    assert interceptor == {
        "Interceptor": {"Lambda": {"Arn": {"Fn::GetAtt": ["GatewayInterceptorFunction", "Arn"]}}},
        "InterceptionPoints": ["REQUEST"],
        "InputConfiguration": {"PassRequestHeaders": True},
    }
    function = RESOURCES["GatewayInterceptorFunction"]["Properties"]
    variables = function["Environment"]["Variables"]
    assert variables["GATEWAY_CALLER_HEADER"] == CALLER_HEADER
    assert variables["GATEWAY_CALLER_CLAIM"] == {"Ref": "CallerClaim"}
    assert TEMPLATE["Parameters"]["CallerClaim"]["Default"] == "sub"
    module, _, handler = function["Handler"].rpartition(".")
    assert callable(getattr(__import__(module, fromlist=[handler]), handler))


def test_the_gateway_verifies_tokens_and_speaks_the_protocol_that_can_ask() -> None:
    gateway = RESOURCES["Gateway"]["Properties"]
    assert gateway["AuthorizerType"] == "CUSTOM_JWT"
    assert "2026-07-28" in gateway["ProtocolConfiguration"]["Mcp"]["SupportedVersions"]


def test_the_gateway_may_invoke_its_targets_and_its_interceptor_and_nobody_may_be_it() -> None:
    role = RESOURCES["GatewayRole"]["Properties"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    [source] = trust["Condition"]["ArnLike"].values()
    assert source["Fn::Sub"].endswith(":gateway/${NamePrefix}-gateway-*")
    [policy] = role["Policies"]
    invoke, authorize = policy["PolicyDocument"]["Statement"]
    assert invoke["Action"] == "lambda:InvokeFunction"
    assert invoke["Resource"] == [
        {"Fn::GetAtt": ["GatewayInterceptorFunction", "Arn"]},
        *({"Fn::Sub": function_arn(g)} for g in ("core-banking", "marketplace", "crm")),
    ]
    assert all(action.startswith("bedrock-agentcore:") for action in authorize["Action"])
    assert "*" not in str(authorize["Action"])


def test_the_interceptor_may_do_nothing_but_write_its_log() -> None:
    [policy] = RESOURCES["GatewayInterceptorRole"]["Properties"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"Fn::GetAtt": ["GatewayInterceptorLogGroup", "Arn"]}


@pytest.mark.parametrize("file", sorted(POLICIES))
def test_each_policy_is_the_file_and_comes_after_the_tools_that_it_names(file: str) -> None:
    found = [
        resource
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::BedrockAgentCore::Policy"
        and resource["Properties"]["Definition"]["Fn::Transform"]["Parameters"]
        == {"Location": f"policies/{file}.yaml"}
    ]
    [policy] = found
    named = {k for k, r in RESOURCES.items() if r["Type"].endswith("::GatewayTarget")}
    assert set(policy["DependsOn"]) == named


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


def statement(limit: str = LIMIT) -> str:
    """Return the statements as CloudFormation hands them to AgentCore."""
    files = (ROOT / "policies" / f"{name}.yaml" for name in POLICIES)
    texts = (yaml.safe_load(f.read_text())["Cedar"]["Statement"]["Fn::Sub"] for f in files)
    joined = "\n".join(texts)
    return joined.replace("${Gateway.GatewayArn}", ARN).replace("${TransferLimit}", limit)


def tools(rename: str = "") -> list[dict[str, Any]]:
    """Return the tools as the gateway lists them, one of them under another name."""
    return [
        {
            "name": f"{target_of(group)}___{tool.name}{'X' if tool.name == rename else ''}",
            "description": tool.description,
            "inputSchema": tool.input_schema,
            "outputSchema": tool.output_schema,
        }
        for group in GROUPS.values()
        for operation in group
        if operation.path is not None
        for tool in [tool_of(operation)]
    ]


def schema(rename: str = "") -> str:
    made = generate_schema_or_raise(STUB, tools(rename), config={"numbersAsDecimal": True})
    return str(made["schema"])


def action_of(operation_id: str) -> str:
    [operation] = [o for o in ON_AGENT_DOOR if o.operation_id == operation_id]
    return f'AgentCore::Action::"{target_of(GROUPS[operation.group])}___{operation_id}"'


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
) -> bool:
    request = {
        "principal": principal,
        "action": action_of(operation_id),
        "resource": f'AgentCore::Gateway::"{gateway}"',
        "context": {"input": {name: cedar(value) for name, value in arguments.items()}},
    }
    return bool(cedarpy.is_authorized(request, statement(limit), []).allowed)


class TestPolicies:
    def test_they_are_right_by_the_schema_that_the_generator_makes_of_our_tools(self) -> None:
        result = cedarpy.validate_policies(statement(), schema())
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
        assert not is_permitted(name, right, gateway=ARN.replace("centli", "other"))
        assert not is_permitted(name, right, principal='AgentCore::IamEntity::"user-maria"')

    @pytest.mark.parametrize(
        ("amount", "permitted"),
        [("0.01", True), ("100.50", True), ("5000.00", True), ("5000.01", False), ("9000", False)],
    )
    def test_a_transfer_is_permitted_up_to_the_limit(self, amount: str, permitted: bool) -> None:
        arguments = RIGHT["createTransfer"] | {"amount": Decimal(amount)}
        assert is_permitted("createTransfer", arguments) is permitted

    def test_a_transfer_without_an_amount_is_not_permitted(self) -> None:
        arguments = {k: v for k, v in RIGHT["createTransfer"].items() if k != "amount"}
        assert not is_permitted("createTransfer", arguments)


def test_the_files_of_the_stack_are_there() -> None:
    text = (ROOT / "gateway.yaml").read_text()
    for location in re.findall(r"Location: ([\w/.]+)", text):
        assert Path(ROOT, location).exists(), location
