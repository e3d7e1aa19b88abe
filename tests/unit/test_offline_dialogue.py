"""Orders to the offline brain over a seeded bank: made in several messages, amended, given up."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.utterances import REPLIES, Chat


def test_a_transfer_is_confirmed_made_and_the_account_it_left_is_told_first(maria: Chat) -> None:
    [asked] = maria.say("Transfiere 100 pesos a mi hermano").proposed
    assert asked.operation_id == "createTransfer"
    assert asked.arguments == {
        "from_account": "acc-maria-checking",
        "to_account": "acc-juan-checking",
        "amount": "100.00",
    }

    done = maria.say("sí")
    assert done.outcome == "answered"
    assert "$100.00" in done.text
    assert "Juan López García" in done.text
    assert maria.bank.balance("acc-maria-checking") == Decimal("15150.75")

    left = maria.say("¿cuánto me queda?").text.splitlines()
    assert left[1] == "Cuenta de cheques: $15,150.75"


def test_a_television_is_found_compared_recommended_and_bought(maria: Chat) -> None:
    found = maria.say("quiero una tele")
    assert found.text.splitlines()[1] == (
        "1. Televisor HD de 32 pulgadas, $3,799.00, en Electrónica Azteca, 22 disponibles"
    )

    compared = maria.say("¿cuál me conviene a meses?")
    assert [operation for operation, _ in compared.calls] == ["compareBenefits"] * 3
    assert "Te conviene Televisor HD de 32 pulgadas a 12 MSI: pagas $316.58" in compared.text

    [asked] = maria.say("cómprala").proposed
    assert asked.operation_id == "createPurchase"
    assert asked.arguments == {
        "product_id": "prod-televisor-32",
        "retailer_id": "retailer-electronica-azteca",
        "account_id": "acc-maria-credit",
        "benefit": "MSI-12",
        "months": "12",
        "monthly_payment": "316.58",
        "last_payment": "316.62",
        "unit_price": "3799.00",
    }

    assert maria.say("sí").text.startswith("¡Listo! Compraste Televisor HD de 32 pulgadas")
    assert maria.bank.balance("acc-maria-credit") == -6999
    assert "pagada" in maria.say("¿ya quedó mi compra?").text


def change_benefits(chat: Chat, product_id: str, benefits: list[Any]) -> None:
    for product in chat.bank.items("products"):
        if product["product_id"] == product_id:
            chat.bank.put("products", **{**product, "benefits": benefits})


def test_a_benefit_that_changed_after_it_was_shown_is_not_bought(maria: Chat) -> None:
    maria.say("quiero una tele")
    assert "cashback" in maria.say("¿qué beneficios tiene la primera?").text
    [asked] = maria.say("cómprala").proposed
    assert asked.arguments["cashback"] == "189.95"
    before = maria.bank.items("purchases")
    change_benefits(maria, "prod-televisor-32", ["1% cashback"])

    assert "El beneficio cambió" in maria.say("sí").text
    assert maria.bank.items("purchases") == before


def test_the_figures_of_a_benefit_are_those_of_as_many_pieces_as_are_bought(maria: Chat) -> None:
    maria.say("quiero una tele")
    maria.say("¿qué beneficios tiene la primera?")

    [asked] = maria.say("compra 2").proposed

    assert (asked.arguments["quantity"], asked.arguments["cashback"]) == ("2", "379.90")


def test_a_number_that_says_which_product_says_not_how_many_of_it(maria: Chat) -> None:
    maria.say("quiero una tele")
    maria.say("cómprala")

    [asked] = maria.say("2").proposed

    assert asked.arguments["product_id"] == "prod-tv-led-55"
    assert "quantity" not in asked.arguments


def test_how_many_of_one_thing_says_nothing_of_another(maria: Chat) -> None:
    maria.say("dame 3 tequilas")

    [asked] = maria.say("compra el televisor de 32").proposed

    assert "quantity" not in asked.arguments


def test_a_receipt_has_the_number_the_day_and_what_is_left(maria: Chat) -> None:
    maria.say("transfiere 100 a mi hermano")
    told = maria.say("sí").text.splitlines()
    [record, *_] = [r for r in maria.bank.items("transactions") if r["amount"] == -100]

    assert told[1] == f"Folio {record['transaction_id']}, 25 nov."
    assert told[2] == "Te quedan $15,150.75 disponibles en tu cuenta de cheques."


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("mejor 200", {"amount": "200.00"}),
        ("que sean doscientos", {"amount": "200.00"}),
        ("no, a mi mamá", {"to_account": "acc-elena-checking"}),
        ("de la de ahorro", {"from_account": "acc-maria-savings"}),
        ("con mi tarjeta", {"from_account": "acc-maria-credit"}),
        ("con concepto cena", {"description": "cena"}),
        ("mejor 200 a mi mamá de mi ahorro", {"amount": "200.00"}),
    ],
)
def test_a_pending_transfer_is_amended_and_asked_about_again(
    maria: Chat, text: str, changed: dict[str, str]
) -> None:
    [before] = maria.say("transfiere 100 a mi hermano").proposed
    [after] = maria.say(text).proposed

    assert {**after.arguments, **changed} == after.arguments
    assert after.arguments != before.arguments
    assert maria.bank.balance("acc-maria-checking") == Decimal("15250.75")


def test_a_pending_purchase_is_amended_and_asked_about_again(maria: Chat) -> None:
    for text in ("quiero una tele", "¿cuál me conviene a meses?", "cómprala"):
        maria.say(text)
    for text, changed in (
        ("que sean dos", {"quantity": "2"}),
        ("a 6 meses", {"benefit": "MSI-6", "account_id": "acc-maria-credit"}),
        ("con cashback", {"benefit": "cashback", "account_id": "acc-maria-checking"}),
    ):
        [asked] = maria.say(text).proposed
        assert {**asked.arguments, **changed} == asked.arguments
    assert maria.bank.balance("acc-maria-credit") == -3200


def test_after_a_no_nothing_is_done_and_a_number_means_nothing(maria: Chat) -> None:
    maria.say("transfiere 100 a mi hermano")

    assert maria.say("no").text == "De acuerdo, no hice nada."
    for text in ("200", "sí", "ok"):
        assert maria.say(text).proposed == []


def test_what_is_half_done_survives_another_question_but_not_a_cancellation(maria: Chat) -> None:
    maria.say("transfiere 100 a mi hermano")
    asked = maria.say("¿cuánto tengo?")
    assert [name for name, _ in asked.calls] == ["getBalance", "createTransfer"]
    assert [proposed.arguments["amount"] for proposed in asked.proposed] == ["100.00"]
    assert len(maria.say("mejor 200").proposed) == 1

    assert maria.say("olvídalo, ya no quiero").proposed == []
    assert maria.say("cancela").proposed == []
    assert maria.say("mejor 300").proposed == []


def test_a_recipient_who_may_be_several_is_chosen_by_number_or_name(maria: Chat) -> None:
    for answer in ("el primero", "2", "Elena"):
        chat = Chat()
        asked = chat.say("mándale 200 a García")
        assert asked.outcome == "asked"
        assert "1. " in asked.text
        [proposed] = chat.say(answer).proposed
        assert proposed.arguments["amount"] == "200.00"


def test_nobody_is_guessed(maria: Chat) -> None:
    for text in ("mándale 200", "mándale 200 a mi vecina", "transfiere 100 a Juan y a Elena"):
        turn = Chat().say(text)
        assert turn.outcome == "asked"
        assert turn.proposed == []


def test_a_question_beside_an_order_is_answered_before_it_is_asked_about(maria: Chat) -> None:
    turn = maria.say("transfiere 100 a mi hermano y dime cuánto me queda")

    assert "Cuenta de cheques: $15,250.75" in turn.text
    assert len(turn.proposed) == 1


def test_the_last_one_of_nothing_is_nothing(maria: Chat) -> None:
    assert maria.say("cómprame la última").outcome == "asked"
    assert maria.say("the last one").proposed == []


def test_a_repetition_in_a_while_is_warned_of_and_not_refused(maria: Chat) -> None:
    maria.say("transfiere 100 a mi hermano")
    maria.say("sí")
    maria.bank.clock.move(timedelta(minutes=1))

    [asked] = maria.say("transfiere 100 a mi hermano").proposed

    assert asked.warnings


def test_an_order_half_put_together_that_another_takes_the_place_of_is_named(maria: Chat) -> None:
    maria.say("transfiere a mi hermano")
    told = maria.say("compra el televisor de 32 pulgadas")
    assert [call.operation_id for call in told.proposed] == ["createPurchase"]
    assert "que dejo sin hacer: transferir dinero a Juan López García" in told.text


def test_a_yes_after_a_refusal_is_a_yes_to_nothing(maria: Chat) -> None:
    maria.say("transfiere 100 a acc-nadie-checking")
    assert maria.say("sí").text == REPLIES["es"]["nothing_pending"]


def test_a_question_by_name_leaves_what_waits_as_it_is(maria: Chat) -> None:
    maria.say("transfiere 100 a mi hermano")
    told = maria.say("getBalance")
    assert REPLIES["es"]["still_waiting"] in told.text
    assert [call.arguments["amount"] for call in told.proposed] == ["100.00"]


@pytest.mark.parametrize(
    ("said", "benefit"),
    [
        ("compra la 2 a 12 meses", "MSI-12"),
        ("quiero la 2 de contado", None),
        ("quiero la 2a", None),
    ],
)
def test_a_number_of_the_list_is_read_before_how_it_is_paid(
    maria: Chat, said: str, benefit: str | None
) -> None:
    maria.say("quiero una tele")
    [asked] = maria.say(said).proposed
    assert asked.arguments["product_id"] == "prod-tv-led-55"
    assert asked.arguments.get("benefit") == benefit


def test_another_way_to_pay_leaves_the_account_said_before_it_too(maria: Chat) -> None:
    maria.say("quiero una tele de 32 con la tarjeta, mejor de contado")
    [asked] = maria.say("la compro").proposed
    assert asked.arguments["account_id"] == "acc-maria-checking"


def test_of_two_things_looked_for_that_are_paid_otherwise_the_way_is_asked(maria: Chat) -> None:
    maria.say("quiero una tele a 12 meses y una licuadora de contado")
    asked = maria.say("compra la licuadora")
    assert asked.proposed == []
    assert maria.brain.awaiting == ("benefit",)
