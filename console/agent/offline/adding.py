"""Adding a beneficiary: read who it is, ask for what is not said, propose, tell the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.agent.brain import CallOutcome
from console.agent.offline.memory import AddFrame
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Flow, Talk
from shared.text import fold


@dataclass(slots=True)
class Introduction:
    """The parts of a beneficiary; what is not said is empty."""

    name: str = ""
    alias: str = ""
    account_id: str = ""
    relationship: str = ""
    unread: str = ""


_MARKS: Final = {"name_is": "name", "alias_is": "alias", "account_is": "account_id"}
_BLOCKS: Final = (
    *("negation", "cancel", "later", "condition", "joke", "others", "past_mark", "injected"),
    *("quote", "quoting"),
)


def read_introduction(reading: Reading) -> Introduction:
    """Return what a message says of somebody to add: words up to a sign or what names a field."""
    said, tokens, words = Introduction(), reading.said.tokens, reading.words
    field = ""
    runs: dict[str, list[list[int]]] = {"": [], "name": [], "alias": []}
    is_open, place = False, 0
    while place < len(tokens):
        token = tokens[place]
        mark = words.match(tokens, place, *_MARKS)
        lead = words.match(tokens, place, "add_frame", "courtesy", "register", "will", "correcting")
        is_verb = any(verb.act in {"add", "give", "send"} for verb in words.verbs_of(token))
        if token.is_identifier:
            said.account_id, is_open, field = token.said, False, ""
        elif mark is not None and not (mark.kind == "alias_is" and _is_lead(reading, place)):
            field, is_open = _MARKS[mark.kind], False
            place += mark.length
            continue
        elif field == "account_id" and any(c.isdigit() for c in token.said):
            said.account_id += token.said
        elif token.is_sign or lead is not None or (is_verb and not runs["name"]):
            is_open, field = False, "" if token.said != ":" else field
            place += lead.length if lead is not None else 1
            continue
        elif token.is_word and field != "account_id":
            is_little = words.match(tokens, place, "particle", "article", "to", "also", "and")
            if is_open:
                runs[field][-1][1] = place + 1
            elif is_little is None or words.match(tokens, place, "possessive", "definite"):
                runs[field].append([place, place + 1])
                is_open = True
        place += 1
    _put(reading, said, runs)
    said.unread = reading.quoted([part for part in reading.parts if part.kind in _BLOCKS])
    return said


def _is_lead(reading: Reading, place: int) -> bool:
    """Tell whether "como" leads to no alias: "como beneficiario"."""
    return reading.words.match(reading.said.tokens, place + 1, "add_frame") is not None


def _put(reading: Reading, said: Introduction, runs: dict[str, list[list[int]]]) -> None:
    quotes = {field: [_quote(reading, run) for run in found] for field, found in runs.items()}
    said.name = next(filter(None, quotes["name"]), "")
    said.alias = next(filter(None, quotes["alias"]), "")
    for called in filter(None, quotes[""]):
        relation, after = _relation(reading, called)
        if relation and not said.alias:
            said.alias, said.name = called, said.name or after
        elif not said.name:
            said.name = called
        elif not said.alias:
            said.alias = called
    said.relationship = _relation(reading, said.alias)[0]


def _quote(reading: Reading, run: list[int]) -> str:
    """Return a run of words without the little ones at its ends."""
    first, last = run
    tokens, words = reading.said.tokens, reading.words
    while last > first and words.match(tokens, last - 1, "particle", "to", "courtesy", "and"):
        last -= 1
    while (
        first < last
        and words.match(tokens, first, "to")
        and not words.match(tokens, first, "possessive")
    ):
        first += 1
    return reading.said.quote(first, last)


def _relation(reading: Reading, called: str) -> tuple[str, str]:
    """Return the word that says what somebody is, and the name after it: "mi tía Lupita"."""
    words = called.split()
    for place, word in enumerate(words):
        if reading.words.match_word(fold(word), "relation"):
            return word, " ".join(words[place + 1 :])
    return "", ""


def merge(frame: AddFrame, said: Introduction) -> bool:
    """Put what is said into a frame; return whether anything is."""
    frame.name = said.name or frame.name
    frame.alias = said.alias or frame.alias
    frame.account_id = said.account_id or frame.account_id
    frame.relationship = said.relationship or frame.relationship
    frame.unread = said.unread
    return bool(said.name or said.alias or said.account_id)


def frame_of(arguments: Mapping[str, Any]) -> AddFrame:
    """Return the frame of a call of addBeneficiary, for its amendment."""
    return AddFrame(
        **{
            name: str(arguments.get(name, ""))
            for name in ("name", "alias", "account_id", "relationship")
        }
    )


def add(talk: Talk, frame: AddFrame) -> Flow:
    """Go on with a beneficiary as far as what is known allows."""
    talk.memory.resume(frame)
    who = frame.alias or frame.name
    if not who:
        yield talk.ask("ask_whom_to_add", "name")
    elif not frame.name:
        yield talk.ask("ask_name", "name", who=who)
    elif not frame.account_id:
        yield talk.ask("ask_beneficiary_account", "account", who=who)
    elif not frame.alias:
        yield talk.ask("ask_alias", "alias")
    else:
        outcome = yield from talk.propose(
            "addBeneficiary",
            name=frame.name,
            alias=frame.alias,
            account_id=frame.account_id,
            relationship=frame.relationship,
        )
        yield from added(talk, frame, outcome)


def added(talk: Talk, frame: AddFrame, outcome: CallOutcome) -> Flow:
    """Tell what became of it."""
    refusal = talk.not_done(outcome)
    if refusal is not None:
        error = (outcome.body or {}).get("error", {})
        if str(error.get("code", "")).startswith("ALIAS_"):
            frame.alias, talk.memory.asked_for = "", ("alias",)
        yield refusal
        return
    body = outcome.body or {}
    talk.memory.drop()
    beneficiary = body["beneficiary"]
    if body.get("repeated"):
        yield talk.say("add_repeated")
        return
    yield talk.say("added", name=beneficiary["name"], alias=beneficiary["alias"])
