"""The cover of a message: every token is part of something that is understood, or is unread.

One pass from left to right takes at each token the first reading that applies; no reading looks
further than its own words, so that the work grows with the length of the message only.

Longer than 400 lines: the scanner is one class: each reading may look ahead with the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Final

from console.agent.offline.amounts import Amount, amount_at
from console.agent.offline.days import DayReader
from console.agent.offline.lexicon import Verb, Words
from console.agent.offline.text import Said, Token
from shared.text import fold

MSI: Final = "MSI"
_MAX_PERSON_WORDS: Final = 6
_MAX_REASON_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens that mean something together."""

    kind: str
    first: int
    last: int
    """The token after the last one."""
    value: Any = None
    way: str = ""
    """Of an account or a person: where money goes, `to` or `from`; empty when it is not said."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that is named: by its type, its identifier, or as the other one."""

    type: str = ""
    account_id: str = ""


_PLAIN_KINDS: Final = (
    "everyone_else",
    *("injected", "courtesy", "thumbs", "will_that", "will", "let_that", "relative_clause", "now"),
    *("set_amount", "adjust", "correcting", "was", "same_order", "also", "cancel", "later", "self"),
    *("condition", "duty", "joke", "others", "past_mark", "negation", "quoting", "regards"),
    *(
        "take",
        "want_thing",
        "proceed",
        "make_noun",
        "purchase_noun",
        "register",
        "add_noun",
        "add_frame",
    ),
    *("cheapest", "dearest", "both", "other", "here"),
    *("everyone", "money", "piece", "container", "dozen", "question", "yes", "no", "again"),
    *("under", "over", "relative", "monthly", "between", "times", "hedge"),
)
"""What is taken for itself where no reading below applies, the surest meaning first."""
_ENDS_REASON: Final = (
    *("negation", "cancel", "later", "condition", "duty", "others", "past_mark", "injected"),
    *("correcting", "courtesy", "question", "quoting", "also", "will", "will_that", "now"),
    *("let_that", "same_order", "relative_clause", "adjust", "hedge", "unstated", "slang"),
    *(
        "day",
        "weekday",
        "was",
        "money",
        "currency",
        "foreign_currency",
        "instalments_only",
        "cashback",
        "take",
    ),
)


