"""What the bank told of: accounts, people, products."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AliasChoices, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from console.agent.offline.lexicon import lexicon, usual_spelling
from console.agent.offline.text import stem, words_of
from shared.text import fold


@dataclass(frozen=True)
class OwnAccount:
    """One of the customer's accounts."""

    account_id: str
    type: Annotated[str, Field(validation_alias="account_type")]
    balance: Decimal
    available: Decimal
    status: str


@dataclass(frozen=True)
class Person:
    """A beneficiary."""

    name: str
    alias: str
    account_id: str

    @property
    def words(self) -> frozenset[str]:
        """The words that they may be called by."""
        return words_of(f"{self.name} {self.alias}")


@dataclass(frozen=True)
class Offer:
    """A product as one retailer sells it."""

    product_id: str
    retailer_id: str
    shop: Annotated[str, Field(validation_alias=AliasChoices("retailer_name", "retailer_id"))]
    name: str
    description: str
    price: Decimal
    stock: int
    benefits: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """The words that it may be called by."""
        return _calling(f"{self.name} {self.description} {self.shop}")

    @property
    def names(self) -> frozenset[str]:
        """The words of its name, and what else they are called."""
        return _calling(self.name)


def _calling(text: str) -> frozenset[str]:
    own = words_of(text)
    spelled = {stem(said) for word in own for said in usual_spelling(word, "es")}
    called = {lexicon("es").things.get(word, "") for word in own} - {""}
    return own | spelled | {stem(fold(word)) for word in called}


@dataclass(frozen=True)
class Wish:
    """What a message says of things to buy, and how to buy them; what is not said is empty."""

    words: str = ""
    max_price: Decimal | None = None
    min_price: Decimal | None = None
    cheapest: bool = False
    benefit: str = ""
    """As the bank names it, such as MSI-12; `MSI` without how many months; "none"; "-": several."""
    account: str = ""
    """The type or the identifier of the account that is to pay; "-": several, or any but one."""
    quantity: int | None = None
    """How many; 0 where what is said is no number of pieces: "unas 3", "una docena"."""
    counted: str = ""
    """What is counted, as the shops call it; empty where only how many is said, or pieces."""
    number: int | None = None
    """A number alone: how many, or in how many months where it is paid by the month."""

    @property
    def count(self) -> int | None:
        """How many, where that is said for sure."""
        is_sure = self.number is not None and "-" not in self.benefit[1:]
        return self.number if is_sure else self.quantity

    @property
    def terms(self) -> "Wish":
        """How many, and how to pay, of whatever it is."""
        how = ("benefit", "account", "quantity", "counted", "number")
        return Wish(**{name: getattr(self, name) for name in how})

    def after(self, earlier: "Wish") -> "Wish":
        """Return what is wanted once this is said: what it does not say stays as it was.

        Another way to pay leaves the account said before it; another count, what was counted.
        """
        said = {name: one for name, one in vars(self).items() if one != getattr(Wish, name)}
        said |= {"account": self.account, "number": self.number} if self.benefit else {}
        said |= {"counted": self.counted, "number": self.number} if "quantity" in said else {}
        return replace(earlier, **said)


account_of: Final = TypeAdapter(OwnAccount).validate_python
person_of: Final = TypeAdapter(Person).validate_python
offer_of: Final = TypeAdapter(Offer).validate_python
