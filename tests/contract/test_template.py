"""`template.yaml` against the specification, the design, and the operations that are declared."""

import json
import re
from copy import deepcopy
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml

from action_groups import all_groups, group_names
from console import openapi
from console.alias import stamped
from console.artefact import ROOT, python_version
from console.reconcile import METRIC
from console.template import TEMPLATE as TEMPLATE_FILE
from console.template import expanded_template
from shared import clients
from shared.channel import LIVE
from shared.confirmation import ConfirmationNeeded, TermsChanged
from shared.observability import NAMESPACE
from shared.operations import Operation
from tests.support.conditions import deployed, names_in
from tests.support.processed_template import fixed_names, processed
from tests.support.rights import (
    FUNCTIONS,
    named,
    rights_on_keys,
    rights_on_tables,
    role_of,
    statements_of,
)
from tests.support.tables import PREFIX, table_properties

TEMPLATE = expanded_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]

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

# function of the specification: its event types
BUS_FUNCTIONS = {
    "centli-core-banking-balance": {"BALANCE_QUERY"},
    "centli-core-banking-transfer": {"TRANSFER_REQUEST", "PAYMENT_REQUEST"},
    "centli-core-banking-transactions": {"TRANSACTIONS_QUERY"},
    "centli-marketplace-catalog": {"CATALOG_QUERY"},
    "centli-marketplace-benefits": {"BENEFITS_QUERY"},
    "centli-marketplace-purchase": {"PURCHASE_REQUEST", "PAYMENT_COMPLETED", "PAYMENT_FAILED"},
    "centli-crm-resolve-alias": {"ALIAS_RESOLUTION_REQUEST"},
    "centli-crm-get-beneficiaries": {"BENEFICIARIES_QUERY"},
    "centli-crm-add-beneficiary": {"ADD_BENEFICIARY_REQUEST"},
}
# function of the specification's section 5.1: what its role may do on its tables
RIGHTS = {
    "centli-core-banking-balance": {"accounts:GetItem", "accounts:Query"},
    "centli-core-banking-transfer": {
        *("accounts:GetItem", "accounts:UpdateItem", "accounts:PutItem"),
        *("transactions:GetItem", "transactions:UpdateItem", "transactions:PutItem"),
    },
    "centli-marketplace-purchase": {
        *("products:GetItem", "products:UpdateItem", "products:PutItem"),
        *("purchases:GetItem", "purchases:UpdateItem", "purchases:PutItem"),
    },
    "centli-crm-resolve-alias": {"beneficiaries:Query", "beneficiaries/alias-index:Query"},
}
OWNERS = {
    table["TableName"].removeprefix(f"{PREFIX}-"): tag["Value"].lower()
    for table in table_properties()
    for tag in table.get("Tags", ())
    if tag["Key"] == "ActionGroup"
}
"""The group that each table of the specification belongs to; the others serve every group."""
READS = {"BatchGetItem", "ConditionCheckItem", "GetItem", "Query", "Scan"}
SWEEPER = "centli-sweeper"
RELAY = "centli-event-relay"
PROCESSED = processed()
NAMES = fixed_names(PROCESSED)
DEPLOYED = json.loads(Path("tests/data/deployed_resources.json").read_text())
"""What stacks hold that are deployed: (type, name) by logical id. A line never changes."""
LONGEST_BLOCK_OF_A_BUS_FUNCTION = 25
LEAST_GRANTS = 2
"""Of a function of the bus: to read a table, and to answer. Each further one has its own line."""

# actions that take no resource
WITHOUT_RESOURCE = {
    *("dynamodb:DescribeEndpoints", "dynamodb:ListStreams", "events:TestEventPattern"),
    *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
}


def of_type(type_: str) -> dict[str, Any]:
    return {name: r for name, r in RESOURCES.items() if r["Type"] == type_}


def event_types(properties: dict[str, Any]) -> set[str]:
    rules = [e for e in properties.get("Events", {}).values() if e["Type"] == "EventBridgeRule"]
    return {t for rule in rules for t in rule["Properties"]["Pattern"]["detail-type"]}


