"""A model's server that is down, slow, wrong or refuses is named, and the conversation goes on."""

import json
from typing import Any

import pytest

from console.agent.events import Text, TurnEnded
from console.agent.patience import Patience
from tests.support.agents import TRANSFER, of_type
from tests.support.fake_openai import EVENTS, FakeOpenAI, Model, Reply, ToolCall, call
from tests.support.http_server import Answer
from tests.support.model_chat import HALF, chat_with, problem
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("juan_was_paid_before")]


def test_a_server_that_is_down_is_named_and_the_conversation_goes_on_when_it_is_back(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, Reply("Hola."), Reply("Dijiste hola."))
    list(chat.say("hola"))
    server.stop()

    message = problem(list(chat.say("¿cuánto tengo?")))

    assert f"http://127.0.0.1:{server.port}/v1" in message
    assert "Traceback" not in message
    server.start()
    assert list(chat.say("¿qué dije?"))[-1] == TurnEnded("answered")
    said = [m["content"] for m in server.requests[-1]["messages"] if m["role"] == "user"]
    assert [text.partition("\n")[2] for text in said] == ["hola", "¿qué dije?"]


def test_a_server_that_dies_after_a_confirmed_transfer_does_not_hide_that_it_was_done(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, call("createTransfer", **TRANSFER), Reply("Hecho."))
    list(chat.say("pásale 100 a Juan"))
    server.stop()

    message = problem(list(chat.say("sí")))

    assert "sí quedó hecho" in message
    assert bank.balance("acc-maria") == 900
    server.start()
    assert list(chat.say("¿entonces?"))[-1] == TurnEnded("answered")
    assert '"status":"completed"' in server.outcomes()[0]


@pytest.mark.parametrize(
    ("answer", "patience", "hint"),
    [
        (Answer(200, (b": wait\n\n",), EVENTS, pause_seconds=60), Patience(0.4), "no empezó"),
        (Answer(200, (HALF,), EVENTS, pause_seconds=60), Patience(between=0.4), "a media"),
        (
            Answer(200, (HALF,) * 200, EVENTS, pause_seconds=0.05),
            Patience(between=5, whole=0.4),
            "no dejaba de escribir",
        ),
    ],
    ids=["does not begin", "hangs", "trickles"],
)
def test_a_slow_server_is_cut_off_in_time(
    bank: World, server: FakeOpenAI, answer: Answer, patience: Patience, hint: str
) -> None:
    chat = chat_with(bank, server, answer, patience=patience)

    message = problem(list(chat.say("hola")))

    assert hint in message
    assert ("0.4 segundos" in message) == (patience.whole > 1)
    server.script = Model(Reply("Ya."))
    assert list(chat.say("hola"))[-1] == TurnEnded("answered")


ARGUMENT = {"index": 0, "function": {"arguments": "  "}}


@pytest.mark.parametrize(
    "delta",
    [{"content": "a"}, {"reasoning_content": "mm"}, {"tool_calls": [ARGUMENT]}],
    ids=["speaks", "thinks", "writes a call"],
)
def test_a_model_that_goes_on_slowly_is_waited_for_longer_than_any_one_silence(
    bank: World, server: FakeOpenAI, delta: Any
) -> None:
    """Twenty pieces, 0.1 s apart, where 1 s is the most between two of them."""
    head = ToolCall("getBalance", "")
    chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}] * 20
    begun = {"index": 0, "id": head.call_id, "function": {"name": head.name, "arguments": "{}"}}
    start = {"choices": [{"index": 0, "delta": {"tool_calls": [begun]}}]}
    pieces = tuple(event_of({"id": "1", "model": "m", **chunk}) for chunk in [start, *chunks])
    slow = Answer(200, (*pieces, b"data: [DONE]\n\n"), EVENTS, pause_seconds=0.1)
    chat = chat_with(bank, server, slow, Reply("Mil."), patience=Patience(1, 1))

    assert list(chat.say("saldo"))[-1] == TurnEnded("answered")


