"""Money is parsed strictly and never guessed."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import MAX_AMOUNT, amount_from_number, amount_from_text

centavos = st.integers(1, 999_999_999_999).map(lambda n: Decimal(n) / 100)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100", "100.00"),
        (" 100 ", "100.00"),
        ("100.1", "100.10"),
        ("100.10", "100.10"),
        ("0.01", "0.01"),
        ("007", "7.00"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_digits_with_at_most_two_decimals_are_an_amount(text: str, amount: str) -> None:
    assert str(amount_from_text(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1,500.50",
        "1.500,50",
        "1 500",
        "1e3",
        "1E3",
        "１００",
        "١٠٠",
        "+1",
        "-1",
        "-0",
        "0",
        "0.00",
        "100.001",
        "100.000",
        "100.",
        ".5",
        "$100",
        "100 pesos",
        "cien",
        "",
        " ",
        "\t100",
        "100\n",
        "\u00a0100",
        "10000000000",
        "00000000001",
        "9999999999.999",
        "NaN",
        "Infinity",
        "0x64",
        "1_000",
        "[100]",
        '{"amount": 100}',
        "True",
        "9" * 100_000,
    ],
)
def test_anything_else_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 1500\.50"):
        amount_from_text(text)


@pytest.mark.parametrize(
    ("number", "amount"),
    [
        (100, "100.00"),
        (100.1, "100.10"),
        (1e2, "100.00"),
        (0.01, "0.01"),
        (1.10, "1.10"),
        (9999999999.99, "9999999999.99"),
        (Decimal(5), "5.00"),
        (Decimal("5.000"), "5.00"),
        (Decimal("1E+2"), "100.00"),
    ],
)
def test_a_json_number_is_the_amount_that_was_written(number: Any, amount: str) -> None:
    assert str(amount_from_number(number)) == amount


@pytest.mark.parametrize(
    "number",
    [
        0,
        -1,
        0.0,
        -0.0,
        -0.01,
        0.001,
        0.1 + 0.2,
        100.001,
        10**10,
        10**30,
        pytest.param(10**5000, id="an integer that cannot be written"),
        1e300,
        5e-324,
        math.nan,
        math.inf,
        -math.inf,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1E+1000"),
        Decimal("1E-1000"),
        Decimal("0.005"),
        MAX_AMOUNT + Decimal("0.01"),
        True,
        False,
        None,
        "100",
        [100],
        {"amount": 100},
        b"100",
    ],
)
def test_no_other_value_is_an_amount(number: Any) -> None:
    with pytest.raises(ValueError, match=r"such as 1500\.50"):
        amount_from_number(number)


@given(amount=centavos)
def test_every_amount_survives_a_float_a_text_and_a_decimal_to_the_centavo(amount: Decimal) -> None:
    assert amount_from_number(float(amount)) == amount
    assert amount_from_text(f"{amount:.2f}") == amount
    assert amount_from_number(amount) == amount


@given(value=st.floats() | st.decimals() | st.integers() | st.text() | st.none())
def test_whatever_is_taken_is_positive_bounded_and_whole_centavos(value: Any) -> None:
    read = amount_from_text if isinstance(value, str) else amount_from_number
    try:
        amount = read(value)
    except ValueError:
        return
    assert 0 < amount <= MAX_AMOUNT
    assert amount.as_tuple().exponent == -2
    assert amount == Decimal(str(value))
