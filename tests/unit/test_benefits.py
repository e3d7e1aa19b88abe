"""compareBenefits, and the arithmetic of MSI, cashback and points."""

from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_groups.marketplace.benefits import (
    MAX_TERMS,
    Basket,
    Cashback,
    Instalments,
    Points,
    Term,
    best_of,
    labels_of,
    option_for,
    options_for,
    parse_choice,
    terms_of,
    total_of,
)
from action_groups.marketplace.errors import TotalTooLarge
from action_groups.marketplace.models import BenefitOption
from action_groups.marketplace.store import Product
from shared.money import CENTAVO
from tests.support.clock_and_bus import START
from tests.support.world import World

TODAY = START.date()
AMOUNTS = st.decimals("0.01", "9999999999.99", places=2)
FIGURES = {"months", "monthly_payment", "last_payment", "cashback", "points"}


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


def best(*benefits: Any, total: str = "5000.00", **changes: Any) -> tuple[str, str]:
    found = best_of(options(*benefits, total=total, **changes), Decimal(total))
    assert found is not None
    return found.benefit, found.reason


# --- Arithmetic ------------------------------------------------------------------------------


@given(total=AMOUNTS, months=st.integers(2, 60))
def test_instalments_sum_to_the_total_exactly(total: Decimal, months: int) -> None:
    figures = Instalments(months).figures(total)

    assert figures.monthly_payment is not None
    assert figures.last_payment is not None
    assert figures.monthly_payment * (months - 1) + figures.last_payment == total
    assert figures.monthly_payment == figures.monthly_payment.quantize(CENTAVO)
    left_over = figures.last_payment - figures.monthly_payment
    assert 0 <= left_over < months * CENTAVO, "less than a centavo for each instalment"


@given(total=AMOUNTS, months=st.integers(2, 60))
def test_instalments_rounded_to_the_nearest_centavo_would_not_sum_to_every_total(
    total: Decimal, months: int
) -> None:
    """The control of the test above: equal instalments alone lose or invent centavos."""
    nearest = (total / months).quantize(CENTAVO, ROUND_HALF_UP)
    exact = total * 100 % months == 0
    assert (nearest * months == total) is exact


@given(total=AMOUNTS, percent=st.decimals("0.01", "100", places=2))
def test_cashback_never_promises_a_centavo_more_than_the_percentage(
    total: Decimal, percent: Decimal
) -> None:
    figures = Cashback(percent).figures(total)

    assert figures.cashback == figures.value
    assert figures.value <= total * percent / 100 < figures.value + CENTAVO
    assert figures.cost_per_month == total


@given(total=AMOUNTS, rate=st.decimals("0.01", "1000", places=2))
def test_points_are_whole_and_their_worth_is_rounded_down(total: Decimal, rate: Decimal) -> None:
    figures = Points(rate, peso_per_point=Decimal("0.015")).figures(total)

    assert figures.points == int((total * rate).to_integral_value(ROUND_DOWN))
    assert figures.value <= figures.points * Decimal("0.015") < figures.value + CENTAVO


@pytest.mark.parametrize("share", ["33." + "3" * 36, "99." + "9" * 36])
def test_a_rate_with_as_many_digits_as_dynamodb_keeps_is_rounded_down_too(share: str) -> None:
    rate, total = Decimal(share), Decimal(300)
    exact = Fraction(rate) * 300
    given_back = Cashback(rate).figures(total).cashback
    assert given_back is not None
    assert 0 <= exact / 100 - Fraction(given_back) < Fraction(CENTAVO)
    earned = Points(rate, rate).figures(total)
    assert earned.points == int(exact)
    assert 0 <= int(exact) * Fraction(rate) - Fraction(earned.value) < Fraction(CENTAVO)


@given(total=AMOUNTS, months=st.sets(st.integers(2, 60), min_size=1, max_size=6))
def test_of_any_msi_the_longest_is_the_best_and_every_figure_is_in_centavos(
    total: Decimal, months: set[int]
) -> None:
    basket_ = basket(str(total), credit=total)
    found = [option_for(Term(Instalments(m)), basket_) for m in months]
    chosen = best_of(found, total)
    longest = max((o for o in found if o.eligible), key=lambda o: o.months or 0, default=None)

    assert (chosen is None) == (longest is None)
    if chosen and longest:
        [option] = [o for o in found if o.benefit == chosen.benefit]
        assert option.cost_per_month == longest.cost_per_month
    for option in found:
        for figure in (option.monthly_payment, option.last_payment, option.value):
            assert figure is not None
            assert figure.as_tuple().exponent == -2


