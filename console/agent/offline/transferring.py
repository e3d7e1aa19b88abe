"""Transfers and whom they may go to: put together what is said, ask for the rest, tell of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline.lexicon import kinds
from console.agent.offline.orders import Order, Reading
from console.agent.offline.parts import OWN_ACCOUNTS
from console.agent.offline.talk import Flow, Question, Talk, Task
from console.agent.offline.text import Part, words_of
from console.agent.offline.things import OwnAccount, Person, account_of, person_of
from console.agent.wording import readable_amount
from shared.text import fold

_SLIPS: Final = frozenset({"near", "malformed"})
"""Doubts for which what may have been meant is offered."""


@dataclass(eq=False, kw_only=True)
class Transfer(Task):
    """A transfer that is being put together; what is not known yet is empty."""

    doubt: str = ""
    doubted: str = ""
    offered: Decimal | None = None
    """What may have been meant by an amount with a slip: asked about, never taken."""
    recipient: str = ""
    """Who is to be paid, as it was said, until it is known who that is."""
    passed: str = ""
    """The account that "the other one" is another one than."""
    operation_id: str = "createTransfer"
    kind = "transfer"

    @property
    def amount(self) -> Decimal | None:
        """How much it is, where that is said and not doubted."""
        amount = readable_amount(self.given.get("amount", ""))
        return amount if amount is not None and amount == round(amount, 2) else None

    def fill(self, talk: Talk, order: Order, reading: Reading) -> "Transfer":
        """Put in what an order says."""
        said, given, person = order.said, self.given, talk.memory.last_person
        self.is_sure = True
        if (amount := said.get("amount")) is not None:
            self.doubt = amount.doubt
            given["amount"] = "" if self.doubt else f"{amount.value:.2f}"
            self.offered = reading.offered(amount) if self.doubt in _SLIPS else None
            first = reading.past(amount.first, "of_amount", limit=1)
            self.doubted = reading.quote(first, amount.last)
        if (to := said.get("to")) is not None:
            self.recipient = self.called = order.recipient
            given["to_account"] = to.value if to.kind == "account" else ""
        if person is not None and not self.has_recipient and may_be(talk, order.pronoun, person):
            meant = called_so(talk, to.value) if to is not None else []
            if all(words_of(task.called) <= person.words for task in meant):
                self.choose(person)
        if to is not None and to.doubt:
            self.recipient, self.called, self.doubt = "", "", "people"
            given |= {"to_account": "", "amount": ""}
        if "from" in said and (source := said["from"].value):
            last = talk.memory.last_account
            self.passed = given.get("from_account") or last if source == "other" else ""
            given["from_account"] = last if source == "same" else source
            order.unread += [said["from"]] if source == "same" and not last else []
        if "reason" in said:
            given["description"] = said["reason"].value
        is_near, word = reading.words.is_near_number, reading.word
        self.unread = reading.quoted(
            p for p in order.unread if self.offered is None or not is_near(word(p.first))
        )
        return self

    def choose(self, person: Person) -> None:
        """Make somebody the recipient."""
        self.recipient, self.given["to_account"] = "", person.account_id

    @property
    def has_recipient(self) -> bool:
        """Whether it is said whom or where the money goes to."""
        return bool(self.recipient or self.given.get("to_account"))

    def settle(self, talk: Talk) -> Question:
        """Find out who is meant and which accounts there are."""
        talk.memory.topic = self.kind
        if not self.has_recipient:
            return self._ask(talk)
        person = [("resolveAlias", {"alias": self.recipient})] if self.recipient else []
        balances, *found = yield from talk.look_all(("getBalance", {}), *person)
        talk.memory.accounts = accounts = [account_of(entry) for entry in balances["accounts"]]
        for resolved in found:
            self.settle_person(resolved)
        question = self._ask_person(talk, found[0]) if self.recipient else None
        if self.given.get("to_account") in OWN_ACCOUNTS:
            question = talk.settle_account(self, "to_account", accounts)
        if question is not None or self.amount is None:
            return question or self._ask(talk)
        return self._payer(talk, accounts)

    def _ask(self, talk: Talk) -> Say:
        """Ask for the amount, or for whom it is, or for both."""
        doubt, self.doubt, choices = self.doubt, "", []
        wanted = [] if self.has_recipient else ["recipient"]
        wanted += ["amount"] if self.amount is None else []
        key = f"doubt_{doubt}" if doubt else "_".join(("ask", *wanted))
        if doubt in _SLIPS and self.offered is not None:
            key = "doubt_near_offer"
            offer = partial(self.given.__setitem__, "amount", f"{self.offered:.2f}")
            choices = [(frozenset[str](), offer)]
        told = {**self.told(talk), "said": self.doubted, "offered": self.offered}
        return talk.ask(key, *wanted, choices=choices, **told)

    def settle_person(self, resolved: Mapping[str, Any]) -> None:
        """Take the person whom the bank is sure of."""
        if resolved.get("beneficiary"):
            self.choose(person_of(resolved["beneficiary"]))

    def _ask_person(self, talk: Talk, resolved: Mapping[str, Any]) -> Say:
        found = [resolved["beneficiary"]] if resolved.get("beneficiary") else resolved["candidates"]
        people = [person_of(entry) for entry in found]
        choices = [(person.words, partial(self.choose, person)) for person in people]
        listed = talk.people(people)
        told: dict[str, Any] = {"said": self.recipient, "count": len(people), "people": listed}
        told["person"] = listed.removeprefix("1. ")
        return talk.ask("ask_which_person", "recipient", choices=choices, **told)

    def _payer(self, talk: Talk, accounts: Sequence[OwnAccount]) -> Say | None:
        """Find the account that pays; return a question when it is not sure."""
        among = [a for a in accounts if a.account_id != self.given["to_account"]]
        if self.given.get("from_account") == "other":
            usual = next((a.account_id for a in accounts if a.type == "checking"), "")
            passed = {self.passed or usual}
            others = [a for a in among if a.account_id not in passed and a.type != "credit"]
            among = [a for a in others if a.status == "active"] or among
        return talk.settle_account(self, "from_account", among)

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say what was moved, under which number, on which day, and what is left."""
        memory = talk.memory
        memory.last_account, memory.topic = body["from_account"], "balance"
        to = body["to_account"]
        if to not in memory.known.own_accounts:
            memory.last_person = Person(self._payee(talk), self.called, to)
        key = "transfer_repeated" if body.get("repeated") else "transferred"
        who, source = self._payee(talk), talk.account(body["from_account"])
        yield talk.say(key, amount=body["amount"], who=who, source=source)
        yield from talk.receipt(body, body["from_account"])

    def told(self, talk: Talk) -> dict[str, Any]:
        """Return how much it is, and for whom."""
        amount = talk.text("some_money") if self.amount is None else self.amount
        who = self.recipient or self._payee(talk) or talk.text("someone")
        return {"amount": amount, "who": who, "cost": self.amount}

    def _payee(self, talk: Talk) -> str:
        to, known = self.given.get("to_account", ""), talk.memory.known.people
        return known.get(to, (self.called,))[0] or talk.account(to)


