"""A streamed request to a model, with deadlines that the server cannot move."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from pydantic_ai.messages import (
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPartDelta,
    ToolCallPartDelta,
)
from pydantic_ai.models import StreamedResponse

from console.agent.patience import Patience

MAX_ANSWER_CHARACTERS: Final = 200_000
"""Of text, thoughts and arguments together: a model that repeats itself without end is cut off."""

Open = Callable[[], AbstractAsyncContextManager[StreamedResponse]]


class AnswerWithoutEnd(Exception):
    """The model wrote more, or longer, than any answer needs."""


class Silence(Exception):
    """The model did not begin, or did not go on, within some seconds."""

    def __init__(self, seconds: float, *, has_begun: bool) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.has_begun = has_begun


def streamed(opening: Open, patience: Patience) -> Generator[str, None, ModelResponse]:
    """Yield the text as it arrives, and return the whole response.

    The request runs in a thread of its own, so that the reader may be any thread, even one whose
    event loop runs. Raises Silence, AnswerWithoutEnd, and whatever the request raises.
    """
    end = time.monotonic() + patience.whole
    request = _Request(opening)
    has_begun = False
    try:
        while True:
            seconds = patience.between if has_begun else patience.first
            left = max(0.0, end - time.monotonic())
            try:
                arrived = request.arrived.get(timeout=min(seconds, left))
            except Empty:
                if left < seconds:
                    raise AnswerWithoutEnd from None
                raise Silence(seconds, has_begun=has_begun) from None
            has_begun = True
            if isinstance(arrived, str):
                if arrived:
                    yield arrived
            elif isinstance(arrived, ModelResponse):
                return arrived
            else:
                raise arrived
    finally:
        request.give_up()


class _Request:
    """A request that is under way; `arrived` gets its pieces, and at the end how it ended.

    A piece is text for the person, or empty where the model thinks or writes a call.
    """

    def __init__(self, opening: Open) -> None:
        self.arrived: SimpleQueue[str | ModelResponse | BaseException] = SimpleQueue()
        self._opening = opening
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._read())
        Thread(target=self._run, name="model-request", daemon=True).start()

    def give_up(self) -> None:
        """Stop reading and close the connection; does nothing when all was read."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._task.cancel)

    def _run(self) -> None:
        try:
            end: ModelResponse | BaseException = self._loop.run_until_complete(self._task)
        except BaseException as error:  # noqa: BLE001 it is raised in the reader's thread
            end = error
        try:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()
            self.arrived.put(end)

    async def _read(self) -> ModelResponse:
        size = 0
        async with self._opening() as stream:
            async for event in stream:
                size += _size(event)
                if size > MAX_ANSWER_CHARACTERS:
                    raise AnswerWithoutEnd
                self.arrived.put(_text(event))
            return stream.get()


def _text(event: ModelResponseStreamEvent) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
    return ""


def _size(event: ModelResponseStreamEvent) -> int:
    match event:
        case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str(written))):
            return len(written)
        case PartDeltaEvent(delta=ToolCallPartDelta(args_delta=str(written))):
            return len(written)
    return len(_text(event))
