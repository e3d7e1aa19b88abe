"""What became of a change that a person confirmed, by the answer of the bank."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from console.agent.events import Settlement
from console.agent.language import Language

_FIRST_REFUSAL: Final = 400
_FIRST_FAILURE: Final = 500

_STATE_SENTENCES: Final[Mapping[Settlement, Mapping[Language, str]]] = {
    "changed": {
        "es": "Los términos ya no son los que viste, o pasó demasiado tiempo: no se hizo nada. "
        "Estos son los de ahora.",
        "en": "The terms are no longer those that you saw, or it took too long: nothing was done. "
        "These are the present ones.",
    },
    "done": {
        "es": "Lo que confirmaste sí quedó hecho.",
        "en": "What you confirmed was done.",
    },
    "pending": {
        "es": "Lo que confirmaste quedó registrado y sigue en camino: pregunta después cómo acabó.",
        "en": "What you confirmed is registered and under way: ask later how it ended.",
    },
    "refused": {
        "es": "Lo que confirmaste no se hizo: el banco lo rechazó.",
        "en": "What you confirmed was not done: the bank refused it.",
    },
    "unknown": {
        "es": "No sé si lo que confirmaste se hizo. Si pides lo mismo otra vez, no se hará dos "
        "veces.",
        "en": "I do not know whether what you confirmed was done. If you ask for the same again, "
        "it is not done twice.",
    },
}
_DIFFERENT_STATES: Final[Mapping[Language, str]] = {
    "es": "De lo que confirmaste no todo acabó igual: pregunta qué pasó antes de repetir algo.",
    "en": "Not all that you confirmed ended alike: ask what happened before you repeat anything.",
}
MAY_BE_DONE: Final[Mapping[Language, str]] = {
    "es": "No sé si lo que confirmaste se hizo. Puedes confirmar otra vez: aunque ya se haya "
    "hecho, no se hará dos veces.",
    "en": "I do not know whether what you confirmed was done. You can confirm again: even if it "
    "was done, it will not be done twice.",
}


def change_state(status: int, body: Mapping[str, Any]) -> Settlement:
    """Return what an answer says of a change.

    A bank that fails does not know itself whether the change was committed.
    """
    if status >= _FIRST_FAILURE:
        return "unknown"
    if status >= _FIRST_REFUSAL or body.get("status") in {"failed", "cancelled"}:
        return "refused"
    return "pending" if body.get("status") == "pending" else "done"


def settlement_sentence(state: Settlement, language: Language) -> str:
    """Return what became of a confirmed call, for the person."""
    return _STATE_SENTENCES[state][language]


def state_sentence(states: Iterable[Settlement], language: Language) -> str:
    """Return what is known of confirmed calls when the rest of their turn failed."""
    different = set(states)
    return (
        _STATE_SENTENCES[different.pop()][language]
        if len(different) == 1
        else _DIFFERENT_STATES[language]
    )
