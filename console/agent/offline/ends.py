"""The two ends of a transfer in a message: accounts and people, and whose account it is."""

from dataclasses import dataclass, replace
from typing import Final

from console.agent.offline.days import DayReader
from console.agent.offline.lexicon import kinds
from console.agent.offline.text import Part, Said
from shared.text import fold

_MAX_PERSON_WORDS: Final = 6
_TYPES: Final = ("checking", "savings", "credit")
_SURE_TYPES: Final = frozenset({"checking", "savings"})
"""Types that no other one follows in what an account is called; "tarjeta" may go on "de débito"."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that is named: by its type, its identifier, or as the other one."""

    type: str = ""
    account_id: str = ""
    name: str = ""
    """Whose it is, where it is somebody else's."""


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
        source, target = self.after(at, "from"), self.after(at, "to", "into")
        is_place = self.match(at, "to") is None
        return (
            self._account(source, "from")
            or self._account(target, "to")
            or self._payer(source)
            or (None if is_place else self._whose(target, "to") or self._person(target, "to"))
            or self._person(self.after(at, "for_person"), "to", is_free=False)
        )

    def _payer(self, at: int) -> Part | None:
        """Take somebody whose money it would be."""
        whose = self._whose(at)
        return (
            Part("others_account", at, whose.last)
            if whose is not None
            else self._person(at, "from", is_free=False)
        )

    def _whose(self, at: int, way: str = "") -> Part | None:
        """Take somebody by their account: "la cuenta de mi hermano", "my brother's account"."""
        noun = self.match(self.past(at, "definite", "article"), "account_noun")
        if noun is not None:
            return self._person(self.after(noun.last, "from"), way)
        person = self._person(at, way, is_free=False)
        if person is None or self.word(person.last) not in {"s", "'"}:
            return None
        noun = self.match(person.last + 1, "account_noun")
        return replace(person, last=noun.last) if noun is not None else None

    def _account(self, at: int, way: str = "") -> Part | None:
        """Take one's own account; somebody else's is a part of its own that no order has."""
        other, same = self.match(at, "other_account"), self.match(at, "same_account")
        if other is not None and self._others(other.last) is None:
            is_sure = other.last > at + 2 or way == "from"
            return Part("account", at, other.last, Account("other"), way) if is_sure else None
        if same is not None and way == "from":
            return Part("account", at, same.last, Account("same"), way)
        start = last = self.past(at, "article")
        types, found = list[str](), self.match(start, *_TYPES, "account_noun")
        while found is not None and not (found.kind in _TYPES and {*types} & _SURE_TYPES):
            types, last = [*types, found.kind], found.last
            place = self.past(self.past(last, "whose", limit=1), "article")
            found = self.match(place, *_TYPES, "account_noun")
        type_ = next((kind for kind in (*_TYPES, "account_noun") if kind in types), "")
        others = self._others(last)
        if type_ == "account_noun":
            is_own = others is None and any(self.match(p, "possessive") for p in range(at, start))
            return Part("account", at, last, Account(), way) if is_own else None
        if not type_:
            return None
        if others or self.word(start - 1) == "s" or self.match(at, "their"):
            return Part("others_account", at, others or last)
        return Part("account", at, last, Account(type_), way)

    def _others(self, at: int) -> int | None:
        """Return the end of "de mi hermano" after an account."""
        person = self._person(self.after(at, "whose"))
        return person.last if person is not None else None

    def _person(self, at: int, way: str = "", *, is_free: bool = True) -> Part | None:
        """Take a phrase that says who is meant; a name by itself only where one is expected."""
        pronoun = self.match(at, "same_person", "pronoun_he", "pronoun_she")
        if pronoun is not None and (way or is_free) and not self._is_name(pronoun.last):
            return Part("same", at, pronoun.last, pronoun.kind, way)
        start = self.past(at, "definite", "possessive", "honorific")
        start = self.past(at, "article", limit=1) if start == at else start
        last, has_relation = start, False
        while last < len(self.tokens) and last - start < _MAX_PERSON_WORDS:
            relation = self.match(last, "relation")
            if relation is not None:
                last, has_relation = relation.last, True
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
