"""`centli chat` as a person and as a script run it, on the deployed stack."""

import json
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from tests.support.command import CENTLI, TIMEOUT_SECONDS, Terminal, centli
from tests.support.deployed import Deployed

MARIA, JUAN = "acc-maria-checking", "acc-juan-checking"


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployment]:
    """A stack of its own in the account that the command uses."""
    with LocalStack(free_port()) as local:
        deployment = deploy_locally(local.cloud())
        seed_all(deployment)
        yield deployment


@pytest.fixture
def deployed_here(stack: Deployment) -> Deployed:
    return Deployed(stack)


def port_of(stack: Deployment) -> str:
    return str(stack.cloud.endpoint).rsplit(":", 1)[1]


def chat(
    stack: Deployment, *arguments: str, typed: str | None = None
) -> "subprocess.CompletedProcess[str]":
    return centli("chat", "--port", port_of(stack), *arguments, typed=typed)


def said(*messages: str) -> list[str]:
    return [word for message in messages for word in ("-m", message)]


def test_one_message_is_answered_and_nothing_else_is_printed(stack: Deployment) -> None:
    shown = chat(stack, *said("¿cuánto tengo?"))

    assert (shown.returncode, shown.stderr) == (0, "")
    assert "$48,000.00" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_a_transfer_without_yes_is_asked_about_and_not_made(
    stack: Deployment, deployed_here: Deployed
) -> None:
    before = deployed_here.balances()

    shown = chat(stack, *said("Transfiere 100 pesos a mi hermano"))

    assert shown.returncode == 3, shown.stdout + shown.stderr
    assert "¿Hago esta transferencia?" in shown.stdout
    assert "Juan L*** G***" in shown.stdout
    assert deployed_here.balances() == before


def test_the_first_conversation_of_the_issue_moves_the_money_and_tells_what_is_left(
    stack: Deployment, deployed_here: Deployed
) -> None:
    before = deployed_here.balances()

    shown = chat(stack, *said("Transfiere 100 pesos a mi hermano", "sí", "¿cuánto me queda?"))

    after = deployed_here.balances()
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert (before[MARIA] - after[MARIA], after[JUAN] - before[JUAN]) == (100, 100)
    assert f"${after[MARIA]:,.2f}" in shown.stdout


def test_the_second_conversation_of_the_issue_buys_the_television_in_instalments(
    stack: Deployment, deployed_here: Deployed
) -> None:
    before = deployed_here.balances()

    shown = chat(stack, *said("quiero una tele", "¿cuál me conviene a meses?", "cómprala"), "--yes")

    assert shown.returncode == 0, shown.stdout + shown.stderr
    spent = before["acc-maria-credit"] - deployed_here.balances()["acc-maria-credit"]
    assert spent == 3799
    [bought] = [p for p in deployed_here.table("purchases") if p["total_amount"] == 3799]
    assert (bought["product_id"], bought["benefit_applied"]) == ("prod-televisor-32", "MSI-12")


def test_json_lines_carry_every_event_and_exact_amounts(stack: Deployment) -> None:
    shown = chat(stack, *said("pásale 1,500.50 a mi hermano"), "--json")

    lines = [json.loads(line, parse_float=Decimal) for line in shown.stdout.splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds[0] == "said"
    assert {"request", "response", "confirmation", "end"} <= set(kinds)
    [asked] = [line for line in lines if line["type"] == "confirmation"]
    assert asked["terms"]["amount"] == Decimal("1500.50")
    assert asked["headline"] == "$1,500.50 MXN"
    assert lines[-1] == {"type": "end", "outcome": "confirmation"}


def test_the_trace_shows_requests_answers_events_and_changes(stack: Deployment) -> None:
    shown = chat(stack, *said("pásale 7 pesos a mi hermano"), "--yes", "--trace")

    assert shown.returncode == 0, shown.stdout + shown.stderr
    for part in (
        *("→ createTransfer", '"apiPath": "/transfers"', "← createTransfer 200"),
        *("⚡ TRANSFER_COMPLETED", f"Δ balance {MARIA}"),
    ):
        assert part in shown.stdout


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["pásale 900000 a mi hermano"], 1),
        (["a" * 10_000], 1),
        (["pásale 1\x0000 a mi hermano"], 1),
        (["asdf qwer zxcv"], 4),
        (["transfiere a mi hermano"], 4),
    ],
    ids=["refused", "too long", "control characters", "gibberish", "no amount"],
)
def test_what_is_not_done_ends_with_a_sentence_and_its_exit_code(
    stack: Deployment, deployed_here: Deployed, messages: list[str], code: int
) -> None:
    before = deployed_here.balances()

    shown = chat(stack, typed="".join(f"{message}\n" for message in messages))

    assert shown.returncode == code, shown.stdout + shown.stderr
    assert len(shown.stdout.strip().splitlines()[-1]) > 20
    assert "Traceback" not in shown.stdout + shown.stderr
    assert deployed_here.balances() == before


@pytest.mark.parametrize("typed", ["", "\n"], ids=["nothing", "a blank line"])
def test_without_a_terminal_and_a_message_it_says_how_to_talk(
    stack: Deployment, typed: str
) -> None:
    shown = chat(stack, typed=typed)

    assert (shown.returncode, shown.stdout) == (1, "")
    assert 'centli chat -m "¿cuánto tengo?"' in shown.stderr


