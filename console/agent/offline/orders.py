"""Orders: what a message asks to be done, whether it asks for it, and what of it is unread.

A word that is no part of an order makes it a question, whatever the word is. What kind of word it
is (a denial, a condition, a day to come) only changes what is answered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, takewhile
from typing import Final

from console.agent.offline.lexicon import kinds
from console.agent.offline.parts import OWN_ACCOUNTS, Scanner
from console.agent.offline.text import Part

_ORDERING: Final = frozenset({"order", "formal", "polite"})
_SLOTS: Final = {"person": "to", "name": "to", "same": "to"} | {s: s for s in ("amount", "reason")}
_TWICE: Final = {"amount": "several", "to": "people"}
"""Why it is doubted what was said twice."""


@dataclass
class Order:
    """One thing that a message asks for."""

    act: str
    parts: list[Part]
    is_asked_for: bool = False
    """Whether its verb orders it."""
    said: dict[str, Part] = field(default_factory=dict)
    """What it says of a transfer: its `amount`, `to`, `from` and `reason`."""
    unread: list[Part] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether it says how much, and for whom or where."""
        return {"amount", "to"} <= self.said.keys()

    @property
    def is_of_payer(self) -> bool:
        """Whether it says only how it is paid: "paga con débito", "ponla a 3 meses"."""
        ways, is_how = {part.kind for part in self.unread}, self.said.keys() <= {"from"}
        return self.act == "send" and is_how and bool(self.said or ways) and ways <= {"benefit"}

    @property
    def recipient(self) -> str:
        """Who is named as the one to be paid, or nothing."""
        to = self.said.get("to")
        return str(to.value) if to is not None and to.kind in {"person", "name"} else ""

    @property
    def pronoun(self) -> str:
        """The kind of word that means the person spoken of last, "él"; or only may: "le"."""
        if "to" in self.said:
            return str(self.said["to"].value) if self.said["to"].kind == "same" else ""
        led = (p.kind for p in self.parts if p.kind == "again" or p.way == "to")
        return next((kind for kind in led if kind in {"again", "verb", "clitic"}), "")

    def take(self, part: Part, *, is_instead: bool, is_expected: bool, is_led: bool) -> bool:
        """Put a part into a transfer, in the place of what was said or not; return whether it is.

        What stands alone is taken where it is expected: in an answer.
        """
        slot, is_somebody = slot_of(part, is_expected=is_expected), part.kind in {"person", "name"}
        is_alone = is_somebody and not (part.way or is_expected or is_led)
        is_twice = slot in self.said and not is_instead
        if not slot or (is_twice and slot not in _TWICE) or (is_alone and not is_twice):
            return False
        is_doubted = part.is_sure and (is_twice or (is_somebody and part.way == "from"))
        self.said[slot] = replace(part, doubt=_TWICE[slot]) if is_doubted else part
        return True


def slot_of(part: Part, *, is_expected: bool = True) -> str:
    """Return what a part says of a transfer, if anything."""
    if part.kind == "account":
        is_source = part.way == "from" or (is_expected and not part.way)
        is_target = part.way or part.value == "credit" or part.value not in OWN_ACCOUNTS | {""}
        return "from" if is_source else "to" if is_target else ""
    return "" if part.unit else _SLOTS.get(part.kind, "")


