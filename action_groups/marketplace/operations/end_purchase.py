"""The end of a purchase: what core banking answers to its PAYMENT_REQUEST.

The event only says that the payment is decided. What is believed is the record of the decision, and
of a payment that was made the record of its money too. An event that says something else, or of a
purchase that there is not, ends nothing.
"""

from pydantic import Field

from action_groups.marketplace import marketplace
from action_groups.marketplace.errors import PaymentUnmatched
from action_groups.marketplace.models import EXAMPLE_PURCHASE, PurchaseEntry, PurchaseError
from action_groups.marketplace.purchases import COMPLETED, FAILED, Purchase
from action_groups.marketplace.store import MarketStore
from shared.changes import Change, Stamp
from shared.identity import Caller
from shared.models import Request
from shared.owed import confirmed_in
from shared.payments import (
    EXAMPLE_PAYMENT,
    PaymentCompleted,
    PaymentRequest,
    end_key,
    payment_key,
)


class PaymentError(Request):
    """Why a payment failed."""

    code: str = Field(min_length=1, max_length=64, description="Machine-readable reason.")
    message: str = Field(max_length=500, description="The reason in a sentence.")


class PaymentFailed(PaymentRequest):
    """Data of PAYMENT_FAILED: the purchase was not paid."""

    error: PaymentError = Field(description="The reason.")


_ASKED = EXAMPLE_PAYMENT.model_dump() | {"purchase_id": EXAMPLE_PURCHASE.purchase_id}


@marketplace.event(
    "PAYMENT_COMPLETED",
    source="core-banking",
    replies=("PURCHASE_CONFIRMED",),
    record_key=end_key,
    example=(
        PaymentCompleted(
            **_ASKED,
            transaction_id="01a15a78-5d00-7a50-9571-f507970e592e",
        ),
        EXAMPLE_PURCHASE,
    ),
)
def complete_purchase(
    caller: Caller, request: PaymentCompleted, market: MarketStore, stamp: Stamp
) -> Change[PurchaseEntry]:
    """Confirm a pending purchase that is paid."""
    purchase = _matched(caller, request, market)
    if not market.is_paid(caller.user_id, request):
        raise PaymentUnmatched("No money has moved for the payment on record.")
    return Change(
        PurchaseEntry.of(purchase).model_copy(
            update={"status": COMPLETED, "transaction_id": request.transaction_id}
        ),
        market.purchases.complete(purchase, request.transaction_id, stamp.created_at),
        correlation_id=purchase.correlation_id,
        confirmed=confirmed_in(purchase.trail),
    )


@marketplace.event(
    "PAYMENT_FAILED",
    source="core-banking",
    replies=("PURCHASE_FAILED",),
    record_key=end_key,
    example=(
        PaymentFailed(
            **_ASKED,
            error=PaymentError(
                code="INSUFFICIENT_FUNDS",
                message="The amount is above what is available in the account.",
            ),
        ),
        EXAMPLE_PURCHASE,
    ),
)
def fail_purchase(
    caller: Caller, request: PaymentFailed, market: MarketStore, stamp: Stamp
) -> Change[PurchaseEntry]:
    """Fail a pending purchase that is not paid, and give its stock back."""
    purchase = _matched(caller, request, market)
    error = request.error.model_dump()
    return Change(
        PurchaseEntry.of(purchase).model_copy(
            update={"status": FAILED, "error": PurchaseError(**error)}
        ),
        market.purchases.fail(purchase, error, stamp.created_at),
        correlation_id=purchase.correlation_id,
        confirmed=confirmed_in(purchase.trail),
    )


def _matched(caller: Caller, request: PaymentRequest, market: MarketStore) -> Purchase:
    """Return the pending purchase of a payment, whose own record says what the event says.

    Raises PaymentUnmatched for any other event.
    """
    market.read_ahead_of_end(caller.user_id, request)
    purchase = market.purchases.get(caller.user_id, request.purchase_id)
    decided = market.decided_payment(payment_key(caller.user_id, request))
    if purchase is None or not purchase.is_pending or decided is None:
        raise PaymentUnmatched("There is no pending purchase whose payment was decided.")
    if decided["data"] != request.model_dump(exclude_none=True):
        raise PaymentUnmatched("The payment on record is another one.")
    return purchase
