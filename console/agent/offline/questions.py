"""Messages that ask, look for something, or tell: what is read, and what is not, is said."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

from console.agent.offline import asking, banking, buying, finding, tasks
from console.agent.offline.asking import MovementsQuery
from console.agent.offline.days import before
from console.agent.offline.lexicon import REFUSED, TOLD_AS, kinds
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Flow, Reply, Talk
from console.agent.offline.text import Part
from console.agent.offline.transferring import Transfer, may_be

_MAX_QUOTED: Final = 60
_MIN_PRICE: Final = 1_000
"""A number beside a thing that is its price, and not its size or how many."""
_MIN_SURE: Final = 0.7


def _is_somebody(reading: Reading, part: Part) -> bool:
    """Tell whether a part says who: a name, a relation, or whose account it is."""
    word, names = reading.word(part.last - 1), reading.words.of("names")
    is_kin = part.kind == "person" and (part.way != "to" or finding.is_kin(reading, part))
    is_written = part.kind != "unread" and part.value[0].isupper()
    is_named = is_kin or is_written or not names.isdisjoint({word, word.removesuffix("s")})
    return is_named and not reading.values("introducing")


def questioned(talk: Talk, reading: Reading) -> Reply | None:
    """Answer what a message asks for; only the customer's own is told or used."""
    if reading.has("others_account"):
        return talk.say("others_account" if reading.orders else "others_money")
    pairs = pairwise(reading.beside("article", "here", "courtesy"))
    wanted = [part for one, part in pairs if one.kind in {"will", "want_thing"}]
    is_of_thing = finding.names_a_thing(replace(reading, parts=wanted))
    is_told = talk.memory.asked.wanted and reading.orders and not reading.asks
    not_meant = ("balance", "movements") if is_of_thing else ("movements",) if is_told else ()
    sure = [topic for topic in asking.topics_of(reading) if topic.score >= _MIN_SURE]
    found = (_about(talk, reading, topic) for topic in sure if topic.intent not in not_meant)
    return next((flow for flow in found if flow is not None), None)


def asked_beside(talk: Talk, reading: Reading) -> Reply | None:
    """Answer what asks or looks for something, and has no word that is no part of that."""
    topics = [topic for topic in asking.topics_of(reading)[:1] if topic.intent in kinds("queries")]
    things = {p for p, t in enumerate(reading.tokens) if t.word in reading.words.things}
    is_other = reading.is_ordering or reading.mood not in {"", "past_mark", "day"}
    words = topics[0].covered if topics else things
    if is_other or _unused(reading, {*words, *reading.days()[1]}):
        return None
    if topics:
        return _about(talk, reading, topics[0])
    return searched(talk, reading) if reading.values("want_thing", "will", "tell") else None


def _unused(
    reading: Reading, covered: Collection[int], *used: str, taken: Collection[object] = ()
) -> list[Part]:
    """Return the parts that say nothing of a question.

    Its words are the tokens that its phrases cover and the kinds `used` besides those of every
    question; what parts say, or are quoted as, is `taken`. What bounds an unused amount is unused.
    """

    def is_used(part: Part) -> bool:
        said, places = {part.value, reading.quote(part.first, part.last)}, (part.first, part.last)
        is_of_it = part.kind in (*kinds("asking_parts"), *used) or not said.isdisjoint(taken)
        is_other = part.kind in kinds("taking_back", "moods")
        words = () if is_other else (*kinds("asking_words"), *used)
        return is_of_it or all(p in covered or reading.match(p, *words) for p in range(*places))

    left = [part for part in reading.parts if not is_used(part)]
    pairs = [(one, next_) for one, next_ in pairwise(reading.parts) if next_.kind == "amount"]
    left += [one for one, amount in pairs if amount in left and one.kind in kinds("bounds")]
    return [part for part in reading.parts if part in left]


def _about(talk: Talk, reading: Reading, topic: asking.Topic) -> Reply | None:
    answer = _ANSWERS.get(topic.intent)
    if answer is not None:
        return answer(talk, reading, topic)
    key = f"told_{topic.intent}"
    is_told = key in talk.words.replies and not reading.is_ordering
    return talk.say(key) if is_told else None


def _balance(talk: Talk, reading: Reading, topic: asking.Topic) -> Reply:
    said = reading.of("name", "reason", "person", "unread")
    if any(_is_somebody(reading, part) for part in said) and not reading.orders:
        return talk.say("others_money")
    is_of_thing = finding.names_a_thing(reading)
    amounts = [p for p in reading.of("amount") if not p.doubt]
    amounts = [p for p in amounts if p.is_money or p.value >= _MIN_PRICE or not is_of_thing]
    is_supposed = len(amounts) == 1 and bool(reading.values("condition", "enough"))
    is_supposed &= not (reading.has("account") or "credit" in reading.values("direction"))
    supposed, payer = amounts[0].value if is_supposed else None, ""
    waiting = talk.memory.waiting
    if isinstance(waiting, Transfer) and not is_supposed:
        supposed, payer = waiting.amount, waiting.given.get("from_account", "")
    head = "balance_head_session" if reading.values("introducing") else "balance_head"
    reading.ignored = [] if is_supposed else _unused(reading, topic.covered, *kinds("asking_money"))
    return banking.balance(talk, asking.account_in(reading), supposed, head, payer)


