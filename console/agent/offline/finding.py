"""What a message says of things to buy, finding them, and telling which of those shown is meant."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from console.agent.brain import CallOutcome, Say
from console.agent.offline.lexicon import Lexicon
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Flow, More, Step, Talk
from console.agent.offline.text import Part, stem, words_of
from console.agent.offline.things import Offer, Wish, offer_of
from console.agent.wording import money
from shared.text import fold

NO_BENEFIT: Final = "none"
MAX_QUANTITY: Final = 100
_MAX_SEARCH_CHARACTERS: Final = 140
_ONE: Final = (1, "unit")
_LITTLE: Final = ("courtesy", "terse", "plain", "correcting")
_LEFT_OUT: Final = ("plain", "article", "container", "piece", "terse", "courtesy", "now")


def read_wish(reading: Reading) -> Wish:
    """Return what a message asks to look for or to buy."""
    words = [word for word, _ in things_in(reading)]
    folded = [fold(word) for word in words]
    is_category = len(folded) == 1 and folded[0] in reading.words.of("category_names")
    is_telling = any(not word.isdigit() for word in folded) and not is_category
    said = {_role(reading, part): part for part in reversed(reading.of("amount"))}
    return Wish(
        words=" ".join(words)[:_MAX_SEARCH_CHARACTERS] if is_telling else "",
        category=reading.words.categories.get(folded[0], "") if is_category else "",
        max_price=said["under"].value or None if "under" in said else None,
        min_price=said["over"].value or None if "over" in said else None,
        cheapest=reading.has("cheapest"),
        benefit=max((part.value for part in reading.of("benefit")), key=_is_whole, default=""),
        quantity=_quantity(reading, said.get("count"), is_dozen=reading.has("dozen") and not words),
    )


def _is_whole(benefit: str) -> bool:
    """Tell whether a benefit says all of how to pay."""
    return "-" in benefit or benefit == NO_BENEFIT


def _quantity(reading: Reading, count: Part | None, *, is_dozen: bool) -> int | None:
    """Return how many are said; "uno" is one where nothing else is said: "nada más una"."""
    if is_dozen or count is not None:
        number = count.whole if count is not None else None
        return number if number in range(1, MAX_QUANTITY + 1) and not is_dozen else 0
    words = [place for place, token in enumerate(reading.tokens) if token.is_word]
    others = [p for p in words if reading.words.numbers.get(reading.word(p)) != _ONE]
    is_one = others != words and all(reading.match(place, *_LITTLE) for place in others)
    return 1 if is_one else None


def _role(reading: Reading, part: Part) -> str:
    """Return what a number says of things: `under` or `over` a price, `count`, `size`, nothing."""
    place = reading.parts.index(part)
    before = reading.parts[place - 1].kind if place else ""
    inside = range(part.first, min(part.first + 3, part.last))
    for kind in ("under", "over"):
        is_inside = part.doubt == "hedge" and any(reading.match(p, kind) for p in inside)
        if before == kind or is_inside:
            return kind
    is_size = is_thing(reading.words, reading.word(part.first - 1))
    is_led = part.way == "of"
    if part.unit or is_led:
        is_size = reading.match(part.last, "piece", "container") is None
    is_none = part.is_money or (not part.is_sure if is_size else is_led)
    return "" if is_none else "size" if is_size else "count"


def things_in(reading: Reading) -> list[tuple[str, str]]:
    """Return the words for things, as the shops call them and as they were said."""
    found = []
    for part in reading.parts:
        is_size = part.kind == "amount" and _role(reading, part) == "size"
        is_said = part.kind in {"unread", "name", "reason"} or is_of_thing(reading, part)
        for place in range(part.first, part.last):
            token = reading.tokens[place]
            called = reading.words.product(token.word)
            is_left_out = not called and reading.match(place, *_LEFT_OUT) is not None
            if is_size and token.is_number:
                found.append((token.said, token.word))
            elif is_said and token.is_word and not is_left_out:
                said = token.word if fold(token.said) != token.word else token.said.lower()
                found.append((called or said, token.word))
    return found


def is_of_thing(reading: Reading, part: Part) -> bool:
    """Tell whether what might be a person tells of a thing: "para correr", "de Juan Rulfo"."""
    return part.kind == "person" and not is_kin(reading, part)


def is_kin(reading: Reading, part: Part) -> bool:
    """Tell whether a phrase says what somebody is to the customer."""
    places = range(part.first, part.last)
    return any(reading.match(place, "relation", "possessive") for place in places)


def is_thing(words: Lexicon, word: str) -> bool:
    """Tell whether a word is a thing that shops sell."""
    return not words.of("things").isdisjoint({word, word.removesuffix("s")}) or bool(
        words.product(word)
    )


def names_a_thing(reading: Reading) -> bool:
    """Tell whether a message names a thing that shops sell."""
    return any(is_thing(reading.words, fold(word)) for pair in things_in(reading) for word in pair)


# --- finding products ---

_MAX_PAGES: Final = 4
_MAX_WORDS_TRIED: Final = 3
_PAGE: Final = 50
_SHOWN: Final = 10
_MIN_SHORT_FORM: Final = 4

Attempts = Iterable[tuple[str, Mapping[str, str]]]
"""What to look for, one after the other: what is said of what is found, and the arguments."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    offers: list[Offer]
    head: str
    """What is said above them, or in their place."""
    following: Attempts = ()
    """How to go on, when the search is not over."""
    is_exact: bool = False
    """Whether all words were looked for."""


