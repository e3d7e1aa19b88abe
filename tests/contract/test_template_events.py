"""Each declared event has one rule to a function of its group; what fails is a dead letter."""

import pytest

from action_groups import all_groups
from console.template import TEMPLATE as TEMPLATE_FILE
from tests.support.rights import (
    FUNCTIONS,
)
from tests.support.template_parts import RELAY, RESOURCES, TEMPLATE, event_types, of_type, policy_of

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

LONGEST_BLOCK_OF_A_BUS_FUNCTION = 25
LEAST_GRANTS = 2
"""Of a function of the bus: to read a table, and to answer. Each further one has its own line."""


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


def test_the_relay_reads_the_stream_of_the_requests_and_reports_failed_items() -> None:
    [stream] = FUNCTIONS[RELAY][1]["Events"].values()

    assert RESOURCES["RequestsTable"]["Properties"]["StreamSpecification"] == {
        "StreamViewType": "NEW_IMAGE"
    }
    assert stream["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["Properties"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS"
    assert "MaximumRetryAttempts" not in stream["Properties"], "retried until the record is old"
