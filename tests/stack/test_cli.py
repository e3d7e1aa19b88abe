"""The `centli` command as a person runs it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from console.agent import invocation
from console.agent.operations import find_operation
from console.cloud import Cloud
from console.deployment import Deployment, deploy_locally, find
from console.local_stack import LocalStack, readiness, running
from console.ports import free_port
from console.reconcile import METRIC
from console.seeds import seed_all
from console.where import HOST
from shared.dynamodb import serialize
from tests.support.command import CENTLI, TIMEOUT_SECONDS, Terminal, centli, without_settings
from tests.support.deployed import Deployed
from tests.support.snippets import confirmed_in_python


@pytest.fixture(scope="module")
def stack_port() -> Iterator[str]:
    """A stack of its own in the account that the command uses."""
    with LocalStack(free_port()) as stack:
        seed_all(deploy_locally(stack.cloud()))
        yield str(stack.port)


def test_invoke_prints_the_exact_request_and_response(stack_port: str) -> None:
    shown = centli("invoke", "getBalance", "--port", stack_port)

    assert shown.returncode == 0, shown.stderr
    assert '"apiPath": "/balance"' in shown.stdout
    assert '"httpStatusCode": 200' in shown.stdout
    assert "acc-maria-checking" in shown.stdout


def change_balance(cloud: Cloud, by: str) -> None:
    """Change the balance of one account, and write no record of it."""
    cloud.client("dynamodb").update_item(
        TableName="centli-accounts",
        Key={"user_id": {"S": "user-elena"}, "account_id": {"S": "acc-elena-savings"}},
        UpdateExpression="SET balance = balance + :by",
        ExpressionAttributeValues={":by": {"N": by}},
    )


def test_reconcile_says_that_the_books_agree_and_ends_with_one_when_they_do_not(
    stack_port: str,
) -> None:
    agreed = centli("reconcile", "--port", stack_port)

    assert (agreed.returncode, agreed.stdout.splitlines()[-1]) == (0, "The books agree.")

    cloud = running(int(stack_port))
    assert cloud is not None
    change_balance(cloud, "1")
    accused = centli("reconcile", "--port", stack_port)
    change_balance(cloud, "-1")

    assert accused.returncode == 1
    assert "disagrees  BALANCE acc-elena-savings: the balance is not the sum" in accused.stdout
    metrics = cloud.client("cloudwatch").list_metrics(Namespace="CENTLI", MetricName=METRIC)
    assert {"Name": "service", "Value": "centli"} in metrics["Metrics"][0]["Dimensions"]


def transferred(deployment: Deployment) -> str:
    """Transfer on a yes that is proved as a bank's application does; return the transaction."""
    operation = find_operation("createTransfer")
    arguments = {
        "from_account": "acc-maria-checking",
        "to_account": "acc-juan-checking",
        "amount": "31.40",
    }

    def call(confirmation: str) -> dict[str, Any]:
        attributes = {"user_id": "user-maria", "confirmation": confirmation}
        event = invocation.invocation(
            operation, arguments, session_id="audited", session_attributes=attributes
        )
        _, body = invocation.status_and_body(invocation.invoke(deployment, event))
        return body

    key, kms = deployment.outputs["ConfirmationKeyArn"], deployment.cloud.client("kms")
    answer = confirmed_in_python()(call, lambda _shown: True, key, kms)
    return str(answer["transaction_id"])


def change_holder(cloud: Cloud, record: dict[str, str], holder: str) -> None:
    """Change the terms that are kept on a money record."""
    cloud.client("dynamodb").update_item(
        TableName="centli-transactions",
        Key=serialize(record),
        UpdateExpression="SET terms.to_holder = :holder",
        ExpressionAttributeValues=serialize({":holder": holder}),
    )


