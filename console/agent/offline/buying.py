"""Buying a product: its benefits compared, which one, how it is paid, what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline.ends import Account
from console.agent.offline.finding import NO_BENEFIT, ask_which, find, read_terms, show
from console.agent.offline.lexicon import benefit_name
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Asked, AskingMany, Flow, Question, Talk, Task
from console.agent.offline.text import words_of
from console.agent.offline.things import Offer, Option, OwnAccount, Wish
from console.agent.wording import benefit_refusal, money

_NAMING: Final = frozenset(
    {"product_id", "retailer_id", "quantity", "account_id", "benefit", "unit_price"}
)


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
    """What the benefit costs and gives, by the names of createPurchase's arguments."""
    payer: Account = field(default_factory=Account)
    kind = "purchase"
    is_left_by_search = True

    def put_terms(self, reading: Reading) -> None:
        """Put in how a message says to buy."""
        terms = read_terms(reading)
        self.benefit = terms.benefit or self.benefit
        if terms.quantity is not None or terms.is_unclear:
            self.quantity, self.is_count_unclear = terms.quantity, terms.is_unclear
        named = [part.value for part in reading.parts if part.kind == "account"]
        self.payer = named[0] if named else Account() if terms.benefit else self.payer

    def settle_on(self, offer: Offer) -> None:
        """Make a product the one to buy."""
        self.offer = offer

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
        meant = _known(talk, wish)
        if not meant:
            found = yield from find(talk, wish)
            listed = show(talk, wish, found)
            if not found.offers or found.widened:
                self.wish, memory.asked = None, Asked(("product",))
                return replace(listed, outcome="asked")
            meant = _known(talk, wish) or found.offers
        if len(meant) > 1:
            return ask_which(talk, meant)
        self.settle_on(meant[0])
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
        memory.offer = offer
        if self.benefit == NO_BENEFIT:
            return None
        quantity, shown, taken = self.quantity or 1, memory.recommended, figures_taken(talk)
        if shown and (shown.offer, shown.benefit, shown.quantity) == (
            offer,
            self.benefit,
            quantity,
        ):
            self.figures = shown.terms(taken)
            return None
        (body,) = yield from compared(talk, [offer], quantity)
        fitting = eligible(offer, body, self.benefit)
        if len(fitting) == 1:
            self.benefit, self.figures = fitting[0].benefit, fitting[0].terms(taken)
            return None
        return self._ask_benefit(talk, offer, body, is_several=bool(fitting))

    def _ask_benefit(
        self, talk: Talk, offer: Offer, body: Mapping[str, Any], *, is_several: bool
    ) -> Say:
        wanted, self.benefit = self.benefit, ""
        options = options_text(talk, eligible(offer, body, MSI if is_several else ""), "\n- ")
        options = f"- {options}" if options else talk.text("no_options")
        question = talk.ask("ask_benefit", "benefit", product=offer.name, options=options)
        if is_several:
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
        if self.payer.account_id:
            return None
        needed = "credit" if self.benefit.startswith(MSI) else "checking"
        wanted = self.payer.type or needed
        if needed == "credit" and wanted != "credit":
            self.payer = Account()
            return talk.ask("ask_msi_account", "account")
        fitting = [a for a in accounts if a.type == wanted and (a.is_active or self.payer.type)]
        if len(fitting) == 1:
            self.payer = Account(self.payer.type, fitting[0].account_id)
            return None
        others = [a for a in fitting or accounts if a.is_active]
        return talk.ask_account("ask_account", others, self, "payer")

    def call(self) -> tuple[str, dict[str, str]]:
        """Return createPurchase with its arguments."""
        offer = self.offer
        assert offer is not None  # a purchase is shown once its product is settled
        benefit = "" if self.benefit == NO_BENEFIT else self.benefit
        return "createPurchase", {
            "product_id": offer.product_id,
            "retailer_id": offer.retailer_id,
            "quantity": str(self.quantity) if self.quantity and self.quantity > 1 else "",
            "account_id": self.payer.account_id,
            "benefit": benefit,
            **(self.figures if benefit else {}),
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


def _known(talk: Talk, wish: Wish) -> list[Offer]:
    """Return the offers found before that have all the words that are wanted."""
    wanted = words_of(wish.words)
    return [offer for offer in talk.memory.offers if wanted and wanted <= offer.words]


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


def figures_taken(talk: Talk) -> list[str]:
    """Return which figures of a benefit the order takes, by the schema: all but what names it."""
    operation = talk.operations.get("createPurchase")
    return [name for name in operation.inputs if name not in _NAMING] if operation else []


def compared(talk: Talk, offers: Sequence[Offer], quantity: int) -> AskingMany:
    """Ask the bank what the benefits of products come to."""
    count = str(quantity) if quantity > 1 else ""
    ids = [{"product_id": o.product_id, "retailer_id": o.retailer_id} for o in offers]
    bodies = yield from talk.look_all(
        *(("compareBenefits", {**named, "quantity": count}) for named in ids)
    )
    return bodies


def eligible(offer: Offer, body: Mapping[str, Any], wanted: str, count: int = 1) -> list[Option]:
    """Return the options that the customer can have: those wanted, in the bank's order."""
    kind, _, months = wanted.partition("-")
    had = [o for o in body["options"] if o["eligible"] and o.get("benefit")]
    options = [Option(offer, figures["benefit"], count, figures) for figures in had]
    return [o for o in options if (o.benefit == wanted if months else o.benefit.startswith(kind))]


def options_text(talk: Talk, options: Iterable[Option], joint: str = " · ") -> str:
    """Return what benefits come to."""
    return joint.join(talk.text(f"option_{kind_of(o)}", **written_figures(o)) for o in options)


def kind_of(option: Option) -> str:
    """Return what sort of benefit it is, as its sentences are named."""
    return option.benefit.partition("-")[0].lower()


def written_figures(option: Option) -> dict[str, Any]:
    """Return the figures of an option, money as it is written."""
    amounts = ("monthly_payment", "last_payment", "cashback")
    return dict(option.figures) | {
        name: money(option.figures[name]) for name in amounts if option.figures.get(name)
    }


# --- comparing ---

_MAX_COMPARED: Final = 5


def compare(talk: Talk, offers: Sequence[Offer], wanted: str, quantity: int | None = None) -> Flow:
    """Compare the benefits of products, and recommend one.

    What is asked about is then what is bought on: so many pieces, and the benefit if it is to be
    had; if it is not, those that are to be had are told and asked about.
    Where instalments are wanted, the lowest monthly payment is recommended; else what the bank
    calls best, of the product that gives most back.
    """
    memory, offers_compared = talk.memory, list(offers[:_MAX_COMPARED])
    memory.topic = "compare"
    memory.quantity = quantity or memory.quantity
    count = memory.quantity or 1
    bodies = yield from compared(talk, offers_compared, count)
    pairs = list(zip(offers_compared, bodies, strict=True))
    options = [option for offer, body in pairs for option in eligible(offer, body, wanted, count)]
    if "-" in wanted and not options:
        yield from _ask_other_months(talk, pairs, wanted)
        return
    lines = [
        talk.text(
            "compare_line",
            number=memory.offers.index(offer) + 1 if offer in memory.offers else 1,
            name=offer.name,
            price=_price(talk, offer, count),
            shop=offer.shop,
            options=options_text(talk, [o for o in options if o.offer == offer])
            or talk.text("no_options"),
        )
        for offer in offers_compared
    ]
    best = _recommended(options, pairs, wanted)
    if best is not None:
        memory.offer, memory.benefit, memory.recommended = best.offer, best.benefit, best
        task = memory.task
        if isinstance(task, Purchase) and (task.offer != best.offer or memory.waiting is None):
            memory.drop()
    elif len(offers_compared) == 1:
        memory.offer, memory.benefit = offers_compared[0], ""
    head = "compare_head" if len(offers) <= _MAX_COMPARED else "compare_head_some"
    head = talk.text(head, count=_MAX_COMPARED)
    yield talk.lines([head, *lines, _recommendation(talk, best, wanted)])


def _price(talk: Talk, offer: Offer, count: int) -> str:
    if count == 1:
        return money(offer.price)
    total = money(offer.price * count)
    return talk.text("price_of_many", count=count, price=money(offer.price), total=total)


def _ask_other_months(
    talk: Talk, pairs: Sequence[tuple[Offer, Mapping[str, Any]]], wanted: str
) -> Flow:
    """Say which instalments there are in place of those wanted, and ask."""
    had = [(offer, options_text(talk, eligible(offer, body, MSI))) for offer, body in pairs]
    none = talk.text("no_instalments")
    listed = "\n".join(f"- {offer.name}, {offer.shop}: {text or none}" for offer, text in had)
    only = pairs[0][0] if len(pairs) == 1 else None
    talk.memory.benefit = ""
    yield talk.ask(
        "ask_other_months" if any(text for _, text in had) else "ask_no_months",
        *(("benefit",) if only else ("benefit", "product")),
        task=Purchase(offer=only, benefit=wanted, quantity=talk.memory.quantity),
        benefit=benefit_name(talk.language, wanted),
        options=listed,
    )


def _recommended(
    options: Sequence[Option], pairs: Sequence[tuple[Offer, Mapping[str, Any]]], wanted: str
) -> Option | None:
    best = {offer: (body.get("best") or {}).get("benefit") for offer, body in pairs}
    fitting = [o for o in options if wanted or o.benefit == best[o.offer]]
    if wanted.startswith(MSI):
        return min(fitting, key=lambda option: option.monthly, default=None)
    return min(fitting, key=lambda option: (-option.value, option.monthly), default=None)


def _recommendation(talk: Talk, best: Option | None, wanted: str) -> str:
    if best is None:
        return talk.text("no_msi" if wanted.startswith(MSI) else "no_recommendation")
    figures = written_figures(best)
    is_equal = figures.get("last_payment") == figures.get("monthly_payment")
    last = "" if is_equal else talk.text("recommend_last", last=figures["last_payment"])
    return talk.text(f"recommend_{kind_of(best)}", name=best.offer.name, last=last, **figures)
