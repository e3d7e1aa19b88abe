"""What was confirmed at the agent loop and was not heard of is made once, and is told as it is."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.agent.brain import BrainUnavailable, Call, Say
from console.agent.events import ConfirmationAsked, ConfirmationSettled, OperationAnswered, Problem
from console.agent.exchange import NoAnswer
from shared.confirmation import TERMS_WANTED, VALID_FOR
from tests.support.agents import (
    DONE,
    ScriptedBrain,
    conversation,
    of_type,
    outcome,
    sender,
    transfer,
)
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("juan_was_paid_before")


class Flaky:
    """Sends to the bank, and loses the answers of the next so many confirmed changes."""

    def __init__(self, bank: World, lost: int, *, carries_out: bool) -> None:
        self._send = sender(bank)
        self._lost = lost
        self._carries_out = carries_out
        self.proofs: list[str] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        attributes = event["sessionAttributes"]
        if attributes.get("confirmation") in (None, TERMS_WANTED):
            return self._send(event)
        self.proofs.append(attributes["confirmation"])
        if self._lost:
            self._lost -= 1
            if self._carries_out:
                self._send(event)
            raise NoAnswer("ReadTimeoutError")
        return self._send(event)


@pytest.mark.parametrize("carries_out", [True, False])
def test_a_lost_answer_can_be_confirmed_again_and_counts_once(
    bank: World, carries_out: bool
) -> None:
    send = Flaky(bank, 2, carries_out=carries_out)
    chat = conversation(bank, ScriptedBrain([transfer()], DONE), send=send)
    list(chat.say("pásale 100 a Juan"))

    for _ in range(2):
        events = list(chat.say("sí"))
        assert of_type(events, Problem)[0].code == "NO_ANSWER"
        assert of_type(events, ConfirmationAsked)
        assert outcome(events) == "failed"
    events = list(chat.say("sí"))

    assert outcome(events) == "answered"
    assert (len(send.proofs), len(set(send.proofs))) == (3, 1)
    assert bank.balance("acc-maria") == 900


@pytest.mark.parametrize("said", ["no", "¿qué pasó?"])
def test_what_was_sent_without_an_answer_is_never_told_as_declined(bank: World, said: str) -> None:
    send = Flaky(bank, 1, carries_out=True)
    brain = ScriptedBrain([transfer()], [Say("No sé si se hizo.")])
    chat = conversation(bank, brain, send=send)
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))

    list(chat.say(said))

    assert brain.outcomes == [("unanswered", 0)]
    assert bank.balance("acc-maria") == 900


def lost_and_left(bank: World) -> Any:
    """A conversation in which a transfer of 100 was made, its answer lost, and then left."""
    brain = ScriptedBrain(
        [transfer()], DONE, [transfer("c2")], DONE, [transfer("c3", amount="200")], DONE
    )
    chat = conversation(bank, brain, send=Flaky(bank, 1, carries_out=True))
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))
    list(chat.say("¿qué pasó?"))
    return chat


def test_what_may_have_been_done_is_not_done_twice_when_it_is_asked_for_again(bank: World) -> None:
    chat = lost_and_left(bank)

    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
    events = list(chat.say("sí"))

    assert asked.is_in_doubt
    assert "no llegó respuesta" in asked.warnings[0].message
    assert of_type(events, OperationAnswered)[0].body["repeated"] is True
    assert bank.balance("acc-maria") == 900


def asked_after_doubt(bank: World, call: Call) -> ConfirmationAsked:
    """Return what is asked about a call while a transfer of 100 with a description is in doubt."""
    brain = ScriptedBrain([transfer(description="renta")], DONE, [call])
    chat = conversation(bank, brain, send=Flaky(bank, 1, carries_out=True))
    for text in ("pásale 100 a Juan", "sí", "¿qué pasó?"):
        list(chat.say(text))
    [asked] = of_type(list(chat.say("otra vez")), ConfirmationAsked)
    return asked  # type: ignore[no-any-return]


def test_the_same_amount_written_otherwise_is_the_same_call(bank: World) -> None:
    asked = asked_after_doubt(bank, transfer("c2", amount="100.00", description="renta"))

    assert asked.is_in_doubt


def test_almost_the_same_as_what_was_done_unheard_is_warned_of_by_the_bank(bank: World) -> None:
    asked = asked_after_doubt(bank, transfer("c2", amount="100.0"))

    assert not asked.is_in_doubt
    assert [warning.code for warning in asked.warnings] == ["POSSIBLE_DUPLICATE"]


def test_another_amount_than_what_is_in_doubt_is_another_thing(bank: World) -> None:
    asked = asked_after_doubt(bank, transfer("c2", amount="200"))

    assert asked.warnings == ()


def test_what_was_not_done_unheard_gets_new_terms_when_it_is_asked_for_too_late(
    bank: World,
) -> None:
    send = Flaky(bank, 1, carries_out=False)
    chat = conversation(bank, ScriptedBrain([transfer()], DONE, [transfer("c2")], DONE), send=send)
    for text in ("pásale 100 a Juan", "sí", "¿qué pasó?"):
        list(chat.say(text))
    bank.clock.move(VALID_FOR + timedelta(seconds=1))
    list(chat.say("pásale 100 a Juan"))

    late = list(chat.say("sí"))
    assert of_type(late, ConfirmationSettled)[0].state == "changed"
    assert bank.balance("acc-maria") == 1000
    list(chat.say("sí"))

    assert bank.balance("acc-maria") == 900


def test_once_the_doubt_is_settled_the_same_again_is_another_transfer(bank: World) -> None:
    chat = lost_and_left(bank)
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))

    [asked] = of_type(list(chat.say("pásale 200 a Juan")), ConfirmationAsked)
    list(chat.say("sí"))

    assert not asked.is_in_doubt
    assert bank.balance("acc-maria") == 700


@pytest.mark.parametrize("status", [500, 503])
def test_a_bank_that_fails_at_a_confirmed_change_leaves_it_in_doubt_and_counts_it_once(
    bank: World, status: int
) -> None:
    failures = [status]

    def failing_once(event: dict[str, Any]) -> dict[str, Any]:
        answer = sender(bank)(event)
        if failures and event["sessionAttributes"]["confirmation"] != TERMS_WANTED:
            answer["response"]["httpStatusCode"] = failures.pop()
            body = {"error": {"code": "TEMPORARILY_UNAVAILABLE", "message": "Repeat it."}}
            answer["response"]["responseBody"]["application/json"]["body"] = json.dumps(body)
        return answer

    chat = conversation(bank, ScriptedBrain([transfer()], DONE), send=failing_once)
    list(chat.say("pásale 100 a Juan"))

    failed = list(chat.say("sí"))
    again = list(chat.say("sí"))

    [problem] = of_type(failed, Problem)
    assert f"El banco falló ({status}). No sé si lo que confirmaste se hizo" in problem.message
    assert outcome(failed) == "failed"
    assert of_type(failed, ConfirmationAsked)[0].is_in_doubt
    assert outcome(again) == "answered"
    assert bank.balance("acc-maria") == 900


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"response": None},
        {"response": {"httpStatusCode": 200, "responseBody": {"application/json": {"body": "x"}}}},
        {"response": {"httpStatusCode": 200, "responseBody": {"application/json": {"body": "1"}}}},
    ],
)
def test_an_answer_that_cannot_be_read_settles_nothing(bank: World, answer: Any) -> None:
    def unreadable(event: dict[str, Any]) -> Any:
        is_asking = event["sessionAttributes"]["confirmation"] == TERMS_WANTED
        return sender(bank)(event) if is_asking else answer

    chat = conversation(bank, ScriptedBrain([transfer()], DONE), send=unreadable)
    list(chat.say("pásale 100 a Juan"))

    events = list(chat.say("sí"))

    assert "no sé si lo que confirmaste" in of_type(events, Problem)[0].message.lower()
    assert of_type(events, ConfirmationAsked)[0].is_in_doubt


def test_a_purchase_under_way_is_not_told_as_done_when_the_brain_fails(bank: World) -> None:
    bank.retailer("retailer-azteca", "Azteca")
    bank.account("retailer-azteca", "acc-azteca", "0.00")
    bank.product("p-1", price=Decimal("10.00"))
    purchase = {"product_id": "p-1", "account_id": "acc-maria", "unit_price": "10"}
    brain = ScriptedBrain(
        [Call("c", "createPurchase", purchase)], [BrainUnavailable("El modelo cayó.")]
    )
    chat = conversation(bank, brain)  # and no bus that would carry it on
    list(chat.say("cómpralo"))

    events = list(chat.say("sí"))

    assert of_type(events, ConfirmationSettled)[0].state == "pending"
    [problem] = of_type(events, Problem)
    assert "sigue en camino" in problem.message
    assert "quedó hecho" not in problem.message


def test_without_one_proof_a_lost_answer_would_be_paid_twice(bank: World) -> None:
    """The negative control of the test above: terms of another request make another transfer."""
    send = Flaky(bank, 1, carries_out=True)
    counted = iter("abcdefgh")

    def forgetful(event: dict[str, Any]) -> dict[str, Any]:
        attributes = event["sessionAttributes"]
        if attributes["confirmation"] != TERMS_WANTED:
            attributes |= {"request_id": next(counted), "confirmation": TERMS_WANTED}
            attributes["confirmation"] = bank.proof(through_bank(bank, event))
        return send(event)

    chat = conversation(bank, ScriptedBrain([transfer()], DONE), send=forgetful)
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))
    list(chat.say("sí"))

    assert bank.balance("acc-maria") == 800


def through_bank(bank: World, event: dict[str, Any]) -> dict[str, Any]:
    _, body = bank.invoke(event["actionGroup"], event)
    return body


def test_a_turn_that_is_interrupted_after_sending_is_told_to_the_brain_as_unanswered(
    bank: World,
) -> None:
    def interrupted(event: dict[str, Any]) -> dict[str, Any]:
        if event["sessionAttributes"]["confirmation"] == TERMS_WANTED:
            return sender(bank)(event)
        raise KeyboardInterrupt

    brain = ScriptedBrain([transfer()], DONE)
    chat = conversation(bank, brain, send=interrupted)
    list(chat.say("pásale 100 a Juan"))
    with pytest.raises(KeyboardInterrupt):
        list(chat.say("sí"))

    list(chat.say("¿qué pasó?"))

    assert brain.outcomes == [("unanswered", 0)]


@pytest.mark.parametrize(
    ("left", "settled"), [("1000.00", "sí quedó hecho"), ("1.00", "el banco lo rechazó")]
)
def test_a_brain_that_fails_after_a_confirmed_call_leaves_no_doubt_of_what_was_done(
    bank: World, left: str, settled: str
) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], [BrainUnavailable("El modelo cayó.")]))
    list(chat.say("pásale a Juan"))
    bank.account("user-maria", "acc-maria", left)

    events = list(chat.say("sí"))

    assert settled in of_type(events, Problem)[0].message
    assert outcome(events) == "failed"