def policy_of(logical: str) -> dict[str, Any]:
    """Return what a function may do beside what every function may."""
    policy = RESOURCES[RESOURCES[logical]["DependsOn"]]
    document: dict[str, Any] = policy["Properties"]["PolicyDocument"]
    return document


def statements(logical: str) -> list[dict[str, Any]]:
    return statements_of(role_of(logical), RESOURCES)


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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_role_of_its_own_without_wildcards(name: str) -> None:
    logical, properties = FUNCTIONS[name]
    short = logical.removesuffix("Function")

    assert properties["Role"] == {"Fn::GetAtt": [f"{short}Role", "Arn"]}
    for statement in statements(logical):
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        assert not any("*" in action for action in actions)
        if statement["Resource"] == "*":
            assert set(actions) <= WITHOUT_RESOURCE


def writes(rights: set[str]) -> set[str]:
    return {right for right in rights if right.rpartition(":")[2] not in READS}


def served(name: str) -> list[Operation]:
    """Return the operations that a function carries out: of its rules, or else of its group."""
    _, properties = FUNCTIONS[name]
    triggers = event_types(properties)
    return [
        operation
        for operation in (o for group in all_groups() for o in group)
        if operation.group in properties["Handler"].split(".")
        and (operation.event_type in triggers or not triggers)
    ]


def too_wide(name: str, resources: dict[str, Any]) -> set[str]:
    """Return the writes of a role to tables of other groups; all of them, if what it serves changes
    nothing.
    """
    group_of = {o.group.replace("_", "") for o in served(name) if o.changes}
    return {
        right
        for right in writes(rights_on_tables(name, resources))
        if not group_of or OWNERS.get(right.partition(":")[0], *group_of) not in group_of
    }


def beyond_the_specification(name: str, resources: dict[str, Any]) -> set[str]:
    """Return what the specification does not grant to a role: the writes of a role that changes
    something, to the specification's tables, and all rights of one that does not.
    """
    rights = rights_on_tables(name, resources) - RIGHTS[name]
    if not writes(RIGHTS[name]):
        return rights
    return {right for right in writes(rights) if right.partition(":")[0] in OWNERS}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_writes_for_changes_only_and_to_tables_of_its_group_only(name: str) -> None:
    assert too_wide(name, RESOURCES) == set()


@pytest.mark.parametrize("name", RIGHTS)
def test_a_role_of_the_specification_may_do_no_more_than_that_says(name: str) -> None:
    assert beyond_the_specification(name, RESOURCES) == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_that_may_write_too_much_is_found(name: str) -> None:
    """The control: a grant on the tables of two groups, of which one is another's."""
    resources = deepcopy(RESOURCES)
    tables = [{"Fn::GetAtt": [table, "Arn"]} for table in ("AccountsTable", "RetailersTable")]
    grant = {"Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": tables}
    role = resources[role_of(FUNCTIONS[name][0])]["Properties"]
    role["Policies"].append({"PolicyDocument": {"Statement": [grant]}})

    assert too_wide(name, resources)
    assert name not in RIGHTS or beyond_the_specification(name, resources)


def key_rights_of(name: str) -> set[tuple[str, str]]:
    """Return what a function may do with keys, by what it carries out."""
    has_doors = FUNCTIONS[name][1]["Handler"].startswith("action_groups.handler.")
    is_needed = has_doors and any(operation.confirm for operation in served(name))
    return {("kms:VerifyMac", "ConfirmationKey")} if is_needed else set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_checks_proofs_for_confirmed_operations_only_and_makes_none(name: str) -> None:
    assert rights_on_keys(name) == key_rights_of(name)


def test_functions_check_proofs_at_both_doors_of_every_confirmed_operation() -> None:
    assert {name for name in FUNCTIONS if key_rights_of(name)} == {
        *("centli-core-banking", "centli-core-banking-transfer"),
        *("centli-marketplace", "centli-marketplace-purchase"),
        *("centli-crm", "centli-crm-add-beneficiary"),
    }


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("action", ["kms:GenerateMac", "kms:*", "*"])
def test_a_role_that_could_make_proofs_is_found(name: str, action: str) -> None:
    resources = deepcopy(RESOURCES)
    grant = {"Effect": "Allow", "Action": [action], "Resource": "*"}
    role = resources[role_of(FUNCTIONS[name][0])]["Properties"]
    role["Policies"].append({"PolicyDocument": {"Statement": [grant]}})

    assert rights_on_keys(name, resources) - key_rights_of(name) == {(action, "*")}


