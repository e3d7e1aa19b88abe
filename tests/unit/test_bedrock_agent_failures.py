"""What Bedrock refuses, breaks off or returns is a sentence, and the conversation goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from console.agent.conversation import Conversation
from console.agent.events import (
    AgentTrace,
    OperationAnswered,
    OperationRequested,
    Problem,
    TurnEnded,
)
from tests.support.agents import of_type
from tests.support.bedrock_agent import CHUNK, codes, obedient, said, talking
from tests.support.event_stream import CONTENT_TYPE, event, exception
from tests.support.fake_bedrock_agent import AGENT_ID, FakeBedrockAgent, refusal
from tests.support.http_server import Answer
from tests.support.world import World


@contextmanager
def returning(bank: World, **given: Any) -> Iterator[tuple[Conversation, FakeBedrockAgent]]:
    """Yield a conversation whose first turn returns control of some other kind."""
    kind = given.pop("kind", "apiInvocationInput")
    payload = {"invocationId": "i-1", "invocationInputs": [{kind: given}]}
    frames = (event("returnControl", payload),)
    with talking(bank, obedient, refused=True) as (chat, fake):
        fake.refusals.append(Answer(200, frames, CONTENT_TYPE))
        yield chat, fake


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (
            {
                "actionGroup": "core_banking",
                "apiPath": "/transfers",
                "httpMethod": "POST",
                "actionInvocationType": "RESULT",
            },
            {"responseState": "FAILURE"},
        ),
        (
            {
                "actionGroup": "other",
                "apiPath": "/things",
                "httpMethod": "POST",
                "actionInvocationType": "USER_CONFIRMATION",
            },
            {"confirmationState": "DENY"},
        ),
        (
            {
                "kind": "functionInvocationInput",
                "actionGroup": "other",
                "function": "doThings",
                "actionInvocationType": "USER_CONFIRMATION_AND_RESULT",
            },
            {"confirmationState": "DENY"},
        ),
    ],
)
def test_control_that_is_no_confirmation_of_a_known_operation_is_a_clear_problem(
    bank: World, given: dict[str, Any], result: dict[str, str]
) -> None:
    with returning(bank, **given) as (chat, fake):
        events = list(chat.say("hola"))
        assert codes(events) == ["NOT_CONFIRMABLE"]
        assert given["actionGroup"] in of_type(events, Problem)[0].message
        assert events[-1] == TurnEnded("failed")

        assert said(list(chat.say("hola"))) == "Dijiste: hola"

    [declined] = fake.requests[1]["sessionState"]["returnControlInvocationResults"]
    [told] = declined.values()
    assert result.items() <= told.items()


@pytest.mark.parametrize(
    ("answer", "code", "hint"),
    [
        (refusal(429, "ThrottlingException"), "BUSY", "saturado"),
        (refusal(400, "ServiceQuotaExceededException"), "BUSY", "límite"),
        (refusal(403, "AccessDeniedException"), "CREDENTIALS", "bedrock:InvokeAgent"),
        (refusal(403, "ExpiredTokenException"), "CREDENTIALS", "credenciales"),
        (refusal(400, "ValidationException", "bad\x1b[1m id"), "REJECTED", "«bad[1m id»"),
        (refusal(404, "ResourceNotFoundException"), "NO_AGENT", AGENT_ID),
        (refusal(409, "ConflictException"), "CONFLICT", "ocupado"),
        (refusal(424, "DependencyFailedException"), "DEPENDENCY", "Lambda"),
        (refusal(500, "InternalServerException"), "BROKEN", "InternalServerException"),
    ],
)
def test_a_refusal_of_bedrock_is_a_sentence_and_the_conversation_goes_on(
    bank: World, answer: Answer, code: str, hint: str
) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.refusals.append(answer)
        events = list(chat.say("hola"))
        [problem] = of_type(events, Problem)
        assert problem.code == code
        assert hint in problem.message
        assert events[-1] == TurnEnded("failed")

        assert said(list(chat.say("hola"))) == "Dijiste: hola"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200, (CHUNK, exception("throttlingException", "no"))), "BUSY"),
        (Answer(200, (CHUNK, exception("modelStreamErrorException", "no"))), "BROKEN"),
        (Answer(200, (exception("dependencyFailedException", "no"),)), "DEPENDENCY"),
        (Answer(200, (CHUNK, b"\x00" * 40)), "BROKEN"),
        (Answer(200, (CHUNK,), breaks_off=True), "UNREACHABLE"),
        (Answer(200, (CHUNK,), pause_seconds=60), "SLOW"),
        (Answer(200, ()), "EMPTY_ANSWER"),
    ],
)
def test_a_stream_that_fails_is_a_sentence_and_the_conversation_goes_on(
    bank: World, answer: Answer, code: str
) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.refusals.append(replace(answer, content_type=CONTENT_TYPE))
        events = list(chat.say("hola"))
        assert codes(events) == [code]
        assert events[-1] == TurnEnded("failed")

        assert said(list(chat.say("hola"))) == "Dijiste: hola"


def test_an_endpoint_that_is_down_is_a_sentence_and_the_conversation_goes_on(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.stop()
        events = list(chat.say("what is my balance?"))
        assert codes(events) == ["UNREACHABLE"]
        assert "no connection" in of_type(events, Problem)[0].message

        fake.start()
        assert said(list(chat.say("hola"))) == "Dijiste: hola"


def test_an_agent_that_does_not_exist_is_named(bank: World) -> None:
    with talking(bank, obedient, agent_id="OTHER") as (chat, _):
        [problem] = of_type(list(chat.say("hola")), Problem)

    assert "OTHER" in problem.message


def test_an_answer_in_the_trace_that_is_no_json_is_left_to_the_trace(bank: World) -> None:
    step = {"observation": {"actionGroupInvocationOutput": {"text": "The tool failed."}}}
    called = {
        "invocationInput": {
            "actionGroupInvocationInput": {
                "actionGroupName": "core_banking",
                "apiPath": "/balance",
                "verb": "get",
            }
        }
    }
    frames = [
        *(event("trace", {"trace": {"orchestrationTrace": s}}) for s in (called, step)),
        event("trace", {"trace": {"guardrailTrace": {"action": "NONE"}}}),
        event("trace", {}),
        CHUNK,
    ]
    with talking(bank, obedient) as (chat, fake):
        fake.refusals.append(Answer(200, tuple(frames), CONTENT_TYPE))
        events = list(chat.say("saldo"))

    assert len(of_type(events, AgentTrace)) == 4
    assert len(of_type(events, OperationRequested)) == 1
    assert of_type(events, OperationAnswered) == []
    assert events[-1] == TurnEnded("answered")
