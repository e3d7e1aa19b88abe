"""Texts made comparable: folded, composed and split into tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import composed, fold, tokens_of


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("written", ["JOSÉ", "jose", "Jose\u0301", "ＪＯＳＥ", "jo\u200bsé"])
def test_case_accents_width_and_invisible_characters_are_folded_away(written: str) -> None:
    assert fold(written) == "jose"


def test_a_text_is_composed_with_single_blanks() -> None:
    assert composed("  Jose\u0301 \t Luis\n") == "José Luis"


def test_genitives_and_separating_signs_are_tokens_of_their_own() -> None:
    assert tokens_of("Juan's mom, Ana & O_Brien") == [
        "juan",
        "'s",
        "mom",
        ",",
        "ana",
        "&",
        "o",
        "brien",
    ]
