"""What the record of a beneficiary says: by which words the person may be called."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Final, Generic, Protocol, TypeVar

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import (
    Key,
    bare,
    content_words,
    is_particle_word,
    key_words,
)
from action_groups.crm.aliases.vocabulary import NO_SENSES, Gender, Sense, Senses
from action_groups.crm.aliases.words import names_of_pet_name
from shared.text import tokens_of

SURNAMES: Final = 2
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

    @property
    def alias_lower(self) -> str:
        """The key that the alias is stored under, which another program may have written."""


P = TypeVar("P", bound=Person)


class Written(Generic[P]):
    """The alias and the name of one beneficiary as written: enough to tell whose alias it is."""

    def __init__(self, person: P) -> None:
        self.person = person
        self.alias = tuple(tokens_of(person.alias))
        self.name = tuple(tokens_of(person.name))

    def is_called(self, key: Key) -> bool:
        """Tell whether the alias has this key."""
        return key.is_of(self.alias)

    def is_named(self, key: Key) -> bool:
        """Tell whether the full name has this key."""
        return key.is_of(self.name)

    def has_in_name(self, key: Key) -> bool:
        """Tell whether each word of this key is one of the full name's."""
        return key.may_be_in(self.name) and {*key.words} <= {*key_words(self.name)}


class Record:
    """The words by which one beneficiary may be called; what few phrases ask for is made then."""

    def __init__(self, written: Written[Any]) -> None:
        self.written = written
        self._called = self.alias = _contents(written.alias)
        self.name = _contents(written.name)
        self.spellings = (*self._called, *self.name)
        has_particles = " " in "".join(self.spellings)
        if has_particles and self.is_thing:
            self.alias = tuple(map(bare, self._called))
            self.spellings = (*self.alias, *self.name)
        if has_particles:
            self.spellings += tuple(map(bare, self.spellings))
        """Every word, without its particle as well."""

    @property
    def likely_roles(self) -> frozenset[str]:
        """What the person may be to the customer by the first word or the relationship."""
        return _likely_roles(self._called[:1], self.written.person.relationship)

    @cached_property
    def given_names(self) -> int:
        """How many words of the name come before the surnames."""
        return _count_given_names(self.name)

    @property
    def gender(self) -> Gender:
        """What the first word of the name tells, or else that of the alias."""
        return _gender(self.name) or _gender(self._called)

    @cached_property
    def senses(self) -> Senses:
        """What the person is to the customer."""
        called, related = alias_senses(self._called, self.name), self._related
        is_doubted = contradict(called, related) or not vocabulary.COMPARATIVES.isdisjoint(
            self._called
        )
        return _joint_senses(called, related, is_doubted=is_doubted)

    @property
    def is_contradictory(self) -> bool:
        """Whether the alias is a kinship that the relationship rules out."""
        return contradict(alias_senses(self._called, self.name), self._related)

    @property
    def is_thing(self) -> bool:
        """Whether the alias begins with no word for a person: "renta del depa", not "Juan"."""
        return bool(self._called) and not _is_person(self._called[0], self.name)

    @cached_property
    def telling(self) -> frozenset[int]:
        """The places of the alias whose word alone tells whom it is about."""
        return _telling_places(self._called, self.name)

    @cached_property
    def things(self) -> frozenset[str]:
        """The words that the alias mentions beside its first one, unless they are a name."""
        return _mentioned_things(self.written.alias, self._called)

    @property
    def _related(self) -> Senses:
        return relationship_senses(self.written.person.relationship)


@lru_cache(maxsize=1024)
def _contents(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return the content words of an alias or a name: a customer's people come again each time."""
    return tuple(content_words(tokens))


@lru_cache(maxsize=1024)
def _likely_roles(first_word: tuple[str, ...], relationship: str) -> frozenset[str]:
    known = (_senses_of_first(first_word), relationship_senses(relationship))
    return frozenset(role for senses in known for meant in senses for role, _ in meant)


def _is_person(word: str, name: tuple[str, ...]) -> bool:
    return word in name or _is_name(word) or _is_kind_of_person(word)


def _is_name(word: str) -> bool:
    return vocabulary.is_given_name(word) or bool(names_of_pet_name(word))


def _is_kin(word: str) -> bool:
    senses = vocabulary.sense_table().get(word, NO_SENSES)
    return any(role in vocabulary.KINSHIP for role, _ in senses.certain)


def _is_kind_of_person(word: str) -> bool:
    return word in vocabulary.sense_table() or word in vocabulary.HONORIFICS


def _telling_places(alias: tuple[str, ...], name: tuple[str, ...]) -> frozenset[int]:
    """Return the places of the words by which their owner may be called, the first always.

    What follows a relationship or a particle belongs to somebody else ("esposa Luis", "Juan de la
    tienda"), and so does a given name that is not the owner's.
    """
    if not alias or _is_kin(alias[0]):
        return frozenset(range(min(1, len(alias))))
    others = {
        place
        for place, word in enumerate(alias)
        if place and (is_particle_word(word) or _is_name(word))
    }
    own = {place for place in others if alias[place] in name}
    return frozenset(range(len(alias))) - (others - own)


def _mentioned_things(tokens: Sequence[str], alias: tuple[str, ...]) -> frozenset[str]:
    """Return the words after the first one; "Luis" in "mamá de Luis" is a person, so no thing."""
    rest = {bare(word) for word in alias[1:]}
    if not alias or not _is_kind_of_person(alias[0]):
        return frozenset(rest)
    with_article = pairwise(tokens)
    return frozenset(
        word for before, word in with_article if before in vocabulary.ARTICLES and word in rest
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


@lru_cache(maxsize=512)
def relationship_senses(relationship: str) -> Senses:
    """Return what the stored relationship says that the person is to the customer."""
    words = content_words(tokens_of(relationship))
    if not words or any(is_particle_word(word) for word in words):
        return NO_SENSES
    senses = vocabulary.sense_table().get(words[0], NO_SENSES)
    return senses if len(words) == 1 else _doubted(senses)


def _doubted(senses: Senses) -> Senses:
    return Senses(frozenset(), senses.certain | senses.possible)


@lru_cache(maxsize=1024)
def _joint_senses(called: Senses, related: Senses, *, is_doubted: bool) -> Senses:
    """Return what the person is to the customer by the alias and the stored relationship."""
    certain = called.certain | related.certain
    senses = Senses(certain, (called.possible | related.possible) - certain)
    return _doubted(senses) if is_doubted else senses


def _senses_of_first(words: tuple[str, ...]) -> Senses:
    return vocabulary.sense_table().get(words[0], NO_SENSES) if words else NO_SENSES


def alias_senses(alias: tuple[str, ...], name: tuple[str, ...]) -> Senses:
    """Return what the alias says that the person is to the customer."""
    senses = _senses_of_first(alias)
    if len(alias) <= 1 or senses == NO_SENSES:
        return senses
    is_kin = all(role in vocabulary.KINSHIP for role, _ in senses.certain)
    if is_kin and any(is_particle_word(word) for word in alias):
        return NO_SENSES
    is_own_name = all(word in name or names_of_pet_name(word) & {*name} for word in alias[1:])
    return senses if is_kin and is_own_name else _doubted(senses)


@lru_cache(maxsize=1024)
def contradict(called: Senses, related: Senses) -> bool:
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
