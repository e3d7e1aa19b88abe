"""`template.yaml` against the specification and the design: names, tables and functions."""

import json
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from action_groups import group_names
from console.artefact import python_version
from console.template import expanded_template
from shared import clients
from shared.channel import LIVE
from tests.support.processed_template import fixed_names, processed
from tests.support.rights import (
    FUNCTIONS,
    named,
)
from tests.support.tables import table_properties
from tests.support.template_parts import (
    NAMES,
    PROCESSED,
    RELAY,
    RESOURCES,
    TEMPLATE,
    of_type,
    statements,
)

# The specification: each table, function and rule below is there; there may be more.
# table: partition key, sort key, {index: (partition key, sort key)}
TABLES = {
    "centli-accounts": ("user_id", "account_id", {"account-index": ("account_id", None)}),
    "centli-transactions": (
        "account_id",
        "timestamp_txn_id",
        {"user-index": ("user_id", "timestamp_txn_id")},
    ),
    "centli-beneficiaries": (
        "user_id",
        "beneficiary_id",
        {"alias-index": ("alias_lower", "user_id")},
    ),
    "centli-products": (
        "product_id",
        "retailer_id",
        {"retailer-index": ("retailer_id", None), "category-index": ("category", None)},
    ),
    "centli-purchases": ("user_id", "timestamp_purchase_id", {}),
    "centli-retailers": ("retailer_id", None, {}),
    "centli-requests": ("request_id", None, {}),
    "centli-limits": ("user_id", "subject", {}),
}

SWEEPER = "centli-sweeper"

DEPLOYED = json.loads(Path("tests/data/deployed_resources.json").read_text())
"""What stacks hold that are deployed: (type, name) by logical id. A line never changes."""


@pytest.mark.parametrize("logical", DEPLOYED)
def test_what_is_deployed_keeps_its_logical_id_its_type_and_its_name(logical: str) -> None:
    assert NAMES[logical] == tuple(DEPLOYED[logical])


def test_the_check_of_names_sees_an_alarm_that_is_called_otherwise() -> None:
    template = deepcopy(PROCESSED)
    properties = template["Resources"]["CrmErrorsAlarm"]["Properties"]
    properties["AlarmName"] = {"Fn::Sub": "${NamePrefix}-crm-faults"}

    assert fixed_names(template)["CrmErrorsAlarm"] != tuple(DEPLOYED["CrmErrorsAlarm"])


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_specification_has_its_keys_and_indexes(name: str) -> None:
    [table] = [t for t in table_properties() if t["TableName"] == name]
    partition, sort, indexes = TABLES[name]

    def keys(schema: list[dict[str, str]]) -> tuple[str | None, str | None]:
        by_type = {k["KeyType"]: k["AttributeName"] for k in schema}
        return by_type.get("HASH"), by_type.get("RANGE")

    assert keys(table["KeySchema"]) == (partition, sort)
    found = {i["IndexName"]: keys(i["KeySchema"]) for i in table.get("GlobalSecondaryIndexes", [])}
    assert found.items() >= indexes.items()


@pytest.mark.parametrize("table", table_properties(), ids=lambda table: str(table["TableName"]))
def test_every_table_is_paid_by_use_encrypted_and_named_to_the_functions(
    table: dict[str, Any],
) -> None:
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert {a["AttributeType"] for a in table["AttributeDefinitions"]} == {"S"}
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    what = table["TableName"].removeprefix("centli-")
    assert named(variables[f"{what.upper().replace('-', '_')}_TABLE"]) == table["TableName"]


@pytest.mark.parametrize("logical", of_type("AWS::DynamoDB::Table"))
def test_every_table_survives_the_stack_and_can_be_restored(logical: str) -> None:
    table = RESOURCES[logical]
    recovery = {"PointInTimeRecoveryEnabled": {"Ref": "PointInTimeRecovery"}}

    assert table["DeletionPolicy"] == "RetainExceptOnCreate"
    assert table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"] == recovery
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}


def test_only_requests_can_lose_items_by_time() -> None:
    """What was spent today, and who is a new payee, must not be forgotten by an attribute."""
    removed = {
        logical: table["Properties"]["TimeToLiveSpecification"]
        for logical, table in of_type("AWS::DynamoDB::Table").items()
        if "TimeToLiveSpecification" in table["Properties"]
    }

    by_time = {"AttributeName": "expires_at", "Enabled": True}
    assert removed == {"RequestsTable": by_time}


@pytest.mark.parametrize("parameter", ["PointInTimeRecovery", "DeletionProtection"])
def test_recovery_and_protection_are_on_unless_somebody_turns_them_off(parameter: str) -> None:
    declared = TEMPLATE["Parameters"][parameter]

    assert (declared["Default"], declared["AllowedValues"]) == ("true", ["true", "false"])


def test_a_request_is_known_as_long_as_it_can_come_again() -> None:
    parameters = TEMPLATE["Parameters"]
    retention, order = parameters["RequestRetentionDays"], parameters["OrderMaxAgeHours"]
    seconds_of_a_dead_letter = RESOURCES["DeadLetterQueue"]["Properties"]["MessageRetentionPeriod"]

    assert order["Default"] == 24
    assert retention["MinValue"] * 24 >= order["MaxValue"], "CloudFormation cannot compare the two"
    assert retention["MinValue"] * 24 * 3600 > seconds_of_a_dead_letter


def test_every_function_runs_as_the_specification_says() -> None:
    shared = TEMPLATE["Globals"]["Function"]

    assert (shared["Timeout"], shared["MemorySize"]) == (10, 512)
    assert shared["Runtime"] == {"Fn::Sub": "python${PythonVersion}"}
    assert TEMPLATE["Parameters"]["PythonVersion"]["Default"] == "3.11"
    for _, properties in FUNCTIONS.values():
        assert not {"Runtime", "Timeout", "MemorySize", "CodeUri"} & set(properties)


