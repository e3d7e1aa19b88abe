"""How far the record of one person explains the words of a phrase."""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import bare, is_particle_word
from action_groups.crm.aliases.records import Record
from action_groups.crm.aliases.vocabulary import Gender, Sense, Senses
from action_groups.crm.aliases.words import Likeness, Word

SCORE_SURE: Final = 0.95
SCORE_PLAUSIBLE: Final = 0.75
SCORE_PARTIAL: Final = 0.6
SCORE_STEP: Final = 0.03
"""What each degree of `Likeness` below the same word takes off."""


class Reading(NamedTuple):
    """How far a record explains the words of a phrase."""

    share: float
    is_sure: bool = False
    is_sure_if_unique: bool = False
    """Whether it is sure once the words occur in nobody else's record."""
    is_mention: bool = False
    """Whether the word is only something that the alias mentions."""
    is_alias: bool = False
    is_role_only: bool = False
    likeness: Likeness = Likeness.SAME

    @property
    def is_full(self) -> bool:
        """Whether every word is explained."""
        return self.share == 1

    @property
    def score(self) -> float:
        """How likely the person is meant, from 0 to 1."""
        if not self.is_full:
            return round(SCORE_PARTIAL * self.share, 2)
        top = SCORE_SURE if self.is_sure else SCORE_PLAUSIBLE
        return round(top - SCORE_STEP * (Likeness.SAME - self.likeness), 2)


NOTHING: Final = Reading(0)
"""What a record explains that has nothing of the phrase."""


class Alignment(NamedTuple):
    """Which words of the phrase, by index, are which words of an alias or a name."""

    places: dict[int, tuple[int, ...]]
    likeness: Likeness

    @property
    def order(self) -> list[int]:
        """Where the words are found, in the order of the phrase."""
        return [place for index in sorted(self.places) for place in self.places[index]]

    @property
    def in_order(self) -> bool:
        """Whether the phrase says the words in the order of the record."""
        return self.order == sorted(self.order)


def _align_alias(words: Sequence[Word], alias: tuple[str, ...]) -> Alignment:
    places: dict[int, tuple[int, ...]] = {}
    least = Likeness.SAME
    start = 0
    for index, word in enumerate(words):
        for place in range(start, len(alias)):
            likeness = word.alike.get(alias[place])
            if likeness is not None:
                places[index] = (place,)
                least = min(least, likeness)
                start = place + 1
                break
    return Alignment(places, least)


def _name_likeness(word: Word, target: str) -> Likeness:
    plain = bare(target)
    if plain in word.names:
        return Likeness.FAMILIAR
    likeness = word.alike.get(target, Likeness.NONE)
    return likeness if plain is target else max(likeness, word.alike.get(plain, Likeness.NONE))


def _align_name(words: Sequence[Word], record: Record) -> Alignment:
    places: dict[int, tuple[int, ...]] = {}
    least = Likeness.SAME
    name = record.name
    for index, word in enumerate(words):
        if len(word.text) > 1 and word.spellings.isdisjoint(record.spellings):
            continue
        taken = {place for found in places.values() for place in found}
        found, likeness = _places_in_name(word, name, taken)
        if found:
            places[index] = found
            least = min(least, likeness)
    if all(len(words[index].text) == 1 for index in places):
        return Alignment({}, Likeness.SAME)
    return Alignment(places, least)


def _places_in_name(
    word: Word, name: tuple[str, ...], taken: set[int]
) -> tuple[tuple[int, ...], Likeness]:
    for place, following in enumerate(name[1:] if word.names else ()):
        pair = f"{name[place]}+{bare(following)}"
        if pair in word.names and not taken & {place, place + 1}:
            return (place, place + 1), Likeness.FAMILIAR
    start = max(taken, default=-1) + 1
    for place in (*range(start, len(name)), *range(start)):
        if place in taken:
            continue
        likeness = _name_likeness(word, name[place])
        if len(word.text) == 1 and name[place].startswith(word.text):
            likeness = Likeness.SAME
        if likeness:
            return (place,), likeness
    return (), Likeness.NONE


def read(words: Sequence[Word], record: Record, *, is_possessive: bool = False) -> Reading:
    """Explain the words by a record; `is_possessive` when the phrase says that it is "mine"."""
    alias = _align_alias(words, record.alias)
    if len(alias.places) == len(words) == len(record.alias):
        sure = alias.likeness > Likeness.DOUBTFUL_TYPO
        return Reading(1, is_sure=sure, is_alias=True, likeness=alias.likeness)
    name = _align_name(words, record)
    named = _usable_name(name, record)
    roles = {
        index: _role_fit(word.senses, record.senses, record.gender)
        for index, word in enumerate(words)
        if index not in named
    }
    called = _alias_places(words, alias, record)
    explained = named | {index for index, fit in roles.items() if fit} | called
    explained |= _honorifics(words, record) if explained else set()
    if len(explained) < len(words):
        if len(words) == 1 and is_telling(words[0]) and record.things & words[0].alike.keys():
            return Reading(1, is_mention=True)
        return Reading(_share_explained(words, explained))
    likeness = min(name.likeness if named else Likeness.SAME, alias.likeness)
    certain_role = any(
        fit == Fit.CERTAIN and not _is_open(words[index]) for index, fit in roles.items()
    )
    proper = {
        index
        for index in named | called
        if is_telling(words[index]) and not (is_possessive and words[index].senses.possible)
    }
    if named:
        certain = name.in_order and name.likeness > Likeness.DOUBTFUL_TYPO
        certain = certain and not _is_of_other_gender(name, record)
        usual = bool(proper) and _is_usual_name(words, name, record)
        return Reading(
            1,
            is_sure=certain and (certain_role or usual),
            is_sure_if_unique=certain and bool(proper) and not _is_anothers_name(name, record),
            likeness=name.likeness,
        )
    role_only = any(fit for fit in roles.values())
    return Reading(
        1,
        is_sure=certain_role and len(words) == 1,
        is_sure_if_unique=proper >= set(roles) and likeness > Likeness.DOUBTFUL_TYPO,
        is_role_only=role_only,
        likeness=likeness,
    )


