"""The gateway's stack: its targets, who may what, and its policies by a real Cedar engine.

The engine's schema is what the official generator makes of the tools, as AgentCore's own is made.
"""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import cedarpy
import pytest
import yaml
from botocore.session import get_session
from botocore.validate import validate_parameters
from cedar_mcp_schema_generator import generate_schema_or_raise

from action_groups import all_groups
from console.artefact import ROOT
from console.policies import MCP_TARGET, POLICIES, actions, target_of
from console.template import expanded_template, load_gateway_template
from shared.front_doors import mcp_url
from shared.front_doors.gateway import PROOF_HEADER, REQUEST_ID_HEADER
from shared.front_doors.mcp import described
from shared.operations import Operation
from shared.settings import Settings
from shared.tools import tool_of
from tests.support.arguments import ON_AGENT_DOOR, RIGHT

TEMPLATE = load_gateway_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
GROUPS = {group.name: group for group in all_groups()}
CALLER_HEADER = Settings._field_defaults["gateway_caller_header"]
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/centli-gateway-a1b2c3d4e5"
LIMIT = "5000.00"
CONFIRMATION_KEY = {"Fn::ImportValue": {"Fn::Sub": "${NamePrefix}-confirmation-key-arn"}}
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


def targets(kind: str = "Lambda") -> dict[str, Any]:
    found = of_type("AWS::BedrockAgentCore::GatewayTarget").values()
    return {p["Name"]: p for p in found if kind in p["TargetConfiguration"]["Mcp"]}


