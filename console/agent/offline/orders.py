"""Orders: what a message asks to be done, whether it asks for it, and what of it is unread.

A word that is no part of an order makes it a question, whatever the word is. What kind of word it
is (a denial, a condition, a day to come) only changes what is answered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from console.agent.offline.ends import Account
from console.agent.offline.lexicon import Cursor, Lexicon, kinds
from console.agent.offline.parts import verb_form
from console.agent.offline.text import Part, Said

_ORDERING: Final = frozenset({"order", "formal", "polite"})


@dataclass
class Order:
    """One thing that a message asks for."""

    act: str
    parts: list[Part]
    is_asked_for: bool = False
    """Whether its verb orders it."""
    amount: Part | None = None
    recipient: str = ""
    source: Account | None = None
    destination: Account | None = None
    description: str = ""
    pronoun: str = ""
    """The kind of word that means the person spoken of last, or nothing."""
    is_for_several: bool = False
    unread: list[Part] = field(default_factory=list)

    @property
    def says_anything(self) -> bool:
        """Whether it says more than that something is to be sent."""
        said = (self.amount, self.recipient, self.source, self.destination, self.description)
        return any(said) or bool(self.pronoun) or self.is_for_several

    @property
    def implied(self) -> str:
        """The kind of word that means the person spoken of last if nobody is named: "le"."""
        led = (p.kind for p in self.parts if p.kind == "again" or p.way == "to")
        return next((kind for kind in led if kind in {"again", "verb", "clitic"}), "")

    def take(self, part: Part, *, is_correcting: bool, is_led: bool, is_answer: bool) -> None:
        """Put a part into a transfer, or among what is unread."""
        is_plain = part.way == ""
        match part.kind:
            case "amount" if not part.unit:
                is_first = self.amount is None or is_correcting
                doubt = part.doubt if is_first or not part.is_sure else "several"
                self.amount = replace(part, doubt=doubt)
            case "person" | "name" if part.way == "from" or (self.recipient and not is_correcting):
                self.is_for_several = True
            case "person" if not is_plain or is_led:
                self.recipient, self.destination = part.value, None
            case "name" if is_answer:
                self.recipient = part.value
            case "same":
                self.pronoun = part.value
            case "account" if part.way == "from" or (is_plain and is_answer):
                self._put(part, "source")
            case "account" if not is_plain or part.value.type == "credit":
                self._put(part, "destination")
            case "reason" if not self.description:
                self.description = part.value
            case kind if kind not in kinds("quiet"):
                self.unread.append(part)

    def _put(self, part: Part, end: str) -> None:
        if getattr(self, end) is None and not (end == "destination" and self.recipient):
            setattr(self, end, part.value)
        else:
            self.unread.append(part)


@dataclass
class Reading(Cursor):
    """A message with its parts and what they ask for."""

    said: Said
    parts: list[Part]
    orders: list[Order]
    ignored: list[Part] = field(default_factory=list)
    """What a question has besides what it was answered by."""

    @property
    def mood(self) -> str:
        """What stands in the way of an order, by kind, or nothing."""
        found = next((kind for kind in kinds("moods") if self.has(kind)), "")
        is_past = any(verb_form(part).form == "past" for part in self.of("verb"))
        return found or ("past_mark" if is_past else "")

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
        """Whether it orders something and says what."""
        return any(order.is_asked_for and order.says_anything for order in self.orders)

    @property
    def first_kind(self) -> str:
        """The kind of its first part."""
        return self.parts[0].kind if self.parts else ""

    @property
    def number_alone(self) -> int | None:
        """The number that it says and nothing else."""
        parts = self.beside(*kinds("filling"), "to", "asking", "question")
        if len(parts) != 1 or parts[0].kind not in {"amount", "ordinal"}:
            return None
        said: int | None = parts[0].value if parts[0].kind == "ordinal" else parts[0].whole
        return said

    def of(self, *kinds: str) -> list[Part]:
        """Return its parts of these kinds."""
        return [part for part in self.parts if part.kind in kinds]

    def beside(self, *kinds: str) -> list[Part]:
        """Return its parts of all other kinds."""
        return [part for part in self.parts if part.kind not in kinds]

    def has(self, *kinds: str) -> bool:
        """Tell whether it has a part of any of these kinds."""
        return any(part.kind in kinds for part in self.parts)

    def denies(self, part: Part) -> bool:
        """Tell whether a part says no to what is beside it."""
        return part.kind in {"negation", "cancel"} or self.match(part.first, "no") is not None

    @property
    def begins_otherwise(self) -> bool:
        """Whether a "no" only begins a correction: "no, mejor mándale 300"."""
        kinds = [part.kind for part in self.parts[:2]]
        is_no = kinds[:1] in (["negation"], ["cancel"]) and kinds[1:] in (["stop"], ["correcting"])
        return is_no and not self.of("negation")[1:]

    @property
    def ends_in_no(self) -> bool:
        """Whether something is taken back at the end: "200 no"."""
        said = self.beside("stop", "courtesy")
        return bool(said) and self.denies(said[-1])

    def matches(self, *kinds: str) -> bool:
        """Tell whether a phrase of any of these kinds stands anywhere in it."""
        return bool(self.values(*kinds))

    def values(self, *kinds: str) -> set[str]:
        """Return the values of the phrases of these kinds that stand anywhere in it."""
        places = range(len(self.tokens))
        found = (match for at in places for match in self.words.matches(self.tokens, at))
        return {match.value for match in found if match.kind in kinds}

    def covers(self, needed: str, *kinds: str) -> bool:
        """Tell whether it is words of these kinds only, and one of those needed."""
        tokens, place, has_needed = self.tokens, 0, False
        while place < len(tokens):
            own = self.match(place, needed)
            found = own or self.match(place, *kinds)
            if found is None and tokens[place].said not in ",.!¡;:":
                return False
            has_needed = has_needed or own is not None
            place = found.last if found is not None else place + 1
        return has_needed

    def quoted(self, parts: Iterable[Part]) -> str:
        """Return what the person wrote of these parts."""
        runs = list[tuple[int, int]]()
        for part in parts:
            first = runs.pop()[0] if runs and runs[-1][1] == part.first else part.first
            runs.append((first, part.last))
        return ", ".join(self.said.quote(first, last) for first, last in runs)


def read_orders(said: Said, words: Lexicon, parts: list[Part]) -> Reading:
    """Return what a message asks for, in the order in which it does."""
    reading = Reading(words, said.tokens, said, parts, [])
    orders, left = reading.orders, list[Part]()
    for segment in _segments(parts):
        found = list(_orders(segment, reading))
        orders += found
        left += [] if found else [part for part in segment if part.kind not in kinds("quiet")]
    if orders:
        orders[0].unread = left + orders[0].unread
    return reading


def _segments(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Split a message where another verb begins another order, with what leads to the verb."""
    heads = [i for i, part in enumerate(parts) if part.kind in {"verb", "take"}]
    starts = []
    for number, head in enumerate(heads):
        if number == 0 or not _is_of_one(parts, heads[number - 1], head):
            starts.append(_led_from(parts, head))
    for first, last in pairwise([0, *starts[1:], len(parts)]):
        if first < last:
            yield list(parts[first:last])


