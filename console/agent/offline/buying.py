"""Buying a product: its benefits compared, which one, how it is paid, what became of it."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import CallOutcome, Say
from console.agent.offline import tasks
from console.agent.offline.ends import Account
from console.agent.offline.finding import (
    MAX_QUANTITY,
    NO_BENEFIT,
    Found,
    attempts,
    find,
    is_of_thing,
    names_a_thing,
    offers_meant,
    read_wish,
    show,
    things_in,
)
from console.agent.offline.lexicon import benefit_name, kinds
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Asked, AskingMany, Flow, Question, Reply, Step, Talk, Task
from console.agent.offline.things import Offer, OwnAccount, Wish
from console.agent.wording import benefit_refusal, money

_MAX_COMPARED: Final = 5
_AMOUNTS: Final = ("monthly_payment", "last_payment", "cashback")
_FIGURES: Final = ("benefit", "months", *_AMOUNTS, "points")

Benefit = Mapping[str, Any]
"""An option of compareBenefits, as the bank told it."""


@dataclass(eq=False)
class Purchase(Task):
    """A purchase that is being put together; what is not known yet is empty."""

    offer: Offer | None = None
    wish: Wish = field(default_factory=Wish)
    """What to look for, where it is none of those shown."""
    quantity: int | None = None
    """How many; 0 where how many was said, but no number of pieces."""
    benefit: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    """The benefit, what it costs and gives, by the names of createPurchase's arguments."""
    payer: Account = field(default_factory=Account)
    kind = "purchase"

    def fill(self, talk: Talk, reading: Reading) -> "Purchase":
        """Put in what a message says to buy, and how."""
        memory, terms, meant = talk.memory, read_wish(reading), offers_meant(talk, reading)
        self.benefit = terms.benefit or self.benefit
        self.quantity = self.quantity if terms.quantity is None else terms.quantity
        named = [part.value for part in reading.of("account")]
        self.payer = named[0] if named else Account() if terms.benefit else self.payer
        if meant:
            self.offer, self.wish = meant[0] if len(meant) == 1 else None, Wish()
            if self.offer is None:
                memory.offers, memory.rest = meant, []
        elif things_in(reading):
            self.offer, self.wish, self.called = None, terms, terms.words
        elif self.offer is None:
            self.offer = memory.in_focus
        unread = reading.of(*kinds("not_buying"))
        self.unread = reading.quoted(part for part in unread if not is_of_thing(reading, part))
        return self

    def settle(self, talk: Talk) -> Question:
        """Settle the product, how many, the benefit and the account that pays."""
        offer = self.offer or (yield from self._find_offer(talk))
        if isinstance(offer, Say):
            return offer
        self.offer = offer
        question = self._ask_count(talk, offer) or (yield from self._settle_benefit(talk, offer))
        return question or self._payer(talk, (yield from talk.own_accounts()))

    def _find_offer(self, talk: Talk) -> Generator[Step, Sequence[CallOutcome], Offer | Say]:
        """Look for the product; ask which of several, or of those shown, is meant."""
        memory, wish = talk.memory, self.wish
        if wish.words or wish.category:
            found = yield from find(talk, wish, attempts(talk, wish))
        elif memory.offers:
            found = Found([*memory.offers, *memory.rest], talk.text("ask_which_product"))
        else:
            return talk.ask("ask_none_shown", "product")
        question = replace(show(talk, wish, found), outcome="asked")
        if found.is_exact and len(found.offers) == 1:
            return found.offers[0]
        self.wish, memory.asked = Wish(), Asked(("product",), question)
        return question

    def _ask_count(self, talk: Talk, offer: Offer) -> Say | None:
        """Ask how many, where that is not clear or more than the bank said that there are."""
        if not offer.stock:
            self.offer = None
            return talk.ask("ask_other", "product", product=offer.name)
        is_enough = offer.stock >= (self.quantity or 1)
        if is_enough and self.quantity != 0:
            return None
        self.quantity, key = 0, "ask_count" if is_enough else "ask_fewer"
        return talk.ask(key, "quantity", product=offer.name, count=offer.stock)

    def _settle_benefit(self, talk: Talk, offer: Offer) -> Question:
        """Settle the benefit; return a question when the one wanted cannot be had."""
        memory = talk.memory
        told = memory.wish.benefit if memory.offer in {None, offer} else ""
        if told.startswith(self.benefit):
            self.benefit = told or NO_BENEFIT
        memory.offer, self.figures = offer, {}
        if self.benefit == NO_BENEFIT:
            return None
        (body,) = yield from _benefits(talk, [offer], self.quantity or 1)
        fitting = _eligible(body, self.benefit)
        if len(fitting) == 1:
            had, self.benefit = fitting[0], fitting[0]["benefit"]
            self.figures = {n: str(had[n]) for n in _FIGURES if had.get(n) is not None}
            return None
        wanted, self.benefit, why = self.benefit, "", ""
        if not fitting:
            named = [o for o in body["options"] if o.get("benefit") == wanted and "reason" in o]
            why = talk.text(
                "benefit_unavailable",
                product=offer.name,
                benefit=benefit_name(talk.language, wanted),
                reason=f" {benefit_refusal(named[0], talk.language)}" if named else "",
            )
        options = _options(talk, _eligible(body, MSI if fitting else ""), "\n- ")
        options = f"- {options}" if options else talk.text("no_options")
        return talk.ask("ask_benefit", "benefit", why=why, product=offer.name, options=options)

    def _payer(self, talk: Talk, accounts: Sequence[OwnAccount]) -> Say | None:
        """Find the account that pays; return a question when it is not sure or does not fit."""
        needed = "credit" if self.benefit.startswith(MSI) else "checking"
        if needed == "credit" and self.payer.type not in {"", "credit"}:
            self.payer = Account()
            return talk.ask("ask_msi_account", "account")
        return talk.settle_account(self, "payer", "ask_account", accounts, needed)

    def call(self) -> tuple[str, dict[str, str]]:
        """Return createPurchase with its arguments."""
        offer = self.offer
        assert offer is not None  # a purchase is shown once its product is settled
        return "createPurchase", {
            "product_id": offer.product_id,
            "retailer_id": offer.retailer_id,
            "quantity": str(self.quantity) if self.quantity and self.quantity > 1 else "",
            "account_id": self.payer.account_id,
            **self.figures,
            "unit_price": f"{offer.price:.2f}",
        }

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say what became of the purchase; when it is paid, under which number too."""
        talk.memory.last_account = self.payer.account_id or talk.memory.last_account
        yield purchased(talk, body)
        if body["status"] == "completed" and not body.get("repeated"):
            number, moment = body["purchase_id"], body["created_at"]
            yield from talk.receipt(number, moment, self.payer.account_id)

    def told(self, talk: Talk) -> dict[str, str]:
        """Return which product it is."""
        name = self.offer.name if self.offer is not None else self.called
        return {"product": name or talk.text("something")}

    @property
    def cost(self) -> Decimal | None:
        """What it takes from the customer's accounts."""
        return None if self.offer is None else self.offer.price * (self.quantity or 1)


