"""What limits a customer's transfers to others, and what is known of the accounts that are paid.

The items of the limits table, by `user_id` and `subject`:

    transfers           `daily_limit` (the customer's own, optional), `day` (the bank's), `spent`
    payee#<account id>  `first_paid_at`, `payments` (how many), `paid_while_new`, `recent`
    terms               `asked_on` (the bank's day), `asked`: how often terms were asked for of
                        accounts never paid; no attribute of another item, for who may only count
                        this has rights on these alone

`recent` has when each amount went there last, by "<from account> <amount>", for a day: the
`MAX_RECENT` newest of them.

A transfer writes what it spends and what it pays in its own transaction. What is spent today is
added under a condition on the amount and the day, never on what else was written; a payee's item
is the one that was read, so that of two equal transfers the second sees the first.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shared.clock import bounds_of, day_of, to_iso
from shared.dynamodb import ConditionCheck, DynamoDB, Item, Place, Update
from shared.errors import CentliError, ErrorBody, Refusal
from shared.settings import Settings

RECENT: Final = timedelta(hours=24)
"""How long the same transfer may be one that was sent twice by mistake."""

MAX_RECENT: Final = 50
"""How many different transfers to one account are remembered for a day: an item has an end."""

MAX_TERMS_ASKED: Final = 20
"""How often a day the terms of accounts may be asked for that the customer never paid."""

_NOTHING: Final = Decimal("0.00")
_TRANSFERS: Final = "transfers"


class LimitExceeded(Refusal):
    """The transfer is above what the customer may transfer to others, which is `left` (pesos)."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, message: str, left: Decimal, *checks: ConditionCheck) -> None:
        super().__init__(message, *checks)
        self.left = left

    @property
    def body(self) -> ErrorBody:
        """The `error` field, with what is left as a figure."""
        return {**super().body, "left": self.left}


class TermsLimit(CentliError):
    """The customer asked for the terms of too many accounts never paid; nothing is told of them."""

    code = "TERMS_LIMIT"
    status = 429


class Day(NamedTuple):
    """What a customer may transfer to others on a day of the bank, and what was transferred."""

    day: str
    zone: ZoneInfo
    limit: Decimal
    own_limit: Decimal | None
    spent: Decimal
    is_begun: bool
    """Whether the item says so; otherwise that of an earlier day, or none, is there."""

    @property
    def ends_at(self) -> str:
        """Its last second."""
        return to_iso(bounds_of(date.fromisoformat(self.day), self.zone)[1])

    @property
    def left(self) -> Decimal:
        """The pesos that may still go to others."""
        return max(self.limit - self.spent, _NOTHING)

    def same_limit(self) -> tuple[str, Item]:
        """Return the condition that the customer's own limit is the same, and its values.

        A null, as other programs write it, is none.
        """
        if self.own_limit is None:
            return "NOT attribute_type(daily_limit, :number)", {":number": "N"}
        return "daily_limit = :own", {":own": self.own_limit}


class Payee(NamedTuple):
    """What a customer has paid to one account."""

    account_id: str
    first_paid_at: str | None = None
    payments: int | None = None
    paid_while_new: Decimal = _NOTHING
    recent: Mapping[str, str] | None = None

    @property
    def is_known(self) -> bool:
        """Whether the customer has ever paid the account."""
        return self.first_paid_at is not None


