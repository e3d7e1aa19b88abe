"""What a message says of things to buy: what to look for, which one, how many, how to pay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from console.agent.offline.ends import Part
from console.agent.offline.lexicon import usual_spelling, words_for
from console.agent.offline.orders import Reading
from console.agent.offline.text import stem, words_of
from shared.text import fold

NO_BENEFIT: Final = "none"
MAX_QUANTITY: Final = 100
_MAX_SEARCH_CHARACTERS: Final = 140
_MIN_SHORT_FORM: Final = 4
_LEFT_OUT: Final = ("plain", "article", "container", "piece", "terse", "courtesy", "now")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to look for, and what to leave out of what is found."""

    words: str = ""
    category: str = ""
    max_price: Decimal | None = None
    min_price: Decimal | None = None
    benefit: str = ""
    cheapest: bool = False
    quantity: int | None = None
    """How many pieces are wanted of what is found."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How to buy; what is not said is empty."""

    benefit: str = ""
    """As the bank names it, such as MSI-12; `MSI` without a number of months; or "none"."""
    quantity: int | None = None
    is_unclear: bool = False
    """Whether it says how many in a way that is no number of pieces: "unas 3", "dos o tres"."""

    @property
    def says_anything(self) -> bool:
        """Whether it says how to buy."""
        return bool(self.benefit) or self.quantity is not None or self.is_unclear


class Thing(Protocol):
    """What may be chosen."""

    @property
    def words(self) -> frozenset[str]:
        """The words that it may be called by."""
        ...

    @property
    def price(self) -> Decimal:
        """What it costs."""
        ...


def read_terms(reading: Reading) -> Terms:
    """Return the benefit and the number of pieces that a message asks for."""
    named = sorted((part.value for part in reading.of("benefit")), key=_is_vague)
    benefit = named[0] if named else ""
    if reading.has("dozen") and not things_in(reading):
        return Terms(benefit, None, is_unclear=True)
    counts = [part.value for part in reading.of("amount") if _is_count(reading, part)]
    if not counts:
        return Terms(benefit)
    is_plain = counts[0].whole is not None and 0 < counts[0].whole <= MAX_QUANTITY
    return Terms(benefit, counts[0].whole if is_plain else None, is_unclear=not is_plain)


def _is_vague(benefit: str) -> bool:
    return "-" not in benefit and benefit != NO_BENEFIT


def _is_count(reading: Reading, part: Part) -> bool:
    amount = part.value
    if amount.is_money or amount.first != part.first or _price_limit(reading, part):
        return False
    if amount.unit:
        return reading.match(amount.last, "piece", "container") is not None
    return not is_thing(reading, reading.word(part.first - 1))


def read_wish(reading: Reading) -> Wish:
    """Return what a message asks to look for."""
    words = [word for word, _ in things_in(reading)]
    folded = [fold(word) for word in words]
    is_category = len(folded) == 1 and folded[0] in reading.words.of("category_names")
    is_telling = any(not word.isdigit() for word in folded) and not is_category
    limits = {_price_limit(reading, p): p.value.value or None for p in reading.of("amount")}
    terms = read_terms(reading)
    return Wish(
        words=" ".join(words)[:_MAX_SEARCH_CHARACTERS] if is_telling else "",
        category=reading.words.category(folded[0]) if is_category else "",
        max_price=limits.get("under"),
        min_price=limits.get("over"),
        benefit="" if terms.benefit == NO_BENEFIT else terms.benefit,
        cheapest=reading.has("cheapest"),
        quantity=terms.quantity,
    )


def things_in(reading: Reading) -> list[tuple[str, str]]:
    """Return the words for things, as the shops call them and as they were said."""
    return list(_things(reading))


def _things(reading: Reading) -> Iterator[tuple[str, str]]:
    for part in reading.parts:
        is_size = part.kind == "amount" and _is_size(reading, part)
        is_said = part.kind in {"unread", "name", "reason"} or is_of_thing(reading, part)
        for place in range(part.first, part.last):
            token = reading.tokens[place]
            if is_size and token.is_number:
                yield token.said, token.word
            called = reading.words.product(token.word)
            is_left_out = not called and reading.match(place, *_LEFT_OUT) is not None
            if is_said and token.is_word and not is_left_out:
                said = token.word if fold(token.said) != token.word else token.said.lower()
                yield called or said, token.word


