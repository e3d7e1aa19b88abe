"""Deploying the template with other parameters, and one that cannot be deployed."""

import json
from typing import Any

import pytest

from console import deployment
from console.agent import invocation, operations
from console.errors import ConsoleError
from console.local_stack import LocalStack
from console.seeds import seed_all
from console.template import expanded
from tests.support.processed_template import processed


def test_a_stack_under_another_prefix_works_beside_the_first(local_stack: LocalStack) -> None:
    cloud = local_stack.cloud("300000000001")
    deployment.deploy_locally(cloud)
    other = deployment.deploy_locally(
        cloud,
        stack="otro",
        parameters={
            "NamePrefix": "otro",
            "TestUserId": "user-juan",
            "DeletionProtection": "false",
            "PointInTimeRecovery": "false",
            "RequestSources": "agentcore,mobile-app",
        },
    )
    seed_all(other)

    assert other.bus_name == "otro-event-bus"
    event = invocation.invocation(
        operations.find_operation("getBalance"), {}, session_id="s", session_attributes={}
    )
    status, body = invocation.status_and_body(invocation.invoke(other, event))
    assert status == 200
    assert {a["account_id"] for a in body["accounts"]} == {
        "acc-juan-checking",
        "acc-juan-savings",
        "acc-juan-credit",
    }
    rules = cloud.client("events").list_rules(EventBusName="otro-event-bus")["Rules"]
    [balance] = [r for r in rules if "BALANCE_QUERY" in r["EventPattern"]]
    assert json.loads(balance["EventPattern"])["source"] == ["agentcore", "mobile-app"]
    first = deployment.find(cloud)
    assert invocation.status_and_body(invocation.invoke(first, event))[0] == 401


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"TestUserId": "user-juan"}, "TestUserId is for tests"),
        ({"RequestRetentionDays": "14"}, "RequestRetentionDays"),
        ({"OrderMaxAgeHours": "361"}, "OrderMaxAgeHours"),
        ({"RequestSources": "agentcore,core-banking"}, "RequestSources"),
    ],
)
def test_a_deployment_that_would_put_customers_at_risk_is_refused(
    local_stack: LocalStack, parameters: dict[str, str], told: str
) -> None:
    with pytest.raises(ConsoleError, match=told):
        deployment.deploy_locally(local_stack.cloud("300000000005"), parameters=parameters)


def test_the_loops_are_expanded_as_the_local_cloudformation_expands_them(
    local_stack: LocalStack,
) -> None:
    cloud = local_stack.cloud("300000000004")
    deployment.deploy_locally(cloud)
    found = cloud.client("cloudformation").get_template(
        StackName=deployment.DEFAULT_STACK, TemplateStage="Processed"
    )["TemplateBody"]

    expected = processed()["Resources"]
    resources = expanded(found)["Resources"]
    assert set(resources) == set(expected)
    # CloudFormation puts parameters into Fn::ToJsonString by itself, and into nothing else.
    for logical in set(expected) - {"Dashboard", "Agent"}:
        for resource in (resources[logical], expected[logical]):
            resource.get("Properties", {}).pop("Code", None)
        assert resources[logical] == expected[logical]


def test_a_deployment_that_fails_says_which_resource_and_why(
    local_stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = deployment.load_template()
    template["Resources"]["Broken"] = {"Type": "AWS::Nothing::Here", "Properties": {}}

    def broken() -> dict[str, Any]:
        return template

    monkeypatch.setattr(deployment, "load_template", broken)

    with pytest.raises(ConsoleError, match=r"(?s)Nothing::Here|Broken"):
        deployment.deploy_locally(local_stack.cloud("300000000002"))


def test_a_stack_that_is_not_there_is_told_with_what_to_do(local_stack: LocalStack) -> None:
    with pytest.raises(ConsoleError, match="sam build && sam deploy"):
        deployment.find(local_stack.cloud("300000000003"))
