"""Guarantee 5 of what is around the arguments: the envelope of an agent's call and of an event."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import ON_BUS_DOOR, RIGHT, as_text, furnish
from tests.support.refusals import (
    ENVELOPE,
    PLACES_THAT_COUNT,
    assert_explains,
    assert_refused,
    assert_reply_refuses,
    closed,
    envelope_of,
    on_agent_door,
    on_bus_door,
)
from tests.support.world import World, through_json


@pytest.fixture
def closed_bank(bank: World) -> Iterator[World]:
    with closed(bank):
        yield bank


JUNK: list[Any] = [
    None,
    True,
    False,
    0,
    5,
    1.5,
    math.nan,
    "",
    "x",
    "{}",
    "\ud800",
    "x" * 100_000,
    [],
    [None],
    [[]],
    ["a"],
    [{}],
    [{"name": 5, "value": "x"}],
    [{"name": None}],
    {},
    {"a": {"b": []}},
    {"content": "x"},
    {"\ud800": "\ud800"},
]


class TestTheEnvelopeOfAnAgent:
    @on_agent_door
    def test_junk_in_any_place_of_it_is_answered(
        self, closed_bank: World, operation: Operation
    ) -> None:
        right = as_text(RIGHT[operation.operation_id])
        event = closed_bank.invocation(operation.operation_id, **right)
        for place in event:
            for junk in JUNK:
                if place in PLACES_THAT_COUNT and not is_right(operation, place, junk):
                    assert_refused_somehow(
                        closed_bank.invoke(operation.group, {**event, place: junk})
                    )
                elif not operation.changes:
                    status, body = closed_bank.invoke(operation.group, {**event, place: junk})
                    assert status < 500, (place, junk, body)

    @on_agent_door
    def test_any_part_of_it_may_be_absent(self, closed_bank: World, operation: Operation) -> None:
        event = closed_bank.invocation(operation.operation_id)
        for place in PLACES_THAT_COUNT:
            rest = {k: v for k, v in event.items() if k != place}
            status, body = closed_bank.invoke(operation.group, rest)
            assert status < 500, (place, body)

    def test_the_answer_echoes_what_bedrock_expects_and_no_junk(self, bank: World) -> None:
        event = bank.invocation("getBalance")
        answer = bank.handlers["core_banking"](event, None)
        response = answer["response"]
        assert answer["messageVersion"] == "1.0"
        for name in ("actionGroup", "apiPath", "httpMethod"):
            assert response[name] == event[name]
        assert answer["sessionAttributes"] == event["sessionAttributes"]
        for junk in JUNK:
            event |= {"actionGroup": junk, "sessionAttributes": junk, "apiPath": junk}
            answer = bank.handlers["core_banking"](event, None)
            assert isinstance(answer["response"]["actionGroup"], str)
            assert isinstance(answer["response"]["apiPath"], str)
            assert all(isinstance(v, str) for v in answer.get("sessionAttributes", {}).values())

    @pytest.mark.parametrize(
        "session_id", [None, "", 5, [], {}, "x" * 257, "\ud800", "a\nb", True, math.nan]
    )
    def test_a_change_needs_a_session_that_can_be_told_from_others(
        self, closed_bank: World, session_id: Any
    ) -> None:
        event = closed_bank.invocation("createTransfer", **as_text(RIGHT["createTransfer"]))
        answered = closed_bank.invoke("core_banking", event | {"sessionId": session_id})
        assert_refused(answered, "`sessionId`")

    @pytest.mark.parametrize("request_id", ["", 5, [], {}, "x" * 257, "\ud800", "a\nb", True])
    def test_a_request_id_must_be_text(self, closed_bank: World, request_id: Any) -> None:
        answered = closed_bank.call(
            "createTransfer",
            attributes={"request_id": request_id},
            **as_text(RIGHT["createTransfer"]),
        )
        assert_refused(answered, "`request_id`")

    @pytest.mark.parametrize(
        ("path", "method"),
        [
            ("/nothing", "GET"),
            ("", "GET"),
            ("/transfers", "GET"),
            ("/balance", "POST"),
            ("/balance", "DELETE"),
            ("/balance", ""),
            ("/balance/", "GET"),
            ("/beneficiaries", "GET"),
            ("\ud800", "GET"),
        ],
    )
    def test_an_unknown_operation_is_answered_with_those_there_are(
        self, closed_bank: World, path: str, method: str
    ) -> None:
        event = closed_bank.invocation("getBalance") | {"apiPath": path, "httpMethod": method}
        answered = closed_bank.invoke("core_banking", event)
        assert_refused(answered, "GET /balance", "POST /transfers", code="UNKNOWN_OPERATION")
        assert "PAYMENT" not in answered[1]["error"]["message"]

    def test_the_method_may_be_written_in_any_case(self, bank: World) -> None:
        event = bank.invocation("getBalance") | {"httpMethod": "get"}
        assert bank.invoke("core_banking", event)[0] == 200

    def test_the_body_of_a_request_may_be_split_between_its_two_places(self, bank: World) -> None:
        furnish(bank)
        event = bank.invocation("createTransfer", **as_text(RIGHT["createTransfer"]))
        properties = event["requestBody"]["content"]["application/json"]["properties"]
        event["parameters"] = [properties.pop(), properties[0]]
        assert bank.invoke("core_banking", event)[0] == 200

    @pytest.mark.parametrize("name", ["amount", "x" * 10_000, "\ud800", "a\nb"])
    def test_an_argument_given_twice_differently_is_never_chosen_from(
        self, closed_bank: World, name: str
    ) -> None:
        event = closed_bank.invocation("createTransfer", **as_text(RIGHT["createTransfer"]))
        event["parameters"] = [{"name": name, "value": "1"}, {"name": name, "value": "2"}]
        assert_refused(closed_bank.invoke("core_banking", event), "given twice")


def is_right(operation: Operation, place: str, junk: Any) -> bool:
    """Tell whether this place may hold this: it is empty, and the arguments are not due there."""
    if place == "parameters":
        is_empty, is_due = junk is None or junk == [], operation.method == "GET"
    elif place == "requestBody":
        is_empty = junk is None or (isinstance(junk, dict) and "content" not in junk)
        is_due = operation.method == "POST"
    else:
        return False
    return is_empty and not (is_due and needs_data(operation))


def assert_refused_somehow(answered: tuple[int, Any]) -> None:
    assert_refused(answered, code=answered[1].get("error", {}).get("code", "no error"))


class TestTheEnvelopeOfAnEvent:
    @on_bus_door
    def test_junk_in_any_field_of_it_is_answered(
        self, closed_bank: World, operation: Operation
    ) -> None:
        for name in ENVELOPE:
            for junk in JUNK:
                if name in TEXTS and isinstance(junk, str) and 0 < len(junk) < 128 > ord(junk[0]):
                    continue
                if name == "data" and isinstance(junk, dict) and not needs_data(operation):
                    junk = {"junk": junk}  # noqa: PLW2901
                right = RIGHT[operation.operation_id]
                detail = envelope_of(operation, right) | {name: junk}
                reply = closed_bank.deliver(operation.group, operation.event_type, detail)
                code = reply["data"]["error"]["code"]
                assert code in ("INVALID_REQUEST", "UNAUTHENTICATED"), (name, junk)
                assert_reply_refuses(closed_bank, operation, reply, code=code)

    @on_bus_door
    def test_an_absent_field_is_named(self, closed_bank: World, operation: Operation) -> None:
        for name in ENVELOPE:
            detail = envelope_of(operation, RIGHT[operation.operation_id])
            del detail[name]
            reply = closed_bank.deliver(operation.group, operation.event_type, detail)
            code = "UNAUTHENTICATED" if name == "user_id" else "INVALID_REQUEST"
            assert_reply_refuses(closed_bank, operation, reply, name, code=code)

    @on_bus_door
    @pytest.mark.parametrize("detail", [None, "x", "{}", [], [{}], 5, True, {}, math.nan])
    def test_any_detail_is_answered(
        self, closed_bank: World, operation: Operation, detail: Any
    ) -> None:
        reply = closed_bank.deliver(operation.group, operation.event_type, detail)
        assert_reply_refuses(closed_bank, operation, reply)
        assert reply["correlation_id"] == "9f0a2f5e-0000-4000-8000-000000000000"

    def test_an_event_without_detail_is_answered(self, closed_bank: World) -> None:
        for operation in ON_BUS_DOOR:
            event = {"detail-type": operation.event_type}
            reply = through_json(closed_bank.handlers[operation.group](event, None))
            assert_reply_refuses(closed_bank, operation, reply)

    def test_an_envelope_of_another_event_type_is_refused(self, closed_bank: World) -> None:
        detail = ENVELOPE | {"event_type": "BALANCE_QUERY", "data": RIGHT["createTransfer"]}
        reply = closed_bank.deliver("core_banking", "TRANSFER_REQUEST", detail)
        assert reply["event_type"] == "TRANSFER_FAILED"
        assert_explains(reply["data"]["error"], "`event_type`")

    @pytest.mark.parametrize(
        "event_type",
        [None, "", "NOTHING", "TRANSFER_COMPLETED", 5, [], {}, True, "\ud800", "transfer_request"],
    )
    def test_an_event_type_that_nobody_handles_is_left_for_the_dead_letters(
        self, closed_bank: World, event_type: Any
    ) -> None:
        with pytest.raises(EventNotHandled, match="UNKNOWN_OPERATION"):
            closed_bank.deliver("core_banking", event_type, ENVELOPE | {"data": {}})
        assert closed_bank.bus.envelopes == []

    @pytest.mark.parametrize(
        "timestamp",
        ["yesterday", "2026-11-22", "2026-11-22T15:00:00", "2026-99-22T15:00:00Z", "x" * 41, ""],
    )
    def test_a_timestamp_needs_a_time_and_an_offset(
        self, closed_bank: World, timestamp: str
    ) -> None:
        reply = closed_bank.send("core_banking", "BALANCE_QUERY", {}, timestamp=timestamp)
        assert_explains(reply["data"]["error"], "timestamp")

    def test_unknown_fields_of_the_envelope_are_left_alone(self, bank: World) -> None:
        reply = bank.send("core_banking", "BALANCE_QUERY", {}, trace="x", extra={"a": []})
        assert "accounts" in reply["data"]

    def test_the_reply_repeats_the_readable_fields_of_a_refused_request_and_no_others(
        self, bank: World
    ) -> None:
        data = {
            "from_account": "acc-maria",
            "to_account": "x" * 1000,
            "amount": -5,
            "description": "\u202eoculto",
            "other": "x",
        }
        reply = bank.send("core_banking", "TRANSFER_REQUEST", data)
        del reply["data"]["error"]
        assert reply["data"] == {"from_account": "acc-maria", "amount": -5}

    @pytest.mark.parametrize("text", ["x" * 257, "\ud800", "a\nb", "\u202e", 5, None, []])
    def test_the_reply_repeats_no_unreadable_correlation_id_or_user(
        self, bank: World, text: Any
    ) -> None:
        reply = bank.send("core_banking", "BALANCE_QUERY", {}, user_id=text, correlation_id=text)
        assert reply["user_id"] == ""
        assert reply["correlation_id"] == "9f0a2f5e-0000-4000-8000-000000000000"
        assert bank.bus.envelopes == [reply]


TEXTS = {"correlation_id", "source", "user_id"}


def needs_data(operation: Operation) -> bool:
    return any(field.is_required() for field in operation.request_model.model_fields.values())


@pytest.mark.parametrize("event", [None, [], "", 5, {}, {"httpMethod": "GET"}, {"detail": {}}, "x"])
def test_an_event_of_no_front_door_is_told_what_there_is(closed_bank: World, event: Any) -> None:
    for handler in closed_bank.handlers.values():
        answer = through_json(handler(event, None))
        assert answer["error"]["code"] == "INVALID_REQUEST"
        assert_explains(answer["error"], "Bedrock", "EventBridge")
