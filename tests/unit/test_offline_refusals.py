"""What the bank answers to an order, as the offline brain tells it: a refusal, or nothing."""

from decimal import Decimal
from typing import Any, get_args

import pytest

from action_groups import all_groups
from action_groups.marketplace.models import ReasonCode
from console.agent.brain import Call, CallOutcome, Heard, Say
from console.agent.exchange import NoAnswer
from console.agent.offline import OfflineBrain
from console.agent.wording import BENEFIT_REFUSALS
from shared.errors import Refusal
from tests.support.utterances import REPLIES, TODAY, Chat, seeded_bank
from tests.support.world import operations_in_schema


def refusing(
    code: str, message: str = "Why.", status: int = 409, *, left: str | None = None
) -> Any:
    """Return a bank that refuses every change so, and answers everything else."""
    bank = seeded_bank()

    def send(event: dict[str, Any]) -> dict[str, Any]:
        if event["httpMethod"] == "GET":
            answer: dict[str, Any] = bank.handlers[event["actionGroup"]](event, None)
            return answer
        figure = "" if left is None else f', "left": {left}'
        body = f'{{"error": {{"code": "{code}", "message": "{message}"{figure}}}}}'
        answered = {
            "httpStatusCode": status,
            "responseBody": {"application/json": {"body": body}},
        }
        return {"messageVersion": "1.0", "response": answered}

    return send


@pytest.mark.parametrize(
    "code",
    [
        *("INSUFFICIENT_FUNDS", "ACCOUNT_NOT_ACTIVE", "ACCOUNT_NOT_FOUND", "SAME_ACCOUNT"),
        *("TEMPORARILY_UNAVAILABLE", "INTERNAL_ERROR", "UNAUTHENTICATED"),
    ],
)
def test_a_refusal_is_told_in_the_persons_language(code: str) -> None:
    for order, language in (
        ("transfiere 100 a mi hermano", "es"),
        ("send 100 to my brother", "en"),
    ):
        turn = Chat(send=refusing(code)).say(order)
        assert turn.proposed == []
        assert turn.outcome == "refused"
        assert turn.text == REPLIES[language][f"refused_{code}"]  # type: ignore[index]


@pytest.mark.parametrize("order", ["transfiere 100 a mi hermano", "send 100 to my brother"])
def test_what_a_limit_leaves_is_told_as_the_bank_says_it(order: str) -> None:
    assert "$420.00" in Chat(send=refusing("LIMIT_EXCEEDED", left="420.00")).say(order).text


def test_a_refusal_without_words_for_its_code_is_told_in_the_banks_own() -> None:
    chat = Chat(send=refusing("SOMETHING_NEW", "The moon is full."))

    assert "The moon is full." in chat.say("transfiere 100 a mi hermano").text


def test_another_amount_may_be_tried_after_a_refusal(maria: Chat) -> None:
    assert maria.say("transfiere 100,000 a mi hermano").outcome == "refused"
    assert "sigue esperando" not in maria.say("¿cuánto tengo?").text

    [asked] = maria.say("mejor 100").proposed

    assert asked.arguments["amount"] == "100.00"


def test_a_purchase_without_funds_is_refused_before_anybody_is_asked() -> None:
    chat = Chat(user_id="user-sofia")
    chat.say("quiero una tele")

    turn = chat.say("cómprame la de 32")

    assert turn.proposed == []
    assert "No te alcanza en esa cuenta" in turn.text


def test_why_a_benefit_cannot_be_had_is_told_in_the_language_of_the_conversation() -> None:
    for search, order, why in (
        ("quiero una tele", "la primera a 12 meses", "No te alcanza el crédito disponible."),
        ("I want a tv", "the first one in 12 installments", "No active credit account"),
    ):
        chat = Chat(user_id="user-sofia")
        chat.say(search)
        assert why in chat.say(order).text


def test_every_reason_of_the_bank_has_its_sentence_in_spanish() -> None:
    assert set(BENEFIT_REFUSALS) == set(get_args(ReasonCode))


def test_purchases_and_what_is_confirmed_are_told_with_the_banks_names(maria: Chat) -> None:
    assert "Audífonos Bluetooth" in maria.say("mis compras").text
    maria.say("quiero una tele")
    [asked] = maria.say("cómprame la de 32").proposed
    assert ("Tienda", "Electrónica Azteca") in asked.rows


def test_a_purchase_whose_payment_is_under_way_is_told_so() -> None:
    bank = seeded_bank()
    bank.rebuild(sleep=lambda _seconds: None)
    chat = Chat(bank=bank)
    chat.say("quiero una tele")
    chat.say("cómprame la de 32")

    assert "sigue en camino" in chat.say("sí").text
    assert "pago en camino" in chat.say("¿ya quedó mi compra?").text


def test_a_question_that_the_bank_does_not_answer_is_told_so() -> None:
    def silent(_event: dict[str, Any]) -> dict[str, Any]:
        raise NoAnswer("gone")

    turn = Chat(send=silent).say("¿cuánto tengo?")

    assert "El banco no contestó" in turn.text
    assert turn.outcome == "failed"


def test_a_repeated_answer_is_told_to_have_moved_nothing() -> None:
    brain = OfflineBrain(operations_in_schema(), clock=lambda: TODAY)
    [call] = list(
        brain.step([Heard("createTransfer from_account=a to_account=b amount=5", language="es")])
    )
    assert isinstance(call, Call)
    body = {"from_account": "a", "to_account": "b", "amount": Decimal(5), "repeated": True}

    [said] = list(brain.step([CallOutcome(call, "answered", 200, body)]))

    assert isinstance(said, Say)
    assert said.delta == REPLIES["es"]["transfer_repeated"]


def test_every_refusal_has_its_words_in_both_languages() -> None:
    all_groups()
    codes = {refusal.code for refusal in Refusal.__subclasses__()}
    assert len(codes) > 10
    for words in REPLIES.values():
        assert {code for code in codes if f"refused_{code}" not in words} == set()


@pytest.mark.parametrize(
    ("turns", "language", "reply"),
    [
        (("mándale USD 200 a mi mamá",), "es", "doubt_foreign_currency"),
        (("send EUR 50 to my brother",), "en", "doubt_foreign_currency"),
        (("send 100 to sofi from my brother's account",), "en", "others_account"),
        (("mándale 100 a mi mamá", "no", "cancela"), "es", "nothing_pending"),
    ],
)
def test_what_no_order_is_made_of_is_answered_by_what_it_is(
    maria: Chat, turns: tuple[str, ...], language: Any, reply: str
) -> None:
    said = [maria.say(turn) for turn in turns]
    assert said[-1].text.splitlines()[0] == REPLIES[language][reply].splitlines()[0]


def test_quotes_of_a_telephone_hold_a_value_as_any(maria: Chat) -> None:
    assert "48000" in maria.say("getBalance account_id=“acc-maria-savings”").text


def test_that_one_is_the_one_that_was_compared(maria: Chat) -> None:
    maria.say("busca una tele")
    compared = maria.say("la 1")
    assert "Televisor HD" in compared.text
    assert "Televisor HD" in maria.say("esa").text
