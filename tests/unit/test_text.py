"""Texts made comparable: folded, composed and split into tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import composed, fold, line_problem, plain_line, tokens_of


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


class TestALineThatACardShows:
    @pytest.mark.parametrize(
        "line",
        [
            "María José López-Portillo",
            "María-José",
            "Patricio O'Higgins",
            "Patricio O’Higgins",
            "Comercializadora S.A. de C.V.",
            "my mother-in-law",
            "ex-novia",
            "vacc-19",
            "7-Eleven",
            "Renta 2026-11, depto. 4-B",
            "CFE 123456789012",
            "Accesorios y acc.",
            "50% de la cena + propina = 120",
            "🏠 casa",
        ],
    )
    def test_names_numbers_and_hyphens_are_as_people_write_them(self, line: str) -> None:
        assert line_problem(line) is None
        assert plain_line(line) == line.replace("’", "'")

    @pytest.mark.parametrize("sign", "()[]{}<>«»‹›“”‘’„‚「」《》⟨⟩（）＜＞≪≫⋘﹙﹚❮❯⸢⸣༼༽≮")
    def test_what_opens_or_closes_is_named_and_left_out(self, sign: str) -> None:
        line = f"hermano {sign} Juan{sign}"
        assert (line_problem(line) or "").startswith(f"must not have {sign} in it: ")
        assert plain_line(line) == "hermano Juan"

    @pytest.mark.parametrize(
        "identifier",
        [
            "acc-juan-checking",
            "ACC-JUAN-CHECKING",
            "acc_1",
            "acc001",
            "hermano/acc-juan",
            "acc-juan.",
            "acc\u2011juan",
            "acc\u2013juan",
            "acc\u2212juan",
            "acc--juan",
            "ａｃｃ－ｊｕａｎ",
            "àcc-juan",
        ],
    )
    def test_an_account_id_is_refused_and_left_out(self, identifier: str) -> None:
        line = f"Juan {identifier} López"
        assert line_problem(line) == (
            "must not have an account id in it: say in words who or what it is"
        )
        assert plain_line(line) == "Juan López"

    @pytest.mark.parametrize("blank", "\u2800\u3164\u115f\u1160\uffa0")
    def test_what_only_looks_like_a_blank_makes_no_room_for_a_line_of_its_own(
        self, blank: str
    ) -> None:
        assert "look like blanks" in (line_problem(f"Cena{blank}") or "")
        assert plain_line(f"Cena{blank * 60}Monto 1.00") == "Cena Monto 1.00"

    def test_a_letter_has_no_pile_of_marks_but_those_of_its_language(self) -> None:
        assert "two marks" in (line_problem("Juan Lo\u0301\u0336\u0347pez") or "")
        assert plain_line("Juan L" + "\u0336" * 99 + "ópez") == "Juan L\u0336\u0336ópez"
        vietnamese = "Nguye\u0302\u0303n"
        assert line_problem(vietnamese) is None
        assert plain_line(vietnamese) == "Nguyễn"

    def test_no_id_is_made_by_what_is_left_out(self) -> None:
        assert plain_line("acc(-)juan") == "acc - juan"
        assert plain_line("acc\u200b-juan López") == "López"

    def test_line_breaks_and_control_characters_are_blanks(self) -> None:
        assert plain_line(" Juan\r\n\tLópez\x00\ud800García\u202e\u2028") == "Juan López García"

    @given(st.text() | st.text("acc-_1’'=\u0338\u0301\u200d\u3164 <"))
    def test_what_is_left_is_one_line_without_a_problem_and_stays_so(self, text: str) -> None:
        line = plain_line(text)
        assert line.isprintable()
        assert line_problem(line) is None
        assert plain_line(line) == line
