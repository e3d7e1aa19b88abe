"""What is kept of a request: all that it owes to the bus, in less than one kilobyte."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import json_text
from shared.dynamodb import Item, serialize
from shared.operations import Operation
from shared.owed import owed_by
from tests.support.arguments import OPERATIONS, RIGHT, furnished, prove
from tests.support.doors import settings
from tests.support.dynamodb.values import size_of
from tests.support.world import World

CHANGES = [operation for operation in OPERATIONS if operation.changes]
WRITE_UNIT_BYTES = 1024
UUID = "01a213dd-4d00-7b6e-a1fc-1b3f757936fe"
REFUSED: dict[str, dict[str, Any]] = {
    "createTransfer": {"amount": 9_999_999},
    "createPurchase": {"unit_price": 1},
    "addBeneficiary": {"account_id": "acc-nobody"},
}
FAILS = {"failPurchase"}
"""Whose success is that something failed."""
LONG_LINE = "Renta de noviembre del departamento 4, con la cuota de mantenimiento y el agua"

BUYER: dict[str, Any] = {"user_id": UUID, "account_id": "acc-buyer-checking"}
BOUGHT: dict[str, Any] = {
    "product_id": "prod-celular-128",
    "retailer_id": "retailer-electronica-azteca",
    "account_id": BUYER["account_id"],
    "unit_price": "6299.00",
    "benefit": "cashback",
}


@pytest.fixture
def bank() -> Iterator[World]:
    with furnished() as bank:
        bank.rebuild(settings=settings(require_confirmation="agents"))
        yield bank


@pytest.fixture(params=CHANGES, ids=lambda operation: operation.operation_id)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


def proven(bank: World, operation_id: str, **arguments: Any) -> None:
    """Call as an agent of a customer whose id is a UUID, and say yes."""
    user_id = arguments.pop("user_id", "user-maria")
    attributes = {"request_id": UUID}
    _, asked = bank.call(
        operation_id, user_id=user_id, attributes=attributes, yes=False, **arguments
    )
    attributes |= {"confirmation": bank.proof(asked)}
    status, body = bank.call(
        operation_id, user_id=user_id, attributes=attributes, yes=False, **arguments
    )
    assert status == 200, body


def done(bank: World, operation: Operation) -> Item:
    """Do the example of an operation, on a yes where agents can ask for it; return its record."""
    if operation.is_step:
        prove(bank, operation)
    before = [record["request_id"] for record in bank.records()]
    if operation.path is not None:
        proven(bank, operation.operation_id, **operation.example_texts)
    else:
        arguments = RIGHT[operation.operation_id]
        bank.send(operation.group, str(operation.event_type), arguments, correlation_id=UUID)
    [record] = [record for record in bank.records() if record["request_id"] not in before]
    return record


def too_large(records: list[Item]) -> dict[str, int]:
    """Return the records that take more than one unit to write, with their bytes."""
    sizes = {
        f"{r.get('operation', 'purchase')} {r['status']}": size_of(serialize(r)) for r in records
    }
    return {name: size for name, size in sizes.items() if size >= WRITE_UNIT_BYTES}


def test_the_record_of_each_example_takes_less_than_a_kilobyte(
    bank: World, operation: Operation
) -> None:
    record = done(bank, operation)
    assert too_large([record]) == {}
    padded = record | {"pad": "x" * WRITE_UNIT_BYTES}
    assert too_large([padded])  # the control: the check sees one that is too large


def test_the_records_of_a_long_transfer_and_of_whole_purchases_take_less_than_a_kilobyte(
    bank: World,
) -> None:
    """With the id of a customer, of a request and of a correlation as long as a UUID."""
    bank.account(BUYER["user_id"], BUYER["account_id"], "50000.00")
    bank.paid(BUYER["user_id"], "acc-juan-checking")
    order = {"from_account": BUYER["account_id"], "to_account": "acc-juan-checking"}
    proven(
        bank,
        "createTransfer",
        user_id=UUID,
        amount="1500.55",
        description=LONG_LINE,
        **order,
    )
    proven(bank, "createPurchase", user_id=UUID, quantity="2", **BOUGHT)
    bank.settle()
    attributes = {"request_id": "another"}
    wanted = {"user_id": UUID, "yes": False, "quantity": "1"} | BOUGHT
    _, asked = bank.call("createPurchase", attributes=attributes, **wanted)
    bank.account(BUYER["user_id"], BUYER["account_id"], "1.00", version=9)
    attributes |= {"confirmation": bank.proof(asked)}
    assert bank.call("createPurchase", attributes=attributes, **wanted)[0] == 200
    bank.settle()

    records = bank.records()
    assert {record["operation"] for record in records} == {
        *("createTransfer", "createPurchase", "payPurchase", "completePurchase", "failPurchase")
    }
    assert too_large(records) == {}


def test_a_purchase_on_a_yes_takes_less_than_a_kilobyte_until_it_is_completed(bank: World) -> None:
    [operation] = [one for one in CHANGES if one.operation_id == "createPurchase"]
    done(bank, operation)
    [pending] = [item for item in bank.items("purchases") if "terms" in item]
    bank.settle()
    [completed] = [item for item in bank.items("purchases") if "terms" in item]
    assert [pending["status"], completed["status"]] == ["pending", "completed"]
    assert too_large([pending, completed]) == {}


def test_what_is_published_is_what_was_decided_though_it_is_kept_once(
    bank: World, operation: Operation
) -> None:
    if operation.event_type is None:
        pytest.skip("no event asks for it")
    if operation.is_step:
        prove(bank, operation)
        [stream] = bank.client.streams.values()
        [records] = stream.shards.values()
        bank.relayed = len(records)  # what makes its example true is nothing to be published
    right = RIGHT[operation.operation_id]
    wrong = REFUSED.get(operation.operation_id)
    for number, given in enumerate([right] if wrong is None else [right, right | wrong]):
        told = bank.send(
            operation.group, operation.event_type, given, correlation_id=f"correlation-{number}"
        )
        assert ("error" in told["data"]) is (number == 1 or operation.operation_id in FAILS)
        assert bank.run_relay() == [told]


def test_what_the_answer_says_is_not_kept_twice(bank: World, operation: Operation) -> None:
    record = done(bank, operation)
    answer = json_text.loads(record["answer"])
    assert [envelope["data"] for envelope in owed_by(record)] == (
        [] if operation.event_type is None else [answer]
    ) or operation.begins
    for entry in map(json_text.loads, record["events"]):
        assert not {"timestamp", "user_id", "correlation_id", "version"} & entry.keys()
        own = entry.get("data", {})
        assert [name for name in own if name in answer and own[name] == answer[name]] == []