def test_the_last_instalment_takes_the_centavos_left_over() -> None:
    option = only_option(msi(12), total="100.00")

    assert (option.months, option.monthly_payment, option.last_payment) == (
        12,
        Decimal("8.33"),
        Decimal("8.37"),
    )
    assert (option.value, option.cost_per_month) == (Decimal("0.00"), Decimal("8.33"))


def test_a_maximum_bounds_cashback_and_points() -> None:
    assert only_option(cashback("10", maximum=Decimal(300))).cashback == Decimal("300.00")
    assert only_option(cashback("10", maximum=Decimal(500))).cashback == Decimal("500.00")
    assert only_option(points("2", maximum=Decimal(300))).points == 300


def test_points_of_unstated_worth_count_as_nothing() -> None:
    option = only_option(points("2"))

    assert (option.points, option.value, option.eligible) == (10_000, Decimal("0.00"), True)


def test_a_total_is_exact_and_bounded_by_what_one_movement_carries() -> None:
    assert total_of(product(price="0.07"), 100) == Decimal("7.00")
    assert total_of(product(price="9999999999.99"), 1) == Decimal("9999999999.99")
    with pytest.raises(TotalTooLarge):
        total_of(product(price="5000000000.00"), 2)


# --- Reading what retailers write ------------------------------------------------------------

READABLE: list[tuple[Any, list[str], list[str]]] = [
    ("MSI 12", ["MSI-12"], ["12 MSI"]),
    ("12 MSI", ["MSI-12"], ["12 MSI"]),
    ("msi-12", ["MSI-12"], ["12 MSI"]),
    (" 12  Meses sin Intereses ", ["MSI-12"], ["12 MSI"]),
    ("3, 6 y 12 MSI", ["MSI-3", "MSI-6", "MSI-12"], ["3 MSI", "6 MSI", "12 MSI"]),
    ("MSI 3/6", ["MSI-3", "MSI-6"], ["3 MSI", "6 MSI"]),
    ("cashback 5%", ["cashback"], ["5 % cashback"]),
    ("5 % de Cashback", ["cashback"], ["5 % cashback"]),
    ("2.5% cashback", ["cashback"], ["2.5 % cashback"]),
    ("1 punto por peso", ["points"], ["1 punto por peso"]),
    ("2.50 points per peso", ["points"], ["2.5 puntos por peso"]),
    (msi(12, 3, 12), ["MSI-3", "MSI-12"], ["3 MSI", "12 MSI"]),
    (msi(3, description="3 meses sin intereses", note=None), ["MSI-3"], ["3 MSI"]),
    ({"type": "msi", "months": Decimal(6)}, ["MSI-6"], ["6 MSI"]),
    ({"type": "MSI", "months": "6"}, ["MSI-6"], ["6 MSI"]),
    ({"type": "MSI", "months": {Decimal(3)}}, ["MSI-3"], ["3 MSI"]),
    (cashback("10"), ["cashback"], ["10 % cashback"]),
    ({"type": "Cashback", "percent": "7.5"}, ["cashback"], ["7.5 % cashback"]),
    (cashback("5", note="de lunes a viernes"), ["cashback"], ["5 % cashback"]),
    (cashback("100"), ["cashback"], ["100 % cashback"]),
    (points("1000"), ["points"], ["1000 puntos por peso"]),
    ({"type": "puntos", "points_per_peso": Decimal("0.5")}, ["points"], ["0.5 puntos por peso"]),
    (
        cashback("5", minimum_purchase=Decimal(1500)),
        ["cashback"],
        ["5 % cashback desde 1500.00 pesos"],
    ),
    (cashback("5", minimum_purchase=Decimal(0)), ["cashback"], ["5 % cashback"]),
]


@pytest.mark.parametrize(("written", "benefits", "labels"), READABLE, ids=str)
def test_a_benefit_is_read_as_the_retailer_wrote_it(
    written: Any, benefits: list[str], labels: list[str]
) -> None:
    terms = terms_of(product(written))

    assert [option_for(t, basket()).benefit for t in terms] == benefits
    assert all(option_for(t, basket()).eligible for t in terms)
    assert labels_of(terms, TODAY) == labels


