"""The operation searchProducts."""

from collections.abc import Callable
from decimal import Decimal
from itertools import takewhile
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from action_groups.marketplace import marketplace
from action_groups.marketplace.benefits import labels_of, terms_of
from action_groups.marketplace.catalogue import (
    category_called,
    has_words,
    is_in_category,
    words_of,
)
from action_groups.marketplace.models import MAX_NAME_LENGTH
from action_groups.marketplace.retailers import MAX_NAMED, UNITS_OF_A_RETAILER
from action_groups.marketplace.store import MarketStore, Product, readable
from shared.attribute_values import whole_of
from shared.dynamodb import Item, Page, StartKeyRefused
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
    SearchText,
)
from shared.paging import Allowance, fill_page, issue_token, position_of

_MAX_DESCRIPTION_LENGTH = 500
_MAX_URL_LENGTH = 500
_MAX_CATEGORY_LENGTH = 60
_PRODUCT_KEY = ("product_id", "retailer_id")
_BEFORE_THE_FIRST = " "
"""In a position, in place of ids: no product has an id with a space."""


def _says_something(text: str) -> str:
    if not words_of(text):
        raise ValueError("must have a word that says what is looked for, such as: audífonos")
    return text


class ProductsQuery(Request):
    """Which products to look for."""

    category: Annotated[SearchText, Field(max_length=_MAX_CATEGORY_LENGTH)] | None = Field(
        default=None,
        description="Only this category: electronics, clothing, food, home, beauty, sports, toys, "
        "books, health, travel or another one that products have; Spanish names do too.",
    )
    retailer_id: Identifier | None = Field(
        default=None, description="Only this retailer, by the retailer_id of one of its products."
    )
    search: Annotated[SearchText, AfterValidator(_says_something)] | None = Field(
        default=None,
        description="Words that all have to occur in the product's name, description or category, "
        "or in the retailer's name. Use the customer's words for the thing alone, in Spanish, such "
        "as: audífonos bluetooth. If nothing is found, try fewer words.",
    )
    limit: PageItems = DEFAULT_PAGE_ITEMS
    next_token: PageToken = None


class ProductEntry(Answer):
    """A product as one retailer sells it."""

    product_id: str = Field(description="Identifier of the product.")
    retailer_id: str = Field(description="Identifier of the retailer that sells it.")
    retailer_name: str | None = Field(
        default=None, description="Name of the retailer, to say to the customer."
    )
    name: str = Field(description="Name of the product.")
    description: str = Field(description="What the retailer says of it.")
    price: Decimal = Field(description="Price of one, in pesos.")
    currency: str = Field(description="Currency, MXN.")
    category: str = Field(description="Category.")
    stock: int = Field(description="How many there are; 0 when it is sold out.")
    image_url: str | None = Field(description="Picture of the product.")
    benefits: list[str] = Field(
        description="Benefits that the retailer offers today, in words; compareBenefits says what "
        "they come to and whether the customer can have them."
    )


class Products(Answer):
    """A page of products."""

    products: list[ProductEntry] = Field(description="Products found.")
    looked_at: LookedAt = None
    next_token: NextToken


@marketplace.operation(
    "GET",
    "/products",
    on="CATALOG_QUERY",
    replies=("CATALOG_RESPONSE",),
    example=(
        ProductsQuery(
            category="electronics",
            retailer_id="retailer-electronica-azteca",
            search="televisor",
            limit=5,
        ),
        Products(
            products=[
                ProductEntry(
                    product_id="prod-televisor-32",
                    retailer_id="retailer-electronica-azteca",
                    retailer_name="Electrónica Azteca",
                    name="Televisor HD de 32 pulgadas",
                    description="Para recámara o cocina.",
                    price=Decimal("3799.00"),
                    currency="MXN",
                    category="electronics",
                    stock=22,
                    image_url="https://cdn.centli.example.com/products/televisor-32.jpg",
                    benefits=["12 MSI desde 1500.00 pesos", "5 % cashback"],
                )
            ],
            next_token=None,
        ),
    ),
)
def search_products(caller: Caller, request: ProductsQuery, market: MarketStore) -> Products:
    """Find products to buy, by category, retailer and words; without any of these, list them all.

    Show the customer the price, and use product_id and retailer_id for compareBenefits and
    createPurchase. Never name a product that was not found. With looked_at the search is not over:
    never say that there is no such product, but how many were looked at, and ask whether to go on.
    """
    allowance = market.allowance()
    listing = _listing(request, market, allowance)
    page = fill_page(
        listing.read,
        entry_of=listing.entry_of,
        position_of_item=listing.position_of,
        limit=request.limit,
        start=position_of(caller, request, request.next_token, listing.key_names),
        allowance=allowance,
    )
    return Products(
        products=page.entries,
        looked_at=page.looked_at,
        next_token=issue_token(caller, request, page.position),
    )


