"""What all parts of a conversation do alike: call the bank, say things, ask for what is missing.

A flow is a generator: it yields what to say and tuples of calls, and is sent the outcomes of those
calls. So a flow that needs several answers of the bank reads from top to bottom.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from console.agent.brain import Call, CallOutcome, Say
from console.agent.events import TurnOutcome
from console.agent.language import Language
from console.agent.offline.days import today
from console.agent.offline.lexicon import Words, read, refusal, reply, words_for
from console.agent.offline.memory import Account, Frame, Memory, Person
from console.agent.offline.orders import Reading, read_orders
from console.agent.offline.parts import Scanner
from console.agent.operations import AgentOperation
from console.agent.wording import ACCOUNT_TYPES, money
from shared.clock import Clock

Step = Say | tuple[Call, ...]
Flow = Generator[Step, Sequence[CallOutcome], None]
Asking = Generator[Step, Sequence[CallOutcome], CallOutcome]
AskingMany = Generator[Step, Sequence[CallOutcome], list[Mapping[str, Any]]]
Looking = Generator[Step, Sequence[CallOutcome], Mapping[str, Any]]

FIRST_REFUSAL: Final = 400


def once(say: Say) -> Flow:
    """Say this, and nothing else."""
    yield say


class NotAnswered(Exception):
    """A question to the bank has no answer to go on with; `outcome` says why, None: no such one."""

    def __init__(self, outcome: CallOutcome | None) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass
class Talk:
    """A conversation as the flows hold it."""

    operations: Mapping[str, AgentOperation]
    clock: Clock
    language: Language = "es"
    memory: Memory = field(default_factory=Memory)
    examples: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Phrases for operations that have no flow of their own, by operation."""
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def words(self) -> Words:
        """The words of the language that is spoken, and of the other."""
        return words_for(self.language)

    def read(self, text: str) -> Reading:
        """Return what a text says, in parts."""
        said = read(text, self.language)
        parts = Scanner(said, self.words, today(self.clock())).parts()
        return read_orders(said, self.words, parts)

    # --- saying ---

    def text(self, key: str, **fields: object) -> str:
        """Return one of the brain's sentences."""
        return reply(self.language, key, **fields)

    def say(self, key: str, outcome: TurnOutcome = "answered", **fields: object) -> Say:
        """Say one of the brain's sentences."""
        return Say(self.text(key, **fields), outcome)

    def answer(self, key: str, outcome: TurnOutcome = "answered", **fields: object) -> Flow:
        """Say one of the brain's sentences, and nothing else."""
        yield self.say(key, outcome, **fields)

    @staticmethod
    def lines(lines: Iterable[str], outcome: TurnOutcome = "answered") -> Say:
        """Say several lines."""
        return Say("\n".join(line for line in lines if line), outcome)

    def ask(self, key: str, *wanted: str, frame: Frame | None = None, **fields: object) -> Say:
        """Ask for something, and remember what for."""
        self.memory.frame = frame if frame is not None else self.memory.frame
        self.memory.is_live = self.memory.frame is not None
        self.memory.asked_for = wanted
        self.memory.is_touched = True
        self.memory.question = self.say(key, "asked", **fields)
        return self.memory.question

    # --- the bank ---

    def call(self, operation_id: str, arguments: Mapping[str, str]) -> Call:
        """Return a call that gives what is not empty. Raises NotAnswered for an unknown one."""
        if operation_id not in self.operations:
            raise NotAnswered(None)
        given = {name: value for name, value in arguments.items() if value}
        return Call(f"offline-{next(self._ids)}", operation_id, given)

    def look(self, operation_id: str, **arguments: str) -> Looking:
        """Ask the bank, and return the body. Raises NotAnswered when there is none."""
        (body,) = yield from self.look_all((operation_id, arguments))
        return body

    def look_all(self, *wanted: tuple[str, Mapping[str, str]]) -> AskingMany:
        """Ask the bank several things at once. Raises NotAnswered when one has no answer."""
        outcomes = yield tuple(self.call(name, arguments) for name, arguments in wanted)
        bodies = []
        for outcome in outcomes:
            if outcome.kind != "answered" or outcome.status >= FIRST_REFUSAL:
                raise NotAnswered(outcome)
            body = outcome.body or {}
            self.memory.learn(body)
            bodies.append(body)
        return bodies

    def propose(self, operation_id: str, **arguments: str) -> Asking:
        """Have the person confirm a call, and return what became of it."""
        self.memory.proposal = (operation_id, arguments)
        self.memory.is_shown = self.memory.is_touched = True
        (outcome,) = yield (self.call(operation_id, arguments),)
        if outcome.kind == "answered" and outcome.status < FIRST_REFUSAL:
            self.memory.learn(outcome.body or {})
        return outcome

    def not_done(self, outcome: CallOutcome) -> Say | None:
        """Say why what was proposed is not done; None when the bank answered that it is."""
        if outcome.kind == "declined":
            self.memory.decline()
            return self.say("nothing_done")
        if outcome.kind != "answered" or outcome.status >= FIRST_REFUSAL:
            return self.explain(outcome)
        return None

    def explain(self, outcome: CallOutcome | None) -> Say:
        """Say why there is no answer to go on with."""
        if outcome is None:
            return self.say("unavailable", "refused")
        if outcome.kind == "declined":
            return self.say("nothing_done")
        if outcome.kind == "unanswered":
            return self.say("unanswered", "failed")
        if outcome.kind == "rejected":
            return self.say("rejected", "failed")
        return self.refused((outcome.body or {}).get("error"))

    def refused(self, error: Mapping[str, Any] | None) -> Say:
        """Say why the bank declined."""
        error = error or {}
        message = str(error.get("message", ""))
        return Say(refusal(self.language, str(error.get("code", "")), message), "refused")

    # --- words ---

    def account_type(self, type_: str) -> str:
        """Return what a type of account is called."""
        return ACCOUNT_TYPES[self.language].get(type_, type_)

    def account(self, account_id: str) -> str:
        """Return what an account is called: whose it is, or of which type."""
        return self.memory.known.account(account_id, self.language)

    def accounts_list(self, accounts: Sequence[Account]) -> str:
        """Return accounts to choose from, one a line."""
        return "\n".join(
            f"{number}. {self.account_type(a.type).capitalize()} ({money(a.available)})"
            for number, a in enumerate(accounts, start=1)
        )

    def person(self, person: Person) -> str:
        """Return a beneficiary's name and alias."""
        line = self.text("person_line", number="", name=person.name, alias=person.alias)
        return line.removeprefix(". ")

    def people(self, people: Sequence[Person]) -> str:
        """Return beneficiaries, one a line."""
        return "\n".join(
            self.text("person_line", number=number, name=person.name, alias=person.alias)
            for number, person in enumerate(people, start=1)
        )
