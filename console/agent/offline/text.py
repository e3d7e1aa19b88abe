"""What a person wrote, as words that can be compared and still be quoted as they were written."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from console.agent.offline.spelling import usual_spelling
from shared.text import fold

_TOKEN: Final = re.compile(
    r"[^\W\d_]+(?:-[^\W_]+)+"  # an identifier, or words joined by hyphens
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9]+(?:[.,'’][0-9]+)*"
    r"|[^\W\d_][^\W_]*(?:['’][^\W\d_]+)*"
    r"|[^\s\w]|[\d_]+"
)
_OPENING_QUOTES: Final = {"«": "»", "“": "”", '"': '"', "„": "“", "‘": "’"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign: as written, and folded into its usual spelling."""

    said: str
    word: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.said[0].isascii() and self.said[0].isdigit()

    @property
    def is_sign(self) -> bool:
        """Whether it is neither a word nor a number."""
        return not self.said[0].isalnum()


@dataclass(frozen=True, slots=True)
class Said:
    """A message: its text, its tokens, and the tokens' words joined by single blanks."""

    text: str
    tokens: tuple[Token, ...]
    plain: str
    places: tuple[int, ...]
    """Where in `plain` each token begins."""

    def quote(self, first: int, last: int) -> str:
        """Return the tokens from `first` up to `last`, as they were written."""
        if first >= last:
            return ""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]

    def tokens_at(self, start: int, end: int) -> range:
        """Return the tokens that a part of `plain` covers."""
        covered = [
            index
            for index, place in enumerate(self.places)
            if place < end and place + len(self.tokens[index].word) > start
        ]
        return range(covered[0], covered[-1] + 1) if covered else range(0)

    def quoted(self) -> frozenset[int]:
        """Return the tokens that stand between quotation marks."""
        inside: set[int] = set()
        closing = ""
        for index, token in enumerate(self.tokens):
            if closing:
                inside.add(index)
                closing = "" if token.said == closing else closing
            elif token.said in _OPENING_QUOTES:
                closing = _OPENING_QUOTES[token.said]
        return frozenset(inside)


@lru_cache(maxsize=64)
def read(text: str) -> Said:
    """Split a text into tokens."""
    tokens = tuple(
        Token(found.group(), usual_spelling(fold(found.group())), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    )
    places, length = [], 0
    for token in tokens:
        places.append(length)
        length += len(token.word) + 1
    return Said(text, tokens, " ".join(token.word for token in tokens), tuple(places))