def called(template: dict[str, Any]) -> dict[str, Any]:
    """Return how each resource that calls a function, or lets somebody call one, names it."""
    resources = processed(template)["Resources"]
    found = {}
    for logical, resource in resources.items():
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::Events::Rule":
                [target] = properties["Targets"]
                found[logical] = target["Arn"]
            case "AWS::Lambda::Permission" | "AWS::Lambda::EventSourceMapping":
                found[logical] = properties["FunctionName"]
            case "AWS::Bedrock::Agent":
                for group in properties["ActionGroups"]:
                    name = f"{logical}/{group['ActionGroupName']}"
                    found[name] = group["ActionGroupExecutor"]["Lambda"]
    return found


def test_whoever_calls_a_function_calls_its_alias() -> None:
    resources = PROCESSED["Resources"]
    aliases = {k: r for k, r in resources.items() if r["Type"] == "AWS::Lambda::Alias"}
    asynchronous = [
        r["Properties"]["Qualifier"]
        for r in resources.values()
        if r["Type"] == "AWS::Lambda::EventInvokeConfig"
    ]
    by_callers = called(expanded_template())

    assert set(aliases) == {f"{logical}Aliaslive" for logical, _ in FUNCTIONS.values()}
    assert {alias["Properties"]["Name"] for alias in aliases.values()} == {LIVE}
    assert len(by_callers) > 30
    assert {name: arn for name, arn in by_callers.items() if arn.get("Ref") not in aliases} == {}
    assert asynchronous == [LIVE] * len(FUNCTIONS)


def test_a_caller_of_a_function_without_its_alias_is_seen() -> None:
    """The control of the test above."""
    template = expanded_template()
    resources = template["Resources"]
    resources["CrmAgentPermission"]["Properties"]["FunctionName"] = {"Ref": "CrmFunction"}
    [*_, group] = resources["Agent"]["Properties"]["ActionGroups"]
    group["ActionGroupExecutor"]["Lambda"] = {"Fn::GetAtt": ["CrmFunction", "Arn"]}

    seen = {name for name, arn in called(template).items() if "Aliaslive" not in str(arn)}
    assert seen == {"CrmAgentPermission", f"Agent/{group['ActionGroupName']}"}


def test_a_version_is_published_whatever_of_a_function_changes_and_the_last_one_goes() -> None:
    shared = TEMPLATE["Globals"]["Function"]
    template = expanded_template()
    template["Resources"]["CrmFunction"]["Properties"]["Timeout"] = 11

    def version(resources: dict[str, Any], function: str) -> str:
        alias = resources[f"{function}Aliaslive"]["Properties"]["FunctionVersion"]
        return str(alias["Fn::GetAtt"][0])

    changed = processed(template)["Resources"]
    assert version(changed, "CrmFunction") != version(PROCESSED["Resources"], "CrmFunction")
    assert version(changed, "CrmAddBeneficiaryFunction") in PROCESSED["Resources"]
    assert shared["VersionDeletionPolicy"] == "Delete"


def test_snapshots_are_off_and_for_newer_pythons_only() -> None:
    parameters, rule = TEMPLATE["Parameters"], TEMPLATE["Rules"]["SnapshotsAreOfNewerPythons"]
    [refused] = rule["Assertions"]

    assert TEMPLATE["Globals"]["Function"]["SnapStart"] == {"ApplyOn": {"Ref": "SnapStart"}}
    assert parameters["SnapStart"]["Default"] == "None"
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "SnapStart"}, "PublishedVersions"]}
    assert refused["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "PythonVersion"}, "3.11"]}]}


def test_no_deployment_chooses_another_python_than_the_artefact_is_of() -> None:
    declared = TEMPLATE["Parameters"]["PythonVersion"]
    texts = [Path(name).read_text() for name in ("template.yaml", "gateway.yaml")]

    assert declared["AllowedValues"] == [declared["Default"]] == [python_version(*texts)]


def test_every_function_is_told_the_bus() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert named(variables["EVENT_BUS_NAME"]) == "centli-event-bus"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_is_a_function_of_the_deployed_packages(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "client_of", mock.Mock())
    monkeypatch.setenv("EVENT_BUS_NAME", "bus")
    handler = FUNCTIONS[name][1]["Handler"]

    others = {
        RELAY: "shared.relay_handler.lambda_handler",
        SWEEPER: "action_groups.marketplace.sweeper.lambda_handler",
    }
    if name in others:
        assert handler == others[name]
        module, _, function = handler.rpartition(".")
        assert callable(getattr(import_module(module), function))
    else:
        assert handler in {f"action_groups.handler.{group}" for group in group_names()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_log_group_of_its_own_for_seven_days(name: str) -> None:
    logical, _ = FUNCTIONS[name]
    log_group = f"{logical.removesuffix('Function')}LogGroup"

    assert NAMES[log_group] == ("AWS::Logs::LogGroup", f"/aws/lambda/{name}")
    retention = RESOURCES[log_group]["Properties"]["RetentionInDays"]
    assert retention == {"Ref": "LogRetentionDays"}
    assert TEMPLATE["Parameters"]["LogRetentionDays"]["Default"] == 7
    [writes] = [s for s in statements(logical) if "logs:PutLogEvents" in s["Action"]]
    assert writes["Resource"] == {"Fn::GetAtt": [log_group, "Arn"]}


def test_no_test_user_is_named_unless_somebody_does() -> None:
    assert TEMPLATE["Parameters"]["TestUserId"]["Default"] == ""
