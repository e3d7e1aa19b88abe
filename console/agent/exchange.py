"""One call to the bank, told as it goes: the request, the answer, and how long that took."""

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import Any

from console.agent import invocation
from console.agent.events import OperationAnswered, OperationRequested, TurnEvent
from console.agent.language import Language
from shared.clock import Clock


class NoAnswer(Exception):
    """An action group was asked and no answer came: it may or may not have acted.

    `notice` is what the person has to know besides, by language.
    """

    def __init__(self, reason: str, notice: Mapping[Language, str] | None = None) -> None:
        super().__init__(reason)
        self.notice = notice


Send = Callable[[dict[str, Any]], dict[str, Any]]
"""Sends an invocation event to its action group and returns the answer. Raises NoAnswer."""


def exchanged(
    send: Send, event: dict[str, Any], *, call_id: str, operation_id: str, clock: Clock
) -> Generator[TurnEvent, None, tuple[int, dict[str, Any]]]:
    """Send an invocation, and return the status and the body of its answer.

    Raises NoAnswer, and UnreadableAnswer for an answer that is none.
    """
    yield OperationRequested(call_id, operation_id, event)
    started = clock()
    answer = send(event)
    status, body = invocation.status_and_body(answer)
    milliseconds = (clock() - started) // timedelta(milliseconds=1)
    yield OperationAnswered(call_id, operation_id, answer, status, body, milliseconds)
    return status, body
