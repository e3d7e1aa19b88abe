"""The marketplace as most people write it with Powertools; a purchase is reserved, not paid.

A purchase is refused for the same reasons as in the product: another price, no stock, an account
that is not there or not active, a benefit that the product does not have or the account cannot pay.
It owes the same event, which the relay publishes from the outbox. Its idempotency record is not
written with the change.
"""

import json
import os
import re
import unicodedata
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Annotated, Any
from uuid import uuid4

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import BedrockAgentResolver
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
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
products = dynamodb.Table(os.environ["PRODUCTS_TABLE"])
purchases = dynamodb.Table(os.environ["PURCHASES_TABLE"])
retailers = dynamodb.Table(os.environ["RETAILERS_TABLE"])
accounts = dynamodb.Table(os.environ["ACCOUNTS_TABLE"])
outbox = dynamodb.Table(os.environ["REQUESTS_TABLE"])
persistence = DynamoDBPersistenceLayer(
    table_name=os.environ["REQUESTS_TABLE"], key_attr="request_id"
)
idempotency = IdempotencyConfig(expires_after_seconds=120, use_local_cache=False)


class Benefit(BaseModel):
    type: str
    months: int | list[int] | None = None
    minimum_purchase: float | None = None
    percent: float | None = None


class Product(BaseModel):
    product_id: str
    retailer_id: str
    retailer_name: str
    name: str
    description: str
    price: float
    currency: str
    category: str
    stock: int
    image_url: str
    benefits: list[str]


class Products(BaseModel):
    products: list[Product]
    next_token: str | None = None


class Purchase(BaseModel):
    purchase_id: str
    status: str
    product_id: str
    product_name: str
    retailer_id: str
    retailer_name: str
    quantity: int
    total_amount: float
    benefit_applied: str | None = None
    months: int | None = None
    monthly_payment: float | None = None
    last_payment: float | None = None
    cashback: float | None = None
    transaction_id: str | None = None
    created_at: str


class PurchaseRequest(BaseModel):
    product_id: str
    retailer_id: str
    quantity: int = Field(ge=1)
    account_id: str
    benefit: str | None = None
    months: int | None = None
    monthly_payment: Decimal | None = None
    last_payment: Decimal | None = None
    cashback: Decimal | None = None
    unit_price: Decimal = Field(gt=0, decimal_places=2)


class Purchases(BaseModel):
    purchases: list[Purchase]
    next_token: str | None = None


def caller() -> str:
    """Return who is calling."""
    return str(app.current_event.session_attributes["user_id"])


def in_words(stored: dict[str, Any], today: str) -> list[str]:
    """Tell a benefit to the customer, if it is in force."""
    benefit = Benefit.model_validate(stored)
    if not stored.get("valid_from", today) <= today <= stored.get("valid_until", today):
        return []
    if benefit.type == "cashback":
        return [f"{benefit.percent:g} % cashback"]
    least = f" desde {benefit.minimum_purchase:.2f} pesos" if benefit.minimum_purchase else ""
    months = benefit.months if isinstance(benefit.months, list) else [benefit.months]
    return [f"{number} MSI{least}" for number in months]


