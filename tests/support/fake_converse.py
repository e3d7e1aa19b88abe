"""Amazon Bedrock's `ConverseStream` on this machine: real event streams, scripted by a test."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from tests.support.aws_model import aws_client, violations
from tests.support.event_stream import CONTENT_TYPE, event
from tests.support.fake_openai import Reply
from tests.support.http_server import Answer, LocalServer

Script = Callable[[list[dict[str, Any]]], Reply | Answer]

_PATH = re.compile(r"^/model/([^/]+)/converse-stream$")


class FakeConverse(LocalServer):
    """The endpoint; `violations` says what Bedrock would have refused."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.violations: list[str] = []

    def client(self, read_timeout: float = 5) -> Any:
        """Return the real client of this endpoint."""
        return aws_client("bedrock-runtime", self.url, read_timeout)

    def respond(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        matched = _PATH.match(path)
        assert matched, path
        request = {"modelId": unquote(matched[1]), **json.loads(body)}
        self.requests.append(request)
        found = violations("bedrock-runtime", "ConverseStream", request)
        found = found or list(_message_violations(request))
        if found:
            self.violations += found
            return Answer(
                400,
                (json.dumps({"message": "; ".join(found)}).encode(),),
                headers={"x-amzn-ErrorType": "ValidationException"},
            )
        reply = self.script(request["messages"])
        return reply if isinstance(reply, Answer) else Answer(200, _events(reply), CONTENT_TYPE)


def _message_violations(request: dict[str, Any]) -> Iterator[str]:
    messages = request["messages"]
    roles = [message["role"] for message in messages]
    if roles != [("user", "assistant")[index % 2] for index in range(len(roles))]:
        yield f"roles must take turns, the user first: {roles}"
    if roles[-1] != "user":
        yield "the last message must be the user's"
    owed: list[str] = []
    for message in messages:
        blocks = message["content"]
        answered = [b["toolResult"]["toolUseId"] for b in blocks if "toolResult" in b]
        if sorted(answered) != sorted(owed):
            yield f"toolResult blocks {answered} do not answer the toolUse blocks {owed}"
        owed = [b["toolUse"]["toolUseId"] for b in blocks if "toolUse" in b]
        if owed and "toolConfig" not in request:
            yield "toolUse without toolConfig"


def _events(reply: Reply) -> tuple[bytes, ...]:
    frames = [event("messageStart", {"role": "assistant"})]
    index = 0
    if reply.text:
        for piece in re.findall(r"\S+\s*", reply.text):
            delta = {"contentBlockIndex": index, "delta": {"text": piece}}
            frames.append(event("contentBlockDelta", delta))
        frames.append(event("contentBlockStop", {"contentBlockIndex": index}))
        index += 1
    for made in reply.calls:
        use = {"toolUseId": made.call_id, "name": made.name}
        start = {"contentBlockIndex": index, "start": {"toolUse": use}}
        frames.append(event("contentBlockStart", start))
        half = len(made.arguments) // 2
        for fragment in (made.arguments[:half], made.arguments[half:]):
            delta = {"contentBlockIndex": index, "delta": {"toolUse": {"input": fragment}}}
            frames.append(event("contentBlockDelta", delta))
        frames.append(event("contentBlockStop", {"contentBlockIndex": index}))
        index += 1
    stop = "tool_use" if reply.calls else "end_turn"
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    frames.append(event("messageStop", {"stopReason": stop}))
    frames.append(event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}))
    return tuple(frames)
