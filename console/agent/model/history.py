"""The messages so far, in a form that every provider accepts, and short enough for a model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ToolReturnPart,
    UserPromptPart,
)

BUDGET_CHARACTERS: Final = 120_000
"""About 40,000 tokens."""

_LEFT_OUT: Final = "(left out because the conversation is long; call again if you need it)"


def fitted(messages: Sequence[ModelMessage], budget: int = BUDGET_CHARACTERS) -> list[ModelMessage]:
    """Return the latest turns that fit, each from what the person said to the last answer.

    What does not fit is cut to half the budget, so that the next turns begin like this one, and a
    provider finds what it has kept. The turn that goes on always stays; where it is too long by
    itself, its oldest outcomes lose their content. Calls and their outcomes stay pairs.
    """
    sizes = [_size(message) for message in messages]
    starts = [index for index, message in enumerate(messages) if _is_start(message)]
    room = budget if sum(sizes) <= budget else budget // 2
    start = next((s for s in starts if sum(sizes[s:]) <= room), starts[-1])
    kept = list(messages[start:])
    if start > 0:
        kept[0] = _without_outcomes(kept[0])
    excess = sum(_size(message) for message in kept) - budget
    for index, message in enumerate(kept[:-1]):
        if excess <= 0:
            break
        kept[index] = _emptied(message)
        excess -= _size(message) - _size(kept[index])
    return kept


def _is_start(message: ModelMessage) -> bool:
    return any(isinstance(part, UserPromptPart) for part in message.parts)


def _without_outcomes(message: ModelMessage) -> ModelMessage:
    """Return what the person said, without the outcomes of calls that are no longer there."""
    assert isinstance(message, ModelRequest)
    parts = [part for part in message.parts if not isinstance(part, ToolReturnPart)]
    return replace(message, parts=parts)


def _emptied(message: ModelMessage) -> ModelMessage:
    if isinstance(message, ModelResponse):
        return message
    parts: list[ModelRequestPart] = [
        ToolReturnPart(part.tool_name, _LEFT_OUT, part.tool_call_id)
        if isinstance(part, ToolReturnPart) and len(str(part.content)) > len(_LEFT_OUT)
        else part
        for part in message.parts
    ]
    return replace(message, parts=parts)


def _size(message: ModelMessage) -> int:
    """Return how many characters a message has, about."""
    return sum(
        len(str(getattr(part, "content", ""))) + len(str(getattr(part, "args", "")))
        for part in message.parts
    )
