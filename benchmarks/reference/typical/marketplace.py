"""The marketplace as most people write it with Powertools; a purchase is reserved, not paid."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid4

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import BedrockAgentResolver
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
    transaction_id: str | None = None
    created_at: str


class PurchaseRequest(BaseModel):
    product_id: str
    retailer_id: str
    quantity: int = Field(ge=1)
    account_id: str
    benefit: str | None = None
    unit_price: Decimal = Field(gt=0, decimal_places=2)


class Purchases(BaseModel):
    purchases: list[Purchase]
    next_token: str | None = None


def caller() -> str:
    """Return who is calling."""
    return str(app.current_event.session_attributes["user_id"])


def in_words(stored: dict[str, Any]) -> list[str]:
    """Tell a benefit to the customer."""
    benefit = Benefit.model_validate(stored)
    if benefit.type == "cashback":
        return [f"{benefit.percent:g} % cashback"]
    least = f" desde {benefit.minimum_purchase:.2f} pesos" if benefit.minimum_purchase else ""
    months = benefit.months if isinstance(benefit.months, list) else [benefit.months]
    return [f"{number} MSI{least}" for number in months]


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
    wanted = [
        Product(
            **{name: value for name, value in item.items() if name != "benefits"},
            retailer_name=retailer["name"],
            benefits=[text for stored in item["benefits"] for text in in_words(stored)],
        )
        for item in found["Items"]
        if all(word in item["name"].lower() for word in search.lower().split())
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
    product = products.get_item(Key=key, ConsistentRead=True)["Item"]
    retailer = retailers.get_item(Key={"retailer_id": request.retailer_id})["Item"]
    if product["price"] != request.unit_price:
        raise ValueError("the price is another")
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    purchase = Purchase(
        purchase_id=str(uuid4()),
        status="pending",
        product_name=product["name"],
        retailer_name=retailer["name"],
        quantity=request.quantity,
        total_amount=float(request.quantity * product["price"]),
        benefit_applied=request.benefit,
        created_at=now,
        **key,
    )
    item = {
        **purchase.model_dump(exclude_none=True, exclude={"total_amount"}),
        "user_id": user_id,
        "timestamp_purchase_id": f"{now}#{purchase.purchase_id}",
        "total_amount": request.quantity * product["price"],
        "account_id": request.account_id,
    }
    stock = {
        "TableName": products.name,
        "Key": key,
        "UpdateExpression": "SET stock = stock - :quantity",
        "ConditionExpression": "stock >= :quantity",
        "ExpressionAttributeValues": {":quantity": request.quantity},
    }
    dynamodb.meta.client.transact_write_items(
        TransactItems=[{"Update": stock}, {"Put": {"TableName": purchases.name, "Item": item}}]
    )
    metrics.add_metric(name="Purchases", unit=MetricUnit.Count, value=1)
    return purchase


@logger.inject_lambda_context(correlation_id_path="sessionId")
@tracer.capture_lambda_handler
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer the invocation of a Bedrock agent."""
    answer = app.resolve(event, context)
    status = answer["response"]["httpStatusCode"]
    logger.info("request answered", extra={"status": status, "path": event["apiPath"]})
    metrics.add_dimension(name="operation", value=event["apiPath"])
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    return answer
