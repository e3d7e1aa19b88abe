"""The offline brain: the first reader that can use all of a message answers it.

What waits for a yes stays open through questions, and is shown again after them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from console.agent.brain import Call, CallOutcome, Heard, Say
from console.agent.events import MessageRead, Span
from console.agent.offline import calling, finding, ordering, questions, tasks
from console.agent.offline.buying import chosen, purchases
from console.agent.offline.lexicon import TOLD_AS, is_foreign, kinds
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Asked, Flow, NotAnswered, Reply, Talk
from console.agent.offline.text import Part, words_of
from console.agent.operations import AgentOperation
from shared.clock import Clock

Reader = Callable[[Talk, Reading], Reply | None]

_POLITE: Final = ("courtesy", "now", "article", "here")
_MARKUP: Final = frozenset("{}<>`[]|")


def answer(talk: Talk, text: str) -> Flow:
    """Return what to do about a message."""
    memory = talk.memory
    asked = memory.asked
    memory.state = "waiting" if memory.waiting is not None else memory.state
    reading = talk.read(text)
    rest, reply = _reply(talk, reading)
    if rest:
        yield message_read(talk, reading, rest)
    yield from _answered(talk, reading, reply)
    if memory.asked is not asked:
        return
    if memory.state == "waiting":
        yield Say(f"\n{talk.text('still_waiting')}\n")
        yield from tasks.show(talk, memory.open[0])
    elif asked.question is None or memory.state != "building":
        memory.asked = Asked()
    else:
        yield Say("\n" + asked.question.delta, "asked")


def _reply(talk: Talk, reading: Reading) -> tuple[str, Reply]:
    return next((rest, flow) for one, rest in READERS if (flow := one(talk, reading)) is not None)


def several(talk: Talk, reading: Reading) -> Reply | None:
    """Answer two questions, or drop or answer what stands beside an order, and do that."""
    ordered_ = [one for one in reading.orders if one.said]
    joints = [part for part in reading.parts[1:-1] if part.kind in {"and", "stop", "asking"}]
    end = max((p.last for p in reading.of("amount", "person")), default=0) if ordered_ else 0
    begin = next((p.first for o in ordered_[:1] for p in o.parts if p.kind == "verb"), 0)
    before = [part for part in joints if part.first < begin][-1:]
    for part in before + [part for part in joints if part.first >= end][:1]:
        first = reading.quote(0, part.last if part.kind == "asking" else part.first)
        halves = [talk.read(first), talk.read(reading.quote(part.last, len(reading.tokens)))]
        asked = ((half, questions.asked_beside(talk, half)) for half in halves)
        beside = [_answered(talk, half, one) for half, one in asked if one is not None]
        orders = [half for half in halves if half.is_ordering]
        is_unsure = orders and any(half.ignored for half in halves)
        is_no = halves[0].covers("no", *_POLITE) and not orders
        if talk.memory.open and (is_no or halves[0].covers("cancel", *kinds("dropping"))):
            beside.insert(0, tasks.drop(talk, talk.memory.open))
        if beside and (beside[1:] or orders) and not is_unsure:
            return _flow(*beside, *(_done(talk, order) for order in orders))
    return None


def _done(talk: Talk, reading: Reading) -> Flow:
    """Answer once what stands before it is done."""
    yield from _answered(talk, reading, _reply(talk, reading)[1])


def _answered(talk: Talk, reading: Reading, reply: Reply) -> Flow:
    """Answer; say first of which words nothing is made."""
    if reading.ignored:
        yield Say(talk.text("not_filtered", said=reading.quoted(reading.ignored)) + "\n")
    yield from _flow(reply)


def _flow(*replies: Reply) -> Flow:
    for number, reply in enumerate(replies):
        yield from [Say("\n")] if number else []
        said = reply if isinstance(reply, Say) else (yield from reply)
        yield from [said] if said is not None else []


def strange(talk: Talk, reading: Reading) -> Reply | None:
    """Answer what is no business of the bank."""
    is_injected = reading.has("injected") or not _MARKUP.isdisjoint(reading.text)
    key = "said_injected" if is_injected else ""
    key = "foreign" if is_foreign(reading) else key
    return talk.say(key, "not_understood") if key else None


def dropped(talk: Talk, reading: Reading) -> Reply | None:
    """Drop what is open, or one of it; a no may say why: "no, está muy caro"."""
    memory, said = talk.memory, reading.beside("courtesy")
    is_more = reading.is_question or reading.has(*kinds("saying")) or reading.is_ordering
    is_more |= finding.names_a_thing(reading) and bool(reading.of("correcting")[1:])
    is_why = [p.kind for p in said[1:2]] == ["stop"] and reading.denies(said[0]) and not is_more
    is_no = is_why or reading.covers("no", *_POLITE)
    is_done = memory.done is not None and memory.state != "left"
    is_done = is_done or bool(reading.values("make_noun", "purchase_noun"))
    is_all = reading.covers("cancel", *kinds("dropping"))
    rest = reading.beside("article", *kinds("dropping"))
    out = [replace(p, kind="unread") for p in rest if p in reading.denied or p.kind == "excluding"]
    is_out = bool(memory.open[1:] and rest) and len(out) == len(rest)
    meant = tasks.meant(talk, replace(reading, parts=out) if is_out else reading)
    if is_no or (is_all and not reading.denied and meant in ([], memory.open)):
        is_of_done = is_done and not (is_no or memory.open)
        return talk.say("told_undo") if is_of_done else tasks.drop(talk, memory.open)
    is_less = reading.has("adjust") and not reading.has("amount")
    is_dropping = bool(reading.of("cancel")) or is_less or reading.ends_in_no or is_out
    is_only = not is_dropping and bool(memory.open[1:] and reading.values("only"))
    is_other = {p.value for p in reading.of("amount")} - {t.told(talk).get("cost") for t in meant}
    beside = reading.beside("cancel", "excluding", "unread", *kinds("dropping", "pointing"))
    if len(meant) != 1 or beside or is_other or reading.is_question:
        return None
    if not (is_dropping or is_only) or finding.named(reading, "unread") - words_of(meant[0].called):
        return None
    return tasks.drop(talk, [one for one in memory.open if (one in meant) != is_only])


def agreed(talk: Talk, reading: Reading) -> Reply | None:
    """Take a yes where one was asked for; a thumb up keeps what waits."""
    memory, asked = talk.memory, talk.memory.asked
    is_shopping = memory.topic in {"search", "compare"}
    is_again = reading.covers("reconsider", "courtesy", "yes")
    is_this = is_shopping and memory.offer and reading.covers("here", "courtesy", "yes")
    is_yes = reading.covers("yes", *_POLITE, "thumbs", "also", "both", "to") or is_again or is_this
    is_said = not reading.beside("yes", "verb", "clitic", *kinds("polite"))
    is_meant = is_said and memory.waiting is not None and reading.has("yes")
    if not (is_yes or is_meant or reading.covers("thumbs", "courtesy", "yes")):
        return None
    takes = [take for _, take in asked.choices] if not asked.choices[1:] else []
    if memory.task is not None and is_yes and (takes or (is_again and memory.state == "left")):
        for take in takes:
            take()
        return tasks.go_on(talk, memory.task or memory.open[0])
    if memory.waiting is not None:
        return talk.say("say_yes")
    is_of_offer = is_shopping and not (memory.state == "left" or asked.wanted)
    if memory.offer is not None and is_of_offer and not reading.has("thumbs"):
        [task] = purchases(talk, reading)
        task.is_sure = False
        return tasks.go_on(talk, task)
    memory.asked = replace(asked)
    return asked.question or talk.say("nothing_pending")


READERS: Final[tuple[tuple[Reader, str], ...]] = (
    (calling.named, ""),
    (strange, "unread"),
    (several, "thing"),
    (dropped, "thing"),
    (agreed, "thing"),
    (tasks.reordered, "thing"),
    (calling.explained, "question"),
    (ordering.amended, "thing"),
    (ordering.ordered, "thing"),
    (chosen, "thing"),
    (questions.questioned, "question"),
    (questions.followed_up, "question"),
    (questions.stated, "unread"),
    (questions.searched, "thing"),
    (questions.not_understood, "unread"),
)
"""Who may answer, and what is then made of words that no kind of part is: `unread`, the `question`
or a `thing` to buy; nothing where no word is looked at. The last of them answers everything."""


# --- how it was read ---


def message_read(talk: Talk, reading: Reading, rest: str) -> MessageRead:
    """Return the pieces of a message; `rest` is what was made of words that no kind of part is."""
    left = [part for order in reading.orders if order.act != "buy" for part in order.unread]

    def read_as(part: Part) -> tuple[str, str]:
        """Return what a part is told as, and its value."""
        known = TOLD_AS.get(part.kind, "")
        made = "unread" if part in left or part in reading.ignored else rest
        is_made = known == "unread" or (made == "question" and known in {"hold", "thing"})
        value = f"{part.value:,}" if part.kind == "amount" and part.is_sure else ""
        value = talk.days(part.value).strip() if part.kind == "day" and part.value else value
        return made if is_made else known, value

    spans, end, text = list[Span](), 0, reading.text
    for (kind, value), run in groupby(reading.parts, read_as):
        parts = list(run)
        begin = max(reading.tokens[parts[0].first].start, end)
        last = reading.tokens[parts[-1].last - 1].end
        if kind and begin < last:
            label = talk.text(f"read_{kind}") + (f": {value}" if value else "")
            spans += [Span(text[end:begin]), Span(text[begin:last], kind, label)]
            end = last
    return MessageRead(tuple(span for span in (*spans, Span(text[end:])) if span.text))


class OfflineBrain:
    """Understands everyday banking and shopping, and asks where it is not sure."""

    is_model = False

    def __init__(self, operations: Mapping[str, AgentOperation], *, clock: Clock) -> None:
        self._talk = Talk(operations, clock)
        self._flow: Flow

    @property
    def awaiting(self) -> tuple[str, ...]:
        """What the last question asked for: amount, recipient, account, product, benefit, ..."""
        return self._talk.memory.asked.wanted

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call | MessageRead]:
        """Go on after what happened: with a new message, or with the answers to the calls."""
        heard = next((one for one in inputs if isinstance(one, Heard)), None)
        sent: Any = [one for one in inputs if isinstance(one, CallOutcome)]
        if heard is not None:
            self._talk.language, sent = heard.language, None
            self._flow = answer(self._talk, heard.text)
        try:
            step = self._flow.send(sent)
            while not isinstance(step, tuple):
                yield step
                step = next(self._flow)
            yield from step
        except StopIteration:
            return
        except NotAnswered as stop:
            yield stop.args[0]
