"""What all parts of a conversation share: what it remembers, calling the bank, saying, asking.

A flow is a generator: it yields what to say and tuples of calls, and is sent the outcomes of those
calls. So a flow that needs several answers of the bank reads from top to bottom.
"""

import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, ClassVar, Final, Literal, TypeVar

import yaml

from console.agent.brain import Call, CallOutcome, Say
from console.agent.events import MessageRead, TurnOutcome
from console.agent.language import Language
from console.agent.offline.asking import MovementsQuery
from console.agent.offline.days import Span, today
from console.agent.offline.lexicon import BANK, Lexicon, kinds, lexicon, tokens_of
from console.agent.offline.orders import Reading
from console.agent.offline.parts import INSTALMENTS, MSI, OWN_ACCOUNTS
from console.agent.offline.text import Part
from console.agent.offline.things import Offer, OwnAccount, Person, Wish, account_of, person_of
from console.agent.operations import AgentOperation
from console.agent.wording import ACCOUNT_TYPES, KnownThings, money
from shared import json_text
from shared.clock import Clock

Step = Say | MessageRead | tuple[Call, ...]
Got = TypeVar("Got")
Asking = Generator[Step, Sequence[CallOutcome], Got]
Flow = Asking[None]
Question = Asking[Say | None]
"""A flow that may come to something to say, at its end."""
Reply = Say | Question
More = Callable[[], Reply]
Enough = Callable[[Sequence[Mapping[str, Any]]], bool]

_FIRST_REFUSAL: Final = 400


class NotAnswered(Exception):
    """A question to the bank has no answer to go on with; its only argument says so."""


@dataclass(eq=False, kw_only=True)
class Task:
    """A change to be made for the person: a call, of whose arguments more or less is known."""

    operation_id: str
    given: dict[str, str] = field(default_factory=dict)
    """Its arguments; all of them, once it is settled."""
    unread: str = ""
    """What was said with it and is no part of it: it is asked about before anything is shown."""
    is_sure: bool = True
    """Whether it is said for sure that it is to be done; if not, that is asked too."""
    called: str = ""
    """What the person calls what it is for."""
    after: "Task | None" = None
    """What it rests on: left, if that is."""
    was_shown: bool = False
    """Whether it was ever whole; if not, it gives way to another order."""
    kind: ClassVar[str] = "call"

    def settle(self, talk: "Talk") -> Question:  # noqa: ARG002 - what is given by name is settled
        """Find out what it takes to show it; return a question where something is missing."""
        yield from ()
        return None

    def receipt(self, talk: "Talk", body: Mapping[str, Any]) -> Flow:
        """Say what was done: what the bank answered, as it answered it."""
        plain = json.loads(json_text.dumps(body))
        told = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False).strip() if body else ""
        key = "call_done" if told else "call_done_empty"
        yield talk.say(key, operation=self.operation_id, answer=told)

    def told(self, talk: "Talk") -> dict[str, Any]:  # noqa: ARG002 - it has a name already
        """Return what its sentences say of it, `kind` names them; and what it costs, if it does."""
        return {"operation": self.operation_id}

    def name(self, talk: "Talk") -> str:
        """Return what it is, in a few words."""
        return talk.text(f"order_{self.kind}", **self.told(talk))


Choice = tuple[frozenset[str], Callable[[], None]]
"""The words for one of those listed, and how to take it."""
State = Literal["queued", "building", "shown", "waiting", "left"]
"""What became of the first open task: it is not begun, is put together, was shown in this turn,
waits for a yes since a turn before, or was the last one and the person said no to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question that waits for its answer."""

    wanted: tuple[str, ...] = ()
    """What it asked for; empty where nothing is asked."""
    question: Say | None = None
    choices: Sequence[Choice] = ()
    """What it listed, in order."""


