"""What compareBenefits answers: every benefit of a product, from the best on."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from action_groups.marketplace.benefits import MAX_TERMS
from action_groups.marketplace.store import Product
from tests.support.benefits import TODAY, cashback, msi, points
from tests.support.world import World


def compare(bank: World, **arguments: Any) -> dict[str, Any]:
    status, body = bank.call("compareBenefits", **{"product_id": "p-tele"} | arguments)
    assert status == 200, body
    return body


@pytest.fixture
def market(bank: World) -> World:
    """María's bank, with 800 pesos of credit left, and a television for 400.05 pesos."""
    bank.product(
        "p-tele",
        price=Decimal("400.05"),
        stock=5,
        benefits=[msi(3, 6), cashback("5"), "points", points("1", peso_per_point=Decimal("0.01"))],
    )
    return bank


def test_an_agent_learns_what_every_benefit_comes_to(market: World) -> None:
    body = compare(market)

    assert body | {"options": None, "best": None} == {
        "product_id": "p-tele",
        "retailer_id": "retailer-azteca",
        "quantity": 1,
        "total_amount": Decimal("400.05"),
        "options": None,
        "best": None,
    }
    can_be_had = {"eligible": True}
    assert body["options"][:4] == [
        can_be_had
        | {"type": "cashback", "benefit": "cashback", "cashback": Decimal("20.00")}
        | {"value": Decimal("20.00"), "cost_per_month": Decimal("400.05")},
        can_be_had
        | {"type": "points", "benefit": "points", "points": 400}
        | {"value": Decimal("4.00"), "cost_per_month": Decimal("400.05")},
        can_be_had
        | {"type": "MSI", "benefit": "MSI-6", "months": 6, "monthly_payment": Decimal("66.67")}
        | {"last_payment": Decimal("66.70"), "value": 0, "cost_per_month": Decimal("66.67")},
        can_be_had
        | {"type": "MSI", "benefit": "MSI-3", "months": 3, "monthly_payment": Decimal("133.35")}
        | {"last_payment": Decimal("133.35"), "value": 0, "cost_per_month": Decimal("133.35")},
    ]
    assert (body["options"][4]["type"], body["options"][4]["eligible"]) == ("points", False)
    assert body["best"]["benefit"] == "cashback"


def test_an_event_is_answered_with_the_same_comparison(market: World) -> None:
    reply = market.send("marketplace", "BENEFITS_QUERY", {"product_id": "p-tele", "quantity": 2})

    assert (reply["event_type"], reply["source"]) == ("BENEFITS_RESPONSE", "marketplace")
    assert market.bus.envelopes == [reply]
    assert reply["data"] == compare(market, quantity="2")
    assert reply["data"]["total_amount"] == Decimal("800.10")


def test_msi_needs_the_callers_own_active_credit_account(market: World) -> None:
    def is_eligible(quantity: str, user_id: str = "user-maria") -> bool:
        options_ = compare(market, quantity=quantity, user_id=user_id)["options"]
        [answer] = {o["eligible"] for o in options_ if o["type"] == "MSI"}
        return bool(answer)

    assert is_eligible("1")
    assert not is_eligible("2"), "800.10 pesos are more than her 800.00"
    assert not is_eligible("1", user_id="user-juan")
    market.account("user-maria", "acc-two", "0", account_type="credit", credit_limit=801)
    assert is_eligible("2"), "one of her accounts suffices"
    market.account(
        "user-maria", "acc-two", "0", account_type="credit", credit_limit=801, status="blocked"
    )
    assert not is_eligible("2")
    market.account(
        "user-maria", "acc-two", "0", account_type="credit", credit_limit=801, currency="USD"
    )
    assert not is_eligible("2")
    market.account("user-juan", "acc-debit", "100000")
    assert not is_eligible("1", user_id="user-juan"), "a checking account is no credit"


def test_the_days_of_a_benefit_are_those_of_the_clock(market: World) -> None:
    market.product("p-tele", benefits=[cashback("5", valid_until=str(TODAY))])

    assert compare(market)["options"][0]["eligible"]
    market.clock.move(timedelta(hours=14, minutes=59))
    assert compare(market)["options"][0]["eligible"], "23:59 in Mexico City, the next day in UTC"
    market.clock.move(timedelta(minutes=1))
    assert not compare(market)["options"][0]["eligible"]


def test_more_than_are_in_stock_have_no_benefit(market: World) -> None:
    assert "best" in compare(market, quantity="5")

    body = compare(market, quantity="6")

    assert "best" not in body
    assert "only 5" in body["options"][0]["reason"]


