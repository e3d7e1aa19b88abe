"""The offline brain: the first reader that can use all of a message answers it.

What waits for a yes stays open through questions, and is shown again after them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from console.agent.brain import Call, CallOutcome, Heard, Say
from console.agent.offline import tasks
from console.agent.offline.amending import amended, answered, half_amended, owed, repeated
from console.agent.offline.lexicon import examples as known_examples
from console.agent.offline.lexicon import is_foreign
from console.agent.offline.naming import by_example, named
from console.agent.offline.ordering import ordered
from console.agent.offline.orders import Reading
from console.agent.offline.picking import chosen, taken
from console.agent.offline.questions import (
    asked_of_others,
    explained,
    followed_up,
    not_understood,
    questioned,
    searched,
    stated,
)
from console.agent.offline.talk import Flow, NotAnswered, Talk
from console.agent.operations import AgentOperation
from shared.clock import Clock

Reader = Callable[[Talk, Reading, tuple[str, ...]], Flow | None]

_POLITE: Final = ("courtesy", "now", "article", "here")
_MARKUP: Final = frozenset("{}<>`[]|")


def answer(talk: Talk, text: str) -> Flow:
    """Return what to do about a message."""
    memory = talk.memory
    asked, memory.asked_for, memory.is_touched = memory.asked_for, (), False
    was_shown, memory.is_shown = memory.is_shown, False
    task, question = memory.task, memory.question
    reading = talk.read(text)
    yield from next(
        flow for reader in READERS if (flow := reader(talk, reading, asked)) is not None
    )
    if memory.task is not task or task is None or memory.is_touched:
        return
    if was_shown:
        yield Say("\n" + talk.text("still_waiting"))
        yield from tasks.show_again(talk)
    elif asked and question is not None and "confirmation" not in asked:
        memory.asked_for, memory.is_live, memory.question = asked, True, question
        yield Say("\n" + question.delta, "asked")


def strange(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Answer what is no business of the bank."""
    if is_foreign(reading.said, talk.words.of("foreign")):
        return talk.answer("foreign", "not_understood")
    if not _MARKUP.isdisjoint(reading.said.text) or reading.has("injected"):
        return talk.answer("said_injected", "not_understood")
    return None


def cancelled(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Drop what is open, or one of several."""
    kinds = ("cancel_what", "courtesy", "negation", "correcting", "stop", "no", "now", "also")
    if reading.covers("cancel", *kinds):
        return tasks.drop(talk)
    is_less = reading.has("adjust") and reading.has("ordinal") and not reading.has("amount")
    task = tasks.meant(talk, reading) if reading.has("cancel") or is_less else None
    pointing = ("ordinal", "article", "from", "here", "was", "person", "name", "reason", "adjust")
    is_whole = not reading.beside("cancel", *kinds, *pointing) and not reading.is_question
    return tasks.drop_one(talk, task) if task is not None and is_whole else None


def agreed(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Take a yes where one was asked for; a thumb up keeps what waits."""
    memory = talk.memory
    is_yes = reading.covers("yes", *_POLITE, "thumbs", "also", "both", "to")
    is_pointing = memory.in_focus is not None and reading.covers("here", "courtesy", "yes")
    is_yes = is_yes or (is_pointing and memory.topic in {"search", "compare"})
    if not is_yes and not reading.covers("thumbs", "courtesy", "yes"):
        return None
    if memory.task is not None and "confirmation" in asked and is_yes:
        return tasks.go_on(talk, memory.task)
    if memory.task is not None and asked and len(memory.choices) == 1 and is_yes:
        memory.choices[0][1]()
        return tasks.go_on(talk, memory.task)
    if memory.waiting is not None:
        return _kept(talk)
    is_of_offer = memory.topic in {"search", "compare"} and not (memory.is_declined or asked)
    if memory.offer is not None and is_of_offer and not reading.has("thumbs"):
        return talk.answer("ask_buy", "asked", product=memory.offer.name)
    return _asked_again(talk, asked) if asked else talk.answer("nothing_pending")


def _kept(talk: Talk) -> Flow:
    yield talk.say("say_yes")
    yield from tasks.show_again(talk)


def _asked_again(talk: Talk, asked: tuple[str, ...]) -> Flow:
    memory = talk.memory
    question = memory.question or talk.ask("ask_none_shown", "product")
    memory.asked_for, memory.question, memory.is_touched = asked, question, True
    yield question


def denied(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Take a no where something was asked."""
    memory = talk.memory
    if not reading.covers("no", *_POLITE):
        return None
    if memory.task is None or memory.is_declined:
        return talk.answer("nothing_pending")
    if memory.choices and "recipient" in asked:
        return talk.asking("ask_recipient_amount", "recipient")
    return tasks.drop(talk)


READERS: Final[tuple[Reader, ...]] = (
    named,
    strange,
    cancelled,
    agreed,
    denied,
    explained,
    by_example,
    repeated,
    answered,
    ordered,
    amended,
    taken,
    asked_of_others,
    chosen,
    questioned,
    followed_up,
    owed,
    half_amended,
    stated,
    searched,
    not_understood,
)
"""The last of them answers everything."""


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
        self._talk = Talk(operations, clock, examples=examples or known_examples())
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
