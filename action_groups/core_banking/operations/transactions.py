"""The operation listTransactions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from action_groups.core_banking import core_banking
from action_groups.core_banking.errors import AccountNotFound
from action_groups.core_banking.store import BankStore
from shared.clock import bounds_of
from shared.dynamodb import Item, Page
from shared.errors import InvalidRequest
from shared.identity import Caller
from shared.models import (
    DEFAULT_PAGE_ITEMS,
    Answer,
    Identifier,
    LookedAt,
    NextToken,
    PageItems,
    PageToken,
    Request,
    Unreadable,
)
from shared.money import MXN
from shared.paging import fill_page, issue_token, position_of

OPENING = "opening"
"""What an account began with."""
TransactionType = Literal["transfer", "payment", "deposit", "withdrawal", "opening"]
TRANSACTION_TYPES: tuple[str, ...] = get_args(TransactionType)

_MAX_DESCRIPTION_LENGTH = 500
_OLDEST, _NEWEST = "0000", "9999"
_AFTER_ANY_TIME = "~"
_DATE_LENGTH = len("2026-11-22")


def _is_day(text: str) -> bool:
    return len(text) == _DATE_LENGTH


def _day_or_moment(text: str) -> str:
    """Return a day as it is, and a moment in UTC to the second. Raises ValueError otherwise."""
    try:
        moment = datetime.fromisoformat(text)
        if _is_day(text):
            return moment.date().isoformat()
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        pass
    raise ValueError("must be a day such as 2026-11-22, or a moment such as 2026-11-22T15:00:00Z")


Day = Annotated[str, Field(max_length=40), AfterValidator(_day_or_moment)]


class TransactionsQuery(Request):
    """Which movements to list."""

    account_id: Identifier | None = Field(
        default=None, description="One of the customer's accounts; leave it out for all of them."
    )
    from_date: Day | None = Field(
        default=None,
        description="First day, YYYY-MM-DD in Mexico, or first moment in ISO 8601 with its offset.",
    )
    to_date: Day | None = Field(
        default=None,
        description="Last day (included), YYYY-MM-DD in Mexico, or last moment in ISO 8601 with "
        "its offset.",
    )
    type: TransactionType | None = Field(
        default=None, description=f"One of: {', '.join(TRANSACTION_TYPES)}."
    )
    limit: PageItems = DEFAULT_PAGE_ITEMS
    next_token: PageToken = None


class Transaction(Answer):
    """One movement on one of the customer's accounts."""

    transaction_id: str = Field(description="Identifier; both accounts of a movement show it.")
    account_id: str = Field(description="The customer's account that it moved.")
    type: str = Field(description=f"One of: {', '.join(TRANSACTION_TYPES)}.")
    direction: str = Field(description="debit: money left the account; credit: money entered it.")
    amount: Decimal = Field(description="Amount in pesos, positive.")
    currency: str = Field(description="Currency, MXN.")
    from_account: str | None = Field(description="Account that the money left.")
    to_account: str | None = Field(description="Account that the money entered.")
    status: str = Field(description="One of: completed, pending, failed.")
    description: str | None = Field(description="What it was for.")
    created_at: str = Field(description="When it happened, ISO 8601 in UTC.")


class Transactions(Answer):
    """A page of movements, newest first."""

    transactions: list[Transaction] = Field(description="Movements, newest first.")
    looked_at: LookedAt = None
    looked_back_to: str | None = Field(
        default=None,
        description="Only there with `looked_at`: all movements since this moment were looked at, "
        "ISO 8601 in UTC.",
    )
    unreadable: Unreadable = None
    next_token: NextToken


