"""A bank that asks for a yes, and every confirmed change at every door."""

from collections.abc import Iterator

import pytest

from shared.operations import Operation
from tests.support.arguments import furnished
from tests.support.doors import CONFIRMED, DOORS, Door, leads_to, settings
from tests.support.world import World


@pytest.fixture
def bank() -> Iterator[World]:
    """Yield a bank where every door asks for a proof, with what the examples speak of."""
    with furnished() as bank:
        bank.rebuild(settings=settings(require_confirmation="always"))
        yield bank


@pytest.fixture(params=CONFIRMED, ids=lambda operation: operation.operation_id)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


@pytest.fixture(params=DOORS.values(), ids=DOORS)
def door(request: pytest.FixtureRequest) -> Door:
    found: Door = request.param
    if "operation" in request.fixturenames:
        operation: Operation = request.getfixturevalue("operation")
        if not leads_to(found, operation):
            pytest.skip("no event asks for this operation")
    return found
