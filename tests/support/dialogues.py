"""Plays whole dialogues to a brain over a seeded bank in memory, and marks them turn by turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from console.agent.events import ConfirmationAsked
from console.fast_yaml import safe_load
from tests.support.utterances import (
    DATA,
    MONEY,
    Chat,
    MakeBrain,
    Turn,
    agrees,
    asks_for_terms,
    call_of,
    offline_brain,
)

OWN_DIALOGUES = DATA / "dialogues.yaml"
BLIND = DATA / "dialogues_blind.yaml"
BLIND_TERMS = DATA / "terms_blind.yaml"

Call = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Dialogue:
    """What a person says, and what must be true after each turn and at the end."""

    id: str
    language: str
    user: str
    turns: tuple[tuple[str, str], ...]
    moved: Mapping[str, Decimal]


def read_dialogues(path: Path) -> list[Dialogue]:
    """Read the dialogues of a file; its first lines tell the form."""
    return [
        Dialogue(
            id=str(entry["id"]),
            language=entry["language"],
            user=entry.get("user", "user-maria"),
            turns=tuple((str(text), str(wanted)) for text, wanted in entry["turns"]),
            moved={k: Decimal(str(v)) for k, v in (entry.get("moved") or {}).items()},
        )
        for entry in safe_load(path.read_text(encoding="utf-8"))
    ]


def problems_of(dialogue: Dialogue, make_brain: MakeBrain = offline_brain) -> list[str]:
    """Play a dialogue and return what did not go as it should, by turn."""
    chat = Chat(user_id=dialogue.user, make_brain=make_brain)
    before = _balances(chat)
    problems: list[str] = []
    for number, (text, wanted) in enumerate(dialogue.turns, start=1):
        waited = _waiting(chat)
        turn = chat.say(text)
        clauses = filter(None, (part.strip() for part in wanted.split(";")))
        failed = [clause for clause in clauses if not _holds(clause, chat, turn, waited)]
        problems += [f"turn {number}: {clause}" for clause in failed]
    after = _balances(chat)
    problems += [
        f"moved {name}"
        for name in sorted(after)
        if after.get(name, Decimal(0)) - before.get(name, Decimal(0))
        != dialogue.moved.get(name, Decimal(0))
    ]
    return problems


@dataclass(frozen=True)
class Talk:
    """What a person says, and the orders that it comes to in the end."""

    language: str
    user: str
    turns: tuple[str, ...]
    meant: tuple[str, ...]
    reads: str
    may_ask: bool


def read_talks(path: Path) -> list[Talk]:
    """Read the talks of a file; its first lines tell the form."""
    return [
        Talk(
            language=entry["language"],
            user=entry.get("user", "user-maria"),
            turns=tuple(map(str, entry["turns"])),
            meant=tuple(entry["meant"]),
            reads=entry.get("reads", ""),
            may_ask=entry.get("may_ask", False),
        )
        for entry in safe_load(path.read_text(encoding="utf-8"))
    ]


def mark_of(talk: Talk, make_brain: MakeBrain = offline_brain) -> tuple[bool, bool]:
    """Play a talk, and tell whether it ended right, and whether it came to terms not meant.

    Each order that waits in the end is told by saying no to the one before it.
    """
    chat = Chat(user_id=talk.user, make_brain=make_brain)
    turns = [chat.say(text) for text in talk.turns]
    answered = list(_carried_out(turns[-1]))
    orders = [call for turn in turns for call in _carried_out(turn) if call[0] in MONEY]
    shown: Call | None = None
    while (waiting := _waiting(chat)) is not None and waiting != shown:
        shown = waiting
        orders.append(waiting)
        chat.say("no")
    meant = [order.split() for order in talk.meant]
    not_meant = False
    for call in orders:
        fits = next((words for words in meant if _is(call, words)), None)
        if fits is None:
            not_meant = True
        else:
            meant.remove(fits)
    answers = not talk.reads or any(_is(call, talk.reads.split()) for call in answered)
    return not not_meant and (talk.may_ask or (not meant and answers)), not_meant


def _balances(chat: Chat) -> dict[str, Decimal]:
    """Return what is on the accounts of customers; retailers' are no part of a dialogue."""
    return {
        item["account_id"]: Decimal(item["balance"])
        for item in chat.bank.items("accounts")
        if item["user_id"].startswith("user-")
    }


def _waiting(chat: Chat) -> Call | None:
    pending: ConfirmationAsked | None = chat.conversation.pending
    return None if pending is None else (pending.operation_id, dict(pending.arguments))


def _carried_out(turn: Turn) -> Iterator[Call]:
    for event in turn.events:
        if not asks_for_terms(event) and (call := call_of(event)) is not None:
            yield call


def _holds(clause: str, chat: Chat, turn: Turn, waited: Call | None) -> bool:
    verb, *words = clause.split()
    waiting, carried_out = _waiting(chat), list(_carried_out(turn))
    changes = [call for call in carried_out if call[0] in MONEY]
    if verb == "shows":
        return waiting is not None and _is(waiting, words)
    if verb in {"done", "reads"}:
        return any(_is(call, words) for call in carried_out)
    if verb == "asks":
        return not changes and (waiting is None or waiting == waited)
    if verb == "drops":
        return not changes and waiting is None
    raise ValueError(clause)


def _is(call: Call, words: list[str]) -> bool:
    """Tell whether a call is of an operation, with at least these arguments."""
    name, *pairs = words
    wanted: dict[str, str] = {}
    last = ""
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if sign:
            wanted[key], last = value, key
        else:
            wanted[last] += f" {pair}"
    return call[0] == name and all(
        agrees(key, value.strip("\"'"), call[1].get(key), call[1]) for key, value in wanted.items()
    )