def is_of_thing(reading: Reading, part: Part) -> bool:
    """Tell whether what might be a person tells of a thing: "para correr", "de Juan Rulfo"."""
    return part.kind == "person" and not is_kin(reading, part)


def is_kin(reading: Reading, part: Part) -> bool:
    """Tell whether a phrase says what somebody is to the customer."""
    places = range(part.first, part.last)
    return any(reading.match(place, "relation", "possessive") for place in places)


def _is_size(reading: Reading, part: Part) -> bool:
    """Tell whether a number tells what a thing is like: "tele de 32", "128 GB"."""
    amount = part.value
    if amount.is_money or amount.doubt or _price_limit(reading, part):
        return False
    if amount.unit or amount.first != part.first:
        return reading.match(amount.last, "piece", "container") is None
    return is_thing(reading, reading.word(part.first - 1))


def is_thing(reading: Reading, word: str) -> bool:
    """Tell whether a word is a thing that shops sell."""
    things = reading.words.of("things")
    return word in things or word.removesuffix("s") in things or bool(reading.words.product(word))


def names_a_thing(reading: Reading) -> bool:
    """Tell whether a message names a thing that shops sell."""
    return any(is_thing(reading, fold(word)) for pair in things_in(reading) for word in pair)


def _price_limit(reading: Reading, part: Part) -> str:
    """Return whether an amount is the most or the least that a thing may cost, or nothing."""
    place = reading.parts.index(part)
    before = reading.parts[place - 1].kind if place else ""
    inside = range(part.first, min(part.value.first + 2, part.last))
    for kind in ("under", "over"):
        is_inside = part.value.doubt == "hedge" and any(reading.match(p, kind) for p in inside)
        if before == kind or is_inside:
            return kind
    return ""


# --- choosing among those shown ---


@dataclass(frozen=True, slots=True)
class Meant:
    """The places of the things that a message may mean, and what it says that none of them is."""

    places: list[int]
    unread: str = ""


def meant(reading: Reading, things: Sequence[Thing]) -> Meant:
    """Return the places of the things shown that a message may mean; none when it means none."""
    places, prices = range(len(things)), [thing.price for thing in things]
    if not things or reading.has("both"):
        return Meant(list(places))
    wanted = {min(prices)} if reading.has("cheapest") else set()
    wanted |= {max(prices)} if reading.has("dearest") else set()
    said = {p.value.value for p in reading.of("amount") if not p.value.doubt} - {Decimal(0)}
    numbers = [len(things) if p.value == -1 else p.value for p in reading.of("ordinal")]
    pointed = [place for place in places if prices[place] in wanted] or [
        number - 1 for number in numbers if number - 1 in places
    ]
    pointed = pointed or [place for place in places if prices[place] in said]
    return Meant(pointed) if pointed else _by_words(reading, things)


def _by_words(reading: Reading, things: Sequence[Thing]) -> Meant:
    """Return the things that have most of the words said, and the words that they do not have."""
    said = [(words_of(called) | {stem(fold(word))}, word) for called, word in things_in(reading)]
    shares = [sum(_same(any_of, thing.words) for any_of, _ in said) for thing in things]
    best = max(shares)
    places = [place for place, share in enumerate(shares) if share == best and best]
    had = things[places[0]].words if places else frozenset()
    return Meant(places, " ".join(word for any_of, word in said if not _same(any_of, had)))


def thing_words(text: str) -> frozenset[str]:
    """Return the words that a thing may be called by: its own, and what people say for them."""
    shop, own = words_for("es"), words_of(text)
    spelled = {stem(said) for word in own for said in usual_spelling(word, "es")}
    return own | spelled | {stem(fold(called)) for word in own if (called := shop.product(word))}


def _same(said: frozenset[str], called: frozenset[str]) -> bool:
    """Tell whether a thing is called so, or by a word that goes on from it: "refri"."""
    return bool(said & called) or any(
        len(word) >= _MIN_SHORT_FORM and other.startswith(word) for word in said for other in called
    )
