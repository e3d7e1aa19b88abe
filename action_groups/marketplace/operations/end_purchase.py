"""The end of a purchase: what core banking answers to its PAYMENT_REQUEST."""

from collections.abc import Sequence
from typing import Any

from action_groups.marketplace import marketplace
from action_groups.marketplace.errors import PaymentMismatch, PurchaseNotFound
from action_groups.marketplace.models import PurchaseEntry, PurchaseError
from action_groups.marketplace.purchases import COMPLETED, FAILED, Purchase
from action_groups.marketplace.store import MarketStore
from shared.dynamodb import Write
from shared.identity import Caller
from shared.observability import logger
from shared.operations import Change, Stamp
from shared.payments import PaymentCompleted, PaymentFailed

_NO_NEWS = {"PURCHASE_ALREADY_PAID", "REQUEST_ID_REUSED"}
"""Refusals of a second request to pay: the answer to the first one settles the purchase."""


@marketplace.event("PAYMENT_COMPLETED", replies=("PURCHASE_CONFIRMED",))
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


@marketplace.event("PAYMENT_FAILED", replies=("PURCHASE_FAILED",))
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
