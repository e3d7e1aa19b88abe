"""Amounts of money as people write them: read exactly, or doubted for a reason, never guessed.

"1,500.50", "$250", "10 mil", "1.5k", "dos mil trescientos pesos con cincuenta "
"centavos" are amounts.
"1.500", "1,50", "unos 200", "100 o 200", "20 dólares" are asked about.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from console.agent.offline import vocabulary
from console.agent.offline.numbers import (
    NUMBER_WORDS,
    SMALL,
    read_below_thousand,
    read_number,
)
from console.agent.offline.text import Token
from shared.money import MAX_AMOUNT
from shared.text import word_set

Doubt = Literal[
    "",
    "separator",
    "malformed",
    "hedge",
    "range",
    "several",
    "negative",
    "zero",
    "too_large",
    "currency",
    "small",
    "unstated",
    "percent",
    "slang",
]
"""Why an amount cannot be told for sure; empty when it can."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that is spoken of, and the tokens that say it."""

    value: Decimal
    doubt: Doubt
    first: int
    last: int
    """The token after the last one."""
    is_money: bool = False
    """Whether it says that it is money."""


_WHOLE: Final = re.compile(r"0|[1-9][0-9]*")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]{1,2}")
_MULTIPLIERS: Final = {
    "hundred": Decimal(100),
    "mil": Decimal(1000),
    "k": Decimal(1000),
    "thousand": Decimal(1000),
    "grand": Decimal(1000),
    "millon": Decimal(1_000_000),
    "millones": Decimal(1_000_000),
    "million": Decimal(1_000_000),
}
_CENTS: Final = frozenset({"centavos", "centavo", "cents", "cent", "ctvs", "cts"})
_AND: Final = frozenset({"con", "y", "and", "with"})
_EITHER: Final = frozenset({"o", "u", "or", "-", "–", "—", "~", "a", "to", "y", "and"})
_CORRECTING: Final = vocabulary.CORRECTING | {"no"}
_AROUND: Final = word_set("i , . que sean son ay ah wait espera bien mas a to")
_MINUS: Final = frozenset({"-", "−", "–"})
_NAMES_NUMBER: Final = word_set(
    "numero no # opcion option cuenta clabe tarjeta folio ultimos ultimas last number account "
    "terminacion"
)
_FOREIGN: Final = vocabulary.FOREIGN_CURRENCY | vocabulary.FOREIGN_SIGNS | {"us"}
_ONE: Final = frozenset({"un", "una", "uno", "one"})
_ORDINAL_ENDINGS: Final = frozenset({"a", "o", "do", "da", "ro", "ra", "st", "nd", "rd", "th"})
_MANY: Final = frozenset({"cientos", "miles", "hundreds", "thousands"})
_NATIONAL_CURRENCY: Final = ("m", ".", "n")
_NONE: Final = Decimal(0)
_MAX_DIGITS: Final = 10
_CENTAVOS_IN_PESO: Final = 100
_TWO_DIGITS: Final = 10
_THOUSAND: Final = 1000


def amounts_in(tokens: Sequence[Token], skip: Collection[int] = ()) -> list[Amount]:
    """Return all amounts that tokens speak of, in order, but for those in `skip`."""
    found: list[Amount] = []
    position = 0
    while position < len(tokens):
        amount = None if position in skip else _amount_at(tokens, position)
        if amount is None:
            position += 1
            continue
        if not _is_count(tokens, amount):
            found.append(_doubted(tokens, amount))
        position = amount.last
    return found


def the_amount(tokens: Sequence[Token], skip: Collection[int] = ()) -> Amount | None:
    """Return the one amount of an order, doubted when it is not one; None when none is said."""
    found = amounts_in(tokens, skip)
    if not found:
        return _unstated(tokens, skip)
    if any(token.word in {"veces", "times", "each"} for token in tokens):
        return replace(found[0], doubt="several")
    doubted = next((amount for amount in found if amount.doubt), None)
    if doubted is not None:
        return doubted
    first, *others = found
    if not others:
        return first
    second = others[0]
    between = {token.word for token in tokens[first.last : second.first]}
    if len(others) == 1 and between & _CORRECTING and between <= _CORRECTING | _AROUND:
        return replace(second, first=first.first)
    is_range = between <= _EITHER and bool(between & {"o", "u", "or", "a", "to", "-"})
    return replace(first, doubt="range" if is_range else "several")


