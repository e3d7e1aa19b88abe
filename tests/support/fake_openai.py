"""A server of OpenAI's chat completions on this machine: as strict as any, scripted by a test."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.http_server import Answer, LocalServer

_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")
EVENTS = "text/event-stream"
_MODEL = "test-model"


@dataclass(frozen=True)
class ToolCall:
    """A call as a model writes it; `call_id` None leaves the id out, as sloppy servers do."""

    name: str
    arguments: str = "{}"
    call_id: str | None = "call-1"


@dataclass(frozen=True)
class Reply:
    """What a model answers: text, in pieces of one word, and calls, in fragments."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish: str | None = None


Script = Callable[[list[dict[str, Any]]], Reply | Answer]


def call(name: str, call_id: str | None = "call-1", /, **arguments: Any) -> Reply:
    """Return a reply that is one call."""
    return Reply(calls=(ToolCall(name, json.dumps(arguments), call_id),))


class FakeOpenAI(LocalServer):
    """The server: `script` answers each request, `violations` says what was wrong with requests."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.keys: list[str] = []

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def respond(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        request = json.loads(body)
        self.keys.append(headers["Authorization"])
        if path != "/v1/chat/completions":
            return _refusal(404, "no such path")
        self.requests.append(request)
        if found := violations(request):
            self.violations += found
            return _refusal(400, "; ".join(found))
        reply = self.script(request["messages"])
        return reply if isinstance(reply, Answer) else Answer(200, _events(reply), EVENTS)

    def outcomes(self) -> list[str]:
        """Return what the model was told of the calls of its last step."""
        texts: list[str] = []
        for message in reversed(self.requests[-1]["messages"]):
            if message["role"] == "tool":
                texts.insert(0, message["content"])
            elif texts or message["role"] != "user":
                break
        return texts


def _refusal(status: int, message: str) -> Answer:
    return Answer(status, (json.dumps({"error": {"message": message}}).encode(),))


def violations(request: dict[str, Any]) -> list[str]:
    """Return what a strict server would refuse in a request."""
    found = []
    if request.get("model") != _MODEL:
        found.append(f"no such model: {request.get('model')}")
    if request.get("stream") is not True:
        found.append("not streamed")
    for tool in request.get("tools", []):
        found += _tool_violations(tool)
    return found + list(_message_violations(request.get("messages") or []))


def _tool_violations(tool: dict[str, Any]) -> list[str]:
    function = tool.get("function", {})
    schema = function.get("parameters", {})
    found = []
    if tool.get("type") != "function" or not _NAME.match(function.get("name", "")):
        found.append(f"malformed tool {tool}")
    if not function.get("description"):
        found.append(f"{function.get('name')} is not described")
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        found.append(f"{function.get('name')} has no object of parameters")
    if not set(schema.get("required", [])) <= set(schema.get("properties", {})):
        found.append(f"{function.get('name')} requires what it has not")
    return found


def _message_violations(messages: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with the order of roles, and with the pairs of calls and outcomes."""
    roles = [message["role"] for message in messages]
    if roles[:2] != ["system", "user"] or roles.count("system") > 1:
        yield f"one system message and then the user's must come first: {roles}"
    if roles and roles[-1] == "assistant":
        yield "the last message is the assistant's own"
    for message in messages:
        if not message.get("content") and not message.get("tool_calls"):
            yield f"an empty message of {message['role']}"
    yield from _pair_violations(messages)


def _pair_violations(messages: list[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    owed: set[str] = set()
    for message in (*messages, {"role": "end"}):
        if message["role"] == "tool":
            if message["tool_call_id"] not in owed:
                yield f"an outcome of no open call: {message['tool_call_id']}"
            owed.discard(message["tool_call_id"])
            continue
        if owed:
            yield f"calls without an outcome: {owed}"
        owed = set()
        for made in message.get("tool_calls") or []:
            yield from _call_violations(made, seen)
            owed.add(made["id"])


def _call_violations(made: dict[str, Any], seen: set[str]) -> Iterator[str]:
    if not made.get("id") or made["id"] in seen:
        yield f"the id of a call is missing or was used: {made.get('id')}"
    seen.add(made["id"])
    if not _NAME.match(made["function"]["name"]):
        yield f"malformed name of a call: {made['function']['name']}"
    try:
        if not isinstance(json.loads(made["function"]["arguments"]), dict):
            yield "arguments are no object"
    except ValueError:
        yield "arguments are not JSON"


def _events(reply: Reply) -> tuple[bytes, ...]:
    """Return the server-sent events of a reply, the arguments of calls cut in three."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in re.findall(r"\S+\s*", reply.text)]
    for index, made in enumerate(reply.calls):
        head: dict[str, Any] = {
            "index": index,
            "type": "function",
            "function": {"name": made.name, "arguments": ""},
        }
        if made.call_id is not None:
            head["id"] = made.call_id
        deltas.append({"tool_calls": [head]})
        third = max(1, len(made.arguments) // 3)
        for start in range(0, len(made.arguments), third):
            fragment = made.arguments[start : start + third]
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": fragment}}]})
    finish = reply.finish or ("tool_calls" if reply.calls else "stop")
    events = [_event(delta, None) for delta in deltas] + [_event({}, finish)]
    return (*events, b"data: [DONE]\n\n")


def _event(delta: dict[str, Any], finish: str | None) -> bytes:
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": _MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


class Model:
    """A script: replies one after another, the last one again and again."""

    def __init__(self, *replies: Reply | Answer | Callable[[list[Any]], Reply]) -> None:
        self.replies = list(replies)

    def __call__(self, messages: list[dict[str, Any]]) -> Reply | Answer:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(messages) if callable(reply) else reply