UNREADABLE: list[tuple[Any, str, str]] = [
    ("MSI", "MSI", "how many months"),
    ("cashback", "cashback", "percent"),
    ("points", "points", "points_per_peso"),
    ("puntos", "points", "points_per_peso"),
    ("cashback 5", "unknown", "no benefit"),
    ("hasta 5% cashback", "unknown", "no benefit"),
    ("cashback 100 pesos", "unknown", "no benefit"),
    ("2 puntos", "unknown", "no benefit"),
    ("1 MSI", "MSI", "how many months"),
    ("61 MSI", "MSI", "how many months"),
    ("cashback 100.01%", "cashback", "percent"),
    ("envío gratis", "unknown", "no benefit"),
    ("", "unknown", "no benefit"),
    (Decimal(5), "unknown", "no benefit"),
    (None, "unknown", "no benefit"),
    ([msi(3)], "unknown", "no benefit"),
    ({}, "unknown", "no benefit"),
    ({"type": ["MSI"], "months": Decimal(3)}, "unknown", "no benefit"),
    (msi(), "MSI", "how many months"),
    (msi(3, 1), "MSI", "how many months"),
    ({"type": "MSI", "months": Decimal("3.5")}, "MSI", "how many months"),
    ({"type": "MSI", "months": Decimal("1E+125")}, "MSI", "how many months"),
    ({"type": "MSI", "months": {"first": 3}}, "MSI", "how many months"),
    ({"type": "MSI", "months": [None]}, "MSI", "how many months"),
    (cashback("-5"), "cashback", "percent"),
    (cashback("0"), "cashback", "percent"),
    (cashback("1E+125"), "cashback", "percent"),
    ({"type": "cashback", "percent": True}, "cashback", "percent"),
    (cashback("5", maximum="mucho"), "cashback", "maximum"),
    (cashback("5", maximum=Decimal(0)), "cashback", "maximum"),
    (cashback("5", maximum=False), "cashback", "maximum"),
    (cashback("5", maximum=""), "cashback", "maximum"),
    (points("2", maximum=Decimal(0)), "points", "maximum"),
    (points("1001"), "points", "points_per_peso"),
    (points("1", peso_per_point=Decimal(-1)), "points", "peso_per_point"),
    (msi(3, minimum_purchase="lo normal"), "MSI", "minimum_purchase"),
    (msi(3, valid_until="pronto"), "MSI", "valid_until"),
    (msi(3, valid_from=Decimal(20261122)), "MSI", "valid_from"),
    (cashback("5", valid_to="2026-11-01"), "cashback", "valid_to"),
    (cashback("5", valid_to="2026-11-01T00:00:00Z"), "cashback", "valid_to"),
    (cashback("5", max_amount=Decimal(100)), "cashback", "max_amount"),
    (cashback("5", cap="$100"), "cashback", "cap"),
    (cashback("5", months=[Decimal(3)]), "cashback", "months"),
    (msi(3, active=False), "MSI", "active"),
    (msi(3, valid_until=""), "MSI", "valid_until"),
    (msi(3, valid_from="0001-01-01T00:00:00Z"), "MSI", "valid_from"),
    (msi(3, valid_until="9999-12-31T23:59:59-12:00"), "MSI", "valid_until"),
]


@pytest.mark.parametrize(("written", "type_", "problem"), UNREADABLE, ids=str)
def test_what_cannot_be_read_is_listed_as_not_eligible_with_the_reason(
    written: Any, type_: str, problem: str
) -> None:
    [option] = options(written)

    assert (option.type, option.eligible, option.benefit) == (type_, False, None)
    assert problem in str(option.reason)
    assert option.reason_code == "UNREADABLE"
    assert {getattr(option, figure) for figure in FIGURES} == {None}
    assert best_of([option], Decimal(5000)) is None


def test_the_reason_quotes_a_retailers_own_text_but_not_all_of_a_long_one() -> None:
    [short], [long] = options("regalo sorpresa"), options("regalo " * 1000)

    assert "regalo sorpresa" in str(short.reason)
    assert len(str(long.reason)) < 200


