"""Messages that go on with an order: answers to a question, amendments, the same for another."""

from dataclasses import replace
from functools import partial
from typing import Final

from console.agent.offline import tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.lexicon import kinds
from console.agent.offline.ordering import doubted, is_amendment
from console.agent.offline.orders import Order, Reading, sent_in
from console.agent.offline.parts import verb_form
from console.agent.offline.talk import Reply, Talk
from console.agent.offline.transferring import Transfer

_MAX_SHORT: Final = 10


def amended(talk: Talk, reading: Reading) -> Reply | None:
    """Put what a message says into what is open or was left; or do what is like it, or owed."""
    task, is_asked = talk.memory.task, bool(talk.memory.asked.wanted)
    if reading.is_question:
        return None
    if task is not None and is_asked and _chosen_of_list(talk, reading):
        return tasks.go_on(talk, task)
    orders = _told(talk, reading)
    is_other = orders[0].is_whole and not orders[0].unread
    if isinstance(task, Addition) and not is_other and _fills_addition(talk, reading, task):
        return tasks.go_on(talk, task)
    return (
        _repeated(talk, reading, *orders)
        or _changed(talk, reading, *orders)
        or _owed(talk, reading, orders)
    )


def _chosen_of_list(talk: Talk, reading: Reading) -> bool:
    """Take one of those that the question listed, by its number or its words."""
    choices, number = talk.memory.asked.choices, reading.number_alone
    task, people = talk.memory.task, talk.memory.people
    if isinstance(task, Transfer) and not (choices or task.has_recipient):
        choices = [(person.words, partial(task.choose, person)) for person in people]
    listed = [take for words, take in choices if words]
    said = {token.word for token in reading.tokens if token.kind == "word"}
    said |= {part.value.type for part in reading.of("account")}
    fitting = [take for words, take in choices if words & said]
    if number is not None and 0 < number <= len(listed):
        fitting = [listed[number - 1]]
    elif reading.mood or reading.has("amount"):
        return False
    if len(fitting) == 1:
        fitting[0]()
    return len(fitting) == 1


def _fills_addition(talk: Talk, reading: Reading, task: Addition) -> bool:
    """Put an answer into an addition, or what is told of it otherwise: "no, se llama ..."."""
    asked, first = talk.memory.asked.wanted, reading.first_kind
    said = read_addition(reading, *asked[:1]).given
    is_marked = reading.has("name_is", "account_is", "alias_is")
    is_told = is_marked or (not asked and first in {"negation", "correcting", "no"})
    is_denied = reading.has(*kinds("adding_nobody")) and not (is_told and first == "negation")
    if is_denied or reading.has("question", "verb") or not (asked or is_told):
        return False
    name = said.get("name", "")
    if not (asked or is_marked or (name.istitle() and " " in name)):
        said.pop("name", None)
    if reading.has("amount") and not asked:
        return False
    task.given |= said
    return bool(said.keys() - {"relationship"})


def _changed(talk: Talk, reading: Reading, order: Order, *more: Order) -> Reply | None:
    """Put what a message says besides courtesies into a transfer; nothing may be unread."""
    memory, task = talk.memory, talk.memory.task
    is_other = not all(is_amendment(talk, one) for one in reading.orders)
    if not isinstance(task, Transfer) or (is_other and not memory.asked.wanted):
        return None
    rest = {part.kind for part in order.unread}
    one = tasks.meant(talk, reading) if memory.open[1:] else None
    is_pointed = isinstance(one, Transfer) and (one is not task or reading.has("ordinal"))
    if isinstance(one, Transfer) and is_pointed and rest <= {"ordinal", "here"}:
        task, order.unread = one, []
        order.said = {k: p for k, p in order.said.items() if k in {"amount", "from"}}
        if not order.said:
            others = [other for other in memory.open if other is not task]
            is_only = reading.matches("only")
            return tasks.drop(talk, others) if is_only else tasks.go_on(talk, task)
    elif rest == {"adjust"} and memory.state != "left":
        task.amount, task.doubt, task.doubted = None, "unstated", ""
        return tasks.go_on(talk, task)
    elif rest:
        return None
    if more or _tells(reading) or reading.ends_in_no or not _is_amending(talk, reading, order):
        return None
    task.fill(talk, order, reading)
    return tasks.go_on(talk, task) if task is memory.task else tasks.queue(talk, [task])


