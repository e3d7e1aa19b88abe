"""The CRM as most people write it with Powertools.

An alias is found as it is written, and otherwise by how like it is to aliases and names. A new one
may not be another's alias or name, but for case and accents, nor be so like those of one other that
it would be found to mean them. A new beneficiary owes the same event as in the product, which the
relay publishes from the outbox; its idempotency record is not written with the change.
"""

import hashlib
import json
import os
import unicodedata
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Annotated, Any
from uuid import uuid4

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
from boto3.dynamodb.conditions import Key
from pydantic import BaseModel, Field

logger = Logger()
tracer = Tracer()
metrics = Metrics(namespace="Bank")
app = BedrockAgentResolver()

dynamodb: Any = boto3.resource("dynamodb")
beneficiaries = dynamodb.Table(os.environ["BENEFICIARIES_TABLE"])
accounts = dynamodb.Table(os.environ["ACCOUNTS_TABLE"])
outbox = dynamodb.Table(os.environ["REQUESTS_TABLE"])
persistence = DynamoDBPersistenceLayer(
    table_name=os.environ["REQUESTS_TABLE"], key_attr="request_id"
)
idempotency = IdempotencyConfig(expires_after_seconds=120, use_local_cache=False)
MAX_BENEFICIARIES = 500
LIKE = 0.6


class Beneficiary(BaseModel):
    beneficiary_id: str
    name: str
    alias: str
    account_id: str
    relationship: str | None = None


class Scored(Beneficiary):
    score: float


class Resolution(BaseModel):
    match: str
    beneficiary: Beneficiary | None = None
    candidates: list[Scored]


class Beneficiaries(BaseModel):
    beneficiaries: list[Beneficiary]
    next_token: str | None = None


class NewBeneficiary(BaseModel):
    name: str = Field(min_length=1, max_length=140)
    alias: str = Field(min_length=1, max_length=140)
    account_id: str
    relationship: str | None = Field(default=None, max_length=140)


class Added(BaseModel):
    beneficiary: Beneficiary


def caller() -> str:
    """Return who is calling."""
    return str(app.current_event.session_attributes["user_id"])


def plain(text: str) -> str:
    """Return a text without case and accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@app.get("/beneficiaries/resolve", description="Find a beneficiary by an alias.")
@tracer.capture_method
def resolve_alias(
    alias: Annotated[str, Query(description="What the customer says.")],
) -> Resolution:
    found = beneficiaries.query(
        IndexName="alias-index",
        KeyConditionExpression=Key("alias_lower").eq(alias.lower()) & Key("user_id").eq(caller()),
    )
    candidates = [Scored(**item, score=1.0) for item in found["Items"]]
    if not candidates:
        candidates = closest(alias, people_of(caller()))
    if len(candidates) != 1:
        return Resolution(match="ambiguous" if candidates else "none", candidates=candidates)
    return Resolution(
        match="exact" if found["Items"] else "fuzzy",
        beneficiary=Beneficiary(**candidates[0].model_dump()),
        candidates=candidates,
    )


def people_of(user_id: str) -> list[dict[str, Any]]:
    """Return all beneficiaries of a customer."""
    found = beneficiaries.query(
        KeyConditionExpression=Key("user_id").eq(user_id), ConsistentRead=True
    )
    return list(found["Items"])


def closest(alias: str, people: list[dict[str, Any]]) -> list[Scored]:
    """Return those whose alias or name is like this one, best first."""
    said = plain(alias)
    scored = []
    for item in people:
        called = (plain(item["alias"]), plain(item["name"]))
        score = max(SequenceMatcher(None, said, name).ratio() for name in called)
        if score >= LIKE:
            scored.append(Scored(**item, score=round(score, 2)))
    return sorted(scored, key=lambda one: one.score, reverse=True)


@app.get("/beneficiaries", description="List the beneficiaries.")
@tracer.capture_method
def list_beneficiaries(
    limit: Annotated[int, Query(description="How many.", ge=1, le=50)] = 20,
) -> Beneficiaries:
    found = beneficiaries.query(
        KeyConditionExpression=Key("user_id").eq(caller()), Limit=limit, ConsistentRead=True
    )
    return Beneficiaries(beneficiaries=[Beneficiary(**item) for item in found["Items"]])


@app.post("/beneficiaries", description="Add a beneficiary.")
@tracer.capture_method
def add_beneficiary(
    request: Annotated[NewBeneficiary, Body(description="Whom to add.")],
) -> Added:
    attributes = app.current_event.session_attributes
    once = {"request_id": attributes["request_id"], **request.model_dump(mode="json")}
    return add(once=once, request=request, user_id=caller())


@idempotent_function(
    data_keyword_argument="once",
    persistence_store=persistence,
    config=idempotency,
    output_serializer=PydanticSerializer(model=Added),
)
def add(once: dict[str, Any], request: NewBeneficiary, user_id: str) -> Added:
    """Add a beneficiary, once for what is asked."""
    owners = accounts.query(
        IndexName="account-index",
        KeyConditionExpression=Key("account_id").eq(request.account_id),
    )
    if len(owners["Items"]) != 1:
        raise NotFoundError("There is no such account.")
    alias = request.alias.lower()
    known = people_of(user_id)
    said = plain(request.alias)
    for item in known:
        if said == plain(item["alias"]):
            raise BadRequestError("The customer has a beneficiary with this alias.")
        if said == plain(item["name"]):
            raise BadRequestError("The alias is the name of another beneficiary.")
    meant = closest(request.alias, known)
    if len(meant) == 1 and meant[0].account_id != request.account_id:
        raise BadRequestError("The customer already means another beneficiary by this alias.")
    if len(known) >= MAX_BENEFICIARIES:
        raise BadRequestError("The customer has too many beneficiaries.")
    beneficiary = Beneficiary(
        beneficiary_id=f"ben-{hashlib.sha256(alias.encode()).hexdigest()[:32]}",
        **request.model_dump(),
    )
    added = Added(beneficiary=beneficiary)
    now = datetime.now(UTC).isoformat()
    item = {
        **beneficiary.model_dump(exclude_none=True),
        "user_id": user_id,
        "alias_lower": alias,
        "created_at": now,
    }
    key = str(uuid4())
    envelope = {
        "version": "1.0",
        "event_type": "BENEFICIARY_ADDED",
        "correlation_id": key,
        "timestamp": now,
        "source": "crm",
        "user_id": user_id,
        "data": added.model_dump(mode="json", exclude_none=True),
    }
    owed = {"request_id": f"event#{key}", "events": [json.dumps(envelope)]}
    new = {
        "TableName": beneficiaries.name,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(beneficiary_id)",
    }
    dynamodb.meta.client.transact_write_items(
        TransactItems=[{"Put": new}, {"Put": {"TableName": outbox.name, "Item": owed}}]
    )
    return added


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
