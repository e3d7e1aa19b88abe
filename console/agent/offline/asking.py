"""What a message that orders nothing is about, by phrases that people say for it.

A phrase fits where all its words stand in the message, in order and near each other. The more
words, and the rarer, the surer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from console.agent.language import Language
from console.agent.offline.lexicon import Phrase, lexicon, read, usual_spelling
from console.agent.offline.orders import Reading
from shared.text import fold

_MAX_GAP: Final = 3
"""How many words may stand between two words of a phrase."""
_WHOLE_BONUS: Final = 4.0
_SHORT: Final = frozenset({"help", "more", "thanks", "bye", "greeting", "cancel", "tasks"})
"""What is meant only where a message says hardly anything else."""
_MAX_MORE_WORDS: Final = 2
_MIN_TELLING: Final = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message may be about, and how sure that is."""

    intent: str
    score: float
    covered: frozenset[int]
    """The tokens that say so."""


def topics_of(reading: Reading) -> list[Topic]:
    """Return what a message may be about, the surest first."""
    own = reading.words.language
    return _topics(reading, own) or _topics(reading, "en" if own == "es" else "es")


def _topics(reading: Reading, language: Language) -> list[Topic]:
    places = _places(reading, language)
    total = sum(token.is_word for token in reading.tokens)
    best: dict[str, Topic] = {}
    for intent, phrase, score in _weighted(language):
        covered = _fit(phrase, places)
        if covered is None:
            continue
        if intent in _SHORT and total - len(covered) - _polite(reading, covered) > (
            0 if len(phrase) == 1 else _MAX_MORE_WORDS
        ):
            continue
        gaps = covered[-1] - covered[0] + 1 - len(covered)
        worth = score - 0.1 * gaps + (_WHOLE_BONUS if len(covered) == total else 0)
        if intent not in best or worth > best[intent].score:
            best[intent] = Topic(intent, worth, frozenset(covered))
    return sorted(best.values(), key=lambda topic: -topic.score)


def nearest(reading: Reading) -> list[str]:
    """Return the intents whose phrases have most words of a message, the nearest first."""
    language = reading.words.language
    places, best = _places(reading, language), dict[str, float]()
    for intent, phrase, score in _weighted(language):
        telling = [word for word in set(phrase) if word in places and len(word) >= _MIN_TELLING]
        best[intent] = max(best.get(intent, 0.0), score * len(telling) / len(phrase))
    found = sorted(best, key=lambda intent: -best[intent])
    return [intent for intent in found if best[intent]]


def _polite(reading: Reading, covered: Sequence[int]) -> int:
    kinds = {"courtesy", "stop", "now", "article", "clitic", "here", "will", "and", "yes", "no"}
    return sum(
        1
        for part in reading.parts
        if part.kind in kinds
        for place in range(part.first, part.last)
        if place not in covered and reading.tokens[place].is_word
    )


def _places(reading: Reading, language: Language) -> dict[str, list[int]]:
    same = lexicon(language).same
    places: dict[str, list[int]] = {}
    for place, token in enumerate(reading.tokens):
        one = same.get(token.said.lower()) or same.get(token.word, token.word)
        places.setdefault(one, []).append(place)
    return places


def _fit(phrase: Phrase, places: Mapping[str, Sequence[int]]) -> list[int] | None:
    """Return where the words of a phrase stand one after the other, nearly."""
    for start in places.get(phrase[0], ()):
        found = [start]
        for word in phrase[1:]:
            following = [p for p in places.get(word, ()) if 0 < p - found[-1] <= _MAX_GAP + 1]
            if not following:
                break
            found.append(following[0])
        if len(found) == len(phrase):
            return found
    return None


@cache
def _weighted(language: Language) -> list[tuple[str, Phrase, float]]:
    """Return the phrases of all intents, spelled as messages are, with what each is worth."""
    known = lexicon(language)
    intents = {
        intent: [_spelled(phrase, language) for phrase in phrases]
        for intent, phrases in known.intents.items()
    }
    spread = Counter(
        word for phrases in intents.values() for word in {w for phrase in phrases for w in phrase}
    )
    little = {p[0] for rows in known.phrases.values() for p, k, _ in rows if k == "plain"}
    return [
        (
            intent,
            phrase,
            sum(_worth(w, spread[w], little if len(phrase) > 1 else set()) for w in phrase),
        )
        for intent, phrases in intents.items()
        for phrase in phrases
    ]


def _worth(word: str, spread: int, little: set[str]) -> float:
    """Return what a word of a phrase says: the less, the more intents have it."""
    return 0.5 / spread + 0.2 if word in little else 1 / spread + 0.4


def _spelled(phrase: Phrase, language: Language) -> Phrase:
    same = lexicon(language).same
    words = (word for said in phrase for word in usual_spelling(fold(said), language))
    return tuple(same.get(word, word) for word in words)


def fits_example(reading: Reading, example: str) -> bool:
    """Tell whether a message says what an example phrase says, in nearly its words."""
    language = reading.words.language
    wanted = [t.word for t in read(example, language).tokens if t.is_word]
    telling = tuple(word for word in wanted if not reading.words.match_word(word, "plain"))
    return (
        bool(telling) and _fit(_spelled(telling, language), _places(reading, language)) is not None
    )
