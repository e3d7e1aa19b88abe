"""What was shown of a benefit is what is bought, charged, given back and kept."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from action_groups.marketplace.purchases import FIGURES
from shared.dynamodb import DynamoDB
from shared.money import MAX_AMOUNT
from shared.payments import (
    EXAMPLE_PAYMENT,
    MAX_RATE,
    PaymentRequest,
    payment_data,
    payment_of,
)
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after, in_table
from tests.support.shop import BUY, open_shop, purchases, stock
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    open_shop(bank)
    return bank


SHOWN = {
    "cashback": {"benefit": "cashback", "cashback": "60.00"},
    "points": {"benefit": "points", "points": "1200"},
    "MSI-3": {
        "benefit": "MSI-3",
        "account_id": "acc-maria-credit",
        "months": "3",
        "monthly_payment": "200",
        "last_payment": "200.00",
    },
}


@pytest.mark.parametrize("benefit", SHOWN)
def test_what_was_shown_of_a_benefit_is_bought_kept_and_shown(shop: World, benefit: str) -> None:
    figures = {n: Decimal(v) for n, v in SHOWN[benefit].items() if n in FIGURES}
    _, compared = shop.call("compareBenefits", product_id="prod-tv", quantity="2")
    [option] = [o for o in compared["options"] if o["benefit"] == benefit]
    assert {n: option[n] for n in figures} == figures

    status, bought = shop.call("createPurchase", **{**BUY, **SHOWN[benefit]})
    shop.settle()

    _, final = shop.call("getPurchase", purchase_id=bought["purchase_id"])
    [listed] = shop.call("listPurchases")[1]["purchases"]
    assert (status, final["status"]) == (200, "completed")
    for answer in (bought, final, listed):
        assert {n: answer[n] for n in FIGURES if n in answer} == figures


@pytest.mark.parametrize("shown", [{}, *SHOWN.values()], ids=["none", *SHOWN])
def test_the_payment_that_is_asked_for_is_all_that_agrees_with_the_purchase(
    shop: World, shown: dict[str, str]
) -> None:
    shop.call("createPurchase", **{**BUY, **shown})
    [purchase] = shop.items("purchases")
    agreed = payment_of(purchase).model_dump(exclude_none=True)

    [asked] = shop.run_relay()

    assert asked["data"] == agreed == payment_data(purchase)


def test_a_purchase_without_a_benefit_shows_no_figures(shop: World) -> None:
    _, body = shop.call("createPurchase", **BUY)

    assert set(FIGURES).isdisjoint(body)


@pytest.mark.parametrize(
    ("shown", "now"),
    [
        ("cashback", {"type": "cashback", "percent": 1}),
        ("points", {"type": "points", "points_per_peso": 1}),
        ("cashback", "12 MSI"),
    ],
)
def test_a_benefit_that_changed_since_it_was_shown_is_refused(
    shop: World, shown: str, now: Any
) -> None:
    shop.put("products", **{**shop.items("products")[0], "benefits": [now]})

    status, body = shop.call("createPurchase", **{**BUY, **SHOWN[shown]})

    expected = {"BENEFIT_CHANGED": 409, "BENEFIT_NOT_ELIGIBLE": 422}
    assert status == expected[body["error"]["code"]]
    assert stock(shop) == 5
    assert purchases(shop) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"benefit": "cashback", "cashback": "60.01"},
        {"benefit": "cashback", "points": "5"},
        {"benefit": "MSI-3", "account_id": "acc-maria-credit", "months": "6"},
        {"benefit": "MSI-3", "account_id": "acc-maria-credit", "monthly_payment": "199.99"},
        {"cashback": "60"},
    ],
)
def test_a_figure_that_is_not_that_of_the_benefit_is_refused(
    shop: World, wrong: dict[str, str]
) -> None:
    status, body = shop.call("createPurchase", **{**BUY, **wrong})

    assert (status, body["error"]["code"]) == (409, "BENEFIT_CHANGED")
    assert purchases(shop) == []


def buys_while_the_cashback_changes(shop: World, database: Callable[..., DynamoDB]) -> Decimal:
    def change() -> None:
        lower = [{"type": "cashback", "percent": 1}]
        shop.put("products", **{**shop.items("products")[0], "benefits": lower})

    shop.connect(database(shop.client, script=[after(change)]))
    _, body = shop.call("createPurchase", **{**BUY, "benefit": "cashback"})
    cashback = body["cashback"]
    assert isinstance(cashback, Decimal)
    return cashback


def test_a_benefit_that_changes_during_the_purchase_is_worked_out_again(shop: World) -> None:
    assert buys_while_the_cashback_changes(shop, ScriptedDatabase) == 6


def test_without_the_condition_on_the_benefits_the_old_ones_would_be_given(shop: World) -> None:
    """The control of the test above."""
    careless = partial(CarelessDatabase, is_careless=in_table("products"))

    assert buys_while_the_cashback_changes(shop, careless) == 60


def test_months_without_interest_are_charged_to_the_credit_account(shop: World) -> None:
    _, body = shop.call(
        "createPurchase", **{**BUY, "account_id": "acc-maria-credit", "benefit": "6 MSI"}
    )
    shop.settle()

    _, final = shop.call("getPurchase", purchase_id=body["purchase_id"])
    assert (final["status"], final["benefit_applied"]) == ("completed", "MSI-6")
    assert shop.balance("acc-maria-credit") == -800


def test_cashback_comes_back_as_a_transaction_of_its_own(shop: World) -> None:
    shop.call("createPurchase", **{**BUY, "benefit": "cashback"})
    shop.settle()

    assert (shop.balance("acc-maria"), shop.balance("acc-azteca")) == (460, 540)
    sums: dict[str, Decimal] = {}
    for record in shop.items("transactions"):
        name = record["transaction_id"]
        sums[name] = sums.get(name, Decimal(0)) + record["amount"]
    assert list(sums.values()) == [0, 0]
    marias = [r for r in shop.items("transactions") if r["account_id"] == "acc-maria"]
    told = {r["amount"]: (r.get("description"), r["benefit"]) for r in marias}
    assert told == {-600: (None, "cashback"), 60: ("Cashback", "cashback")}


def test_no_payment_gives_back_more_than_is_paid() -> None:
    whole = EXAMPLE_PAYMENT.model_dump() | {"cashback": EXAMPLE_PAYMENT.amount}
    assert PaymentRequest(**whole).cashback == EXAMPLE_PAYMENT.amount
    with pytest.raises(ValidationError, match="must not be above"):
        PaymentRequest(**whole | {"cashback": EXAMPLE_PAYMENT.amount + Decimal("0.01")})


def test_points_are_kept_on_the_record_of_the_payment(shop: World) -> None:
    shop.call("createPurchase", **{**BUY, "benefit": "points"})
    shop.settle()

    assert {r["points"] for r in shop.items("transactions")} == {1200}


@pytest.mark.parametrize(
    "offer", [{"type": "points", "points_per_peso": MAX_RATE}, {"type": "cashback", "percent": 100}]
)
def test_the_most_that_a_benefit_can_give_can_be_bought_with(
    shop: World, offer: dict[str, Any]
) -> None:
    shop.account("user-maria", "acc-maria", str(MAX_AMOUNT))
    shop.product("prod-tv", price=MAX_AMOUNT, stock=1, benefits=[offer])
    price = str(MAX_AMOUNT)
    status, _ = shop.call(
        "createPurchase",
        **{**BUY, "quantity": "1", "unit_price": price, "benefit": str(offer["type"])},
    )
    shop.settle()

    assert status == 200
    assert [one["status"] for one in purchases(shop)] == ["completed"]
