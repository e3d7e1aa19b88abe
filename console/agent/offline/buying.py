"""Finding products, comparing what their benefits come to, and buying one."""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from action_groups.marketplace.catalogue import fold
from console.agent.brain import CallOutcome, Say
from console.agent.offline.choosing import chosen
from console.agent.offline.memory import Account, Offer, PurchaseFrame, account_of, offer_of
from console.agent.offline.replies import benefit_name
from console.agent.offline.shopping import (
    MSI,
    NO_BENEFIT,
    Wish,
    category_near,
    is_generic,
    quantity_in,
)
from console.agent.offline.talk import FIRST_REFUSAL, Flow, Step, Talk
from console.agent.offline.text import Said, read
from console.agent.offline.vocabulary import PRODUCTS
from console.agent.wording import money

MAX_COMPARED: Final = 5
_MAX_PAGES: Final = 4
_MAX_WORDS_TRIED: Final = 3
_PAGE: Final = 50
_SHOWN: Final = 10

Finding = Generator[Step, Sequence[CallOutcome], "Found"]


# --- finding ---


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and how it had to be widened for that."""

    offers: list[Offer]
    words: str = ""
    widened: str = ""
    """The key of the sentence that says so."""
    unfiltered: tuple[Offer, ...] = ()


def search(talk: Talk, wish: Wish) -> Flow:
    """Look for products and list them."""
    memory = talk.memory
    memory.topic = "search"
    if isinstance(memory.frame, PurchaseFrame):
        memory.drop()
    memory.leave()
    found = yield from find(talk, wish)
    yield show(talk, wish, found)


def find(talk: Talk, wish: Wish) -> Finding:
    """Look for products; when there are none, with fewer words, and in the category at last."""
    for words, category, widened in _attempts(wish):
        all_offers = yield from _read_pages(talk, words, category)
        if all_offers:
            fitting = [offer for offer in all_offers if _fits(offer, wish)]
            if wish.cheapest:
                fitting.sort(key=lambda offer: offer.price)
            return Found(fitting, words, widened, tuple(all_offers))
    return Found([], wish.words)


def _attempts(wish: Wish) -> Iterator[tuple[str, str, str]]:
    """Yield words, category and what was changed, each looked for when the one before failed."""
    yield wish.words, wish.category, ""
    words = [fold(word) for word in wish.words.split()]
    if len(words) > 1:
        telling = [word for word in words if word.isalpha() and not is_generic(word)]
        things = [word for word in telling if word in PRODUCTS]
        for word in (things or telling)[:_MAX_WORDS_TRIED]:
            yield word, "", "products_fewer"
    category = category_near(wish.words)
    if category:
        yield "", category, "products_category"


def _read_pages(
    talk: Talk, words: str, category: str
) -> Generator[Step, Sequence[CallOutcome], list[Offer]]:
    offers: list[Offer] = []
    token = ""
    for _ in range(_MAX_PAGES):
        body = yield from talk.look(
            "searchProducts", search=words, category=category, limit=str(_PAGE), next_token=token
        )
        offers += [offer_of(entry) for entry in body["products"]]
        token = body.get("next_token") or ""
        if not token:
            break
    return offers


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
    if not found.offers:
        return _nothing(talk, wish, found)
    memory = talk.memory
    memory.offers, memory.rest = found.offers[:_SHOWN], found.offers[_SHOWN:]
    memory.page, memory.quantity = None, wish.quantity
    memory.benefit = wish.benefit if "-" in wish.benefit else ""
    memory.offer = found.offers[0] if len(found.offers) == 1 or wish.cheapest else None
    head = talk.text(found.widened or "products_head", words=wish.words, fewer=found.words)
    return talk.lines([head, *offer_lines(talk, memory.offers, 0), _foot(talk)])


def _nothing(talk: Talk, wish: Wish, found: Found) -> Say:
    if not found.unfiltered:
        key = "products_none" if wish.words else "products_none_at_all"
        return talk.say(key, words=wish.words)
    cheapest = min(offer.price for offer in found.unfiltered)
    words = found.words or wish.category
    return talk.say(
        "products_filtered_none", count=len(found.unfiltered), words=words, price=money(cheapest)
    )


def _foot(talk: Talk) -> str:
    return talk.text("more_available" if talk.memory.rest else "products_foot")


def more_offers(talk: Talk) -> Say:
    """Show the next of the products that were found."""
    memory = talk.memory
    before = len(memory.offers)
    following, memory.rest = memory.rest[:_SHOWN], memory.rest[_SHOWN:]
    memory.offers = memory.offers + following
    return talk.lines([*offer_lines(talk, following, before), _foot(talk)])


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


# --- comparing ---


@dataclass(frozen=True, slots=True)
class _Option:
    """A benefit of an offer that the customer can have."""

    offer: Offer
    benefit: str
    figures: Mapping[str, Any]

    @property
    def monthly(self) -> Decimal:
        return Decimal(self.figures["cost_per_month"])

    @property
    def value(self) -> Decimal:
        return Decimal(self.figures.get("value") or 0)

    @property
    def is_msi(self) -> bool:
        return self.benefit.startswith(MSI)


def compare(talk: Talk, offers: Sequence[Offer], wanted: str, quantity: int = 1) -> Flow:
    """Compare the benefits of products, and recommend one.

    Where instalments are wanted, the lowest monthly payment is recommended; else what the bank
    calls best, of the product that gives most back.
    """
    memory = talk.memory
    memory.topic = "compare"
    compared = list(offers[:MAX_COMPARED])
    bodies = yield from _comparisons(talk, compared, quantity)
    lines = [talk.text("compare_head")]
    for offer, body in zip(compared, bodies, strict=True):
        number = memory.offers.index(offer) + 1 if offer in memory.offers else 1
        eligible = _eligible(offer, body, wanted)
        options = " · ".join(_option_text(talk, o) for o in eligible) or talk.text("no_options")
        lines.append(
            talk.text(
                "compare_line",
                number=number,
                name=offer.name,
                price=money(offer.price),
                shop=offer.shop,
                options=options,
            )
        )
    best = _recommended(compared, bodies, wanted)
    lines.append(_recommendation(talk, best, wanted))
    if best is not None:
        memory.offer, memory.benefit = best.offer, best.benefit
    elif len(compared) == 1:
        memory.offer, memory.benefit = compared[0], ""
    yield talk.lines(lines)


def _comparisons(
    talk: Talk, offers: Sequence[Offer], quantity: int
) -> Generator[Step, Sequence[CallOutcome], list[Mapping[str, Any]]]:
    count = str(quantity) if quantity > 1 else ""
    wanted = [
        (
            "compareBenefits",
            {"product_id": o.product_id, "retailer_id": o.retailer_id, "quantity": count},
        )
        for o in offers
    ]
    bodies = yield from talk.look_all(*wanted)
    return bodies


def _eligible(offer: Offer, body: Mapping[str, Any], wanted: str) -> list[_Option]:
    """Return the options that the customer can have: those wanted, in the bank's order."""
    options = [
        _Option(offer, option["benefit"], option)
        for option in body["options"]
        if option["eligible"] and option.get("benefit")
    ]
    kind, _, months = wanted.partition("-")
    if months:
        return [option for option in options if option.benefit == wanted]
    return [option for option in options if not kind or option.benefit.startswith(kind)]


