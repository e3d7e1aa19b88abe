"""MiniStack as it comes, with IAM enforced: what the tricks of these tests get into."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.exceptions import ClientError

from console.cloud import LOCAL_REGION
from console.local_stack import HOST, readiness
from console.ports import free_port

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/trick"
NEW_FUNCTION = {
    "FunctionName": "trick",
    "Runtime": "python3.11",
    "Handler": "index.handler",
    "Role": ROLE,
    "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="},
}
"""A request to create a function, as it is sent."""


@contextmanager
def open_aws(source: Path | None = None) -> Iterator[str]:
    """Start it, or the MiniStack in the folder `source`, and give its address."""
    port = free_port()
    endpoint = f"http://{HOST}:{port}"
    with TemporaryDirectory() as folder, Path(folder, "log").open("wb") as log:
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "GATEWAY_PORT": str(port),
            "BIND_HOST": HOST,
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": folder,
            **({} if source is None else {"PYTHONPATH": str(source)}),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, stdout=log, stderr=log
        )
        try:
            while readiness(endpoint, 1) != "ready":
                assert process.poll() is None, Path(folder, "log").read_text()
                time.sleep(0.05)
            yield endpoint
        finally:
            process.terminate()
            process.wait(10)


def make_role(iam: Any) -> str:
    """Make the role of the new function, as a trick may, and return its ARN."""
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
    )
    made = iam.create_role(RoleName="trick", AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def client(endpoint: str, service: str, **credentials: str) -> Any:
    """Return a client with these credentials, or with what anybody knows."""
    known = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(  # type: ignore[call-overload]
        service, endpoint_url=endpoint, region_name=LOCAL_REGION, **(credentials or known)
    )


def caller(endpoint: str, keys: dict[str, str]) -> str:
    """Return who has these credentials, or the code of the refusal."""
    try:
        return str(client(endpoint, "sts", **keys).get_caller_identity()["Arn"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
