"""Accounts as read: what may be spent of one, and whether money may enter or leave it.

Core banking owns the accounts; other groups only ask whether an account is there and what it can
pay. All of them read it here, so that an account is the same to everybody.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple, Self

from shared.dynamodb import DynamoDB, Item, Place
from shared.money import MXN
from shared.observability import sorted_out

ACTIVE = "active"
CREDIT = "credit"
RETAILER = "retailer"
"""The `holder_type` of an account whose holder is a shop; without one the holder is a person."""

MAX_ACCOUNTS_PER_OWNER = 100
MAX_WORD_LENGTH = 100
"""Of the type, the status and the currency of an account: a list tells them of all accounts."""
MAX_HOLDER_LENGTH = 200
"""How much of a holder's name is read, in characters."""

MOVING = ("balance", "version", "updated_at")
"""What every movement of money changes of an account."""

_NOTHING = Decimal(0)


class Account(NamedTuple):
    """An account as read. On a credit account, `balance` is minus what is owed."""

    user_id: str
    account_id: str
    account_type: str
    balance: Decimal
    currency: str
    status: str
    credit_limit: Decimal
    holder_name: str | None = None
    """Whose account it is by the bank's books; None when the books do not say."""
    is_retailers: bool = False
    """Whether the holder is a shop, whose name is no secret."""

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read an item of the accounts table. Only a credit account has a `credit_limit`.

        Raises LookupError or ValueError for one that is not as it has to be.
        """
        account_type, status = item["account_type"], item["status"]
        balance, currency = item["balance"], item.get("currency", MXN)
        limit = item.get("credit_limit", _NOTHING) if account_type == CREDIT else _NOTHING
        if {str} != {type(account_type), type(status), type(currency)} or {Decimal} != {
            type(balance),
            type(limit),
            type(item.get("version", _NOTHING)),
        }:
            raise ValueError("the account has a value of another type")
        if max(map(len, (account_type, status, currency))) > MAX_WORD_LENGTH:
            raise ValueError("the account has a text in the place of a word")
        holder_name = item.get("holder_name")
        return cls(
            user_id=item["user_id"],
            account_id=item["account_id"],
            account_type=account_type,
            balance=balance,
            currency=currency,
            status=status,
            credit_limit=limit,
            holder_name=holder_name[:MAX_HOLDER_LENGTH] if isinstance(holder_name, str) else None,
            is_retailers=item.get("holder_type") == RETAILER,
        )

    @property
    def key(self) -> Item:
        """Its key in the accounts table."""
        return _key(self.user_id, self.account_id)

    def same_floor(self) -> tuple[str, Item]:
        """Return the condition that the balance may still go as low, and its values."""
        same_type, values = "account_type = :type", {":type": self.account_type}
        if not self.is_credit:
            return same_type, values
        same_limit = "credit_limit = :limit"
        if not self.credit_limit:
            same_limit = f"(attribute_not_exists(credit_limit) OR {same_limit})"
        return f"{same_type} AND {same_limit}", {**values, ":limit": self.credit_limit}

    def same_holder(self) -> tuple[str, Item]:
        """Return the condition that the books still name this holder, and its values."""
        if self.holder_name is None:
            return "NOT attribute_type(holder_name, :text)", {":text": "S"}
        if len(self.holder_name) == MAX_HOLDER_LENGTH:  # the books may have more of it
            return "begins_with(holder_name, :holder)", {":holder": self.holder_name}
        return "holder_name = :holder", {":holder": self.holder_name}

    @property
    def is_active(self) -> bool:
        """Whether money may leave or enter the account."""
        return self.status == ACTIVE

    @property
    def takes_pesos(self) -> bool:
        """Whether somebody may transfer pesos to it."""
        return self.is_active and self.currency == MXN

    @property
    def is_credit(self) -> bool:
        """Whether what is spent from it is owed to the bank."""
        return self.account_type == CREDIT

    @property
    def available(self) -> Decimal:
        """What may be spent now: the balance and the credit limit of an active account."""
        return max(self.balance + self.credit_limit, _NOTHING) if self.is_active else _NOTHING


class Accounts:
    """Reads accounts, strongly consistent but for what the index says of who owns one."""

    def __init__(self, database: DynamoDB, table: str) -> None:
        self._database = database
        self.table = table

    def place(self, user_id: str, account_id: str) -> Place:
        """Return where `get` looks, to be read ahead."""
        return self.table, _key(user_id, account_id)

    def get(self, user_id: str, account_id: str) -> Account | None:
        """Return the account if it is this owner's."""
        item = self._database.get(*self.place(user_id, account_id), moving=MOVING)
        return None if item is None else Account.from_item(item)

    def of(self, user_id: str) -> list[Account]:
        """Return the owner's accounts by account id, `MAX_ACCOUNTS_PER_OWNER` at most.

        Raises what `Account.from_item` does: nothing may be decided on some of them.
        """
        return [*map(Account.from_item, self._items_of(user_id))]

    def sorted_out_of(
        self, user_id: str, account_id: str | None
    ) -> tuple[list[Account], list[str] | None]:
        """Return the owner's accounts by account id, or this one, and ids of what is unreadable."""
        if account_id is None:
            return sorted_out(self._items_of(user_id), Account.from_item, "account_id")
        item = self._database.get(*self.place(user_id, account_id))
        return sorted_out([] if item is None else [item], Account.from_item, "account_id")

    def _items_of(self, user_id: str) -> Iterator[Item]:
        return self._database.query_all(
            self.table,
            condition="user_id = :user",
            values={":user": user_id},
            limit=MAX_ACCOUNTS_PER_OWNER,
            moving=MOVING,
        )

    def owners_of(self, account_id: str) -> list[str]:
        """Return who owns the account of this id: two at most, which is a data error."""
        page = self._database.query(
            self.table,
            index="account-index",
            condition="account_id = :account",
            values={":account": account_id},
            limit=2,
        )
        return [str(item["user_id"]) for item in page.items]

    def owned_by_one(self, owners: Iterable[str], account_id: str) -> Account | None:
        """Return the account that one of these owners has; the index may show who had it before.

        None when several have it: a data error is never a guess.
        """
        found = [a for owner in owners if (a := self.get(owner, account_id)) is not None]
        return found[0] if len(found) == 1 else None


def _key(user_id: str, account_id: str) -> Item:
    return {"user_id": user_id, "account_id": account_id}
