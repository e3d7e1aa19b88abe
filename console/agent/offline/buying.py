"""Buying a product: settle which one, its benefit and its payment, propose, tell the outcome."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from console.agent.brain import CallOutcome, Say
from console.agent.offline.comparing import (
    comparisons,
    eligible,
    figures_taken,
    option_text,
)
from console.agent.offline.finding import ask_which, find, show
from console.agent.offline.lexicon import benefit_name
from console.agent.offline.memory import Account, Offer, PurchaseFrame, account_of
from console.agent.offline.parts import MSI
from console.agent.offline.shopping import NO_BENEFIT, Wish
from console.agent.offline.talk import Flow, Step, Talk
from console.agent.offline.text import words_of
from console.agent.wording import benefit_refusal, money


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
    meant = _known(talk, wish)
    if not meant:
        found = yield from find(talk, wish)
        if not found.offers or found.widened:
            frame.wish, memory.asked_for = None, ("product",)
            return replace(show(talk, wish, found), outcome="asked")
        show(talk, wish, found)
        meant = _known(talk, wish) or found.offers
    return _take_only(talk, frame, meant)


def _known(talk: Talk, wish: Wish) -> list[Offer]:
    """Return the offers found before that have all the words that are wanted."""
    wanted = words_of(wish.words)
    return [offer for offer in talk.memory.offers if wanted and wanted <= offer.words]


def _take_only(talk: Talk, frame: PurchaseFrame, meant: Sequence[Offer]) -> Say | None:
    if len(meant) == 1:
        frame.offer = meant[0]
        return None
    return ask_which(talk, meant)


def _ask_shown(talk: Talk) -> Say:
    offers = talk.memory.offers
    return ask_which(talk, offers) if offers else talk.ask("ask_none_shown", "product")


def _settle_benefit(talk: Talk, frame: PurchaseFrame) -> _Question:
    """Settle the benefit; return a question when the one wanted cannot be had."""
    memory, offer = talk.memory, frame.offer
    assert offer is not None  # the product is settled before its benefit
    recommended = memory.benefit if memory.offer == offer else ""
    if not frame.benefit or (frame.benefit == MSI and recommended.startswith(MSI)):
        frame.benefit = recommended or (NO_BENEFIT if not frame.benefit else frame.benefit)
    memory.offer = offer
    if frame.is_without_benefit:
        return None
    quantity, shown = frame.quantity or 1, memory.recommended
    if shown and (shown.offer, shown.benefit, shown.quantity) == (offer, frame.benefit, quantity):
        frame.figures = shown.figures
        return None
    (body,) = yield from comparisons(talk, [offer], quantity)
    fitting = eligible(offer, body, frame.benefit)
    if len(fitting) == 1:
        frame.benefit = fitting[0].benefit
        frame.figures = fitting[0].terms(quantity, figures_taken(talk)).figures
        return None
    return _ask_benefit(talk, frame, body, is_several=bool(fitting))


def _ask_benefit(
    talk: Talk, frame: PurchaseFrame, body: Mapping[str, Any], *, is_several: bool
) -> Say:
    assert frame.offer is not None  # a benefit is asked for once the product is settled
    wanted, frame.benefit = frame.benefit, ""
    name = frame.offer.name
    had = eligible(frame.offer, body, MSI if is_several else "")
    options = "\n".join(f"- {option_text(talk, option)}" for option in had)
    question = talk.ask(
        "ask_benefit", "benefit", product=name, options=options or talk.text("no_options")
    )
    if is_several:
        return question
    refused = [o for o in body["options"] if o.get("benefit") == wanted and "reason" in o]
    why = talk.text(
        "benefit_unavailable",
        product=name,
        benefit=benefit_name(talk.language, wanted),
        reason=benefit_refusal(refused[0], talk.language) if refused else "",
    )
    return replace(question, delta=f"{why.strip()}\n{question.delta}")


def _pay(talk: Talk, frame: PurchaseFrame) -> Flow:
    """Find the account that pays, and propose the purchase."""
    balances = yield from talk.look("getBalance")
    accounts = [account_of(entry) for entry in balances["accounts"]]
    question = _payer(talk, frame, accounts) or _ask_unread(talk, frame)
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
        **(frame.figures if benefit else {}),
        unit_price=f"{offer.price:.2f}",
    )
    yield from purchased(talk, outcome)


def _ask_unread(talk: Talk, frame: PurchaseFrame) -> Say | None:
    """Ask whether it is to be bought, where words were said with it that were not read."""
    if not frame.unread or frame.offer is None:
        return None
    said, frame.unread = frame.unread, ""
    question = talk.ask("ask_buy", "confirmation", frame=frame, product=frame.offer.name)
    return replace(question, delta=f"{talk.text('unread', said=said)} {question.delta}")


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
    refusal = talk.not_done(outcome)
    if refusal is not None:
        yield refusal
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
