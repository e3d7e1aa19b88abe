"""The payment of a purchase, which only the bus asks for."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from action_groups.core_banking import core_banking
from action_groups.core_banking.errors import AccountNotFound, PurchaseAlreadyPaid, SameAccount
from action_groups.core_banking.posting import Movement, post
from action_groups.core_banking.store import BankStore, settlement_account
from shared.identity import Caller
from shared.models import Answer, Identifier, Line, Request
from shared.money import MXN, Amount, Currency
from shared.operations import Change, Stamp

Points = Annotated[int, Field(ge=1, le=10**12)]


class PaymentRequest(Request):
    """A purchase to pay."""

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


class Payment(Answer):
    """A purchase that was paid; what the benefit gave is there when it gave any."""

    purchase_id: str = Field(description="The purchase that was paid.")
    account_id: str = Field(description="Account that paid.")
    amount: Decimal = Field(description="Amount in pesos.")
    currency: str = Field(description="Currency, MXN.")
    retailer_id: str = Field(description="The retailer that was paid.")
    transaction_id: str = Field(description="Identifier of the payment.")
    benefit: str | None = Field(default=None, description="The benefit that was chosen.")
    cashback: Decimal | None = Field(default=None, description="Pesos that came back.")
    points: int | None = Field(default=None, description="Points that were earned.")

    def payload(self) -> dict[str, Any]:
        """Return the answer without the benefits that were not given."""
        return self.model_dump(exclude_none=True)


@core_banking.event("PAYMENT_REQUEST", replies=("PAYMENT_COMPLETED", "PAYMENT_FAILED"))
def pay_purchase(
    caller: Caller, request: PaymentRequest, bank: BankStore, stamp: Stamp
) -> Change[Payment]:
    """Pay a purchase from one of the customer's accounts to the retailer, once and for all."""
    if bank.is_paid(caller.user_id, request.purchase_id):
        raise PurchaseAlreadyPaid("This purchase was already paid, and is not paid again.")
    source = bank.account(caller.user_id, request.account_id)
    if source is None:
        raise AccountNotFound("The customer has no account with the id in `account_id`.")
    if request.retailer_id == caller.user_id:
        raise SameAccount("The customer is the retailer: nobody pays for what is their own.")
    destination = settlement_account(
        bank.accounts_of(request.retailer_id), request.currency, request.purchase_id
    )
    if destination is None:
        raise AccountNotFound("The retailer has no account that takes payments.")
    movement = Movement(
        source=source,
        destination=destination,
        amount=request.amount,
        currency=request.currency,
        type="payment",
        cashback=request.cashback or Decimal("0.00"),
        notes=_notes(request),
    )
    payment = Payment(**request.model_dump(), transaction_id=stamp.id)
    marker = bank.payment_marker(caller.user_id, request.purchase_id, stamp.id)
    return Change(payment, [*post(bank, movement, stamp), marker])


def _notes(request: PaymentRequest) -> dict[str, object]:
    """Return what the records of the payment keep of the purchase."""
    notes = {
        "purchase_id": request.purchase_id,
        "benefit": request.benefit,
        "points": request.points,
    }
    return {name: value for name, value in notes.items() if value is not None}
