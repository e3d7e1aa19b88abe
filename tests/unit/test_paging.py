"""Pages of a listing: complete, in order, and within what a page may cost and an agent can take."""

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import paging
from shared.dynamodb import Item, Page
from shared.front_doors.bedrock import MAX_ANSWER_BYTES
from shared.models import Answer
from shared.paging import Allowance, fill_page
from tests.support.clock_and_bus import MovingClock
from tests.support.listing import add_history, all_of, pages, timestamp
from tests.support.world import World


@pytest.fixture
def history(bank: World) -> World:
    add_history(bank)
    return bank


@pytest.mark.parametrize("limit", [1, 7, 10, 15, 29, 30, 31, 50])
@pytest.mark.parametrize("account", [{}, {"account_id": "acc-maria"}])
def test_pages_of_any_size_make_up_the_whole_listing_once(
    history: World, limit: int, account: dict[str, str]
) -> None:
    expected = [f"t{n:02}" for n in range(29, -1, -1) if not account or n % 2 == 0]
    sizes = [len(page) for page in pages(history, limit=str(limit), **account)]

    assert all_of(history, limit=str(limit), **account) == expected
    assert sizes[:-1] == [limit] * (len(sizes) - 1)
    assert len(sizes) == -(-len(expected) // limit), "no empty page at the end"


@pytest.mark.parametrize("limit", ["1", "2", "3", "50"])
@pytest.mark.parametrize("first", [1, 2, 3, 7, 200])
@pytest.mark.parametrize("units", [0.5, 2.0, 60.0])
def test_a_sparse_type_is_found_whole_whatever_a_page_may_cost(
    history: World, monkeypatch: pytest.MonkeyPatch, limit: str, first: int, units: float
) -> None:
    monkeypatch.setattr(paging, "_FIRST_READ_ITEMS", first)
    monkeypatch.setattr(paging, "MAX_UNITS", units)
    assert all_of(history, type="payment", limit=limit) == ["t23", "t13", "t03"]


def test_a_search_that_costs_too_much_goes_on_in_the_next_page(
    history: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_FIRST_READ_ITEMS", 2)
    monkeypatch.setattr(paging, "MAX_UNITS", 0.5)
    sizes = [len(page) for page in pages(history, type="payment", limit="2")]
    assert 0 in sizes, "a page may be empty and yet not the last"
    assert all_of(history, type="payment", limit="2") == ["t23", "t13", "t03"]


def test_a_page_that_ends_for_its_cost_says_how_far_back_it_looked(
    history: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_FIRST_READ_ITEMS", 5)
    monkeypatch.setattr(paging, "MAX_UNITS", 0.5)
    status, body = history.call("listTransactions", type="withdrawal")

    assert (status, body["transactions"]) == (200, [])
    assert body["looked_at"] == 5
    assert body["looked_back_to"] == timestamp(25)
    monkeypatch.undo()
    status, body = history.call("listTransactions", type="withdrawal")
    assert body == {"transactions": []}, "the end of the listing is no cut"


@pytest.mark.parametrize("account", [{}, {"account_id": "acc-maria"}])
def test_a_type_that_none_of_many_records_has_costs_a_page_its_allowance_at_most(
    bank: World, account: dict[str, str]
) -> None:
    for number in range(2000):
        day = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}"
        bank.transaction(
            "acc-maria", f"{day}T12:00:00.{number % 1000:03}Z", description="Renta " * 40
        )
    costs: list[float] = []

    def counted(_operation: str, arguments: Any, call: Any) -> Any:
        answer = call(arguments)
        costs.append(answer.get("ConsumedCapacity", {"CapacityUnits": 1.0})["CapacityUnits"])
        return answer

    bank.client.around = counted
    answers, token = [], {}
    while True:
        status, body = bank.call("listTransactions", type="withdrawal", **account, **token)
        assert (status, body["transactions"]) == (200, [])
        assert sum(costs) <= 60 + len(account), "and the account's own item"
        assert len(costs) <= 6
        costs.clear()
        answers.append(body)
        if "next_token" not in body:
            break
        token = {"next_token": body["next_token"]}

    *cut, last = answers
    assert len(cut) >= 2
    assert all(body["looked_at"] > 300 for body in cut)
    moments = [body["looked_back_to"] for body in cut]
    assert moments == sorted(moments, reverse=True)
    assert last == {"transactions": []}


def test_without_its_allowance_a_page_costs_what_the_history_holds(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(paging, "MAX_UNITS", 1e9)
    with pytest.raises(AssertionError):
        test_a_type_that_none_of_many_records_has_costs_a_page_its_allowance_at_most(bank, {})


class Number(Answer):
    number: int


@given(
    wanted=st.lists(st.booleans(), max_size=80),
    limit=st.integers(1, 6),
    price=st.sampled_from([0.01, 0.1, 0.5, 2.0]),
    most=st.sampled_from([0.5, 3.0, 20.0]),
    first=st.integers(1, 9),
    seconds=st.sampled_from([0.0, 0.4, 2.0]),
)
def test_pages_have_all_that_is_wanted_once_in_order_and_keep_to_their_allowance(
    *, wanted: list[bool], limit: int, price: float, most: float, first: int, seconds: float
) -> None:
    """Whatever an item costs, and however long a read takes."""
    clock = MovingClock()
    spent: list[float] = []

    def read(start: Item | None, read_items: int) -> Page:
        begin = start["number"] if start else 0
        end = min(begin + read_items, len(wanted))
        clock.move(timedelta(seconds=seconds))
        spent.append(math.ceil((end - begin) * price * 2) / 2)
        items = [{"number": n + 1} for n in range(begin, end) if wanted[n]]
        last = {"number": end} if end < len(wanted) else None
        return Page(items, last, end - begin, spent[-1])

    found: list[int] = []
    start: Item | None = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paging, "MAX_UNITS", most)
        patch.setattr(paging, "_FIRST_READ_ITEMS", first)
        while True:
            spent.clear()
            begun = clock.now
            page = fill_page(
                read,
                entry_of=lambda item: Number(number=item["number"]),
                position_of_item=lambda item: item,
                limit=limit,
                start=start,
                allowance=Allowance(clock),
            )
            assert sum(spent[1:]) <= max(most - spent[0], 0), "more than the rest"
            assert clock.now - begun < timedelta(seconds=3 + seconds)
            assert page.looked_at is None or len(page.entries) < limit
            found += [entry.number for entry in page.entries]
            if page.position is None:
                break
            assert page.position != start, "each page goes on"
            start = page.position

    assert found == [number + 1 for number, is_wanted in enumerate(wanted) if is_wanted]


def test_the_two_records_of_a_transfer_between_own_accounts_are_both_listed(bank: World) -> None:
    """They have the same sort key in the index of the user."""
    for number in range(3):
        bank.call(
            "createTransfer",
            session_id=str(number),
            from_account="acc-maria",
            to_account="acc-maria-savings",
            amount="1",
        )
    for limit in ("1", "2", "5", "50"):
        found = [
            (t["transaction_id"], t["account_id"]) for p in pages(bank, limit=limit) for t in p
        ]
        assert len(found) == len(set(found)) == 6


def test_records_that_arrive_between_pages_do_not_shift_them(history: World) -> None:
    first = history.call("listTransactions", limit="10")[1]
    history.transaction("acc-maria", "2026-11-20T00:00:00.000Z", transaction_id="new")
    second = history.call("listTransactions", limit="10", next_token=first.get("next_token"))[1]
    ids = [t["transaction_id"] for t in first["transactions"] + second["transactions"]]
    assert ids == [f"t{n:02}" for n in range(29, 9, -1)]


@pytest.mark.parametrize("description", ["ñ" * 5000, "\x00" * 5000, '"\\' * 3000, "🏠" * 2000])
def test_a_page_stays_within_what_an_agent_can_take(bank: World, description: str) -> None:
    for number in range(60):
        bank.transaction(
            "acc-maria",
            timestamp(number),
            description=description,
            transaction_id=f"t{number:02}",
        )
    event = bank.invocation("listTransactions", limit="50")
    answer = bank.handlers["core_banking"](event, None)
    body = answer["response"]["responseBody"]["application/json"]["body"]
    assert len(body.encode()) <= MAX_ANSWER_BYTES
    assert all_of(bank, limit="50") == [f"t{n:02}" for n in range(59, -1, -1)]


def test_without_the_budget_the_page_would_be_too_large(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PAGE_BUDGET_BYTES", 10**9)
    for number in range(50):
        bank.transaction("acc-maria", timestamp(number), description="ñ" * 500)
    status, body = bank.call("listTransactions", limit="50")
    assert (status, body["error"]["code"]) == (413, "ANSWER_TOO_LARGE")
