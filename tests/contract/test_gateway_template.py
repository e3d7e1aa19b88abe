"""The gateway's stack: its targets, who may what, and the rate of each tool."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.session import get_session
from botocore.validate import validate_parameters

from console.artefact import ROOT
from console.policies import MCP_TARGET, actions, target_of
from console.template import expanded_template
from shared.front_doors import mcp_url
from shared.front_doors.gateway import PROOF_HEADER, REQUEST_ID_HEADER
from shared.front_doors.mcp import described
from shared.settings import Settings
from tests.support.arguments import ON_AGENT_DOOR
from tests.support.gateway_parts import ARN, GROUPS, RESOURCES, TEMPLATE, of_type, targets

CALLER_HEADER = Settings._field_defaults["gateway_caller_header"]

CONFIRMATION_KEY = {"Fn::ImportValue": {"Fn::Sub": "${NamePrefix}-confirmation-key-arn"}}


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
    functions = [{"Fn::Sub": function_arn(name.replace("_", "-"))} for name in GROUPS]
    assert statement | {"Resource": sorted(statement["Resource"], key=str)} == {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": sorted(functions, key=str),
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


def test_the_files_of_the_stack_are_there() -> None:
    text = (ROOT / "gateway.yaml").read_text()
    for location in re.findall(r"Location: ([\w/.-]+)", text):
        assert Path(ROOT, location).exists(), location
