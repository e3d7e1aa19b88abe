"""Whom a customer means by an alias, a name or a relationship.

A wrong answer sends money to the wrong person, so one person is named only when every word of the
phrase is explained by that person's record and by nobody else's:

1. The customer's own alias is a definition: the phrase that equals one alias, but for case, accents
   and articles, means its owner. Not so if it is another's name as well and not the owner's own, or
   if it is a kinship that the owner's relationship contradicts and another's confirms.
2. Otherwise each word of the phrase must be a word of the alias or the name, a relationship, or a
   title. Pet names, diminutives, words that sound the same and slips in long words count too; a
   slip never in the first or last letter, nor where it makes another known name.
3. Where that is true of several people, or only half true of one, the customer is asked.
4. A phrase with a negation, several people, somebody else's relatives ("de", "'s", "su"), a plural,
   letters of several alphabets or invisible characters never names one person by itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, Generic, Literal, Protocol, TypeVar

from jellyfish import damerau_levenshtein_distance

from action_groups.crm import vocabulary
from action_groups.crm.vocabulary import NO_SENSES, Gender, Sense, Senses

MAX_PHRASE_CHARACTERS: Final = 200
"""A longer phrase names nobody."""
MAX_PEOPLE: Final = 500
"""Nobody is sure among more people, as not all of them are compared."""
MAX_CANDIDATES: Final = 5
MAX_WORDS: Final = 12
MAX_PARTS: Final = 6
MAX_ALIAS_DIGITS: Final = 6
MIN_ALIAS_CHARACTERS: Final = 2

MIN_TYPO_LETTERS: Final = 5
MIN_TWO_TYPOS_LETTERS: Final = 10
MAX_EDITS: Final = 3
"""How far the spellings of one sound are apart at most."""
SURNAMES: Final = 2
MIN_SHARE_EXPLAINED: Final = 0.5
"""Of the words of a phrase, for somebody to be worth a question."""

SCORE_DEFINED: Final = 1.0
SCORE_SURE: Final = 0.95
SCORE_PLAUSIBLE: Final = 0.75
SCORE_PARTIAL: Final = 0.6
SCORE_STEP: Final = 0.03
"""What each degree of `Likeness` below the same word takes off."""

COUPLES: Final = frozenset({"spouse", "partner", "betrothed"})


class Person(Protocol):
    """A beneficiary as stored; what the stored item lacks is empty."""

    @property
    def beneficiary_id(self) -> str:
        """Identifier, unique among the people of a customer."""

    @property
    def name(self) -> str:
        """Full name."""

    @property
    def alias(self) -> str:
        """What the customer calls the person."""

    @property
    def relationship(self) -> str:
        """What the person is to the customer, in Spanish or English."""


P = TypeVar("P", bound=Person)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[P]):
    """Somebody whom the customer may mean; the score is from 0 to 1 with two decimals."""

    person: P
    score: float


@dataclass(frozen=True, slots=True)
class Resolution(Generic[P]):
    """Whom the customer means.

    A person is given when `match` is exact or fuzzy, and is then the only candidate.
    """

    match: Literal["exact", "fuzzy", "ambiguous", "none"]
    person: P | None
    candidates: tuple[Candidate[P], ...]


# --- Folding ---------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"['’]s\b|[^\W_]+|[&+,;/]")
_CONJUNCTION_SIGNS: Final = {"&": "y", "+": "y"}
_PUNCTUATION: Final = frozenset(",;/")


def index_key(alias: str) -> str:
    """Return what `alias_lower` holds for an alias: it in lower case, blanks made single."""
    return " ".join(unicodedata.normalize("NFC", alias).split()).lower()


def comparison_key(alias: str) -> str:
    """Return what is left of an alias without case, accents, articles and leading prepositions.

    Two aliases with the same key sound the same. Empty when the alias says nothing.
    """
    spoken = (_CONJUNCTION_SIGNS.get(token, token) for token in _tokens(alias))
    return " ".join(_without_articles([word for word in spoken if word not in _PUNCTUATION]))


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_fold(text))


def _without_articles(tokens: Sequence[str]) -> list[str]:
    words = [word for word in tokens if word not in vocabulary.ARTICLES_AND_POSSESSIVES]
    leading = 0
    while leading < len(words) and words[leading] in vocabulary.LEADING_PREPOSITIONS:
        leading += 1
    return words[leading:]


def _content_words(tokens: Iterable[str]) -> list[str]:
    """Return the words that tell whom a text is about, with what belongs together joined."""
    joined = _join_expressions(list(tokens))
    words = [word for word in _without_articles(joined) if word not in vocabulary.COURTESIES]
    short = vocabulary.ABBREVIATIONS | (vocabulary.NAME_ABBREVIATIONS if len(words) > 1 else {})
    return _join_particles([short.get(word, word) for word in words])


_EXPRESSION_STARTS: Final = frozenset(words[0] for words in vocabulary.EXPRESSIONS)


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
        elif word in {"'s", "’s"}:
            joined[-1:] = [f"{owner} 's" for owner in joined[-1:]]
        else:
            joined.append(f"de {word}" if particle else word)
            particle = False
    return [*joined, "de "] if particle else joined


def _is_particle_word(word: str) -> bool:
    return " " in word


# --- Likeness of words -----------------------------------------------------------------------


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


def _read_word(text: str, recorded: Sequence[str]) -> Word:
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
        names=_names_of_pet_name(text),
        senses=_senses_of(text, neighbours, is_known=is_known),
        alike={target: likeness for target, likeness in alike.items() if likeness},
    )


def _names_of_pet_name(text: str) -> frozenset[str]:
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
    singular = _singular(text)
    if singular:
        return _plural(table[singular])
    misspelt = _words_by_sound().get(_sound(text)) or (
        neighbours[0] if len(neighbours) == 1 else ""
    )
    return table.get(misspelt, NO_SENSES)


def _singular(text: str) -> str:
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
    return [word for word in _near_words(text, vocabulary.all_words()) if _is_typo(text, word)]


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
    if _sound(text) == _sound(target):
        return Likeness.SOUND
    if is_known or not _is_typo(text, target):
        return Likeness.NONE
    is_sure = set(neighbours) == {target} and len(text) <= len(target)
    return Likeness.TYPO if is_sure else Likeness.DOUBTFUL_TYPO


# --- What a record says ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """The words by which one beneficiary may be called."""

    key: str
    alias: tuple[str, ...]
    name: tuple[str, ...]
    given_names: int
    gender: Gender
    senses: Senses
    is_contradictory: bool

    @property
    def spellings(self) -> Iterator[str]:
        """Every word, those of the name without their particle as well."""
        yield from self.alias
        yield from self.name
        yield from (word.removeprefix("de ") for word in self.name)


def _read_record(person: Person) -> Record:
    alias = tuple(_content_words(_tokens(person.alias)))
    name = tuple(_content_words(_tokens(person.name)))
    called = _alias_senses(alias, name)
    related = _relationship_senses(person.relationship)
    is_contradictory = _contradict(called, related)
    return Record(
        key=comparison_key(person.alias),
        alias=alias,
        name=name,
        given_names=_count_given_names(name),
        gender=_gender(name) or _gender(alias),
        senses=_joint_senses(
            called,
            related,
            is_doubted=is_contradictory or bool(vocabulary.COMPARATIVES.intersection(alias)),
        ),
        is_contradictory=is_contradictory,
    )


def _gender(name: tuple[str, ...]) -> Gender:
    return vocabulary.given_name_gender(name[0]) if name else ""


def _count_given_names(name: tuple[str, ...]) -> int:
    """Return how many words come before the surnames: Juan Carlos Mejía Paz has two."""
    count = max(len(name) - SURNAMES, 1)
    while count < len(name) and vocabulary.is_given_name(name[count]):
        if count + 1 == len(name) and count > 1:
            break
        count += 1
    return min(count, len(name))


def _relationship_senses(relationship: str) -> Senses:
    words = _content_words(_tokens(relationship))
    if not words or any(_is_particle_word(word) for word in words):
        return NO_SENSES
    senses = vocabulary.sense_table().get(words[0], NO_SENSES)
    return senses if len(words) == 1 else _doubted(senses)


def _doubted(senses: Senses) -> Senses:
    return Senses(frozenset(), senses.certain | senses.possible)


def _joint_senses(called: Senses, related: Senses, *, is_doubted: bool) -> Senses:
    """Return what the person is to the customer by the alias and the stored relationship."""
    certain = called.certain | related.certain
    senses = Senses(certain, (called.possible | related.possible) - certain)
    return _doubted(senses) if is_doubted else senses


def _alias_senses(alias: tuple[str, ...], name: tuple[str, ...]) -> Senses:
    if not alias or any(_is_particle_word(word) for word in alias):
        return NO_SENSES
    senses = vocabulary.sense_table().get(alias[0], NO_SENSES)
    if len(alias) == 1:
        return senses
    is_kin = all(role in vocabulary.KINSHIP for role, _ in senses.certain)
    is_own_name = all(word in name or _names_of_pet_name(word) & {*name} for word in alias[1:])
    return senses if is_kin and is_own_name else _doubted(senses)


def _contradict(called: Senses, related: Senses) -> bool:
    """Tell whether an alias is a kinship that the stored relationship rules out."""
    kinship = called.certain | called.possible
    stored = related.certain | related.possible
    if not kinship or not stored or any(role == "relative" for role, _ in stored):
        return False
    if any(role not in vocabulary.KINSHIP for role, _ in kinship):
        return False
    return not any(_agree(a, b) for a in kinship for b in stored)


def _agree(one: Sense, other: Sense) -> bool:
    same_role = one[0] == other[0] or {one[0], other[0]} <= COUPLES
    return same_role and (one[1] == other[1] or not one[1] or not other[1])


# --- Explaining a phrase by a record ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a record explains the words of a phrase."""

    share: float
    is_sure: bool = False
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


