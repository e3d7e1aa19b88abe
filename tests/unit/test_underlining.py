"""How a message was read is told with the person's own words: in the trace, and to the page."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from console.agent.brain import Heard
from console.agent.events import MessageRead, as_json
from console.agent.offline import OfflineBrain
from console.agent.offline.lexicon import TOLD_AS, lexicon
from console.chat.rendering import Plain
from tests.support.utterances import TODAY, Chat
from tests.support.world import operations_in_schema

WORDS = st.sampled_from(
    [
        *(
            "manda",
            "quiero",
            "100",
            "$",
            "pesos",
            "a mi hermano",
            ",",
            "mañana",
            "blablá",
            "¿",
            "q",
        ),
        *("50 mil", "una tele", "no", "saldo", "ayer", "a 12 meses", "k", "olvídalo", "  ", "dos"),
        *("send", "👍", "d"),
    ]
)


def read(*texts: str) -> MessageRead:
    """Return how the last of these messages was read."""
    chat = Chat()
    turns = [chat.say(text) for text in texts]
    [found] = [event for event in turns[-1].events if isinstance(event, MessageRead)]
    return found


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (
            ["por favor mándale dos mil quinientos a Sofi por la renta, blablá"],
            [
                ("por favor", "courtesy", "cortesía"),
                ("mándale", "action", "lo que pides"),
                ("dos mil quinientos", "amount", "cantidad: 2,500"),
                ("a Sofi", "person", "persona"),
                ("por la renta", "reason", "motivo"),
                ("blablá", "unread", "no lo leí"),
            ],
        ),
        (
            ["send 200 to my brother from savings, never mind"],
            [
                ("send", "action", "what to do"),
                ("200", "amount", "amount: 200"),
                ("to my brother", "person", "person"),
                ("from savings", "account", "account"),
                ("never mind", "hold", "holds it back"),
            ],
        ),
        (
            ["cuánto gasté en octubre"],
            [
                ("cuánto gasté", "question", "pregunta"),
                ("en octubre", "day", "día: del 1 oct al 31 oct"),
            ],
        ),
        (
            ["movimientos de ayer xyz"],
            [
                ("movimientos", "question", "pregunta"),
                ("de ayer", "day", "día: del 24 nov"),
                ("xyz", "unread", "no lo leí"),
            ],
        ),
        (
            ["quiero una tele", "la segunda a 12 meses"],
            [("la segunda", "which", "cuál"), ("a 12 meses", "payment", "cómo se paga")],
        ),
        (["asdf qwer"], [("asdf qwer", "unread", "no lo leí")]),
    ],
)
def test_each_piece_is_told_as_it_was_read(
    texts: list[str], told: list[tuple[str, str, str]]
) -> None:
    spans = read(*texts).spans

    assert [(one.text, one.read_as, one.label) for one in spans if one.read_as] == told


@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join))
def test_the_pieces_together_are_the_message(text: str) -> None:
    brain = OfflineBrain(operations_in_schema(), clock=lambda: TODAY)

    first = next(brain.step([Heard(text, "es")]))

    assert isinstance(first, MessageRead)
    assert "".join(span.text for span in first.spans) == text


@pytest.mark.parametrize("language", ["es", "en"])
def test_all_that_may_be_told_has_a_name(language: str) -> None:
    for read_as in {*TOLD_AS.values(), "question", "unread"}:
        assert lexicon(language).replies[f"read_{read_as}"]  # type: ignore[arg-type]


def test_only_the_trace_tells_it_in_a_terminal() -> None:
    for trace in (True, False):
        console = Console(file=io.StringIO(), width=200)
        Plain(console, trace=trace, echo=False).show(read("transfiere 5 a Sofi"), "es")
        told = "≡ “transfiere” lo que pides · “5” cantidad: 5 · “a Sofi” persona\n"
        assert console.file.getvalue() == (told if trace else "")  # type: ignore[attr-defined]


def test_a_call_by_its_name_and_a_plain_yes_are_not_underlined() -> None:
    chat = Chat()
    for text in ("getBalance", "transfiere 5 a mi hermano", "sí"):
        turn = chat.say(text)
        shown = [event for event in turn.events if isinstance(event, MessageRead)]
        assert len(shown) == (text.startswith("transfiere"))


def test_it_crosses_to_the_page_as_plain_fields() -> None:
    assert as_json(read("saldo")) == {
        "type": "reading",
        "spans": ({"text": "saldo", "read_as": "question", "label": "pregunta"},),
    }
