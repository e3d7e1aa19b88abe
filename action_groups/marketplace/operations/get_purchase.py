"""The operation getPurchase."""

from pydantic import Field

from action_groups.marketplace import marketplace
from action_groups.marketplace.errors import PurchaseNotFound
from action_groups.marketplace.models import EXAMPLE_PURCHASE, PurchaseEntry
from action_groups.marketplace.store import MarketStore
from shared.identity import Caller
from shared.models import Identifier, Request


class PurchaseQuery(Request):
    """Which purchase to tell of."""

    purchase_id: Identifier = Field(
        description="The purchase, as given by createPurchase or listPurchases."
    )


@marketplace.operation(
    "GET",
    "/purchases/{purchase_id}",
    example=(PurchaseQuery(purchase_id=EXAMPLE_PURCHASE.purchase_id), EXAMPLE_PURCHASE),
)
def get_purchase(caller: Caller, request: PurchaseQuery, market: MarketStore) -> PurchaseEntry:
    """Tell what has become of one of the customer's purchases."""
    purchase = market.purchases.get(caller.user_id, request.purchase_id)
    if purchase is None:
        raise PurchaseNotFound(
            "The customer has no purchase with this `purchase_id`. Call listPurchases to see them."
        )
    return PurchaseEntry.of(purchase)
