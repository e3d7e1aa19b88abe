"""The agent loop: what a brain calls is sent or rejected, and a brain that fails hears it later."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from console.agent.brain import BrainUnavailable, Call
from console.agent.events import (
    CallRejected,
    ConfirmationAsked,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
)
from console.agent.exchange import NoAnswer
from console.agent.local_agent import MAX_STEPS
from tests.support.agents import (
    DONE,
    TRANSFER,
    ScriptedBrain,
    conversation,
    of_type,
    outcome,
    transfer,
)
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("juan_was_paid_before")


def test_a_query_is_sent_at_once_as_the_exact_event(bank: World) -> None:
    brain = ScriptedBrain([Call("c1", "getBalance", {"account_id": "acc-maria"})], DONE)

    events = list(conversation(bank, brain).say("¿cuánto tengo?"))

    [request] = of_type(events, OperationRequested)
    assert request.event["apiPath"] == "/balance"
    assert request.event["inputText"] == "¿cuánto tengo?"
    assert request.event["sessionAttributes"] == {"user_id": "user-maria"}
    assert request.event["parameters"] == [
        {"name": "account_id", "type": "string", "value": "acc-maria"}
    ]
    [answer] = of_type(events, OperationAnswered)
    assert (answer.status, answer.body["accounts"][0]["balance"]) == (200, 1000)
    assert brain.outcomes == [("answered", 200)]
    assert [text.delta for text in of_type(events, Text)] == ["Listo."]
    assert outcome(events) == "answered"


def test_a_beneficiary_without_an_alias_does_not_break_the_turn_that_learns_of_it(
    bank: World,
) -> None:
    def answers(event: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"beneficiaries": [{"beneficiary_id": "b", "account_id": "a"}]})
        content = {"application/json": {"body": body}}
        return {"response": {"httpStatusCode": 200, "responseBody": content}}

    brain = ScriptedBrain([Call("c", "listBeneficiaries", {})], DONE)

    assert outcome(list(conversation(bank, brain, send=answers).say("¿quiénes?"))) == "answered"


def test_a_query_without_an_answer_is_a_problem_and_the_brain_goes_on(bank: World) -> None:
    def dead(event: dict[str, Any]) -> dict[str, Any]:
        raise NoAnswer("EndpointConnectionError", {"es": "Arranqué otra.", "en": "Started."})

    brain = ScriptedBrain([Call("c1", "getBalance", {})], DONE)

    events = list(conversation(bank, brain, send=dead).say("¿cuánto tengo?"))

    [problem] = of_type(events, Problem)
    assert problem.message == "El banco no contestó (EndpointConnectionError). Arranqué otra."
    assert brain.outcomes == [("unanswered", 0)]
    assert outcome(events) == "answered"


def test_outcomes_that_a_failing_brain_was_not_told_are_told_with_the_next_message(
    bank: World,
) -> None:
    brain = ScriptedBrain(
        [Call("c1", "getBalance", {})], [BrainUnavailable("El modelo cayó.")], DONE
    )
    chat = conversation(bank, brain)
    list(chat.say("¿cuánto tengo?"))

    events = list(chat.say("¿y ahora?"))

    assert [type(told).__name__ for told in brain.told[-1]] == ["CallOutcome", "Heard"]
    assert outcome(events) == "answered"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (Call("c", "getBalances", {}), "There is no operation `getBalances`"),
        (Call("c", "getBalance", {"user_id": "user-juan"}), "no parameter `user_id`"),
        (Call("c", "getBalance", "{account"), "not a JSON object"),
        (Call("c", "createTransfer", {"amount": 1}), "`from_account`, `to_account` is missing"),
        (Call("c", "getBalance", {"account_id": ["a"]}), "must be a single value"),
    ],
)
def test_a_call_that_the_schema_does_not_allow_is_told_to_the_brain_and_not_sent(
    bank: World, call: Call, reason: str
) -> None:
    brain = ScriptedBrain([call], DONE)

    events = list(conversation(bank, brain).say("¿cuánto tengo?"))

    [rejected] = of_type(events, CallRejected)
    assert reason in rejected.reason
    assert of_type(events, OperationRequested) == []
    assert brain.outcomes == [("rejected", 0)]


def test_numbers_become_the_text_that_bedrock_sends_and_nulls_are_left_out(bank: World) -> None:
    call = Call(
        "c",
        "createTransfer",
        {
            "from_account": "acc-maria",
            "to_account": "acc-juan",
            "amount": Decimal("1E+2"),
            "description": None,
        },
    )

    [asked] = of_type(
        list(conversation(bank, ScriptedBrain([call])).say("pasa 100")), ConfirmationAsked
    )

    assert asked.arguments == {**TRANSFER, "amount": "100"}


def test_of_two_changes_in_one_step_only_the_first_is_asked_about(bank: World) -> None:
    brain = ScriptedBrain([transfer("c1"), transfer("c2", amount="900")], DONE)
    chat = conversation(bank, brain)

    events = list(chat.say("pásale"))
    list(chat.say("sí"))

    assert len(of_type(events, ConfirmationAsked)) == 1
    assert brain.outcomes == [("answered", 200), ("rejected", 0)]
    assert bank.balance("acc-maria") == 900


def test_a_brain_that_never_stops_calling_is_stopped(bank: World) -> None:
    def forever() -> Iterator[list[Call]]:
        while True:
            yield [Call("c", "getBalance", {})]

    brain = ScriptedBrain()
    brain._steps = forever()

    events = list(conversation(bank, brain).say("¿cuánto tengo?"))

    assert len(of_type(events, OperationRequested)) == MAX_STEPS
    assert of_type(events, Problem)[0].code == "TOO_MANY_STEPS"
    assert outcome(events) == "failed"


def test_another_customer_of_the_same_bank_is_another_caller(bank: World) -> None:
    chat = conversation(
        bank, ScriptedBrain([Call("c", "getBalance", {})], DONE), user_id="user-juan"
    )

    [answer] = of_type(list(chat.say("¿cuánto tengo?")), OperationAnswered)

    assert [account["account_id"] for account in answer.body["accounts"]] == ["acc-juan"]
