"""Transfers: put together what is said and known, ask for the rest, tell the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Final

from jellyfish import damerau_levenshtein_distance

from console.agent.brain import Say
from console.agent.offline.amounts import AmountReader
from console.agent.offline.ends import Account
from console.agent.offline.orders import Order, Reading
from console.agent.offline.talk import Flow, Question, Talk, Task
from console.agent.offline.text import Part
from console.agent.offline.things import OwnAccount, Person, account_of, person_of
from console.agent.wording import money
from shared.text import fold

_MAX_TYPO: Final = 2


@dataclass(eq=False)
class Transfer(Task):
    """A transfer that is being put together; what is not known yet is empty."""

    amount: Decimal | None = None
    doubt: str = ""
    doubted: str = ""
    offered: Decimal | None = None
    """What may have been meant by an amount with a slip: asked about, never taken."""
    recipient: str = ""
    to: Account = field(default_factory=Account)
    to_name: str = ""
    source: Account = field(default_factory=Account)
    description: str = ""
    is_for_several: bool = False
    shown_from: str = ""
    """The account that paid when it was last shown."""
    kind = "transfer"

    def fill(self, talk: Talk, order: Order, reading: Reading) -> "Transfer":
        """Put in what an order says."""
        if order.amount is not None:
            self._fill_amount(order.amount, reading)
        if order.recipient or order.destination or order.pronoun:
            self.recipient, self.to, self.to_name = order.recipient, Account(), ""
            self.called = order.recipient
        implied = "" if self.has_recipient else order.implied
        if order.destination is not None and not order.recipient:
            self.to = order.destination
        elif (person := talk.memory.last_person) and may_be(talk, order.pronoun or implied, person):
            self.choose(person)
        if order.source is not None and (order.source.type or order.source.account_id):
            self.shown_from = self.source.account_id or self.shown_from
            self.source = order.source
        self.description = order.description or self.description
        self.is_for_several = order.is_for_several
        self.unread = reading.quoted(p for p in order.unread if not self._is_offered(reading, p))
        return self

    def _is_offered(self, reading: Reading, part: Part) -> bool:
        """Tell whether what was not read is the slip whose number is offered."""
        word = reading.tokens[part.first].word
        return self.offered is not None and reading.words.is_near_number(word)

    def _fill_amount(self, amount: Part, reading: Reading) -> None:
        self.doubt = amount.doubt
        self.amount = None if self.doubt else amount.value
        is_slip = self.doubt in {"near", "malformed"}
        reader = AmountReader(reading.words, reading.tokens)
        self.offered = reader.offered(amount) if is_slip else None
        first = reading.past(amount.first, "of_amount", limit=1)
        self.doubted = reading.said.quote(first, amount.last)

    def choose(self, person: Person) -> None:
        """Make somebody the recipient."""
        self.recipient, self.to, self.to_name = "", Account("", person.account_id), person.name

    @property
    def has_recipient(self) -> bool:
        """Whether it is said whom or where the money goes to."""
        return bool(self.recipient or self.to.account_id or self.to.type)

    def settle(self, talk: Talk) -> Question:
        """Find out who is meant and which accounts there are."""
        talk.memory.topic = self.kind
        if self.is_for_several:
            self.is_for_several, self.recipient, self.amount, self.doubt = False, "", None, ""
            return talk.ask("ask_one_person", "recipient", "amount")
        if not self.has_recipient:
            return self._ask_whom(talk)
        person = [("resolveAlias", {"alias": self.recipient})] if self.recipient else []
        balances, *found = yield from talk.look_all(("getBalance", {}), *person)
        accounts = [account_of(entry) for entry in balances["accounts"]]
        if found and not self.settle_person(talk, found[0]):
            return self._ask_person(talk, found[0])
        return self._destination(talk, accounts) or (
            self._ask_amount(talk) if self.amount is None else self._payer(talk, accounts)
        )

    def _ask_whom(self, talk: Talk) -> Say:
        if self.doubt:
            return self._ask_amount(talk)
        if self.amount is None:
            return talk.ask("ask_recipient_amount", "recipient", "amount")
        return talk.ask("ask_recipient", "recipient", amount=money(self.amount))

    def settle_person(self, talk: Talk, resolved: Mapping[str, Any]) -> bool:
        """Take the person whom the bank is sure of, if all that was said may be them."""
        if not resolved.get("beneficiary"):
            return False
        person = person_of(resolved["beneficiary"])
        if not _accounts_for(talk, person, self.recipient):
            return False
        self.choose(person)
        return True

    def _ask_person(self, talk: Talk, resolved: Mapping[str, Any]) -> Say:
        said, self.recipient = self.recipient, ""
        found = [resolved["beneficiary"]] if resolved.get("beneficiary") else resolved["candidates"]
        people = [person_of(entry) for entry in found]
        keys = {0: "ask_person_unknown", 1: "ask_only_person"}
        listed = talk.people(people)
        return talk.ask(
            keys.get(len(people), "ask_which_person"),
            "recipient",
            choices=[(person.words, partial(self.choose, person)) for person in people],
            said=said,
            people=listed,
            person=listed.removeprefix("1. "),
        )

    def _ask_amount(self, talk: Talk) -> Say:
        if self.doubt and self.offered is not None:
            taken = [(frozenset[str](), self._take_offered)]
            return talk.ask("doubt_near_offer", "amount", choices=taken, amount=money(self.offered))
        if self.doubt:
            return talk.ask(f"doubt_{self.doubt}", "amount", said=self.doubted)
        is_own = talk.memory.is_own(self.to.account_id)
        key = "ask_amount_own" if is_own else "ask_amount"
        return talk.ask(key, "amount", who=self._whom(talk))

    def _take_offered(self) -> None:
        self.amount, self.doubt = self.offered, ""

    def _whom(self, talk: Talk) -> str:
        who = self.to_name or self.recipient or talk.account_type(self.to.type)
        named = talk.account(self.to.account_id) if self.to.account_id else talk.text("someone")
        return who or named

    def _destination(self, talk: Talk, accounts: Sequence[OwnAccount]) -> Say | None:
        """Find the own account that a type means; return a question when it is not sure."""
        if not self.to.type:
            return None
        fitting = [account for account in accounts if account.type == self.to.type]
        if len(fitting) == 1:
            self.to = Account("", fitting[0].account_id)
            return None
        return talk.ask_account("ask_own_destination", fitting or accounts, self, "to")

    def _payer(self, talk: Talk, accounts: Sequence[OwnAccount]) -> Say | None:
        """Find the account that pays; return a question when it is not sure."""
        if self.source.type == "same":
            self.source = Account("", talk.memory.last_account)
        if any(account.account_id == self.source.account_id for account in accounts):
            return None
        wanted, taken = self.source.type or "checking", {self.to.account_id}
        is_other = wanted == "other"
        usual = next((a.account_id for a in accounts if a.type == "checking"), "")
        taken |= {self.shown_from or talk.memory.last_account or usual} if is_other else set()
        fitting = [
            a
            for a in accounts
            if a.account_id not in taken and not self.source.account_id
            if (a.type != "credit" if is_other else a.type == wanted)
        ]
        usable = [a for a in fitting if a.is_active or (self.source.type and not is_other)]
        if len(usable) == 1:
            self.source = Account("", usable[0].account_id)
            return None
        others = [a for a in accounts if a.account_id != self.to.account_id]
        active = [a for a in fitting or others if a.is_active]
        self.source = Account()
        return talk.ask_account("ask_source", active or others, self, "source")

    def call(self) -> tuple[str, dict[str, str]]:
        """Return createTransfer with its arguments."""
        self.shown_from = self.source.account_id
        return "createTransfer", {
            "from_account": self.source.account_id,
            "to_account": self.to.account_id,
            "amount": f"{self.amount:.2f}",
            "description": self.description,
        }

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say what was moved, under which number, on which day, and what is left."""
        memory = talk.memory
        memory.last_account, memory.topic = body["from_account"], "balance"
        who = self.to_name or talk.account(body["to_account"])
        if not memory.is_own(body["to_account"]):
            name = self.to_name or body["to_account"]
            memory.last_person = Person(name, name, body["to_account"])
        if body.get("repeated"):
            yield talk.say("transfer_repeated")
            return
        source = talk.account(body["from_account"])
        yield talk.say("transferred", amount=money(body["amount"]), who=who, source=source)
        number, moment = body["transaction_id"], body["created_at"]
        yield from talk.receipt(number, moment, body["from_account"])

    def told(self, talk: Talk) -> dict[str, str]:
        """Return how much it is, and for whom."""
        amount = money(self.amount) if self.amount is not None else talk.text("some_money")
        return {"amount": amount, "who": self._whom(talk)}

    @property
    def cost(self) -> Decimal | None:
        """What it takes from the customer's accounts."""
        return self.amount


def may_be(talk: Talk, pronoun: str, person: Person) -> bool:
    """Tell whether "ella" or "him" may be somebody: by the ending of what they are called."""
    told = {"pronoun_he": "m", "pronoun_she": "f"}.get(pronoun, "")
    words = [fold(word) for word in f"{person.name.split()[0]} {person.alias}".split()]
    known = {talk.words.gender(word) for word in words} - {""}
    return bool(pronoun) and (not told or not known or told in known)


def _accounts_for(talk: Talk, person: Person, said: str) -> bool:
    """Tell whether each word that said who is meant is somebody's: a name, a relation, "mi"."""
    called = {fold(word) for word in f"{person.name} {person.alias}".split()}
    reading = talk.read(said)
    little = ("relation", "possessive", "definite", "article", "honorific", "particle")
    return all(
        not token.is_word
        or reading.match(place, *little) is not None
        or any(_is_near(token.word, word) for word in called)
        for place, token in enumerate(reading.tokens)
    )


def _is_near(said: str, word: str) -> bool:
    allowed = min(_MAX_TYPO, len(word) // 3)
    return word.startswith(said[:4]) or damerau_levenshtein_distance(said, word) <= allowed
