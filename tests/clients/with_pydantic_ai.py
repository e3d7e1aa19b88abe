"""The agent of `docs/snippets/pydantic_ai_agent.py` with a model that follows a script.

It gets the folder of the snippet and the script, calls of tools; it prints what it saw as JSON.
"""

import json
import sys
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

folder, script = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, folder)
from pydantic_ai_agent import agent_with  # noqa: E402

tools: set[str] = set()


def scripted(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    tools.update(tool.name for tool in info.function_tools)
    if script:
        return ModelResponse(parts=[ToolCallPart(*script.pop(0))])
    return ModelResponse(parts=[TextPart("Listo.")])


def told(messages: list[Any]) -> list[str]:
    parts = (part for message in messages for part in message.parts)
    kinds = ("tool-return", "retry-prompt")
    return [str(part.content) for part in parts if part.part_kind in kinds]


result = agent_with(FunctionModel(scripted)).run_sync("Haz lo que pide el guion.")
print()
print(json.dumps({"tools": sorted(tools), "told": told(result.all_messages())}))
