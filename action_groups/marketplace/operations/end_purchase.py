"""The end of a purchase: what core banking answers to its PAYMENT_REQUEST."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from action_groups.marketplace import marketplace
from action_groups.marketplace.errors import PaymentMismatch, PurchaseNotFound
from action_groups.marketplace.models import EXAMPLE_PURCHASE, PurchaseEntry, PurchaseError
from action_groups.marketplace.purchases import COMPLETED, FAILED, Purchase
from action_groups.marketplace.store import MarketStore
from shared.dynamodb import Write
from shared.identity import Caller
from shared.money import MXN
from shared.observability import logger
from shared.operations import Change, Stamp
from shared.payments import PaymentCompleted, PaymentError, PaymentFailed

_NO_NEWS = {"PURCHASE_ALREADY_PAID", "REQUEST_ID_REUSED"}
"""Refusals of a second request to pay: the answer to the first one settles the purchase."""


@marketplace.event(
    "PAYMENT_COMPLETED",
    replies=("PURCHASE_CONFIRMED",),
    example=(
        PaymentCompleted(
            purchase_id=EXAMPLE_PURCHASE.purchase_id,
            account_id="acc-maria-checking",
            amount=EXAMPLE_PURCHASE.total_amount,
            currency=MXN,
            retailer_id=EXAMPLE_PURCHASE.retailer_id,
            benefit="cashback",
            cashback=Decimal("64.95"),
            points=20,
            transaction_id="01a15a78-5d00-7a50-9571-f507970e592e",
        ),
        EXAMPLE_PURCHASE,
    ),
)
def complete_purchase(
    caller: Caller, request: PaymentCompleted, market: MarketStore, stamp: Stamp
) -> Change[PurchaseEntry]:
    """Confirm a pending purchase. A purchase that has ended stays as it is."""
    purchase = _purchase(caller, request.purchase_id, market)
    if not purchase.is_pending:
        if purchase.status != COMPLETED:
            logger.error(
                "payment for a purchase that had ended",
                extra={"code": "PAYMENT_AFTER_END", "purchase_id": purchase.purchase_id},
            )
        return _unchanged(purchase)
    if request.amount != purchase.total_amount:
        raise PaymentMismatch("The payment's amount is not the total of the purchase.")
    return _ended(
        purchase,
        market.purchases.complete(purchase, request.transaction_id, stamp.created_at),
        status=COMPLETED,
        transaction_id=request.transaction_id,
    )


@marketplace.event(
    "PAYMENT_FAILED",
    replies=("PURCHASE_FAILED",),
    example=(
        PaymentFailed(
            purchase_id=EXAMPLE_PURCHASE.purchase_id,
            account_id="acc-maria-checking",
            amount=EXAMPLE_PURCHASE.total_amount,
            currency=MXN,
            retailer_id=EXAMPLE_PURCHASE.retailer_id,
            benefit="cashback",
            cashback=Decimal("64.95"),
            points=20,
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
    """Fail a pending purchase and give its stock back. One that has ended stays as it is."""
    purchase = _purchase(caller, request.purchase_id, market)
    if not purchase.is_pending or request.error.code in _NO_NEWS:
        return _unchanged(purchase)
    return _ended(
        purchase,
        market.purchases.fail(purchase, request.error.model_dump(), stamp.created_at),
        status=FAILED,
        error=PurchaseError(**request.error.model_dump()),
    )


def _purchase(caller: Caller, purchase_id: str, market: MarketStore) -> Purchase:
    purchase = market.purchases.get(caller.user_id, purchase_id)
    if purchase is None:
        raise PurchaseNotFound("The customer has no purchase with this `purchase_id`.")
    return purchase


def _unchanged(purchase: Purchase) -> Change[PurchaseEntry]:
    return Change(PurchaseEntry.of(purchase), (), is_published=False)


def _ended(purchase: Purchase, writes: Sequence[Write], **news: Any) -> Change[PurchaseEntry]:
    return Change(PurchaseEntry.of(purchase).model_copy(update=news), writes)
