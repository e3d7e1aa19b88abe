"""Messages that order something."""

from dataclasses import replace
from itertools import pairwise
from typing import Final

from console.agent.offline import tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.asking import QUERIES, topics_of
from console.agent.offline.buying import purchase
from console.agent.offline.lexicon import REFUSED
from console.agent.offline.orders import Order, Reading
from console.agent.offline.questions import stated
from console.agent.offline.talk import Flow, Reply, Talk, Task
from console.agent.offline.text import Account
from console.agent.offline.transferring import Transfer

_SURELY: Final = 1.6


def ordered(talk: Talk, reading: Reading) -> Reply | None:
    """Do what a message orders."""
    orders = [order for order in reading.orders if order.act in {"send", "give", "add", "buy"}]
    if not orders or _is_rather_asked(reading, orders):
        return None
    mood, known = reading.mood, talk.memory.open or talk.memory.task
    is_bought = mood == "day" and all(order.act == "buy" for order in orders)
    if mood in {"negation", "cancel"} and known:
        return tasks.drop(talk, talk.memory.open)
    if mood in REFUSED and mood != "condition" and not is_bought:
        return talk.say(REFUSED[mood])
    todo = [_task(talk, reading, o) for o in orders if o.act != "buy" or o.is_asked_for]
    if not todo or any(is_amendment(talk, order) for order in orders):
        return None
    for before, task in pairwise(todo):
        if isinstance(before, Addition) and isinstance(task, Transfer) and not task.has_recipient:
            task.to = Account("", before.given.get("account_id", ""), before.given.get("name", ""))
    todo[0].unread = ", ".join(task.unread for task in todo if task.unread)
    if mood or not all(order.is_asked_for for order in orders):
        return doubted(talk, reading, todo[0])
    return _begun(talk, reading, todo)


def _is_rather_asked(reading: Reading, orders: list[Order]) -> bool:
    """Tell whether what looks like an order is none: it asks more than it says to be one."""
    is_asked_for = any(order.is_asked_for for order in orders)
    if not is_asked_for and reading.asks:
        return True
    if all(order.act == "give" and not order.is_whole for order in orders):
        return True
    amounts = [order.said["amount"] for order in orders if "amount" in order.said]
    if any(is_asked_for or amount.doubt != "unstated" for amount in amounts):
        return False
    is_named = any(order.recipient for order in orders)
    is_vague = not (amounts or is_named or any("reason" in order.said for order in orders))
    is_sent = is_vague and all(order.act == "send" for order in orders)
    is_told = not (is_named or is_asked_for or reading.mood == "others")
    least = 0 if is_told else _SURELY / 2 if is_sent else _SURELY
    is_about = any(t.intent in QUERIES and t.score >= least for t in topics_of(reading)[:1])
    return is_about or (is_sent and reading.has("benefit"))


def is_amendment(talk: Talk, order: Order) -> bool:
    """Tell whether an order says only how the open one is to be: "ponle de concepto cena"."""
    is_open = isinstance(talk.memory.task, Transfer) and order.act not in {"give", "buy"}
    return is_open and not order.is_whole and not order.recipient


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
    is_instead, waiting = reading.first_kind in {"correcting", "negation"}, talk.memory.waiting
    if waiting is not None and not is_instead and waiting not in todo:
        said = [(task.called, task.told(talk).get("cost")) for task in (waiting, *todo)]
        is_same = said[1:] == said[:1] and not reading.has("again")
        yield from tasks.go_on(talk, waiting) if is_same else tasks.queue(talk, todo)
        return
    sent = [task for task in todo if isinstance(task, Transfer) and task.recipient]
    if todo[1:] and sent:
        wanted = (("resolveAlias", {"alias": task.recipient}) for task in sent)
        for task, resolved in zip(sent, (yield from talk.look_all(*wanted)), strict=True):
            task.settle_person(talk, resolved)
    yield from tasks.start(talk, sorted(todo, key=_is_clear))


def _is_clear(task: Task) -> bool:
    """Tell whether nothing of a task must be asked: before all is known, nothing is shown."""
    return not (isinstance(task, Transfer) and (task.doubt or task.recipient))
