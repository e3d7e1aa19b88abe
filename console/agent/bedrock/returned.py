"""Returned control: the calls that an agent wants confirmed, and the results to send back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.agent.brain import Call
from console.agent.calls import CallKey, CheckedCall
from console.agent.events import Decision
from console.agent.operations import AgentOperation
from shared import json_text

_CONFIRMATION: Final = "USER_CONFIRMATION"


@dataclass
class Wanted:
    """One call that the agent wants, the bank's terms for it, and what the person decided."""

    member: Mapping[str, Any]
    """The invocation input, as Bedrock sent it."""
    checked: CheckedCall | None
    """None where nobody is asked, and the call is declined."""
    request_id: str
    """Counts it once, however often it has to be sent."""
    asked_id: str
    """What the person is asked under, another one each time."""
    confirmation: Mapping[str, Any] | None = None
    """What the bank answered to be shown, once it was asked."""
    proof: str | None = None
    """That the person said yes to that, once it was made."""
    decision: Decision | None = None
    refusal: Mapping[str, Any] | None = None
    """The error that the bank answered instead of terms."""

    @property
    def key(self) -> CallKey:
        """What makes it the same call as another."""
        assert self.checked is not None
        return self.checked.key

    @property
    def result(self) -> dict[str, Any]:
        """What the agent is told: confirmed, or else declined, and why the bank would not."""
        is_api = "apiInvocationInput" in self.member
        given = given_of(self.member)
        names = (
            "actionGroup",
            "agentId",
            *(("apiPath", "httpMethod") if is_api else ("function",)),
        )
        result = {name: given[name] for name in names if given.get(name)}
        if given.get("actionInvocationType") == "RESULT":
            result["responseState"] = "FAILURE"
        else:
            result["confirmationState"] = self.decision or "DENY"
        if self.refusal is not None:
            result["responseBody"] = {
                "application/json": {"body": json_text.dumps({"error": self.refusal})}
            }
        return {"apiResult" if is_api else "functionResult": result}

    def refuse(self, error: Mapping[str, Any]) -> None:
        """Decline it without asking anybody, as the bank would not do it."""
        self.decision, self.refusal = "DENY", error

    def take_up(self, before: "Wanted") -> None:
        """Go on where the same call was left: under its id, with its terms and its proof."""
        self.request_id = before.request_id
        self.confirmation, self.proof = before.confirmation, before.proof


@dataclass
class Returned:
    """Control as it was returned, until every call has its result."""

    invocation_id: str
    wanted: list[Wanted]

    def of(self, asked_id: str) -> Wanted:
        """Return the call that was asked about under this id. Raises KeyError."""
        for wanted in self.undecided:
            if wanted.asked_id == asked_id:
                return wanted
        raise KeyError(asked_id)

    @property
    def undecided(self) -> list[Wanted]:
        """The calls to ask about that are not decided yet."""
        return [w for w in self.wanted if w.checked is not None and w.decision is None]

    @property
    def confirmed(self) -> list[Wanted]:
        """The calls that the person said yes to."""
        return [w for w in self.wanted if w.checked is not None and w.decision == "CONFIRM"]

    @property
    def declined(self) -> list[CheckedCall]:
        """The calls that the person said no to, or the bank."""
        return [w.checked for w in self.wanted if w.checked is not None and w.decision == "DENY"]

    @property
    def proofs(self) -> str:
        """The proofs of every yes, as the functions read them."""
        return " ".join(w.proof for w in self.confirmed if w.proof is not None)

    def decline(self) -> None:
        """Decline everything, what was already confirmed too."""
        for wanted in self.wanted:
            wanted.decision = "DENY"

    def forget_confirmations(self) -> None:
        """Forget every yes, to be asked for again."""
        for wanted in self.confirmed:
            wanted.decision = None

    @property
    def state(self) -> dict[str, Any]:
        """The part of the session state that gives the agent its results."""
        return {
            "invocationId": self.invocation_id,
            "returnControlInvocationResults": [wanted.result for wanted in self.wanted],
        }


def returned_by(
    control: Mapping[str, Any],
    operations: Mapping[str, AgentOperation],
    new_id: Callable[[], str],
) -> Returned:
    """Return control with the calls to ask about: of several that are equal, only the first."""
    members = control.get("invocationInputs", [])
    wanted = [Wanted(m, checked_call(m, operations, new_id()), new_id(), new_id()) for m in members]
    returned = Returned(control.get("invocationId", ""), wanted)
    taken: set[CallKey] = set()
    for each in returned.undecided:
        key = each.key
        if key in taken:
            each.checked = None
        taken.add(key)
    return returned


def given_of(member: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an invocation input holds, of an API or of a function."""
    given: Mapping[str, Any] = next(iter(member.values()), {})
    return given


def checked_call(
    member: Mapping[str, Any], operations: Mapping[str, AgentOperation], call_id: str
) -> CheckedCall | None:
    """Return the call to confirm; None for what is no confirmation of a known operation."""
    given = given_of(member)
    operation = find(operations, given.get("actionGroup"), given.get("httpMethod"), given)
    if operation is None or given.get("actionInvocationType") != _CONFIRMATION:
        return None
    content = (given.get("requestBody") or {}).get("content") or {}
    body = [field for properties in content.values() for field in properties.get("properties", [])]
    arguments = as_arguments([*given.get("parameters", []), *body])
    return CheckedCall(Call(call_id, operation.operation_id, arguments), operation, arguments)


def find(
    operations: Mapping[str, AgentOperation],
    group: str | None,
    method: str | None,
    given: Mapping[str, Any],
) -> AgentOperation | None:
    """Return the operation of a group, a method in any case, and an `apiPath`."""
    route = (group, (method or "").upper(), given.get("apiPath"))
    return next((o for o in operations.values() if (o.group, o.method, o.path) == route), None)


def as_arguments(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return parameters by name."""
    return {entry["name"]: entry["value"] for entry in entries if _is_complete(entry)}


def _is_complete(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("name")) and entry.get("value") is not None


def called(wanted: Wanted) -> str:
    """Return what a call is called, for a person."""
    given = given_of(wanted.member)
    return f"{given.get('actionGroup', '?')} {given.get('apiPath') or given.get('function', '?')}"
