"""listTransactions: whose records, which of them, and in which order."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.world import World

DAYS = [f"2026-11-{day:02}" for day in range(1, 11)]


@pytest.fixture
def history(bank: World) -> World:
    """The bank with ten days of records, alternating between two accounts of María's."""
    for number, day in enumerate(DAYS):
        account_id = ("acc-maria", "acc-maria-savings")[number % 2]
        kind = ("deposit", "payment", "transfer", "withdrawal", "deposit")[number % 5]
        bank.transaction(account_id, f"{day}T12:00:00.000Z", type=kind)
    bank.transaction("acc-juan", "2026-11-05T12:00:00.000Z", user_id="user-juan")
    return bank


def listed(bank: World, **arguments: Any) -> list[dict[str, Any]]:
    status, body = bank.call("listTransactions", **arguments)
    assert status == 200, body
    assert body.get("next_token") is None
    transactions: list[dict[str, Any]] = body["transactions"]
    return transactions


def days(transactions: list[dict[str, Any]]) -> list[str]:
    return [t["created_at"][:10] for t in transactions]


def test_all_accounts_are_listed_newest_first_and_nobody_elses(history: World) -> None:
    found = listed(history)
    assert days(found) == DAYS[::-1]
    assert {t["account_id"] for t in found} == {"acc-maria", "acc-maria-savings"}


def test_an_amount_is_told_to_its_last_digit(bank: World) -> None:
    amount = Decimal("-" + "1234567890" * 3 + "12345678")
    bank.transaction("acc-maria", "2026-11-01T12:00:00.000Z", amount=amount)
    [told] = listed(bank)
    assert told["amount"] == amount.copy_abs()


def test_a_yes_or_no_in_the_place_of_an_amount_is_no_peso(bank: World) -> None:
    bank.transaction("acc-maria", "2026-11-01T12:00:00.000Z", transaction_id="t1", amount=True)
    assert bank.call("listTransactions")[1] == {"transactions": [], "unreadable": ["t1"]}


def test_one_account_is_listed_newest_first(history: World) -> None:
    assert days(listed(history, account_id="acc-maria-savings")) == DAYS[::-1][::2]


@pytest.mark.parametrize("account_id", ["acc-juan", "acc-nobody"])
def test_somebody_elses_account_is_not_found(history: World, account_id: str) -> None:
    status, body = history.call("listTransactions", account_id=account_id)
    assert (status, body["error"]["code"]) == (404, "ACCOUNT_NOT_FOUND")


@pytest.mark.parametrize(
    ("account_id", "calls"),
    [
        ("acc-maria", ["Query"]),
        ("acc-empty", ["Query", "GetItem"]),
        ("acc-juan", ["Query", "GetItem"]),
        ("acc-nobody", ["Query", "GetItem"]),
    ],
)
def test_records_of_ones_own_show_whose_account_it_is_and_of_others_no_more_is_read(
    history: World, account_id: str, calls: list[str]
) -> None:
    history.account("user-maria", "acc-empty", "0.00")
    for day in range(40):
        moment = f"2026-10-{day % 30 + 1:02}T{day % 24:02}:00:00.000Z"
        history.transaction("acc-juan", moment, user_id="user-juan")
    made: list[str] = []

    def note(operation: str, arguments: Any, do: Callable[[Any], Any]) -> Any:
        made.append(operation)
        return do(arguments)

    history.client.around = note
    status, _ = history.call("listTransactions", account_id=account_id)
    assert made == calls
    assert status == (404 if account_id in {"acc-juan", "acc-nobody"} else 200)


