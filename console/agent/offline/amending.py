"""Messages that go on with an order: answers to a question, amendments, the same for another."""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

from console.agent.offline import tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.ends import Part
from console.agent.offline.lexicon import kinds
from console.agent.offline.ordering import answered_purchase
from console.agent.offline.orders import Order, Reading, sent_in
from console.agent.offline.parts import verb_form
from console.agent.offline.talk import Reply, Talk
from console.agent.offline.transferring import Transfer

_MAX_SHORT: Final = 10
_SLOTS: Final = ("amount", "person", "account", "reason", "same", "name")


def answered(talk: Talk, reading: Reading) -> Reply | None:
    """Take the answer to what was asked, where the whole message is one."""
    task = talk.memory.task
    if task is None or not talk.memory.asked.wanted or reading.is_question:
        return None
    if chosen_of_list(talk, reading):
        return tasks.go_on(talk, task)
    if isinstance(task, Transfer):
        return _amended_transfer(talk, reading, task)
    if isinstance(task, Addition):
        return _answered_addition(talk, reading, task)
    return answered_purchase(talk, reading)


def chosen_of_list(talk: Talk, reading: Reading) -> bool:
    """Take one of those that the question listed, by its number or its words."""
    choices, number = talk.memory.asked.choices, reading.number_alone
    task, people = talk.memory.task, talk.memory.people
    if isinstance(task, Transfer) and not (choices or task.has_recipient):
        choices = [(person.words, partial(task.choose, person)) for person in people]
    is_list = len(choices) > 1 or (choices and choices[0][0])
    if is_list and number is not None and 0 < number <= len(choices):
        choices[number - 1][1]()
        return True
    said = {token.word for token in reading.tokens if token.is_word}
    said |= {part.value.type for part in reading.of("account")}
    fitting = [take for words, take in choices if words & said]
    if len(fitting) != 1 or reading.mood or reading.has("amount"):
        return False
    fitting[0]()
    return True


def _answered_addition(talk: Talk, reading: Reading, task: Addition) -> Reply | None:
    said, asked = read_addition(reading), talk.memory.asked.wanted
    if said.unread or reading.has("question", "verb"):
        return None
    if "name" in asked and task.alias and said.name_said and not said.account_id:
        task.name_said = said.name_said
    elif "alias" in asked and (said.alias or said.name_said):
        task.alias = said.alias or said.name_said
    elif "account" in asked and (number := [t.said for t in reading.tokens if t.is_number]):
        task.account_id = said.account_id or "".join(number)
    elif not task.fill(said):
        return None
    return tasks.go_on(talk, task)


def amended(talk: Talk, reading: Reading) -> Reply | None:
    """Change what is open, or what was left or refused a moment ago."""
    task = talk.memory.task
    if reading.is_question:
        return None
    if isinstance(task, Transfer):
        return _amended_transfer(talk, reading, task)
    return _amended_addition(talk, reading, task) if isinstance(task, Addition) else None


def _amended_transfer(talk: Talk, reading: Reading, task: Transfer) -> Reply | None:
    """Put what a message says besides courtesies into a transfer; nothing may be unread."""
    reading = _without_denied(reading)
    slots, rest = reading.of(*_SLOTS), reading.beside(*kinds("filling"), *_SLOTS, "to")
    one = tasks.meant(talk, reading) if talk.memory.open[1:] else None
    is_pointing = not [part for part in rest if part.kind not in {"ordinal", "here"}]
    if isinstance(one, Transfer) and is_pointing and (one is not task or reading.has("ordinal")):
        return _amended_one(talk, reading, one)
    is_no = bool(rest) and rest[0] is reading.parts[0] and rest[0].kind in {"negation", "cancel"}
    if is_no and (reading.has("correcting") or reading.parts[1:2] == reading.of("stop")[:1]):
        rest = rest[1:]
    is_worded = any(part.kind != "adjust" for part in rest)
    if rest and talk.memory.state != "left" and not is_worded and (slots or len(rest) == 1):
        task.amount, task.doubt, task.doubted = None, "unstated", ""
        return tasks.go_on(talk, task)
    is_none = rest or not slots or _tells(reading) or reading.ends_in_no
    if is_none or not _is_amending(talk, reading, slots):
        return None
    order = _order_of(reading, slots, talk.memory.asked.wanted)
    if order is None or (order.recipient and order.amount and _is_another(reading)):
        return None
    if order.pronoun and talk.memory.last_person is None:
        return None
    return tasks.go_on(talk, task.fill(talk, order, reading))


def _without_denied(reading: Reading) -> Reading:
    """Leave out what is denied and said otherwise: "no de cheques, de ahorro"."""
    parts = reading.parts
    for place, (first, second) in enumerate(pairwise(parts)):
        slot, denial = (second, first) if reading.denies(first) else (first, second)
        others = [part.kind for part in parts[place + 2 :]]
        if reading.denies(denial) and slot.kind in _SLOTS and slot.kind in others:
            return replace(reading, parts=parts[:place] + parts[place + 2 :])
    return reading


def _amended_one(talk: Talk, reading: Reading, task: Transfer) -> Reply | None:
    """Change the open order that a message points to; with nothing to change, take it first."""
    order = _order_of(reading, reading.of("amount", "account"))
    if order is None:
        return None
    if not order.says_anything:
        return tasks.put_first(talk, task, is_only=reading.matches("only"))
    task.fill(talk, order, reading)
    return tasks.go_on(talk, task) if task is talk.memory.task else tasks.queue(talk, [task])


