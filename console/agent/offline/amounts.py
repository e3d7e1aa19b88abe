"""Amounts of money as people write them: read whole, or doubted for a reason, never guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from console.agent.offline.lexicon import Words, near_numbers
from console.agent.offline.text import Token
from shared.money import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that is spoken of, and the tokens that say it."""

    value: Decimal
    doubt: str
    """Why it cannot be told for sure, as in the sentences `doubt_...`; empty when it can."""
    first: int
    last: int
    """The token after the last one."""
    is_money: bool = False
    """Whether it says that it is money."""
    unit: str = ""
    """What is counted, when it counts something else."""


_WHOLE: Final = re.compile(r"0|[1-9][0-9]*")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]{1,2}")
_SEPARATED: Final = re.compile(r"[0-9]+[.,][0-9]+")
_NONE: Final = Decimal(0)
_MAX_DIGITS: Final = 10
_TEN, _TWENTY, _HUNDRED, _THOUSAND, _MILLION = 10, 20, 100, 1_000, 1_000_000
_TENS: Final = range(_TWENTY, _HUNDRED, _TEN)
_MINUS: Final = frozenset("-−–")

_Read = tuple[int, int]


def number_at(words: Words, tokens: Sequence[Token], at: int) -> _Read | None:
    """Return the number in words that begins at a token, and the position after it."""
    millions = _times(words, tokens, at, _MILLION)
    if millions is None:
        return _below_million(words, tokens, at)
    return _plus(words, tokens, millions, _below_million)


def _below_million(words: Words, tokens: Sequence[Token], at: int) -> _Read | None:
    thousands = _times(words, tokens, at, _THOUSAND)
    if thousands is None:
        return _below_thousand(words, tokens, at)
    return _plus(words, tokens, thousands, _below_thousand)


def _below_thousand(words: Words, tokens: Sequence[Token], at: int) -> _Read | None:
    value = _value(words, tokens, at)
    if value is not None and _HUNDRED <= value < _THOUSAND and not _is_counted(words, tokens, at):
        is_round = tokens[at].word in words.rules(tokens[at].word).get("round", "").split()
        return (value, at + 1) if is_round else _plus(words, tokens, (value, at + 1), _tens)
    hundreds = _times(words, tokens, at, _HUNDRED)
    if hundreds is not None:
        return _plus(words, tokens, hundreds, _tens)
    return _tens(words, tokens, at)


def _tens(words: Words, tokens: Sequence[Token], at: int) -> _Read | None:
    value = _value(words, tokens, at)
    if value is None or value >= _HUNDRED:
        return None
    rules = words.rules(tokens[at].word)
    is_joined = _word(tokens, at + 1) in rules["joiners"].split()
    unit = _value(words, tokens, at + 2 if is_joined else at + 1)
    is_read = is_joined or not rules["joiner_needed"]
    if value in _TENS and unit is not None and 0 < unit < _TEN and is_read:
        return value + unit, at + (3 if is_joined else 2)
    return value, at + 1


def _times(words: Words, tokens: Sequence[Token], at: int, unit: int) -> _Read | None:
    """Return how many hundreds, thousands or millions there are: "two thousand", "mil"."""
    if _value(words, tokens, at) == unit and not _is_counted(words, tokens, at):
        return (unit, at + 1) if unit > _HUNDRED and not _is_suffix(tokens, at) else None
    is_a = _word(tokens, at) == "a" and _is_counted(words, tokens, at + 1)
    if is_a and _value(words, tokens, at + 1) == unit:
        return unit, at + 2
    read = _tens if unit == _HUNDRED else _below_thousand if unit == _THOUSAND else _below_million
    count = read(words, tokens, at)
    if count is None or not count[0] or _value(words, tokens, count[1]) != unit:
        return None
    is_many = count[0] == _TEN or count[0] >= _TWENTY
    if unit == _HUNDRED and (is_many or not _is_counted(words, tokens, count[1])):
        return None
    return (count[0] * unit, count[1] + 1) if not _is_suffix(tokens, count[1]) else None


def _plus(words: Words, tokens: Sequence[Token], so_far: _Read, reader: object) -> _Read:
    value, at = so_far
    joiners = () if words.rules(tokens[at - 1].word)["joiner_needed"] else ("and",)
    after = at + 1 if _word(tokens, at) in joiners else at
    rest = reader(words, tokens, after) if after < len(tokens) else None  # type: ignore[operator]
    return so_far if rest is None or not rest[0] else (value + rest[0], rest[1])


def _is_suffix(tokens: Sequence[Token], at: int) -> bool:
    return len(tokens[at].word) == 1 or tokens[at].word == "grand"


def _is_counted(words: Words, tokens: Sequence[Token], at: int) -> bool:
    word = _word(tokens, at)
    return word in words.rules(word).get("counted", "").split() if word else False


def _value(words: Words, tokens: Sequence[Token], at: int) -> int | None:
    return words.number(tokens[at].word) if at < len(tokens) and tokens[at].is_word else None


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


