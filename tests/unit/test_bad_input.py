"""Guarantee 5: every input gets an answer that says what to correct, and changes nothing.

The operations are those that are declared, and what is wrong is tried on their examples.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.agent import invocation
from shared.decoding import _base_type
from shared.front_doors import bedrock
from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import (
    ON_AGENT_DOOR,
    ON_BUS_DOOR,
    RIGHT,
    STEPS,
    as_text,
    furnish,
    wrong_values,
)
from tests.support.faults import ReadOnlyDatabase
from tests.support.world import World, operations_in_schema, through_json

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
EXTRA_NAMES = {
    "user_id": "`user_id` is not a parameter",
    "Amount": "`Amount` is not a parameter",
    "x" * 10_000: f"`{'x' * 64}` is not a parameter",
    "a\nb": "`?` is not a parameter",
    "\u202e": "`?` is not a parameter",
    "": "`?` is not a parameter",
    "\ud800": "`?`",
}


@pytest.fixture
def closed_bank(bank: World) -> Iterator[World]:
    """A bank that takes no change: a commit, tried on a malformed request, would answer a 500."""
    furnish(bank)
    bank.connect(ReadOnlyDatabase(bank.client))
    before = bank.snapshot()
    yield bank
    assert bank.snapshot() == before


def by_id(operation: Operation) -> str:
    return operation.operation_id


on_agent_door = pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=by_id)
on_bus_door = pytest.mark.parametrize("operation", ON_BUS_DOOR, ids=by_id)


def call(bank: World, operation: Operation, arguments: dict[str, Any]) -> tuple[int, Any]:
    return bank.invoke(operation.group, bank.invocation(operation.operation_id, **arguments))


def send(bank: World, operation: Operation, data: Any) -> Any:
    return bank.send(operation.group, operation.event_type or "", data)


def assert_explains(error: Any, *mentions: str) -> None:
    assert set(error) == {"code", "message"}
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", error["code"])
    message = error["message"]
    assert message.endswith("."), message
    assert message.isprintable(), ascii(message)
    assert 10 < len(message) < 1000, message
    for mention in mentions:
        assert mention in message, message


def assert_refused(
    answered: tuple[int, Any], *mentions: str, code: str = "INVALID_REQUEST"
) -> None:
    status, body = answered
    assert 400 <= status < 500, body
    assert set(body) == {"error"}
    assert body["error"]["code"] == code
    assert_explains(body["error"], *mentions)


def assert_reply_refuses(
    bank: World, operation: Operation, reply: Any, *mentions: str, code: str = "INVALID_REQUEST"
) -> None:
    assert set(reply) == {
        "version",
        "event_type",
        "correlation_id",
        "timestamp",
        "source",
        "user_id",
        "data",
    }
    assert reply["event_type"] == operation.failure_event
    assert reply["source"] == operation.source
    assert reply["data"]["error"]["code"] == code
    assert_explains(reply["data"]["error"], *mentions)
    assert bank.bus.envelopes == [reply], "published, once"
    bank.bus.envelopes.clear()


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


PLACES_THAT_COUNT = {"apiPath", "httpMethod", "parameters", "requestBody", "sessionAttributes"}
AGENT_PLACES = [*sorted(PLACES_THAT_COUNT), "sessionId", "actionGroup", "promptSessionAttributes"]


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


ENVELOPE: dict[str, Any] = {
    "version": "1.0",
    "event_type": "TRANSFER_REQUEST",
    "correlation_id": "correlation-1",
    "timestamp": "2026-11-22T15:00:00Z",
    "source": "agentcore",
    "user_id": "user-maria",
    "data": {},
}


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


TEXTS = {"correlation_id", "source", "user_id"}


def envelope_of(operation: Operation, data: Any) -> dict[str, Any]:
    return ENVELOPE | {"event_type": operation.event_type, "data": data}


def needs_data(operation: Operation) -> bool:
    return any(field.is_required() for field in operation.request_model.model_fields.values())


@pytest.mark.parametrize("event", [None, [], "", 5, {}, {"httpMethod": "GET"}, {"detail": {}}, "x"])
def test_an_event_of_no_front_door_is_told_what_there_is(closed_bank: World, event: Any) -> None:
    for handler in closed_bank.handlers.values():
        answer = through_json(handler(event, None))
        assert answer["error"]["code"] == "INVALID_REQUEST"
        assert_explains(answer["error"], "Bedrock", "EventBridge")


texts = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(
    ["acc-maria", "acc-juan", "100", "user-maria", "2026-11-22", "mi hermano", "x" * 300]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def agent_events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an agent's event that is right but for a few places."""
    operation = draw(st.sampled_from(ON_AGENT_DOOR))
    arguments = {**RIGHT[operation.operation_id], **draw(some_wrong(operation))}
    event = invocation.invocation(
        operations_in_schema()[operation.operation_id],
        arguments,
        session_id="session-1",
        session_attributes={"user_id": "user-maria"},
    )
    return event | draw(few(st.sampled_from(AGENT_PLACES)))


@st.composite
def bus_events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event of the bus that is right but for a few places."""
    operation = draw(st.sampled_from(ON_BUS_DOOR))
    data = {**RIGHT[operation.operation_id], **draw(some_wrong(operation))}
    detail: Any = envelope_of(operation, data)
    detail |= draw(few(st.sampled_from(sorted(detail))))
    event = {
        "detail-type": operation.event_type,
        "source": "agentcore",
        "time": "2026-11-22T15:00:00Z",
        "detail": detail,
    }
    return event | draw(few(st.sampled_from(["source", "time"])))


def some_wrong(operation: Operation) -> st.SearchStrategy[dict[str, Any]]:
    return few(st.sampled_from(sorted(operation.request_model.model_fields)) | texts)


def few(names: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw none, one or two names, each with anything."""
    return st.sampled_from([0, 1, 2]).flatmap(
        lambda size: st.lists(st.tuples(names, anything), min_size=size, max_size=size).map(dict)
    )


def check_the_answers(bank: World, event: Any) -> None:
    for handler in bank.handlers.values():
        try:
            answer = through_json(handler(event, None))
        except EventNotHandled as left:
            if str(left) not in {"SOURCE_NOT_ALLOWED", "UNKNOWN_OPERATION"}:
                raise
            continue
        if "response" in answer:
            assert answer["response"]["httpStatusCode"] < 500
        elif "event_type" in answer:
            assert set(answer) == set(ENVELOPE)
        else:
            assert_explains(answer["error"])


def test_whatever_arrives_gets_a_well_formed_answer_that_is_no_server_error(bank: World) -> None:
    furnish(bank)

    @settings(max_examples=4 * settings().max_examples)
    @given(event=agent_events() | bus_events() | anything)
    def search(event: Any) -> None:
        check_the_answers(bank, event)

    search()


@pytest.mark.parametrize(
    ("unchecked", "junk"),
    [("_attributes", {"sessionAttributes": ["x"]}), ("_list", {"parameters": 5})],
)
def test_a_front_door_that_checks_less_does_not_pass(
    bank: World, monkeypatch: pytest.MonkeyPatch, unchecked: str, junk: dict[str, Any]
) -> None:
    """The control of the test above."""
    event = bank.invocation("getBalance") | junk
    check_the_answers(bank, event)
    monkeypatch.setattr(bedrock, unchecked, lambda holder, name: holder.get(name) or {})
    with pytest.raises(AssertionError):
        check_the_answers(bank, event)
