"""`centli doctor`: every check finds what it is there for, and nothing on a stack that is well.

Longer than 400 lines: all checks look at one stack, which takes long to make, and the last test
asks this file for a test of each.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from action_groups import all_groups
from console import cloud as clouds
from console import openapi
from console.artefact import MCP_FUNCTION, source_zip
from console.cloud import LOCAL_REGION, Cloud
from console.deployment import Deployment, deploy_locally
from console.doctor import CHECKS, Check, Finding, Stack, examined, stack_of
from console.local_stack import LocalStack
from console.policies import MCP_TARGET, POLICIES, actions, target_of
from console.ports import free_port
from console.template import load_template
from console.tools import of_mcp, of_the_api
from console.where import DEFAULT_STACK
from tests.support.command import centli

AGENT = load_template()["Resources"]
INSTRUCTION = AGENT["Agent"]["Properties"]["Instruction"]
DESCRIPTION = AGENT["AgentAlias"]["Properties"]["Description"]["Fn::Sub"]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with LocalStack(free_port()) as stack:
        yield deploy_locally(stack.cloud(), parameters={"RequireConfirmation": "agents"})


@pytest.fixture
def stack(deployment: Deployment) -> Stack:
    return stack_of(deployment, DEFAULT_STACK)


@pytest.fixture
def account(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The same stack in an account whose gateway moto plays."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        clouds._client.cache_clear()
        yield replace(stack, deployment=Deployment(Cloud(), stack.deployment.outputs))
    clouds._client.cache_clear()


def found(stack: Stack, check: str) -> list[Finding]:
    """Return what one check finds in a stack that a test has broken."""
    return list(examined(stack, {check: CHECKS[check]}))


def port_of(deployment: Deployment) -> str:
    return str(deployment.cloud.endpoint).rpartition(":")[2]


def test_a_stack_that_is_well_has_one_note_and_the_command_ends_with_zero(
    deployment: Deployment, stack: Stack
) -> None:
    assert [(f.check, f.level) for f in examined(stack)] == [("alarms", "note")]
    shown = centli("doctor", "--json", "--port", port_of(deployment))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    [finding] = json.loads(shown.stdout)
    assert finding.keys() == {"check", "level", "what", "mend"}


def test_the_command_says_what_is_wrong_and_how_to_mend_it_and_ends_with_one(
    deployment: Deployment,
) -> None:
    sqs, url = deployment.cloud.client("sqs"), deployment.outputs["DeadLetterQueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    shown = centli("doctor", "--port", port_of(deployment))
    assert shown.returncode == 1
    assert "wrong: dead-letters: 1 events could not be handled" in shown.stdout
    assert "centli dead-letters" in shown.stdout
    sqs.purge_queue(QueueUrl=url)


def test_a_stack_that_did_not_end_well_is_found(stack: Stack) -> None:
    [finding] = found(replace(stack, status="UPDATE_ROLLBACK_COMPLETE"), "stack")
    assert "UPDATE_ROLLBACK_COMPLETE" in finding.what


@pytest.mark.parametrize(
    ("check", "parameter", "value"),
    [
        ("confirmation", "RequireConfirmation", "never"),
        ("test-user", "TestUserId", "user-maria"),
        ("alarms", "AlarmTopicArn", ""),
    ],
)
def test_a_setting_that_lets_go_is_found(
    stack: Stack, check: str, parameter: str, value: str
) -> None:
    topic = {"AlarmTopicArn": "arn:aws:sns:us-east-1:000000000000:alarms"}
    well = replace(stack, parameters={**stack.parameters, **topic})
    assert found(well, check) == []
    assert len(found(replace(well, parameters={**well.parameters, parameter: value}), check)) == 1


def test_a_table_that_one_call_can_delete_is_found(stack: Stack) -> None:
    dynamodb, table = stack.client("dynamodb"), "centli-accounts"
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    [finding] = found(stack, "protection")
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    assert table in finding.what


@pytest.mark.parametrize("is_on", [True, False])
def test_a_table_that_cannot_be_restored_is_found(account: Stack, is_on: bool) -> None:
    dynamodb, table = account.client("dynamodb"), "centli-accounts"
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
    )
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": is_on}
    )
    resource = {"ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": table}
    assert len(found(replace(account, resources=[resource]), "recovery")) == (not is_on)


def failing(error: Exception) -> Check:
    def check(_stack: Stack) -> Iterator[Any]:
        raise error
        yield

    return check


def test_what_may_not_be_looked_at_is_a_note(stack: Stack) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeTable")
    [finding] = examined(stack, {"protection": failing(denied)})
    assert finding.level == "note"
    assert "could not be looked at (AccessDeniedException)" in finding.what


def test_what_is_gone_is_wrong_and_named(stack: Stack) -> None:
    gone = {"ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": "centli-gone"}
    [finding] = found(replace(stack, resources=[gone]), "protection")
    assert finding.level == "wrong"
    assert "not there" in finding.what


@pytest.mark.parametrize("error", [KeyError("DeadLetterQueueUrl"), yaml.YAMLError("}{")])
def test_what_has_another_form_is_wrong_and_the_other_checks_are_made(
    stack: Stack, error: Exception
) -> None:
    checks = {"dead-letters": failing(error), "confirmation": CHECKS["confirmation"]}
    never = replace(stack, parameters={"RequireConfirmation": "never"})
    findings = list(examined(never, checks))
    assert [(f.check, f.level) for f in findings] == [(name, "wrong") for name in checks]
    assert str(error) in findings[0].what


def test_a_rule_and_a_stream_that_are_switched_off_are_found(stack: Stack) -> None:
    assert found(stack, "events") == []
    events, bus = stack.client("events"), stack.deployment.bus_name
    rule = events.list_rules(EventBusName=bus)["Rules"][0]["Name"]
    [mapping] = stack.names_of("AWS::Lambda::EventSourceMapping")
    events.disable_rule(Name=rule, EventBusName=bus)
    stack.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    findings = found(stack, "events")
    events.enable_rule(Name=rule, EventBusName=bus)
    stack.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
    assert [finding.level for finding in findings] == ["wrong", "wrong"]
    assert rule in findings[0].what
    assert mapping in findings[1].what


def test_a_function_whose_alias_was_left_behind_is_found(stack: Stack) -> None:
    client, name = stack.client("lambda"), "centli-crm"
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    older = {k: v for k, v in variables.items() if k != "LIMITS_TABLE"}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": older})
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    findings = found(stack, "functions")
    client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    assert [finding.what for finding in findings] == [
        "centli-crm:live serves other code or settings than the stack gave last"
    ]


def test_a_published_function_of_older_code_is_found(stack: Stack) -> None:
    client, name = stack.client("lambda"), "centli-crm"
    live = client.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    older = {k: v for k, v in variables.items() if k != "LIMITS_TABLE"}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": older})
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    version = client.publish_version(FunctionName=name)["Version"]
    client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
    findings = found(stack, "functions")
    client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    client.update_alias(FunctionName=name, Name="live", FunctionVersion=live)
    assert [finding.what for finding in findings] == [
        "centli-crm is not given LIMITS_TABLE, which this code needs"
    ]
    assert found(stack, "functions") == []


def test_a_missing_or_unbound_permission_of_the_agent_is_found(stack: Stack) -> None:
    named = replace(stack, parameters={**stack.parameters, "AgentId": "AGENT12345"})
    assert len(found(named, "agent-permission")) == len(all_groups())
    client = stack.client("lambda")
    permission = {"Action": "lambda:InvokeFunction", "Principal": "bedrock.amazonaws.com"}
    client.add_permission(FunctionName="centli-crm:live", StatementId="anybody", **permission)
    assert len(found(named, "agent-permission")) == len(all_groups())
    client.add_permission(
        FunctionName="centli-crm:live",
        StatementId="bound",
        SourceAccount="000000000000",
        SourceArn="arn:aws:bedrock:us-east-1:000000000000:agent/AGENT12345",
        **permission,
    )
    assert len(found(named, "agent-permission")) == len(all_groups()) - 1


def give_groups(client: Any, agent: str, version: str, changed: str = "") -> None:
    """Make the action groups of a version of an agent, one of them with a changed schema."""
    for group in all_groups():
        schema = openapi.render(group)
        if group.name == changed:
            schema = schema.replace("Full name.", "Name.")
        client.create_agent_action_group(
            agentId=agent,
            agentVersion=version,
            actionGroupName=group.name,
            apiSchema={"payload": schema},
        )


def unchecked(cloud: Cloud) -> Any:
    """Return a client that can do what only AWS itself does: give a version its action groups."""
    return boto3.client(
        "bedrock-agent",
        endpoint_url=cloud.endpoint,
        region_name=LOCAL_REGION,
        aws_access_key_id=cloud.account,
        aws_secret_access_key=cloud.secret,
        config=Config(parameter_validation=False, proxies={}),
    )


def make_agent(stack: Stack, instruction: str = INSTRUCTION, changed: str = "") -> Stack:
    """Make an agent on the local AWS, whose CloudFormation makes none."""
    client = stack.client("bedrock-agent")
    made = client.create_agent(
        agentName=f"centli-agent-{uuid4()}",
        foundationModel="amazon.nova-pro-v1:0",
        instruction=instruction,
    )
    agent = made["agent"]["agentId"]
    give_groups(client, agent, "DRAFT", changed)
    resource = {"ResourceType": "AWS::Bedrock::Agent", "PhysicalResourceId": agent}
    return replace(stack, resources=[*stack.resources, resource])


def test_an_agent_that_reads_another_schema_is_found(stack: Stack) -> None:
    assert found(make_agent(stack), "agent-schemas") == []
    [finding] = found(make_agent(stack, changed="crm"), "agent-schemas")
    assert "another schema of crm" in finding.what


def test_an_agent_with_another_instruction_is_found(stack: Stack) -> None:
    assert found(make_agent(stack), "agent-instruction") == []
    other = make_agent(stack, instruction=INSTRUCTION.replace("428", "429"))
    assert len(found(other, "agent-instruction")) == 1


@pytest.mark.parametrize(
    ("description", "changed", "what"),
    [
        (DESCRIPTION, "", None),
        (DESCRIPTION, "crm", "version 1, which live serves, reads another schema of crm"),
        ("Definition 000000000000 with a model", "", "another definition of the agent"),
    ],
)
def test_an_alias_that_is_behind_is_found(
    stack: Stack, description: str, changed: str, what: str | None
) -> None:
    made = make_agent(stack)
    [agent] = made.names_of("AWS::Bedrock::Agent")
    client = made.client("bedrock-agent")
    give_groups(unchecked(stack.deployment.cloud), agent, "1", changed)
    alias = client.create_agent_alias(
        agentId=agent,
        agentAliasName="live",
        description=description,
        routingConfiguration=[{"agentVersion": "1"}],
    )
    name = f"{agent}|{alias['agentAlias']['agentAliasId']}"
    resource = {"ResourceType": "AWS::Bedrock::AgentAlias", "PhysicalResourceId": name}

    findings = found(replace(made, resources=[*made.resources, resource]), "agent-alias")

    assert len(findings) == (what is not None)
    assert all(str(what) in finding.what for finding in findings)


@pytest.mark.parametrize("is_server", [False, True])
@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("", "", []),
        (
            "___resolveAlias",
            "___findAlias",
            ["___resolveAlias: it is denied", "___findAlias, which is no tool"],
        ),
    ],
)
def test_policies_that_name_other_tools_than_the_codes_are_found(
    account: Stack, old: str, new: str, what: list[str], is_server: bool
) -> None:
    """No AWS on this machine has policies: the answers are checked by the API's own model."""
    now = datetime(2026, 11, 26, tzinfo=UTC)
    place = {"policyEngineId": "centli_gateway-a1b2c3d4e5"}
    common = {"createdAt": now, "updatedAt": now, "status": "ACTIVE", "statusReasons": []}
    arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:policy-engine/centli_gateway-a1b2c3d4e5"
    engine = {**place, **common, "name": "centli_gateway", "policyEngineArn": arn}
    policies = []
    for name, policy in POLICIES.items():
        statement, chosen = yaml.safe_load(policy(all_groups()))["Cedar"]["Statement"]["Fn::Sub"]
        for variable, names in chosen.items():
            target = names["Fn::If"][1 if is_server else 2]
            statement = statement.replace(f"${{{variable}}}", target)
        policies.append(
            {
                **place,
                **common,
                "policyId": f"{name}-a1b2c3d4e5",
                "name": name,
                "policyArn": f"{arn}/policy/{name}-a1b2c3d4e5",
                "definition": {"cedar": {"statement": statement.replace(old or "?", new)}},
            }
        )
    with Stubber(account.client("bedrock-agentcore-control")) as stubbed:
        other = {**engine, "name": "of_another"}
        page = {"policyEngines": [other], "nextToken": "the next page"}
        stubbed.add_response("list_policy_engines", page)
        rest = {"nextToken": "the next page"}
        stubbed.add_response("list_policy_engines", {"policyEngines": [engine]}, rest)
        stubbed.add_response("list_policies", {"policies": policies}, place)
        findings = found(account, "policies")

    assert len(findings) == len(what)
    assert all(text in finding.what for text, finding in zip(what, findings, strict=True))


