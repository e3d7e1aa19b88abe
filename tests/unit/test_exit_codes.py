"""How `centli send` and `centli invoke` end: a script learns from the code what the bank said."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from console import calling
from console.agent import invocation
from console.where import Where

DONE, REFUSED, WAITS = 0, 1, 3
REFUSAL = {"error": {"code": "INSUFFICIENT_FUNDS", "message": "There is not enough money."}}
TERMS = {
    "error": {"code": "CONFIRMATION_REQUIRED", "message": "Ask the customer."},
    "confirmation": {"challenge": "v1 id 0 a b", "terms": {}, "warnings": []},
}
PURCHASE = {"product_id": "prod-televisor-32", "account_id": "acc-maria-credit"}


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "reach", lambda where: object())
    monkeypatch.setattr(calling, "check_customer", lambda user_id, deployment: None)


class Heard:
    """A tap that hears these events at once."""

    def __init__(self, *events: tuple[str, dict[str, Any]]) -> None:
        self._left = [{"event_type": name, "data": data} for name, data in events]

    def events(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield what is left, when there is time to listen."""
        while seconds and self._left:
            yield self._left.pop(0)


@pytest.mark.parametrize(
    ("sent", "heard", "code"),
    [
        (["BALANCE_QUERY"], [("BALANCE_RESPONSE", {"accounts": []})], DONE),
        (["BALANCE_QUERY"], [("BALANCE_RESPONSE", REFUSAL)], REFUSED),
        (["TRANSFER_REQUEST"], [("TRANSFER_COMPLETED", {})], DONE),
        (["TRANSFER_REQUEST"], [("TRANSFER_FAILED", REFUSAL)], REFUSED),
        (["TRANSFER_REQUEST"], [("TRANSFER_FAILED", TERMS)], WAITS),
        (["TRANSFER_REQUEST"], [("TRANSFER_REQUEST", REFUSAL)], REFUSED),
        (["PURCHASE_REQUEST"], [("PAYMENT_FAILED", {}), ("PURCHASE_FAILED", REFUSAL)], REFUSED),
        (
            ["TRANSFER_REQUEST"] * 2,
            [("TRANSFER_COMPLETED", {}), ("TRANSFER_FAILED", REFUSAL)],
            REFUSED,
        ),
        (["TRANSFER_REQUEST"] * 2, [("TRANSFER_COMPLETED", {})], REFUSED),
    ],
)
def test_what_is_sent_ends_as_its_reply_says(
    monkeypatch: pytest.MonkeyPatch,
    sent: list[str],
    heard: list[tuple[str, dict[str, Any]]],
    code: int,
) -> None:
    tap = contextlib.nullcontext(Heard(*heard))
    monkeypatch.setattr(calling.bus, "tap", lambda deployment, pattern: tap)
    monkeypatch.setattr(calling.bus, "publish", lambda deployment, envelope: None)
    ended = calling.send(
        Where(), sent[0], {}, user_id="user-maria", correlation_id=None, times=len(sent)
    )
    assert ended == code


@pytest.mark.parametrize(
    ("operation", "status", "body", "code"),
    [
        ("createPurchase", 200, {"status": "completed"}, DONE),
        ("createPurchase", 200, {"status": "pending"}, DONE),
        ("createPurchase", 200, {"status": "failed", **REFUSAL}, REFUSED),
        ("createPurchase", 422, REFUSAL, REFUSED),
        ("createPurchase", 428, TERMS, WAITS),
        ("getPurchase", 200, {"status": "failed", **REFUSAL}, DONE),
    ],
)
def test_what_is_invoked_ends_as_its_answer_says(
    monkeypatch: pytest.MonkeyPatch, operation: str, status: int, body: dict[str, Any], code: int
) -> None:
    answer = {
        "response": {
            "httpStatusCode": status,
            "responseBody": {"application/json": {"body": json.dumps(body)}},
        }
    }
    monkeypatch.setattr(invocation, "invoke", lambda deployment, event: answer)
    arguments = PURCHASE if operation == "createPurchase" else {"purchase_id": "pur-1"}
    ended = calling.invoke(
        Where(),
        operation,
        arguments,
        user_id="user-maria",
        session_id=None,
        request_id=None,
        confirm=False,
    )
    assert ended == code
