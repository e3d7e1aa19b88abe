"""The two ends of a transfer in a message: accounts and people, and whose account it is."""

from dataclasses import dataclass, replace
from typing import Any, Final

from console.agent.offline.days import DayReader
from console.agent.offline.lexicon import kinds
from console.agent.offline.text import Said
from shared.text import fold

_MAX_PERSON_WORDS: Final = 6
_TYPES: Final = ("checking", "savings", "credit")


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


@dataclass
class EndReader(DayReader):
    """Reads the accounts and the people that tokens speak of."""

    said: Said

    def _identifier(self, at: int) -> Part | None:
        start = self.past(at, "into", "from", limit=1)
        place = self.past(start, "account_is", "account_noun", "account_number", "definite")
        if place >= len(self.tokens) or not self.tokens[place].is_identifier:
            return None
        way = "" if start == at else "from" if self.match(at, "from") else "to"
        return Part("account", at, place + 1, Account(account_id=self.tokens[place].said), way)

    def _led(self, at: int) -> Part | None:
        """Take the account or the person after a preposition."""
        ways = {"from": self.match(at, "from"), "to": self.match(at, "to", "into")}
        for reader in (self._account, self._led_person):
            for way, lead in ways.items():
                part = reader(at + lead.length, way) if lead is not None else None
                is_place = way == "to" and self.match(at, "to") is None
                if part is not None and not (is_place and part.kind in {"person", "same"}):
                    return part
        lead = self.match(at, "for_person")
        return self._person(at + lead.length, "to", is_free=False) if lead is not None else None

    def _led_person(self, at: int, way: str) -> Part | None:
        whose = self._whose(at)
        if whose is not None:
            is_taken = way == "from"
            return Part("others_account", at, whose.last) if is_taken else replace(whose, way=way)
        return self._person(at, way, is_free=way == "to")

    def _whose(self, at: int) -> Part | None:
        """Take somebody by their account: "la cuenta de mi hermano", "my brother's account"."""
        place = self.past(at, "definite", "article")
        if (noun := self.match(place, "account_noun")) is not None:
            of = self.match(place + noun.length, "from")
            start = place + noun.length + of.length if of is not None else len(self.tokens)
            return self._person(start, is_free=True)
        person = self._person(at, is_free=False)
        if person is None or self.word(person.last) not in {"s", "'"}:
            return None
        noun = self.match(person.last + 1, "account_noun")
        return replace(person, last=person.last + 1 + noun.length) if noun is not None else None

    def _account(self, at: int, way: str = "") -> Part | None:
        """Take one's own account; somebody else's is a part of its own that no order has."""
        start = self.past(at, "article")
        other = self.match(at, "other_account")
        if other is not None and self._others(at + other.length) is None:
            is_sure = other.length > 2 or way == "from"  # noqa: PLR2004 - "la otra" may be a thing
            last = at + other.length
            return Part("account", at, last, Account("other"), way) if is_sure else None
        if (same := self.match(at, "same_account")) is not None and way == "from":
            return Part("account", at, at + same.length, Account("same"), way)
        noun = self.match(start, "account_noun")
        last, type_ = self._type(start) or (start, "")
        if noun is not None:
            place = start + noun.length
            further = self.past(self.past(place, "from", limit=1), "article")
            named = self._type(place) or self._type(further)
            last, type_ = max((last, type_), named or (0, ""))
        if not type_:
            is_own = any(self.match(place, "possessive") for place in range(at, start))
            if noun is None or not is_own or self._others(start + noun.length) is not None:
                return None
            return Part("account", at, start + noun.length, Account(), way)
        last = self.past(last, "account_noun", limit=1)
        others = self._others(last)
        is_theirs = self.word(start - 1) == "s" or self.match(at, "their") is not None
        if others is not None or is_theirs:
            return Part("others_account", at, others or last)
        return Part("account", at, last, Account(type_), way)

    def _others(self, at: int) -> int | None:
        """Return the end of "de mi hermano" after an account."""
        of = self.match(at, "whose")
        if of is None or self._type(self.past(at + of.length, "article")) is not None:
            return None
        person = self._person(at + of.length, is_free=True)
        return person.last if person is not None else None

    def _type(self, at: int) -> tuple[int, str] | None:
        found = self.match(at, *_TYPES)
        if found is None:
            return None
        last = at + found.length
        further = self.match(self.past(last, "from", limit=1), *_TYPES)
        if further is not None and found.kind == "credit":
            return self.past(last, "from", limit=1) + further.length, further.kind
        return last, found.kind

    def _person(self, at: int, way: str = "", *, is_free: bool) -> Part | None:
        """Take a phrase that says who is meant; a name by itself only where one is expected."""
        pronoun = self.match(at, "same_person", "pronoun_he", "pronoun_she")
        if pronoun is not None and (way or is_free) and not self._is_name(at + pronoun.length):
            return Part("same", at, at + pronoun.length, pronoun.kind, way)
        start = self.past(at, "definite", "possessive", "honorific")
        start = self.past(at, "article", limit=1) if start == at else start
        last, has_relation = start, False
        while last < len(self.tokens) and last - start < _MAX_PERSON_WORDS:
            relation = self.match(last, "relation")
            if relation is not None:
                last, has_relation = last + relation.length, True
            elif self._is_name(last):
                last += 1
            elif last > start and (joined := self._joins_name(last)) > last:
                last = joined
            else:
                break
        if last == start or not (has_relation or is_free):
            return None
        leads = (p for p in range(at, start) if self.match(p, "possessive", "honorific"))
        return Part("person", at, last, self._called(next(leads, start), last), way)

    def _called(self, first: int, last: int) -> str:
        """Return who is said: as it was written, or as it is spelled."""
        tokens = self.tokens[first:last]
        is_as_spelled = all(fold(token.said) == token.word for token in tokens)
        return self.said.quote(first, last) if is_as_spelled else " ".join(t.word for t in tokens)

    def _joins_name(self, at: int) -> int:
        """Return the place after "de la" where a written name goes on."""
        place = self.past(at, "particle")
        is_name = self._is_name(place) and self.tokens[place].said[0].isupper()
        return place if is_name and place > at else at

    def _is_name(self, at: int) -> bool:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None or not token.is_word or token.word in self.words.numbers:
            return False
        if token.word not in self.words.known:
            return not self.words.is_near_number(token.word)
        is_written = token.said[0].isupper() and at > 0 and not self.said.text.isupper()
        is_other = self.match(at, *kinds("no_name", "ends_reason")) or self.words.verbs_of(token)
        return is_written and not is_other

    def _name(self, at: int) -> Part | None:
        """Take a name that stands where nobody is expected: somebody else who does something."""
        token, last = self.tokens[at], at
        if not token.is_word or not token.said[0].isupper() or token.word in self.words.known:
            return None
        while self._is_name(last):
            last += 1
        return Part("name", at, last, self.said.quote(at, last)) if last > at else None
