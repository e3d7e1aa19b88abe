"""What a message says of things to buy: what to look for, how to pay, how many."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from action_groups.crm.aliases import vocabulary as people
from console.agent.offline import vocabulary
from console.agent.offline.accounts import accounts_in
from console.agent.offline.amounts import Amount, amounts_in
from console.agent.offline.numbers import NUMBER_WORDS, SMALL
from console.agent.offline.text import Said, Token
from console.agent.offline.verbs import verb_of
from shared.text import fold, word_set

MSI, CASHBACK, POINTS, NO_BENEFIT = "MSI", "cashback", "points", "none"
MAX_QUANTITY: Final = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What to look for, and what to leave out of what is found."""

    words: str = ""
    category: str = ""
    max_price: Decimal | None = None
    min_price: Decimal | None = None
    benefit: str = ""
    cheapest: bool = False
    quantity: int | None = None
    """How many pieces are wanted of what is found."""

    @property
    def is_filtered(self) -> bool:
        """Whether the catalogue itself cannot answer it."""
        prices = (self.max_price, self.min_price)
        return prices != (None, None) or bool(self.benefit) or self.cheapest


@dataclass(frozen=True, slots=True)
class Terms:
    """How to buy; what is not said is empty."""

    benefit: str = ""
    """As the bank names it, such as MSI-12; `MSI` without a number of months; or "none"."""
    quantity: int | None = None
    is_unclear: bool = False
    """Whether it says how many in a way that is no number of pieces: "unas 3", "dos o tres"."""


_COUNT: Final = (
    rf"(?P<count>[0-9]{{1,3}}|{'|'.join(sorted(SMALL, key=len, reverse=True))}|un par|par)"
)
_MONTHS: Final = re.compile(
    rf"(?<!\w)(?:(?:a|en|de|con|por|at|in|over|for) )?(?:los |the )?{_COUNT} "
    r"(?:meses|mes|msi|mensualidades|months?|monthly|pagos|installments?|instalments?|payments)"
    r"(?: (?:sin intereses|interest free|msi|payments|installments))?(?!\w)"
)
_BARE_MONTHS: Final = re.compile(
    r"(?:^|(?<= ))a (?P<count>3|6|9|12|18|24|tres|seis|nueve|doce|dieciocho)(?= ?[?.!]?$)"
)
_MSI: Final = re.compile(
    r"(?<!\w)(?:(?:a|en|con|in|on|with|de|por) )?(?:meses(?: sin intereses)?|msi|mensualidades|"
    r"plazos|"
    r"pagos chiquitos|abonos|installments?|instalments?|monthly(?: payments)?|monthly "
    r"instal\w+)(?!\w)"
)
_NO_BENEFIT: Final = re.compile(
    r"(?<!\w)(?:de contado|al contado|sin (?:meses|beneficios?|msi|mensualidades|promocion|nada)|"
    r"(?:en )?un solo pago|una sola exhibicion|no installments|without (?:installments|benefits?)|"
    r"pay in full|full payment|in cash|upfront)(?!\w)"
)
_CASHBACK: Final = re.compile(
    r"(?<!\w)(?:(?:con|with|el|de|y|the|using) )*(?:cash ?back|dinero de vuelta|reembolso|money "
    r"back)(?!\w)"
)
_POINTS: Final = re.compile(
    r"(?<!\w)(?:(?:con|with|de|los|usando|using|mis|my) )*(?:puntos|points)(?!\w)"
)
_BENEFITS: Final = (
    (_NO_BENEFIT, NO_BENEFIT),
    (_MSI, MSI),
    (_CASHBACK, CASHBACK),
    (_POINTS, POINTS),
)
_QUANTITY: Final = re.compile(
    r"(?:llevo|llevame|quiero|compr\w*|dame|buy|take|get(?: me)?|buy me|want|sean|mejor|necesito|"
    r"purchase|order|"
    rf"encarg\w*|make it|just|only|nada mas|nomas|son|pide\w*|ponme|otros|otras|solo)(?: a)? "
    rf"{_COUNT}(?![.,]?\w)"
    r"(?! (?:meses|mes|msi|mensualidades|months?|pulgadas|pagos|pesos|mil|k|gb|inch\w*|pies|kg|"
    r"installments|de(?! (?:la|las|los|el|es[ao]s|ell[ao]s))|y)(?!\w))"
    rf"|(?:^| ){_COUNT.replace('count', 'pieces')} (?:piezas?|unidades|pzas?|pz|of (?:them|those|"
    rf"it)|de (?:esas|esos|ellas|ellos|cada))"
)
_ABOUT_SO_MANY: Final = re.compile(
    rf"(?<!\w)(?:unas|unos|como|about|around|casi|aproximadamente|some) {_COUNT}(?= ?(?:$|[.,!?]|"
    r"porfa|please|piezas|of|de ))"
)
_UNREAD_COUNT: Final = re.compile(
    r"(?<!\w)(?:llevo|llevame|quiero|compr\w*|dame|buy|take|get|want|order)(?: me)?"
    r"(?: una| a| media)? "
    rf"(?:{'|'.join(NUMBER_WORDS - SMALL.keys())}|docenas?|dozen|half)(?!\w)(?! pesos)"
)
_ONE_OR_OTHER: Final = re.compile(
    rf"(?<!\w){_COUNT} (?:o|or) {_COUNT.replace('count', 'other')}(?!\w)"
)
_UNDER: Final = re.compile(
    r"(?:(?:que (?:no )?(?:cueste|cuesten|pase|pasen|sea|sean|rebase) ?)?"
    r"(?:de |por |a )?(?:menos|menor(?:es)?|debajo|abajo|no mas)(?: (?:de|a|que|los))*|"
    r"que no (?:pase|pasen|cueste|cuesten|rebase|rebasen)(?: mas)?(?: de)?(?: los)?|"
    r"hasta(?: de)?|maximo(?: de)?|max|tope(?: de)?|presupuesto(?: de| es)*|tengo|"
    r"under|below|less than|cheaper than|up to|at most|no more than|for under|budget(?: of| is)*)$"
)
_OVER: Final = re.compile(
    r"(?:(?:de )?(?:mas|mayor(?:es)?|arriba|encima)(?: (?:de|a|que))*|a partir de|desde|minimo|"
    r"over|above|"
    r"more than|at least)$"
)
_BETWEEN: Final = re.compile(r"(?:entre|between|de|from)$")
_ABOUT: Final = re.compile(r"(?:de|por|como|for|around|about|a|unos)$")
_CHEAPEST: Final = re.compile(
    r"(?<!\w)(?:(?:la|el|lo|las|los) )?(?:mas|muy) (?:barat[oa]s?|economic[oa]s?)|"
    r"(?:the )?cheapest|barat[oa]s?|economic[oa]s?|cheap|baratit[oa]s?"
)
_LEAST_PRICE: Final = 100
"""A bare number below it is a size, not a price."""
_MAX_SEARCH_CHARACTERS: Final = 140