def _usable_name(name: Alignment, record: Record) -> set[int]:
    """Return the words that name the person; "José María" is not María José."""
    if not name.places:
        return set()
    if any(later < place < record.given_names for place, later in pairwise(name.order)):
        return {min(name.places)}
    return set(name.places)


def _is_of_other_gender(name: Alignment, record: Record) -> bool:
    """Tell whether only a later given name is said that is of the other gender.

    "José" is not María José.
    """
    if not record.gender or 0 in name.order or max(name.order) >= record.given_names:
        return False
    genders = {vocabulary.given_name_gender(record.name[place]) for place in name.order}
    return not genders <= {record.gender, ""}


def _is_usual_name(words: Sequence[Word], name: Alignment, record: Record) -> bool:
    """Tell whether people are called by this part of their name.

    By the first name, with the paternal surname or without any, and by that surname alone.
    """
    places = set(name.order)
    given = {place for place in places if place < record.given_names}
    paternal = record.given_names in places
    if not given:
        return paternal and all(len(words[index].text) > 1 for index in name.places)
    return 0 in given and (paternal or len(places) == len(given))


def _is_anothers_name(name: Alignment, record: Record) -> bool:
    """Tell whether it is a given name with the maternal surname only, as another is called."""
    given = {place for place in name.order if place < record.given_names}
    return bool(given) and len(name.order) > len(given) and record.given_names not in name.order


class Fit(IntEnum):
    """Whether a word is what the person is to the customer."""

    NONE = 0
    POSSIBLE = 1
    CERTAIN = 2


@lru_cache(maxsize=1024)
def _role_fit(said: Senses, recorded: Senses, gender_of_name: Gender) -> Fit:
    return max(
        (
            _sense_fit(meant, true, gender_of_name)
            if meant in said.certain and true in recorded.certain
            else min(Fit.POSSIBLE, _sense_fit(meant, true, gender_of_name))
            for meant in said.certain | said.possible
            for true in recorded.certain | recorded.possible
        ),
        default=Fit.NONE,
    )


def _sense_fit(said: Sense, recorded: Sense, gender_of_name: Gender) -> Fit:
    """Compare two senses; a relationship without gender, such as cousin, takes the name's."""
    gender = recorded[1] or gender_of_name
    if said[0] != recorded[0] or (said[1] and gender and said[1] != gender):
        return Fit.NONE
    return Fit.CERTAIN if gender or not said[1] else Fit.POSSIBLE


def _is_open(word: Word) -> bool:
    return any(role in vocabulary.OPEN_ROLES for role, _ in word.senses.certain)


def _alias_places(words: Sequence[Word], alias: Alignment, record: Record) -> set[int]:
    """Return the words that a part of the alias explains: one that tells must be among them.

    A relationship in an alias is a role, not a word: "mamá de Luis" is nobody's "mamá".
    """
    if not any(
        place in record.telling and is_telling(words[index])
        for index, (place,) in alias.places.items()
    ):
        return set()
    return {index for index in alias.places if not words[index].senses.certain}


def is_telling(word: Word) -> bool:
    """Tell whether a word may name somebody by itself: an initial and a number do not."""
    is_word = len(word.text) > 1 and not word.text.isdigit()
    return is_word and word.text not in vocabulary.POINTING and not word.senses.certain


def _honorifics(words: Sequence[Word], record: Record) -> set[int]:
    return {
        index
        for index, word in enumerate(words)
        if word.text in vocabulary.HONORIFICS
        and record.gender in {vocabulary.HONORIFICS[word.text], ""}
    }


def _share_explained(words: Sequence[Word], explained: set[int]) -> float:
    """Return how much is explained, 0 when what remains speaks against the person."""
    missing = [word for index, word in enumerate(words) if index not in explained]
    roles_only = all(
        words[index].senses.certain or words[index].senses.possible for index in explained
    )
    if roles_only and any(is_particle_word(word.text) for word in missing):
        return 0
    against = sum(_speaks_against(word) for word in missing)
    return len(explained) / (len(words) + against)


def _speaks_against(word: Word) -> bool:
    return (
        vocabulary.is_given_name(word.text)
        or word.text in vocabulary.SURNAMES
        or word.text in vocabulary.HONORIFICS
    )
