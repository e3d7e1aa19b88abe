"""Whom a customer means by an alias, a name or a relationship."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar


class Person(Protocol):
    """A beneficiary as stored; what the stored item lacks is empty."""

    @property
    def beneficiary_id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def alias(self) -> str: ...  # noqa: D102
    @property
    def relationship(self) -> str: ...  # noqa: D102


P = TypeVar("P", bound=Person)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[P]):
    """Somebody whom the customer may mean."""

    person: P
    score: float


@dataclass(frozen=True, slots=True)
class Resolution(Generic[P]):
    """Whom the customer means, if that is sure, or else who it may be."""

    match: Literal["exact", "fuzzy", "ambiguous", "none"]
    person: P | None
    candidates: tuple[Candidate[P], ...]


def index_key(alias: str) -> str:
    """Return what `alias_lower` holds for an alias."""
    return " ".join(unicodedata.normalize("NFC", alias).split()).lower()


def comparison_key(alias: str) -> str:
    """Return what is left of an alias without case, accents and articles."""
    plain = unicodedata.normalize("NFKD", alias.casefold())
    words = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split()
    return " ".join(w for w in words if w not in {"a", "al", "el", "la", "mi", "my", "para", "to"})


def resolve(phrase: str, people: Sequence[P], *, exact: Sequence[P] = ()) -> Resolution[P]:
    """Return whom the phrase names."""
    key = comparison_key(phrase)
    found = {p.beneficiary_id: p for p in exact}
    if key:
        found |= {p.beneficiary_id: p for p in people if comparison_key(p.alias) == key}
    candidates = tuple(Candidate(p, 1.0) for _, p in sorted(found.items()))[:5]
    if not candidates:
        return Resolution("none", None, ())
    if len(found) == 1:
        return Resolution("exact", candidates[0].person, candidates)
    return Resolution("ambiguous", None, candidates)


def alias_problem(
    alias: str, *, name: str, relationship: str, others: Sequence[P]
) -> str | None:
    """Return why an alias would be dangerous, or None."""
    if not comparison_key(alias):
        return "The alias needs at least one word that names the person."
    return None
