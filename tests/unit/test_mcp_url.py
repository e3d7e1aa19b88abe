"""The MCP server's function behind its URL: whom it believes, and what it speaks."""

import json
from collections.abc import Iterator
from typing import Any

import mcp_types as types
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from shared.confirmation import Proof
from shared.front_doors import mcp_url
from tests.support.mcp_client import YES, InMemoryFunctions, Person
from tests.support.mcp_url import (
    ACCOUNT,
    CALLER_HEADER,
    ROLE,
    SESSION,
    McpUrlBank,
    served,
    url_event,
)
from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}
[VERSION] = MODERN_PROTOCOL_VERSIONS
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
}
HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": VERSION,
    "Mcp-Method": "tools/call",
    "Mcp-Name": "getBalance",
    CALLER_HEADER: "user-maria",
}
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "getBalance", "arguments": {}, "_meta": META},
}
OTHERS = [
    None,
    "",
    f"arn:aws:iam::{ACCOUNT}:user/maria",
    f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{ROLE}",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}2/gateway-session",
    f"arn:aws:sts::210987654321:assumed-role/{ROLE}/gateway-session",
    f"arn:aws:sts::{ACCOUNT}:federated-user/{ROLE}/gateway-session",
    f"x{SESSION}",
]

Served = tuple[Any, InMemoryFunctions]


@pytest.fixture
def function(bank: World) -> Iterator[Served]:
    with served(bank) as found:
        yield found


def answer(invoke: Any, event: Any) -> tuple[int, Any]:
    """Return the status and the body of the function's answer, as Lambda's runtime writes it."""
    told = json.loads(json.dumps(invoke(event).result(), allow_nan=False))
    assert told["headers"]["content-type"] == "application/json"
    return told["statusCode"], json.loads(told["body"])


class TestWhoIsCalling:
    def test_it_is_the_customer_whom_the_gateway_names(self, function: Served) -> None:
        invoke, functions = function
        status, body = answer(invoke, url_event(json.dumps(CALL), HEADERS))
        assert status == 200
        accounts = body["result"]["structuredContent"]["accounts"]
        assert {account["account_id"][:9] for account in accounts} == {"acc-maria"}
        assert functions.calls == ["GET /balance"]

    @pytest.mark.parametrize("user_arn", OTHERS)
    def test_nobody_but_the_role_of_the_gateway_is_believed(
        self, function: Served, user_arn: str | None
    ) -> None:
        invoke, functions = function
        event = url_event(json.dumps(CALL), HEADERS, user_arn=user_arn)
        status, body = answer(invoke, event)
        assert status == 403
        assert body["error"]["code"] == -32001
        assert functions.calls == []

    @pytest.mark.parametrize(
        "authorizer", [None, {}, {"iam": None}, {"iam": {"userArn": [SESSION]}}]
    )
    def test_a_request_that_iam_says_nothing_of_is_refused(
        self, function: Served, authorizer: Any
    ) -> None:
        invoke, functions = function
        event = url_event(json.dumps(CALL), HEADERS)
        event["requestContext"]["authorizer"] = authorizer
        assert answer(invoke, event)[0] == 403
        assert functions.calls == []

    @pytest.mark.parametrize("caller", [None, "", " ", "user maria", "user-mará", "x" * 129])
    def test_a_request_of_no_customer_is_refused(
        self, function: Served, caller: str | None
    ) -> None:
        invoke, functions = function
        headers = {k: v for k, v in HEADERS.items() if k != CALLER_HEADER}
        headers |= {} if caller is None else {CALLER_HEADER: caller}
        assert answer(invoke, url_event(json.dumps(CALL), headers))[0] == 403
        assert functions.calls == []

    def test_what_a_client_says_of_itself_is_not_heard(self, bank: World) -> None:
        """The interceptor puts the token's customer in the place of the client's own header."""
        mcp = McpUrlBank(bank)
        mcp.headers = {CALLER_HEADER: "user-juan", CALLER_HEADER.upper(): "user-juan"}
        arguments = {"user_id": "user-juan", CALLER_HEADER: "user-juan"}

        async def asked(client: Client) -> list[types.CallToolResult]:
            return [await client.call_tool("getBalance", a) for a in ({}, arguments)]

        mine, forged = mcp.with_client(asked)
        assert mine.structured_content["accounts"][0]["account_id"].startswith("acc-maria")
        assert forged.is_error


