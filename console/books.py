"""Proving the books of a stack: what disagrees, by kind and id, without anybody's data.

Each balance is the sum of the account's records, the records of a transaction sum to zero (but for
deposits, withdrawals and openings, whose other side is outside the bank), purchases are completed
exactly when they are paid, stock is what was received less what was sold, what a customer confirmed
is what the terms said, and what was owed to the bus led on: a PAYMENT_REQUEST to a decision, a
decision to the end of the purchase. What an event says was paid or ended was. Publication leaves no
record, and needs none.

It is a tool for the side: it reads whole tables, page by page and strongly consistent, while they
go on changing. So nothing is reported on one reading. What disagrees is read again: a fact of a
transaction or a purchase has to disagree twice, which one that was caught half-way cannot; a
balance is believed only when the account did not change while its records were read; a stock only
when it did not change while the purchases were, and disagrees twice by the same count.

Longer than 400 lines: what is read, added up and compared is one set of facts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from action_groups.core_banking.operations.transactions import (
    OPENING,
    direction_of,
    transaction_of,
)
from action_groups.crm.store import Beneficiary
from action_groups.marketplace.models import PurchaseEntry
from action_groups.marketplace.purchases import Purchase
from console import kept_terms
from console.items import items_of
from shared.accounts import Account
from shared.clock import Clock
from shared.dynamodb import Item, deserialize, serialize
from shared.observability import UNREADABLE
from shared.owed import owed_by
from shared.payments import PaymentRequest, payment_key

IN_FLIGHT: Final = timedelta(minutes=5)
"""How long a step may take to lead to the next one."""

KINDS: Final = {
    "BALANCE": "the balance is not the sum of the account's records",
    "TWICE": "several owners have an account of this id",
    "UNREADABLE": "the item cannot be read",
    "FLOOR": "the balance is below what it may go down to",
    "NO_ACCOUNT": "there are records of an account that does not exist",
    "OWNER": "a record of the account names another customer",
    "SUM": "the records of the transaction do not sum to zero",
    "NOT_PAID": "the purchase is completed, and no payment of its total is on record",
    "PAID": "the purchase has failed or was cancelled, and a payment is on record",
    "CASHBACK": "what the payment gave back is not the cashback of the purchase",
    "NO_PURCHASE": "there is a payment for a purchase that does not exist",
    "STOCK": "the stock is not what was received less what was sold",
    "STOCK_FLOOR": "the stock is below zero",
    "NOT_DECIDED": "a PAYMENT_REQUEST is owed to the bus, and no decision is on record",
    "NOT_ENDED": "the payment is decided, and the purchase is pending",
    "NOT_ASKED": "the purchase is pending, and no PAYMENT_REQUEST is on record",
    "UNTRUE": "an event is owed to the bus that says what is not on record",
    "TERMS": "the terms on record are not those that the customer said yes to",
    "NOT_AS_AGREED": "what is recorded contradicts the terms that the customer said yes to",
}
_ONE_SIDED: Final = {"deposit", "withdrawal", OPENING}
_SOLD: Final = {"pending", "completed"}
_ATTEMPTS: Final = 5
_PAUSE_SECONDS: Final = 1


@dataclass(frozen=True, order=True, slots=True)
class Disagreement:
    """What does not agree, one of `KINDS`, and the id of what it is about."""

    kind: str
    subject: str

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {KINDS[self.kind]}"


@dataclass(frozen=True, slots=True)
class Report:
    """What disagrees; how many items were read; which accounts never stood still to be proved."""

    disagreements: list[Disagreement]
    read: Mapping[str, int]
    moving: list[str]


@dataclass(frozen=True, slots=True)
class _Leg:
    """One record of a payment."""

    transaction_id: str
    user_id: str
    amount: Decimal


@dataclass(slots=True)
class _Books:
    """What one reading of all tables found, added up."""

    accounts: dict[str, Account] = field(default_factory=dict)
    totals: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    named: set[tuple[str, str]] = field(default_factory=set)
    """The account and the customer of each record."""
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    payments: dict[str, list[_Leg]] = field(default_factory=lambda: defaultdict(list))
    """By transaction, and by purchase where the records name it."""
    paid_for: set[str] = field(default_factory=set)
    debited: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """What left a customer's accounts, by transaction and customer."""
    told: list[tuple[str, str, Item]] = field(default_factory=list)
    """The request that owes an event, whose it is, and what it says."""
    asked: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """By purchase: the key of the decision that was asked for, and when that was owed."""
    recorded: dict[str, datetime] = field(default_factory=dict)
    """When each request on record was decided, by its key."""
    purchases: dict[str, Purchase] = field(default_factory=dict)
    sold: Counter[str] = field(default_factory=Counter)
    products: dict[str, Item] = field(default_factory=dict)
    """Those whose stock did not change while the purchases were read."""
    twice: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    not_agreed: set[tuple[str, str]] = field(default_factory=set)
    """Kind and id of what is not as the customer was shown it."""
    read: Counter[str] = field(default_factory=Counter)