@dataclass(slots=True)
class Memory:
    """All that one conversation remembers."""

    known: KnownThings = field(default_factory=KnownThings)
    accounts: list[OwnAccount] = field(default_factory=list)
    """All that the customer has, as the bank last told of them."""
    last_account: str = ""
    last_person: Person | None = None
    open: list[Task] = field(default_factory=list)
    """All that is to be done, in order; the first is being put together, or waits for a yes."""
    state: State = "queued"
    asked: Asked = field(default_factory=Asked)
    done: Task | None = None
    """What was last carried out or left, for "lo mismo a Sofi"."""
    has_names: bool = False
    """Whether it was asked for people and accounts, so that movements tell with whom."""
    people: list[Person] = field(default_factory=list)
    """Those last listed, in order."""
    offers: list[Offer] = field(default_factory=list)
    found: list[Offer] = field(default_factory=list)
    """All that were found; `offers`, those listed, are the first of them."""
    offer: Offer | None = None
    """The one that is spoken of."""
    wish: Wish = field(default_factory=Wish)
    """What was looked for: how many, and how to pay; or how the bank would pay for `offer`."""
    purchase_id: str = ""
    topic: str = ""
    query: MovementsQuery = field(default_factory=MovementsQuery)
    more: More | None = None
    """Goes on with what was last listed; None when that is all."""

    @property
    def task(self) -> Task | None:
        """What is put together or waits for a yes, or was left a moment ago."""
        if self.state == "left":
            return self.done
        return self.open[0] if self.state != "queued" else None

    @property
    def waiting(self) -> Task | None:
        """What was shown and is neither carried out nor left."""
        return self.open[0] if self.state in {"shown", "waiting"} else None

    def drop(self, *gone: Task) -> None:
        """Forget open tasks; where the first is one of them, nothing is begun."""
        if self.task in gone:
            self.state, self.asked = "queued", Asked()
        self.open = [task for task in self.open if task not in gone]

    def begin(self, *tasks: Task) -> list[Task]:
        """Put tasks first; return what is half put together, which gives way to a new one."""
        first = self.open[:1] if self.state == "building" and tasks[0] not in self.open else []
        gone = [task for task in first if not task.was_shown]
        kept = self.open[len(gone) :]
        self.open = [*tasks, *(one for one in kept if one not in tasks)]
        self.state, self.asked = "building", Asked()
        return gone


