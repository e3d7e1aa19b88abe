"""Guarantee 5 of whatever arrives: it gets a well-formed answer that is no server error."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.agent import invocation
from shared.front_doors import bedrock
from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, ON_BUS_DOOR, RIGHT, furnish
from tests.support.refusals import ENVELOPE, PLACES_THAT_COUNT, assert_explains, envelope_of
from tests.support.world import World, operations_in_schema, through_json

AGENT_PLACES = [*sorted(PLACES_THAT_COUNT), "sessionId", "actionGroup", "promptSessionAttributes"]


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
    fields = sorted(operation.request_model.model_fields)
    return few(st.sampled_from(fields) | texts if fields else texts)


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
