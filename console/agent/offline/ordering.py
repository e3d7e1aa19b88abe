"""Messages that order something."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from console.agent.brain import CallOutcome
from console.agent.offline import tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.asking import QUERIES, topics_of
from console.agent.offline.buying import purchase
from console.agent.offline.ends import Account
from console.agent.offline.lexicon import refusals
from console.agent.offline.orders import Order, Reading
from console.agent.offline.questions import stated
from console.agent.offline.talk import Flow, Reply, Step, Talk, Task
from console.agent.offline.transferring import Transfer

_TELLING: Final = frozenset({"", "day", "past_mark", "later"})
_SURELY: Final = 1.6


def ordered(talk: Talk, reading: Reading) -> Reply | None:
    """Do what a message orders."""
    orders = [order for order in reading.orders if order.act in {"send", "give", "add", "buy"}]
    if not orders or _is_rather_asked(reading, orders):
        return None
    is_otherwise = reading.mood == "negation" and reading.begins_otherwise
    mood = "" if is_otherwise else reading.mood
    is_bought = mood == "day" and all(order.act == "buy" for order in orders)
    if mood in refusals() and mood != "condition" and not is_bought:
        return _refused(talk, mood)
    if any(_is_amendment(talk, order) for order in orders):
        return None
    todo = [_task(talk, reading, o) for o in orders if o.act != "buy" or o.is_asked_for]
    if not todo:
        return None
    for before, task in pairwise(todo):
        if isinstance(before, Addition) and isinstance(task, Transfer) and not task.has_recipient:
            task.to = Account("", before.given.get("account_id", ""), before.given.get("name", ""))
    if len(todo) > 1:
        todo[0].unread = ", ".join(task.unread for task in todo if task.unread)
    if mood or not all(order.is_asked_for for order in orders):
        return doubted(talk, reading, todo[0])
    return _begun(talk, reading, todo)


def _is_rather_asked(reading: Reading, orders: list[Order]) -> bool:
    """Tell whether what looks like an order is none: it asks, or says too little to be one."""
    asked = [order for order in orders if order.is_asked_for]
    amounts = [order.said["amount"] for order in orders if "amount" in order.said]
    is_bare = all(amount.doubt == "unstated" for amount in amounts)
    is_told = is_bare and not any(o.recipient for o in orders) and reading.mood in _TELLING
    sent = all(order.act == "send" for order in orders)
    is_of_nothing = not any({"amount", "reason"} & o.said.keys() or o.recipient for o in orders)
    return (
        (not asked and reading.asks)
        or (sent and is_of_nothing and (reading.has("benefit") or _asks(reading, _SURELY / 2)))
        or (is_bare and not (asked and amounts) and _asks(reading, _SURELY))
        or (not asked and is_told and _asks(reading))
        or all(o.act == "give" and not ("amount" in o.said and o.recipient) for o in orders)
    )


def _asks(reading: Reading, least: float = 0) -> bool:
    return any(t.intent in QUERIES and t.score >= least for t in topics_of(reading)[:1])


def _is_amendment(talk: Talk, order: Order) -> bool:
    """Tell whether an order says only how the open one is to be: "ponle de concepto cena"."""
    is_open = isinstance(talk.memory.task, Transfer)
    is_whole = {"amount", "to"} <= order.said.keys()
    return is_open and not is_whole and not order.recipient and order.act in {"send", "add"}


def _refused(talk: Talk, mood: str) -> Reply:
    if mood in {"negation", "cancel"} and (talk.memory.task is not None or talk.memory.open):
        return tasks.drop(talk, talk.memory.open)
    return talk.say(refusals()[mood], "not_understood" if mood == "injected" else "answered")


def _task(talk: Talk, reading: Reading, order: Order) -> Task:
    """Return the task of an order, with what is said of it."""
    if order.act in {"send", "give"}:
        return Transfer().fill(talk, order, reading)
    if order.act == "add":
        return read_addition(replace(reading, parts=order.parts))
    first, last = order.parts[0].first, order.parts[-1].last
    is_only = len(reading.orders) == 1
    return purchase(talk, reading if is_only else talk.read(reading.said.quote(first, last)))


def doubted(talk: Talk, reading: Reading, task: Task) -> Reply | None:
    """Ask whether what is spoken of is to be done at all."""
    if not isinstance(task, Transfer):
        return stated(talk, reading)
    if task.has_recipient:
        return tasks.sure(talk, task)
    if reading.has("duty"):
        return talk.ask("ask_duty", "recipient", "amount", task=task)
    return tasks.go_on(talk, task) if task.amount is not None else stated(talk, reading)


def _begun(talk: Talk, reading: Reading, todo: list[Task]) -> Flow:
    """Begin with what is ordered; what waits already stays before it, unless it is corrected.

    The same order said once more is the one that waits, not another one.
    """
    is_instead = reading.first_kind in {"correcting", "negation"} or reading.has("instead")
    waiting, said = talk.memory.waiting, [(t.called, t.told(talk).get("cost")) for t in todo]
    if waiting is None or is_instead or waiting in todo:
        yield from tasks.start(talk, (yield from _unclear_first(talk, todo)))
    elif said == [(waiting.called, waiting.told(talk).get("cost"))] and not reading.has("again"):
        yield from tasks.go_on(talk, waiting)
    else:
        yield from tasks.queue(talk, todo)


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
    return sorted(
        todo, key=lambda task: not (isinstance(task, Transfer) and (task.doubt or task.recipient))
    )
