"""The operation createPurchase: reserve the stock, then ask for the payment."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field

from action_groups.marketplace import marketplace
from action_groups.marketplace.benefits import (
    MAX_MONTHS,
    Basket,
    options_for,
    parse_choice,
    terms_of,
    total_of,
)
from action_groups.marketplace.errors import (
    AccountNotActive,
    AccountNotFound,
    BenefitChanged,
    BenefitNotEligible,
    CannotPay,
    CurrencyMismatch,
    OutOfStock,
    PriceChanged,
    RetailerNotFound,
    SameAccount,
)
from action_groups.marketplace.models import (
    MAX_NAME_LENGTH,
    BenefitOption,
    ProductId,
    PurchaseEntry,
    Quantity,
    RetailerChoice,
)
from action_groups.marketplace.offers import offer_of, only_offer
from action_groups.marketplace.purchases import COMPLETED, FIGURES, Purchase
from action_groups.marketplace.store import MarketStore, Product, credit_of
from shared.accounts import Account
from shared.changes import Change, Stamp
from shared.clock import to_iso
from shared.confirmation import Terms, Warned
from shared.dynamodb import Item
from shared.identity import Caller
from shared.limits import RECENT
from shared.models import Identifier, Line, Request
from shared.money import MXN, Amount
from shared.payments import PENDING, Points, payment_data, sort_key
from shared.text import plain_line

_SHOWN = "Figure of the option, as shown; refused when changed."


class PurchaseRequest(Request):
    """What to buy, for how much, from which account."""

    product_id: ProductId
    retailer_id: RetailerChoice = None
    quantity: Quantity = 1
    account_id: Identifier = Field(
        description="Account of the customer that pays, as given by getBalance; MSI needs a credit "
        "account."
    )
    benefit: Line | None = Field(
        default=None,
        description="The `benefit` of an eligible option of compareBenefits, such as MSI-12, "
        "cashback or points; leave it out to buy without one.",
    )
    months: int | None = Field(default=None, ge=1, le=MAX_MONTHS, description=_SHOWN)
    monthly_payment: Amount | None = Field(default=None, description=_SHOWN)
    last_payment: Amount | None = Field(default=None, description=_SHOWN)
    cashback: Amount | None = Field(default=None, description=_SHOWN)
    points: Points | None = Field(default=None, description=_SHOWN)
    unit_price: Amount = Field(
        description="Price of one in pesos, as the customer was told. The purchase is refused when "
        "the price is another now."
    )


class PurchaseTerms(Terms):
    """What a person agrees to before a purchase."""

    product_name: str = Field(description="What the product is called.")
    retailer_name: str | None = Field(description="Who sells it.")
    retailer_id: str = Field(description="Who sells it, by the bank's id: names may be alike.")
    quantity: int = Field(description="How many.")
    unit_price: Decimal = Field(description="Pesos of one.")
    total_amount: Decimal = Field(description="Pesos of them all.")
    account_id: str = Field(description="Account of the customer that pays.")
    benefit: str | None = Field(description="The benefit that it is bought with.")
    months: int | None = Field(default=None, description="Instalments, with MSI.")
    monthly_payment: Decimal | None = Field(default=None, description="Pesos of each but the last.")
    last_payment: Decimal | None = Field(default=None, description="Pesos of the last.")
    cashback: Decimal | None = Field(default=None, description="Pesos given back.")
    points: int | None = Field(default=None, description="Points given.")


def ended_purchase(
    caller: Caller, answer: dict[str, Any], market: MarketStore
) -> dict[str, Any] | None:
    """Return the purchase of an answer once its payment has come or failed."""
    purchase = market.purchases.get(caller.user_id, answer["purchase_id"])
    if purchase is None or purchase.is_pending:
        return None
    return PurchaseEntry.of(purchase).payload()


@marketplace.operation(
    "POST",
    "/purchases",
    on="PURCHASE_REQUEST",
    begins="PAYMENT_REQUEST",
    replies=("PURCHASE_CONFIRMED", "PURCHASE_FAILED"),
    confirm=PurchaseTerms,
    final_answer=ended_purchase,
    example=(
        PurchaseRequest(
            product_id="prod-televisor-32",
            retailer_id="retailer-electronica-azteca",
            quantity=1,
            account_id="acc-maria-credit",
            benefit="MSI-12",
            months=12,
            monthly_payment=Decimal("316.58"),
            last_payment=Decimal("316.62"),
            unit_price=Decimal("3799.00"),
        ),
        PurchaseEntry(
            purchase_id="01a213dd-4d00-7057-a444-ffb5e9fd58a2",
            status="completed",
            product_id="prod-televisor-32",
            product_name="Televisor HD de 32 pulgadas",
            retailer_id="retailer-electronica-azteca",
            retailer_name="Electrónica Azteca",
            quantity=1,
            total_amount=Decimal("3799.00"),
            benefit_applied="MSI-12",
            months=12,
            monthly_payment=Decimal("316.58"),
            last_payment=Decimal("316.62"),
            transaction_id="01a213dd-4d0b-7c1e-9f30-6b1d52a7c0e4",
            created_at="2026-11-25T18:00:00.000Z",
            error=None,
        ),
    ),
)
def create_purchase(
    caller: Caller, request: PurchaseRequest, market: MarketStore, stamp: Stamp
) -> Change[PurchaseEntry]:
    """Buy a product and pay it from one of the customer's accounts.

    With a `benefit`, pass the figures of its option as compareBenefits gave them. The answer's
    status is completed or failed. When it is pending, the payment takes longer: tell
    the customer, and ask again with getPurchase. When the answer has `repeated`, no second purchase
    was made.
    """
    seller = request.retailer_id or only_offer(market, request.product_id).retailer_id
    earlier = market.read_ahead_of_purchase(
        caller.user_id,
        request.account_id,
        product_id=request.product_id,
        retailer_id=seller,
        since=to_iso(stamp.at - RECENT) if stamp.is_shown else None,
    )
    product = offer_of(market, request.product_id, seller)
    retailer_name = market.retailer_name(product.retailer_id)
    if retailer_name is None:
        raise RetailerNotFound(
            "The bank has no retailer with this `retailer_id`, so this product cannot be bought. "
            "Offer the customer another one."
        )
    _check_price(product, request.unit_price)
    total = total_of(product, request.quantity)
    if product.stock < request.quantity:
        raise OutOfStock(
            f"Only {product.stock} are in stock. Offer the customer fewer, or another product.",
            market.has_too_few(product, request.quantity),
        )
    payer = _payer(caller, request, market)
    if stamp.is_preview:
        _check_payment(payer, product, total)
    option = _chosen(request, product, total, payer, market)
    figures = _figures(option)
    _check_figures(request, figures)
    shown = stamp.shown(
        lambda: PurchaseTerms(
            product_name=plain_line(product.name[:MAX_NAME_LENGTH]) or product.product_id,
            retailer_name=plain_line(retailer_name[:MAX_NAME_LENGTH]) or None,
            retailer_id=product.retailer_id,
            quantity=request.quantity,
            unit_price=product.price,
            total_amount=total,
            account_id=payer.account_id,
            benefit=option.benefit if option else None,
            **figures,
        ),
        lambda: _warnings(request, product, earlier),
    )
    purchase = Purchase(
        user_id=caller.user_id,
        purchase_id=stamp.id,
        sort_key=sort_key(stamp.id, stamp.created_at),
        product_id=product.product_id,
        retailer_id=product.retailer_id,
        quantity=request.quantity,
        total_amount=total,
        status=PENDING,
        created_at=stamp.created_at,
        product_name=product.name[:MAX_NAME_LENGTH],
        retailer_name=retailer_name[:MAX_NAME_LENGTH] or None,
        benefit_applied=option.benefit if option else None,
        figures=figures,
        account_id=payer.account_id,
        correlation_id=stamp.correlation_id,
        request_key=stamp.record_key,
        trail=stamp.kept(shown),
    )
    item = purchase.item(product.price)
    return Change(
        PurchaseEntry.of(purchase),
        market.purchases.reserve(purchase, item, product.stored_benefits),
        event_data=payment_data(item),
        shown=shown,
    )


def _warnings(
    request: PurchaseRequest, product: Product, earlier: Iterable[Item]
) -> Iterator[Warned]:
    same: Item = {
        "product_id": product.product_id,
        "retailer_id": product.retailer_id,
        "quantity": request.quantity,
        "account_id": request.account_id,
    }
    if any(
        all(done.get(name) == value for name, value in same.items())
        for done in earlier
        if done.get("status") in (PENDING, COMPLETED)
    ):
        yield Warned(
            "POSSIBLE_DUPLICATE",
            "The same was already bought from this account in the last 24 hours.",
        )


def _check_price(product: Product, told: Decimal) -> None:
    if product.price != told:
        raise PriceChanged(
            f"The price is {product.price} pesos now, not {told}. Tell the customer, and buy only "
            "if the customer agrees to the new price."
        )


def _payer(caller: Caller, request: PurchaseRequest, market: MarketStore) -> Account:
    payer = market.accounts.get(caller.user_id, request.account_id)
    if payer is None:
        raise AccountNotFound(
            "The customer has no account with this `account_id`. Call getBalance to see the "
            "customer's accounts."
        )
    if not payer.is_active:
        raise AccountNotActive("This account is not active: choose another one to pay from.")
    return payer


def _check_payment(payer: Account, product: Product, total: Decimal) -> None:
    """Raise what the payment would be refused with: nobody is asked to agree to that."""
    if payer.user_id == product.retailer_id:
        raise SameAccount("The customer is the retailer: nobody pays for what is their own.")
    if payer.currency != MXN:
        raise CurrencyMismatch("The account is not in pesos: choose another one to pay from.")
    if payer.available < total:
        raise CannotPay(
            "The total is above what is available in the account. Choose another account, or buy "
            "fewer."
        )


def _chosen(
    request: PurchaseRequest, product: Product, total: Decimal, payer: Account, market: MarketStore
) -> BenefitOption | None:
    """Return the option that the customer chose, or None without a choice."""
    if request.benefit is None:
        return None
    choice = parse_choice(request.benefit)
    basket = Basket(
        total=total,
        quantity=request.quantity,
        stock=product.stock,
        today=market.today(),
        credit=credit_of(payer),
    )
    terms = (t for t in terms_of(product, market.zone) if choice and t.offer.benefit == choice)
    chosen = options_for(terms, basket)
    eligible = next((option for option in chosen if option.eligible), None)
    if eligible is None:
        why = chosen[0].reason if chosen else "The product does not have it."
        raise BenefitNotEligible(
            f"This purchase cannot have this `benefit`. {why} Use an eligible option of "
            "compareBenefits, an account that it can be paid from, or none.",
            market.has_same_benefits(product),
            *([market.has_same_balance(payer)] if payer.is_credit else []),
        )
    return eligible


def _figures(option: BenefitOption | None) -> dict[str, Any]:
    """Return what the option costs and gives, by name."""
    figures = {name: getattr(option, name, None) for name in FIGURES}
    return {name: figure for name, figure in figures.items() if figure is not None}


def _check_figures(request: PurchaseRequest, figures: Mapping[str, Any]) -> None:
    other = {n for n in FIGURES if getattr(request, n) not in (None, figures.get(n))}
    if other:
        now = ", ".join(f"{name} {figure}" for name, figure in figures.items()) or "nothing"
        raise BenefitChanged(
            f"What the customer was shown ({', '.join(sorted(other))}) is not what this `benefit` "
            f"costs and gives now: {now}. Tell the customer, and buy only if the customer agrees."
        )
