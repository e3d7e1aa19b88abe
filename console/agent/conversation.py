"""A conversation as front ends hold it: what a person writes goes in, what happens comes out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from console.agent.decisions import is_surely_yes, read_decision, repeats
from console.agent.events import ConfirmationAsked, Decision, Problem, TurnEnded, TurnEvent
from console.agent.input_text import MAX_CHARACTERS, UnusableText, clean
from console.agent.language import DEFAULT, Language, language_of

_UNUSABLE: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "EMPTY": "No escribiste nada. Dime qué necesitas, por ejemplo: «¿cuánto tengo?».",
        "TOO_LONG": f"Tu mensaje es demasiado largo: el máximo son {MAX_CHARACTERS:,} caracteres. "
        "Dímelo más corto; no hice nada.",
        "CONTROL_CHARACTERS": "Tu mensaje trae caracteres invisibles o de control que no puedo "
        "leer con certeza. Escríbelo de nuevo; no hice nada.",
    },
    "en": {
        "EMPTY": "You wrote nothing. Tell me what you need, for example: “what is my balance?”.",
        "TOO_LONG": f"Your message is too long: at most {MAX_CHARACTERS:,} characters. Please make "
        "it shorter; I did nothing.",
        "CONTROL_CHARACTERS": "Your message has invisible or control characters that I cannot read "
        "for sure. Please write it again; I did nothing.",
    },
}
_NOTHING_TO_CONFIRM: Final[Mapping[Language, str]] = {
    "es": "Eso ya no espera tu confirmación; con esta respuesta no hice nada.",
    "en": "That no longer waits for your confirmation; this answer did nothing.",
}

_TO_BE_REPEATED: Final[Mapping[Language, str]] = {
    "es": "Aquí no basta un «sí»: revisa lo de arriba y escribe {repeated} para confirmar, o «no».",
    "en": "A “yes” is not enough here: check the above and type {repeated} to confirm, or “no”.",
}


class Agent(Protocol):
    """Whoever answers: the local agent or a deployed one. Each turn ends with `TurnEnded`."""

    def hear(self, text: str, language: Language) -> Iterator[TurnEvent]:
        """Answer what the person said; what waited for a confirmation is given up."""
        ...

    def resolve(
        self, invocation_id: str, decision: Decision, language: Language
    ) -> Iterator[TurnEvent]:
        """Go on with what waited for this confirmation."""
        ...


class Conversation:
    """A conversation with an agent; one turn at a time, each iterated to its end."""

    def __init__(self, agent: Agent, language: Language = DEFAULT) -> None:
        self._agent = agent
        self.language = language
        self.pending: ConfirmationAsked | None = None
        self._is_shown_again = False
        """Whether what waits was shown before something else was answered."""

    def say(self, text: str) -> Iterator[TurnEvent]:
        """Take what a person wrote. A plain yes or no decides what waits for confirmation.

        Where a yes is not enough, the person types back what the question says.
        """
        try:
            text = clean(text)
        except UnusableText as error:
            yield Problem(error.code, _UNUSABLE[self.language][error.code])
            yield TurnEnded("failed")
            return
        decision = read_decision(text)
        if decision == "CONFIRM" and self._is_shown_again and not is_surely_yes(text):
            decision = None
        if self.pending is not None and self.pending.must_repeat is not None:
            repeated = self.pending.must_repeat
            if repeats(text, repeated):
                decision = "CONFIRM"
            elif decision == "CONFIRM":
                told = _TO_BE_REPEATED[self.language].format(repeated=repeated)
                yield Problem("TO_BE_REPEATED", told)
                yield TurnEnded("confirmation")
                return
        if self.pending is not None and decision is not None:
            yield from self.decide(self.pending.invocation_id, decision)
            return
        self.language = language_of(text) or self.language
        waited, self.pending = self.pending, None
        yield from self._watched(lambda: self._agent.hear(text, self.language))
        shown = (waited, self.pending)
        calls = [(one.operation_id, one.arguments) for one in shown if one is not None]
        self._is_shown_again = calls[1:] == calls[:1] and bool(calls)

    def decide(self, invocation_id: str, decision: Decision) -> Iterator[TurnEvent]:
        """Confirm or decline what waits under this id; anything else changes nothing."""
        if self.pending is None or self.pending.invocation_id != invocation_id:
            yield Problem("NOTHING_TO_CONFIRM", _NOTHING_TO_CONFIRM[self.language])
            yield TurnEnded("failed")
            return
        self.pending, self._is_shown_again = None, False
        yield from self._watched(
            lambda: self._agent.resolve(invocation_id, decision, self.language)
        )

    def _watched(self, turn: Callable[[], Iterator[TurnEvent]]) -> Iterator[TurnEvent]:
        for event in turn():
            if isinstance(event, ConfirmationAsked):
                self.pending = event
            yield event
