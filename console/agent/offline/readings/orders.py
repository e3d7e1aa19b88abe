"""Orders: to send money, to add somebody, to buy."""

import re
from collections.abc import Callable
from typing import Final

from console.agent.offline import adding, buying, finding, transferring
from console.agent.offline.accounts import accounts_in, uses_others_account
from console.agent.offline.introductions import read_introduction
from console.agent.offline.memory import AddFrame, PurchaseFrame, TransferFrame
from console.agent.offline.readings import purchases
from console.agent.offline.readings.message import ACTS, Message
from console.agent.offline.shopping import names_a_product, read_wish
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said, Token
from console.agent.offline.transfer_order import Order, read_order
from console.agent.offline.verbs import Act, verb_of


def ordered(talk: Talk, message: Message) -> Flow | None:
    """Carry on the first order that a message gives."""
    if message.mood("SEND") == message.mood("BUY") == "order" and read_order(message.said).amount:
        return once(talk.ask("ask_which_first", "recipient", "product"))
    makers: tuple[tuple[Act, Callable[[Talk, Message], Flow | None]], ...] = (
        ("SEND", _send),
        ("ADD", _add),
        ("BUY", buy),
    )
    for act, make in makers:
        if message.mood(act) == "order":
            flow = make(talk, message)
            if flow is not None:
                return _first(talk, flow) if _asks_more(message, act) else flow
    return None


def _first(talk: Talk, flow: Flow) -> Flow:
    """Say that what else was asked for is to be asked for again."""
    yield talk.say("one_at_a_time")
    yield from flow


def _asks_more(message: Message, act: Act) -> bool:
    """Tell whether something else is asked for besides an order."""
    others = [other for other in ACTS if other != act and message.mood(other) == "order"]
    return bool(others) or _MORE.search(message.said.plain) is not None


_MORE: Final = re.compile(
    r"(?:^| )(?:y|and|then|luego|despues|tambien|also|[.,;:?!¿]) (?:(?:y|and|then|luego|despues|"
    r"tambien|also|me|porfa|please|[,¿]) )*(?:dime|muestrame|ensename|avisame|cuanto|que tanto|"
    r"tell me|show me|how much|what)(?!\w)"
)


def _send(talk: Talk, message: Message) -> Flow | None:
    order = read_order(message.said)
    if uses_others_account(message.said):
        return talk.answer("others_account")
    if order.amount is None and order.is_of_things:
        return talk.answer("only_money", "not_understood")
    if _is_again(message.said):
        return _send_again(talk, message, order)
    return _send_as_said(talk, message, order)


def _send_as_said(talk: Talk, message: Message, order: Order) -> Flow | None:
    if order.amount is None and talk.memory.offers and _PAYS_IT.search(message.said.plain):
        return buy(talk, message)
    is_buying = isinstance(talk.memory.frame, PurchaseFrame) and talk.memory.is_live
    if order.amount is None and is_buying and not order.says_whom:
        return None
    if order.amount is None and (message.is_about_else or _is_vague(message.said)):
        return None
    frame = talk.memory.frame
    if not (isinstance(frame, TransferFrame) and talk.memory.is_live) or (
        order.says_whom and order.amount is not None
    ):
        frame = TransferFrame()
    transferring.merge(frame, order, message.said, talk)
    return transferring.transfer(talk, frame)


def _is_again(said: Said) -> bool:
    """Tell whether a message says "otros 100", and no verb."""
    says_another = any(token.word in {"otros", "otras", "another"} for token in said.tokens)
    return says_another and not any(_orders(token, "SEND") for token in said.tokens)


def _send_again(talk: Talk, message: Message, order: Order) -> Flow | None:
    """Take "otros 100 a Sofi" after a transfer as another one; else ask whether it is one."""
    is_after_transfer = talk.memory.has_transferred and talk.memory.topic == "balance"
    if not (is_after_transfer or order.says_whom):
        return None
    frame = TransferFrame()
    transferring.merge(frame, order, message.said, talk)
    is_sure = is_after_transfer and order.is_all and not order.is_to_same
    if is_sure or frame.is_for_several or frame.doubt:
        return transferring.transfer(talk, frame)
    return once(transferring.ask_order(talk, frame))


def _add(talk: Talk, message: Message) -> Flow | None:
    if names_a_product(message.said) or "carrito" in message.said.plain:
        return None
    order = read_order(message.said)
    frame_before = talk.memory.frame
    is_pending = isinstance(frame_before, TransferFrame) and talk.memory.is_live
    if is_pending and order.amount is not None and not order.says_whom:
        return None
    is_note = order.description and isinstance(frame_before, TransferFrame)
    if is_note or (order.amount is not None and order.destination is not None):
        return _send(talk, message)
    frame = AddFrame()
    adding.merge(frame, read_introduction(message.said))
    return adding.add(talk, frame)


def buy(talk: Talk, message: Message) -> Flow | None:
    """Carry on an order to buy: one of what was shown, or something else."""
    said = message.said
    if uses_others_account(said):
        return talk.answer("others_account")
    if {"purchase_status", "purchases"}.intersection(message.intents):
        return None
    frame = purchases.frame_of(talk, said)
    meant = finding.offers_meant(talk, said)
    wish = read_wish(said)
    if meant and not purchases.is_new_thing(said, meant):
        return purchases.buy_one_of(talk, frame, meant)
    is_shown = _refers_back(said) and talk.memory.offers and not names_a_product(said)
    if (wish.words or wish.category) and not is_shown:
        if _is_browsing(said):
            return finding.search(talk, wish)
        frame.offer, frame.wish = None, wish
        return buying.purchase(talk, frame)
    if frame.offer is None:
        frame.offer = purchases.in_focus(talk)
    return buying.purchase(talk, frame)


def _refers_back(said: Said) -> bool:
    """Tell "cómprala" and "buy it", which speak of something named before."""
    words = [token.word for token in said.tokens if _orders(token, "BUY")]
    return any(w.endswith(("la", "lo", "las", "los")) for w in words) or (
        re.search(
            r"(?<!\w)(?:(?:buy|get|order|take) (?:it|them|that)|(?:la|lo|las|los) quiero)(?!\w)",
            said.plain,
        )
        is not None
    )


def _is_browsing(said: Said) -> bool:
    """Tell "quiero comprar una tele" from "compra la tele de 32"."""
    return (
        re.search(
            r"(?<!\w)(?:quiero|quisiera|necesito|me gustaria|deseo|busco|want|would like|need|"
            r"like|looking)(?: \w+)? "
            r"(?:comprar\w*|buy|purchase|order|get|to buy|to purchase) (?!la |el |los |las |the |"
            r"es[ae] |est[ae] |it|that|this)",
            said.plain,
        )
        is not None
    )


_VAGUE_VERBS: Final = ("pon", "met", "sac", "pas", "dale", "dar", "give", "move")


def _is_vague(said: Said) -> bool:
    """Tell whether the verbs of a message may speak of anything, money or not."""
    verbs = [token.word for token in said.tokens if _orders(token, "SEND")]
    names_account = bool(accounts_in(said))
    if names_account or not verbs:
        return False
    return all(v.startswith(_VAGUE_VERBS) and not v.endswith(("le", "les")) for v in verbs)


def _orders(token: Token, act: Act) -> bool:
    verb = verb_of(token.word, token.said)
    return verb is not None and verb.act == act


_PAYS_IT: Final = re.compile(r"(?<!\w)(?:paga(?:r)?l[ao]s?|pay (?:for )?(?:it|that|them))(?!\w)")
