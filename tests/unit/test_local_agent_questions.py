"""What the agent loop asks before a change: the terms that it shows, and what an answer does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.agent.brain import Call, Say
from console.agent.card import card
from console.agent.events import (
    ConfirmationAsked,
    ConfirmationGiven,
    ConfirmationSettled,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
)
from console.agent.exchange import NoAnswer
from console.agent.wording import KnownThings
from console.confirming import NotMinted
from shared.confirmation import TERMS_WANTED, VALID_FOR
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


def test_saying_something_else_is_shown_as_declining(bank: World) -> None:
    chat = conversation(bank, ScriptedBrain([transfer()], DONE))
    [asked] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)

    events = list(chat.say("¿cuánto tengo?"))

    [given] = of_type(events, ConfirmationGiven)
    assert given == ConfirmationGiven(asked.invocation_id, "DENY", said_else=True)


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


def test_terms_of_an_added_operation_with_nothing_to_type_back_take_a_yes() -> None:
    confirmation = {
        "terms": {"policy_id": "pol-1"},
        "warnings": [{"code": "NAME_DIFFERS", "message": "It is in another name."}],
        "expires_at": "2026-11-22T15:46:08Z",
    }
    asked = card("cancelPolicy", {}, confirmation, KnownThings(), "en", invocation_id="inv-1")
    assert asked.must_repeat is None
    assert asked.rows == (("policy_id", "pol-1"),)
