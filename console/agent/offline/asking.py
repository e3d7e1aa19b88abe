"""What a message asks: what it is about, by phrases that people say for it; and which movements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from typing import Final

from console.agent.language import Language
from console.agent.offline.days import Span
from console.agent.offline.lexicon import Phrase, kinds, lexicon, tokens_of, usual_spelling
from console.agent.offline.orders import Reading
from shared.clock import BANK_ZONE
from shared.text import fold

_MAX_GAP: Final = 3
"""How many words may stand between two words of a phrase."""
_WHOLE_BONUS: Final = 4.0
QUERIES: Final = frozenset({"balance", "movements", "purchases", "beneficiaries", "total"})
"""What is answered with what the bank knows."""
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
    places = _places(reading)
    words = {place for place, token in enumerate(reading.tokens) if token.kind == "word"}
    total, parts = len(words), reading.beside(*kinds("polite"))
    said = words.intersection(p for part in parts for p in range(part.first, part.last))
    best: dict[str, Topic] = {}
    for intent, phrase, score in _weighted(reading.words.language):
        covered = _fit(phrase, places)
        if covered is None:
            continue
        beside = 0 if len(phrase) == 1 else _MAX_MORE_WORDS
        if intent in _SHORT and len(said.difference(covered)) > beside:
            continue
        gaps = covered[-1] - covered[0] + 1 - len(covered)
        worth = score - 0.1 * gaps + (_WHOLE_BONUS if len(covered) == total else 0)
        known = best.get(intent, Topic(intent, worth, frozenset()))
        best[intent] = Topic(intent, max(worth, known.score), known.covered | set(covered))
    return sorted(best.values(), key=lambda topic: -topic.score)


def nearest(reading: Reading) -> list[str]:
    """Return the intents whose phrases have most words of a message, the nearest first."""
    places, best = _places(reading), dict[str, float]()
    for intent, phrase, score in _weighted(reading.words.language):
        telling = [word for word in set(phrase) if word in places and len(word) >= _MIN_TELLING]
        best[intent] = max(best.get(intent, 0.0), score * len(telling) / len(phrase))
    found = sorted(best, key=lambda intent: -best[intent])
    return [intent for intent in found if best[intent]]


def _places(reading: Reading) -> dict[str, list[int]]:
    same, places = reading.words.same, dict[str, list[int]]()
    for place, token in enumerate(reading.tokens):
        one = same.get(token.said.lower()) or same.get(token.word, token.word)
        places.setdefault(one, []).append(place)
    return places


def _fit(phrase: Phrase, places: Mapping[str, Sequence[int]]) -> list[int] | None:
    """Return where the words of a phrase stand one after the other, nearly."""
    for start in places.get(phrase[0], ()):
        found = [start]
        for word in phrase[1:]:
            found += [p for p in places.get(word, ()) if 0 < p - found[-1] <= _MAX_GAP + 1][:1]
        if len(found) == len(phrase):
            return found
    return None


@cache
def _weighted(language: Language) -> list[tuple[str, Phrase, float]]:
    """Return the phrases of all intents, spelled as messages are, with what each is worth."""
    known = lexicon(language)
    phrases = [(i, _spelled(said, language)) for i, row in known.intents.items() for said in row]
    spread = Counter(w for _, w in {(intent, word) for intent, said in phrases for word in said})
    little = {p[0] for rows in known.phrases.values() for p, k, _ in rows if k == "plain"}

    def worth(word: str, phrase: Phrase) -> float:
        """Return what a word says: the less, the more intents have it; half, where it is little."""
        return (0.5 / spread[word] + 0.2) * (1 if word in little and len(phrase) > 1 else 2)

    return [(intent, said, sum(worth(word, said) for word in said)) for intent, said in phrases]


def _spelled(phrase: Phrase, language: Language) -> Phrase:
    same = lexicon(language).same
    words = (word for said in phrase for word in usual_spelling(fold(said), language))
    return tuple(same.get(word, word) for word in words)


def fits_example(reading: Reading, example: str) -> bool:
    """Tell whether a message says what an example phrase says, in nearly its words."""
    language = reading.words.language
    wanted = [t.word for t in tokens_of(example, language) if t.kind == "word"]
    known, places = reading.words.phrases, _places(reading)
    telling = tuple(word for word in wanted if ((word,), "plain", "") not in known.get(word, ()))
    return bool(telling) and _fit(_spelled(telling, language), places) is not None


# --- which movements ---

MAX_PAGE: Final = 50
_LATEST: Final = frozenset({"", "recent", "latest"})
_END_OF_DAY: Final = time(23, 59, 59)


@dataclass(frozen=True)
class MovementsQuery:
    """Which movements are asked for; what is not said is empty."""

    account: str = ""
    """The type of an own account, or an identifier."""
    span: Span | None = None
    type: str = ""
    direction: str = ""
    limit: int | None = None
    about: str = ""
    """What the description must have: "renta" in "¿cuánto gasté en renta?"."""
    other: str = ""
    """Whom the money went to or came from, in the person's own words."""
    is_date_unread: bool = False
    """Whether days are spoken of that are none, or none that have been."""
    is_sum: bool = False
    """Whether a total is asked for rather than a list."""

    def dates(self) -> dict[str, str]:
        """Return the days as the bank takes them: moments in Mexico's time."""
        if self.span is None:
            return {}
        ends = (("from_date", self.span.first, time.min), ("to_date", self.span.last, _END_OF_DAY))
        moments = ((name, datetime.combine(day, at, BANK_ZONE)) for name, day, at in ends if day)
        return {name: moment.isoformat() for name, moment in moments}


