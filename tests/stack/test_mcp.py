"""`centli mcp` before a stack that asks for the customer's yes, with the official client."""

import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import mcp_types as types
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from console import reconcile
from console.artefact import ROOT
from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from tests.support.arguments import ON_AGENT_DOOR
from tests.support.command import CENTLI, centli, without_settings
from tests.support.deployed import Deployed
from tests.support.mcp_client import ERAS, YES, Era, Person, run_alone

T = TypeVar("T")
TRANSFER = {"from_account": "acc-maria-checking", "to_account": "acc-juan-savings", "amount": 12.5}


@pytest.fixture(scope="module")
def deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """A stack of its own in the account that the command uses; it asks for proofs, or not."""
    with LocalStack(free_port()) as stack:
        made = deploy_locally(stack.cloud(), parameters={"RequireConfirmation": request.param})
        seed_all(made)
        yield made
        assert reconcile.report_on(made).disagreements == []


ASKING = pytest.mark.parametrize("deployment", ["agents"], indirect=True)
ASKING_AND_NOT = pytest.mark.parametrize("deployment", ["agents", "never"], indirect=True)


def port_of(deployment: Deployment) -> str:
    return str(deployment.cloud.endpoint).rpartition(":")[2]


def by_stdio(
    deployment: Deployment,
    use: Callable[[Client], Awaitable[T]],
    *options: str,
    era: Era = "auto",
    person: Any = None,
) -> T:
    [command, *arguments] = CENTLI
    server = StdioServerParameters(
        command=command,
        args=[*arguments, "mcp", "--port", port_of(deployment), *options],
        env=without_settings(),
    )

    async def connected() -> T:
        async with Client(server, mode=era, elicitation_callback=person) as client:
            return await use(client)

    return run_alone(connected)


@ASKING_AND_NOT
@pytest.mark.parametrize("era", ERAS)
def test_a_transfer_is_made_when_the_person_says_yes_and_not_when_they_say_no(
    deployment: Deployment, deployed: Deployed, era: Era
) -> None:
    before = deployed.balances()["acc-maria-checking"]
    person = Person(lambda count: types.ElicitResult(action="decline") if count == 1 else YES)

    async def transfer_twice(client: Client) -> types.CallToolResult:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert listed == {operation.operation_id for operation in ON_AGENT_DOOR}
        assert (await client.call_tool("createTransfer", TRANSFER)).is_error
        assert deployed.balances()["acc-maria-checking"] == before
        return await client.call_tool("createTransfer", TRANSFER)

    made = by_stdio(deployment, transfer_twice, era=era, person=person)
    assert made.structured_content["status"] == "completed"
    assert deployed.balances()["acc-maria-checking"] == before - Decimal("12.5")
    shown = centli(
        *("audit", made.structured_content["transaction_id"], "--user", "user-maria"),
        *("--port", port_of(deployment)),
    )
    assert re.search(r"^door +mcp$", shown.stdout, re.MULTILINE), shown.stdout + shown.stderr
    assert "12.50" in person.shown[1]
    assert "Juan" in person.shown[1]


@ASKING
@pytest.mark.parametrize("era", ERAS)
def test_a_purchase_ends_paid(deployment: Deployment, era: Era) -> None:
    person = Person(YES)

    async def buy(client: Client) -> types.CallToolResult:
        found = await client.call_tool("searchProducts", {"search": "audífonos"})
        product = found.structured_content["products"][0]
        return await client.call_tool(
            "createPurchase",
            {
                "product_id": product["product_id"],
                "retailer_id": product["retailer_id"],
                "quantity": 1,
                "account_id": "acc-maria-checking",
                "unit_price": product["price"],
            },
        )

    made = by_stdio(deployment, buy, era=era, person=person)
    assert made.structured_content["status"] in ("completed", "pending"), made
    assert len(person.shown) == 1


@ASKING_AND_NOT
def test_a_client_that_cannot_ask_moves_nothing(deployment: Deployment, deployed: Deployed) -> None:
    before = deployed.balances()["acc-maria-checking"]

    async def transfer(client: Client) -> types.CallToolResult:
        return await client.call_tool("createTransfer", TRANSFER)

    refused = by_stdio(deployment, transfer)
    assert refused.structured_content["error"]["code"] == "CONFIRMATION_REQUIRED"
    assert deployed.balances()["acc-maria-checking"] == before


@ASKING
def test_a_client_that_asks_by_itself_is_an_exception_that_has_to_be_named(
    deployment: Deployment, deployed: Deployed
) -> None:
    before = deployed.balances()["acc-maria-checking"]

    async def transfer(client: Client) -> types.CallToolResult:
        return await client.call_tool("createTransfer", TRANSFER)

    made = by_stdio(deployment, transfer, "--client-asks")
    assert made.structured_content["status"] == "completed"
    assert deployed.balances()["acc-maria-checking"] == before - Decimal("12.5")


@contextmanager
def by_http(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Run the server by HTTP; give its address and the header of its token, as it prints them."""
    command = [*CENTLI, "mcp", "--port", port_of(deployment), "--http-port", str(free_port())]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, env=without_settings()
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            _, _, token = process.stdout.readline().strip().partition(": ")
            yield url, token
        finally:
            process.terminate()


def post(url: str, **headers: str) -> httpx2.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    transport = httpx2.HTTPTransport(retries=20)
    with httpx2.Client(transport=transport) as client:
        return client.post(url, json=body, headers={"Accept": "application/json", **headers})


@ASKING
@pytest.mark.parametrize("era", ERAS)
def test_by_http_it_serves_who_has_the_token_and_no_page_of_another_name(
    deployment: Deployment, era: Era
) -> None:
    person = Person(YES)
    with by_http(deployment) as (url, token):
        assert post(url).status_code == 401
        assert post(url, Authorization="Bearer x").status_code == 401
        assert post(url, Authorization=token, Host="evil.example").status_code == 421
        assert post(url, Authorization=token, Origin="https://evil.example").status_code == 403

        async def transfer() -> types.CallToolResult:
            async with httpx2.AsyncClient(headers={"Authorization": token}) as http:
                transport = streamable_http_client(url, http_client=http)
                async with Client(transport, mode=era, elicitation_callback=person) as client:
                    return await client.call_tool("createTransfer", TRANSFER)

        made = run_alone(transfer)
    assert made.structured_content["status"] == "completed"
    assert len(person.shown) == 1


@ASKING
def test_the_servers_that_the_guide_lists_start_as_a_client_starts_them(
    deployment: Deployment,
) -> None:
    text = (ROOT / "docs" / "snippets" / "mcp_servers.json").read_text()
    assert text in (ROOT / "docs" / "mcp.md").read_text()
    [listed] = json.loads(text)["mcpServers"].values()
    server = StdioServerParameters(
        command=str(Path(sys.executable).parent / listed["command"]),
        args=listed["args"],
        env=without_settings() | {"CENTLI_PORT": port_of(deployment)},
    )

    async def asked() -> types.CallToolResult:
        async with Client(server) as client:
            return await client.call_tool("getBalance")

    accounts = run_alone(asked).structured_content["accounts"]
    assert "acc-maria-checking" in {account["account_id"] for account in accounts}
