"""Comparing what the benefits of products come to, and recommending one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline.lexicon import benefit_name
from console.agent.offline.memory import Benefit, Offer, PurchaseFrame
from console.agent.offline.parts import MSI
from console.agent.offline.talk import AskingMany, Flow, Talk
from console.agent.wording import money

_MAX_COMPARED: Final = 5


@dataclass(frozen=True, slots=True)
class Option:
    """A benefit of an offer that the customer can have."""

    offer: Offer
    benefit: str
    figures: Mapping[str, Any]

    def terms(self, quantity: int, taken: Collection[str]) -> Benefit:
        """Return those figures of the option that the order for it takes."""
        applying = {name: self.figures.get(name) for name in taken}
        written = {name: str(figure) for name, figure in applying.items() if figure is not None}
        return Benefit(self.offer, self.benefit, quantity, written)

    @property
    def monthly(self) -> Decimal:
        """What it costs a month."""
        return Decimal(self.figures["cost_per_month"])

    @property
    def value(self) -> Decimal:
        """What it gives back, in pesos."""
        return Decimal(self.figures.get("value") or 0)

    @property
    def is_msi(self) -> bool:
        """Whether it is instalments."""
        return self.benefit.startswith(MSI)


def compare(talk: Talk, offers: Sequence[Offer], wanted: str, quantity: int | None = None) -> Flow:
    """Compare the benefits of products, and recommend one.

    What is asked about is then what is bought on: so many pieces, and the benefit if it is to be
    had; if it is not, those that are to be had are told and asked about.
    Where instalments are wanted, the lowest monthly payment is recommended; else what the bank
    calls best, of the product that gives most back.
    """
    memory = talk.memory
    memory.topic = "compare"
    compared = list(offers[:_MAX_COMPARED])
    memory.quantity = quantity or memory.quantity
    count = memory.quantity or 1
    bodies = yield from comparisons(talk, compared, count)
    if "-" in wanted and not _any_eligible(compared, bodies, wanted):
        yield _ask_other_months(talk, compared, bodies, wanted)
        return
    head = "compare_head" if len(offers) <= _MAX_COMPARED else "compare_head_some"
    lines = [talk.text(head, count=_MAX_COMPARED)]
    for offer, body in zip(compared, bodies, strict=True):
        number = memory.offers.index(offer) + 1 if offer in memory.offers else 1
        had = eligible(offer, body, wanted)
        options = " · ".join(option_text(talk, o) for o in had) or talk.text("no_options")
        lines.append(
            talk.text(
                "compare_line",
                number=number,
                name=offer.name,
                price=_price(talk, offer, count),
                shop=offer.shop,
                options=options,
            )
        )
    best = _recommended(compared, bodies, wanted)
    lines.append(_recommendation(talk, best, wanted))
    if best is not None:
        memory.offer, memory.benefit = best.offer, best.benefit
        memory.recommended = best.terms(count, figures_taken(talk))
        if isinstance(memory.frame, PurchaseFrame):
            memory.drop()
    elif len(compared) == 1:
        memory.offer, memory.benefit = compared[0], ""
    yield talk.lines(lines)


def figures_taken(talk: Talk) -> list[str]:
    """Return which figures of a benefit the order takes, by the schema: all but what names it."""
    inputs = talk.operations["createPurchase"].inputs if "createPurchase" in talk.operations else {}
    return [name for name in inputs if name not in _NAMING]


_NAMING: Final = frozenset(
    {"product_id", "retailer_id", "quantity", "account_id", "benefit", "unit_price"}
)


def _price(talk: Talk, offer: Offer, count: int) -> str:
    if count == 1:
        return money(offer.price)
    total = money(offer.price * count)
    return talk.text("price_of_many", count=count, price=money(offer.price), total=total)


def _any_eligible(
    offers: Sequence[Offer], bodies: Sequence[Mapping[str, Any]], wanted: str
) -> bool:
    return any(eligible(offer, body, wanted) for offer, body in zip(offers, bodies, strict=True))


def _ask_other_months(
    talk: Talk, offers: Sequence[Offer], bodies: Sequence[Mapping[str, Any]], wanted: str
) -> Say:
    """Say which instalments there are in place of those wanted, and ask."""
    lines = [
        f"- {offer.name}, {offer.shop}: "
        + (
            " · ".join(option_text(talk, o) for o in eligible(offer, body, MSI))
            or talk.text("no_instalments")
        )
        for offer, body in zip(offers, bodies, strict=True)
    ]
    only = offers[0] if len(offers) == 1 else None
    frame = PurchaseFrame(offer=only, benefit=wanted, quantity=talk.memory.quantity)
    talk.memory.benefit = ""
    return talk.ask(
        "ask_other_months" if _any_eligible(offers, bodies, MSI) else "ask_no_months",
        *("benefit",) if only else ("benefit", "product"),
        frame=frame,
        benefit=benefit_name(talk.language, wanted),
        options="\n".join(lines),
    )


def comparisons(talk: Talk, offers: Sequence[Offer], quantity: int) -> AskingMany:
    """Ask the bank what the benefits of products come to."""
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


def eligible(offer: Offer, body: Mapping[str, Any], wanted: str) -> list[Option]:
    """Return the options that the customer can have: those wanted, in the bank's order."""
    options = [
        Option(offer, option["benefit"], option)
        for option in body["options"]
        if option["eligible"] and option.get("benefit")
    ]
    kind, _, months = wanted.partition("-")
    if months:
        return [option for option in options if option.benefit == wanted]
    return [option for option in options if not kind or option.benefit.startswith(kind)]


def _recommended(
    offers: Sequence[Offer], bodies: Sequence[Mapping[str, Any]], wanted: str
) -> Option | None:
    pairs = list(zip(offers, bodies, strict=True))
    if wanted:
        options = [option for offer, body in pairs for option in eligible(offer, body, wanted)]
    else:
        options = [
            option
            for offer, body in pairs
            for option in eligible(offer, body, "")
            if body.get("best") and option.benefit == body["best"]["benefit"]
        ]
    if wanted.startswith(MSI):
        return min(options, key=lambda option: option.monthly, default=None)
    return min(options, key=lambda option: (-option.value, option.monthly), default=None)


def _recommendation(talk: Talk, best: Option | None, wanted: str) -> str:
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


def option_text(talk: Talk, option: Option) -> str:
    """Return what a benefit comes to."""
    figures = option.figures
    if option.is_msi:
        monthly = money(figures["monthly_payment"])
        return talk.text("option_msi", months=figures["months"], monthly=monthly)
    if option.benefit == "cashback":
        return talk.text("option_cashback", value=money(figures["cashback"] or 0))
    return talk.text("option_points", points=figures["points"])
