"""Orders: what a message asks to be done, whether it asks for it, and what of it is unread.

A word that is no part of an order makes it a question, whatever the word is. What kind of word it
is (a denial, a condition, a day to come) only changes what is answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from console.agent.offline.amounts import Amount, is_small_word
from console.agent.offline.lexicon import Words
from console.agent.offline.parts import Account, Part, verb_form
from console.agent.offline.text import Said

_MOODS: Final = (
    *("injected", "quote", "quoting", "regards", "negation", "cancel", "later", "day"),
    *("others", "past_mark", "condition", "joke", "duty"),
)
_LEADS: Final = frozenset({"will", "will_that", "clitic", "duty", "courtesy", "now"})
_QUIET: Final = frozenset(
    {"courtesy", "now", "will", "will_that", "clitic", "stop", "verb", "make_noun", "and", "again"}
) | {"relative_clause", "money", "asking", "thumbs", "yes", "take", "proceed", "here"}
_AFTER_NO: Final = frozenset(
    {"stop", "correcting", "amount", "person", "account", "let_that", "set_amount"}
)
_AFTER_FIRST_NO: Final = frozenset({"stop", "correcting"})
_ORDERING: Final = frozenset({"order", "bare", "formal", "polite", "infinitive"})


@dataclass
class Order:
    """One thing that a message asks for."""

    act: str
    parts: list[Part]
    is_asked_for: bool = False
    """Whether its verb orders it."""
    amount: Amount | None = None
    recipient: str = ""
    source: Account | None = None
    destination: Account | None = None
    description: str = ""
    is_to_same: str = ""
    """The kind of word that means the person spoken of last, or nothing."""
    is_for_several: bool = False
    is_elliptic: bool = False
    """Whether it has no verb of its own: "y 200 a mi mamá"."""
    unread: list[Part] = field(default_factory=list)

    @property
    def says_anything(self) -> bool:
        """Whether it says more than that something is to be sent."""
        return bool(
            self.amount
            or self.recipient
            or self.source
            or self.destination
            or self.description
            or self.is_to_same
            or self.is_for_several
        )


@dataclass(frozen=True)
class Reading:
    """A message with its parts and what they ask for."""

    said: Said
    words: Words
    parts: list[Part]
    orders: list[Order]

    @property
    def mood(self) -> str:
        """What stands in the way of an order, by kind, or nothing."""
        kinds = {part.kind for part in self.parts}
        forms = {verb_form(part).form for part in self.parts if part.kind == "verb"}
        found = next((kind for kind in _MOODS if kind in kinds), "")
        if not found and forms & {"past"}:
            return "past_mark"
        return found

    @property
    def is_question(self) -> bool:
        """Whether it asks: by its sign or its first word."""
        kinds = [part.kind for part in self.parts if part.kind not in {"courtesy", "stop", "and"}]
        return "asking" in kinds or kinds[:1] == ["question"]

    @property
    def asks(self) -> bool:
        """Whether it asks anywhere: a word that also joins sentences asks at the beginning only."""
        joining = self.words.first.grammar["conjunction"]
        return self.is_question or any(
            part.kind == "question" and self.said.tokens[part.first].word != joining
            for part in self.parts
        )

    def has(self, *kinds: str) -> bool:
        """Tell whether it has a part of any of these kinds."""
        return any(part.kind in kinds for part in self.parts)

    def quoted(self, parts: Sequence[Part]) -> str:
        """Return what the person wrote of these parts."""
        runs: list[list[int]] = []
        for part in parts:
            if runs and runs[-1][1] == part.first:
                runs[-1][1] = part.last
            else:
                runs.append([part.first, part.last])
        return ", ".join(self.said.quote(first, last) for first, last in runs)


def read_orders(said: Said, words: Words, parts: list[Part]) -> Reading:
    """Return what a message asks for, in the order in which it does."""
    orders: list[Order] = []
    left: list[Part] = []
    for segment in _segments(parts):
        found = list(_order(segment, said, words))
        orders += found
        left += [] if found else [part for part in segment if part.kind not in _QUIET]
    if orders:
        orders[0].unread = left + orders[0].unread
    if orders and len(orders) > 1 and not any(order.says_anything for order in orders[:1]):
        orders = _merged(orders)
    return Reading(said, words, parts, orders)


def _merged(orders: list[Order]) -> list[Order]:
    """Join an opening that says nothing, "hazme un favor y", with what follows it."""
    first, second, *rest = orders
    if first.act not in {"make", second.act} or first.unread:
        return orders
    second.parts = first.parts + second.parts
    return [second, *rest]


def _segments(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Split a message where another verb begins another order, with what leads to the verb."""
    heads = [i for i, part in enumerate(parts) if part.kind in {"verb", "take"}]
    starts = []
    for number, head in enumerate(heads):
        start = head
        while start and parts[start - 1].kind in _LEADS:
            start -= 1
        is_new = number == 0 or not _is_of_one(parts, heads[number - 1], head)
        starts += [start] if is_new else []
    bounds = [0, *starts[1:], len(parts)]
    for first, last in pairwise(bounds):
        if first < last:
            yield list(parts[first:last])


