"""What is done about a message: the open orders are gone on with, amended, queued or dropped.

A reading is tried after the other; the first that can use the whole message answers it. What
waits for a yes stays open through questions, and is shown again after them.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import CallOutcome, Say
from console.agent.offline import adding, buying, transferring
from console.agent.offline.asking import Topic, topics_of
from console.agent.offline.lexicon import is_foreign
from console.agent.offline.memory import AddFrame, Frame, PurchaseFrame, TransferFrame
from console.agent.offline.naming import named_call
from console.agent.offline.orders import Order, Reading
from console.agent.offline.talk import Flow, Step, Talk
from console.agent.wording import money

Reader = Callable[[Talk, Reading, tuple[str, ...]], Flow | None]

_MAX_QUEUED: Final = 5
_REFUSED_MOODS: Final = {
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
_DROPPING: Final = frozenset({"negation", "cancel"})


def covers(reading: Reading, needed: str, *kinds: str) -> bool:
    """Tell whether a message is words of these kinds only, and one of those needed."""
    tokens, place, has_needed = reading.said.tokens, 0, False
    while place < len(tokens):
        own = reading.words.match(tokens, place, needed)
        found = own or reading.words.match(tokens, place, *kinds)
        is_sign = tokens[place].is_sign and tokens[place].said in ",.!¡;:"
        if found is None and not is_sign:
            return False
        has_needed = has_needed or own is not None
        place += found.length if found is not None else 1
    return has_needed


# --- the open orders ---


def go_on(talk: Talk, frame: Frame) -> Flow:
    """Go on with an order, and after it with those that wait behind it."""
    memory = talk.memory
    yield from _flow_of(talk, frame)
    while memory.queue and _is_over(talk):
        following = memory.queue.pop(0)
        yield Say("\n" + talk.text("next_order") + "\n")
        yield from _flow_of(talk, following)


def _is_over(talk: Talk) -> bool:
    memory = talk.memory
    return memory.frame is None or (memory.is_declined and not memory.asked_for)


def _flow_of(talk: Talk, frame: Frame) -> Flow:
    if isinstance(frame, TransferFrame):
        return transferring.transfer(talk, frame)
    if isinstance(frame, PurchaseFrame):
        return buying.purchase(talk, frame)
    return adding.add(talk, frame)


def show_again(talk: Talk) -> Flow:
    """Show again what waits for a yes, or ask again for what is missing."""
    memory = talk.memory
    frame, proposal = memory.frame, memory.proposal
    if frame is None or proposal is None:
        return
    name, arguments = proposal
    outcome = yield from talk.propose(name, **arguments)
    memory.is_live = True
    yield from _told(talk, frame, outcome)
    while memory.queue and _is_over(talk):
        yield Say("\n" + talk.text("next_order") + "\n")
        yield from _flow_of(talk, memory.queue.pop(0))


def _told(talk: Talk, frame: Frame, outcome: CallOutcome) -> Flow:
    if isinstance(frame, TransferFrame):
        return transferring.transferred(talk, frame, outcome)
    if isinstance(frame, PurchaseFrame):
        return buying.purchased(talk, outcome)
    return adding.added(talk, frame, outcome)


def name_of(talk: Talk, frame: Frame) -> str:
    """Return what an order is, in a few words."""
    if isinstance(frame, TransferFrame):
        who = frame.to_name or frame.recipient or talk.account_type(frame.to_type)
        who = who or (talk.account(frame.to_account) if frame.to_account else talk.text("someone"))
        amount = money(frame.amount) if frame.amount is not None else talk.text("some_money")
        return talk.text("order_transfer", amount=amount, who=who)
    if isinstance(frame, PurchaseFrame):
        words = frame.wish.words if frame.wish is not None else ""
        name = frame.offer.name if frame.offer is not None else words or talk.text("something")
        return talk.text("order_purchase", product=name)
    return talk.text("order_add", who=frame.name or frame.alias or talk.text("someone"))


def dropped(talk: Talk) -> Flow:
    """Drop all that is open, and say what that was."""
    memory = talk.memory
    is_open = memory.frame is not None and not memory.is_declined
    frames = ([memory.frame] if memory.frame is not None and is_open else []) + memory.queue
    had = [name_of(talk, frame) for frame in frames]
    memory.drop()
    memory.queue = []
    if had:
        yield talk.say("dropped", what="; ".join(had))
    else:
        yield talk.say("nothing_pending")


def answer(talk: Talk, text: str) -> Flow:
    """Return what to do about a message."""
    memory = talk.memory
    asked_for, memory.asked_for, memory.is_touched = memory.asked_for, (), False
    was_shown, memory.is_shown = memory.is_shown, False
    frame, question = memory.frame, memory.question
    reading = talk.read(text)
    yield from _first(talk, reading, asked_for)
    if memory.frame is not frame or frame is None or memory.is_touched:
        return
    if was_shown:
        yield Say("\n" + talk.text("still_waiting") + "\n")
        yield from show_again(talk)
    elif asked_for and question is not None and "confirmation" not in asked_for:
        memory.asked_for, memory.is_live, memory.question = asked_for, True, question
        yield Say("\n" + question.delta, "asked")


def _first(talk: Talk, reading: Reading, asked_for: tuple[str, ...]) -> Flow:
    from console.agent.offline.readers import READERS  # noqa: PLC0415 - readers go on with orders

    for reader in READERS:
        flow = reader(talk, reading, asked_for)
        if flow is not None:
            return flow
    raise AssertionError  # the last reader answers everything


# --- orders ---


def ordered(  # noqa: C901, PLR0911 - one reason after the other why it is no order
    talk: Talk, reading: Reading, _asked_for: tuple[str, ...]
) -> Flow | None:
    """Do what a message orders; ask where a word of it is unread."""
    reading, has_question = _without_question(talk, reading)
    orders = [order for order in reading.orders if order.act in {"send", "give", "add", "buy"}]
    asked = [order for order in orders if order.is_asked_for]
    if not orders or (not asked and reading.asks):
        return None
    is_bare = not any(o.amount and o.amount.doubt != "unstated" for o in orders)
    if is_bare and not (asked and any(o.amount for o in orders)) and _asks(reading, _SURELY):
        return None
    is_told = is_bare and not any(o.recipient for o in orders) and reading.mood in _TELLING
    if not asked and is_told and _asks(reading):
        return None
    is_of_nobody = all(o.act == "send" and not (o.amount or o.recipient) for o in orders)
    if is_of_nobody and reading.has("benefit"):
        return None
    if all(o.act == "give" and not (o.amount and o.recipient) for o in orders):
        return None
    is_noun = all(o.act == "send" for o in orders) and not reading.has("verb")
    if is_noun and not any(order.says_anything for order in orders) and _asks(reading):
        return None
    mood = _mood(reading)
    if mood in _REFUSED_MOODS and not (mood == "day" and all(o.act == "buy" for o in orders)):
        return _refused(talk, mood)
    if any(_is_amendment(talk, order) for order in orders):
        return None
    frames = [
        f
        for o in reading.orders
        if o.act != "buy" or o.is_asked_for
        if (f := frame_of(talk, reading, o)) is not None
    ]
    if not frames:
        return None
    if len(frames) > 1:
        frames[0].unread = ", ".join(frame.unread for frame in frames if frame.unread)
    if mood or len(asked) < len(orders):
        return _doubted(talk, reading, frames)
    return _queued(talk, reading, frames, has_question=has_question)


def _is_all_asked(reading: Reading, topic: Topic) -> bool:
    """Tell whether a question has no word that is no part of it."""
    tokens, words = reading.said.tokens, reading.words
    own = ("tell", "plain", "terse", "question", "courtesy", "clitic", "now")
    return (
        not reading.orders
        and not reading.mood
        and all(
            place in topic.covered
            or part.kind in {"stop", "asking", "account", "day"}
            or (
                words.match(tokens, place, *own) is not None
                and part.kind not in {"correcting", "negation", "no", "hedge", "adjust"}
            )
            for part in reading.parts
            for place in range(part.first, part.last)
        )
    )


def _asks(reading: Reading, least: float = 0) -> bool:
    topics = topics_of(reading)[:1]
    return any(topic.intent in _QUERIES and topic.score >= least for topic in topics)


_SURELY: Final = 1.6


def _without_question(talk: Talk, reading: Reading) -> tuple[Reading, bool]:
    """Return a message without the question that follows its orders, and whether one does."""
    for part in reading.parts[1:]:
        if part.kind not in {"and", "stop"} or not reading.orders:
            continue
        rest = talk.read(reading.said.quote(part.last, len(reading.said.tokens)))
        topic = next(iter(topics_of(rest)), None)
        if topic is not None and topic.intent in _QUERIES and _is_all_asked(rest, topic):
            head = talk.read(reading.said.quote(0, part.first))
            return (head, True) if head.orders else (reading, False)
    return reading, False


_QUERIES: Final = frozenset({"balance", "movements", "purchases", "beneficiaries", "total"})


def _mood(reading: Reading) -> str:
    mood = reading.mood
    if mood == "negation" and not _is_denied(reading):
        return ""
    return mood


def _is_denied(reading: Reading) -> bool:
    """Tell whether a "no" is more than the start of a correction: "no, mejor mándale 300"."""
    return any(
        part.kind == "negation" and place > 0 for place, part in enumerate(reading.parts)
    ) or not (len(reading.parts) > 1 and reading.parts[1].kind in {"stop", "correcting"})


def _is_of_shopping(reading: Reading) -> bool:
    return all(order.act == "buy" for order in reading.orders) and reading.mood == "day"


def _is_amendment(talk: Talk, order: Order) -> bool:
    """Tell whether an order says only how the open one is to be: "ponle de concepto cena"."""
    frame = talk.memory.frame
    if not isinstance(frame, TransferFrame) or not talk.memory.is_live:
        return False
    is_whole = order.amount is not None and bool(order.recipient or order.destination)
    return not is_whole and not order.recipient and order.act in {"send", "add", "make"}


def _refused(talk: Talk, mood: str) -> Flow:
    memory = talk.memory
    if mood in _DROPPING and (memory.frame is not None or memory.queue):
        return dropped(talk)
    return talk.answer(_REFUSED_MOODS[mood], "not_understood" if mood == "injected" else "answered")


def frame_of(talk: Talk, reading: Reading, order: Order) -> Frame | None:
    """Return the frame of an order, with what is said of it."""
    from console.agent.offline.readers import purchase_frame  # noqa: PLC0415 - as above

    if order.act in {"send", "give"}:
        frame = TransferFrame()
        transferring.merge(frame, order, reading, talk)
        return frame
    if order.act == "add":
        added = AddFrame()
        adding.merge(added, adding.read_introduction(replace(reading, parts=order.parts)))
        return added
    if order.act == "buy":
        part = reading if len(reading.orders) == 1 else _only(talk, reading, order)
        return purchase_frame(talk, part)
    return None


def _only(talk: Talk, reading: Reading, order: Order) -> Reading:
    """Return the reading of one order of several."""
    first, last = order.parts[0].first, order.parts[-1].last
    return talk.read(reading.said.quote(first, last))


def _doubted(talk: Talk, reading: Reading, frames: list[Frame]) -> Flow:
    """Ask whether what is spoken of is to be done at all."""
    frame = frames[0]
    if isinstance(frame, TransferFrame):
        if frame.amount is None and not (frame.recipient or frame.to_account or frame.to_type):
            if reading.has("duty"):
                return _ask_duty(talk, frame)
            return talk.answer("said_question" if reading.is_question else "said_doubtful")
        if not (frame.recipient or frame.to_account or frame.to_type):
            return go_on(talk, frame)
        return _asked(talk, frame)
    if isinstance(frame, AddFrame):
        return talk.answer("said_doubtful")
    return talk.answer("said_question_buy" if reading.is_question else "said_supposed")


def _ask_duty(talk: Talk, frame: TransferFrame) -> Flow:
    yield talk.ask("ask_duty", "recipient", "amount", frame=frame)


def _asked(talk: Talk, frame: TransferFrame) -> Flow:
    yield transferring.ask_order(talk, frame)


def _queued(talk: Talk, reading: Reading, frames: list[Frame], *, has_question: bool) -> Flow:
    """Go on with the first of the orders; one that waits already stays before them."""
    memory = talk.memory
    is_instead = reading.parts[0].kind in {"correcting", "negation"} or reading.has("instead")
    waiting = memory.frame if memory.proposal is not None and not memory.is_declined else None
    waiting = None if any(frame is waiting for frame in frames) else waiting
    if waiting is not None and not is_instead:
        memory.queue = (memory.queue + frames)[:_MAX_QUEUED]
        names = "; ".join(name_of(talk, frame) for frame in frames)
        yield talk.say("queued", what=names)
        yield Say("\n")
        yield from show_again(talk)
        return
    memory.drop()
    first, *others = yield from _unclear_first(talk, frames)
    memory.queue = (others + memory.queue)[:_MAX_QUEUED]
    if others:
        yield talk.say("several_orders", count=len(frames))
        yield Say("\n")
    if has_question:
        yield talk.say("one_at_a_time")
    yield from go_on(talk, first)


def _unclear_first(
    talk: Talk, frames: list[Frame]
) -> Generator[Step, Sequence[CallOutcome], list[Frame]]:
    """Put what must be asked about first: before all of a message is known, nothing is shown."""
    if len(frames) == 1:
        return frames
    sent = [f for f in frames if isinstance(f, TransferFrame) and f.recipient]
    wanted = [("resolveAlias", {"alias": frame.recipient}) for frame in sent]
    found = (yield from talk.look_all(*wanted)) if wanted else []
    for frame, resolved in zip(sent, found, strict=True):
        transferring.settled(talk, frame, resolved)
    return sorted(frames, key=_is_known)


def _is_known(frame: Frame) -> bool:
    return not isinstance(frame, TransferFrame) or bool(
        frame.amount and (frame.to_account or frame.to_type)
    )


def total(talk: Talk) -> Decimal | None:
    """Return what the open orders come to, None when there is none with an amount."""
    memory = talk.memory
    frames: Iterator[Any] = iter(([memory.frame] if memory.frame else []) + memory.queue)
    amounts = [_cost(frame) for frame in frames]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _cost(frame: Frame) -> Decimal | None:
    if isinstance(frame, TransferFrame):
        return frame.amount
    if isinstance(frame, PurchaseFrame) and frame.offer is not None:
        return frame.offer.price * (frame.quantity or 1)
    return None


def named(talk: Talk, reading: Reading, _asked_for: tuple[str, ...]) -> Flow | None:
    """Call an operation by its name."""
    return named_call(talk, reading.said.text)


def strange(talk: Talk, reading: Reading, _asked_for: tuple[str, ...]) -> Flow | None:
    """Answer what is no business of the bank."""
    if is_foreign(reading.said, talk.words.of("foreign")):
        return talk.answer("foreign", "not_understood")
    is_markup = any(sign in reading.said.text for sign in "{}<>`[]|")
    if is_markup or reading.has("injected"):
        return talk.answer("said_injected", "not_understood")
    return None
