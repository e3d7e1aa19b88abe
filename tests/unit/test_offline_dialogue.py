"""Conversations with the offline brain over a seeded bank: orders, amendments, what goes wrong."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from string import Formatter
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_groups import all_groups
from action_groups.marketplace.models import ReasonCode
from console.agent.brain import Brain, Call, CallOutcome, Heard, Say
from console.agent.decisions import read_decision
from console.agent.events import CallRejected
from console.agent.exchange import NoAnswer
from console.agent.offline import OfflineBrain, asking
from console.agent.offline.lexicon import lexicon
from console.agent.operations import AgentOperation, Parameter
from console.agent.wording import BENEFIT_REFUSALS
from shared import json_text, paging
from shared.clock import Clock
from shared.errors import Refusal
from tests.support.utterances import TODAY, Chat, seeded_bank
from tests.support.world import World, operations_in_schema

REPLIES = {language: lexicon(language).replies for language in ("es", "en")}


@pytest.fixture
def maria() -> Chat:
    return Chat()


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


# --- the two flows ---


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


def test_movements_tell_with_whom_from_the_first_message(maria: Chat) -> None:
    assert "Juan López García" in maria.say("mis últimos movimientos").text.splitlines()[1]


def test_what_is_not_understood_gets_the_nearest_that_can_be_done(maria: Chat) -> None:
    told = maria.say("estado de mis asuntos pendientes, anda")
    other = maria.say("asdf qwer")

    assert "¿qué tengo pendiente?" in told.text
    assert told.text != other.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_each_suggestion_is_understood(language: str) -> None:
    for key, text in REPLIES[language].items():  # type: ignore[index]
        if key.startswith("try_"):
            assert Chat().say(text).outcome != "not_understood", text


# --- amendments, refusals of the person ---


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


# --- what the bank answers ---


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


# --- lists ---


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


def test_a_question_beside_an_order_is_answered_before_it_is_asked_about(maria: Chat) -> None:
    turn = maria.say("transfiere 100 a mi hermano y dime cuánto me queda")

    assert "Cuenta de cheques: $15,250.75" in turn.text
    assert len(turn.proposed) == 1


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


# --- by name, help ---


class Schema:
    """The schema with an operation that nobody wrote phrases for."""

    OPERATION = AgentOperation(
        group="crm",
        operation_id="renameBeneficiary",
        method="POST",
        path="/beneficiaries/rename",
        description="Rename.",
        parameters={},
        body={"alias": Parameter("alias", "string", "Alias.", required=True)},
        confirm=True,
    )

    def brain(self, clock: Clock) -> Brain:
        return OfflineBrain(
            {**operations_in_schema(), "renameBeneficiary": self.OPERATION}, clock=clock
        )


def test_an_operation_added_later_is_called_by_its_name_and_named_by_help() -> None:
    brain = Schema().brain(lambda: TODAY)
    [call] = list(brain.step([Heard('renameBeneficiary alias="mi primo Beto"', language="es")]))
    assert isinstance(call, Call)
    assert (call.operation_id, call.arguments) == ("renameBeneficiary", {"alias": "mi primo Beto"})

    answered = CallOutcome(call, "answered", 200, {"beneficiary": {"alias": "mi primo Beto"}})
    [said] = list(brain.step([answered]))
    assert isinstance(said, Say)
    assert "alias: mi primo Beto" in said.delta

    [_, listed] = list(brain.step([Heard("ayuda", language="es")]))
    assert isinstance(listed, Say)
    assert "renameBeneficiary" in listed.delta


@pytest.fixture
def phrases_of_more_operations(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As rows under `[operations]` are read."""
    for known in map(lexicon, ("es", "en")):
        more = {
            "getSpendingSummary": ["resumen de gastos", "en que se va mi dinero"],
            "getPoints": ["cuantos puntos llevo", "how many points do i have"],
        }
        rows = {name: [tuple(said.split()) for said in row] for name, row in more.items()}
        monkeypatch.setattr(known, "intents", known.intents | rows)
    asking._weighted.cache_clear()
    yield
    asking._weighted.cache_clear()


@pytest.mark.usefixtures("phrases_of_more_operations")
def test_an_operation_added_later_is_understood_from_its_schema_and_a_few_phrases() -> None:
    summary = AgentOperation(
        group="core_banking",
        operation_id="getSpendingSummary",
        method="GET",
        path="/spending-summary",
        description="What was spent, by kind.",
        parameters={
            "from_date": Parameter("from_date", "string", "First day.", required=False),
            "to_date": Parameter("to_date", "string", "Last day.", required=False),
        },
        body={},
        confirm=False,
    )
    points = AgentOperation("crm", "getPoints", "GET", "/points", "Points.", {}, {}, confirm=False)
    operations = {**operations_in_schema(), "getSpendingSummary": summary, "getPoints": points}
    brain = OfflineBrain(operations, clock=lambda: TODAY)

    [_, call] = list(brain.step([Heard("dame mi resumen de gastos de octubre", language="es")]))
    assert isinstance(call, Call)
    assert call.operation_id == "getSpendingSummary"
    assert str(call.arguments["from_date"]).startswith("2026-10-01")  # type: ignore[index]
    assert str(call.arguments["to_date"]).startswith("2026-10-31")  # type: ignore[index]
    [told] = list(brain.step([CallOutcome(call, "answered", 200, {"total": Decimal(900)})]))
    assert isinstance(told, Say)
    assert "total: 900" in told.delta

    [_, call] = list(brain.step([Heard("how many points do I have?", language="en")]))
    assert isinstance(call, Call)
    assert call.operation_id == "getPoints"


