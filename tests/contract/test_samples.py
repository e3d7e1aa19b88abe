"""Every operation's example: its real operation takes it, its schema has its answer, and the sample
events are made of it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from shared import json_text
from shared.operations import Operation
from shared.schemas import schema_of
from tests.support.arguments import OPERATIONS, furnish, prove
from tests.support.world import World

EVENTS = Path("events")

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.operation_id)


@pytest.fixture
def seeded(bank: World) -> World:
    furnish(bank)
    return bank


def load(path: str) -> Any:
    return json_text.loads((EVENTS / path).read_text())


@each_operation
def test_the_seeded_bank_carries_out_every_example(seeded: World, operation: Operation) -> None:
    if operation.event_type is None:
        event = load(f"agent/{operation.function.__name__}.json")
        status, answer = seeded.invoke(operation.group, event)
        assert status == 200, refused(operation, answer)
        return
    if operation.is_step:
        prove(seeded, operation)
    detail = load(f"delivered/{operation.event_type.lower()}.json")["detail"]
    answer = seeded.deliver(operation.group, operation.event_type, detail)
    assert answer["event_type"] == operation.success_event, refused(operation, answer["data"])


def refused(operation: Operation, told: Any) -> str:
    return (
        f"the seeded bank does not carry out the example of {operation.operation_id}: a script "
        f"scripts/seed_*.py adds what it speaks of. It was told {told['error']}"
    )


@each_operation
def test_the_answer_of_an_example_is_what_the_schema_promises(operation: Operation) -> None:
    schema = schema_of(operation.answer_model, "serialization")
    answer = json.loads(json_text.dumps(operation.example_answer.model_dump(exclude_none=True)))
    assert answer
    OAS30Validator(schema).validate(answer)
    assert set(answer) <= set(schema["properties"])


@each_operation
def test_every_front_door_has_a_sample_that_holds_the_example(operation: Operation) -> None:
    if operation.path is not None:
        event = load(f"agent/{operation.function.__name__}.json")
        entries = [*event["parameters"]]
        if operation.method == "POST":
            body = event["requestBody"]["content"]["application/json"]
            entries += body["properties"]
        assert {e["name"]: e["value"] for e in entries} == operation.example_texts
    if operation.event_type is not None:
        name = f"{operation.event_type.lower()}.json"
        [entry] = load(f"put/{name}")
        delivered = load(f"delivered/{name}")
        detail = json_text.loads(entry["Detail"])
        assert detail == delivered["detail"]
        assert detail["data"] == operation.example_arguments
        assert entry["DetailType"] == delivered["detail-type"] == operation.event_type
        assert entry["Source"] == delivered["source"] == detail["source"]


def test_an_event_that_a_group_publishes_has_the_source_of_that_group() -> None:
    sources = {p.stem: load(f"delivered/{p.name}")["source"] for p in EVENTS.glob("delivered/*")}
    assert sources["payment_request"] == "marketplace"
    assert sources["payment_completed"] == sources["payment_failed"] == "core-banking"
    assert sources["transfer_request"] == "agentcore"


def test_the_files_of_the_specifications_commands_are_the_samples() -> None:
    assert load("balance_query.json") == load("delivered/balance_query.json")
    assert load("transfer_request.json") == load("put/transfer_request.json")
