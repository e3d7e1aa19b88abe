"""The official MCP client before a bank in memory, in both generations of the protocol."""

import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal, TypeVar

import anyio
import mcp_types as types
import pytest
from mcp.client.client import Client
from mcp.server.request_state import RequestStateSecurity
from mcp.shared.exceptions import MCPError

from action_groups import all_groups
from shared import json_text
from shared.channel import LIVE, Functions
from shared.front_doors.mcp import Customer, server_for
from tests.support.tables import PREFIX
from tests.support.world import World, through_json

T = TypeVar("T")
Era = Literal["auto", "legacy"]
ERAS: tuple[Era, ...] = ("auto", "legacy")
both_eras = pytest.mark.parametrize("era", ERAS)
TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}
YES = types.ElicitResult(action="accept", content={"confirm": True})


def run_alone(use: Callable[[], Awaitable[T]]) -> T:
    """Run in a thread of its own: a browser's test may have left an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, use).result()


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


class InMemoryFunctions:
    """The clients of AWS that a server of the bank uses, before the functions of a bank in memory.

    `calls` are the operations that were called.
    """

    def __init__(self, bank: World) -> None:
        self._bank = bank
        self.calls: list[str] = []

    def __call__(self, service: str) -> Any:
        return {"lambda": self, "kms": self._bank.kms}[service]

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        event = json.loads(Payload)
        self.calls.append(f"{event['httpMethod']} {event['apiPath']}")
        group = FunctionName.removeprefix(f"{PREFIX}-").removesuffix(f":{LIVE}").replace("-", "_")
        answer = through_json(self._bank.handlers[group](event, None))
        return {"Payload": BytesIO(json_text.dumps(answer).encode())}


class McpBank:
    """A server of the bank for one customer, and what a client does with it."""

    def __init__(
        self, bank: World, *, user_id: str = "user-maria", asks_itself: bool = False
    ) -> None:
        self.bank = bank
        self.user_id = user_id
        self.functions = InMemoryFunctions(bank)
        key_arn = bank.resources.settings.confirmation_key_arn
        functions = Functions(self.functions, lambda group: group, key_arn, user_id)
        customer = Customer(user_id, functions, functions.sign, asks_itself)
        operations = [o for group in all_groups() for o in group if o.path]
        sealed = RequestStateSecurity(keys=[b"k" * 32])
        self.server = server_for(operations, customer, sealed)

    def reached(self) -> Any:
        """Return what a client connects to."""
        return self.server

    def with_client(
        self, use: Callable[[Client], Awaitable[T]], *, era: Era = "auto", person: Any = None
    ) -> T:
        """Return what a function does with a client; without a person it cannot ask."""

        async def connected() -> T:
            async with Client(self.reached(), mode=era, elicitation_callback=person) as client:
                await client.list_tools()
                try:
                    return await use(client)
                except MCPError as raised:
                    error = raised
            raise error  # outside of the client, whose task groups would wrap it

        return run_alone(connected)

    def call(
        self, tool: str, arguments: Any = None, *, era: Era = "auto", person: Any = None
    ) -> types.CallToolResult:
        """Call a tool once; the client checks the answer against the tool's schema."""

        async def use(client: Client) -> types.CallToolResult:
            return await client.call_tool(tool, arguments)

        return self.with_client(use, era=era, person=person)


def code(result: types.CallToolResult) -> str:
    """Return the code of an error."""
    assert result.is_error
    return str(result.structured_content["error"]["code"])