def purchased(talk: Talk, body: Mapping[str, Any]) -> Say:
    """Tell what became of a purchase that the bank answered for."""
    talk.memory.purchase_id = body["purchase_id"]
    if body["status"] == "failed":
        why = talk.refused(body.get("error")).delta
        return talk.say("purchase_failed", "refused", why=why)
    key = "purchase_pending" if body["status"] == "pending" else "bought"
    applied = body.get("benefit_applied", "")
    benefit = talk.text("bought_benefit", benefit=benefit_name(talk.language, applied))
    return talk.say(
        "purchase_repeated" if body.get("repeated") else key,
        product=product_of(talk, body),
        total=money(body["total_amount"]),
        benefit=benefit if applied else "",
    )


def product_of(talk: Talk, purchase: Mapping[str, Any]) -> str:
    """Return what was bought, as the bank calls it, or by its identifier."""
    known, product_id = talk.memory.known.products, purchase["product_id"]
    return str(purchase.get("product_name") or known.get(product_id, product_id))


# --- benefits: what the bank says that they come to ---


def _benefits(talk: Talk, offers: Sequence[Offer], quantity: int) -> AskingMany:
    """Ask the bank what the benefits of products come to."""
    count = {"quantity": str(quantity) if quantity > 1 else ""}
    ids = [{"product_id": o.product_id, "retailer_id": o.retailer_id} for o in offers]
    return talk.look_all(*(("compareBenefits", {**named, **count}) for named in ids))


