"""createTransfer through both front doors, on the deployed keys."""

from decimal import Decimal
from typing import Any

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
