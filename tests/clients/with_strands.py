"""The agent of `docs/snippets/strands_agent.py` with a model that follows a script.

It gets the folder of the snippet and the script, calls of tools; it prints what it saw as JSON.
"""

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from strands.models.model import Model

folder, script = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, folder)
from strands_agent import agent_with  # noqa: E402

tools: set[str] = set()


class Scripted(Model):
    """Calls the tools of the script, one a turn, and then says a word."""

    def update_config(self, **model_config: Any) -> None:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return {"model_id": "scripted"}

    def structured_output(self, *given: Any, **how: Any) -> Any:
        raise NotImplementedError

    async def stream(
        self, messages: Any, tool_specs: Any = None, *given: Any, **how: Any
    ) -> AsyncIterator[dict[str, Any]]:
        tools.update(spec["name"] for spec in tool_specs or [])
        yield {"messageStart": {"role": "assistant"}}
        if script:
            name, arguments = script.pop(0)
            use = {"name": name, "toolUseId": f"call-{len(script)}"}
            yield {"contentBlockStart": {"start": {"toolUse": use}}}
            delta = {"toolUse": {"input": json.dumps(arguments)}}
            reason = "tool_use"
        else:
            yield {"contentBlockStart": {"start": {}}}
            delta, reason = {"text": "Listo."}, "end_turn"
        yield {"contentBlockDelta": {"delta": delta}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": reason}}


agent = agent_with(Scripted())
agent("Haz lo que pide el guion.")
blocks = [block for message in agent.messages for block in message["content"]]
told = [str(block["toolResult"]["content"]) for block in blocks if "toolResult" in block]
print()
print(json.dumps({"tools": sorted(tools), "told": told}))
