"""The `centli` command as a person runs it."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from console.deployment import Deployment, deploy_locally
from console.local_stack import HOST, LocalStack, free_port
from console.seeds import seed_all
from tests.support.command import centli
from tests.support.deployed import Deployed


@pytest.fixture(scope="module")
def stack_port() -> Iterator[str]:
    """A stack of its own in the account that the command uses."""
    with LocalStack(free_port()) as stack:
        seed_all(deploy_locally(stack.cloud()))
        yield str(stack.port)


def test_the_demonstration_holds_and_leaves_nothing_behind(tmp_path: Path) -> None:
    shown = centli("demo", environment={"TMPDIR": str(tmp_path)})

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "All of the above was checked" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_invoke_prints_the_exact_request_and_response(stack_port: str) -> None:
    shown = centli("invoke", "getBalance", "--port", stack_port)

    assert shown.returncode == 0, shown.stderr
    assert '"apiPath": "/balance"' in shown.stdout
    assert '"httpStatusCode": 200' in shown.stdout
    assert "acc-maria-checking" in shown.stdout


def test_invoke_ends_with_one_when_the_operation_refuses(stack_port: str) -> None:
    shown = centli("invoke", "createTransfer", "amount=1e3", "--port", stack_port)

    assert shown.returncode == 1
    assert "INVALID_REQUEST" in shown.stdout


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


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["invoke", "getBalances"], "There is no operation `getBalances`"),
        (["invoke", "getBalance", "account_id"], "Write arguments as name=value"),
        (["send", "NO_SUCH_EVENT"], "Nothing handles `NO_SUCH_EVENT`"),
        (["invoke", "getBalance", "--port", "1"], "start it with centli up"),
        (["dead-letters", "redrive"], "Name what to redrive with --id or --all"),
        (["dead-letters", "--all"], "Name what to redrive with --id or --all"),
    ],
)
def test_a_mistake_on_the_command_line_is_explained(arguments: list[str], told: str) -> None:
    shown = centli(*arguments)

    assert shown.returncode == 1
    assert told in shown.stderr
    assert "Traceback" not in shown.stderr


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
