"""Buying a product: its benefits compared, which one, how it is paid, what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline.ends import Account
from console.agent.offline.finding import NO_BENEFIT, Wish, ask_which, find, read_wish, show
from console.agent.offline.lexicon import benefit_name
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Asked, AskingMany, Flow, Question, Talk, Task
from console.agent.offline.things import Offer, OwnAccount
from console.agent.wording import benefit_refusal, money

_MAX_COMPARED: Final = 5
_AMOUNTS: Final = ("monthly_payment", "last_payment", "cashback")

Benefit = Mapping[str, Any]
"""An option of compareBenefits, as the bank told it."""


@dataclass(eq=False)
class Purchase(Task):
    """A purchase that is being put together; what is not known yet is empty."""

    offer: Offer | None = None
    wish: Wish | None = None
    quantity: int | None = None
    is_count_unclear: bool = False
    """Whether how many was said, but no number of pieces."""
    benefit: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    """The benefit, what it costs and gives, by the names of createPurchase's arguments."""
    payer: Account = field(default_factory=Account)
    kind = "purchase"
    is_left_by_search = True

    def put_terms(self, reading: Reading) -> None:
        """Put in how a message says to buy."""
        terms = read_wish(reading)
        self.benefit = terms.benefit or self.benefit
        if terms.quantity is not None or terms.is_count_unclear:
            self.quantity, self.is_count_unclear = terms.quantity, terms.is_count_unclear
        named = [part.value for part in reading.of("account")]
        self.payer = named[0] if named else Account() if terms.benefit else self.payer

    def settle(self, talk: Talk) -> Question:
        """Settle the product, how many, the benefit and the account that pays."""
        question = (yield from self._find_offer(talk)) if self.offer is None else None
        question = question or self._ask_count(talk)
        if question is None:
            question = yield from self._settle_benefit(talk)
        if question is not None:
            return question
        return self._payer(talk, (yield from talk.own_accounts()))

    def _find_offer(self, talk: Talk) -> Question:
        memory, wish = talk.memory, self.wish
        if wish is None or not (wish.words or wish.category):
            shown = memory.offers
            return ask_which(talk, shown) if shown else talk.ask("ask_none_shown", "product")
        found = yield from find(talk, wish)
        listed = show(talk, wish, found)
        if not found.offers or found.widened:
            self.wish, memory.asked = None, Asked(("product",))
            return replace(listed, outcome="asked")
        if len(found.offers) > 1:
            return ask_which(talk, found.offers)
        self.offer = found.offers[0]
        return None

    def _ask_count(self, talk: Talk) -> Say | None:
        """Ask how many, where that is not clear or more than the bank said that there are."""
        offer = self.offer
        if offer is None:
            return None
        if self.is_count_unclear:
            return talk.ask("ask_count", "quantity", product=offer.name)
        if offer.stock >= (self.quantity or 1):
            return None
        if not offer.stock:
            self.offer = None
            return talk.ask("ask_other", "product", product=offer.name)
        self.quantity, self.is_count_unclear = None, True
        return talk.ask("ask_fewer", "quantity", product=offer.name, count=offer.stock)

    def _settle_benefit(self, talk: Talk) -> Question:
        """Settle the benefit; return a question when the one wanted cannot be had."""
        memory, offer = talk.memory, self.offer
        assert offer is not None  # the product is settled before its benefit
        recommended = memory.benefit if memory.offer == offer else ""
        if not self.benefit or (self.benefit == MSI and recommended.startswith(MSI)):
            self.benefit = recommended or self.benefit or NO_BENEFIT
        memory.offer, self.figures = offer, {}
        if self.benefit == NO_BENEFIT:
            return None
        (body,) = yield from _compared(talk, [offer], self.quantity or 1)
        fitting = _eligible(body, self.benefit)
        if len(fitting) == 1:
            operation, option = talk.operations.get("createPurchase"), fitting[0]
            taken = [name for name in operation.inputs if name in option] if operation else []
            self.figures = {n: str(option[n]) for n in taken if option[n] is not None}
            self.benefit = option["benefit"]
            return None
        wanted, self.benefit = self.benefit, ""
        options = _options(talk, _eligible(body, MSI if fitting else ""), "\n- ")
        options = f"- {options}" if options else talk.text("no_options")
        question = talk.ask("ask_benefit", "benefit", product=offer.name, options=options)
        if fitting:
            return question
        refused = [o for o in body["options"] if o.get("benefit") == wanted and "reason" in o]
        why = talk.text(
            "benefit_unavailable",
            product=offer.name,
            benefit=benefit_name(talk.language, wanted),
            reason=benefit_refusal(refused[0], talk.language) if refused else "",
        )
        return replace(question, delta=f"{why.strip()}\n{question.delta}")

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
        words = self.wish.words if self.wish is not None else ""
        name = self.offer.name if self.offer is not None else words
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
    if body.get("repeated"):
        return talk.say("purchase_repeated")
    product = body.get("product_name") or talk.memory.known.products.get(
        body["product_id"], body["product_id"]
    )
    if body["status"] == "pending":
        return talk.say("purchase_pending", product=product)
    applied = body.get("benefit_applied")
    name = benefit_name(talk.language, applied) if applied else ""
    benefit = talk.text("bought_benefit", benefit=name) if applied else ""
    return talk.say("bought", product=product, total=money(body["total_amount"]), benefit=benefit)


# --- benefits: what the bank says that they come to ---


def _compared(talk: Talk, offers: Sequence[Offer], quantity: int) -> AskingMany:
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
    memory.topic, memory.quantity = "compare", quantity or memory.quantity
    count = memory.quantity or 1
    bodies = yield from _compared(talk, some, count)
    pairs = list(zip(some, bodies, strict=True))
    is_to_be_had = "-" not in wanted or any(_eligible(body, wanted) for body in bodies)
    had = [(offer, _eligible(body, wanted if is_to_be_had else MSI)) for offer, body in pairs]
    lines = [_line(talk, offer, count, options) for offer, options in had]
    firsts = [(offer, options[0]) for offer, options in had if options]
    only = some[0] if len(some) == 1 else None
    if not is_to_be_had:
        memory.benefit = ""
        yield talk.ask(
            "ask_other_months" if firsts else "ask_no_months",
            *(("benefit",) if only else ("benefit", "product")),
            task=Purchase(offer=only, benefit=wanted, quantity=memory.quantity),
            benefit=benefit_name(talk.language, wanted),
            options="\n".join(lines),
        )
        return
    best = min(firsts, key=lambda one: (-one[1]["value"], one[1]["cost_per_month"]), default=None)
    if best is not None:
        memory.offer, memory.benefit = best[0], best[1]["benefit"]
        task = memory.task
        if isinstance(task, Purchase) and (task.offer != best[0] or memory.waiting is None):
            memory.drop()
    elif only is not None:
        memory.offer, memory.benefit = only, ""
    head = "compare_head" if len(offers) <= _MAX_COMPARED else "compare_head_some"
    head = talk.text(head, count=_MAX_COMPARED)
    yield talk.lines([head, *lines, _recommendation(talk, best, wanted)])


def _line(talk: Talk, offer: Offer, count: int, options: Sequence[Benefit]) -> str:
    shown, price, total = talk.memory.offers, money(offer.price), money(offer.price * count)
    of_many = talk.text("price_of_many", count=count, price=price, total=total)
    return talk.text(
        "compare_line",
        number=shown.index(offer) + 1 if offer in shown else 1,
        name=offer.name,
        price=of_many if count > 1 else price,
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