def _movements(talk: Talk, reading: Reading, topic: asking.Topic) -> Reply | None:
    """List movements, or others than those listed."""
    is_refined = reading.first_kind == "and" or reading.match(0, "only") is not None
    if talk.memory.topic == "transactions" and is_refined:
        return _again(talk, reading)
    return _moved(talk, reading, _query(talk, reading), topic.covered)


def _query(talk: Talk, reading: Reading) -> MovementsQuery:
    """Return which movements are asked for; "le" and "him" are the person spoken of last."""
    query, person = asking.read_query(reading), talk.memory.last_person
    said = [part.value for part in reading.of("same")]
    said += ["clitic" for p in range(len(reading.tokens)) if reading.match(p, "him_or_her")]
    if query.account or not said or reading.has("person", "name"):
        return query
    if person is None or not may_be(talk, said[0], person):
        return replace(query, unclear="whom")
    return replace(query, other=person.alias or person.name)


def _moved(talk: Talk, reading: Reading, query: MovementsQuery, covered: Collection[int]) -> Reply:
    """List movements, or add them up; tell which words nothing is made of."""
    taken = {query.other, query.about, query.limit} - {"", None}
    words = {*covered, *reading.days()[1]}
    reading.ignored = _unused(reading, words, *kinds("asking_movements"), taken=taken)
    return banking.movements(talk, query)


def _purchase_status(talk: Talk, reading: Reading, topic: asking.Topic) -> Reply | None:
    if talk.memory.purchase_id:
        return banking.purchase_status(talk)
    if isinstance(talk.memory.done, Transfer) and not reading.has("purchase_noun"):
        return banking.movements(talk, MovementsQuery(limit=1))
    return _list(talk, reading, topic, "listPurchases") if reading.values("purchase_noun") else None


def _list(talk: Talk, reading: Reading, topic: asking.Topic, operation_id: str) -> Reply:
    reading.ignored = _unused(reading, topic.covered, *kinds("asking_movements"))
    return banking.listed(talk, operation_id)


def _shown(talk: Talk, reading: Reading, topic: asking.Topic) -> Reply | None:
    """List once more what was found, with prices and how many there are."""
    is_shopping = talk.memory.topic in {"search", "compare"} and talk.memory.found
    if not is_shopping or _unused(reading, topic.covered):
        return None
    talk.memory.offers = []
    return finding.listed(talk, talk.text("products_head"))


def _who_is(talk: Talk, reading: Reading, _topic: asking.Topic) -> Reply | None:
    people = reading.of("person", "name")
    return banking.who_is(talk, people[0].value) if len(people) == 1 else None


def _more(talk: Talk, _reading: Reading, _topic: asking.Topic) -> Reply | None:
    if talk.memory.more is not None:
        return talk.memory.more()
    return talk.say("no_more") if talk.memory.topic else None


_ANSWERS: Final[Mapping[str, Callable[[Talk, Reading, asking.Topic], Reply | None]]] = {
    "balance": _balance,
    "movements": _movements,
    "purchase_status": _purchase_status,
    "who_is": _who_is,
    "compare": lambda talk, reading, _topic: buying.compared(talk, reading),
    "catalogue": lambda talk, reading, _topic: finding.search(talk, finding.read_wish(reading)),
    "more": _more,
    "purchases": partial(_list, operation_id="listPurchases"),
    "beneficiaries": partial(_list, operation_id="listBeneficiaries"),
    "own_account": lambda talk, _reading, _topic: banking.own_accounts(talk),
    "total": lambda talk, reading, topic: (
        tasks.total(talk) or _again(talk, reading, topic.covered, is_sum=True)
    ),
    "shown": _shown,
    "each": lambda talk, reading, topic: _again(talk, reading, topic.covered, is_sum=False),
    "tasks": lambda talk, _reading, _topic: tasks.listed(talk),
    "help": lambda talk, _reading, _topic: help_(talk),
}
"""How a question is answered, by what it is about; all others with a sentence, `told_...`."""


def followed_up(talk: Talk, reading: Reading) -> Reply | None:
    """Go on with the question before, "¿y en ahorro?"; or take what no phrase fits by its words."""
    topic, query = talk.memory.topic, _query(talk, reading)
    is_other = reading.has("amount", "take", "want_thing") or (reading.orders and not reading.asks)
    if is_other or reading.mood not in {"", "past_mark", "day"}:
        return None
    if (query.type or query.direction) and not finding.names_a_thing(reading):
        return _movements(talk, reading, asking.Topic("movements", 0, frozenset()))
    if topic == "transactions":
        return _again(talk, reading)
    is_alone = not (topic or reading.beside(*kinds("asking_account")))
    is_told = is_alone or topic in {"balance", "own_account"}
    if not query.account or not is_told or reading.has("person"):
        return None
    tell = banking.own_accounts if topic == "own_account" else banking.balance
    return tell(talk, query.account)


