"""Any text gets an answer of the offline brain: an operation's name, the unknown, a chance one."""

from collections.abc import Iterator
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.agent.brain import Brain, Call, CallOutcome, Heard, Say
from console.agent.decisions import read_decision
from console.agent.events import CallRejected
from console.agent.offline import OfflineBrain, asking
from console.agent.offline.lexicon import lexicon
from console.agent.operations import AgentOperation, Parameter
from shared.clock import Clock
from tests.support.utterances import REPLIES, TODAY, Chat
from tests.support.world import World, operations_in_schema


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


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_and_proposes_nothing(text: str) -> None:
    turn = Chat().say(text)

    assert turn.proposed == []
