"""What the offline brain lists and adds up, and that it says where it has not read all."""

from typing import Any

import pytest

from shared import json_text, paging
from tests.support.utterances import Chat, seeded_bank


def test_movements_tell_with_whom_from_the_first_message(maria: Chat) -> None:
    assert "Juan López García" in maria.say("mis últimos movimientos").text.splitlines()[1]


def test_a_customer_with_one_account_is_told_what_is_on_it() -> None:
    chat = Chat(user_id="user-ana")
    chat.bank.account("user-ana", "acc-ana-checking", "120.00")

    assert "$120.00" in chat.say("¿cuánto tengo?").text


def test_more_goes_on_where_the_list_ended(maria: Chat) -> None:
    first = maria.say("mis movimientos").text
    following = maria.say("más")

    assert first.splitlines()[-1] == "Hay más: di «más»."
    assert "next_token" in following.calls[-1][1]
    assert following.text.splitlines()[1].startswith("11. ")
    assert maria.say("más").text == "No hay más que mostrar."


def test_what_was_spent_leaves_out_what_stayed_ones_own_and_says_so(maria: Chat) -> None:
    assert maria.say("¿cuánto gasté en octubre?").text == (
        "Gastaste $8,599.00 del 1 oct al 31 oct, en 3 movimientos.\n"
        "Cuento pagos, retiros y transferencias a otras personas; no lo que pasaste entre tus "
        "propias cuentas."
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "¿cuánto gasté en renta?",
            "Gastaste $13,000.00 con «renta» en el concepto, en 2 movimientos.",
        ),
        (
            "¿cuánto me mandó mi hermano?",
            "Recibiste $350.00 de Juan López García, «mi hermano», en un movimiento.",
        ),
        (
            "¿ya me pagó Sofi?",
            "No hay movimientos de Sofía Hernández Ruiz, «Sofi» (entradas).",
        ),
        (
            "how much did my brother send me?",
            "You received $350.00 from Juan López García, “mi hermano”, in one transaction.",
        ),
        (
            "¿cuánto he recibido en mi cuenta de ahorro?",
            "No encontré ingresos de tu cuenta de ahorro.",
        ),
        ("cuánto sumaron mis últimos 2 gastos", "Gastaste $1,200.00, en 2 movimientos."),
    ],
)
def test_a_sum_is_of_what_was_asked_for_and_of_nothing_else(
    maria: Chat, text: str, answer: str
) -> None:
    assert maria.say(text).text.splitlines()[0] == answer


def paged(pages: int) -> Any:
    """Return a bank whose movements are so many pages of one payment of 10 pesos each."""
    bank = seeded_bank()

    def send(event: dict[str, Any]) -> dict[str, Any]:
        if event["apiPath"] != "/transactions":
            answer: dict[str, Any] = bank.handlers[event["actionGroup"]](event, None)
            return answer
        given = {entry["name"]: entry["value"] for entry in event["parameters"]}
        page = int(given.get("next_token", 1))
        movement = {
            "account_id": "acc-maria-checking",
            "type": "payment",
            "direction": "debit",
            "amount": 10,
            "created_at": "2026-11-10T12:00:00.000Z",
        }
        body = {"transactions": [movement]}
        if page < pages:
            body |= {"next_token": str(page + 1)}
        answered = {
            "httpStatusCode": 200,
            "responseBody": {"application/json": {"body": json_text.dumps(body)}},
        }
        return {"messageVersion": "1.0", "response": answered}

    return send


def test_a_sum_goes_through_all_pages_or_says_that_it_did_not() -> None:
    whole = Chat(send=paged(4)).say("¿cuánto gasté en noviembre?").text
    cut_off = Chat(send=paged(400)).say("¿cuánto gasté en noviembre?").text

    assert whole.startswith("Gastaste $40.00 del 1 nov al 25 nov, en 4 movimientos.")
    assert "puede ser mayor" not in whole
    assert "Revisé hasta el 10 nov; hay movimientos más viejos" in cut_off


