"""The payment of a purchase: what the marketplace and core banking tell each other, typed once.

The life of a purchase, event by event, and who handles each:

    PURCHASE_REQUEST, or an agent    marketplace   createPurchase reserves the stock: `pending`
      PAYMENT_REQUEST                core banking  payPurchase moves the money, or refuses
        PAYMENT_COMPLETED            marketplace   completePurchase ends it: `completed`
          PURCHASE_CONFIRMED         whoever asked for the purchase
        PAYMENT_FAILED               marketplace   failPurchase gives the stock back: `failed`
          PURCHASE_FAILED            whoever asked for the purchase

A purchase that is refused at once was never made: PURCHASE_FAILED follows PURCHASE_REQUEST. Each
step is one transaction that also owes the next event, so a step that is lost is made up for by
delivering its event again.
"""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from shared.models import Answer, Identifier, Line, Request
from shared.money import MXN, Amount, Currency

Points = Annotated[int, Field(ge=1, le=10**12)]


class PaymentRequest(Request):
    """Data of PAYMENT_REQUEST: a purchase to pay. What the benefit gives is there when it does."""

    purchase_id: Identifier = Field(description="The purchase that is paid.")
    account_id: Identifier = Field(description="Account of the customer that pays.")
    amount: Amount = Field(description="Amount in pesos.")
    currency: Currency = Field(default=MXN, description="Currency, MXN.")
    retailer_id: Identifier = Field(description="The retailer that is paid, an account owner.")
    benefit: Line | None = Field(default=None, description="The benefit that was chosen.")
    cashback: Amount | None = Field(
        default=None, description="Pesos of the amount that the retailer gives back at once."
    )
    points: Points | None = Field(default=None, description="Points that the payment earns.")

    @model_validator(mode="after")
    def _gives_back_no_more_than_is_paid(self) -> Self:
        if self.cashback is not None and self.cashback > self.amount:
            raise ValueError("`cashback` must not be above `amount`")
        return self


class PaymentCompleted(PaymentRequest, Answer):
    """Data of PAYMENT_COMPLETED: the purchase was paid."""

    transaction_id: Identifier = Field(description="Identifier of the payment.")

    def payload(self) -> dict[str, Any]:
        """Return the data of the event, without the benefits that were not given."""
        return self.model_dump(exclude_none=True)


class PaymentError(Request):
    """Why a payment failed."""

    code: str = Field(min_length=1, max_length=64, description="Machine-readable reason.")
    message: str = Field(max_length=500, description="The reason in a sentence.")


class PaymentFailed(PaymentRequest):
    """Data of PAYMENT_FAILED: the purchase was not paid."""

    error: PaymentError = Field(description="The reason.")
