"""The function `centli-sweeper`: no purchase stays pending for ever.

Every minute it looks at the pending purchases, the oldest first. Where the payment is decided, the
purchase ends as the decision says, however late. Where it is not, the payment is asked for again:
after two minutes, and then whenever the purchase has become twice as old. After `OrderMaxAge` the
sweeper decides itself that the purchase is not paid, and cancels it in the same transaction.

It publishes nothing: the relay does, from the records.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from action_groups import load_group
from action_groups.marketplace import marketplace
from action_groups.marketplace.errors import PaymentUnmatched
from action_groups.marketplace.models import EXAMPLE_PURCHASE, PurchaseEntry, PurchaseError
from action_groups.marketplace.purchases import CANCELLED, FIRST_ASKED_AGAIN_AFTER, Purchase
from action_groups.marketplace.store import MarketStore
from shared.changes import Change, Stamp
from shared.clock import to_iso
from shared.dynamodb import Item
from shared.errors import OrderExpired
from shared.identity import Caller
from shared.observability import logger, measured, note, observed, where_it_failed
from shared.owed import confirmed_in
from shared.payments import PaymentRequest, end_key, payment_key, payment_of
from shared.service import Call, Service, connect

_LAST_SECONDS_MS = 4_000
"""Of the function's ten seconds, what is kept for the purchase that is looked at last."""

_NOT_PAID = {
    "code": OrderExpired.code,
    "message": "The payment was not decided in time, and nothing was charged.",
}


@marketplace.task(
    replies=("PURCHASE_FAILED",),
    record_key=end_key,
    example=(
        PaymentRequest(
            purchase_id=EXAMPLE_PURCHASE.purchase_id,
            account_id="acc-maria-checking",
            amount=EXAMPLE_PURCHASE.total_amount,
            retailer_id=EXAMPLE_PURCHASE.retailer_id,
        ),
        EXAMPLE_PURCHASE,
    ),
)
def cancel_purchase(
    caller: Caller, request: PaymentRequest, market: MarketStore, stamp: Stamp
) -> Change[PurchaseEntry]:
    """Decide that a pending purchase is not paid, cancel it, and give its stock back."""
    purchase = market.purchases.get(caller.user_id, request.purchase_id)
    decided = market.decided_payment(payment_key(caller.user_id, request))
    if purchase is None or not purchase.is_pending or decided is not None:
        raise PaymentUnmatched("There is no pending purchase whose payment was never decided.")
    return Change(
        PurchaseEntry.of(purchase).model_copy(
            update={"status": CANCELLED, "error": PurchaseError(**_NOT_PAID)}
        ),
        [
            *market.purchases.cancel(purchase, _NOT_PAID, stamp.created_at),
            market.never_to_be_paid(purchase, request, _NOT_PAID, stamp.at),
        ],
        correlation_id=purchase.correlation_id,
        confirmed=confirmed_in(purchase.trail),
    )


def lambda_handler(_event: Any, context: Any) -> None:
    """Look at the pending purchases, as many as the function has time for."""
    sweep(_service(), lambda: context.get_remaining_time_in_millis() > _LAST_SECONDS_MS)


def sweep(service: Service, has_time: Callable[[], bool]) -> None:
    """Look at the pending purchases while there is time. One that fails is left to the next sweep.

    The age of the oldest is a metric, zero without any.
    """
    oldest = timedelta(0)
    for entry in _pending(service.store):
        try:
            age = _age(service, entry["pending_since"])
            oldest = max(oldest, age)
            if not has_time() or age < FIRST_ASKED_AGAIN_AFTER:
                break
            _look_at(service, entry)
        except Exception as error:  # noqa: BLE001 one purchase must not keep the others pending
            logger.error(
                "pending purchase not handled",
                extra={"error_type": type(error).__name__, "frames": where_it_failed(error)},
            )
            measured("SweepFailures")
    measured("OldestPendingPurchase", oldest.total_seconds(), "Seconds")


def _pending(market: MarketStore) -> Iterator[Item]:
    page = market.purchases.pending(None)
    yield from page.items
    while page.last_key is not None:
        page = market.purchases.pending(page.last_key)
        yield from page.items


def _look_at(service: Service, entry: Item) -> None:
    """End a purchase, or ask for its payment again when that is due."""
    market: MarketStore = service.store
    item = market.purchases.stored(entry["user_id"], entry["timestamp_purchase_id"])
    purchase = None if item is None else Purchase.from_item(item)
    if item is None or purchase is None or not purchase.is_pending:
        return
    request = payment_of(item)
    decided = market.decided_payment(payment_key(purchase.user_id, request))
    age = _age(service, purchase.created_at)
    if decided is not None:
        _end(
            service,
            lambda: Call(
                service.triggered_by(decided["event_type"]),
                "sweeper",
                purchase.user_id,
                decided["data"],
            ),
        )
    elif age > timedelta(hours=service.settings.order_max_age_hours):
        _end(service, lambda: _cancelling(purchase, request))
    elif item["ask_at"] <= to_iso(service.clock()) and purchase.request_key is not None:
        service.publish_again(purchase.request_key)
        market.purchases.ask_again_at(purchase, service.clock() + age)


def _cancelling(purchase: Purchase, request: PaymentRequest) -> Call:
    note(operation=cancel_purchase.operation_id)
    return Call(cancel_purchase, "sweeper", purchase.user_id, request.model_dump())


def _end(service: Service, read: Callable[[], Call]) -> None:
    with observed():
        outcome = service.answer(read)
    if not outcome.is_recorded:
        measured("SweepFailures")


def _age(service: Service, created_at: str) -> timedelta:
    return service.clock() - datetime.fromisoformat(created_at)


@cache
def _service() -> Service:
    return Service(load_group("marketplace"), connect())