def prove(client: Any, prefix: str, *, clock: Clock, sleep: Callable[[float], None]) -> Report:
    """Prove the books of the tables whose names begin with the prefix."""
    books = _read(client, prefix)
    found = _disagreements(books, clock())
    moving: list[str] = []
    if found:
        sleep(_PAUSE_SECONDS)
        again = _disagreements(_read(client, prefix), clock())
        found = dict(found.items() & again.items())
        for balance in [d for d in found if d.kind == "BALANCE"]:
            is_explained = _is_explained(client, prefix, books.accounts[balance.subject], sleep)
            if is_explained is None:
                moving.append(balance.subject)
            if is_explained is not False:
                del found[balance]
    return Report(sorted(found), books.read, sorted(moving))


# --- Reading ---------------------------------------------------------------------------------


def _read(client: Any, prefix: str) -> _Books:
    """Read each table before those that its items lead to, so that what led on is seen.

    What a list would leave out of an answer cannot be read here either.
    """
    books = _Books()
    for table, id_name, add in (
        ("accounts", "account_id", _add_account),
        ("transactions", "transaction_id", _add_record),
        ("requests", "request_id", _add_owed),
        ("products", "product_id", _add_product),
        ("purchases", "purchase_id", _add_purchase),
        ("beneficiaries", "beneficiary_id", _add_person),
    ):
        for item in _scan(client, f"{prefix}-{table}"):
            books.read[table] += 1
            try:
                add(books, item)
            except UNREADABLE:
                books.unreadable.add(f"{table} {item.get(id_name, 'without an id')}")
    for item in _scan(client, f"{prefix}-products"):
        product = _product(item)
        if books.products.get(product, item).get("stock") != item.get("stock"):
            del books.products[product]
    return books


def _scan(client: Any, table: str) -> Iterator[Item]:
    return items_of(client.scan, {"TableName": table, "ConsistentRead": True})


def _signed(record: Item) -> Decimal:
    """Return what a record added to its account; one that is not completed moved nothing."""
    if record.get("status", "completed") != "completed":
        return Decimal(0)
    amount: Decimal = record["amount"].copy_abs()
    return amount.copy_negate() if direction_of(record) == "debit" else amount


def _add_account(books: _Books, item: Item) -> None:
    account = Account.from_item(item)
    if account.account_id in books.accounts:
        books.twice.add(account.account_id)
    _check_numbers(account.balance, account.credit_limit)
    books.accounts[account.account_id] = account


def _add_record(books: _Books, record: Item) -> None:
    amount, transaction_id = _signed(record), record["transaction_id"]
    _check_texts(transaction_id, record["user_id"], record.get("purchase_id", ""))
    books.totals[record["account_id"]] += amount
    books.named.add((record["account_id"], record["user_id"]))
    books.debited[transaction_id, record["user_id"]] -= min(amount, Decimal(0))
    if record["type"] not in _ONE_SIDED:
        books.sums[transaction_id] += amount
    _add_agreed(books, transaction_id, record)
    if record["type"] == "payment":
        leg = _Leg(transaction_id, record["user_id"], amount)
        books.payments[transaction_id].append(leg)
        if "purchase_id" in record:
            books.payments[record["purchase_id"]].append(leg)
            books.paid_for.add(record["purchase_id"])
    transaction_of(record)


