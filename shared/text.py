"""Texts that people write: made comparable, and kept apart from the bank's own text.

Made comparable, a text is folded, split into tokens, gathered in word sets. Kept apart, it has none
of the signs with which a bank's card sets off and identifies what it says.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(r"['’]s\b|[^\W_]+|[&+,;/]")
PUNCTUATION: Final = frozenset(",;/")
"""The tokens that are neither a word nor stand for one."""

_OPENING_AND_CLOSING: Final = frozenset({"Ps", "Pe", "Pi", "Pf"})
_APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])’(?=[^\W\d_])")
_ACCOUNT: Final = "acc"
_ACCOUNT_ID: Final = re.compile(rf"(?<![^\W_]){_ACCOUNT}(?:[-_]+\w|[0-9])")
_MINUS: Final = "\u2212"
_FIRST_MARK: Final = "\u0300"
_MAX_KNOWN: Final = 4096
_MAX_MARKS: Final = 2
"""On one letter: more than the writing of any language here needs."""


def composed(text: str) -> str:
    """Return a text with composed letters (NFC) and single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return a text in lower case, without accents and invisible characters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return plain.translate(_SPOKEN)


def alphabets(text: str) -> set[str]:
    """Return the alphabets of a text's letters, by the first word of their Unicode names."""
    folded = fold(text)
    if folded.isascii():
        return {"LATIN"} if any(map(str.isalpha, folded)) else set()
    return {
        "LATIN" if c.isascii() else unicodedata.name(c, "UNKNOWN").split(maxsplit=1)[0]
        for c in folded
        if c.isalpha()
    }


def tokens_of(text: str) -> list[str]:
    """Return the words, English genitives and separating signs of a text, folded."""
    return [token for piece in text.split() for token in _tokens_of_piece(piece)]


@lru_cache(maxsize=4096)
def _tokens_of_piece(piece: str) -> tuple[str, ...]:
    """Return the tokens of a text without blanks: none goes across one, and names come again."""
    return tuple(_TOKEN.findall(fold(piece)))


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are separated by blanks, as they are."""
    return frozenset(text.split())


def line_problem(text: str) -> str | None:
    """Tell what to correct in a line of a person's text that a card of the bank shows, if anything.

    Such a line has none of these, with which a card sets off and identifies what the bank says:

    - signs that open or close: Unicode's brackets, its opening and closing quotation marks, and
      whatever has a mirror image, such as < and >. A typographic apostrophe inside a word is none
      of them (O’Higgins);
    - account ids: a word that begins with `acc` and goes on with a hyphen, an underscore or a
      digit, in any case, width or kind of hyphen. Hyphens alone make no id (López-Portillo,
      mother-in-law);
    - characters that look like a blank but are none, and letters under piles of marks, which would
      cover the lines above and below.
    """
    unusual = text.translate(_UNUSUAL)
    if any(map(_looks_blank, unusual)):
        return "must have plain blanks between its words, not characters that look like blanks"
    if unusual and _without_piles(text) != text:
        return "must not have more than two marks on a letter: write it with plain letters"
    signs = unusual and dict.fromkeys(filter(_opens_or_closes, _APOSTROPHE.sub("", text)))
    if signs:
        return (
            f"must not have {' '.join(signs)} in it: write it without brackets, guillemets and "
            "quotation marks that open or close"
        )
    if _has_account_id(text):
        return "must not have an account id in it: say in words who or what it is"
    return None


def alphabets_problem(text: str) -> str | None:
    """Tell what to correct in a text with letters of several alphabets: some look like others."""
    if not text.isascii() and len(alphabets(text)) > 1:
        return "mixes letters of several alphabets: write it with the letters of one"
    return None


def plain_line(text: str) -> str:
    """Return a text as one printable line without what `line_problem` names; it may be empty."""
    visible = text
    if not text.isprintable():
        visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    kept = _APOSTROPHE.sub("'", _without_piles(composed(visible)))
    words = kept.translate(_SEEN).split()
    line = " ".join(words)
    if not _has_account_id(line):
        return line
    return " ".join(word for word in words if not _has_account_id(word))


class _Becomes(dict[int, str | None]):
    """What `str.translate` makes of each character, told once for the first that occur."""

    def __init__(self, tell: Callable[[str], str | None]) -> None:
        self._tell = tell

    def __missing__(self, number: int) -> str | None:
        becomes = self._tell(chr(number))
        if len(self) < _MAX_KNOWN:
            self[number] = becomes
        return becomes


def _is_left_out(character: str) -> bool:
    is_seen = character.isprintable() and not _looks_blank(character)
    return not is_seen or _opens_or_closes(character)


@lru_cache(maxsize=1024)
def _looks_blank(character: str) -> bool:
    """Tell whether a character is one of those that Unicode names fillers and blanks."""
    name = "" if character.isascii() else unicodedata.name(character, "")
    return "FILLER" in name or "BLANK" in name


def _without_piles(text: str) -> str:
    return "".join(_without_marks(text)) if text and max(text) >= _FIRST_MARK else text


def _without_marks(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= _MAX_MARKS:
            yield character


@lru_cache(maxsize=1024)
def _opens_or_closes(character: str) -> bool:
    return (
        unicodedata.category(character) in _OPENING_AND_CLOSING
        or unicodedata.mirrored(character) == 1
    )


def _has_account_id(text: str) -> bool:
    folded = fold(text)
    if _ACCOUNT not in folded:
        return False
    if not folded.isascii():
        folded = "".join(map(_with_plain_hyphen, folded))
    return _ACCOUNT_ID.search(folded) is not None


def _with_plain_hyphen(character: str) -> str:
    is_hyphen = character == _MINUS or unicodedata.category(character) == "Pd"
    return "-" if is_hyphen else character


def _is_unusual(character: str) -> bool:
    is_mark = unicodedata.category(character)[0] == "M"
    return is_mark or _looks_blank(character) or _opens_or_closes(character)


_UNUSUAL: Final = _Becomes(lambda c: c if _is_unusual(c) else None)
"""Leaves what `line_problem` looks for: most lines have none of it."""
_SPOKEN: Final = _Becomes(lambda c: None if unicodedata.category(c) in {"Mn", "Cf"} else c)
_SEEN: Final = _Becomes(lambda c: " " if _is_left_out(c) else c)
