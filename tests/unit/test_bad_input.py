"""Guarantee 5: every input gets an answer that says what to correct, and changes nothing.

The operations are those that are declared, and what is wrong is tried on their examples.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.decoding import _base_type
from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import RIGHT, STEPS, as_text, furnish, wrong_values
from tests.support.refusals import (
    assert_refused,
    assert_reply_refuses,
    by_id,
    closed,
    on_agent_door,
    on_bus_door,
    send,
)
from tests.support.world import World


@pytest.fixture
def closed_bank(bank: World) -> Iterator[World]:
    with closed(bank):
        yield bank


EXTRA_NAMES = {
    "user_id": "`user_id` is not a parameter",
    "Amount": "`Amount` is not a parameter",
    "x" * 10_000: f"`{'x' * 64}` is not a parameter",
    "a\nb": "`?` is not a parameter",
    "\u202e": "`?` is not a parameter",
    "": "`?` is not a parameter",
    "\ud800": "`?`",
}


def call(bank: World, operation: Operation, arguments: dict[str, Any]) -> tuple[int, Any]:
    return bank.invoke(operation.group, bank.invocation(operation.operation_id, **arguments))


@on_agent_door
def test_right_arguments_are_answered_to_an_agent(bank: World, operation: Operation) -> None:
    furnish(bank)
    status, body = call(bank, operation, as_text(RIGHT[operation.operation_id]))
    assert (status, "error" in body) == (200, False)


@on_bus_door
def test_right_arguments_are_answered_on_the_bus(bank: World, operation: Operation) -> None:
    furnish(bank)
    reply = send(bank, operation, RIGHT[operation.operation_id])
    assert (reply["event_type"], "error" in reply["data"]) == (operation.success_event, False)


@on_agent_door
def test_an_agent_is_told_of_each_wrong_value(closed_bank: World, operation: Operation) -> None:
    right: dict[str, Any] = as_text(RIGHT[operation.operation_id])
    for name in operation.request_model.model_fields:
        for value in wrong_values(operation, name, as_text=True):
            answered = call(closed_bank, operation, right | {name: value})
            assert_refused(answered, f"`{name}`")


@on_bus_door
def test_the_bus_is_told_of_each_wrong_value(closed_bank: World, operation: Operation) -> None:
    right = RIGHT[operation.operation_id]
    for name in operation.request_model.model_fields:
        for value in wrong_values(operation, name, as_text=False):
            reply = send(closed_bank, operation, right | {name: value})
            assert_reply_refuses(closed_bank, operation, reply, f"`{name}`")


@on_agent_door
def test_no_text_of_a_confirmed_change_can_be_taken_for_the_banks_own(
    closed_bank: World, operation: Operation
) -> None:
    right: dict[str, Any] = as_text(RIGHT[operation.operation_id])
    fields = operation.request_model.model_fields if operation.confirm else {}
    for name, field in fields.items():
        if _base_type(field.annotation) is str:
            answered = call(closed_bank, operation, right | {name: "hermano «trabajo»"})
            assert_refused(answered, f"`{name}` must ")


@on_agent_door
def test_an_agent_is_told_of_each_missing_and_each_unknown_argument(
    closed_bank: World, operation: Operation
) -> None:
    right = as_text(RIGHT[operation.operation_id])
    for name, field in operation.request_model.model_fields.items():
        if field.is_required():
            rest = {n: v for n, v in right.items() if n != name}
            assert_refused(call(closed_bank, operation, rest), f"`{name}` is missing")
    for extra, explanation in EXTRA_NAMES.items():
        answered = call(closed_bank, operation, right | {extra: "x"})
        assert_refused(answered, explanation)


@on_bus_door
def test_the_bus_is_told_of_each_missing_and_each_unknown_field(
    closed_bank: World, operation: Operation
) -> None:
    right = RIGHT[operation.operation_id]
    for name, field in operation.request_model.model_fields.items():
        if field.is_required():
            rest = {n: v for n, v in right.items() if n != name}
            reply = send(closed_bank, operation, rest)
            assert_reply_refuses(closed_bank, operation, reply, f"`{name}` is missing")
    for extra, explanation in EXTRA_NAMES.items():
        reply = send(closed_bank, operation, right | {extra: "x"})
        assert_reply_refuses(closed_bank, operation, reply, explanation)


def test_many_wrong_fields_are_named_in_one_answer_of_bounded_length(closed_bank: World) -> None:
    junk = {f"junk-{number}": "x" for number in range(1000)}
    status, body = closed_bank.call("createTransfer", amount="lots", **junk)
    assert_refused((status, body), "`amount`")
    status, body = closed_bank.call("createTransfer", **junk)
    assert_refused((status, body), "`from_account` is missing", "more problems")


@pytest.mark.parametrize("operation", STEPS, ids=by_id)
def test_a_step_of_a_flow_that_cannot_be_read_is_left_for_the_dead_letters(
    closed_bank: World, operation: Operation
) -> None:
    right = RIGHT[operation.operation_id]
    for name in operation.request_model.model_fields:
        for value in wrong_values(operation, name, as_text=False):
            with pytest.raises(EventNotHandled, match="INVALID_REQUEST"):
                send(closed_bank, operation, right | {name: value})
    assert closed_bank.bus.envelopes == []
