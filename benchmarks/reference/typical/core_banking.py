"""Core banking as most people write it with Powertools.

A transfer is refused for the same reasons as the product refuses one, limits included, and owes the
same event, which its relay publishes from the outbox. It neither keeps the refusal nor proves it,
and its idempotency record is not written with the change: what is lost between them is lost.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import BedrockAgentResolver
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.serialization.pydantic import PydanticSerializer
from boto3.dynamodb.conditions import Attr, Key
from pydantic import BaseModel, Field

logger = Logger()
tracer = Tracer()
metrics = Metrics(namespace="Bank")
app = BedrockAgentResolver()

dynamodb: Any = boto3.resource("dynamodb")
accounts = dynamodb.Table(os.environ["ACCOUNTS_TABLE"])
transactions = dynamodb.Table(os.environ["TRANSACTIONS_TABLE"])
limits = dynamodb.Table(os.environ["LIMITS_TABLE"])
outbox = dynamodb.Table(os.environ["REQUESTS_TABLE"])
MAX_TRANSFER_AMOUNT = Decimal(os.environ["MAX_TRANSFER_AMOUNT"])
DAILY_TRANSFER_LIMIT = Decimal(os.environ["DAILY_TRANSFER_LIMIT"])
NEW_PAYEE_LIMIT = Decimal(os.environ["NEW_PAYEE_LIMIT"])
NEW_PAYEE_HOURS = timedelta(hours=24)
LEAST_BALANCE = Decimal(-(10**10))
BANK_ZONE = ZoneInfo("America/Mexico_City")
persistence = DynamoDBPersistenceLayer(
    table_name=os.environ["REQUESTS_TABLE"],
    key_attr="request_id",
)
idempotency = IdempotencyConfig(expires_after_seconds=120, use_local_cache=False)


class AccountBalance(BaseModel):
    account_id: str
    account_type: str
    balance: float
    available: float
    currency: str
    status: str


class Balances(BaseModel):
    accounts: list[AccountBalance]


class Transaction(BaseModel):
    transaction_id: str
    account_id: str
    type: str
    direction: str
    amount: float
    currency: str
    from_account: str | None = None
    to_account: str | None = None
    status: str
    description: str | None = None
    created_at: str


class Transactions(BaseModel):
    transactions: list[Transaction]
    next_token: str | None = None


class TransferRequest(BaseModel):
    from_account: str
    to_account: str
    amount: Decimal = Field(gt=0, decimal_places=2)
    description: str | None = Field(default=None, max_length=140)


class TransferReceipt(BaseModel):
    transaction_id: str
    status: str
    from_account: str
    to_account: str
    amount: float
    currency: str
    description: str | None = None
    created_at: str


def caller() -> str:
    """Return who is calling."""
    return str(app.current_event.session_attributes["user_id"])


@app.get("/balance", description="Tell the balance of an account.")
@tracer.capture_method
def get_balance(
    account_id: Annotated[str, Query(description="An account of the customer.")],
) -> Balances:
    key = {"user_id": caller(), "account_id": account_id}
    item = accounts.get_item(Key=key, ConsistentRead=True)["Item"]
    return Balances(accounts=[AccountBalance(**item, available=item["balance"])])


@app.get("/transactions", description="List the movements of an account.")
@tracer.capture_method
def list_transactions(
    account_id: Annotated[str, Query(description="An account of the customer.")],
    from_date: Annotated[str, Query(description="From this day.")] = "0000",
    to_date: Annotated[str, Query(description="To this day.")] = "9999",
    type: Annotated[str | None, Query(description="Of this type.")] = None,  # noqa: A002
    limit: Annotated[int, Query(description="How many.", ge=1, le=50)] = 20,
) -> Transactions:
    is_wanted: Any = Attr("user_id").eq(caller())
    if type is not None:
        is_wanted = is_wanted & Attr("type").eq(type)
    days = Key("timestamp_txn_id").between(from_date, to_date + "~")
    found = transactions.query(
        KeyConditionExpression=Key("account_id").eq(account_id) & days,
        FilterExpression=is_wanted,
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    movements = [
        Transaction(
            **{name: value for name, value in item.items() if name != "amount"},
            amount=abs(item["amount"]),
            direction="debit" if item.get("from_account") == account_id else "credit",
        )
        for item in found["Items"][:limit]
    ]
    return Transactions(transactions=movements)


@app.post("/transfers", description="Transfer money to another account.")
@tracer.capture_method
def create_transfer(
    request: Annotated[TransferRequest, Body(description="What to transfer.")],
) -> TransferReceipt:
    attributes = app.current_event.session_attributes
    once = {"request_id": attributes["request_id"], **request.model_dump(mode="json")}
    return transfer(once=once, request=request, user_id=caller())


@idempotent_function(
    data_keyword_argument="once",
    persistence_store=persistence,
    config=idempotency,
    output_serializer=PydanticSerializer(model=TransferReceipt),
)
def transfer(once: dict[str, Any], request: TransferRequest, user_id: str) -> TransferReceipt:
    """Move the money, once for what is asked."""
    payer = accounts.get_item(
        Key={"user_id": user_id, "account_id": request.from_account}, ConsistentRead=True
    ).get("Item")
    if payer is None:
        raise NotFoundError("The customer has no such account.")
    if request.from_account == request.to_account:
        raise BadRequestError("Choose two different accounts.")
    if payer["status"] != "active":
        raise BadRequestError("The account is not active.")
    if payer["balance"] + payer.get("credit_limit", 0) < request.amount:
        raise BadRequestError("The amount is above what is available.")
    owners = accounts.query(
        IndexName="account-index",
        KeyConditionExpression=Key("account_id").eq(request.to_account),
    )
    if len(owners["Items"]) != 1:
        raise NotFoundError("There is no such account.")
    payee = accounts.get_item(
        Key={name: owners["Items"][0][name] for name in ("user_id", "account_id")},
        ConsistentRead=True,
    )["Item"]
    if payee["status"] != "active":
        raise NotFoundError("There is no such account.")
    receipt = TransferReceipt(
        transaction_id=str(uuid4()),
        status="completed",
        from_account=request.from_account,
        to_account=request.to_account,
        amount=float(request.amount),
        currency="MXN",
        description=request.description,
        created_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )
    floor = request.amount - payer.get("credit_limit", 0)
    is_others = payee["user_id"] != user_id
    dynamodb.meta.client.transact_write_items(
        TransactItems=[
            *_side(payer, receipt, -request.amount, floor=floor),
            *_side(payee, receipt, request.amount, floor=LEAST_BALANCE),
            *(_limited(user_id, request, receipt.created_at) if is_others else ()),
            _owed("TRANSFER_COMPLETED", receipt.transaction_id, user_id, receipt),
        ]
    )
    metrics.add_metric(name="Transfers", unit=MetricUnit.Count, value=1)
    return receipt


def _limited(user_id: str, request: TransferRequest, now: str) -> list[dict[str, Any]]:
    """Return the writes that count a transfer to somebody else, which the limits allow."""
    today = datetime.now(BANK_ZONE).date().isoformat()
    day_key = {"user_id": user_id, "subject": "transfers"}
    payee_key = {"user_id": user_id, "subject": f"payee#{request.to_account}"}
    day = limits.get_item(Key=day_key, ConsistentRead=True).get("Item", {})
    payee = limits.get_item(Key=payee_key, ConsistentRead=True).get("Item", {})
    spent = day["spent"] if day.get("day") == today else Decimal(0)
    first_paid_at = payee.get("first_paid_at", now)
    is_new = datetime.fromisoformat(first_paid_at) + NEW_PAYEE_HOURS > datetime.now(UTC)
    paid_while_new = payee.get("paid_while_new", Decimal(0))
    if request.amount > MAX_TRANSFER_AMOUNT:
        raise BadRequestError("The amount is above the limit of one transfer.")
    if spent + request.amount > day.get("daily_limit", DAILY_TRANSFER_LIMIT):
        raise BadRequestError("The amount is above what is left of the daily limit.")
    if is_new and paid_while_new + request.amount > NEW_PAYEE_LIMIT:
        raise BadRequestError("The amount is above the limit for a new payee.")
    counted = {
        "TableName": limits.name,
        "Key": day_key,
        "UpdateExpression": "SET #day = :today, spent = :spent",
        "ConditionExpression": "attribute_not_exists(#day) OR #day < :today OR spent = :before",
        "ExpressionAttributeNames": {"#day": "day"},
        "ExpressionAttributeValues": {
            ":today": today,
            ":before": spent,
            ":spent": spent + request.amount,
        },
    }
    paid = {
        "TableName": limits.name,
        "Key": payee_key,
        "UpdateExpression": "SET first_paid_at = :first, paid_while_new = :paid ADD payments :one",
        "ExpressionAttributeValues": {
            ":first": first_paid_at,
            ":paid": paid_while_new + (request.amount if is_new else 0),
            ":one": 1,
        },
    }
    return [{"Update": counted}, {"Update": paid}]


def _owed(event_type: str, key: str, user_id: str, answer: BaseModel) -> dict[str, Any]:
    """Return the write of an event that the relay is to publish."""
    envelope = {
        "version": "1.0",
        "event_type": event_type,
        "correlation_id": key,
        "timestamp": datetime.now(UTC).isoformat(),
        "source": "core-banking",
        "user_id": user_id,
        "data": answer.model_dump(mode="json", exclude_none=True),
    }
    item = {"request_id": f"event#{key}", "events": [json.dumps(envelope)]}
    return {"Put": {"TableName": outbox.name, "Item": item}}


def _side(
    holder: dict[str, Any], receipt: TransferReceipt, change: Decimal, *, floor: Decimal
) -> list[dict[str, Any]]:
    key = {"user_id": holder["user_id"], "account_id": holder["account_id"]}
    record = {
        **receipt.model_dump(exclude_none=True, exclude={"amount"}),
        **key,
        "timestamp_txn_id": f"{receipt.created_at}#{receipt.transaction_id}",
        "type": "transfer",
        "amount": change,
    }
    return [
        {
            "Update": {
                "TableName": accounts.name,
                "Key": key,
                "UpdateExpression": "SET balance = balance + :change, updated_at = :now",
                "ConditionExpression": "balance >= :floor AND #status = :active",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {
                    ":change": change,
                    ":floor": floor,
                    ":now": receipt.created_at,
                    ":active": "active",
                },
            }
        },
        {"Put": {"TableName": transactions.name, "Item": record}},
    ]


@logger.inject_lambda_context(correlation_id_path="sessionId")
@tracer.capture_lambda_handler
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer the invocation of a Bedrock agent."""
    idempotency.register_lambda_context(context)
    answer = app.resolve(event, context)
    status = answer["response"]["httpStatusCode"]
    logger.info("request answered", extra={"status": status, "path": event["apiPath"]})
    metrics.add_dimension(name="operation", value=event["apiPath"])
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    return answer
