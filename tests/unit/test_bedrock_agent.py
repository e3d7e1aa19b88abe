"""The deployed agent, by the real client, over a server that answers as `InvokeAgent` does."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.agent.events import (
    AgentTrace,
    ConfirmationAsked,
    ConfirmationGiven,
    ConfirmationSettled,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
    TurnEnded,
    as_json,
)
from console.agent.exchange import NoAnswer
from console.confirming import NotMinted
from shared import json_text
from tests.support.agents import of_type
from tests.support.bedrock_agent import (
    agent_of,
    attributes,
    calls,
    codes,
    is_for_terms,
    obedient,
    proofs,
    said,
    scripted,
    settled,
    talking,
    transfer,
    yes,
)
from tests.support.fake_bedrock_agent import AGENT_ID, ALIAS_ID, FakeBedrockAgent
from tests.support.fake_openai import Reply
from tests.support.world import World


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
    assert request.event["sessionAttributes"] == {"user_id": "user-maria", "confirmation": ""}
    [answer] = of_type(events, OperationAnswered)
    assert (answer.call_id, answer.status, answer.milliseconds) == (request.call_id, 200, 7)
    assert answer.body["accounts"][0]["balance"] == Decimal("1000.00")
    assert events.index(request) < events.index(answer)
    assert events[-1] == TurnEnded("answered")
    assert fake.requests[-1]["enableTrace"] is True
    assert attributes(fake) == {"user_id": "user-maria", "confirmation": ""}


def test_letters_that_are_split_over_chunks_arrive_whole(bank: World) -> None:
    text = "¡Qué tal, señora Muñoz! 👩‍💻 ñññññ"
    with talking(bank, scripted(Reply(text))) as (chat, _):
        events = list(chat.say("hola"))

    assert said(events) == text
    assert len(of_type(events, Text)) > 5


def test_every_event_can_cross_a_process_boundary(bank: World) -> None:
    with talking(bank, obedient) as (chat, _):
        events = [*chat.say("pásale 100 a Juan"), *yes(chat)]

    traces = of_type(events, AgentTrace)
    assert traces[0].trace["eventTime"] == "2026-11-22T15:00:00.123Z"
    for each in events:
        json_text.loads(json_text.dumps(as_json(each)))


def test_a_transfer_is_asked_about_and_moves_money_only_when_confirmed(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        events = list(chat.say("pásale 100 a Juan"))

        [asked] = of_type(events, ConfirmationAsked)
        assert asked.terms["amount"] == 100
        assert asked.headline == "$100.00 MXN"
        assert asked.question == "¿Hago esta transferencia?"
        assert [w.code for w in asked.warnings] == ["NEW_PAYEE"]
        assert (asked.must_repeat, asked.expires_at) == ("100.00", "2026-11-22T15:10:00.000Z")
        assert events[-1] == TurnEnded("confirmation")
        [wanted] = of_type(events, OperationRequested)
        assert is_for_terms(wanted)
        assert [a.status for a in of_type(events, OperationAnswered)] == [428]
        assert fake.invocations == []
        assert bank.balance("acc-maria") == 1000

        events = yes(chat)

    assert of_type(events, ConfirmationGiven)[0].decision == "CONFIRM"
    assert of_type(events, ConfirmationSettled) == [
        ConfirmationSettled(asked.invocation_id, "done", "Lo que confirmaste sí quedó hecho.")
    ]
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
    [proof] = attributes(fake)["confirmation"].split()
    assert proof == bank.mint(proof.rpartition(".")[0])
    [record] = bank.records()
    assert record["confirmation_id"]
    [request] = of_type(events, OperationRequested)
    [answer] = of_type(events, OperationAnswered)
    assert request.event["requestBody"] == called["requestBody"]
    assert (answer.operation_id, answer.body["status"]) == ("createTransfer", "completed")
    assert events[-1] == TurnEnded("answered")


def test_a_trace_that_repeats_the_input_of_what_was_confirmed_shows_one_call(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.traces_results = True
        list(chat.say("pásale 100 a Juan"))
        events = yes(chat)

    assert len(of_type(events, OperationRequested)) == 1
    assert len(of_type(events, OperationAnswered)) == 1


def test_a_trace_that_tells_how_a_call_was_declined_shows_no_call(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        fake.traces_results = True
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("no"))

    assert len(of_type(events, AgentTrace)) == 2
    assert of_type(events, OperationRequested) == of_type(events, OperationAnswered) == []
    assert of_type(events, ConfirmationSettled) == []


def test_each_confirmation_is_a_change_of_its_own(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        for _ in range(2):
            list(chat.say("pásale 100 a Juan"))
            yes(chat)

    assert len(set(proofs(fake))) == 2
    assert bank.balance("acc-maria") == 800


def test_the_same_transfer_again_is_pointed_out(bank: World) -> None:
    with talking(bank, obedient) as (chat, _):
        list(chat.say("pásale 100 a Juan"))
        yes(chat)
        [again] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        list(chat.say("no"))
        bank.clock.move(timedelta(hours=25))
        [late] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    assert "POSSIBLE_DUPLICATE" in [w.code for w in again.warnings]
    assert "POSSIBLE_DUPLICATE" not in [w.code for w in late.warnings]


def test_a_no_moves_nothing_and_the_agent_hears_of_it(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        events = list(chat.say("no"))

    assert said(events) == "No lo hice."
    assert of_type(events, OperationRequested) == []
    assert attributes(fake) == {"user_id": "user-maria", "confirmation": ""}
    assert bank.balance("acc-maria") == 1000


def test_what_the_bank_would_refuse_is_declined_with_the_reason_and_nobody_is_asked(
    bank: World,
) -> None:
    mind = scripted(transfer(amount="5000"), Reply("No te alcanza."))
    with talking(bank, mind) as (chat, fake):
        events = list(chat.say("pásale 5000"))

    assert of_type(events, ConfirmationAsked) == []
    [problem] = of_type(events, Problem)
    assert problem.code == "INSUFFICIENT_FUNDS"
    assert "no te lo pregunto" in problem.message
    assert said(events) == "No te alcanza."
    assert events[-1] == TurnEnded("answered")
    [result] = fake.requests[-1]["sessionState"]["returnControlInvocationResults"]
    assert result["apiResult"]["confirmationState"] == "DENY"
    told = json.loads(result["apiResult"]["responseBody"]["application/json"]["body"])
    assert told["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert fake.invocations == bank.records() == []


def test_an_agent_that_wants_what_the_bank_refuses_again_and_again_ends_the_turn(
    bank: World,
) -> None:
    with talking(bank, scripted(transfer(amount="5000"))) as (chat, fake):
        events = list(chat.say("pásale 5000"))
        assert codes(events)[-1] == "STILL_ASKING"
        assert events[-1] == TurnEnded("failed")
        assert len(fake.requests) < 6

        fake.mind = obedient
        assert said(list(chat.say("hola"))) == "Dijiste: hola"


@pytest.mark.parametrize("answer", [NoAnswer("Timeout"), {"response": "none"}])
def test_a_bank_that_tells_no_terms_is_told_of_and_nobody_is_asked(
    bank: World, answer: Any
) -> None:
    def send(_event: dict[str, Any]) -> dict[str, Any]:
        if isinstance(answer, NoAnswer):
            raise answer
        told: dict[str, Any] = answer
        return told

    with talking(bank, obedient, send=send) as (chat, fake):
        events = list(chat.say("pásale 100 a Juan"))

    assert codes(events) == ["NO_TERMS"]
    assert of_type(events, ConfirmationAsked) == []
    assert said(events) == "No lo hice."
    assert fake.invocations == []


def test_a_refusal_after_the_yes_ends_the_turn_as_refused(bank: World) -> None:
    with talking(bank, obedient) as (chat, _):
        list(chat.say("pásale 100 a Juan"))
        bank.account("user-maria", "acc-maria", "1.00", version=7)
        events = yes(chat)

    assert settled(events) == ["refused"]
    [answer] = of_type(events, OperationAnswered)
    assert (answer.status, answer.body["error"]["code"]) == (422, "INSUFFICIENT_FUNDS")
    assert events[-1] == TurnEnded("refused")


def test_what_is_asked_are_the_terms_of_the_bank(bank: World) -> None:
    bank.account("user-juan", "acc-juan", "50.00", holder_name="Juan López García")
    bank.beneficiary("user-maria", "ben-1", "mi hermano", name="Pedro Páramo")
    mind = scripted(calls(("resolveAlias", {"alias": "mi hermano"})), transfer(), Reply("Ya."))
    with talking(bank, mind) as (chat, _):
        [asked] = of_type(list(chat.say("pásale 100 a mi hermano")), ConfirmationAsked)

    assert ("A nombre de", "Juan L*** G***") in asked.rows
    assert "Pedro" not in str(asked)


def test_without_the_proof_the_function_that_the_agent_calls_does_nothing(bank: World) -> None:
    """The control of all that moves money here: the fake calls the real functions."""
    with talking(bank, obedient, mint=lambda challenge: "") as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        events = yes(chat)

    assert len(fake.invocations) == 1
    assert settled(events) == ["refused"]
    assert of_type(events, OperationAnswered)[-1].status == 428
    assert bank.balance("acc-maria") == 1000
    assert bank.records() == []


@pytest.mark.parametrize("where", ["agents", "always", "never"])
def test_whatever_the_stack_asks_for_nothing_moves_before_the_yes(bank: World, where: str) -> None:
    with talking(bank, obedient, where=where) as (chat, _):
        list(chat.say("pásale 100 a Juan"))
        assert bank.balance("acc-maria") == 1000
        list(chat.say("no"))
        assert bank.balance("acc-maria") == 1000
        list(chat.say("pásale 100 a Juan"))
        yes(chat)

    assert bank.balance("acc-maria") == 900


def test_a_proof_leaves_the_session_with_the_next_request(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        yes(chat)
        list(chat.say("hola"))

    [session] = fake.sessions.values()
    assert session.attributes["confirmation"] == ""


def test_what_the_agent_says_beside_a_question_is_not_shown(bank: World) -> None:
    both = replace(transfer(), text="¡Listo! Ya transferí 100 a tu hermano.")
    with talking(bank, scripted(both, Reply("Hecho."))) as (chat, _):
        events = list(chat.say("pásale 100 a Juan"))
        assert said(events) == ""
        assert said(yes(chat)) == "Hecho."


def test_a_yes_that_cannot_be_signed_does_nothing_and_is_asked_again(bank: World) -> None:
    is_down = [True]

    def mint(challenge: str) -> str:
        if is_down.pop():
            raise NotMinted("KMS is out of reach")
        return bank.mint(challenge)

    with talking(bank, obedient, mint=mint) as (chat, fake):
        [first] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        events = yes(chat)
        assert codes(events) == ["NOT_SIGNED"]
        assert settled(events) == ["refused"]
        [again] = of_type(events, ConfirmationAsked)
        assert again.invocation_id != first.invocation_id
        assert events[-1] == TurnEnded("failed")
        assert fake.invocations == []

        is_down.append(False)
        yes(chat)

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