@dataclass
class Scanner:
    """Covers one message."""

    said: Said
    words: Words
    today: date
    steps: int = field(default=0)
    """How many readings were tried: what the bound on the work is tested with."""

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the message."""
        return self.said.tokens

    def parts(self) -> list[Part]:
        """Return the parts of the message, in order; together they are the whole message."""
        found: list[Part] = []
        at = 0
        while at < len(self.tokens):
            part = self._at(at, found[-1] if found else None)
            found.append(part)
            at = part.last
        return found

    def _at(self, at: int, before: Part | None) -> Part:
        after_verb = before is not None and before.kind in {"verb", "clitic"}
        readers: tuple[Callable[[int], Part | None], ...] = (
            self._sign,
            self._identifier,
            self._longest_phrase,
            self._note,
            self._benefit,
            self._ordinal,
            self._day,
            self._led,
            self._account,
            self._amount,
            lambda at: self._person(at, "", is_free=after_verb),
            self._verb,
            self._clitic,
            self._purpose,
            self._reason_led,
            self._plain,
            self._name,
            self._function_word,
        )
        for reader in readers:
            self.steps += 1
            part = reader(at)
            if part is not None:
                return part
        return Part("unread", at, at + 1)

    # --- signs and phrases ---

    def _sign(self, at: int) -> Part | None:
        token = self.tokens[at]
        if not token.is_sign or token.said in "$-−–%&":
            return None
        if self.words.match(self.tokens, at, "thumbs"):
            return Part("thumbs", at, at + 1)
        kinds = {"stop": ",;:.…!¡", "asking": "¿?", "quote": "\"«»“”„‘’'"}
        kind = next((kind for kind, signs in kinds.items() if token.said in signs), "unread")
        return Part(kind, at, at + 1)

    def _longest_phrase(self, at: int) -> Part | None:
        """Take a phrase of two words or more, unless what it begins with is more than that."""
        found = self.words.match(self.tokens, at, *_PLAIN_KINDS)
        if found is None or found.length < 2:  # noqa: PLR2004 - a phrase is more than a word
            return None
        if found.kind in {"hedge", "under", "over"} and (amount := self._amount(at)) is not None:
            return amount
        rival = self.words.match(
            self.tokens, at, "instalments_only", "cash", "points", "cashback", "note"
        )
        is_rival = rival is not None and rival.length >= found.length
        return None if is_rival else Part(found.kind, at, at + found.length, found.value)

    def _plain(self, at: int) -> Part | None:
        found = self.words.match(self.tokens, at, *_PLAIN_KINDS)
        if found is None:
            return None
        if found.kind == "condition" and self._ends(at + found.length):
            is_yes = self.words.match(self.tokens, at, "yes") is not None
            return Part("yes" if is_yes else found.kind, at, at + found.length)
        return Part(found.kind, at, at + found.length, found.value)

    def _function_word(self, at: int) -> Part | None:
        found = self.words.match(
            self.tokens,
            at,
            *("and", "or", "name_is", "alias_is", "account_is"),
            *("article", "to", "from", "for"),
        )
        return Part(found.kind, at, at + found.length) if found is not None else None

    def _verb(self, at: int) -> Part | None:
        take = self.words.match(self.tokens, at, "take")
        if take is not None:
            return Part("take", at, at + take.length)
        verbs = self.words.verbs_of(self.tokens[at])
        return Part("verb", at, at + 1, verbs) if verbs else None

    def _clitic(self, at: int) -> Part | None:
        """Take "le" where a verb follows, or another such word."""
        found = self.words.match(self.tokens, at, "clitic")
        if found is None:
            return None
        after, will = at + 1, self.words.match(self.tokens, at + 1, "will")
        if will is not None:
            return Part("clitic", at, at + 1, self.tokens[at].word)
        while after < len(self.tokens) and self.words.match(self.tokens, after, "clitic"):
            after += 1
        is_led = after < len(self.tokens) and self.words.verbs_of(self.tokens[after])
        return Part("clitic", at, at + 1, self.tokens[at].word) if is_led else None

    def _ordinal(self, at: int) -> Part | None:
        start = self._past(at, "definite")
        ending = self.words.match(self.tokens, start + 1, "ordinal_end")
        if ending is not None and self.tokens[start].said.isdigit():
            is_stuck = self.tokens[start].end == self.tokens[start + 1].start
            if is_stuck and len(self.tokens[start].said) == 1:
                return Part("ordinal", at, start + 2, int(self.tokens[start].said))
        number = self.words.match(self.tokens, start, "ordinal")
        if number is not None:
            return Part("ordinal", at, start + 1, int(number.value))
        last = self.words.match(self.tokens, start, "last")
        is_alone = last is not None and start > at and self._ends(start + 1)
        return Part("ordinal", at, start + 1, -1) if is_alone else None

    def _ends(self, at: int) -> bool:
        is_one = self.words.match(self.tokens, at, "here") is not None
        place = at + 1 if is_one else at
        return place >= len(self.tokens) or self.tokens[place].is_sign

    def _day(self, at: int) -> Part | None:
        """Take days, but for today and what is a number that may be anything."""
        if self.tokens[at].is_number and not self._is_dated(at):
            return None
        try:
            found = DayReader(self.words, self.tokens, self.today).span_at(at)
        except ValueError:
            return None
        if found is None:
            return None
        span, last = found
        if span.first == span.last == self.today and self.words.match(self.tokens, at, "now"):
            return Part("now", at, last)
        covered = [self.tokens[place].word for place in range(at, last)]
        has_name = any(
            self.words.match(self.tokens, place, "month", "weekday", "day", "relative", "unit")
            for place in range(at, last)
        )
        return Part("day", at, last, span) if has_name or "/" in covered else None

    def _is_dated(self, at: int) -> bool:
        place = self._past(at + 1, "from")
        has_month = self.words.match(self.tokens, place, "month") is not None
        said = self.tokens[at + 1].said if at + 1 < len(self.tokens) else ""
        return has_month or said == "/" or (said == "-" and len(self.tokens[at].said) == 4)  # noqa: PLR2004

    # --- how to pay ---

    def _benefit(self, at: int) -> Part | None:
        start = self._past(at, "months_lead", limit=1)
        for place in {start, at}:
            for kind in ("cash", "cashback", "points"):
                found = self.words.match(self.tokens, place, kind)
                if found is not None:
                    value = "none" if kind == "cash" else kind
                    return Part("benefit", at, place + found.length, value)
        amount = amount_at(self.words, self.tokens, start) if start < len(self.tokens) else None
        if amount is not None and not amount.is_money and amount.value == int(amount.value):
            unit = self.words.match(self.tokens, amount.last, "instalments")
            is_count = 1 < amount.value <= 60 and not amount.doubt  # noqa: PLR2004
            if unit is not None and is_count:
                last = amount.last + unit.length
                extra = self.words.match(self.tokens, last, "instalments_only")
                last += extra.length if extra is not None else 0
                return Part("benefit", at, last, f"{MSI}-{int(amount.value)}")
        found = self.words.match(self.tokens, start, "instalments_only")
        if found is not None:
            return Part("benefit", at, start + found.length, MSI)
        return None

    # --- accounts and people ---

    def _identifier(self, at: int) -> Part | None:
        start = self._past(at, "into", "from", limit=1)
        way = self._way(at) if start > at else ""
        place = self._past(start, "account_is", "account_noun", "account_number", "definite")
        if place < len(self.tokens) and self.tokens[place].is_identifier:
            account = Account(account_id=self.tokens[place].said)
            return Part("account", at, place + 1, account, way)
        return None

    def _way(self, at: int) -> str:
        if self.words.match(self.tokens, at, "from") is not None:
            return "from"
        return "to" if self.words.match(self.tokens, at, "to", "into") is not None else ""

    def _led(self, at: int) -> Part | None:  # noqa: C901, PLR0911 - one reading after the other
        """Take what follows a preposition: an account, a person or an amount."""
        ways = [
            (way, found.length)
            for way, kinds in (("from", ("from",)), ("to", ("to", "into")))
            if (found := self.words.match(self.tokens, at, *kinds)) is not None
        ]
        for way, length in ways:
            part = self._account(at + length, way)
            if part is not None:
                return Part(part.kind, at, part.last, part.value, way)
        for way, length in ways:
            is_person_led = self.words.match(self.tokens, at, "to") is not None
            if way == "to" and is_person_led:
                part = self._whose(at + length) or self._person(at + length, way, is_free=True)
                if part is not None:
                    return Part(part.kind, at, part.last, part.value, way)
            if way == "from":
                whose = self._whose(at + length)
                if whose is not None:
                    return Part("others_account", at, whose.last)
                part = self._person(at + length, way, is_free=False)
                if part is not None:
                    return Part(part.kind, at, part.last, part.value, way)
        if (found := self.words.match(self.tokens, at, "for_person")) is not None:
            part = self._person(at + found.length, "to", is_free=False)
            if part is not None:
                return Part(part.kind, at, part.last, part.value, "to")
        of = self.words.match(self.tokens, at, "of_amount")
        if of is not None and at + of.length < len(self.tokens):
            amount = amount_at(self.words, self.tokens, at + of.length)
            if amount is not None and not amount.unit:
                return Part("amount", at, amount.last, amount)
        return None

    def _whose(self, at: int) -> Part | None:
        """Take somebody by their account: "la cuenta de mi hermano", "my brother's account"."""
        place = self._past(at, "definite", "article")
        noun = self.words.match(self.tokens, place, "account_noun")
        if noun is not None:
            of = self.words.match(self.tokens, place + noun.length, "from")
            if of is None:
                return None
            return self._person(place + noun.length + of.length, "", is_free=True)
        person = self._person(at, "", is_free=False)
        if person is None or self._word(person.last) not in {"s", "'"}:
            return None
        noun = self.words.match(self.tokens, person.last + 1, "account_noun")
        last = person.last + 1 + (noun.length if noun is not None else 0)
        return Part("person", at, last, person.value) if noun is not None else None

    def _account(self, at: int, way: str = "") -> Part | None:
        """Take one's own account; somebody else's is a part of its own that no order has."""
        start = self._past(at, "article")
        other = self.words.match(self.tokens, at, "other_account")
        if other is not None and self._ends_account(at + other.length):
            is_sure = other.length > 2 or way == "from"  # noqa: PLR2004 - "la otra" may be a thing
            return (
                Part("account", at, at + other.length, Account("other"), way) if is_sure else None
            )
        noun = self.words.match(self.tokens, start, "account_noun")
        found = self._type(start)
        last, type_ = found if found is not None else (start, "")
        if noun is not None:
            place = start + noun.length
            further = self._past(place, "from", limit=1)
            further = self._past(further, "article")
            named = self._type(place) or self._type(further)
            if named is not None and named[0] > last:
                last, type_ = named
        if not type_:
            is_plain = noun is not None and start > at and self._is_own(at, start)
            if not is_plain or noun is None or self._others(start + noun.length) is not None:
                return None
            return Part("account", at, start + noun.length, Account(), way)
        closing = self.words.match(self.tokens, last, "account_noun")
        last += closing.length if closing is not None else 0
        others = self._others(last)
        if others is not None:
            return Part("others_account", at, others)
        if self._word(start - 1) == "s" or self._word(at) in {"su", "his", "her", "their"}:
            return Part("others_account", at, last)
        return Part("account", at, last, Account(type_), way)

    def _ends_account(self, at: int) -> bool:
        return self._others(at) is None

    def _is_own(self, at: int, start: int) -> bool:
        return any(self.words.match(self.tokens, p, "possessive") for p in range(at, start))

    def _others(self, at: int) -> int | None:
        """Return the end of "de mi hermano" after an account."""
        of = self.words.match(self.tokens, at, "from")
        if of is None or self._word(at) not in {"de", "del", "of"}:
            return None
        if self._account_follows(at + of.length):
            return None
        person = self._person(at + of.length, "", is_free=True)
        return person.last if person is not None else None

    def _account_follows(self, at: int) -> bool:
        return self._type(self._past(at, "article")) is not None

    def _type(self, at: int) -> tuple[int, str] | None:
        found = self.words.match(self.tokens, at, "checking", "savings", "credit")
        if found is None:
            return None
        last, type_ = at + found.length, found.kind
        of = self._past(last, "from", limit=1)
        further = self.words.match(self.tokens, of, "checking", "savings", "credit")
        if further is not None and type_ == "credit":
            last, type_ = of + further.length, further.kind
        return last, type_

    def _person(self, at: int, way: str, *, is_free: bool) -> Part | None:
        """Take a phrase that says who is meant; a name by itself only where one is expected."""
        if at >= len(self.tokens):
            return None
        pronoun = self.words.match(self.tokens, at, "same_person", "pronoun_he", "pronoun_she")
        if pronoun is not None and (way or is_free) and self._ends_person(at + pronoun.length):
            return Part("same", at, at + pronoun.length, pronoun.kind, way)
        place = self._past(at, "definite", "possessive", "honorific")
        if place == at and (article := self.words.match(self.tokens, at, "article")) is not None:
            place = at + article.length
        start, last, has_relation = place, place, False
        while last < len(self.tokens) and last - start < _MAX_PERSON_WORDS:
            relation = self.words.match(self.tokens, last, "relation")
            if relation is not None:
                last, has_relation = last + relation.length, True
            elif self._is_name(last):
                last += 1
            elif (joined := self._joins_name(last)) > last > start:
                last = joined
            else:
                break
        if last == start or not (has_relation or is_free):
            return None
        return Part("person", at, last, self._called(self._without_lead(at, start), last), way)

    def _called(self, first: int, last: int) -> str:
        """Return who is said: as it was written, or as it is spelled."""
        tokens = self.tokens[first:last]
        is_as_spelled = all(fold(token.said) == token.word for token in tokens)
        return self.said.quote(first, last) if is_as_spelled else " ".join(t.word for t in tokens)

    def _ends_person(self, at: int) -> bool:
        return at >= len(self.tokens) or self.tokens[at].is_sign or not self._is_name(at)

    def _without_lead(self, at: int, start: int) -> int:
        """Return where the phrase begins that the bank is asked about: with "mi", not with "el"."""
        places = range(at, start)
        return next(
            (p for p in places if self.words.match(self.tokens, p, "possessive", "honorific")),
            start,
        )

    def _joins_name(self, at: int) -> int:
        """Return the place after "de la" where a written name goes on."""
        place = self._past(at, "particle")
        is_name = place < len(self.tokens) and self.tokens[place].said[0].isupper()
        return place if is_name and place > at and self._is_name(place) else at

    def _is_name(self, at: int) -> bool:
        token = self.tokens[at]
        if not token.is_word or self.words.number(token.word) is not None:
            return False
        if not self.words.knows(token.word):
            return not self.words.is_near_number(token.word)
        is_written = token.said[0].isupper() and at > 0 and not self._is_shouted()
        is_other = self.words.match(
            self.tokens,
            at,
            *("month", "weekday", "checking", "savings", "credit", "self"),
            *_ENDS_REASON,
        )
        return is_written and is_other is None and not self.words.verbs_of(token)

    def _is_shouted(self) -> bool:
        return self.said.text.isupper()

    def _name(self, at: int) -> Part | None:
        """Take a name that stands where nobody is expected: somebody else who does something."""
        token = self.tokens[at]
        if not token.is_word or not token.said[0].isupper() or self.words.knows(token.word):
            return None
        last = at
        while last < len(self.tokens) and self._is_name(last):
            last += 1
        return Part("name", at, last, self.said.quote(at, last)) if last > at else None

    # --- amounts and reasons ---

    def _amount(self, at: int) -> Part | None:
        if self.tokens[at].is_number and self._is_of_account(at):
            return None
        amount = amount_at(self.words, self.tokens, at)
        return Part("amount", at, amount.last, amount) if amount is not None else None

    def _is_of_account(self, at: int) -> bool:
        return at > 0 and any(
            self.words.match(self.tokens, at - 1, kind)
            for kind in ("account_noun", "account_number")
        )

    def _note(self, at: int) -> Part | None:
        """Take what is said to be the reason: any words up to a sign or another part."""
        found = self.words.match(self.tokens, at, "note")
        if found is None:
            return None
        start = at + found.length
        while start < len(self.tokens) and self.tokens[start].said in ":-,":
            start += 1
        start = self._past(start, "from", limit=1) if self._word(start) in {"de", "of"} else start
        last = self._reason_end(start, is_marked=True)
        if last > start:
            return Part("reason", at, last, self.said.quote(start, last))
        return Part("note", at, start)

    def _purpose(self, at: int) -> Part | None:
        """Take what is paid: "la renta"."""
        start = self._past(at, "definite", limit=1)
        found = self.words.match(self.tokens, start, "purpose")
        if found is None:
            return None
        last = start + found.length
        return Part("reason", at, last, self.said.quote(start, last))

    def _reason_led(self, at: int) -> Part | None:
        found = self.words.match(self.tokens, at, "for", "from")
        if found is None:
            return None
        if found.kind == "from" and self._word(at) not in {"de", "del"}:
            return None
        start = self._past(at + found.length, "particle", "article")
        last = self._reason_end(start, is_marked=False)
        is_near = any(self.words.is_near_number(t.word) for t in self.tokens[start:last])
        if last == start or is_near:
            return None
        return Part("reason", at, last, self.said.quote(start, last))

    def _reason_end(self, start: int, *, is_marked: bool) -> int:
        last, run = start, 0
        longest = self.words.first.grammar["noun_chain"] + is_marked
        for place in range(start, min(start + _MAX_REASON_WORDS, len(self.tokens))):
            token = self.tokens[place]
            is_named = place > 0 and token.said[0].isupper()
            if run >= longest and not self._is_little(place) and not is_named:
                break
            is_numbered = is_marked and token.is_number and not self._is_little(place - 1)
            if not (token.is_word or is_numbered):
                break
            is_month = self.words.match(self.tokens, place, "month") is not None
            if is_marked and (is_month or self.words.match(self.tokens, place, "joke")):
                last, run = place + 1, run + 1
                continue
            if place > start and self.words.match(self.tokens, place, "day", "money") is not None:
                last, run = place + 1, 0
                continue
            if self._ends_reason_at(place, is_first=place == start):
                break
            is_little = self._is_little(place)
            last, run = (last, 0) if is_little else (place + 1, run + 1)
        return last

    def _is_little(self, place: int) -> bool:
        return self.words.match(self.tokens, place, "particle", "for", "article") is not None

    def _ends_reason_at(self, place: int, *, is_first: bool) -> bool:
        token = self.tokens[place]
        stops = self.words.match(self.tokens, place, *_ENDS_REASON) is not None
        is_verb = any(v.form not in {"past", "other"} for v in self.words.verbs_of(token))
        is_led = not is_first and self._led(place) is not None
        is_account = self._account(place) is not None
        is_somebody = self.words.match(self.tokens, place, "relation") is not None
        is_number = self.words.number(token.word) is not None and token.word not in (
            self.words.of("articles")
        )
        return stops or is_verb or is_led or is_account or is_somebody or is_number

    # --- places ---

    def _past(self, at: int, *kinds: str, limit: int = 4) -> int:
        """Return the place after words of these kinds."""
        for _ in range(limit):
            found = self.words.match(self.tokens, at, *kinds)
            if found is None:
                break
            at += found.length
        return at

    def _word(self, at: int) -> str:
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""


def amounts_of(parts: Sequence[Part]) -> list[Amount]:
    """Return the amounts among parts."""
    return [part.value for part in parts if part.kind == "amount"]


def following(parts: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Return each part with the one after it."""
    return list(pairwise(parts))


def verb_form(part: Part) -> Verb:
    """Return what a verb's form says for sure: several readings are `doubtful`."""
    verbs: list[Verb] = part.value
    forms = {verb.form for verb in verbs}
    return verbs[0] if len(forms) == 1 else Verb(verbs[0].act, "doubtful")