@dataclass(frozen=True, slots=True)
class Alignment:
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
    plain = target.removeprefix("de ")
    if plain in word.names:
        return Likeness.FAMILIAR
    return max(word.alike.get(spelling, Likeness.NONE) for spelling in (target, plain))


def _align_name(words: Sequence[Word], name: tuple[str, ...]) -> Alignment:
    places: dict[int, tuple[int, ...]] = {}
    least = Likeness.SAME
    for index, word in enumerate(words):
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
        pair = f"{name[place]}+{following.removeprefix('de ')}"
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


def _read(words: Sequence[Word], record: Record) -> Reading:
    """Explain the words by a record."""
    alias = _align_alias(words, record.alias)
    if len(alias.places) == len(words) == len(record.alias):
        sure = alias.likeness > Likeness.DOUBTFUL_TYPO
        return Reading(1, is_sure=sure, is_alias=True, likeness=alias.likeness)
    name = _align_name(words, record.name)
    named = _usable_name(name, record)
    roles = {
        index: _role_fit(word, record) for index, word in enumerate(words) if index not in named
    }
    explained = named | {index for index, fit in roles.items() if fit}
    explained |= _alias_places(words, alias, record)
    explained |= _honorifics(words, record) if explained else set()
    if len(explained) < len(words):
        return Reading(_share_explained(words, explained))
    likeness = min(name.likeness if named else Likeness.SAME, alias.likeness)
    certain_role = any(
        fit == Fit.CERTAIN and not _is_open(words[index]) for index, fit in roles.items()
    )
    if named:
        sure = certain_role or _is_usual_name(words, name, record)
        sure = sure and name.likeness > Likeness.DOUBTFUL_TYPO
        return Reading(1, is_sure=sure and name.in_order, likeness=name.likeness)
    role_only = any(fit for fit in roles.values())
    sure = certain_role and len(words) == 1
    return Reading(1, is_sure=sure, is_role_only=role_only, likeness=likeness)


