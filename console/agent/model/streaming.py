"""A streamed request to a model, with a deadline that the server cannot move."""

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

MAX_ANSWER_CHARACTERS: Final = 200_000
"""Of text, thoughts and arguments together: a model that repeats itself without end is cut off."""

Open = Callable[[], AbstractAsyncContextManager[StreamedResponse]]


class AnswerWithoutEnd(Exception):
    """The model wrote more than any answer needs."""


def streamed(opening: Open, timeout_seconds: float) -> Generator[str, None, ModelResponse]:
    """Yield the text as it arrives, and return the whole response.

    The request runs in a thread of its own, so that the reader may be any thread, even one whose
    event loop runs. Raises TimeoutError at the deadline, and whatever the request raises.
    """
    deadline = time.monotonic() + timeout_seconds
    request = _Request(opening)
    try:
        while True:
            try:
                arrived = request.arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise TimeoutError from None
            if isinstance(arrived, str):
                yield arrived
            elif isinstance(arrived, ModelResponse):
                return arrived
            else:
                raise arrived
    finally:
        request.give_up()


class _Request:
    """A request that is under way; `arrived` gets pieces of text, and at the end how it ended."""

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
                if text := _text(event):
                    self.arrived.put(text)
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