class TestTheProtocol:
    @pytest.mark.parametrize("version", [*HANDSHAKE_PROTOCOL_VERSIONS, "", "2099-01-01", None])
    @pytest.mark.parametrize("method", ["initialize", "tools/call"])
    def test_a_generation_with_sessions_is_refused_and_told_what_is_spoken(
        self, function: Served, version: str | None, method: str
    ) -> None:
        invoke, functions = function
        headers = HEADERS | {"MCP-Protocol-Version": version or ""}
        if version is None:
            del headers["MCP-Protocol-Version"]
        status, body = answer(invoke, url_event(json.dumps(CALL | {"method": method}), headers))
        assert (status, body["error"]["code"]) == (400, types.UNSUPPORTED_PROTOCOL_VERSION)
        assert body["error"]["data"]["supported"] == [VERSION]
        assert functions.calls == []

    @pytest.mark.parametrize(
        "body", ["", "{", "null", "[]", "[[", "1", '"x"', "[" * 5000, json.dumps([CALL])]
    )
    def test_what_is_no_request_is_an_error_of_the_protocol(
        self, function: Served, body: str
    ) -> None:
        invoke, functions = function
        status, told = answer(invoke, url_event(body, HEADERS))
        assert status == 400
        assert told["error"]["code"] in (types.PARSE_ERROR, types.INVALID_REQUEST)
        assert functions.calls == []

    def test_a_body_in_base64_is_read(self, function: Served) -> None:
        invoke, functions = function
        event = url_event("eyJqc29ucnBjIjoiMi4wIn0=", HEADERS) | {"isBase64Encoded": True}
        assert invoke(event).result()["statusCode"] == 400
        assert functions.calls == []

    @pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
    def test_only_post_is_answered(self, function: Served, method: str) -> None:
        invoke, functions = function
        told = invoke(url_event("", HEADERS, method=method)).result()
        assert told["statusCode"] == 405
        assert functions.calls == []


class TestKeys:
    def test_every_instance_seals_alike(self, bank: World) -> None:
        """What one instance asked, another may be told the answer of."""

        async def asked(client: Client) -> str:
            found = await client.session.call_tool(
                "createTransfer", TRANSFER, allow_input_required=True
            )
            return str(found.request_state)

        state = McpUrlBank(bank).with_client(asked, person=Person())

        async def answered(client: Client) -> types.CallToolResult:
            return await client.session.call_tool(
                "createTransfer",
                TRANSFER,
                request_state=state,
                input_responses={"confirmation": YES},
            )

        made = McpUrlBank(bank).with_client(answered, person=Person())
        assert made.structured_content["status"] == "completed"
        assert bank.balance("acc-maria") == 900

    def test_a_state_under_another_key_is_refused(
        self, bank: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def asked(client: Client) -> str:
            found = await client.session.call_tool(
                "createTransfer", TRANSFER, allow_input_required=True
            )
            return str(found.request_state)

        monkeypatch.setattr(mcp_url, "STATE_LABEL", b"another")
        state = McpUrlBank(bank).with_client(asked, person=Person())
        monkeypatch.undo()

        async def answered(client: Client) -> None:
            with pytest.raises(MCPError, match="requestState"):
                await client.session.call_tool(
                    "createTransfer",
                    TRANSFER,
                    request_state=state,
                    input_responses={"confirmation": YES},
                )

        McpUrlBank(bank).with_client(answered, person=Person())
        assert bank.balance("acc-maria") == 1000

    def test_what_is_signed_for_the_state_is_no_challenge(self) -> None:
        """The same key signs both, and no proof may come of it."""
        assert Proof.parse(f"{mcp_url.STATE_LABEL.decode()}.{'A' * 43}") is None

    def test_without_kms_nothing_is_done_and_the_next_request_is_answered_again(
        self, bank: World, function: Served
    ) -> None:
        invoke, functions = function
        event = url_event(json.dumps(CALL), HEADERS)
        bank.kms.denied = {"GenerateMac"}
        status, body = answer(invoke, event)
        assert (status, functions.calls) == (503, [])
        assert "nothing was done" in body["error"]["message"]
        bank.kms.denied = set()
        assert answer(invoke, event)[0] == 200

    def test_a_yes_that_cannot_be_signed_moves_nothing(self, bank: World) -> None:
        def deny(times: int) -> Any:
            bank.kms.denied = {"GenerateMac"}
            return YES

        made = McpUrlBank(bank).call("createTransfer", TRANSFER, person=Person(deny))
        assert made.structured_content["error"]["code"] == "TEMPORARILY_UNAVAILABLE"
        assert bank.balance("acc-maria") == 1000


def test_a_function_that_believed_every_role_would_be_found(
    function: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test of who is believed."""
    monkeypatch.setattr(mcp_url, "_is_of_the_gateway", lambda event: True)
    with pytest.raises(AssertionError):
        TestWhoIsCalling().test_nobody_but_the_role_of_the_gateway_is_believed(function, OTHERS[2])
