"""getBalance through both front doors."""

from decimal import Decimal
from typing import Any

import pytest

from shared.accounts import MAX_ACCOUNTS_PER_OWNER
from tests.support.world import World


def test_one_account_is_told_in_full(bank: World) -> None:
    status, body = bank.call("getBalance", account_id="acc-maria-savings")

    assert status == 200
    assert body == {
        "accounts": [
            {
                "account_id": "acc-maria-savings",
                "account_type": "savings",
                "balance": Decimal("500.50"),
                "available": Decimal("500.50"),
                "currency": "MXN",
                "status": "active",
            }
        ]
    }


def test_without_an_account_all_the_customers_accounts_are_told_and_no_others(bank: World) -> None:
    _, body = bank.call("getBalance")
    assert [a["account_id"] for a in body["accounts"]] == [
        "acc-maria",
        "acc-maria-credit",
        "acc-maria-savings",
    ]


def test_a_customer_without_accounts_is_told_of_none(bank: World) -> None:
    assert bank.call("getBalance", user_id="user-nobody") == (200, {"accounts": []})


@pytest.mark.parametrize(
    ("attributes", "available"),
    [
        ({"balance": "-200", "account_type": "credit", "credit_limit": 1000}, 800),
        ({"balance": "-1000", "account_type": "credit", "credit_limit": 1000}, 0),
        ({"balance": "-1100", "account_type": "credit", "credit_limit": 1000}, 0),
        ({"balance": "30", "account_type": "credit"}, 30),
        ({"balance": "30", "credit_limit": 1000}, 30),
        ({"balance": "-5", "account_type": "savings", "credit_limit": 1000}, 0),
        ({"balance": "30", "status": "blocked"}, 0),
        ({"balance": "30", "status": "inactive"}, 0),
    ],
)
def test_what_is_available_is_what_a_transfer_could_take(
    bank: World, attributes: dict[str, Any], available: int
) -> None:
    bank.account("user-ana", "acc-ana", **attributes)
    _, body = bank.call("getBalance", user_id="user-ana")
    [account] = body["accounts"]
    assert (account["balance"], account["available"]) == (Decimal(attributes["balance"]), available)

    way = {"from_account": "acc-ana", "to_account": "acc-juan"}
    over = str(Decimal(available) + Decimal("0.01"))
    assert bank.call("createTransfer", user_id="user-ana", amount=over, **way)[0] in (409, 422)
    if available:
        status, _ = bank.call("createTransfer", user_id="user-ana", amount=str(available), **way)
        assert status == 200


@pytest.mark.parametrize("account_id", ["acc-juan", "acc-nobody"])
def test_somebody_elses_account_and_none_are_told_apart_by_nothing(
    bank: World, account_id: str
) -> None:
    status, body = bank.call("getBalance", account_id=account_id)
    other = bank.call("getBalance", account_id="acc-maybe")
    assert (status, body["error"]["code"]) == (404, "ACCOUNT_NOT_FOUND")
    assert (status, body) == other


def test_the_bus_is_answered_with_the_same_balances(bank: World) -> None:
    reply = bank.send("core_banking", "BALANCE_QUERY", {"account_id": "acc-maria"})
    assert reply["event_type"] == "BALANCE_RESPONSE"
    assert reply["data"] == bank.call("getBalance", account_id="acc-maria")[1]
    assert bank.bus.envelopes == [reply]


def test_the_bus_is_told_of_an_error_in_place_of_the_balances(bank: World) -> None:
    reply = bank.send("core_banking", "BALANCE_QUERY", {"account_id": "acc-juan"})
    assert reply["event_type"] == "BALANCE_RESPONSE"
    assert reply["data"]["account_id"] == "acc-juan"
    assert reply["data"]["error"]["code"] == "ACCOUNT_NOT_FOUND"
    assert "accounts" not in reply["data"]


def test_an_owner_of_too_many_accounts_is_told_of_as_many_as_fit(bank: World) -> None:
    for number in range(MAX_ACCOUNTS_PER_OWNER + 5):
        bank.account("user-rich", f"acc-{number:03}", "9999999999.99")
    status, body = bank.call("getBalance", user_id="user-rich")
    assert (status, len(body["accounts"])) == (200, MAX_ACCOUNTS_PER_OWNER)
