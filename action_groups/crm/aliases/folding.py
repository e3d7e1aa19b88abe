"""Texts without articles, and the words that are left.

The two keys of an alias are made here: the one it is stored under and the one it is compared by.
"""

from collections.abc import Sequence
from typing import Final

from action_groups.crm.aliases import vocabulary
from shared.text import PUNCTUATION, composed, tokens_of

CONJUNCTION_SIGNS: Final = {"&": "y", "+": "y"}


class Key:
    """What an alias or a name is compared by, empty when it says nothing.

    `written` is the text, `literal` the key of the index. `endings` are how the last word may be
    written: a text with none of them has another key and not all of its words, and need not be
    made a key of.
    """

    def __init__(self, text: str) -> None:
        self.written = text
        self.literal = index_key(text)
        self.tokens = tokens_of(text)
        self.words = key_words(self.tokens)
        self.text = " ".join(self.words)
        last = self.words[-1:]
        self.endings = frozenset(last).union(
            s for s, word in CONJUNCTION_SIGNS.items() if [word] == last
        )

    def is_of(self, tokens: Sequence[str]) -> bool:
        """Tell whether a text with these tokens has this key."""
        return self.may_be_in(tokens) and key_words(tokens) == self.words

    def may_be_in(self, tokens: Sequence[str]) -> bool:
        """Tell whether the last word is among these tokens."""
        return not self.endings.isdisjoint(tokens)


def index_key(alias: str) -> str:
    """Return what `alias_lower` holds for an alias: it in lower case, blanks made single."""
    return composed(alias).lower()


def comparison_key(alias: str) -> str:
    """Return what is left of an alias without case, accents, articles and leading prepositions.

    Two aliases with the same key sound the same. Empty when the alias says nothing.
    """
    return " ".join(key_words(tokens_of(alias)))


def key_words(tokens: Sequence[str]) -> list[str]:
    """Return the words of the comparison key of a text with these tokens."""
    words = [token for token in tokens if token not in PUNCTUATION]
    if not CONJUNCTION_SIGNS.keys().isdisjoint(words):
        words = [CONJUNCTION_SIGNS.get(word, word) for word in words]
    return without_articles(words)


def without_articles(tokens: Sequence[str]) -> list[str]:
    """Return the words without articles, possessives and leading prepositions."""
    words = [word for word in tokens if word not in vocabulary.ARTICLES_AND_POSSESSIVES]
    leading = 0
    while leading < len(words) and words[leading] in vocabulary.LEADING_PREPOSITIONS:
        leading += 1
    return words[leading:]


def content_words(tokens: Sequence[str]) -> Sequence[str]:
    """Return the words that tell whom a text is about, with what belongs together joined."""
    if _CHANGED_WORDS.isdisjoint(tokens):
        return tokens
    joined = _join_expressions(list(tokens))
    words = [word for word in without_articles(joined) if word not in vocabulary.COURTESIES]
    short = _ABBREVIATIONS_IN_NAMES if len(words) > 1 else vocabulary.ABBREVIATIONS
    return _join_particles([short.get(word, word) for word in words])


_EXPRESSION_STARTS: Final = frozenset(words[0] for words in vocabulary.EXPRESSIONS)
_ABBREVIATIONS_IN_NAMES: Final = vocabulary.ABBREVIATIONS | vocabulary.NAME_ABBREVIATIONS
_GENITIVES: Final = frozenset({"'s", "’s"})
_CHANGED_WORDS: Final = (
    _EXPRESSION_STARTS
    | _GENITIVES
    | vocabulary.ARTICLES_AND_POSSESSIVES
    | vocabulary.LEADING_PREPOSITIONS
    | vocabulary.COURTESIES
    | _ABBREVIATIONS_IN_NAMES.keys()
    | vocabulary.PARTICLES
)
"""Most names have none of the words that are left out, joined or written in full."""


def _join_expressions(tokens: list[str]) -> list[str]:
    if _EXPRESSION_STARTS.isdisjoint(tokens):
        return tokens
    joined: list[str] = []
    position = 0
    while position < len(tokens):
        for length in (3, 2):
            meaning = vocabulary.EXPRESSIONS.get(tuple(tokens[position : position + length]))
            if meaning is not None:
                joined.extend([meaning] if meaning else [])
                position += length
                break
        else:
            joined.append(tokens[position])
            position += 1
    return joined


def _join_particles(words: list[str]) -> list[str]:
    """Make one word of "de la tienda", and of "Juan's", so that "tienda" or "Juan" is not said."""
    joined: list[str] = []
    particle = False
    for word in words:
        if word in vocabulary.PARTICLES:
            particle = True
        elif word in _GENITIVES:
            joined[-1:] = [f"{owner} 's" for owner in joined[-1:]]
        else:
            joined.append(f"de {word}" if particle else word)
            particle = False
    return [*joined, "de "] if particle else joined


def bare(word: str) -> str:
    """Return a word without the particle it was joined with."""
    return word.removeprefix("de ")


def is_particle_word(word: str) -> bool:
    """Tell whether a word was joined with its particle, such as "de la tienda"."""
    return " " in word
