"""The text that a person writes: what is refused, the language, and a plain yes or no."""

import pytest

from console.agent.brain import Heard, Say
from console.agent.decisions import read_decision
from console.agent.events import Problem, Text
from console.agent.input_text import MAX_CHARACTERS
from console.agent.language import language_of
from tests.support.agents import ScriptedBrain, conversation, of_type
from tests.support.world import World


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "EMPTY"),
        (" \t\n ", "EMPTY"),
        ("a" * 10_000, "TOO_LONG"),
        ("transfiere 1\x0000 a mi hermano", "CONTROL_CHARACTERS"),
        ("transfiere 1\u200b00 a mi hermano", "CONTROL_CHARACTERS"),
        ("transfiere \u202e001 a mi hermano", "CONTROL_CHARACTERS"),
        ("\x1b[2Jhola", "CONTROL_CHARACTERS"),
        ("hola \ud800", "CONTROL_CHARACTERS"),
    ],
)
def test_a_text_that_cannot_be_read_gets_a_sentence_and_the_chat_goes_on(
    bank: World, text: str, code: str
) -> None:
    brain = ScriptedBrain([Say("Hola.")])
    chat = conversation(bank, brain)

    events = list(chat.say(text))
    assert [problem.code for problem in of_type(events, Problem)] == [code]
    assert brain.told == []

    assert of_type(list(chat.say("hola")), Text) == [Text("Hola.")]


def test_a_message_of_the_greatest_length_is_heard_whole(bank: World) -> None:
    brain = ScriptedBrain([Say("Hola.")])
    list(conversation(bank, brain).say("a" * MAX_CHARACTERS))

    assert brain.told == [[Heard("a" * MAX_CHARACTERS, "es")]]


def test_blanks_and_line_breaks_become_single_blanks_and_emoji_stay(bank: World) -> None:
    brain = ScriptedBrain([Say("Hola.")])
    list(conversation(bank, brain).say("  hola\n\tfamilia 👨‍👩‍👧 "))

    assert brain.told == [[Heard("hola familia 👨‍👩‍👧", "es")]]


def test_the_language_is_that_of_the_last_message_that_shows_one(bank: World) -> None:
    brain = ScriptedBrain(*[[Say("…")]] * 4)
    chat = conversation(bank, brain)
    spoken = []
    for text in ("hola", "what is my balance?", "500", "¿cuánto tengo?"):
        list(chat.say(text))
        spoken.append(chat.language)

    assert spoken == ["es", "en", "en", "es"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Transfiere 100 pesos a mi hermano", "es"),
        ("send 200 to my brother", "en"),
        ("show me my last 5 transactions", "en"),
        ("mis ultimos movs", "es"),
        ("get me a suitcase", "en"),
        ("buy it", "en"),
        ("ok buy it", "en"),
        ("and in savings?", "en"),
        ("running shoes", "en"),
        ("how much in 12 installments", "en"),
        ("a 12 meses", "es"),
        ("quiero una laptop", "es"),
        ("manda 100 a mi hermano para the rent", "es"),
        ("send 100 to mi hermano", "en"),
        ("send 61 pesos to mi hermano", "en"),
        ("Send my brother 200 pesos", "en"),
        ("mi hermano", "es"),
        ("tequila", None),
        ("no", None),
        ("no quiero", "es"),
        ("no thanks", "en"),
        ("thx", "en"),
        ("ur useless", "en"),
        ("i lost my phone", "en"),
        ("12345", None),
        ("acc-maria-checking", None),
        ("saldo de acc-maria-checking y acc-maria-savings", "es"),
        ("createTransfer to_account=acc-juan-checking from_account=acc-maria-savings", None),
    ],
)
def test_languages_are_told_apart_by_everyday_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        *("sí", "Si", "SÍ!", "sí, por favor", "ok", "va", "dale", "claro que sí", "confirmo"),
        *("de acuerdo", "sí, hazlo", "adelante, gracias", "yes", "Yes please", "go ahead", "sure"),
        *(
            "simón",
            "órale",
            "está bien",
            "afirmativo",
            "ya estás",
            "sí señor",
            "do it",
            "yes, go ahead",
            "ok 👍",
            "sí 🙏🏽",
        ),
    ],
)
def test_a_plain_yes_confirms(text: str) -> None:
    assert read_decision(text) == "CONFIRM"


@pytest.mark.parametrize(
    "text",
    [
        *("no", "No, gracias", "cancela", "mejor no", "ya no", "olvídalo", "espera", "nel"),
        *("no thanks", "cancel", "never mind", "don't", "don't do it", "no, cancel it"),
    ],
)
def test_a_plain_no_declines(text: str) -> None:
    assert read_decision(text) == "DENY"


@pytest.mark.parametrize(
    "text",
    [
        *("sí pero 200", "sí, a mi mamá", "no, mejor 200", "no, a mi mamá", "sí no", "ok 500"),
        *("¿sí?", "¿y si no?", "yes but from savings", "si le transfiero 100", "está", "por favor"),
        *("sí 👎", "yes ❌", "¿sí", "sí？", "sí $", "sí ✗"),
        *("cómpralo", "hola", "no sí", "si y no", "ya", "gracias", "sí a todo lo que diga"),
    ],
)
def test_anything_else_decides_nothing(text: str) -> None:
    assert read_decision(text) is None
