"""What an order to transfer says: how much, to whom, from where and what for."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from action_groups.crm.aliases import vocabulary as people
from console.agent.offline import vocabulary
from console.agent.offline.accounts import Named, accounts_in
from console.agent.offline.amounts import Amount, the_amount
from console.agent.offline.text import Said, Token
from console.agent.offline.verbs import verb_of
from shared.text import word_set


@dataclass(frozen=True, slots=True)
class Order:
    """The parts of an order; what it does not say is None or empty."""

    amount: Amount | None = None
    recipient: str = ""
    """In the person's own words."""
    source: Named | None = None
    destination: Named | None = None
    description: str = ""
    is_for_several: bool = False
    is_to_same: bool = False
    """Whether it says "to the same person"."""
    is_of_things: bool = False
    """Whether something else than money is to be sent: "mándale flores"."""
    is_all: bool = True
    """Whether nothing else is said."""

    @property
    def says_whom(self) -> bool:
        """Whether it names where the money goes."""
        return bool(self.recipient or self.destination or self.is_to_same)


_Kind = Literal["to", "for", "why", "rest", "aside"]


@dataclass(slots=True)
class _Region:
    kind: _Kind
    first: int
    last: int


_NOTE: Final = r"(?:concepto|descripcion|referencia|motivo|nota|memo|note|description|reference)"
_EXPLICIT: Final = (
    re.compile(
        rf"(?<!\w)(?:ponle|pon|agregale|put|write) (?P<quoted>(?!de |como |el |la |the ).+?) "
        rf"(?:de|como|as) (?:the |a |el |la )?{_NOTE}(?P<text>(?!\w))"
    ),
    re.compile(
        rf"(?<!\w)(?:por concepto de|(?:con|de|y|ponle|pon)? ?(?:el |de |la )?{_NOTE}"
        r"(?: de| que diga| sea| es| saying| as)?|que diga|labeled|with note) ?[:]? ?"
        r"(?:[\"“«] (?P<quoted>[^\"”»]+) [\"”»]|(?P<text>.+)$)"
    ),
)
"""A description that stands before the word for it, or after it."""
_STRUCTURE: Final = (
    vocabulary.COURTESY
    | word_set("""
        quiero quisiera queria necesito ocupo deseo puedes podrias podras puede podria que
        le les me lo te se nos una un otra otro otros otras another transferencia deposito pago
        abono spei traspaso giro haz hazme hazle haga hagale hacer hacerle realizar realiza
        por favor a de gustaria ayudame ayudas urge i id want need would like to can you
        could make do transfer payment deposit help with some money dinero pesos cantidad
        amount total it y and the la el los las lo su si yes sea sean serian seria mas
        mean disculpa cambia cambialo cambiale monto la-de eso estos mejor no dar dale darle si u d
        hacerme hago nueva nuevo efectivo cuenta cuentas nombre enseguida paro espera perdon wait
        sorry es era son hazlo hazla pero subele bajale subelo bajalo suma inmediatamente
        this that transfiere envio bank banco urgente instead actually bien digo
        """)
    | vocabulary.EXPLETIVES
)
_TO: Final = word_set("a al ami to ala")
_FOR: Final = frozenset({"para", "for"})
_DETERMINERS: Final = word_set("la el los las lo mi mis su sus the my this un una esta este")
_SAME: Final = re.compile(
    r"(?<!\w)(?:(?:a|al|para) (?:el mismo|la misma|misma persona|mismo|ella|el)(?= |$)(?! \w)|"
    r"al mismo|a la misma|to (?:the )?same|to (?:him|her)|mismo destinatario)"
)
_A_TEST: Final = re.compile(r"(?<!\w)a (?:test|prueba)(?!\w)")
_CLOSING: Final = word_set(
    "porfa please gracias thanks hoy today ahora now instead ya rapido urgente asap"
)
_CONJUNCTIONS: Final = word_set("y e and & +")
_ASKING: Final = word_set(
    "dime cuanto cuanta muestrame ensename dame tell show how then luego despues avisame que"
)
_PERSONAL: Final = people.ARTICLES_AND_POSSESSIVES | frozenset({"don", "dona", "mr", "mrs", "dr"})