_NOT_SEARCHED: Final = (
    vocabulary.COURTESY
    | word_set("""
        quiero quisiera queria necesito ocupo busco buscar buscame busca buscando encuentra
        encuentrame encontrar ver muestrame muestra mostrar ensename ensena dame tienes
        tienen tiene procede proceda ill take get have status llevo llevar llevarme esa ese
        eso esas esos llevame yeah yep those these
        esta este estas estos this it that one them quedo elijo tendras tendran hay venden
        vendes vende manejan manejas que cuales cual me gustaria deseo ando estoy interesa
        interesado interesada en un una unos unas el la los las lo para por con de del a al
        y o mi mis alguna algun algunos algunas producto productos articulo articulos opcion
        opciones tipo clase catalogo tienda cosas algo comprar compro compra comprarme
        comprame adquirir puedes podrias puede favor si no es son otra otro otros otras mas
        cosa todo todos todas i id want would like to buy get need looking look find search
        show me for a an the some any do you have got are there what which sell is can could
        please in of with that my your cost costs cueste cuesten cuesta cuestan precio
        precios price prices oferta ofertas offer offers deal deals sale bueno buena buenos
        buenas bonito bonita nuevo nueva good nice new cheap regalo regalar gift se le te
        nos su sus this shop store available disponible disponibles modelos modelo marca
        marcas browse see list items anything something products product sin intereses meses
        tambien ahora ya mejor cuanto vale valen sale salen how much does ustedes cotiza
        cotizame cotizar recomiendas recomiendame recomienda recommend ayudame elegir
        interested thinking about pesos menos barato ofreces ofrecen consigueme consigue
        traes carrito cart catalogo comprarla viajar trae quiza anda andaba mira checa
        checame cara caro caras caros expensive im i'm looking-for else buscaba aqui ahi donde
        """)
) - {"no"}


def read_terms(said: Said) -> Terms:
    """Return the benefit and the number of pieces that a message asks for."""
    is_unclear = _is_unclear(said)
    quantity = None if is_unclear else quantity_in(said)
    return Terms(benefit_in(said), quantity, is_unclear)


