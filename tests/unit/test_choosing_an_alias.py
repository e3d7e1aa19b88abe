"""What an alias is stored and compared as, and which aliases are refused as dangerous."""

import pytest

from action_groups.crm.aliases.choosing import alias_problem
from action_groups.crm.aliases.folding import Key, comparison_key, index_key
from action_groups.crm.aliases.resolving import in_order
from tests.support.alias_cases import JUAN, ROSA, Someone

# --- Keys


def test_the_index_key_of_an_ordinary_alias_is_its_lower_case():
    for alias in ("Mi Hermano", "mamá", "Ñoño", "José 2", "la renta"):
        assert index_key(alias) == alias.lower()


def test_the_index_key_makes_blanks_single_and_accents_composed():
    assert index_key("  Mi \t MAMA\u0301 ") == "mi mamá"


@pytest.mark.parametrize("alias", ["a mi Hermano", "Al hermano", "hermano", "mi hermano 😀"])
def test_articles_case_and_prepositions_do_not_change_the_comparison_key(alias):
    assert comparison_key(alias) == "hermano"


def test_accents_and_tildes_do_not_change_the_comparison_key():
    assert comparison_key("Señora Peña") == comparison_key("senora pena")


@pytest.mark.parametrize("alias", ["", "a la", "😀", "¿?", "mi", "\u200b"])
def test_the_comparison_key_is_empty_when_the_alias_says_nothing(alias):
    assert comparison_key(alias) == ""


# --- Choosing an alias


def problem(alias: str, name: str = "Zoila Ek Canul", relationship: str = "") -> str | None:
    others = [JUAN, ROSA, Someone("pedro", "Pedro Núñez", "Pedrito", "friend")]
    return alias_problem(Key(alias), name=name, relationship=relationship, others=in_order(others))


@pytest.mark.parametrize(
    "alias",
    [
        "mi hermana",
        "Lupita",
        "la renta",
        "casero",
        "Dr. Gómez",
        "José 2",
        "Juan el de la tienda",
        "mi carnala",
        "Agua y luz",
        "tía Lupe",
        "el gordito",
        "Depto 301",
        "Ma. José",
        "H&M",
        "OXXO",
        "mamá ❤️",
        "Renta de la casa",
        "mamá de Juan",
        "Tacos Los Compadres",
        "La Güera",
    ],
)
def test_an_ordinary_alias_is_accepted(alias):
    assert problem(alias) is None


@pytest.mark.parametrize(
    "alias",
    [
        *("", "a la", "mi", "😀", "...", "x"),
        *("123456", "072580001234567890", "cuenta 0725 8000 1234", "55 1234 5678", "12 34"),
        *("yo", "mí", "me", "myself", "mi cuenta", "yo mismo", "a mi tarjeta"),
        *("todos", "nadie", "cualquiera", "el mismo", "el de siempre", "otro", "sí", "no", "ok"),
        *("mis hermanos", "los primos", "mis papás", "Juan y Pedro", "mamá o papá", "Ana, Luis"),
        *("transfiere", "cancelar", "confirmar", "transfiere a Ana", "tu hermano", "un amigo"),
        *("her\u200bmano", "\u202eonamreh", "casa\n", "herm\u0430no", "\u0441asa x"),
        *("Juan Pérez López", "Juan", "rosa", "Pérez", "Pedro Nunez"),
    ],
)
def test_a_dangerous_alias_is_refused_with_one_sentence(alias):
    text = problem(alias)
    assert text is not None
    assert text.endswith(".")
    assert text.count(". ") == 0


@pytest.mark.parametrize(
    ("alias", "relationship"),
    [("mi mamá", "friend"), ("mi hermana", "brother"), ("tía", "mother"), ("suegra", "mamá")],
)
def test_a_kinship_that_the_relationship_contradicts_is_refused(alias, relationship):
    assert problem(alias, relationship=relationship) is not None


@pytest.mark.parametrize(
    ("alias", "relationship"),
    [
        ("mi mamá", "mother"),
        ("mi jefa", "mother"),
        ("mi jefe", "boss"),
        ("mi carnal", "friend"),
        ("mi novio", "partner"),
        ("mi prima", "cousin"),
        ("mi tía", "family"),
        ("doctora", "mother"),
        ("mi abue", "grandmother"),
        ("mi tía", "unheard-of"),
    ],
)
def test_a_kinship_that_the_relationship_allows_is_accepted(alias, relationship):
    assert problem(alias, relationship=relationship) is None


def test_the_first_name_of_another_person_is_refused_even_for_a_namesake():
    assert problem("Juan", name="Juan Vidal Mora") is not None
    assert problem("Juan Vidal", name="Juan Vidal Mora") is None


def test_an_alias_in_the_name_of_a_business_may_be_a_plural():
    assert problem("Los Compadres", name="Taquería Los Compadres") is None
