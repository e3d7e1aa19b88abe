"""What the operations of the marketplace have in common."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from action_groups.marketplace.purchases import Purchase
from shared.models import Answer, Identifier

MAX_QUANTITY = 100
MAX_NAME_LENGTH = 200
"""Of what is shown of a product's or a retailer's name."""

ProductId = Annotated[Identifier, Field(description="The product, as given by searchProducts.")]
RetailerChoice = Annotated[
    Identifier | None,
    Field(
        description="The retailer, as given by searchProducts; may be left out when only one sells "
        "the product."
    ),
]
Quantity = Annotated[
    int,
    Field(ge=1, le=MAX_QUANTITY, description="How many to buy, 1 to 100; 1 when left out."),
]


ReasonCode = Literal[
    "UNREADABLE",
    "OUT_OF_STOCK",
    "NOT_YET_VALID",
    "EXPIRED",
    "BELOW_MINIMUM",
    "TOTAL_TOO_SMALL",
    "NEEDS_CREDIT_ACCOUNT",
    "INSUFFICIENT_CREDIT",
]
"""Why a benefit cannot be had."""


class BenefitOption(Answer):
    """One way to pay, and what it costs and gives. A figure that does not apply is absent."""

    type: str = Field(
        description="MSI (equal monthly instalments without interest), cashback (money back) or "
        "points; unknown when the retailer's text cannot be read."
    )
    benefit: str | None = Field(
        default=None,
        description="The `benefit` to buy with it, such as MSI-12, cashback or points.",
    )
    eligible: bool = Field(description="Whether the customer can have it with this purchase today.")
    reason: str | None = Field(description="Why the customer cannot have it; absent when eligible.")
    reason_code: ReasonCode | None = Field(
        default=None, description="The reason for a program; absent when eligible."
    )
    months: int | None = Field(default=None, description="Number of monthly instalments.")
    monthly_payment: Decimal | None = Field(
        default=None,
        description="Pesos of each instalment but the last, rounded down to the centavo.",
    )
    last_payment: Decimal | None = Field(
        default=None,
        description="Pesos of the last instalment, which takes the centavos left over.",
    )
    cashback: Decimal | None = Field(default=None, description="Pesos given back.")
    points: int | None = Field(default=None, description="Points given.")
    value: Decimal | None = Field(
        default=None,
        description="Pesos given back: the cashback or what the points are worth; 0 for "
        "MSI and for points of no stated worth.",
    )
    cost_per_month: Decimal | None = Field(
        default=None,
        description="Pesos to pay a month: the instalment for MSI, otherwise the total at once.",
    )


class BestOption(Answer):
    """The eligible option to recommend."""

    benefit: str = Field(description="The `benefit` of the option.")
    reason: str = Field(description="Why it is the best, in one sentence to tell the customer.")


class PurchaseError(Answer):
    """Why a purchase failed."""

    code: str = Field(description="Machine-readable reason, such as INSUFFICIENT_FUNDS.")
    message: str = Field(description="The reason in a sentence.")


class PurchaseEntry(Answer):
    """A purchase as the customer sees it."""

    purchase_id: str = Field(description="Identifier of the purchase.")
    status: str = Field(
        description="completed: paid; failed or cancelled: nothing was charged; pending: being "
        "paid, ask again with getPurchase."
    )
    product_id: str = Field(description="The product.")
    product_name: str | None = Field(
        default=None, description="What the product was called when it was bought."
    )
    retailer_id: str = Field(description="The retailer.")
    retailer_name: str | None = Field(
        default=None, description="What the retailer was called then."
    )
    quantity: int = Field(description="How many.")
    total_amount: Decimal = Field(description="Price of them all, in pesos.")
    benefit_applied: str | None = Field(description="The benefit it was bought with.")
    months: int | None = Field(default=None, description="Instalments, with MSI.")
    monthly_payment: Decimal | None = Field(default=None, description="Pesos of each but the last.")
    last_payment: Decimal | None = Field(default=None, description="Pesos of the last.")
    cashback: Decimal | None = Field(default=None, description="Pesos given back.")
    points: int | None = Field(default=None, description="Points given.")
    transaction_id: str | None = Field(description="The payment, when completed.")
    created_at: str = Field(description="When it was made, ISO 8601 in UTC.")
    error: PurchaseError | None = Field(description="Why it failed, when failed.")

    @classmethod
    def of(cls, purchase: Purchase) -> Self:
        """Show a stored purchase."""
        error = None
        if purchase.error_code is not None:
            error = PurchaseError(
                code=purchase.error_code, message=purchase.error_message or purchase.error_code
            )
        return cls(
            purchase_id=purchase.purchase_id,
            status=purchase.status,
            product_id=purchase.product_id,
            product_name=purchase.product_name,
            retailer_id=purchase.retailer_id,
            retailer_name=purchase.retailer_name,
            quantity=purchase.quantity,
            total_amount=purchase.total_amount,
            benefit_applied=purchase.benefit_applied,
            **purchase.figures,
            transaction_id=purchase.transaction_id,
            created_at=purchase.created_at,
            error=error,
        )


EXAMPLE_PURCHASE = PurchaseEntry(
    purchase_id="01a15a78-5d00-7372-853e-dc44fc784be7",
    status="completed",
    product_id="prod-audifonos-bt",
    product_name="Audífonos Bluetooth",
    retailer_id="retailer-electronica-azteca",
    retailer_name="Electrónica Azteca",
    quantity=1,
    total_amount=Decimal("1299.00"),
    benefit_applied=None,
    transaction_id="01a15a78-5d00-7a50-9571-f507970e592e",
    created_at="2026-10-20T18:00:00.000Z",
    error=None,
)
"""The purchase of the past that the seeds give to `user-maria`."""