@core_banking.operation(
    "GET",
    "/transactions",
    on="TRANSACTIONS_QUERY",
    replies=("TRANSACTIONS_RESPONSE",),
    example=(
        TransactionsQuery(
            account_id="acc-maria-checking",
            from_date="2026-11-01",
            to_date="2026-11-30",
            type="transfer",
            limit=5,
        ),
        Transactions(
            transactions=[
                Transaction(
                    transaction_id="01a1e790-a9e0-70ce-acf1-1ebe9b04a1e0",
                    account_id="acc-maria-checking",
                    type="transfer",
                    direction="debit",
                    amount=Decimal("200.00"),
                    currency=MXN,
                    from_account="acc-maria-checking",
                    to_account="acc-juan-checking",
                    status="completed",
                    description="Boletos",
                    created_at="2026-11-17T03:33:00.000Z",
                )
            ],
            next_token=None,
        ),
    ),
)
def list_transactions(caller: Caller, request: TransactionsQuery, bank: BankStore) -> Transactions:
    """List the movements of one of the customer's accounts, or of all of them, newest first.

    With looked_at the search is not over: never say that there are no such movements, but since
    when you looked, and ask whether to look further back.
    """
    between = _bounds(request, bank.zone)
    if request.type is not None:
        _check_owner(caller, request, bank)
    whose = () if request.account_id else ("user_id",)
    key_names = ("account_id", "timestamp_txn_id", *whose)
    most_items = request.limit + 1 if request.type is None else None

    def read(start: Item | None, read_items: int) -> Page:
        page = bank.history(
            caller.user_id,
            request.account_id,
            between=between,
            type_=request.type,
            start=start,
            read_items=min(read_items, most_items or read_items),
        )
        if request.type is None and not page.items:
            _check_owner(caller, request, bank)
        return page

    page = fill_page(
        read,
        entry_of=transaction_of,
        position_of_item=lambda item: {name: item[name] for name in key_names},
        limit=request.limit,
        start=position_of(caller, request, request.next_token, key_names),
        allowance=bank.allowance(),
    )
    return Transactions(
        transactions=page.entries,
        looked_at=page.looked_at,
        looked_back_to=_moment_of(page.position) if page.position and page.looked_at else None,
        unreadable=page.unreadable_ids("timestamp_txn_id"),
        next_token=issue_token(caller, request, page.position),
    )


def _check_owner(caller: Caller, request: TransactionsQuery, bank: BankStore) -> None:
    """Raise AccountNotFound for an account of somebody else.

    The customer's own records show whose account it is. Where there are none, and where a filter
    may hide them, it is looked up, before more is read of what may be somebody else's.
    """
    if request.account_id is None:
        return
    if bank.accounts.get(caller.user_id, request.account_id) is None:
        raise AccountNotFound(
            "The customer has no account with this `account_id`. Call getBalance without it to "
            "see the customer's accounts."
        )


def _bounds(request: TransactionsQuery, zone: ZoneInfo) -> tuple[str, str]:
    """Return the first and last sort key within the dates; sort keys begin with an ISO time."""
    first = _first_or_last(request.from_date, zone, 0) if request.from_date else _OLDEST
    last = _first_or_last(request.to_date, zone, 1) if request.to_date else _NEWEST
    if first > last + _AFTER_ANY_TIME:
        raise InvalidRequest("`from_date` must not be after `to_date`.")
    return first, last + _AFTER_ANY_TIME


@lru_cache(maxsize=256)
def _first_or_last(text: str, zone: ZoneInfo, which: Literal[0, 1]) -> str:
    """Return a moment as it is, and of a day its first or last second, in UTC."""
    if not _is_day(text):
        return text
    try:
        moment = bounds_of(date.fromisoformat(text), zone)[which]
    except OverflowError:
        return text
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def transaction_of(item: Item) -> Transaction:
    """Return what the customer sees of a record."""
    description = item.get("description")
    return Transaction(
        transaction_id=item["transaction_id"],
        account_id=item["account_id"],
        type=item["type"],
        direction=direction_of(item),
        amount=item["amount"].copy_abs(),
        currency=item.get("currency", MXN),
        from_account=item.get("from_account"),
        to_account=item.get("to_account"),
        status=item["status"],
        description=description[:_MAX_DESCRIPTION_LENGTH] if description else None,
        created_at=item.get("created_at") or _moment_of(item),
    )


def _moment_of(key: Item) -> str:
    return str(key["timestamp_txn_id"]).partition("#")[0]


def direction_of(item: Item) -> str:
    """Tell the direction from the accounts of the record, whose amount may be written unsigned."""
    account_id = item["account_id"]
    if account_id == item.get("from_account"):
        return "debit"
    if account_id == item.get("to_account"):
        return "credit"
    return "debit" if item["amount"] < 0 or item["type"] == "withdrawal" else "credit"
