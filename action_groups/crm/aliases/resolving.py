"""Whom a phrase means among the beneficiaries of a customer: one person, a question or nobody."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, Final, Generic, Literal, NamedTuple

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import (
    CONJUNCTION_SIGNS,
    Key,
    index_key,
)
from action_groups.crm.aliases.phrases import Phrase, is_plural, is_trusted, read_phrase
from action_groups.crm.aliases.reading import NOTHING, Reading, read
from action_groups.crm.aliases.records import P, Record, Written
from action_groups.crm.aliases.vocabulary import Gender, Senses
from action_groups.crm.aliases.words import Likeness
from shared.text import PUNCTUATION

MAX_PHRASE_CHARACTERS: Final = 200
"""A longer phrase names nobody."""
MAX_PEOPLE: Final = 500
"""Nobody is sure among more people, as not all of them are compared."""
MAX_CANDIDATES: Final = 5
MIN_SHARE_EXPLAINED: Final = 0.5
"""Of the words of a phrase, for somebody to be worth a question."""
SCORE_DEFINED: Final = 1.0


class Candidate(NamedTuple, Generic[P]):
    """Somebody whom the customer may mean; the score is from 0 to 1 with two decimals."""

    person: P
    score: float


class Resolution(NamedTuple, Generic[P]):
    """Whom the customer means.

    A person is given when `match` is exact or fuzzy, and is then the only candidate.
    """

    match: Literal["exact", "fuzzy", "ambiguous", "none"]
    person: P | None
    candidates: tuple[Candidate[P], ...]


class Case(NamedTuple, Generic[P]):
    """One person, their record, and how it explains the phrase."""

    person: P
    record: Record
    reading: Reading


def resolve(phrase: str, people: Iterable[P]) -> Resolution[P]:
    """Tell whom a phrase means among a customer's beneficiaries."""
    return resolve_key(Key(phrase), in_order(people))


def resolve_key(key: Key, known: Sequence[Written[P]]) -> Resolution[P]:
    """Tell whom the phrase of a key means among people `in_order`.

    Those who are stored under its key are asked about when their alias is another.
    """
    phrase = key.written
    if len(" ".join(phrase.split())) > MAX_PHRASE_CHARACTERS:
        return Resolution("none", None, ())
    written = known[:MAX_PEOPLE]
    defined = set(_definitions(key, written))
    stored_so = {
        one.person.beneficiary_id
        for one in known
        if key.literal and one.person.alias_lower == key.literal
    }
    unsettled = stored_so - defined
    is_settled = len(known) <= MAX_PEOPLE and not unsettled
    may_be_sure = is_settled and len(key.text) > 1 and is_trusted(phrase)

    in_full = _InFull(key, written)
    if may_be_sure and defined:
        owner = _sole_definition(key, written, defined, in_full)
        if owner is not None:
            return Resolution("exact", owner, (Candidate(owner, SCORE_DEFINED),))
    reader = in_full.reader
    cases = [Case(one.written.person, one, reader.read(one)) for one in in_full.records]
    if may_be_sure and not defined:
        sure = _sole_sure(reader.said, cases)
        if sure is not None:
            return Resolution("fuzzy", sure.person, (Candidate(sure.person, sure.reading.score),))
    return _ambiguous_or_none(cases, defined | unsettled)


def in_order(people: Iterable[P]) -> list[Written[P]]:
    """Return what is written of the people, in an order of their own, each once."""
    ordered = sorted(people, key=attrgetter("beneficiary_id", "name", "alias", "relationship"))
    once = {person.beneficiary_id: person for person in ordered}
    return [Written(person) for person in once.values()]


def _definitions(key: Key, written: Iterable[Written[P]]) -> Iterator[str]:
    """Yield the ids of those whose alias has the key of the phrase, or its key in the index."""
    endings = key.endings.union(key.tokens[-1:])
    for one in written:
        if key.tokens and endings.isdisjoint(one.alias):
            continue
        if one.is_called(key) or (key.literal and index_key(one.person.alias) == key.literal):
            yield one.person.beneficiary_id


