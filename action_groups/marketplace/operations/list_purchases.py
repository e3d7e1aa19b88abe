"""The operation listPurchases."""

from pydantic import Field

from action_groups.marketplace import marketplace
from action_groups.marketplace.models import EXAMPLE_PURCHASE, PurchaseEntry
from action_groups.marketplace.purchases import Purchase
from action_groups.marketplace.store import MarketStore
from shared.identity import Caller
from shared.models import (
    DEFAULT_PAGE_ITEMS,
    Answer,
    NextToken,
    PageItems,
    PageToken,
    Request,
    Unreadable,
)
from shared.paging import fill_page, issue_token, position_of

_KEY = ("user_id", "timestamp_purchase_id")


class PurchasesQuery(Request):
    """Which page of the purchases to list."""

    limit: PageItems = DEFAULT_PAGE_ITEMS
    next_token: PageToken = None


class PurchaseList(Answer):
    """A page of purchases, newest first."""

    purchases: list[PurchaseEntry] = Field(description="The customer's purchases, newest first.")
    unreadable: Unreadable = None
    next_token: NextToken


@marketplace.operation(
    "GET",
    "/purchases",
    example=(
        PurchasesQuery(limit=5),
        PurchaseList(purchases=[EXAMPLE_PURCHASE], next_token=None),
    ),
)
def list_purchases(caller: Caller, request: PurchasesQuery, market: MarketStore) -> PurchaseList:
    """List the customer's purchases, newest first."""
    page = fill_page(
        lambda start, read_items: market.purchases.page_of(caller.user_id, start, read_items),
        entry_of=lambda item: PurchaseEntry.of(Purchase.from_item(item)),
        position_of_item=lambda item: {name: item[name] for name in _KEY},
        limit=request.limit,
        start=position_of(caller, request, request.next_token, _KEY),
    )
    return PurchaseList(
        purchases=page.entries,
        unreadable=page.unreadable_ids("timestamp_purchase_id"),
        next_token=issue_token(caller, request, page.position),
    )