def _told(talk: Talk, reading: Reading) -> list[Order]:
    """Return what the parts of a message say of transfers, whether or not they have a verb."""
    is_for, parts = "recipient" in talk.memory.asked.wanted, reading.parts
    if is_for:
        parts = [replace(p, way=p.way or "to") if p.kind == "account" else p for p in parts]
    parts = parts[reading.begins_otherwise :]
    orders = list(sent_in(Order("send", parts), reading, is_expected=True))
    for order in orders:
        order.unread = [p for p in order.unread if p.kind not in kinds("filling", "joints")]
    return orders


def _is_said(talk: Talk, order: Order) -> bool:
    """Tell whether an order says anything, and of one person who is known."""
    is_of_nobody = bool(order.pronoun) and talk.memory.last_person is None
    is_of_one = "to" not in order.said or not order.said["to"].doubt
    return bool(order.said) and is_of_one and not is_of_nobody


def half_amended(talk: Talk, reading: Reading) -> Reply | None:
    """Ask whether what waits is to be changed, where a message says so with words unread."""
    task, [order, *_] = talk.memory.waiting, _told(talk, reading)
    is_short = len(reading.tokens) <= _MAX_SHORT and not (reading.asks or reading.has("verb"))
    is_half = is_short and reading.has("unread") and _is_said(talk, order)
    if not isinstance(task, Transfer) or not is_half:
        return None
    if order.recipient and order.is_whole:
        if not reading.has("and", "also", "again"):
            return None
        task = Transfer()
    order.unread = reading.of("unread")
    return tasks.go_on(talk, task.fill(talk, order, reading))


def _tells(reading: Reading) -> bool:
    """Tell whether a verb tells of something: "mi hermano me transfirió"."""
    forms = {verb_form(part).form for part in reading.of("verb")}
    return bool(forms & {"past", "other", "subjunctive"})


def _is_amending(talk: Talk, reading: Reading, order: Order) -> bool:
    """Tell whether parts are said of a task: of what was left or put aside, only what tells so."""
    is_told = reading.has("correcting", "let_that", "set_amount", "verb")
    is_aside = talk.memory.topic == "search" and not talk.memory.asked.wanted
    is_open = talk.memory.state != "left" and not is_aside
    is_told = is_told or reading.first_kind in {"negation", "no"}
    return _is_said(talk, order) and (is_told or is_open or order.said.keys() <= {"to", "from"})


def _repeated(talk: Talk, reading: Reading, order: Order, *more: Order) -> Reply | None:
    """Do for another what was asked for: "lo mismo a Sofi", "y a mi hermano también", "y 50 a él".

    What waits for a yes stays first; this is done after it.
    """
    memory = talk.memory
    model = memory.task if isinstance(memory.task, Transfer) else memory.done
    is_like = reading.has("same_order", "also", "again") or reading.first_kind in {"and", "yes"}
    rest = {part.kind for part in order.unread} - {"same_order", "also", "adjust"}
    if not isinstance(model, Transfer) or not is_like or rest or more:
        return None
    if not order.said and reading.has("same_order") and memory.waiting is None:
        return (tasks.go_on if reading.has("verb") else tasks.sure)(talk, replace(model))
    is_new = "amount" in order.said
    is_of_another = "to" in order.said or (is_new and reading.has("again"))
    if not is_of_another or not _is_said(talk, order) or not (model.amount or is_new):
        return None
    order.unread = []
    task = Transfer(amount=None if is_new else model.amount).fill(talk, order, reading)
    return tasks.queue(talk, [task]) if memory.waiting is model else tasks.go_on(talk, task)


def _owed(talk: Talk, reading: Reading, orders: list[Order]) -> Reply | None:
    """Ask about what is owed, or said without a verb: "200 a mi hermano"."""
    is_duty = reading.has("duty") and talk.memory.waiting is None
    is_whole = all(order.is_whole and not order.unread for order in orders)
    is_said = (is_duty or is_whole) and all(_is_said(talk, order) for order in orders)
    if (
        reading.orders
        or not is_said
        or reading.mood not in {"", "duty"}
        or reading.has("want_thing")
    ):
        return None
    for order in orders:
        order.unread = []
    todo = [Transfer().fill(talk, order, reading) for order in orders]
    if todo[1:]:
        return tasks.start(talk, todo, is_sure=bool(talk.memory.asked.wanted))
    return doubted(talk, reading, todo[0])
