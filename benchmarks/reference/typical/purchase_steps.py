"""The payment and the end of a purchase as most people write them with Powertools.

One function for both rules of the bus. What each owes is published by the relay, from the outbox;
that a step is taken once is the matter of Idempotency, whose record is not written with the change.
"""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.parser import BaseModel, parse
from boto3.dynamodb.conditions import Key
from pydantic import Field

logger = Logger()
tracer = Tracer()
metrics = Metrics(namespace="Bank")

dynamodb: Any = boto3.resource("dynamodb")
accounts = dynamodb.Table(os.environ["ACCOUNTS_TABLE"])
purchases = dynamodb.Table(os.environ["PURCHASES_TABLE"])
transactions = dynamodb.Table(os.environ["TRANSACTIONS_TABLE"])
outbox = dynamodb.Table(os.environ["REQUESTS_TABLE"])
persistence = DynamoDBPersistenceLayer(
    table_name=os.environ["REQUESTS_TABLE"], key_attr="request_id"
)
once = IdempotencyConfig(event_key_jmespath="[event_type, data.purchase_id]", use_local_cache=False)


class Payment(BaseModel):
    """What is said of a payment, before and after it."""

    purchase_id: str
    account_id: str
    amount: Decimal = Field(gt=0, decimal_places=2)
    currency: str
    retailer_id: str
    benefit: str | None = None
    transaction_id: str | None = None


class Envelope(BaseModel):
    """An event of the bus."""

    event_type: str
    correlation_id: str
    user_id: str
    data: Payment


@idempotent_function(data_keyword_argument="detail", persistence_store=persistence, config=once)
def take(detail: dict[str, Any]) -> None:
    """Take the step that an event asks for."""
    envelope = parse(event=detail, model=Envelope)
    (pay if envelope.event_type == "PAYMENT_REQUEST" else end)(envelope)


@tracer.capture_method
def pay(envelope: Envelope) -> None:
    """Move the money to the retailer, for a purchase that waits for it."""
    payment, now = envelope.data, _now()
    bought = _purchase(envelope)
    if bought["status"] != "pending" or bought["total_amount"] != payment.amount:
        raise ValueError("the purchase is another")
    payer = accounts.get_item(
        Key={"user_id": envelope.user_id, "account_id": payment.account_id}, ConsistentRead=True
    )["Item"]
    of_retailer = accounts.query(
        KeyConditionExpression=Key("user_id").eq(payment.retailer_id), ConsistentRead=True
    )["Items"]
    payee = next(account for account in of_retailer if account["status"] == "active")
    payment.transaction_id = str(uuid4())
    dynamodb.meta.client.transact_write_items(
        TransactItems=[
            *_side(payer, payment, -payment.amount, payment.amount, now),
            *_side(payee, payment, payment.amount, Decimal(0), now),
            _owed("PAYMENT_COMPLETED", envelope),
        ]
    )


@tracer.capture_method
def end(envelope: Envelope) -> None:
    """End a purchase that was paid."""
    bought = _purchase(envelope)
    ended = {
        "TableName": purchases.name,
        "Key": {name: bought[name] for name in ("user_id", "timestamp_purchase_id")},
        "UpdateExpression": "SET #status = :completed, transaction_id = :transaction",
        "ConditionExpression": "#status = :pending",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":completed": "completed",
            ":pending": "pending",
            ":transaction": envelope.data.transaction_id,
        },
    }
    dynamodb.meta.client.transact_write_items(
        TransactItems=[{"Update": ended}, _owed("PURCHASE_CONFIRMED", envelope)]
    )


def _purchase(envelope: Envelope) -> dict[str, Any]:
    found = purchases.query(
        KeyConditionExpression=Key("user_id").eq(envelope.user_id),
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    items: list[dict[str, Any]] = found["Items"]
    return next(item for item in items if item["purchase_id"] == envelope.data.purchase_id)


def _side(
    account: dict[str, Any], payment: Payment, change: Decimal, needed: Decimal, now: str
) -> list[dict[str, Any]]:
    key = {name: account[name] for name in ("user_id", "account_id")}
    record = {
        **payment.model_dump(exclude_none=True, exclude={"amount", "account_id"}),
        **key,
        "timestamp_txn_id": f"{now}#{payment.transaction_id}",
        "type": "purchase",
        "status": "completed",
        "created_at": now,
        "amount": change,
    }
    moved = {
        "TableName": accounts.name,
        "Key": key,
        "UpdateExpression": "SET balance = balance + :change, updated_at = :now",
        "ConditionExpression": "balance >= :floor AND #status = :active",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":change": change,
            ":floor": needed - account.get("credit_limit", 0) if needed else Decimal(-(10**10)),
            ":now": now,
            ":active": "active",
        },
    }
    return [{"Update": moved}, {"Put": {"TableName": transactions.name, "Item": record}}]


def _owed(event_type: str, cause: Envelope) -> dict[str, Any]:
    envelope = {
        "version": "1.0",
        "event_type": event_type,
        "correlation_id": cause.correlation_id,
        "timestamp": _now(),
        "source": "core-banking" if event_type == "PAYMENT_COMPLETED" else "marketplace",
        "user_id": cause.user_id,
        "data": {**cause.data.model_dump(exclude_none=True), "amount": float(cause.data.amount)},
    }
    key = f"event#{event_type}#{cause.data.purchase_id}"
    item = {"request_id": key, "events": [json.dumps(envelope)]}
    return {"Put": {"TableName": outbox.name, "Item": item}}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@logger.inject_lambda_context(correlation_id_path="detail.correlation_id")
@tracer.capture_lambda_handler
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Handle an event of the bus."""
    once.register_lambda_context(context)
    take(detail=event["detail"])
    logger.info("event handled", extra={"event_type": event["detail-type"]})
    metrics.add_dimension(name="operation", value=event["detail-type"])
    metrics.add_metric(name="Events", unit=MetricUnit.Count, value=1)
