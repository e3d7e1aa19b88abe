"""Whom a phrase means among the beneficiaries of a customer: one person, a question or nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import (
    CONJUNCTION_SIGNS,
    index_key,
)
from action_groups.crm.aliases.phrases import Phrase, is_plural, read_phrase
from action_groups.crm.aliases.reading import Reading, read
from action_groups.crm.aliases.records import P, Person, Record, read_record
from action_groups.crm.aliases.words import Likeness
from shared.text import PUNCTUATION, tokens_of

MAX_PHRASE_CHARACTERS: Final = 200
"""A longer phrase names nobody."""
MAX_PEOPLE: Final = 500
"""Nobody is sure among more people, as not all of them are compared."""
MAX_CANDIDATES: Final = 5
MIN_SHARE_EXPLAINED: Final = 0.5
"""Of the words of a phrase, for somebody to be worth a question."""
SCORE_DEFINED: Final = 1.0


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
    records = [(person, read_record(person)) for person in known[:MAX_PEOPLE]]
    recorded = sorted({word for _, record in records for word in record.spellings})
    said = read_phrase(phrase, recorded)
    literal = index_key(phrase)
    defined = {
        person.beneficiary_id
        for person, record in records
        if (said.key and record.key == said.key) or (literal and index_key(person.alias) == literal)
    }
    unsettled = {person.beneficiary_id for person in exact} - defined
    cases = [Case(person, record, _best_reading(said, record)) for person, record in records]
    is_settled = len(known) <= MAX_PEOPLE and not unsettled
    if is_settled and said.is_trusted and len(said.key) > 1:
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
    parts = said.bare_parts if record.is_thing else said.parts
    readings = (read(words, record, is_possessive=said.is_possessive) for words in parts)
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
    signs = PUNCTUATION | CONJUNCTION_SIGNS.keys()
    said, recorded = tokens_of(phrase), tokens_of(alias)
    return is_plural(said) == is_plural(recorded) and not signs & ({*said} ^ {*recorded})


def _fits_another(said: Phrase, owner: Record, person: Person, other: Case[P]) -> bool:
    words = set(said.key.split())
    if said.key == other.record.full_name:
        return True
    is_own_name = words <= set(owner.full_name.split())
    if words <= set(other.record.full_name.split()) and not is_own_name:
        return True
    if is_own_name and said.has_article and other.reading.is_mention:
        return vocabulary.ARTICLES.isdisjoint(tokens_of(person.alias))
    return owner.is_contradictory and other.reading.is_full and other.reading.is_role_only


def _sole_sure(said: Phrase, cases: Sequence[Case[P]]) -> Case[P] | None:
    """Return who alone is named in full, or is explained by every word, and surely so."""
    full = [
        case
        for case in cases
        if case.reading.is_full and (said.has_article or not case.reading.is_mention)
    ]
    in_full = [case for case in cases if said.key == case.record.full_name]
    if " " in said.key and len(in_full) == 1 and all(case is in_full[0] for case in full):
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
