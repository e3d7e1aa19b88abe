"""The brain that is a language model: one request for each step, and the history."""

import codecs
import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters

from console.agent.brain import BrainUnavailable, Call, CallOutcome, Heard, Say
from console.agent.language import DEFAULT, Language
from console.agent.model import prompt
from console.agent.model.history import fitted
from console.agent.model.model_errors import CutAnswer, EmptyAnswer, sentence
from console.agent.model.providers import Provider
from console.agent.model.streaming import streamed
from console.agent.operations import AgentOperation
from console.agent.patience import Patience
from shared import json_text
from shared.clock import Clock

_NOT_A_TOOL_NAME: Final = re.compile(r"[^a-zA-Z0-9_-]")
_MAX_TOOL_NAME: Final = 64
_UTF_16: Final = "utf-16-le"
_NO_OUTCOME: Final = CallOutcome(Call("", "", {}), "unanswered")


class ModelBrain:
    """Thinks with a model; the history it keeps is one that every provider accepts.

    A step that fails leaves the history as it was before.
    """

    is_model = True

    def __init__(
        self,
        provider: Provider,
        *,
        operations: Mapping[str, AgentOperation],
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._patience = patience
        self._parameters = ModelRequestParameters(function_tools=prompt.tools(operations))
        self._language: Language = DEFAULT
        self._history: list[ModelMessage] = []
        self._open_calls: list[ToolCallPart] = []
        self._calls_made = 0

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call]:
        """Ask the model once. Raises BrainUnavailable."""
        for heard in inputs:
            if isinstance(heard, Heard):
                self._language = heard.language
        history = fitted([*self._history, self._request(inputs)])
        try:
            response = yield from self._answer(history)
        except Exception as error:
            # Whatever the library raises came of talking with a server that anybody may have made.
            told = sentence(error, self._provider, self._language)
            raise BrainUnavailable(told) from error
        kept, calls = self._made_unique(response)
        yield from calls
        self._history = [*history, kept]
        self._open_calls = [part for part in kept.parts if isinstance(part, ToolCallPart)]

    def _request(self, inputs: Sequence[Heard | CallOutcome]) -> ModelRequest:
        """Return what happened as a message, with exactly one outcome for each call before."""
        outcomes = {i.call.call_id: i for i in inputs if isinstance(i, CallOutcome)}
        texts = prompt.outcome_texts(
            [outcomes.get(part.tool_call_id, _NO_OUTCOME) for part in self._open_calls]
        )
        parts: list[ModelRequestPart] = [
            ToolReturnPart(part.tool_name, text, part.tool_call_id)
            for part, text in zip(self._open_calls, texts, strict=True)
        ]
        parts += [
            UserPromptPart(prompt.heard(heard.text, heard.language, self._clock))
            for heard in inputs
            if isinstance(heard, Heard)
        ]
        return ModelRequest(parts=parts, instructions=prompt.INSTRUCTIONS)

    def _answer(self, history: list[ModelMessage]) -> Generator[Say, None, ModelResponse]:
        pieces = streamed(lambda: self._provider.open(history, self._parameters), self._patience)
        response = yield from _said(pieces)
        if not any(_says_something(part) for part in response.parts):
            raise EmptyAnswer
        has_calls = any(isinstance(part, ToolCallPart) for part in response.parts)
        if response.finish_reason == "length" and not has_calls:
            raise CutAnswer
        return response

    def _made_unique(self, response: ModelResponse) -> tuple[ModelResponse, list[Call]]:
        """Return the response as it is kept, and its calls, under ids that no server can spoil."""
        parts: list[ModelResponsePart] = []
        calls = []
        for part in response.parts:
            if isinstance(part, TextPart | ThinkingPart):
                parts.append(replace(part, content=_in_unicode(part.content)))
                continue
            if not isinstance(part, ToolCallPart):
                parts.append(part)
                continue
            self._calls_made += 1
            call_id = f"call{self._calls_made:05}"  # the form that the strictest model asks for
            text = _in_unicode(_as_json(part.args))
            name = _NOT_A_TOOL_NAME.sub("_", part.tool_name)[:_MAX_TOOL_NAME] or "_"
            parts.append(
                ToolCallPart(
                    name,
                    text,
                    call_id,
                    provider_name=part.provider_name,
                    provider_details=part.provider_details,
                )
            )
            calls.append(Call(call_id, part.tool_name, _arguments(text)))
        return replace(response, parts=parts), calls


def _said(
    pieces: Generator[str, None, ModelResponse],
) -> Generator[Say, None, ModelResponse]:
    characters = codecs.getincrementaldecoder(_UTF_16)("replace")
    try:
        while True:
            piece = next(pieces).encode(_UTF_16, "surrogatepass")
            yield Say(characters.decode(piece))
    except StopIteration as end:
        response: ModelResponse = end.value
        return response
    finally:
        pieces.close()


def _in_unicode(text: str) -> str:
    """Return a text with the halves of a character together, which JSON can spell and cut apart.

    A half alone, which nobody could be sent, becomes U+FFFD.
    """
    return text.encode(_UTF_16, "surrogatepass").decode(_UTF_16, "replace")


def _says_something(part: ModelResponsePart) -> bool:
    return isinstance(part, ToolCallPart) or (
        isinstance(part, TextPart) and bool(part.content.strip())
    )


def _as_json(given: str | Mapping[str, Any] | None) -> str:
    """Return arguments as JSON text, in which a float is written as its shortest decimal."""
    return given if isinstance(given, str) else json.dumps(given or {})


def _arguments(text: str) -> Mapping[str, Any] | str:
    """Return arguments with exact numbers, or the text that should have been a JSON object."""
    try:
        arguments = json_text.loads(text or "{}")
    except (ValueError, RecursionError):
        return text
    return arguments if isinstance(arguments, Mapping) else text
