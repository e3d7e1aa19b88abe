"""A benefit is read as its retailer wrote it, and what cannot be read says why."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_groups.marketplace import benefits
from action_groups.marketplace.benefits import (
    MAX_TERMS,
    best_of,
    labels_of,
    option_for,
    parse_choice,
    terms_of,
)
from tests.support.benefits import TODAY, basket, cashback, msi, options, points, product

FIGURES = {"months", "monthly_payment", "last_payment", "cashback", "points"}
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


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (cashback("1"), {"type": "cashback", "percent": True}),
        (msi(3, note=None), msi(3, note=Decimal(0))),
        (cashback("5", valid_until=""), cashback("5", valid_until=None)),
        (cashback("5"), cashback("6")),
        ("12 MSI", "6 MSI"),
    ],
    ids=str,
)
def test_what_is_written_otherwise_is_read_anew(first: Any, then: Any) -> None:
    alone = {id(written): _read_alone(written) for written in (first, then)}

    assert terms_of(product(first, then, first)) == [
        *alone[id(first)],
        *alone[id(then)],
        *alone[id(first)],
    ]
    assert alone[id(first)] != alone[id(then)]


def test_a_moment_has_its_day_in_the_zone_that_is_asked_for() -> None:
    written = msi(3, valid_until="2026-11-22T03:00:00Z")

    days = [
        terms_of(product(written), ZoneInfo(zone))[0].valid_until
        for zone in ("UTC", "America/Mexico_City", "UTC")
    ]

    assert days == [date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 22)]


def test_of_what_retailers_wrote_a_bounded_part_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(benefits, "_read_before", {})
    for months in range(2, 1000):
        terms_of(product(msi(months)))
    long = terms_of(product(msi(3, note="a" * 1000)))

    assert len(benefits._read_before) == 256
    assert [term.offer.benefit for term in long] == ["MSI-3"]
    monkeypatch.setattr(benefits, "_read_before", {})
    terms_of(product(msi(3, note="a" * 1000)))
    assert benefits._read_before == {}


def _read_alone(written: Any) -> list[benefits.Term]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benefits, "_read_before", {})
        return terms_of(product(written))
