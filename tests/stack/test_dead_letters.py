"""What cannot be handled now becomes a dead letter, and is handled once when it is sent again."""

import json
import time
from decimal import Decimal
from uuid import uuid4

from console import bus
from shared.clock import system_clock
from tests.support.deployed import Deployed

_WAIT_SECONDS = 30


def test_an_event_that_cannot_be_handled_reaches_the_queue_and_works_when_sent_again(
    deployed: Deployed,
) -> None:
    broken = {
        "user_id": "user-broken",
        "account_id": "acc-broken",
        "account_type": "checking",
        "balance": "not a number",
        "currency": "MXN",
        "status": "active",
        "version": 1,
    }
    deployed.put("accounts", broken)
    envelope = bus.request_event(
        "TRANSFER_REQUEST",
        {"from_account": "acc-broken", "to_account": "acc-juan-checking", "amount": 5},
        user_id="user-broken",
        correlation_id=str(uuid4()),
        moment=system_clock(),
    )
    event = {"detail-type": "TRANSFER_REQUEST", "id": str(uuid4()), "detail": envelope}

    deployed.cloud.client("lambda").invoke(
        FunctionName="centli-core-banking-transfer",
        InvocationType="Event",
        Payload=json.dumps(event).encode(),
    )
    letter = _receive(deployed)

    assert letter["requestPayload"] == event
    assert "not a number" not in json.dumps(letter["responsePayload"])
    assert deployed.table("requests") == []

    deployed.put("accounts", broken | {"balance": Decimal(20)})
    for _ in range(2):
        reply = deployed.invoke("centli-core-banking-transfer", letter["requestPayload"])
        assert reply["event_type"] == "TRANSFER_COMPLETED"
    assert deployed.balances()["acc-broken"] == 15


def _receive(deployed: Deployed) -> dict[str, dict[str, object]]:
    sqs = deployed.cloud.client("sqs")
    url = deployed.deployment.outputs["DeadLetterQueueUrl"]
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
        if messages:
            letter: dict[str, dict[str, object]] = json.loads(messages[0]["Body"])
            return letter
    raise AssertionError("no dead letter came")
