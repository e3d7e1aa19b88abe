"""Why the marketplace declines a request."""

from shared.errors import CentliError, Refusal


class ProductNotFound(Refusal):
    """No retailer, or not this one, sells the product."""

    code = "PRODUCT_NOT_FOUND"
    status = 404


class RetailerNotFound(Refusal):
    """The bank has no such retailer, so nobody can be paid for the product."""

    code = "RETAILER_NOT_FOUND"
    status = 404


class RetailerNeeded(Refusal):
    """Several retailers sell the product, each on its own terms."""

    code = "RETAILER_NEEDED"


class TotalTooLarge(Refusal):
    """Price times quantity is more than one purchase may cost."""

    code = "TOTAL_TOO_LARGE"


class AccountNotFound(Refusal):
    """The account is not one of the customer's."""

    code = "ACCOUNT_NOT_FOUND"
    status = 404


class AccountNotActive(Refusal):
    """The account is inactive or blocked."""

    code = "ACCOUNT_NOT_ACTIVE"
    status = 409


class CannotPay(Refusal):
    """The account does not have the total, as core banking would say at the payment."""

    code = "INSUFFICIENT_FUNDS"


class CurrencyMismatch(Refusal):
    """The account is not in pesos, as core banking would say at the payment."""

    code = "CURRENCY_MISMATCH"


class SameAccount(Refusal):
    """The customer is the retailer, as core banking would say at the payment."""

    code = "SAME_ACCOUNT"


class PriceChanged(Refusal):
    """The product does not cost what the customer was told."""

    code = "PRICE_CHANGED"
    status = 409


class OutOfStock(Refusal):
    """There are fewer than the customer wants."""

    code = "OUT_OF_STOCK"
    status = 409


class BenefitNotEligible(Refusal):
    """The purchase cannot have the benefit that the customer chose."""

    code = "BENEFIT_NOT_ELIGIBLE"


class BenefitChanged(Refusal):
    """The benefit does not cost or give what the customer was told."""

    code = "BENEFIT_CHANGED"
    status = 409


class PurchaseNotFound(Refusal):
    """The customer has no such purchase."""

    code = "PURCHASE_NOT_FOUND"
    status = 404


class PaymentUnmatched(CentliError):
    """The end of a payment that no record proves, or of no purchase; it ends nothing."""

    code = "PAYMENT_UNMATCHED"
    status = 409
