"""Orders with something said around them that takes them back, and numbers with a slip in them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from console.agent.language import Language
from console.fast_yaml import safe_load
from tests.support.utterances import (
    DATA,
    MONEY,
    OWN,
    Case,
    Chat,
    MakeBrain,
    offline_brain,
    read_cases,
)

PERTURBATIONS = DATA / "perturbations.yaml"
_LANGUAGES: tuple[Language, ...] = ("es", "en")
_FRAMES = {
    "es": ("mándale {} pesos a mi hermano", "mándale {} a mi hermano", "transfiere {} a Sofi"),
    "en": ("send {} pesos to my brother", "send {} to my brother", "send Sofi {}"),
}
_ALIKE = ("sz", "zs", "cs", "sc", "iy", "yi", "bv", "vb", "ie", "ei", "uo", "ou", "ao", "nm")


@cache
def perturbations() -> dict[str, Any]:
    """Return the tails, heads and numbers of the data file."""
    read: dict[str, Any] = safe_load(PERTURBATIONS.read_text(encoding="utf-8"))
    return read


def orders() -> list[Case]:
    """Return the labelled orders that a single message makes."""
    return [
        case
        for case in read_cases(OWN)
        if case.operation in MONEY and not case.before and "=" not in case.text
    ]


def taken_back() -> Iterator[Case]:
    """Yield every labelled order with each tail and each head of its language."""
    for case in orders():
        for tail in perturbations()["tails"][case.language]:
            text = case.text.rstrip(".! ")
            yield replace(case, text=f"{text}{tail}")
        for head in perturbations()["heads"][case.language]:
            yield replace(case, text=f"{head}{case.text[0].lower()}{case.text[1:]}")


def is_shown(case: Case, make_brain: MakeBrain = offline_brain) -> bool:
    """Tell whether a message has something shown to be confirmed."""
    chat = Chat(user_id=case.user, make_brain=make_brain)
    return any(proposed.operation_id in MONEY for proposed in chat.say(case.text).proposed)


@dataclass(frozen=True)
class Slip:
    """A sentence with a number that has a slip in one word, and what was meant."""

    text: str
    language: Language
    meant: Decimal


def slips() -> Iterator[Slip]:
    """Yield each number with each slip of one of its words that is not itself a number word."""
    known = frozenset(perturbations()["number_words"].split())
    for language in _LANGUAGES:
        for phrase, value in perturbations()["numbers"][language].items():
            words = phrase.split()
            for place, word in enumerate(words):
                for slip in sorted(_slips_of(word) - known):
                    said = " ".join([*words[:place], slip, *words[place + 1 :]])
                    for frame in _FRAMES[language]:
                        yield Slip(frame.format(said), language, Decimal(value))


def _slips_of(word: str) -> set[str]:
    """Return what a finger or an ear makes of a word: a letter less, twice, swapped or alike."""
    found = {word[:i] + word[i + 1 :] for i in range(len(word))}
    found |= {word[: i + 1] + word[i:] for i in range(len(word))}
    found |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    for one, other in _ALIKE:
        found |= {word[:i] + other + word[i + 1 :] for i, c in enumerate(word) if c == one}
    return {slip for slip in found if len(slip) > 1} - {word}


def shown_amount(slip: Slip, make_brain: MakeBrain = offline_brain) -> Decimal | None:
    """Return the amount that a sentence has shown to be confirmed, None when nothing is."""
    shown = Chat(make_brain=make_brain).say(slip.text).proposed
    return Decimal(shown[0].arguments["amount"]) if shown else None
