"""Messages that order something, or choose among the products shown."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from console.agent.brain import CallOutcome
from console.agent.offline import buying, finding, tasks
from console.agent.offline.adding import Addition, read_addition
from console.agent.offline.asking import QUERIES, topics_of
from console.agent.offline.buying import Purchase
from console.agent.offline.ends import Account
from console.agent.offline.lexicon import kinds, refusals
from console.agent.offline.orders import Order, Reading
from console.agent.offline.parts import MSI
from console.agent.offline.questions import stated
from console.agent.offline.talk import Flow, Reply, Step, Talk, Task
from console.agent.offline.things import Offer
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
            task.to = Account("", before.account_id, before.name_said)
    if len(todo) > 1:
        todo[0].unread = ", ".join(task.unread for task in todo if task.unread)
    if mood or not all(order.is_asked_for for order in orders):
        return doubted(talk, reading, todo[0])
    return _begun(talk, reading, todo)


def _is_rather_asked(reading: Reading, orders: list[Order]) -> bool:
    """Tell whether what looks like an order is none: it asks, or says too little to be one."""
    asked = [order for order in orders if order.is_asked_for]
    is_bare = not any(o.amount and o.amount.doubt != "unstated" for o in orders)
    is_told = is_bare and not any(o.recipient for o in orders) and reading.mood in _TELLING
    sent = all(order.act == "send" for order in orders)
    is_of_nothing = not any(o.amount or o.recipient or o.description for o in orders)
    return (
        (not asked and reading.asks)
        or (sent and is_of_nothing and (reading.has("benefit") or _asks(reading, _SURELY / 2)))
        or (is_bare and not (asked and any(o.amount for o in orders)) and _asks(reading, _SURELY))
        or (not asked and is_told and _asks(reading))
        or all(o.act == "give" and not (o.amount and o.recipient) for o in orders)
    )


def _asks(reading: Reading, least: float = 0) -> bool:
    return any(t.intent in QUERIES and t.score >= least for t in topics_of(reading)[:1])


def _is_amendment(talk: Talk, order: Order) -> bool:
    """Tell whether an order says only how the open one is to be: "ponle de concepto cena"."""
    is_open = isinstance(talk.memory.task, Transfer)
    is_whole = order.amount is not None and order.destination is not None
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
    """Begin with what is ordered; what waits already stays before it, unless it is corrected."""
    is_instead = reading.first_kind in {"correcting", "negation"} or reading.has("instead")
    waiting = talk.memory.waiting
    if waiting is not None and not is_instead and not any(task is waiting for task in todo):
        yield from tasks.queue(talk, todo)
        return
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
    return sorted(
        todo, key=lambda task: not (isinstance(task, Transfer) and (task.doubt or task.recipient))
    )


# --- products ---

_MAX_SHORT: Final = 12


def purchase(talk: Talk, reading: Reading) -> Purchase:
    """Return the purchase spoken of, with what the message says of it."""
    memory = talk.memory
    task = _open(talk) or Purchase(quantity=memory.quantity)
    if months := _months_alone(talk, reading):
        task.benefit = f"{MSI}-{months}"
    elif count := _count_alone(reading):
        if "product" not in memory.asked.wanted or reading.number_alone is None:
            task.quantity, task.is_count_unclear = count, False
    else:
        task.put_terms(reading)
    found = _meant(talk, reading)
    if found:
        task.offer, task.wish = found[0] if len(found) == 1 else None, None
        if task.offer is None:
            memory.offers, memory.rest = found, []
    elif finding.things_in(reading):
        task.offer, task.wish = None, finding.read_wish(reading)
    elif task.offer is None:
        task.offer = memory.in_focus
    unread = reading.of(*kinds("not_buying"))
    task.unread = reading.quoted(p for p in unread if not finding.is_of_thing(reading, p))
    return task


def _open(talk: Talk) -> Purchase | None:
    return talk.memory.task if isinstance(talk.memory.task, Purchase) else None


def _meant(talk: Talk, reading: Reading) -> list[Offer] | None:
    """Return those shown that may be meant, also by the number alone that was asked for."""
    found, number, shown = finding.offers_meant(talk, reading), reading.number_alone, talk.memory
    is_number = number is not None and number > 0 and "product" in shown.asked.wanted
    return shown.offers[number - 1 : number] if number and is_number and not found else found


def _months_alone(talk: Talk, reading: Reading) -> int:
    """Return in how many months a number alone says to pay, where that was asked."""
    number = reading.number_alone or 0
    return number if "benefit" in talk.memory.asked.wanted and number > 1 else 0


def _count_alone(reading: Reading) -> int:
    """Return how many pieces a message says, and nothing else; "uno" is one."""
    quantity = finding.read_wish(reading).quantity
    if quantity is not None and len(reading.beside(*kinds("filling"), "piece")) == 1:
        return quantity
    found = (reading.words.numbers.get(t.word) for t in reading.tokens if t.is_word)
    numbers = {number and number.value for number in found}
    little = ("courtesy", "terse", "plain", "correcting")
    is_one = numbers == {1} or any(reading.covers(one, *little) for one in ("again", "terse"))
    return int(is_one and 1 in numbers)


def chosen(talk: Talk, reading: Reading) -> Reply | None:
    """Buy, or tell of, the one of those shown that a message names, on the terms that it says."""
    memory, terms = talk.memory, finding.read_wish(reading)
    is_new = finding.names_a_thing(reading) and reading.matches("indefinite")
    if reading.mood or is_new or reading.has("person"):
        return None
    is_taking = not reading.is_question and reading.has("take", "will", "want_thing")
    is_bare = is_taking and reading.covers("take", "courtesy", "yes", "now", "here")
    things, found = finding.things_in(reading), _meant(talk, reading)
    if not memory.offers:
        is_unknown = reading.has("benefit") and reading.is_question
        is_unknown = is_unknown and not (reading.orders or things)
        is_asked = is_unknown or (is_bare and memory.topic == "search")
        return talk.ask("ask_none_shown", "product") if is_asked else None
    focus, count = memory.in_focus, reading.number_alone or 0
    if focus is not None and reading.has("asking") and 0 < count <= finding.MAX_QUANTITY:
        return buying.compare(talk, [focus], "", count)
    is_long = len(reading.tokens) > _MAX_SHORT or reading.has("want_thing", "take")
    is_long = is_long or any(o.says_anything or o.act == "buy" for o in reading.orders)
    if found is None or (is_long and not is_taking):
        return None
    if is_taking:
        is_pointing = reading.has("here", "ordinal", "cheapest", "dearest", "benefit")
        is_counted = terms.quantity is not None or terms.is_count_unclear
        is_said = found or (not things and (is_pointing or is_bare or is_counted))
        return tasks.go_on(talk, purchase(talk, reading)) if is_said else None
    return _bought(talk, reading, found) or _compared(talk, reading, found)


def _bought(talk: Talk, reading: Reading, meant: list[Offer]) -> Reply | None:
    """Buy what a short message names, where one is being bought or it says how to."""
    task, terms = _open(talk), finding.read_wish(reading)
    focus = (task.offer if task is not None else None) or talk.memory.in_focus
    is_one = len(meant) == 1 or focus is not None
    is_alone = _months_alone(talk, reading) or (task is not None and _count_alone(reading))
    is_term = terms.benefit or (task is not None and terms.quantity is not None)
    is_paid = reading.has("account") and (bool(meant) or task is not None)
    is_less = task is not None and 0 < len(meant) < len(talk.memory.offers)
    is_told = not reading.is_question and reading.first_kind != "and"
    is_bought = is_one and (is_alone or (is_told and (is_term or is_paid)))
    is_bought = is_bought or (is_told and is_less)
    return tasks.go_on(talk, purchase(talk, reading)) if is_bought else None


def _compared(talk: Talk, reading: Reading, meant: list[Offer]) -> Reply | None:
    """Tell what the benefits of what a short message names come to."""
    memory, terms = talk.memory, finding.read_wish(reading)
    one = meant if len(meant) == 1 else [memory.in_focus] if memory.in_focus else memory.offers
    is_named = len(meant) == 1 or terms.benefit
    return buying.compare(talk, one, terms.benefit, terms.quantity) if is_named else None
