"""Every deployed role: what it must be able to do, and what it is denied, on the real policies."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.deployed import Deployed

Probe = Callable[[Any], object]


def key(**attributes: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in attributes.items()}


ACCOUNT = key(user_id="user-probe", account_id="acc-probe")
RECORD = key(account_id="acc-probe", timestamp_txn_id="2026#probe")
BENEFICIARY = key(user_id="user-probe", beneficiary_id="ben-probe")
PRODUCT = key(product_id="prod-probe", retailer_id="ret-probe")
PURCHASE = key(user_id="user-probe", timestamp_purchase_id="2026#probe")
RETAILER = key(retailer_id="ret-probe")
REQUEST = key(request_id="probe")


def get(what: str, item_key: dict[str, Any]) -> Probe:
    return lambda client: client.get_item(TableName=f"centli-{what}", Key=item_key)


def batch_get(what: str, item_key: dict[str, Any]) -> Probe:
    return lambda client: client.batch_get_item(
        RequestItems={f"centli-{what}": {"Keys": [item_key]}}
    )


def put(what: str, item: dict[str, Any]) -> Probe:
    return lambda client: client.put_item(TableName=f"centli-{what}", Item=item)


def update(what: str, item_key: dict[str, Any]) -> Probe:
    return lambda client: client.update_item(
        TableName=f"centli-{what}",
        Key=item_key,
        UpdateExpression="SET probe = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
    )


def delete(what: str, item_key: dict[str, Any]) -> Probe:
    return lambda client: client.delete_item(TableName=f"centli-{what}", Key=item_key)


def scan(what: str) -> Probe:
    return lambda client: client.scan(TableName=f"centli-{what}")


def query(what: str, partition: str, index: str | None = None) -> Probe:
    where = {"IndexName": index} if index else {}
    return lambda client: client.query(
        TableName=f"centli-{what}",
        KeyConditionExpression=f"{partition} = :p",
        ExpressionAttributeValues={":p": {"S": "probe"}},
        **where,
    )


PROBES: dict[str, Probe] = {
    "accounts:GetItem": get("accounts", ACCOUNT),
    "accounts:Query": query("accounts", "user_id"),
    "accounts:UpdateItem": update("accounts", ACCOUNT),
    "accounts:PutItem": put("accounts", ACCOUNT),
    "accounts:DeleteItem": delete("accounts", ACCOUNT),
    "accounts:Scan": scan("accounts"),
    "accounts/account-index:Query": query("accounts", "account_id", "account-index"),
    "transactions:GetItem": get("transactions", RECORD),
    "transactions:Query": query("transactions", "account_id"),
    "transactions:PutItem": put("transactions", RECORD),
    "transactions:UpdateItem": update("transactions", RECORD),
    "transactions:DeleteItem": delete("transactions", RECORD),
    "transactions/user-index:Query": query("transactions", "user_id", "user-index"),
    "beneficiaries:GetItem": get("beneficiaries", BENEFICIARY),
    "beneficiaries:Query": query("beneficiaries", "user_id"),
    "beneficiaries:PutItem": put("beneficiaries", BENEFICIARY),
    "beneficiaries:UpdateItem": update("beneficiaries", BENEFICIARY),
    "beneficiaries:DeleteItem": delete("beneficiaries", BENEFICIARY),
    "beneficiaries/alias-index:Query": query("beneficiaries", "alias_lower", "alias-index"),
    "products:GetItem": get("products", PRODUCT),
    "products:Query": query("products", "product_id"),
    "products:PutItem": put("products", PRODUCT),
    "products:UpdateItem": update("products", PRODUCT),
    "products:DeleteItem": delete("products", PRODUCT),
    "products:Scan": scan("products"),
    "products/retailer-index:Query": query("products", "retailer_id", "retailer-index"),
    "products/category-index:Query": query("products", "category", "category-index"),
    "purchases/pending-index:Query": query("purchases", "status", "pending-index"),
    "purchases:GetItem": get("purchases", PURCHASE),
    "purchases:Query": query("purchases", "user_id"),
    "purchases:PutItem": put("purchases", PURCHASE),
    "purchases:UpdateItem": update("purchases", PURCHASE),
    "purchases:DeleteItem": delete("purchases", PURCHASE),
    "purchases:Scan": scan("purchases"),
    "retailers:GetItem": get("retailers", RETAILER),
    "retailers:BatchGetItem": batch_get("retailers", RETAILER),
    "retailers:Query": query("retailers", "retailer_id"),
    "retailers:PutItem": put("retailers", RETAILER),
    "retailers:UpdateItem": update("retailers", RETAILER),
    "retailers:DeleteItem": delete("retailers", RETAILER),
    "retailers:Scan": scan("retailers"),
    "requests:GetItem": get("requests", REQUEST),
    "requests:PutItem": put("requests", REQUEST),
    "requests:UpdateItem": update("requests", REQUEST),
    "requests:DeleteItem": delete("requests", REQUEST),
}

LEDGER = {"requests:GetItem", "requests:PutItem", "requests:UpdateItem"}
MOVE_MONEY = LEDGER | {
    "accounts:GetItem",
    "accounts:Query",
    "accounts:UpdateItem",
    "accounts/account-index:Query",
    "transactions:PutItem",
}
CATALOGUE = {
    "products:Query",
    "products/retailer-index:Query",
    "products/category-index:Query",
    "retailers:BatchGetItem",
}
BENEFITS = {"products:GetItem", "products:Query", "accounts:Query"}
PURCHASE_GOODS = LEDGER | {
    "products:GetItem",
    "products:Query",
    "products:UpdateItem",
    "purchases:GetItem",
    "purchases:Query",
    "purchases:PutItem",
    "purchases:UpdateItem",
    "accounts:GetItem",
    "retailers:GetItem",
}
ADD_BENEFICIARY = LEDGER | {
    "beneficiaries:Query",
    "beneficiaries:PutItem",
    "accounts/account-index:Query",
}
ALLOWED = {
    "centli-core-banking-balance": {"accounts:GetItem", "accounts:Query"},
    "centli-core-banking-transfer": MOVE_MONEY | {"purchases:GetItem", "retailers:GetItem"},
    "centli-core-banking-transactions": {
        "accounts:GetItem",
        "transactions:Query",
        "transactions/user-index:Query",
    },
    "centli-core-banking": MOVE_MONEY | {"transactions:Query", "transactions/user-index:Query"},
    "centli-marketplace-catalog": CATALOGUE,
    "centli-marketplace-benefits": BENEFITS,
    "centli-marketplace-purchase": PURCHASE_GOODS,
    "centli-marketplace": (CATALOGUE | BENEFITS | PURCHASE_GOODS) - {"purchases:UpdateItem"},
    "centli-crm-resolve-alias": {"beneficiaries:Query", "beneficiaries/alias-index:Query"},
    "centli-crm-get-beneficiaries": {"beneficiaries:Query"},
    "centli-crm-add-beneficiary": ADD_BENEFICIARY,
    "centli-crm": ADD_BENEFICIARY | {"beneficiaries/alias-index:Query"},
    "centli-event-relay": set(),
    "centli-sweeper": {
        *LEDGER,
        "purchases/pending-index:Query",
        *("purchases:GetItem", "purchases:UpdateItem"),
        *("products:GetItem", "products:UpdateItem"),
    },
}
PUBLISHERS = set(ALLOWED) - {
    *("centli-core-banking", "centli-marketplace", "centli-crm", "centli-sweeper"),
}


def is_allowed(call: Callable[[], object]) -> bool:
    """Tell whether IAM lets the call through, whatever else DynamoDB says of it."""
    try:
        call()
    except ClientError as error:
        return "AccessDenied" not in error.response["Error"]["Code"]
    return True


@pytest.mark.parametrize("function", ALLOWED)
def test_a_role_may_do_on_the_tables_exactly_what_its_function_needs(
    deployed: Deployed, function: str
) -> None:
    client = deployed.client_of_role("dynamodb", function)

    allowed = {name for name, probe in PROBES.items() if is_allowed(lambda p=probe: p(client))}

    assert allowed == ALLOWED[function]


@pytest.mark.parametrize("function", ALLOWED)
def test_a_role_may_publish_on_the_bus_of_the_stack_only_if_its_function_publishes(
    deployed: Deployed, function: str
) -> None:
    client = deployed.client_of_role("events", function)

    def publish(bus_name: str) -> bool:
        entry = {"Source": "probe", "DetailType": "PROBE", "Detail": "{}"}
        return is_allowed(lambda: client.put_events(Entries=[{**entry, "EventBusName": bus_name}]))

    assert publish("centli-event-bus") is (function in PUBLISHERS)
    assert not publish("default")


def test_the_probe_of_permissions_tells_a_wider_role_from_the_deployed_one(
    deployed: Deployed,
) -> None:
    function = "centli-crm-get-beneficiaries"
    role = deployed.cloud.client("lambda").get_function_configuration(FunctionName=function)["Role"]
    iam = deployed.cloud.client("iam")
    iam.put_role_policy(
        RoleName=role.rpartition("/")[2],
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
        iam.delete_role_policy(RoleName=role.rpartition("/")[2], PolicyName="too-wide")


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
