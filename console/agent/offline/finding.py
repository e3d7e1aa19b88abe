"""What a message says of things to buy, finding them, and telling which of those shown is meant."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Final

from console.agent.brain import CallOutcome, Say
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Flow, More, Step, Talk
from console.agent.offline.text import Part, stem, words_of
from console.agent.offline.things import Offer, offer_of
from console.agent.wording import money
from shared.text import fold

NO_BENEFIT: Final = "none"
MAX_QUANTITY: Final = 100
_MAX_SEARCH_CHARACTERS: Final = 140
_LEFT_OUT: Final = ("plain", "article", "container", "piece", "terse", "courtesy", "now")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message says of things to buy, and how to buy them; what is not said is empty."""

    words: str = ""
    category: str = ""
    max_price: Decimal | None = None
    min_price: Decimal | None = None
    cheapest: bool = False
    benefit: str = ""
    """As the bank names it, such as MSI-12; `MSI` without a number of months; or "none"."""
    quantity: int | None = None
    is_count_unclear: bool = False
    """Whether it says how many in a way that is no number of pieces: "unas 3", "dos o tres"."""


def read_wish(reading: Reading) -> Wish:
    """Return what a message asks to look for or to buy."""
    words = [word for word, _ in things_in(reading)]
    folded = [fold(word) for word in words]
    is_category = len(folded) == 1 and folded[0] in reading.words.of("category_names")
    is_telling = any(not word.isdigit() for word in folded) and not is_category
    said = {_role(reading, part): part for part in reversed(reading.of("amount"))}
    under, over, count = said.get("under"), said.get("over"), said.get("count")
    named = [part.value for part in reading.of("benefit")]
    sure = [benefit for benefit in named if "-" in benefit or benefit == NO_BENEFIT]
    whole = count.whole if count is not None else None
    is_plain = whole is not None and 0 < whole <= MAX_QUANTITY
    is_dozen = reading.has("dozen") and not words
    return Wish(
        words=" ".join(words)[:_MAX_SEARCH_CHARACTERS] if is_telling else "",
        category=reading.words.categories.get(folded[0], "") if is_category else "",
        max_price=under.value or None if under else None,
        min_price=over.value or None if over else None,
        cheapest=reading.has("cheapest"),
        benefit=(sure or named or [""])[0],
        quantity=whole if is_plain and not is_dozen else None,
        is_count_unclear=is_dozen or (count is not None and not is_plain),
    )


def _role(reading: Reading, part: Part) -> str:
    """Return what a number says of things: `under` or `over` a price, `count`, `size`, nothing."""
    place = reading.parts.index(part)
    before = reading.parts[place - 1].kind if place else ""
    inside = range(part.first, min(part.first + 3, part.last))
    for kind in ("under", "over"):
        is_inside = part.doubt == "hedge" and any(reading.match(p, kind) for p in inside)
        if before == kind or is_inside:
            return kind
    is_size = is_thing(reading, reading.word(part.first - 1))
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


def is_thing(reading: Reading, word: str) -> bool:
    """Tell whether a word is a thing that shops sell."""
    things = reading.words.of("things")
    return word in things or word.removesuffix("s") in things or bool(reading.words.product(word))


def names_a_thing(reading: Reading) -> bool:
    """Tell whether a message names a thing that shops sell."""
    return any(is_thing(reading, fold(word)) for pair in things_in(reading) for word in pair)


# --- finding products ---

_MAX_PAGES: Final = 4
_MAX_WORDS_TRIED: Final = 3
_PAGE: Final = 50
_SHOWN: Final = 10
_MIN_SHORT_FORM: Final = 4