def _unstated(tokens: Sequence[Token], skip: Collection[int]) -> Amount | None:
    """Return the doubt of "todo mi saldo", "la mitad", "unos tostones"."""
    for index, token in enumerate(tokens):
        if index not in skip and token.word in vocabulary.UNSTATED:
            return Amount(_NONE, "unstated", index, index + 1)
        is_someone = _word(tokens, index - 1) in {"a", "al", "mi", "el", "la", "to", "my"}
        if index not in skip and token.word in vocabulary.SLANG and not is_someone:
            return Amount(_NONE, "slang", index, index + 1)
    return None


def _amount_at(tokens: Sequence[Token], start: int) -> Amount | None:
    first = start
    is_money = tokens[start].said == "$"
    position = start + 1 if is_money else start
    if position >= len(tokens):
        return None
    read = _digits(tokens, position) or _in_words(tokens, position)
    if read is None:
        return None
    read = _with_currency(tokens, replace(read, first=first, is_money=is_money))
    return _with_centavos(tokens, read)


def _digits(tokens: Sequence[Token], at: int) -> Amount | None:
    token = tokens[at]
    if not token.is_number or (token.said.isdigit() and len(token.said) > _MAX_DIGITS):
        return None
    amount = _written(token.said, at)
    multiplier = _MULTIPLIERS.get(_raw(tokens, at + 1))
    if multiplier is None:
        return _whole(tokens, amount)
    words = [t.word for t in tokens]
    rest = read_below_thousand(words, at + 2) if multiplier == _THOUSAND else None
    value, last = amount.value * multiplier, at + 2
    if rest is not None:
        value, last = value + rest[0], rest[1]
    elif at + 2 < len(tokens) and tokens[at + 2].is_number:
        follows = _written(tokens[at + 2].said, at + 2)
        if not follows.doubt and follows.value < _THOUSAND:
            value, last = value + follows.value, at + 3
    return _whole(tokens, _bounded(replace(amount, value=value, last=last)))


def _written(said: str, at: int) -> Amount:
    """Read digits: with commas between thousands and a point before centavos, as in Mexico."""
    is_exact = any(form.fullmatch(said) for form in (_WHOLE, _GROUPED, _DECIMAL))
    if not is_exact:
        doubt: Doubt = "separator" if re.fullmatch(r"[0-9]+[.,][0-9]+", said) else "malformed"
        return Amount(_NONE, doubt, at, at + 1)
    return _bounded(Amount(Decimal(said.replace(",", "")), "", at, at + 1))


def _whole(tokens: Sequence[Token], amount: Amount) -> Amount:
    """Doubt what goes on with something that was not read: "1 500", "5M", "dos k", "100x"."""
    if amount.last >= len(tokens):
        return amount
    after = tokens[amount.last]
    is_unit = after.word in vocabulary.CURRENCY | vocabulary.COUNTED | _ORDINAL_ENDINGS
    is_stuck = _is_attached(tokens, amount.last) and after.said.isalpha() and not is_unit
    is_longer = after.word in NUMBER_WORDS - _ONE | _MANY or after.said.lower() in _MULTIPLIERS
    if after.is_number or is_stuck or is_longer:
        return replace(amount, doubt=amount.doubt or "malformed")
    return amount


def _in_words(tokens: Sequence[Token], at: int) -> Amount | None:
    words = [token.word for token in tokens]
    read = read_number(words, at)
    if read is None:
        return None
    value, last = read
    is_article = last == at + 1 and words[at] in _ONE
    if is_article and words[at] in {"one", "uno"} and _word(tokens, last) in NUMBER_WORDS - _ONE:
        return Amount(_NONE, "malformed", at, last + 1)
    if is_article and _word(tokens, last) not in vocabulary.ONE_PESO | _CENTS | vocabulary.SLANG:
        return None
    return _whole(tokens, _bounded(Amount(Decimal(value), "", at, last)))


def _with_currency(tokens: Sequence[Token], amount: Amount) -> Amount:
    position = amount.last
    if tuple(t.word for t in tokens[position : position + 3]) == _NATIONAL_CURRENCY:
        return replace(amount, last=position + 3, is_money=True)
    if _word(tokens, position) in vocabulary.SLANG:
        return replace(amount, last=position + 1, is_money=True, doubt="slang")
    if _word(tokens, position) == "de" and _word(tokens, position + 1) in {"dinero", "pesos"}:
        position += 1
    if _word(tokens, position) in vocabulary.CURRENCY:
        return replace(amount, last=position + 1, is_money=True)
    if _word(tokens, position) == "$":
        return replace(amount, last=position + 1, is_money=True)
    return amount


