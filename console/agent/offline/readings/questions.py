"""Questions, and short messages that go on asking; what is half done is kept meanwhile."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from console.agent.events import TurnOutcome
from console.agent.offline import banking, comparing, finding
from console.agent.offline.accounts import account_type_in, asks_of_others
from console.agent.offline.amounts import the_amount
from console.agent.offline.dates import read_span
from console.agent.offline.intents import Intent
from console.agent.offline.memory import PurchaseFrame
from console.agent.offline.movements import movements
from console.agent.offline.naming import help_
from console.agent.offline.queries import MovementsQuery, read_query, today
from console.agent.offline.readings.message import Message
from console.agent.offline.readings.purchases import in_focus, names_new_product
from console.agent.offline.readings.shown_products import FOLLOWS
from console.agent.offline.shopping import (
    MSI,
    asks_monthly,
    count_asked_about,
    names_a_product,
    quantity_in,
    read_terms,
    read_wish,
)
from console.agent.offline.talk import Flow, Talk, once
from console.agent.offline.text import Said
from console.agent.offline.transfer_order import read_order
from shared.text import word_set


def questioned(talk: Talk, message: Message) -> Flow | None:
    """Answer the first question that a message may be."""
    for intent in message.intents:
        answer = _ANSWERS.get(intent)
        flow = answer(talk, message) if answer is not None else None
        if flow is not None:
            talk.memory.leave()
            return flow
    return None


def asked_of_others(talk: Talk, message: Message) -> Flow | None:
    """Say that what somebody else has is not to be seen."""
    if message.has_mood or "who_is" in message.intents or not asks_of_others(message.said):
        return None
    return talk.answer("others_money")


def _agreed(talk: Talk, _message: Message) -> Flow:
    """Take a yes to a recommendation as interest in buying, and ask."""
    offer = talk.memory.offer
    if talk.memory.topic != "compare" or offer is None:
        return talk.answer("nothing_pending")
    frame = PurchaseFrame(offer=offer)
    return once(talk.ask("ask_buy", "confirmation", frame=frame, product=offer.name))


def _balance(talk: Talk, message: Message) -> Flow:
    supposed = None
    if message.mood("SEND") in {"supposed", "question"}:
        amount = the_amount(message.said.tokens)
        supposed = amount.value if amount is not None and not amount.doubt else None
    return _aside(talk, banking.balance(talk, account_type_in(message.said), supposed))


def _movements(talk: Talk, message: Message) -> Flow | None:
    said = message.said
    if message.mood("SEND") not in {"none", "order"} and not _asks_or_lists(said):
        return None
    if message.mood("SEND") in {"others", "later"} and not message.is_asking:
        return None
    if message.mood("BUY") != "none" and not message.is_asking:
        return None
    query = read_query(said, talk.clock())
    if FOLLOWS.search(said.plain) and talk.memory.topic == "transactions":
        query = _merged(talk.memory.query, query)
    recipient = ""
    if query.type == "transfer" and message.mood("SEND") in {"past", "question"}:
        days = said.tokens_at(query.span.start, query.span.end) if query.span else ()
        recipient = read_order(said, days).recipient if query.direction != "credit" else ""
        recipient = "" if recipient.lower().startswith(("quien", "quién")) else recipient
    return _aside(talk, movements(talk, query, recipient))


def _purchases(talk: Talk, message: Message) -> Flow | None:
    if message.mood("BUY") in {"others", "supposed", "negated", "later"}:
        return None
    return banking.purchases(talk)


def _purchase_status(talk: Talk, message: Message) -> Flow:
    found = _PURCHASE_ID.search(message.said.text)
    return banking.purchase_status(talk, found.group() if found else "")


def _who_is(talk: Talk, message: Message) -> Flow | None:
    found = _WHO.search(message.said.plain)
    if found is None:
        return None
    group = next(name for name, words in found.groupdict().items() if words)
    tokens = message.said.tokens_at(*found.span(group))
    return banking.who_is(talk, message.said.quote(tokens.start, tokens.stop))


def _compare(talk: Talk, message: Message) -> Flow | None:
    said, memory = message.said, talk.memory
    is_monthly = asks_monthly(said)
    is_of_payments = message.mood("SEND") not in {"none", "order"} and not is_monthly
    is_of_movements = "transactions" in message.intents and not names_a_product(said)
    if (is_of_payments or is_of_movements) and not memory.offers:
        return None
    if "transactions" in message.intents and read_span(said, today(talk.clock())) is not None:
        return None
    benefit = read_terms(said).benefit or (MSI if is_monthly else "")
    count = count_asked_about(said)
    meant = [] if count else finding.offers_meant(talk, said)
    if memory.offers and not names_new_product(talk, said):
        is_for_all = re.search(
            r"(?<!\w)(?:cual|cuales|which|comparal[oa]s|todos|todas)(?!\w)", said.plain
        )
        offer = in_focus(talk)
        offers = meant or ([offer] if offer is not None and not is_for_all else memory.offers)
        return comparing.compare(talk, offers, benefit, count or quantity_in(said))
    wish = read_wish(said)
    if names_a_product(said) and (wish.words or wish.category):
        return _find_and_compare(talk, said)
    if "search" in message.intents and (wish.words or wish.category):
        return None
    return once(talk.ask("ask_product", "product"))


def _find_and_compare(talk: Talk, said: Said) -> Flow:
    wish = read_wish(said)
    wanted = replace(wish, benefit="", words=_without(wish.words, _COMPARING_WORDS))
    found = yield from finding.find(talk, wanted)
    listed = finding.show(talk, wanted, found)
    if not found.offers:
        yield listed
        return
    yield from comparing.compare(talk, talk.memory.offers, wish.benefit)


def _more(talk: Talk, _message: Message) -> Flow:
    if talk.memory.rest and talk.memory.topic in {"search", "compare"}:
        return once(finding.more_offers(talk))
    return banking.more(talk)


def followed_up(talk: Talk, message: Message) -> Flow | None:
    """Take a short message as the last question with another account, time or thing."""
    said, memory = message.said, talk.memory
    if not message.is_fragment or message.has_mood or memory.topic is None:
        return None
    if names_a_product(said) and memory.topic in {"search", "compare"}:
        return finding.search(talk, read_wish(said))
    type_, span = account_type_in(said), read_span(said, today(talk.clock()))
    if memory.topic == "balance" and type_ and span is None:
        return banking.balance(talk, type_)
    if memory.topic in {"balance", "transactions"} and (type_ or span):
        query = read_query(said, talk.clock())
        return movements(talk, _merged(memory.query, query))
    return None


def _asks_or_lists(said: Said) -> bool:
    """Tell whether a message on movements asks for them rather than tells of one."""
    is_telling = re.search(r"^(?:ya|ayer|hoy|i|yo) ", said.plain)
    is_asking = re.search(
        r"\?|^(?:[¿] )?(?:y )?(?:que|what|when) |(?<!\w)(?:cuanto|cuanta|cual|cuales|a quien|mis|"
        r"muestrame|ver|lista|dime|how much|did i|show|list|my|ultim\w+|last|movimientos|"
        r"total)(?!\w)",
        said.plain,
    )
    return is_asking is not None and is_telling is None


def _merged(before: MovementsQuery, now: MovementsQuery) -> MovementsQuery:
    """Return the query of before with whatever is said anew."""
    return replace(
        now,
        account_type=now.account_type or before.account_type,
        account_id="" if now.account_type else before.account_id,
        span=now.span or before.span,
        type=now.type or before.type,
        direction=now.direction or before.direction,
        about=now.about or before.about,
        payer=now.payer or before.payer,
        is_sum=now.is_sum or (before.is_sum and now.limit is None),
    )


_COMPARING_WORDS: Final = word_set(
    "conviene mejor opción opcion beneficios beneficio promociones tiene tienen comparar compara "
    "best which benefits compare recomiendas recomienda sale pagar forma me"
)


def _without(words: str, left_out: frozenset[str]) -> str:
    return " ".join(word for word in words.split() if word.lower() not in left_out)


_PURCHASE_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


_WHO: Final = re.compile(
    r"(?:quien|who) (?:es|is|s|seria) (?P<a>.+?)(?: ?[?.!])*$|whos (?P<e>.+?)(?: ?[?.!])*$"
    r"|cual es la cuenta de (?P<b>.+?)(?: ?[?.!])*$"
    r"|(?:que|a quien) (?:tengo|tienes|traigo) como (?P<c>.+?)(?: ?[?.!])*$"
    r"|(?:tengo|tienes|esta) (?:registrado |dado de alta )?a (?P<d>.+?)(?: registrad\w*| dad\w* "
    r"de alta)?(?: ?[?.!])*$"
)


def _aside(talk: Talk, flow: Flow) -> Flow:
    """Answer, and keep what is half done for afterwards."""
    talk.memory.is_live = False
    return flow


_Answer = Callable[[Talk, Message], Flow | None]


def _saying(key: str, outcome: TurnOutcome = "answered") -> _Answer:
    return lambda talk, _message: talk.answer(key, outcome)


_ANSWERS: Final[Mapping[Intent, _Answer]] = {
    "balance": _balance,
    "transactions": _movements,
    "purchases": _purchases,
    "purchase_status": _purchase_status,
    "beneficiaries": lambda talk, _message: banking.beneficiaries(talk),
    "who_is": _who_is,
    "compare": _compare,
    "more": _more,
    "help": lambda talk, _message: help_(talk),
    "greeting": _saying("hello"),
    "thanks": _saying("welcome"),
    "bye": _saying("goodbye"),
    "no": _saying("nothing_done"),
    "yes": _agreed,
    "cannot": _saying("cannot", "not_understood"),
}
