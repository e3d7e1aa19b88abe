"""Texts that people write, made comparable: folded, split into tokens, gathered in word sets."""

import re
import unicodedata
from typing import Final

_TOKEN: Final = re.compile(r"['’]s\b|[^\W_]+|[&+,;/]")
PUNCTUATION: Final = frozenset(",;/")
"""The tokens that are neither a word nor stand for one."""


def composed(text: str) -> str:
    """Return a text with composed letters (NFC) and single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return a text in lower case, without accents and invisible characters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})


def tokens_of(text: str) -> list[str]:
    """Return the words, English genitives and separating signs of a text, folded."""
    return _TOKEN.findall(fold(text))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are separated by blanks, as they are."""
    return frozenset(text.split())