def _with_centavos(tokens: Sequence[Token], amount: Amount) -> Amount:
    if _word(tokens, amount.last) in _CENTS:
        value = amount.value / _CENTAVOS_IN_PESO
        is_fraction = amount.value < _CENTAVOS_IN_PESO
        return replace(
            amount,
            value=value,
            last=amount.last + 1,
            is_money=True,
            doubt=amount.doubt if is_fraction else "malformed",
        )
    if _word(tokens, amount.last) not in _AND:
        return amount
    cents = _digits(tokens, amount.last + 1) if amount.last + 1 < len(tokens) else None
    cents = cents or _in_words_at(tokens, amount.last + 1)
    if cents is None:
        return amount
    is_named = _word(tokens, cents.last) in _CENTS
    is_usual = amount.is_money and _word(tokens, amount.last) == "con"
    if not (is_named or (is_usual and cents.value >= _TWO_DIGITS)):
        return amount
    is_exact = cents.value < _CENTAVOS_IN_PESO and cents.value == int(cents.value)
    is_whole = amount.value == int(amount.value)
    return replace(
        amount,
        value=amount.value + cents.value / _CENTAVOS_IN_PESO,
        last=cents.last + (1 if is_named else 0),
        is_money=True,
        doubt=amount.doubt or cents.doubt or ("" if is_exact and is_whole else "malformed"),
    )


def _in_words_at(tokens: Sequence[Token], at: int) -> Amount | None:
    read = read_number([token.word for token in tokens], at)
    return None if read is None else Amount(Decimal(read[0]), "", at, read[1])


def _is_count(tokens: Sequence[Token], amount: Amount) -> bool:
    """Tell whether a number counts something else than pesos, or names something."""
    if amount.is_money:
        return False
    after, before = _word(tokens, amount.last), _word(tokens, amount.first - 1)
    if after in vocabulary.COUNTED or after in {"º", "ª", "°", '"', "/"} or before == "/":
        return True
    if after == "de" and _word(tokens, amount.last + 1) in vocabulary.MONTHS:
        return True
    if before in vocabulary.MONTHS or before in _NAMES_NUMBER:
        return True
    return after in _ORDINAL_ENDINGS and _is_attached(tokens, amount.last)


def _doubted(tokens: Sequence[Token], amount: Amount) -> Amount:
    """Return the amount with whatever around it makes it doubtful."""
    if amount.doubt:
        return amount
    before, after = _word(tokens, amount.first - 1), _word(tokens, amount.last)
    earlier = _word(tokens, amount.first - 2)
    doubts: tuple[tuple[Doubt, bool], ...] = (
        ("negative", before in _MINUS and not earlier[:1].isdigit()),
        ("currency", not _FOREIGN.isdisjoint({after, before})),
        (
            "percent",
            after == "%" or (after == "por" and _word(tokens, amount.last + 1) == "ciento"),
        ),
        ("hedge", before in vocabulary.HEDGES_BEFORE),
        ("hedge", before in {"de", "que"} and earlier in vocabulary.HEDGES_BEFORE),
        ("hedge", _is_hedged_after(tokens, amount.last)),
        ("range", before in {"entre", "between"}),
        ("zero", amount.value == 0),
        ("small", _is_bare_small_word(tokens, amount)),
    )
    doubt = next((doubt for doubt, applies in doubts if applies), amount.doubt)
    return replace(amount, doubt=doubt)


def _is_hedged_after(tokens: Sequence[Token], at: int) -> bool:
    after, later = _word(tokens, at), _word(tokens, at + 1)
    if after in {"aproximadamente", "aprox", "ish", "approximately", "roughly"}:
        return True
    if (after, later) in {("mas", "o"), ("more", "or")}:
        return True
    return after in {"y", "o", "or", "and"} and (
        later in vocabulary.HEDGES_AFTER or later in {"medio", "media", "mas", "half", "more"}
    )


def _is_bare_small_word(tokens: Sequence[Token], amount: Amount) -> bool:
    """Tell whether it is a small number in words that does not say that it is money."""
    is_one_word = amount.last == amount.first + 1
    word = tokens[amount.first].word
    return not amount.is_money and is_one_word and word in SMALL and SMALL[word] < _TWO_DIGITS


def _bounded(amount: Amount) -> Amount:
    if amount.doubt:
        return amount
    if amount.value > MAX_AMOUNT:
        return replace(amount, doubt="too_large")
    if amount.value != amount.value.quantize(Decimal("0.01")):
        return replace(amount, doubt="separator")
    return amount


def _is_attached(tokens: Sequence[Token], at: int) -> bool:
    return 0 < at < len(tokens) and tokens[at].start == tokens[at - 1].end


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _raw(tokens: Sequence[Token], at: int) -> str:
    """Return a token's text in lower case: "k" after digits is not "que"."""
    return tokens[at].said.lower() if at < len(tokens) else ""
