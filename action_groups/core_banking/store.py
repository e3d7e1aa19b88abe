"""Accounts and transactions in DynamoDB, and what a payment has to know of its purchase."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal

from shared.accounts import ACTIVE, Account, Accounts
from shared.clock import Clock
from shared.dynamodb import ConditionCheck, DynamoDB, Item, Page, Put, Update
from shared.limits import Limits
from shared.money import SAME_CURRENCY
from shared.paging import Allowance
from shared.payments import PaymentRequest, purchase_key
from shared.settings import Settings

_HAS_ENOUGH = "balance >= :floor"


class BankStore:
    """Reads accounts and transactions, and states the writes that move money."""

    def __init__(self, database: DynamoDB, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._transactions = settings.transactions_table
        self._purchases = settings.purchases_table
        self._retailers = settings.retailers_table
        self.accounts = Accounts(database, settings.accounts_table)
        self.limits = Limits(database, settings)
        """What the customers may transfer to others."""
        self.zone = settings.bank_time_zone
        """The time zone of the bank."""

    def read_ahead_of_transfer(self, user_id: str, from_account: str, to_account: str) -> list[str]:
        """Read at once what a transfer is decided on, and return who owns the account it enters.

        Two owners at most are named: more than one is a data error.
        """
        owners = self.accounts.owners_of(to_account)
        is_others = any(owner != user_id for owner in owners)
        self._database.read_ahead(
            self.accounts.place(user_id, from_account),
            *(self.accounts.place(owner, to_account) for owner in owners),
            self.limits.payee_place(user_id, to_account),
            *([self.limits.day_place(user_id)] if is_others else []),
        )
        return owners

    def read_ahead_of_payment(self, user_id: str, request: PaymentRequest) -> list[Account]:
        """Read at once what a payment is decided on, and return the retailer's accounts."""
        purchase = purchase_key(user_id, request.purchase_id)
        return self._database.read_ahead_beside(
            lambda: self.accounts.of(request.retailer_id),
            *([(self._purchases, purchase)] if purchase is not None else []),
            (self._retailers, {"retailer_id": request.retailer_id}),
            self.accounts.place(user_id, request.account_id),
        )

    def debit(
        self, account: Account, amount: Decimal, updated_at: str, *, needed: Decimal
    ) -> Update:
        """Take the amount, provided that the account still may pay and has `needed`.

        The condition is on what was decided, never on the version: what else left or entered the
        account meanwhile decides nothing.
        """
        same_floor, floor = _floor(account, needed)
        return Update(
            table=self.accounts.table,
            key=account.key,
            expression="SET balance = balance - :amount, updated_at = :now ADD version :one",
            condition=f"#status = :active AND {SAME_CURRENCY} AND {same_floor} AND {_HAS_ENOUGH}",
            values={
                ":amount": amount,
                ":now": updated_at,
                ":one": 1,
                ":active": ACTIVE,
                ":currency": account.currency,
                **floor,
            },
            names={"#status": "status"},
        )

    def has_too_little(self, account: Account, needed: Decimal) -> ConditionCheck:
        """Check that the account does not have `needed`, so that no debit could take it."""
        same_floor, floor = _floor(account, needed)
        condition = f"{same_floor} AND NOT {_HAS_ENOUGH}"
        return ConditionCheck(self.accounts.table, account.key, condition, floor)

    def credit(self, account: Account, amount: Decimal, updated_at: str) -> Update:
        """Add the amount to whatever is there, while the account is active in this currency.

        A holder who was shown still holds it.
        """
        is_same_holder, holder = account.same_holder()
        return Update(
            table=self.accounts.table,
            key=account.key,
            expression="SET balance = balance + :amount, updated_at = :now ADD version :one",
            condition=f"#status = :active AND {SAME_CURRENCY} AND {is_same_holder}",
            values={
                ":amount": amount,
                ":now": updated_at,
                ":one": 1,
                ":active": ACTIVE,
                ":currency": account.currency,
                **holder,
            },
            names={"#status": "status"},
        )

    def record(self, item: Item) -> Put:
        """Add a transaction record; none is ever written over."""
        return Put(
            table=self._transactions, item=item, condition="attribute_not_exists(account_id)"
        )

    def purchase(self, user_id: str, purchase_id: str) -> Item | None:
        """Return a purchase of this customer, an item of the marketplace's table."""
        key = purchase_key(user_id, purchase_id)
        return None if key is None else self._database.get(self._purchases, key)

    def is_retailer(self, retailer_id: str) -> bool:
        """Tell whether the marketplace has a retailer of this id."""
        return self._database.get(self._retailers, {"retailer_id": retailer_id}) is not None

    def allowance(self) -> Allowance:
        """Return what one page may cost from now on."""
        return Allowance(self._clock)

    def history(
        self,
        user_id: str,
        account_id: str | None,
        *,
        between: tuple[str, str],
        type_: str | None,
        start: Item | None,
        read_items: int,
    ) -> Page:
        """Read up to `read_items` records of a customer, newest first, within the sort keys.

        Those of one account, or of all. What another owner of the same account id did is left out.
        """
        values: Item = {":user": user_id, ":from": between[0], ":to": between[1]}
        filters, names = [], {}
        key = "user_id = :user"
        if account_id is not None:
            key = "account_id = :account"
            values[":account"] = account_id
            filters.append("user_id = :user")
        if type_ is not None:
            filters.append("#type = :type")
            values[":type"], names["#type"] = type_, "type"
        return self._database.query(
            self._transactions,
            index="user-index" if account_id is None else None,
            condition=f"{key} AND timestamp_txn_id BETWEEN :from AND :to",
            filter_=" AND ".join(filters) or None,
            names=names,
            values=values,
            newest_first=True,
            limit=read_items,
            start_key=start,
        )


def _floor(account: Account, needed: Decimal) -> tuple[str, Item]:
    """Return the condition that `:floor` is the least balance that has `needed`, and its values."""
    same_floor, values = account.same_floor()
    return same_floor, {**values, ":floor": needed - account.credit_limit}


def settlement_account(
    accounts: Iterable[Account], currency: str, purchase_id: str
) -> Account | None:
    """Return the account of a retailer that one purchase is paid to, in its currency if there is.

    One balance takes only so many writes a second: a retailer with many sales has several
    accounts, and its purchases are spread over them, each always to the same one.
    """
    open_to_payments = [a for a in accounts if a.is_active and not a.is_credit]
    candidates = [a for a in open_to_payments if a.currency == currency] or open_to_payments
    if not candidates:
        return None
    digest = hashlib.sha256(purchase_id.encode()).digest()
    return candidates[int.from_bytes(digest[:8], "big") % len(candidates)]
