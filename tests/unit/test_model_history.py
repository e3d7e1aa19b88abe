"""What a model is told of the past: no more than fits, and never half of a call and its outcome."""

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from console.agent.brain import Call, CallOutcome
from console.agent.model.history import fitted
from console.agent.model.prompt import MAX_OUTCOME_CHARACTERS, outcome_texts

pytestmark = pytest.mark.slow


def turn(number: int, size: int) -> list[ModelMessage]:
    call_id = f"c{number}"
    return [
        ModelRequest([UserPromptPart(f"pregunta {number}")]),
        ModelResponse([ToolCallPart("getBalance", "{}", call_id)]),
        ModelRequest([ToolReturnPart("getBalance", "x" * size, call_id)]),
        ModelResponse([ToolCallPart("createTransfer", "{}", f"held{number}")]),
        # said while that waited for a confirmation, which begins the next turn
    ]


def long_history(turns: int, size: int) -> list[ModelMessage]:
    messages: list[ModelMessage] = []
    for number in range(turns):
        messages += turn(number, size)
        if number:
            declined = ToolReturnPart("createTransfer", "declined", f"held{number - 1}")
            start = messages[-4]
            assert isinstance(start, ModelRequest)
            start.parts = [declined, *start.parts]
    return messages


def pairs(messages: list[ModelMessage]) -> tuple[set[str], set[str]]:
    parts = [part for message in messages for part in message.parts]
    return (
        {part.tool_call_id for part in parts if isinstance(part, ToolCallPart)},
        {part.tool_call_id for part in parts if isinstance(part, ToolReturnPart)},
    )


@pytest.mark.parametrize("budget", range(50, 3000, 150))
def test_a_long_history_loses_its_oldest_turns_and_never_half_a_pair(budget: int) -> None:
    messages = long_history(8, 300)

    kept = fitted(messages, budget)

    calls, outcomes = pairs(kept)
    assert calls - outcomes == {"held7"}  # the one that is still open
    assert outcomes <= calls
    assert isinstance(kept[0], ModelRequest)
    assert isinstance(kept[0].parts[0], UserPromptPart)
    assert kept[-1] == messages[-1]


def test_a_history_that_fits_stays_as_it_is() -> None:
    messages = long_history(3, 10)

    assert fitted(messages) == messages


def test_what_is_cut_is_cut_so_far_that_the_next_turns_begin_alike() -> None:
    kept = fitted(long_history(8, 300), 2000)
    more = [*kept, *turn(8, 300)]

    assert len(kept) < 32
    assert fitted(more, 2000) == more


def test_a_turn_too_long_by_itself_loses_what_its_oldest_outcomes_held() -> None:
    messages = [*turn(0, 50_000)[:3], *turn(1, 50_000)[1:3], *turn(2, 50_000)[1:3]]

    kept = fitted(messages, 60_000)

    contents = [p.content for m in kept for p in m.parts if isinstance(p, ToolReturnPart)]
    assert [len(str(content)) > 100 for content in contents] == [False, False, True]
    assert len(kept) == len(messages)


def test_what_the_model_is_told_of_its_calls_is_bounded() -> None:
    body = {"text": "x" * 40_000}
    many = [CallOutcome(Call(str(n), "getBalance", {}), "answered", 200, body) for n in range(16)]

    assert len(outcome_texts(many[:1])[0]) == MAX_OUTCOME_CHARACTERS
    assert sum(map(len, outcome_texts(many))) <= 100_000