def may_be(talk: Talk, pronoun: str, person: Person) -> bool:
    """Tell whether "ella" or "him" may be somebody: by the ending of what they are called."""
    told = {"pronoun_he": "m", "pronoun_she": "f"}.get(pronoun, "")
    words = {fold(word) for word in [*person.name.split()[:1], *person.alias.split()]}
    known = {gender for gender in "mf" if words & talk.words.of(f"gender_{gender}")}
    return bool(pronoun) and (not told or not known or told in known)


def called_so(talk: Talk, pronoun: str) -> list[Task]:
    """Return the open tasks for somebody whom "ella" or "him" may mean."""
    called = [task for task in talk.memory.open if task.called]
    return [one for one in called if may_be(talk, pronoun, Person(*[one.called] * 3))]


# --- adding a beneficiary ---

_LITTLE: Final = ("particle", "article", "to", "also")
_MARKS: Final = {"name_is": "name", "alias_is": "alias", "account_is": "account_id"}
_JOINING: Final = ':"“”«»'
"""Signs between what names a field and what is said of it."""


@dataclass(eq=False, kw_only=True)
class Addition(Task):
    """A beneficiary to add."""

    operation_id: str = "addBeneficiary"
    kind = "add"

    def settle(self, talk: Talk) -> Question:
        """Ask for the first that is missing."""
        yield from ()
        who = self.given.get("alias") or self.given.get("name")
        missing = next((n for n in ("name", "account_id", "alias") if n not in self.given), "")
        key = f"ask_{missing}" if who else "ask_whom_to_add"
        return talk.ask(key, missing.removesuffix("_id"), who=who) if missing else None

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say who was added."""
        added, key = body["beneficiary"], "add_repeated" if body.get("repeated") else "added"
        talk.memory.last_person = person_of(added)
        yield talk.say(key, name=added["name"], alias=added["alias"])

    def told(self, talk: Talk) -> dict[str, Any]:
        """Return who it is."""
        return {"who": self.given.get("name") or self.given.get("alias") or talk.text("someone")}


def read_addition(reading: Reading, asked: str = "") -> Addition:
    """Return what a message says of somebody to add: words up to a sign or what names a field.

    The first words are of the field that was asked for. Where none is asked for or named, they are
    an alias if they say what somebody is, "mi tía Lupita"; else a name, then an alias.
    """
    parts = reading.parts
    head = next((i for i, p in enumerate(parts) if p.kind in {"verb", "register", "add_noun"}), -1)
    said = replace(reading, parts=parts[max(head, 0) :])
    account, runs = _runs(said, _MARKS.get(f"{asked}_is", ""))
    given, unread = {"account_id": account} if account else {}, list[str]()
    for named, first, end in sorted(runs, key=lambda run: not run[0]):
        last = end - (end > first + 1 and not reading.word(end - 1)[2:])
        unread += [reading.word(last)] * (end - last)  # no name ends so: "mi prima co"
        called = reading.quote(first, last)
        found = (reading.match(place, "relation") for place in range(first, last))
        relation = next(filter(None, found), None) if named != "name" else None
        slot = named or ("alias" if "name" in given and "alias" not in given else "name")
        if relation is not None:
            given.setdefault("relationship", reading.quote(relation.first, relation.last))
            rest = reading.quote(relation.last, last)
            if not named and rest:
                given.setdefault("name", rest)
            slot = named or "alias"
        is_thing = any(reading.word(place) in reading.words.things for place in range(first, last))
        if slot == "beside" or is_thing or called not in given.setdefault(slot, called):
            unread.append(called)
    unread.append(reading.quoted(_unread(reading, head)))
    return Addition(given=given, unread=", ".join(filter(None, unread)))


def _unread(reading: Reading, head: int) -> Iterator[Part]:
    """Yield what says nothing of somebody to add, with the order's verb at a place; -1 for none."""
    following = [*(part.kind for part in reading.parts[1:]), ""]
    afterthought = reading.afterthought
    for place, part in enumerate(reading.parts):
        token, is_person = reading.tokens[part.first], following[place] in {"person", "name"}
        is_read = part.kind in kinds("quiet", "adding") or (part.kind == "hedge" and is_person)
        if part.kind in kinds("free_text"):
            is_read = place > head and (token.kind in {"word", "number"} or token.said in _JOINING)
        elif head < 0 and part.kind in {"correcting", "negation", "no"}:
            is_read = place == 0 or (part.kind == "correcting" and part not in afterthought)
        if not is_read:
            yield part