# --- amounts ---


def amount_at(words: Words, tokens: Sequence[Token], at: int) -> Amount | None:
    """Return the amount that begins at a token, with what doubts it; None when none does."""
    hedge = words.match(tokens, at, "hedge")
    if hedge is not None:
        amount = _bare(words, tokens, _past_of(words, tokens, at + hedge.length))
        return None if amount is None else replace(amount, doubt="hedge", first=at)
    between = words.match(tokens, at, "between")
    if between is not None and (first := _bare(words, tokens, at + 1)) is not None:
        joint = words.match(tokens, first.last, "and")
        second = _bare(words, tokens, first.last + 1) if joint else None
        return replace(first, doubt="range", first=at, last=second.last if second else first.last)
    if tokens[at].said in _MINUS and at + 1 < len(tokens):
        amount = _bare(words, tokens, at + 1)
        return None if amount is None else replace(amount, doubt="negative", first=at)
    return _bare(words, tokens, at) or _unstated(words, tokens, at)


def _past_of(words: Words, tokens: Sequence[Token], at: int) -> int:
    found = words.match(tokens, at, "of_amount")
    return at + found.length if found is not None else at


def _unstated(words: Words, tokens: Sequence[Token], at: int) -> Amount | None:
    for kind in ("unstated", "slang"):
        found = words.match(tokens, at, kind)
        if found is None:
            continue
        last = at + found.length
        of = words.match(tokens, last, "of_amount")
        rest = _bare(words, tokens, last + of.length) if of is not None else None
        own = words.match(tokens, last, "money") or words.match(tokens, last, "currency")
        last = rest.last if rest is not None else last + own.length if own is not None else last
        return Amount(_NONE, kind, at, last)
    return None


def _bare(words: Words, tokens: Sequence[Token], at: int) -> Amount | None:
    is_money = _word(tokens, at) == "$"
    start = at + 1 if is_money else at
    if start >= len(tokens):
        return None
    read = _digits(words, tokens, start) or _in_words(words, tokens, start)
    if read is None:
        return None
    amount = _with_units(words, tokens, replace(read, first=at, is_money=is_money))
    return _doubted(words, tokens, amount)


def _digits(words: Words, tokens: Sequence[Token], at: int) -> Amount | None:
    token = tokens[at]
    if not token.is_number or (token.said.isdigit() and len(token.said) > _MAX_DIGITS):
        return None
    amount = _written(token.said, at)
    unit = _value(words, tokens, at + 1)
    if unit not in {_HUNDRED, _THOUSAND, _MILLION}:
        return amount
    if unit == _HUNDRED and not _is_counted(words, tokens, at + 1):
        return replace(amount, doubt="malformed", last=at + 2)
    value, last = amount.value * unit, at + 2
    rest = _below_thousand(words, tokens, last) if unit == _THOUSAND else None
    if rest is not None:
        value, last = value + rest[0], rest[1]
    elif last < len(tokens) and tokens[last].is_number and unit == _THOUSAND:
        follows = _written(tokens[last].said, last)
        if not follows.doubt and follows.value < _THOUSAND:
            value, last = value + follows.value, last + 1
    return _bounded(replace(amount, value=value, last=last))


def _written(said: str, at: int) -> Amount:
    """Read digits: with commas between thousands and a point before centavos, as in Mexico."""
    if not any(form.fullmatch(said) for form in (_WHOLE, _GROUPED, _DECIMAL)):
        doubt = "separator" if _SEPARATED.fullmatch(said) else "malformed"
        return Amount(_NONE, doubt, at, at + 1)
    return _bounded(Amount(Decimal(said.replace(",", "")), "", at, at + 1))


def _in_words(words: Words, tokens: Sequence[Token], at: int) -> Amount | None:
    read = number_at(words, tokens, at)
    if read is None:
        is_number = _value(words, tokens, at) is not None and not _is_suffix(tokens, at)
        return Amount(_NONE, "malformed", at, at + 1) if is_number else None
    value, last = read
    if value == 1 and last == at + 1 and tokens[at].word in words.of("articles"):
        if _value(words, tokens, last) is not None:
            return Amount(_NONE, "malformed", at, last + 1)
        is_unit = words.match(tokens, last, "currency", "cents", "slang", "piece")
        if is_unit is None:
            return None
    return _bounded(Amount(Decimal(value), "", at, last))


