"""`centli doctor`: every check finds what it is there for, and nothing on a stack that is well."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from action_groups import all_groups
from console import cloud as clouds
from console import openapi
from console.cloud import Cloud
from console.deployment import Deployment, deploy_locally
from console.doctor import CHECKS, Finding, Stack, examined, stack_of
from console.local_stack import LocalStack, free_port
from console.policies import target_of
from console.tools import of_the_api
from console.where import DEFAULT_STACK
from tests.support.command import centli


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
    return [finding for finding in examined(stack) if finding.check == check]


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


def test_what_cannot_be_looked_at_is_a_note(stack: Stack) -> None:
    gone = {"ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": "centli-gone"}
    findings = found(replace(stack, resources=[gone]), "protection")
    assert [(finding.level, "could not be looked at" in finding.what) for finding in findings] == [
        ("note", True)
    ]


def test_a_function_of_older_code_is_found(stack: Stack) -> None:
    client, name = stack.client("lambda"), "centli-crm"
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    older = {k: v for k, v in variables.items() if k != "LIMITS_TABLE"}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": older})
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    findings = found(stack, "functions")
    client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    assert [finding.what for finding in findings] == [
        "centli-crm is not given LIMITS_TABLE, which this code needs"
    ]


def test_a_missing_or_unbound_permission_of_the_agent_is_found(stack: Stack) -> None:
    named = replace(stack, parameters={**stack.parameters, "AgentId": "AGENT12345"})
    assert len(found(named, "agent-permission")) == 3
    client = stack.client("lambda")
    permission = {"Action": "lambda:InvokeFunction", "Principal": "bedrock.amazonaws.com"}
    client.add_permission(FunctionName="centli-crm", StatementId="anybody", **permission)
    assert len(found(named, "agent-permission")) == 3
    client.add_permission(
        FunctionName="centli-crm",
        StatementId="bound",
        SourceAccount="000000000000",
        SourceArn="arn:aws:bedrock:us-east-1:000000000000:agent/AGENT12345",
        **permission,
    )
    assert len(found(named, "agent-permission")) == 2


def test_an_agent_that_reads_another_schema_is_found(stack: Stack) -> None:
    client = stack.client("bedrock-agent")
    made = client.create_agent(agentName="centli-agent", foundationModel="amazon.nova-pro-v1:0")
    agent = made["agent"]["agentId"]
    for group in all_groups():
        client.create_agent_action_group(
            agentId=agent,
            agentVersion="DRAFT",
            actionGroupName=group.name,
            apiSchema={"payload": openapi.render(group)},
        )
    resource = {"ResourceType": "AWS::Bedrock::Agent", "PhysicalResourceId": agent}
    with_agent = replace(stack, resources=[*stack.resources, resource])
    assert found(with_agent, "agent-schemas") == []

    groups = client.list_agent_action_groups(agentId=agent, agentVersion="DRAFT")
    [crm] = [g for g in groups["actionGroupSummaries"] if g["actionGroupName"] == "crm"]
    [group] = [g for g in all_groups() if g.name == "crm"]
    client.update_agent_action_group(
        agentId=agent,
        agentVersion="DRAFT",
        actionGroupId=crm["actionGroupId"],
        actionGroupName="crm",
        apiSchema={"payload": openapi.render(group).replace("Full name.", "Name.")},
    )
    [finding] = found(with_agent, "agent-schemas")
    assert "another schema of crm" in finding.what


def make_gateway(client: Any, *, without: str = "", changed: str = "") -> None:
    role = "arn:aws:iam::123456789012:role/gateway"
    gateway = client.create_gateway(
        name="centli-gateway", roleArn=role, protocolType="MCP", authorizerType="AWS_IAM"
    )
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


def test_every_check_is_named_by_a_test_that_breaks_it() -> None:
    tests = Path(__file__).read_text()
    missed = [check for check in CHECKS if not re.search(rf'("|wrong: ){check}("|: )', tests)]
    assert missed == []
