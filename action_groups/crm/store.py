"""Beneficiaries in DynamoDB, and the one question the CRM asks of the accounts."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple, Self

from action_groups.crm.aliases.folding import comparison_key, index_key
from shared.accounts import Account, Accounts
from shared.dynamodb import ConditionCheck, DynamoDB, Item, Page, Put
from shared.limits import Limits
from shared.money import SAME_CURRENCY
from shared.observability import sorted_out
from shared.settings import Settings

MAX_BENEFICIARIES = 500
"""How many a customer may have: all of them are compared when an alias is resolved."""


class Beneficiary(NamedTuple):
    """A person or business whom the customer sends money to. What is not stored is empty."""

    beneficiary_id: str
    name: str
    alias: str
    account_id: str
    relationship: str
    alias_lower: str = ""
    """What the alias index has it under, which another program may have written otherwise."""

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read an item of the beneficiaries table.

        Raises LookupError or ValueError for one that is not as it has to be.
        """
        read = cls(
            beneficiary_id=item["beneficiary_id"],
            name=item.get("name", ""),
            alias=item.get("alias", ""),
            account_id=item["account_id"],
            relationship=item.get("relationship", ""),
            alias_lower=item.get("alias_lower", ""),
        )
        if {*map(type, read)} != {str}:
            raise ValueError("the beneficiary has a value of another type")
        return read


class BeneficiaryStore:
    """Reads beneficiaries, and states the write that adds one."""

    def __init__(self, database: DynamoDB, settings: Settings) -> None:
        self._database = database
        self._beneficiaries = settings.beneficiaries_table
        self.accounts = Accounts(database, settings.accounts_table)
        self.limits = Limits(database, settings)
        """What is known of the accounts that the customers pay."""

    def all_of(self, user_id: str) -> list[Beneficiary]:
        """Return the owner's beneficiaries: one more than `MAX_BENEFICIARIES` tells of too many.

        Raises what `Beneficiary.from_item` does: nothing may be decided on some of them.
        """
        return [*map(Beneficiary.from_item, self._items_of(user_id))]

    def sorted_out_of(self, user_id: str) -> tuple[list[Beneficiary], list[str] | None]:
        """Return as many of the owner's beneficiaries, and the ids of those that are unreadable."""
        return sorted_out(self._items_of(user_id), Beneficiary.from_item, "beneficiary_id")

    def _items_of(self, user_id: str) -> Iterator[Item]:
        return self._database.query_all(
            self._beneficiaries,
            condition="user_id = :user",
            values={":user": user_id},
            limit=MAX_BENEFICIARIES + 1,
        )

    def page_of(self, user_id: str, start: Item | None, read_items: int) -> Page:
        """Read the owner's beneficiaries by id."""
        return self._database.query(
            self._beneficiaries,
            condition="user_id = :user",
            values={":user": user_id},
            limit=read_items,
            start_key=start,
        )

    def still_held(self, account: Account) -> ConditionCheck:
        """Check that an account is as open as it was, and held by whoever was shown."""
        condition, values = account.same_holder()
        return ConditionCheck(
            self.accounts.table,
            account.key,
            f"#status = :status AND {SAME_CURRENCY} AND {condition}",
            {**values, ":status": account.status, ":currency": account.currency},
            {"#status": "status"},
        )

    def add(self, user_id: str, beneficiary: Beneficiary, created_at: str, trail: Item) -> Put:
        """Add a beneficiary whose id, and so whose alias, the owner does not have yet.

        `trail` is kept with it: who asked, how, and on which yes.
        """
        item: Item = {
            "user_id": user_id,
            "beneficiary_id": beneficiary.beneficiary_id,
            "name": beneficiary.name,
            "alias": beneficiary.alias,
            "alias_lower": index_key(beneficiary.alias),
            "account_id": beneficiary.account_id,
            "created_at": created_at,
            **trail,
        }
        if beneficiary.relationship:
            item["relationship"] = beneficiary.relationship
        return Put(
            table=self._beneficiaries, item=item, condition="attribute_not_exists(beneficiary_id)"
        )


def beneficiary_id_for(alias: str) -> str:
    """Return the id of the beneficiary with this alias.

    The id is made of what makes an alias unique, so the table's primary key keeps two aliases that
    sound the same from being added at the same time.
    """
    return f"ben-{hashlib.sha256(comparison_key(alias).encode()).hexdigest()[:32]}"