@dataclass
class Reading(Scanner):
    """A message with its parts and what they ask for."""

    parts: list[Part] = field(default_factory=list)
    ignored: list[Part] = field(default_factory=list)
    """What a question has besides what it was answered by."""

    @cached_property
    def orders(self) -> list[Order]:
        """What it asks for, in the order in which it does.

        A verb beside it that neither orders nor says anything is unread: "si depositan, manda 50".
        An amount right beside a word that was not read, or before things, is doubted: "5 tacos".
        """
        found, left, segments = list[Order](), list[Part](), _segments(self.parts)
        for segment in segments:
            order = Order(_act(segment), segment, _is_asked_for(segment, self))
            sent = [*sent_in(order, self)] if order.act in {"send", "give"} else []
            if sent and segments[1:] and not (order.is_asked_for or order.said):
                left += segment
            elif order.act:
                found += _paid_alike(sent) or [order]
            else:
                left += [part for part in segment if part.kind not in kinds("quiet")]
        for order in (found := _completed(found)):
            amount = order.said.get("amount")
            pairs = [pair for pair in pairwise(order.parts) if amount in pair]
            is_doubted = any(part.kind == "unread" for pair in pairs for part in pair)
            for _, part in pairs if amount is not None and not amount.is_money else ():
                is_doubted |= part.kind == "reason" and self.word(part.first).endswith("s")
            if amount is not None and amount.is_sure and is_doubted:
                order.said["amount"] = replace(amount, doubt="near")
        if found:
            found[0].unread[:0] = left
        return found

    @property
    def mood(self) -> str:
        """What stands in the way of an order, by kind, or nothing."""
        said = {part.kind for part in self.parts[self.begins_otherwise :]}
        said |= {"past_mark" for part in self.of("verb") if part.value.form == "past"}
        said |= {self._stopped_by(i) for i, part in enumerate(self.parts) if part.kind == "verb"}
        return next((kind for kind in kinds("moods") if kind in said), "")

    def _stopped_by(self, head: int) -> str:
        """Return what stops a verb: a no, "no le mandes", or who is to do it: "que Juan mande"."""
        form, before = self.parts[head].value.form, self.parts[: _led_from(self.parts, head)]
        if before and self.denies(before[-1]) and form in {"subjunctive", "formal", "doubtful"}:
            return "negation"
        who = [part for part in before if part.kind not in {"question", "to"}][-1:]
        is_told = any(p.kind == "person" and (p.way != "to" or p != before[-1]) for p in who)
        is_first = form not in {"order", "infinitive"} and all(p.kind != "verb" for p in before)
        return "others" if is_told and is_first else ""

    @property
    def is_question(self) -> bool:
        """Whether it asks: by its sign or its first word."""
        kinds = [part.kind for part in self.parts if part.kind not in {"courtesy", "stop", "and"}]
        return "asking" in kinds or kinds[:1] == ["question"]

    @property
    def asks(self) -> bool:
        """Whether it asks anywhere: a word that also joins sentences asks at the beginning only."""
        joining = self.words.grammar["conjunction"]
        words = {self.tokens[part.first].word for part in self.of("question")}
        return self.is_question or bool(words - {joining})

    @property
    def is_ordering(self) -> bool:
        """Whether it orders something, and of a transfer says what."""
        return any(o.is_asked_for and (o.said or o.act in {"buy", "add"}) for o in self.orders)

    @property
    def first_kind(self) -> str:
        """The kind of its first part; a sign that it asks is none."""
        return next((part.kind for part in self.beside("asking")), "")

    @property
    def number_alone(self) -> int | None:
        """The number that it says and nothing else."""
        parts = self.beside(*kinds("filling"), "to", "asking", "question")
        return parts[0].whole if len(parts) == 1 else None

    def of(self, *kinds: str) -> list[Part]:
        """Return its parts of these kinds, but for what is denied."""
        return [part for part in self.parts if part.kind in kinds and part not in self.denied]

    @cached_property
    def denied(self) -> list[Part]:
        """What a no stands before: "no de ahorro", "que no salga de ahorro"."""
        found, is_denied = list[Part](), False
        for part in self.parts:
            is_found = is_denied and part.kind in kinds("deniable")
            found += [part] if is_found else []
            is_turn = part.kind == "correcting" and not self.match(part.first, "no", "set_amount")
            is_sign = part.kind in {"stop", "and", "asking"} or is_turn
            is_ended = is_sign or (is_found and part.kind != "unread")
            is_no = part.kind == "excluding" or (self.denies(part) and part.kind != "cancel")
            is_denied = is_no or (is_denied and not is_ended)
        return found

    def beside(self, *kinds: str) -> list[Part]:
        """Return its parts of all other kinds."""
        return [part for part in self.parts if part.kind not in kinds]

    def has(self, *kinds: str) -> bool:
        """Tell whether it has a part of any of these kinds."""
        return any(part.kind in kinds for part in self.parts)

    def denies(self, part: Part) -> bool:
        """Tell whether a part says no to what is beside it."""
        no = self.match(part.first, "no")
        return part.kind in {"negation", "cancel"} or (no is not None and no.last == part.last)

    @property
    def begins_otherwise(self) -> bool:
        """Whether a "no" only begins a correction: "no, mejor mándale 300"."""
        kinds = [part.kind for part in self.parts[:2]]
        is_no = kinds[:1] in (["negation"], ["cancel"]) and kinds[1:] in (["stop"], ["correcting"])
        return is_no and not self.of("negation")[1:]

    @property
    def afterthought(self) -> list[Part]:
        """What corrects after a sign at the end, and nothing else: "la de ahorro, no, espera"."""
        run = list(takewhile(lambda p: p.kind in kinds("closing"), reversed(self.parts)))
        is_apart = len(run) < len(self.parts) and bool(run) and run[-1].kind == "stop"
        return [part for part in run if part.kind == "correcting"] if is_apart else []

    @property
    def ends_in_no(self) -> bool:
        """Whether something is taken back at the end: "200 no"."""
        said = self.beside("stop", "courtesy")
        return bool(said) and self.denies(said[-1])

    def values(self, *kinds: str) -> set[str]:
        """Return the values of the phrases of these kinds that are not said to be left out."""
        places = (at for part in self.beside("excluding") for at in range(part.first, part.last))
        found = (match for at in places for match in self.phrases[at])
        return {match.value for match in found if match.kind in kinds}

    def covers(self, needed: str, *kinds: str) -> bool:
        """Tell whether it is words of these kinds only, and one of those needed."""
        place, found = 0, set[str]()
        while place < len(self.tokens):
            match = self.match(place, needed) or self.match(place, *kinds)
            if match is None and self.tokens[place].said not in ",.!¡;:":
                return False
            found |= {match.kind} if match is not None else set()
            place = match.last if match is not None else place + 1
        return needed in found

    def quoted(self, parts: Iterable[Part]) -> str:
        """Return what the person wrote of these parts."""
        runs = list[tuple[int, int]]()
        for part in parts:
            first = runs.pop()[0] if runs and runs[-1][1] == part.first else part.first
            runs.append((first, part.last))
        return ", ".join(self.quote(first, last) for first, last in runs)


