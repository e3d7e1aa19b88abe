"""Buying a product: its benefits compared, which one, how it is paid, what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline import finding, tasks
from console.agent.offline.finding import NO_BENEFIT, SEVERAL, is_kin, offers_meant, read_wish
from console.agent.offline.lexicon import REFUSED, benefit_name, kinds
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI, OWN_ACCOUNTS
from console.agent.offline.talk import Asked, Asking, Flow, Question, Reply, Talk, Task
from console.agent.offline.text import Part, words_of
from console.agent.offline.things import Offer, Wish
from console.agent.wording import benefit_refusal

_MAX_COMPARED: Final = 5
_AMOUNTS: Final = ("monthly_payment", "last_payment", "cashback")
_FIGURES: Final = ("benefit", "months", *_AMOUNTS, "points")

Compared = Sequence[tuple[Offer, Mapping[str, Any]]]
"""Products, each with what compareBenefits answered for it."""


@dataclass(eq=False, kw_only=True)
class Purchase(Task):
    """A purchase that is being put together; what is not known yet is empty."""

    offer: Offer | None = None
    wish: Wish = field(default_factory=Wish)
    """What to look for, where it is none of those shown; how many, and how to pay."""
    operation_id: str = "createPurchase"
    kind = "purchase"

    def fill(self, talk: Talk, reading: Reading) -> "Purchase":
        """Put in what a message says to buy, and how."""
        memory, said, meant = talk.memory, read_wish(reading), offers_meant(talk, reading)
        if said.account or said.benefit:
            self.given.pop("account_id", None)
        if meant is None:
            self.offer, self.called, self.wish = None, said.words, said.after(self.wish)
        else:
            looked_for = Wish() if self.offer else replace(memory.wish.terms, benefit="")
            self.wish = said.terms.after(self.wish.after(looked_for))
            self.offer = None if meant[1:] else meant[0] if meant else self.offer or memory.offer
        if meant and self.offer is None:
            memory.offers = memory.found = meant
        self.unread, self.is_sure = reading.quoted(_unread(reading, memory.offers, meant)), True
        return self

    def settle(self, talk: Talk) -> Question:
        """Settle the product, how many, the benefit and the account that pays."""
        self.given.setdefault("account_id", self.wish.account.replace(SEVERAL, "other"))
        offer = self.offer or (yield from self._find_offer(talk))
        if isinstance(offer, Say):
            return offer
        told = talk.memory.wish.benefit if talk.memory.offer in {None, offer} else ""
        if told.startswith(self.wish.benefit):
            self.wish = replace(self.wish, benefit=told or NO_BENEFIT)
        self.offer = talk.memory.offer = offer
        question = self._ask_count(talk, offer) or (yield from self._settle_benefit(talk, offer))
        if question is not None:
            return question
        is_spread, quantity = self.wish.benefit.startswith(MSI), self.wish.quantity or 1
        if is_spread and self.given["account_id"] in OWN_ACCOUNTS - {"credit"}:
            self.given["account_id"] = ""
            return talk.ask("ask_msi_account", "account")
        accounts = yield from talk.own_accounts()
        usual = "credit" if is_spread else "checking"
        question = talk.settle_account(self, "account_id", accounts, usual)
        self.given |= {
            "product_id": offer.product_id,
            "retailer_id": offer.retailer_id,
            "quantity": str(quantity) if quantity > 1 else "",
            "unit_price": f"{offer.price:.2f}",
        }
        return question

    def _find_offer(self, talk: Talk) -> Asking[Offer | Say]:
        memory, wish = talk.memory, self.wish
        self.wish = wish.terms
        if wish.words:
            question = yield from finding.find(talk, wish)
            offers = memory.offers
            if len(offers) == 1 and finding.is_called(offers[0].words, wish.words.split()):
                return offers[0]
        elif memory.offers:
            memory.offers = []
            question = finding.listed(talk, talk.text("ask_which_product"))
        else:
            return talk.ask("ask_none_shown", "product")
        unread = talk.text("unread", said=self.unread) + "\n" if self.unread else ""
        question = Say(unread + question.delta, "asked")
        memory.asked = Asked(("product",), question)
        return question

    def _ask_count(self, talk: Talk, offer: Offer) -> Say | None:
        number, wish, put = self.wish.number, self.wish, partial(partial, setattr, self, "wish")
        ways = {"pieces": Wish(quantity=number), "months": Wish(benefit=f"{MSI}-{number}")}
        if number and wish.count != number and finding.fits(offer, ways["months"]):
            choices = [(talk.words.of(said), put(way.after(wish))) for said, way in ways.items()]
            return talk.ask("ask_pieces_or_months", "count", choices=choices, count=number)
        self.wish = wish = ways["pieces"].after(wish)
        if not offer.stock:
            self.offer = None
            return talk.ask("ask_other", "product", product=offer.name)
        is_enough = offer.stock >= (wish.quantity or 1)
        is_counted = finding.is_called(offer.names, wish.counted.split())
        if is_enough and is_counted and wish.quantity != 0:
            return None
        self.wish, key = Wish(quantity=0).after(wish), "ask_count" if is_enough else "ask_fewer"
        return talk.ask(key, "quantity", product=offer.name, count=offer.stock)

    def _settle_benefit(self, talk: Talk, offer: Offer) -> Question:
        wanted = self.wish.benefit
        self.given = {"account_id": self.given["account_id"]}
        if wanted == NO_BENEFIT:
            return None
        [(_, body)] = yield from _benefits(talk, [offer], self.wish.quantity)
        fitting = _eligible(body, wanted)
        had = fitting[0] if len(fitting) == 1 and wanted != SEVERAL else {}
        self.wish = replace(self.wish, benefit=had.get("benefit", ""))
        self.given |= {n: str(had[n]) for n in _FIGURES if had.get(n) is not None}
        return None if had else _ask_benefit(talk, [(offer, body)], wanted)

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say what became of the purchase; when it is paid, under which number too."""
        talk.memory.last_account = payer = self.given["account_id"]
        talk.memory.purchase_id, status = body["purchase_id"], body["status"]
        if status == "failed":
            why = talk.refused(body.get("error") or {}).delta
            yield talk.say("purchase_failed", "refused", why=why)
            return
        key = "purchase_pending" if status == "pending" else "bought"
        yield Say(told(talk, "purchase_repeated" if body.get("repeated") else key, body))
        if status == "completed":
            yield from talk.receipt(body, payer)

    def told(self, talk: Talk) -> dict[str, Any]:
        """Return which product it is."""
        if self.offer is None:
            return {"product": self.called or talk.text("something")}
        return {"product": self.offer.name, "cost": self.offer.price * (self.wish.quantity or 1)}