def make_gateway(client: Any, *, without: str = "", changed: str = "", server: str = "") -> None:
    role = "arn:aws:iam::123456789012:role/gateway"
    gateway = client.create_gateway(
        name="centli-gateway", roleArn=role, protocolType="MCP", authorizerType="AWS_IAM"
    )
    if server:
        listed = [tool for tool in of_mcp(all_groups()) if tool["name"] != without]
        endpoint = {"endpoint": "https://url.example.com/mcp"}
        schema = {"mcpToolSchema": {"inlinePayload": json.dumps({"tools": listed})}}
        client.create_gateway_target(
            gatewayIdentifier=gateway["gatewayId"],
            name=MCP_TARGET,
            targetConfiguration={"mcp": {"mcpServer": endpoint | (schema if listed else {})}},
        )
        return
    for group in all_groups():
        if group.name == without:
            continue
        payload = of_the_api(group)
        if group.name == changed:
            payload = [{**tool, "description": "Something else."} for tool in payload]
        function = f"arn:aws:lambda:us-east-1:123456789012:function:centli-{group.name}"
        configured = {"lambdaArn": function, "toolSchema": {"inlinePayload": payload}}
        client.create_gateway_target(
            gatewayIdentifier=gateway["gatewayId"],
            name=target_of(group),
            targetConfiguration={"mcp": {"lambda": configured}},
        )


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({}, None),
        ({"without": "marketplace"}, "has no target Marketplace"),
        ({"changed": "core_banking"}, "CoreBanking lists other tools"),
        ({"server": "yes"}, None),
        ({"server": "yes", "without": "getBalance"}, "Bank lists other tools"),
    ],
    ids=str,
)
def test_a_gateway_with_other_tools_than_the_codes_is_found(
    account: Stack, broken: dict[str, str], what: str | None
) -> None:
    make_gateway(account.client("bedrock-agentcore-control"), **broken)
    findings = found(account, "gateway-tools")
    assert len(findings) == (what is not None)
    assert all(str(what) in finding.what for finding in findings)