def read_order(said: Said, skip: Collection[int] = ()) -> Order:
    """Return what an order to transfer says, but for the tokens in `skip`."""
    tokens = said.tokens
    explicit, explicitly = _explicit_description(said)
    named = [a for a in accounts_in(said) if not set(a.tokens) & set(explicitly)]
    source, destination = _ends(named, said)
    taken = {index for account in (source, destination) if account for index in account.tokens}
    taken |= {*explicitly, *skip}
    amount = the_amount(tokens, taken)
    if amount is not None:
        taken |= set(range(_lead_in(said, amount), amount.last))
    same = _SAME.search(said.plain)
    for found in filter(None, (same, _A_TEST.search(said.plain))):
        taken |= set(said.tokens_at(*found.span()))
    regions, is_for_several = _regions(_up_to_next_request(tokens), taken)
    if amount is not None and _counts_things(said, amount, regions):
        amount = replace(amount, doubt="slang", last=amount.last + 1)
    description = said.quote(explicit.start, explicit.stop) if explicit else ""
    recipient = _recipient(said, regions, has_destination=destination is not None)
    is_for_several |= _is_other_named(said, regions, recipient)
    others = [r for r in regions if r.kind == "rest" and r is not recipient]
    is_for_several |= bool(recipient) and any(_may_be_person(said, r) for r in others)
    return Order(
        amount=amount,
        recipient=_quote(said, recipient),
        source=source,
        destination=destination,
        description=_bare(description) or _description(said, regions, recipient),
        is_for_several=is_for_several,
        is_to_same=same is not None,
        is_of_things=any(_is_thing(said, region) for region in regions),
        is_all=not (
            any(_says_more(said, r) for r in others)
            or any(map(_tells, tokens))
            or _STATES.search(said.plain)
        ),
    )


def _counts_things(said: Said, amount: Amount, regions: list[_Region]) -> bool:
    """Tell whether a number counts what is neither money nor somebody: "mándale 5 tamales"."""
    after = next((r for r in regions if r.first == amount.last and r.kind == "rest"), None)
    return (
        after is not None
        and not (amount.is_money or amount.doubt)
        and not _may_be_person(said, after)
        and _says_more(said, after)
    )


def _lead_in(said: Said, amount: Amount) -> int:
    """Return where an amount begins with "por la cantidad de" and the like before it."""
    found = _LEADING_IN.search(said.plain[: said.places[amount.first]])
    return said.tokens_at(*found.span()).start if found is not None else amount.first


_LEADING_IN: Final = re.compile(
    r"(?<!\w)(?:(?:por|con|for|de) )?(?:(?:la|el|un|una|the|a) )?"
    r"(?:cantidad|suma|total|monto|importe|amount|sum)(?: total)?(?: (?:de|of))?(?: :)? $"
)


def _is_thing(said: Said, region: _Region) -> bool:
    """Tell whether a region is what a verb of sending sends, and neither money nor somebody."""
    first = region.first
    while first and said.tokens[first - 1].word in _DETERMINERS:
        first -= 1
    return (
        region.kind == "rest"
        and first > 0
        and said.tokens[first - 1].word.startswith(_SENDING)
        and _says_more(said, region)
        and (
            said.tokens[region.first].said in vocabulary.PURPOSES
            or not _may_be_person(said, region)
        )
    )


_SENDING: Final = ("mand", "envi", "send")
_PURPOSE: Final = "|".join(vocabulary.PURPOSES)
_STATES: Final = re.compile(
    rf"(?<!\w)(?:la|el|los|las|mi|mis|su|the|my|his|her|una|un|a) (?:{_PURPOSE}) (?:\w+ ){{0,3}}?"
    r"(?:es|son|era|eran|cuesta|cuestan|costo|vale|sale|salio|subio|is|are|was|costs)(?!\w)"
)
"""A sentence on what something costs, which is no answer to how much to send."""


def read_recipient(said: Said) -> str:
    """Return the words that an answer to "to whom?" names somebody by."""
    order = read_order(said)
    if order.recipient:
        return order.recipient
    kept = [
        index
        for index, token in enumerate(said.tokens)
        if not token.is_sign and token.word not in _STRUCTURE - _PERSONAL
    ]
    return said.quote(kept[0], kept[-1] + 1) if kept else ""


def _explicit_description(said: Said) -> tuple[range, range]:
    """Return the tokens of a description that is named as such, and with those that name it."""
    found = next(filter(None, (pattern.search(said.plain) for pattern in _EXPLICIT)), None)
    if found is None:
        return range(0), range(0)
    text = said.tokens_at(*found.span("quoted" if found["quoted"] else "text"))
    return text, said.tokens_at(*found.span())


