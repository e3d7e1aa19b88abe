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
from shared.confirmation import TERMS_WANTED, VALID_FOR
from tests.support.agents import of_type, sender
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
from tests.support.world import SETTINGS, World, operations_in_schema

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
        "send": sender(bank),
        "mint": bank.mint,
        "new_id": lambda: next(ids),
        "clock": bank.clock,
    }
    return BedrockAgent(fake.client(read_timeout=1), **(settings | changes))


@contextmanager
def talking(
    bank: World, mind: Mind, *, refused: bool = False, where: str = "agents", **changes: Any
) -> Iterator[tuple[Conversation, FakeBedrockAgent]]:
    """Yield a conversation with an agent that, unless said, nothing was refused to.

    The functions do nothing for an agent without the proof of a yes, unless it is asked nowhere.
    """
    bank.rebuild(settings=SETTINGS._replace(require_confirmation=where))
    with FakeBedrockAgent(mind, bank) as fake:
        yield Conversation(agent_of(fake, bank, **changes)), fake
    assert bool(fake.violations) == refused, fake.violations


def yes(chat: Conversation) -> list[Any]:
    """Confirm what waits, as a page does."""
    assert chat.pending is not None
    return list(chat.decide(chat.pending.invocation_id, "CONFIRM"))


def settled(events: list[Any]) -> list[str]:
    return [each.state for each in of_type(events, ConfirmationSettled)]


def is_for_terms(request: OperationRequested) -> bool:
    return bool(request.event["sessionAttributes"].get("confirmation") == TERMS_WANTED)


def done_by(events: list[Any]) -> list[OperationRequested]:
    """Return the requests that were not for terms alone."""
    return [r for r in of_type(events, OperationRequested) if not is_for_terms(r)]


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


def proofs(fake: FakeBedrockAgent) -> list[str]:
    """Return the proofs that the functions were called with, one after another."""
    return [called["sessionAttributes"]["confirmation"] for called in fake.invocations]


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


# --- Terms that change between the question and the yes ---------------------------------------


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
