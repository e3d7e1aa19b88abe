"""The words of the web chat: the same in both languages, each of them used, and none missing."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from console.agent.events import Changed

STATIC = Path("console/web/static")
LANGUAGE = re.compile(r"^  (\w\w): \{\n(.*?)^  \},$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r'^ {4}"?([\w-]+)"?:(.*(?:\n {6}.*)*)', re.MULTILINE)
ASKED = re.compile(r'(?:\bwords\("\w+", "[^"]*", |\bsay\([\w.]+, |\bt\()"([\w-]+)"')
MARKED = re.compile(r'data-i18n(?:-\w+)?="([\w-]+)"')
PREFIX = re.compile(r"`([a-z]+-?)\$\{")
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
