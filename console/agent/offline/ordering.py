"""Messages that order something: it is done, asked about where a word is unread, or queued."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from console.agent.brain import CallOutcome
from console.agent.offline import tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.asking import Topic, topics_of
from console.agent.offline.ends import Account
from console.agent.offline.orders import Order, Reading
from console.agent.offline.picking import purchase
from console.agent.offline.talk import Flow, Step, Talk, Task
from console.agent.offline.transferring import Transfer

_REFUSED: Final = {
    "injected": "said_injected",
    "quote": "said_quoted",
    "quoting": "said_quoted",
    "regards": "only_money",
    "negation": "said_negated",
    "cancel": "said_negated",
    "later": "said_later",
    "day": "said_later",
    "others": "said_others",
    "past_mark": "said_past",
}
"""What is answered to an order that is none, by what makes it none."""
_TELLING: Final = frozenset({"", "day", "past_mark", "later"})
_QUERIES: Final = frozenset({"balance", "movements", "purchases", "beneficiaries", "total"})
_SURELY: Final = 1.6


def ordered(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Do what a message orders."""
    reading, has_question = _without_question(talk, reading)
    orders = [order for order in reading.orders if order.act in {"send", "give", "add", "buy"}]
    if not orders or _is_rather_asked(reading, orders):
        return None
    mood = reading.mood
    if mood == "negation" and _is_correction(reading):
        mood = ""
    if mood in _REFUSED and not (mood == "day" and all(o.act == "buy" for o in orders)):
        return _refused(talk, mood)
    if any(_is_amendment(talk, order) for order in orders):
        return None
    made = [_task(talk, reading, o) for o in reading.orders if o.act != "buy" or o.is_asked_for]
    todo = [task for task in made if task is not None]
    if not todo:
        return None
    for before, task in pairwise(todo):
        if isinstance(before, Addition) and isinstance(task, Transfer) and not task.has_recipient:
            task.to, task.to_name = Account("", before.account_id), before.name_said
    if len(todo) > 1:
        todo[0].unread = ", ".join(task.unread for task in todo if task.unread)
    if mood or not all(order.is_asked_for for order in orders):
        return _doubted(talk, reading, todo[0])
    return _begun(talk, reading, todo, has_question=has_question)


def _is_rather_asked(reading: Reading, orders: list[Order]) -> bool:
    """Tell whether what looks like an order is none: it asks, or says too little to be one."""
    asked = [order for order in orders if order.is_asked_for]
    is_bare = not any(o.amount and o.amount.doubt != "unstated" for o in orders)
    is_told = is_bare and not any(o.recipient for o in orders) and reading.mood in _TELLING
    sent = all(order.act == "send" for order in orders)
    is_empty = not any(order.says_anything for order in orders) and not reading.has("verb")
    is_of_nothing = not any(o.amount or o.recipient or o.description for o in orders)
    return (
        (not asked and reading.asks)
        or (sent and is_of_nothing and _asks(reading, _SURELY / 2))
        or (is_bare and not (asked and any(o.amount for o in orders)) and _asks(reading, _SURELY))
        or (not asked and is_told and _asks(reading))
        or (sent and not any(o.amount or o.recipient for o in orders) and reading.has("benefit"))
        or all(o.act == "give" and not (o.amount and o.recipient) for o in orders)
        or (sent and is_empty and _asks(reading))
    )


def _asks(reading: Reading, least: float = 0) -> bool:
    return any(t.intent in _QUERIES and t.score >= least for t in topics_of(reading)[:1])


def _without_question(talk: Talk, reading: Reading) -> tuple[Reading, bool]:
    """Return a message without the question beside its orders, and whether there is one."""
    for part in reading.parts[1:]:
        if part.kind not in {"and", "stop"} or not reading.orders:
            continue
        head = talk.read(reading.said.quote(0, part.first))
        rest = talk.read(reading.said.quote(part.last, len(reading.tokens)))
        for order, question in ((head, rest), (rest, head)):
            topic = next(iter(topics_of(question)), None)
            is_asked = topic is not None and topic.intent in _QUERIES
            if topic is not None and is_asked and order.orders and _is_all_asked(question, topic):
                return order, True
    return reading, False


