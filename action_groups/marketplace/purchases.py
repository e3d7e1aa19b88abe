"""Purchases in DynamoDB, and the writes that reserve, sell and give back stock."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Self

from shared.clock import to_iso
from shared.confirmation import as_on_the_item
from shared.dynamodb import (
    ConditionCheck,
    DynamoDB,
    Item,
    Page,
    Place,
    Put,
    TransactionCancelled,
    Update,
    Write,
)
from shared.money import MXN, SAME_CURRENCY
from shared.payments import PENDING, purchase_key
from shared.settings import Settings

Status = Literal["pending", "completed", "failed", "cancelled"]
COMPLETED: Status = "completed"
FAILED: Status = "failed"
CANCELLED: Status = "cancelled"

FIGURES: Final = ("months", "monthly_payment", "last_payment", "cashback", "points")
"""What a benefit costs and gives, kept on the purchase under these names where it applies."""

TRAIL: Final = ("door", "confirmation_id", "terms_digest", "terms", "warned", "shown_at")
"""Who asked for a purchase, how, and on which yes to what, kept on it under these names."""

_NAMES: Final = ("product_name", "retailer_name")
"""What may be long, and is mostly in the terms as on the purchase itself."""

FIRST_ASKED_AGAIN_AFTER: Final = timedelta(minutes=2)
"""How long a purchase may be pending before its payment is asked for again."""

_MAX_SEARCHED = 1000
"""Purchases of one customer that are looked through for an id that does not tell its time."""


class Purchase(NamedTuple):
    """A purchase as stored. What the specification's attributes do not hold may be missing."""

    user_id: str
    purchase_id: str
    sort_key: str
    product_id: str
    retailer_id: str
    quantity: int
    total_amount: Decimal
    status: str
    created_at: str
    product_name: str | None = None
    retailer_name: str | None = None
    benefit_applied: str | None = None
    figures: Mapping[str, Any] = MappingProxyType({})
    """Those of `FIGURES` that apply to the benefit."""
    transaction_id: str | None = None
    account_id: str | None = None
    correlation_id: str | None = None
    request_key: str | None = None
    trail: Mapping[str, Any] = MappingProxyType({})
    """Those of `TRAIL` that are known."""
    error_code: str | None = None
    error_message: str | None = None

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read an item of the purchases table."""
        error = item.get("error") or {}
        return cls(
            user_id=item["user_id"],
            purchase_id=item["purchase_id"],
            sort_key=item["timestamp_purchase_id"],
            product_id=item["product_id"],
            retailer_id=item["retailer_id"],
            quantity=int(item["quantity"]),
            total_amount=item["total_amount"],
            status=item["status"],
            created_at=item.get("created_at") or item["timestamp_purchase_id"].partition("#")[0],
            product_name=item.get("product_name"),
            retailer_name=item.get("retailer_name"),
            benefit_applied=item.get("benefit_applied"),
            figures={name: item[name] for name in FIGURES if name in item},
            transaction_id=item.get("transaction_id"),
            account_id=item.get("account_id"),
            correlation_id=item.get("correlation_id"),
            request_key=item.get("request_key"),
            trail={name: item[name] for name in TRAIL if name in item},
            error_code=error.get("code"),
            error_message=error.get("message"),
        )

    @property
    def is_pending(self) -> bool:
        """Whether the payment is still to come."""
        return self.status == PENDING

    def item(self, unit_price: Decimal) -> Item:
        """Return what a pending purchase is stored as; attributes without a value are left out."""
        item: Item = {
            "user_id": self.user_id,
            "timestamp_purchase_id": self.sort_key,
            "purchase_id": self.purchase_id,
            "product_id": self.product_id,
            "product_name": self.product_name,
            "retailer_id": self.retailer_id,
            "retailer_name": self.retailer_name,
            "quantity": self.quantity,
            "total_amount": self.total_amount,
            "unit_price": unit_price,
            "benefit_applied": self.benefit_applied,
            "status": self.status,
            "account_id": self.account_id,
            "correlation_id": self.correlation_id,
            "request_key": self.request_key,
            "created_at": self.created_at,
            "pending_since": self.created_at,
            "ask_at": to_iso(datetime.fromisoformat(self.created_at) + FIRST_ASKED_AGAIN_AFTER),
            **self.figures,
            **{name: value for name, value in self.trail.items() if name in TRAIL},
        }
        if "terms" in item:
            item["terms"] = as_on_the_item(item["terms"], item, _NAMES)
        return {name: value for name, value in item.items() if value is not None}


class Purchases:
    """Reads purchases, and states the writes of their life."""

    def __init__(self, database: DynamoDB, settings: Settings) -> None:
        self._database = database
        self._purchases = settings.purchases_table
        self._products = settings.products_table

    def place(self, key: Item) -> Place:
        """Return where the item with this key is, to be read ahead."""
        return self._purchases, key

    def get(self, user_id: str, purchase_id: str) -> Purchase | None:
        """Return a purchase of this customer, strongly consistent."""
        key = purchase_key(user_id, purchase_id)
        item = None if key is None else self._database.get(self._purchases, key)
        if item is not None:
            return Purchase.from_item(item)
        return self._search(user_id, purchase_id)

    def page_of(self, user_id: str, start: Item | None, read_items: int) -> Page:
        """Read up to `read_items` purchases of a customer, newest first."""
        return self._database.query(
            self._purchases,
            condition="user_id = :user",
            values={":user": user_id},
            newest_first=True,
            limit=read_items,
            start_key=start,
        )

    def made_since(self, user_id: str, moment: str) -> Iterator[Item]:
        """Yield a customer's purchases made after a moment (ISO 8601), newest first, as stored."""
        return self._database.query_all(
            self._purchases,
            condition="user_id = :user AND timestamp_purchase_id > :moment",
            values={":user": user_id, ":moment": moment},
            newest_first=True,
            limit=_MAX_SEARCHED,
        )

    def reserve(self, purchase: Purchase, item: Item, benefits: Any) -> list[Put | Update]:
        """Take the stock and record the purchase as pending, its `item`, at the price that it has.

        With a benefit, the product's `benefits` must still be those that it was worked out from.
        """
        condition = f"stock >= :quantity AND price = :price AND {SAME_CURRENCY}"
        values: Item = {
            ":quantity": purchase.quantity,
            ":price": item["unit_price"],
            ":currency": MXN,
        }
        if purchase.benefit_applied is not None:
            condition += " AND benefits = :benefits"
            values[":benefits"] = benefits
        return [
            Update(
                table=self._products,
                key=self._product_key(purchase),
                expression="SET stock = stock - :quantity",
                condition=condition,
                values=values,
            ),
            Put(
                table=self._purchases,
                item=item,
                condition="attribute_not_exists(timestamp_purchase_id)",
            ),
        ]

    def complete(self, purchase: Purchase, transaction_id: str, updated_at: str) -> list[Update]:
        """Make a pending purchase completed."""
        return [
            self._close(
                purchase,
                COMPLETED,
                updated_at,
                attribute="transaction_id",
                value=transaction_id,
            )
        ]

    def fail(self, purchase: Purchase, error: dict[str, str], updated_at: str) -> list[Write]:
        """Make a pending purchase failed, and give its stock back."""
        return self._undo(purchase, FAILED, error, updated_at)

    def cancel(self, purchase: Purchase, error: dict[str, str], updated_at: str) -> list[Write]:
        """Cancel a pending purchase whose payment was never decided, and give its stock back."""
        return self._undo(purchase, CANCELLED, error, updated_at)

    def pending(self, start: Item | None) -> Page:
        """Read keys and `pending_since` of the pending purchases, the oldest first."""
        return self._database.query(
            self._purchases,
            index="pending-index",
            condition="#status = :pending",
            names={"#status": "status"},
            values={":pending": PENDING},
            start_key=start,
        )

    def stored(self, user_id: str, sort_key: str) -> Item | None:
        """Return the item of a purchase, strongly consistent."""
        key = {"user_id": user_id, "timestamp_purchase_id": sort_key}
        return self._database.get(self._purchases, key)

    def ask_again_at(self, purchase: Purchase, moment: datetime) -> None:
        """Note when the payment is to be asked for next, while the purchase is pending."""
        with suppress(TransactionCancelled):
            self._database.transact(
                [
                    Update(
                        table=self._purchases,
                        key=self._key(purchase),
                        expression="SET ask_at = :moment",
                        condition="#status = :pending",
                        values={":moment": to_iso(moment), ":pending": PENDING},
                        names={"#status": "status"},
                    )
                ]
            )

    def _undo(
        self, purchase: Purchase, status: Status, error: dict[str, str], updated_at: str
    ) -> list[Write]:
        """End a purchase that is not paid.

        A product without a stock that is a number, or that left the catalogue, takes nothing back.
        """
        key = self._product_key(purchase)
        product = self._database.get(self._products, key)
        is_counted, number = "attribute_type(stock, :number)", {":number": "N"}
        return [
            self._close(purchase, status, updated_at, attribute="error", value=error),
            Update(
                table=self._products,
                key=key,
                expression="SET stock = stock + :quantity",
                condition=is_counted,
                values={**number, ":quantity": purchase.quantity},
            )
            if product is not None and isinstance(product.get("stock"), Decimal)
            else ConditionCheck(self._products, key, f"NOT {is_counted}", number),
        ]

    def _close(
        self, purchase: Purchase, status: Status, updated_at: str, *, attribute: str, value: object
    ) -> Update:
        return Update(
            table=self._purchases,
            key=self._key(purchase),
            expression="SET #status = :status, #attribute = :value, updated_at = :now "
            "REMOVE pending_since, ask_at",
            condition="#status = :pending",
            values={":status": status, ":value": value, ":now": updated_at, ":pending": PENDING},
            names={"#status": "status", "#attribute": attribute},
        )

    def _search(self, user_id: str, purchase_id: str) -> Purchase | None:
        """Find a purchase whose id, given by others, does not tell its time."""
        items = self._database.query_all(
            self._purchases,
            condition="user_id = :user",
            values={":user": user_id},
            newest_first=True,
            limit=_MAX_SEARCHED,
        )
        found = (item for item in items if item.get("purchase_id") == purchase_id)
        item = next(found, None)
        return Purchase.from_item(item) if item else None

    @staticmethod
    def _key(purchase: Purchase) -> Item:
        return {"user_id": purchase.user_id, "timestamp_purchase_id": purchase.sort_key}

    @staticmethod
    def _product_key(purchase: Purchase) -> Item:
        return {"product_id": purchase.product_id, "retailer_id": purchase.retailer_id}
