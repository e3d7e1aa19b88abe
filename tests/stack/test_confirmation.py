"""The yes on the deployed stack, IAM enforced: who can make it, who checks it, and the limits."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from console.agent import invocation, operations
from console.cloud import Cloud
from console.confirming import mint
from console.deployment import Deployment, deploy_locally
from console.seeds import seed_all
from shared.confirmation import MAC_ALGORITHM
from tests.support.deployed import Deployed
from tests.support.rights import FUNCTIONS

FROM, TO = "acc-maria-checking", "acc-juan-checking"
AGENTS, BUS = "centli-core-banking", "centli-core-banking-transfer"
LIMIT = Decimal("500.00")

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture(scope="module")
def deployment(cloud: Cloud) -> Deployment:
    made = deploy_locally(cloud, parameters={"RequireConfirmation": "agents"})
    seed_all(made)
    return made


def ask(
    deployed: Deployed, amount: str, proof: str | None = None, *, user_id: str | None = "user-maria"
) -> tuple[int, Any]:
    """Ask for a transfer from María to Juan as an agent does."""
    attributes = {"user_id": user_id, "confirmation": proof}
    event = invocation.invocation(
        operations.find_operation("createTransfer"),
        {"from_account": FROM, "to_account": TO, "amount": amount},
        session_id=str(uuid4()),
        session_attributes={name: held for name, held in attributes.items() if held},
    )
    return invocation.status_and_body(deployed.invoke(AGENTS, event))


def proof_of(deployed: Deployed, amount: str) -> str:
    status, body = ask(deployed, amount)
    assert status == 428, body
    return mint(deployed.deployment, body["confirmation"]["challenge"])


@contextmanager
def variables(deployed: Deployed, function: str, **changes: str) -> Iterator[None]:
    """Give a function other variables for a while."""
    client = deployed.cloud.client("lambda")
    before = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]

    def give(variables: dict[str, str]) -> None:
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables}
        )

    give(before | changes)
    yield
    give(before)


def test_an_agent_moves_money_with_the_proof_and_not_without(deployed: Deployed) -> None:
    before = deployed.balances()
    proof = proof_of(deployed, "11.50")
    assert deployed.balances() == before
    status, receipt = ask(deployed, "11.50", proof)
    assert (status, receipt["amount"]) == (200, Decimal("11.50"))
    status, again = ask(deployed, "11.50", proof)
    assert (status, again["repeated"]) == (200, True)
    after = deployed.balances()
    assert before[FROM] - after[FROM] == Decimal("11.50") == after[TO] - before[TO]
    [record] = [r for r in deployed.table("requests") if "confirmation_id" in r]
    assert (record["door"], record["user_id"]) == ("agent", "user-maria")


def test_the_bus_is_asked_for_a_proof_where_the_setting_says_always(deployed: Deployed) -> None:
    data = {"from_account": FROM, "to_account": TO, "amount": 12.5}
    trusted = deployed.invoke(BUS, deployed.bus_event("TRANSFER_REQUEST", data))
    assert trusted["event_type"] == "TRANSFER_COMPLETED"
    with variables(deployed, BUS, REQUIRE_CONFIRMATION="always"):
        before = deployed.balances()
        event = deployed.bus_event("TRANSFER_REQUEST", data | {"amount": 13.5})
        shown = deployed.invoke(BUS, event)["data"]
        assert shown["error"]["code"] == "CONFIRMATION_REQUIRED"
        assert deployed.balances() == before
        proof = mint(deployed.deployment, shown["confirmation"]["challenge"])
        event["detail"]["confirmation"] = proof
        assert deployed.invoke(BUS, event)["event_type"] == "TRANSFER_COMPLETED"
    assert before[FROM] - deployed.balances()[FROM] == Decimal("13.50")


def test_agents_are_asked_for_none_where_the_setting_says_never(deployed: Deployed) -> None:
    with variables(deployed, AGENTS, REQUIRE_CONFIRMATION="never"):
        assert ask(deployed, "14.50")[0] == 200


def test_a_session_without_a_user_is_asked_for_none_where_a_test_user_stands_in(
    deployed: Deployed,
) -> None:
    assert ask(deployed, "15.50", user_id=None)[0] == 401
    with variables(deployed, AGENTS, TEST_USER_ID="user-maria"):
        assert ask(deployed, "15.50", user_id=None)[0] == 200
        assert ask(deployed, "16.50")[0] == 428


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_can_make_a_proof(deployed: Deployed, function: str) -> None:
    key = deployed.deployment.outputs["ConfirmationKeyArn"]
    client = deployed.client_of_role("kms", function)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.generate_mac(KeyId=key, Message=b"1.x", MacAlgorithm=MAC_ALGORITHM)


def test_a_proof_made_with_another_key_is_none(deployed: Deployed) -> None:
    kms = deployed.cloud.client("kms")
    other = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]
    challenge = ask(deployed, "17.50")[1]["confirmation"]["challenge"]
    made = kms.generate_mac(
        KeyId=other["Arn"], Message=challenge.encode(), MacAlgorithm=MAC_ALGORITHM
    )
    mac = base64.urlsafe_b64encode(made["Mac"]).rstrip(b"=").decode()
    before = deployed.balances()
    status, body = ask(deployed, "17.50", f"{challenge}.{mac}")
    assert (status, body["error"]["code"]) == (403, "CONFIRMATION_INVALID")
    assert deployed.balances() == before
    assert ask(deployed, "17.50", mint(deployed.deployment, challenge))[0] == 200


def test_without_its_right_to_ask_kms_a_function_moves_nothing(deployed: Deployed) -> None:
    configuration = deployed.cloud.client("lambda").get_function_configuration(FunctionName=AGENTS)
    role = {"RoleName": configuration["Role"].rpartition("/")[2], "PolicyName": "data"}
    iam = deployed.cloud.client("iam")
    policy = iam.get_role_policy(**role)["PolicyDocument"]
    policy = json.loads(policy) if isinstance(policy, str) else policy
    kept = [s for s in policy["Statement"] if s["Action"] != "kms:VerifyMac"]
    assert len(kept) == len(policy["Statement"]) - 1
    proof = proof_of(deployed, "18.50")
    before = deployed.balances()

    iam.put_role_policy(**role, PolicyDocument=json.dumps({**policy, "Statement": kept}))
    status, body = ask(deployed, "18.50", proof)
    iam.put_role_policy(**role, PolicyDocument=json.dumps(policy))

    assert (status, body["error"]["code"]) == (503, "TEMPORARILY_UNAVAILABLE")
    assert deployed.balances() == before
    assert ask(deployed, "18.50", proof)[0] == 200


def test_transfers_at_the_same_time_never_pass_the_daily_limit(deployed: Deployed) -> None:

    key = {"user_id": {"S": "user-maria"}, "subject": {"S": "transfers"}}
    deployed.dynamodb.update_item(
        TableName=deployed.deployment.outputs["LimitsTableName"],
        Key=key,
        UpdateExpression="SET daily_limit = :limit",
        ExpressionAttributeValues={":limit": {"N": str(LIMIT)}},
    )
    amounts = [f"{20 + number / 100:.2f}" for number in range(32)]
    confirmed = [(amount, proof_of(deployed, amount)) for amount in amounts]
    before, spent_before = deployed.balances()[TO], _spent(deployed)

    with ThreadPoolExecutor(32) as pool:
        for one in confirmed:
            pool.submit(ask, deployed, *one)
    answers = [ask(deployed, *one) for one in confirmed]  # as after answers that were lost

    moved = deployed.balances()[TO] - before
    done = sum(Decimal(a) for a, (status, _) in zip(amounts, answers, strict=True) if status == 200)
    assert _spent(deployed) - spent_before == moved == done
    assert LIMIT - Decimal("20.32") < spent_before + moved <= LIMIT
    assert {b["error"]["code"] for s, b in answers if s != 200} == {"LIMIT_EXCEEDED"}


def _spent(deployed: Deployed) -> Decimal:
    key = ("user-maria", "transfers")
    found = [i for i in deployed.table("limits") if (i["user_id"], i["subject"]) == key]
    spent: Decimal = found[0].get("spent", Decimal(0))
    return spent