def _eligible(body: Mapping[str, Any], wanted: str) -> list[Benefit]:
    """Return the options that the customer can have: those wanted, in the bank's order."""
    kind, _, months = wanted.partition("-")
    had = [o for o in body["options"] if o["eligible"] and o.get("benefit")]
    return [o for o in had if o["benefit"] == wanted or (not months and kind in o["benefit"])]


def _options(talk: Talk, options: Iterable[Benefit], joint: str = " · ") -> str:
    """Return what benefits come to."""
    return joint.join(_told(talk, "option", option) for option in options)


def _told(talk: Talk, key: str, option: Benefit, **more: str) -> str:
    """Return a sentence with the figures of a benefit; each kind has its own."""
    kind = option["benefit"].partition("-")[0].lower()
    written = {name: money(option[name]) for name in _AMOUNTS if option.get(name)}
    return talk.text(f"{key}_{kind}", **{**option, **written, **more})


def compare(talk: Talk, offers: Sequence[Offer], wanted: str, quantity: int | None = None) -> Flow:
    """Compare the benefits of products, and recommend one.

    What is asked about is then what is bought on: so many pieces, and the benefit if it is to be
    had; if it is not, those that are to be had are told and asked about. Recommended is of what
    the bank puts first for each product what gives most back, then what costs least a month.
    """
    memory, some = talk.memory, offers[:_MAX_COMPARED]
    memory.topic = "compare"
    memory.wish = replace(memory.wish, benefit=wanted, quantity=quantity or memory.wish.quantity)
    count = memory.wish.quantity or 1
    bodies = yield from _benefits(talk, some, count)
    is_to_be_had = "-" not in wanted or any(_eligible(body, wanted) for body in bodies)
    had = [_eligible(body, wanted if is_to_be_had else MSI) for body in bodies]
    pairs = list(zip(some, had, strict=True))
    lines = [_line(talk, offer, count, options) for offer, options in pairs]
    firsts = [(offer, options[0]) for offer, options in pairs if options]
    memory.offer = some[0] if len(some) == 1 else None
    if not is_to_be_had:
        yield talk.ask(
            "ask_other_months" if firsts else "ask_no_months",
            *(("benefit",) if memory.offer else ("benefit", "product")),
            benefit=benefit_name(talk.language, wanted),
            options="\n".join(lines),
        )
        return
    best = min(firsts, key=lambda one: (-one[1]["value"], one[1]["cost_per_month"]), default=None)
    if best is not None:
        memory.offer, memory.wish = best[0], replace(memory.wish, benefit=best[1]["benefit"])
        task = memory.task
        if isinstance(task, Purchase) and (task.offer != best[0] or memory.waiting is None):
            memory.drop(task)
    head = "compare_head" if len(offers) <= _MAX_COMPARED else "compare_head_some"
    head = talk.text(head, count=_MAX_COMPARED)
    yield talk.lines([head, *lines, _recommendation(talk, best, wanted)])