def _recommended(
    offers: Sequence[Offer], bodies: Sequence[Mapping[str, Any]], wanted: str
) -> _Option | None:
    pairs = list(zip(offers, bodies, strict=True))
    if wanted:
        options = [option for offer, body in pairs for option in _eligible(offer, body, wanted)]
    else:
        options = [
            option
            for offer, body in pairs
            for option in _eligible(offer, body, "")
            if body.get("best") and option.benefit == body["best"]["benefit"]
        ]
    if wanted.startswith(MSI):
        return min(options, key=lambda option: option.monthly, default=None)
    return min(options, key=lambda option: (-option.value, option.monthly), default=None)


def _recommendation(talk: Talk, best: _Option | None, wanted: str) -> str:
    if best is None:
        return talk.text("no_msi" if wanted.startswith(MSI) else "no_recommendation")
    figures = best.figures
    if best.is_msi:
        is_equal = figures["last_payment"] == figures["monthly_payment"]
        last = talk.text("recommend_last", last=money(figures["last_payment"]))
        return talk.text(
            "recommend_msi",
            name=best.offer.name,
            months=figures["months"],
            monthly=money(figures["monthly_payment"]),
            last="" if is_equal else last,
        )
    if best.benefit == "cashback":
        return talk.text("recommend_cashback", name=best.offer.name, value=money(best.value))
    return talk.text("recommend_points", name=best.offer.name, points=figures["points"])


