"""The labelled phrases of `tests/data/alias_cases*.yaml`: whom they mean in a list of people."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from action_groups.crm.aliases.folding import index_key
from action_groups.crm.aliases.resolving import Resolution, resolve
from console.fast_yaml import safe_load

DATA = Path(__file__).parents[1] / "data"
KNOWN_SET, BLIND_SET = DATA / "alias_cases.yaml", DATA / "alias_cases_blind.yaml"
SINGLE = ("exact", "fuzzy")
"""The answers that name one person."""


@dataclass(frozen=True)
class Someone:
    """A beneficiary of a labelled list."""

    beneficiary_id: str
    name: str = ""
    alias: str = ""
    relationship: str = ""
    stored_under: str | None = None

    @cached_property
    def alias_lower(self) -> str:
        return index_key(self.alias) if self.stored_under is None else self.stored_under


ROSA = Someone("rosa", "Rosa Prado Luna", "mi comadre", "comadre")
JUAN = Someone("juan", "Juan Pérez López", "mi hermano", "brother")


class LabelledCase(NamedTuple):
    """A phrase, and the answer and the candidates that it is labelled with."""

    list_name: str
    people: list[Someone]
    phrase: str
    answer: str
    ids: list[str]

    def resolve(self) -> Resolution[Someone]:
        """Answer the phrase."""
        return resolve(self.phrase, self.people)

    def agrees(self, resolution: Resolution[Someone]) -> bool:
        """Tell whether an answer is as labelled, in kind and candidates."""
        return resolution.match == self.answer and set(self.ids) <= ids_of(resolution)

    def is_right(self, resolution: Resolution[Someone]) -> bool:
        """Tell whether an answer names the one person who is meant."""
        if resolution.person is None or self.answer not in SINGLE:
            return False
        return [resolution.person.beneficiary_id] == self.ids


def ids_of(resolution: Resolution[Someone]) -> set[str]:
    """Return the candidates of an answer."""
    return {candidate.person.beneficiary_id for candidate in resolution.candidates}


def labelled_cases(file: Path) -> Iterator[LabelledCase]:
    """Read a labelled set."""
    document = safe_load(file.read_text(encoding="utf-8"))
    for list_name, labels in document["cases"].items():
        people = [
            Someone(identifier, *(field.strip() for field in fields.split("|")))
            for identifier, fields in document["people"][list_name].items()
        ]
        for phrase, label in labels.items():
            answer, *ids = label.split()
            yield LabelledCase(list_name, people, phrase, answer, ids)
