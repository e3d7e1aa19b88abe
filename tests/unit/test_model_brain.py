"""The model brain, through the real conversation and bank, over a strict server on this machine."""

import asyncio
import json
import socket
from datetime import timedelta
from typing import Any

import pytest

from console.agent.brain import Heard
from console.agent.events import ConfirmationAsked, OperationAnswered, Text, TurnEnded
from console.agent.model_brain import model_brain
from console.agent.patience import Patience
from console.errors import ConsoleError
from tests.support.agents import TRANSFER, conversation, of_type
from tests.support.fake_openai import EVENTS, FakeOpenAI, Model, Reply, ToolCall, call
from tests.support.http_server import Answer
from tests.support.mcp_client import run_alone
from tests.support.model_chat import HALF, brain, chat_with, problem
from tests.support.world import World, operations_in_schema

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("juan_was_paid_before")]


def told_body(messages: list[dict[str, Any]]) -> Any:
    return json.loads(messages[-1]["content"])["body"]


def test_a_purchase_in_several_steps_is_made_after_one_confirmation(
    bank: World, server: FakeOpenAI
) -> None:
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("prod-audio")

    def compare(messages: list[dict[str, Any]]) -> Reply:
        product = told_body(messages)["products"][0]
        return call(
            "compareBenefits",
            product_id=product["product_id"],
            retailer_id=product["retailer_id"],
        )

    def buy(messages: list[dict[str, Any]]) -> Reply:
        answer = told_body(messages)
        made = ToolCall(
            "createPurchase",
            f'{{"product_id": "{answer["product_id"]}", "retailer_id": "retailer-azteca", '
            f'"account_id": "acc-maria", "unit_price": {answer["total_amount"]}}}',
        )
        return Reply("Va de contado.", calls=(made,))

    bank.account("user-maria", "acc-maria", "5000.00")
    bank.account("retailer-azteca", "acc-azteca", "0.00")
    chat = chat_with(
        bank,
        server,
        call("searchProducts", search="audífonos"),
        compare,
        buy,
        Reply("Quedó hecha la compra."),
    )

    events = list(chat.say("quiero unos audífonos, cómpralos"))

    assert [e.operation_id for e in of_type(events, OperationAnswered)] == [
        "searchProducts",
        "compareBenefits",
        "createPurchase",
    ]
    [asked] = of_type(events, ConfirmationAsked)
    assert asked.headline == "$1,299.00 MXN"
    assert of_type(events, Text) == []  # nothing of "Va de contado."
    assert bank.items("purchases") == []

    events = list(chat.say("sí"))

    [answered] = of_type(events, OperationAnswered)
    assert answered.body["product_id"] == "prod-audio"
    assert answered.status < 300
    assert len(bank.items("purchases")) == 1
    assert "".join(text.delta for text in of_type(events, Text)) == "Quedó hecha la compra."
    assert len(server.requests) == 4


def test_what_the_model_says_arrives_in_the_pieces_it_was_said_in(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, Reply("Hola María, ¿qué necesitas?"))

    events = list(chat.say("hola"))

    assert [text.delta for text in of_type(events, Text)] == [
        *("Hola ", "María, ", "¿qué ", "necesitas?"),
    ]


def test_nothing_is_shown_before_it_is_known_that_it_stands_beside_no_question(
    bank: World, server: FakeOpenAI
) -> None:
    cut = Answer(200, (HALF,), EVENTS, pause_seconds=60)

    events = list(chat_with(bank, server, cut, patience=Patience(between=0.4)).say("hola"))

    assert of_type(events, Text) == []
    assert events[-1] == TurnEnded("failed")


def test_a_turn_may_be_read_by_several_threads_and_where_an_event_loop_runs(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, call("getBalance"), Reply("Tienes mil."))

    async def read() -> list[Any]:
        turn, events = chat.say("saldo"), []
        while event := await asyncio.to_thread(next, turn, None):
            events.append(event)
        return events

    assert run_alone(read)[-1] == TurnEnded("answered")

    async def read_here() -> list[Any]:
        return list(chat.say("saldo"))

    assert run_alone(read_here)[-1] == TurnEnded("answered")


def test_the_model_is_told_the_moment_and_the_language_with_each_message(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, Reply("Hello."))
    list(chat.say("hola, ¿cuánto tengo?"))
    spanish = server.requests[-1]["messages"][-1]["content"]
    bank.clock.move(timedelta(minutes=10))
    list(chat.say("what is my balance?"))
    english = server.requests[-1]["messages"][-1]["content"]

    assert spanish == "[Sunday, 2026-11-22, 09:00; answer in Spanish]\nhola, ¿cuánto tengo?"
    assert english == "[Sunday, 2026-11-22, 09:10; answer in English]\nwhat is my balance?"