def test_nothing_happened_is_an_empty_list(bank: World) -> None:
    assert listed(bank) == []
    assert listed(bank, account_id="acc-maria", type="deposit") == []


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"from_date": "2026-11-04"}, DAYS[3:]),
        ({"to_date": "2026-11-04"}, DAYS[:4]),
        ({"from_date": "2026-11-04", "to_date": "2026-11-04"}, DAYS[3:4]),
        ({"from_date": "2026-11-04T12:00:00Z"}, DAYS[3:]),
        ({"from_date": "2026-11-04T12:00:01Z"}, DAYS[4:]),
        ({"to_date": "2026-11-04T12:00:00Z"}, DAYS[:4]),
        ({"to_date": "2026-11-04T11:59:59Z"}, DAYS[:3]),
        ({"from_date": "2026-11-04T06:00:00-06:00", "to_date": "2026-11-04"}, DAYS[3:4]),
        ({"from_date": "2026-11-04T06:00:01-06:00", "to_date": "2026-11-04"}, []),
        ({"to_date": "2026-11-04T14:00:00+02:00"}, DAYS[:4]),
        ({"from_date": "2026-11-04T12:00:00.000Z", "to_date": "2026-11-04T12:00:00Z"}, DAYS[3:4]),
        ({"from_date": "0001-01-01"}, DAYS),
        ({"from_date": "0999-01-01T00:00:00Z"}, DAYS),
        ({"to_date": "9999-12-31"}, DAYS),
        ({"to_date": "0999-01-01T00:00:00Z"}, []),
        ({"from_date": "2026-W45-3", "to_date": "2026-11-04"}, DAYS[3:4]),
    ],
)
@pytest.mark.parametrize("account_id", [None, "acc-maria-savings"])
def test_days_and_moments_bound_the_list_inclusively(
    history: World, bounds: dict[str, str], expected: list[str], account_id: str | None
) -> None:
    mine = {"account_id": account_id} if account_id else {}
    wanted = [day for day in expected if not account_id or int(day[-2:]) % 2 == 0]
    assert days(listed(history, **bounds, **mine)) == wanted[::-1]


@pytest.mark.parametrize(
    ("timestamp", "day"),
    [
        ("2026-11-04T05:59:59.999Z", "2026-11-03"),
        ("2026-11-04T06:00:00.000Z", "2026-11-04"),
        ("2026-11-05T01:30:00.000Z", "2026-11-04"),
        ("2026-11-05T05:59:59.999Z", "2026-11-04"),
        ("2026-11-05T06:00:00.000Z", "2026-11-05"),
    ],
)
def test_a_day_is_the_banks_from_midnight_to_midnight(
    bank: World, timestamp: str, day: str
) -> None:
    bank.transaction("acc-maria", timestamp)
    for asked in ("2026-11-03", "2026-11-04", "2026-11-05"):
        assert len(listed(bank, from_date=asked, to_date=asked)) == (asked == day), asked


def test_the_zone_of_a_day_is_a_setting(bank: World) -> None:
    bank.transaction("acc-maria", "2026-11-04T23:30:00.000Z")
    madrid = bank.resources.settings._replace(bank_time_zone=ZoneInfo("Europe/Madrid"))
    bank.rebuild(settings=madrid)
    assert len(listed(bank, from_date="2026-11-05", to_date="2026-11-05")) == 1
    assert listed(bank, from_date="2026-11-04", to_date="2026-11-04") == []


def test_what_happened_within_the_last_second_is_included(bank: World) -> None:
    bank.transaction("acc-maria", "2026-11-04T12:00:00.999Z")
    assert len(listed(bank, to_date="2026-11-04T12:00:00Z")) == 1
    assert listed(bank, from_date="2026-11-04T12:00:01Z") == []


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-05", "2026-11-04"),
        ("2026-11-04T12:00:01Z", "2026-11-04T12:00:00Z"),
        ("2026-11-05T06:00:00Z", "2026-11-04"),
        ("2026-11-05T12:00:00Z", "2026-11-05T10:00:00-01:00"),
    ],
)
def test_bounds_the_wrong_way_round_are_told_so(history: World, first: str, last: str) -> None:
    status, body = history.call("listTransactions", from_date=first, to_date=last)
    assert (status, body["error"]["code"]) == (400, "INVALID_REQUEST")
    assert "`from_date`" in body["error"]["message"]


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [("deposit", (0, 4, 5, 9)), ("payment", (1, 6)), ("transfer", (2, 7)), ("withdrawal", (3, 8))],
)
def test_one_type_can_be_asked_for(history: World, kind: str, numbers: tuple[int, ...]) -> None:
    found = listed(history, type=kind)
    assert {t["type"] for t in found} == {kind}
    assert days(found) == [DAYS[n] for n in reversed(numbers)]


