"""Messages that go on with an order: answers to a question, amendments, the same for another."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

from console.agent.offline import tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.buying import chosen
from console.agent.offline.lexicon import kinds
from console.agent.offline.ordering import doubted
from console.agent.offline.orders import Order, Reading, sent_in
from console.agent.offline.parts import verb_form
from console.agent.offline.talk import Reply, Talk
from console.agent.offline.text import Part
from console.agent.offline.transferring import Transfer

_MAX_SHORT: Final = 10
_SLOTS: Final = ("amount", "person", "account", "reason", "same", "name")


def answered(talk: Talk, reading: Reading) -> Reply | None:
    """Take the answer to what was asked, where the whole message is one."""
    return amended(talk, reading) if talk.memory.asked.wanted else None


def amended(talk: Talk, reading: Reading) -> Reply | None:
    """Put what a message says into what is open, or was left or refused a moment ago."""
    task, is_asked = talk.memory.task, bool(talk.memory.asked.wanted)
    if task is None or reading.is_question:
        return None
    if is_asked and _chosen_of_list(talk, reading):
        return tasks.go_on(talk, task)
    if isinstance(task, Transfer):
        return _amended_transfer(talk, reading, task)
    if isinstance(task, Addition):
        return tasks.go_on(talk, task) if _fills_addition(talk, reading, task) else None
    return chosen(talk, reading) if is_asked else None


def _chosen_of_list(talk: Talk, reading: Reading) -> bool:
    """Take one of those that the question listed, by its number or its words."""
    choices, number = talk.memory.asked.choices, reading.number_alone
    task, people = talk.memory.task, talk.memory.people
    if isinstance(task, Transfer) and not (choices or task.has_recipient):
        choices = [(person.words, partial(task.choose, person)) for person in people]
    listed = [take for words, take in choices if words]
    said = {token.word for token in reading.tokens if token.is_word}
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
    said, is_marked = (
        read_addition(reading, asked),
        reading.has("name_is", "account_is", "alias_is"),
    )
    is_told = is_marked or (not asked and first in {"negation", "correcting", "no"})
    is_denied = bool(said.unread) and not (is_told and first == "negation")
    if is_denied or reading.has("question", "verb") or not (asked or is_told):
        return False
    is_name = said.name_said.istitle() and " " in said.name_said
    if not asked and (reading.has("amount") or not (said.account_id or said.alias or is_name)):
        return False
    said.unread = ""
    return task.fill(said)


def _amended_transfer(talk: Talk, reading: Reading, task: Transfer) -> Reply | None:
    """Put what a message says besides courtesies into a transfer; nothing may be unread."""
    memory, parts = talk.memory, _without_denied(reading)
    reading = replace(reading, parts=parts)
    slots, rest = reading.of(*_SLOTS), reading.beside(*kinds("filling"), *_SLOTS, "to")
    one = tasks.meant(talk, reading) if memory.open[1:] else None
    is_pointing = not [part for part in rest if part.kind not in {"ordinal", "here"}]
    if isinstance(one, Transfer) and is_pointing and (one is not task or reading.has("ordinal")):
        task, slots, rest = one, reading.of("amount", "account"), []
        if not slots:
            others = [other for other in memory.open if other is not task]
            is_only = reading.matches("only")
            return tasks.drop(talk, others) if is_only else tasks.go_on(talk, task)
    elif rest and memory.state != "left" and all(part.kind == "adjust" for part in rest):
        task.amount, task.doubt, task.doubted = None, "unstated", ""
        return tasks.go_on(talk, task)
    if rest or _tells(reading) or reading.ends_in_no or not _is_amending(talk, reading, slots):
        return None
    order = _order_of(talk, reading, slots)
    if order is None:
        return None
    task.fill(talk, order, reading)
    return tasks.go_on(talk, task) if task is memory.task else tasks.queue(talk, [task])


def _without_denied(reading: Reading) -> list[Part]:
    """Leave out what is denied and said otherwise: "no de cheques, de ahorro"; "no, mejor ..."."""
    parts = reading.parts
    for place, (first, second) in enumerate(pairwise(parts)):
        slot, denial = (second, first) if reading.denies(first) else (first, second)
        others = [part.kind for part in parts[place + 2 :]]
        if reading.denies(denial) and slot.kind in _SLOTS and slot.kind in others:
            return parts[:place] + parts[place + 2 :]
    return parts[reading.begins_otherwise :]


def half_amended(talk: Talk, reading: Reading) -> Reply | None:
    """Ask whether what waits is to be changed, where a message says so with words unread."""
    task, slots = talk.memory.waiting, reading.of(*_SLOTS)
    is_short = len(reading.tokens) <= _MAX_SHORT and not (reading.asks or reading.has("verb"))
    is_said = bool(slots) and is_short and reading.has("unread")
    order = _order_of(talk, reading, slots) if is_said else None
    if not isinstance(task, Transfer) or order is None:
        return None
    if order.recipient and order.amount:
        if not reading.has("and", "also", "again"):
            return None
        task = Transfer()
    task.fill(talk, order, reading).unread = reading.quoted(reading.of("unread"))
    return tasks.go_on(talk, task)


def _order_of(talk: Talk, reading: Reading, slots: Sequence[Part]) -> Order | None:
    """Return what parts without an order's verb say of a transfer, None where one says nothing."""
    order, is_answer = Order("send", reading.parts), "recipient" not in talk.memory.asked.wanted
    for part in slots:
        if part.kind == "account" and not is_answer and part.way == "":
            order.destination = part.value
        else:
            order.take(part, is_correcting=False, is_led=True, is_answer=True)
    is_of_nobody = bool(order.pronoun) and talk.memory.last_person is None
    is_nothing = order.unread or order.is_for_several or not order.says_anything
    return None if is_of_nobody or is_nothing else order