def test_audit_shows_the_yes_that_a_transfer_rests_on_and_ends_with_one_when_it_was_changed(
    stack_port: str,
) -> None:
    cloud = running(int(stack_port))
    assert cloud is not None
    transaction_id = transferred(find(cloud))

    by_payee = centli("audit", transaction_id, "--user", "user-juan", "--port", stack_port)
    alone = centli("audit", transaction_id, "--json", "--port", stack_port)

    assert by_payee.returncode == 0, by_payee.stdout + by_payee.stderr
    assert "asked by          user-maria" in by_payee.stdout
    assert "terms             to_holder: Juan L*** G***" in by_payee.stdout
    assert "request           createTransfer: completed" in by_payee.stdout
    found = json.loads(alone.stdout)
    assert found["confirmation"]["shown_at"]["utc"] <= found["committed_at"]["utc"]
    assert found["committed_at"]["bank"].endswith("America/Mexico_City")
    assert "--user or --account" in alone.stderr

    kept = {name: found["change"][name] for name in ("account_id", "timestamp_txn_id")}
    change_holder(cloud, kept, "Ana P***")
    changed = centli("audit", transaction_id, "--account", kept["account_id"], "--port", stack_port)
    change_holder(cloud, kept, "Juan L*** G***")

    assert changed.returncode == 1
    assert "DOES NOT AGREE: the terms on record" in changed.stdout


def test_invoke_ends_with_one_when_the_operation_refuses(stack_port: str) -> None:
    shown = centli("invoke", "createTransfer", "amount=1e3", "--port", stack_port)

    assert shown.returncode == 1
    assert "INVALID_REQUEST" in shown.stdout


TRANSFER = (
    *("invoke", "createTransfer", "from_account=acc-maria-checking"),
    *("to_account=acc-juan-checking", "amount=1.25"),
)


def test_invoke_without_a_terminal_prints_the_terms_and_changes_nothing(stack_port: str) -> None:
    shown = centli(*TRANSFER, "--port", stack_port)

    assert shown.returncode == 3
    assert '"code": "CONFIRMATION_REQUIRED"' in shown.stdout
    assert '"to_holder": "Juan L*** G***"' in shown.stdout
    assert "transaction_id" not in shown.stdout
    assert "--confirm" in shown.stderr


def test_invoke_says_the_yes_of_a_script_that_gives_it(stack_port: str) -> None:
    shown = centli(*TRANSFER, "--confirm", "--port", stack_port)

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert shown.stdout.count("--- request") == 2
    assert '"status": "completed"' in shown.stdout


@pytest.mark.parametrize(("typed", "code"), [("no", 3), ("yes", 0)])
def test_invoke_asks_the_person_at_a_terminal(stack_port: str, typed: str, code: int) -> None:
    terminal = Terminal([*TRANSFER, "--port", stack_port], {})
    terminal.wait_for("Shall I make this transfer? (yes / no)")
    terminal.type(f"{typed}\r")

    assert terminal.end() == code, terminal.shown
    assert "Juan L*** G***" in terminal.shown
    assert ("nothing was done" in terminal.shown) == (code == 3)
    assert "Run this in a terminal" not in terminal.shown


