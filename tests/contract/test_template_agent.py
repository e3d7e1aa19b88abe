"""The agent that the template makes on demand, and what each choice of parameters leaves out."""

import json
from copy import deepcopy
from itertools import product

import pytest
import yaml

from action_groups import all_groups, group_names
from console import openapi
from console.alias import stamped
from console.artefact import ROOT
from console.template import TEMPLATE as TEMPLATE_FILE
from shared.confirmation import ConfirmationNeeded, TermsChanged
from tests.support.conditions import deployed, names_in
from tests.support.rights import (
    FUNCTIONS,
)
from tests.support.template_parts import PROCESSED, RESOURCES, TEMPLATE, of_type


def test_every_group_is_an_action_group_of_the_agent_with_a_function_and_a_permission() -> None:
    agent_groups = {
        g["ActionGroupName"]: g for g in RESOURCES["Agent"]["Properties"]["ActionGroups"]
    }
    for group in all_groups():
        described = agent_groups.pop(group.name)
        location = described["ApiSchema"]["Payload"]["Fn::ToJsonString"]["Fn::Transform"]
        assert location["Parameters"]["Location"] == f"openapi/{group.name}.yaml"
        logical, properties = FUNCTIONS[f"centli-{group.name.replace('_', '-')}"]
        assert "Events" not in properties
        assert logical in str(described["ActionGroupExecutor"])
        [permission] = [
            p["Properties"]
            for p in of_type("AWS::Lambda::Permission").values()
            if p["Properties"]["FunctionName"] == {"Ref": f"{logical}.Alias"}
        ]
        assert permission["Principal"] == "bedrock.amazonaws.com"
        assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
        condition, made_here, made_elsewhere = permission["SourceArn"]["Fn::If"]
        assert condition == "CreatesAgent"
        assert "AgentArn" in str(made_here)
        assert str(made_elsewhere).endswith(":agent/${AgentId}'}")
    assert agent_groups == {}


def test_what_the_processed_agent_reads_is_what_the_files_hold() -> None:
    """CloudFormation includes a file, and makes JSON text of it."""
    agent = PROCESSED["Resources"]["Agent"]["Properties"]
    included = {
        g["ActionGroupName"]: g["ApiSchema"]["Payload"]["Fn::ToJsonString"]["Fn::Transform"]
        for g in agent["ActionGroups"]
    }
    for group in all_groups():
        file = ROOT / included.pop(group.name)["Parameters"]["Location"]
        payload = json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")))
        assert json.loads(payload) == openapi.document(group)
    assert included == {}


def test_the_instruction_of_the_agent_says_what_the_answers_mean() -> None:
    instruction = RESOURCES["Agent"]["Properties"]["Instruction"]
    assert 40 <= len(instruction) <= 4000, "what AWS takes"
    codes = [str(error.status) for error in (ConfirmationNeeded, TermsChanged)]
    for word in ("repeated", *codes, TermsChanged.code, "exact", "fuzzy", "ambiguous"):
        assert word in instruction, word


def test_the_alias_of_the_agent_follows_what_the_agent_is_made_of() -> None:
    text = TEMPLATE_FILE.read_text(encoding="utf-8")
    alias = RESOURCES["AgentAlias"]
    described = alias["Properties"]["Description"]["Fn::Sub"]
    assert alias["Condition"] == "CreatesAgent"
    assert "RoutingConfiguration" not in alias["Properties"], "it would stay at that version"
    assert "${AgentModelId}" in described

    changed = [
        stamped(text.replace("breve, o en el idioma", "o en el idioma"), all_groups()),
        stamped(text.replace("IdleSessionTTLInSeconds: 600", "IdleSessionTTLInSeconds: 60"), []),
        stamped(text, all_groups()[:2]),
    ]

    assert stamped(text, all_groups()) == text
    assert all(described not in other for other in changed)


AGENT = {"AWS::Bedrock::Agent", "AWS::Bedrock::AgentAlias"}
COMBINATIONS = [
    dict(zip(("CreateAgent", "AgentId", "AlarmTopicArn", "TestUserId"), values, strict=True))
    for values in product(
        ("true", "false"),
        ("", "AGENT12345"),
        ("", "arn:aws:sns:us-east-1:123456789012:alarms"),
        ("", "user-maria"),
    )
]


@pytest.mark.parametrize("given", COMBINATIONS, ids=lambda given: "-".join(given.values()))
def test_what_is_deployed_refers_to_nothing_that_is_not(given: dict[str, str]) -> None:
    made = deployed(PROCESSED, given)

    there = {*made["Resources"], *PROCESSED["Parameters"]}
    missing = {name for name in names_in(made) if name not in there and "::" not in name}
    types = {resource["Type"] for resource in made["Resources"].values()}
    permissions = [r for r in made["Resources"] if r.endswith("AgentPermission")]
    assert missing == set()
    assert (
        (types >= AGENT)
        == (given["CreateAgent"] == "true")
        == ("CreatedAgentAliasId" in made["Outputs"])
    )
    has_agent = given["CreateAgent"] == "true" or given["AgentId"] != ""
    assert len(permissions) == (len(group_names()) if has_agent else 0)
    alarms = [r for r in made["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]
    assert all(("AlarmActions" in a["Properties"]) == bool(given["AlarmTopicArn"]) for a in alarms)


def test_a_reference_to_what_its_condition_leaves_out_is_seen() -> None:
    """The control of the test above."""
    broken = deepcopy(PROCESSED)
    del broken["Outputs"]["CreatedAgentId"]["Condition"]

    assert "Agent" in set(names_in(deployed(broken, {})))
    assert "Agent" not in set(names_in(deployed(PROCESSED, {})))


def test_the_agent_is_made_only_on_demand() -> None:
    assert RESOURCES["Agent"]["Condition"] == "CreatesAgent"
    assert TEMPLATE["Parameters"]["CreateAgent"]["Default"] == "false"
