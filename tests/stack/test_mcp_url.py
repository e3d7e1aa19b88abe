"""The MCP server of `gateway.yaml` on the local AWS, under its own role, before deployed functions.

The local AWS says nothing of IAM in the events of a URL, and its door is shut for URLs: the events
are those that AWS documents, handed to the deployed function.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import httpx2
import mcp_types as types
import pytest
from botocore.exceptions import ClientError
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from action_groups import group_names
from console.cloud import Cloud
from console.deployment import Deployment, deploy_locally
from console.seeds import seed_all
from tests.support import gateway_stack
from tests.support.deployed import Deployed
from tests.support.mcp_client import YES, Person, run_alone
from tests.support.mcp_url import CALLER_HEADER, URL, PastTheGateway, url_event

FUNCTION = "centli-mcp-server"
TRANSFER = {"from_account": "acc-maria-checking", "to_account": "acc-juan-savings", "amount": 12.5}
MESSAGE: dict[str, Any] = {"Message": b"a challenge", "MacAlgorithm": "HMAC_SHA_256"}

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture(scope="module")
def deployment(cloud: Cloud) -> Deployment:
    made = deploy_locally(cloud, parameters={"RequireConfirmation": "agents"})
    seed_all(made)
    gateway_stack.deploy(made.cloud)
    return made


@pytest.fixture(scope="module")
def session(deployed: Deployed) -> str:
    """Credentials of the gateway's role, as IAM calls them."""
    client = deployed.cloud.client("lambda")
    configuration = client.get_function_configuration(FunctionName=FUNCTION)
    role = configuration["Environment"]["Variables"]["GATEWAY_ROLE_ARN"]
    return f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session"


@pytest.fixture
def invoke(deployed: Deployed, session: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("GATEWAY_CALLER_CLAIM", "sub")
    monkeypatch.setenv("GATEWAY_CALLER_HEADER", CALLER_HEADER)
    with ThreadPoolExecutor(1) as pool:

        def by_the_gateway(event: dict[str, Any]) -> "Future[Any]":
            event["requestContext"]["authorizer"]["iam"]["userArn"] = session
            return pool.submit(deployed.invoke, FUNCTION, event)

        yield by_the_gateway


def call(invoke: Any, person: Any, use: Any) -> Any:
    """Return what a function does with a client of the gateway."""

    async def connected() -> Any:
        http = httpx2.AsyncClient(transport=PastTheGateway(invoke))
        transport = streamable_http_client(URL, http_client=http)
        async with Client(transport, elicitation_callback=person) as client:
            return await use(client)

    return run_alone(connected)


def test_a_transfer_is_made_once_after_the_yes_and_none_after_a_no(
    deployed: Deployed, invoke: Any
) -> None:
    before = deployed.balances()["acc-maria-checking"]

    async def transfer(client: Client) -> Any:
        return await client.call_tool("createTransfer", TRANSFER)

    declined = call(invoke, Person(types.ElicitResult(action="decline")), transfer)
    assert declined.structured_content["error"]["code"] == "CUSTOMER_DECLINED"
    assert deployed.balances()["acc-maria-checking"] == before

    async def twice(client: Client) -> list[Any]:
        ask = partial(client.session.call_tool, "createTransfer", TRANSFER)
        state = (await ask(allow_input_required=True)).request_state
        answer = {"request_state": state, "input_responses": {"confirmation": YES}}
        return [await ask(**answer) for _ in range(2)]

    made, again = call(invoke, Person(), twice)
    assert made.structured_content["status"] == "completed"
    assert again.structured_content["repeated"] is True
    assert deployed.balances()["acc-maria-checking"] == before - Decimal("12.5")
    [record] = [r for r in deployed.table("requests") if "confirmation_id" in r]
    assert (record["door"], record["user_id"]) == ("mcp", "user-maria")


def test_a_purchase_and_a_beneficiary_are_made(deployed: Deployed, invoke: Any) -> None:
    person = Person()

    async def buy(client: Client) -> list[Any]:
        found = await client.call_tool("searchProducts", {"search": "audífonos"})
        product = found.structured_content["products"][0]
        of_the_product = {k: product[k] for k in ("product_id", "retailer_id")}
        order = {"quantity": 1, "account_id": "acc-maria-checking", "unit_price": product["price"]}
        friend = {"name": "Ana Ruiz", "alias": "mi amiga Ana", "account_id": "acc-juan-savings"}
        return [
            await client.call_tool("createPurchase", of_the_product | order),
            await client.call_tool("addBeneficiary", friend | {"relationship": "friend"}),
        ]

    bought, added = call(invoke, person, buy)
    assert bought.structured_content["status"] in ("completed", "pending"), bought
    assert added.structured_content["beneficiary"]["alias"] == "mi amiga Ana"
    assert len(person.shown) == 2


def test_nobody_but_the_gateway_is_answered(deployed: Deployed, session: str) -> None:
    role = session.split("/")[1]
    for other in (session.replace(role, f"{role}2"), session.replace(role, "Admin"), None):
        event = url_event("{}", {CALLER_HEADER: "user-maria"}, user_arn=other)
        assert deployed.invoke(FUNCTION, event)["statusCode"] == 403


def denied(call: Any) -> bool:
    """Tell whether IAM refuses a call."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
    return False


def test_its_role_may_sign_and_ask_the_groups_and_nothing_else(deployed: Deployed) -> None:
    kms = deployed.client_of_role("kms", FUNCTION)
    ours = deployed.deployment.outputs["ConfirmationKeyArn"]
    made = deployed.cloud.client("kms").create_key(
        KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"
    )
    mac = kms.generate_mac(KeyId=ours, **MESSAGE)["Mac"]
    assert denied(partial(kms.generate_mac, KeyId=made["KeyMetadata"]["Arn"], **MESSAGE))
    assert denied(partial(kms.verify_mac, KeyId=ours, Mac=mac, **MESSAGE))
    functions = deployed.client_of_role("lambda", FUNCTION)
    listed = deployed.cloud.client("lambda").list_functions()["Functions"]
    names = [f["FunctionName"] + alias for f in listed for alias in ("", ":live")]
    asked = {
        n for n in names if not denied(partial(functions.invoke, FunctionName=n, Payload=b"{}"))
    }
    assert asked == {deployed.deployment.function_of(group) for group in group_names()}
    dynamodb = deployed.client_of_role("dynamodb", FUNCTION)
    assert denied(partial(dynamodb.scan, TableName="centli-accounts"))


def test_the_interceptor_may_not_sign(deployed: Deployed) -> None:
    ours = deployed.deployment.outputs["ConfirmationKeyArn"]
    kms = deployed.client_of_role("kms", "centli-gateway-interceptor")
    assert denied(partial(kms.generate_mac, KeyId=ours, **MESSAGE))


def test_its_url_takes_signed_requests_alone(deployed: Deployed) -> None:
    configuration = deployed.cloud.client("lambda").get_function_url_config(FunctionName=FUNCTION)
    assert configuration["AuthType"] == "AWS_IAM"