def test_a_script_stops_at_what_the_bank_refuses(stack: Deployment) -> None:
    shown = chat(stack, *said("pásale 900000 a mi hermano", "¿cuánto tengo?"), "--yes")

    assert shown.returncode == 1
    assert "$48,000.00" not in shown.stdout


def test_another_customer_sees_another_balance(stack: Deployment) -> None:
    shown = chat(stack, *said("what is my balance?"), "--user", "user-sofia")

    assert shown.returncode == 0
    assert "$2,150.00" in shown.stdout
    assert "$48,000.00" not in shown.stdout


def test_a_model_server_that_is_down_is_named(stack: Deployment) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/v1"

    shown = chat(stack, *said("hola"), "--brain", "openai:llama", "--model-url", nobody)

    assert shown.returncode == 5
    assert nobody.removeprefix("http://") in shown.stdout
    assert "Traceback" not in shown.stdout + shown.stderr


def test_a_brain_that_there_is_not_is_told(stack: Deployment) -> None:
    shown = chat(stack, "--brain", "hal9000", typed="hola\n")

    assert shown.returncode == 1, shown.stdout + shown.stderr
    assert "hal9000" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_names_in_tables_cannot_steer_the_terminal(
    stack: Deployment, deployed_here: Deployed
) -> None:
    deployed_here.put(
        "products",
        {
            "product_id": "prod-evil",
            "retailer_id": "retailer-evil",
            "category": "toys",
            "name": "Pistola \x1b[2J\x07láser",
            "description": "d",
            "stock": 1,
            "price": Decimal(10),
            "currency": "MXN",
            "benefits": [],
        },
    )

    shown = chat(stack, *said("busco una pistola láser"), "--trace")

    assert "Pistola" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "\x07" not in shown.stdout


def test_a_person_converses_in_a_terminal(
    stack: Deployment, deployed_here: Deployed, tmp_path: Path
) -> None:
    before = deployed_here.balances()
    terminal = Terminal(["chat", "--port", port_of(stack)], {"XDG_STATE_HOME": str(tmp_path)})
    terminal.wait_for("María ›")
    terminal.type("pásale 3 pesos a mi hermano\r")
    terminal.wait_for("(sí / no)")
    terminal.type("sí\r")
    terminal.wait_for("María ›")
    terminal.wait_for("María ›")
    terminal.type("/traza\r")
    terminal.wait_for("Se muestra todo")
    terminal.type("pásale 2 pesos a mi hermano\r")
    terminal.wait_for("(sí / no)")
    terminal.type("sí\r")
    terminal.wait_for("TRANSFER_COMPLETED")
    terminal.type("/usuario user-juan\r")
    terminal.wait_for("Juan ›")
    terminal.type("/na\x1ada\r")  # Ctrl-Z stops the chat, where a shell can go on with it
    terminal.wait_for("No hay `/nada`")
    terminal.type("/usuario\r")
    terminal.wait_for("Di como quién: /usuario ID. Hay: user-maria, user-juan")
    terminal.type("/usuario user-mria\r")
    terminal.wait_for("No hay un cliente `user-mria`. Hay: ")
    terminal.type("\x03")
    terminal.type("/salir\r")

    assert terminal.end() == 0
    assert before[MARIA] - deployed_here.balances()[MARIA] == 5
    history = tmp_path / "centli" / "history"
    assert "pásale 3 pesos" in history.read_text(encoding="utf-8")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "Ctrl-C in haste"])
def test_a_chat_that_is_ended_from_outside_leaves_nothing_behind(tmp_path: Path, how: str) -> None:
    environment = {"TMPDIR": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    terminal = Terminal(["chat", "--port", str(free_port())], environment)
    if how == "Ctrl-C in haste":
        terminal.wait_for("starting a local AWS")
        time.sleep(0.3)  # while it starts
        for _ in range(3):
            terminal.signal(signal.SIGINT)
            time.sleep(0.02)
    else:
        terminal.wait_for("María ›")
        terminal.signal(signal.Signals[how])

    codes = {"SIGTERM": {143}, "SIGHUP": {129}, "Ctrl-C in haste": {130, -signal.SIGINT}}
    assert terminal.end() in codes[how]
    assert [left.name for left in tmp_path.iterdir() if left.name != "state"] == []


def test_output_that_nobody_reads_any_more_ends_the_chat_without_a_traceback(
    stack: Deployment,
) -> None:
    for manner in ([], ["--json"]):
        command = [*CENTLI, "chat", "--port", port_of(stack), *said("hola", "ayuda"), *manner]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.stderr is not None
            assert process.stderr.read() == ""
            assert process.wait(TIMEOUT_SECONDS) == 141


def test_a_terminal_that_knows_few_letters_shows_the_others_as_question_marks(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    shown = chat(stack, *said("quiero una tele", "¿cuánto tengo?"))
    as_json = chat(stack, *said("¿cuánto tengo?"), "--json")

    assert shown.returncode == 0, shown.stderr
    assert "? ?cu?nto tengo?" in shown.stdout
    assert json.loads(as_json.stdout.splitlines()[0])["text"] == "¿cuánto tengo?"
