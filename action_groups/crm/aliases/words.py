"""How much a word of the phrase is like a word of a record, and what else it may stand for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

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


_SOUNDS: Final = (
    *(("ch", "1"), ("ph", "f"), ("h", "")),
    *(("que", "ke"), ("qui", "ki"), ("gue", "2e"), ("gui", "2i"), ("ge", "je"), ("gi", "ji")),
    *(("2", "g"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("ck", "k"), ("c", "k"), ("q", "k")),
    *(("z", "s"), ("v", "b"), ("ll", "y")),
)
"""How Spanish spelling sounds in Mexico, in the order the rules apply."""
_CONSONANT_Y: Final = re.compile(r"y(?![aeiou])")
_DOUBLED: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    if not word.isalpha() and any(character.isdigit() for character in word):
        return word
    if word.startswith("x"):
        word = f"j{word[1:]}"
    for spelling, sound in _SOUNDS:
        if spelling in word:
            word = word.replace(spelling, sound)
    if "y" in word:
        word = _CONSONANT_Y.sub("i", word)
    return _DOUBLED.sub(r"\1", word)


class Word(NamedTuple):
    """A word of the phrase, with all that it may stand for."""

    text: str
    names: frozenset[str]
    senses: Senses
    alike: Mapping[str, Likeness]
    """How much it is like the words of the records; those that are not like it are left out."""
    spellings: frozenset[str]
    """The words of records that it may stand for, or with the word that follows."""


_Key = str | tuple[Literal["spelled", "sounding", "diminutive"], str]


class Lexicon:
    """Words, found by what is spelled or sounds nearly like them.

    Words of one sound and slips alone are compared letter by letter, because an edit distance
    costs more than all else; both are found by a key that they have in common.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._having: defaultdict[_Key, list[str]] = defaultdict(list)
        for word in words:
            for key in _keys_of(word):
                self._having[key].append(word)

    def sounding_like(self, text: str) -> list[str]:
        """Return the words of the same sound that are spelled nearly so."""
        return [word for word in self._having.get(_sound(text), ()) if _is_near(text, word)]

    def misspelt_as(self, text: str) -> list[str]:
        """Return the words that somebody who wrote `text` may have meant to write."""
        likely = {
            *self._having.get(("spelled", _ends(text)), ()),
            *self._having.get(("sounding", _ends(_sound(text))), ()),
        }
        return [word for word in likely if _is_typo(text, word) and _is_near(text, word)]

    def diminutives(self, text: str) -> Sequence[str]:
        """Return the words that may be a diminutive of this one."""
        return self._having.get(("diminutive", text), ())


@lru_cache(maxsize=8192)
def _keys_of(word: str) -> tuple[_Key, ...]:
    """Return what a word is looked up by: its sound, its ends when it is long, its bases."""
    sound = _sound(word)
    return (
        sound,
        *([("spelled", _ends(word))] if len(word) >= MIN_TYPO_LETTERS else ()),
        *([("sounding", _ends(sound))] if len(sound) >= MIN_TYPO_LETTERS else ()),
        *(("diminutive", base) for base in vocabulary.diminutive_bases(word)),
    )


@cache
def _known_words() -> Lexicon:
    """Return the words of the vocabulary of which there are slips."""
    return Lexicon(word for word in vocabulary.all_words() if len(word) >= MIN_TYPO_LETTERS)


def _ends(word: str) -> str:
    return word[:1] + word[-1:]


def read_words(texts: AbstractSet[str], recorded: AbstractSet[str]) -> dict[str, Word]:
    """Return all that each of these words may stand for, among the words of the records as well."""
    keys = {key for text in texts for key in (*_keys_of(text), ("diminutive", text))}
    likely = Lexicon(word for word in recorded if not keys.isdisjoint(_keys_of(word)))
    return {text: _read_word(text, recorded, likely) for text in texts}


def _read_word(text: str, recorded: AbstractSet[str], likely: Lexicon) -> Word:
    is_known = text in recorded or text in vocabulary.all_words()
    neighbours = () if is_known else _known_neighbours(text)
    near = {text, *likely.sounding_like(text), *(() if is_known else likely.misspelt_as(text))}
    alike = {
        target: _likeness(text, target, neighbours, is_known=is_known) for target in near & recorded
    }
    bases = vocabulary.diminutive_bases(text) & recorded
    alike |= dict.fromkeys((*bases, *likely.diminutives(text)), Likeness.FAMILIAR)
    alike = {target: likeness for target, likeness in alike.items() if likeness}
    names = names_of_pet_name(text)
    return Word(
        text=text,
        names=names,
        senses=_senses_of(text, neighbours, is_known=is_known),
        alike=alike,
        spellings=frozenset((*alike, *(name.partition("+")[0] for name in names))),
    )


@lru_cache(maxsize=4096)
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


def _is_near(text: str, word: str) -> bool:
    """Tell whether two words are spelled nearly so: those of one sound may be far apart."""
    if abs(len(word) - len(text)) > MAX_EDITS:
        return False
    return damerau_levenshtein_distance(text, word) <= MAX_EDITS


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


@lru_cache(maxsize=1024)
def _known_neighbours(text: str) -> tuple[str, ...]:
    """Return the known words of which a long word may be a slip."""
    return () if len(text) < MIN_TYPO_LETTERS else tuple(_known_words().misspelt_as(text))


def _is_typo(text: str, meant: str) -> bool:
    return _is_slip(text, meant) or _is_slip(_sound(text), _sound(meant))


def _is_slip(text: str, meant: str) -> bool:
    """Tell whether letters inside a long word are wrong, missing, added or swapped.

    Never the first letter (Hernández, Fernández) nor the last one (hermano, hermana), nor one for
    another in the shortest words (Elena, Elina).
    """
    shorter, longer = sorted((len(text), len(meant)))
    if shorter < MIN_TYPO_LETTERS or longer == MIN_TYPO_LETTERS or _ends(text) != _ends(meant):
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
