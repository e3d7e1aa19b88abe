"""Whose account it is by the bank's books: shown to others, and compared with a name that is typed.

The books' text may be broken or hostile: what is shown of it is one printable line.
"""

import re
from collections import Counter
from typing import Final

from shared.accounts import Account
from shared.text import fold, plain_line, word_set

MAX_SHOWN_LENGTH: Final = 140

_PARTICLES: Final = word_set("de del la las el los en y")
"""Spanish articles, prepositions and "and": they tell no name from another."""
_COMPANY_FORMS: Final = word_set("sa cv rl sc ac nc sas sapi sab sofom enr er spr ri iap s")
"""The legal forms of companies in Mexico, without dots; `s` stands before another (S. de R.L.)."""

_ALNUM: Final = re.compile(r"[^\W_]")
_INSIDE_WORD: Final = re.compile(r"(?<=[^\W_])['’´`](?=[^\W_])|(?<=\b\w)\.(?=\w\b)")
"""Apostrophes, and the dots of abbreviations such as "S.A."."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-‐–][^\W_]+)*")
_HYPHEN: Final = re.compile(r"[-‐–]")


def shown_holder(account: Account, to_user_id: str) -> str | None:
    """Return the name of an account's holder as this user may see it, or None when not known.

    One's own name, and a retailer's, in full. Of somebody else the first name, then the initial of
    each further word and `***`: "Juan L*** G***". At most `MAX_SHOWN_LENGTH` characters.
    """
    name = plain_line(account.holder_name or "")
    if not _ALNUM.search(name):
        return None
    is_open = account.is_retailers or account.user_id == to_user_id
    return (name if is_open else _masked(name))[:MAX_SHOWN_LENGTH].rstrip()


def _masked(name: str) -> str:
    first, *others = [word for word in name.split() if _ALNUM.search(word)]
    initials = [found[0] for word in others if (found := _ALNUM.search(word))]
    return " ".join([first, *(f"{initial}***" for initial in initials)])


def names_differ(typed: str, holder_name: str) -> bool:
    """Tell whether a name that is typed may be another person's than the holder's.

    It is the holder's when every word of it stands in the holder's name, an initial for a word that
    begins so, and the first name and a surname are among them. Surnames are the last two words
    after the first; what a hyphen joins is one word. Accents, case, the order of words, articles
    and prepositions, and the legal form of a company make no difference. A diminutive does, and so
    does a letter of another alphabet that looks alike.
    """
    typed_words, words = _words(typed), _words(holder_name)
    said = _counted(typed_words)
    if typed_words != words:
        theirs = _counted(words)
        missing, spare = said - theirs, theirs - said
        if missing - Counter(word[0] for word in spare.elements()):
            return True
    first, *others = [parts for word in words if (parts := [*filter(_is_name, word)])] or [[""]]
    surnames = {part for word in others[-2:] for part in word}
    besides = {word for word, times in said.items() if times > (word == first[0])}
    return first[0] not in said or (bool(surnames) and surnames.isdisjoint(besides))


def _counted(words: list[list[str]]) -> Counter[str]:
    return Counter(part for word in words for part in word)


def _is_name(word: str) -> bool:
    """Tell whether a word is more than an initial."""
    return len(word) > 1 or word.isdigit()


def _words(name: str) -> list[list[str]]:
    """Return the words that tell names apart, folded; each has parts when hyphens join it."""
    found = _WORD.findall(_INSIDE_WORD.sub("", fold(name)))
    words = [word for word in found if word not in _PARTICLES]
    end = len(words)
    while end > 1 and words[end - 1] in _COMPANY_FORMS:
        end -= 1
    if words[end:] == ["s"]:
        end += 1
    return [_HYPHEN.split(word) for word in words[:end]]
