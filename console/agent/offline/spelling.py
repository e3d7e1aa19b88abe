"""Words as they are usually spelled: shortened, lengthened and mistyped ones made regular.

A word is put right only into one that this package looks for, and only when nothing else is as
near. Forms of verbs that say something else than an order are known words, so that "transferi" is
never made "transfiere".
"""

import re
from functools import cache, lru_cache
from typing import Final

from jellyfish import damerau_levenshtein_distance

from action_groups.crm.aliases import vocabulary as people
from console.agent.offline import verbs
from console.agent.offline.vocabulary import KNOWN_WORDS, LOOKED_FOR, SHORT_FORMS

_MIN_TYPO_LETTERS: Final = 6
_MIN_VERB_LETTERS: Final = 7
_MIN_TWO_TYPOS_LETTERS: Final = 9
_LENGTHENED: Final = re.compile(r"([a-z])\1{2,}")


@lru_cache(maxsize=4096)
def usual_spelling(word: str) -> str:
    """Return the usual spelling of a folded word, or the word itself."""
    word = _LENGTHENED.sub(r"\1", word)
    if word in SHORT_FORMS:
        return SHORT_FORMS[word]
    if not word.isalpha() or len(word) < _MIN_TYPO_LETTERS or word in _known():
        return word
    return _nearest(word) or word


def _nearest(word: str) -> str:
    """Return the only looked-for word that this may be a slip of, or nothing.

    Neither the first nor the last letter may be wrong: they tell verbs' forms apart.
    """
    allowed = 2 if len(word) >= _MIN_TWO_TYPOS_LETTERS else 1
    near = sorted(
        (distance, candidate)
        for candidate in _candidates()
        if candidate[0] == word[0]
        and candidate[-1] == word[-1]
        and abs(len(candidate) - len(word)) <= allowed
        and (distance := damerau_levenshtein_distance(word, candidate)) <= allowed
    )
    best = [candidate for distance, candidate in near if distance == near[0][0]]
    meanings = {verbs.verb_of(candidate, candidate) or candidate for candidate in best}
    return best[0] if len(meanings) == 1 else ""


@cache
def _candidates() -> frozenset[str]:
    forms = (word for word in verbs.known_forms() if len(word) >= _MIN_VERB_LETTERS)
    words = (word for word in LOOKED_FOR if len(word) >= _MIN_TYPO_LETTERS)
    return frozenset((*words, *forms))


@cache
def _known() -> frozenset[str]:
    plurals = frozenset(f"{word}s" for word in LOOKED_FOR)
    return plurals | LOOKED_FOR | KNOWN_WORDS | verbs.known_forms() | people.all_words()
