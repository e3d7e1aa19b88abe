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
    ConfirmationSettled,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
    TurnEnded,
)
from console.agent.exchange import NoAnswer
from console.agent.local_agent import MAX_STEPS
from console.confirming import NotMinted
from shared.confirmation import TERMS_WANTED, VALID_FOR
from tests.support.agents import ScriptedBrain, conversation, of_type, sender
from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}
DONE = [Say("Listo.")]


@pytest.fixture(autouse=True)
def _juan_was_paid_before(bank: World) -> None:
    bank.paid("user-maria", "acc-juan")


def confirmed(events: list[Any]) -> list[OperationRequested]:
    """Return the requests of a turn that could change something."""
    return [
        request
        for request in of_type(events, OperationRequested)
        if request.event["sessionAttributes"].get("confirmation") not in (None, TERMS_WANTED)
    ]


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


def test_what_needs_confirmation_is_sent_for_its_terms_and_shown_as_the_bank_tells_them(
    bank: World,
) -> None:
    chat = conversation(bank, ScriptedBrain([transfer(description="Renta")], DONE))
    before = bank.snapshot()

    events = list(chat.say("pásale 100 a Juan"))

    [request] = of_type(events, OperationRequested)
    assert request.event["sessionAttributes"]["confirmation"] == TERMS_WANTED
    [asked] = of_type(events, ConfirmationAsked)
    assert asked.terms == of_type(events, OperationAnswered)[0].body["confirmation"]["terms"]
    assert asked.headline == "$100.00 MXN"
    assert ("Concepto", "Renta") in asked.rows
    assert asked.expires_at
    assert asked.must_repeat is None
    assert bank.snapshot() == before
    assert outcome(events) == "confirmation"


def test_a_yes_is_signed_and_carries_out_exactly_what_was_shown(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    shown = list(chat.say("pásale 100 a Juan"))
    [terms] = of_type(shown, OperationAnswered)

    events = list(chat.say("sí"))

    assert of_type(events, ConfirmationGiven)[0].decision == "CONFIRM"
    [request] = of_type(events, OperationRequested)
    attributes = request.event["sessionAttributes"]
    assert attributes["confirmation"] == bank.proof(terms.body)
    assert attributes["request_id"] == terms.body["confirmation"]["request_id"]
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (900, 150)
    [asked] = of_type(shown, ConfirmationAsked)
    [settled] = of_type(events, ConfirmationSettled)
    assert (settled.invocation_id, settled.state) == (asked.invocation_id, "done")
    assert outcome(events) == "answered"


def test_what_the_bank_refuses_is_told_at_once_and_nobody_is_asked(bank: World) -> None:
    brain = ScriptedBrain([transfer(amount="5000")], [Say("No te alcanza.")])

    events = list(conversation(bank, brain).say("pásale 5000 a Juan"))

    assert of_type(events, ConfirmationAsked) == []
    assert brain.outcomes == [("answered", 422)]
    assert outcome(events) == "refused"


@pytest.mark.parametrize("where", ["agents", "always", "never"])
def test_a_bank_that_asks_for_no_proof_is_asked_for_the_terms_all_the_same(
    bank: World, where: str
) -> None:
    settings = bank.resources.settings._replace(require_confirmation=where)
    bank.rebuild(settings=settings)
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))

    list(chat.say("pásale 100 a Juan"))
    assert bank.balance("acc-maria") == 1000
    list(chat.say("sí"))

    assert bank.balance("acc-maria") == 900


def test_other_terms_than_those_shown_are_shown_and_asked_about_anew(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    [first] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
    bank.call("createTransfer", **TRANSFER)  # by another channel: the same would now be a repeat

    events = list(chat.say("sí"))

    [settled] = of_type(events, ConfirmationSettled)
    [second] = of_type(events, ConfirmationAsked)
    assert (settled.invocation_id, settled.state) == (first.invocation_id, "changed")
    assert [warning.code for warning in second.warnings] == ["POSSIBLE_DUPLICATE"]
    assert outcome(events) == "confirmation"
    assert bank.balance("acc-maria") == 900
    list(chat.decide(first.invocation_id, "CONFIRM"))  # the card that is out of date
    assert bank.balance("acc-maria") == 900
    list(chat.decide(second.invocation_id, "CONFIRM"))
    assert bank.balance("acc-maria") == 800


def test_a_yes_that_comes_too_late_gets_new_terms(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    list(chat.say("pásale 100 a Juan"))
    bank.clock.move(VALID_FOR + timedelta(seconds=1))

    late = list(chat.say("sí"))

    assert of_type(late, ConfirmationSettled)[0].state == "changed"
    assert len(of_type(late, ConfirmationAsked)) == 1
    assert bank.balance("acc-maria") == 1000
    assert outcome(list(chat.say("sí"))) == "answered"
    assert bank.balance("acc-maria") == 900


def test_a_refusal_after_the_yes_is_settled_as_refused(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer(amount="800")], DONE))
    list(chat.say("pásale 800 a Juan"))
    bank.account("user-maria", "acc-maria", "10.00")  # spent elsewhere in the meantime

    events = list(chat.say("sí"))

    [settled] = of_type(events, ConfirmationSettled)
    assert settled.state == "refused"
    assert "no se hizo" in settled.message
    assert outcome(events) == "refused"


