"""The main job on the deployed stack: an agent and the bus move money through one handler."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest

from tests.support.deployed import Deployed

FROM, TO = "acc-maria-checking", "acc-juan-checking"
TRANSFER = {"from_account": FROM, "to_account": TO}

pytestmark = pytest.mark.usefixtures("books")


def test_an_agent_resolves_an_alias_and_transfers_and_the_bus_hears_of_it(
    deployed: Deployed,
) -> None:
    with deployed.ear() as ear:
        before = deployed.balances()
        status, resolution = deployed.call("resolveAlias", alias="mi hermano")
        assert (status, resolution["match"]) == (200, "exact")
        status, receipt = deployed.call(
            "createTransfer",
            from_account=FROM,
            to_account=resolution["beneficiary"]["account_id"],
            amount="100",
        )

        assert (status, receipt["status"]) == (200, "completed")
        after = deployed.balances()
        assert (before[FROM] - after[FROM], after[TO] - before[TO]) == (100, 100)
        records = [
            r
            for r in deployed.table("transactions")
            if r["transaction_id"] == receipt["transaction_id"]
        ]
        assert {r["account_id"]: r["amount"] for r in records} == {FROM: -100, TO: 100}
        [event] = ear.wait_for(
            1, event_type="TRANSFER_COMPLETED", correlation_id=receipt["transaction_id"]
        )
        assert event["data"] == receipt
        assert (event["source"], event["user_id"]) == ("core-banking", "user-maria")


def test_an_event_delivered_three_times_moves_money_once_and_is_answered_three_times(
    deployed: Deployed,
) -> None:
    with deployed.ear() as ear:
        before = deployed.balances()
        correlation = deployed.publish(
            "TRANSFER_REQUEST", {**TRANSFER, "amount": Decimal("50.25")}, times=3
        )
        replies = ear.wait_for(3, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
        heard = [e for e in ear.listen(1) if e["correlation_id"] == correlation]

    assert len({r["data"]["transaction_id"] for r in replies}) == 1
    assert [e["event_type"] for e in heard].count("TRANSFER_COMPLETED") == 3
    after = deployed.balances()
    assert before[FROM] - after[FROM] == Decimal("50.25") == after[TO] - before[TO]


def test_a_transfer_above_the_balance_is_refused_on_both_doors_and_nothing_moves(
    deployed: Deployed,
) -> None:
    before = deployed.balances()
    with deployed.ear() as ear:
        status, body = deployed.call("createTransfer", **TRANSFER, amount="1000000")
        correlation = deployed.publish("TRANSFER_REQUEST", {**TRANSFER, "amount": 1000000})
        [by_agent] = ear.wait_for(1, event_type="TRANSFER_FAILED")[:1]
        [by_bus] = ear.wait_for(1, event_type="TRANSFER_FAILED", correlation_id=correlation)

    assert (status, body["error"]["code"]) == (422, "INSUFFICIENT_FUNDS")
    for event in (by_agent, by_bus):
        assert event["data"]["error"] == body["error"]
        assert event["data"]["from_account"] == FROM
    assert deployed.balances() == before


def test_the_same_id_with_other_content_is_refused_and_answered(deployed: Deployed) -> None:
    correlation = str(uuid4())
    with deployed.ear() as ear:
        deployed.publish("TRANSFER_REQUEST", {**TRANSFER, "amount": 1}, correlation_id=correlation)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
        before = deployed.balances()
        deployed.publish("TRANSFER_REQUEST", {**TRANSFER, "amount": 2}, correlation_id=correlation)
        [refused] = ear.wait_for(1, event_type="TRANSFER_FAILED", correlation_id=correlation)

    assert refused["data"]["error"]["code"] == "REQUEST_ID_REUSED"
    assert deployed.balances() == before


def test_another_customers_account_and_a_missing_identity_are_refused(deployed: Deployed) -> None:
    before = deployed.balances()

    assert deployed.call("createTransfer", user_id="user-sofia", **TRANSFER, amount="1")[0] == 404
    assert deployed.call("getBalance", user_id="user-sofia", account_id=FROM)[0] == 404
    assert deployed.call("createTransfer", user_id="", **TRANSFER, amount="1")[0] == 401
    assert deployed.balances() == before


def test_transfers_at_the_same_time_conserve_money_and_overdraw_nothing(
    deployed: Deployed,
) -> None:
    before = deployed.balances()
    pairs = [("user-sofia", "acc-sofia-savings", TO), ("user-juan", TO, "acc-sofia-savings")]

    def transfer(number: int) -> int:
        user, source, destination = pairs[number % 2]
        return deployed.call(
            "createTransfer",
            user_id=user,
            from_account=source,
            to_account=destination,
            amount="40" if number % 2 == 0 else "1",
        )[0]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(transfer, range(64)))

    after = deployed.balances()
    sent, returned = statuses[0::2].count(200), statuses[1::2].count(200)
    assert set(statuses) <= {200, 422, 503}
    assert 422 in statuses, "750 pesos cannot pay 32 times 40"
    assert after["acc-sofia-savings"] == before["acc-sofia-savings"] - 40 * sent + returned >= 0
    assert sum(after.values()) == sum(before.values())


def test_an_order_of_a_source_that_may_not_give_it_reaches_no_function(deployed: Deployed) -> None:
    order = {**TRANSFER, "amount": Decimal("3.21")}
    payment = {
        "purchase_id": str(uuid4()),
        "account_id": FROM,
        "amount": Decimal("3.21"),
        "currency": "MXN",
        "retailer_id": "user-carlos",
    }
    before = deployed.balances()
    with deployed.ear() as ear:
        forged = {
            *(deployed.publish("TRANSFER_REQUEST", order, source=s) for s in ("intruder", "crm")),
            *(deployed.publish("PAYMENT_REQUEST", payment, source=s) for s in ("agentcore", "crm")),
        }
        honest = deployed.publish("TRANSFER_REQUEST", order)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=honest)
        heard = ear.listen(2)

    assert before[FROM] - deployed.balances()[FROM] == Decimal("3.21")
    answered = {e["correlation_id"] for e in heard if not e["event_type"].endswith("_REQUEST")}
    assert honest in answered
    assert not forged & answered


def test_a_request_to_pay_without_a_purchase_moves_nothing(deployed: Deployed) -> None:
    payment = {
        "purchase_id": str(uuid4()),
        "account_id": FROM,
        "amount": Decimal("10.50"),
        "currency": "MXN",
        "retailer_id": "user-carlos",
    }
    before = deployed.balances()
    with deployed.ear() as ear:
        forged = deployed.publish("PAYMENT_REQUEST", payment, source="marketplace")
        heard = ear.listen(3)

    assert [e["event_type"] for e in heard if e["correlation_id"] == forged] == ["PAYMENT_REQUEST"]
    assert deployed.balances() == before
