"""The words of the web chat: the same in both languages, each of them used, and none missing."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from console.agent.events import Changed, TurnOutcome
from console.agent.wording import ACCOUNT_TYPES

STATIC = Path("console/web/static")
LANGUAGE = re.compile(r"^  (\w\w): \{\n(.*?)^  \},$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r'^ {4}"?([\w-]+)"?:(.*(?:\n {6}.*)*)', re.MULTILINE)
ASKED = re.compile(r'(?:\bwords\("\w+", "[^"]*", |\bsay\([\w.]+, |\bt\()"([\w-]+)"')
MARKED = re.compile(r'data-i18n(?:-\w+)?="([\w-]+)"')
PREFIX = re.compile(r"`([a-z]+-?)\$\{")
SHOWN = re.compile(r"(?:#show\(|const closed = )(.*)")
LITERAL = re.compile(r'"([\w-]+)"')


def words() -> dict[str, dict[str, str]]:
    text = (STATIC / "i18n.js").read_text(encoding="utf-8")
    return {name: dict(ENTRY.findall(block)) for name, block in LANGUAGE.findall(text)}


def page() -> str:
    files = [*STATIC.glob("*.js"), STATIC / "index.html"]
    return "\n".join(p.read_text(encoding="utf-8") for p in files if p.name != "i18n.js")


def test_both_languages_have_the_same_words_with_the_same_blanks() -> None:
    blanks = {
        language: {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in entries.items()}
        for language, entries in words().items()
    }
    assert set(blanks) == {"es", "en"}
    assert len(blanks["es"]) > 50
    assert blanks["es"] == blanks["en"]


@pytest.mark.parametrize("pattern", [ASKED, MARKED])
def test_every_word_that_the_page_asks_for_is_there(pattern: re.Pattern[str]) -> None:
    asked = set(pattern.findall(page()))
    assert len(asked) > 10
    assert asked <= set(words()["es"])


def test_every_word_is_used() -> None:
    text = page()
    changed = get_args(get_type_hints(Changed)["what"])
    used = {*LITERAL.findall(text), *MARKED.findall(text), *changed}
    families = tuple(PREFIX.findall(text))
    assert [key for key in words()["es"] if key not in used and not key.startswith(families)] == []


@pytest.mark.parametrize(
    ("family", "members"),
    [
        ("outcome-", get_args(TurnOutcome)),
        ("account-", ACCOUNT_TYPES["es"]),
    ],
)
def test_each_member_of_a_family_has_words(family: str, members: Iterable[str]) -> None:
    assert {f"{family}{member}" for member in members} <= set(words()["es"])


def test_each_state_that_a_card_shows_has_words() -> None:
    card = (STATIC / "confirmation.js").read_text(encoding="utf-8")
    shown = {state for call in SHOWN.findall(card) for state in LITERAL.findall(call)}
    assert len(shown) >= 5
    assert {f"card-{state}" for state in shown} <= set(words()["es"])