def _usable_name(name: Alignment, record: Record) -> set[int]:
    """Return the words that name the person; "José" does not name María José."""
    places = set(name.order)
    if places and 0 not in places and max(places) < record.given_names:
        genders = {vocabulary.given_name_gender(record.name[place]) for place in places}
        if record.gender and genders - {record.gender, ""}:
            return set()
    if any(later < place < record.given_names for place, later in pairwise(name.order)):
        return {min(name.places)}
    return set(name.places)


def _is_usual_name(words: Sequence[Word], name: Alignment, record: Record) -> bool:
    """Tell whether people are called by this part of their name.

    By the paternal surname without the maternal one, but not the reverse; by a second given name
    only after María.
    """
    places = set(name.order)
    given = {place for place in places if place < record.given_names}
    paternal = record.given_names in places
    if len(places) > len(given) and not paternal:
        return False
    if not given:
        return paternal and all(len(words[index].text) > 1 for index in name.places)
    if 0 not in given:
        return record.name[0] == "maria"
    if given == {0} and record.given_names > 1 and record.name[0] in vocabulary.CARRIERS:
        return False
    return places != {0} or not _alias_tells_namesakes_apart(words, record)


def _alias_tells_namesakes_apart(words: Sequence[Word], record: Record) -> bool:
    """Tell whether the alias, such as "Juan de la tienda", says that there is another Juan."""
    is_first_name = len(words) == 1 and record.alias[:1] == record.name[:1]
    return is_first_name and not set(record.alias) <= set(record.name)


