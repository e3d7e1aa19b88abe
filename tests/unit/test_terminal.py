"""The chat in a terminal, with an agent that a test scripts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from console.agent.brain import Call, Say
from console.chat import terminal
from tests.support.agents import ScriptedBrain, Step, conversation
from tests.support.world import World

ACCOUNTS = {"from_account": "acc-maria", "to_account": "acc-juan"}


class Service:
    """Opens conversations with a bank in memory."""

    def __init__(self, bank: World, *steps: Step) -> None:
        self._bank = bank
        self._brain = ScriptedBrain(*steps)

    def open(self, user_id: str) -> Any:
        return conversation(self._bank, self._brain, user_id=user_id)


def run(bank: World, *steps: Step, yes: bool = True, as_json: bool = True) -> int:
    manner = terminal.Manner(messages=["hazlo todo"], yes=yes, trace=False, as_json=as_json)
    service: Any = Service(bank, *steps)
    return terminal.run(service, "user-maria", manner)


def transfer(call_id: str, amount: str) -> Call:
    return Call(call_id, "createTransfer", ACCOUNTS | {"amount": amount})


def test_yes_confirms_each_thing_that_a_message_leads_to(bank: World) -> None:
    code = run(bank, [transfer("c1", "100")], [transfer("c2", "50")], [Say("Listo.")])

    assert code == 0
    assert bank.balance("acc-maria") == 850


def test_yes_does_not_confirm_the_same_thing_again_for_one_message(bank: World) -> None:
    code = run(bank, [transfer("c1", "100")], [transfer("c2", "100")], [Say("Listo.")])

    assert code == 3
    assert bank.balance("acc-maria") == 900


def test_yes_does_not_go_on_for_a_brain_that_asks_without_end(bank: World) -> None:
    def forever() -> Iterator[Step]:
        for number in range(1, 1000):
            yield [transfer(f"c{number}", str(number))]

    code = run(bank, *forever())

    assert code == 3
    assert bank.balance("acc-maria") == 1000 - sum(range(1, 11))


def test_without_yes_nothing_is_confirmed(bank: World, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(bank, [transfer("c1", "100")], yes=False)

    assert code == 3
    assert bank.balance("acc-maria") == 1000
    kinds = [json.loads(line)["type"] for line in capsys.readouterr().out.splitlines()]
    assert kinds == ["said", "confirmation", "end"]


def test_a_narrow_terminal_shows_what_is_confirmed_whole(
    bank: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    account = "acc-de-un-nombre-muy-largo-0123456789"

    run(
        bank,
        [Call("c", "createTransfer", ACCOUNTS | {"to_account": account, "amount": "5"})],
        yes=False,
        as_json=False,
    )

    shown = "".join(
        line.removeprefix("Para").strip() for line in capsys.readouterr().out.splitlines()
    )
    assert account in shown
    assert "…" not in shown
