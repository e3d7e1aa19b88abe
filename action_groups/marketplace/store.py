"""Products and retailers in DynamoDB, and the one question the marketplace asks of the accounts."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Self

from action_groups.marketplace.purchases import Purchase, Purchases
from action_groups.marketplace.retailers import RetailerNames
from shared.accounts import Account, Accounts
from shared.attribute_values import texts_of
from shared.clock import Clock, day_of
from shared.dynamodb import ConditionCheck, DynamoDB, Item, Page, Place, Put
from shared.money import MXN, Currency, amount_from_number
from shared.observability import logger
from shared.paging import Allowance
from shared.payments import (
    PaymentCompleted,
    PaymentRequest,
    decided_payment,
    is_money_of,
    money_key,
    not_paid,
    payment_key,
    purchase_key,
)
from shared.settings import Settings

MAX_SELLERS = 20
"""How many retailers of one product are looked at."""

_MOVING = ("stock",)
"""What every purchase changes of a product."""

_ID = re.compile(r"[!-~]{1,128}")


class Product(NamedTuple):
    """A product of one retailer, as read: `benefits` hold whatever the retailer wrote."""

    product_id: str
    retailer_id: str
    name: str
    description: str
    price: Decimal
    currency: Currency
    category: str
    stock: int
    image_url: str
    benefits: tuple[Any, ...]
    stored_benefits: Any
    """The attribute `benefits` itself, for a write that holds only while it is unchanged."""

    @property
    def key(self) -> Item:
        """Its key in the products table."""
        return {"product_id": self.product_id, "retailer_id": self.retailer_id}

    @classmethod
    def from_item(cls, item: Item) -> Self:
        """Read an item of the products table; only its ids, name and price have to be there.

        Raises ValueError when no operation could name or sell it.
        """
        name = text_of(item, "name")
        if not (name and _ID.fullmatch(item["product_id"]) and _ID.fullmatch(item["retailer_id"])):
            raise ValueError("its name is missing, or an id has more than visible ASCII characters")
        if item.get("currency", MXN) != MXN:
            raise ValueError("its price is not in pesos")
        return cls(
            product_id=item["product_id"],
            retailer_id=item["retailer_id"],
            name=name,
            description=text_of(item, "description"),
            price=amount_from_number(item.get("price")),
            currency=MXN,
            category=text_of(item, "category"),
            stock=_count(item.get("stock")),
            image_url=text_of(item, "image_url"),
            benefits=_sequence(item.get("benefits")),
            stored_benefits=item.get("benefits"),
        )


class MarketStore:
    """Reads products, retailers and the caller's credit."""

    def __init__(self, database: DynamoDB, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._products = settings.products_table
        self._retailers = settings.retailers_table
        self._requests = settings.requests_table
        self._transactions = settings.transactions_table
        self._clock = clock
        self.zone = settings.bank_time_zone
        """The time zone of the bank."""
        self.accounts = Accounts(database, settings.accounts_table)
        self.purchases = Purchases(database, settings)
        self.retailers = RetailerNames(database, settings.retailers_table, clock)
        self.categories = settings.catalogue_categories
        """The categories of the catalogue, in the order in which it is searched."""

    def today(self) -> date:
        """Return the bank's day, on which a benefit has to be in force."""
        return day_of(self._clock(), self.zone)

    def read_ahead_of_purchase(
        self,
        user_id: str,
        account_id: str,
        *,
        product_id: str,
        retailer_id: str,
        since: str | None,
    ) -> list[Item]:
        """Read at once the product, its retailer and the account that is to pay.

        Return the customer's purchases since a moment (ISO 8601), none without one.
        """
        places = (
            self._product_place(product_id, retailer_id),
            self._retailer_place(retailer_id),
            self.accounts.place(user_id, account_id),
        )
        if since is None:
            self._database.read_ahead(*places)
            return []
        return self._database.read_ahead_beside(
            lambda: [*self.purchases.made_since(user_id, since)], *places
        )

    def read_ahead_of_end(self, user_id: str, request: PaymentRequest) -> None:
        """Read at once a purchase, the record of its payment, and the money record of that."""
        purchase = purchase_key(user_id, request.purchase_id)
        self._database.read_ahead(
            *([self.purchases.place(purchase)] if purchase is not None else []),
            self._request_place(payment_key(user_id, request)),
            *self._money_places(request),
        )

    def product(self, product_id: str, retailer_id: str) -> Product | None:
        """Return what this retailer sells under this id."""
        place = self._product_place(product_id, retailer_id)
        item = self._database.get(*place, moving=_MOVING)
        return next(_readable([item] if item else []), None)

    def offers(self, product_id: str) -> list[Product]:
        """Return the product as each retailer sells it, `MAX_SELLERS` of them at most."""
        items = self._database.query_all(
            self._products,
            condition="product_id = :product",
            values={":product": product_id},
            limit=MAX_SELLERS,
            moving=_MOVING,
        )
        return list(_readable(items))

    def allowance(self) -> Allowance:
        """Return what one page may cost from now on."""
        return Allowance(self._clock)

    def page_of(self, key: str, value: str, start: Item | None, read_items: int) -> Page:
        """Read up to `read_items` products of one `retailer_id` or `category`, their texts alone.

        Most may be passed over by what these say: `readable` takes the `whole_of` an item.
        """
        return self._database.query(
            self._products,
            index="retailer-index" if key == "retailer_id" else "category-index",
            condition="#key = :value",
            names={"#key": key},
            values={":value": value},
            limit=read_items,
            start_key=start,
            read=texts_of,
        )

    def retailer_name(self, retailer_id: str) -> str | None:
        """Return what the retailer is called, empty when it has no name.

        None when the bank has no such retailer: then nobody can be paid.
        """
        item = self._database.get(*self._retailer_place(retailer_id))
        return None if item is None else text_of(item, "name")

    def has_same_balance(self, account: Account) -> ConditionCheck:
        """Check that the balance of an account is the one that was read."""
        values = {":balance": account.balance}
        return ConditionCheck(self.accounts.table, account.key, "balance = :balance", values)

    def has_too_few(self, product: Product, quantity: int) -> ConditionCheck:
        """Check that a product is not in stock so often, and no reservation could take it."""
        return ConditionCheck(
            self._products, product.key, "NOT stock >= :quantity", {":quantity": quantity}
        )

    def has_same_benefits(self, product: Product) -> ConditionCheck:
        """Check that a product has the benefits that were read, or still none, which a null is."""
        same = "benefits = :benefits"
        if product.stored_benefits is None:
            same = f"attribute_not_exists(benefits) OR {same}"
        values = {":benefits": product.stored_benefits}
        return ConditionCheck(self._products, product.key, same, values)

    def decided_payment(self, record_key: str) -> dict[str, Any] | None:
        """Return the event that the record of a payment owes; None while it is not decided."""
        record = self._database.get(*self._request_place(record_key))
        return None if record is None else decided_payment(record)

    def is_paid(self, user_id: str, payment: PaymentCompleted) -> bool:
        """Tell whether the money of a payment has moved, by core banking's own record."""
        records = (self._database.get(*place) for place in self._money_places(payment))
        return any(is_money_of(record, user_id, payment) for record in records)

    def never_to_be_paid(
        self, purchase: Purchase, request: PaymentRequest, error: dict[str, str], at: datetime
    ) -> Put:
        """Decide that a purchase is not paid, provided that its payment is not decided."""
        return Put(
            table=self._requests,
            item=not_paid(purchase.user_id, request, error, at=at, seed=purchase.purchase_id),
            condition="attribute_not_exists(request_id)",
        )

    def available_credit(self, user_id: str) -> tuple[Decimal | None, list[str] | None]:
        """Return the most that one active credit account of the customer can still pay.

        None when there is no such account. The second are the ids of those that are unreadable.
        """
        accounts, unreadable = self.accounts.sorted_out_of(user_id, None)
        credits_ = (credit_of(account) for account in accounts)
        most = max((credit for credit in credits_ if credit is not None), default=None)
        return most, unreadable

    def _product_place(self, product_id: str, retailer_id: str) -> Place:
        return self._products, {"product_id": product_id, "retailer_id": retailer_id}

    def _retailer_place(self, retailer_id: str) -> Place:
        return self._retailers, {"retailer_id": retailer_id}

    def _request_place(self, record_key: str) -> Place:
        return self._requests, {"request_id": record_key}

    def _money_places(self, request: PaymentRequest) -> list[Place]:
        """Return where the money record is of what is said to be paid, if that is said."""
        key = money_key(request) if isinstance(request, PaymentCompleted) else None
        return [] if key is None else [(self._transactions, key)]


def credit_of(account: Account) -> Decimal | None:
    """Return what an account can still pay in instalments; None when it cannot pay so."""
    is_line = account.is_credit and account.is_active and account.currency == MXN
    return account.available if is_line else None


def readable(item: Item) -> Product | None:
    """Return the product of an item, or None for one that cannot be sold, which is logged."""
    try:
        return Product.from_item(item)
    except ValueError as error:
        logger.warning(
            "product not readable",
            extra={
                "product_id": item["product_id"],
                "retailer_id": item["retailer_id"],
                "reason": str(error),
            },
        )
        return None


def _readable(items: Iterable[Item]) -> Iterator[Product]:
    return (product for product in map(readable, items) if product is not None)


def text_of(item: Item, attribute: str) -> str:
    """Return an attribute without blanks around, empty when it is no text."""
    value = item.get(attribute)
    return value.strip() if isinstance(value, str) else ""


def _count(value: Any) -> int:
    """Return how many there are; what is no number is none."""
    return max(int(value), 0) if isinstance(value, Decimal) else 0


def _sequence(value: Any) -> tuple[Any, ...]:
    """Return the entries of a list or set; a single text or map is a list of one."""
    if isinstance(value, (str, dict)):
        return (value,)
    if isinstance(value, set):
        return tuple(sorted(value, key=str))
    return tuple(value) if isinstance(value, list) else ()
