"""createTransfer through both front doors, on the deployed keys."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.faults import CarelessDatabase, ScriptedDatabase, after, in_table
from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}


def test_an_agent_moves_money_with_two_records_that_sum_to_zero(bank: World) -> None:
    status, body = bank.call("createTransfer", **TRANSFER)

    assert (status, body["status"], body["amount"]) == (200, "completed", Decimal(100))
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (900, 150)
    records = bank.items("transactions")
    assert {r["account_id"] for r in records} == {"acc-maria", "acc-juan"}
    assert sum(r["amount"] for r in records) == 0
    assert {r["transaction_id"] for r in records} == {body["transaction_id"]}
    assert "description" not in set().union(*records)


def test_an_event_moves_money_and_publishes_the_receipt(bank: World) -> None:
    reply = bank.send("core_banking", "TRANSFER_REQUEST", {**TRANSFER, "amount": 100.10})

    assert bank.bus.envelopes == [], "the relay publishes the outcome, the handler does not"
    assert bank.run_relay() == [reply]
    assert reply["event_type"] == "TRANSFER_COMPLETED"
    assert reply["correlation_id"] == "correlation-1"
    assert (reply["source"], reply["user_id"]) == ("core-banking", "user-maria")
    assert reply["data"] == {
        "transaction_id": reply["data"]["transaction_id"],
        "status": "completed",
        "from_account": "acc-maria",
        "to_account": "acc-juan",
        "amount": Decimal("100.10"),
        "currency": "MXN",
        "created_at": "2026-11-22T15:00:00.000Z",
    }
    assert bank.balance("acc-maria") == Decimal("899.90")


def test_both_records_and_both_accounts_tell_the_whole_story(bank: World) -> None:
    _, body = bank.call("createTransfer", **TRANSFER, description="Renta 🏠 de noviembre")

    shared = {
        "transaction_id": body["transaction_id"],
        "timestamp_txn_id": f"{body['created_at']}#{body['transaction_id']}",
        "type": "transfer",
        "currency": "MXN",
        "from_account": "acc-maria",
        "to_account": "acc-juan",
        "status": "completed",
        "created_at": body["created_at"],
        "description": "Renta 🏠 de noviembre",
    }
    by_account = {r["account_id"]: r for r in bank.items("transactions")}
    [request] = bank.records()
    trail = {name: request[name] for name in ("door", "correlation_id")}
    trail["request_key"] = request["request_id"]
    assert by_account == {
        "acc-maria": shared
        | trail
        | {"account_id": "acc-maria", "user_id": "user-maria", "amount": -100},
        "acc-juan": shared | {"account_id": "acc-juan", "user_id": "user-juan", "amount": 100},
    }
    changed = {a["account_id"]: a for a in bank.items("accounts")}
    for account_id in ("acc-maria", "acc-juan"):
        assert changed[account_id]["version"] == 2
        assert changed[account_id]["updated_at"] == body["created_at"]


def open_accounts_to_refuse(bank: World) -> None:
    bank.account("user-maria", "acc-blocked", "100", status="blocked")
    bank.account("user-maria", "acc-inactive", "100", status="inactive")
    bank.account("user-juan", "acc-juan-blocked", "0", status="blocked")
    bank.account("user-juan", "acc-juan-inactive", "0", status="inactive")
    bank.account("user-maria", "acc-dollars", "100", currency="USD")
    bank.account("user-juan", "acc-juan-dollars", "0", currency="USD")
    bank.account("user-juan", "acc-of-two", "0")
    bank.account("user-ana", "acc-of-two", "0")
    bank.account("user-maria", "acc-with-limit", "10", credit_limit=1000)


REFUSALS = {
    "somebody else's account": ({"from_account": "acc-juan"}, 404, "ACCOUNT_NOT_FOUND"),
    "no such source": ({"from_account": "acc-nobody"}, 404, "ACCOUNT_NOT_FOUND"),
    "no such destination": ({"to_account": "acc-nobody"}, 404, "ACCOUNT_NOT_FOUND"),
    "a destination id of two owners": ({"to_account": "acc-of-two"}, 404, "ACCOUNT_NOT_FOUND"),
    "a blocked source": ({"from_account": "acc-blocked"}, 409, "ACCOUNT_NOT_ACTIVE"),
    "an inactive source": ({"from_account": "acc-inactive"}, 409, "ACCOUNT_NOT_ACTIVE"),
    "a blocked destination": ({"to_account": "acc-juan-blocked"}, 404, "ACCOUNT_NOT_FOUND"),
    "an inactive destination": ({"to_account": "acc-juan-inactive"}, 404, "ACCOUNT_NOT_FOUND"),
    "dollars to pesos": ({"from_account": "acc-dollars"}, 422, "CURRENCY_MISMATCH"),
    "pesos to dollars": ({"to_account": "acc-juan-dollars"}, 404, "ACCOUNT_NOT_FOUND"),
    "pesos between dollar accounts": (
        {"from_account": "acc-dollars", "to_account": "acc-juan-dollars", "amount": "1"},
        422,
        "CURRENCY_MISMATCH",
    ),
    "the same account": ({"to_account": "acc-maria"}, 422, "SAME_ACCOUNT"),
    "a centavo too much": ({"amount": "1000.01"}, 422, "INSUFFICIENT_FUNDS"),
    "the largest amount": ({"amount": "9999999999.99"}, 422, "INSUFFICIENT_FUNDS"),
    "a limit on a checking account": (
        {"from_account": "acc-with-limit", "amount": "10.01"},
        422,
        "INSUFFICIENT_FUNDS",
    ),
}


PAYEES = ("acc-juan", "acc-juan-blocked", "acc-juan-dollars", "acc-of-two", "acc-nobody")


def test_a_payer_without_the_money_learns_nothing_of_the_accounts_that_there_are(
    bank: World,
) -> None:
    open_accounts_to_refuse(bank)
    answers = {
        str(bank.call("createTransfer", **TRANSFER | {"to_account": payee, "amount": "9000000"}))
        for payee in PAYEES
    }
    assert len(answers) == 1
    assert "INSUFFICIENT_FUNDS" in answers.pop()


def test_whatever_is_wrong_with_somebody_elses_account_has_one_answer(bank: World) -> None:
    open_accounts_to_refuse(bank)
    answers = {
        str(bank.call("createTransfer", **TRANSFER | {"to_account": payee})) for payee in PAYEES[1:]
    }
    assert len(answers) == 1


def test_what_is_wrong_with_ones_own_account_is_told(bank: World) -> None:
    open_accounts_to_refuse(bank)
    for payee, code in (
        ("acc-blocked", "ACCOUNT_NOT_ACTIVE"),
        ("acc-dollars", "CURRENCY_MISMATCH"),
    ):
        _, body = bank.call("createTransfer", **TRANSFER | {"to_account": payee})
        assert body["error"]["code"] == code


@pytest.mark.parametrize("door", ["agent", "bus"])
def test_a_refused_transfer_moves_nothing_is_recorded_and_published_with_its_request(
    bank: World, door: str
) -> None:
    open_accounts_to_refuse(bank)
    before = bank.snapshot()
    for number, (why, (changes, status, code)) in enumerate(REFUSALS.items()):
        arguments: dict[str, Any] = {**TRANSFER, **changes, "description": "Renta"}
        if door == "agent":
            answered, body = bank.call("createTransfer", **arguments)
            assert answered == status, why
        else:
            arguments["amount"] = Decimal(arguments["amount"])
            reply = bank.send(
                "core_banking", "TRANSFER_REQUEST", arguments, correlation_id=f"c-{number}"
            )
            assert (reply["event_type"], reply["correlation_id"]) == (
                "TRANSFER_FAILED",
                f"c-{number}",
            )
            body = reply["data"]
        assert body["error"]["code"] == code, why
        assert body["error"]["message"].endswith("."), why
        [published] = bank.run_relay()
        assert published["event_type"] == "TRANSFER_FAILED"
        assert published["data"] == {
            **arguments,
            "amount": Decimal(arguments["amount"]),
            "error": body["error"],
        }
    after_ = bank.snapshot()
    assert len(bank.records()) == len(REFUSALS)
    assert after_ | {"requests": []} == before


def test_the_answer_to_a_refusal_tells_nothing_of_the_other_account(bank: World) -> None:
    bank.account("user-juan", "acc-juan-blocked", "777.77", status="blocked")
    for to_account in ("acc-juan-blocked", "acc-nobody"):
        _, body = bank.call("createTransfer", **TRANSFER | {"to_account": to_account})
        for secret in ("user-juan", "777", "blocked", "acc-juan"):
            assert secret not in body["error"]["message"]


def test_exactly_the_whole_balance_may_be_moved(bank: World) -> None:
    status, _ = bank.call("createTransfer", **TRANSFER | {"amount": "1000.00"})

    assert status == 200
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (0, 1050)


def test_a_credit_account_goes_down_to_its_limit_and_not_a_centavo_more(bank: World) -> None:
    card = TRANSFER | {"from_account": "acc-maria-credit"}

    assert bank.call("createTransfer", **card | {"amount": "800.01"})[0] == 422
    assert bank.call("createTransfer", **card | {"amount": "800.00"})[0] == 200
    assert bank.balance("acc-maria-credit") == -1000
    assert bank.call("createTransfer", **card | {"amount": "0.01"})[0] == 422
    assert bank.balance("acc-maria-credit") == -1000


def test_money_moves_between_a_customers_own_accounts(bank: World) -> None:
    status, _ = bank.call("createTransfer", **TRANSFER | {"to_account": "acc-maria-credit"})

    assert status == 200
    assert (bank.balance("acc-maria"), bank.balance("acc-maria-credit")) == (900, -100)


@pytest.mark.parametrize("lacking", ["version", "currency", "created_at", "updated_at"])
def test_accounts_that_lack_an_attribute_can_move_money(bank: World, lacking: str) -> None:
    for user_id, account_id in (("user-ana", "acc-ana"), ("user-luz", "acc-luz")):
        bank.account(user_id, account_id, "10")
        bank.client.update_item(
            TableName="centli-accounts",
            Key={"user_id": {"S": user_id}, "account_id": {"S": account_id}},
            UpdateExpression="REMOVE #lacking",
            ExpressionAttributeNames={"#lacking": lacking},
        )
    way = {"from_account": "acc-ana", "to_account": "acc-luz", "amount": "4"}
    back = {"from_account": "acc-luz", "to_account": "acc-ana", "amount": "14"}

    assert bank.call("createTransfer", user_id="user-ana", **way)[0] == 200
    assert bank.call("createTransfer", user_id="user-luz", **back)[0] == 200
    assert (bank.balance("acc-ana"), bank.balance("acc-luz")) == (20, 0)


def test_an_account_whose_version_is_zero_can_move_money(bank: World) -> None:
    bank.account("user-maria", "acc-zero", "10", version=0)

    status, _ = bank.call(
        "createTransfer", **TRANSFER | {"from_account": "acc-zero", "amount": "4"}
    )

    assert status == 200
    assert bank.balance("acc-zero") == 6


def test_attributes_that_nobody_knows_do_no_harm_and_stay(bank: World) -> None:
    bank.account("user-maria", "acc-odd", "100", branch="Centro", balances=[1], data={"a": None})
    bank.account("user-juan", "acc-odd-too", "0", clabe="0123")

    status, _ = bank.call(
        "createTransfer", from_account="acc-odd", to_account="acc-odd-too", amount="1"
    )

    assert status == 200
    kept = {a["account_id"]: a for a in bank.items("accounts")}
    assert (kept["acc-odd"]["branch"], kept["acc-odd-too"]["clabe"]) == ("Centro", "0123")


def spend_all(bank: World, session_id: str) -> tuple[int, dict[str, Any]]:
    return bank.call("createTransfer", session_id=session_id, **TRANSFER | {"amount": "1000"})


def no_account_is_overdrawn(bank: World) -> None:
    for account in bank.items("accounts"):
        assert account["balance"] >= -account.get("credit_limit", 0), account["account_id"]


def test_of_two_transfers_that_each_take_everything_one_is_refused(bank: World) -> None:
    bank.connect(
        ScriptedDatabase(bank.client, [after(lambda: spend_all(bank, "session-2"))]),
    )

    status, body = spend_all(bank, "session-1")

    assert (status, body["error"]["code"]) == (422, "INSUFFICIENT_FUNDS")
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (0, 1050)
    no_account_is_overdrawn(bank)


def test_without_the_condition_of_the_debit_both_transfers_would_pass(bank: World) -> None:
    bank.connect(
        CarelessDatabase(
            bank.client,
            in_table("accounts", "limits"),
            [after(lambda: spend_all(bank, "session-2"))],
        )
    )

    assert spend_all(bank, "session-1")[0] == 200
    with pytest.raises(AssertionError, match="acc-maria"):
        no_account_is_overdrawn(bank)


@pytest.mark.parametrize("account_id", ["acc-maria", "acc-juan"])
def test_an_account_that_is_blocked_before_the_commit_keeps_its_money(
    bank: World, account_id: str
) -> None:
    user_id, balance = {"acc-maria": ("user-maria", "1000"), "acc-juan": ("user-juan", "50")}[
        account_id
    ]
    block = after(lambda: bank.account(user_id, account_id, balance, status="blocked"))
    bank.connect(ScriptedDatabase(bank.client, [block]))

    status, body = bank.call("createTransfer", **TRANSFER)

    mine, somebody_elses = (409, "ACCOUNT_NOT_ACTIVE"), (404, "ACCOUNT_NOT_FOUND")
    expected = mine if account_id == "acc-maria" else somebody_elses
    assert (status, body["error"]["code"]) == expected
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (1000, 50)


def test_an_account_that_is_closed_before_the_commit_is_not_made_anew(bank: World) -> None:
    def close() -> None:
        bank.client.delete_item(
            TableName="centli-accounts",
            Key={"user_id": {"S": "user-juan"}, "account_id": {"S": "acc-juan"}},
        )

    bank.connect(ScriptedDatabase(bank.client, [after(close)]))

    status, body = bank.call("createTransfer", **TRANSFER)

    assert (status, body["error"]["code"]) == (404, "ACCOUNT_NOT_FOUND")
    assert {a["account_id"] for a in bank.items("accounts")}.isdisjoint({"acc-juan"})
    assert bank.balance("acc-maria") == 1000


def test_a_credit_that_comes_in_between_is_not_lost(bank: World) -> None:
    def juan_pays() -> None:
        status, _ = bank.call(
            "createTransfer",
            user_id="user-juan",
            from_account="acc-juan",
            to_account="acc-maria",
            amount="50",
        )
        assert status == 200

    bank.connect(ScriptedDatabase(bank.client, [after(juan_pays)]))

    assert bank.call("createTransfer", **TRANSFER)[0] == 200
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (950, 100)
