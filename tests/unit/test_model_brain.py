"""The model brain, through the real conversation and bank, over a strict server on this machine."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from console.agent.brain import Call, CallOutcome, Heard
from console.agent.conversation import Conversation
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
from console.agent.model.history import fitted
from console.agent.model.prompt import MAX_OUTCOME_CHARACTERS, outcome_texts
from console.agent.model_brain import model_brain
from console.agent.patience import Patience
from console.errors import ConsoleError
from tests.support.agents import conversation, of_type
from tests.support.event_stream import CONTENT_TYPE, event, exception
from tests.support.fake_converse import FakeConverse
from tests.support.fake_openai import EVENTS, FakeOpenAI, Reply, ToolCall, call
from tests.support.http_server import Answer
from tests.support.mcp_client import run_alone
from tests.support.world import World, operations_in_schema

pytestmark = pytest.mark.slow

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}
TIMEOUT_SECONDS = 5.0
HALF = b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "Ho"}}]}\n\n'


class Model:
    """A script: replies one after another, the last one again and again."""

    def __init__(self, *replies: Reply | Answer | Callable[[list[Any]], Reply]) -> None:
        self.replies = list(replies)

    def __call__(self, messages: list[dict[str, Any]]) -> Reply | Answer:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(messages) if callable(reply) else reply


@pytest.fixture(autouse=True)
def _juan_was_paid_before(bank: World) -> None:
    bank.paid("user-maria", "acc-juan")


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A server that saw nothing a strict one would refuse."""
    with FakeOpenAI(Model(Reply("Hola."))) as fake:
        yield fake
    assert fake.violations == []


def brain(bank: World, server: FakeOpenAI, **settings: Any) -> Any:
    usual: dict[str, Any] = {"patience": Patience(TIMEOUT_SECONDS), "base_url": server.base_url}
    return model_brain(
        "openai:test-model", operations=operations_in_schema(), clock=bank.clock, **usual | settings
    )


def chat_with(bank: World, server: FakeOpenAI, *replies: Any, **settings: Any) -> Conversation:
    server.script = Model(*replies)
    return conversation(bank, brain(bank, server, **settings))


def problem(events: list[Any]) -> str:
    [found] = of_type(events, Problem)
    assert events[-1] == TurnEnded("failed")
    message: str = found.message
    return message


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


def test_bedrock_without_a_region_is_refused_with_what_to_set(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConsoleError, match="set AWS_DEFAULT_REGION"):
        model_brain("bedrock:us.amazon.nova-pro-v1:0", operations={}, clock=bank.clock)


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


def turn(number: int, size: int) -> list[ModelMessage]:
    call_id = f"c{number}"
    return [
        ModelRequest([UserPromptPart(f"pregunta {number}")]),
        ModelResponse([ToolCallPart("getBalance", "{}", call_id)]),
        ModelRequest([ToolReturnPart("getBalance", "x" * size, call_id)]),
        ModelResponse([ToolCallPart("createTransfer", "{}", f"held{number}")]),
        # said while that waited for a confirmation, which begins the next turn
    ]


def long_history(turns: int, size: int) -> list[ModelMessage]:
    messages: list[ModelMessage] = []
    for number in range(turns):
        messages += turn(number, size)
        if number:
            declined = ToolReturnPart("createTransfer", "declined", f"held{number - 1}")
            start = messages[-4]
            assert isinstance(start, ModelRequest)
            start.parts = [declined, *start.parts]
    return messages


def pairs(messages: list[ModelMessage]) -> tuple[set[str], set[str]]:
    parts = [part for message in messages for part in message.parts]
    return (
        {part.tool_call_id for part in parts if isinstance(part, ToolCallPart)},
        {part.tool_call_id for part in parts if isinstance(part, ToolReturnPart)},
    )


@pytest.mark.parametrize("budget", range(50, 3000, 150))
def test_a_long_history_loses_its_oldest_turns_and_never_half_a_pair(budget: int) -> None:
    messages = long_history(8, 300)

    kept = fitted(messages, budget)

    calls, outcomes = pairs(kept)
    assert calls - outcomes == {"held7"}  # the one that is still open
    assert outcomes <= calls
    assert isinstance(kept[0], ModelRequest)
    assert isinstance(kept[0].parts[0], UserPromptPart)
    assert kept[-1] == messages[-1]


def test_a_history_that_fits_stays_as_it_is() -> None:
    messages = long_history(3, 10)

    assert fitted(messages) == messages


def test_what_is_cut_is_cut_so_far_that_the_next_turns_begin_alike() -> None:
    kept = fitted(long_history(8, 300), 2000)
    more = [*kept, *turn(8, 300)]

    assert len(kept) < 32
    assert fitted(more, 2000) == more


def test_a_turn_too_long_by_itself_loses_what_its_oldest_outcomes_held() -> None:
    messages = [*turn(0, 50_000)[:3], *turn(1, 50_000)[1:3], *turn(2, 50_000)[1:3]]

    kept = fitted(messages, 60_000)

    contents = [p.content for m in kept for p in m.parts if isinstance(p, ToolReturnPart)]
    assert [len(str(content)) > 100 for content in contents] == [False, False, True]
    assert len(kept) == len(messages)


