"""What a message says of things to buy, finding them, and telling which of those shown is meant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import pairwise, takewhile
from typing import Final

from console.agent.brain import Say
from console.agent.offline.lexicon import benefit_name, kinds
from console.agent.offline.orders import Reading
from console.agent.offline.parts import MSI
from console.agent.offline.talk import Asking, Flow, More, Talk, Task
from console.agent.offline.text import Part, stem, words_of
from console.agent.offline.things import Offer, Wish, offer_of
from shared.text import fold

NO_BENEFIT: Final = "none"
SEVERAL: Final = "-"
"""What is said of how to pay, or from where, where more than one is."""
MAX_QUANTITY: Final = 100
_MAX_SEARCH_CHARACTERS: Final = 140
_LEFT_OUT: Final = ("and", "plain", "article", "container", "piece", "terse", "numbered")


def read_wish(reading: Reading) -> Wish:
    """Return what a message asks to look for or to buy."""
    words, role, amounts = things_in(reading), roles(reading), reading.of("amount")
    is_telling = any(not word.isdigit() for word in words)
    said = {role[part.first]: part.value for part in reversed(amounts)}
    lowest, highest = said.get("range", (None, None))
    counts = [part for part in amounts if role[part.first] == "count"]
    numbers = [part.whole for part in counts if part.whole in range(1, MAX_QUANTITY + 1)]
    after = replace(reading, parts=[*takewhile(lambda p: p.kind != "again", reading.parts[::-1])])
    is_vague = reading.has("dozen") or (reading.has("again") and not things_in(after))
    is_plain = len(numbers) == len(counts) == 1 and not is_vague
    pairs = ((one, next_) for one, next_ in pairwise(reading.parts) if one in counts[:1])
    counted = [word for _, next_ in pairs for word in called(reading, next_)]
    quantity = numbers[0] if is_plain else 0 if counts or is_vague else None
    is_last = reading.of("amount", "benefit")[-1:] == counts
    is_alone = quantity and is_last and not (counted or reading.has("piece", "from"))
    return Wish(
        words=" ".join(words)[:_MAX_SEARCH_CHARACTERS] if is_telling else "",
        max_price=said.get("under", highest) or None,
        min_price=said.get("over", lowest) or None,
        cheapest=reading.has("cheapest"),
        benefit=_way(reading, "benefit", NO_BENEFIT),
        account=_way(reading, "account", SEVERAL),
        quantity=None if is_alone else quantity,
        counted=counted[0] if counted else "",
        number=quantity if is_alone else None,
    )


def _way(reading: Reading, kind: str, without: str) -> str:
    """Return what is said last of how to pay, or from where; `without`, where one is only denied.

    Another way to pay leaves the account said before it.
    """
    later = [part for part in _around_correction(reading)[1] if part in reading.of(kind, "benefit")]
    said = {part.value for part in reading.of(kind) if part in later or not later}
    said -= {MSI} if any(way.startswith(f"{MSI}-") for way in said) else set()
    return _only(said) or (without if kind in {part.kind for part in reading.denied} else "")


def _around_correction(reading: Reading) -> tuple[list[Part], list[Part]]:
    """Return what stands before and after the last word that corrects; all after where none is."""
    pairs = pairwise(reading.parts)
    denials = [one for one, after in pairs if reading.denies(one) and after in reading.denied]
    said = [part.kind if part not in denials else "" for part in reading.parts]
    marks = [i for i, kind in enumerate(said) if kind in kinds("correcting")]
    return reading.parts[: max(marks, default=0)], reading.parts[max(marks, default=-1) + 1 :]


def _only(said: set[str]) -> str:
    """Return the only one of what is said, if anything is; else that there are several."""
    return said.pop() if len(said) == 1 else SEVERAL if said else ""


def roles(reading: Reading) -> dict[int, str]:
    """Return what numbers say of things: `count`, `size`; `under`, `over`, `range`; or nothing.

    A count stands right before what it counts, or alone where no thing is named; any other number
    tells which thing is meant. They are by their first token.
    """
    is_of_none = not any(called(reading, part) for part in reading.parts)
    places = (i for i, part in enumerate(reading.parts) if part.kind == "amount")
    return {reading.parts[i].first: _role(reading, i, is_alone=is_of_none) for i in places}


def _role(reading: Reading, place: int, *, is_alone: bool) -> str:
    part = reading.parts[place]
    around = range(reading.parts[max(place - 1, 0)].first, min(part.first + 3, part.last))
    bounds = (reading.match(at, "under", "over") for at in around)
    if (bound := next(filter(None, bounds), None)) is not None:
        return bound.kind
    if isinstance(part.value, tuple) and reading.match(part.first - 1, "between") is not None:
        return "range"
    for begin, end in ((place, "over"), (place - 2, "under")):
        run = reading.parts[max(begin, 0) : begin + 3]
        sure = [one.kind for one in run if one.is_sure]
        if sure == ["amount", "to", "amount"] and run[0].value < run[2].value:
            return end
    before, after = reading.parts[max(place - 1, 0) : place], reading.parts[place + 1 : place + 2]
    is_said = reading.match(part.first - 1, "numbered") is not None or part.way == "of"
    is_piece = reading.match(part.last, "piece", "container") is not None
    is_thing = any(called(reading, one) for one in before)
    is_other = any(one.kind not in {*kinds("before_count"), "unread"} for one in before)
    is_led = is_said or (not is_piece if is_thing else is_other)
    is_before = any(called(reading, one) for one in after)
    is_alone |= any(reading.match(p.first, "only", *kinds("correcting")) for p in before)
    if not is_led and (is_piece or (not part.unit and (is_before or is_alone))):
        return "" if part.is_money else "count"
    is_of_it = part.way != "of" or any(p.kind in kinds("described") for p in before)
    return "size" if is_of_it and part.is_sure and not part.is_money else ""


def things_in(reading: Reading) -> list[str]:
    """Return the words for things, as the shops call them."""
    found, role = list[str](), roles(reading)
    for part in (part for part in reading.parts if part not in reading.denied):
        is_size = role.get(part.first) == "size"
        found += [f"{part.value.normalize():f}"] if is_size else called(reading, part)
    return found


def called(reading: Reading, part: Part) -> list[str]:
    """Return the words of a part that say what a thing is, "para correr" or "de Juan Rulfo" too."""
    found = list[str]()
    if part.kind not in kinds("free_text") or is_kin(reading, part):
        return found
    for place, token in enumerate(reading.tokens[part.first : part.last], part.first):
        said = token.word if fold(token.said) != token.word else token.said.lower()
        is_thing = token.kind in {"word", "number"} and not reading.match(place, *_LEFT_OUT)
        name = reading.words.things.get(token.word) or (said if is_thing else "")
        found += [name] if name else []
    return found


def is_kin(reading: Reading, part: Part) -> bool:
    """Tell whether a phrase says what somebody is to the customer."""
    return any(reading.match(p, "relation", "possessive") for p in range(part.first, part.last))


def named(reading: Reading, *kinds_of: str) -> frozenset[str]:
    """Return the words for things as they are compared; of some kinds of parts, or of all."""
    parts = reading.of(*kinds_of) if kinds_of else reading.parts
    return words_of(" ".join(things_in(replace(reading, parts=parts))))


def names_a_thing(reading: Reading) -> bool:
    """Tell whether a message names a thing that shops sell."""
    return not reading.words.sold.isdisjoint(map(fold, things_in(reading)))


def each_thing(reading: Reading) -> list[Reading]:
    """Return what a message says of each of the things that it joins, else all that it says.

    A thing that corrects those before it stands for them, or for the one that it counts anew; how
    one of them is paid, all are.
    """
    ends = [replace(reading, parts=parts) for parts in _around_correction(reading)]
    kept, said = list[Reading](), reading
    if all(map(names_a_thing, ends)) and not reading.has("condition"):
        before, said = each_thing(ends[0]), ends[1]
        others = [one for one in before if named(one).isdisjoint(named(said))]
        is_of_one = read_wish(said).quantity and not said.values("only") and others != before
        kept = others if is_of_one else []
    parts = [one for part in said.parts for one in _apart(reading, part)]
    starts = [i for i, p in enumerate(parts) if p.kind == "stop" or reading.match(p.first, "and")]
    runs = (parts[first:last] for first, last in pairwise([0, *starts, len(parts)]))
    pieces = [replace(said, parts=run) for run in runs]
    pieces = [one for one in pieces if one.beside(*kinds("quiet"), "both", "everyone")]
    ways = [way for one in pieces if (way := one.of("account", "benefit"))]
    for one in pieces if len(ways) == 1 else ():
        one.parts += [part for part in ways[0] if part not in one.parts]
    is_each = all(names_a_thing(p) or (p.has("ordinal") and p.has("amount")) for p in pieces)
    return kept + (pieces if is_each and pieces[1:] else [said])


def _apart(reading: Reading, part: Part) -> list[Part]:
    """Return what a reason joins, "café", "y un té"; any other part as it is."""
    places = range(part.first + 1, part.last) if part.kind == "reason" else ()
    ends = [part.first, *(at for at in places if reading.match(at, "and")), part.last]
    return [replace(part, first=first, last=last) for first, last in pairwise(ends)]


# --- finding products ---

_MAX_PAGES: Final = 4
_MAX_WORDS_TRIED: Final = 3
_PAGE: Final = 50
_SHOWN: Final = 10
_MIN_SHORT_FORM: Final = 4

Attempts = Iterable[tuple[str, Mapping[str, str]]]
"""What to look for, one after the other: what is said of what is found, and the arguments."""


def search(talk: Talk, *wishes: Wish, gone: Sequence[Task] = ()) -> Flow:
    """Look for products and list them, one thing after the other; `gone` are bought no more."""
    memory, task = talk.memory, talk.memory.task
    memory.topic = "search"
    gone = gone if memory.waiting is not None or task is None else [task]
    gone = [one for one in gone if one.kind == "purchase"]
    if gone and memory.waiting is not None:
        yield Say(talk.text("dropped", what="; ".join(one.name(talk) for one in gone)) + "\n")
    memory.drop(*gone)
    for place, wish in enumerate(wishes):
        yield from [Say("\n")] if place else []
        yield (yield from find(talk, wish, is_also=place > 0))
    if wishes[1:]:
        ways = (_only({w.benefit for w in wishes}), _only({w.account for w in wishes}))
        count = wishes[0].count if len({wish.count for wish in wishes}) == 1 else 0
        memory.wish = Wish(benefit=ways[0], account=ways[1], quantity=count)


def _attempts(talk: Talk, wish: Wish) -> Attempts:
    """Yield what to look for: all that is said, then fewer words, the category at last."""
    words = [fold(word) for word in wish.words.split()]
    if len(words) == 1 and words[0] in talk.words.of("category_names"):
        yield "products_head", {"category": talk.words.categories[words[0]]}
        return
    yield "products_head", {"search": wish.words}
    if len(words) > 1:
        generic = talk.words.of("generic")
        telling = [w for w in words if w.isalpha() and generic.isdisjoint({w, stem(w)})]
        things = [word for word in telling if word in talk.words.things]
        sized = " ".join(w for w in words if w in things or w.isdigit())
        fewer = dict.fromkeys([sized, *things] if things else telling)
        for word in [*fewer][:_MAX_WORDS_TRIED]:
            yield "products_fewer", {"search": word}
    for category in filter(None, map(talk.words.categories.get, words)):
        yield "products_category", {"category": category}


def find(talk: Talk, wish: Wish, wanted: Attempts = (), *, is_also: bool = False) -> Asking[Say]:
    """Look for products until there are any; list those that fit, also or in place of others."""
    for key, arguments in wanted or _attempts(talk, wish):
        page = {**arguments, "limit": str(_PAGE)}
        bodies = yield from talk.look_through("searchProducts", page, _MAX_PAGES)
        every = [offer_of(entry) for body in bodies for entry in body["products"]]
        said = arguments.get("search", "").split()
        called = [offer for offer in every if is_called(offer.words, said)]
        is_sized = any(word.isdigit() for word in said)
        if is_sized or (called and talk.words.categories.keys().isdisjoint(said)):
            every = called
        token, head = bodies[-1].get("next_token"), key
        if every or token:
            break
    memory, offers = talk.memory, [offer for offer in every if fits(offer, wish)]
    if wish.cheapest:
        offers.sort(key=lambda offer: offer.price)
    none = "none_yet" if token else "filtered_none" if every else "none"
    head = head if offers else f"products_{none}"
    things = [word for word in fold(wish.words).split() if word in talk.words.things]
    first = offers[:1] if wish.cheapest or not (is_also or offers[1:]) else []
    memory.offer = next((offer for offer in first if is_called(offer.words, things)), None)
    memory.wish = wish
    further = memory.more if is_also else None
    memory.offers = memory.offers if is_also else []
    memory.found = memory.offers + offers
    if token:
        wanted = [("products_head", {**arguments, "next_token": token})]
        further = partial(find, talk, wish, wanted)
    way = benefit_name(talk.language, wish.benefit)
    terms = {"benefit": way, "max": wish.max_price, "min": wish.min_price}
    head = talk.text(
        head,
        words=wish.words,
        searched=arguments.get("search") or arguments.get("category"),
        count=len(every),
        looked_at=sum(body.get("looked_at", len(body["products"])) for body in bodies),
        price=min((offer.price for offer in every), default=0),
        wanted=", ".join(talk.text(f"wanted_{n}", wanted=v) for n, v in terms.items() if v),
    )
    return listed(talk, head, further)


def listed(talk: Talk, head: str, further: More | None = None) -> Say:
    """List the next of the products found; the others come before `further`."""
    memory, before = talk.memory, len(talk.memory.offers)
    page, rest = memory.found[before:][:_SHOWN], memory.found[before:][_SHOWN:]
    memory.offers = memory.offers + page
    memory.more = partial(listed, talk, "", further) if rest else further
    foot = "products_foot" if further is None else "products_foot_yet"
    foot = talk.text("more_available" if rest else foot) if page else ""
    told = ({**vars(o), "stock": talk.text("in_stock", count=o.stock)} for o in page)
    lines = talk.numbered((talk.text("product_line", **one) for one in told), before)
    return talk.lines([head, *lines, foot])


def fits(offer: Offer, wish: Wish) -> bool:
    """Tell whether a product costs what is wanted, and has a label such as "12 MSI desde 1500"."""
    label = f" {benefit_name('es', wish.benefit).lower().removesuffix('s')}"
    highest, lowest = wish.max_price or offer.price, wish.min_price or offer.price
    is_had = any(label in f" {said.lower()}" for said in offer.benefits)
    is_had |= wish.benefit in {"", NO_BENEFIT, SEVERAL}
    return is_had and lowest <= offer.price <= highest


def offers_meant(talk: Talk, reading: Reading) -> list[Offer] | None:
    """Return the products last found that a message may mean; None where it says something else.

    The cheapest is the cheapest of all that were found; whatever else is said is of those shown.
    """
    memory, ends = talk.memory, {"cheapest": min, "dearest": max}
    is_end = reading.has(*ends)
    offers = memory.found if is_end else memory.offers
    words = things_in(reading)
    having = [offer for offer in offers if is_called(offer.words, words)]
    if reading.has("other") and not (is_end or reading.has("ordinal")):
        others = [offer for offer in having if offer != memory.offer]
        return others or (None if words else [])
    among = having or offers
    costs = [o.price for o in among if o.stock] or [o.price for o in among] or [Decimal(0)]
    prices = {of(costs) for kind, of in ends.items() if reading.has(kind)}
    prices |= {part.value for part in reading.of("amount") if part.is_sure}
    numbers = {len(offers) if p.value < 0 else p.value for p in reading.of("ordinal")}
    pointed = [o for n, o in enumerate(offers, 1) if n in numbers or o.price in prices]
    is_else = bool(words and pointed) and not any(offer in among for offer in pointed)
    pointed = pointed + among if is_else else [offer for offer in pointed if offer in among]
    return pointed or ((having or None) if words else [])


def is_called(called: frozenset[str], words: Iterable[str]) -> bool:
    """Tell whether what is called so may be called by each of some words, or the first of it."""
    called |= {one[:end] for one in called for end in range(_MIN_SHORT_FORM, len(one))}
    return all(called & {*words_of(word), fold(word).removesuffix("s")} for word in words)
