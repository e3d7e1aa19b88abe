"""The ways to understand a message, tried one after the other.

Longer than 400 lines: the readings are one list, tried in order, and share how parts are filled.
"""

from typing import Final

from console.agent.brain import Say
from console.agent.offline import adding, banking, buying, comparing, finding, transferring
from console.agent.offline.dialogue import (
    Reader,
    covers,
    dropped,
    go_on,
    name_of,
    named,
    ordered,
    show_again,
    strange,
)
from console.agent.offline.examples import by_example
from console.agent.offline.memory import AddFrame, Offer, Person, PurchaseFrame, TransferFrame
from console.agent.offline.orders import Order, Reading
from console.agent.offline.parts import Account, Part, verb_form
from console.agent.offline.questions import (
    asked_of_others,
    explained,
    followed_up,
    not_understood,
    owed,
    questioned,
    searched,
    stated,
)
from console.agent.offline.shopping import (
    MAX_QUANTITY,
    is_of_thing,
    names_a_thing,
    read_terms,
    read_wish,
    things_in,
)
from console.agent.offline.talk import Flow, Talk

_POLITE: Final = ("courtesy", "now", "article", "here")
_FILLING: Final = frozenset(
    {
        "courtesy",
        "now",
        "stop",
        "and",
        "correcting",
        "was",
        "set_amount",
        "let_that",
        "will",
        "clitic",
    }
) | {
    "verb",
    "note",
    "relative_clause",
    "yes",
    "take",
    "no",
    "again",
    "article",
    "thumbs",
    "make_noun",
}
_SLOTS: Final = frozenset({"amount", "person", "account", "reason", "same", "name"})


# --- yes, no, never mind ---


