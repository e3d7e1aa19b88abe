"""Why the CRM declines a request."""

from shared.errors import Refusal


class AccountNotFound(Refusal):
    """No account has the id that the new beneficiary is to have."""

    code = "ACCOUNT_NOT_FOUND"
    status = 404


class AliasTaken(Refusal):
    """Another beneficiary of the customer answers to this alias."""

    code = "ALIAS_TAKEN"
    status = 409


class AliasRefused(Refusal):
    """The alias could send money to somebody whom the customer does not mean."""

    code = "ALIAS_REFUSED"


class TooManyBeneficiaries(Refusal):
    """The customer has as many beneficiaries as one may have."""

    code = "TOO_MANY_BENEFICIARIES"
    status = 409
