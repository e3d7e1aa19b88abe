"""The role of each function may do what its operations need; only the channel makes proofs."""

from copy import deepcopy
from typing import Any

import pytest

from action_groups import all_groups
from shared.operations import Operation
from tests.support.rights import (
    FUNCTIONS,
    named,
    rights_on_keys,
    rights_on_tables,
    role_of,
)
from tests.support.tables import PREFIX, table_properties
from tests.support.template_parts import RESOURCES, TEMPLATE, event_types, of_type, statements

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

# actions that take no resource
WITHOUT_RESOURCE = {
    *("dynamodb:DescribeEndpoints", "dynamodb:ListStreams", "events:TestEventPattern"),
    *("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
}


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
    assert {name for name in FUNCTIONS if key_rights_of(name)} >= {
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