def test_send_prints_the_events_that_follow(stack_port: str) -> None:
    shown = centli(
        "send",
        "TRANSFER_REQUEST",
        "from_account=acc-maria-checking",
        "to_account=acc-juan-checking",
        "amount=12.50",
        "--times",
        "2",
        "--port",
        stack_port,
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert shown.stdout.count("--- TRANSFER_REQUEST") == 2
    assert shown.stdout.count("--- TRANSFER_COMPLETED") == 2


def test_an_empty_dead_letter_queue_is_listed_and_redriven(stack_port: str) -> None:
    listed = centli("dead-letters", "--port", stack_port)
    redriven = centli("dead-letters", "redrive", "--all", "--port", stack_port)

    assert (listed.returncode, redriven.returncode) == (0, 0), listed.stderr + redriven.stderr
    assert listed.stdout.startswith("0 dead letters")
    assert redriven.stdout.startswith("0 of 0 handed over")


def test_seeding_again_adds_nothing(stack_port: str) -> None:
    assert centli("seed", "--port", stack_port).stdout.startswith("0 items added")


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        shown = centli("up", "--port", port)

    assert shown.returncode == 1
    assert f"Port {port} is taken" in shown.stderr


@pytest.mark.parametrize("command", [["invoke", "getBalance"], ["send", "BALANCE_QUERY"]])
def test_an_unknown_caller_is_told_who_there_is(stack_port: str, command: list[str]) -> None:
    shown = centli(*command, "--user", "user-mria", "--port", stack_port)

    assert (shown.returncode, shown.stdout) == (1, "")
    assert "There is no customer `user-mria`. There are: " in shown.stderr
    assert "user-maria" in shown.stderr


def test_the_chat_refuses_an_unknown_customer(stack_port: str) -> None:
    shown = centli("chat", "-m", "¿cuánto tengo?", "--user", "user-mria", "--port", stack_port)

    assert (shown.returncode, shown.stdout) == (1, "")
    assert "There is no customer `user-mria`" in shown.stderr


def test_a_caller_without_a_name_reaches_the_operation(stack_port: str) -> None:
    shown = centli("invoke", "getBalance", "--user", "", "--port", stack_port)

    assert shown.returncode == 1
    assert '"httpStatusCode": 401' in shown.stdout


def test_the_environment_names_stack_and_caller(stack_port: str) -> None:
    settings = {"CENTLI_PORT": stack_port, "CENTLI_USER": "user-sofia"}

    shown = centli("invoke", "getBalance", environment=settings)
    other = centli("invoke", "getBalance", "--user", "user-maria", environment=settings)

    assert "acc-sofia-checking" in shown.stdout, shown.stderr
    assert "acc-maria-checking" in other.stdout, other.stderr


def test_a_reader_who_leaves_ends_the_command_without_a_word(stack_port: str) -> None:
    command = [*CENTLI, "invoke", "--port", stack_port, "searchProducts", "search=televisor"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "--- request\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(TIMEOUT_SECONDS) == 141


def test_the_seed_scripts_run_by_themselves_and_change_nothing_the_second_time(
    deployed: Deployed, deployment: Deployment
) -> None:
    before = deployed.balances()
    endpoint = deployment.cloud.endpoint
    assert urlparse(endpoint).hostname == HOST
    environment = os.environ | {
        "AWS_ENDPOINT_URL": str(endpoint),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": deployment.cloud.account,
        "AWS_SECRET_ACCESS_KEY": deployment.cloud.secret,
    }
    for script in ("seed_accounts", "seed_beneficiaries"):
        shown = subprocess.run(
            [sys.executable, f"scripts/{script}.py"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.strip().endswith("0 items added")
    assert deployed.balances() == before


def test_a_stack_that_stops_takes_its_files_with_it(tmp_path: Path) -> None:
    tempfile.tempdir = str(tmp_path)
    try:
        with LocalStack(free_port()) as stack:
            assert stack.is_running
            assert list(tmp_path.iterdir())
    finally:
        tempfile.tempdir = None
    assert not stack.is_running
    assert list(tmp_path.iterdir()) == []


STARTER = """
from console.local_stack import LocalStack
from console.ports import free_port
with LocalStack(free_port()) as stack:
    print(stack.endpoint, flush=True)
    input()
"""


def test_a_stack_goes_with_the_process_that_started_it_even_if_that_is_killed(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=without_settings() | {"TMPDIR": str(tmp_path)},
    ) as starter:
        assert starter.stdout is not None
        endpoint = starter.stdout.readline().strip()
        assert readiness(endpoint, TIMEOUT_SECONDS) == "ready"
        assert list(tmp_path.iterdir())
        starter.kill()

    deadline = time.monotonic() + TIMEOUT_SECONDS
    while readiness(endpoint, TIMEOUT_SECONDS) != "gone":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
