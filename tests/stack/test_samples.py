"""The sample events, sent as their README says."""

import json
from pathlib import Path
from typing import Any

import pytest

from action_groups import all_groups
from tests.support.deployed import Deployed

EVENTS = Path("events")
OPERATIONS = {
    o.event_type.lower(): o for group in all_groups() for o in group if o.event_type is not None
}
ANSWERED = [name for name, operation in OPERATIONS.items() if not operation.is_step]


def function_of_rule(deployed: Deployed, event_type: str) -> str:
    """Return the function that the deployed rules hand an event to."""
    events, bus = deployed.cloud.client("events"), deployed.deployment.bus_name
    [arn] = [
        target["Arn"]
        for rule in events.list_rules(EventBusName=bus)["Rules"]
        if event_type in json.loads(rule["EventPattern"])["detail-type"]
        for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
    ]
    return str(arn)


def load(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.mark.parametrize("name", ANSWERED)
def test_a_delivered_sample_is_answered_by_the_function_of_its_rule(
    deployed: Deployed, name: str
) -> None:
    function = function_of_rule(deployed, str(OPERATIONS[name].event_type))

    reply = deployed.invoke(function, load(EVENTS / "delivered" / f"{name}.json"))

    assert reply["event_type"] == OPERATIONS[name].success_event, reply


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in ANSWERED])
def test_a_sample_of_a_step_proves_nothing_by_itself(deployed: Deployed, name: str) -> None:
    function = function_of_rule(deployed, str(OPERATIONS[name].event_type))
    event = load(EVENTS / "delivered" / f"{name}.json")
    before = deployed.table("purchases"), deployed.balances()

    assert deployed.failure(function, event) in {"PAYMENT_MISMATCH", "PAYMENT_UNMATCHED"}
    assert (deployed.table("purchases"), deployed.balances()) == before


def test_the_samples_for_put_events_are_answered_on_the_bus(deployed: Deployed) -> None:
    events = deployed.cloud.client("events")
    with deployed.ear() as ear:
        for name in ANSWERED:
            entries = load(EVENTS / "put" / f"{name}.json")
            assert events.put_events(Entries=entries)["FailedEntryCount"] == 0
            correlation = json.loads(entries[0]["Detail"])["correlation_id"]
            end = OPERATIONS[name].replies[0]
            ear.wait_for(1, event_type=end, correlation_id=correlation)


def test_the_file_of_the_specifications_put_events_command_is_answered(deployed: Deployed) -> None:
    entries = load(EVENTS / "transfer_request.json")
    correlation = json.loads(entries[0]["Detail"])["correlation_id"]
    with deployed.ear() as ear:
        deployed.cloud.client("events").put_events(Entries=entries)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
