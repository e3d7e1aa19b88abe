"""The model brain with a model of Amazon Bedrock, over real event streams on this machine."""

import json
from decimal import Decimal
from typing import Any

import pytest

from console.agent.conversation import Conversation
from console.agent.events import ConfirmationAsked, TurnEnded
from console.agent.model_brain import model_brain
from console.agent.patience import Patience
from console.errors import ConsoleError
from tests.support.agents import TRANSFER, conversation, of_type
from tests.support.event_stream import CONTENT_TYPE, event, exception
from tests.support.fake_converse import FakeConverse
from tests.support.fake_openai import Model, Reply, ToolCall
from tests.support.http_server import Answer
from tests.support.model_chat import problem
from tests.support.world import World, operations_in_schema

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("juan_was_paid_before")]


def test_bedrock_without_a_region_is_refused_with_what_to_set(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConsoleError, match="set AWS_DEFAULT_REGION"):
        model_brain("bedrock:us.amazon.nova-pro-v1:0", operations={}, clock=bank.clock)


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
