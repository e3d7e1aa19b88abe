"""What speaks of an order without giving it, and what only names a product."""

import re
from typing import Final

from console.agent.offline import finding, transferring
from console.agent.offline.amounts import amounts_in
from console.agent.offline.memory import TransferFrame
from console.agent.offline.mood import Mood
from console.agent.offline.readings.message import ACTS, Message
from console.agent.offline.shopping import names_a_product, read_wish
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said
from console.agent.offline.transfer_order import read_order


def stated(talk: Talk, message: Message) -> Flow | None:
    """Answer what speaks of an order without giving it."""
    for act in ACTS:
        mood = message.mood(act)
        if mood in {"none", "order"}:
            continue
        if act == "BUY" and mood in {"question", "doubtful"}:
            if "search" in message.intents or names_a_product(message.said):
                return None
            return talk.answer("said_question_buy")
        if act == "SEND" and mood in {"doubtful", "question"}:
            flow = _ask_order(talk, message.said, mood)
            if flow is not None:
                return flow
        return talk.answer(f"said_{mood}")
    return None


def _ask_order(talk: Talk, said: Said, mood: Mood) -> Flow | None:
    """Ask whether something is to be done that may or may not have been asked for."""
    order = read_order(said)
    may_be = mood == "doubtful" or re.search(
        r"(?<!\w)(?:puedo|can i|could i|may i)(?!\w)", said.plain
    )
    if not may_be or order.amount is None or order.amount.doubt or not order.says_whom:
        return None
    frame = TransferFrame()
    transferring.merge(frame, order, said, talk)
    if frame.is_for_several:
        return None
    return once(transferring.ask_order(talk, frame))


def owed(talk: Talk, message: Message) -> Flow | None:
    """Offer to make the transfer that a customer says is due: "debo 6500 de renta al casero"."""
    said = message.said
    if message.is_asking or _DUE.search(said.plain) is None:
        return None
    if message.mood("SEND") not in {"none", "doubtful", "question"}:
        return None
    order = read_order(said)
    if not (order.says_whom or order.amount or order.description):
        return None
    frame = TransferFrame()
    transferring.merge(frame, order, said, talk)
    if frame.is_for_several or frame.doubt or not order.says_whom:
        frame = TransferFrame() if frame.is_for_several else frame
        return once(talk.ask("ask_duty", "recipient", "amount", frame=frame))
    return once(transferring.ask_order(talk, frame))


_DUE: Final = re.compile(
    r"^(?:(?:es que|pues|oye|hola|ay|y|yo|ya|[,.!¡]) )*(?:(?:le |les )?debo|"
    r"(?:hay|tengo) que (?:pagar|mandar|transferir|depositar|enviar|pasar|dar)\w*|"
    r"me toca (?:pagar|mandar)\w*|i (?:still )?owe|i have to (?:pay|send|transfer)|"
    r"i need to pay|i must (?:pay|send))(?!\w)"
)


def searched(talk: Talk, message: Message) -> Flow | None:
    """Look for the products that a message names."""
    said = message.said
    wish = read_wish(said)
    is_named = names_a_product(said) and message.is_fragment
    is_catalogue = _CATALOGUE.match(said.plain) is not None
    if "search" not in message.intents and not is_named and not is_catalogue:
        return None
    is_for_all = _CATALOGUE.search(said.plain) is not None
    if not (wish.words or wish.category or wish.is_filtered or is_for_all):
        return None
    if amounts_in(said.tokens) and not (wish.words or wish.category or wish.is_filtered):
        return None
    return finding.search(talk, wish)


_CATALOGUE: Final = re.compile(
    r"(?<!\w)(?:productos?|catalogo|ofertas?|regalos?|que (?:vendes|venden|tienes|hay|ofrecen)|"
    r"products?|catalog(?:ue)?|deals|offers|gifts?|what do you (?:sell|have))(?!\w)"
)
