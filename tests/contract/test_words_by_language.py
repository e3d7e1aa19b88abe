"""What the chat says from tables: in both languages alike, and for all that it is there for."""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from action_groups import all_groups
from console.agent import card

SPEAKING = [
    ".".join(path.with_suffix("").parts)
    for path in sorted(Path("console").rglob("*.py"))
    if "Mapping[Language" in path.read_text(encoding="utf-8")
]


def by_language(held: Any) -> Iterator[Mapping[str, Any]]:
    """Yield what a value has for each language."""
    if isinstance(held, Mapping):
        if {"es", "en"} & set(held):
            yield held
        else:
            for part in held.values():
                yield from by_language(part)


def form(held: Any) -> Any:
    """Return the keys of a table and the blanks of its sentences."""
    if isinstance(held, Mapping):
        return {key: form(part) for key, part in held.items()}
    return sorted({blank for _, blank, _, _ in Formatter().parse(str(held)) if blank})


@pytest.mark.parametrize("module", SPEAKING)
def test_a_table_has_the_same_in_both_languages(module: str) -> None:
    for name, value in vars(importlib.import_module(module)).items():
        for table in by_language(value):
            assert set(table) == {"es", "en"}, name
            assert form(table["es"]) == form(table["en"]), name


def test_what_a_card_asks_in_words_has_words_for_all_its_terms_and_for_nothing_else() -> None:
    questions, labels = card._QUESTIONS["es"], set(card._LABELS["es"])
    terms = {
        operation.operation_id: set(operation.terms_model.model_fields)
        for group in all_groups()
        for operation in group
        if operation.terms_model is not None and operation.operation_id in questions
    }
    assert set(terms) == set(questions)
    in_the_headline = {*card._AMOUNTS, "currency"}
    assert set().union(*terms.values()) - labels == in_the_headline
    assert labels - set().union(*terms.values()) == {"left_today"}
    assert all(field in terms[operation] for operation, field in card._HOLDER.items())
    assert set(card._WARNINGS["es"]) >= card._NEEDS_MORE_THAN_YES