class Fit(IntEnum):
    """Whether a word is what the person is to the customer."""

    NONE = 0
    POSSIBLE = 1
    CERTAIN = 2


def _role_fit(word: Word, record: Record) -> Fit:
    said, recorded = word.senses, record.senses
    return max(
        (
            _sense_fit(meant, true, record.gender)
            if meant in said.certain and true in recorded.certain
            else min(Fit.POSSIBLE, _sense_fit(meant, true, record.gender))
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
    """Return the words that a part of the alias explains: its first word must be among them.

    A relationship in an alias is a role, not a word: "mamá de Luis" is nobody's "mamá".
    """
    if any(_is_particle_word(word) for word in record.alias):
        return set()
    if (0,) not in alias.places.values():
        return set()
    return {index for index in alias.places if not words[index].senses.certain}


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
    if roles_only and any(_is_particle_word(word.text) for word in missing):
        return 0
    against = sum(_speaks_against(word) for word in missing)
    return len(explained) / (len(words) + against)


def _speaks_against(word: Word) -> bool:
    return (
        vocabulary.is_given_name(word.text)
        or word.text in vocabulary.SURNAMES
        or word.text in vocabulary.HONORIFICS
    )


# --- The phrase ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the customer said, in parts when several people are named."""

    key: str
    parts: tuple[tuple[Word, ...], ...]
    is_plain: bool
    is_trusted: bool


def _read_phrase(phrase: str, recorded: Sequence[str]) -> Phrase:
    tokens = _tokens(phrase)
    spoken = [_without_articles(part) for part in _split(tokens)]
    unsure = vocabulary.HEDGES | vocabulary.COMMANDS
    is_hedged = any(word in unsure for part in spoken for word in part)
    is_plural = any(word in vocabulary.PLURAL_DETERMINERS for word in tokens)
    contents = [_content_words(word for word in part if word not in unsure) for part in spoken]
    parts = [part for part in contents if part]
    return Phrase(
        key=comparison_key(phrase),
        parts=tuple(
            tuple(_read_word(word, recorded) for word in part[:MAX_WORDS])
            for part in parts[:MAX_PARTS]
        ),
        is_plain=len(parts) == 1 and not is_hedged and not is_plural and len(parts[0]) <= MAX_WORDS,
        is_trusted=_is_readable(phrase) and len(_scripts(phrase)) <= 1,
    )


def _split(tokens: Iterable[str]) -> Iterator[list[str]]:
    """Split at conjunctions and commas."""
    part: list[str] = []
    for token in tokens:
        if token in vocabulary.SEPARATORS:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _is_readable(text: str) -> bool:
    """Tell whether a text has no character that is invisible or changes the reading order."""
    return all(
        unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in {"Zl", "Zp"}
        for c in text
    )


def _scripts(text: str) -> set[str]:
    """Return the alphabets of a text's letters, by the first word of their Unicode names."""
    return {
        "LATIN" if c.isascii() else unicodedata.name(c, "UNKNOWN").split(maxsplit=1)[0]
        for c in _fold(text)
        if c.isalpha()
    }


# --- Resolving -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case(Generic[P]):
    """One person, their record, and how it explains the phrase."""

    person: P
    record: Record
    reading: Reading


def resolve(phrase: str, people: Sequence[P], *, exact: Sequence[P] = ()) -> Resolution[P]:
    """Tell whom a phrase means among a customer's beneficiaries.

    `exact` are those whom the alias index returned for `index_key(phrase)`.
    """
    known = _by_id([*exact, *people])
    if len(" ".join(phrase.split())) > MAX_PHRASE_CHARACTERS:
        return Resolution("none", None, ())
    records = [(person, _read_record(person)) for person in known[:MAX_PEOPLE]]
    recorded = sorted({word for _, record in records for word in record.spellings})
    said = _read_phrase(phrase, recorded)
    literal = index_key(phrase)
    defined = {
        person.beneficiary_id
        for person, record in records
        if (said.key and record.key == said.key) or (literal and index_key(person.alias) == literal)
    }
    unsettled = {person.beneficiary_id for person in exact} - defined
    cases = [Case(person, record, _best_reading(said, record)) for person, record in records]
    if len(known) <= MAX_PEOPLE and said.is_trusted and not unsettled:
        sure = (
            _sole_definition(phrase, said, cases, defined) if defined else _sole_sure(said, cases)
        )
        if sure is not None:
            score = SCORE_DEFINED if defined else sure.reading.score
            match: Literal["exact", "fuzzy"] = "exact" if defined else "fuzzy"
            return Resolution(match, sure.person, (Candidate(sure.person, score),))
    return _ambiguous_or_none(cases, defined | unsettled)


def _by_id(people: Iterable[P]) -> list[P]:
    """Return the people in an order of their own, each once."""
    ordered = sorted(people, key=lambda p: (p.beneficiary_id, p.name, p.alias, p.relationship))
    return list({person.beneficiary_id: person for person in ordered}.values())


def _best_reading(said: Phrase, record: Record) -> Reading:
    readings = (_read(words, record) for words in said.parts)
    return max(readings, key=lambda reading: reading.score, default=Reading(0))


def _sole_definition(
    phrase: str, said: Phrase, cases: Sequence[Case[P]], defined: set[str]
) -> Case[P] | None:
    """Return who alone has this alias, unless it fits another as well."""
    owners = [case for case in cases if case.person.beneficiary_id in defined]
    if len(owners) != 1 or not said.key:
        return None
    (owner,) = owners
    is_literal = index_key(owner.person.alias) == index_key(phrase)
    if not is_literal and not _says_the_same(phrase, owner.person.alias):
        return None
    others = [case for case in cases if case is not owner]
    if any(_fits_another(said, owner.record, owner.person, other) for other in others):
        return None
    return owner


def _says_the_same(phrase: str, alias: str) -> bool:
    """Tell whether signs and plurals that a key leaves out are in both or in neither."""
    signs = _PUNCTUATION | _CONJUNCTION_SIGNS.keys() | vocabulary.PLURAL_DETERMINERS
    return signs.intersection(_tokens(phrase)) == signs.intersection(_tokens(alias))


def _fits_another(said: Phrase, owner: Record, person: Person, other: Case[P]) -> bool:
    words = tuple(said.key.split())
    other_name = tuple(comparison_key(other.person.name).split())
    if words == other_name:
        return True
    if set(words) <= set(other_name):
        return not set(words) <= set(comparison_key(person.name).split())
    return owner.is_contradictory and other.reading.is_full and other.reading.is_role_only


def _sole_sure(said: Phrase, cases: Sequence[Case[P]]) -> Case[P] | None:
    """Return who alone is explained by every word, and surely so."""
    if not said.is_plain:
        return None
    full = [case for case in cases if case.reading.is_full]
    named = [case for case in full if not case.reading.is_role_only]
    chosen = named if len(named) == 1 and _is_misspelt_alias(named[0]) else full
    return chosen[0] if len(chosen) == 1 and chosen[0].reading.is_sure else None


def _is_misspelt_alias(case: Case[P]) -> bool:
    reading = case.reading
    return (
        reading.is_alias
        and reading.likeness != Likeness.FAMILIAR
        and not case.record.is_contradictory
    )


def _ambiguous_or_none(cases: Sequence[Case[P]], defined: set[str]) -> Resolution[P]:
    candidates = [
        Candidate(case.person, SCORE_DEFINED)
        if case.person.beneficiary_id in defined
        else Candidate(case.person, case.reading.score)
        for case in cases
        if case.person.beneficiary_id in defined or case.reading.share >= MIN_SHARE_EXPLAINED
    ]
    if not candidates:
        return Resolution("none", None, ())
    candidates.sort(key=lambda c: (-c.score, c.person.beneficiary_id))
    return Resolution("ambiguous", None, tuple(candidates[:MAX_CANDIDATES]))


# --- Choosing an alias -----------------------------------------------------------------------


def alias_problem(alias: str, *, name: str, relationship: str, others: Sequence[P]) -> str | None:
    """Tell what to correct in an alias that could send money to the wrong person, if anything."""
    return (
        _writing_problem(alias)
        or _wording_problem(alias)
        or _several_people_problem(alias, name, others)
        or _namesake_problem(alias, name, others)
        or _kinship_problem(alias, name, relationship)
    )


def _writing_problem(alias: str) -> str | None:
    if not _is_readable(alias):
        return "The alias has invisible or control characters: write it with plain letters."
    if len(_scripts(alias)) > 1:
        return "The alias mixes letters of several alphabets: write it with the letters of one."
    if sum(character.isdigit() for character in alias) > MAX_ALIAS_DIGITS:
        return "The alias looks like an account or telephone number: use a name instead."
    if not any(character.isalpha() for character in comparison_key(alias)):
        return "The alias has no word that names somebody: use a name or a relationship."
    if len(comparison_key(alias)) < MIN_ALIAS_CHARACTERS:
        return "The alias is only one letter: use a whole word that names the person."
    return None


def _wording_problem(alias: str) -> str | None:
    words = comparison_key(alias).split()
    if any(word in vocabulary.COMMANDS for word in words):
        return "The alias has a word that tells the assistant what to do: use only a name."
    if all(word in vocabulary.SELF for word in words):
        return "The alias stands for the customer: use a word that names the other person."
    if words[0] in vocabulary.HEDGES or all(
        word in vocabulary.REPLIES or word in vocabulary.SELF for word in words
    ):
        return "The alias does not tell which person it is: use a name or a relationship."
    return None


def _several_people_problem(alias: str, name: str, others: Sequence[P]) -> str | None:
    own_name = set(_content_words(_tokens(name)))
    parts = [part for part in map(_content_words, _split(_tokens(alias))) if part]
    first_names = {words[0] for other in others if (words := comparison_key(other.name).split())}
    if len(parts) > 1 and all(_starts_with_person(part[0], first_names) for part in parts):
        return "The alias names several people: use one that names only this person."
    if any(_singular(part[0]) and not own_name.issuperset(part) for part in parts):
        return "The alias stands for several people: use one that names only this person."
    return None


def _starts_with_person(word: str, first_names: set[str]) -> bool:
    return (
        word in first_names
        or vocabulary.is_given_name(word)
        or word in vocabulary.HYPOCORISTICS
        or word in vocabulary.sense_table()
    )


def _namesake_problem(alias: str, name: str, others: Sequence[P]) -> str | None:
    key = comparison_key(alias)
    words = set(key.split())
    is_own_name = words <= set(comparison_key(name).split())
    for other in others:
        if comparison_key(other.alias) == key:
            return "The customer already calls another beneficiary so: ask for a different alias."
        other_name = comparison_key(other.name).split()
        is_part_of_name = words <= set(other_name) and not is_own_name
        if is_part_of_name or key == " ".join(other_name) or [key] == other_name[:1]:
            return (
                "The alias is the name of another beneficiary: ask for one that tells the two "
                "apart, such as the name with the surname."
            )
    return None


def _kinship_problem(alias: str, name: str, relationship: str) -> str | None:
    called = _alias_senses(
        tuple(_content_words(_tokens(alias))), tuple(_content_words(_tokens(name)))
    )
    if _contradict(called, _relationship_senses(relationship)):
        return (
            "The alias says another relationship than `relationship` does: ask the customer which "
            "of the two is right."
        )
    return None