@pytest.mark.parametrize("retailer", [{}, {"retailer_id": "retailer-azteca"}], ids=str)
def test_a_product_is_read_once_whether_its_retailer_is_named_or_not(
    market: World, retailer: dict[str, str]
) -> None:
    tables: list[str] = []

    def noted(_operation: str, arguments: Any, call: Any) -> Any:
        tables.append(arguments["TableName"])
        return call(arguments)

    market.client.around = noted
    status, _body = market.call("compareBenefits", product_id="p-tele", **retailer)

    assert status == 200
    assert tables.count("centli-products") == 1


def test_a_product_of_several_retailers_asks_which_one(market: World) -> None:
    market.product("p-tele", retailer_id="retailer-maya", price=Decimal("390.00"))

    status, body = market.call("compareBenefits", product_id="p-tele")

    assert (status, body["error"]["code"]) == (422, "RETAILER_NEEDED")
    assert "retailer-azteca (400.05 pesos)" in body["error"]["message"]
    assert "retailer-maya (390.00 pesos)" in body["error"]["message"]
    assert compare(market, retailer_id="retailer-maya")["total_amount"] == Decimal("390.00")


def test_a_retailer_whose_product_cannot_be_sold_is_no_choice(market: World) -> None:
    market.product("p-tele", retailer_id="retailer-maya", price="390.00")

    assert compare(market)["retailer_id"] == "retailer-azteca"


@pytest.mark.parametrize(
    "arguments",
    [
        {"product_id": "p-none"},
        {"product_id": "p-none", "retailer_id": "retailer-azteca"},
        {"product_id": "p-tele", "retailer_id": "retailer-none"},
        {"product_id": "p-dollars"},
        {"product_id": "p-dollars", "retailer_id": "retailer-azteca"},
    ],
    ids=str,
)
def test_a_product_that_nobody_sells_is_not_found(market: World, arguments: dict[str, str]) -> None:
    market.product("p-dollars", currency="USD")

    status, body = market.call("compareBenefits", **arguments)

    assert (status, body["error"]["code"]) == (404, "PRODUCT_NOT_FOUND")
    assert "searchProducts" in body["error"]["message"]


@pytest.mark.parametrize("quantity", ["0", "101", "-1", "1.5", "two"])
def test_a_quantity_is_a_whole_number_from_1_to_100(market: World, quantity: str) -> None:
    status, body = market.call("compareBenefits", product_id="p-tele", quantity=quantity)

    assert (status, body["error"]["code"]) == (400, "INVALID_REQUEST")
    assert "quantity" in body["error"]["message"]


def test_a_total_beyond_any_movement_is_refused(market: World) -> None:
    market.product("p-tele", price=Decimal("9999999999.99"))

    status, body = market.call("compareBenefits", product_id="p-tele", quantity="2")

    assert (status, body["error"]["code"]) == (422, "TOTAL_TOO_LARGE")


@pytest.mark.parametrize("benefits", [None, [], "12 MSI", {"12 MSI"}, Decimal(3)], ids=str)
def test_benefits_may_be_missing_empty_or_alone(market: World, benefits: Any) -> None:
    market.product("p-tele", price=Decimal(100), benefits=benefits)

    expected = ["MSI-12"] if "12 MSI" in str(benefits) else []
    assert [o["benefit"] for o in compare(market)["options"]] == expected


def test_a_set_of_benefits_is_always_read_in_one_order() -> None:
    written = {"6 MSI", "3 MSI", "5% cashback", "1 punto por peso", "regalo", "envío gratis"}
    item = {"product_id": "p", "retailer_id": "r", "name": "Cosa", "price": Decimal(1)}

    assert Product.from_item(item | {"benefits": written}).benefits == tuple(sorted(written))


def test_a_product_with_the_attributes_that_must_be_there_alone_has_no_benefits(
    market: World,
) -> None:
    market.put(
        "products", product_id="p-bare", retailer_id="r", name="Cosa", price=1, category="home"
    )

    body = compare(market, product_id="p-bare")

    assert (body["options"], "best" in body, body["total_amount"]) == ([], False, 1)


def test_the_largest_comparison_fits_in_an_agents_answer(market: World) -> None:
    month = Decimal(1)
    texts = ["ñ" * 5000 + str(number) for number in range(10)]
    terms = [msi(*range(2, 60)), *texts, {"type": "MSI", "months": month}]
    market.product("p-tele", price=Decimal("99999999.99"), benefits=[*texts, *terms])

    assert len(compare(market, quantity="100")["options"]) <= MAX_TERMS


def test_comparing_changes_nothing(market: World) -> None:
    before = market.snapshot()

    compare(market)
    market.send("marketplace", "BENEFITS_QUERY", {"product_id": "p-tele"})

    assert market.snapshot() == before
