"""Deploying the template with other parameters, and one that cannot be deployed."""

import json
import re
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
        ({"SnapStart": "PublishedVersions"}, "SnapStart is for Python 3.12 and newer"),
        ({"PythonVersion": "3.13"}, "PythonVersion"),
    ],
)
def test_a_deployment_that_would_do_harm_is_refused(
    local_stack: LocalStack, parameters: dict[str, str], told: str
) -> None:
    with pytest.raises(ConsoleError, match=told):
        deployment.deploy_locally(local_stack.cloud("300000000005"), parameters=parameters)


def without_hashes(resources: dict[str, Any]) -> dict[str, Any]:
    """Return resources whose versions are not called by what they are of, such as the code."""
    text = re.sub(r"FunctionVersion[0-9a-f]{10}", "FunctionVersion", json.dumps(resources))
    return dict(json.loads(text))


def test_the_loops_are_expanded_as_the_local_cloudformation_expands_them(
    local_stack: LocalStack,
) -> None:
    cloud = local_stack.cloud("300000000004")
    deployment.deploy_locally(cloud)
    found = cloud.client("cloudformation").get_template(
        StackName=deployment.DEFAULT_STACK, TemplateStage="Processed"
    )["TemplateBody"]

    expected = without_hashes(processed()["Resources"])
    resources = without_hashes(expanded(found)["Resources"])
    assert set(resources) == set(expected)
    # CloudFormation puts parameters into Fn::ToJsonString by itself, and into nothing else.
    for logical in set(expected) - {"Dashboard", "Agent"}:
        for resource in (resources[logical], expected[logical]):
            resource.get("Properties", {}).pop("Code", None)
        assert resources[logical] == expected[logical]


def test_with_a_newer_python_the_published_versions_start_from_snapshots(
    local_stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = deployment.load_template()
    template["Parameters"]["PythonVersion"] |= {"Default": "3.13", "AllowedValues": ["3.13"]}
    monkeypatch.setattr(deployment, "load_template", lambda: template)
    cloud = local_stack.cloud("300000000006")
    made = deployment.deploy_locally(cloud, parameters={"SnapStart": "PublishedVersions"})
    functions = cloud.client("lambda")

    for listed in functions.list_functions()["Functions"]:
        name = listed["FunctionName"]
        live = functions.get_function_configuration(FunctionName=name, Qualifier="live")
        assert (live["Runtime"], live["Version"]) == ("python3.13", "1")
        assert live["SnapStart"]["ApplyOn"] == "PublishedVersions"
    assert made.function_of("crm") == "centli-crm:live"


def test_a_deployment_that_changes_functions_moves_their_alias_to_a_new_version(
    local_stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = local_stack.cloud("300000000007")
    deployment.deploy_locally(cloud)
    template = deployment.load_template()
    template["Globals"]["Function"]["Timeout"] = 9
    monkeypatch.setattr(deployment, "load_template", lambda: template)
    cloudformation, functions = cloud.client("cloudformation"), cloud.client("lambda")
    cloudformation.update_stack(
        StackName=deployment.DEFAULT_STACK,
        TemplateURL=deployment._packaged(cloud),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    waiter = cloudformation.get_waiter("stack_update_complete")
    waiter.wait(StackName=deployment.DEFAULT_STACK, WaiterConfig={"Delay": 1})

    for listed in functions.list_functions()["Functions"]:
        name = listed["FunctionName"]
        live = functions.get_function_configuration(FunctionName=name, Qualifier="live")
        assert (live["Version"], live["Timeout"]) == ("2", 9)
        versions = functions.list_versions_by_function(FunctionName=name)["Versions"]
        assert {version["Version"] for version in versions} == {"$LATEST", "2"}


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
