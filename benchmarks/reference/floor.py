"""The floor: the least code that makes the AWS calls with a ready client, and answers the same.

No validation, no log, no metric, no protection from a second delivery: nothing to run a bank on,
but what the platform and the client cost by themselves.
"""

import json
import os
import time
from typing import Any
from uuid import uuid4

import botocore.session

_session = botocore.session.Session()
client: Any = _session.create_client("dynamodb")


def _python(value: dict[str, Any]) -> Any:
    [(kind, held)] = value.items()
    if kind == "N":
        return float(held) if "." in held else int(held)
    if kind == "L":
        return [_python(one) for one in held]
    if kind == "M":
        return {name: _python(one) for name, one in held.items()}
    return held


def _item(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _python(value) for name, value in item.items()}


def _query(table: str, condition: str, **values: str) -> list[dict[str, Any]]:
    table, _, index = table.partition("/")
    answer = client.query(
        TableName=os.environ[table],
        KeyConditionExpression=condition,
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
        ScanIndexForward=table != "TRANSACTIONS_TABLE",
        **({"IndexName": index} if index else {}),
    )
    return [_item(item) for item in answer["Items"]]


def _some(item: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


def get_balance(user: str, asked: dict[str, str]) -> Any:
    found = client.get_item(
        TableName=os.environ["ACCOUNTS_TABLE"],
        Key={"user_id": {"S": user}, "account_id": {"S": asked["account_id"]}},
        ConsistentRead=True,
    )
    account = _item(found["Item"])
    told = _some(account, "account_id", "account_type", "balance", "currency", "status")
    return {"accounts": [{**told, "available": account["balance"]}]}


def list_transactions(user: str, asked: dict[str, str]) -> Any:
    found = _query(
        "TRANSACTIONS_TABLE",
        "account_id = :account AND timestamp_txn_id BETWEEN :first AND :last",
        account=asked["account_id"],
        first=asked["from_date"],
        last=asked["to_date"] + "~",
    )
    told = ("transaction_id", "account_id", "type", "currency", "from_account", "to_account")
    return {
        "transactions": [
            {
                **_some(item, *told, "status", "description", "created_at"),
                "amount": abs(item["amount"]),
                "direction": "debit" if item["from_account"] == item["account_id"] else "credit",
            }
            for item in found
            if item["type"] == asked["type"] and item["user_id"] == user
        ]
    }


def create_transfer(user: str, asked: dict[str, str]) -> Any:
    payer, payee, amount = asked["from_account"], asked["to_account"], asked["amount"]
    [owner] = _query("ACCOUNTS_TABLE/account-index", "account_id = :account", account=payee)
    now, transaction = _now(), str(uuid4())
    receipt = {
        "transaction_id": {"S": transaction},
        "status": {"S": "completed"},
        "from_account": {"S": payer},
        "to_account": {"S": payee},
        "currency": {"S": "MXN"},
        "description": {"S": asked["description"]},
        "created_at": {"S": now},
    }
    writes: list[Any] = [{"Put": {"TableName": os.environ["REQUESTS_TABLE"], "Item": {
        "request_id": {"S": transaction}}}}]  # fmt: skip
    sides = ((user, payer, f"-{amount}"), (owner["user_id"], payee, amount))
    for holder, account, change in sides:
        writes.append({"Update": {
            "TableName": os.environ["ACCOUNTS_TABLE"],
            "Key": {"user_id": {"S": holder}, "account_id": {"S": account}},
            "UpdateExpression": "SET balance = balance + :change",
            "ConditionExpression": "balance >= :floor",
            "ExpressionAttributeValues": {
                ":change": {"N": change},
                ":floor": {"N": amount if account == payer else "0"},
            },
        }})  # fmt: skip
        writes.append({"Put": {"TableName": os.environ["TRANSACTIONS_TABLE"], "Item": {
            **receipt,
            "account_id": {"S": account},
            "timestamp_txn_id": {"S": f"{now}#{transaction}"},
            "user_id": {"S": holder},
            "type": {"S": "transfer"},
            "amount": {"N": change},
        }}})  # fmt: skip
    client.transact_write_items(TransactItems=writes)
    return {**_item(receipt), "amount": float(amount)}


def search_products(user: str, asked: dict[str, str]) -> Any:
    found = _query("PRODUCTS_TABLE/retailer-index", "retailer_id = :id", id=asked["retailer_id"])
    names = client.batch_get_item(
        RequestItems={
            os.environ["RETAILERS_TABLE"]: {"Keys": [{"retailer_id": {"S": asked["retailer_id"]}}]}
        }
    )
    [retailer] = names["Responses"][os.environ["RETAILERS_TABLE"]]
    told = ("product_id", "retailer_id", "name", "description", "price", "currency", "category")
    return {
        "products": [
            {
                **_some(item, *told, "stock", "image_url"),
                "retailer_name": retailer["name"]["S"],
                "benefits": [text for one in item["benefits"] for text in _benefit(one)],
            }
            for item in found
            if item["category"] == asked["category"] and asked["search"] in item["name"].lower()
        ]
    }


def _benefit(one: dict[str, Any]) -> list[str]:
    if one["type"] == "cashback":
        return [f"{one['percent']} % cashback"]
    least = f" desde {one['minimum_purchase']:.2f} pesos" if "minimum_purchase" in one else ""
    months = one["months"] if isinstance(one["months"], list) else [one["months"]]
    return [f"{number} MSI{least}" for number in months]


_PURCHASE = (
    *("purchase_id", "status", "product_id", "product_name", "retailer_id", "retailer_name"),
    *("quantity", "total_amount", "transaction_id", "created_at"),
)


def _purchases(user: str) -> list[Any]:
    found = _query("PURCHASES_TABLE", "user_id = :user", user=user)
    return [_some(item, *_PURCHASE) for item in found]


def list_purchases(user: str, asked: dict[str, str]) -> Any:
    return {"purchases": _purchases(user)}


def get_purchase(user: str, asked: dict[str, str]) -> Any:
    return next(p for p in _purchases(user) if p["purchase_id"] == asked["purchase_id"])


_PERSON = ("beneficiary_id", "name", "alias", "account_id", "relationship")


def resolve_alias(user: str, asked: dict[str, str]) -> Any:
    condition = "alias_lower = :alias AND user_id = :user"
    [found] = _query("BENEFICIARIES_TABLE/alias-index", condition, alias=asked["alias"], user=user)
    person = _some(found, *_PERSON)
    return {"match": "exact", "beneficiary": person, "candidates": [{**person, "score": 1.0}]}


def list_beneficiaries(user: str, asked: dict[str, str]) -> Any:
    found = _query("BENEFICIARIES_TABLE", "user_id = :user", user=user)
    return {"beneficiaries": [_some(item, *_PERSON) for item in found]}


_OPERATIONS = {
    "/balance": get_balance,
    "/transactions": list_transactions,
    "/transfers": create_transfer,
    "/products": search_products,
    "/purchases": list_purchases,
    "/purchases/{purchase_id}": get_purchase,
    "/beneficiaries": list_beneficiaries,
    "/beneficiaries/resolve": resolve_alias,
}


def lambda_handler(event: Any, context: Any) -> Any:
    """Answer the invocation of a Bedrock agent."""
    body = event.get("requestBody") or {"content": {"application/json": {"properties": []}}}
    properties = body["content"]["application/json"]["properties"]
    asked = {one["name"]: one["value"] for one in [*(event["parameters"] or ()), *properties]}
    answer = _OPERATIONS[event["apiPath"]](event["sessionAttributes"]["user_id"], asked)
    return {
        "messageVersion": "1.0",
        "response": {
            "actionGroup": event["actionGroup"],
            "apiPath": event["apiPath"],
            "httpMethod": event["httpMethod"],
            "httpStatusCode": 200,
            "responseBody": {"application/json": {"body": json.dumps(answer)}},
        },
    }