def event_of(chunk: Any) -> bytes:
    return f"data: {json.dumps(chunk)}\n\n".encode()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, (b"<html>Welcome to nginx</html>",), "text/html"),
        Answer(200, (b"data: {not json\n\n",), EVENTS),
        Answer(200, (b"\xff\xfe\x00",), EVENTS),
        Answer(200, (b"[]",)),
        Answer(200, (event_of({"id": "1", "choices": []}), b"data: [DONE]\n\n"), EVENTS),
        Answer(200, (event_of({"choices": "text"}),), EVENTS),
        Answer(200, (event_of([1, 2]),), EVENTS),
        Answer(200, (event_of({"choices": [{"delta": {"tool_calls": [{"index": 0}]}}]}),), EVENTS),
        Answer(200, (event_of({"choices": [{"delta": {"tool_calls": "x"}}]}),), EVENTS),
        Answer(200, (event_of({"choices": [{"delta": {"content": 5}}]}),), EVENTS),
        Answer(200, (event_of({"error": {"message": "out of memory"}}),), EVENTS),
        Answer(200, (HALF,), EVENTS, breaks_off=True),
        Reply("   "),
        Reply("Tienes 1", finish="length"),
    ],
)
def test_nonsense_is_said_to_be_so_and_the_conversation_goes_on(
    bank: World, server: FakeOpenAI, answer: Any
) -> None:
    chat = chat_with(bank, server, answer)

    message = problem(list(chat.say("hola")))

    assert server.base_url in message
    server.script = Model(Reply("Hola."))
    assert list(chat.say("hola"))[-1] == TurnEnded("answered")
    assert len(server.requests[-1]["messages"]) == 2


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (500, "falló (HTTP 500)"),
        (503, "saturado"),
        (429, "saturado"),
        (401, "credenciales"),
        (403, "credenciales"),
        (404, "no tiene el modelo test-model"),
        (400, "no sepa llamar operaciones"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_never_the_key(
    bank: World, server: FakeOpenAI, status: int, hint: str
) -> None:
    body = b'{"error": {"message": "bad key sk-secret\\u001b[31m, does not support tools"}}'
    refusal = Answer(status, (body,), headers={"Retry-After": "0"})
    chat = chat_with(bank, server, refusal, api_key="sk-secret")

    message = problem(list(chat.say("hola")))

    assert hint in message
    assert "sk-secret" not in message
    assert "\x1b" not in message
    assert server.keys[-1] == "Bearer sk-secret"
    assert ("does not support tools" in message) == (status == 400)


@pytest.mark.parametrize(
    ("pieces", "shown"), [(("\\ud83d", "\\ude00"), "\U0001f600"), (("a\\ud800", "b"), "a\ufffdb")]
)
def test_a_character_that_came_in_halves_is_shown_whole_and_the_conversation_goes_on(
    bank: World, server: FakeOpenAI, pieces: tuple[str, str], shown: str
) -> None:
    chunks = [event_of({"choices": [{"index": 0, "delta": {"content": "PIECE"}}]})] * 2
    halves = [c.replace(b"PIECE", p.encode()) for c, p in zip(chunks, pieces, strict=True)]
    chat = chat_with(bank, server, Answer(200, tuple(halves), EVENTS), Reply("Mil."))

    assert "".join(text.delta for text in of_type(list(chat.say("hola")), Text)) == shown
    assert list(chat.say("saldo"))[-1] == TurnEnded("answered")
    assert server.requests[-1]["messages"][-2]["content"] == shown


def test_problems_are_told_in_the_language_of_the_customer(bank: World, server: FakeOpenAI) -> None:
    chat = chat_with(bank, server, Answer(500, (b"{}",), headers={"Retry-After": "0"}))

    assert "failed (HTTP 500)" in problem(list(chat.say("what is my balance?")))


def test_a_failure_that_passes_is_asked_again_without_a_word(
    bank: World, server: FakeOpenAI
) -> None:
    passing = Answer(503, (b"{}",), headers={"Retry-After": "0"})
    chat = chat_with(bank, server, passing, Reply("Hola."))

    assert list(chat.say("hola"))[-1] == TurnEnded("answered")


def test_a_model_that_writes_without_end_is_cut_off(bank: World, server: FakeOpenAI) -> None:
    flood = event_of({"choices": [{"delta": {"content": "ja" * 10_000}}]})
    chat = chat_with(bank, server, Answer(200, (flood,) * 1000, EVENTS))

    events = list(chat.say("hola"))

    assert sum(len(text.delta) for text in of_type(events, Text)) <= 200_000
    assert "no dejaba de escribir" in problem(events)
