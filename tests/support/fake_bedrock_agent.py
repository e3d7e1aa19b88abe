"""Amazon Bedrock's `InvokeAgent` on this machine, with the real action groups behind it.

A mind decides like a model: it is given what was said and answered so far, and replies with text or
calls. This orchestrates as Bedrock documents it: calls run with the attributes of the session, what
needs a confirmation is returned, and results let it go on.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

from console.agent import invocation
from console.agent.operations import AgentOperation
from tests.support.aws_model import aws_client, violations
from tests.support.event_stream import CONTENT_TYPE, event
from tests.support.fake_openai import Reply, ToolCall
from tests.support.http_server import Answer, LocalServer
from tests.support.world import operations_in_schema, through_json

AGENT_ID, ALIAS_ID = "AGENT12345", "ALIAS12345"

Memory = list[tuple[str, Any]]
"""What happened: `("user", text)`, `("declined", operation_id)`, `(operation_id, body)`."""

Mind = Callable[[Memory], Reply]

_PATH = re.compile(r"^/agents/([^/]+)/agentAliases/([^/]+)/sessions/([^/]+)/text$")
_CHUNK_BYTES = 5


class Bank(Protocol):
    """What has the functions of the action groups, by group."""

    handlers: dict[str, Any]


@dataclass
class Session:
    """What the service keeps of a conversation."""

    memory: Memory = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    invocation_id: str | None = None
    pending: list[tuple[AgentOperation, dict[str, str]]] = field(default_factory=list)


class FakeBedrockAgent(LocalServer):
    """The endpoint of one agent.

    `refusals` are answered instead of the next requests; `disturbances` change the answers to the
    next requests that were carried out.
    """

    def __init__(self, mind: Mind, bank: Bank) -> None:
        super().__init__()
        self.mind = mind
        self.bank = bank
        self.sessions: dict[str, Session] = {}
        self.requests: list[dict[str, Any]] = []
        self.invocations: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.refusals: list[Answer] = []
        self.disturbances: list[Callable[[Answer], Answer]] = []
        self.traces_results = False
        """Whether the trace of results repeats what was called, and tells how it was declined."""
        self._returned = 0

    def client(self, read_timeout: float = 5) -> Any:
        """Return the real client of this endpoint."""
        return aws_client("bedrock-agent-runtime", self.url, read_timeout)

    def respond(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        matched = _PATH.match(path)
        assert matched, path
        agent_id, alias_id, session_id = map(unquote, matched.groups())
        ids = {"agentId": agent_id, "agentAliasId": alias_id, "sessionId": session_id}
        request = ids | json.loads(body)
        self.requests.append(request)
        if self.refusals:
            return self.refusals.pop(0)
        if found := violations("bedrock-agent-runtime", "InvokeAgent", request):
            return self._refuse("; ".join(found))
        if (agent_id, alias_id) != (AGENT_ID, ALIAS_ID):
            return refusal(404, "ResourceNotFoundException", "no such agent alias")
        session = self.sessions.setdefault(session_id, Session())
        if wrong := _wrong_with(request, session):
            return self._refuse(wrong)
        frames = tuple(self._turn(request, session))
        answer = Answer(
            200,
            frames,
            CONTENT_TYPE,
            headers={
                "x-amzn-bedrock-agent-content-type": "application/json",
                "x-amz-bedrock-agent-session-id": session_id,
            },
        )
        return self.disturbances.pop(0)(answer) if self.disturbances else answer

    def _refuse(self, message: str) -> Answer:
        self.violations.append(message)
        return refusal(400, "ValidationException", message)

    def _turn(self, request: dict[str, Any], session: Session) -> Iterator[bytes]:
        state = request.get("sessionState", {})
        session.attributes |= state.get("sessionAttributes", {})
        if results := state.get("returnControlInvocationResults"):
            yield from self._take_results(request, session, results)
        else:
            session.memory.append(("user", request["inputText"]))
        while True:
            reply = self.mind(session.memory)
            if reply.text:
                yield from _chunks(reply.text)
            if not reply.calls:
                return
            if any(operations_in_schema()[made.name].confirm for made in reply.calls):
                yield from self._return_control(request, session, reply.calls)
                return
            for made in reply.calls:
                operation = operations_in_schema()[made.name]
                arguments = _as_text(made)
                yield _trace(request, _invocation_input(operation, arguments, "LAMBDA"))
                yield self._invoke(request, session, operation, arguments)

    def _return_control(
        self, request: dict[str, Any], session: Session, calls: tuple[ToolCall, ...]
    ) -> Iterator[bytes]:
        self._returned += 1
        session.invocation_id = f"returned-{self._returned}"
        session.pending = [(operations_in_schema()[c.name], _as_text(c)) for c in calls]
        for operation, arguments in session.pending:
            yield _trace(request, _invocation_input(operation, arguments, "RETURN_CONTROL"))
        inputs = [{"apiInvocationInput": _returned_input(*call)} for call in session.pending]
        yield event(
            "returnControl", {"invocationId": session.invocation_id, "invocationInputs": inputs}
        )

    def _take_results(
        self, request: dict[str, Any], session: Session, results: list[dict[str, Any]]
    ) -> Iterator[bytes]:
        pending, session.pending, session.invocation_id = session.pending, [], None
        for (operation, arguments), result in zip(pending, results, strict=True):
            if self.traces_results:
                yield _trace(request, _invocation_input(operation, arguments, "LAMBDA"))
            if result["apiResult"]["confirmationState"] == "CONFIRM":
                yield self._invoke(request, session, operation, arguments)
                continue
            session.memory.append(("declined", operation.operation_id))
            if self.traces_results:
                declined = {"actionGroupInvocationOutput": {"text": '{"result": "denied"}'}}
                yield _trace(request, {"observation": declined})

    def _invoke(
        self,
        request: dict[str, Any],
        session: Session,
        operation: AgentOperation,
        arguments: dict[str, str],
    ) -> bytes:
        """Call the action group as the service does, and return the trace of its answer."""
        called = invocation.invocation(
            operation,
            arguments,
            session_id=request["sessionId"],
            session_attributes=session.attributes,
            input_text=request.get("inputText", ""),
        )
        self.invocations.append(called)
        answer = through_json(self.bank.handlers[operation.group](called, None))
        session.attributes = dict(answer.get("sessionAttributes", session.attributes))
        text = answer["response"]["responseBody"]["application/json"]["body"]
        session.memory.append((operation.operation_id, json.loads(text)))
        observed = {"text": text, "metadata": {"totalTimeMs": 7}}
        observation = {"actionGroupInvocationOutput": observed, "type": "ACTION_GROUP"}
        return _trace(request, {"observation": {"traceId": "trace-1", **observation}})


def refusal(status: int, code: str, message: str = "no") -> Answer:
    """Return an error as the service answers one before it streams."""
    body = json.dumps({"message": message}).encode()
    return Answer(status, (body,), headers={"x-amzn-ErrorType": code})


def _wrong_with(request: dict[str, Any], session: Session) -> str | None:
    """Return what Bedrock would refuse, beyond what its model says."""
    state = request.get("sessionState", {})
    results = state.get("returnControlInvocationResults")
    if not results and not request.get("inputText") and not request.get("endSession"):
        return "inputText or returnControlInvocationResults is needed"
    if results is None:
        # Undocumented: no conversation should rely on what happens then.
        return "inputText while control is returned" if session.invocation_id else None
    if session.invocation_id is None or state.get("invocationId") != session.invocation_id:
        return f"unknown invocationId {state.get('invocationId')}"
    given = [_route(result["apiResult"]) for result in results]
    wanted = [(o.group, o.path, o.method) for o, _ in session.pending]
    return None if given == wanted else f"results for {given}, wanted are {wanted}"


def _route(result: dict[str, Any]) -> tuple[Any, ...]:
    return result["actionGroup"], result.get("apiPath"), result.get("httpMethod")


def _as_text(made: ToolCall) -> dict[str, str]:
    return {name: str(value) for name, value in json.loads(made.arguments).items()}


def _split(
    operation: AgentOperation, arguments: dict[str, str]
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the entries of the parameters and those of the body."""
    made = invocation.invocation(operation, arguments, session_id="", session_attributes={})
    content = made.get("requestBody", {}).get("content", {}).get("application/json", {})
    return made["parameters"], content.get("properties", [])


