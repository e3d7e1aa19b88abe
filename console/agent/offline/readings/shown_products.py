"""Messages about the products last shown: taking one of them, or asking about it."""

import re
from typing import Final

from console.agent.offline import comparing, finding
from console.agent.offline.choosing import points_at_one
from console.agent.offline.numbers import SMALL
from console.agent.offline.readings import purchases
from console.agent.offline.readings.message import Message
from console.agent.offline.readings.orders import buy
from console.agent.offline.shopping import names_a_product, read_terms
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said


def taken(talk: Talk, message: Message) -> Flow | None:
    """Buy the one of those shown that the person says to take, or so many of it."""
    said = message.said
    if talk.memory.offers and _SO_MANY.search(said.plain) and not message.is_asking:
        return buy(talk, message)
    if not _TAKES.search(said.plain) or not talk.memory.offers or message.is_asking:
        return None
    if message.mood("BUY") not in {"none", "order"}:
        return None
    meant = finding.offers_meant(talk, said)
    if not meant and points_at_one(said):
        offer = purchases.in_focus(talk)
        meant = talk.memory.offers if offer is None else [offer]
    if not meant or purchases.is_new_thing(said, meant):
        return None
    return purchases.buy_one_of(talk, purchases.frame_of(talk, said), meant)


def chosen(talk: Talk, message: Message) -> Flow | None:
    """Speak of the one of those shown that a short message names; or buy on the terms named."""
    said, memory = message.said, talk.memory
    if not memory.offers or not message.is_fragment or message.has_mood:
        return None
    meant = finding.offers_meant(talk, said)
    terms = read_terms(said)
    is_asking = message.is_asking or FOLLOWS.search(said.plain) is not None
    offer = purchases.in_focus(talk)
    is_search = "search" in message.intents and (not meant or _is_of_any(said))
    is_follow_up = not is_search and not purchases.names_new_product(talk, said)
    is_order = bool(terms.benefit) and not is_asking and purchases.is_terse(talk, said)
    taken = meant if len(meant) == 1 else [offer] if offer is not None else []
    if is_order and taken and is_follow_up:
        return purchases.buy_one_of(talk, purchases.frame_of(talk, said), taken)
    if len(meant) == 1 and is_follow_up:
        return comparing.compare(talk, meant, terms.benefit)
    if len(meant) > 1 and is_follow_up and not terms.benefit:
        return once(finding.ask_which(talk, meant))
    if terms.benefit and is_follow_up:
        return comparing.compare(talk, [offer] if offer else memory.offers, terms.benefit)
    return None


def _is_of_any(said: Said) -> bool:
    """Tell "quiero una tele" from "quiero la tele"."""
    return names_a_product(said) and any(
        token.word in {"un", "una", "unos", "unas", "an", "some", "any", "otra", "otro"}
        for token in said.tokens
    )


_TAKES: Final = re.compile(
    r"^(?:(?:ok|okay|si|yes|va|bueno|pues|mejor|entonces|porfa|por favor|y|ya|[,.!]) )*"
    r"(?:quiero|quisiera|dame|me quedo con|me llevo|prefiero|elijo|escojo|compro|i want|i ll take|"
    r"ill take|"
    r"i would like|id like|give me|i prefer|i choose|ill have|lets get|vamos con|let s go with|"
    r"lets go with) "
    r"(?:a |con )?(?:la|el|las|los|lo|the|es[aeo]|est[aeo]|that|this|it)(?!\w)"
)


_SO_MANY: Final = re.compile(
    r"^(?:(?:va|ok|si|bueno|pues|entonces|orale|,) )*"
    r"(?:quiero|dame|llevame|ponme|necesito|i want|give me|want) "
    rf"(?:[0-9]{{1,2}}|{'|'.join(SMALL)})(?: piezas| of them| please| porfa)?(?: ?[.!])*$"
)

FOLLOWS: Final = re.compile(
    r"^(?:[¿] )?(?:y|and|solo|solamente|only|just|pero|what about|how about|los de|las de|de|en|"
    r"del|in|on|"
    r"los del|las del|ahora|now|que tal|from|mejor|la de|el de) "
)