def _unread(reading: Reading, listed: Sequence[Offer], meant: object) -> list[Part]:
    """Return what says nothing of a purchase: of one of the products listed, or one by its words.

    Words are those of the product where they stand beside a thing; else where it is expected. One
    that is `meant` has only those of what is listed. What corrects begins an order.
    """
    parts, unread, is_beginning = reading.parts, list[Part](), True
    ends = [i for i, part in enumerate(parts) if part.kind in kinds("apart")]
    runs = [parts[first:last] for first, last in pairwise([0, *ends, len(parts)])]
    things = [run for run in runs if finding.names_a_thing(replace(reading, parts=run))]
    ordering = [run for run in runs if run[:1] and run[0].kind in {"verb", "take"}][:1]
    is_picked = listed and reading.has("ordinal", "cheapest", "dearest", "other")
    expected = things or ([] if is_picked else ordering)
    called = [part for run in expected if not meant for part in run]
    words = frozenset[str]().union(*(offer.words for offer in listed))
    roles = finding.roles(reading)
    for part, following in zip(parts, [*(p.kind for p in parts[1:]), ""], strict=True):
        is_read = part.kind in {*kinds("quiet", "buying"), *roles.values()}
        if part.kind in kinds("free_text"):
            is_word = reading.tokens[part.first].kind in {"word", "number"}
            names = finding.called(reading, part)
            is_known = not words.isdisjoint(words_of(" ".join(names))) or not names
            is_known |= part in called or reading.match(part.first, "into") is not None
            is_read = is_word and is_known and not is_kin(reading, part)
        elif part.kind == "amount":
            is_read = bool(roles[part.first])
        elif part.kind == "relative":
            is_read = following in kinds("free_text")
        elif part.kind in {"ordinal", "other"}:
            is_read = bool(listed) and (part.kind == "other" or abs(part.value) <= len(listed))
        elif part.kind in kinds("correcting"):
            is_no = reading.denies(part) and following not in {"stop", "correcting"}
            is_read = (is_beginning or not ordering) and not is_no
            is_read = is_read and part not in reading.afterthought
        is_last = part.last == len(reading.tokens)
        is_read = is_read and not (is_last and part.kind in kinds("function"))
        is_beginning = is_beginning and part.kind in kinds("quiet", "correcting")
        unread += [] if is_read else [part]
    return unread