def _led_from(parts: Sequence[Part], head: int) -> int:
    """Return where what leads to a verb begins."""
    while head and parts[head - 1].kind in kinds("leads"):
        head -= 1
    return head


def _is_of_one(parts: Sequence[Part], before: int, head: int) -> bool:
    """Tell whether a verb belongs to the one before: "saca 500 y pásalos", "haz una compra"."""
    if parts[before].kind != "verb":
        return False
    act, between = verb_form(parts[before]).act, {part.kind for part in parts[before + 1 : head]}
    second = verb_form(parts[head]).act if parts[head].kind == "verb" else ""
    if second and act == "make":
        return not between & {"amount", "person", "stop"}
    return act == second == "send" and "person" not in between and "amount" in between


def _orders(segment: list[Part], reading: Reading) -> Iterator[Order]:
    act = _act(segment)
    if act == "":
        return
    order = Order(act, segment, is_asked_for=_is_asked_for(segment, reading))
    if act not in {"send", "give", "make"}:
        yield order
        return
    for sent in sent_in(order, reading):
        _doubt_beside_unread(sent)
        yield sent


def _act(segment: Sequence[Part]) -> str:
    acts = {verb_form(part).act for part in segment if part.kind == "verb"}
    kinds = {part.kind for part in segment}
    if "register" in kinds or ("add_noun" in kinds and not acts):
        return "add"
    if {"purchase_noun", "proceed"} <= kinds:
        return "buy"
    found = next((act for act in ("add", "send", "buy", "give") if act in acts), "")
    is_sent = "make_noun" in kinds or kinds >= {"later", "amount", "person"}
    return found or ("send" if is_sent else "make" if "make" in acts else "")