def search(talk: Talk, *wishes: Wish) -> Flow:
    """Look for products and list them; of several things, all that was found together."""
    memory = talk.memory
    memory.topic = "search"
    if memory.task is not None and memory.task.kind == "purchase":
        if memory.waiting is not None:
            yield Say(talk.text("dropped", what=memory.task.name(talk)) + "\n")
        memory.drop(memory.task)
    found = list[Found]()
    for wish in wishes:
        found += [(yield from find(talk, wish, attempts(talk, wish)))]
    head = "\n".join(dict.fromkeys(one.head for one in found))
    offers = [offer for one in found for offer in one.offers]
    following = next((one.following for one in found if one.following), ())
    wish = wishes[0] if len(wishes) == 1 else Wish()
    yield show(talk, wish, Found(offers, head, following))


def attempts(talk: Talk, wish: Wish) -> Attempts:
    """Yield what to look for: all that is said, then fewer words, the category at last."""
    yield "products_head", {"search": wish.words, "category": wish.category}
    words = [fold(word) for word in wish.words.split()]
    if len(words) > 1:
        generic = talk.words.of("generic")
        telling = [w for w in words if w.isalpha() and generic.isdisjoint({w, stem(w)})]
        things = [word for word in telling if is_thing(talk.words, word)]
        for word in (things or telling)[:_MAX_WORDS_TRIED]:
            yield "products_fewer", {"search": word}
    category = next(filter(None, (talk.words.categories.get(word) for word in words)), "")
    if category:
        yield "products_category", {"category": category}


def find(talk: Talk, wish: Wish, wanted: Attempts) -> Generator[Step, Sequence[CallOutcome], Found]:
    """Look for products until there are any, and leave out what does not fit."""
    for key, arguments in wanted:
        page = {**arguments, "limit": str(_PAGE)}
        bodies = yield from talk.look_through("searchProducts", page, _MAX_PAGES)
        every = [offer_of(entry) for body in bodies for entry in body["products"]]
        token, is_exact = bodies[-1].get("next_token"), key == "products_head"
        if every or token:
            break
    offers = [offer for offer in every if _fits(offer, wish)]
    if wish.cheapest:
        offers.sort(key=lambda offer: offer.price)
    if not offers:
        key = "products_none" if wish.words else "products_none_at_all"
        key = f"{key}_yet" if token else "products_filtered_none" if every else key
    head = talk.text(
        key,
        words=wish.words,
        searched=arguments.get("search") or arguments.get("category"),
        count=len(every),
        looked_at=sum(body.get("looked_at", len(body["products"])) for body in bodies),
        price=money(min((offer.price for offer in every), default=Decimal(0))),
    )
    following = [("products_head", {**arguments, "next_token": token})] if token else ()
    return Found(offers, head, following, is_exact)


