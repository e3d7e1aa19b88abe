"""Comparing what the benefits of products come to, and recommending one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.agent.offline.benefits import (
    compared,
    eligible,
    kind_of,
    options_text,
    written_figures,
)
from console.agent.offline.buying import Purchase
from console.agent.offline.lexicon import benefit_name
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Flow, Talk
from console.agent.offline.things import Offer, Option
from console.agent.wording import money

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
