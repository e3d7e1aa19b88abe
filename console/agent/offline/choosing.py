"""Which of the things last shown a message means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from action_groups.marketplace.catalogue import words_of
from console.agent.offline.amounts import amounts_in
from console.agent.offline.numbers import SMALL
from console.agent.offline.text import Said
from console.agent.offline.vocabulary import ORDINALS, SPANISH_FOR


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things: the texts that it may be called by, and what it costs."""

    texts: str
    price: Decimal | None = None
    words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", words_of(self.texts))


_CHEAPEST: Final = re.compile(
    r"(?<!\w)(?:mas (?:barat|economic|baj)\w*|(?:la|el|lo|los|las) barat\w*|the cheap(?:er)? one|"
    r"menos "
    r"car[oa]|cheapest|least expensive|lowest)"
)
_DEAREST: Final = re.compile(
    r"(?<!\w)(?:mas car(?:it)?[oa]s?|mas costos[oa]|most expensive|priciest)"
)
_SEVERAL: Final = re.compile(
    r"(?<!\w)(?:(?:las|los|the) (?:2|3|dos|tres|two|three)(?! (?:meses|pulgadas|months|inch))|"
    r"ambos|ambas|"
    r"both|todas|todos|all of (?:them|those))(?!\w)"
)
_LAST: Final = re.compile(r"(?<!\w)(?:la|el|the) (?:ultim[oa]|last)(?: one)?(?!\w)")
_ONE: Final = frozenset({"one", "uno", "una", "un"})
_NUMBERED: Final = re.compile(
    r"(?:^|(?<= ))(?:(?:la|el|opcion|option|numero|number|no|#|the|producto|articulo) )*"
    rf"(?P<number>[0-9]{{1,2}}|{'|'.join(SMALL.keys() - _ONE)})(?= ?(?:$|[.,!?]|porfa|please))"
    rf"|(?:^|(?:opcion|option|numero|number|#) )(?P<one>{'|'.join(_ONE)})(?= ?(?:$|[.,!?]))"
)
"""A number that tells which one; the "one" of "the other one" does not."""
_ATTACHED: Final = re.compile(
    r"(?:la|el|the|^) ?(?P<number>[1-9]) (?:a|o|da|do|ra|ro|er|st|nd|rd|th)(?!\w)"
)
_POINTING: Final = re.compile(
    r"(?<!\w)(?:es[aeo]s?|est[aeo]s?|aquell[ao]|it|that(?: one)?|this(?: one)?|la misma|el "
    r"mismo)(?!\w)"
)
_EMPTY_WORDS: Final = words_of(
    "quiero dame me llevo compra cómprame mejor la de el que es esa ese favor porfa the one i want "
    "take get buy please with that from a meses mes con y sí si no tarjeta cuenta llevar ver mi "
    "pesos cual conviene opción option number número in of for puedes comprar quisiera más barata "
    "barato compro tiene cheques ahorro crédito puntos cashback msi cuánto cuesta qué beneficios "
    "ll will let have some otra otro want me the more cheapest expensive cara caro it its this"
)


def chosen(said: Said, choices: Sequence[Choice], *, counts: bool = False) -> list[int]:
    """Return the places of the choices that a message may mean; none when it means none.

    Where the message `counts`, its number says how many, and not which.
    """
    if not choices:
        return []
    if _SEVERAL.search(said.plain):
        return list(range(len(choices)))
    readings = (_by_superlative, _by_ordinal, _by_price, _by_words, _by_number)
    for read in readings[:-1] if counts else readings:
        places = read(said, choices)
        if places:
            return places
    return []


def is_of_extremes(said: Said) -> bool:
    """Tell whether a message means the cheapest or the dearest."""
    return bool(_CHEAPEST.search(said.plain) or _DEAREST.search(said.plain))


def is_of_the_other(said: Said) -> bool:
    """Tell whether a message means the one that was not spoken of."""
    return _OTHER.search(said.plain) is not None


_OTHER: Final = re.compile(r"(?<!\w)(?:(?:la|el|the) (?:otra|otro|other))(?: one)?(?: ?[.!,]|$)")


def points_at_one(said: Said) -> bool:
    """Tell whether a message says "that one"."""
    return _POINTING.search(said.plain) is not None


def _by_superlative(said: Said, choices: Sequence[Choice]) -> list[int]:
    for pattern, pick in ((_CHEAPEST, min), (_DEAREST, max)):
        prices = [choice.price for choice in choices if choice.price is not None]
        if prices and pattern.search(said.plain):
            wanted = pick(prices)
            return [i for i, choice in enumerate(choices) if choice.price == wanted]
    return []


def _by_ordinal(said: Said, choices: Sequence[Choice]) -> list[int]:
    if _LAST.search(said.plain):
        return [len(choices) - 1]
    attached = _ATTACHED.search(said.plain)
    numbers = {ORDINALS[token.word] for token in said.tokens if token.word in ORDINALS}
    numbers |= {int(attached["number"])} if attached else set()
    return [number - 1 for number in sorted(numbers) if 0 < number <= len(choices)]


def _by_price(said: Said, choices: Sequence[Choice]) -> list[int]:
    prices = {amount.value for amount in amounts_in(said.tokens) if not amount.doubt}
    return [i for i, choice in enumerate(choices) if choice.price in prices and choice.price]


def _by_words(said: Said, choices: Sequence[Choice]) -> list[int]:
    """Return the choices that have most of the words which tell the choices apart."""
    wanted = words_of(" ".join(token.word for token in said.tokens)) - _EMPTY_WORDS
    wanted |= set(words_of(said.text) - _EMPTY_WORDS)
    wanted |= words_of(" ".join(SPANISH_FOR.get(token.word, "") for token in said.tokens))
    shares = [len(wanted & choice.words) for choice in choices]
    best = max(shares, default=0)
    return [place for place, share in enumerate(shares) if share == best] if best else []


def _by_number(said: Said, choices: Sequence[Choice]) -> list[int]:
    found = _NUMBERED.search(said.plain)
    if found is None:
        return []
    words = found["number"] or found["one"]
    number = int(words) if words.isdigit() else SMALL[words]
    return [number - 1] if 0 < number <= len(choices) else []