def _is_asked_for(segment: Sequence[Part], reading: Reading) -> bool:
    """Tell whether the form of a verb, with what leads to it, orders something."""
    places = [i for i, part in enumerate(segment) if part.kind == "verb"]
    forms = [verb_form(segment[place]).form for place in places]
    is_question = any(part.kind == "asking" for part in segment)
    if not forms or {"past", "other"} & set(forms):
        return not forms and not is_question
    place, form = places[0], forms[0]
    leads = {part.kind for part in segment[_led_from(segment, place) : place]}
    if "will_that" in leads:
        return form in {"subjunctive", "formal", "doubtful"}
    if "will" in leads:
        return form in {"infinitive", "bare"}
    is_first = all(
        p.kind in kinds("quiet", "before_verb") or p.way == "to" for p in segment[:place]
    )
    is_meant = is_first if form in {"infinitive", "bare"} else form in _ORDERING
    is_formal = form == "doubtful" and reading.matches("formal_mark")
    return (is_meant or is_formal) and (form == "polite" or not is_question)


# --- sending ---


def sent_in(order: Order, reading: Reading) -> Iterator[Order]:
    """Read a transfer, and those that follow it without a verb: "y 200 a mi mamá"."""
    current, is_correcting, is_joint, parts = order, False, False, order.parts
    for place, part in enumerate(parts):
        following = parts[place + 1].kind if place + 1 < len(parts) else ""
        if part.kind in {"and", "stop"}:
            is_joint = True
            continue
        if part.kind == "correcting" or (part.kind == "set_amount" and following == "amount"):
            is_bare_no = reading.match(part.first, "no") is not None
            allowed = kinds("after_first_no", *(["after_no"] if place else []))
            is_correcting = bool(following) and not (is_bare_no and following not in allowed)
            if not is_correcting:
                current.unread.append(part)
            continue
        is_no = part.kind == "negation" and following in {"correcting", "amount"} and place
        if is_no or (part.kind == "let_that" and following in {"amount", "person", "account"}):
            is_correcting = True
            continue
        begun = None if is_correcting or not is_joint else _next(current, part, following)
        if begun is not None:
            yield current
            current, is_joint = begun, False
            continue
        if part.kind == "same_order" and parts[place - 1].kind == "person":
            continue
        is_led = place > 0 and parts[place - 1].kind in {"verb", "clitic", "correcting"}
        current.take(part, is_correcting=is_correcting, is_led=is_led, is_answer=False)
        if part.kind not in kinds("quiet"):
            is_correcting, is_joint = False, False
    yield current


def _next(current: Order, part: Part, following: str) -> Order | None:
    """Return the order that a part begins after a whole one: "y lo mismo a Sofi"."""
    if current.amount is None or not (current.recipient or current.destination):
        return None
    begun = Order(current.act, [part], current.is_asked_for)
    match part.kind:
        case "amount" if not part.unit:
            return replace(begun, amount=part)
        case "same_order":
            return replace(begun, amount=current.amount)
        case "person" if following in {"also", "same_order"}:
            return replace(current, recipient=part.value, unread=[])
        case "person" if following == "amount":
            return replace(begun, recipient=part.value)
    return None


def _doubt_beside_unread(order: Order) -> None:
    """Doubt an amount that stands right beside a word which was not read: "5 tamales"."""
    amount = order.amount
    for before, after in pairwise(order.parts):
        said, other = (before, after) if before.kind == "amount" else (after, before)
        is_beside = said.kind == "amount" and other.kind == "unread"
        if amount is not None and is_beside and said.first == amount.first:
            order.amount = replace(amount, doubt="near" if amount.is_sure else amount.doubt)