def _is_unclear(said: Said) -> bool:
    unclear = (_ABOUT_SO_MANY, _ONE_OR_OTHER, _UNREAD_COUNT)
    if any(pattern.search(said.plain) for pattern in unclear):
        return True
    return bool(_counted(said)) and quantity_in(said) is None


def benefit_in(said: Said) -> str:
    """Return the benefit that a message names, or nothing."""
    months = _MONTHS.search(said.plain) or _BARE_MONTHS.search(said.plain)
    if months is not None and not _NO_BENEFIT.search(said.plain):
        return f"{MSI}-{_number(months['count'])}"
    return next((name for pattern, name in _BENEFITS if pattern.search(said.plain)), "")


def quantity_in(said: Said) -> int | None:
    """Return how many pieces a message asks for."""
    counted = _counted(said)
    if not counted:
        return None
    words = " ".join(said.tokens[index].word for index in counted)
    count = _number(words)
    return count if 0 < count <= MAX_QUANTITY else None


def count_alone(said: Said) -> int | None:
    """Return the number of pieces that an answer to "how many?" gives."""
    found = _COUNT_ALONE.search(said.plain)
    count = _number(found["count"]) if found is not None else 0
    return count if 0 < count <= MAX_QUANTITY else None


_COUNT_ALONE: Final = re.compile(
    rf"^(?:(?:solo|nomas|mejor|entonces|pues|ok|just|only|que sean|dame|quiero|,) )*{_COUNT}"
    r"(?: (?:piezas?|unidades|pieces|please|porfa|por favor|nada mas))*(?: ?[.!])*$"
)


def count_asked_about(said: Said) -> int | None:
    """Return the number of pieces whose price is asked: "¿cuánto sería por 5?"."""
    found = _COUNT_ASKED_ABOUT.search(said.plain)
    count = _number(found["count"]) if found is not None else 0
    return count if 0 < count <= MAX_QUANTITY else None


_COUNT_ASKED_ABOUT: Final = re.compile(
    rf"(?<!\w)(?:por|si son|si llevo|si compro|for) (?:las |los |the )?{_COUNT}"
    r"(?: piezas?| de (?:ell[ao]s|es[ao]s)| of (?:them|those))?(?: ?[?.!])*$"
)


def asks_monthly(said: Said) -> bool:
    """Tell whether it is asked what is paid a month for a thing, and not to somebody."""
    is_monthly = _MONTHLY.search(said.plain) is not None
    others = people.all_words() | vocabulary.PURPOSES
    return is_monthly and others.isdisjoint(token.word for token in said.tokens)


_MONTHLY: Final = re.compile(
    r"(?<!\w)(?:(?:al|por|cada) mes|mensual\w*|(?:a|per|each|every) month|monthly)(?!\w)"
)


def _counted(said: Said) -> range:
    """Return the tokens that say how many: "me llevo 3", "3 tequilas", "dos botellas"."""
    found = _QUANTITY.search(said.plain)
    if found is not None:
        return said.tokens_at(*found.span("count" if found["count"] else "pieces"))
    for index, (token, after) in enumerate(pairwise(said.tokens)):
        is_count = token.word in _COUNTS or (token.is_number and token.said.isdigit())
        before = said.tokens[index - 1] if index else None
        is_size = before is not None and (before.word in _BEFORE_SIZES or names_product(before))
        if is_count and not is_size and (names_product(after) or after.word in _CONTAINERS):
            return range(index, index + 1)
    return range(0)


def read_wish(said: Said) -> Wish:
    """Return what a message asks to look for."""
    taken: set[int] = set()
    for named in accounts_in(said):
        taken |= set(named.tokens)
    for pattern in (_MONTHS, _NO_BENEFIT, _MSI, _CASHBACK, _POINTS, _CHEAPEST, _UNREAD_COUNT):
        for found in pattern.finditer(said.plain):
            taken |= set(said.tokens_at(*found.span()))
    counted = _counted(said)
    taken |= {*counted, *_containers(said, counted)}
    max_price, min_price = _prices(said, taken)
    words = list(_searched(said, taken))
    benefit = benefit_in(said)
    folded = [fold(word) for word in words]
    is_telling = any(not word.isdigit() for word in folded)
    is_category = len(folded) == 1 and folded[0] in vocabulary.CATEGORY_NAMES
    is_telling &= not is_category
    return Wish(
        words=" ".join(words)[:_MAX_SEARCH_CHARACTERS] if is_telling else "",
        category=vocabulary.CATEGORY_OF[folded[0]] if is_category else "",
        max_price=max_price,
        min_price=min_price,
        benefit="" if benefit == NO_BENEFIT else benefit,
        cheapest=_CHEAPEST.search(said.plain) is not None,
        quantity=quantity_in(said),
    )


