"""What a phrase says: its words, and whether it may name one person at all."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final, NamedTuple

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import (
    Key,
    bare,
    content_words,
    without_articles,
)
from action_groups.crm.aliases.words import Word, read_words
from shared.text import alphabets

MAX_WORDS: Final = 12
MAX_PARTS: Final = 6
_UNSURE: Final = vocabulary.HEDGES | vocabulary.COMMANDS


class Phrase(NamedTuple):
    """What the customer said, in parts when several people are named."""

    key: Key
    parts: tuple[tuple[Word, ...], ...]
    bare_parts: tuple[tuple[Word, ...], ...]
    """The same without particles: "renta del depa" is "renta depa"."""
    is_plain: bool
    has_article: bool
    is_possessive: bool


def read_phrase(key: Key, recorded: AbstractSet[str]) -> Phrase:
    """Read a phrase by its key, its words compared with those of the records."""
    tokens = key.tokens
    spoken = [without_articles(part) for part in split(tokens)]
    is_hedged = any(not _UNSURE.isdisjoint(part) for part in spoken)
    contents = [content_words([word for word in part if word not in _UNSURE]) for part in spoken]
    parts = [part for part in contents if part]
    compared = [part[:MAX_WORDS] for part in parts[:MAX_PARTS]]
    texts = {text for part in compared for word in part for text in (word, bare(word))}
    words = read_words(texts, recorded)
    is_plain = len(parts) == 1 and not is_hedged and not is_plural(tokens)
    return Phrase(
        key=key,
        parts=tuple(tuple(words[word] for word in part) for part in compared),
        bare_parts=tuple(tuple(words[bare(word)] for word in part) for part in compared),
        is_plain=is_plain and len(parts[0]) <= MAX_WORDS,
        has_article=not vocabulary.ARTICLES.isdisjoint(tokens),
        is_possessive=not vocabulary.POSSESSIVES.isdisjoint(tokens),
    )


def is_trusted(phrase: str) -> bool:
    """Tell whether a phrase is written as people write, so that it may name one person."""
    return is_readable(phrase) and len(alphabets(phrase)) <= 1


def is_plural(tokens: Sequence[str]) -> bool:
    """Tell whether several people are meant; "María de los Ángeles" is one."""
    return any(
        word in vocabulary.PLURAL_DETERMINERS and before not in vocabulary.PARTICLES
        for before, word in pairwise(["", *tokens])
    )


def split(tokens: Iterable[str]) -> Iterator[list[str]]:
    """Split at conjunctions and commas."""
    part: list[str] = []
    for token in tokens:
        if token in vocabulary.SEPARATORS:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def is_readable(text: str) -> bool:
    """Tell whether a text has no character that is invisible or changes the reading order."""
    if text.isascii():
        return text.isprintable()
    return all(
        unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in {"Zl", "Zp"}
        for c in text
    )