def _is_all_asked(reading: Reading, topic: Topic) -> bool:
    """Tell whether a question has no word that is no part of it."""
    own = ("tell", "plain", "terse", "question", "courtesy", "clitic", "now")
    never = {"correcting", "negation", "no", "hedge", "adjust"}
    return (
        not reading.orders
        and not reading.mood
        and all(
            place in topic.covered
            or part.kind in {"stop", "asking", "account", "day"}
            or (part.kind not in never and reading.match(place, *own))
            for part in reading.parts
            for place in range(part.first, part.last)
        )
    )


def _is_correction(reading: Reading) -> bool:
    """Tell whether a "no" only begins a correction: "no, mejor mándale 300"."""
    kinds = [part.kind for part in reading.parts]
    is_more = "negation" in kinds[1:]
    return not is_more and len(kinds) > 1 and kinds[1] in {"stop", "correcting"}


def _is_amendment(talk: Talk, order: Order) -> bool:
    """Tell whether an order says only how the open one is to be: "ponle de concepto cena"."""
    memory = talk.memory
    is_open = isinstance(memory.task, Transfer) and (memory.is_live or memory.is_declined)
    is_whole = order.amount is not None and bool(order.destination)
    return is_open and not is_whole and not order.recipient and order.act in {"send", "add"}


def _refused(talk: Talk, mood: str) -> Flow:
    if mood in {"negation", "cancel"} and (talk.memory.task is not None or talk.memory.queue):
        return tasks.drop(talk)
    return talk.answer(_REFUSED[mood], "not_understood" if mood == "injected" else "answered")


def _task(talk: Talk, reading: Reading, order: Order) -> Task | None:
    """Return the task of an order, with what is said of it."""
    if order.act in {"send", "give"}:
        return Transfer().fill(talk, order, reading)
    if order.act == "add":
        return read_addition(replace(reading, parts=order.parts))
    if order.act != "buy":
        return None
    first, last = order.parts[0].first, order.parts[-1].last
    is_only = len(reading.orders) == 1
    return purchase(talk, reading if is_only else talk.read(reading.said.quote(first, last)))


def _doubted(talk: Talk, reading: Reading, task: Task) -> Flow:
    """Ask whether what is spoken of is to be done at all."""
    if not isinstance(task, Transfer):
        is_added = isinstance(task, Addition)
        key = "said_question_buy" if reading.is_question else "said_supposed"
        return talk.answer("said_doubtful" if is_added else key)
    if task.has_recipient:
        return tasks.asked_whether(talk, task)
    if task.amount is not None:
        return tasks.go_on(talk, task)
    if reading.has("duty"):
        return talk.asking("ask_duty", "recipient", "amount", task=task)
    return talk.answer("said_question" if reading.is_question else "said_doubtful")


def _begun(talk: Talk, reading: Reading, todo: list[Task], *, has_question: bool) -> Flow:
    """Begin with what is ordered; what waits already stays before it, unless it is corrected."""
    is_instead = reading.first_kind in {"correcting", "negation"} or reading.has("instead")
    waiting = talk.memory.waiting
    if waiting is not None and not is_instead and not any(task is waiting for task in todo):
        yield from tasks.queue(talk, todo)
        return
    if has_question:
        yield talk.say("one_at_a_time")
    yield from tasks.start(talk, (yield from _unclear_first(talk, todo)))


def _unclear_first(
    talk: Talk, todo: list[Task]
) -> Generator[Step, Sequence[CallOutcome], list[Task]]:
    """Put what must be asked about first: before all of a message is known, nothing is shown."""
    sent = [task for task in todo if isinstance(task, Transfer) and task.recipient]
    if len(todo) == 1:
        return todo
    wanted = [("resolveAlias", {"alias": task.recipient}) for task in sent]
    found = (yield from talk.look_all(*wanted)) if wanted else []
    for task, resolved in zip(sent, found, strict=True):
        task.settle_person(talk, resolved)
    return sorted(todo, key=lambda task: not isinstance(task, Transfer) or task.is_clear)