def _add_owed(books: _Books, request: Item) -> None:
    if "created_at" in request:
        books.recorded[request["request_id"]] = _moment(request["created_at"])
    for envelope in owed_by(request):
        _check_texts(envelope["user_id"])
        books.told.append((request["request_id"], envelope["user_id"], dict(envelope["data"])))
        if envelope["event_type"] == "PAYMENT_REQUEST":
            payment = PaymentRequest.model_validate(envelope["data"])
            key = payment_key(envelope["user_id"], payment)
            owed_at = _moment(envelope["timestamp"])
            books.asked[payment.purchase_id] = key, owed_at


def _add_product(books: _Books, item: Item) -> None:
    _check_numbers(*(item[name] for name in ("stock", "stock_received") if name in item))
    books.products[_product(item)] = item


def _add_purchase(books: _Books, item: Item) -> None:
    purchase = Purchase.from_item(item)
    _check_texts(purchase.purchase_id, purchase.transaction_id or "")
    _moment(purchase.created_at)
    if purchase.status in _SOLD:
        books.sold[_product(item)] += purchase.quantity
    books.purchases[purchase.purchase_id] = purchase
    _add_agreed(books, purchase.purchase_id, item)
    PurchaseEntry.of(purchase)


def _add_person(books: _Books, person: Item) -> None:
    _add_agreed(books, f"{person['beneficiary_id']} of {person['user_id']}", person)
    Beneficiary.from_item(person)


def _add_agreed(books: _Books, subject: str, item: Item) -> None:
    """Note what disagrees with the terms that are kept on an item."""
    if kept_terms.is_kept_with(item) and not kept_terms.is_as_signed(item):
        books.not_agreed.add(("TERMS", subject))
    if any(kept_terms.contradictions(item)):
        books.not_agreed.add(("NOT_AS_AGREED", subject))


def _check_numbers(*values: object) -> None:
    """Raise TypeError for what cannot be compared."""
    if not all(isinstance(value, Decimal) for value in values):
        raise TypeError("not a number")


def _check_texts(*values: object) -> None:
    """Raise TypeError for what names nothing."""
    if not all(isinstance(value, str) for value in values):
        raise TypeError("not a text")


