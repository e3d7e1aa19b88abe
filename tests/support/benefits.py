"""Benefits as retailers write them, and the options that they become."""

from decimal import Decimal
from typing import Any

from action_groups.marketplace.benefits import Basket, option_for, options_for, terms_of
from action_groups.marketplace.models import BenefitOption
from action_groups.marketplace.store import Product
from tests.support.clock_and_bus import START

TODAY = START.date()


def product(*benefits: Any, price: str = "5000.00", stock: int = 10) -> Product:
    return Product.from_item(
        {
            "product_id": "p-1",
            "retailer_id": "r-1",
            "name": "Televisor",
            "price": Decimal(price),
            "stock": Decimal(stock),
            "benefits": list(benefits),
        }
    )


def msi(*months: int, **conditions: Any) -> dict[str, Any]:
    return {"type": "MSI", "months": [Decimal(m) for m in months], **conditions}


def cashback(percent: str, **conditions: Any) -> dict[str, Any]:
    return {"type": "cashback", "percent": Decimal(percent), **conditions}


def points(points_per_peso: str, **conditions: Any) -> dict[str, Any]:
    return {"type": "points", "points_per_peso": Decimal(points_per_peso), **conditions}


def basket(total: str = "5000.00", **changes: Any) -> Basket:
    base = {"quantity": 1, "stock": 10, "today": TODAY, "credit": Decimal(100_000)}
    return Basket(total=Decimal(total), **base | changes)


def only_option(benefit: Any, total: str = "5000.00", **changes: Any) -> BenefitOption:
    [term] = terms_of(product(benefit))
    return option_for(term, basket(total, **changes))


def options(*benefits: Any, total: str = "5000.00", **changes: Any) -> list[BenefitOption]:
    return options_for(terms_of(product(*benefits)), basket(total, **changes))