def half_amended(talk: Talk, reading: Reading) -> Reply | None:
    """Ask whether what waits is to be changed, where a message says so with words unread."""
    task, slots = talk.memory.waiting, reading.of(*_SLOTS)
    is_short = len(reading.tokens) <= _MAX_SHORT and not (reading.asks or reading.has("verb"))
    order = _order_of(reading, slots) if slots and is_short and reading.has("unread") else None
    if not isinstance(task, Transfer) or order is None:
        return None
    if order.recipient and order.amount:
        if not reading.has("and", "also", "again"):
            return None
        task = Transfer()
    task.fill(talk, order, reading).unread = reading.quoted(reading.of("unread"))
    return tasks.go_on(talk, task)


def _order_of(reading: Reading, slots: list[Part], asked: tuple[str, ...] = ()) -> Order | None:
    """Return what parts without an order's verb say of a transfer, None where one says nothing."""
    order = Order("send", reading.parts)
    for part in slots:
        is_answer = "recipient" not in asked or part.kind != "account"
        if part.kind == "account" and not is_answer and part.way == "":
            order.destination = part.value
            continue
        order.take(part, is_correcting=False, is_led=True, is_answer=is_answer)
    return None if order.unread or order.is_for_several else order


def _tells(reading: Reading) -> bool:
    """Tell whether a verb tells of something: "mi hermano me transfirió"."""
    forms = {verb_form(part).form for part in reading.of("verb")}
    return bool(forms & {"past", "other", "subjunctive"})


def _is_another(reading: Reading) -> bool:
    """Tell whether a message asks for something besides: "y 100 a mi hermano"."""
    return reading.first_kind in {"and", "again", "yes"} or reading.has("also")


def _is_amending(talk: Talk, reading: Reading, slots: list[Part]) -> bool:
    """Tell whether parts are said of a task: of what was left or put aside, only what tells so."""
    is_told = reading.has("correcting", "let_that", "set_amount", "verb")
    is_aside = talk.memory.topic == "search" and not talk.memory.asked.wanted
    is_open = talk.memory.state != "left" and not is_aside
    is_told = is_told or reading.first_kind in {"negation", "no"}
    return is_told or is_open or all(p.kind in {"account", "person", "same"} for p in slots)


def _amended_addition(talk: Talk, reading: Reading, task: Addition) -> Reply | None:
    if reading.has("question", "amount", "verb"):
        return None
    said = read_addition(reading)
    marks = ("name_is", "account_is", "alias_is", "negation", "correcting", "no")
    is_marked = reading.has(*marks[:3]) or reading.first_kind in marks[3:]
    is_named = said.name_said.istitle() and " " in said.name_said
    if (said.unread and reading.first_kind != "negation") or not is_marked:
        return None
    if not (said.account_id or said.alias or is_named):
        return None
    said.unread = ""
    task.fill(said)
    return tasks.go_on(talk, task)


def repeated(talk: Talk, reading: Reading) -> Reply | None:
    """Do for another what was asked for: "lo mismo a Sofi", "y a mi hermano también", "y 50 a él".

    What waits for a yes stays first; this is done after it.
    """
    memory = talk.memory
    model = memory.task if isinstance(memory.task, Transfer) else memory.done
    people, amounts = reading.of("person", "same"), reading.of("amount")
    known = ("person", "same", "amount", "same_order", "also", "reason", "account")
    rest = reading.beside(*kinds("filling"), *known)
    is_like = reading.has("same_order", "also", "again") or reading.first_kind in {"and", "yes"}
    is_again = reading.has("same_order") and not (people or amounts or reading.of(*_SLOTS))
    if is_again and not rest and memory.waiting is None and isinstance(memory.done, Transfer):
        return tasks.sure(talk, replace(memory.done))
    if not is_like or [p for p in rest if p.kind != "adjust"] or reading.is_question:
        return None
    if len(people) > 1 or len(amounts) > 1 or not (people or (amounts and reading.has("again"))):
        return None
    if not isinstance(model, Transfer) or (model.amount is None and not amounts):
        return None
    order = _order_of(reading, reading.of(*_SLOTS))
    if order is None or (order.pronoun and memory.last_person is None):
        return None
    task = Transfer(amount=None if amounts else model.amount).fill(talk, order, reading)
    is_open = memory.waiting is model
    return tasks.queue(talk, [task]) if is_open else tasks.go_on(talk, task)


def owed(talk: Talk, reading: Reading) -> Reply | None:
    """Ask about what is owed, or said without a verb: "200 a mi hermano"."""
    amounts, people = reading.of("amount"), reading.of("person", "name")
    is_duty = reading.has("duty") and talk.memory.waiting is None
    if reading.is_question or not (people or is_duty) or not (amounts or is_duty):
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
    order = Order("send", reading.parts)
    order.amount = amounts[0].value if len(amounts) == 1 else None
    order.recipient = people[0].value if len(people) == 1 else ""
    order.description = next((part.value for part in reading.of("reason")), "")
    task = Transfer().fill(talk, order, reading)
    if not task.recipient:
        return talk.ask("ask_duty", "recipient", "amount", task=task)
    return tasks.sure(talk, task)