class Limits:
    """Reads the limits of customers, and states the writes that count what is transferred."""

    def __init__(self, database: DynamoDB, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._table = settings.limits_table

    def day_place(self, user_id: str) -> Place:
        """Return where `day` looks, to be read ahead."""
        return self._place(user_id, _TRANSFERS)

    def payee_place(self, user_id: str, account_id: str) -> Place:
        """Return where `payee` looks, to be read ahead."""
        return self._place(user_id, _of_payee(account_id))

    def day(self, user_id: str, at: datetime) -> Day:
        """Return what the customer may transfer to others on the bank's day of a moment."""
        item = self._item(user_id, _TRANSFERS, moving=("spent",))
        own: Decimal | None = item.get("daily_limit")
        day, is_begun = self._day_of(item.get("day", ""), at)
        return Day(
            day=day,
            zone=self._settings.bank_time_zone,
            limit=self._settings.daily_transfer_limit if own is None else own,
            own_limit=own,
            spent=item["spent"] if is_begun else _NOTHING,
            is_begun=is_begun,
        )

    def payee(self, user_id: str, account_id: str) -> Payee:
        """Return what the customer has paid to an account."""
        item = self._item(user_id, _of_payee(account_id))
        return Payee(
            account_id=account_id,
            first_paid_at=item.get("first_paid_at"),
            payments=item.get("payments"),
            paid_while_new=item.get("paid_while_new", _NOTHING),
            recent=item.get("recent"),
        )

    def is_new(self, payee: Payee, at: datetime) -> bool:
        """Tell whether the account was first paid too short a time ago to be trusted."""
        first = payee.first_paid_at
        return first is None or to_iso(at) < self._known_from(first)

    def check(self, user_id: str, payee: Payee, day: Day, amount: Decimal, at: datetime) -> None:
        """Raise LimitExceeded, which says what is left and until when, above a limit."""
        most = self._settings.max_transfer_amount
        if amount > most:
            raise LimitExceeded(f"One transfer to others may be of {most:.2f} pesos at most.", most)
        if self.is_new(payee, at):
            left = max(self._settings.new_payee_limit - payee.paid_while_new, _NOTHING)
            if amount > left:
                until = (
                    f"until {self._known_from(payee.first_paid_at)}"
                    if payee.first_paid_at is not None
                    else f"in the {self._settings.new_payee_hours} hours after the first transfer"
                )
                raise LimitExceeded(
                    f"The account is new to the customer: {until}, {left:.2f} pesos may still go "
                    "to it.",
                    left,
                )
        if amount > day.left:
            raise LimitExceeded(
                "This would pass the customer's daily limit for transfers to others: "
                f"{day.left:.2f} pesos are left until {day.ends_at}.",
                day.left,
                self._has_no_room(user_id, day, amount),
            )

    def spend(self, user_id: str, day: Day, amount: Decimal) -> Update:
        """Count what is transferred to others, provided that the day's limit still allows it."""
        same_limit, own = day.same_limit()
        added = self._added(
            _transfers_of(user_id),
            "spent",
            amount,
            day=day.day,
            is_begun=day.is_begun,
            most=day.limit,
        )
        return added._replace(
            condition=f"{same_limit} AND {added.condition}",
            values={**added.values, **own},
        )

    def _has_no_room(self, user_id: str, day: Day, amount: Decimal) -> ConditionCheck:
        """Check that the day's limit does not allow the amount; an amount above it never is."""
        condition, values = day.same_limit()
        names = None
        if day.is_begun:
            condition += " AND #day = :day AND spent > :room"
            values |= {":day": day.day, ":room": day.limit - amount}
            names = {"#day": "day"}
        return ConditionCheck(self._table, _transfers_of(user_id), condition, values, names)

    def pay(
        self, user_id: str, payee: Payee, from_account: str, amount: Decimal, at: datetime
    ) -> Update:
        """Remember a payment, provided that the payee's item is the one that was read."""
        now, since = to_iso(at), to_iso(at - RECENT)
        recent = [(name, paid) for name, paid in (payee.recent or {}).items() if paid > since]
        recent = sorted(recent, key=lambda one: one[1])[1 - MAX_RECENT :]
        return Update(
            table=self._table,
            key={"user_id": user_id, "subject": _of_payee(payee.account_id)},
            expression="SET first_paid_at = if_not_exists(first_paid_at, :now), recent = :recent, "
            "paid_while_new = :new ADD payments :one",
            condition="attribute_not_exists(payments)"
            if payee.payments is None
            else "payments = :payments",
            values={
                ":now": now,
                ":recent": dict(recent) | {_sent(from_account, amount): now},
                ":new": payee.paid_while_new + (amount if self.is_new(payee, at) else _NOTHING),
                ":one": 1,
                **({} if payee.payments is None else {":payments": payee.payments}),
            },
        )

    def is_repeated(self, payee: Payee, from_account: str, amount: Decimal, at: datetime) -> bool:
        """Tell whether the same amount went from the same account to the payee within a day."""
        last = (payee.recent or {}).get(_sent(from_account, amount))
        return last is not None and last > to_iso(at - RECENT)

    def count_terms(self, user_id: str, at: datetime) -> None:
        """Count that terms are asked for of an account never paid. Raises TermsLimit after many.

        Holders' names are shown with the terms, and the bank is no directory. Raises
        TransactionCancelled when the customer asks for others at the same time.
        """
        key = {"user_id": user_id, "subject": "terms"}
        item = self._item(**key)
        day, is_begun = self._day_of(item.get("asked_on", ""), at)
        if is_begun and item["asked"] >= MAX_TERMS_ASKED:
            raise TermsLimit(
                "The customer asked about too many accounts today to which nothing was ever paid. "
                "Accounts that were paid before, and tomorrow all of them, can be used."
            )
        added = self._added(
            key, "asked", 1, day=day, is_begun=is_begun, most=MAX_TERMS_ASKED, on="asked_on"
        )
        self._database.transact([added])

    def _added(
        self,
        key: Item,
        attribute: str,
        amount: Decimal | int,
        *,
        day: str,
        is_begun: bool,
        most: Decimal | int,
        on: str = "day",
    ) -> Update:
        """Add to what an item counts on a day, or begin the day, provided that `most` is kept.

        `on` is the attribute that has the day.
        """
        if is_begun:
            expression = f"SET {attribute} = {attribute} + :amount"
            condition = f"#day = :day AND {attribute} <= :room"
            room = {":room": most - amount}
        else:
            expression = f"SET {attribute} = :amount, #day = :day"
            condition = "(attribute_not_exists(#day) OR #day < :day)"
            room = {}
        return Update(
            table=self._table,
            key=key,
            expression=expression,
            condition=condition,
            values={":amount": amount, ":day": day, **room},
            names={"#day": on},
        )

    def _day_of(self, begun: str, at: datetime) -> tuple[str, bool]:
        """Return the day that an item counts at a moment, and whether that is the day it has begun.

        A clock that is ahead may have begun tomorrow; one that is behind begins no day anew.
        """
        today = day_of(at, self._settings.bank_time_zone).isoformat()
        return max(today, begun), begun >= today

    def _item(self, user_id: str, subject: str, moving: Sequence[str] = ()) -> Item:
        return self._database.get(*self._place(user_id, subject), moving=moving) or {}

    def _place(self, user_id: str, subject: str) -> Place:
        return self._table, {"user_id": user_id, "subject": subject}

    def _known_from(self, first_paid_at: str) -> str:
        return _later(first_paid_at, self._settings.new_payee_hours)


@lru_cache(maxsize=64)
def _later(moment: str, hours: int) -> str:
    return to_iso(datetime.fromisoformat(moment) + timedelta(hours=hours))


def _of_payee(account_id: str) -> str:
    return f"payee#{account_id}"


def _transfers_of(user_id: str) -> Item:
    return {"user_id": user_id, "subject": _TRANSFERS}


def _sent(from_account: str, amount: Decimal) -> str:
    return f"{from_account} {amount:.2f}"
