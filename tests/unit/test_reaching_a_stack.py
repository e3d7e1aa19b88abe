"""Why a stack cannot be used is told as it is, with what to correct."""

import os
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from console.deployment import find, reach
from console.errors import ConsoleError
from console.where import Where


class Refusing:
    """An AWS that answers every question for a stack with one error, or one status."""

    def __init__(self, code: str = "", *, status: str = "") -> None:
        self._client = boto3.client(
            "cloudformation",
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        stubber = Stubber(self._client)
        if status:
            stack = {"StackName": "mine", "CreationTime": datetime.now(UTC), "StackStatus": status}
            stubber.add_response("describe_stacks", {"Stacks": [stack]})
        else:
            stubber.add_client_error("describe_stacks", code, "So it is.")
        stubber.activate()

    def client(self, _service: str) -> Any:
        return self._client


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ValidationError", "There is no stack `mine`. Deploy it"),
        ("AccessDenied", r"may not be looked at: .*AccessDenied"),
        ("ExpiredToken", r"may not be looked at: .*ExpiredToken"),
    ],
)
def test_a_stack_that_may_not_be_seen_is_not_said_to_be_missing(code: str, told: str) -> None:
    cloud: Any = Refusing(code)

    with pytest.raises(ConsoleError, match=told):
        find(cloud, "mine")


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"])
def test_a_stack_that_is_not_deployed_is_told_with_its_status(status: str) -> None:
    cloud: Any = Refusing(status=status)

    with pytest.raises(ConsoleError, match=rf"`mine` \({status}\) has no output"):
        find(cloud, "mine")


@pytest.mark.parametrize(
    ("region", "lacking"),
    [({}, "specify a region"), ({"AWS_DEFAULT_REGION": "us-east-1"}, "locate credentials")],
)
def test_where_region_and_credentials_come_from_is_told(
    region: dict[str, str], lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in (nowhere | region).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ConsoleError, match=rf"{lacking}\. Region and .* AWS_DEFAULT_REGION"):
        reach(Where(aws=True))
