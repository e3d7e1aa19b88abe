"""Moving money between two accounts: the checks and the double entry that every movement shares."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, Self

from action_groups.core_banking.errors import (
    AccountNotActive,
    CurrencyMismatch,
    InsufficientFunds,
)
from action_groups.core_banking.store import BankStore
from shared.accounts import Account
from shared.changes import Stamp
from shared.dynamodb import Put, Write

_NOTHING = Decimal("0.00")


class Movement(NamedTuple):
    """An amount that leaves one account and enters another.

    `cashback` comes back at once, as a transaction of its own. `notes` are kept on the records, and
    on the payer's the `trail`: who asked, how, and on which yes.
    """

    payer: Account
    payee: Account
    amount: Decimal
    currency: str
    type: str
    description: str | None = None
    cashback: Decimal = _NOTHING
    notes: Mapping[str, object] = MappingProxyType({})
    trail: Mapping[str, object] = MappingProxyType({})

    def give_back(self) -> Self:
        """Return the movement of the cashback."""
        return self._replace(
            payer=self.payee,
            payee=self.payer,
            amount=self.cashback,
            description="Cashback",
            cashback=_NOTHING,
            trail={},
        )


def post(bank: BankStore, movement: Movement, stamp: Stamp) -> list[Write]:
    """Return the writes of a movement: debit, credit, and one record for each account.

    The amounts of the records of a transaction sum to zero. The account must have the whole amount,
    also when some of it comes back. Whether the movement is allowed is checked before, by
    `check_payer` and `check_payee`.
    """
    payer, payee = movement.payer, movement.payee
    net = movement.amount - movement.cashback
    writes: list[Write] = [
        bank.debit(payer, net, stamp.created_at, needed=movement.amount),
        bank.credit(payee, net, stamp.created_at),
        *_records(bank, movement, stamp),
    ]
    if movement.cashback:
        cashback_stamp = stamp._replace(seed=f"{stamp.seed} cashback")
        writes += _records(bank, movement.give_back(), cashback_stamp)
    return writes


def _records(bank: BankStore, movement: Movement, stamp: Stamp) -> list[Put]:
    return [
        bank.record(
            {**_record(movement, movement.payer, -movement.amount, stamp), **movement.trail}
        ),
        bank.record(_record(movement, movement.payee, movement.amount, stamp)),
    ]


def check_payer(bank: BankStore, payer: Account, amount: Decimal, currency: str) -> None:
    """Raise the Refusal that says why the account cannot pay the amount, if it cannot."""
    if not payer.is_active:
        raise AccountNotActive(
            "The account that the money would leave is not active: choose an active account."
        )
    if payer.currency != currency:
        raise CurrencyMismatch(
            f"The amount is in {currency}, and the account that it would leave is not: choose "
            "another account."
        )
    if payer.available < amount:
        raise InsufficientFunds(
            "The amount is above what is available in the account, and nothing was moved. Choose "
            "a smaller amount or another account.",
            bank.has_too_little(payer, amount),
        )


def check_payee(payee: Account, currency: str) -> None:
    """Raise the Refusal that says why the account cannot take money, if it cannot."""
    if not payee.is_active:
        raise AccountNotActive("The account that the money would enter does not take money now.")
    if payee.currency != currency:
        raise CurrencyMismatch(
            f"The amount is in {currency}, and the account that it would enter is not: choose "
            "another account."
        )


def _record(
    movement: Movement, account: Account, signed_amount: Decimal, stamp: Stamp
) -> dict[str, object]:
    record: dict[str, object] = {
        "account_id": account.account_id,
        "timestamp_txn_id": f"{stamp.created_at}#{stamp.id}",
        "user_id": account.user_id,
        "transaction_id": stamp.id,
        "type": movement.type,
        "amount": signed_amount,
        "currency": account.currency,
        "from_account": movement.payer.account_id,
        "to_account": movement.payee.account_id,
        "status": "completed",
        "created_at": stamp.created_at,
    }
    if movement.description is not None:
        record["description"] = movement.description
    return {**record, **movement.notes}