def _completed(orders: list[Order]) -> list[Order]:
    """Put what says only how an order is paid, or what for, into the order before it."""
    for before, order in [*pairwise(orders)]:
        is_how = before.act == "send" == order.act and order.said.keys() <= {"from", "reason"}
        if before.act == "buy" and order.is_of_payer:
            before.parts += order.parts
            orders.remove(order)
        elif is_how and order.said:
            before.said, before.unread = before.said | order.said, before.unread + order.unread
            orders.remove(order)
    return orders


def _paid_alike(orders: list[Order]) -> list[Order]:
    """Take the account that one of a verb's transfers to others is paid from for all of them."""
    payers = [order.said["from"] for order in orders if "from" in order.said]
    is_to_own = any(o.said["to"].kind == "account" for o in orders if "to" in o.said)
    for order in orders if len(payers) == 1 and not is_to_own else ():
        order.said.setdefault("from", payers[0])
    return orders


def _segments(parts: list[Part]) -> list[list[Part]]:
    """Split a message where another verb begins another order, with what leads to the verb."""
    heads = pairwise(i for i, part in enumerate(parts) if part.kind in {"verb", "take"})
    starts = (_led_from(parts, head) for one, head in heads if not _is_of_one(parts, one, head))
    return [parts[first:last] for first, last in pairwise([0, *starts, len(parts)])]


def _led_from(parts: Sequence[Part], head: int) -> int:
    """Return where what leads to a verb begins."""
    while head and parts[head - 1].kind in kinds("leads"):
        head -= 1
    return head


def _is_of_one(parts: Sequence[Part], before: int, head: int) -> bool:
    """Tell whether a verb belongs to the one before: "saca 500 y pásalos", "haz una compra"."""
    if parts[before].kind != "verb":
        return False
    act, between = parts[before].value.act, {part.kind for part in parts[before + 1 : head]}
    second = parts[head].value.act if parts[head].kind == "verb" else ""
    if second and act == "make":
        return not between & {"amount", "person", "stop", "and"}
    following = {p.kind for p in takewhile(lambda p: p.kind != "verb", parts[head + 1 :])}
    is_led = "amount" in between - following and "person" not in between
    return act == second == "send" and is_led


def _act(segment: Sequence[Part]) -> str:
    acts = {part.value.act for part in segment if part.kind == "verb"}
    kinds = {part.kind for part in segment}
    if "register" in kinds or ("add_noun" in kinds and not acts):
        return "add"
    if {"purchase_noun", "proceed"} <= kinds:
        return "buy"
    found = next((act for act in ("add", "send", "buy", "give") if act in acts), "")
    is_sent = "make_noun" in kinds or kinds >= {"later", "amount", "person"}
    return found or ("send" if is_sent else "")