def test_each_request_begins_with_the_whole_of_the_one_before_whatever_the_time(
    bank: World, server: FakeOpenAI
) -> None:
    """So that a provider that keeps what it has read reads it once."""
    chat = chat_with(bank, server, call("getBalance"), Reply("Mil."), Reply("Thousand."))
    list(chat.say("¿cuánto tengo?"))
    bank.clock.move(timedelta(minutes=10))
    list(chat.say("what is my balance?"))

    first, second, third = server.requests
    assert first["tools"] == second["tools"] == third["tools"]
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert third["messages"][: len(second["messages"])] == second["messages"]


def test_the_tools_are_the_operations_of_the_schemas(bank: World, server: FakeOpenAI) -> None:
    list(chat_with(bank, server, Reply("Hola.")).say("hola"))

    tools = {t["function"]["name"]: t["function"] for t in server.requests[-1]["tools"]}
    assert set(tools) == set(operations_in_schema())
    transfer = tools["createTransfer"]["parameters"]
    assert set(transfer["required"]) == {"from_account", "to_account", "amount"}
    assert transfer["properties"]["amount"]["type"] == "number"
    assert "user_id" not in json.dumps(list(tools.values()))


def test_a_declined_transfer_leaves_a_history_that_goes_on(bank: World, server: FakeOpenAI) -> None:
    chat = chat_with(
        bank, server, call("createTransfer", **TRANSFER), Reply("No hice nada."), Reply("Hola.")
    )
    list(chat.say("pásale 100 a Juan"))

    assert list(chat.say("no"))[-1] == TurnEnded("answered")
    assert "did not confirm" in server.outcomes()[0]
    assert list(chat.say("hola"))[-1] == TurnEnded("answered")
    assert bank.balance("acc-maria") == 1000


def test_text_while_a_confirmation_waits_declines_it_in_the_same_request(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(
        bank, server, call("createTransfer", **TRANSFER), Reply("Tienes mil."), Reply("Hola.")
    )
    list(chat.say("pásale 100 a Juan"))

    assert list(chat.say("mejor dime cuánto tengo"))[-1] == TurnEnded("answered")
    roles = [message["role"] for message in server.requests[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "user"]
    assert list(chat.say("hola"))[-1] == TurnEnded("answered")
    assert bank.balance("acc-maria") == 1000


def test_the_strict_server_would_refuse_a_call_without_an_outcome(
    bank: World, server: FakeOpenAI
) -> None:
    """The control of every test that relies on the server's strictness."""
    made = model_brain_of(bank, server, call("getBalance"), Reply("Ya."))
    list(made.step([Heard("saldo", "es")]))
    made._open_calls = []

    with pytest.raises(Exception, match="HTTP 400"):
        list(made.step([Heard("hola", "es")]))

    assert "calls without an outcome" in server.violations[0]
    server.violations.clear()


def model_brain_of(bank: World, server: FakeOpenAI, *replies: Any) -> Any:
    server.script = Model(*replies)
    return brain(bank, server)


def test_a_call_whose_outcome_never_came_is_answered_for_the_model(
    bank: World, server: FakeOpenAI
) -> None:
    made = model_brain_of(bank, server, call("getBalance"), Reply("Ya."))
    list(made.step([Heard("saldo", "es")]))

    list(made.step([Heard("hola", "es")]))

    assert "nobody knows" in server.outcomes()[0]


def test_a_turn_that_is_given_up_in_the_middle_leaves_the_conversation_usable(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, Reply("Uno dos tres cuatro."), Reply("Hola."))
    turn = chat.say("cuenta")
    next(turn)
    turn.close()  # type: ignore[attr-defined]

    assert list(chat.say("hola"))[-1] == TurnEnded("answered")
    roles = [m["role"] for m in server.requests[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize("name", ["", "bedrock", "bedrock:", "openai: ", "gpt-5", "ollama:qwen3"])
def test_a_name_of_no_brain_is_refused_with_what_to_write(bank: World, name: str) -> None:
    with pytest.raises(ConsoleError, match=r"Write `bedrock:MODEL_ID`.*`openai:MODEL`"):
        model_brain(name, operations=operations_in_schema(), clock=bank.clock)


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://host/v1", "http://", "http://[::1"])
def test_an_address_of_no_server_is_refused(bank: World, url: str) -> None:
    with pytest.raises(ConsoleError, match="not the address of a model server"):
        model_brain("openai:x", operations={}, clock=bank.clock, base_url=url)


def test_a_password_in_the_address_is_never_shown(bank: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        made = model_brain(
            "openai:x",
            operations={},
            clock=bank.clock,
            base_url=f"http://maria:hunter2@127.0.0.1:{port}/v1",
        )
        message = problem(list(conversation(bank, made).say("hola")))

    assert f"http://127.0.0.1:{port}/v1" in message
    assert "hunter2" not in message