def _line(talk: Talk, offer: Offer, count: int, options: Sequence[Benefit]) -> str:
    shown, price, total = talk.memory.offers, money(offer.price), money(offer.price * count)
    return talk.text(
        "compare_line",
        number=shown.index(offer) + 1 if offer in shown else 1,
        name=offer.name,
        price=talk.text("price_of", count=count, price=price, total=total),
        shop=offer.shop,
        options=_options(talk, options) or talk.text("no_options"),
    )


def _recommendation(talk: Talk, best: tuple[Offer, Benefit] | None, wanted: str) -> str:
    if best is None:
        return talk.text("no_msi" if wanted.startswith(MSI) else "no_recommendation")
    offer, option = best
    last = option.get("last_payment") or 0
    is_other = last and last != option["monthly_payment"]
    told = talk.text("recommend_last", last=money(last)) if is_other else ""
    return _told(talk, "recommend", option, name=offer.name, last=told)


# --- what a message says of what was shown ---


def purchase(talk: Talk, reading: Reading) -> Purchase:
    """Return the purchase spoken of, with what the message says of it."""
    return (_open(talk) or Purchase(quantity=talk.memory.wish.quantity)).fill(talk, reading)


def _open(talk: Talk) -> Purchase | None:
    return talk.memory.task if isinstance(talk.memory.task, Purchase) else None


def chosen(talk: Talk, reading: Reading) -> Reply | None:
    """Buy, or tell of, the one of those shown that a message names, on the terms that it says."""
    memory, terms, meant = talk.memory, read_wish(reading), offers_meant(talk, reading)
    is_taking = not reading.is_question and reading.has("take", "will", "want_thing")
    is_bare = is_taking and reading.covers("take", "courtesy", "yes", "now", "here")
    is_new = names_a_thing(reading) and reading.matches("indefinite")
    is_ordered = any(o.says_anything or o.act == "buy" for o in reading.orders)
    is_shown = memory.offers or is_bare or (terms.benefit and reading.is_question)
    if reading.mood or is_new or reading.has("person") or (is_ordered and not is_taking):
        return None
    is_asking = reading.is_question or reading.first_kind == "and"
    is_counted = is_asking and memory.in_focus is not None and reading.number_alone
    if not is_shown or (meant is None and not is_counted):
        return None
    meant = meant or []
    is_one = len(meant) == 1 or memory.in_focus is not None
    is_paid = terms.benefit or (reading.has("account") and (meant or _open(talk)))
    is_pointing = reading.has("here", "ordinal", "cheapest", "dearest")
    is_said = meant or is_bare or is_paid or is_pointing or terms.quantity is not None
    is_bought = is_said if is_taking or _open(talk) else is_one and is_paid
    if is_bought and not is_asking:
        return tasks.go_on(talk, purchase(talk, reading))
    is_told = len(meant) == 1 or terms.benefit or is_counted
    return compared(talk, reading) if is_told else None


def compared(talk: Talk, reading: Reading) -> Reply:
    """Tell what the benefits come to of what a message names, else of what was shown."""
    memory, terms = talk.memory, read_wish(reading)
    offers = offers_meant(talk, reading)
    if names_a_thing(reading) and not offers:
        return _compare_found(talk, terms)
    is_of_one = reading.has("here", "other", "monthly", "benefit", "amount")
    count = terms.quantity
    if not offers:
        counts = [n for part in reading.of("amount") if (n := part.whole) and n <= MAX_QUANTITY]
        count = count or next(iter(counts), None)
        offers = [memory.in_focus] if memory.in_focus and is_of_one else memory.offers
    if not offers:
        return talk.ask("ask_none_shown", "product")
    return compare(talk, offers, terms.benefit, count)


def _compare_found(talk: Talk, wish: Wish) -> Flow:
    found = yield from find(talk, wish, attempts(talk, wish))
    shown = show(talk, wish, found)
    if found.offers:
        yield from compare(talk, talk.memory.offers, wish.benefit)
    else:
        yield shown
