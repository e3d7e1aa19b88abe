"""A Pydantic AI agent with the bank's tools: `pip install 'pydantic-ai-slim[mcp]'`."""

from typing import Any

from fastmcp.client.elicitation import ElicitResult
from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset

SERVER = {"command": "centli", "args": ["mcp", "--user", "user-maria"]}


async def asked(terms: str, _type: Any, _form: Any, _context: Any) -> ElicitResult[Any]:
    """Show the bank's terms to the person, and take the answer."""
    if input(f"{terms}\nEscribe «sí» para confirmar: ").strip().lower() != "sí":
        return ElicitResult(action="decline")
    return ElicitResult(action="accept", content={"confirm": True})


def agent_with(model: Any) -> Agent[None, str]:
    """Return an agent that thinks with a model of Pydantic AI, and acts by the bank's tools."""
    server = StdioTransport(**SERVER)
    bank = MCPToolset(server, elicitation_handler=asked, init_timeout=30)
    return Agent(model, toolsets=[bank])
