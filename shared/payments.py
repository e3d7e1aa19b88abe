"""The payment of a purchase: what the marketplace and core banking tell each other, typed once.

The life of a purchase, event by event, and who handles each:

    PURCHASE_REQUEST, or an agent    marketplace   createPurchase reserves the stock: `pending`
      PAYMENT_REQUEST                core banking  payPurchase moves the money, or refuses
        PAYMENT_COMPLETED            marketplace   completePurchase ends it: `completed`
          PURCHASE_CONFIRMED         whoever asked for the purchase
        PAYMENT_FAILED               marketplace   failPurchase gives the stock back: `failed`
          PURCHASE_FAILED            whoever asked for the purchase

A purchase that is refused at once was never made: PURCHASE_FAILED follows PURCHASE_REQUEST. Each
step is one transaction that also owes the next event, so a step that is lost is made up for by
delivering its event again; `action_groups.marketplace.sweeper` does so, and ends what hangs.

Two records in the requests table decide everything, each written once, under a key of the
purchase's own: whether it is paid (`payment_key`), and how it ended (`end_key`). No event is proof
by itself: a request to pay has to agree with the purchase, and the end of a payment with the record
of the payment. Nor is that record, which whoever writes requests could have written: what is said
to be paid has its money record, which core banking alone can write. What does not agree decides
nothing and becomes a dead letter.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Protocol, Self

from pydantic import Field, model_validator

from shared import json_text
from shared.clock import to_iso
from shared.deliveries import delivery_key, fingerprint
from shared.dynamodb import Item
from shared.ids import moment_of
from shared.models import Answer, Identifier, Line, Request
from shared.money import MAX_AMOUNT, MXN, Amount, Currency
from shared.owed import owed_by

PENDING = "pending"
"""The status of a purchase whose payment is still to come."""

MAX_RATE: Final = Decimal(1000)
"""Points for a peso, or pesos for a point: more is an error of writing."""

Points = Annotated[int, Field(ge=1, le=int(MAX_AMOUNT * MAX_RATE))]


class PaymentRequest(Request):
    """Data of PAYMENT_REQUEST: a purchase to pay. What the benefit gives is there when it gives."""

    purchase_id: Identifier = Field(description="The purchase that is paid.")
    account_id: Identifier = Field(description="Account of the customer that pays.")
    amount: Amount = Field(description="Amount in pesos.")
    currency: Currency = Field(default=MXN, description="Currency, MXN.")
    retailer_id: Identifier = Field(description="The retailer that is paid, an account owner.")
    benefit: Line | None = Field(default=None, description="The benefit that was chosen.")
    cashback: Amount | None = Field(
        default=None, description="Pesos of the amount that the retailer gives back at once."
    )
    points: Points | None = Field(default=None, description="Points that the payment earns.")

    @model_validator(mode="after")
    def _gives_back_no_more_than_is_paid(self) -> Self:
        if self.cashback is not None and self.cashback > self.amount:
            raise ValueError("`cashback` must not be above `amount`")
        return self


EXAMPLE_PAYMENT = PaymentRequest(
    purchase_id="01a20000-0000-7000-8000-000000000001",
    account_id="acc-maria-checking",
    amount=Decimal("1299.00"),
    currency=MXN,
    retailer_id="retailer-electronica-azteca",
    benefit="cashback",
    cashback=Decimal("64.95"),
    points=20,
)
"""A purchase to pay, for the examples of what is done about it."""


class PaymentCompleted(PaymentRequest, Answer):
    """Data of PAYMENT_COMPLETED: the purchase was paid."""

    transaction_id: Identifier = Field(description="Identifier of the payment.")


class OfPurchase(Protocol):
    """Whatever names a purchase: the purchase itself, or what is said of its payment."""

    @property
    def purchase_id(self) -> str:
        """The purchase."""


def payment_key(user_id: str, request: OfPurchase) -> str:
    """Return the key of the record that says whether a purchase is paid."""
    return delivery_key("payment", user_id, request.purchase_id)


def end_key(user_id: str, request: OfPurchase) -> str:
    """Return the key of the record that says how a purchase ended."""
    return delivery_key("purchase end", user_id, request.purchase_id)


def sort_key(identifier: str, created_at: str) -> str:
    """Return the sort key of a purchase or of a money record."""
    return f"{created_at}#{identifier}"


def purchase_key(user_id: str, purchase_id: str) -> Item | None:
    """Return the key of a purchase, which its id tells; None for an id that others gave."""
    moment = moment_of(purchase_id)
    if moment is None:
        return None
    return {"user_id": user_id, "timestamp_purchase_id": sort_key(purchase_id, to_iso(moment))}


def money_key(payment: PaymentCompleted) -> Item | None:
    """Return the key of the payer's money record of a payment; None for an id that others gave."""
    moment = moment_of(payment.transaction_id)
    if moment is None:
        return None
    return {
        "account_id": payment.account_id,
        "timestamp_txn_id": sort_key(payment.transaction_id, to_iso(moment)),
    }


def is_money_of(record: Item | None, user_id: str, payment: PaymentCompleted) -> bool:
    """Tell whether a money record is of this very payment: then the money has moved."""
    told = {
        "user_id": user_id,
        "type": "payment",
        "purchase_id": payment.purchase_id,
        "amount": -payment.amount,
    }
    return record is not None and told.items() <= record.items()


def payment_of(purchase: Item) -> PaymentRequest:
    """Return the one request to pay that agrees with a purchase, an item of its table."""
    return PaymentRequest(**payment_data(purchase))


def payment_data(purchase: Item) -> dict[str, Any]:
    """Return the data of the event that asks for it."""
    data = {
        "purchase_id": purchase["purchase_id"],
        "account_id": purchase["account_id"],
        "amount": purchase["total_amount"],
        "currency": MXN,
        "retailer_id": purchase["retailer_id"],
        "benefit": purchase.get("benefit_applied"),
        "cashback": purchase.get("cashback") or None,
        "points": int(purchase.get("points", 0)) or None,
    }
    return {name: value for name, value in data.items() if value is not None}


def not_paid(
    user_id: str, request: PaymentRequest, error: dict[str, str], *, at: datetime, seed: str
) -> Item:
    """Return the record of a decision that nobody made: the purchase is not paid, and will not be.

    It owes no event, for whoever writes it ends the purchase in the same transaction.
    """
    return {
        "request_id": payment_key(user_id, request),
        "attempt_id": seed,
        "operation": "payPurchase",
        "user_id": user_id,
        "correlation_id": seed,
        "fingerprint": fingerprint(request),
        "status": 409,
        "answer": json_text.dumps({"error": error}),
        "events": [],
        "deliveries": 1,
        "created_at": to_iso(at),
    }


def decided_payment(record: Item) -> dict[str, Any] | None:
    """Return the envelope of PAYMENT_COMPLETED or PAYMENT_FAILED that a decision owes, if any."""
    owed = owed_by(record)
    return owed[0] if owed else None
