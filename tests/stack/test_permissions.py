"""Every deployed role may do what its policies say, and is denied everything else.

What the policies may say at most is tested in `tests/contract/test_template.py`; that they say what
the operations need, in `tests/contract/test_gaps.py`.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.deployed import Deployed
from tests.support.rights import (
    FUNCTIONS,
    RESOURCES,
    as_list,
    rights_on_keys,
    rights_on_tables,
    role_of,
    statements_of,
)
from tests.support.tables import PREFIX, table_properties

Probe = Callable[[Any], object]

NOT_PROBED = {"ConditionCheckItem"}
"""Used in transactions only, whose other parts are probed."""


def probes_of(table: dict[str, Any]) -> Iterator[tuple[str, Probe]]:
    """Yield each right that a role may have on a table, and a call that needs it."""
    called = table["TableName"]
    short = called.removeprefix(f"{PREFIX}-")
    types = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}

    def value(attribute: str) -> dict[str, Any]:
        return {types[attribute]: "1" if types[attribute] == "N" else "2026#probe"}

    def query(keys: list[dict[str, str]], **where: str) -> Probe:
        partition = keys[0]["AttributeName"]
        return lambda client: client.query(
            TableName=called,
            KeyConditionExpression="#p = :p",
            ExpressionAttributeNames={"#p": partition},
            ExpressionAttributeValues={":p": value(partition)},
            **where,
        )

    key = {k["AttributeName"]: value(k["AttributeName"]) for k in table["KeySchema"]}
    yield f"{short}:GetItem", lambda client: client.get_item(TableName=called, Key=key)
    asked = {called: {"Keys": [key]}}
    yield f"{short}:BatchGetItem", lambda client: client.batch_get_item(RequestItems=asked)
    yield f"{short}:PutItem", lambda client: client.put_item(TableName=called, Item=key)
    yield (
        f"{short}:UpdateItem",
        lambda client: client.update_item(
            TableName=called,
            Key=key,
            UpdateExpression="SET probe = :p",
            ExpressionAttributeValues={":p": {"S": "p"}},
        ),
    )
    yield f"{short}:DeleteItem", lambda client: client.delete_item(TableName=called, Key=key)
    yield f"{short}:Scan", lambda client: client.scan(TableName=called)
    yield f"{short}:Query", query(table["KeySchema"])
    for index in table.get("GlobalSecondaryIndexes", ()):
        name = index["IndexName"]
        yield f"{short}/{name}:Query", query(index["KeySchema"], IndexName=name)


PROBES = dict(probe for table in table_properties() for probe in probes_of(table))


def is_allowed(call: Callable[[], object]) -> bool:
    """Tell whether IAM lets the call through, whatever else DynamoDB says of it."""
    try:
        call()
    except ClientError as error:
        return "AccessDenied" not in error.response["Error"]["Code"]
    return True


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_may_do_on_the_tables_exactly_what_its_policies_say(
    deployed: Deployed, function: str
) -> None:
    client = deployed.client_of_role("dynamodb", function)

    allowed = {name for name, probe in PROBES.items() if is_allowed(lambda p=probe: p(client))}

    written = rights_on_tables(function)
    assert allowed == {r for r in written if r.rpartition(":")[2] not in NOT_PROBED}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_may_publish_on_the_bus_of_the_stack_only_if_its_policies_say_so(
    deployed: Deployed, function: str
) -> None:
    client = deployed.client_of_role("events", function)

    def publish(bus_name: str) -> bool:
        entry = {"Source": "probe", "DetailType": "PROBE", "Detail": "{}"}
        return is_allowed(lambda: client.put_events(Entries=[{**entry, "EventBusName": bus_name}]))

    logical, _ = FUNCTIONS[function]
    written = [as_list(s["Action"]) for s in statements_of(role_of(logical), RESOURCES)]
    publishes = any("events:PutEvents" in actions for actions in written)
    assert publish("centli-event-bus") is publishes
    assert not publish("default")


def role_name(deployed: Deployed, function: str) -> str:
    configuration = deployed.cloud.client("lambda").get_function_configuration(
        FunctionName=function
    )
    return str(configuration["Role"]).rpartition("/")[2]


MESSAGE: dict[str, Any] = {"Message": b"a challenge", "MacAlgorithm": "HMAC_SHA_256"}


def rights_with_keys(client: Any, *keys: str) -> list[set[str]]:
    """Return what a client may do with each of the keys."""
    probes: dict[str, Callable[..., object]] = {
        "kms:VerifyMac": partial(client.verify_mac, Mac=b"no mac", **MESSAGE),
        "kms:GenerateMac": partial(client.generate_mac, **MESSAGE),
        "kms:ScheduleKeyDeletion": partial(client.schedule_key_deletion, PendingWindowInDays=30),
    }
    return [
        {action for action, probe in probes.items() if is_allowed(partial(probe, KeyId=key))}
        for key in keys
    ]


@pytest.fixture
def other_key(deployed: Deployed) -> str:
    """A key of the same kind and account that no policy of the stack names."""
    made = deployed.cloud.client("kms").create_key(
        KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"
    )
    return str(made["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_may_do_with_keys_exactly_what_its_policies_say(
    deployed: Deployed, other_key: str, function: str
) -> None:
    client = deployed.client_of_role("kms", function)

    with_ours, with_other = rights_with_keys(
        client, deployed.deployment.outputs["ConfirmationKeyArn"], other_key
    )

    assert with_ours == {action for action, _ in rights_on_keys(function)}
    assert with_other == set()


def test_the_channels_policy_lets_a_role_make_proofs_that_functions_find_right(
    deployed: Deployed, other_key: str
) -> None:
    outputs = deployed.deployment.outputs
    ours = outputs["ConfirmationKeyArn"]
    function = "centli-crm-get-beneficiaries"
    assert rights_with_keys(deployed.client_of_role("kms", function), ours) == [set()]
    role = role_name(deployed, function)
    iam = deployed.cloud.client("iam")
    iam.attach_role_policy(RoleName=role, PolicyArn=outputs["ConfirmationPolicyArn"])
    try:
        client = deployed.client_of_role("kms", function)
        assert rights_with_keys(client, ours, other_key) == [{"kms:GenerateMac"}, set()]
        mac = client.generate_mac(KeyId=ours, **MESSAGE)["Mac"]
    finally:
        iam.detach_role_policy(RoleName=role, PolicyArn=outputs["ConfirmationPolicyArn"])

    checking = deployed.client_of_role("kms", "centli-core-banking")
    assert checking.verify_mac(KeyId=ours, Mac=mac, **MESSAGE)["MacValid"]
    with pytest.raises(ClientError, match="KMSInvalidMacException"):
        checking.verify_mac(KeyId=ours, Mac=mac, **MESSAGE | {"Message": b"another"})


def test_the_probe_of_permissions_tells_a_wider_role_from_the_deployed_one(
    deployed: Deployed,
) -> None:
    function = "centli-crm-get-beneficiaries"
    role = role_name(deployed, function)
    iam = deployed.cloud.client("iam")
    iam.put_role_policy(
        RoleName=role,
        PolicyName="too-wide",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",'
            '"Action":"dynamodb:DeleteItem"}]}'
        ),
    )
    try:
        client = deployed.client_of_role("dynamodb", function)
        assert is_allowed(lambda: PROBES["accounts:DeleteItem"](client))
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="too-wide")


def test_a_function_answers_an_operation_beyond_its_role_without_doing_it(
    deployed: Deployed,
) -> None:
    before = deployed.balances()
    transfer = {
        "from_account": "acc-maria-checking",
        "to_account": "acc-juan-checking",
        "amount": 1,
    }
    event = deployed.bus_event("TRANSFER_REQUEST", transfer)

    code = deployed.failure("centli-core-banking-balance", event)

    assert code == "TEMPORARILY_UNAVAILABLE"
    assert deployed.balances() == before


def test_a_function_answers_only_the_doors_that_it_is_configured_for(deployed: Deployed) -> None:
    by_agent = json.loads(Path("events/agent/get_balance.json").read_text())
    by_bus = json.loads(Path("events/delivered/balance_query.json").read_text())

    assert deployed.failure("centli-core-banking-balance", by_agent) == "EVENT_NOT_RECOGNISED"
    answer = deployed.invoke("centli-core-banking", by_bus)
    assert answer["error"]["code"] == "INVALID_REQUEST"
