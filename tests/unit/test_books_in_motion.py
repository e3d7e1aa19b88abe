"""The books are proved while money moves, of tables of many pages, with nobody accused for that."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from console import books
from console.books import Disagreement
from tests.support.books import TELEVISION, report, used_bank
from tests.support.world import World


@pytest.fixture
def bank() -> World:
    return used_bank()


class Interrupted:
    """The tables as they are while something happens after some of the calls."""

    def __init__(self, client: Any, happens: Callable[[], None], calls: set[int]) -> None:
        self._client, self._happens, self._calls = client, happens, calls
        self.number = 0

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            answer = operation(**arguments)
            self.number += 1
            if self.number in self._calls:
                self._happens()
            return answer

        return call


def small_transfer(bank: World, number: list[int]) -> None:
    number[0] += 1
    status, _ = bank.call(
        "createTransfer",
        session_id=f"s-{number[0]}",
        from_account="acc-maria-checking",
        to_account="acc-juan-checking",
        amount="1",
    )
    assert status == 200


@pytest.mark.parametrize("calls", [{1}, {2}, {1, 8}, {1, 8, 15, 16}, set(range(1, 18))])
def test_money_that_moves_while_it_is_counted_is_no_disagreement(
    bank: World, calls: set[int]
) -> None:
    number = [0]
    client = Interrupted(bank.client, lambda: small_transfer(bank, number), calls)

    found = report(bank, client)

    assert found.disagreements == []
    assert found.moving == []
    assert number == [len(calls)]


def test_an_account_that_never_stands_still_is_named_as_not_proved(bank: World) -> None:
    number = [0]
    client = Interrupted(bank.client, lambda: small_transfer(bank, number), set(range(1, 200)))

    found = report(bank, client)

    assert found.disagreements == []
    assert found.moving == ["acc-juan-checking", "acc-maria-checking"]


@pytest.mark.parametrize("calls", [{1}, {3}, {4}, {5}, {4, 11}, {5, 12}])
def test_a_purchase_that_is_made_while_the_books_are_read_is_no_disagreement(
    bank: World, calls: set[int]
) -> None:
    number = [0]

    def buy() -> None:
        number[0] += 1
        bank.call("createPurchase", session_id=f"s-{number[0]}", **TELEVISION)

    assert report(bank, Interrupted(bank.client, buy, calls)).disagreements == []
    assert number[0] >= 1


def test_without_a_second_reading_what_moves_would_be_accused(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the tests above."""
    read_once = books._read
    seen: list[Any] = []

    def first_reading(*arguments: Any) -> Any:
        seen.append(read_once(*arguments) if not seen else seen[0])
        return seen[0]

    monkeypatch.setattr(books, "_read", first_reading)
    monkeypatch.setattr(books, "_is_explained", lambda *_: False)
    client = Interrupted(bank.client, lambda: small_transfer(bank, [0]), {1})

    assert Disagreement("BALANCE", "acc-maria-checking") in report(bank, client).disagreements


def test_tables_of_many_pages_are_read_whole(bank: World) -> None:
    class InPages:
        def __getattr__(self, name: str) -> Any:
            operation = getattr(bank.client, name)
            paged = name in {"scan", "query"}
            return lambda **a: operation(**a, **({"Limit": 2} if paged else {}))

    whole, paged = report(bank), report(bank, InPages())

    assert replace(paged) == whole
    assert paged.read["products"] > 2
