"""What the deployed stack tells of itself."""

import json
import time
from typing import Any

from tests.support.deployed import Deployed

_WAIT_SECONDS = 20
CUSTOMER = ("user-maria", "acc-maria-checking", "acc-juan-checking", "77.31", "Renta secreta")


def log_lines(deployed: Deployed, function: str, correlation: str) -> list[dict[str, Any]]:
    """Return the structured lines of a function under a correlation id, once there are any."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        found = [line for line in all_lines(deployed, function) if correlation in line]
        if found:
            return [json.loads(line) for line in found]
        assert time.monotonic() < deadline, f"{function} logged nothing under {correlation}"
        time.sleep(0.2)


def all_lines(deployed: Deployed, function: str) -> list[str]:
    logs = deployed.cloud.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}")
    return [event["message"] for page in pages for event in page["events"]]


def test_a_request_is_followed_by_its_correlation_id_through_every_hop_and_names_nobody(
    deployed: Deployed,
) -> None:
    transfer = {
        "from_account": "acc-maria-checking",
        "to_account": "acc-juan-checking",
        "amount": 77.31,
        "description": "Renta secreta",
    }
    with deployed.ear() as ear:
        correlation = deployed.publish("TRANSFER_REQUEST", transfer)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)

    [handled] = log_lines(deployed, "centli-core-banking-transfer", correlation)
    [relayed] = log_lines(deployed, "centli-event-relay", correlation)

    assert (handled["operation"], handled["status"]) == ("createTransfer", 200)
    assert handled["event_type"] == "TRANSFER_REQUEST"
    assert handled["service"] == "centli"
    assert (relayed["message"], relayed["event_type"]) == ("event published", "TRANSFER_COMPLETED")
    for function in ("centli-core-banking-transfer", "centli-event-relay"):
        for line in all_lines(deployed, function):
            for value in CUSTOMER:
                assert value not in line


def test_a_deployed_function_prints_its_metrics(deployed: Deployed) -> None:
    deployed.call("getBalance")

    deadline = time.monotonic() + _WAIT_SECONDS
    while not (blobs := [m for m in all_lines(deployed, "centli-core-banking") if "_aws" in m]):
        assert time.monotonic() < deadline, "no metrics were printed"
        time.sleep(0.2)
    metric = json.loads(blobs[0])
    assert {k: metric[k] for k in ("service", "operation", "outcome", "Requests")} == {
        "service": "centli",
        "operation": "getBalance",
        "outcome": "completed",
        "Requests": 1,
    }


def test_a_function_for_agents_may_make_its_first_read(deployed: Deployed) -> None:
    for operation, function in (
        ("getBalance", "core-banking"),
        ("listPurchases", "marketplace"),
        ("listBeneficiaries", "crm"),
    ):
        deployed.call(operation)
        lines = all_lines(deployed, f"centli-{function}")
        assert lines
        assert not [line for line in lines if "not reached at the start" in line]


def test_the_dashboard_and_the_alarms_are_deployed_under_the_names_of_the_stack(
    deployed: Deployed,
) -> None:
    cloudwatch = deployed.cloud.client("cloudwatch")

    body = cloudwatch.get_dashboard(DashboardName="centli-us-east-1")["DashboardBody"]
    widgets = [widget["properties"] for widget in json.loads(body)["widgets"]]
    [p99] = [w for w in widgets if w["title"] == "Duration p99 (ms)"]
    assert "FunctionName=centli " in p99["metrics"][0][0]["expression"]
    assert "${" not in body
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert {a["AlarmName"] for a in alarms} >= {
        "centli-dead-letters",
        "centli-event-relay-age",
        "centli-failures",
        "centli-books",
        "centli-crm-errors",
        "centli-crm-throttles",
    }
    assert all(a["AlarmActions"] == [] for a in alarms)
