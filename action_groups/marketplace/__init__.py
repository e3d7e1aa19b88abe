"""The action group `marketplace`: the retailers' products, their benefits, and purchases."""

from action_groups.marketplace.store import MarketStore
from shared.identity import NOBODY
from shared.operations import ActionGroup

marketplace = ActionGroup(
    name="marketplace",
    source="marketplace",
    title="CENTLI marketplace",
    description="Products of the bank's retailers, what each benefit would cost or give, and the "
    "customer's purchases.",
    store=MarketStore,
    first_read=lambda market: market.purchases.page_of(NOBODY, None, 1),
)
