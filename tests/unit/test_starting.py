"""The start of a function: it has the stack it needs at once, and calls DynamoDB before anybody."""

import resource
from collections.abc import Callable
from typing import Any

import pytest

from action_groups import load_group
from shared.dynamodb import DynamoDB
from shared.identity import NOBODY
from shared.ids import CUSTOMER_ID
from shared.service import Service
from shared.starting import started
from tests.support.faults import client_error
from tests.support.world import World

CALLS = 100
DEPTHS = 250
"""Frames enough for two pieces of Python's stack, so that the edge of one is among them."""


def _at(depth: int, do: Callable[[], Any]) -> Any:
    return _at(depth - 1, do) if depth else do()


def _many_calls() -> None:
    for number in range(CALLS):
        _call(number)


def _call(number: int) -> int:
    return number


def _pages(do: Callable[[], Any]) -> int:
    """Return how many pages the system had to give for it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    do()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _most_pages(call: Callable[[Callable[[], Any]], Any]) -> int:
    """Return the pages that the calls took at the depth where they took most."""
    return max(
        _pages(lambda at=depth: call(lambda: _at(at, _many_calls)))  # type: ignore[misc]
        for depth in range(DEPTHS)
    )


def test_calls_at_no_depth_of_a_start_ask_the_system_for_memory_each_time() -> None:
    assert _most_pages(started) < CALLS / 2


def test_calls_at_some_depth_do_so_without_it() -> None:
    assert _most_pages(lambda make: make()) >= CALLS


class Asked:
    """A client that keeps what it is asked, and finds nothing."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def describe_endpoints(self) -> None:
        self.calls.append(("describe_endpoints", None))

    def query(self, **asked: Any) -> dict[str, Any]:
        self.calls.append(("query", asked["ExpressionAttributeValues"][":user"]["S"]))
        return {"Items": [], "ScannedCount": 0}

    def get_item(self, **asked: Any) -> dict[str, Any]:
        self.calls.append(("get_item", asked["Key"]["user_id"]["S"]))
        return {}


@pytest.mark.parametrize(
    ("group", "reads"),
    [("core_banking", ["query", "get_item"]), ("marketplace", ["query"]), ("crm", ["query"])],
)
def test_a_function_for_agents_first_reads_what_its_group_reads_of_nobody(
    bank: World, group: str, reads: list[str]
) -> None:
    client: Any = Asked()
    changes = {"database": DynamoDB(client), "publisher": None}
    Service(load_group(group), bank.resources._replace(**changes)).reach()

    assert client.calls == [(read, NOBODY) for read in reads]
    assert not CUSTOMER_ID.fullmatch(NOBODY)


def test_a_function_of_the_bus_first_makes_a_call_about_nothing(bank: World) -> None:
    client: Any = Asked()
    Service(load_group("crm"), bank.resources._replace(database=DynamoDB(client))).reach()

    assert client.calls == [("describe_endpoints", None)]


def test_a_first_read_that_is_refused_stops_no_start(
    bank: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise client_error("AccessDeniedException")

    client: Any = Asked()
    monkeypatch.setattr(client, "query", refuse)
    changes = {"database": DynamoDB(client), "publisher": None}
    Service(load_group("crm"), bank.resources._replace(**changes)).reach()

    assert "not reached at the start" in capsys.readouterr().out
