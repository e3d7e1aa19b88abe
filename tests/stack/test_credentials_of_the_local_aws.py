"""The credentials of a local AWS: a file of its user's, one a port, that every client reads."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from console import credentials
from console.local_stack import LocalStack, running
from console.ports import PortTaken, free_port
from tests.support.open_aws import ACCOUNT, caller


def with_profile(port: int, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials.file_of(port)),
    }
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_the_credentials_are_a_file_that_only_its_user_reads_and_that_ends_with_the_stack() -> None:
    with LocalStack(free_port()) as first, LocalStack(free_port()) as second:
        files = [credentials.file_of(stack.port) for stack in (first, second)]
        for file in files:
            assert file.stat().st_mode & 0o777 == 0o600
            assert file.parent.stat().st_mode & 0o777 == 0o700
        for stack in (first, second):
            cloud = running(stack.port)
            assert cloud is not None
            assert cloud.client("sts").get_caller_identity()["Account"] == ACCOUNT
        assert first.cloud().secret != second.cloud().secret
        crossed = {
            "aws_access_key_id": ACCOUNT,
            "aws_secret_access_key": first.cloud().secret,
        }
        assert caller(second.endpoint, crossed) == "SignatureDoesNotMatch"
    assert not any(file.exists() for file in files)
    assert running(first.port) is None


def test_a_stack_that_stops_leaves_the_credentials_of_the_next_one_on_its_port() -> None:
    with LocalStack(free_port()) as first:
        credentials.write(first.port, first.endpoint, "us-east-1", ACCOUNT, "of the next")

    assert credentials.secret_of(first.port) == "of the next"
    credentials.remove(first.port, "of the next")
    assert not credentials.file_of(first.port).exists()


def test_an_aws_client_works_with_the_profile_alone(local_stack: LocalStack) -> None:
    code = (
        f"import boto3; s = boto3.Session(profile_name='{credentials.PROFILE}'); "
        "c = s.client('sts'); print(c.meta.endpoint_url, c.get_caller_identity()['Account'])"
    )
    shown = with_profile(local_stack.port, sys.executable, "-c", code)
    assert shown.stdout.split() == [local_stack.endpoint, ACCOUNT], shown.stderr


@pytest.mark.skipif(shutil.which("aws") is None, reason="the AWS CLI is not installed")
def test_the_aws_cli_works_as_centli_up_prints_it(local_stack: LocalStack) -> None:
    command = ["aws", "--profile", credentials.PROFILE, "--endpoint-url", local_stack.endpoint]
    shown = with_profile(local_stack.port, *command, "lambda", "list-functions")
    assert shown.returncode == 0, shown.stderr
    assert "Functions" in json.loads(shown.stdout)


def test_of_two_that_start_at_once_on_one_port_one_runs_and_the_other_is_told() -> None:
    port = free_port()
    stacks = [LocalStack(port), LocalStack(port)]

    def started(stack: LocalStack) -> LocalStack | None:
        try:
            return stack.__enter__()
        except PortTaken:
            return None

    with ThreadPoolExecutor(2) as pool:
        [running_one] = [stack for stack in pool.map(started, stacks) if stack is not None]
    try:
        assert running(port) == running_one.cloud()
        assert running_one.cloud().client("dynamodb").list_tables()["TableNames"] == []
    finally:
        running_one.__exit__()
