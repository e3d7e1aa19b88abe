"""The payment of a purchase, which only the bus asks for."""

from decimal import Decimal

from pydantic import Field

from action_groups.core_banking import core_banking
from action_groups.core_banking.errors import AccountNotFound, PurchaseAlreadyPaid
from action_groups.core_banking.posting import Movement, post
from action_groups.core_banking.store import BankStore, first_active
from shared.identity import Caller
from shared.models import Answer, Identifier, Request
from shared.money import MXN, Amount, Currency
from shared.operations import Change, Stamp


class PaymentRequest(Request):
    """A purchase to pay."""

    purchase_id: Identifier = Field(description="The purchase that is paid.")
    account_id: Identifier = Field(description="Account of the customer that pays.")
    amount: Amount = Field(description="Amount in pesos.")
    currency: Currency = Field(default=MXN, description="Currency, MXN.")
    retailer_id: Identifier = Field(description="The retailer that is paid, an account owner.")


class Payment(Answer):
    """A purchase that was paid."""

    purchase_id: str = Field(description="The purchase that was paid.")
    account_id: str = Field(description="Account that paid.")
    amount: Decimal = Field(description="Amount in pesos.")
    currency: str = Field(description="Currency, MXN.")
    retailer_id: str = Field(description="The retailer that was paid.")
    transaction_id: str = Field(description="Identifier of the payment.")


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
    destination = first_active(bank.accounts_of(request.retailer_id))
    if destination is None:
        raise AccountNotFound("The retailer has no account that takes payments.")
    movement = Movement(
        source=source,
        destination=destination,
        amount=request.amount,
        currency=request.currency,
        type="payment",
        description=None,
    )
    payment = Payment(**request.model_dump(), transaction_id=stamp.id)
    marker = bank.payment_marker(caller.user_id, request.purchase_id, stamp.id)
    return Change(payment, [*post(bank, movement, stamp), marker])
