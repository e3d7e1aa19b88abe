"""The official MCP client before a bank in memory, in both generations of the protocol."""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import anyio
import mcp_types as types
from mcp.client.client import Client
from mcp.server.request_state import RequestStateSecurity
from mcp.shared.exceptions import MCPError

from action_groups import all_groups
from console.mcp_server import _text
from shared.front_doors.mcp import Customer, server_for
from shared.operations import Operation
from tests.support.world import World

T = TypeVar("T")
Era = Literal["auto", "legacy"]
ERAS: tuple[Era, ...] = ("auto", "legacy")
YES = types.ElicitResult(action="accept", content={"confirm": True})


@dataclass
class Person:
    """Who answers the client's forms, and what they were shown."""

    answer: Any = field(default_factory=lambda: YES)
    shown: list[str] = field(default_factory=list)

    async def __call__(self, context: Any, params: Any) -> Any:
        self.shown.append(params.message)
        assert params.requested_schema["required"] == ["confirm"]
        is_rule = not isinstance(self.answer, types.ElicitResult)
        return self.answer(len(self.shown)) if is_rule else self.answer


class InMemoryBank:
    """Calls the functions of a bank in memory, as the deployed server does."""

    def __init__(self, bank: World, user_id: str) -> None:
        self._bank = bank
        self._user_id = user_id
        self.calls: list[str] = []

    def __call__(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        *,
        proof: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        self.calls.append(operation.operation_id)
        return self._bank.call(
            operation.operation_id,
            user_id=self._user_id,
            attributes={} if proof is None else {"confirmation": proof},
            yes=False,
            **{name: _text(value) for name, value in arguments.items()},
        )

    def sign(self, challenge: str) -> str:
        return self._bank.proof({"confirmation": {"challenge": challenge}})


class McpBank:
    """A server of the bank for one customer, and what a client does with it."""

    def __init__(
        self, bank: World, *, user_id: str = "user-maria", asks_itself: bool = False
    ) -> None:
        self.bank = InMemoryBank(bank, user_id)
        customer = Customer(user_id, self.bank, self.bank.sign, asks_itself)
        operations = [o for group in all_groups() for o in group if o.path]
        sealed = RequestStateSecurity(keys=[b"k" * 32])
        self.server = server_for(operations, customer, sealed)

    def with_client(
        self, use: Callable[[Client], Awaitable[T]], *, era: Era = "auto", person: Any = None
    ) -> T:
        """Return what a function does with a client; without a person it cannot ask."""

        async def connected() -> T:
            async with Client(self.server, mode=era, elicitation_callback=person) as client:
                await client.list_tools()
                try:
                    return await use(client)
                except MCPError as raised:
                    error = raised
            raise error  # outside of the client, whose task groups would wrap it

        # In a thread of its own: a browser's test may have left an event loop in this one.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(anyio.run, connected).result()

    def call(
        self, tool: str, arguments: Any = None, *, era: Era = "auto", person: Any = None
    ) -> types.CallToolResult:
        """Call a tool once; the client checks the answer against the tool's schema."""

        async def use(client: Client) -> types.CallToolResult:
            return await client.call_tool(tool, arguments)

        return self.with_client(use, era=era, person=person)
