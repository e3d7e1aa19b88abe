"""The cover of a message: every token is part of something that is understood, or is unread.

One pass from left to right takes at each token the first reading that applies; no reading looks
further than its own words, so that the work grows with the length of the message only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from console.agent.offline.days import Span
from console.agent.offline.ends import EndReader
from console.agent.offline.lexicon import Verb, kinds
from console.agent.offline.text import Part

MSI: Final = "MSI"
_MAX_REASON_WORDS: Final = 8
_MAX_PLACE: Final = 20
"""How far down a list "la 2" may point; a larger number is something else."""
INSTALMENTS: Final = range(2, 61)
_LED: Final = ("verb", "clitic")
_SIGNS: Final = {"stop": ",;:.…!¡", "asking": "¿?", "quote": "\"«»“”„‘’'"}


@dataclass
class Scanner(EndReader):
    """Covers one message."""

    steps: int = field(default=0)
    """How many readings were tried: what the bound on the work is tested with."""

    def parts(self) -> list[Part]:
        """Return the parts of the message, in order; together they are the whole message."""
        found: list[Part] = []
        at = 0
        while at < len(self.tokens):
            found.append(self._at(at, found[-1].kind if found else ""))
            at = found[-1].last
        return found

    def _at(self, at: int, before: str) -> Part:
        is_led = before in {*_LED, "same_order"}
        readers: tuple[Callable[[int], Part | None], ...] = (
            self._sign,
            self._identifier,
            self._longest_phrase,
            self._note,
            self._benefit,
            self._ordinal,
            self._day,
            self._led,
            self._led_amount,
            self._account,
            self._amount,
            lambda at: self._person(at, is_free=is_led),
            self._verb,
            self._clitic,
            self._purpose,
            self._reason_led,
            self._plain,
            self._name,
            lambda at: self.match(at, *kinds("function")),
        )
        ends = tuple(self.words.of("to_somebody"))
        for reader in readers:
            self.steps += 1
            part = reader(at)
            if part is not None:
                is_to = part.kind in _LED and self.word(at).endswith(ends)
                return replace(part, first=at, way="to") if is_to else replace(part, first=at)
        return Part("unread", at, at + 1)

    # --- signs, phrases, words ---

    def _sign(self, at: int) -> Part | None:
        token = self.tokens[at]
        if not token.is_sign or token.said in "$-−–%&" or self.match(at, "thumbs", "courtesy"):
            return None
        kind = next((kind for kind, signs in _SIGNS.items() if token.said in signs), "unread")
        return Part(kind, at, at + 1)

    def _longest_phrase(self, at: int) -> Part | None:
        """Take a phrase of two words or more, unless what it begins with is more than that."""
        found = self.match(at, *kinds("plain"))
        if found is None or found.last == at + 1:
            return None
        if found.kind in {"hedge", "under", "over"} and (amount := self._amount(at)) is not None:
            return amount
        rival = self.match(at, "instalments_only", "cash", "points", "cashback", "note")
        is_rival = rival is not None and rival.last >= found.last
        return None if is_rival else self.match(at, *kinds("plain"))

    def _plain(self, at: int) -> Part | None:
        part = self.match(at, *kinds("plain"))
        is_yes = part is not None and part.kind == "condition" and self._ends(part.last)
        return Part("yes", at, part.last) if part and is_yes and self.match(at, "yes") else part

    def _verb(self, at: int) -> Part | None:
        adjust, verbs = self.match(at, "adjust"), self.verbs(at)
        if adjust is not None and self.amount_at(at + 1) is not None:
            return adjust
        return self.match(at, "take") or (Part("verb", at, at + 1, verbs) if verbs else None)

    def _clitic(self, at: int) -> Part | None:
        """Take "le" where a verb follows, or another such word."""
        after = self.past(at, "clitic", limit=len(self.tokens))
        is_led = after > at and (self.verbs(after) or self.match(at + 1, "will"))
        return Part("clitic", at, at + 1) if is_led else None

    def _ordinal(self, at: int) -> Part | None:
        start = self.past(at, "to", "definite")
        number = self.match(start, "ordinal")
        if number is not None and (number.last == start + 1 or not self._is_apart(start)):
            return Part("ordinal", at, number.last, int(number.value))
        last = self.match(start, "last")
        if last is not None and start > at and self._ends(last.last):
            return Part("ordinal", at, last.last, -1)
        place = self.after(at, "numbered")
        said, after = self.word(place), place + 1
        joined = self.match(after, "also", "courtesy", "months_lead", "from", "and")
        is_alone = self._ends(after) or self.verbs(after) or joined
        is_place = said.isdigit() and 0 < int(said) <= _MAX_PLACE and is_alone
        return Part("ordinal", at, place + 1, int(said)) if is_place else None

    def _is_apart(self, at: int) -> bool:
        """Tell whether what follows a number in digits is a word of its own: "2 a", not "2a"."""
        one, other = self.tokens[at : at + 2]
        return one.is_number and one.end < other.start

    def _ends(self, at: int) -> bool:
        place = at + 1 if self.match(at, "here") is not None else at
        return self.word(place) != "%" and (place >= len(self.tokens) or self.tokens[place].is_sign)

    def _day(self, at: int) -> Part | None:
        """Take days, but for today and what is a number that may be anything."""
        found = self.days_at(at)
        if found is None or found.value is None or found.kind != "day":
            return None
        is_now = found.value == Span(self.today, self.today) and self.match(at, "now")
        return replace(found, kind="now") if is_now else found

    def _amount(self, at: int) -> Part | None:
        before = self.match(at - 1, "account_noun", "account_number")
        if before is not None and self.tokens[at].is_number:
            return None
        return self.amount_at(at)

    def _led_amount(self, at: int) -> Part | None:
        amount = self.amount_at(self.after(at, "of_amount"))
        return replace(amount, first=at, way="of") if amount and not amount.unit else None

    def _benefit(self, at: int) -> Part | None:
        """Take how to pay: "de contado", "a 12 meses"."""
        start = self.past(at, "months_lead", limit=1)
        ways = ("cash", "cashback", "points")
        way = self.match(at, *ways) or self.match(start, *ways, "instalments_only")
        if way is not None:
            value = {"cash": "none", "instalments_only": MSI}.get(way.kind, way.kind)
            return Part("benefit", at, way.last, value)
        amount = self.amount_at(start)
        unit = self.match(amount.last, "instalments") if amount is not None else None
        if amount is None or unit is None or amount.whole not in INSTALMENTS:
            return None
        last = self.past(unit.last, "instalments_only", limit=1)
        return Part("benefit", at, last, f"{MSI}-{amount.whole}")

    # --- reasons ---

    def _note(self, at: int) -> Part | None:
        """Take what is said to be the reason: any words up to a sign or another part."""
        found = self.match(at, "note")
        if found is None:
            return None
        start = found.last
        while self.word(start) in {":", "-", ","}:
            start += 1
        start = self.past(start, "whose", limit=1)
        return self._reason(at, start, is_marked=True) or Part("note", at, start)

    def _purpose(self, at: int) -> Part | None:
        """Take what is paid: "la renta"."""
        start = self.past(at, "definite", limit=1)
        last = self.past(start, "purpose", limit=1)
        place = self.past(last, "whose", limit=1)
        last = place + 1 if last > start and self.match(place, "month") else last
        return Part("reason", at, last, self.said.quote(start, last)) if last > start else None

    def _reason_led(self, at: int) -> Part | None:
        return self._reason(at, self.past(self.after(at, "for"), "particle", "article"))

    def _reason(self, at: int, start: int, *, is_marked: bool = False) -> Part | None:
        last, run = start, 0
        longest = self.words.grammar["noun_chain"] + is_marked
        for place in range(start, min(start + _MAX_REASON_WORDS, len(self.tokens))):
            token, is_first = self.tokens[place], place == start
            is_little = self._is_little(place)
            is_numbered = is_marked and token.is_number and not self._is_little(place - 1)
            is_over = run >= longest and not is_little and not token.said[0].isupper()
            if is_over or not (token.is_word or is_numbered):
                break
            is_joke = is_first and self.match(place, "joke") is not None
            if is_marked and (is_joke or self.match(place, "month") is not None):
                last, run = place + 1, run + 1
            elif not is_first and self.match(place, "day", "money") is not None:
                last, run = place + 1, 0
            elif self._ends_reason(place, is_first=is_first):
                break
            elif not is_little:
                last, run = place + 1, run + 1
            else:
                run = 0
        near = (self.words.is_near_number(self.word(p)) for p in range(start, last))
        if last == start or (not is_marked and any(near)):
            return None
        return Part("reason", at, last, self.said.quote(start, last))

    def _is_little(self, place: int) -> bool:
        return self.match(place, "particle", "for", "article") is not None

    def _ends_reason(self, place: int, *, is_first: bool) -> bool:
        token = self.tokens[place]
        is_number = token.word in self.words.numbers
        return (
            self.match(place, *kinds("ends_reason"), "relation") is not None
            or any(verb.form not in {"past", "other"} for verb in self.verbs(place))
            or (not is_first and bool(self._led(place) or self._led_amount(place)))
            or self._account(place) is not None
            or (is_number and token.word not in self.words.of("articles"))
        )


def verb_form(part: Part) -> Verb:
    """Return what a verb's form says for sure: several readings are `doubtful`."""
    verbs: list[Verb] = part.value
    return verbs[0] if len({v.form for v in verbs}) == 1 else Verb(verbs[0].act, "doubtful")
