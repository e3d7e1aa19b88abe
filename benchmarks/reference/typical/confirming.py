"""The customer's yes as most people would write it around the functions of changes.

Without a proof the answer is what to show, and a challenge of what was asked. With one, KMS checks
that the challenge was signed, and the digest that the call is the one that was shown; then the
function does what it does without it. That what was shown is still so is not looked at again.
"""

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from boto3.dynamodb.conditions import Key

VALID_SECONDS = 600

logger = Logger()
metrics = Metrics(namespace="Bank")
dynamodb: Any = boto3.resource("dynamodb")
accounts = dynamodb.Table(os.environ["ACCOUNTS_TABLE"])
products = dynamodb.Table(os.environ["PRODUCTS_TABLE"])
retailers = dynamodb.Table(os.environ["RETAILERS_TABLE"])
kms: Any = boto3.client("kms")

Handler = Callable[[dict[str, Any], Any], Any]


def confirmed(handler: Handler) -> Handler:
    """Return the function that asks for the customer's yes before a change."""

    @logger.inject_lambda_context(correlation_id_path="sessionId")
    @metrics.log_metrics
    def shown(event: dict[str, Any], context: Any) -> dict[str, Any]:
        asked = _asked(event)
        body = {
            "error": {"code": "CONFIRMATION_REQUIRED", "message": "Show the terms."},
            "confirmation": {"terms": _terms(asked), "challenge": _challenge(event, asked)},
        }
        logger.info("terms shown", extra={"path": event["apiPath"]})
        metrics.add_dimension(name="operation", value=event["apiPath"])
        metrics.add_metric(name="Terms", unit=MetricUnit.Count, value=1)
        return _answer(event, 428, body)

    def lambda_handler(event: dict[str, Any], context: Any) -> Any:
        if event["httpMethod"] != "POST":
            return handler(event, context)
        proof = event["sessionAttributes"].get("confirmation")
        if not proof:
            return shown(event, context)
        challenge, _, mac = proof.rpartition(".")
        kms.verify_mac(
            KeyId=os.environ["CONFIRMATION_KEY_ARN"],
            Message=challenge.encode(),
            Mac=base64.urlsafe_b64decode(f"{mac}="),
            MacAlgorithm="HMAC_SHA_256",
        )
        digest, _, expires_at = challenge.rpartition(".")
        if digest != _digest(event, _asked(event)) or int(expires_at) < time.time():
            return _answer(event, 403, {"error": {"code": "CONFIRMATION_INVALID"}})
        return handler(event, context)

    return lambda_handler


def _asked(event: dict[str, Any]) -> dict[str, str]:
    properties = event["requestBody"]["content"]["application/json"]["properties"]
    return {one["name"]: one["value"] for one in properties}


def _terms(asked: dict[str, str]) -> dict[str, Any]:
    """Return what the bank knows of it."""
    if "to_account" in asked:
        owners = accounts.query(
            IndexName="account-index",
            KeyConditionExpression=Key("account_id").eq(asked["to_account"]),
        )
        key = {name: owners["Items"][0][name] for name in ("user_id", "account_id")}
        holder = accounts.get_item(Key=key)["Item"].get("holder_name", "")
        return {**asked, "to_holder": holder.split(" ")[0]}
    key = {name: asked[name] for name in ("product_id", "retailer_id")}
    product = products.get_item(Key=key)["Item"]
    retailer = retailers.get_item(Key={"retailer_id": asked["retailer_id"]})["Item"]
    total = product["price"] * int(asked["quantity"])
    names = {"product_name": product["name"], "retailer_name": retailer["name"]}
    return {**asked, **names, "total_amount": float(total)}


def _challenge(event: dict[str, Any], asked: dict[str, str]) -> str:
    return f"{_digest(event, asked)}.{int(time.time()) + VALID_SECONDS}"


def _digest(event: dict[str, Any], asked: dict[str, str]) -> str:
    attributes = event["sessionAttributes"]
    told = [attributes["user_id"], attributes["request_id"], event["apiPath"], asked]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _answer(event: dict[str, Any], status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageVersion": "1.0",
        "response": {
            "actionGroup": event["actionGroup"],
            "apiPath": event["apiPath"],
            "httpMethod": event["httpMethod"],
            "httpStatusCode": status,
            "responseBody": {"application/json": {"body": json.dumps(body)}},
        },
    }