def _again(
    talk: Talk, reading: Reading, covered: Collection[int] = (), **change: bool
) -> Reply | None:
    """Go on with the movements last told of: others of them, or, by a change, a sum or a list."""
    known, query = talk.memory.query, _query(talk, reading)
    if query.span is None and known.span is not None and "last" in reading.values("relative"):
        query = replace(query, span=before(known.span))
    said = {name: value for name, value in vars(query).items() if value} | change
    if talk.memory.topic != "transactions" or not said:
        return None
    return _moved(talk, reading, replace(known, **{"limit": None, "unclear": "", **said}), covered)


# --- what is told, and what is looked for ---


def stated(talk: Talk, reading: Reading) -> Reply | None:
    """Say that nothing was done about an order that is none."""
    acts = {part.value.act for part in reading.of("verb")} & {"send", "buy", "add"}
    if not acts and reading.mood != "others":
        return None
    if not reading.is_question:
        return talk.say(REFUSED.get(reading.mood, "said_doubtful"))
    if "buy" in acts and reading.mood in {"", "condition"} and finding.names_a_thing(reading):
        return buying.compared(talk, reading)
    return talk.say("said_question_buy" if "buy" in acts else "said_question")


def searched(talk: Talk, reading: Reading) -> Reply | None:
    """Look for what a message names; for each of the things that it joins."""
    mood = "" if reading.denied and reading.mood == "negation" else reading.mood
    if mood not in {"", "condition", "day"} or reading.has("verb", "clitic"):
        return None
    wish, words = finding.read_wish(reading), {token.word for token in reading.tokens}
    is_named, is_any = finding.names_a_thing(reading), words & reading.words.of("any_thing")
    is_bound = wish.max_price or wish.cheapest
    is_again = is_bound and talk.memory.topic == "search" and not (wish.words or is_any)
    is_wanted = is_again or reading.has("want_thing", "take", "benefit", "will")
    is_of_things = is_wanted or any(word in reading.words.things for word in words)
    is_of_things |= bool(is_bound and is_any)
    is_other = not is_wanted or reading.has("person", "money")
    if not (is_named or (not is_other if wish.words else is_of_things and (is_bound or is_any))):
        return None
    is_of_price = wish.count and reading.values("price")
    is_asking = wish.benefit and reading.is_question and not reading.has("want_thing")
    if is_named and (is_of_price or is_asking):
        return buying.compared(talk, reading)
    role = finding.roles(reading)
    numbers = [p for p in reading.parts if p.kind == "amount"]
    numbers = [p for p in numbers if p in reading.denied or not role[p.first]]
    reading.ignored = reading.of("excluding") + numbers
    each = [wish.after(talk.memory.wish)] if is_again else []
    wishes = each or map(finding.read_wish, finding.each_thing(reading))
    gone = talk.memory.open[:1] if reading.has(*kinds("instead")) else []
    gone = tasks.meant(talk, replace(reading, parts=reading.denied)) or gone
    return finding.search(talk, *wishes, gone=gone)


def not_understood(talk: Talk, reading: Reading) -> Flow:
    """Say what was not understood, and the two nearest things that can be done.

    Where it holds or changes what waits for a yes, that is asked about before it is shown again.
    """
    polite = ("courtesy", "yes", "thumbs", "now")
    if reading.has(*polite) and not reading.beside(*polite, "stop"):
        yield talk.say("told_thanks")
        return
    text = reading.text
    quoted = text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"
    is_against = {"hold", "change"} & {TOLD_AS.get(part.kind) for part in reading.parts}
    if is_against and (waiting := talk.memory.waiting) is not None:
        waiting.unread = quoted
        yield from tasks.go_on(talk, waiting)
        return
    is_number = reading.has("amount") and not reading.beside("amount", "stop")
    keys = (f"try_{intent}" for intent in asking.nearest(reading))
    known = [talk.text(key) for key in keys if key in talk.words.replies]
    first, second, *_ = [*known, talk.text("try_balance"), talk.text("try_how_to")]
    key = "number_alone" if is_number else "nearest"
    yield talk.say(key, "not_understood", said=quoted, first=first, second=second)


def help_(talk: Talk) -> Flow:
    """List what can be done, with phrases for it, and the operations that have none."""
    phrased = [name for name in talk.operations if f"help_{name}" in talk.words.replies]
    others = ", ".join(name for name in talk.operations if name not in phrased)
    lines = [f"- {talk.text(f'help_{name}')}" for name in phrased]
    lines += [f"- {talk.text('help_others', operations=others)}"] if others else []
    yield talk.lines([talk.text("help_head"), *lines, talk.text("help_foot")])
