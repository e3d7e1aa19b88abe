"""Messages that ask, look for something, or tell: what is read, and what is not, is said."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from console.agent.offline import banking, comparing, finding, movements, naming, tasks
from console.agent.offline.asking import Topic, nearest, topics_of
from console.agent.offline.days import today
from console.agent.offline.orders import Reading
from console.agent.offline.queries import MovementsQuery, account_type_in, read_query
from console.agent.offline.shopping import (
    MAX_QUANTITY,
    is_kin,
    is_thing,
    names_a_thing,
    read_terms,
    read_wish,
)
from console.agent.offline.talk import Flow, Talk
from console.agent.offline.transferring import Transfer

_EXPLAINED: Final = frozenset({"what_is_msi", "what_is_cashback", "theft", "dispute", "human"})
"""What is no business of the operations: answered before anything is made of the words."""
_MAX_QUOTED: Final = 60
_MIN_SURE: Final = 0.7
_MIN_PLAIN: Final = 1.5
_SHORT_MESSAGE: Final = 7


def asked_of_others(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Say that only the customer's own is told or used."""
    if reading.has("others_account"):
        return talk.answer("others_account" if reading.orders else "others_money")
    is_somebody = (
        reading.has("name")
        or any(part.value[0].isupper() for part in reading.of("reason"))
        or any(
            part.way != "to" or part.value[0].isupper() or is_kin(reading, part)
            for part in reading.of("person")
        )
    )
    is_balance = [topic.intent for topic in topics_of(reading)[:1]] == ["balance"]
    is_asked = is_somebody and is_balance and not reading.orders
    return talk.answer("others_money") if is_asked else None