def test_the_key_makes_macs_stays_and_leaves_its_rights_to_the_account() -> None:
    key = RESOURCES["ConfirmationKey"]
    properties = key["Properties"]

    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert (properties["KeySpec"], properties["KeyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")
    [statement] = properties["KeyPolicy"]["Statement"]
    assert statement["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    }
    alias = RESOURCES["ConfirmationKeyAlias"]["Properties"]
    assert named(alias["AliasName"]) == "alias/centli-confirmation"
    assert alias["TargetKeyId"] == {"Ref": "ConfirmationKey"}


def test_the_channels_policy_makes_proofs_and_nothing_else_and_nobody_has_it_yet() -> None:
    [policy] = of_type("AWS::IAM::ManagedPolicy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]

    assert statement == {
        "Effect": "Allow",
        "Action": "kms:GenerateMac",
        "Resource": {"Fn::GetAtt": ["ConfirmationKey", "Arn"]},
    }
    assert not {"Roles", "Users", "Groups"} & set(policy["Properties"])
    assert TEMPLATE["Outputs"]["ConfirmationPolicyArn"] == {"Value": {"Ref": "ConfirmationPolicy"}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_rights_of_a_function_are_there_before_the_function(name: str) -> None:
    logical, _ = FUNCTIONS[name]
    policy = RESOURCES[logical]["DependsOn"]

    roles = RESOURCES[policy]["Properties"]["Roles"]
    assert roles == [{"Ref": f"{logical.removesuffix('Function')}Role"}]


def test_the_functions_that_the_loops_repeat_for_are_those_there_are() -> None:
    logical = {logical.removesuffix("Function") for logical, _ in FUNCTIONS.values()}

    assert set(TEMPLATE["Mappings"]["Functions"]) == logical
    assert {name.removesuffix("LogGroup") for name in of_type("AWS::Logs::LogGroup")} == logical


@pytest.mark.parametrize("name", BUS_FUNCTIONS)
def test_a_bus_function_of_the_specification_has_its_rules(name: str) -> None:
    assert event_types(FUNCTIONS[name][1]) >= BUS_FUNCTIONS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_rule_is_on_the_bus_and_what_it_cannot_deliver_is_a_dead_letter(name: str) -> None:
    rules = FUNCTIONS[name][1].get("Events", {}).values()
    for rule in (r["Properties"] for r in rules if r["Type"] == "EventBridgeRule"):
        assert rule["EventBusName"] == {"Ref": "EventBus"}
        assert rule["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_fails_at_becomes_a_dead_letter_that_its_role_may_send(name: str) -> None:
    destination = TEMPLATE["Globals"]["Function"]["EventInvokeConfig"]["DestinationConfig"]
    queue = {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}

    assert destination["OnFailure"] == {"Type": "SQS", "Destination": queue}
    logical, properties = FUNCTIONS[name]
    role = RESOURCES[f"{logical.removesuffix('Function')}Role"]["Properties"]
    [shared] = [policy["PolicyDocument"]["Statement"] for policy in role["Policies"]]
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
    by_lambda_itself = {"Null": {"lambda:SourceFunctionArn": "true"}}
    assert [s for s in shared if "sqs:SendMessage" in s["Action"]] == [
        {**send, "Condition": by_lambda_itself}
    ], "a redrive hands over whatever a letter says, so no code of a function may write one"
    is_relay = properties["Handler"].startswith("shared.relay_handler")
    own = [s for s in policy_of(logical)["Statement"] if "sqs:SendMessage" in s["Action"]]
    assert own == ([send] if is_relay else [])


def test_a_function_of_the_bus_costs_one_short_block() -> None:
    text = TEMPLATE_FILE.read_text()
    for logical, properties in FUNCTIONS.values():
        if len(event_types(properties)) == 1:
            start = text.index(f"\n  {logical}:\n")
            block = text[text.rindex("\n  # ---- ", 0, start) : text.index("\n\n", start)]
            further_grants = len(policy_of(logical)["Statement"]) - LEAST_GRANTS
            longest = LONGEST_BLOCK_OF_A_BUS_FUNCTION + further_grants
            assert block.count("\n") <= longest, f"{logical}: {block}"


def test_every_declared_event_has_a_rule_to_a_function_of_its_group() -> None:
    missing = []
    for group in all_groups():
        for operation in group:
            handler = f"action_groups.handler.{group.name}"
            if operation.event_type and not any(
                operation.event_type in event_types(p) and p["Handler"] == handler
                for _, p in FUNCTIONS.values()
            ):
                missing.append(f"{operation.event_type}: add a rule to a function of {group.name}")
    assert missing == []


def test_no_event_has_two_rules() -> None:
    ruled = [t for _, p in FUNCTIONS.values() for t in event_types(p)]

    assert sorted(ruled) == sorted(set(ruled))


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


def test_no_test_user_is_named_unless_somebody_does() -> None:
    assert TEMPLATE["Parameters"]["TestUserId"]["Default"] == ""


def test_the_relay_reads_the_stream_of_the_requests_and_reports_failed_items() -> None:
    [stream] = FUNCTIONS[RELAY][1]["Events"].values()

    assert RESOURCES["RequestsTable"]["Properties"]["StreamSpecification"] == {
        "StreamViewType": "NEW_IMAGE"
    }
    assert stream["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["Properties"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS"
    assert "MaximumRetryAttempts" not in stream["Properties"], "retried until the record is old"


def test_every_function_is_traced_and_may_write_its_traces() -> None:
    assert TEMPLATE["Globals"]["Function"]["Tracing"] == "Active"
    for logical, _ in FUNCTIONS.values():
        allowed = {action for s in statements(logical) for action in s["Action"]}
        assert {"xray:PutTelemetryRecords", "xray:PutTraceSegments"} <= allowed


def widgets() -> list[dict[str, Any]]:
    found = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::ToJsonString"]["widgets"]
    return [widget["properties"] for widget in found]


def searches() -> set[str]:
    """Return the search expressions of the dashboard."""
    lines = [line for widget in widgets() for line in widget["metrics"]]
    return {line[0]["expression"]["Fn::Sub"] for line in lines if "expression" in line[0]}


@pytest.mark.parametrize(
    ("metric", "statistic"),
    [
        ("Invocations", "Sum"),
        *(("Duration", "p50"), ("Duration", "p95"), ("Duration", "p99")),
        ("Errors", "Sum"),
        ("Throttles", "Sum"),
        ("ConcurrentExecutions", "Maximum"),
    ],
)
def test_the_dashboard_finds_the_functions_by_the_prefix(metric: str, statistic: str) -> None:
    assert (
        "SEARCH('{AWS/Lambda,FunctionName} FunctionName=${NamePrefix} "
        f"MetricName=\"{metric}\"', '{statistic}', 60)"
    ) in searches()
    assert all(name.startswith("centli") for name in FUNCTIONS)


@pytest.mark.parametrize(
    ("metric", "dimensions"),
    [
        ("ConsumedReadCapacityUnits", "TableName"),
        ("ConsumedWriteCapacityUnits", "TableName"),
        ("SystemErrors", "TableName,Operation"),
    ],
)
def test_the_dashboard_finds_the_tables_by_the_prefix(metric: str, dimensions: str) -> None:
    assert (
        f"SEARCH('{{AWS/DynamoDB,{dimensions}}} TableName=${{NamePrefix}} "
        f"MetricName=\"{metric}\"', 'Sum', 60)"
    ) in searches()
    assert all(table["TableName"].startswith("centli-") for table in table_properties())


def test_the_dashboard_shows_the_business_the_relay_and_the_dead_letters() -> None:
    text = str(widgets())
    first = [tuple(widget["metrics"][0][:2]) for widget in widgets()]

    for metric in ("Requests", "Refusals", "Failures", "Repeats"):
        assert f'MetricName="{metric}"' in text
    assert first.count((NAMESPACE, "AmountLe100")) == 2, "of transfers and of payments"
    assert "'IteratorAge', 'FunctionName', {'Ref': 'EventRelayFunction'}" in text
    assert "ApproximateNumberOfMessagesVisible" in text
    assert ("AWS/DynamoDB", "UserErrors") in first


def test_every_function_has_an_alarm_on_errors_and_one_on_throttles() -> None:
    alarms = [
        (a["Properties"]["MetricName"], a["Properties"]["Dimensions"][0]["Value"]["Ref"])
        for a in of_type("AWS::CloudWatch::Alarm").values()
        if a["Properties"]["MetricName"] in {"Errors", "Throttles"}
    ]

    assert sorted(alarms) == sorted(
        (metric, logical) for metric in ("Errors", "Throttles") for logical, _ in FUNCTIONS.values()
    )


def test_dead_letters_a_late_relay_failures_and_books_raise_an_alarm() -> None:
    alarms = {a["Properties"]["MetricName"] for a in of_type("AWS::CloudWatch::Alarm").values()}

    assert alarms >= {"ApproximateNumberOfMessagesVisible", "IteratorAge", "Requests"}
    books = RESOURCES["BooksAlarm"]["Properties"]
    assert (books["Namespace"], books["MetricName"]) == (NAMESPACE, METRIC)
    failures = RESOURCES["FailuresAlarm"]["Properties"]
    assert failures["Namespace"] == NAMESPACE
    assert {d["Name"]: d["Value"] for d in failures["Dimensions"]} == {
        "service": {"Ref": "NamePrefix"},
        "outcome": "failed",
    }


def test_bad_proofs_limits_and_every_use_of_the_test_user_raise_an_alarm() -> None:
    alarms = [alarm["Properties"] for alarm in of_type("AWS::CloudWatch::Alarm").values()]
    service = {"Name": "service", "Value": {"Ref": "NamePrefix"}}
    [test_user] = [a for a in alarms if a["MetricName"] == "TestUserUses"]
    refusals = [a for a in alarms if a["MetricName"] == "Refusals"]

    assert test_user["Dimensions"] == [service]
    assert [a["Dimensions"] for a in refusals] == [
        [service, {"Name": "code", "Value": code}]
        for code in ("CONFIRMATION_INVALID", "LIMIT_EXCEEDED", "TERMS_LIMIT")
    ]
    for alarm in (test_user, *refusals):
        assert (alarm["Namespace"], alarm["Statistic"]) == (NAMESPACE, "Sum")
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_every_alarm_tells_the_topic_and_is_explained_in_the_operations_guide() -> None:
    guide = Path("docs/operations.md").read_text()
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        properties = alarm["Properties"]
        assert properties["AlarmActions"] == {
            "Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]
        }
        file, _, anchor = properties["AlarmDescription"].partition("#")
        assert file == "docs/operations.md"
        assert f"## {anchor.replace('-', ' ').capitalize()}\n" in guide


def test_every_metric_is_in_the_operations_guide() -> None:
    sources = [
        path.read_text() for top in ("shared", "action_groups") for path in Path(top).rglob("*.py")
    ]
    named = {name for text in sources for name in re.findall(r'measured\("(\w+)"', text)}

    assert {"UnreadableItems", "SweepFailures"} <= named
    guide = Path("docs/operations.md").read_text()
    assert [name for name in named | {METRIC} if f"| `{name}` |" not in guide] == []


def test_silence_is_a_fault_where_something_is_said_in_any_case() -> None:
    """The sweeper says each minute how old the oldest is. SQS says nothing of a queue at rest."""
    silence = {
        alarm["Properties"]["MetricName"]: alarm["Properties"]["TreatMissingData"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
    }
    assert silence.pop("OldestPendingPurchase") == "breaching"
    assert silence.pop("ApproximateNumberOfMessagesVisible") == "ignore"
    assert set(silence.values()) == {"notBreaching"}
