"""A Strands agent with the bank's tools, for one customer: `pip install strands-agents`."""

from typing import Any

from mcp import StdioServerParameters, stdio_client
from mcp.types import ElicitResult
from strands import Agent
from strands.tools.mcp import MCPClient

SERVER = StdioServerParameters(command="centli", args=["mcp", "--user", "user-maria"])


async def asked(_context: Any, form: Any) -> ElicitResult:
    """Show the bank's terms to the person, and take the answer."""
    if input(f"{form.message}\nEscribe «sí» para confirmar: ").strip().lower() != "sí":
        return ElicitResult(action="decline")
    return ElicitResult(action="accept", content={"confirm": True})


def agent_with(model: Any) -> Agent:
    """Return an agent that thinks with a model of Strands, and acts by the bank's tools."""
    bank = MCPClient(lambda: stdio_client(SERVER), elicitation_callback=asked)
    return Agent(model=model, tools=[bank])
