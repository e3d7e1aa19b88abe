"""What a model writes as a call: exactly what reaches the bank, and what is rejected."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from console.agent.events import (
    CallRejected,
    ConfirmationAsked,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
    TurnEnded,
)
from console.agent.local_agent import MAX_STEPS
from tests.support.agents import TRANSFER, of_type
from tests.support.fake_openai import FakeOpenAI, Model, Reply, ToolCall, call
from tests.support.model_chat import chat_with
from tests.support.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("juan_was_paid_before")]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ('{"amount": 150.5}', "150.5"),
        ('{"amount": 0.1}', "0.1"),
        ('{"amount": 150.50}', "150.50"),
        ('{"amount": 1e2}', "100"),
        ('{"amount": 12345678901234567.89}', "12345678901234567.89"),
        ('{"amount": "1,500"}', "1,500"),
        ('{"amount": 1e999999999}', "1E+999999999"),
        ('{"amount": "1e-999999999"}', "1e-999999999"),
    ],
)
def test_an_amount_reaches_the_bank_exactly_as_written(
    bank: World, server: FakeOpenAI, written: str, sent: str
) -> None:
    arguments = '{"from_account": "acc-maria", "to_account": "acc-juan", ' + written[1:]
    reply = Reply(calls=(ToolCall("createTransfer", arguments),))

    [request] = of_type(
        list(chat_with(bank, server, reply, Reply("Ya.")).say("pásale")), OperationRequested
    )

    properties = request.event["requestBody"]["content"]["application/json"]["properties"]
    assert {p["name"]: p["value"] for p in properties}["amount"] == sent


def test_an_operation_that_does_not_exist_is_rejected_and_the_model_told_which_do(
    bank: World, server: FakeOpenAI
) -> None:
    chat = chat_with(bank, server, call("getMoney"), Reply("Perdón."))

    events = list(chat.say("dame dinero"))

    assert of_type(events, CallRejected)[0].operation_id == "getMoney"
    assert of_type(events, OperationRequested) == []
    assert "getBalance" in server.outcomes()[0]


def test_a_name_that_no_server_would_take_back_is_kept_in_a_form_that_it_does(
    bank: World, server: FakeOpenAI
) -> None:
    made = ToolCall("functions.get balance" + "é" * 100)
    chat = chat_with(bank, server, Reply(calls=(made,)), Reply("Perdón."))

    events = list(chat.say("saldo"))

    assert of_type(events, CallRejected)[0].operation_id == made.name
    assert events[-1] == TurnEnded("answered")


@pytest.mark.parametrize(
    "arguments", ['{"account_id": "acc-ma', "acc-maria", "[1, 2]", '"text"', "{" * 5000]
)
def test_malformed_arguments_are_rejected_and_the_model_may_try_again(
    bank: World, server: FakeOpenAI, arguments: str
) -> None:
    broken = Reply(calls=(ToolCall("getBalance", arguments),))
    chat = chat_with(bank, server, broken, call("getBalance"), Reply("Tienes mil."))

    events = list(chat.say("saldo"))

    assert len(of_type(events, CallRejected)) == 1
    assert [answer.status for answer in of_type(events, OperationAnswered)] == [200]
    assert events[-1] == TurnEnded("answered")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"to_account": "acc-juan", "amount": 5}, "`from_account` is missing"),
        (TRANSFER | {"colour": "red"}, "no parameter `colour`"),
    ],
)
def test_missing_and_unknown_arguments_are_told_to_the_model(
    bank: World, server: FakeOpenAI, arguments: dict[str, Any], hint: str
) -> None:
    chat = chat_with(bank, server, call("createTransfer", **arguments), Reply("¿Desde cuál?"))

    events = list(chat.say("pásale 5 a Juan"))

    assert of_type(events, ConfirmationAsked) == []
    assert hint in server.outcomes()[0]


def test_a_model_cannot_act_as_another_customer(bank: World, server: FakeOpenAI) -> None:
    before = bank.snapshot()
    chat = chat_with(bank, server, call("getBalance", user_id="user-juan"), Reply("No puedo."))

    events = list(chat.say("soy Juan, ¿cuánto tengo?"))

    assert of_type(events, OperationRequested) == []
    assert "never a parameter" in server.outcomes()[0]
    assert "50.00" not in json.dumps(server.requests)
    assert bank.snapshot() == before


def test_another_customers_account_is_not_found(bank: World, server: FakeOpenAI) -> None:
    chat = chat_with(bank, server, call("getBalance", account_id="acc-juan"), Reply("No está."))

    [answer] = of_type(list(chat.say("saldo de acc-juan")), OperationAnswered)

    assert answer.status == 404
    assert "50.00" not in json.dumps(server.requests)


def test_the_customers_own_account_is_found(bank: World, server: FakeOpenAI) -> None:
    """The control of the two tests above."""
    chat = chat_with(bank, server, call("getBalance", account_id="acc-maria"), Reply("Mil."))

    [answer] = of_type(list(chat.say("saldo de acc-maria")), OperationAnswered)

    assert answer.status == 200
    assert '"balance":1000,' in server.outcomes()[0]


def test_a_model_that_claims_success_without_a_call_moves_nothing(
    bank: World, server: FakeOpenAI
) -> None:
    before = bank.snapshot()
    chat = chat_with(bank, server, Reply("¡Listo! Transferí 100 pesos a Juan."))

    events = list(chat.say("pásale 100 a Juan"))

    assert of_type(events, ConfirmationAsked) == of_type(events, OperationRequested) == []
    assert bank.snapshot() == before


def test_what_is_said_beside_the_name_of_no_operation_is_not_shown(
    bank: World, server: FakeOpenAI
) -> None:
    claimed = replace(call("create_transfer", **TRANSFER), text="Listo, ya la hice.")
    chat = chat_with(bank, server, claimed, Reply("Perdón, no la hice."))

    texts = of_type(list(chat.say("pásale 100 a Juan")), Text)

    assert "".join(text.delta for text in texts) == "Perdón, no la hice."


def test_two_transfers_in_one_step_ask_for_one_confirmation_and_move_one(
    bank: World, server: FakeOpenAI
) -> None:
    twice = ToolCall("createTransfer", json.dumps(TRANSFER), "same-id")
    chat = chat_with(bank, server, Reply(calls=(twice, twice)), Reply("Hecho."))

    events = list(chat.say("pásale 100 a Juan"))
    assert len(of_type(events, ConfirmationAsked)) == 1
    events = list(chat.say("sí"))

    assert len(of_type(events, OperationAnswered)) == 1
    assert bank.balance("acc-maria") == Decimal(900)
    assert len(server.outcomes()) == 2


@pytest.mark.parametrize("call_id", [None, "", "call-1"])
def test_ids_of_calls_that_are_missing_or_repeated_are_made_unique(
    bank: World, server: FakeOpenAI, call_id: str | None
) -> None:
    both = (
        ToolCall("getBalance", "{}", call_id),
        ToolCall("listBeneficiaries", "{}", call_id),
    )
    chat = chat_with(bank, server, Reply(calls=both), Reply(calls=both), Reply("Ya."))

    events = list(chat.say("todo"))

    answers = of_type(events, OperationAnswered)
    assert len({answer.call_id for answer in answers}) == len(answers) == 4


def test_a_model_that_calls_without_end_is_stopped(bank: World, server: FakeOpenAI) -> None:
    chat = chat_with(bank, server, call("getBalance"))

    events = list(chat.say("saldo"))

    assert of_type(events, Problem)[0].code == "TOO_MANY_STEPS"
    assert len(server.requests) == MAX_STEPS

    server.script = Model(Reply("Hola."))
    assert list(chat.say("hola"))[-1] == TurnEnded("answered")
