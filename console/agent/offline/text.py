"""What a person wrote, as tokens that can be compared and still be quoted as they were written."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from shared.text import fold

TOKEN: Final = re.compile(
    r"(?P<identifier>acc-[\w-]+|[0-9]{10,20}(?![0-9]|[.,'’][0-9]))"
    r"|(?P<other>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<number>[0-9]+(?:[.,'’][0-9]+)*)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<sign>[^\s\w]|[\d_]+)"
)
"""Identifiers of accounts, words, numbers in digits, signs, and what is none of these."""
_STEM: Final = re.compile(r"[^\W\d_]+|\d+")
_MIN_STEM_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: as written, and folded into its usual spelling."""

    said: str
    word: str
    start: int
    end: int
    kind: str
    """The group of `TOKEN` that it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens that mean something together."""

    kind: str
    first: int
    last: int
    """The token after the last one."""
    value: Any = None
    """Of an account: its identifier or its type, `other` or `same`; empty where none is said."""
    way: str = ""
    """Of an account or a person: where money goes, `to` or `from`; empty when it is not said."""
    doubt: str = ""
    """Why an amount cannot be told for sure, as in the sentences `doubt_...`."""
    is_money: bool = False
    unit: str = ""
    """What an amount counts, when it counts something else."""

    @property
    def is_sure(self) -> bool:
        """Whether a number is told for sure; as an amount, a small one in words is doubted too."""
        return self.doubt in {"", "small"}

    @property
    def whole(self) -> int | None:
        """The whole number that it is, where it does not say that it is money."""
        is_one = isinstance(self.value, int | Decimal) and self.value == int(self.value)
        return int(self.value) if is_one and self.is_sure and not self.is_money else None


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, folded and without plurals, as they are compared."""
    return frozenset(stem(word) for word in _STEM.findall(fold(text)))


def stem(word: str) -> str:
    """Return what a folded word and its plural have in common: "caf" of "cafes"."""
    return word[:_MIN_STEM_LETTERS] + word[_MIN_STEM_LETTERS:].removesuffix("s").removesuffix("e")
