"""Seed customers' accounts, history and payees: `python scripts/seed_accounts.py`."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from action_groups.core_banking.operations.transactions import OPENING
from scripts.seed_products import PURCHASES
from scripts.seeding import add_missing, run, table_name
from shared.clock import to_iso
from shared.ids import time_ordered_id

_OPENED = "2025-01-15T16:00:00.000Z"

CUSTOMERS = {
    "user-maria": "María López García",
    "user-juan": "Juan López García",
    "user-sofia": "Sofía Hernández Ruiz",
    "user-carlos": "Carlos Ramírez Soto",
    "user-elena": "Elena García Ortiz",
}

# user, account, type, balance, credit limit, status
ACCOUNTS = [
    ("user-maria", "acc-maria-checking", "checking", "15250.75", None, "active"),
    ("user-maria", "acc-maria-savings", "savings", "48000.00", None, "active"),
    ("user-maria", "acc-maria-credit", "credit", "-3200.00", "30000.00", "active"),
    ("user-juan", "acc-juan-checking", "checking", "8300.50", None, "active"),
    ("user-juan", "acc-juan-savings", "savings", "12000.00", None, "active"),
    ("user-juan", "acc-juan-credit", "credit", "0.00", "15000.00", "active"),
    ("user-sofia", "acc-sofia-checking", "checking", "2150.00", None, "active"),
    ("user-sofia", "acc-sofia-savings", "savings", "750.00", None, "active"),
    ("user-sofia", "acc-sofia-credit", "credit", "-7800.40", "10000.00", "active"),
    ("user-carlos", "acc-carlos-checking", "checking", "31480.20", None, "active"),
    ("user-carlos", "acc-carlos-savings", "savings", "105000.00", None, "inactive"),
    ("user-carlos", "acc-carlos-credit", "credit", "-950.00", "60000.00", "active"),
    ("user-elena", "acc-elena-checking", "checking", "5900.00", None, "active"),
    ("user-elena", "acc-elena-savings", "savings", "22000.00", None, "active"),
    ("user-elena", "acc-elena-credit", "credit", "0.00", "20000.00", "blocked"),
]

OWNERS = {account: user for user, account, *_ in ACCOUNTS}

# time, type, from, to, amount, description; an account outside the bank is None
HISTORY = [
    ("2026-10-01T15:00:00Z", "deposit", None, "acc-maria-checking", "8200.00", "Nómina"),
    ("2026-10-01T15:00:05Z", "deposit", None, "acc-juan-checking", "9300.00", "Nómina"),
    (
        "2026-10-02T01:12:40Z",
        "transfer",
        "acc-maria-checking",
        "acc-carlos-checking",
        "6500.00",
        "Renta de octubre",
    ),
    (
        "2026-10-03T18:45:10Z",
        "transfer",
        "acc-maria-checking",
        "acc-maria-savings",
        "2000.00",
        "Ahorro",
    ),
    ("2026-10-05T23:05:00Z", "withdrawal", "acc-juan-checking", None, "1500.00", "Cajero"),
    (
        "2026-10-09T02:30:00Z",
        "transfer",
        "acc-juan-checking",
        "acc-maria-checking",
        "350.00",
        "Cena",
    ),
    ("2026-10-15T15:00:00Z", "deposit", None, "acc-maria-checking", "8200.00", "Nómina"),
    ("2026-10-15T15:00:07Z", "deposit", None, "acc-sofia-checking", "3200.00", "Beca"),
    (
        "2026-10-18T20:20:20Z",
        "transfer",
        "acc-sofia-checking",
        "acc-sofia-credit",
        "1200.00",
        "Pago de tarjeta",
    ),
    ("2026-10-24T17:00:00Z", "withdrawal", "acc-maria-checking", None, "800.00", "Cajero"),
    ("2026-11-01T15:00:00Z", "deposit", None, "acc-maria-checking", "8200.00", "Nómina"),
    (
        "2026-11-02T01:03:11Z",
        "transfer",
        "acc-maria-checking",
        "acc-carlos-checking",
        "6500.00",
        "Renta de noviembre",
    ),
    (
        "2026-11-06T19:40:00Z",
        "transfer",
        "acc-maria-checking",
        "acc-elena-checking",
        "1000.00",
        "Medicinas",
    ),
    (
        "2026-11-09T16:15:00Z",
        "transfer",
        "acc-carlos-checking",
        "acc-juan-checking",
        "275.50",
        None,
    ),
    ("2026-11-15T15:00:00Z", "deposit", None, "acc-maria-checking", "8200.00", "Nómina"),
    (
        "2026-11-17T03:33:00Z",
        "transfer",
        "acc-maria-checking",
        "acc-juan-checking",
        "200.00",
        "Boletos",
    ),
]


def seed(client: Any, prefix: str) -> int:
    """Add accounts, history and payees, and return how many items were missing."""
    accounts = add_missing(client, table_name("accounts", prefix), _accounts(), "account_id")
    records = chain(_openings(), _history())
    history = add_missing(client, table_name("transactions", prefix), records, "account_id")
    payees = add_missing(client, table_name("limits", prefix), _payees(), "user_id")
    return accounts + history + payees


def _accounts() -> Iterator[dict[str, Any]]:
    for user, account, type_, balance, credit_limit, status in ACCOUNTS:
        item = {
            "user_id": user,
            "account_id": account,
            "account_type": type_,
            "holder_name": CUSTOMERS[user],
            "balance": Decimal(balance),
            "currency": "MXN",
            "status": status,
            "created_at": _OPENED,
            "updated_at": _OPENED,
            "version": 1,
        }
        yield item if credit_limit is None else item | {"credit_limit": Decimal(credit_limit)}


def _openings() -> Iterator[dict[str, Any]]:
    """Yield what each account began with: its balance without all that has moved since."""
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for _, _, source, destination, amount, _ in HISTORY:
        moved[source or ""] -= Decimal(amount)
        moved[destination or ""] += Decimal(amount)
    for _, _, account, _, _, amount in PURCHASES:
        moved[account] -= Decimal(amount)
    moment = datetime.fromisoformat(_OPENED)
    for user, account, _, balance, *_ in ACCOUNTS:
        began_with = Decimal(balance) - moved[account]
        if began_with:
            identifier = time_ordered_id(moment, f"seed opening {account}")
            yield {
                "account_id": account,
                "timestamp_txn_id": f"{_OPENED}#{identifier}",
                "user_id": user,
                "transaction_id": identifier,
                "type": OPENING,
                "amount": began_with,
                "currency": "MXN",
                "status": "completed",
                "description": "Saldo inicial",
                "created_at": _OPENED,
            }


def _history() -> Iterator[dict[str, Any]]:
    """Yield a record for each account that a movement touched: minus what left, plus what came."""
    for time, type_, source, destination, amount, description in HISTORY:
        moment = datetime.fromisoformat(time).astimezone(UTC)
        identifier = time_ordered_id(moment, f"seed {source} {destination}")
        record = {
            "timestamp_txn_id": f"{to_iso(moment)}#{identifier}",
            "transaction_id": identifier,
            "type": type_,
            "currency": "MXN",
            "status": "completed",
            "created_at": to_iso(moment),
        }
        optional = {
            "from_account": source,
            "to_account": destination,
            "description": description,
        }
        record |= {name: value for name, value in optional.items() if value is not None}
        for account, sign in ((source, -1), (destination, 1)):
            if account is not None:
                yield record | {
                    "account_id": account,
                    "user_id": OWNERS[account],
                    "amount": sign * Decimal(amount),
                }


def _payees() -> Iterator[dict[str, Any]]:
    """Yield for each account of others that a customer has paid when that was first."""
    paid: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for time, _, source, destination, *_ in HISTORY:
        if source and destination and OWNERS[source] != OWNERS[destination]:
            paid[OWNERS[source], destination].append(datetime.fromisoformat(time))
    for (user, account), moments in paid.items():
        yield {
            "user_id": user,
            "subject": f"payee#{account}",
            "first_paid_at": to_iso(min(moments)),
        }


if __name__ == "__main__":
    run(seed, "accounts, history and payees")