def words_of(text: str) -> set[str]:
    """Return the words of a text without case and accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return set(re.findall(r"\w+", plain))


@app.get("/products", description="Find products.")
@tracer.capture_method
def search_products(
    category: Annotated[str, Query(description="Category.")],
    retailer_id: Annotated[str, Query(description="Retailer.")],
    search: Annotated[str, Query(description="Words.")],
    limit: Annotated[int, Query(description="How many.", ge=1, le=50)] = 20,
) -> Products:
    found = products.query(
        IndexName="retailer-index",
        KeyConditionExpression=Key("retailer_id").eq(retailer_id),
        FilterExpression=Attr("category").eq(category),
    )
    named = dynamodb.batch_get_item(
        RequestItems={retailers.name: {"Keys": [{"retailer_id": retailer_id}]}}
    )
    [retailer] = named["Responses"][retailers.name]
    today = datetime.now(UTC).date().isoformat()
    words = words_of(search)
    wanted = [
        Product(
            **{name: value for name, value in item.items() if name != "benefits"},
            retailer_name=retailer["name"],
            benefits=[text for stored in item["benefits"] for text in in_words(stored, today)],
        )
        for item in found["Items"]
        if words <= words_of(f"{item['name']} {item['description']}")
    ]
    return Products(products=wanted[:limit])


@app.get("/purchases/<purchase_id>", description="Tell a purchase.")
@tracer.capture_method
def get_purchase(
    purchase_id: Annotated[str, Path(description="The purchase.")],
) -> Purchase:
    found = purchases.query(KeyConditionExpression=Key("user_id").eq(caller()), ConsistentRead=True)
    return next(Purchase(**i) for i in found["Items"] if i["purchase_id"] == purchase_id)


@app.get("/purchases", description="List the purchases.")
@tracer.capture_method
def list_purchases(
    limit: Annotated[int, Query(description="How many.", ge=1, le=50)] = 20,
) -> Purchases:
    found = purchases.query(
        KeyConditionExpression=Key("user_id").eq(caller()),
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    return Purchases(purchases=[Purchase(**item) for item in found["Items"][:limit]])


def figures_of(
    request: PurchaseRequest, product: dict[str, Any], account: dict[str, Any], total: Decimal
) -> dict[str, Any]:
    """Return what the chosen benefit costs and gives; refuse one that cannot be had."""
    if request.benefit is None:
        return {}
    today = datetime.now(UTC).date().isoformat()
    for stored in product["benefits"]:
        benefit = Benefit.model_validate(stored)
        if not stored.get("valid_from", today) <= today <= stored.get("valid_until", today):
            continue
        if total < (benefit.minimum_purchase or 0):
            continue
        months = benefit.months if isinstance(benefit.months, list) else [benefit.months]
        if benefit.type == "cashback" and request.benefit == "cashback":
            cashback = total * stored["percent"] / 100
            return {"cashback": cashback.quantize(Decimal("0.01"), ROUND_DOWN)}
        for number in months:
            if number is not None and request.benefit == f"MSI-{number}":
                if account["account_type"] != "credit":
                    raise BadRequestError("This benefit needs a credit account.")
                if account["balance"] + account["credit_limit"] < total:
                    raise BadRequestError("The total is above the credit that is left.")
                monthly = (total / number).quantize(Decimal("0.01"), ROUND_DOWN)
                return {
                    "months": number,
                    "monthly_payment": monthly,
                    "last_payment": total - monthly * (number - 1),
                }
    raise BadRequestError("The product does not have this benefit.")


def owed_by(purchase: Purchase, request: PurchaseRequest, user_id: str) -> dict[str, Any]:
    """Return the request to pay, which the relay is to publish."""
    envelope = {
        "version": "1.0",
        "event_type": "PAYMENT_REQUEST",
        "correlation_id": purchase.purchase_id,
        "timestamp": purchase.created_at,
        "source": "marketplace",
        "user_id": user_id,
        "data": {
            "purchase_id": purchase.purchase_id,
            "account_id": request.account_id,
            "amount": purchase.total_amount,
            "currency": "MXN",
            "retailer_id": purchase.retailer_id,
            "benefit": request.benefit,
        },
    }
    return {"request_id": f"event#{purchase.purchase_id}", "events": [json.dumps(envelope)]}


@app.post("/purchases", description="Buy a product.")
@tracer.capture_method
def create_purchase(
    request: Annotated[PurchaseRequest, Body(description="What to buy.")],
) -> Purchase:
    attributes = app.current_event.session_attributes
    once = {"request_id": attributes["request_id"], **request.model_dump(mode="json")}
    return reserve(once=once, request=request, user_id=caller())


@idempotent_function(
    data_keyword_argument="once",
    persistence_store=persistence,
    config=idempotency,
    output_serializer=PydanticSerializer(model=Purchase),
)
def reserve(once: dict[str, Any], request: PurchaseRequest, user_id: str) -> Purchase:
    """Reserve the stock, once for what is asked."""
    key = {"product_id": request.product_id, "retailer_id": request.retailer_id}
    product = products.get_item(Key=key, ConsistentRead=True).get("Item")
    retailer = retailers.get_item(Key={"retailer_id": request.retailer_id}).get("Item")
    account = accounts.get_item(
        Key={"user_id": user_id, "account_id": request.account_id}, ConsistentRead=True
    ).get("Item")
    if product is None or retailer is None or account is None:
        raise NotFoundError("There is no such product or account.")
    if product["price"] != request.unit_price:
        raise BadRequestError("The price is another.")
    if product["stock"] < request.quantity:
        raise BadRequestError("There are not so many in stock.")
    if account["status"] != "active":
        raise BadRequestError("The account is not active.")
    total = request.quantity * product["price"]
    figures = figures_of(request, product, account, total)
    for name, figure in figures.items():
        if getattr(request, name) not in (None, figure):
            raise BadRequestError("What the customer was shown is no longer so.")
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    purchase = Purchase(
        purchase_id=str(uuid4()),
        status="pending",
        product_name=product["name"],
        retailer_name=retailer["name"],
        quantity=request.quantity,
        total_amount=float(total),
        benefit_applied=request.benefit,
        **figures,
        created_at=now,
        **key,
    )
    item = {
        **purchase.model_dump(exclude_none=True, exclude={"total_amount", *figures}),
        **figures,
        "user_id": user_id,
        "timestamp_purchase_id": f"{now}#{purchase.purchase_id}",
        "total_amount": total,
        "account_id": request.account_id,
    }
    stock = {
        "TableName": products.name,
        "Key": key,
        "UpdateExpression": "SET stock = stock - :quantity",
        "ConditionExpression": "stock >= :quantity AND price = :price",
        "ExpressionAttributeValues": {
            ":quantity": request.quantity,
            ":price": request.unit_price,
        },
    }
    dynamodb.meta.client.transact_write_items(
        TransactItems=[
            {"Update": stock},
            {"Put": {"TableName": purchases.name, "Item": item}},
            {"Put": {"TableName": outbox.name, "Item": owed_by(purchase, request, user_id)}},
        ]
    )
    metrics.add_metric(name="Purchases", unit=MetricUnit.Count, value=1)
    return purchase


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
