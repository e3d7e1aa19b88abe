"""Traces, the dashboard, and the alarms with their explanations."""

import re
from pathlib import Path
from typing import Any

import pytest

from console.reconcile import METRIC
from shared.observability import NAMESPACE
from tests.support.rights import (
    FUNCTIONS,
)
from tests.support.tables import table_properties
from tests.support.template_parts import RESOURCES, TEMPLATE, of_type, statements


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