@pytest.mark.parametrize(
    ("question", "more", "answers"),
    [
        (
            "mis retiros",
            "sigue",
            [
                "Revisé hasta el 1 nov y no encontré movimientos. Di «sigue» y reviso más atrás.",
                "Revisé hasta el 3 oct: di «sigue» y reviso más atrás.",
                (
                    "Revisé hasta el 15 ene 2025 y no encontré movimientos. "
                    "Di «sigue» y reviso más atrás."
                ),
                "No hay más que mostrar.",
            ],
        ),
        (
            "show my withdrawals",
            "more",
            [
                (
                    "I looked back to 1 Nov and found no transactions. "
                    "Say “more” and I will look further back."
                ),
                "I looked back to 3 Oct: say “more” and I will look further back.",
                (
                    "I looked back to 15 Jan 2025 and found no transactions. "
                    "Say “more” and I will look further back."
                ),
                "There is nothing more to show.",
            ],
        ),
    ],
)
def test_movements_that_the_bank_has_not_found_yet_are_not_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, question: str, more: str, answers: list[str]
) -> None:
    monkeypatch.setattr(paging, "_FIRST_READ_ITEMS", 5)
    monkeypatch.setattr(paging, "MAX_UNITS", 0.5)
    chat = Chat()
    told = [chat.say(text).text for text in (question, more, more, more)]

    assert [text.splitlines()[-1] for text in told] == answers


@pytest.mark.parametrize(
    ("question", "nothing_yet", "nothing", "more"),
    [
        ("busco una trompeta", "Revisé 17 productos y no encontré nada", "No encontré", "sigue"),
        ("find a trumpet", "I looked at 17 products and found nothing", "I found nothing", "more"),
    ],
)
def test_a_product_that_the_bank_has_not_found_yet_is_not_said_not_to_be_there(
    monkeypatch: pytest.MonkeyPatch, question: str, nothing_yet: str, nothing: str, more: str
) -> None:
    monkeypatch.setattr(paging, "_FIRST_READ_ITEMS", 5)
    monkeypatch.setattr(paging, "MAX_UNITS", 0.5)
    chat = Chat()
    first = chat.say(question).text

    assert first.startswith(nothing_yet)
    answers = [chat.say(more).text for _ in range(9)]
    assert any(answer.startswith(nothing) for answer in answers)


def test_more_of_some_movements_is_more_of_those_and_not_of_all() -> None:
    chat = Chat(send=paged(400))
    chat.say("¿qué me depositaron en noviembre?")

    for text in ("más", "más"):
        assert "$10.00" not in chat.say(text).text


def test_what_others_have_is_not_answered_with_what_the_customer_has(maria: Chat) -> None:
    for text in ("¿cuál es el saldo de Juan?", "what's my brother's balance", "saldo de Sofi"):
        turn = maria.say(text)
        assert turn.calls == []
        assert not any(character.isdigit() for character in turn.text)


def test_a_search_never_looks_for_a_number_alone_nor_for_a_word_that_means_anything() -> None:
    for text in ("busco 3 unicornios rojos", "buy me 3 red unicorns", "cómprame 3", "quiero 2"):
        searched = [given.get("search", "") for _, given in Chat().say(text).calls]
        assert not {"3", "2", "rojos", "red"} & set(searched)


def test_a_price_limit_and_instalments_leave_out_what_does_not_fit(maria: Chat) -> None:
    lines = maria.say("quiero una tele de menos de 5 mil a meses").text.splitlines()
    assert [line for line in lines if line[:1].isdigit()] == [
        "1. Televisor HD de 32 pulgadas, $3,799.00, en Electrónica Azteca, 22 disponibles"
    ]
    assert "ninguno cuesta $500" in maria.say("quiero una tele de menos de 500 pesos").text


def test_a_search_that_finds_nothing_is_widened_and_says_so(maria: Chat) -> None:
    assert maria.say("busco una tele morada").text.startswith("Con «tele morada» no hay nada")
    assert maria.say("busco un unicornio").text == "No encontré nada con «unicornio»."


def test_the_cheapest_is_the_cheapest_of_all_that_was_found(maria: Chat) -> None:
    listed = maria.say("¿qué productos tienes?").text
    cheapest = maria.say("cómprame la más barata").proposed

    assert listed.splitlines()[-1] == "Hay más: di «más»."
    assert [asked.arguments["unit_price"] for asked in cheapest] == ["119.00"]


def test_a_comparison_of_some_says_that_it_is_not_of_all(maria: Chat) -> None:
    maria.say("¿qué productos tienes?")

    assert maria.say("¿cuál me conviene?").text.startswith("Comparo solo los primeros 5")


@pytest.mark.parametrize("days", ["", "este mes", "el mes pasado", "los últimos 3 meses", "ayer"])
def test_what_money_was_spent_on_is_looked_for_whatever_days_follow(days: str, maria: Chat) -> None:
    assert "«medicinas»" in maria.say(f"¿cuánto gasté en medicinas {days}?").text


def test_days_after_what_was_paid_are_no_part_of_it(maria: Chat) -> None:
    assert "“rent”" in maria.say("did I already pay rent in november").text
