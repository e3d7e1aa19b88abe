"""The real template on the local AWS, IAM enforced: a server a process, an account a module."""

import itertools
from collections.abc import Iterator

import pytest

from console import reconcile
from console.cloud import Cloud
from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from tests.support.deployed import Deployed

_accounts = itertools.count(200_000_000_000)


@pytest.fixture(scope="session")
def local_stack() -> Iterator[LocalStack]:
    with LocalStack(free_port()) as stack:
        yield stack


@pytest.fixture(scope="module")
def cloud(local_stack: LocalStack) -> Cloud:
    """Return an account of its own: a worker may come back to a module that it left."""
    return local_stack.cloud(str(next(_accounts)))


@pytest.fixture(scope="module")
def deployment(cloud: Cloud) -> Deployment:
    made = deploy_locally(cloud)
    seed_all(made)
    return made


@pytest.fixture(scope="module")
def books(deployment: Deployment) -> Iterator[None]:
    """Prove the books when all tests of a module are done."""
    yield
    assert reconcile.report_on(deployment).disagreements == []


@pytest.fixture(scope="module")
def deployed(deployment: Deployment) -> Deployed:
    return Deployed(deployment)