def _tells(reading: Reading) -> bool:
    """Tell whether a verb tells of something: "mi hermano me transfirió"."""
    forms = {verb_form(part).form for part in reading.of("verb")}
    return bool(forms & {"past", "other", "subjunctive"})


def _is_amending(talk: Talk, reading: Reading, slots: list[Part]) -> bool:
    """Tell whether parts are said of a task: of what was left or put aside, only what tells so."""
    is_told = reading.has("correcting", "let_that", "set_amount", "verb")
    is_aside = talk.memory.topic == "search" and not talk.memory.asked.wanted
    is_open = talk.memory.state != "left" and not is_aside
    is_told = is_told or reading.first_kind in {"negation", "no"}
    return is_told or is_open or all(p.kind in {"account", "person", "same"} for p in slots)


def repeated(talk: Talk, reading: Reading) -> Reply | None:
    """Do for another what was asked for: "lo mismo a Sofi", "y a mi hermano también", "y 50 a él".

    What waits for a yes stays first; this is done after it.
    """
    memory = talk.memory
    model = memory.task if isinstance(memory.task, Transfer) else memory.done
    slots, amounts = reading.of(*_SLOTS), reading.of("amount")
    is_like = reading.has("same_order", "also", "again") or reading.first_kind in {"and", "yes"}
    rest = reading.beside(*kinds("filling"), *_SLOTS, "same_order", "also", "adjust")
    if not isinstance(model, Transfer) or not is_like or rest or reading.is_question:
        return None
    if not slots and reading.has("same_order") and memory.waiting is None:
        return (tasks.go_on if reading.has("verb") else tasks.sure)(talk, replace(model))
    is_of_another = reading.has("person", "same") or (amounts and reading.has("again"))
    order = _order_of(talk, reading, slots) if is_of_another and not amounts[1:] else None
    if order is None or (model.amount is None and not amounts):
        return None
    task = Transfer(amount=None if amounts else model.amount).fill(talk, order, reading)
    return tasks.queue(talk, [task]) if memory.waiting is model else tasks.go_on(talk, task)


def owed(talk: Talk, reading: Reading) -> Reply | None:
    """Ask about what is owed, or said without a verb: "200 a mi hermano"."""
    amounts, people = reading.of("amount"), reading.of("person", "name")
    is_duty = reading.has("duty") and talk.memory.waiting is None
    if reading.is_question or not (is_duty or (amounts and people)):
        return None
    if reading.mood not in {"", "duty"} or reading.has("want_thing"):
        return None
    said = [p.kind for p in reading.beside("courtesy", "stop", "now", "and", "again")]
    pairs = [sorted(pair) for pair in zip(said[::2], said[1::2], strict=False)]
    if not is_duty and (len(said) % 2 or any(pair != ["amount", "person"] for pair in pairs)):
        return None
    if len(pairs) > 1 and not is_duty:
        orders = sent_in(Order("send", reading.parts), reading)
        todo = [Transfer().fill(talk, order, reading) for order in orders]
        return tasks.start(talk, todo, is_sure=bool(talk.memory.asked.wanted))
    order = _order_of(talk, reading, reading.of("amount", "person", "name", "reason"))
    return None if order is None else doubted(talk, reading, Transfer().fill(talk, order, reading))
