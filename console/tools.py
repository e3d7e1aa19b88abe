"""The tool schema of each action group, which a Lambda target of AgentCore Gateway reads.

The files in `tools/` are written by the names that CloudFormation has for it, because the template
includes them; the Gateway's own API has the same names with a small first letter. For the target
that is an MCP server, `mcp-server/tools.yaml` has all tools as it lists them.
"""

import json
from collections.abc import Sequence
from typing import Any

from console.openapi import generated_yaml
from shared.operations import ActionGroup
from shared.schemas import Schema
from shared.tools import tool_of


def render(group: ActionGroup) -> str:
    """Return the text of the group's tool file. Raises ModelNotDescribable."""
    return generated_yaml({"InlinePayload": definitions(group)})


def definitions(group: ActionGroup) -> list[dict[str, Any]]:
    """Return the tools of the operations that agents call, as CloudFormation names their parts."""
    return [
        {name[0].upper() + name[1:]: _part(part) for name, part in tool.items()}
        for tool in of_the_api(group)
    ]


def of_the_api(group: ActionGroup) -> list[dict[str, Any]]:
    """Return the same as the Gateway's own API names their parts."""
    tools = [tool_of(operation) for operation in group if operation.path is not None]
    return [
        {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": tool.input_schema,
            "outputSchema": tool.output_schema,
        }
        for tool in sorted(tools, key=lambda tool: tool.name)
    ]


def render_for_mcp(groups: Sequence[ActionGroup]) -> str:
    """Return the text of the file of tools of the target that is an MCP server."""
    listed = json.dumps({"tools": of_mcp(groups)}, ensure_ascii=False, indent=1)
    return generated_yaml({"InlinePayload": listed + "\n"})


def of_mcp(groups: Sequence[ActionGroup]) -> list[dict[str, Any]]:
    """Return the tools of all groups as the MCP server lists them."""
    operations = (o for group in groups for o in group if o.path is not None)
    return [
        {
            "annotations": tool.hints,
            "description": tool.description,
            "inputSchema": tool.input_schema,
            "name": tool.name,
            "outputSchema": tool.output_schema,
        }
        for tool in map(tool_of, operations)
    ]


def _part(part: str | Schema) -> str | Schema:
    return part if isinstance(part, str) else _capital(part)


def _capital(schema: Schema) -> Schema:
    capital = {keyword.capitalize(): value for keyword, value in schema.items()}
    if "items" in schema:
        capital["Items"] = _capital(schema["items"])
    if "properties" in schema:
        fields = schema["properties"].items()
        capital["Properties"] = {name: _capital(field) for name, field in fields}
    return capital