def function_arn(name: str) -> str:
    place = "${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}"
    return f"arn:{place}:function:${{NamePrefix}}-{name}:live"


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
    """By the condition of each statement; without one it is there whatever is deployed."""
    role = RESOURCES["GatewayRole"]["Properties"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    [source] = trust["Condition"]["ArnLike"].values()
    assert source["Fn::Sub"].endswith(":gateway/${NamePrefix}-gateway-*")
    [policy] = role["Policies"]
    interceptor, server, url, authorize = policy["PolicyDocument"]["Statement"]
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction"}
    own = {"Fn::GetAtt": ["GatewayInterceptorFunction", "Arn"]}
    assert interceptor == invoke | {"Resource": own}
    of_the_server = {"Resource": {"Fn::Sub": function_arn("mcp-server").removesuffix(":live")}}
    assert when(server, "CreatesMcpServer") == invoke | of_the_server | {
        "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    }
    assert when(url, "CreatesMcpServer") == of_the_server | {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunctionUrl",
        "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
    }
    assert all(action.startswith("bedrock-agentcore:") for action in authorize["Action"])
    assert "*" not in str(authorize["Action"])


def test_who_calls_the_functions_of_the_groups_may_invoke_them_and_nobody_else() -> None:
    [policy] = of_type("AWS::IAM::Policy").values()
    [role] = policy["Roles"]
    assert role == {
        "Fn::If": ["CreatesMcpServer", {"Ref": "McpServerRole"}, {"Ref": "GatewayRole"}]
    }
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": [{"Fn::Sub": function_arn(g)} for g in ("core-banking", "marketplace", "crm")],
    }
    assert RESOURCES["Gateway"]["DependsOn"] == "GroupsPolicy"


def when(chosen: Any, condition: str) -> Any:
    """Return what is there under a condition, and nothing without."""
    name, there, otherwise = chosen["Fn::If"]
    assert (name, otherwise) == (condition, {"Ref": "AWS::NoValue"})
    return there


def test_the_interceptor_may_do_nothing_but_write_its_log() -> None:
    [policy] = RESOURCES["GatewayInterceptorRole"]["Properties"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"Fn::GetAtt": ["GatewayInterceptorLogGroup", "Arn"]}


class TestTheMcpServer:
    def test_it_is_a_target_in_the_place_of_all_others_and_off_by_default(self) -> None:
        parameter = TEMPLATE["Parameters"]["CreateMcpServer"]
        assert (parameter["Default"], parameter["AllowedValues"]) == ("false", ["true", "false"])
        conditions = TEMPLATE["Conditions"]
        assert conditions["CreatesMcpServer"] == {
            "Fn::Equals": [{"Ref": "CreateMcpServer"}, "true"]
        }
        assert conditions["ServesFunctions"] == {"Fn::Not": [{"Condition": "CreatesMcpServer"}]}
        for logical, resource in RESOURCES.items():
            if resource["Type"] == "AWS::BedrockAgentCore::GatewayTarget":
                is_server = "McpServer" in resource["Properties"]["TargetConfiguration"]["Mcp"]
                wanted = "CreatesMcpServer" if is_server else "ServesFunctions"
                assert resource["Condition"] == wanted, logical
            elif logical.startswith("McpServer"):
                assert resource["Condition"] == "CreatesMcpServer", logical

    def test_the_gateway_signs_its_calls_and_passes_on_who_is_calling_alone(self) -> None:
        [target] = targets("McpServer").values()
        assert target["Name"] == MCP_TARGET
        assert target["CredentialProviderConfigurations"] == [
            {
                "CredentialProviderType": "GATEWAY_IAM_ROLE",
                "CredentialProvider": {"IamCredentialProvider": {"Service": "lambda"}},
            }
        ]
        assert target["MetadataConfiguration"] == {"AllowedRequestHeaders": [CALLER_HEADER]}
        endpoint = target["TargetConfiguration"]["Mcp"]["McpServer"]["Endpoint"]
        assert endpoint == {"Fn::Sub": "${McpServerFunctionUrl.FunctionUrl}mcp"}

    def test_its_tools_are_the_file_and_the_file_is_what_it_lists(self) -> None:
        [target] = targets("McpServer").values()
        schema = target["TargetConfiguration"]["Mcp"]["McpServer"]["McpToolSchema"]
        [included] = schema.values()
        assert included == {
            "Name": "AWS::Include",
            "Parameters": {"Location": "mcp-server/tools.yaml"},
        }
        told = yaml.safe_load((ROOT / "mcp-server" / "tools.yaml").read_text())["InlinePayload"]
        assert json.loads(told)["tools"] == [
            described(operation).model_dump(mode="json", by_alias=True, exclude_none=True)
            for operation in ON_AGENT_DOOR
        ]

    def test_its_function_has_a_url_for_iam_alone_and_what_its_handler_reads(self) -> None:
        function = RESOURCES["McpServerFunction"]["Properties"]
        assert function["FunctionUrlConfig"] == {"AuthType": "AWS_IAM"}
        module, _, handler = function["Handler"].rpartition(".")
        assert callable(getattr(__import__(module, fromlist=[handler]), handler))
        given = function["Environment"]["Variables"]
        read = set(re.findall(r"environ\[.(\w+).\]", Path(str(mcp_url.__file__)).read_text()))
        assert read == set(given)
        assert given["GATEWAY_CALLER_HEADER"] == CALLER_HEADER
        assert given["GATEWAY_ROLE_ARN"] == {"Fn::GetAtt": ["GatewayRole", "Arn"]}
        assert given["CONFIRMATION_KEY_ARN"] == CONFIRMATION_KEY

    def test_its_role_may_sign_and_invoke_the_groups_and_nobody_else_here_may_sign(self) -> None:
        [policy] = RESOURCES["McpServerRole"]["Properties"]["Policies"]
        log, sign = policy["PolicyDocument"]["Statement"]
        assert log["Resource"] == {"Fn::GetAtt": ["McpServerLogGroup", "Arn"]}
        assert sign == {
            "Effect": "Allow",
            "Action": "kms:GenerateMac",
            "Resource": CONFIRMATION_KEY,
        }
        others = {k: r for k, r in RESOURCES.items() if k != "McpServerRole"}
        assert "kms:" not in str(others)

    def test_the_key_is_the_one_that_the_stack_of_the_functions_exports(self) -> None:
        output = expanded_template()["Outputs"]["ConfirmationKeyArn"]
        assert output["Value"] == {"Fn::GetAtt": ["ConfirmationKey", "Arn"]}
        assert {"Fn::ImportValue": output["Export"]["Name"]} == CONFIRMATION_KEY

    def test_its_artefact_is_its_own(self) -> None:
        makefile = (ROOT / "Makefile").read_text()
        assert "build-McpServerFunction:\n\tpython3 -m console.artefact" in makefile
        assert makefile.rstrip().endswith('"$(ARTIFACTS_DIR)" --mcp-server')


def rate_limit() -> dict[str, Any]:
    [found] = of_type("AWS::BedrockAgentCore::GatewayRateLimit").values()
    return found


@pytest.mark.parametrize("is_server", [True, False])
def test_the_rate_of_each_tool_that_needs_a_yes_is_limited_for_each_customer(
    is_server: bool,
) -> None:
    """As AWS's own model reads it. Only trailing keys may be any value, so the tool is first."""
    limit = rate_limit()
    assert limit["DimensionKeys"] == ["toolName", "$.context.jwt.sub"]
    entries = []
    for entry in limit["Entries"]:
        condition, server, function = entry["Dimensions"]["toolName"]["Fn::If"]
        assert condition == "CreatesMcpServer"
        tool = server if is_server else function
        [request] = entry["Requests"]
        assert request["Rate"] == {"Ref": "MoneyCallsPerMinute"}
        rate = {"rate": TEMPLATE["Parameters"]["MoneyCallsPerMinute"]["Default"]}
        entries.append(
            {
                "dimensions": entry["Dimensions"] | {"toolName": tool},
                "requests": [rate | {"period": request["Period"]}],
            }
        )
    asked = {"gatewayIdentifier": ARN.rpartition("/")[2], "entries": entries}
    asked["dimensionKeys"] = limit["DimensionKeys"]
    model = get_session().get_service_model("bedrock-agentcore-control")
    validate_parameters(asked, model.operation_model("CreateGatewayRateLimit").input_shape)
    called = (lambda group: MCP_TARGET) if is_server else target_of
    assert sorted(entry["dimensions"]["toolName"] for entry in entries) == actions(
        list(GROUPS.values()), lambda operation: operation.confirm, called
    )
    assert all(entry["dimensions"]["$.context.jwt.sub"] == "*" for entry in entries)


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


def test_the_files_of_the_stack_are_there() -> None:
    text = (ROOT / "gateway.yaml").read_text()
    for location in re.findall(r"Location: ([\w/.-]+)", text):
        assert Path(ROOT, location).exists(), location