def test_a_call_by_name_says_what_it_lacks(maria: Chat) -> None:
    for text, named in (
        ("createTransfer amount=10", "from_account, to_account"),
        ("getBalance cuenta=1", "account_id"),
        ("getBalance de todo", "name=" if maria.conversation.language == "en" else "nombre="),
    ):
        turn = maria.say(text)
        assert turn.outcome == "asked"
        assert named in turn.text
        assert turn.calls == []


def test_both_languages_say_the_same_things() -> None:
    fields = {
        language: {key: set(_fields(text)) for key, text in table.items()}
        for language, table in REPLIES.items()
    }

    assert fields["es"] == fields["en"]


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


WORDS = """
    transfiere manda mándale paga págale pasa compra cómprala quiero no ya ayer si sí cuánto
    tengo  me a mi hermano mamá casero la el de tele segunda barata meses 12 100 1.500 mil pesos
    dólares  ahorro cheques tarjeta octubre últimos movimientos más agrega como cuenta
    acc-juan-savings y o  con por para concepto renta cancela ¿ ? , . : « » send buy my brother
    how much the last
"""


def everything_but_the_count_of_terms(bank: World) -> Any:
    tables = bank.snapshot()
    tables["limits"] = [item for item in tables["limits"] if item["subject"] != {"S": "terms"}]
    return tables


@given(st.lists(st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join), max_size=5))
def test_whatever_is_said_gets_an_answer_and_moves_nothing_unconfirmed(texts: list[str]) -> None:
    chat = Chat()
    before = everything_but_the_count_of_terms(chat.bank)
    for text in texts:
        if read_decision(text) == "CONFIRM":
            continue
        turn = chat.say(text)
        assert turn.text or turn.proposed or turn.outcome == "failed"
        assert not any(isinstance(event, CallRejected) for event in turn.events)
    assert everything_but_the_count_of_terms(chat.bank) == before


def test_the_last_one_of_nothing_is_nothing(maria: Chat) -> None:
    assert maria.say("cómprame la última").outcome == "asked"
    assert maria.say("the last one").proposed == []


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_and_proposes_nothing(text: str) -> None:
    turn = Chat().say(text)

    assert turn.proposed == []


def test_a_repetition_in_a_while_is_warned_of_and_not_refused(maria: Chat) -> None:
    maria.say("transfiere 100 a mi hermano")
    maria.say("sí")
    maria.bank.clock.move(timedelta(minutes=1))

    [asked] = maria.say("transfiere 100 a mi hermano").proposed

    assert asked.warnings


def test_the_cheapest_is_the_cheapest_of_all_that_was_found(maria: Chat) -> None:
    listed = maria.say("¿qué productos tienes?").text
    cheapest = maria.say("cómprame la más barata").proposed

    assert listed.splitlines()[-1] == "Hay más: di «más»."
    assert [asked.arguments["unit_price"] for asked in cheapest] == ["119.00"]


def test_a_comparison_of_some_says_that_it_is_not_of_all(maria: Chat) -> None:
    maria.say("¿qué productos tienes?")

    assert maria.say("¿cuál me conviene?").text.startswith("Comparo solo los primeros 5")


def test_every_refusal_has_its_words_in_both_languages() -> None:
    all_groups()
    codes = {refusal.code for refusal in Refusal.__subclasses__()}
    assert len(codes) > 10
    for words in REPLIES.values():
        assert {code for code in codes if f"refused_{code}" not in words} == set()


def test_an_order_half_put_together_that_another_takes_the_place_of_is_named(maria: Chat) -> None:
    maria.say("transfiere a mi hermano")
    told = maria.say("compra el televisor de 32 pulgadas")
    assert [call.operation_id for call in told.proposed] == ["createPurchase"]
    assert "que dejo sin hacer: transferir dinero a Juan López García" in told.text


@pytest.mark.parametrize("days", ["", "este mes", "el mes pasado", "los últimos 3 meses", "ayer"])
def test_what_money_was_spent_on_is_looked_for_whatever_days_follow(days: str, maria: Chat) -> None:
    assert "«medicinas»" in maria.say(f"¿cuánto gasté en medicinas {days}?").text


def test_days_after_what_was_paid_are_no_part_of_it(maria: Chat) -> None:
    assert "“rent”" in maria.say("did I already pay rent in november").text


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
