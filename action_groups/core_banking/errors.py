"""Why core banking declines a request."""

from shared.errors import CentliError, Refusal


class AccountNotFound(Refusal):
    """The account does not exist, or is not one that the caller may use so."""

    code = "ACCOUNT_NOT_FOUND"
    status = 404


class AccountNotActive(Refusal):
    """The account is inactive or blocked."""

    code = "ACCOUNT_NOT_ACTIVE"
    status = 409


class SameAccount(Refusal):
    """Source and destination are one account."""

    code = "SAME_ACCOUNT"


class CurrencyMismatch(Refusal):
    """The accounts, or the account and the payment, have different currencies."""

    code = "CURRENCY_MISMATCH"


class InsufficientFunds(Refusal):
    """The amount is above the balance, or above what is left of the credit limit."""

    code = "INSUFFICIENT_FUNDS"


class PaymentMismatch(CentliError):
    """A request to pay that does not agree with its purchase; it decides nothing."""

    code = "PAYMENT_MISMATCH"
    status = 409
