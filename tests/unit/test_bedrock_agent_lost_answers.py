"""What a deployed agent was confirmed and was not heard of is made once, and is told as it is."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.agent.events import (
    AgentTrace,
    ConfirmationAsked,
    ConfirmationGiven,
    OperationAnswered,
    Problem,
    TurnEnded,
)
from shared.confirmation import VALID_FOR
from tests.support.agents import of_type
from tests.support.bedrock_agent import (
    CHUNK,
    TWO,
    attributes,
    codes,
    obedient,
    proofs,
    said,
    scripted,
    settled,
    talking,
    transfer,
    yes,
)
from tests.support.event_stream import CONTENT_TYPE, event, exception
from tests.support.fake_bedrock_agent import Memory, refusal
from tests.support.fake_openai import Reply
from tests.support.http_server import Answer
from tests.support.world import World


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

        events = yes(chat)

        assert codes(events)[1:] == ["NO_ANSWER"]
        assert "no se hará dos veces" in of_type(events, Problem)[1].message
        [again] = of_type(events, ConfirmationAsked)
        assert settled(events) == ["unknown"]
        assert again.invocation_id != first.invocation_id
        assert again.terms == first.terms
        assert "confirmar no la repite" in again.warnings[0].message
        assert events[-1] == TurnEnded("failed")
        assert bank.balance("acc-maria") == 900

        events = yes(chat)  # Bedrock does not wait for that any more
        assert codes(events) == ["REJECTED", "NOT_WAITING"]
        assert "no se hará dos veces" in of_type(events, Problem)[1].message

        [anew] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        assert "confirmar no la repite" in anew.warnings[0].message
        events = yes(chat)

    assert len(proofs(fake)) == 2
    assert len(set(proofs(fake))) == 1
    assert settled(events) == ["done"]
    assert of_type(events, OperationAnswered)[0].body["repeated"] is True
    assert bank.balance("acc-maria") == 900


@pytest.mark.parametrize("waited", [timedelta(0), VALID_FOR * 2])
def test_a_transfer_of_all_the_money_whose_answer_was_lost_is_not_said_to_be_refused(
    bank: World, waited: timedelta
) -> None:
    """Its terms of now would be a refusal: there is nothing left to transfer."""

    def mind(memory: Memory) -> Reply:
        return transfer(amount="1000") if memory[-1][0] == "user" else Reply("Listo.")

    with talking(bank, mind, refused=True) as (chat, fake):
        list(chat.say("pásale todo"))
        fake.disturbances.append(cut)
        yes(chat)
        assert bank.balance("acc-maria") == 0
        bank.clock.move(waited)
        yes(chat)  # Bedrock does not wait for that any more
        [asked] = of_type(list(chat.say("pásale todo")), ConfirmationAsked)
        assert asked.is_in_doubt
        assert settled(yes(chat)) == ["done"]

    assert bank.balance("acc-juan") == 1050


def test_a_refusal_that_is_answered_again_is_still_a_refusal(bank: World) -> None:
    with talking(bank, obedient, refused=True) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        bank.account("user-maria", "acc-maria", "1.00", version=7)
        fake.disturbances.append(cut)
        assert settled(yes(chat)) == ["unknown"]
        yes(chat)  # Bedrock does not wait for that any more
        list(chat.say("pásale 100 a Juan"))
        events = yes(chat)

    assert of_type(events, OperationAnswered)[-1].body["repeated"] is True
    assert settled(events) == ["refused"]


def test_a_bank_that_failed_at_a_confirmed_transfer_leaves_it_in_doubt(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
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
        events = yes(chat)
        assert settled(events) == ["unknown"]
        assert events[-1] == TurnEnded("failed")

        [anew] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        assert anew.is_in_doubt
        assert settled(yes(chat)) == ["done"]

    assert len(proofs(fake)) == 2
    assert len(set(proofs(fake))) == 1
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
        events = yes(chat)

    [problem] = of_type(events, Problem)
    assert problem.code == "NOT_CONFIRMABLE"
    assert "Eso no se hizo" in problem.message
    assert settled(events) == ["done"]
    assert bank.balance("acc-maria") == 900


def test_something_else_said_after_a_lost_answer_does_not_claim_that_nothing_was_done(
    bank: World,
) -> None:
    with talking(bank, scripted(TWO, Reply("Bueno.")), refused=True) as (chat, fake):
        list(chat.say("pásale 100 y guárdalo"))
        yes(chat)
        fake.disturbances.append(cut)
        assert "NO_ANSWER" in codes(yes(chat))

        yes(chat)
        [problem, *_] = of_type(list(chat.say("mejor dime el clima")), Problem)

    assert "Puede que lo de antes sí se haya hecho" in problem.message
    assert bank.balance("acc-maria") == 900


def test_after_its_answer_came_the_same_transfer_is_another_one(bank: World) -> None:
    """The control of the test above: what is known counts again."""
    with talking(bank, obedient) as (chat, _):
        for _ in range(2):
            list(chat.say("pásale 100 a Juan"))
            yes(chat)

    assert bank.balance("acc-maria") == 800


def test_a_confirmation_that_was_turned_away_is_asked_again_and_then_made(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.refusals.append(refusal(429, "ThrottlingException"))

        events = yes(chat)
        assert "No se hizo nada" in of_type(events, Problem)[1].message
        [again] = of_type(events, ConfirmationAsked)
        assert "confirmar no la repite" not in str(again.warnings)
        assert bank.balance("acc-maria") == 1000

        assert yes(chat)[-1] == TurnEnded("answered")

    assert bank.balance("acc-maria") == 900


def test_a_confirmation_that_timed_out_is_in_doubt(bank: World) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.refusals.append(Answer(200, (CHUNK,), CONTENT_TYPE, pause_seconds=60))

        events = yes(chat)
        assert codes(events) == ["SLOW", "NO_ANSWER"]
        first_proof = attributes(fake)["confirmation"]

        yes(chat)
        assert attributes(fake)["confirmation"] == first_proof

    assert bank.balance("acc-maria") == 900


def test_a_stream_that_breaks_after_the_transfer_was_answered_says_that_it_was_done(
    bank: World,
) -> None:
    with talking(bank, obedient) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.disturbances.append(
            lambda answer: replace(answer, pieces=answer.pieces[:1], breaks_off=True)
        )
        events = yes(chat)

    assert codes(events) == ["UNREACHABLE"]
    assert settled(events) == ["done"]
    assert of_type(events, ConfirmationAsked) == []


def test_a_session_that_ended_meanwhile_says_that_nothing_was_done(bank: World) -> None:
    with talking(bank, obedient, refused=True) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        fake.sessions.clear()

        events = yes(chat)
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
        assert chat.pending is not None
        turn = chat.decide(chat.pending.invocation_id, "CONFIRM")
        assert isinstance(next(turn), ConfirmationGiven)
        assert isinstance(next(turn), AgentTrace)
        turn.close()  # type: ignore[attr-defined]

        [anew] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        assert "confirmar no la repite" in anew.warnings[0].message
        yes(chat)

    assert len(fake.invocations) == 2
    assert bank.balance("acc-maria") == 900
