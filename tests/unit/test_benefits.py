"""What MSI, cashback and points come to, who can have them, and which of them is the best."""

from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_groups.marketplace.benefits import (
    Cashback,
    Instalments,
    Points,
    Term,
    best_of,
    option_for,
    total_of,
)
from action_groups.marketplace.errors import TotalTooLarge
from shared.money import CENTAVO
from tests.support.benefits import (
    TODAY,
    basket,
    cashback,
    msi,
    only_option,
    options,
    points,
    product,
)

AMOUNTS = st.decimals("0.01", "9999999999.99", places=2)


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


def test_the_clock_of_the_tests_stands_on_the_day_that_they_assume() -> None:
    assert date(2026, 11, 22) == TODAY
