"""The text that a person writes, normalised; what cannot be read exactly is refused."""

import unicodedata
from typing import Final

from shared.text import composed

MAX_CHARACTERS: Final = 2_000

_JOINERS: Final = frozenset("\u200d\ufe0f")
"""What holds an emoji together."""


class UnusableText(Exception):
    """The text cannot be read for sure; `code` says why: EMPTY, TOO_LONG or CONTROL_CHARACTERS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(text: str) -> str:
    """Return the text with single blanks and composed letters. Raises UnusableText.

    Control and invisible characters are refused rather than dropped: what stands around one may
    read as another amount or another name without it.
    """
    message = composed(text)
    if len(message) > MAX_CHARACTERS:
        raise UnusableText("TOO_LONG")
    if any(unicodedata.category(c)[0] == "C" and c not in _JOINERS for c in message):
        raise UnusableText("CONTROL_CHARACTERS")
    if not message:
        raise UnusableText("EMPTY")
    return message
