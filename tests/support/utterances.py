"""Plays labelled utterances to the offline brain, over a seeded bank in memory, and marks them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from string import Formatter
from typing import Any

from action_groups.marketplace.catalogue import words_of
from console.agent.brain import Brain
from console.agent.conversation import Conversation
from console.agent.events import ConfirmationAsked, OperationRequested, Text, TurnEnded, TurnEvent
from console.agent.local_agent import LocalAgent
from console.agent.offline import OfflineBrain
from console.agent.offline.lexicon import lexicon
from console.fast_yaml import safe_load
from shared.clock import BANK_ZONE, Clock
from shared.confirmation import TERMS_WANTED
from shared.text import fold
from tests.support.dynamodb import StrictDynamoDB
from tests.support.tables import table_properties
from tests.support.world import (
    World,
    operations_in_schema,
    seeded_tables,
    through_json,
    world_over,
)

DATA = Path(__file__).parents[1] / "data"
OWN, UNSEEN = DATA / "utterances.yaml", DATA / "utterances_unseen.yaml"
TODAY = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
REPLIES = {language: lexicon(language).replies for language in ("es", "en")}
MONEY = frozenset({"createTransfer", "createPurchase", "addBeneficiary"})

_HELPERS = frozenset({"resolveAlias", "getBalance", "searchProducts", "compareBenefits"})


def seeded_bank() -> World:
    """Return a bank with all that the seed scripts add, on the day of the cases.

    Whoever is a beneficiary was paid before, so that a yes is enough. What an operation owes to the
    bus is carried on while the operation waits for it.
    """
    client = StrictDynamoDB(table_properties())
    client.copy_from(seeded_tables())
    bank = world_over(client)
    bank.clock.now = TODAY
    for known in bank.items("beneficiaries"):
        bank.paid(known["user_id"], known["account_id"])
    bank.rebuild(sleep=lambda _seconds: bank.settle())
    return bank


MakeBrain = Callable[[Clock], Brain]


def offline_brain(clock: Clock) -> OfflineBrain:
    return OfflineBrain(operations_in_schema(), clock=clock)


@dataclass
class Turn:
    """What happened between a message and the next."""

    events: list[TurnEvent] = field(default_factory=list)
    waited: tuple[str, dict[str, str]] | None = None
    """The call that waited for a yes before it: shown again, it is nothing new."""

    @property
    def text(self) -> str:
        return "".join(event.delta for event in self.events if isinstance(event, Text))

    @property
    def outcome(self) -> str:
        [end] = [event for event in self.events if isinstance(event, TurnEnded)]
        return end.outcome

    @property
    def calls(self) -> list[tuple[str, dict[str, str]]]:
        """The operations that were called or proposed, with their arguments, in order."""
        return [
            call
            for event in self.events
            if (call := call_of(event)) is not None
            and not (asks_for_terms(event) and call == self.waited)
        ]

    @property
    def proposed(self) -> list[ConfirmationAsked]:
        return [event for event in self.events if isinstance(event, ConfirmationAsked)]


def asks_for_terms(event: TurnEvent) -> bool:
    """Tell whether an event is a call that only asks what it would come to."""
    return (
        isinstance(event, OperationRequested)
        and event.event["sessionAttributes"].get("confirmation") == TERMS_WANTED
    )


def call_of(event: TurnEvent) -> tuple[str, dict[str, str]] | None:
    """Return the operation that an event calls, or asks the terms of, with its arguments."""
    if not isinstance(event, OperationRequested):
        return None
    entries = list(event.event["parameters"])
    body = event.event.get("requestBody")
    if body:
        entries += body["content"]["application/json"]["properties"]
    return event.operation_id, {entry["name"]: entry["value"] for entry in entries}


class Chat:
    """One person's conversation with a brain and a seeded bank, whose bus delivers at once."""

    def __init__(
        self,
        *,
        user_id: str = "user-maria",
        bank: World | None = None,
        make_brain: MakeBrain = offline_brain,
        send: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> None:
        self.bank = bank or seeded_bank()
        self.brain = make_brain(self.bank.clock)
        agent = LocalAgent(
            self.brain,
            send or self._send,
            self.bank.mint,
            operations=operations_in_schema(),
            user_id=user_id,
            clock=self.bank.clock,
        )
        self.conversation = Conversation(agent)

    def say(self, text: str) -> Turn:
        return Turn(list(self.conversation.say(text)))

    def _send(self, event: dict[str, Any]) -> dict[str, Any]:
        handler = self.bank.handlers[event["actionGroup"]]
        answer: dict[str, Any] = through_json(handler(event, None))
        return answer


# --- cases ---


@dataclass(frozen=True)
class Case:
    """A labelled utterance."""

    text: str
    language: str
    expect: Mapping[str, Any]
    user: str = "user-maria"
    before: tuple[str, ...] = ()

    @property
    def operation(self) -> str | None:
        return self.expect.get("operation")

    @property
    def arguments(self) -> dict[str, str]:
        return {name: str(value) for name, value in (self.expect.get("arguments") or {}).items()}

    @property
    def asks_for_no_money(self) -> bool:
        return self.operation not in MONEY


def read_cases(path: Path) -> list[Case]:
    return [
        Case(
            text=entry["text"],
            language=entry["language"],
            expect=entry["expect"],
            user=entry.get("user", "user-maria"),
            before=tuple(entry.get("before", ())),
        )
        for entry in safe_load(path.read_text(encoding="utf-8"))
    ]


@dataclass(frozen=True)
class Mark:
    """How a case went; `problem` is empty when it went as labelled."""

    case: Case
    problem: str
    moved_money: bool
    """Whether an operation that changes something was proposed or called."""


def play(case: Case, make_brain: MakeBrain = offline_brain) -> Mark:
    """Play a case with a bank of its own, and compare its last turn with the label."""
    chat = Chat(user_id=case.user, make_brain=make_brain)
    for text in case.before:
        chat.say(text)
    waiting = chat.conversation.pending
    turn = chat.say(case.text)
    turn.waited = None if waiting is None else (waiting.operation_id, dict(waiting.arguments))
    asked_for = tuple(getattr(chat.brain, "awaiting", None) or ())
    problems = list(_problems(case, turn, asked_for))
    moved = any(operation in MONEY for operation, _ in turn.calls)
    return Mark(case, "; ".join(problems), moved)


def _problems(case: Case, turn: Turn, asked_for: tuple[str, ...]) -> Iterator[str]:
    said = case.expect.get("says")
    if said and not _says(turn.text, lexicon(case.language).replies[said]):  # type: ignore[arg-type]
        yield f"says {said}, but: {turn.text}"
    asks = case.expect.get("asks")
    if asks == "confirmation" and turn.outcome == "confirmation":
        asks = None
    if asks and not (turn.outcome == "asked" and asks in asked_for):
        yield f"asks {asks}, but: {turn.outcome} {asked_for}"
    calls = turn.calls
    if case.operation is None:
        others = [operation for operation, _ in calls if operation not in _HELPERS]
        if others or (calls and turn.outcome != "asked"):
            yield f"calls nothing, but: {calls}"
        return
    if case.operation in MONEY:
        calls = [call for call in calls if call[0] in MONEY] or calls
    if not calls or calls[-1][0] != case.operation:
        yield f"calls {case.operation}, but: {calls} {turn.outcome}"
        return
    given = calls[-1][1]
    for name, wanted in case.arguments.items():
        if not agrees(name, wanted, given.get(name), given):
            yield f"{name}={wanted!r}, but: {given.get(name)!r}"


def _says(text: str, sentence: str) -> bool:
    """Tell whether a text has a sentence, whatever its fields are filled with."""
    return all(literal in text for literal, *_ in Formatter().parse(sentence))


def agrees(name: str, wanted: str, given: str | None, arguments: Mapping[str, str]) -> bool:
    """Tell whether an argument is as wanted: amounts by value, days by the day, words by words.

    An empty one is not to be given.
    """
    if given is None or not wanted:
        return not (given or wanted)
    compare = _COMPARE.get(name)
    if compare is not None:
        return compare(wanted, given)
    return wanted == given or _same_amount(wanted, given)


def _same_amount(wanted: str, given: str) -> bool:
    try:
        return Decimal(wanted) == Decimal(given)
    except InvalidOperation:
        return False


def _same_words(wanted: str, given: str) -> bool:
    return " ".join(fold(wanted).split()) == " ".join(fold(given).split())


def _has_words(wanted: str, given: str) -> bool:
    return words_of(wanted) <= words_of(given)


def _same_day(wanted: str, given: str) -> bool:
    return _day(wanted) == _day(given)


def _day(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return (moment.astimezone(BANK_ZONE) if moment.tzinfo else moment).date().isoformat()


_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    "amount": _same_amount,
    "unit_price": _same_amount,
    "search": _has_words,
    "description": _same_words,
    "name": _same_words,
    "alias": _same_words,
    "from_date": _same_day,
    "to_date": _same_day,
}
