"""`template.yaml` against the specification, the design, and the operations that are declared."""

from pathlib import Path
from typing import Any

import pytest

from action_groups import all_groups, group_names
from console.deployment import load_template
from shared.observability import NAMESPACE
from tests.support.tables import table_properties

TEMPLATE = load_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]

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
ACTION_GROUP_FUNCTIONS = {
    "core_banking": "centli-core-banking",
    "marketplace": "centli-marketplace",
    "crm": "centli-crm",
}
RELAY = "centli-event-relay"

# actions that take no resource
WITHOUT_RESOURCE = {
    *("dynamodb:ListStreams", "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
}


def of_type(type_: str) -> dict[str, Any]:
    return {name: r for name, r in RESOURCES.items() if r["Type"] == type_}


def named(value: Any) -> str:
    name = value["Fn::Sub"] if isinstance(value, dict) else value
    assert isinstance(name, str)
    return name.replace("${NamePrefix}", "centli")


FUNCTIONS = {
    named(r["Properties"]["FunctionName"]): (logical, r["Properties"])
    for logical, r in of_type("AWS::Serverless::Function").items()
}


def event_types(properties: dict[str, Any]) -> set[str]:
    rules = [e for e in properties.get("Events", {}).values() if e["Type"] == "EventBridgeRule"]
    return {t for rule in rules for t in rule["Properties"]["Pattern"]["detail-type"]}


def statements(logical: str) -> list[dict[str, Any]]:
    [policy] = RESOURCES[f"{logical}Role"]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_keys_and_indexes_of_the_specification(name: str) -> None:
    [table] = [t for t in table_properties() if t["TableName"] == name]
    partition, sort, indexes = TABLES[name]

    def keys(schema: list[dict[str, str]]) -> tuple[str | None, str | None]:
        by_type = {k["KeyType"]: k["AttributeName"] for k in schema}
        return by_type.get("HASH"), by_type.get("RANGE")

    assert keys(table["KeySchema"]) == (partition, sort)
    assert {
        i["IndexName"]: keys(i["KeySchema"]) for i in table.get("GlobalSecondaryIndexes", [])
    } == indexes
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert {a["AttributeType"] for a in table["AttributeDefinitions"]} == {"S"}


def test_the_tables_are_these_and_no_others() -> None:
    assert {t["TableName"] for t in table_properties()} == set(TABLES)


def test_the_functions_are_these_and_no_others() -> None:
    assert set(FUNCTIONS) == {*BUS_FUNCTIONS, *ACTION_GROUP_FUNCTIONS.values(), RELAY}


def test_every_function_runs_as_the_specification_says() -> None:
    shared = TEMPLATE["Globals"]["Function"]

    assert (shared["Runtime"], shared["Timeout"], shared["MemorySize"]) == ("python3.11", 10, 512)
    for _, properties in FUNCTIONS.values():
        assert not {"Runtime", "Timeout", "MemorySize", "CodeUri"} & set(properties)


def test_every_function_gets_the_variables_of_the_specification() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert {name: named(variables[name]) for name in variables if name.endswith("_TABLE")} == {
        "ACCOUNTS_TABLE": "centli-accounts",
        "TRANSACTIONS_TABLE": "centli-transactions",
        "BENEFICIARIES_TABLE": "centli-beneficiaries",
        "PRODUCTS_TABLE": "centli-products",
        "PURCHASES_TABLE": "centli-purchases",
        "RETAILERS_TABLE": "centli-retailers",
        "REQUESTS_TABLE": "centli-requests",
    }
    assert named(variables["EVENT_BUS_NAME"]) == "centli-event-bus"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_is_a_function_of_the_deployed_packages(name: str) -> None:
    handler = FUNCTIONS[name][1]["Handler"]

    if name == RELAY:
        assert handler == "shared.event_relay.lambda_handler"
    else:
        assert handler in {f"action_groups.handler.{group}" for group in group_names()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_log_group_of_its_own_for_seven_days(name: str) -> None:
    logical, properties = FUNCTIONS[name]
    log_group = RESOURCES[f"{logical.removesuffix('Function')}LogGroup"]["Properties"]

    assert named(log_group["LogGroupName"]) == f"/aws/lambda/{name}"
    assert log_group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert TEMPLATE["Parameters"]["LogRetentionDays"]["Default"] == 7
    assert (
        properties["LoggingConfig"]["LogGroup"]["Ref"].removesuffix("LogGroup") + ("Function")
        == logical
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_role_of_its_own_without_wildcards(name: str) -> None:
    logical, properties = FUNCTIONS[name]
    short = logical.removesuffix("Function")

    assert properties["Role"] == {"Fn::GetAtt": [f"{short}Role", "Arn"]} or properties["Role"] == {
        "Fn::GetAtt": f"{short}Role.Arn"
    }
    for statement in statements(short):
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        assert not any("*" in action for action in actions)
        if statement["Resource"] == "*":
            assert set(actions) <= WITHOUT_RESOURCE


@pytest.mark.parametrize("name", BUS_FUNCTIONS)
def test_a_bus_function_has_its_rules_on_the_bus_with_dead_letters(name: str) -> None:
    _, properties = FUNCTIONS[name]

    assert event_types(properties) == BUS_FUNCTIONS[name]
    for event in properties["Events"].values():
        assert event["Properties"]["EventBusName"] == {"Ref": "EventBus"}
        assert "DeadLetterConfig" in event["Properties"]
    assert properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS"


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


def test_there_are_twelve_rules_and_no_two_for_one_event() -> None:
    ruled = [t for _, p in FUNCTIONS.values() for t in event_types(p)]

    assert sorted(ruled) == sorted(set(ruled))
    assert len(ruled) == 12, "the eleven of the specification's functions, and PAYMENT_REQUEST"


def test_every_group_is_an_action_group_of_the_agent_with_a_function_and_a_permission() -> None:
    agent_groups = {
        g["ActionGroupName"]: g for g in RESOURCES["Agent"]["Properties"]["ActionGroups"]
    }
    for group in all_groups():
        described = agent_groups.pop(group.name)
        location = described["ApiSchema"]["Payload"]["Fn::ToJsonString"]["Fn::Transform"]
        assert location["Parameters"]["Location"] == f"openapi/{group.name}.yaml"
        logical, properties = FUNCTIONS[ACTION_GROUP_FUNCTIONS[group.name]]
        assert "Events" not in properties
        assert logical in str(described["ActionGroupExecutor"])
        [permission] = [
            p["Properties"]
            for p in of_type("AWS::Lambda::Permission").values()
            if p["Properties"]["FunctionName"] == {"Ref": logical}
        ]
        assert permission["Principal"] == "bedrock.amazonaws.com"
        assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
        condition, made_here, made_elsewhere = permission["SourceArn"]["Fn::If"]
        assert condition == "CreatesAgent"
        assert "AgentArn" in str(made_here)
        assert str(made_elsewhere).endswith(":agent/${AgentId}'}")
    assert agent_groups == {}


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
        allowed = [s["Action"] for s in statements(logical.removesuffix("Function"))]
        assert ["xray:PutTelemetryRecords", "xray:PutTraceSegments"] in allowed


def widgets() -> list[dict[str, Any]]:
    found = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::ToJsonString"]["widgets"]
    return [widget["properties"] for widget in found]


def charted(namespace: str, metric: str) -> list[tuple[str, set[str]]]:
    """Return (statistic, resources) of each widget whose first line is this metric."""
    found = []
    for widget in widgets():
        if widget["metrics"][0][:2] == [namespace, metric]:
            values = [line[-1] for line in widget["metrics"] if isinstance(line[-1], dict)]
            found.append((widget["stat"], {v["Ref"] for v in values if "Ref" in v}))
    return found


@pytest.mark.parametrize(
    ("metric", "statistics"),
    [
        ("Invocations", {"Sum"}),
        ("Duration", {"p50", "p95", "p99"}),
        ("Errors", {"Sum"}),
        ("Throttles", {"Sum"}),
        ("ConcurrentExecutions", {"Maximum"}),
    ],
)
def test_the_dashboard_shows_every_function(metric: str, statistics: set[str]) -> None:
    every_function = {logical for logical, _ in FUNCTIONS.values()}

    shown = charted("AWS/Lambda", metric)

    assert {statistic for statistic, _ in shown} == statistics
    assert all(functions == every_function for _, functions in shown)


def test_the_dashboard_shows_every_table() -> None:
    tables = set(of_type("AWS::DynamoDB::Table"))

    for metric in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"):
        assert charted("AWS/DynamoDB", metric) == [("Sum", tables)]
    assert charted("AWS/DynamoDB", "UserErrors") == [("Sum", set())]
    [system_errors] = [w for w in widgets() if "SystemErrors" in str(w)]
    assert {line[0]["label"]["Ref"] for line in system_errors["metrics"]} == tables
    for [line] in system_errors["metrics"]:
        assert f'TableName="${{{line["label"]["Ref"]}}}"' in line["expression"]["Fn::Sub"]


def test_the_dashboard_shows_the_business_the_relay_and_the_dead_letters() -> None:
    text = str(widgets())

    for metric in ("Requests", "Refusals", "Failures", "Repeats"):
        assert f'MetricName="{metric}"' in text
    assert len(charted(NAMESPACE, "AmountLe100")) == 2, "of transfers and of payments"
    assert charted("AWS/Lambda", "IteratorAge") == [("Maximum", {"EventRelayFunction"})]
    assert "ApproximateNumberOfMessagesVisible" in text


def test_every_function_has_an_alarm_on_errors_and_one_on_throttles() -> None:
    alarms = [
        (a["Properties"]["MetricName"], a["Properties"]["Dimensions"][0]["Value"]["Ref"])
        for a in of_type("AWS::CloudWatch::Alarm").values()
        if a["Properties"]["MetricName"] in {"Errors", "Throttles"}
    ]

    assert sorted(alarms) == sorted(
        (metric, logical) for metric in ("Errors", "Throttles") for logical, _ in FUNCTIONS.values()
    )


def test_dead_letters_a_late_relay_and_failures_raise_an_alarm() -> None:
    alarms = {a["Properties"]["MetricName"] for a in of_type("AWS::CloudWatch::Alarm").values()}

    assert alarms == {
        *("Errors", "Throttles", "ApproximateNumberOfMessagesVisible", "IteratorAge", "Requests"),
    }
    failures = RESOURCES["FailuresAlarm"]["Properties"]
    assert failures["Namespace"] == NAMESPACE
    assert {d["Name"]: d["Value"] for d in failures["Dimensions"]} == {
        "service": {"Ref": "NamePrefix"},
        "outcome": "failed",
    }


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
        assert properties["TreatMissingData"] == "notBreaching"
