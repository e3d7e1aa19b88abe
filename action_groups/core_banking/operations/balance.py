"""The operation getBalance."""

from decimal import Decimal

from pydantic import Field

from action_groups.core_banking import core_banking
from action_groups.core_banking.errors import AccountNotFound
from action_groups.core_banking.store import BankStore
from shared.accounts import Account
from shared.identity import Caller
from shared.models import Answer, Identifier, Request, Unreadable
from shared.money import MXN


class BalanceQuery(Request):
    """Which balances to tell."""

    account_id: Identifier | None = Field(
        default=None, description="One of the customer's accounts; leave it out for all of them."
    )


class AccountBalance(Answer):
    """One account and what is on it."""

    account_id: str = Field(description="Identifier of the account.")
    account_type: str = Field(description="One of: checking, savings, credit.")
    balance: Decimal = Field(
        description="Balance in pesos; on a credit account, minus what is owed."
    )
    available: Decimal = Field(
        description="Pesos that can be spent now: the balance, plus the credit limit if any."
    )
    currency: str = Field(description="Currency, MXN.")
    status: str = Field(description="One of: active, inactive, blocked.")


class Balances(Answer):
    """Accounts with their balances."""

    accounts: list[AccountBalance] = Field(description="The customer's accounts.")
    unreadable: Unreadable = None


@core_banking.operation(
    "GET",
    "/balance",
    on="BALANCE_QUERY",
    replies=("BALANCE_RESPONSE",),
    example=(
        BalanceQuery(account_id="acc-maria-checking"),
        Balances(
            accounts=[
                AccountBalance(
                    account_id="acc-maria-checking",
                    account_type="checking",
                    balance=Decimal("15250.75"),
                    available=Decimal("15250.75"),
                    currency=MXN,
                    status="active",
                )
            ]
        ),
    ),
)
def get_balance(caller: Caller, request: BalanceQuery, bank: BankStore) -> Balances:
    """Tell the balance of one of the customer's accounts, or of all of them.

    Call it without account_id to learn which accounts the customer has and their identifiers.
    """
    accounts, unreadable = bank.accounts.sorted_out_of(caller.user_id, request.account_id)
    if request.account_id is not None and not (accounts or unreadable):
        raise AccountNotFound(
            "The customer has no account with this `account_id`. Call getBalance without it to "
            "see the customer's accounts."
        )
    return Balances(
        accounts=[_balance(account) for account in accounts],
        unreadable=unreadable,
    )


def _balance(account: Account) -> AccountBalance:
    return AccountBalance(
        account_id=account.account_id,
        account_type=account.account_type,
        balance=account.balance,
        available=account.available,
        currency=account.currency,
        status=account.status,
    )
