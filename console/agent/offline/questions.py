"""Messages that ask, look for something, or tell: what is read, and what is not, is said."""

from dataclasses import replace
from typing import Final

from console.agent.offline import banking, comparing, finding, movements, naming, transferring
from console.agent.offline.asking import Topic, topics_of
from console.agent.offline.days import today
from console.agent.offline.memory import Memory, Offer, TransferFrame
from console.agent.offline.orders import Order, Reading
from console.agent.offline.queries import account_type_in, read_query
from console.agent.offline.shopping import (
    MAX_QUANTITY,
    is_kin,
    is_thing,
    names_a_thing,
    read_terms,
    read_wish,
)
from console.agent.offline.talk import Flow, Talk
from console.agent.wording import money

_TOLD: Final = frozenset(
    {"theft", "dispute", "human", "fees", "what_is_msi", "what_is_cashback", "anger", "cannot"}
) | {"how_to", "thanks", "bye", "greeting"}
"""What is answered with a sentence."""
_MAX_QUOTED: Final = 60
_MIN_SURE: Final = 0.7
_SHORT_MESSAGE: Final = 7


def asked_of_others(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Say that only the customer's own is told or used."""
    topics = [topic.intent for topic in topics_of(reading)]
    if reading.has("others_account"):
        return talk.answer("others_account" if reading.orders else "others_money")
    is_somebody = reading.has("name") or any(
        p.kind == "person" and (p.way != "to" or p.value[0].isupper() or is_kin(reading, p))
        for p in reading.parts
    )
    is_somebody = is_somebody or any(
        p.kind == "reason" and p.value[0].isupper() for p in reading.parts
    )
    if is_somebody and topics[:1] == ["balance"] and not reading.orders:
        return talk.answer("others_money")
    return None


def explained(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Answer what is no business of the operations before anything is made of its words."""
    topic = next(iter(topics_of(reading)), None)
    is_plain = not reading.has("amount", "person") and not _is_ordering(reading)
    if topic is None or topic.intent not in _EXPLAINED or not is_plain or topic.score < _MIN_PLAIN:
        return None
    return talk.answer(f"told_{topic.intent}")


_EXPLAINED: Final = frozenset({"what_is_msi", "what_is_cashback", "theft", "dispute", "human"})
_MIN_PLAIN: Final = 1.5


def questioned(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Answer what a message asks for."""
    for topic in topics_of(reading):
        if asked and topic.intent == "movements" and not reading.asks and reading.orders:
            continue
        if topic.score < _MIN_SURE:
            break
        flow = _about(talk, reading, topic)
        if flow is not None:
            return flow
    return _by_words_alone(talk, reading)


def _by_words_alone(talk: Talk, reading: Reading) -> Flow | None:
    """Answer what no phrase fits by the words of movements and accounts in it."""
    if reading.orders or reading.mood not in {"", "past_mark", "day"} or reading.has("amount"):
        return None
    query = read_query(reading, today(talk.clock()))
    if (query.type or query.direction) and not names_a_thing(reading):
        return movements.movements(talk, query)
    account = account_type_in(reading)
    known = {"account", "courtesy", "question", "asking", "stop", "article", "here"}
    if account and all(part.kind in known for part in reading.parts) and not talk.memory.offers:
        return banking.balance(talk, account) if not talk.memory.topic else None
    return None


def _about(  # noqa: C901, PLR0911, PLR0912 - a case for each intent
    talk: Talk, reading: Reading, topic: Topic
) -> Flow | None:
    memory = talk.memory
    match topic.intent:
        case "balance":
            return _balance(talk, reading)
        case "movements" if memory.topic == "transactions" and _goes_on(reading):
            return _more_movements(talk, reading)
        case "movements":
            return _movements(talk, reading, topic.covered)
        case "purchases":
            return banking.purchases(talk)
        case "purchase_status":
            is_known = bool(memory.purchase_id) or reading.has("purchase_noun")
            return _purchase_status(talk) if is_known or "compra" in str(topic) else None
        case "beneficiaries":
            return banking.beneficiaries(talk)
        case "who_is":
            people = [p for p in reading.parts if p.kind in {"person", "name"}]
            said = people[0].value if len(people) == 1 else ""
            return banking.who_is(talk, said) if said else None
        case "compare":
            return _compared(talk, reading)
        case "more":
            return _more(talk) if memory.page or memory.rest or memory.topic else None
        case "total":
            return _total(talk)
        case "tasks":
            return _tasks(talk)
        case "help":
            return naming.help_(talk)
        case "own_account":
            return _own_account(talk)
        case intent if intent in _TOLD:
            return None if _is_ordering(reading) else talk.answer(f"told_{intent}")
        case _:
            return None


def _goes_on(reading: Reading) -> bool:
    """Tell whether a message begins with "and"."""
    kinds = [part.kind for part in reading.parts if part.kind != "asking"]
    return kinds[:1] == ["and"]


def _is_ordering(reading: Reading) -> bool:
    return any(order.is_asked_for and order.says_anything for order in reading.orders)


def _balance(talk: Talk, reading: Reading) -> Flow:
    amounts = [p.value for p in reading.parts if p.kind == "amount" and not p.value.doubt]
    supposed = amounts[0].value if len(amounts) == 1 and reading.has("condition") else None
    return banking.balance(talk, account_type_in(reading), supposed)


def _movements(talk: Talk, reading: Reading, covered: frozenset[int]) -> Flow:
    query = read_query(reading, today(talk.clock()))
    unread = [
        part
        for part in reading.parts
        if part.kind == "unread"
        and part.first not in covered
        and reading.said.tokens[part.first].is_word
        and not reading.words.knows(reading.said.tokens[part.first].word)
        and reading.said.quote(part.first, part.last) != query.about
    ]
    return movements.movements(talk, replace(query, unread=reading.quoted(unread)))


def _purchase_status(talk: Talk) -> Flow | None:
    if not talk.memory.purchase_id:
        return banking.purchases(talk)
    return banking.purchase_status(talk, "")


def _own_account(talk: Talk) -> Flow:
    body = yield from talk.look("getBalance")
    lines = [
        talk.text(
            "own_account_line",
            account=talk.account_type(entry["account_type"]).capitalize(),
            number=entry["account_id"],
        )
        for entry in body["accounts"]
    ]
    yield talk.lines([talk.text("own_account"), *lines])


def _more(talk: Talk) -> Flow:
    if talk.memory.rest and talk.memory.page is None:
        return _more_offers(talk)
    return banking.more(talk)


def _more_offers(talk: Talk) -> Flow:
    yield finding.more_offers(talk)


def _total(talk: Talk) -> Flow | None:
    from console.agent.offline.dialogue import total  # noqa: PLC0415 - orders go on with readers

    amount = total(talk)
    return talk.answer("total_open", total=money(amount)) if amount is not None else None


def _tasks(talk: Talk) -> Flow:
    from console.agent.offline.dialogue import name_of  # noqa: PLC0415 - as above

    memory = talk.memory
    is_open = memory.frame is not None and not memory.is_declined
    frames = ([memory.frame] if memory.frame is not None and is_open else []) + memory.queue
    if not frames:
        yield talk.say("nothing_pending")
        return
    lines = [f"{n}. {name_of(talk, frame)}" for n, frame in enumerate(frames, start=1)]
    yield talk.lines([talk.text("tasks_head"), *lines])


def _compared(talk: Talk, reading: Reading) -> Flow | None:
    memory, terms = talk.memory, read_terms(reading)
    found = finding.offers_meant(talk, reading)
    offers = list(found.offers) if found.offers and not found.unread else []
    if names_a_thing(reading) and not offers:
        return _compare_found(talk, reading)
    focus = _focus(memory)
    if not offers and focus is not None and (reading.has("here", "other") or _is_of_one(reading)):
        offers = [focus]
    offers = offers or ([focus] if focus is not None and len(memory.offers) == 1 else memory.offers)
    if not offers:
        return _ask_none_shown(talk)
    count = terms.quantity or _count_asked(reading)
    return comparing.compare(talk, offers, terms.benefit, count)


def _count_asked(reading: Reading) -> int | None:
    for part in reading.parts:
        is_count = part.kind == "amount" and not (
            part.value.doubt or part.value.is_money or part.value.unit
        )
        if is_count and 0 < part.value.value <= MAX_QUANTITY:
            return int(part.value.value)
    return None


def _is_of_one(reading: Reading) -> bool:
    return reading.has("monthly", "benefit", "amount")


def _focus(memory: Memory) -> Offer | None:
    if memory.offer is not None:
        return memory.offer
    return memory.offers[0] if len(memory.offers) == 1 else None


def _ask_none_shown(talk: Talk) -> Flow:
    yield talk.ask("ask_none_shown", "product")


def _compare_found(talk: Talk, reading: Reading) -> Flow:
    wish = read_wish(reading)
    found = yield from finding.find(talk, wish)
    shown = finding.show(talk, wish, found)
    if not found.offers:
        yield shown
        return
    yield from comparing.compare(talk, talk.memory.offers, wish.benefit)


def followed_up(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Go on with the question before: "¿y en ahorro?", "los de octubre"."""
    memory = talk.memory
    if memory.topic not in {"balance", "transactions"} or len(reading.parts) > _SHORT_MESSAGE:
        return None
    kinds = {part.kind for part in reading.parts}
    if kinds & {"verb", "amount", "take", "want_thing", "cancel", "negation"}:
        return None
    if "person" in kinds and memory.topic == "balance":
        return None
    if memory.topic == "balance":
        type_ = account_type_in(reading)
        return banking.balance(talk, type_) if type_ else None
    return _more_movements(talk, reading)


def _more_movements(talk: Talk, reading: Reading) -> Flow | None:
    said, before = read_query(reading, today(talk.clock())), talk.memory.query
    if not (
        said.account_type or said.span or said.type or said.direction or said.other or said.about
    ):
        return None
    query = replace(
        before,
        account_type=said.account_type or before.account_type,
        account_id="" if said.account_type else before.account_id,
        span=said.span or before.span,
        type=said.type or before.type,
        direction=said.direction or before.direction,
        about=said.about or before.about,
        other=said.other or before.other,
        other_account="" if said.other else before.other_account,
        limit=said.limit,
    )
    return movements.movements(talk, query)


# --- what is told, and what is looked for ---


def owed(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Ask about what is owed, or said without a verb: "200 a mi hermano"."""
    amounts = [p for p in reading.parts if p.kind == "amount"]
    people = [p for p in reading.parts if p.kind in {"person", "name"}]
    is_duty = reading.has("duty")
    reasons = [p for p in reading.parts if p.kind == "reason"]
    if reading.is_question or not (people or is_duty) or not (amounts or is_duty):
        return None
    if reading.mood not in {"", "duty"} or reading.has("want_thing"):
        return None
    if not is_duty and [p.kind for p in reading.parts if p.kind not in _QUIET] != [
        "amount",
        "person",
    ]:
        return None
    frame, order = TransferFrame(), Order("send", reading.parts)
    order.amount = amounts[0].value if len(amounts) == 1 else None
    order.recipient = people[0].value if len(people) == 1 else ""
    order.description = reasons[0].value if reasons else ""
    transferring.merge(frame, order, reading, talk)
    if not frame.recipient:
        return _ask_duty(talk, frame)
    return _ask_order(talk, frame)


_QUIET: Final = frozenset({"courtesy", "stop", "now", "and", "again"})


def _ask_duty(talk: Talk, frame: TransferFrame) -> Flow:
    yield talk.ask("ask_duty", "recipient", "amount", frame=frame)


def _ask_order(talk: Talk, frame: TransferFrame) -> Flow:
    yield transferring.ask_order(talk, frame)


def stated(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Say that nothing was done about an order that is none."""
    verbs = [p for p in reading.parts if p.kind == "verb" and p.value[0].act in _ACTS]
    if not verbs:
        return None
    if reading.is_question:
        is_buying = any(p.value[0].act == "buy" for p in verbs)
        return talk.answer("said_question_buy" if is_buying else "said_question")
    keys = {
        "condition": "said_supposed",
        "later": "said_later",
        "day": "said_later",
        "others": "said_others",
        "past_mark": "said_past",
        "negation": "said_negated",
    }
    return talk.answer(keys.get(reading.mood, "said_doubtful"))


_ACTS: Final = frozenset({"send", "buy", "add"})


def searched(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Look for what a message names."""
    wish = read_wish(reading)
    is_wanted = reading.has("want_thing", "take", "benefit", "will")
    if reading.mood not in {"", "condition", "day"} or reading.has("verb", "clitic"):
        return None
    is_of_any = any(t.word in reading.words.of("any_thing") for t in reading.said.tokens)
    is_any = not (wish.words or wish.category) and (
        bool(wish.max_price or wish.cheapest) or (is_of_any and reading.has("want_thing"))
    )
    if names_a_thing(reading) or wish.category:
        return finding.search(talk, wish)
    is_of_number = reading.asks and reading.parts[0].kind == "question" and wish.quantity is None
    is_number_asked = is_of_number and reading.said.tokens[0].word in reading.words.first.same
    if is_wanted and wish.words and not is_number_asked and not reading.has("person", "money"):
        return finding.search(talk, wish)
    is_of_things = is_wanted or any(is_thing(reading, t.word) for t in reading.said.tokens)
    return finding.search(talk, wish) if is_any and is_of_things else None


def not_understood(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow:
    """Say what was not understood, and the two nearest things that can be done."""
    text = reading.said.text
    quoted = text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"
    is_number = all(p.kind in {"amount", "stop"} for p in reading.parts)
    key = "number_alone" if is_number and reading.has("amount") else "not_understood"
    yield talk.say(key, "not_understood", said=quoted)