def test_a_yes_that_cannot_be_signed_sends_nothing_and_can_be_said_again(bank: World) -> None:
    failures = [NotMinted("no")]

    def mint(challenge: str) -> str:
        if failures:
            raise failures.pop()
        return bank.mint(challenge)

    chat = conversation(bank, ScriptedBrain([transfer()], DONE), mint=mint)
    list(chat.say("pásale 100 a Juan"))

    failed = list(chat.say("sí"))
    assert of_type(failed, Problem)[0].code == "NOT_SIGNED"
    assert of_type(failed, OperationRequested) == []
    assert outcome(failed) == "failed"
    list(chat.say("sí"))

    assert bank.balance("acc-maria") == 900


def test_a_bank_that_does_not_tell_the_terms_has_done_nothing(bank: World) -> None:
    def dead(event: dict[str, Any]) -> dict[str, Any]:
        raise NoAnswer("ReadTimeoutError")

    brain = ScriptedBrain([transfer()], DONE)
    events = list(conversation(bank, brain, send=dead).say("pásale 100 a Juan"))

    [problem] = of_type(events, Problem)
    assert problem.message == "El banco no contestó (ReadTimeoutError). No se hizo nada."
    assert of_type(events, ConfirmationAsked) == []
    assert brain.outcomes == [("unanswered", 0)]


@pytest.mark.parametrize("is_model", [True, False])
def test_what_a_model_writes_beside_a_question_is_not_shown(bank: World, *, is_model: bool) -> None:
    said = Say("¿Quieres ver tu saldo?")
    brain = ScriptedBrain([said, transfer()], DONE, is_model=is_model)
    chat = conversation(bank, brain)

    events = list(chat.say("pásale 100 a Juan"))

    assert bool(of_type(events, Text)) is not is_model
    assert [text.delta for text in of_type(list(chat.say("no")), Text)] == ["Listo."]


def test_a_no_sends_nothing_and_tells_the_brain(bank: World) -> None:
    brain = ScriptedBrain([transfer()], [Say("No hice nada.")])
    chat = conversation(bank, brain)
    list(chat.say("pásale 100 a Juan"))

    events = list(chat.say("no"))

    assert of_type(events, OperationRequested) == []
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


def test_the_same_transfer_is_asked_about_again_with_the_bank_s_warning(bank: World) -> None:
    again = transfer("c2", description="otra cosa")
    chat = conversation(bank, ScriptedBrain([transfer()], DONE, [again], DONE))
    list(chat.say("pásale 100 a Juan"))
    list(chat.say("sí"))

    [asked] = of_type(list(chat.say("otra vez")), ConfirmationAsked)
    list(chat.say("sí"))

    assert [warning.code for warning in asked.warnings] == ["POSSIBLE_DUPLICATE"]
    assert "ya se hizo lo mismo" in asked.warnings[0].message
    assert bank.balance("acc-maria") == 800


def test_an_account_that_was_never_paid_needs_more_than_a_yes(bank: World) -> None:
    bank.account("user-ana", "acc-ana", "0.00", holder_name="Ana Ruiz Soto")
    chat = conversation(bank, ScriptedBrain([transfer(to_account="acc-ana")], DONE))

    [asked] = of_type(list(chat.say("pásale 100 a Ana")), ConfirmationAsked)
    assert asked.rows[0] == ("A nombre de", "Ana R*** S***")
    assert asked.must_repeat == "100.00"
    refused = list(chat.say("sí"))
    assert of_type(refused, Problem)[0].code == "TO_BE_REPEATED"
    assert outcome(refused) == "confirmation"
    assert bank.balance("acc-maria") == 1000
    list(chat.say("$100"))

    assert bank.balance("acc-maria") == 900


def test_typing_another_amount_back_gives_the_transfer_up(bank: World) -> None:
    bank.account("user-ana", "acc-ana", "0.00")
    chat = conversation(bank, ScriptedBrain([transfer(to_account="acc-ana")], DONE))
    [asked] = of_type(list(chat.say("pásale 100 a Ana")), ConfirmationAsked)
    assert asked.rows[0] == ("A nombre de", "el banco no lo dice")

    events = list(chat.say("1000"))

    [given] = of_type(events, ConfirmationGiven)
    assert given == ConfirmationGiven(asked.invocation_id, "DENY", said_else=True)
    assert bank.balance("acc-maria") == 1000


def test_a_beneficiary_by_another_name_is_shown_with_the_true_holder_and_needs_more_than_a_yes(
    bank: World,
) -> None:
    bank.account("user-ana", "acc-ana-7731", "0.00", holder_name="Ana Ruiz Soto")
    named = {"name": "Juan López", "alias": "hermano trabajo", "account_id": "acc-ana-7731"}
    chat = conversation(bank, ScriptedBrain([Call("c", "addBeneficiary", named)], DONE))

    [asked] = of_type(list(chat.say("agrégalo")), ConfirmationAsked)

    assert asked.headline == "Ana R*** S***"
    assert ("Nombre que diste", "Juan López") in asked.rows
    assert "NAME_DIFFERS" in [warning.code for warning in asked.warnings]
    assert asked.must_repeat == "7731"
    list(chat.say("sí"))
    assert bank.items("beneficiaries") == []
    list(chat.say("7731"))
    assert len(bank.items("beneficiaries")) == 1


