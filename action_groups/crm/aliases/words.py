"""How much a word of the phrase is like a word of a record, and what else it may stand for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from typing import Final

from jellyfish import damerau_levenshtein_distance

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.vocabulary import NO_SENSES, Senses

MIN_TYPO_LETTERS: Final = 5
MIN_TWO_TYPOS_LETTERS: Final = 10
MAX_EDITS: Final = 3
"""How far the spellings of one sound are apart at most."""


class Likeness(IntEnum):
    """How much a word of the phrase is like a word of a record."""

    NONE = 0
    DOUBTFUL_TYPO = 1
    TYPO = 2
    FAMILIAR = 3
    SOUND = 4
    SAME = 5


_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^x", "j"),
        (r"ch", "1"),
        (r"ph", "f"),
        (r"h", ""),
        (r"qu(?=[ei])", "k"),
        (r"gu(?=[ei])", "2"),
        (r"g(?=[ei])", "j"),
        (r"2", "g"),
        (r"c(?=[eiy])", "s"),
        (r"ck|[cq]", "k"),
        (r"z", "s"),
        (r"v", "b"),
        (r"ll", "y"),
        (r"y(?![aeiou])", "i"),
        (r"(.)\1+", r"\1"),
    )
)
"""How Spanish spelling sounds in Mexico, in the order the rules apply."""


@lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    if any(character.isdigit() for character in word):
        return word
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the phrase, with all that it may stand for."""

    text: str
    names: frozenset[str]
    senses: Senses
    alike: Mapping[str, Likeness]
    """How much it is like the words of the records; those that are not like it are left out."""


def read_word(text: str, recorded: Sequence[str]) -> Word:
    """Return all that a word may stand for, among the words of the records as well."""
    is_known = text in recorded or text in vocabulary.all_words()
    neighbours = [] if is_known else _known_neighbours(text)
    near = _near_words(text, recorded)
    alike = {target: _likeness(text, target, neighbours, is_known=is_known) for target in near}
    bases = vocabulary.diminutive_bases(text)
    familiar = [
        target
        for target in recorded
        if target in bases or text in vocabulary.diminutive_bases(target)
    ]
    alike |= dict.fromkeys(familiar, Likeness.FAMILIAR)
    return Word(
        text=text,
        names=names_of_pet_name(text),
        senses=_senses_of(text, neighbours, is_known=is_known),
        alike={target: likeness for target, likeness in alike.items() if likeness},
    )


def names_of_pet_name(text: str) -> frozenset[str]:
    """Return the names; "Chuyita" is a woman, so not Jesús, though "Rafita" may be Rafael."""
    names = set(vocabulary.HYPOCORISTICS.get(text, "").split())
    wrong = "f" if text.endswith("o") else "m"
    for pet in vocabulary.diminutive_bases(text):
        meant = vocabulary.HYPOCORISTICS.get(pet, "").split()
        names.update(
            name
            for name in meant
            if pet.endswith("a") or vocabulary.given_name_gender(name) != wrong
        )
    return frozenset(names)


def _near_words(text: str, words: Iterable[str]) -> list[str]:
    """Return the words spelled nearly so: those of one sound are among them, and typos."""
    return [
        word
        for word in words
        if abs(len(word) - len(text)) <= MAX_EDITS
        and damerau_levenshtein_distance(text, word) <= MAX_EDITS
    ]


@cache
def _words_by_sound() -> dict[str, str]:
    return {_sound(word): word for word in sorted(vocabulary.sense_table())}


def _senses_of(text: str, neighbours: Sequence[str], *, is_known: bool) -> Senses:
    table = vocabulary.sense_table()
    if text in table:
        return table[text]
    if is_known:
        return NO_SENSES
    for base in sorted(vocabulary.diminutive_bases(text)):
        if base in table:
            return table[base]
    singular = singular_of(text)
    if singular:
        return _plural(table[singular])
    misspelt = _words_by_sound().get(_sound(text)) or (
        neighbours[0] if len(neighbours) == 1 else ""
    )
    return table.get(misspelt, NO_SENSES)


def singular_of(text: str) -> str:
    """Return the word for one person of which this is the plural, or nothing."""
    table = vocabulary.sense_table()
    if text in table:
        return ""
    singulars = (text.removesuffix("s"), text.removesuffix("es"))
    return next((singular for singular in singulars if singular in table), "")


def _plural(senses: Senses) -> Senses:
    """Return what several people are called: "hermanos" may be sisters too, and is never sure."""
    meant = senses.certain | senses.possible
    return Senses(frozenset(), frozenset((role, "f" if g == "f" else "") for role, g in meant))


def _known_neighbours(text: str) -> list[str]:
    if len(text) < MIN_TYPO_LETTERS:
        return []
    return [word for word in _near_known_words(text) if _is_typo(text, word)]


@lru_cache(maxsize=1024)
def _near_known_words(text: str) -> tuple[str, ...]:
    """Return what is spelled nearly so of the vocabulary, which is much to compare with."""
    return tuple(_near_words(text, vocabulary.all_words()))


def _is_typo(text: str, meant: str) -> bool:
    return _is_slip(text, meant) or _is_slip(_sound(text), _sound(meant))


def _is_slip(text: str, meant: str) -> bool:
    """Tell whether letters inside a long word are wrong, missing, added or swapped.

    Never the first letter (Hernández, Fernández) nor the last one (hermano, hermana), nor one for
    another in the shortest words (Elena, Elina).
    """
    shorter, longer = sorted((len(text), len(meant)))
    if (
        shorter < MIN_TYPO_LETTERS
        or longer == MIN_TYPO_LETTERS
        or text[0] != meant[0]
        or text[-1] != meant[-1]
    ):
        return False
    if not (text.isalpha() and meant.isalpha()):
        return False
    allowed = 2 if shorter >= MIN_TWO_TYPOS_LETTERS else 1
    return damerau_levenshtein_distance(text, meant) <= allowed


def _likeness(text: str, target: str, neighbours: Sequence[str], *, is_known: bool) -> Likeness:
    """Compare two words spelled nearly the same.

    A known word is no other one misspelt, and a typo is sure only for a known word and no other;
    with a letter too many it may be a name of its own (Antonino, Antonio).
    """
    if text == target:
        return Likeness.SAME
    genders = {vocabulary.given_name_gender(text), vocabulary.given_name_gender(target)}
    if genders == {"m", "f"}:
        return Likeness.NONE
    if min(len(text), len(target)) > 1 and _sound(text) == _sound(target):
        return Likeness.SOUND
    if is_known or not _is_typo(text, target):
        return Likeness.NONE
    is_sure = set(neighbours) == {target} and len(text) <= len(target)
    return Likeness.TYPO if is_sure else Likeness.DOUBTFUL_TYPO
