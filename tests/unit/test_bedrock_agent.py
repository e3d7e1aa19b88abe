"""The deployed agent, by the real client, over a server that answers as `InvokeAgent` does."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.agent.bedrock_agent import BedrockAgent
from console.agent.conversation import Conversation
from console.agent.events import (
    AgentTrace,
    ConfirmationAsked,
    ConfirmationGiven,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
    TurnEnded,
    as_json,
)
from shared import json_text
from tests.support.agents import of_type
from tests.support.event_stream import CONTENT_TYPE, event, exception
from tests.support.fake_bedrock_agent import (
    AGENT_ID,
    ALIAS_ID,
    FakeBedrockAgent,
    Memory,
    Mind,
    refusal,
)
from tests.support.fake_openai import Reply, ToolCall
from tests.support.http_server import Answer
from tests.support.world import World, operations_in_schema

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}
BENEFICIARY = {
    "name": "Juan López",
    "alias": "mi primo",
    "account_id": "acc-juan",
    "relationship": "cousin",
}


def calls(*made: tuple[str, dict[str, Any]]) -> Reply:
    return Reply(calls=tuple(ToolCall(name, json.dumps(given)) for name, given in made))


def transfer(**changes: Any) -> Reply:
    return calls(("createTransfer", TRANSFER | changes))


def scripted(*replies: Reply) -> Mind:
    """Return a mind that replies one after another, the last one again and again."""
    left = list(replies)
    return lambda _memory: left.pop(0) if len(left) > 1 else left[0]


def obedient(memory: Memory) -> Reply:
    """Transfer when asked to, and then say what became of it."""
    kind, what = memory[-1]
    if kind == "user":
        return transfer() if "pásale" in what else Reply(f"Dijiste: {what}")
    return Reply("No lo hice." if kind == "declined" else "Quedó hecha la transferencia.")


def agent_of(fake: FakeBedrockAgent, bank: World, **changes: Any) -> BedrockAgent:
    ids = (f"id-{number}" for number in range(1, 1000))
    settings: dict[str, Any] = {
        "agent_id": AGENT_ID,
        "agent_alias_id": ALIAS_ID,
        "user_id": "user-maria",
        "operations": operations_in_schema(),
        "new_id": lambda: next(ids),
        "clock": bank.clock,
    }
    return BedrockAgent(fake.client(read_timeout=1), **(settings | changes))


@contextmanager
def talking(
    bank: World, mind: Mind, *, refused: bool = False, **changes: Any
) -> Iterator[tuple[Conversation, FakeBedrockAgent]]:
    """Yield a conversation with an agent that, unless said, nothing was refused to."""
    with FakeBedrockAgent(mind, bank) as fake:
        yield Conversation(agent_of(fake, bank, **changes)), fake
    assert bool(fake.violations) == refused, fake.violations


def said(events: list[Any]) -> str:
    return "".join(text.delta for text in of_type(events, Text))


def codes(events: list[Any]) -> list[str]:
    return [found.code for found in of_type(events, Problem)]


def attributes(fake: FakeBedrockAgent) -> dict[str, str]:
    """Return the session attributes of the last request."""
    given: dict[str, str] = fake.requests[-1]["sessionState"]["sessionAttributes"]
    return given


def test_a_question_is_answered_and_its_call_is_shown_as_the_local_agent_does(bank: World) -> None:
    mind = scripted(calls(("getBalance", {"account_id": "acc-maria"})), Reply("Tienes $1,000.00."))
    with talking(bank, mind) as (chat, fake):
        events = list(chat.say("¿cuánto tengo?"))

    assert said(events) == "Tienes $1,000.00."
    [request] = of_type(events, OperationRequested)
    assert request.operation_id == "getBalance"
    assert request.event["parameters"] == [
        {"name": "account_id", "type": "string", "value": "acc-maria"}
    ]
    assert request.event["sessionAttributes"] == {"user_id": "user-maria"}
    [answer] = of_type(events, OperationAnswered)
    assert (answer.call_id, answer.status, answer.milliseconds) == (request.call_id, 200, 7)
    assert answer.body["accounts"][0]["balance"] == Decimal("1000.00")
    assert events.index(request) < events.index(answer)
    assert events[-1] == TurnEnded("answered")
    assert fake.requests[-1]["enableTrace"] is True
    assert attributes(fake) == {"user_id": "user-maria"}


def test_letters_that_are_split_over_chunks_arrive_whole(bank: World) -> None:
    text = "¡Qué tal, señora Muñoz! 👩‍💻 ñññññ"
    with talking(bank, scripted(Reply(text))) as (chat, _):
        events = list(chat.say("hola"))

    assert said(events) == text
    assert len(of_type(events, Text)) > 5


def test_every_event_can_cross_a_process_boundary(bank: World) -> None:
    with talking(bank, obedient) as (chat, _):
        events = [*chat.say("pásale 100 a Juan"), *chat.say("sí")]

    traces = of_type(events, AgentTrace)
    assert traces[0].trace["eventTime"] == "2026-11-22T15:00:00.123Z"
    for each in events:
        json_text.loads(json_text.dumps(as_json(each)))


def test_a_transfer_is_asked_about_and_moves_money_only_when_confirmed(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        events = list(chat.say("pásale 100 a Juan"))

        [asked] = of_type(events, ConfirmationAsked)
        assert asked.arguments == TRANSFER
        assert asked.question == "¿Hago esta transferencia?"
        assert ("Cantidad", "$100.00 MXN") in asked.rows
        assert asked.warnings  # an account that nobody has seen
        assert events[-1] == TurnEnded("confirmation")
        assert of_type(events, OperationRequested) == []
        assert bank.balance("acc-maria") == 1000

        events = list(chat.say("sí"))

    assert of_type(events, ConfirmationGiven)[0].decision == "CONFIRM"
    assert bank.balance("acc-maria") == 900
    assert bank.balance("acc-juan") == 150
    [result] = fake.requests[-1]["sessionState"]["returnControlInvocationResults"]
    assert result["apiResult"] == {
        "actionGroup": "core_banking",
        "agentId": AGENT_ID,
        "apiPath": "/transfers",
        "httpMethod": "POST",
        "confirmationState": "CONFIRM",
    }
    assert "inputText" not in fake.requests[-1]
    assert fake.requests[-1]["sessionId"] == fake.requests[0]["sessionId"]
    [called] = fake.invocations
    assert called["sessionAttributes"] == attributes(fake)
    assert set(attributes(fake)) == {"user_id", "request_id"}
    [request] = of_type(events, OperationRequested)
    [answer] = of_type(events, OperationAnswered)
    assert request.event["requestBody"] == called["requestBody"]
    assert (answer.operation_id, answer.body["status"]) == ("createTransfer", "completed")
    assert events[-1] == TurnEnded("answered")


def test_a_trace_that_repeats_the_input_of_what_was_confirmed_shows_one_call(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.traces_results = True
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("sí"))

    assert len(of_type(events, OperationRequested)) == 1
    assert len(of_type(events, OperationAnswered)) == 1


def test_a_trace_that_tells_how_a_call_was_declined_shows_no_call(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.traces_results = True
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("no"))

    assert len(of_type(events, AgentTrace)) == 2
    assert of_type(events, OperationRequested) == of_type(events, OperationAnswered) == []


def test_each_confirmation_has_a_request_id_of_its_own(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        for _ in range(2):
            list(chat.say("pásale 100 a Juan"))
            list(chat.say("sí"))

    ids = [called["sessionAttributes"]["request_id"] for called in fake.invocations]
    assert len(set(ids)) == 2
    assert bank.balance("acc-maria") == 800


def test_the_same_transfer_again_is_pointed_out(bank: World) -> None:
    with talking(bank, obedient) as (chat, _):
        list(chat.say("pásale 100 a Juan"))
        list(chat.say("sí"))
        [again] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        bank.clock.move(timedelta(minutes=11))
        list(chat.say("no"))
        [late] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    assert "otra vez" in again.warnings[0].message
    assert "otra vez" not in str(late.warnings)


def test_a_no_moves_nothing_and_the_agent_hears_of_it(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("no"))

    assert said(events) == "No lo hice."
    assert of_type(events, OperationRequested) == []
    assert attributes(fake) == {"user_id": "user-maria"}
    assert bank.balance("acc-maria") == 1000


def test_a_refused_transfer_ends_the_turn_as_refused(bank: World) -> None:
    mind = scripted(transfer(amount="5000"), Reply("No te alcanza."))
    with talking(bank, mind) as (chat, _):
        list(chat.say("pásale 5000"))
        events = list(chat.say("sí"))

    [answer] = of_type(events, OperationAnswered)
    assert answer.body["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert answer.status == 422
    assert events[-1] == TurnEnded("refused")


def test_what_the_agent_learned_is_named_in_the_question(bank: World) -> None:
    bank.beneficiary("user-maria", "ben-1", "mi hermano")
    mind = scripted(calls(("resolveAlias", {"alias": "mi hermano"})), transfer(), Reply("Ya."))
    with talking(bank, mind) as (chat, _):
        [asked] = of_type(list(chat.say("pásale 100 a mi hermano")), ConfirmationAsked)

    assert ("Para", "Juan López García, «mi hermano» (acc-juan)") in asked.rows
    assert asked.warnings == ()


def test_something_else_said_declines_first_and_hides_what_the_agent_says_to_that(
    bank: World,
) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("mejor dime el clima"))

        assert said(events) == "Dijiste: mejor dime el clima"
        assert events[-1] == TurnEnded("answered")
        assert list(chat.say("sí"))[-1] == TurnEnded("answered")

    declined, asked = fake.requests[1:3]
    [result] = declined["sessionState"]["returnControlInvocationResults"]
    assert result["apiResult"]["confirmationState"] == "DENY"
    assert "inputText" not in declined
    assert "sessionState" in asked
    assert "invocationId" not in asked["sessionState"]
    assert bank.balance("acc-maria") == 1000


def test_the_fake_refuses_a_text_while_control_is_returned(bank: World) -> None:
    """The control of the test above: declining first is what makes it pass."""
    with talking(bank, obedient, refused=True) as (_, fake):
        agent = agent_of(fake, bank)
        list(agent.hear("pásale 100 a Juan", "es"))
        agent._returned = None

        events = list(agent.hear("mejor dime el clima", "es"))

    assert codes(events) == ["REJECTED"]


def test_an_agent_that_answers_a_refusal_by_asking_again_is_declined_again(bank: World) -> None:
    mind = scripted(transfer(), transfer(amount="99"), Reply("Bueno."), Reply("Hace sol."))
    with talking(bank, mind) as (chat, _):
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("mejor dime el clima"))

    assert said(events) == "Hace sol."
    assert of_type(events, ConfirmationAsked) == []


def test_an_agent_that_never_stops_asking_ends_the_turn(bank: World) -> None:
    with talking(bank, scripted(transfer())) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("mejor dime el clima"))
        assert codes(events) == ["STILL_ASKING"]
        assert events[-1] == TurnEnded("failed")

        fake.mind = obedient
        assert said(list(chat.say("hola"))) == "Dijiste: hola"

    assert bank.balance("acc-maria") == 1000


TWO = calls(("createTransfer", TRANSFER), ("addBeneficiary", BENEFICIARY))


@pytest.mark.parametrize(
    ("first", "second", "balance", "beneficiaries"),
    [("sí", "sí", 900, 1), ("sí", "no", 900, 0), ("no", "sí", 1000, 1), ("no", "no", 1000, 0)],
)
def test_two_calls_are_asked_one_after_the_other_and_answered_together(
    bank: World, first: str, second: str, balance: int, beneficiaries: int
) -> None:
    with talking(bank, scripted(TWO, Reply("Listo."))) as (chat, fake):
        [asked] = of_type(list(chat.say("pásale 100 y guárdalo")), ConfirmationAsked)
        assert asked.operation_id == "createTransfer"
        events = list(chat.say(first))
        [asked] = of_type(events, ConfirmationAsked)
        assert asked.operation_id == "addBeneficiary"
        assert events[-1] == TurnEnded("confirmation")
        assert len(fake.requests) == 1
        assert bank.balance("acc-maria") == 1000

        assert said(list(chat.say(second))) == "Listo."

    assert bank.balance("acc-maria") == balance
    assert len(bank.items("beneficiaries")) == beneficiaries


def test_something_else_said_after_the_first_yes_of_two_does_nothing_and_says_so(
    bank: World,
) -> None:
    with talking(bank, scripted(TWO, Reply("Bueno."), Reply("Hace sol."))) as (chat, _):
        list(chat.say("pásale 100 y guárdalo"))
        list(chat.say("sí"))
        events = list(chat.say("espera, mejor dime el clima"))

    assert codes(events) == ["NOTHING_DONE"]
    assert said(events) == "Hace sol."
    assert bank.balance("acc-maria") == 1000
    assert bank.items("beneficiaries") == []


@pytest.mark.parametrize("amount", ["100", "50"])
def test_two_transfers_at_once_are_asked_about_and_made_once(bank: World, amount: str) -> None:
    both = calls(("createTransfer", TRANSFER), ("createTransfer", TRANSFER | {"amount": amount}))
    with talking(bank, scripted(both, Reply("Hice una."))) as (chat, _):
        events = list(chat.say("pásale 100 dos veces"))
        assert codes(events) == ["NOT_ASKED"]
        assert len(of_type(events, ConfirmationAsked)) == 1

        events = list(chat.say("sí"))

    assert of_type(events, ConfirmationAsked) == []
    assert len(of_type(events, OperationAnswered)) == 1
    assert bank.balance("acc-maria") == 900


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


CHUNK = event("chunk", {"bytes": base64.b64encode(b"Ho").decode()})


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


def cut(answer: Answer) -> Answer:
    """The connection breaks before anything of the answer is there."""
    return replace(answer, pieces=(), breaks_off=True)


def broken(answer: Answer) -> Answer:
    return replace(answer, pieces=(exception("internalServerException", "no"),))


LOST: list[Callable[[Answer], Answer]] = [cut, broken]


@pytest.mark.parametrize("lost", LOST)
def test_a_confirmed_transfer_whose_answer_was_lost_is_asked_again_and_counts_once(
    bank: World, lost: Callable[[Answer], Answer]
) -> None:
    with talking(bank, obedient, refused=True) as (chat, fake):
        [first] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        fake.disturbances.append(lost)

        events = list(chat.say("sí"))

        assert codes(events)[1:] == ["NO_ANSWER"]
        assert "no se hará dos veces" in of_type(events, Problem)[1].message
        [again] = of_type(events, ConfirmationAsked)
        assert again.invocation_id == first.invocation_id
        assert "confirmar no la repite" in again.warnings[0].message
        assert events[-1] == TurnEnded("failed")
        assert bank.balance("acc-maria") == 900

        events = list(chat.say("sí"))  # Bedrock does not wait for that any more
        assert codes(events) == ["REJECTED", "NOT_WAITING"]
        assert "no se hará dos veces" in of_type(events, Problem)[1].message

        [anew] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        assert "confirmar no la repite" in anew.warnings[0].message
        events = list(chat.say("sí"))

    ids = [called["sessionAttributes"]["request_id"] for called in fake.invocations]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert of_type(events, OperationAnswered)[0].body["repeated"] is True
    assert bank.balance("acc-maria") == 900


def test_a_bank_that_failed_at_a_confirmed_transfer_leaves_it_in_doubt(bank: World) -> None:
    handler = bank.handlers["core_banking"]
    failing = [True]

    def failing_once(called: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = handler(called, context)
        if failing:
            failing.clear()
            body = {"error": {"code": "TEMPORARILY_UNAVAILABLE", "message": "Repeat it."}}
            answer["response"]["responseBody"]["application/json"]["body"] = json.dumps(body)
        return answer

    bank.handlers["core_banking"] = failing_once
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("sí"))
        assert events[-1] == TurnEnded("failed")

        [anew] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        assert anew.is_in_doubt
        list(chat.say("sí"))

    ids = [called["sessionAttributes"]["request_id"] for called in fake.invocations]
    assert len(set(ids)) == 1
    assert bank.balance("acc-maria") == 900


def test_what_was_done_is_said_where_the_agent_then_asks_for_what_cannot_be_done(
    bank: World,
) -> None:
    given = {"actionGroup": "other", "function": "doThings"}
    payload = {"invocationId": "i-2", "invocationInputs": [{"functionInvocationInput": given}]}
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.disturbances.append(
            lambda answer: replace(
                answer, pieces=(*answer.pieces[:1], event("returnControl", payload))
            )
        )
        [problem] = of_type(list(chat.say("sí")), Problem)

    assert problem.code == "NOT_CONFIRMABLE"
    assert "Eso no se hizo" in problem.message
    assert "Lo que confirmaste sí quedó hecho" in problem.message
    assert bank.balance("acc-maria") == 900


def test_something_else_said_after_a_lost_answer_does_not_claim_that_nothing_was_done(
    bank: World,
) -> None:
    with talking(bank, scripted(TWO, Reply("Bueno.")), refused=True) as (chat, fake):
        list(chat.say("pásale 100 y guárdalo"))
        list(chat.say("sí"))
        fake.disturbances.append(cut)
        assert "NO_ANSWER" in codes(list(chat.say("sí")))

        list(chat.say("sí"))
        [problem, *_] = of_type(list(chat.say("mejor dime el clima")), Problem)

    assert "Puede que lo de antes sí se haya hecho" in problem.message
    assert bank.balance("acc-maria") == 900


def test_after_its_answer_came_the_same_transfer_is_another_one(bank: World) -> None:
    """The control of the test above: what is known counts again."""
    with talking(bank, obedient) as (chat, _):
        for _ in range(2):
            list(chat.say("pásale 100 a Juan"))
            list(chat.say("sí"))

    assert bank.balance("acc-maria") == 800


def test_a_confirmation_that_was_turned_away_is_asked_again_and_then_made(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.refusals.append(refusal(429, "ThrottlingException"))

        events = list(chat.say("sí"))
        assert "No se hizo nada" in of_type(events, Problem)[1].message
        [again] = of_type(events, ConfirmationAsked)
        assert "confirmar no la repite" not in str(again.warnings)
        assert bank.balance("acc-maria") == 1000

        assert list(chat.say("sí"))[-1] == TurnEnded("answered")

    assert bank.balance("acc-maria") == 900


def test_a_confirmation_that_timed_out_is_in_doubt(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.refusals.append(Answer(200, (CHUNK,), CONTENT_TYPE, pause_seconds=60))

        events = list(chat.say("sí"))
        assert codes(events) == ["SLOW", "NO_ANSWER"]
        first_id = attributes(fake)["request_id"]

        list(chat.say("sí"))
        assert attributes(fake)["request_id"] == first_id

    assert bank.balance("acc-maria") == 900


def test_a_stream_that_breaks_after_the_transfer_was_answered_says_that_it_was_done(
    bank: World,
) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.disturbances.append(
            lambda answer: replace(answer, pieces=answer.pieces[:1], breaks_off=True)
        )
        events = list(chat.say("sí"))

    assert codes(events) == ["UNREACHABLE", "STATE_KNOWN"]
    assert "sí quedó hecho" in of_type(events, Problem)[1].message
    assert of_type(events, ConfirmationAsked) == []


def test_a_session_that_ended_meanwhile_says_that_nothing_was_done(bank: World) -> None:
    with talking(bank, obedient, refused=True) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.sessions.clear()

        events = list(chat.say("sí"))
        assert codes(events) == ["REJECTED", "NOT_WAITING"]
        assert "no se hizo nada" in of_type(events, Problem)[1].message
        assert said(list(chat.say("hola"))) == "Dijiste: hola"

    assert bank.balance("acc-maria") == 1000


def test_a_session_that_ended_meanwhile_does_not_keep_something_else_from_being_said(
    bank: World,
) -> None:
    with talking(bank, obedient, refused=True) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.sessions.clear()

        assert said(list(chat.say("mejor dime el clima"))) == "Dijiste: mejor dime el clima"


def test_a_refusal_that_could_not_be_told_is_told_before_the_next_text(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.refusals += [refusal(429, "ThrottlingException")] * 2
        assert codes(list(chat.say("no"))) == ["BUSY"]
        assert codes(list(chat.say("hola"))) == ["BUSY"]

        assert said(list(chat.say("hola"))) == "Dijiste: hola"

    assert bank.balance("acc-maria") == 1000


def test_a_turn_given_up_in_the_middle_of_a_confirmed_transfer_leaves_it_in_doubt(
    bank: World,
) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        turn = chat.say("sí")
        assert isinstance(next(turn), ConfirmationGiven)
        assert isinstance(next(turn), AgentTrace)
        turn.close()  # type: ignore[attr-defined]

        [anew] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        assert "confirmar no la repite" in anew.warnings[0].message
        list(chat.say("sí"))

    assert len(fake.invocations) == 2
    assert bank.balance("acc-maria") == 900


def test_an_agent_that_claims_success_without_a_call_moves_nothing(bank: World) -> None:
    with talking(bank, scripted(Reply("¡Listo! Transferí 100."))) as (chat, _):
        events = list(chat.say("pásale 100 a Juan"))

    assert of_type(events, ConfirmationAsked) == of_type(events, OperationAnswered) == []
    assert bank.balance("acc-maria") == 1000


def test_another_customers_account_is_not_found(bank: World) -> None:
    mind = scripted(calls(("getBalance", {"account_id": "acc-juan"})), Reply("No está."))
    with talking(bank, mind) as (chat, _):
        [answer] = of_type(list(chat.say("saldo de Juan")), OperationAnswered)

    assert answer.status == 404
    assert "50" not in str(answer.body)


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


@pytest.mark.parametrize("decision", ["CONFIRM", "DENY"])
def test_an_id_that_nothing_waits_under_is_refused(bank: World, decision: Any) -> None:
    with talking(bank, obedient) as (_, fake):
        agent = agent_of(fake, bank)
        with pytest.raises(KeyError):
            list(agent.resolve("other", decision, "es"))
        list(agent.hear("pásale 100 a Juan", "es"))
        with pytest.raises(KeyError):
            list(agent.resolve("other", decision, "es"))


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"inputText": "hola", "colour": "red"},
        {"inputText": 5},
        {"sessionState": {"invocationId": "x", "returnControlInvocationResults": []}},
        {
            "sessionState": {
                "invocationId": "x",
                "returnControlInvocationResults": [
                    {"apiResult": {"actionGroup": "a", "confirmationState": "MAYBE"}}
                ],
            }
        },
    ],
)
def test_the_fake_refuses_what_bedrock_would(bank: World, request_: dict[str, Any]) -> None:
    with FakeBedrockAgent(obedient, bank) as fake:
        path = f"/agents/{AGENT_ID}/agentAliases/{ALIAS_ID}/sessions/s-1/text"
        answer = fake.respond(path, {}, json.dumps(request_).encode())

    assert answer.status == 400
