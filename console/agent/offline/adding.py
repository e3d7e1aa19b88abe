"""Adding a beneficiary: ask for what is not said, propose, tell the outcome."""

from collections.abc import Mapping
from typing import Any

from console.agent.brain import CallOutcome
from console.agent.offline.introductions import Introduction
from console.agent.offline.memory import AddFrame
from console.agent.offline.talk import Flow, Talk


def merge(frame: AddFrame, said: Introduction) -> bool:
    """Put what is said into a frame; return whether anything is."""
    frame.name = said.name or frame.name
    frame.alias = said.alias or frame.alias
    frame.account_id = said.account_id or frame.account_id
    frame.relationship = said.relationship or frame.relationship
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
