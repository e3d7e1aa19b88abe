"""Messages that order something, or go on with an order: an answer, an amendment, one more."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from console.agent.offline import finding, tasks
from console.agent.offline.asking import topics_of
from console.agent.offline.buying import Purchase, purchases
from console.agent.offline.lexicon import REFUSED, kinds
from console.agent.offline.orders import Order, Reading, sent_in
from console.agent.offline.talk import Flow, Reply, Talk, Task
from console.agent.offline.transferring import Addition, Transfer, read_addition
from shared.text import fold

_SURELY: Final = 1.6
_MAX_SHORT: Final = 10
_COMMAND: Final = 4
"""How sure what a message is about is where it says nothing else."""
_CHANGING: Final = ("correcting", "let_that", "set_amount")


def ordered(talk: Talk, reading: Reading) -> Reply | None:
    """Do what a message orders; ask about what is owed, or said without a verb."""
    orders = reading.orders or _owed(talk, reading)
    if not orders or _is_rather_asked(reading, orders):
        return None
    mood = reading.mood
    is_bought = mood == "day" and all(order.act == "buy" for order in orders)
    if mood in {"negation", "cancel"} and talk.memory.open:
        return tasks.drop(talk, talk.memory.open)
    if mood in REFUSED and mood != "condition" and not is_bought:
        return talk.say(REFUSED[mood])
    wanted = (order for order in orders if order.act != "buy" or order.is_asked_for)
    todo = [task for order in wanted for task in _tasks(talk, reading, order)]
    if not todo or any(_is_amendment(talk, reading, order) for order in reading.orders):
        return None
    for before, task in pairwise(todo):
        if isinstance(before, Addition) and isinstance(task, Transfer) and not task.has_recipient:
            task.given["to_account"], task.after = before.given.get("account_id", ""), before
            task.called = before.given.get("name", "")
    todo[0].unread = ", ".join(task.unread for task in todo if task.unread)
    if mood or not all(order.is_asked_for for order in orders):
        first, is_answer = todo[0], isinstance(talk.memory.task, Transfer) and not reading.orders
        first.is_sure = is_answer and bool(talk.memory.asked.wanted) and not mood
    return _begun(talk, reading, todo)


def _is_rather_asked(reading: Reading, orders: list[Order]) -> bool:
    """Tell whether what looks like an order is none: it asks more than it says to be one."""
    is_asked_for = any(order.is_asked_for for order in orders)
    is_told_of = all(order.act == "give" and not order.is_whole for order in orders)
    if is_told_of or (not is_asked_for and reading.asks):
        return True
    amounts = [order.said["amount"] for order in orders if "amount" in order.said]
    if any(is_asked_for or amount.doubt != "unstated" for amount in amounts):
        return False
    is_told = reading.mood == "others" or any(o.recipient or o.act != "send" for o in orders)
    least = _SURELY if is_told else _SURELY / 2 if is_asked_for else 0
    return any(t.intent in kinds("queries") and t.score >= least for t in topics_of(reading)[:1])


def _owed(talk: Talk, reading: Reading) -> list[Order]:
    """Return what is said to be owed, or is whole without a verb: "200 a mi hermano"."""
    orders, is_duty = _told(reading), reading.has("duty") and talk.memory.waiting is None
    is_whole = all(order.is_whole and not order.unread for order in orders)
    is_said = (is_duty or is_whole) and all(_is_said(talk, order) for order in orders)
    to = [order.said["to"] for order in orders if is_whole]
    is_other = reading.has("want_thing") or reading.is_question or reading.ends_in_no
    is_other |= finding.names_a_thing(replace(reading, parts=to))
    if is_other or not is_said or reading.mood not in {"", "duty"}:
        return []
    return [replace(order, unread=[]) for order in orders]


def _tasks(talk: Talk, reading: Reading, order: Order) -> list[Task]:
    """Return what an order asks for: a purchase for each thing that it joins, else one task.

    A thing that is sent or added, to nobody, may be one to buy: "pásame dos licuadoras".
    """
    said = replace(reading, parts=order.parts)
    is_of_thing = any(reading.word(p.first) in reading.words.things for p in said.of("unread"))
    if order.act != "buy" and (not is_of_thing or said.has("person", "name", "account")):
        is_sent = order.act in {"send", "give"}
        return [Transfer().fill(talk, order, reading) if is_sent else read_addition(said)]
    said = said if reading.orders[1:] else reading
    each, bought = finding.each_thing(said), purchases(talk, said)
    words = [word for one in each[1:] and each for word in finding.things_in(one)]
    strange = [word for word in words if not (fold(word) in talk.words.sold or word.isdigit())]
    bought[0].unread = ", ".join(filter(None, [bought[0].unread, *strange]))
    bought[0].is_sure = order.act == "buy"
    return [*bought]


def _begun(talk: Talk, reading: Reading, todo: list[Task]) -> Flow:
    """Begin with what is ordered; what waits already stays before it, unless it is corrected.

    The same order said once more is the one that waits. Before all is known, nothing is shown.
    """
    kinds_of, waiting = [part.kind for part in reading.beside("stop")], talk.memory.waiting
    is_instead = not {*kinds("instead"), "cancel"}.isdisjoint(kinds_of[:1] + kinds_of[-1:])
    if waiting is not None and not is_instead and waiting not in todo:
        said = [(task.called, task.told(talk).get("cost")) for task in (waiting, *todo)]
        is_same = said[1:] == said[:1] and not reading.has("again")
        is_picked = isinstance(waiting, Purchase) and getattr(todo[0], "offer", None) is not None
        first = [waiting] if is_same else todo if is_picked else []
        yield from tasks.go_on(talk, *first) if first else tasks.queue(talk, todo)
        return
    sent = [task for task in todo if isinstance(task, Transfer) and task.recipient]
    if todo[1:] and sent:
        wanted = (("resolveAlias", {"alias": task.recipient}) for task in sent)
        for task, resolved in zip(sent, (yield from talk.look_all(*wanted)), strict=True):
            task.settle_person(resolved)
    unclear = [t for t in todo if isinstance(t, Transfer) and (t.doubt or t.recipient)]
    if waiting is not None:
        talk.memory.state, waiting.was_shown = "building", False
    yield from tasks.go_on(talk, *sorted(todo, key=lambda task: task not in unclear))


# --- what goes on with an order ---


def amended(talk: Talk, reading: Reading) -> Reply | None:
    """Put what a message says into what is open or was left, or do the like for another."""
    task, is_asked = talk.memory.task, bool(talk.memory.asked.wanted)
    if reading.is_question:
        return None
    if task is not None and is_asked and _chosen_of_list(talk, reading):
        return tasks.go_on(talk, task)
    order, *more = _told(reading)
    is_whole = order.is_whole and not order.unread
    if isinstance(task, Addition) and not is_whole and _fills_addition(talk, reading, task):
        return tasks.go_on(talk, task)
    is_short = len(reading.tokens) <= _MAX_SHORT and not (reading.asks or reading.has("verb"))
    asked_about = {"unread"} if is_short and talk.memory.waiting is not None else set()
    rest = {p.kind for p in order.unread} - asked_about
    order.unread = [part for part in order.unread if part.kind == "unread"]
    if told := _told_anew(talk, reading, [order, *more]):
        others = (one for one in told if one not in talk.memory.open)
        return tasks.go_on(talk, talk.memory.open[0], *others)
    if more or any(_is_of_no_transfer(one) for one in reading.orders):
        return None
    return _repeated(talk, reading, order, rest) or _changed(talk, reading, order, rest)


def _told_anew(talk: Talk, reading: Reading, said: Sequence[Order]) -> list[Transfer]:
    """Put in how much open transfers are to be now, and others: "70 a ella y 50 a Sofi"."""
    is_more = reading.has("also", "again", "same_order") or reading.first_kind == "and"
    is_more |= any(reading.match(verb.first, "set_amount") is None for verb in reading.of("verb"))
    is_told = all(order.is_whole and not order.unread for order in said)
    is_told = is_told and bool(talk.memory.open[1:] or said[1:] or reading.has("verb"))
    if is_more or not is_told or reading.mood or reading.ends_in_no:
        return []
    meant = [tasks.meant(talk, replace(reading, parts=[order.said["to"]])) for order in said]
    told = [one for known in meant for one in known or [Transfer()] if isinstance(one, Transfer)]
    if not any(meant) or not len({*told}) == len(told) == len(said):
        return []
    for order, known in zip(said, meant, strict=True):
        order.said = {k: one for k, one in order.said.items() if not (known and k == "to")}
    return [one.fill(talk, order, reading) for one, order in zip(told, said, strict=True)]


def _is_of_no_transfer(order: Order) -> bool:
    """Tell whether its verb buys, or adds somebody: "agrega a Rosa", not "agrega el concepto"."""
    is_added = any(part.kind in {"person", "name", "account"} for part in order.parts)
    return order.act == "buy" or (order.act == "add" and is_added)


def _chosen_of_list(talk: Talk, reading: Reading) -> bool:
    """Take one of those that the question listed, by its number or its words."""
    choices, number = talk.memory.asked.choices, reading.number_alone
    listed = [take for words, take in choices if words]
    said = {token.word for token in reading.tokens if token.kind == "word"}
    said |= {part.value for part in reading.of("account")}
    fitting = [take for words, take in choices if words & said]
    strange = (range(p.first, p.last) for p in reading.of("unread", "adjust", "hedge"))
    called = frozenset[str]().union(*(words for words, _ in choices))
    is_strange = any(called.isdisjoint(map(reading.word, places)) for places in strange)
    if reading.afterthought or reading.denied or reading.ends_in_no or is_strange:
        return False
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
    read = read_addition(reading, *asked[:1])
    said, marked = read.given, [n for n in ("name", "alias", "account") if reading.has(f"{n}_is")]
    is_told = bool(marked) or (not asked and first in {"negation", "correcting", "no"})
    is_joined = reading.word(reading.parts[0].last) not in ",.;:"
    is_denied = bool(reading.mood) or (asked and reading.denies(reading.parts[0]) and is_joined)
    is_other = any(topic.score >= _COMMAND for topic in topics_of(reading)[:1])
    is_other |= reading.has("question", "verb") or (reading.has("amount") and not asked)
    if is_denied or reading.ends_in_no or is_other or not (asked or is_told):
        return False
    told, name = {*asked, *marked}, said.get("name", "")
    is_name = "name" in told or (name.istitle() and " " in name)
    beside = [] if is_name else [said.pop("name", "")]
    beside += [said.pop("alias", "")] if "alias" in task.given.keys() - told else []
    if not said.keys() - {"relationship"}:
        return False
    task.given |= said
    task.unread = ", ".join(filter(None, [read.unread, *beside]))
    return True


def _changed(talk: Talk, reading: Reading, order: Order, rest: set[str]) -> Reply | None:
    """Put what a message says into a transfer, where the rest of it is none that may stop that."""
    memory, task = talk.memory, talk.memory.task
    is_other = not all(_is_amendment(talk, reading, one) for one in reading.orders)
    is_other = is_other and not {*memory.asked.wanted} - {"confirmation"}
    out = reading.denied or [p for p, no in pairwise(reading.parts[:2]) if reading.denies(no)]
    denied = tasks.meant(talk, replace(reading, parts=out))
    pointed = (denied or tasks.meant(talk, reading)) if memory.open[1:] else []
    one, number = pointed[0] if pointed else None, reading.number_alone
    is_unclear = memory.waiting and memory.open[1:] and not (one or reading.has(*_CHANGING))
    is_shopping = memory.topic in {"search", "compare"}
    count = len(memory.open if memory.topic == "tasks" else memory.offers if is_shopping else ())
    is_of_list = number is not None and (is_unclear or number <= count)
    is_of_other = pointed[1:] or not isinstance(one, Transfer | None)
    if not isinstance(task, Transfer) or is_other or is_of_list or is_of_other:
        return None
    is_told, pointing = bool(denied) or reading.has("ordinal"), {"reason"}
    cost = one.told(talk).get("cost") if one else None
    if isinstance(one, Transfer) and rest <= {"ordinal", "here"}:
        task, pointing = one, pointing if is_told else {"reason", "to"}
        pointing |= {name for name, part in order.said.items() if part.value == cost}
        order.said = {k: part for k, part in order.said.items() if k not in pointing}
        if not (order.said or order.unread or reading.has("verb")):
            return tasks.go_on(talk, task)
    elif rest == {"adjust"} and memory.state != "left":
        task.given["amount"], task.doubt, task.doubted = "", "unstated", ""
        return tasks.go_on(talk, task)
    elif rest:
        return None
    amount, to = order.said.get("amount"), order.said.get("to")
    if to is not None and reading.first_kind == "and" and task.has_recipient:
        order.said["to"] = replace(to, doubt="people")
    if amount is not None and amount.is_sure and amount.value < 1:
        order.said["amount"] = replace(amount, doubt="unstated")
    is_surely = reading.first_kind in {"correcting", "negation", "no", "was"}
    is_surely = (memory.asked.wanted or is_surely) and not reading.match(0, "set_amount")
    is_of_whom = to is not None and reading.match(to.first, "for_person") and task.has_recipient
    is_another = order.is_whole and memory.waiting is task
    if ((is_of_whom or is_another) and not is_surely) or not _is_amending(talk, reading, order):
        return None
    task.fill(talk, order, reading)
    return tasks.go_on(talk, task) if task is memory.task else tasks.queue(talk, [task])


def _is_amendment(talk: Talk, reading: Reading, order: Order) -> bool:
    """Tell whether an order says only how the open one is to be: "ponle de concepto cena"."""
    if isinstance(talk.memory.task, Purchase):
        return order.is_of_payer
    is_open = isinstance(talk.memory.task, Transfer) and order.act != "give" and not order.is_whole
    verbs, ends = [p for p in order.parts if p.kind == "verb"], tuple(talk.words.of("it"))
    is_same = any(reading.word(verb.first).endswith(ends) for verb in verbs)
    is_same |= any(reading.match(verb.last, "here") is not None for verb in verbs)
    return is_open and not _is_of_no_transfer(order) and (is_same or not order.recipient)


def _is_amending(talk: Talk, reading: Reading, order: Order) -> bool:
    """Tell whether parts are said of a task: of what was left or put aside, only what tells so.

    What somebody else did is not: "mi hermano me transfirió"; nor what is taken back, "200 no", or
    a reason right after a no, "nel pastel".
    """
    reason = order.said.get("reason")
    is_bare = reason is not None and reading.quote(reason.first, reason.last) == reason.value
    forms = {part.value.form for part in reading.of("verb")}
    is_aside = talk.memory.topic in {"search", "compare"} and not talk.memory.asked.wanted
    is_open = talk.memory.state != "left" and not is_aside
    is_told = reading.has(*_CHANGING, "verb") or reading.first_kind in {"negation", "no"}
    is_meant = is_told or is_open or order.said.keys() <= {"to", "from"}
    is_meant = reading.has("verb") or "to" in order.said if is_aside else is_meant
    is_denied = reading.ends_in_no or (is_bare and reading.denies(reading.parts[0]))
    is_wished = order.said.keys() <= {"reason"} and reading.has("will", "want_thing")
    is_taken_back = is_denied or is_wished or forms & {"past", "other", "subjunctive"}
    return _is_said(talk, order) and is_meant and not is_taken_back


def _told(reading: Reading) -> list[Order]:
    """Return what the parts of a message say of transfers, whether or not they have a verb."""
    parts = reading.parts[reading.begins_otherwise :]
    orders = list(sent_in(Order("send", parts), reading, is_expected=True))
    for order in orders:
        order.unread = [p for p in order.unread if p.kind not in kinds("filling", "joints")]
    orders[-1].unread += reading.afterthought
    return orders


def _is_said(talk: Talk, order: Order) -> bool:
    """Tell whether an order says anything, and of one person who is known."""
    is_of_nobody = bool(order.pronoun) and talk.memory.last_person is None
    is_of_one = "to" not in order.said or not order.said["to"].doubt
    return bool(order.said) and is_of_one and not is_of_nobody


def _repeated(talk: Talk, reading: Reading, order: Order, rest: set[str]) -> Reply | None:
    """Do for another what was asked for: "lo mismo a Sofi", "y a mi hermano también", "y 50 a él".

    What waits for a yes stays first; this is done after it.
    """
    memory = talk.memory
    model = memory.task if isinstance(memory.task, Transfer) else memory.done
    first = [p.kind for p in reading.beside("asking", "courtesy", "stop", "now", "yes")][:1]
    is_like = reading.has("same_order", "also", "again") or first == ["and"]
    is_like |= reading.match(0, "also") is not None
    is_like |= reading.first_kind == "yes" and "amount" in order.said
    is_other = not rest <= {"same_order", "also", "adjust"} or reading.ends_in_no
    if not isinstance(model, Transfer) or not is_like or is_other:
        return None
    if not order.said and reading.has("same_order") and memory.waiting is None:
        like = replace(model, given=model.given.copy(), is_sure=reading.has("verb"))
        return tasks.go_on(talk, like)
    is_new = "amount" in order.said
    is_of_another = "to" in order.said or (is_new and reading.has("again"))
    if not is_of_another or not _is_said(talk, order) or not (is_new or model.amount):
        return None
    like = Transfer(given={} if is_new else {"amount": model.given["amount"]})
    task = like.fill(talk, order, reading)
    is_after = memory.waiting is model and not task.unread
    return tasks.queue(talk, [task]) if is_after else tasks.go_on(talk, task)
