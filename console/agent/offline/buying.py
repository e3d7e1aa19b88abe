"""Buying a product: settle which one, its benefit and its payment, tell the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from console.agent.brain import Say
from console.agent.offline.benefits import compared, eligible, figures_taken, options_text
from console.agent.offline.ends import Account
from console.agent.offline.finding import ask_which, find, show
from console.agent.offline.lexicon import benefit_name
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.shopping import NO_BENEFIT, Wish, read_terms
from console.agent.offline.talk import Flow, Question, Talk, Task
from console.agent.offline.text import words_of
from console.agent.offline.things import Offer, OwnAccount, account_of
from console.agent.wording import benefit_refusal, money


@dataclass
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
        balances = yield from talk.look("getBalance")
        return self._payer(talk, [account_of(entry) for entry in balances["accounts"]])

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
                self.wish, memory.asked_for = None, ("product",)
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
        return talk.ask_account("ask_account", others, self._pay_with)

    def _pay_with(self, account: OwnAccount) -> None:
        self.payer = Account("", account.account_id)

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

    def name(self, talk: Talk) -> str:
        """Return what it is, in a few words."""
        words = self.wish.words if self.wish is not None else ""
        product = self.offer.name if self.offer is not None else words or talk.text("something")
        return talk.text("order_purchase", product=product)

    @property
    def is_left_by_search(self) -> bool:
        """Whether looking for something else gives it up: it does."""
        return True

    @property
    def cost(self) -> Decimal | None:
        """What it takes from the customer's accounts."""
        return None if self.offer is None else self.offer.price * (self.quantity or 1)

    def ask_sure(self, talk: Talk) -> Say:
        """Ask whether it is to be bought at all."""
        product = self.offer.name if self.offer is not None else talk.text("something")
        return talk.ask("ask_buy", "confirmation", task=self, product=product)


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