def _moment(text: str) -> datetime:
    """Read a time; one without an offset is in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _product(item: Item) -> str:
    return f"{item['product_id']} of {item['retailer_id']}"


# --- Comparing -------------------------------------------------------------------------------


def _disagreements(books: _Books, now: datetime) -> dict[Disagreement, Decimal | None]:
    """Return what disagrees, a stock with by how much."""
    return {
        Disagreement(kind, subject): size
        for comparison in (_accounts, _records, _purchases, _stock, _told, _agreed)
        for kind, subject, size in comparison(books, now)
    }


_Found = Iterator[tuple[str, str, Decimal | None]]


def _accounts(books: _Books, _now: datetime) -> _Found:
    for account_id, account in books.accounts.items():
        if account.balance != books.totals[account_id]:
            yield "BALANCE", account_id, None
        if account.balance < -account.credit_limit:
            yield "FLOOR", account_id, None
    for account_id in books.twice:
        yield "TWICE", account_id, None
    for item in books.unreadable:
        yield "UNREADABLE", item, None


def _records(books: _Books, _now: datetime) -> _Found:
    for account_id in books.totals.keys() - books.accounts.keys():
        if f"accounts {account_id}" not in books.unreadable:
            yield "NO_ACCOUNT", account_id, None
    for account_id, user_id in books.named:
        account = books.accounts.get(account_id)
        if account is not None and account.user_id != user_id and account_id not in books.twice:
            yield "OWNER", account_id, None
    for transaction_id, total in books.sums.items():
        if total:
            yield "SUM", transaction_id, None


def _purchases(books: _Books, now: datetime) -> _Found:
    for purchase_id in books.paid_for - books.purchases.keys():
        if f"purchases {purchase_id}" not in books.unreadable:
            yield "NO_PURCHASE", purchase_id, None
    for purchase_id, (key, asked_at) in books.asked.items():
        if key not in books.recorded and now - asked_at > IN_FLIGHT:
            yield "NOT_DECIDED", purchase_id, None
    for purchase_id, purchase in books.purchases.items():
        comparison = _COMPARISONS.get(purchase.status, _unpaid)
        kind = comparison(books, purchase, now)
        if kind:
            yield kind, purchase_id, None


def _completed(books: _Books, purchase: Purchase, _now: datetime) -> str:
    legs = _legs_of(books, purchase)
    if -sum(leg.amount for leg in legs if leg.amount < 0) != purchase.total_amount:
        return "NOT_PAID"
    given_back = sum(leg.amount for leg in legs if leg.amount > 0)
    is_kept = bool(purchase.figures) or purchase.benefit_applied != "cashback"
    return "CASHBACK" if is_kept and given_back != purchase.figures.get("cashback", 0) else ""


def _unpaid(books: _Books, purchase: Purchase, _now: datetime) -> str:
    return "PAID" if _legs_of(books, purchase) else ""


def _pending(books: _Books, purchase: Purchase, now: datetime) -> str:
    decided_at = books.recorded.get(payment_key(purchase.user_id, purchase))
    if decided_at is not None:
        return "NOT_ENDED" if now - decided_at > IN_FLIGHT else ""
    made_at = _moment(purchase.created_at)
    is_asked = purchase.purchase_id in books.asked
    return "NOT_ASKED" if not is_asked and now - made_at > IN_FLIGHT else ""


_COMPARISONS: Final = {"completed": _completed, "pending": _pending}


def _legs_of(books: _Books, purchase: Purchase) -> Collection[_Leg]:
    """Return the customer's side of all that was paid and given back for a purchase."""
    return {
        leg
        for key in (purchase.purchase_id, purchase.transaction_id or "")
        for leg in books.payments.get(key, ())
        if leg.user_id == purchase.user_id
    }


def _told(books: _Books, _now: datetime) -> _Found:
    for request_id, user_id, data in books.told:
        paid = books.debited.get((str(data.get("transaction_id")), user_id))
        is_paid = paid == data.get("amount", data.get("total_amount"))
        purchase = books.purchases.get(str(data.get("purchase_id")))
        is_so = purchase is not None and purchase.status == data.get("status")
        if ("transaction_id" in data and not is_paid) or (
            {"purchase_id", "status"} <= data.keys() and not is_so
        ):
            yield "UNTRUE", request_id, None


def _stock(books: _Books, _now: datetime) -> _Found:
    for subject, product in books.products.items():
        stock = product.get("stock", Decimal(0))
        if stock < 0:
            yield "STOCK_FLOOR", subject, None
        lacking = product.get("stock_received", stock + books.sold[subject]) - stock
        if lacking != books.sold[subject]:
            yield "STOCK", subject, lacking - books.sold[subject]


def _agreed(books: _Books, _now: datetime) -> _Found:
    for kind, subject in books.not_agreed:
        yield kind, subject, None


# --- A balance at rest -----------------------------------------------------------------------


def _is_explained(
    client: Any, prefix: str, account: Account, sleep: Callable[[float], None]
) -> bool | None:
    """Tell whether a balance is the sum of its records; None while the account keeps moving."""
    key = {"user_id": account.user_id, "account_id": account.account_id}
    table = f"{prefix}-accounts"
    for _ in range(_ATTEMPTS):
        before = client.get_item(TableName=table, Key=serialize(key), ConsistentRead=True)
        query = {
            "TableName": f"{prefix}-transactions",
            "ConsistentRead": True,
            "KeyConditionExpression": "account_id = :account",
            "ExpressionAttributeValues": serialize({":account": account.account_id}),
        }
        try:
            total = sum(map(_signed, items_of(client.query, query)), Decimal(0))
        except UNREADABLE:
            return False
        after = client.get_item(TableName=table, Key=serialize(key), ConsistentRead=True)
        if before.get("Item") == after.get("Item"):
            return bool(deserialize(after.get("Item", {})).get("balance") == total)
        sleep(_PAUSE_SECONDS)
    return None