def _option_text(talk: Talk, option: _Option) -> str:
    figures = option.figures
    if option.is_msi:
        monthly = money(figures["monthly_payment"])
        return talk.text("option_msi", months=figures["months"], monthly=monthly)
    if option.benefit == "cashback":
        return talk.text("option_cashback", value=money(figures["cashback"] or 0))
    return talk.text("option_points", points=figures["points"])


# --- buying ---


def offers_meant(talk: Talk, said: Said) -> list[Offer]:
    """Return the products last shown that a message may mean."""
    offers = talk.memory.offers
    choices = [offer.choice for offer in offers]
    places = chosen(said, choices, counts=quantity_in(said) is not None)
    return [offers[place] for place in places]


def purchase(talk: Talk, frame: PurchaseFrame) -> Flow:
    """Go on with a purchase as far as what is known allows."""
    memory = talk.memory
    memory.resume(frame)
    if frame.offer is None:
        question = yield from _find_offer(talk, frame)
        if question is not None:
            yield question
            return
    question = _ask_count(talk, frame) or _sold_out(talk, frame)
    if question is None:
        question = yield from _settle_benefit(talk, frame)
    if question is not None:
        yield question
        return
    yield from _pay(talk, frame)


def _ask_count(talk: Talk, frame: PurchaseFrame) -> Say | None:
    if not frame.is_count_unclear or frame.offer is None:
        return None
    return talk.ask("ask_count", "quantity", product=frame.offer.name)


def _sold_out(talk: Talk, frame: PurchaseFrame) -> Say | None:
    """Say that fewer are in stock than wanted, by what the bank said when it was found."""
    offer, quantity = frame.offer, frame.quantity or 1
    if offer is None or offer.stock >= quantity:
        return None
    frame.offer = offer if offer.stock else None
    if not offer.stock:
        return talk.ask("ask_other", "product", product=offer.name)
    frame.quantity, frame.is_count_unclear = None, True
    return talk.ask("ask_fewer", "quantity", product=offer.name, count=offer.stock)


_Question = Generator[Step, Sequence[CallOutcome], Say | None]


def _find_offer(talk: Talk, frame: PurchaseFrame) -> _Question:
    """Find the product that is meant; return a question when it is not sure."""
    memory, wish = talk.memory, frame.wish
    if wish is None or not (wish.words or wish.category):
        return _ask_shown(talk)
    meant = offers_meant(talk, read(wish.words)) if wish.words else []
    if not meant:
        found = yield from find(talk, wish)
        if not found.offers or found.widened:
            frame.wish, memory.asked_for = None, ("product",)
            return replace(show(talk, wish, found), outcome="asked")
        show(talk, wish, found)
        meant = offers_meant(talk, read(wish.words)) or found.offers
    return _take_only(talk, frame, meant)


def _take_only(talk: Talk, frame: PurchaseFrame, meant: Sequence[Offer]) -> Say | None:
    if len(meant) == 1:
        frame.offer = meant[0]
        return None
    return ask_which(talk, meant)


def _ask_shown(talk: Talk) -> Say:
    offers = talk.memory.offers
    return ask_which(talk, offers) if offers else talk.ask("ask_product", "product")


def ask_which(talk: Talk, offers: Sequence[Offer]) -> Say:
    """Ask which of several products is meant."""
    talk.memory.offers, talk.memory.rest = list(offers[:_SHOWN]), list(offers[_SHOWN:])
    listed = "\n".join(offer_lines(talk, talk.memory.offers, 0))
    return talk.ask("ask_which_product", "product", products=listed)


def _settle_benefit(talk: Talk, frame: PurchaseFrame) -> _Question:
    """Settle the benefit; return a question when the one wanted cannot be had."""
    memory, offer = talk.memory, frame.offer
    assert offer is not None  # the product is settled before its benefit
    recommended = memory.benefit if memory.offer == offer else ""
    if not frame.benefit or (frame.benefit == MSI and recommended.startswith(MSI)):
        frame.benefit = recommended or (NO_BENEFIT if not frame.benefit else frame.benefit)
    memory.offer = offer
    if frame.is_without_benefit or frame.benefit == recommended:
        return None
    (body,) = yield from _comparisons(talk, [offer], frame.quantity or 1)
    fitting = _eligible(offer, body, frame.benefit)
    if len(fitting) == 1:
        frame.benefit = fitting[0].benefit
        return None
    return _ask_benefit(talk, frame, body, is_several=bool(fitting))


