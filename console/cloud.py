"""Which AWS the commands talk to: the local stack or an account."""

from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

LOCAL_REGION = "us-east-1"
LOCAL_ACCOUNT = "000000000000"
"""An access key of 12 digits is an account of the local stack, each with its own state."""


@dataclass(frozen=True)
class Cloud:
    """A place where the stack is, or will be, deployed. Without an endpoint it is AWS itself."""

    endpoint: str | None = None
    account: str = LOCAL_ACCOUNT
    secret: str = field(default="", repr=False)
    """The secret key of the local AWS, which all its accounts share."""

    def client(self, service: str) -> Any:
        """Return a client of an AWS service; in AWS, with the credentials of the environment.

        Each is made once: that takes longer than most calls, and boto3 must not do it in two
        threads at a time.
        """
        with _making_a_client:
            return _client(self, service)

    @property
    def is_local(self) -> bool:
        """Whether this is the local stack."""
        return self.endpoint is not None


_making_a_client = Lock()


@cache
def _client(cloud: Cloud, service: str) -> Any:
    if cloud.endpoint is None:
        return boto3.client(service)  # type: ignore[call-overload]
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=cloud.endpoint,
        region_name=LOCAL_REGION,
        aws_access_key_id=cloud.account,
        aws_secret_access_key=cloud.secret,
        config=Config(
            retries={"mode": "standard", "total_max_attempts": 2},
            proxies={},  # one of the environment leads out of this machine, never back to it
        ),
    )