class Reader:
    """Reads records by one phrase: in full only those that have a word of it.

    Of a record with no more than a relationship of the phrase, nothing else makes a difference.
    """

    def __init__(self, said: Phrase) -> None:
        self.said = said
        words = tuple(chain.from_iterable((*said.parts, *said.bare_parts)))
        self._spellings = frozenset[str]().union(*(word.spellings for word in words))
        self._initials = tuple(word.text for word in words if len(word.text) == 1)
        self._roles = {role for word in words for senses in word.senses for role, _ in senses}
        self._by_role: dict[tuple[Senses, Gender, bool], Reading] = {}

    def read(self, record: Record) -> Reading:
        """Return how far a record explains the phrase."""
        if not self._spellings.isdisjoint(record.spellings) or (
            self._initials and any(word.startswith(self._initials) for word in record.name)
        ):
            return self._read(record)
        if self._roles.isdisjoint(record.likely_roles):
            return NOTHING
        key = (record.senses, record.gender, record.is_thing)
        if key not in self._by_role:
            self._by_role[key] = self._read(record)
        return self._by_role[key]

    def _read(self, record: Record) -> Reading:
        said = self.said
        parts = said.bare_parts if record.is_thing else said.parts
        readings = [read(words, record, is_possessive=said.is_possessive) for words in parts]
        return max(readings, key=lambda reading: reading.score, default=NOTHING)


class _InFull:
    """The records and the phrase, read in full when they are asked for: few aliases need them."""

    def __init__(self, key: Key, written: Sequence[Written[Any]]) -> None:
        self._key = key
        self._written = written

    @cached_property
    def records(self) -> list[Record]:
        return [Record(one) for one in self._written]

    @cached_property
    def reader(self) -> Reader:
        spellings = {word for one in self.records for word in one.spellings}
        return Reader(read_phrase(self._key, spellings))


def _sole_definition(
    key: Key, written: Sequence[Written[P]], defined: set[str], in_full: _InFull
) -> P | None:
    """Return who alone has this alias, unless it fits another as well."""
    owners = [one for one in written if one.person.beneficiary_id in defined]
    if len(owners) != 1 or not key.text:
        return None
    (owner,) = owners
    is_literal = index_key(owner.person.alias) == key.literal
    if not is_literal and not _says_the_same(key.tokens, owner.alias):
        return None
    others = [one for one in written if one is not owner]
    if _fits_another(key, owner, others, in_full):
        return None
    if Record(owner).is_contradictory and any(_fits_by_role(other, in_full) for other in others):
        return None
    return owner.person


def _says_the_same(said: Sequence[str], recorded: Sequence[str]) -> bool:
    """Tell whether signs and plurals that a key leaves out are in both or in neither."""
    signs = PUNCTUATION | CONJUNCTION_SIGNS.keys()
    return is_plural(said) == is_plural(recorded) and not signs & ({*said} ^ {*recorded})


def _fits_another(
    key: Key, owner: Written[P], others: Sequence[Written[P]], in_full: _InFull
) -> bool:
    is_own_name = owner.has_in_name(key)
    if any(one.is_named(key) or (not is_own_name and one.has_in_name(key)) for one in others):
        return True
    has_article = not vocabulary.ARTICLES.isdisjoint(key.tokens)
    if not (is_own_name and has_article and vocabulary.ARTICLES.isdisjoint(owner.alias)):
        return False
    return any(in_full.reader.read(Record(one)).is_mention for one in others)


def _fits_by_role(other: Written[P], in_full: _InFull) -> bool:
    reading = in_full.reader.read(Record(other))
    return reading.is_full and reading.is_role_only


def _sole_sure(said: Phrase, cases: Sequence[Case[P]]) -> Case[P] | None:
    """Return who alone is named in full, or is explained by every word, and surely so."""
    full = [
        case
        for case in cases
        if case.reading.is_full and (said.has_article or not case.reading.is_mention)
    ]
    if len(said.key.words) > 1:
        in_full = [case for case in cases if case.record.written.is_named(said.key)]
        if len(in_full) == 1 and all(case is in_full[0] for case in full):
            return in_full[0]
    named = [case for case in full if not case.reading.is_role_only]
    chosen = named if len(named) == 1 and _is_misspelt_alias(named[0]) else full
    if len(chosen) != 1:
        return None
    (case,) = chosen
    reading = case.reading
    is_sure = reading.is_sure or (
        reading.is_sure_if_unique and _is_unique(said, [c.record for c in cases if c is not case])
    )
    return case if said.is_plain and is_sure else None


def _is_unique(said: Phrase, others: Sequence[Record]) -> bool:
    """Tell whether the phrase has a word that occurs in none of these records."""
    spellings = {spelling for other in others for spelling in other.spellings}
    return any(
        len(word.text) > 1 and spellings.isdisjoint({*word.alike, *word.names})
        for word in said.bare_parts[0]
    )


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