SCALARS = (
    st.none() | st.booleans() | st.text(max_size=20) | st.decimals("-1E+125", "1E+125", places=3)
)
KEYS = st.sampled_from(["type", "months", "percent", "points_per_peso", "valid_from", "maximum"])


@settings(deadline=None)
@given(
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(
        KEYS,
        SCALARS | st.lists(SCALARS, max_size=3) | st.sampled_from(["MSI", "cashback", "points"]),
    )
)
def test_whatever_a_retailer_writes_becomes_options(written: Any) -> None:
    for option in options(written):
        assert option.eligible or option.reason


def test_of_too_many_benefits_the_first_are_looked_at() -> None:
    many = [msi(*range(2, 20)), *[msi(m) for m in range(20, 60)]]

    assert len(terms_of(product(*many))) == MAX_TERMS


CHOICES = {
    "MSI-12": "MSI-12",
    "msi 12": "MSI-12",
    "12 MSI": "MSI-12",
    "12 meses sin intereses": "MSI-12",
    "cashback": "cashback",
    "5% cashback": "cashback",
    "CASHBACK": "cashback",
    "points": "points",
    "puntos": "points",
    "2 puntos por peso": "points",
    "MSI": None,
    "3, 6 MSI": None,
    "99 MSI": None,
    "descuento": None,
    "": None,
}


@pytest.mark.parametrize("text", CHOICES, ids=str)
def test_a_choice_is_read_as_the_benefit_of_an_option(text: str) -> None:
    assert parse_choice(text) == CHOICES[text]


@pytest.mark.parametrize(("written", "benefits", "_labels"), READABLE, ids=str)
def test_the_benefit_of_every_option_is_a_choice(
    written: Any, benefits: list[str], _labels: list[str]
) -> None:
    assert [parse_choice(benefit) for benefit in benefits] == benefits


# --- Eligibility -----------------------------------------------------------------------------

DAY = timedelta(days=1)
REFUSED: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    "sold out": (cashback("5"), {"stock": 0}, "sold out", "OUT_OF_STOCK"),
    "too few": (cashback("5"), {"stock": 2, "quantity": 3}, "only 2", "OUT_OF_STOCK"),
    "tomorrow": (
        cashback("5", valid_from=str(TODAY + DAY)),
        {},
        "begins on 2026-11-23",
        "NOT_YET_VALID",
    ),
    "yesterday": (
        cashback("5", valid_until=str(TODAY - DAY)),
        {},
        "ended on 2026-11-21",
        "EXPIRED",
    ),
    "a day over by its moment": (
        cashback("5", valid_until="2026-11-22T05:59:59+00:00"),
        {},
        "ended on 2026-11-21",
        "EXPIRED",
    ),
    "a centavo below the minimum": (
        cashback("5", minimum_purchase=Decimal("5000.01")),
        {},
        "at least 5000.01 pesos",
        "BELOW_MINIMUM",
    ),
    "nothing to give back": (cashback("5"), {"total": "0.19"}, "too small", "TOTAL_TOO_SMALL"),
    "nothing to divide": (msi(12), {"total": "0.11"}, "too small", "TOTAL_TOO_SMALL"),
    "no point": (points("1"), {"total": "0.99"}, "too small", "TOTAL_TOO_SMALL"),
    "no credit account": (msi(12), {"credit": None}, "has none", "NEEDS_CREDIT_ACCOUNT"),
    "a centavo too little credit": (
        msi(12),
        {"credit": Decimal("4999.99")},
        "5000.00 pesos left",
        "INSUFFICIENT_CREDIT",
    ),
}


@pytest.mark.parametrize(("benefit", "changes", "reason", "code"), REFUSED.values(), ids=REFUSED)
def test_a_benefit_that_the_customer_cannot_have_says_why_and_keeps_its_figures(
    benefit: Any, changes: dict[str, Any], reason: str, code: str
) -> None:
    option = only_option(benefit, **changes)

    assert not option.eligible
    assert option.reason_code == code
    assert reason in str(option.reason)
    assert str(option.reason).endswith(".")
    assert option.benefit is not None
    assert option.cost_per_month is not None


