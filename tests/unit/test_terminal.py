"""The chat in a terminal, with an agent that a test scripts."""

import io
import json
import re
import sys
from decimal import Decimal
from typing import Any, get_args

import pytest

from console.agent.brain import Call, Say
from console.agent.conversation import Conversation
from console.agent.events import TurnOutcome
from console.chat import terminal
from console.chat.terminal import Allowance
from tests.support.agents import DONE, ScriptedBrain, Step, conversation
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("juan_was_paid_before")

ACCOUNTS = {"from_account": "acc-maria", "to_account": "acc-juan"}
YES = Allowance()


class Service:
    """Opens conversations with a bank in memory."""

    def __init__(self, bank: World, *steps: Step) -> None:
        self._bank = bank
        self._brain = ScriptedBrain(*steps)

    def open(self, user_id: str) -> Any:
        return conversation(self._bank, self._brain, user_id=user_id)


def run(
    bank: World,
    *steps: Step,
    yes: Allowance | None = YES,
    as_json: bool = True,
    messages: tuple[str, ...] | None = ("hazlo todo",),
) -> int:
    manner = terminal.Manner(messages=messages, yes=yes, trace=False, as_json=as_json)
    service: Any = Service(bank, *steps)
    return terminal.run(service, "user-maria", manner)


def transfer(call_id: str, amount: str, **changes: str) -> Call:
    return Call(call_id, "createTransfer", ACCOUNTS | {"amount": amount} | changes)


def test_yes_confirms_one_change_of_a_message_and_no_more(bank: World) -> None:
    code = run(bank, [transfer("c1", "100")], [transfer("c2", "50")], [Say("Listo.")])

    assert code == 3
    assert bank.balance("acc-maria") == 900


def test_every_end_of_a_turn_has_an_exit_code() -> None:
    assert set(terminal.EXIT_CODES) == set(get_args(TurnOutcome))


def test_a_script_in_which_nothing_is_said_has_not_succeeded(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(bank, messages=()) == 1
    assert "nothing was said" in capsys.readouterr().err


def test_a_blank_line_of_a_pipe_says_nothing_and_ends_nothing(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("hazlo\n\n \t\nhazlo\n\n"))
    turns = [[transfer("c1", "100")], [Say("Listo.")], [transfer("c2", "50")], [Say("Listo.")]]

    assert run(bank, *turns, messages=None) == 0
    assert bank.balance("acc-maria") == 850


def test_a_pipe_of_blank_lines_alone_has_not_succeeded(
    bank: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n"))

    assert run(bank, messages=None) == 1
    assert "nothing was said" in capsys.readouterr().err


def test_an_empty_message_that_is_given_is_refused(bank: World) -> None:
    assert run(bank, messages=("",)) == 1


def test_yes_confirms_one_change_of_each_message(bank: World) -> None:
    code = run(
        bank,
        [transfer("c1", "100")],
        [Say("Listo.")],
        [transfer("c2", "50")],
        [Say("Listo.")],
        messages=("pásale 100", "y 50"),
    )

    assert code == 0
    assert bank.balance("acc-maria") == 850


def test_yes_does_not_stand_for_what_a_person_types_back(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.account("user-ana", "acc-ana", "0.00")

    code = run(bank, [transfer("c1", "100", to_account="acc-ana")])

    assert code == 3
    assert bank.balance("acc-maria") == 1000
    assert "--yes does not cover this" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("amount", "account", "code"),
    [
        ("100", "acc-ana", 0),
        ("100.00", "acc-ana", 0),
        ("99.99", "acc-ana", 3),
        ("100", "acc-juan", 3),
    ],
)
def test_a_bounded_yes_is_held_against_the_terms_of_the_bank(
    bank: World, amount: str, account: str, code: int
) -> None:
    bank.account("user-ana", "acc-ana", "0.00")
    bounded = Allowance(Decimal(amount), account)

    assert run(bank, [transfer("c1", "100", to_account="acc-ana")], DONE, yes=bounded) == code
    assert bank.balance("acc-maria") == (900 if code == 0 else 1000)


def test_a_bounded_yes_confirms_no_purchase_for_its_terms_name_no_account_that_is_paid(
    bank: World,
) -> None:
    bank.retailer("retailer-azteca", "Azteca")
    bank.product("p-1", price=Decimal("10.00"))
    purchase = {"product_id": "p-1", "account_id": "acc-maria", "unit_price": "10"}

    code = run(
        bank, [Call("c", "createPurchase", purchase)], yes=Allowance(Decimal(99), "acc-maria")
    )

    assert code == 3
    assert bank.items("purchases") == []


def test_a_bounded_yes_adds_the_beneficiary_of_its_account_and_no_other(bank: World) -> None:
    named = {"name": "Juan López", "alias": "mi hermano", "account_id": "acc-juan"}
    call = Call("c", "addBeneficiary", named)

    assert run(bank, [call], yes=Allowance(Decimal(1), "acc-maria")) == 3
    assert run(bank, [call], DONE, yes=Allowance(Decimal(1), "acc-juan")) == 0
    assert len(bank.items("beneficiaries")) == 1


def test_without_yes_nothing_is_confirmed(bank: World, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(bank, [transfer("c1", "100")], yes=None)

    assert code == 3
    assert bank.balance("acc-maria") == 1000
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    kinds = [line["type"] for line in lines if "type" in line]  # the functions' metrics have none
    assert kinds == ["said", "request", "response", "confirmation", "end"]


def test_what_is_refused_after_the_yes_is_shown_as_refused(
    bank: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    decide = Conversation.decide

    def spent_meanwhile(*arguments: Any) -> Any:
        bank.account("user-maria", "acc-maria", "1.00")
        return decide(*arguments)

    monkeypatch.setattr(Conversation, "decide", spent_meanwhile)

    code = run(bank, [transfer("c1", "100")], [Say("No se pudo.")], as_json=False)

    assert code == 1
    assert "\x1b[1;31mLo que confirmaste no se hizo" in capsys.readouterr().out


def test_a_narrow_terminal_shows_what_is_confirmed_whole(
    bank: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    account = "acc-de-un-nombre-muy-largo-0123456789"
    bank.account("user-ana", account, "0.00", holder_name="Bernardita Ruiz Soto")

    run(bank, [transfer("c", "5", to_account=account)], yes=None, as_json=False)

    out = capsys.readouterr().out
    column = next(line.index("Bernardita") for line in out.splitlines() if "Bernardita" in line)
    values = "".join(line[column:].strip() for line in out.splitlines())
    assert account in values
    assert "BernarditaR*** S***" in values
    assert "$5.00 MXN" in out
    assert "escribe 5.00 para confirmar" in out
    assert "…" not in out


@pytest.mark.parametrize("columns", ["0", "1"])
def test_an_output_that_says_it_has_no_width_shows_all_the_same(
    columns: str, bank: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    run(bank, [transfer("c", "5")], yes=None, as_json=False)

    out = capsys.readouterr().out
    assert "$5.00 MXN" in out
    assert "¿Hago esta transferencia? (sí / no)" in out


@pytest.mark.parametrize("colour", ["", "1"])
def test_no_line_of_a_card_ends_in_blanks(
    colour: str,
    bank: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", colour)

    run(bank, [transfer("c", "5")], yes=None, as_json=False)

    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "Cuenta que recibe" in out
    assert [line for line in out.splitlines() if line != line.rstrip()] == []