def _returned_input(operation: AgentOperation, arguments: dict[str, str]) -> dict[str, Any]:
    parameters, properties = _split(operation, arguments)
    returned: dict[str, Any] = {
        "actionGroup": operation.group,
        "actionInvocationType": "USER_CONFIRMATION",
        "agentId": AGENT_ID,
        "apiPath": operation.path,
        "httpMethod": operation.method,
        "parameters": parameters,
    }
    if properties:
        returned["requestBody"] = {"content": {"application/json": {"properties": properties}}}
    return returned


def _invocation_input(
    operation: AgentOperation, arguments: dict[str, str], execution: str
) -> dict[str, Any]:
    parameters, properties = _split(operation, arguments)
    called: dict[str, Any] = {
        "actionGroupName": operation.group,
        "apiPath": operation.path,
        "executionType": execution,
        "verb": operation.method.lower(),
        "parameters": parameters,
    }
    if properties:
        called["requestBody"] = {"content": {"application/json": properties}}
    return {
        "invocationInput": {
            "actionGroupInvocationInput": called,
            "invocationType": "ACTION_GROUP",
            "traceId": "trace-1",
        }
    }


def _trace(request: dict[str, Any], step: dict[str, Any]) -> bytes:
    part = {
        "agentId": AGENT_ID,
        "agentAliasId": ALIAS_ID,
        "agentVersion": "DRAFT",
        "sessionId": request["sessionId"],
        "eventTime": "2026-11-22T15:00:00.123Z",
        "trace": {"orchestrationTrace": step},
    }
    return event("trace", part)


def _chunks(text: str) -> Iterator[bytes]:
    """Yield a text in pieces that care for no character."""
    encoded = text.encode()
    for start in range(0, len(encoded), _CHUNK_BYTES):
        piece = encoded[start : start + _CHUNK_BYTES]
        yield event("chunk", {"bytes": base64.b64encode(piece).decode()})