JUST_ALLOWED: dict[str, tuple[Any, dict[str, Any]]] = {
    "the last ones": (cashback("5"), {"stock": 3, "quantity": 3}),
    "from today": (cashback("5", valid_from=str(TODAY)), {}),
    "until today": (cashback("5", valid_until=str(TODAY)), {}),
    "until today by its moment": (cashback("5", valid_until="2026-11-23T05:59:59Z"), {}),
    "exactly the minimum": (cashback("5", minimum_purchase=Decimal(5000)), {}),
    "a centavo back": (cashback("5"), {"total": "0.20"}),
    "a centavo a month": (msi(12), {"total": "0.12"}),
    "one point": (points("1"), {"total": "1.00"}),
    "exactly the credit": (msi(12), {"credit": Decimal("5000.00")}),
    "no credit for what needs none": (points("1"), {"credit": None}),
}


@pytest.mark.parametrize(("benefit", "changes"), JUST_ALLOWED.values(), ids=JUST_ALLOWED)
def test_a_benefit_that_the_customer_can_just_have_is_eligible(
    benefit: Any, changes: dict[str, Any]
) -> None:
    option = only_option(benefit, **changes)

    assert (option.eligible, option.reason, option.reason_code) == (True, None, None)


# --- The best --------------------------------------------------------------------------------


def test_the_most_pesos_back_are_best_and_msi_is_named_beside_them() -> None:
    assert best(msi(3, 12), cashback("5"), points("1", peso_per_point=Decimal("0.04"))) == (
        "cashback",
        (
            "cashback gives 250.00 pesos back, more than any other benefit; MSI-12 gives nothing "
            "back, but asks 416.66 pesos a month instead of 5000.00 at once."
        ),
    )


def test_points_that_are_worth_more_than_the_cashback_are_best() -> None:
    assert best(cashback("5"), points("1", peso_per_point=Decimal("0.06"))) == (
        "points",
        "points gives 5000 points, worth 300.00 pesos, more than any other benefit.",
    )


def test_between_equals_money_is_better_than_points() -> None:
    assert best(points("1", peso_per_point=Decimal("0.05")), cashback("5")) == (
        "cashback",
        "cashback gives 250.00 pesos back, as much as the points are worth, and in money.",
    )


def test_where_nothing_is_given_back_the_fewest_pesos_a_month_are_best() -> None:
    assert best(points("2"), msi(6, 12, 3)) == (
        "MSI-12",
        (
            "MSI-12 asks 416.66 pesos a month without interest, the least that can be chosen, and "
            "no other benefit is known to give pesos back."
        ),
    )


@pytest.mark.parametrize(
    ("benefit", "sentence"),
    [
        (msi(6), "MSI-6 asks 833.33 pesos a month without interest"),
        (cashback("1"), "cashback gives 50.00 pesos back"),
        (points("2"), "points gives 10000 points, whose worth the retailer does not state"),
    ],
)
def test_a_benefit_alone_is_best(benefit: Any, sentence: str) -> None:
    other = cashback("50", valid_until="2026-01-31") if benefit["type"] == "MSI" else msi(99)

    assert best(benefit, other)[1] == f"{sentence}, and is the only benefit that can be chosen."


def test_nothing_is_best_where_nothing_is_eligible() -> None:
    assert best_of(options(msi(12), "cashback", credit=None), Decimal(5000)) is None
    assert best_of(options(), Decimal(5000)) is None


def test_each_benefit_is_one_option_by_the_best_term_that_can_be_had() -> None:
    expired = cashback("50", valid_until=str(TODAY - DAY))
    found = options(cashback("3"), expired, cashback("5"), msi(12), msi(12, 6))

    assert [o.benefit for o in found] == ["cashback", "MSI-12", "MSI-6"]
    assert found[0].cashback == Decimal("250.00")


def test_an_expired_term_is_shown_where_no_other_gives_the_benefit() -> None:
    expired = cashback("50", valid_until=str(TODAY - DAY))

    [option] = options(expired, expired)

    assert (option.benefit, option.eligible) == ("cashback", False)


def test_options_come_with_the_best_first_and_the_rest_as_the_retailer_wrote_them() -> None:
    found = options("points", msi(12), cashback("5"), "regalo")

    assert [o.type for o in found] == ["cashback", "MSI", "points", "unknown"]


# --- The operation ---------------------------------------------------------------------------


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


def test_the_clock_of_the_tests_stands_on_the_day_that_they_assume() -> None:
    assert date(2026, 11, 22) == TODAY