def explained(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Answer what is no business of the operations."""
    topic = next(iter(topics_of(reading)), None)
    is_sure = topic is not None and topic.intent in _EXPLAINED and topic.score >= _MIN_PLAIN
    if topic is None or not is_sure or reading.has("amount", "person") or _is_ordering(reading):
        return None
    return talk.answer(f"told_{topic.intent}")


def questioned(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Answer what a message asks for."""
    for topic in topics_of(reading):
        is_order = asked and topic.intent == "movements" and not reading.asks and reading.orders
        if topic.score >= _MIN_SURE and not is_order:
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
    known = ("account", "courtesy", "question", "asking", "stop", "article", "here")
    is_account = account_type_in(reading) and not reading.beside(*known)
    is_fresh = not (talk.memory.offers or talk.memory.topic)
    return banking.balance(talk, account_type_in(reading)) if is_account and is_fresh else None


def _about(talk: Talk, reading: Reading, topic: Topic) -> Flow | None:
    answer = _ANSWERS.get(topic.intent)
    if answer is not None:
        return answer(talk, reading, topic)
    key = f"told_{topic.intent}"
    return talk.answer(key) if talk.has_text(key) and not _is_ordering(reading) else None


def _is_ordering(reading: Reading) -> bool:
    return any(order.is_asked_for and order.says_anything for order in reading.orders)


def _balance(talk: Talk, reading: Reading, _topic: Topic) -> Flow:
    amounts = [p.value for p in reading.of("amount") if not p.value.doubt]
    supposed = amounts[0].value if len(amounts) == 1 and reading.has("condition") else None
    return banking.balance(talk, account_type_in(reading), supposed)


def _movements(talk: Talk, reading: Reading, topic: Topic) -> Flow | None:
    kinds = [part.kind for part in reading.beside("asking")]
    if talk.memory.topic == "transactions" and kinds[:1] == ["and"]:
        return _more_movements(talk, reading)
    query = read_query(reading, today(talk.clock()))
    tokens = reading.tokens
    unread = [
        part
        for part in reading.of("unread")
        if part.first not in topic.covered
        and tokens[part.first].is_word
        and not reading.words.knows(tokens[part.first].word)
        and reading.said.quote(part.first, part.last) != query.about
    ]
    return movements.movements(talk, replace(query, unread=reading.quoted(unread)))


def _purchase_status(talk: Talk, reading: Reading, _topic: Topic) -> Flow | None:
    if talk.memory.purchase_id:
        return banking.purchase_status(talk)
    if isinstance(talk.memory.done, Transfer) and not reading.has("purchase_noun"):
        return movements.movements(talk, MovementsQuery(limit=1))
    return banking.purchases(talk) if reading.matches("purchase_noun") else None


def _who_is(talk: Talk, reading: Reading, _topic: Topic) -> Flow | None:
    people = reading.of("person", "name")
    return banking.who_is(talk, people[0].value) if len(people) == 1 else None


def _more(talk: Talk, _reading: Reading, _topic: Topic) -> Flow | None:
    memory = talk.memory
    is_search = memory.page is None or memory.page.operation_id == "searchProducts"
    if memory.rest and is_search:
        return finding.more_offers(talk)
    return banking.more(talk) if memory.page or memory.topic else None


def _compared(talk: Talk, reading: Reading, _topic: Topic) -> Flow | None:
    memory, terms, focus = talk.memory, read_terms(reading), talk.memory.in_focus
    found = finding.offers_meant(talk, reading)
    offers = [] if found.unread else list(found.offers)
    if names_a_thing(reading) and not offers:
        return _compare_found(talk, reading)
    is_of_one = reading.has("here", "other", "monthly", "benefit", "amount")
    if not offers and focus is not None and (is_of_one or len(memory.offers) == 1):
        offers = [focus]
    offers = offers or memory.offers
    if not offers:
        return talk.asking("ask_none_shown", "product")
    return comparing.compare(talk, offers, terms.benefit, terms.quantity or _count_in(reading))


def _count_in(reading: Reading) -> int | None:
    plain = (p.value for p in reading.of("amount") if not (p.value.doubt or p.value.is_money))
    counts = [int(amount.value) for amount in plain if not amount.unit]
    return next((count for count in counts if 0 < count <= MAX_QUANTITY), None)


def _compare_found(talk: Talk, reading: Reading) -> Flow:
    wish = read_wish(reading)
    found = yield from finding.find(talk, wish)
    shown = finding.show(talk, wish, found)
    if found.offers:
        yield from comparing.compare(talk, talk.memory.offers, wish.benefit)
    else:
        yield shown


_ANSWERS: Final[Mapping[str, Callable[[Talk, Reading, Topic], Flow | None]]] = {
    "balance": _balance,
    "movements": _movements,
    "purchase_status": _purchase_status,
    "who_is": _who_is,
    "compare": _compared,
    "more": _more,
    "purchases": lambda talk, _reading, _topic: banking.purchases(talk),
    "beneficiaries": lambda talk, _reading, _topic: banking.beneficiaries(talk),
    "own_account": lambda talk, _reading, _topic: banking.own_accounts(talk),
    "total": lambda talk, _reading, _topic: tasks.total(talk),
    "tasks": lambda talk, _reading, _topic: tasks.listed(talk),
    "help": lambda talk, _reading, _topic: naming.help_(talk),
}
"""How a question is answered, by what it is about; all others with a sentence, `told_...`."""


def followed_up(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Go on with the question before: "¿y en ahorro?", "los de octubre"."""
    topic = talk.memory.topic
    if topic not in {"balance", "transactions"} or len(reading.parts) > _SHORT_MESSAGE:
        return None
    if reading.has("verb", "amount", "take", "want_thing", "cancel", "negation"):
        return None
    if topic == "transactions":
        return _more_movements(talk, reading)
    type_ = account_type_in(reading)
    return banking.balance(talk, type_) if type_ and not reading.has("person") else None


def _more_movements(talk: Talk, reading: Reading) -> Flow | None:
    said = read_query(reading, today(talk.clock()))
    if not said.filters():
        return None
    ends: dict[str, Any] = {"account_id": ""} if said.account_type else {}
    ends |= {"other_account": ""} if said.other else {}
    query = replace(talk.memory.query, limit=said.limit, **{**ends, **said.filters()})
    return movements.movements(talk, query)


# --- what is told, and what is looked for ---

_STATED: Final = {
    "condition": "said_supposed",
    "later": "said_later",
    "day": "said_later",
    "others": "said_others",
    "past_mark": "said_past",
    "negation": "said_negated",
}
"""What is answered to what only speaks of an order, by what makes it none."""


def stated(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Say that nothing was done about an order that is none."""
    acts = {part.value[0].act for part in reading.of("verb")} & {"send", "buy", "add"}
    if not acts:
        return None
    if reading.is_question:
        return talk.answer("said_question_buy" if "buy" in acts else "said_question")
    return talk.answer(_STATED.get(reading.mood, "said_doubtful"))


def searched(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Look for what a message names."""
    if reading.mood not in {"", "condition", "day"} or reading.has("verb", "clitic"):
        return None
    wish, tokens, words = read_wish(reading), reading.tokens, reading.words
    is_named = names_a_thing(reading) or bool(wish.category)
    is_wanted = reading.has("want_thing", "take", "benefit", "will")
    is_count = reading.first_kind == "question" and wish.quantity is None
    is_count = is_count and tokens[0].word in words.first.same
    is_other = is_count or reading.has("person", "money")
    is_of_any = reading.has("want_thing") and any(t.word in words.of("any_thing") for t in tokens)
    is_any = not wish.words and bool(wish.max_price or wish.cheapest or is_of_any)
    is_of_things = is_wanted or any(is_thing(reading, token.word) for token in tokens)
    is_search = is_named or (is_wanted and wish.words and not is_other) or (is_any and is_of_things)
    return finding.search(talk, wish) if is_search else None


def not_understood(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow:
    """Say what was not understood, and the two nearest things that can be done."""
    if not reading.beside("courtesy", "stop", "yes", "thumbs", "now"):
        yield talk.say("told_thanks")
        return
    text = reading.said.text
    quoted = text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"
    is_number = reading.has("amount") and not reading.beside("amount", "stop")
    known = [talk.text(f"try_{i}") for i in nearest(reading) if talk.has_text(f"try_{i}")]
    first, second, *_ = [*known, talk.text("try_balance"), talk.text("try_how_to")]
    key = "number_alone" if is_number else "nearest"
    yield talk.say(key, "not_understood", said=quoted, first=first, second=second)
