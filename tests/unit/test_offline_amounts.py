"""Amounts in digits and words: read back exactly, or doubted, never another one."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.agent.language import Language, language_of
from console.agent.offline.talk import Talk
from console.agent.offline.text import Part
from shared.money import MAX_AMOUNT

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)

UNITS = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
UNITS += " dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés"
UNITS += " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos"
HUNDREDS += " ochocientos novecientos"


def below_thousand(number: int) -> str:
    if number == 100:
        return "cien"
    if number > 100:
        rest = below_thousand(number % 100) if number % 100 else ""
        return f"{HUNDREDS.split()[number // 100 - 1]} {rest}".strip()
    if number < 30:
        return UNITS.split()[number]
    tens, unit = divmod(number, 10)
    return TENS.split()[tens - 3] + (f" y {UNITS.split()[unit]}" if unit else "")


def shortened(words: str) -> str:
    """Before a noun: "veintiún mil", "treinta y un pesos"."""
    return words.removesuffix("o") if words.endswith("uno") else words


def below_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    before = "" if thousands == 1 else shortened(below_thousand(thousands))
    parts = [f"{before} mil" if thousands else "", below_thousand(rest) if rest else ""]
    return " ".join(" ".join(parts).split()) or "cero"


def in_spanish(number: int) -> str:
    millions, rest = divmod(number, 1_000_000)
    if not millions:
        return below_million(rest)
    counted = "un millón" if millions == 1 else f"{shortened(below_million(millions))} millones"
    return f"{counted} {below_million(rest)}" if rest else counted


def read_amount(text: str, language: Language | None = None) -> Part | None:
    """Return the amount of an order to send what the text says."""
    language = language or language_of(text) or "es"
    verb = {"es": "manda", "en": "send"}[language]
    order = text if text.startswith(("manda ", "transfiere ")) else f"{verb} {text}"
    orders = Talk({}, lambda: NOW, language).read(order).orders
    return orders[0].said.get("amount") if orders else None


def amount_of(text: str) -> Decimal | None:
    amount = read_amount(text)
    return None if amount is None or amount.doubt else amount.value


whole_pesos = st.integers(1, 9_999) | st.integers(1, 9_999_999_999)
centavos = st.integers(1, 99)


@given(whole_pesos, centavos)
def test_an_amount_in_words_is_read_back_exactly(pesos: int, cents: int) -> None:
    whole, part = shortened(in_spanish(pesos)), shortened(below_thousand(cents))
    assert amount_of(f"{whole} pesos") == pesos
    text = f"manda {whole} pesos con {part} centavos a mi hermano"
    assert amount_of(text) == Decimal(pesos) + Decimal(cents) / 100


@given(st.decimals(Decimal("0.01"), MAX_AMOUNT, places=2))
def test_an_amount_in_digits_is_read_back_exactly(amount: Decimal) -> None:
    for text in (f"{amount:f}", f"{amount:,f}", f"${amount:,f}", f"$ {amount:f} pesos"):
        assert amount_of(f"transfiere {text} a mi hermano") == amount


@given(st.text("0123456789.,' -$kmilyocndeu", max_size=14))
def test_nothing_that_is_written_with_digits_is_read_as_an_amount_beyond_its_digits(
    text: str,
) -> None:
    value = amount_of(text)

    assert value is None or 0 < value <= MAX_AMOUNT
    assert value is None or value == value.quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,500.50", "1500.50"),
        ("1500", "1500"),
        ("$250", "250"),
        ("10 mil", "10000"),
        ("10mil", "10000"),
        ("1.5 mil", "1500"),
        ("1.5k", "1500"),
        ("10 mil quinientos", "10500"),
        ("10 mil 500", "10500"),
        ("mil quinientos", "1500"),
        ("quinientos varos", "500"),
        ("un peso", "1"),
        ("50 centavos", "0.50"),
        ("cien pesos con 50", "100.50"),
        ("un millón de pesos", "1000000"),
        ("two hundred and fifty", "250"),
        ("fifteen hundred", "1500"),
        ("5 hundred", "500"),
        ("2 grand", "2000"),
        ("a thousand pesos", "1000"),
    ],
)
def test_the_usual_ways_of_writing_an_amount_are_read(text: str, amount: str) -> None:
    assert amount_of(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        *("1.500", "1,50", "10.555", "1'500", "1 500", "1,5 mil", "007", "12,34,567", "5M"),
        *(
            "unos 200",
            "como 300",
            "casi 100",
            "200 aprox",
            "mil y pico",
            "más de 100",
            "200 o algo",
        ),
        *("entre 100 y 200", "100 o 200", "100-200", "100 y 200", "de 100 a 200"),
        *("-100", "0", "cero pesos", "99999999999.99", "20 dólares", "€20", "us$20", "10%"),
        *(
            "todo mi saldo",
            "la mitad",
            "cien doscientos",
            "0 mil",
            "1.5 centavos",
            "cero mil",
            "mil mil",
            "dos",
            "5 mil mil",
            "dos k",
        ),
        *("about 200", "200 or so", "100 to 200", "all my money", "20 bucks", "five hundred six k"),
    ],
)
def test_what_is_not_surely_one_amount_is_doubted(text: str) -> None:
    amount = read_amount(f"transfiere {text} a mi hermano", language_of(text) or "es")

    assert amount is not None
    assert amount.doubt


@pytest.mark.parametrize(
    "text",
    [
        *("a 12 meses", "mis últimos 5 movimientos", "la de 32 pulgadas", "el 15 de noviembre"),
        *("128 GB", "cuenta 12345", "una feria", "una transferencia", "15/11/2026", "la 2a"),
    ],
)
def test_a_number_of_something_else_is_no_amount(text: str) -> None:
    assert read_amount(text) is None