def told(talk: Talk, key: str, purchase: Mapping[str, Any]) -> str:
    """Return a purchase, as the bank tells of it, in one of the brain's sentences."""
    applied = purchase.get("benefit_applied", "")
    benefit = talk.text("bought_benefit", benefit=benefit_name(talk.language, applied))
    return talk.text(
        key,
        product=purchase["product_name"],
        quantity=talk.text("pieces", count=int(purchase["quantity"])),
        total=Decimal(purchase["total_amount"]),
        benefit=benefit if applied else "",
        day=talk.day_of(purchase["created_at"]),
        status=talk.text(f"status_{purchase['status']}"),
    )


# --- benefits: what the bank says that they come to ---


def _benefits(talk: Talk, offers: Sequence[Offer], quantity: int | None) -> Asking[Compared]:
    count = {"quantity": str(quantity) if quantity and quantity > 1 else ""}
    ids = [{"product_id": o.product_id, "retailer_id": o.retailer_id} for o in offers]
    asked = yield from talk.look_all(*(("compareBenefits", {**named, **count}) for named in ids))
    return list(zip(offers, asked, strict=True))


def _eligible(body: Mapping[str, Any], wanted: str) -> list[Mapping[str, Any]]:
    """Return the options that the customer can have: those wanted, in the bank's order."""
    kind, _, months = wanted.partition("-")
    had = [o for o in body["options"] if o["eligible"] and o.get("benefit")]
    return [o for o in had if o["benefit"] == wanted or (not months and kind in o["benefit"])]


def _told(talk: Talk, key: str, option: Mapping[str, Any], name: str = "") -> str:
    kind = option["benefit"].partition("-")[0].lower()
    amounts = {name: Decimal(option[name]) for name in _AMOUNTS if option.get(name)}
    return talk.text(f"{key}_{kind}", name=name, **{**option, **amounts})


def _lines(talk: Talk, compared: Compared, wanted: str) -> Iterator[str]:
    for offer, body in compared:
        number = [*talk.memory.found, offer].index(offer) + 1
        count, total = int(body["quantity"]), Decimal(body["total_amount"])
        price = talk.text("price_of", count=count, price=offer.price, total=total)
        had = (_told(talk, "option", option) for option in _eligible(body, wanted))
        told = {"price": price, "options": " · ".join(had) or talk.text("no_options")}
        yield talk.text("compare_line", number=number, **vars(offer) | told)


