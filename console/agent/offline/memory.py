"""What a conversation remembers: half-done orders, and what was shown and spoken of last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from console.agent.brain import Say
from console.agent.offline.queries import MovementsQuery
from console.agent.offline.shopping import NO_BENEFIT, Wish, thing_words
from console.agent.offline.text import words_of
from console.agent.wording import KnownThings


@dataclass(frozen=True, slots=True)
class Account:
    """One of the customer's accounts, as the bank told of it."""

    account_id: str
    type: str
    balance: Decimal
    available: Decimal
    status: str

    @property
    def is_active(self) -> bool:
        """Whether it can be used."""
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Person:
    """A beneficiary, as the bank told of them."""

    name: str
    alias: str
    account_id: str

    @property
    def words(self) -> frozenset[str]:
        """The words that they may be called by."""
        return words_of(f"{self.name} {self.alias}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as one retailer sells it, as it was shown."""

    product_id: str
    retailer_id: str
    shop: str
    """What the retailer is called; its identifier when the bank knows no name."""
    name: str
    description: str
    price: Decimal
    stock: int
    benefits: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """The words that it may be called by."""
        return thing_words(f"{self.name} {self.description} {self.shop}")


@dataclass(frozen=True, slots=True)
class Benefit:
    """A benefit of an offer, with its figures for so many pieces as they were shown."""

    offer: Offer
    benefit: str
    quantity: int
    figures: Mapping[str, str]


@dataclass(slots=True)
class TransferFrame:
    """A transfer that is being put together; what is not known yet is empty."""

    amount: Decimal | None = None
    doubt: str = ""
    doubted: str = ""
    recipient: str = ""
    to_account: str = ""
    to_name: str = ""
    to_type: str = ""
    from_account: str = ""
    from_type: str = ""
    description: str = ""
    candidates: list[Person] = field(default_factory=list)
    is_for_several: bool = False
    shown_from: str = ""
    """The account that paid when it was last shown."""
    unread: str = ""
    """What was said with it and is no part of it: it is asked about before anything is shown."""


@dataclass(slots=True)
class PurchaseFrame:
    """A purchase that is being put together; what is not known yet is empty."""

    offer: Offer | None = None
    wish: Wish | None = None
    quantity: int | None = None
    is_count_unclear: bool = False
    """Whether how many was said, but no number of pieces."""
    benefit: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    """What the benefit costs and gives, by the names of createPurchase's arguments."""
    account_type: str = ""
    account_id: str = ""
    unread: str = ""

    @property
    def is_without_benefit(self) -> bool:
        """Whether the customer wants none."""
        return self.benefit == NO_BENEFIT


@dataclass(slots=True)
class AddFrame:
    """A beneficiary who is being put together; what is not known yet is empty."""

    name: str = ""
    alias: str = ""
    account_id: str = ""
    relationship: str = ""
    unread: str = ""


Frame = TransferFrame | PurchaseFrame | AddFrame


@dataclass(frozen=True, slots=True)
class Page:
    """How to go on with a list."""

    operation_id: str
    arguments: Mapping[str, str]
    shown: int


@dataclass(slots=True)
class Memory:
    """All that one conversation remembers."""

    known: KnownThings = field(default_factory=KnownThings)
    accounts: list[Account] = field(default_factory=list)
    last_account: str = ""
    last_person: Person | None = None
    frame: Frame | None = None
    is_live: bool = False
    """Whether the frame is what was spoken of last."""
    is_declined: bool = False
    """Whether the person said no to it."""
    asked_for: tuple[str, ...] = ()
    question: Say | None = None
    """The last one that was asked of what is half done."""
    proposal: tuple[str, Mapping[str, str]] | None = None
    """The call last shown, to show it again as it was."""
    is_shown: bool = False
    """Whether it waits for a yes."""
    is_touched: bool = False
    """Whether this turn went on with what is half done."""
    queue: list[Frame] = field(default_factory=list)
    """What is to be done after it, in order."""
    done: TransferFrame | None = None
    """The transfer last made or left, for "lo mismo a Sofi"."""
    offers: list[Offer] = field(default_factory=list)
    rest: list[Offer] = field(default_factory=list)
    """Offers that were found and not shown yet."""
    offer: Offer | None = None
    """The one that is spoken of."""
    benefit: str = ""
    """The one last recommended or chosen, for `offer`."""
    recommended: Benefit | None = None
    quantity: int | None = None
    """How many of the offers shown were asked for, when they were."""
    has_transferred: bool = False
    purchase_id: str = ""
    topic: str = ""
    query: MovementsQuery = field(default_factory=MovementsQuery)
    page: Page | None = None

    def drop(self) -> None:
        """Forget what is half done."""
        self.frame, self.is_live, self.is_declined, self.asked_for = None, False, False, ()
        self.proposal, self.is_shown, self.question = None, False, None

    def resume(self, frame: Frame) -> None:
        """Go on putting something together."""
        self.frame, self.is_live, self.is_declined, self.asked_for = frame, True, False, ()
        self.is_shown, self.is_touched = False, True

    def leave(self) -> None:
        """Speak of something else: a transfer or an addition is then gone back to by saying so."""
        if not isinstance(self.frame, PurchaseFrame):
            self.is_live = False

    def decline(self) -> None:
        """Leave what was proposed, for the person may still want it otherwise."""
        self.is_live, self.is_declined, self.is_shown = False, True, False

    def learn(self, body: Mapping[str, Any]) -> None:
        """Remember what an answer of the bank tells of."""
        self.known.learn(body)
        if isinstance(body.get("accounts"), list) and len(body["accounts"]) != 1:
            self.accounts = [account_of(entry) for entry in body["accounts"]]

    def type_of(self, account_id: str) -> str:
        """Return the type of one of the customer's accounts, or nothing."""
        return self.known.own_accounts.get(account_id, "")

    def is_own(self, account_id: object) -> bool:
        """Tell whether an account is the customer's."""
        return account_id in self.known.own_accounts


def account_of(entry: Mapping[str, Any]) -> Account:
    """Read an account of an answer."""
    return Account(
        account_id=entry["account_id"],
        type=entry["account_type"],
        balance=Decimal(entry["balance"]),
        available=Decimal(entry["available"]),
        status=entry["status"],
    )


def person_of(entry: Mapping[str, Any]) -> Person:
    """Read a beneficiary of an answer."""
    return Person(entry["name"], entry["alias"], entry["account_id"])


def offer_of(entry: Mapping[str, Any]) -> Offer:
    """Read a product of an answer."""
    return Offer(
        product_id=entry["product_id"],
        retailer_id=entry["retailer_id"],
        shop=entry.get("retailer_name", entry["retailer_id"]),
        name=entry["name"],
        description=entry["description"],
        price=Decimal(entry["price"]),
        stock=int(entry["stock"]),
        benefits=tuple(entry["benefits"]),
    )
