"""Messages about the products shown: which one is meant, how many, how to pay, and buying it."""

from typing import Final

from console.agent.offline import comparing, finding, tasks
from console.agent.offline.buying import Purchase
from console.agent.offline.orders import FILLING, Reading
from console.agent.offline.parts import MSI
from console.agent.offline.shopping import (
    MAX_QUANTITY,
    is_of_thing,
    names_a_thing,
    read_terms,
    read_wish,
    things_in,
)
from console.agent.offline.talk import Flow, Talk
from console.agent.offline.things import Offer

_NOT_BUYING: Final = (
    *("negation", "cancel", "later", "condition", "joke", "duty", "others", "past_mark"),
    *("injected", "quote", "quoting", "person", "question", "day", "others_account", "regards"),
)
_MAX_SHORT: Final = 12


def purchase(talk: Talk, reading: Reading) -> Purchase:
    """Return the purchase spoken of, with what the message says of it."""
    memory = talk.memory
    is_open = isinstance(memory.task, Purchase) and memory.is_live
    task = memory.task if is_open else None
    task = task if isinstance(task, Purchase) else Purchase(quantity=memory.quantity)
    task.put_terms(reading)
    found = finding.offers_meant(talk, reading)
    if found.offers and not found.unread:
        task.offer, task.wish = found.offers[0] if len(found.offers) == 1 else None, None
        if task.offer is None:
            memory.offers, memory.rest = found.offers, []
    elif things_in(reading):
        task.offer, task.wish = None, read_wish(reading)
    elif task.offer is None:
        task.offer = memory.in_focus
    unread = [part for part in reading.of(*_NOT_BUYING) if not is_of_thing(reading, part)]
    task.unread = reading.quoted(unread)
    return task


def buy_one_of(talk: Talk, task: Purchase, meant: list[Offer]) -> Flow:
    """Go on with the one product that is meant, or ask which."""
    if len(meant) == 1:
        task.offer = meant[0]
        return tasks.go_on(talk, task)
    return _ask_which(talk, task, meant)


def _ask_which(talk: Talk, task: Purchase, meant: list[Offer]) -> Flow:
    talk.memory.task, talk.memory.is_live, task.offer = task, True, None
    yield finding.ask_which(talk, meant)


def _is_new_search(reading: Reading) -> bool:
    """Tell "quiero una tele" from "quiero la tele"."""
    return names_a_thing(reading) and reading.matches("indefinite")