def _ask_benefit(talk: Talk, compared: Compared, wanted: str) -> Say:
    """Ask how to pay, where what is wanted cannot be had or may be several."""
    is_had = any(_eligible(body, wanted) for _, body in compared)
    named = [o for _, body in compared for o in body["options"] if o.get("benefit") == wanted]
    reasons = [benefit_refusal(o, talk.language) for o in named if "reason" in o]
    names = ", ".join(dict.fromkeys(offer.name for offer, _ in compared))
    told = {"product": names, "benefit": benefit_name(talk.language, wanted)}
    why = talk.text("benefit_unavailable", reason=" ".join(["", *reasons[:1]]), **told)
    options = "\n".join(_lines(talk, compared, wanted if is_had else ""))
    asked = ("benefit", "product") if compared[1:] else ("benefit",)
    return talk.ask("ask_benefit", *asked, why="" if is_had else why, options=options)


# --- what a message says of what was shown ---


def purchases(talk: Talk, reading: Reading) -> list[Purchase]:
    """Return the purchase spoken of, with what the message says of it; one for each thing joined.

    One that waits for a yes stays as it is where another thing is named, not in its place; or one
    of a list that it is not of, or one more of its own.
    """
    memory, task, each = talk.memory, talk.memory.task, finding.each_thing(reading)
    if each[1:] or not isinstance(task, Purchase):
        return [Purchase().fill(talk, one) for one in each]
    [reading], meant = each, offers_meant(talk, each[0])
    is_other = meant is None or reading.has("also") or reading.first_kind == "and"
    if task.offer not in memory.offers:
        is_bought = reading.has("take") or any(order.act == "buy" for order in reading.orders)
        is_other = meant != [] or is_bought
    is_other &= task is memory.waiting and not reading.has(*kinds("instead"))
    is_other |= memory.state == "left" and finding.names_a_thing(reading)
    return [(Purchase() if is_other else task).fill(talk, reading)]


def chosen(talk: Talk, reading: Reading) -> Reply | None:
    """Buy, tell of or change what is shown or open and a message names, as it says."""
    memory, first, alone = talk.memory, talk.memory.waiting, reading.number_alone
    is_stopped = reading.mood != "" and not (reading.is_question and reading.mood == "condition")
    is_ordered = any((o.said and not o.is_of_payer) or o.act == "buy" for o in reading.orders)
    is_ordered &= not reading.has("take", "will")
    is_two = alone is not None and any(one.kind == "transfer" for one in memory.open)
    is_unclear = is_two and isinstance(first, Purchase) and first.wish.count is None
    if reading.has("take") and reading.mood in {"condition", "day"} and not reading.asks:
        return talk.say(REFUSED[reading.mood])
    if is_stopped or is_ordered or is_unclear or reading.has("person", "same"):
        return None
    is_asking = reading.is_question or reading.first_kind == "and"
    is_asking |= reading.first_kind == "want_thing" and reading.match(0, "question") is not None
    bought = [] if is_asking else _of_each(talk, reading)
    if not bought:
        terms, meant = read_wish(reading), offers_meant(talk, reading)
        is_new = bool(reading.values("indefinite")) and finding.names_a_thing(reading)
        said = {token.word for token in reading.tokens}
        is_new |= terms.cheapest and not said.isdisjoint(reading.words.of("any_thing"))
        is_bare = reading.covers("take", "courtesy", "yes")
        is_shown = memory.offers or is_bare or (terms.benefit and reading.is_question)
        count = terms.count if meant == [] and reading.tokens[1:] else None
        is_counted = memory.offer is not None and (alone if is_asking else count)
        if is_new or not is_shown or (meant is None and not is_counted):
            return None
        if is_asking or not _is_bought(talk, reading, terms, meant):
            return compared(talk, reading) if meant or terms.benefit or is_counted else None
        bought = purchases(talk, reading)
    is_behind = memory.waiting not in {None, *bought}
    return tasks.queue(talk, bought) if is_behind else tasks.go_on(talk, *bought)


