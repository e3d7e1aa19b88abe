"""What every kind of test may use, how hypothesis runs here, and which tests need a local AWS."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import Loader
from hypothesis import HealthCheck, settings

from console.agent import invocation
from console.deployment import Deployment
from console.local_workers import FilesReadOnce
from tests.support.answers import check_answer
from tests.support.samples import cases_too_many
from tests.support.world import World, world

settings.register_profile(
    "centli",
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("centli-fast", settings.get_profile("centli"), max_examples=20)
settings.load_profile("centli")
"""No deadlines, and a failure prints what reproduces it; `--hypothesis-profile` names another."""

Loader.FILE_LOADER_CLASS = FilesReadOnce
"""Most of what it takes to make a client is to read the descriptions of its service."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be shorter: hypothesis has its profile for that, written cases have this."""
    parser.addoption(
        "--max-cases", type=int, help="of a test with more cases run so many, spread evenly"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests whose fixtures start a local AWS, and leave out the cases too many."""
    for item in items:
        if "local_aws" in getattr(item, "fixturenames", ()):
            item.add_marker("local_aws")
    max_cases = config.getoption("max_cases")
    if max_cases is not None:
        too_many = dict.fromkeys(cases_too_many(items, max_cases))
        config.hook.pytest_deselected(items=list(too_many))
        items[:] = [item for item in items if item not in too_many]


def pytest_collection_finish() -> None:
    """Keep what was collected, and never look again whether it is garbage: it is a lot."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _deployed_functions_answer_as_published() -> Iterator[None]:
    """Hold whatever a deployed function answers, to the chat's code too, against its schema."""
    invoke = invocation.invoke

    def checked(deployment: Deployment, event: dict[str, Any]) -> dict[str, Any]:
        answer = invoke(deployment, event)
        check_answer(event, answer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(invocation, "invoke", checked)
        yield


@pytest.fixture
def bank() -> Iterator[World]:
    """A bank of its own: María with two accounts and a card, Juan with one account."""
    with world() as made:
        made.account("user-maria", "acc-maria", "1000.00")
        made.account("user-maria", "acc-maria-savings", "500.50", account_type="savings")
        made.account(
            "user-maria", "acc-maria-credit", "-200.00", account_type="credit", credit_limit=1000
        )
        made.account("user-juan", "acc-juan", "50.00")
        yield made
