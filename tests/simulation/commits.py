"""What has to be true after every commit. Each check says what it found otherwise."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.clock import BANK_ZONE, day_of
from shared.dynamodb import deserialize
from shared.owed import owed_by
from tests.simulation.bank import (
    LONG_PAID,
    OWNERS,
    Item,
    floor_of,
    items_of,
)
from tests.simulation.deployment import LIMITS
from tests.support.dynamodb import StrictDynamoDB

MOST = Decimal(LIMITS["MAX_TRANSFER_AMOUNT"])
DAILY = Decimal(LIMITS["DAILY_TRANSFER_LIMIT"])
NEW = Decimal(LIMITS["NEW_PAYEE_LIMIT"])
NEW_FOR = timedelta(hours=24)
CLOCKS = timedelta(seconds=5)
"""By which clocks may differ."""


class Wrong(AssertionError):
    """Something is not as it has to be."""

    def __init__(self, what: str, *subjects: str) -> None:
        """`subjects` are ids, by which the story is shortened to what concerns them."""
        super().__init__(what)
        self.subjects = subjects


def check_limits(database: StrictDynamoDB) -> None:
    """Check what must hold at every moment: no floor is crossed, no stock below zero."""
    for account in items_of(database, "accounts"):
        if account["balance"] < floor_of(account):
            raise Wrong(f"{account['account_id']} is overdrawn: {account['balance']}")
    for product in items_of(database, "products"):
        if product["stock"] < 0:
            raise Wrong(f"{product['product_id']} has a stock of {product['stock']}")


@dataclass
class Tally:
    """What was transferred to others: by customer and bank day, and by customer and account."""

    days: Counter[tuple[str, str]] = field(default_factory=Counter)
    payments: dict[tuple[str, str], list[tuple[datetime, Decimal]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def room(self, database: StrictDynamoDB, user_id: str, day: str) -> Decimal:
        """Return what the customer's limit still allows on a day."""
        items = items_of(database, "limits")
        key = (user_id, "transfers")
        own = [item for item in items if (item["user_id"], item["subject"]) == key]
        limit = own[0].get("daily_limit") if own else None
        return (DAILY if limit is None else limit) - self.days[user_id, day]

    def paid_while_new(self, user_id: str, account_id: str, at: datetime) -> Decimal | None:
        """Return what was paid to an account that is new at a moment; None for one that is not."""
        payments = self.payments[user_id, account_id]
        first = payments[0][0] if payments else at
        if (user_id, account_id) in LONG_PAID or at >= first + NEW_FOR:
            return None
        return sum((amount for _, amount in payments), Decimal(0))


def check_commit(database: StrictDynamoDB, transaction: Mapping[str, Any], tally: Tally) -> None:
    """Check that what was just committed is true: its limits, its price, and why it refuses."""
    check_limits(database)
    for entry in transaction["TransactItems"]:
        put = entry.get("Put")
        if put is None:
            continue
        item = deserialize(put["Item"])
        if put["TableName"].endswith("transactions"):
            _check_limits_of(database, transaction, item, tally)
        if put["TableName"].endswith("purchases"):
            product = _product(database, item["product_id"])
            if product is None or item["unit_price"] != product["price"]:
                raise Wrong(f"bought for {item['unit_price']}: {product}")
        for envelope in owed_by(item) if item.get("status", 200) != 200 else ():
            _check_refusal(database, envelope, tally)


def _check_limits_of(
    database: StrictDynamoDB, transaction: Mapping[str, Any], record: Item, tally: Tally
) -> None:
    """Check that a transfer to others passes no limit, and count it."""
    user_id, to, amount = record["user_id"], record["to_account"], -record["amount"]
    if record["type"] != "transfer" or amount < 0 or OWNERS[to] == user_id:
        return
    at = datetime.fromisoformat(record["created_at"])
    [day] = [
        update["ExpressionAttributeValues"][":day"]["S"]
        for entry in transaction["TransactItems"]
        if (update := entry.get("Update")) and update["Key"].get("subject") == {"S": "transfers"}
    ]
    if day not in {day_of(at + off, BANK_ZONE).isoformat() for off in (-CLOCKS, CLOCKS)}:
        raise Wrong(f"a transfer of {at} is counted for {day}")
    if amount > tally.room(database, user_id, day):
        raise Wrong(f"{user_id} passed the limit of {day} with {amount}", record["description"])
    before = tally.paid_while_new(user_id, to, at)
    if before is not None and before + amount > NEW:
        raise Wrong(f"{user_id} paid {before + amount} to {to}, which is new", to)
    if amount > MOST:
        raise Wrong(f"{user_id} transferred {amount} at once", record["description"])
    tally.days[user_id, day] += amount
    tally.payments[user_id, to].append((at, amount))


def _is_above_a_limit(database: StrictDynamoDB, envelope: dict[str, Any], tally: Tally) -> bool:
    """Tell whether a refused transfer is above a limit, whatever day the clocks may say it is."""
    user_id, data = envelope["user_id"], envelope["data"]
    amount, at = data["amount"], datetime.fromisoformat(envelope["timestamp"])
    days = {day_of(at + off, BANK_ZONE).isoformat() for off in (-CLOCKS, CLOCKS)}
    before = tally.paid_while_new(user_id, data["to_account"], at)
    return (
        amount > MOST
        or (before is not None and before + amount > NEW)
        or any(amount > tally.room(database, user_id, day) for day in days)
    )


def _check_refusal(database: StrictDynamoDB, envelope: dict[str, Any], tally: Tally) -> None:
    """Check that the reason for a refusal holds at the moment of its commit."""
    data = envelope["data"]
    code = data["error"]["code"]
    accounts = {account["account_id"]: account for account in items_of(database, "accounts")}
    payer = accounts.get(data.get("from_account") or data.get("account_id") or "")
    payee = accounts.get(data.get("to_account") or "")
    is_true = True
    if code == "INSUFFICIENT_FUNDS":
        assert payer is not None
        is_true = payer["balance"] - floor_of(payer) < data["amount"]
    elif code == "LIMIT_EXCEEDED":
        is_true = _is_above_a_limit(database, envelope, tally)
    elif code == "ACCOUNT_NOT_ACTIVE":
        is_true = any(a is not None and a["status"] != "active" for a in (payer, payee))
    elif code in {"OUT_OF_STOCK", "PRICE_CHANGED"}:
        product = _product(database, data["product_id"])
        wanted = data.get("quantity", 1)
        is_true = product is not None and (
            product["stock"] < wanted
            if code == "OUT_OF_STOCK"
            else product["price"] != data["unit_price"]
        )
    if not is_true:
        name = envelope["correlation_id"]
        raise Wrong(f"{envelope['event_type']} of {name} says {code}, which is not so", name)


def _product(database: StrictDynamoDB, product_id: str) -> Item | None:
    return next((p for p in items_of(database, "products") if p["product_id"] == product_id), None)