def _with_units(words: Words, tokens: Sequence[Token], amount: Amount) -> Amount:  # noqa: PLR0911 - one reading after the other
    """Take in what follows: the currency, the centavos, or what else is counted."""
    at = amount.last
    if (slang := words.match(tokens, at, "slang")) is not None:
        return replace(amount, last=at + slang.length, is_money=True, doubt="slang")
    if (foreign := words.match(tokens, at, "foreign_currency")) is not None:
        return replace(amount, last=at + foreign.length, is_money=True, doubt="currency")
    if (percent := words.match(tokens, at, "percent")) is not None:
        return replace(amount, last=at + percent.length, doubt="percent")
    if (cents := words.match(tokens, at, "cents")) is not None:
        value = amount.value / _HUNDRED
        doubt = amount.doubt if amount.value < _HUNDRED else "malformed"
        return replace(amount, value=value, last=at + cents.length, is_money=True, doubt=doubt)
    currency = words.match(tokens, at, "currency")
    if currency is not None or _word(tokens, at) == "$":
        length = currency.length if currency is not None else 1
        amount = replace(amount, last=at + length, is_money=True)
        return _with_cents(words, tokens, amount)
    counted = words.match(tokens, at, "counted")
    if counted is not None:
        return replace(amount, unit=tokens[at].word)
    return _with_cents(words, tokens, amount)


def _with_cents(words: Words, tokens: Sequence[Token], amount: Amount) -> Amount:
    """Take in "con cincuenta centavos" or "50/100 M.N."."""
    at = amount.last
    fraction = [token.said for token in tokens[at : at + 3]]
    if amount.is_money and fraction[1:] == ["/", "100"] and fraction[0].isdigit():
        is_whole = amount.value == int(amount.value) and int(fraction[0]) < _HUNDRED
        value = amount.value + Decimal(fraction[0]) / _HUNDRED
        currency = words.match(tokens, at + 3, "currency")
        last = at + 3 + (currency.length if currency is not None else 0)
        return replace(
            amount, value=value, last=last, doubt=amount.doubt if is_whole else "malformed"
        )
    if words.match(tokens, at, "with_cents") is None:
        return amount
    read = _digits(words, tokens, at + 1) if at + 1 < len(tokens) else None
    read = read or (_in_words(words, tokens, at + 1) if at + 1 < len(tokens) else None)
    cents = words.match(tokens, read.last, "cents") if read is not None else None
    is_bare = read is not None and amount.is_money and len(tokens[at + 1].said) == len("50")
    if read is None or (cents is None and not (is_bare and tokens[at + 1].is_number)):
        return amount
    is_whole = amount.value == int(amount.value) and read.value < _HUNDRED and not read.doubt
    value = amount.value + read.value / _HUNDRED
    doubt = amount.doubt if is_whole else "malformed"
    return replace(
        amount,
        value=value,
        last=read.last + (cents.length if cents else 0),
        is_money=True,
        doubt=doubt,
    )


def _doubted(words: Words, tokens: Sequence[Token], amount: Amount) -> Amount:  # noqa: PLR0911 - one reading after the other
    """Say what doubts an amount: what stands right before or after it, or in it."""
    last = amount.last
    hedge = words.match(tokens, last, "hedge_after")
    if hedge is not None and not amount.unit:
        return replace(amount, last=last + hedge.length, doubt=amount.doubt or "hedge")
    either = words.match(tokens, last, "or")
    other = _bare(words, tokens, last + 1) if either or _word(tokens, last) in _MINUS else None
    if other is not None:
        return replace(amount, last=other.last, doubt="range", unit=other.unit)
    times = words.match(tokens, last, "times")
    if times is not None:
        return replace(amount, last=last + times.length, doubt="several")
    if last < len(tokens) and not amount.unit:
        after = tokens[last]
        is_stuck = after.start == tokens[last - 1].end and after.said[0].isalnum()
        follows = _value(words, tokens, last)
        is_one = after.word in words.of("articles")
        is_longer = after.is_number or (follows is not None and not is_one) or is_stuck
        is_longer = is_longer or _goes_on_near(words, tokens, last)
        if is_longer or words.is_near_number(after.word) or after.said == "/":
            return replace(amount, doubt="malformed", last=last + 1)
    before = tokens[amount.first - 1] if amount.first else None
    is_near = before is not None and before.is_word and words.is_near_number(before.word)
    if is_near or (before is not None and before.said[-1:] == "/"):
        return replace(amount, doubt="near" if is_near else "malformed")
    if not amount.doubt and amount.value == 0:
        return replace(amount, doubt="zero")
    return amount


def _goes_on_near(words: Words, tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a joiner and a slip of a number go on: "noventa y mueve", a verb or not."""
    joiners = words.rules(tokens[at - 1].word)["joiners"].split()
    is_joined = tokens[at].word in joiners and tokens[at - 1].is_word
    return is_joined and bool(near_numbers(_word(tokens, at + 1)))


def is_small_word(tokens: Sequence[Token], amount: Amount) -> bool:
    """Tell whether it is a small number in words that does not say that it is money."""
    is_one = amount.last == amount.first + 1 and tokens[amount.first].is_word
    return is_one and not amount.is_money and not amount.doubt and amount.value < _TEN


def _bounded(amount: Amount) -> Amount:
    if amount.doubt:
        return amount
    if amount.value > MAX_AMOUNT:
        return replace(amount, doubt="too_large")
    if amount.value != amount.value.quantize(Decimal("0.01")):
        return replace(amount, doubt="separator")
    return amount
