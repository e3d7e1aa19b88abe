"""The transfer of 100 pesos from María to Juan that tests deliver again and again."""

from typing import Any

from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"}
EVENT = TRANSFER | {"amount": 100}


def transfer(bank: World, **how: Any) -> tuple[int, dict[str, Any]]:
    return bank.call("createTransfer", **TRANSFER | how)


def send(bank: World, **how: Any) -> Any:
    data = how.pop("data", EVENT)
    return bank.send("core_banking", "TRANSFER_REQUEST", data, **how)


def moved_once(bank: World) -> None:
    assert (bank.balance("acc-maria"), bank.balance("acc-juan")) == (900, 150)
    assert len(bank.items("transactions")) == 2