def _ends(named: list[Named], said: Said) -> tuple[Named | None, Named | None]:
    """Return the accounts that the money leaves and enters."""
    source = next((account for account in named if account.way == "from"), None)
    destination = next((account for account in named if account.way == "to"), None)
    rest = next((account for account in named if account.way == "none"), None)
    if destination is None and rest is not None and _pays(said):
        destination = rest
    return source, destination


def _pays(said: Said) -> bool:
    return any(t.word.startswith(("paga", "liquida", "abona", "pay")) for t in said.tokens)


def _regions(tokens: tuple[Token, ...], taken: set[int]) -> tuple[list[_Region], bool]:
    """Divide what is not taken into who and why; also tell whether several people are named."""
    regions: list[_Region] = []
    current: _Region | None = None
    for index, token in enumerate(tokens):
        if index in taken or token.is_sign:
            current = None
        elif token.word in _CONJUNCTIONS and (follower := _follower(tokens, taken, index)):
            if follower == "several" and _has_order(tokens[:index]):
                return regions, True
            if follower == "command":
                break
            current = None
        elif kind := _opened(tokens, index, current, has_recipient=_has_recipient(regions)):
            current = _Region(kind, index + 1, index + 1)
            regions.append(current)
        elif _is_order_verb(token) or token.word in _CLOSING | vocabulary.OWING:
            current = None
        elif current is not None:
            current.last = index + 1
        elif _begins_something(tokens, index):
            current = _Region("rest", index, index + 1)
            regions.append(current)
    return [region for region in regions if region.first < region.last], False