def read_query(reading: Reading) -> MovementsQuery:
    """Return which movements a message asks for."""
    span, days, is_unread = reading.days()
    is_coming = span is None and bool(reading.values("coming"))
    is_future = span is not None and span.first is not None and span.first > reading.today
    directions, types = reading.values("direction"), reading.values("movement")
    direction = next((way for way in ("credit", "debit") if way in directions), "")
    people = [part for part in reading.of("person", "name") if part.first not in days]
    other = people[0].value if len(people) == 1 else ""
    is_of_type = len(types) == 1 and not (other and direction == "credit")
    return MovementsQuery(
        account=account_in(reading),
        span=span,
        type=next(iter(types)) if is_of_type else "",
        direction=direction,
        about=_about(reading, days) if direction != "credit" else "",
        other=other,
        is_date_unread=is_unread or is_future or is_coming,
        limit=_limit(reading, days),
        is_sum=bool(reading.values("sum")),
    )


def account_in(reading: Reading) -> str:
    """Return the type or the identifier of the only account that is named, or nothing."""
    types = {part.value for part in reading.of("account")} - {""}
    return types.pop() if len(types) == 1 else ""


def _about(reading: Reading, days: range) -> str:
    """Return what money is said to have been spent on."""
    for part in reading.of("reason", "unread"):
        lead = part.first - 1 - (reading.match(part.first - 1, "article") is not None)
        is_told = part.kind == "reason" or reading.match(lead, "into", "for") is not None
        if is_told and part.first not in days:
            last = days.start if part.first < days.start < part.last else part.last
            places, kinds_of = range(part.first, last), kinds("of_movements")
            is_of_movements = any(reading.match(place, *kinds_of) for place in places)
            said = str(part.value or reading.quote(part.first, part.last))
            said = said.removesuffix(reading.quote(last, part.last)).strip()
            return "" if is_of_movements else said
    return ""


def _limit(reading: Reading, days: range) -> int | None:
    """Return how many are asked for: "los últimos 5", "el último depósito"."""
    amounts = (part for part in reading.of("amount") if part.first not in days)
    for number in (part.whole or 0 for part in amounts if not part.is_money):
        return number if 0 < number <= MAX_PAGE else None
    for place in range(len(reading.tokens)):
        last = reading.match(place, "last", "relative")
        after = reading.word(last.last) if last is not None else ""
        is_last = last is not None and last.value in _LATEST and place not in days
        is_plural = after.endswith("s") or reading.word(place).endswith("s")
        if is_last and after and not is_plural:
            return 1
    return None
