"""The MCP server before a bank in memory: its tools, their schemas, and what it does not take."""

from importlib.metadata import version
from typing import Any

import mcp_types as types
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError

from shared import json_text
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, RIGHT, furnish, wrong_values
from tests.support.mcp_client import TRANSFER, Era, McpBank, Person, both_eras, code
from tests.support.world import World

every_operation = pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)


@both_eras
def test_each_operation_is_a_tool_with_schemas_and_hints(bank: World, era: Era) -> None:
    async def listed(client: Client) -> list[types.Tool]:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in McpBank(bank).with_client(listed, era=era)}
    assert tools.keys() == {o.operation_id for o in ON_AGENT_DOOR}
    for operation in ON_AGENT_DOOR:
        tool = tools[operation.operation_id]
        assert tool.description == operation.description
        fields = operation.request_model.model_fields
        assert tool.input_schema.get("properties", {}).keys() == fields.keys()
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is not operation.changes
        assert tool.annotations.destructive_hint is operation.changes
        assert tool.annotations.open_world_hint is False


@both_eras
def test_the_server_tells_its_name_and_the_version_of_the_package(bank: World, era: Era) -> None:
    async def told(client: Client) -> types.Implementation | None:
        await client.list_tools()
        return client.server_info

    info = McpBank(bank).with_client(told, era=era)
    assert info is not None
    assert (info.name, info.version) == ("centli", version("centli"))


@both_eras
@every_operation
def test_right_arguments_are_answered_by_the_schema_that_is_told(
    bank: World, operation: Operation, era: Era
) -> None:
    furnish(bank)
    arguments = json_text.without_decimals(RIGHT[operation.operation_id])
    person = Person()
    result = McpBank(bank).call(operation.operation_id, arguments, era=era, person=person)
    assert not result.is_error, result.structured_content
    assert len(person.shown) == operation.confirm
    [content] = result.content
    assert json_text.loads(content.text) == json_text.loads(  # type: ignore[union-attr]
        json_text.dumps(result.structured_content)
    )


class TestArguments:
    @every_operation
    def test_types_count_as_at_the_gateway(self, bank: World, operation: Operation) -> None:
        furnish(bank)
        mcp = McpBank(bank)
        right = json_text.without_decimals(RIGHT[operation.operation_id])

        async def use(client: Client) -> None:
            for name in operation.request_model.model_fields:
                for value in wrong_values(operation, name, as_text=False):
                    if isinstance(value, str | bool) and "\ud800" not in str(value):
                        result = await client.call_tool(
                            operation.operation_id, right | {name: value}
                        )
                        assert code(result) == "INVALID_REQUEST", (name, value)

        mcp.with_client(use, person=Person())
        assert mcp.functions.calls == []

    @pytest.mark.parametrize("amount", [0.1 + 0.2, "6", True, 1e-7])
    def test_an_amount_is_a_number_with_two_decimals(self, bank: World, amount: Any) -> None:
        arguments = TRANSFER | {"amount": amount}
        result = McpBank(bank).call("createTransfer", arguments, person=Person())
        assert code(result) == "INVALID_REQUEST"

    def test_null_is_left_out(self, bank: World) -> None:
        result = McpBank(bank).call("getBalance", {"account_id": None})
        assert len(result.structured_content["accounts"]) == 3

    @both_eras
    @pytest.mark.parametrize("tool", ["", "payPurchase", "centli___getBalance", "getbalance"])
    def test_an_unknown_tool_is_an_error_of_the_protocol(
        self, bank: World, era: Era, tool: str
    ) -> None:
        with pytest.raises(MCPError, match="getBalance"):
            McpBank(bank).call(tool, era=era)

    def test_what_is_somebody_elses_is_not_found(self, bank: World) -> None:
        result = McpBank(bank, user_id="user-juan").call("getBalance", {"account_id": "acc-maria"})
        assert code(result) == "ACCOUNT_NOT_FOUND"