@pytest.mark.parametrize(
    ("attributes", "direction"),
    [
        ({"type": "transfer", "from_account": "acc-maria", "to_account": "acc-juan"}, "debit"),
        ({"type": "transfer", "from_account": "acc-juan"}, "credit"),
        ({"type": "payment", "from_account": "acc-maria", "to_account": "acc-shop"}, "debit"),
        ({"type": "deposit"}, "credit"),
        ({"type": "deposit", "to_account": None, "amount": 10}, "credit"),
        ({"type": "withdrawal", "to_account": None}, "debit"),
        ({"type": "withdrawal", "from_account": "acc-maria", "to_account": None}, "debit"),
        ({"type": "payment", "to_account": None, "amount": -10}, "debit"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_amounts_are_positive_and_the_direction_is_told_whether_written_signed_or_not(
    bank: World, attributes: dict[str, Any], direction: str, sign: int
) -> None:
    written = {"amount": Decimal("10.50") * sign} | attributes
    bank.transaction("acc-maria", "2026-11-04T12:00:00Z", **written)
    [found] = listed(bank)
    assert found["amount"] == abs(Decimal(written["amount"]))
    assert found["direction"] == direction


def test_both_sides_of_a_transfer_see_it_each_their_own_way(bank: World) -> None:
    bank.call(
        "createTransfer",
        from_account="acc-maria",
        to_account="acc-juan",
        amount="100.10",
        description="Renta",
    )
    [sent] = listed(bank, account_id="acc-maria")
    [received] = listed(bank, user_id="user-juan")
    assert (sent.pop("direction"), received.pop("direction")) == ("debit", "credit")
    assert (sent.pop("account_id"), received.pop("account_id")) == ("acc-maria", "acc-juan")
    assert sent == received
    assert (sent["amount"], sent["description"]) == (Decimal("100.10"), "Renta")
    assert (sent["from_account"], sent["to_account"]) == ("acc-maria", "acc-juan")


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-04T12:00:00+00:00",
        "2026-11-04T12:00:00.123456+00:00",
        "2026-11-04T12:00:00",
        "2026-11-04 12:00:00",
        "2026-11-04T12:00:00.123456",
        "2026-11-04",
    ],
)
def test_records_of_another_script_that_writes_time_otherwise_are_found_and_paged(
    bank: World, timestamp: str
) -> None:
    for number in range(3):
        bank.transaction("acc-maria", timestamp, transaction_id=f"t{number}", created_at=None)
    day = {"from_date": "2026-11-03", "to_date": "2026-11-04"}  # one without T is before any hour
    assert [t["created_at"] for t in listed(bank, **day)] == [timestamp] * 3

    status, body = bank.call("listTransactions", limit="2", **day)
    token = body.get("next_token")
    assert (status, len(body["transactions"])) == (200, 2)
    assert len(listed(bank, limit="2", next_token=token, **day)) == 1


def test_a_record_with_the_least_there_can_be_is_listed(bank: World) -> None:
    bank.transaction(
        "acc-maria",
        "2026-11-04T12:00:00Z",
        currency=None,
        to_account=None,
        description=None,
        created_at=None,
    )
    [found] = listed(bank)
    assert found == {
        "transaction_id": "txn-2026-11-04T12:00:00Z",
        "account_id": "acc-maria",
        "type": "deposit",
        "direction": "credit",
        "amount": 10,
        "currency": "MXN",
        "status": "completed",
        "created_at": "2026-11-04T12:00:00Z",
    }


def test_the_bus_is_answered_with_the_same_page(history: World) -> None:
    reply = history.send("core_banking", "TRANSACTIONS_QUERY", {"limit": 3, "type": "deposit"})
    assert reply["event_type"] == "TRANSACTIONS_RESPONSE"
    assert reply["data"] == history.call("listTransactions", limit="3", type="deposit")[1]


def test_the_history_of_another_owner_of_the_same_account_id_is_not_shown(bank: World) -> None:
    bank.account("user-ana", "acc-maria", "10")
    bank.transaction("acc-maria", "2026-11-04T12:00:00Z", description="De María")
    bank.transaction("acc-maria", "2026-11-05T12:00:00Z", user_id="user-ana", description="De Ana")
    for user_id, description in (("user-maria", "De María"), ("user-ana", "De Ana")):
        _, body = bank.call("listTransactions", user_id=user_id, account_id="acc-maria")
        assert [t["description"] for t in body["transactions"]] == [description]