def _ask_benefit(
    talk: Talk, frame: PurchaseFrame, body: Mapping[str, Any], *, is_several: bool
) -> Say:
    assert frame.offer is not None  # a benefit is asked for once the product is settled
    wanted, frame.benefit = frame.benefit, ""
    name = frame.offer.name
    eligible = _eligible(frame.offer, body, MSI if is_several else "")
    options = "\n".join(f"- {_option_text(talk, option)}" for option in eligible)
    question = talk.ask(
        "ask_benefit", "benefit", product=name, options=options or talk.text("no_options")
    )
    if is_several:
        return question
    reasons = [o["reason"] for o in body["options"] if o.get("benefit") == wanted and o["reason"]]
    why = talk.text(
        "benefit_unavailable",
        product=name,
        benefit=benefit_name(talk.language, wanted),
        reason=reasons[0] if reasons and talk.language == "es" else "",
    )
    return replace(question, delta=f"{why.strip()}\n{question.delta}")


def _pay(talk: Talk, frame: PurchaseFrame) -> Flow:
    """Find the account that pays, and propose the purchase."""
    balances = yield from talk.look("getBalance")
    accounts = [account_of(entry) for entry in balances["accounts"]]
    question = _payer(talk, frame, accounts)
    if question is not None:
        yield question
        return
    offer = frame.offer
    assert offer is not None  # the product is settled before its payment
    benefit = "" if frame.is_without_benefit else frame.benefit
    outcome = yield from talk.propose(
        "createPurchase",
        product_id=offer.product_id,
        retailer_id=offer.retailer_id,
        quantity=str(frame.quantity) if frame.quantity and frame.quantity > 1 else "",
        account_id=frame.account_id,
        benefit=benefit,
        unit_price=f"{offer.price:.2f}",
    )
    yield from purchased(talk, outcome)


def _payer(talk: Talk, frame: PurchaseFrame, accounts: Sequence[Account]) -> Say | None:
    """Find the account that pays; return a question when it is not sure or does not fit."""
    if frame.account_id and not frame.account_type:
        return None
    needed = "credit" if frame.benefit.startswith(MSI) else "checking"
    wanted = frame.account_type or needed
    if needed == "credit" and wanted != "credit":
        frame.account_type, frame.account_id = "", ""
        return talk.ask("ask_msi_account", "account")
    fitting = [a for a in accounts if a.type == wanted and (a.is_active or frame.account_type)]
    if len(fitting) == 1:
        frame.account_id = fitting[0].account_id
        return None
    others = [a for a in fitting or accounts if a.is_active]
    return talk.ask("ask_account", "account", accounts=talk.accounts_list(others))


def purchased(talk: Talk, outcome: CallOutcome) -> Flow:
    """Tell what became of a purchase."""
    memory = talk.memory
    if outcome.kind == "declined":
        memory.decline()
        yield talk.say("nothing_done")
        return
    if outcome.kind != "answered" or outcome.status >= FIRST_REFUSAL:
        yield talk.explain(outcome)
        return
    body = outcome.body or {}
    memory.purchase_id = body["purchase_id"]
    frame = memory.frame
    if isinstance(frame, PurchaseFrame) and frame.account_id:
        memory.last_account = frame.account_id
    memory.drop()
    yield _receipt(talk, body)


def _receipt(talk: Talk, body: Mapping[str, Any]) -> Say:
    product = talk.memory.known.products.get(body["product_id"], body["product_id"])
    if body["status"] == "failed":
        why = talk.refused(body.get("error")).delta
        return talk.say("purchase_failed", "refused", why=why)
    if body.get("repeated"):
        return talk.say("purchase_repeated")
    if body["status"] == "pending":
        return talk.say("purchase_pending", product=product)
    applied = body.get("benefit_applied")
    name = benefit_name(talk.language, applied) if applied else ""
    benefit = talk.text("bought_benefit", benefit=name) if applied else ""
    return talk.say("bought", product=product, total=money(body["total_amount"]), benefit=benefit)
