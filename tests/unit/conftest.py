"""What several tests begin with, and what runs without coverage's tracer, which doubles its time.

A conversation and a comparison of the benchmarks pass many branches that they do not look at.
"""

from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest

from tests.support.fake_openai import FakeOpenAI, Model, Reply
from tests.support.utterances import Chat
from tests.support.world import World

_WHOLES = ("benchmarks", "console.agent.brain", "console.agent.offline", "tests.support.model_chat")


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function) and (
        "maria" in item.fixturenames or _goes_through_everything(item.module)
    ):
        item.add_marker("no_cover")


@cache
def _goes_through_everything(module: ModuleType) -> bool:
    """Tell whether a module of tests imports anything that talks, or compares."""
    of = (
        getattr(value, "__module__", value.__name__ if isinstance(value, ModuleType) else "")
        for value in vars(module).values()
    )
    return any(f"{name}.".startswith(f"{whole}.") for name in of for whole in _WHOLES)


@pytest.fixture
def maria() -> Chat:
    """María's conversation with the offline brain."""
    return Chat()


@pytest.fixture
def juan_was_paid_before(bank: World) -> None:
    """Spare a transfer to Juan what a new payee needs more than a yes."""
    bank.paid("user-maria", "acc-juan")


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A model's server that saw nothing a strict one would refuse."""
    with FakeOpenAI(Model(Reply("Hola."))) as fake:
        yield fake
    assert fake.violations == []
