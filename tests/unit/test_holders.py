"""Whose account it is: what others see of a holder's name, and what a typed name is worth."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.accounts import MAX_HOLDER_LENGTH, Account
from shared.holders import MAX_SHOWN_LENGTH, names_differ, shown_holder
from shared.text import fold, line_problem

JUAN = "Juan López García"


def account(holder_name: str | None, **attributes: object) -> Account:
    return Account.from_item(
        {
            "user_id": "user-juan",
            "account_id": "acc-juan",
            "account_type": "checking",
            "balance": Decimal(0),
            "status": "active",
            "holder_name": holder_name,
        }
        | attributes
    )


class TestWhatIsShown:
    @pytest.mark.parametrize(
        ("name", "masked"),
        [
            (JUAN, "Juan L*** G***"),
            ("Juan", "Juan"),
            ("MARÍA DEL CARMEN RUIZ", "MARÍA D*** C*** R***"),
            ("María-José O'Higgins López-Portillo", "María-José O*** L***"),
            ("Ju\u0301an A\u0301vila", "Júan Á***"),
            ("  Juan\n\tLópez ", "Juan L***"),
            ("Juan (López) «García»", "Juan L*** G***"),
            ("Juan *** 'Ávila - López", "Juan Á*** L***"),
            ("¡Juan! acc-maria-checking", "¡Juan!"),
            ("\u202eJuan\u200b López\x00García", "Juan L*** G***"),
            ("Juan \U0001f3e6 2", "Juan 2***"),
            ("J" + "\u0336" * 99 + "uan \u3164 \u0301López", "J\u0336\u0336uan L***"),
        ],
    )
    def test_of_somebody_else_the_first_name_and_initials(self, name: str, masked: str) -> None:
        assert shown_holder(account(name), "user-maria") == masked

    def test_ones_own_name_and_a_retailers_are_shown_in_full(self) -> None:
        assert shown_holder(account(JUAN), "user-juan") == JUAN
        assert shown_holder(account(JUAN, holder_type="retailer"), "user-maria") == JUAN

    @pytest.mark.parametrize("holder_type", [None, "", "person", "Retailer", True, ["retailer"]])
    def test_whoever_is_not_said_to_be_a_retailer_is_masked(self, holder_type: object) -> None:
        held = account(JUAN, holder_type=holder_type)
        assert shown_holder(held, "user-maria") == "Juan L*** G***"

    @pytest.mark.parametrize("name", [None, "", " ", "***", "()", "\u200b", "acc-juan", 5, ["x"]])
    def test_a_name_that_says_nobody_is_not_known(self, name: str | None) -> None:
        assert shown_holder(account(name), "user-juan") is None
        assert shown_holder(account(name), "user-maria") is None

    @given(
        name=st.text() | st.text("a ´’'(«\u0301", max_size=400),
        viewer=st.sampled_from(["x", "user-juan"]),
    )
    def test_any_text_of_the_books_is_shown_as_one_bounded_line_without_the_banks_signs(
        self, name: str, viewer: str
    ) -> None:
        shown = shown_holder(account(name), viewer)
        if shown is not None:
            assert shown.isprintable()
            assert shown == shown.strip() != ""
            assert len(shown) <= MAX_SHOWN_LENGTH
            assert line_problem(shown) is None

    def test_a_long_name_is_cut_where_no_blank_is_left_behind(self) -> None:
        long = " ".join(["Wolfeschlegel"] * 100)
        assert len(account(long).holder_name or "") == MAX_HOLDER_LENGTH
        assert shown_holder(account(long), "user-juan") == long[:139]
        assert shown_holder(account("a" + " b" * 300), "user-maria") == "a" + " b***" * 27 + " b**"
        assert long[139] == " "

    @given(name=st.lists(st.text(st.characters(categories=["L"]), min_size=2), min_size=2))
    def test_of_a_further_word_one_letter_is_shown(self, name: list[str]) -> None:
        shown = shown_holder(account(" ".join(name)), "user-maria") or ""
        for word in shown.split()[1:-1]:
            assert word[1:] == "***"


@pytest.mark.parametrize(
    ("typed", "holder"),
    [
        (JUAN, JUAN),
        ("juan lopez garcia", JUAN),
        ("JUAN LÓPEZ", JUAN),
        ("Ju\u0301an Lo\u0301pez", JUAN),
        ("Juan  García", JUAN),
        ("López García Juan", JUAN),
        ("López García, Juan", JUAN),
        ("Juan López García", "LOPEZ GARCIA JUAN"),
        ("Juan López", "LOPEZ GARCIA JUAN CARLOS"),
        ("Juan L. García", JUAN),
        ("Juan López G.", JUAN),
        ("Juan López", "Juan Carlos López García"),
        ("Juan C. López", "Juan Carlos López García"),
        ("José García", "José Luis García"),
        ("María López", "María Guadalupe López García"),
        ("María del Carmen Ruiz", "MARIA CARMEN RUIZ ORTIZ"),
        ("Maria Carmen Ruiz", "María del Carmen Ruiz Ortiz"),
        ("María de los Ángeles Peña", "MARIA DE LOS ANGELES PENA NUNEZ"),
        ("Ana de la Cruz", "Ana Cruz Pérez"),
        ("Ana Cruz", "Ana de la Cruz"),
        ("Sor Juana Inés", "Juana Inés Sor"),
        ("Ana López Portillo", "Ana López-Portillo y Pacheco"),
        ("Ana López-Portillo", "Ana López Portillo Pacheco"),
        ("Ana López‑Portillo", "Ana López-Portillo"),
        ("María José Ruiz", "María-José Ruiz"),
        ("Patricio OHiggins", "Patricio O'Higgins"),
        ("Patricio O’Higgins", "Patricio O'Higgins"),
        ("José Ortega y Gasset", "José Ortega Gasset"),
        ("Juan Ruiz", "Juan de la O Ruiz"),
        ("Ｊｕａｎ Ｌópez", JUAN),
        ("Electrónica Azteca", "Electrónica Azteca, S.A. de C.V."),
        ("Electrónica Azteca SA de CV", "Electrónica Azteca"),
        ("Electrónica Azteca S.A. de C.V.", "ELECTRONICA AZTECA SAPI DE CV"),
        ("Ruta Maya S. de R.L. de C.V.", "Ruta Maya"),
        ("Súper El Nopal", "Súper Nopal"),
        ("Oxxo", "OXXO"),
        ("7 Eleven", "7-Eleven"),
        ("7 Eleven", "7 Eleven México"),
        ("Juan López \u2705", JUAN),
    ],
)
def test_a_name_that_leaves_out_or_writes_otherwise_is_the_holders(typed: str, holder: str) -> None:
    assert not names_differ(typed, holder)


@pytest.mark.parametrize(
    ("typed", "holder"),
    [
        ("Juan López García", "Juana López García"),
        ("Juan López García", "Juan López Ortiz"),
        ("Juan López López", JUAN),
        ("Juan Carlos López", JUAN),
        ("Juan Lopes", JUAN),
        ("Juanito López", JUAN),
        ("Lupita Pérez", "Guadalupe Pérez"),
        ("Mi hermano", JUAN),
        ("Mi hermano Juan López", JUAN),
        ("hermano", "Hermano García"),
        ("Juan", JUAN),
        ("López", JUAN),
        ("López García", JUAN),
        ("José Luis", "José Luis García Pérez"),
        ("García Pérez", "José Luis García Pérez"),
        ("José López", "María José López García"),
        ("José Ruiz", "María-José Ruiz"),
        ("J. López", JUAN),
        ("J. L. G.", JUAN),
        ("J L", "J L"),
        ("Juan P. García", JUAN),
        ("Juan J. López", "Juan López"),
        ("Juan López S.", JUAN),
        ("Martín", "Martín Martín Ruiz"),
        ("Ana de la Cruz", "Ana de la Luz"),
        ("de la", "de la"),
        ("Јuan López", JUAN),
        ("Juan Lόpez", JUAN),
        ("Juan López García", "Juan Lорez García"),
        ("Juan L0pez", JUAN),
        ("Electrónica Azteca", "Electrónica Maya S.A. de C.V."),
        ("S.A. de C.V.", "Electrónica Azteca, S.A. de C.V."),
        ("Sofía", "Sofía Hernández Ruiz"),
        ("", JUAN),
        (" ", JUAN),
        ("...", JUAN),
        ("\u200b", JUAN),
        ("\U0001f600", JUAN),
        ("Juan López", ""),
        ("Juan López", "***"),
        ("", ""),
    ],
)
def test_a_name_that_may_be_another_persons_differs(typed: str, holder: str) -> None:
    assert names_differ(typed, holder)


_WORDS = ("Juan", "Ana", "María", "José", "López", "de", "la", "Ruiz-Paz", "O'Hara", "S.A.", "L.")
_NAMES = st.lists(st.sampled_from(_WORDS), max_size=6).map(" ".join)


@given(typed=_NAMES, holder=_NAMES)
def test_case_and_accents_never_make_a_difference(typed: str, holder: str) -> None:
    assert names_differ(typed, holder) == names_differ(fold(typed), holder.upper())


@given(name=_NAMES)
def test_a_word_more_is_never_the_holders(name: str) -> None:
    assert names_differ(f"{name} Zúñiga", name)


@given(typed=st.text(), holder=st.text())
def test_whatever_is_typed_and_held_gets_an_answer(typed: str, holder: str) -> None:
    assert names_differ(typed, holder) in {True, False}
