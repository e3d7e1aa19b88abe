"""Changes of what is being put together, which is then proposed again."""

import re
from dataclasses import replace
from typing import Final

from console.agent.offline import adding, buying, finding, transferring
from console.agent.offline.accounts import accounts_in, is_identifier
from console.agent.offline.amounts import amounts_in
from console.agent.offline.introductions import name_alone, read_introduction
from console.agent.offline.memory import AddFrame, PurchaseFrame, TransferFrame
from console.agent.offline.readings import purchases
from console.agent.offline.readings.message import Message
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said
from console.agent.offline.transfer_order import Order, read_order


def amended(talk: Talk, message: Message) -> Flow | None:
    """Take a message as a change of what is being put together, and propose it again."""
    memory, frame, said = talk.memory, talk.memory.frame, message.said
    if frame is None or not message.may_answer:
        return None
    if not (memory.is_live or _INSTEAD.search(said.plain)):
        return None
    if isinstance(frame, TransferFrame):
        return _amend_transfer(talk, message, frame)
    if isinstance(frame, PurchaseFrame):
        return _amend_purchase(talk, message, frame)
    return _amend_addition(talk, message, frame)


def _amend_addition(talk: Talk, message: Message, frame: AddFrame) -> Flow | None:
    said = message.said
    if message.is_about_else or message.is_asking:
        return None
    name = name_alone(said)
    if name:
        frame.name = name
        return adding.add(talk, frame)
    introduced = read_introduction(said)
    is_named = bool(introduced.account_id) or " alias " in f" {said.plain} "
    if is_named and adding.merge(frame, introduced):
        return adding.add(talk, frame)
    return None


def _amend_transfer(talk: Talk, message: Message, frame: TransferFrame) -> Flow | None:
    said = message.said
    if "yes" in message.intents:
        return transferring.transfer(talk, frame)
    if message.is_about_else or message.mood("SEND") != "none" or _DENIES.search(said.plain):
        return None
    order, is_plain = _read_change(said)
    amount = order.amount
    if amount is not None and _RELATIVE.search(said.plain):
        order, is_plain = Order(amount=replace(amount, doubt="unstated")), True
    elif amount is not None and (not is_plain or _TELLS.search(said.plain)):
        return _ask_change(talk, message, frame, Order(amount=amount))
    elif message.is_asking:
        return _ask_change(talk, message, frame, order)
    if not is_plain or not transferring.merge(frame, order, said, talk):
        return None
    return transferring.transfer(talk, frame)


def _read_change(said: Said) -> tuple[Order, bool]:
    """Return what a message says of a transfer, and whether it says nothing else."""
    order = read_order(said)
    is_marked = re.search(r"(?<!\w)(?:a|al|ami|para|to|for) \w", said.plain) is not None
    is_plain = order.is_all and (is_marked or not order.recipient)
    if not is_marked:
        order = replace(order, recipient="")
    if order.source is None and order.destination is None:
        named = [account for account in accounts_in(said) if account.way == "none"]
        order = replace(order, source=named[0] if named else None)
    return order, is_plain


_DENIES: Final = re.compile(r"\w no(?: ?[.!])*$")
_RELATIVE: Final = re.compile(
    r"(?<!\w)(?:mas|menos|more|less|extra)(?: ?[.!])*$|(?<!\w)(?:sumale|restale|agregale|quitale|"
    r"aumentale|anadele|add|plus|minus|subtract)(?!\w)"
)
"""An amount that the one before is to be more or less by."""
_TELLS: Final = re.compile(
    r"^(?!(?:(?:no|perdon|la|el|the|cantidad|monto|total|importe|amount|it|correct[oa]|[,.]) )*"
    r"(?:es|is)(?!\w)).*(?<!\w)(?:es|is)(?!\w)"
)
"""A sentence on something else than the amount: "hoy es 15"."""


def _ask_change(talk: Talk, message: Message, frame: TransferFrame, order: Order) -> Flow | None:
    """Ask whether what is told or asked of is how the transfer is to be changed."""
    is_doubtful = order.amount is not None and bool(order.amount.doubt)
    names_number = any(is_identifier(token) for token in message.said.tokens)
    if is_doubtful or names_number or message.speaks_of_debts or order.is_for_several:
        return None
    changed = replace(frame)
    if not transferring.merge(changed, order, message.said, talk):
        return None
    return once(transferring.ask_order(talk, changed))


def _amend_purchase(talk: Talk, message: Message, frame: PurchaseFrame) -> Flow | None:
    said = message.said
    if "yes" in message.intents:
        return buying.purchase(talk, frame)
    if message.is_about_else or said.text.endswith("?") or not purchases.is_terse(talk, said):
        return None
    meant = finding.offers_meant(talk, said)
    put = purchases.put_terms(frame, said)
    if meant and not (put and amounts_in(said.tokens)):
        return purchases.buy_one_of(talk, frame, meant)
    return buying.purchase(talk, frame) if put else None


_INSTEAD: Final = re.compile(
    r"(?<!\w)(?:mejor|instead|rather|cambia\w*|que sea[n]?|make it|no ,)(?!\w)"
)
