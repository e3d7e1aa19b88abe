"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest

from tests.support.world import World, world


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
