"""The brain's sentences: which one, in the person's language."""

from collections.abc import Mapping
from typing import Final

from console.agent.language import Language
from console.agent.offline.replies_en import ENGLISH
from console.agent.offline.replies_es import SPANISH

REPLIES: Final[Mapping[Language, Mapping[str, str]]] = {"es": SPANISH, "en": ENGLISH}

_BENEFITS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {"cashback": "cashback", "points": "puntos"},
    "en": {"cashback": "cashback", "points": "points"},
}


def reply(language: Language, key: str, **fields: object) -> str:
    """Return a sentence with its fields filled in."""
    return REPLIES[language][key].format(**fields)


def refusal(language: Language, code: str, message: str) -> str:
    """Return why the bank declined: by its code, else in the bank's own words."""
    known = REPLIES[language].get(f"refused_{code}")
    if known is not None:
        return known
    return reply(language, "refused", message=message or code)


def benefit_name(language: Language, benefit: str) -> str:
    """Return what a benefit such as MSI-12 is called."""
    kind, _, months = benefit.partition("-")
    return f"{months} MSI" if months else _BENEFITS[language].get(kind, benefit)