def _runs(reading: Reading, named: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Return the account that is said, and the runs of words with the field that each is of."""
    kind_at = {p: part.kind for part in reading.parts for p in range(part.first, part.last)}
    account, runs, following = "", list[tuple[str, int, int]](), 0
    for place, kind in kind_at.items():
        if place < following:
            continue
        token, mark = reading.tokens[place], reading.match(place, "add_frame", *_MARKS)
        is_determined = reading.match(place, "definite", "possessive") is not None
        is_led = kind == "from" and reading.match(place, "particle") is None
        is_called = is_determined or kind not in kinds("quiet", "adding_nobody", "unnamed")
        following = place + 1
        if token.kind == "identifier":
            account, named = token.said, ""
        elif named == "account_id" and token.kind == "number":
            account += token.said
        elif mark is not None:
            named, following = _MARKS.get(mark.kind, ""), mark.last
        elif token.kind != "word" or is_led or not is_called:
            named = named if token.said in _JOINING else ""
            named = "beside" if is_led or kind in {"and", "question"} else named
        elif runs and runs[-1][2] == place:
            runs[-1] = (*runs[-1][:2], following)
        elif is_determined or not reading.match(place, *_LITTLE):
            is_other = named == "account_id"
            if not is_other or kind in {"person", "name"}:
                runs.append(("" if is_other else named, place, following))
    return account, runs
