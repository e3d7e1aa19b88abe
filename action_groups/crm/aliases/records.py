"""What the record of a beneficiary says: by which words the person may be called."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import (
    comparison_key,
    content_words,
    is_particle_word,
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


P = TypeVar("P", bound=Person)


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


def read_record(person: Person) -> Record:
    """Return the words by which a beneficiary may be called."""
    alias = tuple(content_words(tokens_of(person.alias)))
    name = tuple(content_words(tokens_of(person.name)))
    called = alias_senses(alias, name)
    related = relationship_senses(person.relationship)
    is_contradictory = contradict(called, related)
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


def relationship_senses(relationship: str) -> Senses:
    """Return what the stored relationship says that the person is to the customer."""
    words = content_words(tokens_of(relationship))
    if not words or any(is_particle_word(word) for word in words):
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


def alias_senses(alias: tuple[str, ...], name: tuple[str, ...]) -> Senses:
    """Return what the alias says that the person is to the customer."""
    if not alias or any(is_particle_word(word) for word in alias):
        return NO_SENSES
    senses = vocabulary.sense_table().get(alias[0], NO_SENSES)
    if len(alias) == 1:
        return senses
    is_kin = all(role in vocabulary.KINSHIP for role, _ in senses.certain)
    is_own_name = all(word in name or names_of_pet_name(word) & {*name} for word in alias[1:])
    return senses if is_kin and is_own_name else _doubted(senses)


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
