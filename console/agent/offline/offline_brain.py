"""A brain without a language model: rules for Mexican Spanish and English, and the schemas."""

from collections.abc import Iterator, Mapping, Sequence

from console.agent.brain import Call, CallOutcome, Heard, Say
from console.agent.offline.dialogue import answer
from console.agent.offline.lexicon import examples as lexicon_examples
from console.agent.offline.talk import Flow, NotAnswered, Talk
from console.agent.operations import AgentOperation
from shared.clock import Clock


class OfflineBrain:
    """Understands everyday banking and shopping, and asks where it is not sure.

    `examples` are phrases for operations that were added; by default those of the words' files.
    """

    is_model = False

    def __init__(
        self,
        operations: Mapping[str, AgentOperation],
        *,
        clock: Clock,
        examples: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._talk = Talk(operations, clock, examples=examples or dict(lexicon_examples()))
        self._flow: Flow | None = None

    @property
    def awaiting(self) -> tuple[str, ...]:
        """What the last question asked for: amount, recipient, account, product, benefit, ..."""
        return self._talk.memory.asked_for

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call]:
        """Go on after what happened: with a new message, or with the answers to the calls."""
        heard = next((one for one in inputs if isinstance(one, Heard)), None)
        if heard is not None:
            if self._flow is not None:
                self._flow.close()
            self._talk.language = heard.language
            self._flow = self._answered(answer(self._talk, heard.text))
            yield from self._advance(self._flow, None)
        elif self._flow is not None:
            yield from self._advance(self._flow, [i for i in inputs if isinstance(i, CallOutcome)])

    def _advance(self, flow: Flow, outcomes: list[CallOutcome] | None) -> Iterator[Say | Call]:
        """Run a flow to its next calls or its end."""
        try:
            step = flow.send(outcomes) if outcomes is not None else next(flow)
            while isinstance(step, Say):
                yield step
                step = next(flow)
        except StopIteration:
            self._flow = None
            return
        yield from step

    def _answered(self, flow: Flow) -> Flow:
        """Go through a flow, and say so when the bank gives no answer to go on with."""
        try:
            yield from flow
        except NotAnswered as stop:
            yield self._talk.explain(stop.outcome)