def _is_of_one(parts: Sequence[Part], before: int, head: int) -> bool:
    """Tell whether a verb belongs to the one before: "saca 500 y pásalos", "haz una compra"."""
    first, second = verb_form(parts[before]) if parts[before].kind == "verb" else None, None
    if parts[head].kind == "verb":
        second = verb_form(parts[head])
    between = {part.kind for part in parts[before + 1 : head]}
    if first is not None and second is not None and first.act == "make":
        return not between & {"amount", "person", "stop"}
    is_sent_on = first is not None and second is not None and first.act == second.act == "send"
    return is_sent_on and "person" not in between and "amount" in between


def _order(segment: list[Part], said: Said, words: Words) -> Iterator[Order]:
    act = _act(segment)
    if act == "":
        return
    order = Order(act, segment, is_asked_for=_is_asked_for(segment, said, words))
    if act in {"send", "give", "make"}:
        for sent in _sent(order, said, words):
            doubt_beside_unread(sent)
            yield sent
    else:
        yield order


def _act(segment: Sequence[Part]) -> str:
    acts = [verb_form(part).act for part in segment if part.kind == "verb"]
    kinds = {part.kind for part in segment}
    if "register" in kinds or ("add_noun" in kinds and not acts):
        return "add"
    if "purchase_noun" in kinds and kinds & {"proceed"}:
        return "buy"
    for act in ("add", "send", "buy", "give"):
        if act in acts:
            return act
    if "make" in acts or "make_noun" in kinds:
        return "send" if "make_noun" in kinds else "make"
    return ""


def _is_asked_for(segment: Sequence[Part], said: Said, words: Words) -> bool:  # noqa: PLR0911
    """Tell whether the form of a verb, with what leads to it, orders something."""
    verbs = [(i, verb_form(part)) for i, part in enumerate(segment) if part.kind == "verb"]
    is_question = any(part.kind == "asking" for part in segment)
    if not verbs:
        return not is_question
    place, verb = verbs[0]
    leads = {part.kind for part in _leading(segment, place)}
    if "duty" in leads or any(v.form in {"past", "other"} for _, v in verbs):
        return False
    if "will_that" in leads:
        return verb.form in {"subjunctive", "formal", "doubtful"}
    if verb.form == "doubtful":
        marks = (words.match(said.tokens, p, "formal_mark") for p in range(len(said.tokens)))
        return any(marks) and not is_question
    if "will" in leads:
        return verb.form in {"infinitive", "bare"}
    is_first = all(part.kind in _QUIET or part.way == "to" for part in segment[:place])
    if verb.form in {"infinitive", "bare"} and not is_first:
        return False
    return verb.form in _ORDERING and (verb.form == "polite" or not is_question)


