"""Amounts as people write them: read whole, or doubted for a reason, never guessed."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile
from typing import Final

from console.agent.offline.lexicon import Cursor, near_numbers
from console.agent.offline.text import Part
from shared.money import MAX_AMOUNT

_DIGITS: Final = re.compile(r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]{1,2})?")
"""Digits with commas between thousands and a point before centavos, as in Mexico."""
_THOUSAND_DIGITS: Final = 4
_TEN, _HUNDRED = 10, 100
_MINUS: Final = frozenset("-−–")
_UNITS: Final = ("slang", "foreign_currency", "percent")
"""What makes an amount doubted, as what it is of."""
_TWO_DIGITS: Final = 2
_BESIDE: Final = 2
"""How many words beside an amount may be more of it, misspelt."""

_SORTS: Final = "zero unit teen tens hundred hundreds times_hundred thousand times_thousand suffix"
_LETTERS: Final = dict(zip((*_SORTS.split(), "million"), "zutTRHcmskM", strict=True))
"""The sorts of number words, as the grammar has them; `d` is up to three digits, `D` other digits,
`a` an article, `&` a word that joins numbers."""
_BELOW_100: Final = "(?:T&?u|[Ttu])"
_BELOW_1000: Final = f"(?:H{_BELOW_100}?|[uta]c(?:&?{_BELOW_100})?|{_BELOW_100}|R)"
_BELOW_MILLION: Final = (
    f"(?:{_BELOW_1000}?m{_BELOW_1000}?|(?:{_BELOW_1000}|a)s(?:&?{_BELOW_1000})?|{_BELOW_1000})"
)
_NUMBER: Final = re.compile(
    f"(?:{_BELOW_MILLION}|a)M{_BELOW_MILLION}?|{_BELOW_MILLION}|z"
    f"|[dD](?:M|c|[msk](?:{_BELOW_1000}|d)?)?"
)
_MAX_WORDS: Final = 30


class AmountReader(Cursor):
    """Reads the amounts that tokens speak of."""

    # --- numbers ---

    def number_at(self, at: int) -> Part | None:
        """Return the number in digits or words that begins at a token."""
        places = range(at, min(at + _MAX_WORDS, len(self.tokens)))
        run = "".join(takewhile(bool, map(self._letter, places)))
        found = _NUMBER.match(run)
        if found is None:
            none = Part("amount", at, at + 1, Decimal(0), doubt="malformed")
            return none if run[:1] in {*"csM"} else None
        done, group, doubt = Decimal(0), Decimal(0), ""
        for place, letter in enumerate(found.group(), at):
            token, value = self.tokens[place], Decimal(0)
            if token.kind == "word":
                value = Decimal(self.words.numbers.get(token.word, (1, "article"))[0])
            elif _DIGITS.fullmatch(token.said):
                value = Decimal(token.said.replace(",", ""))
            elif letter not in "z&":
                doubt = "malformed" if token.said.isdigit() else "separator"
            if letter == "c":
                group *= value
            elif letter in "msk":
                done, group = done + (group or 1) * value, Decimal(0)
            elif letter == "M":
                done, group = (done + group) * value, Decimal(0)
            elif letter != "&":
                group += value
        doubt = doubt or ("too_large" if done + group > MAX_AMOUNT else "")
        return Part("amount", at, at + found.end(), done + group, doubt=doubt)

    def _letter(self, at: int) -> str:
        """Return what a token is to the grammar of numbers, nothing where it is no part of one."""
        token = self.tokens[at]
        if token.kind == "number":
            if not token.said.strip("0.,"):
                return "z"
            return "d" if token.said.isdigit() and len(token.said) < _THOUSAND_DIGITS else "D"
        if token.word in self.words.numbers and token.kind == "word":
            return _LETTERS[self.words.numbers[token.word][1]]
        marks = {"joints": "&", "articles": "a"}
        return next((marks[name] for name in marks if token.word in self.words.of(name)), "")

    def is_number(self, at: int) -> bool:
        """Tell whether a token is a number in digits or words."""
        letter = self._letter(at) if 0 <= at < len(self.tokens) else ""
        return letter not in {"", "&", "a"}

    # --- amounts ---

    def amount_at(self, at: int) -> Part | None:
        """Return the amount that begins at a token, with what doubts it; None when none does."""
        hedge, is_negative = self.match(at, "hedge"), self.word(at) in _MINUS
        start = at if hedge is None else self.past(hedge.last, "of_amount", limit=1)
        amount = self._bare(start + is_negative)
        if amount is not None:
            doubt = "hedge" if hedge else "negative" if is_negative else amount.doubt
            return replace(amount, doubt=doubt, first=at)
        found = self.match(at, "unstated", "slang")
        if found is None:
            return None
        rest = self._bare(self.after(found.last, "of_amount"))
        last = self.past(found.last, "money", "currency", limit=1) if rest is None else rest.last
        return Part("amount", at, last, Decimal(0), doubt=found.kind)

    def offered(self, amount: Part) -> Decimal | None:
        """Return the amount that is meant if words beside and in it are slips of numbers."""
        tokens = self.tokens[max(amount.first - _BESIDE, 0) : amount.last + _BESIDE]
        near = [near_numbers(t.word) if t.word not in self.words.numbers else () for t in tokens]
        usual = [replace(t, word=n[0]) if n else t for t, n in zip(tokens, near, strict=True)]
        reader = AmountReader(self.words, self.text, usual)
        found = next(filter(None, map(reader.amount_at, range(len(usual)))), None)
        return found.value if found and found.is_sure and not found.unit else None

    def _bare(self, at: int) -> Part | None:
        """Return a number with what it counts, if it is not that of an account, or only "un"."""
        is_money = self.word(at) == "$"
        read = self.number_at(at + is_money)
        before = self.match(at - 1, "account_noun", "account_number")
        if read is None or (before is not None and self.tokens[at].kind == "number"):
            return None
        last, is_article = read.last, self.word(read.first) in self.words.of("articles")
        unit = self.match(last, *_UNITS, "cents", "currency")
        is_counted = unit is not None or self.match(last, "piece") or self.is_number(last)
        if is_article and last == read.first + 1 and not is_counted:
            return None
        kind, end = ("", last) if unit is None else (unit.kind, unit.last)
        amount = replace(read, first=at, last=end, is_money=is_money or unit is not None)
        if kind == "cents":
            amount = _with_hundredths(replace(amount, value=Decimal(0)), read, amount.last)
        elif kind in _UNITS:
            amount = replace(amount, doubt=kind)
        elif not kind and self.match(last, "counted") is not None:
            amount = replace(amount, unit=self.word(last))
        else:
            amount = self._with_cents(amount)
        return self._doubted(amount)

    def _with_cents(self, amount: Part) -> Part:
        """Take in "con cincuenta centavos"; or "con 50", "50/100 M.N." after money."""
        start = self.past(amount.last, "with_cents", limit=1)
        if (read := self.number_at(start)) is None or not (start > amount.last or amount.is_money):
            return amount
        digits, last = self.word(read.first), self.past(read.last, "cents", "hundredths", limit=1)
        is_bare = start > amount.last and amount.is_money and digits.isdigit()
        is_bare = is_bare and len(digits) == _TWO_DIGITS
        return _with_hundredths(amount, read, last) if is_bare or last > read.last else amount

    def _doubted(self, amount: Part) -> Part:
        """Say what doubts an amount: what stands right before or after it, or in it."""
        last, doubt, before = amount.last, amount.doubt, self.word(amount.first - 1)
        after = self.match(last, "hedge_after", "times", "or", "and")
        kind = "or" if self.word(last) in _MINUS else "" if after is None else after.kind
        if kind == "hedge_after" and not amount.unit:
            return replace(amount, last=self.after(last, kind), doubt=doubt or "hedge")
        is_either = kind == "or" or (kind == "and" and self.match(amount.first - 1, "between"))
        if is_either and (other := self._bare(last + 1)) is not None:
            is_pair = other.doubt != "range"
            ends = tuple(sorted((amount.value, other.value))) if is_pair else amount.value
            return replace(amount, last=other.last, value=ends, doubt="range", unit=other.unit)
        if kind == "times":
            return replace(amount, last=self.after(last, kind), doubt="several")
        if last < len(self.tokens) and not amount.unit and self._goes_on(last):
            return replace(amount, doubt="malformed", last=last + 1)
        foreign = self.match(amount.first - 1, "foreign_currency")
        if foreign is not None or self.words.is_near_number(before):
            return replace(amount, doubt="near" if foreign is None else foreign.kind)
        is_word = self.tokens[last - 1].kind == "word" and last == amount.first + 1
        small = "small" if is_word and amount.value < _TEN and not amount.is_money else ""
        doubt = doubt or (small if amount.value else "zero")
        return replace(amount, doubt="malformed" if before == "/" else doubt)

    def _goes_on(self, at: int) -> bool:
        """Tell whether what follows an amount looks like more of it."""
        after, before = self.tokens[at], self.tokens[at - 1]
        is_stuck = after.start == before.end and after.said[0].isalnum()
        is_more = self.is_number(at) and after.word not in self.words.of("articles")
        is_joined = before.kind == "word" and after.word in self.words.of("joints")
        is_slip = is_joined and bool(near_numbers(self.word(at + 1)))
        is_near = self.words.is_near_number(after.word)
        return is_more or is_stuck or is_near or is_slip or after.said == "/"


def _with_hundredths(amount: Part, cents: Part, last: int) -> Part:
    is_whole = not (amount.value % 1 or cents.value % 1 or cents.doubt) and cents.value < _HUNDRED
    value, doubt = amount.value + cents.value / _HUNDRED, amount.doubt if is_whole else "malformed"
    return replace(amount, value=value, last=last, is_money=True, doubt=doubt)
