"""Amounts as people write them: read whole, or doubted for a reason, never guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from console.agent.offline.lexicon import Cursor, near_numbers
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
    is_in_words: bool = False

    @property
    def whole(self) -> int | None:
        """The number, where it is a whole one without a doubt that does not say it is money."""
        is_whole = not self.doubt and not self.is_money and self.value == int(self.value)
        return int(self.value) if is_whole else None

    @property
    def is_small_word(self) -> bool:
        """Whether it is a small number in words that does not say that it is money."""
        is_one = self.is_in_words and self.last == self.first + 1 and not self.is_money
        return is_one and not self.doubt and self.value < _TEN


_WHOLE: Final = re.compile(r"0|[1-9][0-9]*")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?")
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]*)\.[0-9]{1,2}")
_SEPARATED: Final = re.compile(r"[0-9]+[.,][0-9]+")
_MAX_DIGITS: Final = 10
_TEN, _TWENTY, _HUNDRED, _THOUSAND, _MILLION = 10, 20, 100, 1_000, 1_000_000
_MINUS: Final = frozenset("-−–")
_TWO_DIGITS: Final = 2
_BESIDE: Final = 2
"""How many words beside an amount may be more of it, misspelt."""

_Read = tuple[int, int]


class AmountReader(Cursor):
    """Reads the amounts that tokens speak of."""

    # --- numbers in words ---

    def number_at(self, at: int) -> _Read | None:
        """Return the number in words that begins at a token, and the position after it."""
        count = self._below_million(at)
        if count is None or not count[0] or self.value(count[1]) != _MILLION:
            return count
        millions, last = count[0] * _MILLION, count[1] + 1
        rest = self._below_million(last)
        return (millions, last) if rest is None or not rest[0] else (millions + rest[0], rest[1])

    def _below_million(self, at: int) -> _Read | None:
        """Read words that each count less than the one before, or multiply what came before."""
        done, group, limit, last, place = 0, 0, _THOUSAND, at, at
        if self.word(at) in self.words.of("articles") and self._is_counted(at + 1):
            group, last = (1, at + 1) if self.value(at) is None else (0, at)
            place = last
        while (value := self.value(place)) is not None and value < _MILLION:
            if value == _THOUSAND:
                is_first = not (done or group) and not self._is_counted(place)
                if done or self._is_suffix(place) or not (group or is_first):
                    break
                done, group, limit = (group or 1) * _THOUSAND, 0, _THOUSAND
            elif value == _HUNDRED and self._is_counted(place):
                if not 0 < group < _TWENTY or group == _TEN:
                    break
                group, limit = group * _HUNDRED, _HUNDRED
            elif value < limit and (value or last == at):
                group, limit = group + value, self._limit_after(value, place)
            else:
                break
            last = place + 1
            place, limit = self._joined(last, limit)
        return (done + group, last) if last > at else None

    def _limit_after(self, value: int, place: int) -> int:
        """Return what a word that is added to another one must be below."""
        if value >= _HUNDRED:
            is_round = self.word(place) in self._rules(place)["round"].split()
            return 0 if is_round else _HUNDRED
        return _TEN if value >= _TWENTY and value % _TEN == 0 else 0

    def _joined(self, at: int, limit: int) -> _Read:
        """Return the place of the next word, past "and", and what it must be below."""
        rules = self._rules(at - 1)
        is_joined = self.word(at) in rules["joiners"].split()
        if not rules["joiner_needed"] or limit != _TEN:
            return at + (is_joined and not rules["joiner_needed"]), limit
        return (at + 1, limit) if is_joined else (at, 0)

    def value(self, at: int) -> int | None:
        """Return the number that a word is."""
        is_word = at < len(self.tokens) and self.tokens[at].is_word
        return self.words.number(self.tokens[at].word) if is_word else None

    def _rules(self, at: int) -> Mapping[str, Any]:
        return self.words.rules(self.word(at))

    def _is_counted(self, at: int) -> bool:
        return bool(self.word(at)) and self.word(at) in self._rules(at)["counted"].split()

    def _is_suffix(self, at: int) -> bool:
        return self.word(at) in self._rules(at)["suffixes"].split()

    # --- amounts ---

    def amount_at(self, at: int) -> Amount | None:
        """Return the amount that begins at a token, with what doubts it; None when none does."""
        if (hedge := self.match(at, "hedge")) is not None:
            start = self.past(at + hedge.length, "of_amount", limit=1)
            amount, doubt = self._bare(start), "hedge"
        elif self.match(at, "between") is not None and (amount := self._bare(at + 1)) is not None:
            joint, doubt = self.match(amount.last, "and"), "range"
            second = self._bare(amount.last + 1) if joint else None
            amount = replace(amount, last=second.last) if second else amount
        elif self.tokens[at].said in _MINUS:
            amount, doubt = self._bare(at + 1), "negative"
        else:
            return self._bare(at) or self._unstated(at)
        return None if amount is None else replace(amount, doubt=doubt, first=at)

    def offered(self, amount: Amount) -> Decimal | None:
        """Return the amount that is meant if words beside and in it are slips of numbers."""
        first, last = max(amount.first - _BESIDE, 0), amount.last + _BESIDE
        usual = [
            replace(token, word=near[0])
            if (near := near_numbers(token.word)) and self.words.number(token.word) is None
            else token
            for token in self.tokens[first:last]
        ]
        reader = AmountReader(self.words, usual)
        found = (reader.amount_at(at) for at in range(len(usual)))
        read = next((one for one in found if one is not None), None)
        return None if read is None or read.doubt or read.unit else read.value

    def _unstated(self, at: int) -> Amount | None:
        found = self.match(at, "unstated") or self.match(at, "slang")
        if found is None:
            return None
        last = at + found.length
        of = self.match(last, "of_amount")
        rest = self._bare(last + of.length) if of is not None else None
        last = rest.last if rest is not None else self.past(last, "money", "currency", limit=1)
        return Amount(Decimal(0), found.kind, at, last)

    def _bare(self, at: int) -> Amount | None:
        is_money = self.word(at) == "$"
        start = at + 1 if is_money else at
        read = self._digits(start) or self._in_words(start)
        if read is None:
            return None
        return self._doubted(self._with_units(replace(read, first=at, is_money=is_money)))

    def _digits(self, at: int) -> Amount | None:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or not token.is_number:
            return None
        if token.said.isdigit() and len(token.said) > _MAX_DIGITS:
            return None
        amount, unit = _written(token.said, at), self.value(at + 1)
        if unit not in {_HUNDRED, _THOUSAND, _MILLION}:
            return amount
        if unit == _HUNDRED and not self._is_counted(at + 1):
            return replace(amount, doubt="malformed", last=at + 2)
        value, last = amount.value * unit, at + 2
        rest = self._below_million(last) if unit == _THOUSAND else None
        if rest is not None and rest[0] < _THOUSAND:
            value, last = value + rest[0], rest[1]
        elif unit == _THOUSAND and last < len(self.tokens) and self.tokens[last].is_number:
            follows = _written(self.tokens[last].said, last)
            if not follows.doubt and follows.value < _THOUSAND:
                value, last = value + follows.value, last + 1
        return _bounded(replace(amount, value=value, last=last))

    def _in_words(self, at: int) -> Amount | None:
        read = self.number_at(at)
        if read is None:
            is_number = self.value(at) is not None and not self._is_suffix(at)
            return Amount(Decimal(0), "malformed", at, at + 1) if is_number else None
        value, last = read
        if value == 1 and last == at + 1 and self.word(at) in self.words.of("articles"):
            if self.value(last) is not None:
                return Amount(Decimal(0), "malformed", at, last + 1)
            if self.match(last, "currency", "cents", "slang", "piece") is None:
                return None
        return _bounded(Amount(Decimal(value), "", at, last, is_in_words=True))

    def _with_units(self, amount: Amount) -> Amount:
        """Take in what follows: the currency, the centavos, or what else is counted."""
        at = amount.last
        unit = self.match(at, *_UNITS)
        last = at + unit.length if unit is not None else at
        if unit is not None and (doubt := _UNITS[unit.kind]):
            return replace(amount, last=last, is_money=unit.kind != "percent", doubt=doubt)
        if unit is not None and unit.kind == "cents":
            doubt = amount.doubt if amount.value < _HUNDRED else "malformed"
            value = amount.value / _HUNDRED
            return replace(amount, value=value, last=last, is_money=True, doubt=doubt)
        if unit is not None or self.word(at) == "$":
            amount = replace(amount, last=max(last, at + 1), is_money=True)
        elif self.match(at, "counted") is not None:
            return replace(amount, unit=self.word(at))
        return self._with_cents(amount)

    def _with_cents(self, amount: Amount) -> Amount:
        """Take in "con cincuenta centavos" or "50/100 M.N."."""
        at, signs = amount.last, (self.word(amount.last + 1), self.word(amount.last + 2))
        if amount.is_money and signs == ("/", "100") and self.word(at).isdigit():
            last = self.past(at + 3, "currency", limit=1)
            return _with_hundredths(amount, Decimal(self.word(at)), "", last)
        if self.match(at, "with_cents") is None:
            return amount
        read = self._digits(at + 1) or self._in_words(at + 1)
        if read is None:
            return amount
        cents, said = self.match(read.last, "cents"), self.tokens[at + 1].said
        is_bare = amount.is_money and said.isdigit() and len(said) == _TWO_DIGITS
        if cents is None and not is_bare:
            return amount
        last = read.last + (cents.length if cents is not None else 0)
        return _with_hundredths(amount, read.value, read.doubt, last)

    def _doubted(self, amount: Amount) -> Amount:
        """Say what doubts an amount: what stands right before or after it, or in it."""
        last = amount.last
        hedge, times = self.match(last, "hedge_after"), self.match(last, "times")
        if hedge is not None and not amount.unit:
            return replace(amount, last=last + hedge.length, doubt=amount.doubt or "hedge")
        is_either = self.match(last, "or") is not None or self.word(last) in _MINUS
        if is_either and (other := self._bare(last + 1)) is not None:
            return replace(amount, last=other.last, doubt="range", unit=other.unit)
        if times is not None:
            return replace(amount, last=last + times.length, doubt="several")
        if last < len(self.tokens) and not amount.unit and self._goes_on(last):
            return replace(amount, doubt="malformed", last=last + 1)
        before = self.tokens[amount.first - 1] if amount.first else None
        is_near = before is not None and before.is_word and self.words.is_near_number(before.word)
        is_after_bar = before is not None and before.said[-1:] == "/"
        zero = "" if amount.doubt or amount.value else "zero"
        doubt = "near" if is_near else "malformed" if is_after_bar else zero
        return replace(amount, doubt=doubt or amount.doubt)

    def _goes_on(self, at: int) -> bool:
        """Tell whether what follows an amount looks like more of it."""
        after, before = self.tokens[at], self.tokens[at - 1]
        is_article = after.word in self.words.of("articles")
        is_stuck = after.start == before.end and after.said[0].isalnum()
        is_more = after.is_number or (self.value(at) is not None and not is_article)
        is_joined = before.is_word and after.word in self._rules(at - 1)["joiners"].split()
        is_slip = is_joined and bool(near_numbers(self.word(at + 1)))
        is_near = self.words.is_near_number(after.word)
        return is_more or is_stuck or is_near or is_slip or after.said == "/"


_UNITS: Final = {
    "slang": "slang",
    "foreign_currency": "currency",
    "percent": "percent",
    "cents": "",
    "currency": "",
}
"""What an amount may be of, and the doubt that it brings."""


def _written(said: str, at: int) -> Amount:
    """Read digits: with commas between thousands and a point before centavos, as in Mexico."""
    if not any(form.fullmatch(said) for form in (_WHOLE, _GROUPED, _DECIMAL)):
        doubt = "separator" if _SEPARATED.fullmatch(said) else "malformed"
        return Amount(Decimal(0), doubt, at, at + 1)
    return _bounded(Amount(Decimal(said.replace(",", "")), "", at, at + 1))


def _with_hundredths(amount: Amount, cents: Decimal, doubt: str, last: int) -> Amount:
    is_whole = amount.value == int(amount.value) and cents < _HUNDRED and not doubt
    value = amount.value + cents / _HUNDRED
    doubt = amount.doubt if is_whole else "malformed"
    return replace(amount, value=value, last=last, is_money=True, doubt=doubt)


def _bounded(amount: Amount) -> Amount:
    if amount.doubt or amount.value > MAX_AMOUNT:
        return replace(amount, doubt=amount.doubt or "too_large")
    is_exact = amount.value == amount.value.quantize(Decimal("0.01"))
    return amount if is_exact else replace(amount, doubt="separator")