def _up_to_next_request(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Return the tokens up to the sign before a question, or before another request."""
    for index, token in enumerate(tokens):
        after = next((t.word for t in tokens[index:] if not t.is_sign), "")
        if index and token.is_sign and after in _ASKING - {"que", "how", "luego"}:
            return tokens[:index]
    return tokens


def _tells(token: Token) -> bool:
    """Tell whether a word is a form of an act that orders nothing, or of owing."""
    verb = verb_of(token.word, token.said)
    return token.word in vocabulary.OWING or (verb is not None and verb.form in {"past", "other"})


def _says_more(said: Said, region: _Region) -> bool:
    words = {token.word for token in said.tokens[region.first : region.last]}
    return not words <= _AROUND_AMOUNTS


_AROUND_AMOUNTS: Final = (
    vocabulary.HEDGES_BEFORE | vocabulary.HEDGES_AFTER | vocabulary.UNSTATED | vocabulary.CURRENCY
)


def _has_recipient(regions: list[_Region]) -> bool:
    return any(region.kind == "to" and region.first < region.last for region in regions)


def _begins_something(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether a word is part of no order, nor an article of such a word."""
    token = tokens[index]
    if token.word in _STRUCTURE - _PERSONAL or verb_of(token.word, token.said) is not None:
        return False
    after = tokens[index + 1].word if index + 1 < len(tokens) else ""
    return token.word not in _PERSONAL or not (
        after in _STRUCTURE - _PERSONAL or after in vocabulary.UNSTATED
    )


def _has_order(tokens: Sequence[Token]) -> bool:
    """Tell whether something is ordered, or somebody named, so that "y" joins another."""
    return any(verb_of(t.word, t.said) is not None or t.word in _TO | _FOR for t in tokens)


def _is_order_verb(token: Token) -> bool:
    verb = verb_of(token.word, token.said)
    return verb is not None and verb.act == "SEND" and verb.form in {"order", "infinitive"}


def _follower(tokens: tuple[Token, ...], taken: set[int], index: int) -> str:
    """Tell what comes after a conjunction: another recipient, a command, or nothing of note."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is None:
        return "end"
    if after.word in _TO | _FOR or after.is_number:
        return "several"
    verb = verb_of(after.word, after.said)
    if after.word.endswith(("alos", "alo", "onlos", "onlo", "elos", "elo")):
        return "end"
    if verb is not None and verb.form == "order" and verb.act == "SEND":
        return "several"
    if verb is not None or after.word in _ASKING:
        return "command"
    return "end" if index + 1 in taken else ""


def _opened(
    tokens: tuple[Token, ...], index: int, current: _Region | None, *, has_recipient: bool
) -> _Kind | None:
    """Return the kind of region that a word opens, if it opens one."""
    word = tokens[index].word
    after = tokens[index + 1].word if index + 1 < len(tokens) else ""
    is_why = current is not None and current.kind == "why"
    if word in _TO and not (is_why and has_recipient):
        return None if verb_of(after, after) is not None and word != "ami" else "to"
    if word in _FOR:
        return "for"
    if _tells_why(tokens, index, is_why=is_why):
        return "why"
    if word in {"desde", "con", "from", "porque", "que", "usando", "using"}:
        return "aside"
    return None


def _tells_why(tokens: tuple[Token, ...], index: int, *, is_why: bool) -> bool:
    """Tell whether the words from here say what the money is for."""
    word = tokens[index].word
    after = tokens[index + 1].word if index + 1 < len(tokens) else ""
    if word == "por":
        return after not in {"favor", "fa"}
    if word in {"de", "del", "lo"} and _is_purpose(tokens, index + 1):
        return not is_why
    return word in _DETERMINERS and after in vocabulary.PURPOSES and not is_why


def _is_purpose(tokens: tuple[Token, ...], index: int) -> bool:
    while index < len(tokens) and tokens[index].word in _DETERMINERS | {"de", "del"}:
        index += 1
    return index < len(tokens) and tokens[index].word in vocabulary.PURPOSES


def _recipient(said: Said, regions: list[_Region], *, has_destination: bool) -> _Region | None:
    """Return the region that names somebody."""
    if has_destination:
        return None
    directly = [region for region in regions if region.kind == "to" and _names(said, region)]
    if directly:
        is_corrected = len(directly) > 1 and _is_corrected(said, directly[-2], directly[-1])
        return directly[-1] if is_corrected else directly[0]
    for region in regions:
        words = {token.word for token in said.tokens[region.first : region.last]}
        if region.kind == "for" and not words & vocabulary.PURPOSES:
            return region
    return next((r for r in regions if r.kind == "rest" and _may_be_person(said, r)), None)


def _names(said: Said, region: _Region) -> bool:
    """Tell whether words name somebody: "su cuenta" does not."""
    words = {token.word for token in said.tokens[region.first : region.last]}
    return not words <= _STRUCTURE


def _is_corrected(said: Said, before: _Region, after: _Region) -> bool:
    between = {token.word for token in said.tokens[before.last : after.first]}
    return bool(between & (vocabulary.CORRECTING | {"no"}))


def _is_other_named(said: Said, regions: list[_Region], recipient: _Region | None) -> bool:
    """Tell whether somebody else is named to send to, and not taken back."""
    directly = [r for r in regions if r.kind == "to" and _names(said, r)]
    if recipient is None or recipient not in directly:
        return False
    return any(r is not recipient and not _is_corrected(said, r, recipient) for r in directly)


def _may_be_person(said: Said, region: _Region) -> bool:
    tokens = said.tokens[region.first : region.last]
    known = people.all_words()
    if tokens[0].word in _PERSONAL and len(tokens) > 1:
        return True
    return tokens[0].word in known or (tokens[0].said[0].isupper() and region.first > 0)


def _description(said: Said, regions: list[_Region], recipient: _Region | None) -> str:
    reasons = [r for r in regions if r.kind in {"why", "for"} and r is not recipient]
    return _bare(said.quote(reasons[0].first, reasons[0].last)) if reasons else ""


def _bare(text: str) -> str:
    """Return a text without the articles and signs that it begins with."""
    words = text.strip(" .,;:!?¡¿\"'“”«»").split()
    while words and words[0].lower() in {*_DETERMINERS - {"mi", "mis", "my"}, "de", "del"}:
        words = words[1:]
    return " ".join(words)


def _quote(said: Said, region: _Region | None) -> str:
    if region is None:
        return ""
    kept = list(_trimmed(said, region))
    words = said.quote(kept[0], kept[-1] + 1).split() if kept else []
    return " ".join(_IN_FULL.get(word.lower(), word) for word in words)


def _trimmed(said: Said, region: _Region) -> Iterator[int]:
    """Yield the tokens of a region up to the courtesy at its end."""
    last = region.last
    while last > region.first and said.tokens[last - 1].word in _TRAILING:
        last -= 1
    yield from range(region.first, last)


_IN_FULL: Final = {"hno": "hermano", "hna": "hermana", "ermano": "hermano", "ermana": "hermana"}
"""Whom people write short, or as it sounds."""
_TRAILING: Final = vocabulary.COURTESY | frozenset(
    {"por", "de", "y", "and", "la", "el", "los", "las", "que", "en", "pesos", "dinero", "money"}
)
