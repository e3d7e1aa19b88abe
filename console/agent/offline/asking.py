"""What a message asks: what it is about, by phrases that people say for it; and which movements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from typing import Final

from console.agent.language import Language
from console.agent.offline.days import Span
from console.agent.offline.lexicon import Phrase, kinds, lexicon, usual_spelling
from console.agent.offline.orders import Reading
from shared.clock import BANK_ZONE

_MAX_GAP: Final = 3
"""How many words may stand between two words of a phrase."""
_WHOLE_BONUS: Final = 4.0
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
    begun = (row for row in _weighted(reading.words.language) if row[1][0] in places)
    for intent, phrase, score in begun:
        covered, beside = _fit(phrase, places), 0 if len(phrase) == 1 else _MAX_MORE_WORDS
        is_long = len(said.difference(covered)) > beside
        if not covered or (is_long and intent in kinds("short")):
            continue
        gaps = covered[-1] - covered[0] + 1 - len(covered)
        worth = score - 0.1 * gaps + (_WHOLE_BONUS if len(covered) == total else 0)
        known = best.get(intent, Topic(intent, worth, frozenset()))
        best[intent] = Topic(intent, max(worth, known.score), known.covered | set(covered))
    return sorted(best.values(), key=lambda topic: -topic.score)


def nearest(reading: Reading) -> list[str]:
    """Return the intents whose phrases have most words of a message, the nearest first."""
    telling = {word for word in _places(reading) if len(word) >= _MIN_TELLING}
    best = dict[str, float]()
    for intent, phrase, score in _weighted(reading.words.language):
        near = score * len(telling.intersection(phrase)) / len(phrase)
        best[intent] = max(best.get(intent, 0.0), near)
    return sorted(filter(best.get, best), key=lambda intent: -best[intent])


def _places(reading: Reading) -> dict[str, list[int]]:
    same, places = reading.words.same, dict[str, list[int]]()
    for place, token in enumerate(reading.tokens):
        one = same.get(token.said.lower()) or same.get(token.word, token.word)
        places.setdefault(one, []).append(place)
    return places


def _fit(phrase: Phrase, places: Mapping[str, Sequence[int]]) -> list[int]:
    """Return where the words of a phrase stand one after the other, nearly."""
    for start in places[phrase[0]]:
        found = [start]
        for word in phrase[1:]:
            found += [p for p in places.get(word, ()) if 0 < p - found[-1] <= _MAX_GAP + 1][:1]
        if len(found) == len(phrase):
            return found
    return []


@cache
def _weighted(language: Language) -> list[tuple[str, Phrase, float]]:
    """Return the phrases of all intents, spelled as messages are, with what each is worth."""
    known = lexicon(language)
    rows = ((intent, said) for intent, row in known.intents.items() for said in row)
    usual = ((i, (w for one in said for w in usual_spelling(one, language))) for i, said in rows)
    phrases = [(intent, tuple(known.same.get(w, w) for w in said)) for intent, said in usual]
    spread = Counter(w for _, w in {(intent, word) for intent, said in phrases for word in said})
    little = {p[0] for by in known.phrases.values() for p, k in by.items() if "plain" in dict(k)}

    def worth(word: str, phrase: Phrase) -> float:
        """Return what a word says: the less, the more intents have it; half, where it is little."""
        return (0.5 / spread[word] + 0.2) * (1 if word in little and len(phrase) > 1 else 2)

    return [(intent, said, sum(worth(word, said) for word in said)) for intent, said in phrases]


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
    unclear: str = ""
    """Why it cannot be answered, as in the sentences `unclear_...`: days that are none, or none
    that have been; a "him" that may be nobody spoken of."""
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
    types, names = reading.values("movement"), reading.words.of("names")
    sent = [verb.first for verb in reading.of("verb") if verb.value.act in {"send", "give"}]
    beside = ((at, reading.match(at + by, "to_me")) for at in sent for by in (-2, -1, 1))
    is_to_me = any(me and at in {me.first - 1, me.last} for at, me in beside)
    direction = "credit" if is_to_me else min(reading.values("direction"), default="")
    people = [part for part in reading.of("person", "name") if part.first not in days]
    people = people or [p for p in reading.of("reason") if reading.word(p.last - 1) in names]
    other = people[0].value if len(people) == 1 else ""
    is_told = other or any(reading.match(at, "movement") for at in sent)
    is_of_type = len(types) == 1 and not (is_told and direction == "credit")
    ends = ((part.value, part.way) for part in reading.of("account"))
    is_into = sent and any(way == "to" or (of, way) == ("credit", "") for of, way in ends)
    return MovementsQuery(
        account=account_in(reading),
        span=span,
        type=next(iter(types)) if is_of_type else "",
        direction="credit" if is_into else direction,
        about="" if other or direction == "credit" else _about(reading, days),
        other=other,
        unclear="dates" if is_unread or (span is None and reading.values("coming")) else "",
        limit=_limit(reading, days),
        is_sum=bool(reading.values("sum")) and not is_into,
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
    said = (part for part in reading.of("amount") if part.first not in days and not part.is_money)
    places = (place for place in range(len(reading.tokens)) if place not in days)
    lasts = (reading.match(place, "last", "relative") for place in places)
    latest = (last for last in lasts if last is not None and last.value in _LATEST)
    pairs = ((reading.word(last.first), reading.word(last.last)) for last in latest)
    is_one = any(after and not (last.endswith("s") or after.endswith("s")) for last, after in pairs)
    limit = next((part.whole or 0 for part in said), int(is_one))
    return limit if 0 < limit <= MAX_PAGE else None
