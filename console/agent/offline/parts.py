"""The cover of a message: every token is part of something that is understood, or is unread.

One pass from left to right takes at each token the first reading that applies; no reading looks
further than its own words, so that the work grows with the length of the message only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from console.agent.offline.days import DayReader
from console.agent.offline.lexicon import kinds
from console.agent.offline.text import Part
from shared.text import fold

MSI: Final = "MSI"
_MAX_PERSON_WORDS: Final = 6
_TYPES: Final = ("checking", "savings", "credit")
OWN_ACCOUNTS: Final = frozenset({*_TYPES, "other", "same"})
"""What is said of an account instead of its identifier."""
_SURE_TYPES: Final = frozenset({"checking", "savings"})
"""Types that no other one follows in what an account is called; "tarjeta" may go on "de débito"."""
_MAX_REASON_WORDS: Final = 8
_MAX_PLACE: Final = 20
"""How far down a list "la 2" may point; a larger number is something else."""
INSTALMENTS: Final = range(2, 61)
_LED: Final = ("verb", "clitic")
_SIGNS: Final = {"stop": ",;:.…!¡", "asking": "¿?", "quote": "\"«»“”„‘’'"}


@dataclass
class Scanner(DayReader):
    """Covers one message."""

    around_names: set[int] = field(default_factory=set)
    """The quotation marks around what somebody, or a reason, is called: they quote no order."""

    def scan(self) -> list[Part]:
        """Return the parts of the message, in order; together they are the whole message."""
        found, ends = list[Part](), tuple(self.words.of("to_somebody"))
        quotes = [i for i, t in enumerate(self.tokens) if t.said in _SIGNS["quote"]]
        marks = (self.match(at, "alias_is", "name_is", "note") for at in range(len(self.tokens)))
        named, pairs = {m.last for m in marks if m}, zip(quotes[::2], quotes[1::2], strict=False)
        self.around_names = {place for pair in pairs if pair[0] in named for place in pair}
        led, names = {*_LED, "same_order", "note"}, self.words.of("names")
        bare = {i for i, t in enumerate(self.tokens) if t.word in names and t.said.islower()}
        bare -= {place for place in bare if self.match(place - 1, "whose", "want_thing")}
        readers: tuple[Callable[[int], Part | None], ...] = (
            self._sign,
            lambda at: self._phrase(at, 2),
            self._note,
            self._benefit,
            self._ordinal,
            lambda at: found if (found := self.days_at(at)) and found.kind != "dates" else None,
            self._led,
            self._account,
            self.amount_at,
            lambda at: self._person(at, is_free=before in led or at in bare),
            self._verb,
            self._clitic,
            lambda at: self._led_reason(at, is_of_person=before in {"", "person", "name"}),
            lambda at: self._phrase(at, 1),
            self._name,
            lambda at: self.match(at, *kinds("function")),
        )
        at, before = 0, ""
        while at < len(self.tokens):
            read = (part for reader in readers if (part := reader(at)) is not None)
            part = next(read, Part("unread", at, at + 1))
            is_to = part.kind in _LED and self.word(at).endswith(ends)
            kind = before if before == "excluding" else part.kind
            found.append(replace(part, kind=kind, first=at, way="to" if is_to else part.way))
            at, before = part.last, part.kind
        return found

    # --- signs, phrases, words ---

    def _sign(self, at: int) -> Part | None:
        token = self.tokens[at]
        if token.kind != "sign" or token.said in "$-−–%&" or self.match(at, "thumbs", "courtesy"):
            return None
        kind = next((kind for kind, signs in _SIGNS.items() if token.said in signs), "unread")
        kind = "stop" if at in self.around_names else kind
        return Part(kind, at, at + 1)

    def _phrase(self, at: int, least: int) -> Part | None:
        """Take a phrase of so many words, or the amount that it is beside; "si." is a yes."""
        surer = ("note", "instalments_only", "cash", "points", "cashback")
        found = self.match(at, *kinds("plain"), *surer)
        if found is None or found.last < at + least or found.kind in surer:
            return None
        is_yes = self._ends(found.last) or self.match(found.last, "let_that")
        if found.kind == "condition" and is_yes:
            return self.match(at, "yes") or found
        return (self.amount_at(at) if found.kind in {"hedge", "under", "over"} else None) or found

    def _verb(self, at: int) -> Part | None:
        adjust, verb = self.match(at, "adjust"), self.verb(at)
        is_adjusted = adjust is not None and self.amount_at(at + 1) is not None
        taken = adjust if is_adjusted else self.match(at, "take")
        return taken or (Part("verb", at, at + 1, verb) if verb else None)

    def _clitic(self, at: int) -> Part | None:
        """Take "le" where a verb follows, or another such word."""
        after = self.past(at, "clitic", limit=len(self.tokens))
        is_led = after > at and (self.verb(after) or self.match(at + 1, "will"))
        return Part("clitic", at, at + 1) if is_led else None

    def _ordinal(self, at: int) -> Part | None:
        """Take "la segunda", "2a" but not "2 a", "la última", "la 2"."""
        start, tokens = self.past(at, "to", "definite"), self.tokens
        number, last = self.match(start, "ordinal"), self.match(start, "last")
        if number is not None:
            is_apart = tokens[start].end < tokens[number.last - 1].start
            if not (tokens[start].kind == "number" and is_apart):
                return Part("ordinal", at, number.last, int(number.value))
        if last is not None and start > at and self._ends(last.last):
            return Part("ordinal", at, last.last, -1)
        place = self.after(at, "numbered")
        said, after = self.word(place), place + 1
        joined = self.match(after, "also", "courtesy", "months_lead", "from", "and")
        is_alone = self._ends(after) or self.verb(after) or joined
        is_place = said.isdigit() and 0 < int(said) <= _MAX_PLACE and is_alone
        return Part("ordinal", at, after, int(said)) if is_place else None

    def _ends(self, at: int) -> bool:
        rest = self.tokens[self.past(at, "here", limit=1) :]
        return not rest or (rest[0].kind == "sign" and rest[0].said != "%")

    def _benefit(self, at: int) -> Part | None:
        """Take how to pay: "de contado", "a 12 meses"."""
        start = self.past(at, "months_lead", limit=1)
        ways = ("cash", "cashback", "points")
        way = self.match(at, *ways) or self.match(start, *ways, "instalments_only")
        if way is not None:
            value = {"cash": "none", "instalments_only": MSI}.get(way.kind, way.kind)
            return Part("benefit", at, way.last, value)
        number = self.number_at(start)
        unit = self.match(number.last, "instalments") if number is not None else None
        if number is None or unit is None or number.whole not in INSTALMENTS:
            return None
        return Part("benefit", at, unit.last, f"{MSI}-{number.whole}")

    # --- accounts and people: the two ends of a transfer ---

    def _led(self, at: int) -> Part | None:
        """Take the account, the person or the amount after a preposition."""
        source, target = self.after(at, "from"), self.after(at, "to", "into")
        amount = self.amount_at(self.after(at, "of_amount"))
        owed = self.after(at, "off") if at and self.verb(at - 1) else len(self.tokens)
        return (
            self._account(owed, "to")
            or self._account(source, "from")
            or self._account(target, "to")
            or self._person(source, "from", is_free=False)
            or self._person(self.after(at, "to"), "to")
            or self._person(self.after(at, "for_person"), "to", is_free=False)
            or (replace(amount, way="of") if amount and not amount.unit else None)
        )

    def _account(self, at: int, way: str = "") -> Part | None:
        """Take one's own account; somebody else's is a part of its own that no order has."""
        place = self.past(at, "account_is", "account_noun", "account_number", "definite")
        if place < len(self.tokens) and self.tokens[place].kind == "identifier":
            return Part("account", at, place + 1, self.tokens[place].said, way)
        other, same = self.match(at, "other_account"), self.match(at, "same_account")
        if other is not None and self._person(self.after(other.last, "whose")) is None:
            is_sure = other.last > at + 2 or way == "from"
            return Part("account", at, other.last, "other", way) if is_sure else None
        if same is not None and way == "from":
            return Part("account", at, same.last, "same", way)
        start = last = self.past(at, "article")
        types, found = list[str](), self.match(start, *_TYPES, "account_noun")
        while found is not None and not (found.kind in _TYPES and {*types} & _SURE_TYPES):
            types, last = [*types, found.kind], found.last
            place = self.past(self.past(last, "whose", limit=1), "article")
            found = self.match(place, *_TYPES, "account_noun")
        type_ = next((kind for kind in _TYPES if kind in types), "")
        whose = self._person(self.after(last, "whose")) if types else None
        is_mine = whose is None and any(self.match(p, "possessive") for p in range(at, start))
        is_theirs = bool(whose) or self.word(start - 1) == "s" or bool(self.match(at, "their"))
        if whose is not None and not type_ and way == "to":
            return replace(whose, way=way)
        if (type_ and is_theirs) or (whose is not None and way == "from"):
            return Part("others_account", at, last if whose is None else whose.last)
        is_own = type_ or (is_mine and "account_noun" in types)
        return Part("account", at, last, type_, way) if is_own else None

    def _person(self, at: int, way: str = "", *, is_free: bool = True) -> Part | None:
        """Take a phrase that says who is meant; a name by itself only where one is expected."""
        pronoun = self.match(at, "same_person", "pronoun_he", "pronoun_she")
        if pronoun is not None and (way or is_free) and not self._is_name(pronoun.last):
            return Part("same", at, pronoun.last, pronoun.kind, way)
        start = self.past(at, "article", "definite", "possessive", "honorific")
        last, has_relation = start, False
        while last < len(self.tokens) and last - start < _MAX_PERSON_WORDS:
            joined = self.past(last, "particle")
            if (relation := self.match(last, "relation")) is not None:
                last, has_relation = relation.last, True
            elif self._is_name(last):
                last += 1
            elif joined > last > start and self._is_name(joined) and self._is_written(joined):
                last = joined
            else:
                break
        is_things = bool(self.match(start - 1, "several")) and self.tokens[last - 1].said.islower()
        if last == start or not (has_relation or (is_free and not is_things)):
            return None
        if has_relation and any(self.match(place, "their") for place in range(at, start)):
            return None
        led = (p for p in range(at, start) if self.match(p, "possessive", "honorific"))
        first = next(led, start)
        tokens = self.tokens[first:last]
        is_as_spelled = all(fold(token.said) == token.word for token in tokens)
        said = self.quote(first, last) if is_as_spelled else " ".join(t.word for t in tokens)
        noun = self.match(last + 1, "account_noun") if self.word(last) in {"s", "'"} else None
        kind = "others_account" if noun is not None and way == "from" else "person"
        return Part(kind, at, last if noun is None else noun.last, said, way)

    def _is_name(self, at: int) -> bool:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or token.kind != "word" or token.word in self.words.numbers:
            return False
        if not (token.word in self.words.known or self.phrases[at]):
            after = self.tokens[at + 1 : at + 2]
            is_stuck = any(t.kind == "number" and t.start == token.end for t in after)
            return not (is_stuck or self.words.is_near_number(token.word))
        is_written = self._is_written(at) and at > 0 and not self.text.isupper()
        is_other = self.match(at, *kinds("no_name", "ends_reason")) or self.verb(at)
        return is_written and not is_other

    def _is_written(self, at: int) -> bool:
        return self.tokens[at].said[0].isupper()

    def _name(self, at: int) -> Part | None:
        """Take a name that stands where nobody is expected: somebody else who does something."""
        last = at
        while self._is_name(last):
            last += 1
        is_new = self._is_written(at) and self.tokens[at].word not in self.words.known
        return Part("name", at, last, self.quote(at, last)) if is_new and last > at else None

    # --- reasons ---

    def _note(self, at: int) -> Part | None:
        """Take what is said to be the reason: any words up to a sign or another part."""
        found = self.match(at, "note")
        if found is None:
            return None
        start = self.past(found.last, "to", limit=1)
        while self.word(start) in {":", "-", ","} or start in self.around_names:
            start += 1
        return self._reason(start, is_marked=True) or Part("note", at, start)

    def _led_reason(self, at: int, *, is_of_person: bool) -> Part | None:
        """Take what is paid, "la renta", or what follows "para" or "por".

        What follows "de" first or right after somebody may tell who it is, "la mamá de Sofi",
        unless it is known to be paid.
        """
        start = self.past(at, "definite", limit=1)
        led = self.past(self.after(at, "for"), "particle", "article")
        found = self._reason(led if self.match(start, "purpose") is None else start)
        is_whose = is_of_person and found is not None and self.match(at, "whose") is not None
        places = range(found.first, found.last) if found is not None and is_whose else ()
        return found if not places or any(self.match(p, "purpose") for p in places) else None

    def _reason(self, start: int, *, is_marked: bool = False) -> Part | None:
        """Take a few nouns that little words join; any two words, where it is said to be one.

        What begins with a number is one only at the end: "lo de 3 boletos de 200".
        """
        last, run, articles = start, 0, self.words.of("articles")
        longest = self.words.grammar["noun_chain"] + is_marked
        begins = ("month", "joke", "day", "weekday") if is_marked else ()
        for place in range(start, min(start + _MAX_REASON_WORDS, len(self.tokens))):
            token, verb = self.tokens[place], self.verb(place)
            is_little = self.match(place, "particle", "for", "article") is not None
            is_over = run >= longest and not is_little and not self._is_written(place)
            is_numbered = is_marked and token.kind == "number" and (run or place == start)
            if is_over or not (token.kind == "word" or is_numbered):
                break
            is_other = (
                self.match(place, *kinds("ends_reason"), *([] if is_marked else ["relation"]))
                or (verb and verb.form not in {"past", "other"})
                or (place > start and self._led(place))
                or self._account(place)
                or (token.word in self.words.numbers and token.word not in articles)
            )
            is_whose = self.match(place - 1, "whose") is not None
            goes_on = ("day", "money", "month", *(("weekday",) if is_whose else ()))
            if is_other and not self.match(place, *(goes_on if place > start else begins)):
                break
            last, run = (last, 0) if is_little else (place + 1, run + 1)
        near = (self.words.is_near_number(self.word(p)) for p in range(start, last))
        least = start if is_marked else self.past(start, "ordinal", "to", limit=1)
        pronoun = self.match(start, "same_person", "pronoun_he", "pronoun_she")
        is_somebody = pronoun is not None and pronoun.last == last
        is_of_more = is_marked and self.is_number(start) and not self._ends(last)
        if last <= least or is_somebody or is_of_more or (not is_marked and any(near)):
            return None
        return Part("reason", start, last, self.quote(start, last))
