"""Finding products, listing them, and telling which of those shown is meant."""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from console.agent.brain import CallOutcome, Say
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.shopping import Wish, meant
from console.agent.offline.talk import Flow, Step, Talk
from console.agent.offline.text import stem
from console.agent.offline.things import Offer, Page, offer_of
from console.agent.wording import money
from shared.text import fold

_MAX_PAGES: Final = 4
_MAX_WORDS_TRIED: Final = 3
_PAGE: Final = 50
_SHOWN: Final = 10

Finding = Generator[Step, Sequence[CallOutcome], "Found"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and how it had to be widened for that."""

    offers: list[Offer]
    words: str = ""
    widened: str = ""
    """The key of the sentence that says so."""
    unfiltered: tuple[Offer, ...] = ()
    page: Page | None = None
    """How to go on, when the search is not over."""
    looked_at: int = 0
    """How many products were looked at for it."""


def search(talk: Talk, wish: Wish) -> Flow:
    """Look for products and list them."""
    memory = talk.memory
    memory.topic = "search"
    if memory.task is not None and memory.task.is_left_by_search:
        memory.drop()
    memory.is_live = False
    found = yield from find(talk, wish)
    yield show(talk, wish, found)


def find(talk: Talk, wish: Wish) -> Finding:
    """Look for products; when there are none, with fewer words, and in the category at last."""
    for words, category, widened in _attempts(talk, wish):
        arguments = {"search": words, "category": category, "limit": str(_PAGE)}
        found = yield from _read_pages(talk, wish, arguments)
        if found.unfiltered or found.page:
            return replace(found, widened=widened)
    return Found([], wish.words)


def search_further(talk: Talk, page: Page) -> Flow:
    """Go on with a search that was not over."""
    wish = talk.memory.wish
    found = yield from _read_pages(talk, wish, page.arguments)
    yield show(talk, wish, found)


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
    category = next(filter(None, (talk.words.category(word) for word in words)), "")
    if category:
        yield "", category, "products_category"


def _read_pages(talk: Talk, wish: Wish, arguments: Mapping[str, str]) -> Finding:
    offers: list[Offer] = []
    looked_at = 0
    for _ in range(_MAX_PAGES):
        body = yield from talk.look("searchProducts", **arguments)
        offers += [offer_of(entry) for entry in body["products"]]
        looked_at += body.get("looked_at", len(body["products"]))
        arguments = {**arguments, "next_token": body.get("next_token") or ""}
        if not arguments["next_token"]:
            break
    fitting = [offer for offer in offers if _fits(offer, wish)]
    if wish.cheapest:
        fitting.sort(key=lambda offer: offer.price)
    page = Page("searchProducts", arguments, 0) if arguments["next_token"] else None
    words = arguments["search"]
    return Found(fitting, words, "", tuple(offers), page, looked_at)


def _fits(offer: Offer, wish: Wish) -> bool:
    if wish.max_price is not None and offer.price > wish.max_price:
        return False
    if wish.min_price is not None and offer.price < wish.min_price:
        return False
    return not wish.benefit or any(_offers(offer, label, wish.benefit) for label in offer.benefits)


_LABEL_MSI: Final = re.compile(r"(\d+) MSI(?: desde ([0-9.]+) pesos)?")


def _offers(offer: Offer, label: str, benefit: str) -> bool:
    """Tell whether a label, such as "12 MSI desde 1500.00 pesos", gives a benefit at this price."""
    kind, _, months = benefit.partition("-")
    if kind != MSI:
        return {"cashback": "cashback", "points": "punto"}[kind] in label.lower()
    found = _LABEL_MSI.search(label)
    if found is None or (months and found[1] != months):
        return False
    return found[2] is None or Decimal(found[2]) <= offer.price


def show(talk: Talk, wish: Wish, found: Found) -> Say:
    """List what was found, and remember it."""
    memory = talk.memory
    memory.page, memory.wish = found.page, wish
    if not found.offers:
        memory.offers, memory.rest, memory.offer, memory.benefit = [], [], None, ""
        return _nothing(talk, wish, found)
    memory.offers, memory.rest = found.offers[:_SHOWN], found.offers[_SHOWN:]
    memory.quantity = wish.quantity
    memory.benefit = wish.benefit if "-" in wish.benefit else ""
    memory.offer = found.offers[0] if len(found.offers) == 1 or wish.cheapest else None
    head = talk.text(found.widened or "products_head", words=wish.words, fewer=found.words)
    return talk.lines([head, *offer_lines(talk, memory.offers, 0), _foot(talk)])


def _nothing(talk: Talk, wish: Wish, found: Found) -> Say:
    if found.page is not None:
        key = "products_none_yet" if wish.words else "products_none_at_all_yet"
        return talk.say(key, words=found.words, count=found.looked_at)
    if not found.unfiltered:
        key = "products_none" if wish.words else "products_none_at_all"
        return talk.say(key, words=wish.words)
    cheapest = min(offer.price for offer in found.unfiltered)
    words = found.words or wish.category
    return talk.say(
        "products_filtered_none", count=len(found.unfiltered), words=words, price=money(cheapest)
    )


def _foot(talk: Talk) -> str:
    if talk.memory.rest:
        return talk.text("more_available")
    return talk.text("products_foot" if talk.memory.page is None else "products_foot_yet")


def more_offers(talk: Talk) -> Flow:
    """Show the next of the products that were found."""
    memory = talk.memory
    before = len(memory.offers)
    following, memory.rest = memory.rest[:_SHOWN], memory.rest[_SHOWN:]
    memory.offers = memory.offers + following
    yield talk.lines([*offer_lines(talk, following, before), _foot(talk)])


def offer_lines(talk: Talk, offers: Sequence[Offer], before: int) -> Iterator[str]:
    """Return products, one a line, with what tells them apart."""
    for number, offer in enumerate(offers, start=before + 1):
        keys = {0: "sold_out", 1: "in_stock_one"}
        stock = talk.text(keys.get(offer.stock, "in_stock"), count=offer.stock)
        yield talk.text(
            "product_line",
            number=number,
            name=offer.name,
            price=money(offer.price),
            shop=offer.shop,
            stock=stock,
        )


@dataclass(frozen=True, slots=True)
class OffersMeant:
    """The products last found that a message may mean, and what it says that none of them is."""

    offers: list[Offer]
    unread: str = ""


def offers_meant(talk: Talk, reading: Reading) -> OffersMeant:
    """Return the products last found that a message may mean.

    The cheapest is the cheapest of all that were found; whatever else is said is of those shown.
    """
    offers = list(talk.memory.offers)
    if reading.has("other") and not reading.has("ordinal", "cheapest", "dearest"):
        others = [offer for offer in offers if offer != talk.memory.offer]
        if len(others) < len(offers):
            return OffersMeant(others)
    if reading.has("cheapest", "dearest"):
        offers += talk.memory.rest
    found = meant(reading, offers)
    return OffersMeant([offers[place] for place in found.places], found.unread)


def ask_which(talk: Talk, offers: Sequence[Offer]) -> Say:
    """Ask which of several products is meant."""
    talk.memory.offers, talk.memory.rest = list(offers[:_SHOWN]), list(offers[_SHOWN:])
    listed = "\n".join(offer_lines(talk, talk.memory.offers, 0))
    return talk.ask("ask_which_product", "product", products=listed)
