"""Every front door and every operation has a sample event, and samples agree with each other."""

import json
from pathlib import Path
from typing import Any

import pytest

from action_groups import all_groups
from shared.decoding import decode, decode_text
from shared.envelope import Envelope
from shared.operations import Operation

EVENTS = Path("events")
OPERATIONS = [operation for group in all_groups() for operation in group]
AGENT = [o for o in OPERATIONS if o.path]
BUS = [o for o in OPERATIONS if o.event_type]


def load(folder: str, name: str) -> Any:
    return json.loads((EVENTS / folder / f"{name}.json").read_text())


@pytest.mark.parametrize("operation", AGENT, ids=lambda o: o.operation_id)
def test_an_operation_has_an_agent_sample_that_its_request_accepts(operation: Operation) -> None:
    event = load("agent", operation.function.__name__)
    entries = event["parameters"] + (
        event.get("requestBody", {})
        .get("content", {})
        .get("application/json", {})
        .get("properties", [])
    )

    assert (event["httpMethod"], event["apiPath"]) == (operation.method, operation.path)
    assert event["actionGroup"] == operation.group
    decode_text(operation.request_model, {e["name"]: e["value"] for e in entries})


@pytest.mark.parametrize("operation", BUS, ids=lambda o: o.event_type)
def test_an_event_type_has_a_delivered_sample_that_its_request_accepts(
    operation: Operation,
) -> None:
    event = load("delivered", str(operation.event_type).lower())
    envelope = Envelope.model_validate(event["detail"])

    assert event["detail-type"] == envelope.event_type == operation.event_type
    decode(operation.request_model, envelope.data)


@pytest.mark.parametrize("operation", BUS, ids=lambda o: o.event_type)
def test_a_sample_to_put_becomes_the_sample_that_is_delivered(operation: Operation) -> None:
    name = str(operation.event_type).lower()
    [entry] = load("put", name)
    delivered = load("delivered", name)

    assert json.loads(entry["Detail"]) == delivered["detail"]
    assert entry["DetailType"] == delivered["detail-type"]
    assert entry["Source"] == delivered["source"]
    assert entry["EventBusName"] == "centli-event-bus"


def test_the_files_of_the_specifications_commands_are_the_samples() -> None:
    assert load("", "balance_query") == load("delivered", "balance_query")
    assert load("", "transfer_request") == load("put", "transfer_request")


def test_there_is_no_sample_of_something_that_is_gone() -> None:
    events = {str(o.event_type).lower() for o in BUS}

    assert {p.stem for p in (EVENTS / "agent").iterdir()} == {o.function.__name__ for o in AGENT}
    assert {p.stem for p in (EVENTS / "delivered").iterdir()} == events
    assert {p.stem for p in (EVENTS / "put").iterdir()} == events