def test_a_tool_whose_rate_nothing_limits_is_found(account: Stack) -> None:
    """Nothing on this machine has rate limits: the answers are checked by the API's own model."""
    client = account.client("bedrock-agentcore-control")
    make_gateway(client)
    [gateway] = client.list_gateways()["items"]
    now = datetime(2026, 11, 26, tzinfo=UTC)

    def limited(*tools: str) -> list[Finding]:
        entries = [
            {
                "dimensions": {"toolName": tool, "$.context.jwt.sub": "*"},
                "requests": [{"rate": 10, "period": "minute"}],
            }
            for tool in tools
        ]
        limit = {
            "gatewayIdentifier": gateway["gatewayId"],
            "rateLimitId": "money",
            "dimensionKeys": ["toolName", "$.context.jwt.sub"],
            "entries": entries,
            "status": "ACTIVE",
            "createdAt": now,
            "updatedAt": now,
        }
        with Stubber(client) as stubbed:
            stubbed.add_response("list_gateways", {"items": [gateway]})
            stubbed.add_response("list_gateway_rate_limits", {"rateLimits": [limit]})
            return found(account, "gateway-rate")

    counted = set(actions(all_groups(), lambda operation: operation.confirm, target_of))
    [finding] = limited(*counted - {"Marketplace___createPurchase"})
    assert "createPurchase" in finding.what
    assert limited(*counted) == []