def test_what_the_model_is_told_of_its_calls_is_bounded() -> None:
    body = {"text": "x" * 40_000}
    many = [CallOutcome(Call(str(n), "getBalance", {}), "answered", 200, body) for n in range(16)]

    assert len(outcome_texts(many[:1])[0]) == MAX_OUTCOME_CHARACTERS
    assert sum(map(len, outcome_texts(many))) <= 100_000


def converse(
    bank: World, fake: FakeConverse, model: str = "us.amazon.nova-pro-v1:0", **settings: Any
) -> Conversation:
    made = model_brain(
        f"bedrock:{model}",
        operations=operations_in_schema(),
        clock=bank.clock,
        client=fake.client(),
        **settings,
    )
    return conversation(bank, made)


def test_a_model_of_bedrock_transfers_after_a_confirmation(bank: World) -> None:
    arguments = '{"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100.50}'
    replies = Model(
        Reply("Veo.", (ToolCall("getBalance", "{}", "tooluse_1"),)),
        Reply(calls=(ToolCall("createTransfer", arguments, "tooluse_1"),)),
        Reply("Hecho."),
        Reply("De nada."),
    )
    with FakeConverse(replies) as fake:
        chat = converse(bank, fake)

        [asked] = of_type(list(chat.say("pásale 100.50 a Juan")), ConfirmationAsked)
        assert asked.arguments["amount"] == "100.50"
        assert list(chat.say("sí"))[-1] == TurnEnded("answered")
        assert list(chat.say("gracias"))[-1] == TurnEnded("answered")

    assert fake.violations == []
    assert bank.balance("acc-maria") == Decimal("899.50")


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", {"tools", "system", "messages"}),
        ("us.amazon.nova-pro-v1:0", {"system", "messages"}),
        ("us.meta.llama3-3-70b-instruct-v1:0", set()),
    ],
)
def test_bedrock_is_told_to_keep_what_repeats_where_the_model_can(
    bank: World, model: str, kept: set[str]
) -> None:
    with FakeConverse(Model(Reply("Hola."))) as fake:
        list(converse(bank, fake, model=model).say("hola"))

    [request] = fake.requests
    ends = {
        "tools": request["toolConfig"]["tools"][-1],
        "system": request["system"][-1],
        "messages": request["messages"][-1]["content"][-1],
    }
    assert {name for name, end in ends.items() if "cachePoint" in end} == kept
    assert json.dumps(request).count("cachePoint") == len(kept)
    assert fake.violations == []


def test_text_while_a_confirmation_waits_keeps_the_history_of_bedrock_valid(bank: World) -> None:
    replies = Model(
        Reply(calls=(ToolCall("createTransfer", json.dumps(TRANSFER), "tooluse_1"),)),
        Reply("Hola."),
    )
    with FakeConverse(replies) as fake:
        chat = converse(bank, fake)
        list(chat.say("pásale 100 a Juan"))

        assert list(chat.say("mejor dime otra cosa"))[-1] == TurnEnded("answered")
        assert list(chat.say("hola"))[-1] == TurnEnded("answered")

    assert fake.violations == []
    assert bank.balance("acc-maria") == 1000


def refusal(status: int, code: str, message: str = "no") -> Answer:
    body = json.dumps({"message": message}).encode()
    return Answer(status, (body,), headers={"x-amzn-ErrorType": code})


def frames(*pieces: bytes, **how: Any) -> Answer:
    return Answer(200, (event("messageStart", {"role": "assistant"}), *pieces), CONTENT_TYPE, **how)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (refusal(429, "ThrottlingException"), "saturado"),
        (refusal(403, "AccessDeniedException"), "credenciales"),
        (refusal(400, "ValidationException"), "rechazó"),
        (refusal(503, "ServiceUnavailableException"), "saturado"),
        (refusal(404, "ResourceNotFoundException"), "no tiene el modelo"),
        (frames(exception("modelStreamErrorException", "broken")), "falló"),
        (frames(exception("throttlingException", "slower")), "saturado"),
        (frames(breaks_off=True), ""),
        (frames(pause_seconds=60), "segundos"),
        (Answer(200, (b"not an event stream at all",), CONTENT_TYPE), ""),
    ],
)
def test_bedrock_that_fails_is_told_of_and_the_conversation_goes_on(
    bank: World, answer: Answer, hint: str
) -> None:
    with FakeConverse(Model(answer)) as fake:
        patience = Patience(2) if hint == "segundos" else Patience()
        chat = converse(bank, fake, patience=patience)

        message = problem(list(chat.say("hola")))

        assert "Amazon Bedrock (http://127.0.0.1" in message
        assert hint in message
        fake.script = Model(Reply("Hola."))
        assert list(chat.say("hola"))[-1] == TurnEnded("answered")


def test_bedrock_without_credentials_says_so(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    made = model_brain("bedrock:us.amazon.nova-pro-v1:0", operations={}, clock=bank.clock)

    assert "credenciales de AWS" in problem(list(conversation(bank, made).say("hola")))
