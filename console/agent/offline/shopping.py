"""What a message says of things to buy: what to look for, which one, how many, how to pay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from console.agent.offline.amounts import Amount
from console.agent.offline.ends import Part
from console.agent.offline.lexicon import usual_spelling, words_for
from console.agent.offline.orders import Reading
from console.agent.offline.text import stem, words_of
from shared.text import fold

NO_BENEFIT: Final = "none"
MAX_QUANTITY: Final = 100
_MAX_SEARCH_CHARACTERS: Final = 140
_MIN_SHORT_FORM: Final = 4
_SAYS_THINGS: Final = frozenset({"unread", "name", "reason"})
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
    quantity, is_unclear = _quantity(reading)
    return Terms(benefit_in(reading), quantity, is_unclear)


def benefit_in(reading: Reading) -> str:
    """Return the benefit that a message names, or nothing."""
    named = [part.value for part in reading.parts if part.kind == "benefit"]
    return next((value for value in named if "-" in value or value == NO_BENEFIT), "") or (
        named[0] if named else ""
    )


def _quantity(reading: Reading) -> tuple[int | None, bool]:
    if reading.has("dozen") and _counts_by_word(reading):
        return None, True
    for part in reading.parts:
        if part.kind != "amount" or not _is_count(reading, part):
            continue
        amount: Amount = part.value
        is_one = not amount.doubt and amount.value == int(amount.value)
        if is_one and 0 < amount.value <= MAX_QUANTITY:
            return int(amount.value), False
        return None, True
    return None, False


def _counts_by_word(reading: Reading) -> bool:
    """Tell whether "una docena" says how many, and is no part of another thing."""
    return not things_in(reading)


def _is_count(reading: Reading, part: Part) -> bool:
    amount: Amount = part.value
    if amount.is_money or amount.first != part.first or is_price_limit(reading, part):
        return False
    if amount.unit:
        return (
            reading.words.match(reading.said.tokens, amount.last, "piece", "container") is not None
        )
    before = reading.said.tokens[part.first - 1].word if part.first else ""
    return not is_thing(reading, before)


def read_wish(reading: Reading) -> Wish:
    """Return what a message asks to look for."""
    words = [word for word, _ in things_in(reading)]
    folded = [fold(word) for word in words]
    is_category = len(folded) == 1 and folded[0] in reading.words.of("category_names")
    is_telling = any(not word.isdigit() for word in folded) and not is_category
    max_price, min_price = _prices(reading)
    benefit, (quantity, _) = benefit_in(reading), _quantity(reading)
    return Wish(
        words=" ".join(words)[:_MAX_SEARCH_CHARACTERS] if is_telling else "",
        category=reading.words.category(folded[0]) if is_category else "",
        max_price=max_price,
        min_price=min_price,
        benefit="" if benefit == NO_BENEFIT else benefit,
        cheapest=reading.has("cheapest"),
        quantity=quantity,
    )


def things_in(reading: Reading) -> list[tuple[str, str]]:
    """Return the words for things, as the shops call them and as they were said."""
    return list(_things(reading))


def _things(reading: Reading) -> Iterator[tuple[str, str]]:
    tokens, words = reading.said.tokens, reading.words
    for part in reading.parts:
        if part.kind == "amount" and is_size(reading, part):
            yield from (
                (tokens[place].said, tokens[place].word) for place in _digits(reading, part)
            )
        if part.kind not in _SAYS_THINGS and not is_of_thing(reading, part):
            continue
        for place in range(part.first, part.last):
            token = tokens[place]
            is_left_out = words.match(tokens, place, *_LEFT_OUT) is not None
            called = words.product(token.word)
            if not token.is_word or (is_left_out and not called):
                continue
            said = token.word if fold(token.said) != token.word else token.said.lower()
            yield called or said, token.word


def is_of_thing(reading: Reading, part: Part) -> bool:
    """Tell whether what might be a person tells of a thing: "para correr", "de Juan Rulfo"."""
    return part.kind == "person" and not is_kin(reading, part)


def is_kin(reading: Reading, part: Part) -> bool:
    """Tell whether a phrase says what somebody is to the customer."""
    tokens, places = reading.said.tokens, range(part.first, part.last)
    return any(reading.words.match(tokens, p, "relation", "possessive") for p in places)


def _digits(reading: Reading, part: Part) -> list[int]:
    tokens = reading.said.tokens
    return [place for place in range(part.first, part.last) if tokens[place].is_number]


def is_size(reading: Reading, part: Part) -> bool:
    """Tell whether a number tells what a thing is like: "tele de 32", "128 GB"."""
    amount: Amount = part.value
    if amount.is_money or amount.doubt or is_price_limit(reading, part):
        return False
    if amount.unit or amount.first != part.first:
        return reading.words.match(reading.said.tokens, amount.last, "piece", "container") is None
    before = reading.said.tokens[part.first - 1].word if part.first else ""
    return is_thing(reading, before)


def is_thing(reading: Reading, word: str) -> bool:
    """Tell whether a word is a thing that shops sell."""
    things = reading.words.of("things")
    return word in things or word.removesuffix("s") in things or bool(reading.words.product(word))


def names_a_thing(reading: Reading) -> bool:
    """Tell whether a message names a thing that shops sell."""
    return any(
        is_thing(reading, said) or is_thing(reading, fold(c)) for c, said in things_in(reading)
    )


def is_price_limit(reading: Reading, part: Part) -> str:
    """Return whether an amount is the most or the least that a thing may cost, or nothing."""
    place = reading.parts.index(part)
    before = reading.parts[place - 1].kind if place else ""
    for kind in ("under", "over"):
        places = range(part.first, part.value.first + 2)
        tokens = reading.said.tokens
        is_inside = part.value.doubt == "hedge" and any(
            reading.words.match(tokens, p, kind) for p in places if p < part.last
        )
        if before == kind or is_inside:
            return kind
    return ""


def _prices(reading: Reading) -> tuple[Decimal | None, Decimal | None]:
    limits = {}
    for part in reading.parts:
        if part.kind == "amount" and (kind := is_price_limit(reading, part)):
            limits[kind] = _limit(part)
    return limits.get("under"), limits.get("over")


def _limit(part: Part) -> Decimal | None:
    value: Decimal = part.value.value
    return value or None


# --- choosing among those shown ---


@dataclass(frozen=True, slots=True)
class Meant:
    """The places of the things that a message may mean, and what it says that none of them is."""

    places: list[int]
    unread: str = ""


def meant(reading: Reading, things: Sequence[Thing]) -> Meant:
    """Return the places of the things shown that a message may mean; none when it means none."""
    if not things:
        return Meant([])
    if reading.has("both"):
        return Meant(list(range(len(things))))
    for choose in (_by_price_rank, _by_ordinal, _by_price):
        places = choose(reading, things)
        if places:
            return Meant(places)
    return _by_words(reading, things)


def _by_price_rank(reading: Reading, things: Sequence[Thing]) -> list[int]:
    for kind, pick in (("cheapest", min), ("dearest", max)):
        if reading.has(kind):
            wanted = pick(thing.price for thing in things)
            return [place for place, thing in enumerate(things) if thing.price == wanted]
    return []


def _by_ordinal(reading: Reading, things: Sequence[Thing]) -> list[int]:
    numbers = [part.value for part in reading.parts if part.kind == "ordinal"]
    places = [len(things) - 1 if number == -1 else number - 1 for number in numbers]
    return [place for place in places if 0 <= place < len(things)]


def _by_price(reading: Reading, things: Sequence[Thing]) -> list[int]:
    amounts = [p.value for p in reading.parts if p.kind == "amount" and not p.value.doubt]
    prices = {amount.value for amount in amounts}
    return [place for place, thing in enumerate(things) if thing.price and thing.price in prices]


def _by_words(reading: Reading, things: Sequence[Thing]) -> Meant:
    """Return the things that have most of the words said, and the words that they do not have."""
    said = things_in(reading)
    wanted = [words_of(called) | {stem(fold(word))} for called, word in said]
    called = [thing.words for thing in things]
    shares = [sum(_same(any_of, words) for any_of in wanted) for words in called]
    best = max(shares, default=0)
    if not best:
        return Meant([], " ".join(word for _, word in said))
    places = [place for place, share in enumerate(shares) if share == best]
    had = called[places[0]]
    lacking = [w for (_, w), any_of in zip(said, wanted, strict=True) if not _same(any_of, had)]
    return Meant(places, " ".join(lacking))


def thing_words(text: str) -> frozenset[str]:
    """Return the words that a thing may be called by: its own, and what people say for them."""
    shop = words_for("es")
    own = words_of(text)
    spelled = {stem(said) for word in own for said in usual_spelling(word, "es")}
    return own | spelled | {stem(fold(called)) for word in own if (called := shop.product(word))}


def _same(said: frozenset[str], called: frozenset[str]) -> bool:
    """Tell whether a thing is called so, or by a word that goes on from it: "refri"."""
    if said & called:
        return True
    return any(
        len(word) >= _MIN_SHORT_FORM and other.startswith(word) for word in said for other in called
    )