class _Listing(NamedTuple):
    """The wanted products of some partitions of an index, one partition after another.

    A position names its partition; its ids are blank at the beginning of one.
    """

    market: MarketStore
    key: str
    key_names: tuple[str, ...]
    """The names of what makes a position."""
    partitions: tuple[str, ...]
    wanted: Callable[[Item, str], Product | None]
    """Returns the product of an item and its retailer's name, if it is wanted."""
    most_items: int | None
    """How many items one Query reads at most, where none is left out."""
    allowance: Allowance
    found: dict[tuple[str, str], Product]
    """The products of the items that were read and are wanted, by their key."""

    def position_of(self, item: Item) -> Item:
        """Return the position of an item."""
        return {name: item[name] for name in self.key_names}

    def read(self, start: Item | None, read_items: int) -> Page:
        """Read on in a partition, or from the first. Raises StartKeyRefused for an unknown one."""
        partition = start[self.key] if start else self.partitions[0]
        if partition not in self.partitions:
            raise StartKeyRefused
        is_beginning = start is None or start["product_id"] == _BEFORE_THE_FIRST
        page = self._named(
            self.market.page_of(
                self.key,
                partition,
                None if is_beginning else start,
                min(read_items, self.most_items or read_items),
            )
        )
        items = []
        for item in page.items:
            product = self.wanted(item, self.market.retailers[item["retailer_id"]])
            if product is not None:
                self.found[product.product_id, product.retailer_id] = product
                items.append(item)
        return page._replace(
            items=items, last_key=page.last_key or self._beginning_after(partition)
        )

    def _named(self, page: Page) -> Page:
        """Read the names of a page's retailers, and return the page as far as they are known.

        One batch at most is read, and no more than the allowance pays for, but one at least.
        """
        unknown = self.market.retailers.unknown(item["retailer_id"] for item in page.items)
        if not unknown:
            return page
        affordable = int((self.allowance.units_left - page.units) / UNITS_OF_A_RETAILER)
        asked = unknown[: min(max(affordable, 1), MAX_NAMED)]
        units = page.units + self.market.retailers.read(asked)
        left = frozenset(unknown[len(asked) :])
        items = list(takewhile(lambda item: item["retailer_id"] not in left, page.items))
        last_key = self.position_of(items[-1]) if left else page.last_key
        return Page(items=items, last_key=last_key, read=len(items), units=units)

    def entry_of(self, item: Item) -> ProductEntry:
        """Return what the customer sees, cut so that any one product fits in a page."""
        product = self.found[item["product_id"], item["retailer_id"]]
        terms = terms_of(product, self.market.zone)
        url = product.image_url
        return ProductEntry(
            product_id=product.product_id,
            retailer_id=product.retailer_id,
            retailer_name=self.market.retailers[product.retailer_id][:MAX_NAME_LENGTH] or None,
            name=product.name[:MAX_NAME_LENGTH],
            description=product.description[:_MAX_DESCRIPTION_LENGTH],
            price=product.price,
            currency=product.currency,
            category=product.category[:_MAX_CATEGORY_LENGTH],
            stock=product.stock,
            image_url=url if 0 < len(url) <= _MAX_URL_LENGTH else None,
            benefits=labels_of(terms, self.market.today()),
        )

    def _beginning_after(self, partition: str) -> Item | None:
        following = self.partitions[self.partitions.index(partition) + 1 :]
        if not following:
            return None
        return {**dict.fromkeys(_PRODUCT_KEY, _BEFORE_THE_FIRST), self.key: following[0]}


def _listing(request: ProductsQuery, market: MarketStore, allowance: Allowance) -> _Listing:
    """Choose the narrowest partitions, and what to leave out of them.

    What nothing is left out of is read by the page; else as much as the allowance pays for.
    """
    allowance.spend(market.retailers.refresh())
    key, partitions, is_filtered = "category", market.categories, request.search is not None
    if request.retailer_id is not None:
        key, partitions = "retailer_id", (request.retailer_id,)
        is_filtered = is_filtered or request.category is not None
    elif request.category is not None:
        partitions = (category_called(request.category, market.categories),)
    return _Listing(
        market=market,
        key=key,
        key_names=tuple(dict.fromkeys((key, *_PRODUCT_KEY))),
        partitions=partitions,
        wanted=_filter(request),
        most_items=None if is_filtered else request.limit + 1,
        allowance=allowance,
        found={},
    )


def _filter(request: ProductsQuery) -> Callable[[Item, str], Product | None]:
    category = request.category if request.retailer_id is not None else None
    words = words_of(request.search or "")

    def wanted(item: Item, retailer_name: str) -> Product | None:
        is_wanted = (category is None or is_in_category(item, category)) and (
            not words or has_words(item, words, retailer_name)
        )
        return readable(whole_of(item)) if is_wanted else None

    return wanted
