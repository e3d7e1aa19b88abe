"""Which retailer's product a request means: the same answer for comparing and for buying."""

from action_groups.marketplace.errors import ProductNotFound, RetailerNeeded
from action_groups.marketplace.store import MarketStore, Product


def offer_of(market: MarketStore, product_id: str, retailer_id: str | None) -> Product:
    """Return the product of the retailer, who may be left out when only one sells it.

    Raises ProductNotFound, or RetailerNeeded with the retailers to choose from.
    """
    if retailer_id is None:
        return only_offer(market, product_id)
    product = market.product(product_id, retailer_id)
    if product is None:
        raise ProductNotFound(
            "This retailer sells no product with this `product_id`. Use both ids as given by "
            "searchProducts."
        )
    return product


def only_offer(market: MarketStore, product_id: str) -> Product:
    """Return the product of the one retailer that sells it. Raises what `offer_of` does."""
    offers = market.offers(product_id)
    if not offers:
        raise ProductNotFound(
            "There is no product with this `product_id`. Find products with searchProducts."
        )
    if len(offers) > 1:
        choices = ", ".join(f"{o.retailer_id} ({o.price} pesos)" for o in offers)
        raise RetailerNeeded(
            "Several retailers sell this product: ask the customer which one, and give its id as "
            f"`retailer_id`. There are: {choices}."
        )
    return offers[0]