_LABELS: Final = {MSI: " msi", "cashback": "cashback", "points": "punto"}
"""What the bank's labels have in them, such as "12 MSI desde 1500.00 pesos"."""


def _fits(offer: Offer, wish: Wish) -> bool:
    kind, _, months = wish.benefit.partition("-")
    label = f" {months} msi" if months else _LABELS.get(kind, "")
    highest, lowest = wish.max_price or offer.price, wish.min_price or offer.price
    is_paid_so = not label or any(label in f" {said.lower()}" for said in offer.benefits)
    return is_paid_so and lowest <= offer.price <= highest


def show(talk: Talk, wish: Wish, found: Found) -> Say:
    """List what was found, and remember it."""
    memory, offers = talk.memory, found.offers
    memory.offers, memory.wish = [], wish
    memory.offer = offers[0] if len(offers) == 1 or (offers and wish.cheapest) else None
    further = partial(_search_further, talk, wish, found.following) if found.following else None
    return _listed(talk, found.head, offers, further)


def _search_further(talk: Talk, wish: Wish, following: Attempts) -> Flow:
    yield show(talk, wish, (yield from find(talk, wish, following)))


def _listed(talk: Talk, head: str, offers: list[Offer], further: More | None) -> Say:
    """List the first of these, after those listed before; the others come before `further`."""
    memory, before, shown = talk.memory, len(talk.memory.offers), offers[:_SHOWN]
    memory.offers, memory.rest = memory.offers + shown, offers[_SHOWN:]
    memory.more = partial(_listed, talk, "", memory.rest, further) if memory.rest else further
    foot = "products_foot" if further is None else "products_foot_yet"
    foot = talk.text("more_available" if memory.rest else foot) if offers else ""
    return talk.lines([head, *talk.numbered((_line(talk, o) for o in shown), before), foot])


def _line(talk: Talk, offer: Offer) -> str:
    stock, price = talk.text("in_stock", count=offer.stock), money(offer.price)
    return talk.text("product_line", name=offer.name, price=price, shop=offer.shop, stock=stock)


def offers_meant(talk: Talk, reading: Reading) -> list[Offer] | None:
    """Return the products last found that a message may mean; None where it says something else.

    The cheapest is the cheapest of all that were found; whatever else is said is of those shown.
    """
    memory, ends = talk.memory, {"cheapest": min, "dearest": max}
    is_end = reading.has(*ends)
    if reading.has("other") and not (is_end or reading.has("ordinal")):
        others = [offer for offer in memory.offers if offer != memory.offer]
        if len(others) < len(memory.offers):
            return others
    offers = memory.offers + (memory.rest if is_end else [])
    if not offers or reading.has("both"):
        return offers
    costs = [offer.price for offer in offers]
    prices = {of(costs) for kind, of in ends.items() if reading.has(kind)}
    prices |= {part.value for part in reading.of("amount") if part.is_sure}
    numbers = {len(offers) if p.value < 0 else p.value for p in reading.of("ordinal")}
    pointed = [o for n, o in enumerate(offers, 1) if n in numbers or o.price in prices]
    words = [words_of(called) | {stem(fold(said))} for called, said in things_in(reading)]
    having = [offer for offer in offers if all(_same(any_of, offer.words) for any_of in words)]
    return pointed or ((having or None) if words else [])


def _same(said: frozenset[str], called: frozenset[str]) -> bool:
    """Tell whether a thing is called so, or by a word that goes on from it: "refri"."""
    return bool(said & called) or any(
        len(word) >= _MIN_SHORT_FORM and other.startswith(word) for word in said for other in called
    )
