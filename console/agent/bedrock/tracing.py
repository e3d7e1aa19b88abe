"""The trace of a deployed agent: its steps, and the calls among them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from time import monotonic
from typing import Any, Final

from action_groups import all_groups
from console.agent import invocation
from console.agent.bedrock.returned import as_arguments, find
from console.agent.brain import Call
from console.agent.calls import CheckedCall
from console.agent.events import OperationAnswered, OperationRequested
from console.agent.operations import AgentOperation
from shared import json_text
from shared.clock import to_iso
from shared.errors import CentliError

_OK: Final = 200
_REFUSED: Final = 400


class TracedCalls:
    """Reads the calls of action groups out of the trace of one request.

    The trace tells what an operation was given and what body it answered, not the event and the
    status: those are made from it. `confirmed` are the calls that the request let go ahead: the
    trace of such a request may start with their answers. What the trace tells of `declined` calls
    is how they were declined.
    """

    def __init__(
        self,
        operations: Mapping[str, AgentOperation],
        *,
        confirmed: Sequence[CheckedCall],
        declined: Sequence[CheckedCall],
        new_id: Callable[[], str],
        session_id: str,
        session_attributes: Mapping[str, str],
        input_text: str,
        agent: Mapping[str, str],
    ) -> None:
        self._operations = operations
        self._confirmed = list(confirmed)
        self._declined = list(declined)
        self._new_id = new_id
        self._session_id = session_id
        self._session_attributes = session_attributes
        self._input_text = input_text
        self._agent = agent
        self._called: CheckedCall | None = None
        self._is_requested = False
        self._since = monotonic()
        self._answers: list[tuple[CheckedCall, int, dict[str, Any]]] = []

    def new_answers(self) -> list[tuple[CheckedCall, int, dict[str, Any]]]:
        """Return the calls answered since this was last asked, with their statuses and bodies."""
        answers, self._answers = self._answers, []
        return answers

    def read(self, part: Mapping[str, Any]) -> Iterator[OperationRequested | OperationAnswered]:
        """Yield what a part of the trace tells of a call."""
        step = part.get("trace", {}).get("orchestrationTrace", {})
        called = step.get("invocationInput", {}).get("actionGroupInvocationInput")
        if called is not None:
            yield from self._requested(called)
        answered = step.get("observation", {}).get("actionGroupInvocationOutput")
        if answered is not None:
            yield from self._observed(answered)

    def _requested(self, given: Mapping[str, Any]) -> Iterator[OperationRequested]:
        operation = find(self._operations, given.get("actionGroupName"), given.get("verb"), given)
        self._called = None
        if operation is None:
            return
        content = (given.get("requestBody") or {}).get("content") or {}
        body = [field for fields in content.values() for field in fields]
        arguments = as_arguments([*given.get("parameters", []), *body])
        call = Call(self._new_id(), operation.operation_id, arguments)
        checked = CheckedCall(call, operation, arguments)
        if any(checked.key == declined.key for declined in self._declined):
            return
        self._called = checked
        self._is_requested = not operation.confirm
        if self._is_requested:
            yield self._request(checked)

    def _observed(
        self, output: Mapping[str, Any]
    ) -> Iterator[OperationRequested | OperationAnswered]:
        """Yield an answer, and its request where only the answer shows that it was sent."""
        called, self._called = self._called or next(iter(self._confirmed), None), None
        body = _body(output.get("text"))
        if called is None or body is None:
            return
        self._confirmed = [c for c in self._confirmed if c.key != called.key]
        if not self._is_requested:
            yield self._request(called)
        self._is_requested = False
        status = _status(body)
        self._answers.append((called, status, body))
        taken = output.get("metadata", {}).get("totalTimeMs")
        milliseconds = round((monotonic() - self._since) * 1000) if taken is None else int(taken)
        yield OperationAnswered(
            called.call.call_id,
            called.operation.operation_id,
            {"actionGroupInvocationOutput": as_json_ready(output)},
            status,
            body,
            milliseconds,
        )

    def _request(self, called: CheckedCall) -> OperationRequested:
        self._since = monotonic()
        event = invocation.invocation(
            called.operation,
            called.arguments,
            session_id=self._session_id,
            session_attributes=self._session_attributes,
            input_text=self._input_text,
        ) | {"agent": {"id": self._agent["agentId"], "alias": self._agent["agentAliasId"]}}
        return OperationRequested(called.call.call_id, called.operation.operation_id, event)


def _body(text: Any) -> dict[str, Any] | None:
    """Return the body that an operation answered; None where the trace has another text."""
    try:
        body = json_text.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _status(body: Mapping[str, Any]) -> int:
    """Return the status that goes with a body: an error is a refusal, whatever is said beside it.

    A change that failed later has an error as well, and is one that was made: it has a `status`.
    """
    error = body.get("error")
    if not isinstance(error, Mapping) or "status" in body:
        return _OK
    return _statuses().get(str(error.get("code")), _REFUSED)


@cache
def _statuses() -> dict[str, int]:
    """Return the status of every error that there is, by its code."""
    all_groups()
    found: dict[str, int] = {}
    kinds: list[type[CentliError]] = [CentliError]
    while kinds:
        kind = kinds.pop()
        found[kind.code] = kind.status
        kinds += kind.__subclasses__()
    return found


def as_json_ready(value: Any) -> Any:
    """Return a part of a trace with times and bytes as text."""
    if isinstance(value, Mapping):
        return {name: as_json_ready(member) for name, member in value.items()}
    if isinstance(value, list):
        return [as_json_ready(member) for member in value]
    if isinstance(value, datetime):
        return to_iso(value)
    return value.decode(errors="replace") if isinstance(value, bytes) else value