def _is_bought(talk: Talk, reading: Reading, terms: Wish, meant: Sequence[Offer] | None) -> bool:
    """Tell whether what is said of one thing buys it: of what is open and taken, all does."""
    memory, task = talk.memory, talk.memory.task
    is_open = isinstance(task, Purchase) and (memory.waiting is None or task.offer in memory.offers)
    is_open |= isinstance(task, Purchase) and reading.has(*kinds("instead"))
    if reading.has("take", "will") or is_open:
        is_said = meant or terms.terms != Wish() or reading.has("here", "ordinal")
        return bool(is_said) or reading.covers("take", "courtesy", "yes")
    is_paid = terms.benefit or (meant and reading.has("account"))
    return bool(is_paid and (memory.offer or len(meant or ()) == 1))


def _of_each(talk: Talk, reading: Reading) -> list[Purchase]:
    """Tell the open purchases that a message names what it says of each; or buy of those listed."""
    each = finding.each_thing(reading)
    if reading.has("also", "again", "want_thing"):
        return []
    is_told = read_wish(reading).terms != Wish() and finding.names_a_thing(reading)
    known = [tasks.meant(talk, one) for one in each if is_told]
    open_ = [one[0] for one in known if len(one) == 1 and isinstance(one[0], Purchase)]
    if len(open_) == len(each):
        return [task.fill(talk, one) for task, one in zip(open_, each, strict=True)]
    is_listed = not open_ and each[1:] and all(offers_meant(talk, one) for one in each)
    is_listed = is_listed and any(read_wish(one).count for one in each)
    return purchases(talk, reading) if is_listed else []


def compared(talk: Talk, reading: Reading) -> Question:
    """Compare the benefits of what a message names, else of what was shown, and recommend one.

    What is asked about is then what is bought on: so many pieces, and the benefit if it is to be
    had; if it is not, those that are to be had are told and asked about. Recommended is of what
    the bank puts first for each product what gives most back, then what costs least a month.
    """
    memory, terms, task = talk.memory, read_wish(reading), talk.memory.task
    offers, count = offers_meant(talk, reading), terms.count
    wanted = terms.benefit or (memory.wish.benefit if memory.topic == "search" else "")
    wanted = "" if wanted == NO_BENEFIT else wanted
    is_looking = wanted and not memory.offers and reading.has("want_thing")
    if not offers and (is_looking or finding.names_a_thing(reading)):
        listed = yield from finding.find(talk, terms)
        if not memory.offers:
            return listed
    elif not offers:
        numbers = (part.whole or 0 for part in reading.of("amount"))
        count = count or next((n for n in numbers if 0 < n <= finding.MAX_QUANTITY), None)
        is_of_one = reading.has("here", "monthly", "benefit", "amount")
        offers = [memory.offer] if memory.offer and is_of_one else memory.offers
    offers = offers or memory.offers
    names = ", ".join(dict.fromkeys(offer.name for offer in offers))
    offers = [offer for offer in offers if offer.stock]
    if not offers:
        key = "ask_other" if names else "ask_none_shown"
        return talk.ask(key, "product", product=names)
    some, count = offers[:_MAX_COMPARED], count or memory.wish.count
    memory.topic, memory.offer = "compare", some[0] if len(some) == 1 else None
    memory.wish = Wish(quantity=count).after(replace(memory.wish, benefit=wanted))
    asked = yield from _benefits(talk, some, count)
    firsts = [(offer, had[0]) for offer, body in asked if (had := _eligible(body, wanted))]
    if "-" in wanted and not firsts:
        return _ask_benefit(talk, asked, wanted)
    recommended = talk.text("no_recommendation")
    if firsts:
        firsts.sort(key=lambda one: (-one[1]["value"], one[1]["cost_per_month"]))
        memory.offer, best = firsts[0]
        memory.wish = replace(memory.wish, benefit=best["benefit"])
        recommended = _told(talk, "recommend", best, memory.offer.name)
        if isinstance(task, Purchase) and memory.waiting is None:
            memory.drop(task)
    head = "compare_head_some" if offers[_MAX_COMPARED:] else "compare_head"
    head = talk.text(head, count=_MAX_COMPARED)
    return talk.lines([head, *_lines(talk, asked, wanted), recommended])