@dataclass
class Talk:
    """A conversation as the flows hold it."""

    operations: Mapping[str, AgentOperation]
    clock: Clock
    language: Language = "es"
    memory: Memory = field(default_factory=Memory)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def words(self) -> Lexicon:
        """The words of the language that is spoken, and of the other."""
        return lexicon(self.language)

    def read(self, text: str) -> Reading:
        """Return what a text says, in parts."""
        tokens, day = tokens_of(text, self.language), today(self.clock())
        reading = Reading(self.words, text, tokens, day)
        reading.parts = parts = reading.scan()
        telling = reading.beside(*kinds("filling"), "to", "asking", "question")
        reading.parts = [self._in_context(reading, p, is_alone=telling in ([], [p])) for p in parts]
        return reading

    def _in_context(self, said: Reading, part: Part, *, is_alone: bool) -> Part:
        """Take "al 2" as one of the people listed, "a 18" as months where things are shown.

        A number alone answers what was asked: how many months, which product; "una" is how many.
        """
        memory, task = self.memory, self.memory.task
        wanted, number = memory.asked.wanted if is_alone else (), part.whole or 0
        is_whom = "recipient" in wanted and not memory.asked.choices
        is_to = part.kind == "ordinal" and said.match(part.first, "to") and not memory.open[1:]
        people = memory.people if is_to or is_whom else []
        if part.kind in {"ordinal", "amount"} and people and number and number <= len(people):
            person = people[number - (number > 0)]
            return replace(part, kind="person", value=person.alias, way="to")
        if part.kind == "account" and "recipient" in memory.asked.wanted:
            return replace(part, way=part.way or "to")
        is_bought = task.kind == "purchase" if task else memory.topic in {"search", "compare"}
        is_bought |= said.has("benefit") or any(v.value.act == "buy" for v in said.of("verb"))
        is_spread = is_bought and said.match(part.first - 1, "spread") and number in INSTALMENTS
        if part.kind == "amount" and (is_spread or ("benefit" in wanted and number > 1)):
            return replace(part, kind="benefit", value=f"{MSI}-{number}")
        is_listed = len(said.tokens) == 1 and task is None and memory.topic == "search"
        is_which = "product" in wanted and not said.has("take", *kinds("correcting"))
        if part.kind == "amount" and (is_which or is_listed) and number > 0:
            return replace(part, kind="ordinal", value=number)
        is_one = self.words.numbers.get(said.word(part.first)) == (1, "unit") and task and is_bought
        if is_one and is_alone and "product" not in wanted and part.last == part.first + 1:
            return replace(part, kind="amount", value=Decimal(1))
        return part

    # --- saying ---

    def text(self, key: str, **fields: object) -> str:
        """Return one of its sentences, that of `count` where it has one; a Decimal is pesos."""
        of_number = f"{key}_{fields.get('count')}"
        known = self.words.replies
        told = {n: money(v) if isinstance(v, Decimal) else v for n, v in fields.items()}
        return known.get(of_number, known[key]).format(**{**BANK[self.language], **told})

    def say(self, key: str, outcome: TurnOutcome = "answered", **fields: object) -> Say:
        """Say one of the brain's sentences."""
        return Say(self.text(key, **fields), outcome)

    @staticmethod
    def lines(lines: Iterable[str]) -> Say:
        """Say several lines."""
        return Say("\n".join(line for line in lines if line))

    @staticmethod
    def numbered(lines: Iterable[str], after: int = 0) -> list[str]:
        """Return lines with numbers, which go on after those that were listed before."""
        return [f"{number}. {line}" for number, line in enumerate(lines, start=after + 1)]

    def ask(self, key: str, *wanted: str, choices: Sequence[Choice] = (), **fields: object) -> Say:
        """Ask for something of the first task, and remember it."""
        question = self.say(key, "asked", **fields)
        self.memory.asked = Asked(wanted, question, choices)
        return question

    # --- the bank ---

    def call(self, operation_id: str, arguments: Mapping[str, str]) -> Call:
        """Return a call that gives what is not empty. Raises NotAnswered for an unknown one."""
        if operation_id not in self.operations:
            raise NotAnswered(self.say("unavailable", "refused"))
        given = {name: value for name, value in arguments.items() if value}
        return Call(f"offline-{next(self._ids)}", operation_id, given)

    def look(self, operation_id: str, **arguments: str) -> Asking[Mapping[str, Any]]:
        """Ask the bank, and return the body. Raises NotAnswered when there is none."""
        (body,) = yield from self.look_all((operation_id, arguments))
        return body

    def look_all(self, *wanted: tuple[str, Mapping[str, str]]) -> Asking[list[Mapping[str, Any]]]:
        """Ask the bank several things at once. Raises NotAnswered when one has no answer."""
        outcomes = yield tuple(self.call(name, arguments) for name, arguments in wanted)
        bodies = []
        for outcome in outcomes:
            body = self.answered(outcome)
            if body is None:
                raise NotAnswered(self.explain(outcome))
            if "candidates" in body and body.get("beneficiary"):
                self.memory.last_person = person_of(body["beneficiary"])
            bodies.append(body)
        if unreadable := dict.fromkeys(i for body in bodies for i in body.get("unreadable", ())):
            yield Say(self.text("unreadable", ids=", ".join(unreadable)) + "\n")
        return bodies

    def own_accounts(self, said: str = "") -> Asking[list[OwnAccount]]:
        """Ask the bank for the customer's accounts: all, or those of a type or an identifier."""
        body = yield from self.look("getBalance")
        self.memory.accounts = [account_of(entry) for entry in body["accounts"]]
        return [a for a in self.memory.accounts if said in {a.type, a.account_id, ""}]

    def look_through(
        self, name: str, arguments: Mapping[str, str], most: int, enough: Enough = lambda _: False
    ) -> Asking[list[Mapping[str, Any]]]:
        """Read so many pages of a list at most, until there is enough; return their bodies."""
        bodies: list[Mapping[str, Any]] = []
        token = arguments.get("next_token", "")
        while not bodies or (token and len(bodies) < most and not enough(bodies)):
            bodies.append((yield from self.look(name, **{**arguments, "next_token": token})))
            token = bodies[-1].get("next_token") or ""
        return bodies

    def answered(self, outcome: CallOutcome) -> Mapping[str, Any] | None:
        """Return what the bank answered to a call, and remember it; None where it did not do it."""
        if outcome.kind != "answered" or outcome.status >= _FIRST_REFUSAL:
            return None
        self.memory.known.learn(outcome.body or {})
        return outcome.body or {}

    def explain(self, outcome: CallOutcome, left: Decimal | None = None) -> Say:
        """Say why there is no answer to go on with; `left` is what the account has."""
        if outcome.kind == "answered":
            return self.refused((outcome.body or {}).get("error") or {}, left)
        is_left = outcome.kind == "declined"
        return self.say("nothing_done") if is_left else self.say(outcome.kind, "failed")

    def refused(self, error: Mapping[str, Any], left: Decimal | None = None) -> Say:
        """Say why the bank declined, by its code, with what is left; else in its own words."""
        code, key = error.get("code", ""), f"refused_{error.get('code')}"
        left = Decimal(error["left"]) if "left" in error else left
        keys = [f"{key}_left", key] if left is not None else [key]
        key = next((one for one in keys if one in self.words.replies), "refused")
        return self.say(key, "refused", message=error.get("message") or code, left=left)

    # --- words ---

    def account(self, said: str) -> str:
        """Return what an account or a type of accounts is called: whose it is, or of which type."""
        type_ = ACCOUNT_TYPES[self.language].get(said)
        return type_ or self.memory.known.account(said, self.language)

    def settle_account(
        self, task: Task, argument: str, among: Sequence[OwnAccount], usual: str = "checking"
    ) -> Say | None:
        """Find the own account that is meant as an argument; ask where it is not sure."""
        said = task.given.pop(argument, "")
        fitting = [a for a in among if (said or usual) in {a.type, a.account_id, "other"}]
        active = [a for a in fitting or among if a.status == "active"]
        usable = [a for a in fitting if a in active or said not in {"", "other"}]
        own, give = usable if len(usable) == 1 else active or among, task.given.__setitem__
        choices = [(frozenset({a.type}), partial(give, argument, a.account_id)) for a in own]
        if len(usable) == 1:
            choices[0][1]()
            return None
        lines = (f"{self.account(a.type).capitalize()} ({money(a.available)})" for a in own)
        told = "\n".join(self.numbered(lines))
        question = self.ask(f"ask_own_{argument}", "account", choices=choices, accounts=told)
        is_own = said in {"", *OWN_ACCOUNTS} or said in self.memory.known.own_accounts
        theirs = self.text("others_account") + "\n"
        return question if is_own else replace(question, delta=theirs + question.delta)

    def written(self, day: date | None) -> str:
        """Return a day as it is written, with its year where that is another one."""
        if day is None:
            return ""
        month = self.text("months").split()[day.month - 1]
        year = "" if day.year == today(self.clock()).year else f" {day.year}"
        return f"{day.day} {month}{year}"

    def days(self, span: Span) -> str:
        """Return which days a span is of, as it goes on after "movimientos"."""
        key = "which_day" if span.first == span.last else "which_days"
        key = "which_since" if span.last is None else key if span.first else "which_until"
        return self.text(key, first=self.written(span.first), last=self.written(span.last))

    def receipt(self, done: Mapping[str, Any], account_id: str) -> Flow:
        """Say under which number something new was done, on which day, and what is now left."""
        if done.get("repeated"):
            return
        number, day = done.get("transaction_id") or done["purchase_id"], done["created_at"]
        yield Say("\n" + self.text("receipt", number=number, day=self.day_of(day)))
        try:
            body = yield from self.look("getBalance", account_id=account_id)
        except NotAnswered:
            return
        account = account_of(body["accounts"][0])
        told = {"account": self.account(account.type), "left": account.available}
        yield Say("\n" + self.text("receipt_left", **told))

    def day_of(self, moment: str) -> str:
        """Return the day in Mexico of a moment of the bank."""
        return self.written(today(datetime.fromisoformat(moment)))

    def people(self, people: Sequence[Person]) -> str:
        """Return beneficiaries, one a line."""
        lines = (self.text("person_line", name=p.name, alias=p.alias) for p in people)
        return "\n".join(self.numbered(lines))