def answered_purchase(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Take the answer to a question about a purchase."""
    memory, task = talk.memory, talk.memory.task
    if not isinstance(task, Purchase):
        return None
    number = reading.number_alone
    if _takes_term(task, reading, asked):
        return tasks.go_on(talk, task)
    if "product" not in asked or _is_new_search(reading):
        return None
    found = finding.offers_meant(talk, reading)
    if not found.offers and number is not None and 0 < number <= len(memory.offers):
        found = finding.OffersMeant([memory.offers[number - 1]])
    if not found.offers or found.unread:
        return None
    task.put_terms(reading)
    return buy_one_of(talk, task, found.offers)


def _takes_term(task: Purchase, reading: Reading, asked: tuple[str, ...]) -> bool:
    """Put in how many, in how many months or from which account, where that was asked for."""
    number, accounts = reading.number_alone, reading.of("account")
    if task.offer is not None and "quantity" in asked and (count := _count_alone(reading)):
        task.quantity, task.is_count_unclear = count, False
    elif "benefit" in asked and number is not None and number > 1:
        task.benefit = f"{MSI}-{number}"
    elif "account" in asked and accounts and not reading.has("amount"):
        task.payer = accounts[0].value
    else:
        return False
    return True


def _count_alone(reading: Reading) -> int | None:
    """Return how many pieces a message says, and nothing else; "uno" is one."""
    terms, rest = read_terms(reading), reading.beside(*FILLING, "piece")
    if terms.quantity is not None and len(rest) == 1:
        return terms.quantity
    numbers = [reading.words.number(t.word) for t in reading.tokens if t.is_word]
    is_one = reading.covers("again", "courtesy", "terse", "plain") or set(numbers) == {1}
    return (
        1
        if 1 in numbers and (is_one or reading.covers("terse", "courtesy", "correcting"))
        else None
    )


def taken(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Buy the one of those shown that the person says to take, or so many of it."""
    memory = talk.memory
    if reading.is_question or reading.mood or not reading.has("take", "will", "want_thing"):
        return None
    is_bare = reading.covers("take", "courtesy", "yes", "now", "here")
    if not memory.offers:
        is_asked = is_bare and memory.topic == "search"
        return talk.asking("ask_none_shown", "product") if is_asked else None
    found, terms = finding.offers_meant(talk, reading), read_terms(reading)
    is_else = reading.has("person") or _is_new_search(reading)
    if is_else or found.unread or (things_in(reading) and not found.offers):
        return None
    is_pointing = reading.has("here", "ordinal", "cheapest", "dearest") or terms.says_anything
    if not (is_pointing or found.offers or is_bare):
        return None
    task = purchase(talk, reading)
    return buy_one_of(talk, task, found.offers) if found.offers else tasks.go_on(talk, task)


def chosen(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Speak of the one of those shown that a short message names; or buy on the terms named."""
    memory = talk.memory
    if reading.mood or reading.has("person", "want_thing", "take", "name"):
        return None
    if not memory.offers:
        is_of_terms = reading.has("benefit") and not reading.orders and not things_in(reading)
        is_asked = is_of_terms and reading.is_question
        return talk.asking("ask_none_shown", "product") if is_asked else None
    is_ordering = any(o.says_anything or o.act == "buy" for o in reading.orders)
    if is_ordering or _is_new_search(reading) or len(reading.tokens) > _MAX_SHORT:
        return None
    found, terms, offer = finding.offers_meant(talk, reading), read_terms(reading), memory.in_focus
    count = reading.number_alone
    if offer is not None and reading.has("asking") and count and count <= MAX_QUANTITY:
        return comparing.compare(talk, [offer], "", count)
    if found.unread:
        return None
    return _bought(talk, reading, found.offers) or _compared(
        talk, found.offers, terms.benefit, terms.quantity
    )


def _bought(talk: Talk, reading: Reading, meant: list[Offer]) -> Flow | None:
    """Buy what a short message names, where one is being bought or it says how to."""
    memory, terms = talk.memory, read_terms(reading)
    task = memory.task if isinstance(memory.task, Purchase) else None
    own = task.offer if task is not None and not meant else None
    focus = own or memory.in_focus
    one = meant if len(meant) == 1 else [focus] if focus is not None else []
    is_counted = terms.quantity is not None and task is not None
    is_term = bool(terms.benefit or reading.has("account") or is_counted)
    if task is not None and own is not None and not is_term and (count := _count_alone(reading)):
        task.quantity = count
        return tasks.go_on(talk, task)
    months = reading.number_alone if memory.topic == "compare" and reading.has("to") else None
    if months is not None and months > 1 and one:
        bought = purchase(talk, reading)
        bought.benefit, bought.quantity = f"{MSI}-{months}", memory.quantity
        bought.is_count_unclear = False
        return buy_one_of(talk, bought, one)
    if reading.is_question or reading.first_kind == "and":
        return None
    if is_term and one and (task is not None or terms.benefit or meant):
        return buy_one_of(talk, purchase(talk, reading), one)
    if task is not None and meant and len(meant) < len(memory.offers):
        return buy_one_of(talk, purchase(talk, reading), meant)
    return None


def _compared(talk: Talk, meant: list[Offer], benefit: str, quantity: int | None) -> Flow | None:
    """Tell what the benefits of what a short message names come to."""
    memory = talk.memory
    if len(meant) > 1 and not benefit:
        return _ask_which(talk, Purchase(), meant)
    if len(meant) == 1 or benefit:
        focus = [memory.in_focus] if memory.in_focus is not None else memory.offers
        return comparing.compare(talk, meant if len(meant) == 1 else focus, benefit, quantity)
    return None
