"""A question of the deployed agent that meets other terms, another text or a second question."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from console.agent.events import (
    ConfirmationAsked,
    ConfirmationGiven,
    ConfirmationSettled,
    OperationAnswered,
    TurnEnded,
)
from shared.confirmation import VALID_FOR
from tests.support.agents import TRANSFER, of_type
from tests.support.bedrock_agent import (
    TWO,
    agent_of,
    attributes,
    calls,
    codes,
    obedient,
    said,
    scripted,
    settled,
    talking,
    transfer,
    yes,
)
from tests.support.fake_bedrock_agent import Memory
from tests.support.fake_openai import Reply
from tests.support.world import World


def changing(bank: World) -> None:
    """Make the terms of the transfer others, and the old yes none to them."""
    bank.account("user-juan", "acc-juan", "50.00", holder_name="Pedro Páramo")


def too_late(bank: World) -> None:
    bank.clock.move(VALID_FOR + timedelta(seconds=1))


CHANGES = [changing, too_late]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("asks_by_itself", [True, False])
def test_a_yes_to_other_terms_is_asked_again_and_done_once_after_the_second_yes(
    bank: World, change: Callable[[World], None], *, asks_by_itself: bool
) -> None:
    def mind(memory: Memory) -> Reply:
        kind, what = memory[-1]
        if kind == "user":
            return transfer()
        is_changed = what.get("error", {}).get("code") in {"TERMS_CHANGED", "CONFIRMATION_EXPIRED"}
        return transfer() if is_changed and asks_by_itself else Reply("Eso dijo el banco.")

    with talking(bank, mind) as (chat, fake):
        [first] = of_type(list(chat.say("pásale 100 a Juan")), ConfirmationAsked)
        change(bank)
        events = yes(chat)
        assert settled(events) == ["changed"]
        [again] = of_type(events, ConfirmationAsked)
        assert again.invocation_id != first.invocation_id
        assert again.expires_at >= first.expires_at
        assert events[-1] == TurnEnded("confirmation")
        assert bank.balance("acc-maria") == 1000

        with pytest.raises(KeyError):
            list(chat._agent.resolve(first.invocation_id, "CONFIRM", "es"))
        events = yes(chat)
        assert [(e.invocation_id, e.state) for e in of_type(events, ConfirmationSettled)] == [
            (again.invocation_id, "done")
        ]
        assert of_type(events, ConfirmationAsked) == []
        assert said(list(chat.say("no"))) == ""

    assert bank.balance("acc-maria") == 900
    assert len(fake.invocations) == 2


@pytest.mark.parametrize("then", ["no", "mejor dime el clima"])
def test_terms_that_changed_and_are_declined_do_nothing(bank: World, then: str) -> None:
    with talking(bank, obedient) as (chat, _):
        list(chat.say("pásale 100 a Juan"))
        changing(bank)
        yes(chat)
        events = list(chat.say(then))
        [given] = of_type(events, ConfirmationGiven)
        assert (given.decision, given.said_else) == ("DENY", then != "no")
        assert said(list(chat.say("hola"))) == "Dijiste: hola"

    assert bank.balance("acc-maria") == 1000


def test_a_second_yes_that_the_agent_does_not_take_up_does_nothing_and_says_so(
    bank: World,
) -> None:
    mind = scripted(transfer(), Reply("Cambió."), transfer(amount="99"))
    with talking(bank, mind) as (chat, fake):
        list(chat.say("pásale 100 a Juan"))
        changing(bank)
        yes(chat)
        events = yes(chat)
        assert settled(events) == ["refused"]
        assert "no se hizo" in of_type(events, ConfirmationSettled)[0].message
        [other] = of_type(events, ConfirmationAsked)
        assert other.terms["amount"] == 99  # which nobody has confirmed
        assert len(fake.invocations) == 1  # to the first terms
        list(chat.say("no"))

    assert bank.balance("acc-maria") == 1000


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
        events = yes(chat) if first == "sí" else list(chat.say(first))
        [asked] = of_type(events, ConfirmationAsked)
        assert asked.operation_id == "addBeneficiary"
        assert events[-1] == TurnEnded("confirmation")
        assert len(fake.requests) == 1
        assert bank.balance("acc-maria") == 1000

        events = yes(chat) if second == "sí" else list(chat.say(second))
        assert said(events) == "Listo."

    assert bank.balance("acc-maria") == balance
    assert len(bank.items("beneficiaries")) == beneficiaries


def test_something_else_said_after_the_first_yes_of_two_does_nothing_and_says_so(
    bank: World,
) -> None:
    with talking(bank, scripted(TWO, Reply("Bueno."), Reply("Hace sol."))) as (chat, _):
        list(chat.say("pásale 100 y guárdalo"))
        yes(chat)
        events = list(chat.say("espera, mejor dime el clima"))

    assert codes(events) == ["NOTHING_DONE"]
    assert settled(events) == ["refused"]
    assert said(events) == "Hace sol."
    assert bank.balance("acc-maria") == 1000
    assert bank.items("beneficiaries") == []


def test_a_decision_is_taken_once_and_not_before_its_question(bank: World) -> None:
    with talking(bank, scripted(TWO, Reply("Listo."))) as (_, fake):
        agent = agent_of(fake, bank)
        [first] = of_type(list(agent.hear("pásale 100 y guárdalo", "es")), ConfirmationAsked)
        list(agent.resolve(first.invocation_id, "CONFIRM", "es"))
        for wanted in (first.invocation_id, ""):
            with pytest.raises(KeyError):
                list(agent.resolve(wanted, "CONFIRM", "es"))

    assert fake.invocations == []


def test_two_transfers_at_once_are_two_questions_and_two_proofs(bank: World) -> None:
    both = calls(("createTransfer", TRANSFER), ("createTransfer", TRANSFER | {"amount": "50"}))
    with talking(bank, scripted(both, Reply("Hice las dos."))) as (chat, fake):
        [first] = of_type(list(chat.say("pásale 100 y 50")), ConfirmationAsked)
        [second] = of_type(yes(chat), ConfirmationAsked)
        assert (first.headline, second.headline) == ("$100.00 MXN", "$50.00 MXN")
        assert fake.invocations == []
        events = yes(chat)

    assert settled(events) == ["done", "done"]
    assert len(attributes(fake)["confirmation"].split()) == 2
    assert bank.balance("acc-maria") == 850


def test_the_same_transfer_twice_at_once_is_asked_about_and_made_once(bank: World) -> None:
    both = calls(("createTransfer", TRANSFER), ("createTransfer", TRANSFER))
    with talking(bank, scripted(both, Reply("Hice una."))) as (chat, _):
        events = list(chat.say("pásale 100 dos veces"))
        assert codes(events) == ["NOT_ASKED"]
        assert len(of_type(events, ConfirmationAsked)) == 1

        events = yes(chat)

    assert of_type(events, ConfirmationAsked) == []
    assert len(of_type(events, OperationAnswered)) == 1
    assert bank.balance("acc-maria") == 900
