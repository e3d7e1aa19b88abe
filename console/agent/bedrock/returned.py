"""Returned control: the calls that an agent wants confirmed, and the results to send back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.agent.brain import Call
from console.agent.calls import CheckedCall
from console.agent.events import Decision
from console.agent.operations import AgentOperation

_CONFIRMATION: Final = "USER_CONFIRMATION"


@dataclass
class Wanted:
    """One call that the agent wants, and what the person decided of it so far."""

    member: Mapping[str, Any]
    """The invocation input, as Bedrock sent it."""
    checked: CheckedCall | None
    """None where nobody is asked, and the call is declined."""
    asked_id: str
    decision: Decision | None = None

    @property
    def result(self) -> dict[str, Any]:
        """What the agent is told: confirmed, or else declined."""
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
        return {"apiResult" if is_api else "functionResult": result}


@dataclass
class Returned:
    """Control as it was returned, until every call has its result."""

    invocation_id: str
    wanted: list[Wanted]
    request_id: str
    """Counts what is confirmed once, however often it has to be sent."""

    def of(self, asked_id: str) -> Wanted:
        """Return the call that was asked about under this id. Raises KeyError."""
        for wanted in self.wanted:
            if wanted.checked is not None and wanted.asked_id == asked_id:
                return wanted
        raise KeyError(asked_id)

    @property
    def undecided(self) -> list[Wanted]:
        """The calls to ask about that the person has not decided yet."""
        return [w for w in self.wanted if w.checked is not None and w.decision is None]

    @property
    def confirmed(self) -> list[CheckedCall]:
        """The calls that the person said yes to."""
        return self._decided("CONFIRM")

    @property
    def declined(self) -> list[CheckedCall]:
        """The calls that the person said no to."""
        return self._decided("DENY")

    def _decided(self, decision: Decision) -> list[CheckedCall]:
        return [w.checked for w in self.wanted if w.checked is not None and w.decision == decision]

    def decline(self) -> None:
        """Decline everything, what was already confirmed too."""
        for wanted in self.wanted:
            wanted.decision = "DENY"

    def forget_confirmations(self) -> None:
        """Forget every yes, to be asked for again."""
        for wanted in self.wanted:
            if wanted.decision == "CONFIRM":
                wanted.decision = None

    @property
    def state(self) -> dict[str, Any]:
        """The part of the session state that gives the agent its results."""
        return {
            "invocationId": self.invocation_id,
            "returnControlInvocationResults": [wanted.result for wanted in self.wanted],
        }


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