def test_an_mcp_server_that_signs_with_another_key_or_is_open_to_all_is_found(stack: Stack) -> None:
    client, name = stack.client("lambda"), "centli-mcp-server"
    assert found(stack, "mcp-server") == []
    key = stack.deployment.outputs["ConfirmationKeyArn"]
    role = client.get_function_configuration(FunctionName="centli-crm")["Role"]
    client.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Handler="action_groups.mcp_server.lambda_handler",
        Role=role,
        Code={"ZipFile": source_zip(MCP_FUNCTION)},
        Environment={"Variables": {"CONFIRMATION_KEY_ARN": key}},
    )
    client.create_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    assert found(stack, "mcp-server") == []
    client.update_function_url_config(FunctionName=name, AuthType="NONE")
    other = {"Variables": {"CONFIRMATION_KEY_ARN": f"{key[:-1]}x"}}
    client.update_function_configuration(FunctionName=name, Environment=other)
    findings = [finding.what for finding in found(stack, "mcp-server")]
    client.delete_function(FunctionName=name)
    client.delete_function_url_config(FunctionName=name)
    assert len(findings) == 2
    assert "another key" in findings[0]
    assert "nobody signed" in findings[1]


def test_every_check_is_named_by_a_test_that_breaks_it() -> None:
    tests = Path(__file__).read_text()
    missed = [check for check in CHECKS if not re.search(rf'("|wrong: ){check}("|: )', tests)]
    assert missed == []