def cancelled(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Drop what is open."""
    kinds = ("cancel_what", "courtesy", "negation", "correcting", "stop", "no", "now", "also")
    if not covers(reading, "cancel", *kinds, "ordinal", "definite"):
        return None
    number = next((p.value for p in reading.parts if p.kind == "ordinal"), 0)
    memory = talk.memory
    if number > 1 and number - 2 < len(memory.queue) and memory.frame is not None:
        return _dropped_one(talk, number - 2)
    return dropped(talk)


def _dropped_one(talk: Talk, place: int) -> Flow:
    yield talk.say("dropped", what=name_of(talk, talk.memory.queue.pop(place)))


def agreed(  # noqa: PLR0911 - one reading after the other
    talk: Talk, reading: Reading, asked: tuple[str, ...]
) -> Flow | None:
    """Take a yes where one was asked for; a thumb up keeps what waits."""
    memory = talk.memory
    is_thumb = covers(reading, "thumbs", "courtesy", "yes")
    is_yes = covers(reading, "yes", *_POLITE, "thumbs", "also")
    if not (is_yes or is_thumb):
        return None
    if "confirmation" in asked and memory.frame is not None and is_yes:
        return _confirmed(talk)
    if "recipient" in asked and isinstance(memory.frame, TransferFrame):
        frame = memory.frame
        if len(frame.candidates) == 1:
            transferring.choose(frame, frame.candidates[0])
            return go_on(talk, frame)
    if memory.proposal is not None and memory.frame is not None and not memory.is_declined:
        return _kept(talk)
    if (
        (
            memory.offer is not None
            and not memory.is_declined
            and memory.topic in {"search", "compare"}
        )
        and is_yes
        and covers(reading, "yes")
    ):
        return talk.answer("ask_buy", "asked", product=memory.offer.name)
    if asked:
        return _asked_again(talk, asked)
    return talk.answer("nothing_pending")


def _asked_again(talk: Talk, asked: tuple[str, ...]) -> Flow:
    question = talk.memory.question or talk.ask("ask_none_shown", "product")
    talk.memory.asked_for, talk.memory.question = asked, question
    talk.memory.is_touched = True
    yield question


def _kept(talk: Talk) -> Flow:
    yield talk.say("say_yes")
    yield Say("\n")
    yield from show_again(talk)


def _confirmed(talk: Talk) -> Flow:
    frame = talk.memory.frame
    assert frame is not None  # a confirmation is asked for of a frame
    frame.unread = ""
    return go_on(talk, frame)


def denied(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Take a no where something was asked."""
    memory = talk.memory
    if not covers(reading, "no", *_POLITE):
        return None
    if memory.frame is None or memory.is_declined:
        return talk.answer("nothing_pending")
    if isinstance(memory.frame, TransferFrame) and memory.frame.candidates and "recipient" in asked:
        memory.frame.candidates = []
        return _ask_again(talk)
    return dropped(talk)


def _ask_again(talk: Talk) -> Flow:
    yield talk.ask("ask_recipient_amount", "recipient")


# --- answers to questions ---


def answered(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Take the answer to what was asked, where the whole message is one."""
    frame = talk.memory.frame
    if frame is None or not asked or reading.is_question:
        return None
    if isinstance(frame, TransferFrame):
        return _answered_transfer(talk, reading, frame, asked)
    if isinstance(frame, AddFrame):
        return _answered_add(talk, reading, frame, asked)
    return _answered_purchase(talk, reading, frame, asked)


def _answered_transfer(
    talk: Talk, reading: Reading, frame: TransferFrame, asked: tuple[str, ...]
) -> Flow | None:
    if "recipient" in asked and frame.candidates:
        person = _chosen_person(reading, frame.candidates)
        if person is not None:
            transferring.choose(frame, person)
            return go_on(talk, frame)
    if "account" in asked:
        account = _account_alone(talk, reading)
        if account is not None:
            transferring.fill_account(frame, account)
            return go_on(talk, frame)
    return _amended_transfer(talk, reading, frame, is_answer=True, asked=asked)


def _chosen_person(reading: Reading, people: list[Person]) -> Person | None:
    number = _number_alone(reading)
    if number is not None:
        return people[number - 1] if 0 < number <= len(people) else None
    said = {token.word for token in reading.said.tokens if token.is_word}
    fitting = [person for person in people if said & person.words]
    return fitting[0] if len(fitting) == 1 else None


def _number_alone(reading: Reading) -> int | None:
    parts = [p for p in reading.parts if p.kind not in _FILLING | {"to", "asking", "question"}]
    if len(parts) != 1:
        return None
    part = parts[0]
    if part.kind == "ordinal":
        return int(part.value)
    is_number = part.kind == "amount" and not part.value.doubt and not part.value.is_money
    return (
        int(part.value.value) if is_number and part.value.value == int(part.value.value) else None
    )


def _account_alone(talk: Talk, reading: Reading) -> Account | None:
    number = _number_alone(reading)
    accounts = [account for account in talk.memory.accounts if account.is_active]
    if number is not None and 0 < number <= len(accounts):
        return Account(accounts[number - 1].type, accounts[number - 1].account_id)
    parts = [p for p in reading.parts if p.kind not in _FILLING]
    if len(parts) == 1 and parts[0].kind == "account":
        named: Account = parts[0].value
        return named
    return None


def _answered_add(
    talk: Talk, reading: Reading, frame: AddFrame, asked: tuple[str, ...]
) -> Flow | None:
    said = adding.read_introduction(reading)
    if said.unread or reading.has("question", "verb"):
        return None
    if "name" in asked and frame.alias and said.name and not said.account_id:
        frame.name = said.name
    elif "alias" in asked and (said.alias or said.name):
        frame.alias = said.alias or said.name
    elif "account" in asked and not said.account_id:
        digits = "".join(token.said for token in reading.said.tokens if token.is_number)
        if not digits:
            return None
        frame.account_id = digits
    elif not adding.merge(frame, said):
        return None
    return go_on(talk, frame)


def _answered_purchase(
    talk: Talk, reading: Reading, frame: PurchaseFrame, asked: tuple[str, ...]
) -> Flow | None:
    if frame.offer is not None and "quantity" in asked:
        quantity = _quantity_alone(reading)
        if quantity is not None:
            frame.quantity, frame.is_count_unclear = quantity, False
            return go_on(talk, frame)
    if "benefit" in asked and (months := _months_alone(reading)):
        frame.benefit = months
        return go_on(talk, frame)
    if "account" in asked and (account := _account_alone(talk, reading)) is not None:
        frame.account_type, frame.account_id = account.type, account.account_id
        return go_on(talk, frame)
    if "product" in asked and not _is_new_search(reading):
        found = finding.offers_meant(talk, reading)
        number = _number_alone(reading)
        if not found.offers and number is not None and 0 < number <= len(talk.memory.offers):
            found = finding.OffersMeant([talk.memory.offers[number - 1]])
        if found.offers and not found.unread:
            _put_terms(frame, reading)
            return buy_one_of(talk, frame, found.offers)
    return None


def _quantity_alone(reading: Reading) -> int | None:
    terms = read_terms(reading)
    parts = [p for p in reading.parts if p.kind not in _FILLING | {"piece"}]
    if terms.quantity is not None and len(parts) == 1:
        return terms.quantity
    is_one = covers(reading, "again", "courtesy", "terse", "plain") or all(
        reading.words.number(token.word) == 1 for token in reading.said.tokens if token.is_word
    )
    words = [t.word for t in reading.said.tokens if reading.words.number(t.word) == 1]
    return 1 if words and (is_one or covers(reading, "terse", "courtesy", "correcting")) else None


def _months_alone(reading: Reading) -> str:
    """Return the instalments of an answer that is a number: "a doce"."""
    number = _number_alone(reading)
    return f"MSI-{number}" if number is not None and number > 1 else ""


# --- amendments ---


def amended(talk: Talk, reading: Reading, asked: tuple[str, ...]) -> Flow | None:
    """Change what is open, or what was left or refused a moment ago."""
    frame = talk.memory.frame
    if frame is None or reading.is_question:
        return None
    if isinstance(frame, TransferFrame):
        return _amended_transfer(talk, reading, frame, is_answer=False, asked=asked)
    if isinstance(frame, AddFrame):
        return _amended_add(talk, reading, frame)
    return None


def _amended_transfer(
    talk: Talk, reading: Reading, frame: TransferFrame, *, is_answer: bool, asked: tuple[str, ...]
) -> Flow | None:
    """Put what a message says besides courtesies into a transfer; nothing may be unread."""
    memory = talk.memory
    rest = [p for p in reading.parts if p.kind not in _FILLING | _SLOTS]
    if (
        rest
        and rest[0].kind == "negation"
        and rest[0] is reading.parts[0]
        and len(reading.parts) > 1
    ):
        rest = rest[1:]
    slots = [p for p in reading.parts if p.kind in _SLOTS]
    if rest and memory.is_live and not _is_worded(rest) and (slots or len(rest) == 1):
        frame.amount, frame.doubt, frame.doubted = None, "unstated", ""
        return go_on(talk, frame)
    if (
        _tells(reading)
        or _ends_in_no(reading)
        or rest
        or not slots
        or not _is_amending(talk, reading, slots, is_answer=is_answer)
    ):
        return None
    order = Order("send", reading.parts)
    for part in slots:
        _fill(order, part, asked)
    if order.unread or (order.is_to_same and memory.last_person is None):
        return None
    if order.recipient and order.amount and _is_another(reading):
        return None
    transferring.merge(frame, order, reading, talk)
    return go_on(talk, frame)


def _tells(reading: Reading) -> bool:
    """Tell whether a verb tells of something: "mi hermano me transfirió"."""
    forms = {verb_form(part).form for part in reading.parts if part.kind == "verb"}
    return bool(forms & {"past", "other", "subjunctive"})


def _ends_in_no(reading: Reading) -> bool:
    """Tell whether something is taken back at the end: "200 no"."""
    said = [p for p in reading.parts if p.kind not in {"stop", "courtesy"}]
    tokens = reading.said.tokens
    return bool(said) and reading.words.match(tokens, said[-1].first, "no") is not None


def _is_worded(rest: list[Part]) -> bool:
    return any(part.kind != "adjust" for part in rest)


def _is_another(reading: Reading) -> bool:
    """Tell whether a message asks for something besides: "y 100 a mi hermano"."""
    return reading.parts[0].kind in {"and", "again", "yes"} or reading.has("also")


def _is_amending(talk: Talk, reading: Reading, slots: list[Part], *, is_answer: bool) -> bool:
    memory = talk.memory
    if memory.is_declined and all(p.kind in {"account", "person", "same"} for p in slots):
        return True
    if is_answer or memory.is_live:
        is_bare = all(part.kind == "amount" for part in slots) and len(reading.parts) == len(slots)
        return not (is_bare and memory.is_declined)
    return reading.has("correcting", "let_that", "set_amount") or (
        reading.parts[0].kind in {"negation", "no"}
    )


def _fill(order: Order, part: Part, asked: tuple[str, ...]) -> None:
    match part.kind:
        case "amount" if part.value.unit or order.amount is not None:
            order.unread.append(part)
        case "amount":
            order.amount = part.value
        case "person" | "name" if part.way == "from" or order.recipient:
            order.unread.append(part)
        case "person" | "name":
            order.recipient = part.value
        case "same":
            order.is_to_same = part.value
        case "reason" if not order.description:
            order.description = part.value
        case "account" if part.way == "to" or "recipient" in asked:
            order.destination = part.value
        case "account" if order.source is None:
            order.source = part.value
        case _:
            order.unread.append(part)


def _amended_add(talk: Talk, reading: Reading, frame: AddFrame) -> Flow | None:
    if reading.has("question", "amount", "verb"):
        return None
    said = adding.read_introduction(reading)
    is_marked = reading.has("name_is", "account_is", "alias_is") or reading.parts[0].kind in {
        *("negation", "correcting", "no")
    }
    is_named = said.name.istitle() and " " in said.name
    if said.unread and reading.parts[0].kind != "negation":
        return None
    if not (is_marked and (said.account_id or said.alias or is_named)):
        return None
    said.unread = ""
    adding.merge(frame, said)
    return go_on(talk, frame)


def repeated(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Do for another what was asked for: "lo mismo a Sofi", "y a mi hermano también", "y 50 a él".

    What waits for a yes stays first; this is done after it.
    """
    memory = talk.memory
    model = memory.frame if isinstance(memory.frame, TransferFrame) else memory.done
    people = [p for p in reading.parts if p.kind in {"person", "same"}]
    amounts = [p for p in reading.parts if p.kind == "amount"]
    allowed = _FILLING | {"person", "same", "amount", "same_order", "also", "reason", "adjust"}
    is_like = reading.has("same_order", "also", "again") or (
        reading.parts[0].kind in {"and", "yes"}
    )
    is_whole = all(p.kind in allowed for p in reading.parts) and not reading.is_question
    if not (is_like and is_whole and len(people) <= 1 and len(amounts) <= 1):
        return None
    if not people and not (amounts and reading.has("again")):
        return None
    if model is None:
        return None
    is_open = memory.proposal is not None and memory.frame is model and not memory.is_declined
    if model is not None and model.amount is None and not amounts:
        return None
    frame = TransferFrame()
    if not amounts:
        frame.amount = model.amount
    order = Order("send", reading.parts)
    for part in (*people, *amounts, *(p for p in reading.parts if p.kind == "reason")):
        _fill(order, part, ())
    if order.unread:
        return None
    transferring.merge(frame, order, reading, talk)
    return _after(talk, frame) if is_open else go_on(talk, frame)


def _after(talk: Talk, frame: TransferFrame) -> Flow:
    talk.memory.queue.append(frame)
    yield talk.say("queued", what=name_of(talk, frame))
    yield Say("\n")
    yield from show_again(talk)


# --- things shown ---


def purchase_frame(talk: Talk, reading: Reading) -> PurchaseFrame:
    """Return the frame of the purchase spoken of, with what the message says of it."""
    memory = talk.memory
    frame = memory.frame
    if not (isinstance(frame, PurchaseFrame) and memory.is_live):
        frame = PurchaseFrame(quantity=memory.quantity)
    _put_terms(frame, reading)
    found = finding.offers_meant(talk, reading)
    things = things_in(reading)
    if found.offers and not found.unread:
        if len(found.offers) == 1:
            _settle_on(frame, found.offers[0])
        else:
            frame.offer = None
            memory.offers, memory.rest = found.offers, []
            frame.wish = None
    elif things:
        frame.offer, frame.wish = None, read_wish(reading)
    elif frame.offer is None:
        offer = in_focus(talk)
        if offer is not None:
            _settle_on(frame, offer)
    unread = [p for p in reading.parts if p.kind in _NOT_BUYING and not is_of_thing(reading, p)]
    frame.unread = reading.quoted(unread)
    return frame


_NOT_BUYING: Final = frozenset(
    {"negation", "cancel", "later", "condition", "joke", "duty", "others", "past_mark", "injected"}
) | {"quote", "quoting", "person", "question", "day", "others_account", "regards"}


def _put_terms(frame: PurchaseFrame, reading: Reading) -> None:
    """Put how to buy into a frame."""
    terms = read_terms(reading)
    accounts = [part.value for part in reading.parts if part.kind == "account"]
    frame.benefit = terms.benefit or frame.benefit
    if terms.quantity is not None or terms.is_unclear:
        frame.quantity, frame.is_count_unclear = terms.quantity, terms.is_unclear
    if accounts:
        frame.account_type, frame.account_id = accounts[0].type, accounts[0].account_id
    elif terms.benefit:
        frame.account_type, frame.account_id = "", ""


def _settle_on(frame: PurchaseFrame, offer: Offer) -> None:
    if frame.offer != offer:
        frame.account_id = "" if not frame.account_type else frame.account_id
    frame.offer = offer


def buy_one_of(talk: Talk, frame: PurchaseFrame, meant: list[Offer]) -> Flow:
    """Go on with the one product that is meant, or ask which."""
    if len(meant) == 1:
        _settle_on(frame, meant[0])
        return go_on(talk, frame)
    return _ask_which(talk, frame, meant)


def _ask_which(talk: Talk, frame: PurchaseFrame, meant: list[Offer]) -> Flow:
    talk.memory.frame, talk.memory.is_live, frame.offer = frame, True, None
    yield finding.ask_which(talk, meant)


def in_focus(talk: Talk) -> Offer | None:
    """Return the product that is spoken of, if it is one."""
    memory = talk.memory
    if memory.offer is not None:
        return memory.offer
    return memory.offers[0] if len(memory.offers) == 1 else None


def _is_new_search(reading: Reading) -> bool:
    """Tell "quiero una tele" from "quiero la tele"."""
    tokens = reading.said.tokens
    is_any = any(reading.words.match(tokens, place, "indefinite") for place in range(len(tokens)))
    return names_a_thing(reading) and is_any


def taken(  # noqa: PLR0911 - one reading after the other
    talk: Talk, reading: Reading, _asked: tuple[str, ...]
) -> Flow | None:
    """Buy the one of those shown that the person says to take, or so many of it."""
    memory = talk.memory
    if reading.is_question or reading.mood or not reading.has("take", "will", "want_thing"):
        return None
    if not memory.offers:
        is_bare = covers(reading, "take", "courtesy", "yes", "now", "here")
        return _ask_none_shown(talk) if is_bare and memory.topic == "search" else None
    if reading.has("person") or _is_new_search(reading):
        return None
    found = finding.offers_meant(talk, reading)
    terms = read_terms(reading)
    if found.unread or (things_in(reading) and not found.offers):
        return None
    points = reading.has("here", "ordinal", "cheapest", "dearest") or terms.quantity is not None
    is_pointing = points or bool(found.offers) or bool(terms.benefit) or terms.is_unclear
    is_whole = covers(reading, "take", "courtesy", "yes", "now", "here")
    if not (is_pointing or is_whole):
        return None
    frame = purchase_frame(talk, reading)
    if found.offers:
        return buy_one_of(talk, frame, found.offers)
    return go_on(talk, frame)


def _ask_none_shown(talk: Talk) -> Flow:
    yield talk.ask("ask_none_shown", "product")


def chosen(  # noqa: C901, PLR0911, PLR0912 - one reading after the other
    talk: Talk, reading: Reading, _asked: tuple[str, ...]
) -> Flow | None:
    """Speak of the one of those shown that a short message names; or buy on the terms named."""
    memory = talk.memory
    if reading.mood or reading.has("person", "want_thing", "take", "name"):
        return None
    if not memory.offers:
        is_of_terms = reading.has("benefit") and not reading.orders and not things_in(reading)
        return _ask_none_shown(talk) if is_of_terms and reading.is_question else None
    is_ordering = any(o.says_anything or o.act == "buy" for o in reading.orders)
    if is_ordering or _is_new_search(reading) or len(reading.said.tokens) > _MAX_SHORT:
        return None
    found, terms = finding.offers_meant(talk, reading), read_terms(reading)
    offer = in_focus(talk)
    count = _number_alone(reading) if reading.has("asking") else None
    if count is not None and offer is not None and 0 < count <= MAX_QUANTITY:
        return comparing.compare(talk, [offer], "", count)
    if found.unread:
        return None
    accounts = reading.has("account")
    is_purchase = isinstance(memory.frame, PurchaseFrame)
    is_term = bool(terms.benefit or accounts or (terms.quantity is not None and is_purchase))
    is_asking = reading.is_question or reading.parts[0].kind == "and"
    one = found.offers if len(found.offers) == 1 else [offer] if offer is not None else []
    if is_purchase and not found.offers and isinstance(memory.frame, PurchaseFrame):
        own = memory.frame.offer
        one = [own] if own is not None else one
        if not is_term and (quantity := _quantity_alone(reading)) is not None and own is not None:
            memory.frame.quantity = quantity
            return go_on(talk, memory.frame)
    months = _months_alone(reading) if memory.topic == "compare" and reading.has("to") else ""
    if months and one:
        frame = purchase_frame(talk, reading)
        frame.benefit, frame.quantity, frame.is_count_unclear = months, memory.quantity, False
        return buy_one_of(talk, frame, one)
    if is_term and not is_asking and one and (is_purchase or terms.benefit or found.offers):
        return buy_one_of(talk, purchase_frame(talk, reading), one)
    if is_purchase and found.offers and not is_asking and len(found.offers) < len(memory.offers):
        return buy_one_of(talk, purchase_frame(talk, reading), found.offers)
    if len(found.offers) == 1:
        return comparing.compare(talk, found.offers, terms.benefit, terms.quantity)
    if len(found.offers) > 1 and not terms.benefit:
        return _ask_which(talk, PurchaseFrame(), found.offers)
    if terms.benefit:
        return comparing.compare(talk, one or memory.offers, terms.benefit, terms.quantity)
    return None


_MAX_SHORT: Final = 12


READERS: Final[tuple[Reader, ...]] = (
    named,
    strange,
    cancelled,
    agreed,
    denied,
    explained,
    by_example,
    repeated,
    answered,
    ordered,
    amended,
    taken,
    asked_of_others,
    chosen,
    questioned,
    followed_up,
    owed,
    stated,
    searched,
    not_understood,
)

__all__ = ["READERS", "banking", "buying", "in_focus", "purchase_frame"]