def _is_asked_for(segment: Sequence[Part], reading: Reading) -> bool:
    """Tell whether the form of a verb, with what leads to it, orders something."""
    places = [i for i, part in enumerate(segment) if part.kind == "verb"]
    forms = [segment[place].value.form for place in places]
    is_question = any(part.kind == "asking" for part in segment)
    if not forms or {"past", "other"} & set(forms):
        return not forms and not (is_question or reading.is_question)
    place, form = places[0], forms[0]
    leads = {part.kind for part in segment[_led_from(segment, place) : place]}
    if "will_that" in leads:
        return form in {"subjunctive", "formal", "doubtful"}
    if "will" in leads:
        return form in {"infinitive", "bare"}
    before = (part.kind for part in segment[:place] if part.way != "to")
    is_first = all(kind in kinds("quiet", "before_verb") for kind in before)
    is_meant = is_first if form in {"infinitive", "bare"} else form in _ORDERING
    is_formal = form == "doubtful" and bool(reading.values("formal_mark"))
    return (is_meant or is_formal) and (form == "polite" or not is_question)


# --- sending ---


def sent_in(order: Order, reading: Reading, *, is_expected: bool = False) -> Iterator[Order]:
    """Read a transfer, and those that follow it without a verb: "y 200 a mi mamá".

    A word that corrects, and a slot after it, take the place of what was said; without one it is
    unread.
    """
    current, parts = order, _without_denied(order.parts, reading)
    marks, is_joint, around = list[Part](), False, ["", *(part.kind for part in parts), ""]
    payees = [place for place, part in enumerate(parts) if slot_of(part) == "to"]
    for place, (before, part, after) in enumerate(zip(around, parts, around[2:], strict=False)):
        is_no = reading.denies(part) and after not in {"stop", "correcting"}
        is_led = bool(marks) or before in {"verb", "clitic", "amount"}
        is_rest = is_joint and part.doubt == "unstated" and current.is_whole and not after
        is_day = part.way != "of" and reading.match(part.first - 1, "the_day") is not None
        is_rest |= part.kind == "amount" and not part.is_money and is_day
        is_next = is_joint and not marks and (before == "and" or payees[-1:] >= [place])
        if part.kind in {"and", "stop"}:
            is_joint = True
        elif part.kind in kinds("correcting") and not is_no:
            marks.append(part)
        elif part in reading.denied or (marks and current is not order) or is_rest:
            current.unread += [*marks, part]
            marks = []
        elif is_next and (begun := _next(current, part, after)) is not None:
            yield current
            current, is_joint = begun, False
        elif part.kind == "same_order" and before == "person":
            continue
        elif current.take(part, is_instead=bool(marks), is_expected=is_expected, is_led=is_led):
            marks, is_joint = [], False
        elif part.kind not in kinds("quiet"):
            current.unread += [*marks, part]
            marks, is_joint = [], False
    current.unread += marks
    yield current


def _without_denied(parts: list[Part], reading: Reading) -> list[Part]:
    """Leave out what is denied and then said otherwise: "no de cheques, de ahorro"."""
    for place, denied in enumerate(parts):
        slot, others = slot_of(denied), map(slot_of, parts[place + 1 :])
        if slot and denied in reading.denied and slot in others:
            denials = (i for i, part in enumerate(parts[:place]) if reading.denies(part))
            first = max(denials, default=place)
            is_of_verb = any(part.kind == "verb" for part in parts[first:place])
            return parts if is_of_verb else parts[:first] + parts[place + 1 :]
    return parts


def _next(current: Order, part: Part, following: str) -> Order | None:
    """Return the order that a part begins after a whole one: "y lo mismo a Sofi".

    In an answer, what is whole by itself begins one too: "concepto renta y 50 a Sofi".
    """
    is_to, slot = part.kind == "person", slot_of(part)
    is_same = part.kind == "same_order" or (is_to and following in {"also", "same_order"})
    is_new = slot == "amount" or (is_to and following == "amount")
    is_bare = current.said.keys() == ({"amount"} if is_same else {"reason"})
    is_begun = is_bare and (is_same or following == "person")
    if not (current.is_whole or is_begun) or not (is_same or is_new):
        return None
    same = {name: one for name, one in current.said.items() if is_same and name != "to"}
    return Order(current.act, [part], current.is_asked_for, same | ({slot: part} if slot else {}))
