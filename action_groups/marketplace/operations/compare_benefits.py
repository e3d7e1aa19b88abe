"""The operation compareBenefits."""

from decimal import Decimal

from pydantic import Field

from action_groups.marketplace import marketplace
from action_groups.marketplace.benefits import (
    Basket,
    Instalments,
    best_of,
    options_for,
    terms_of,
    total_of,
)
from action_groups.marketplace.models import (
    BenefitOption,
    BestOption,
    ProductId,
    Quantity,
    RetailerChoice,
)
from action_groups.marketplace.offers import offer_of
from action_groups.marketplace.store import MarketStore
from shared.identity import Caller
from shared.models import Answer, Request, Unreadable


class BenefitsQuery(Request):
    """Whose benefits to compare."""

    product_id: ProductId
    retailer_id: RetailerChoice = None
    quantity: Quantity = 1


class BenefitComparison(Answer):
    """The ways to pay for a product."""

    product_id: str = Field(description="The product.")
    retailer_id: str = Field(description="The retailer that sells it.")
    quantity: int = Field(description="How many.")
    total_amount: Decimal = Field(description="Price of them all, in pesos.")
    options: list[BenefitOption] = Field(
        description="Every benefit of the product; the best that the customer can have is first."
    )
    best: BestOption | None = Field(
        description="The option that gives most pesos back or, where none does, asks the fewest "
        "pesos a month; absent when the customer can have none."
    )
    unreadable: Unreadable = None


@marketplace.operation(
    "GET",
    "/products/{product_id}/benefits",
    on="BENEFITS_QUERY",
    replies=("BENEFITS_RESPONSE",),
    example=(
        BenefitsQuery(
            product_id="prod-televisor-32", retailer_id="retailer-electronica-azteca", quantity=1
        ),
        BenefitComparison(
            product_id="prod-televisor-32",
            retailer_id="retailer-electronica-azteca",
            quantity=1,
            total_amount=Decimal("3799.00"),
            options=[
                BenefitOption(
                    type="MSI",
                    benefit="MSI-12",
                    eligible=True,
                    reason=None,
                    months=12,
                    monthly_payment=Decimal("316.58"),
                    last_payment=Decimal("316.62"),
                    value=Decimal("0.00"),
                    cost_per_month=Decimal("316.58"),
                )
            ],
            best=BestOption(
                benefit="MSI-12",
                reason="No benefit gives pesos back, and MSI-12 asks for the fewest pesos a month.",
            ),
        ),
    ),
)
def compare_benefits(
    caller: Caller, request: BenefitsQuery, market: MarketStore
) -> BenefitComparison:
    """Compare what each benefit of a product would cost and give this customer today.

    MSI are equal monthly instalments without interest, paid from a credit account. Tell the
    customer the figures as they are, and let the customer choose.
    """
    product = offer_of(market, request.product_id, request.retailer_id)
    total = total_of(product, request.quantity)
    terms = terms_of(product, market.zone)
    credit, unreadable = None, None
    if any(isinstance(term.offer, Instalments) for term in terms):
        credit, unreadable = market.available_credit(caller.user_id)
    basket = Basket(
        total=total,
        quantity=request.quantity,
        stock=product.stock,
        today=market.today(),
        credit=credit,
    )
    options = options_for(terms, basket)
    return BenefitComparison(
        product_id=product.product_id,
        retailer_id=product.retailer_id,
        quantity=request.quantity,
        total_amount=total,
        options=options,
        best=best_of(options, total),
        unreadable=unreadable,
    )
