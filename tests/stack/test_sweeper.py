"""The deployed sweeper: found by its index, ended by its role, told by the relay."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from shared.clock import to_iso
from shared.dynamodb import Item
from shared.ids import time_ordered_id
from shared.payments import purchase_key
from tests.support.deployed import Deployed

RETAILER = "retailer-prueba"


def pending_purchase(deployed: Deployed, age: timedelta, **attributes: Any) -> tuple[str, Item]:
    """Write a purchase of one of ten, made so long ago, and return its product and its key."""
    moment, product_id = datetime.now(UTC) - age, f"prod-{uuid4()}"
    purchase_id = time_ordered_id(moment, product_id)
    key = purchase_key("user-maria", purchase_id)
    assert key is not None
    since = key["timestamp_purchase_id"].partition("#")[0]
    deployed.put(
        "products",
        {
            "product_id": product_id,
            "retailer_id": RETAILER,
            "name": "Televisor",
            "price": Decimal("250.00"),
            "category": "electronics",
            "stock": 9,
        },
    )
    deployed.put(
        "purchases",
        {
            **key,
            "purchase_id": purchase_id,
            "product_id": product_id,
            "retailer_id": RETAILER,
            "quantity": 1,
            "total_amount": Decimal("250.00"),
            "account_id": "acc-maria-checking",
            "status": "pending",
            "created_at": since,
            "pending_since": since,
            "ask_at": to_iso(moment),
            "correlation_id": purchase_id,
            **attributes,
        },
    )
    return product_id, {**key, "purchase_id": purchase_id}


def test_a_purchase_that_was_never_decided_is_cancelled_and_its_stock_comes_back(
    deployed: Deployed,
) -> None:
    before = deployed.balances()
    with deployed.ear() as ear:
        product_id, key = pending_purchase(deployed, timedelta(hours=25))
        deployed.invoke("centli-sweeper", {})
        correlation = key["purchase_id"]
        [ended] = ear.wait_for(1, event_type="PURCHASE_FAILED", correlation_id=correlation)

    assert (ended["data"]["status"], ended["data"]["error"]["code"]) == (
        "cancelled",
        "ORDER_EXPIRED",
    )
    _, purchase = deployed.call("getPurchase", purchase_id=key["purchase_id"])
    assert purchase == ended["data"]
    [product] = [p for p in deployed.table("products") if p["product_id"] == product_id]
    assert product["stock"] == 10
    assert deployed.balances() == before


def test_a_lost_request_to_pay_is_asked_for_again_and_paid(deployed: Deployed) -> None:
    """Putting the record publishes what it owes as well: asked twice, the purchase is paid once."""
    deployed.put("retailers", {"retailer_id": RETAILER, "name": "Tienda de prueba"})
    deployed.put(
        "accounts",
        {
            "user_id": RETAILER,
            "account_id": f"acc-{RETAILER}",
            "account_type": "checking",
            "balance": Decimal(0),
            "currency": "MXN",
            "status": "active",
        },
    )
    request_key = f"request-{uuid4()}"
    with deployed.ear() as ear:
        _, key = pending_purchase(deployed, timedelta(minutes=3), request_key=request_key)
        payment = {
            "purchase_id": key["purchase_id"],
            "account_id": "acc-maria-checking",
            "amount": 250.00,
            "currency": "MXN",
            "retailer_id": RETAILER,
        }
        event = deployed.bus_event("PAYMENT_REQUEST", payment)["detail"]
        event |= {"source": "marketplace", "correlation_id": key["purchase_id"]}
        owed = {"request_id": request_key, "deliveries": 1, "events": [json.dumps(event)]}
        deployed.put("requests", owed)
        deployed.invoke("centli-sweeper", {})
        ear.wait_for(1, event_type="PURCHASE_CONFIRMED", correlation_id=key["purchase_id"])

    _, purchase = deployed.call("getPurchase", purchase_id=key["purchase_id"])
    assert purchase["status"] == "completed"
    [record] = [r for r in deployed.table("requests") if r["request_id"] == request_key]
    assert record["deliveries"] == 2
    assert deployed.balances()[f"acc-{RETAILER}"] == 250
