"""The payment of a purchase: one decision for each purchase, paid or not paid."""

from decimal import Decimal

from action_groups.core_banking import core_banking
from action_groups.core_banking.errors import AccountNotFound, PaymentMismatch, SameAccount
from action_groups.core_banking.posting import Movement, check_payee, check_payer, post
from action_groups.core_banking.store import BankStore, settlement_account
from shared.changes import Change, Stamp
from shared.dynamodb import Item
from shared.identity import Caller
from shared.owed import confirmed_in
from shared.payments import (
    EXAMPLE_PAYMENT,
    PENDING,
    PaymentCompleted,
    PaymentRequest,
    payment_key,
    payment_of,
)


@core_banking.event(
    "PAYMENT_REQUEST",
    source="marketplace",
    replies=("PAYMENT_COMPLETED", "PAYMENT_FAILED"),
    record_key=payment_key,
    example=(
        EXAMPLE_PAYMENT,
        PaymentCompleted(
            **EXAMPLE_PAYMENT.model_dump(), transaction_id="01a213dd-4d00-7b6e-a1fc-1b3f757936fe"
        ),
    ),
)
def pay_purchase(
    caller: Caller, request: PaymentRequest, bank: BankStore, stamp: Stamp
) -> Change[PaymentCompleted]:
    """Pay a purchase from one of the customer's accounts to the retailer, once and for all.

    A request that does not agree with the purchase decides nothing.
    """
    retailers = bank.read_ahead_of_payment(caller.user_id, request)
    purchase = _agreeing_purchase(caller, request, bank)
    payer = bank.accounts.get(caller.user_id, request.account_id)
    if payer is None:
        raise AccountNotFound("The customer has no account with the id in `account_id`.")
    if request.retailer_id == caller.user_id:
        raise SameAccount("The customer is the retailer: nobody pays for what is their own.")
    payee = settlement_account(retailers, request.currency, request.purchase_id)
    if payee is None:
        raise AccountNotFound("The retailer has no account that takes payments.")
    check_payer(bank, payer, request.amount, request.currency)
    check_payee(payee, request.currency)
    movement = Movement(
        payer=payer,
        payee=payee,
        amount=request.amount,
        currency=request.currency,
        type="payment",
        cashback=request.cashback or Decimal("0.00"),
        notes=_notes(request),
        trail={"correlation_id": stamp.correlation_id, **confirmed_in(purchase)},
    )
    payment = PaymentCompleted(**request.model_dump(), transaction_id=stamp.id)
    return Change(payment, post(bank, movement, stamp), confirmed=confirmed_in(purchase))


def _agreeing_purchase(caller: Caller, request: PaymentRequest, bank: BankStore) -> Item:
    """Return the pending purchase, of a real retailer, that the request is of.

    Raises PaymentMismatch when there is none.
    """
    purchase = bank.purchase(caller.user_id, request.purchase_id)
    if (
        purchase is None
        or purchase["status"] != PENDING
        or "account_id" not in purchase
        or payment_of(purchase) != request
    ):
        raise PaymentMismatch("The request to pay does not agree with a pending purchase.")
    if not bank.is_retailer(request.retailer_id):
        raise PaymentMismatch("The purchase is not one of a retailer of the marketplace.")
    return purchase


def _notes(request: PaymentRequest) -> dict[str, object]:
    """Return what the records of the payment keep of the purchase."""
    notes = {
        "purchase_id": request.purchase_id,
        "benefit": request.benefit,
        "points": request.points,
    }
    return {name: value for name, value in notes.items() if value is not None}