def _leading(segment: Sequence[Part], place: int) -> Iterator[Part]:
    while place and segment[place - 1].kind in _LEADS:
        place -= 1
        yield segment[place]


# --- sending ---


def _sent(order: Order, said: Said, words: Words) -> Iterator[Order]:
    """Read a transfer, and those that follow it without a verb: "y 200 a mi mamá"."""
    current, is_correcting, is_joint = order, False, False
    parts = order.parts
    for place, part in enumerate(parts):
        following = parts[place + 1].kind if place + 1 < len(parts) else ""
        if part.kind in {"and", "stop"}:
            is_joint = True
            continue
        if part.kind == "correcting" or (part.kind == "set_amount" and following == "amount"):
            is_bare_no = words.match(said.tokens, part.first, "no") is not None
            allowed = _AFTER_NO if place else _AFTER_FIRST_NO
            is_correcting = bool(following) and not (is_bare_no and following not in allowed)
            if not is_correcting:
                current.unread.append(part)
            continue
        if part.kind == "negation" and following in {"correcting", "amount"} and place:
            is_correcting = True
            continue
        is_next = is_joint and current.amount and current.recipient and not is_correcting
        if part.kind == "amount" and is_next and not part.value.unit:
            yield current
            current = Order(order.act, [part], order.is_asked_for, part.value, is_elliptic=True)
            is_joint = False
            continue
        if part.kind == "person" and is_next and following == "also":
            yield current
            current = replace(current, recipient=part.value, unread=[], is_elliptic=True)
            continue
        is_led = place > 0 and parts[place - 1].kind in {"verb", "clitic", "correcting"}
        _take(current, part, is_correcting=is_correcting, is_led=is_led)
        if part.kind not in _QUIET:
            is_correcting, is_joint = False, False
    yield current


def doubt_beside_unread(order: Order) -> None:
    """Doubt an amount that stands right beside a word which was not read: "5 tamales"."""
    for before, after in pairwise(order.parts):
        amount = before if before.kind == "amount" else after if after.kind == "amount" else None
        other = after if amount is before else before
        value: Amount | None = amount.value if amount is not None else None
        if value is not None and other.kind == "unread" and value is order.amount:
            order.amount = replace(value, doubt=value.doubt or "near")


def _take(  # noqa: C901, PLR0912 - a case for each kind of part
    order: Order, part: Part, *, is_correcting: bool, is_led: bool
) -> None:
    """Put a part into a transfer, or among what is unread."""
    match part.kind:
        case "amount" if part.value.unit:
            order.unread.append(part)
        case "amount" if order.amount is None or is_correcting:
            order.amount = part.value
        case "amount":
            said: Amount = part.value
            order.amount = replace(said, doubt=said.doubt or "several")
        case "person" if part.way == "from":
            order.is_for_several = True
        case "person" if part.way == "" and not is_led:
            order.unread.append(part)
        case "name" if order.recipient:
            order.is_for_several = True
        case "person" if order.recipient and not is_correcting:
            order.is_for_several = True
        case "person":
            order.recipient, order.destination = part.value, None
        case "same":
            order.is_to_same = part.value
        case "account":
            _take_account(order, part)
        case "reason" if not order.description:
            order.description = part.value
        case "also":
            pass
        case kind if kind not in _QUIET:
            order.unread.append(part)


def _take_account(order: Order, part: Part) -> None:
    is_paid_off = part.way == "" and part.value.type == "credit"
    if part.way == "from" and order.source is None:
        order.source = part.value
    elif (part.way == "to" or is_paid_off) and order.destination is None and not order.recipient:
        order.destination = part.value
    else:
        order.unread.append(part)


def is_unclear_amount(said: Said, amount: Amount) -> Amount:
    """Doubt a small number in words that does not say that it is money."""
    return replace(amount, doubt="small") if is_small_word(said.tokens, amount) else amount