Finding = Generator[Step, Sequence[CallOutcome], "Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and how it had to be widened for that."""

    offers: list[Offer]
    words: str = ""
    widened: str = ""
    """The key of the sentence that says so."""
    unfiltered: tuple[Offer, ...] = ()
    following: Mapping[str, str] | None = None
    """How to go on, when the search is not over: the arguments for it."""
    looked_at: int = 0
    """How many products were looked at for it."""


def search(talk: Talk, *wishes: Wish) -> Flow:
    """Look for products and list them; of several things, all that was found together."""
    memory = talk.memory
    memory.topic = "search"
    if memory.task is not None and memory.task.is_left_by_search:
        if memory.waiting is not None:
            yield Say(talk.text("dropped", what=memory.task.name(talk)) + "\n")
        memory.drop()
    found = list[Found]()
    for wish in wishes:
        found += [(yield from find(talk, wish))]
    if len(wishes) == 1:
        yield show(talk, wishes[0], found[0])
        return
    offers = [offer for one in found for offer in one.offers]
    all_words = ", ".join(wish.words or wish.category for wish in wishes)
    missing = ", ".join(w.words for w, one in zip(wishes, found, strict=True) if not one.offers)
    if offers and missing:
        yield Say(talk.text("products_none", words=missing) + "\n")
    following = next((one.following for one in found if one.following), None)
    yield show(talk, Wish(words=all_words), Found(offers, all_words, following=following))


def find(talk: Talk, wish: Wish) -> Finding:
    """Look for products; when there are none, with fewer words, and in the category at last."""
    for words, category, widened in _attempts(talk, wish):
        arguments = {"search": words, "category": category, "limit": str(_PAGE)}
        found = yield from _read(talk, wish, arguments)
        if found.unfiltered or found.following:
            return replace(found, widened=widened)
    return Found([], wish.words)


def _search_further(talk: Talk, wish: Wish, arguments: Mapping[str, str]) -> Flow:
    """Go on with a search that was not over."""
    yield show(talk, wish, (yield from _read(talk, wish, arguments)))


def _attempts(talk: Talk, wish: Wish) -> Iterator[tuple[str, str, str]]:
    """Yield words, category and what was changed, each looked for when the one before failed."""
    yield wish.words, wish.category, ""
    words = [fold(word) for word in wish.words.split()]
    if len(words) > 1:
        generic, sold = talk.words.of("generic"), talk.words.of("things")
        telling = [w for w in words if w.isalpha() and generic.isdisjoint({w, stem(w)})]
        things = [word for word in telling if word in sold or talk.words.product(word)]
        for word in (things or telling)[:_MAX_WORDS_TRIED]:
            yield word, "", "products_fewer"
    category = next(filter(None, (talk.words.categories.get(word) for word in words)), "")
    if category:
        yield "", category, "products_category"


def _read(talk: Talk, wish: Wish, arguments: Mapping[str, str]) -> Finding:
    """Read pages of products, and leave out what does not fit."""
    bodies = yield from talk.look_through("searchProducts", arguments, _MAX_PAGES)
    offers = [offer_of(entry) for body in bodies for entry in body["products"]]
    fitting = [offer for offer in offers if _fits(offer, wish)]
    if wish.cheapest:
        fitting.sort(key=lambda offer: offer.price)
    token = bodies[-1].get("next_token")
    following = {**arguments, "next_token": token} if token else None
    looked_at = sum(body.get("looked_at", len(body["products"])) for body in bodies)
    return Found(fitting, arguments["search"], "", tuple(offers), following, looked_at)


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
    memory, following = talk.memory, found.following
    memory.more = partial(_search_further, talk, wish, following) if following else None
    memory.offers, memory.rest, memory.offer, memory.benefit = [], [], None, ""
    if not found.offers:
        return _nothing(talk, wish, found)
    memory.quantity = wish.quantity
    memory.benefit = wish.benefit if "-" in wish.benefit else ""
    memory.offer = found.offers[0] if len(found.offers) == 1 or wish.cheapest else None
    head = talk.text(found.widened or "products_head", words=wish.words, fewer=found.words)
    return _listed(talk, head, found.offers, memory.more)


def _nothing(talk: Talk, wish: Wish, found: Found) -> Say:
    count, words = len(found.unfiltered), found.words or wish.category
    if count and found.following is None:
        cheapest = money(min(offer.price for offer in found.unfiltered))
        return talk.say("products_filtered_none", count=count, words=words, price=cheapest)
    key = "products_none" if wish.words else "products_none_at_all"
    key = key if found.following is None else f"{key}_yet"
    return talk.say(key, words=found.words, count=found.looked_at)


def _listed(talk: Talk, head: str, offers: list[Offer], further: More | None) -> Say:
    """List the first of these, after those listed before; the others come before `further`."""
    memory, before = talk.memory, len(talk.memory.offers)
    memory.offers, memory.rest = memory.offers + offers[:_SHOWN], offers[_SHOWN:]
    memory.more = partial(_listed, talk, "", memory.rest, further) if memory.rest else further
    foot = "products_foot" if further is None else "products_foot_yet"
    foot = talk.text("more_available" if memory.rest else foot)
    return talk.lines([head, *offer_lines(talk, offers[:_SHOWN], before), foot])


def offer_lines(talk: Talk, offers: Sequence[Offer], before: int = 0) -> list[str]:
    """Return products, one a line, with what tells them apart."""
    keys = {0: "sold_out", 1: "in_stock_one"}
    return talk.numbered(
        (
            talk.text(
                "product_line",
                name=offer.name,
                price=money(offer.price),
                shop=offer.shop,
                stock=talk.text(keys.get(offer.stock, "in_stock"), count=offer.stock),
            )
            for offer in offers
        ),
        before,
    )


def offers_meant(talk: Talk, reading: Reading) -> list[Offer] | None:
    """Return the products last found that a message may mean; None where it says something else.

    The cheapest is the cheapest of all that were found; whatever else is said is of those shown.
    """
    offers = list(talk.memory.offers)
    if reading.has("other") and not reading.has("ordinal", "cheapest", "dearest"):
        others = [offer for offer in offers if offer != talk.memory.offer]
        if len(others) < len(offers):
            return others
    if reading.has("cheapest", "dearest"):
        offers += talk.memory.rest
    if not offers or reading.has("both"):
        return offers
    costs = [offer.price for offer in offers]
    ends = {of(costs) for kind, of in (("cheapest", min), ("dearest", max)) if reading.has(kind)}
    prices = {p.value for p in reading.of("amount") if not p.doubt} - {Decimal(0)}
    numbers = [len(offers) if p.value == -1 else p.value for p in reading.of("ordinal")]
    pointed = [offer for offer in offers if offer.price in ends]
    pointed = pointed or [offers[number - 1] for number in numbers if 0 < number <= len(offers)]
    pointed = pointed or [offer for offer in offers if offer.price in prices]
    words = [words_of(called) | {stem(fold(said))} for called, said in things_in(reading)]
    having = [offer for offer in offers if all(_same(any_of, offer.words) for any_of in words)]
    return pointed or ((having or None) if words else [])


def _same(said: frozenset[str], called: frozenset[str]) -> bool:
    """Tell whether a thing is called so, or by a word that goes on from it: "refri"."""
    return bool(said & called) or any(
        len(word) >= _MIN_SHORT_FORM and other.startswith(word) for word in said for other in called
    )


def ask_which(talk: Talk, offers: Sequence[Offer]) -> Say:
    """Ask which of several products is meant."""
    memory = talk.memory
    memory.offers, memory.rest = list(offers[:_SHOWN]), list(offers[_SHOWN:])
    memory.more = partial(_listed, talk, "", memory.rest, None) if memory.rest else None
    listed = "\n".join(offer_lines(talk, memory.offers))
    return talk.ask("ask_which_product", "product", products=listed)
