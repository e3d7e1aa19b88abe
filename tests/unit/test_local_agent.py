"""The agent loop: what is sent, what waits for a yes, and what is refused."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.agent.brain import BrainUnavailable, Call, Say
from console.agent.events import (
    CallRejected,
    ConfirmationAsked,
    ConfirmationGiven,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
    TurnEnded,
)
from console.agent.local_agent import MAX_STEPS, NoAnswer
from tests.support.agents import ScriptedBrain, conversation, of_type, sender
from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}
DONE = [Say("Listo.")]


def transfer(call_id: str = "c1", **changes: Any) -> Call:
    return Call(call_id, "createTransfer", TRANSFER | changes)


def outcome(events: list[Any]) -> str:
    assert isinstance(events[-1], TurnEnded)
    ended: str = events[-1].outcome
    return ended


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


def test_what_needs_confirmation_is_not_sent_before_it(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))

    events = list(chat.say("pásale 100 a Juan"))

    [asked] = of_type(events, ConfirmationAsked)
    assert asked.arguments == TRANSFER
    assert ("Cantidad", "$100.00 MXN") in asked.rows
    assert not of_type(events, OperationRequested)
    assert bank.balance("acc-maria") == 1000
    assert outcome(events) == "confirmation"


def test_a_yes_carries_out_exactly_what_was_asked_under_the_id_of_the_confirmation(
    bank: World,
) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    events = list(chat.say("sí"))

    assert of_type(events, ConfirmationGiven)[0].decision == "CONFIRM"
    [request] = of_type(events, OperationRequested)
    assert request.event["sessionAttributes"]["request_id"] == asked.invocation_id
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (900, 150)
    assert outcome(events) == "answered"


def test_a_no_sends_nothing_and_tells_the_brain(bank: World) -> None:
    brain = ScriptedBrain([transfer()], [Say("No hice nada.")])
    chat = conversation(bank, brain)
    list(chat.say("pásale 100 a Juan"))

    events = list(chat.say("no"))

    assert not of_type(events, OperationRequested)
    assert brain.outcomes == [("declined", 0)]
    assert bank.balance("acc-maria") == 1000


def test_saying_something_else_gives_the_held_call_up(bank: World) -> None:
    brain = ScriptedBrain([transfer()], [transfer("c2", amount="200")], DONE)
    chat = conversation(bank, brain)
    [first] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    [second] = of_type(list(chat.say("mejor 200")), ConfirmationAsked)
    list(chat.decide(first.invocation_id, "CONFIRM"))
    assert bank.balance("acc-maria") == 1000
    list(chat.decide(second.invocation_id, "CONFIRM"))

    assert bank.balance("acc-maria") == 800
    assert brain.outcomes[0] == ("declined", 0)


def test_a_confirmation_counts_once(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    list(chat.decide(asked.invocation_id, "CONFIRM"))
    events = list(chat.decide(asked.invocation_id, "CONFIRM"))

    assert of_type(events, Problem)[0].code == "NOTHING_TO_CONFIRM"
    assert bank.balance("acc-maria") == 900


def test_the_same_transfer_confirmed_twice_is_made_twice_with_a_warning(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE, [transfer("c2")], DONE))
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))

    [asked] = of_type(list(chat.say("otra vez")), ConfirmationAsked)
    list(chat.say("sí"))

    assert any("exactamente lo mismo" in warning.message for warning in asked.warnings)
    assert bank.balance("acc-maria") == 800


def test_the_warning_of_a_repeat_ends_after_a_while(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE, [transfer("c2")], DONE))
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))
    bank.clock.move(timedelta(minutes=11))

    [asked] = of_type(list(chat.say("otra vez")), ConfirmationAsked)

    assert not any("exactamente lo mismo" in warning.message for warning in asked.warnings)


def test_a_destination_that_no_answer_named_is_warned_of(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))

    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    assert any("revísala" in warning.message for warning in asked.warnings)


def test_accounts_that_answers_named_are_called_by_their_names(bank: World) -> None:
    bank.beneficiary("user-maria", "ben-1", "mi hermano", name="Juan López", account_id="acc-juan")
    chat = conversation(
        bank,
        ScriptedBrain(
            [Call("c1", "getBalance", {}), Call("c2", "resolveAlias", {"alias": "mi hermano"})],
            [transfer("c3")],
            DONE,
        ),
    )

    [asked] = of_type(list(chat.say("pásale 100 a mi hermano")), ConfirmationAsked)

    assert ("Desde", "tu cuenta de cheques (acc-maria)") in asked.rows
    assert ("Para", "Juan López, «mi hermano» (acc-juan)") in asked.rows
    assert asked.warnings == ()


class Flaky:
    """Sends to the bank, and loses the answers of the next so many changes."""

    def __init__(self, bank: World, lost: int, *, carries_out: bool) -> None:
        self._send = sender(bank)
        self._lost = lost
        self._carries_out = carries_out
        self.request_ids: list[str] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        self.request_ids.append(event["sessionAttributes"].get("request_id", ""))
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
    assert len(set(send.request_ids)) == 1
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
    assert any("no llegó respuesta" in warning.message for warning in asked.warnings)
    assert any("revísala" in warning.message for warning in asked.warnings)
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


def test_almost_the_same_as_what_is_in_doubt_is_warned_of(bank: World) -> None:
    asked = asked_after_doubt(bank, transfer("c2", amount="100.0"))

    assert not asked.is_in_doubt
    assert any("casi igual" in warning.message for warning in asked.warnings)


def test_another_amount_than_what_is_in_doubt_is_another_thing(bank: World) -> None:
    asked = asked_after_doubt(bank, transfer("c2", amount="200"))

    assert not any("casi igual" in warning.message for warning in asked.warnings)


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
        if failures:
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
    chat = conversation(bank, ScriptedBrain([transfer()], DONE), send=lambda event: answer)
    list(chat.say("pásale 100 a Juan"))

    events = list(chat.say("sí"))

    assert "no sé si lo que confirmaste" in of_type(events, Problem)[0].message.lower()
    assert of_type(events, ConfirmationAsked)[0].is_in_doubt


def test_a_purchase_under_way_is_not_told_as_done_when_the_brain_fails(bank: World) -> None:
    def under_way(event: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"purchase_id": "p-1", "status": "pending"})
        content = {"application/json": {"body": body}}
        return {"response": {"httpStatusCode": 200, "responseBody": content}}

    purchase = {"product_id": "p", "account_id": "acc-maria", "unit_price": "10"}
    brain = ScriptedBrain(
        [Call("c", "createPurchase", purchase)], [BrainUnavailable("El modelo cayó.")]
    )
    chat = conversation(bank, brain, send=under_way)
    list(chat.say("cómpralo"))

    [problem] = of_type(list(chat.say("sí")), Problem)

    assert "sigue en camino" in problem.message
    assert "quedó hecho" not in problem.message


def test_a_beneficiary_without_an_alias_does_not_break_the_turn_that_learns_of_it(
    bank: World,
) -> None:
    def answers(event: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"beneficiaries": [{"beneficiary_id": "b", "account_id": "a"}]})
        content = {"application/json": {"body": body}}
        return {"response": {"httpStatusCode": 200, "responseBody": content}}

    brain = ScriptedBrain([Call("c", "listBeneficiaries", {})], DONE)

    assert outcome(list(conversation(bank, brain, send=answers).say("¿quiénes?"))) == "answered"


def test_saying_something_else_is_shown_as_declining(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    events = list(chat.say("¿cuánto tengo?"))

    assert of_type(events, ConfirmationGiven) == [ConfirmationGiven(asked.invocation_id, "DENY")]


def test_without_one_request_id_a_lost_answer_would_be_paid_twice(bank: World) -> None:
    """The negative control of the test above: another id each time makes another transfer."""
    send = Flaky(bank, 1, carries_out=True)
    counted = iter("abcdefgh")

    def forgetful(event: dict[str, Any]) -> dict[str, Any]:
        event["sessionAttributes"]["request_id"] = next(counted)
        return send(event)

    chat = conversation(bank, ScriptedBrain([transfer()], DONE), send=forgetful)
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))
    list(chat.say("sí"))

    assert bank.balance("acc-maria") == 800


def test_a_turn_that_is_interrupted_after_sending_is_told_to_the_brain_as_unanswered(
    bank: World,
) -> None:
    def interrupted(event: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    brain = ScriptedBrain([transfer()], DONE)
    chat = conversation(bank, brain, send=interrupted)
    list(chat.say("pásale 100 a Juan"))
    with pytest.raises(KeyboardInterrupt):
        list(chat.say("sí"))

    list(chat.say("¿qué pasó?"))

    assert brain.outcomes == [("unanswered", 0)]


def test_a_query_without_an_answer_is_a_problem_and_the_brain_goes_on(bank: World) -> None:
    def dead(event: dict[str, Any]) -> dict[str, Any]:
        raise NoAnswer("EndpointConnectionError", {"es": "Arranqué otra.", "en": "Started."})

    brain = ScriptedBrain([Call("c1", "getBalance", {})], DONE)

    events = list(conversation(bank, brain, send=dead).say("¿cuánto tengo?"))

    [problem] = of_type(events, Problem)
    assert problem.message == "El banco no contestó (EndpointConnectionError). Arranqué otra."
    assert brain.outcomes == [("unanswered", 0)]
    assert outcome(events) == "answered"


def test_a_refusal_of_what_was_confirmed_is_how_the_turn_ends(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer(amount="5000")], DONE))
    list(chat.say("pásale 5000 a Juan"))

    events = list(chat.say("sí"))

    assert of_type(events, OperationAnswered)[0].body["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert outcome(events) == "refused"


@pytest.mark.parametrize(
    ("amount", "settled"), [("100", "sí quedó hecho"), ("5000", "el banco lo rechazó")]
)
def test_a_brain_that_fails_after_a_confirmed_call_leaves_no_doubt_of_what_was_done(
    bank: World, amount: str, settled: str
) -> None:
    chat = conversation(
        bank, ScriptedBrain([transfer(amount=amount)], [BrainUnavailable("El modelo cayó.")])
    )
    list(chat.say("pásale a Juan"))

    events = list(chat.say("sí"))

    assert settled in of_type(events, Problem)[0].message
    assert outcome(events) == "failed"


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
    assert not of_type(events, OperationRequested)
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


def test_nothing_in_what_is_confirmed_can_turn_its_reading_around(bank: World) -> None:
    call = transfer(to_account="acc-juan\u202egnivas", description="ren\x1b[2Jta")

    [asked] = of_type(
        list(conversation(bank, ScriptedBrain([call])).say("pásale 100")), ConfirmationAsked
    )

    assert ("Para", "acc-juan\ufffdgnivas") in asked.rows
    assert ("Concepto", "ren\ufffd[2Jta") in asked.rows
    assert asked.arguments["to_account"] == "acc-juan\u202egnivas"


@pytest.mark.parametrize(
    ("quantity", "total"), [("2", "$7,598.00 MXN"), ("1", None), ("dos", None), ("9" * 99, None)]
)
def test_several_pieces_are_asked_about_with_their_total(
    bank: World, quantity: str, total: str | None
) -> None:
    purchase = {
        "product_id": "prod-televisor-32",
        "retailer_id": "retailer-electronica-azteca",
        "quantity": quantity,
        "account_id": "acc-maria",
        "unit_price": "3799",
    }
    brain = ScriptedBrain([Call("c", "createPurchase", purchase)])

    [asked] = of_type(list(conversation(bank, brain).say("dos teles")), ConfirmationAsked)

    assert dict(asked.rows).get("Total") == total
    assert ("Tienda", "retailer-electronica-azteca") in asked.rows