def test_a_no_is_none_of_what_has_to_be_typed_back(bank: World) -> None:
    bank.account("user-ana", "acc-ana-stop", "0.00", holder_name="Ana Ruiz Soto")
    named = {"name": "Juan López", "alias": "hermano trabajo", "account_id": "acc-ana-stop"}
    chat = conversation(bank, ScriptedBrain([Call("c", "addBeneficiary", named)], DONE))

    [asked] = of_type(list(chat.say("agrégalo")), ConfirmationAsked)
    assert asked.must_repeat == "stop"
    list(chat.say("stop"))

    assert bank.items("beneficiaries") == []


def test_own_accounts_that_answers_named_are_called_by_their_type(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([Call("c1", "getBalance", {})], [transfer("c3")], DONE))

    [asked] = of_type(list(chat.say("pásale 100 a mi hermano")), ConfirmationAsked)

    assert ("Desde", "tu cuenta de cheques (acc-maria)") in asked.rows
    assert ("Cuenta que recibe", "acc-juan") in asked.rows
    assert asked.warnings == ()


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

    [given] = of_type(events, ConfirmationGiven)
    assert given == ConfirmationGiven(asked.invocation_id, "DENY", said_else=True)


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


def test_a_query_without_an_answer_is_a_problem_and_the_brain_goes_on(bank: World) -> None:
    def dead(event: dict[str, Any]) -> dict[str, Any]:
        raise NoAnswer("EndpointConnectionError", {"es": "Arranqué otra.", "en": "Started."})

    brain = ScriptedBrain([Call("c1", "getBalance", {})], DONE)

    events = list(conversation(bank, brain, send=dead).say("¿cuánto tengo?"))

    [problem] = of_type(events, Problem)
    assert problem.message == "El banco no contestó (EndpointConnectionError). Arranqué otra."
    assert brain.outcomes == [("unanswered", 0)]
    assert outcome(events) == "answered"


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


def test_nothing_in_what_is_confirmed_can_turn_its_reading_around(bank: World) -> None:
    bank.retailer("retailer-azteca", "Az\u202eteca\x1b[2J")
    bank.product("p-1", name="Tele \u202e00.1$\x1b[2J")
    purchase = {"product_id": "p-1", "account_id": "acc-maria-credit", "unit_price": "799"}
    bank.product("p-1", name="Tele \u202e00.1$\x1b[2J", price=Decimal(799))
    brain = ScriptedBrain([Call("c", "createPurchase", purchase)])

    [asked] = of_type(list(conversation(bank, brain).say("cómpralo")), ConfirmationAsked)

    shown = f"{asked.headline}{asked.rows}"
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_a_purchase_is_asked_about_with_its_total_and_what_each_instalment_is(
    bank: World,
) -> None:
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-1", price=Decimal("100.00"), benefits=["3 MSI"])
    purchase = {
        "product_id": "p-1",
        "quantity": "2",
        "account_id": "acc-maria-credit",
        "unit_price": "100",
        "benefit": "MSI-3",
    }
    brain = ScriptedBrain([Call("c", "createPurchase", purchase)])

    [asked] = of_type(list(conversation(bank, brain).say("dos teles")), ConfirmationAsked)

    assert asked.headline == "$200.00 MXN"
    rows = dict(asked.rows)
    assert rows["Producto"] == "Audífonos inalámbricos"
    assert rows["Tienda"] == "Electrónica Azteca"
    assert (rows["Piezas"], rows["Precio de una pieza"]) == ("2", "$100.00 MXN")
    assert (rows["Cada mensualidad"], rows["Última mensualidad"]) == ("$66.66 MXN", "$66.68 MXN")


@pytest.mark.parametrize(
    ("said", "label", "called"),
    [("los audífonos", "Beneficio", "puntos"), ("the headphones", "Benefit", "points")],
)
def test_a_benefit_is_called_what_people_call_it(
    bank: World, said: str, label: str, called: str
) -> None:
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-1", benefits=[{"type": "points", "points_per_peso": 1}])
    purchase = {"product_id": "p-1", "account_id": "acc-maria", "unit_price": "1299"}
    bank.account("user-maria", "acc-maria", "2000.00")
    brain = ScriptedBrain([Call("c", "createPurchase", purchase | {"benefit": "points"})])

    [asked] = of_type(list(conversation(bank, brain).say(said)), ConfirmationAsked)

    assert (label, called) in asked.rows


def test_what_is_left_today_is_told_as_it_will_be_after_the_transfer(bank: World) -> None:
    deployed = bank.resources.settings._replace(daily_transfer_limit=Decimal(500))
    bank.rebuild(settings=deployed)
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))

    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    assert ("Límite que te queda hoy", "$400.00 MXN") in asked.rows