def _containers(said: Said, counted: range) -> range:
    """Return the token of "botellas" in "dos botellas de tequila"."""
    after = counted.stop
    is_one = bool(counted) and after < len(said.tokens) and said.tokens[after].word in _CONTAINERS
    return range(after, after + 1) if is_one else range(0)


def is_generic(word: str) -> bool:
    """Tell whether so many things answer to a folded word that it is not looked for by itself."""
    return not vocabulary.GENERIC.isdisjoint(
        {word, word.removesuffix("s"), word.removesuffix("es")}
    )


def category_near(words: str) -> str:
    """Return the category to look through for a thing that its words did not find."""
    found = (vocabulary.CATEGORY_OF.get(fold(word), "") for word in words.split())
    return next(filter(None, found), "")


def names_a_product(said: Said) -> bool:
    """Tell whether a message names a thing that shops sell."""
    return any(names_product(token) for token in said.tokens)


def names_product(token: Token) -> bool:
    """Tell whether a word is a thing that shops sell."""
    return not vocabulary.PRODUCTS.isdisjoint({token.word, token.word.removesuffix("s")})


def _searched(said: Said, taken: set[int]) -> Iterator[str]:
    for index, token in enumerate(said.tokens):
        is_left_out = token.is_sign or token.word in _NOT_SEARCHED or _is_order(token)
        if index in taken or is_left_out or token.word in people.sense_table():
            continue
        if token.word in NUMBER_WORDS or (token.is_number and not _is_size(said, index)):
            continue
        called = vocabulary.SPANISH_FOR.get(token.word) or vocabulary.SPANISH_FOR.get(
            token.word.removesuffix("s")
        )
        yield called or (token.word if _is_respelt(token) else token.said.lower())


def _is_size(said: Said, index: int) -> bool:
    """Tell whether a number tells what a thing is like: "tele de 32", "128 GB", "R29"."""
    after = said.tokens[index + 1].word if index + 1 < len(said.tokens) else ""
    if after in vocabulary.COUNTED or not index:
        return after in vocabulary.COUNTED
    before = said.tokens[index - 1]
    return (
        before.word in _BEFORE_SIZES or names_product(before) or before.word in vocabulary.COUNTED
    )


_BEFORE_SIZES: Final = frozenset({"de", "of", "la", "el", "the", "numero", "number", "r", "tv"})
_CONTAINERS: Final = word_set(
    "botella botellas bottle bottles caja cajas box boxes paquete paquetes pack packs bolsa bolsas "
    "bag bags par pares pair pairs frasco frascos jar jars kilos"
)
_COUNTS: Final = SMALL.keys() - {"un", "una", "uno", "one", "cero", "zero"}


def _is_order(token: Token) -> bool:
    verb = verb_of(token.word, token.said)
    return verb is not None and (verb.act == "BUY" or verb.form in {"order", "infinitive"})


def _is_respelt(token: Token) -> bool:
    return fold(token.said) != token.word


def _prices(said: Said, taken: set[int]) -> tuple[Decimal | None, Decimal | None]:
    """Return the most and the least that a thing may cost, and take the tokens that say so."""
    amounts = [a for a in amounts_in(said.tokens, taken) if _may_be_price(a)]
    if not amounts:
        return None, None
    first, before = amounts[0], said.plain[: _start_of(said, amounts[0])].rstrip(" $")
    if len(amounts) > 1 and _BETWEEN.search(before):
        _take(said, taken, before, _BETWEEN, amounts[:2])
        return amounts[1].value, first.value
    for pattern, is_most in ((_UNDER, True), (_OVER, False), (_ABOUT, True)):
        if pattern.search(before) and (pattern is not _ABOUT or _is_surely_price(first)):
            _take(said, taken, before, pattern, [first])
            return (first.value, None) if is_most else (None, first.value)
    return None, None


def _may_be_price(amount: Amount) -> bool:
    return amount.doubt in {"", "hedge", "range"} and (
        amount.is_money or amount.value >= _LEAST_PRICE
    )


def _is_surely_price(amount: Amount) -> bool:
    return amount.is_money or amount.last - amount.first > 1


def _take(
    said: Said, taken: set[int], before: str, pattern: re.Pattern[str], amounts: list[Amount]
) -> None:
    found = pattern.search(before)
    if found is not None:
        taken |= set(said.tokens_at(*found.span()))
    taken |= set(range(amounts[0].first, amounts[-1].last))


def _start_of(said: Said, amount: Amount) -> int:
    return said.places[amount.first]


def _number(said: str) -> int:
    if said in {"par", "un par"}:
        return 2
    return int(said) if said.isdigit() else SMALL[said]
