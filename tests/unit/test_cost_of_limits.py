"""What limits and warnings ask of DynamoDB: before the terms are shown, and before the commit."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.support.limits import (
    EVA,
    JUAN,
    MARIA,
    SAVINGS,
    Answer,
    asked,
    bank_with_limits,
    confirmed,
    set_limits,
    transfer,
)
from tests.support.world import World


@pytest.fixture
def bank() -> Iterator[World]:
    with bank_with_limits() as bank:
        yield bank


def calls_of(bank: World, do: Callable[[], object]) -> Counter[str]:
    """Return what is called of DynamoDB meanwhile."""
    calls: Counter[str] = Counter()

    def count(operation: str, arguments: Any, carry_out: Callable[[Any], Answer]) -> Answer:
        calls[operation] += 1
        return carry_out(arguments)

    bank.client.around = count
    do()
    bank.client.around = None
    return calls


@pytest.mark.parametrize("to", [JUAN, SAVINGS])
def test_a_transfer_reads_twice_before_it_is_shown_and_before_it_is_committed(
    bank: World, to: str
) -> None:
    arguments = transfer("1", to=to)
    reads = Counter({"Query": 1, "BatchGetItem": 1})
    shown: list[Answer] = []
    assert calls_of(bank, lambda: shown.append(asked(bank, arguments))) == reads
    done = calls_of(bank, lambda: confirmed(bank, shown[0], arguments))
    assert done == reads + Counter({"TransactWriteItems": 1})
    assert bank.kms.calls.count("VerifyMac") == 1


def test_terms_of_an_account_that_was_never_paid_cost_a_counter_more(bank: World) -> None:
    assert calls_of(bank, lambda: asked(bank, transfer("1", to=EVA))) == {
        "Query": 1,
        "BatchGetItem": 1,
        "GetItem": 1,
        "TransactWriteItems": 1,
    }


def test_the_warning_of_a_purchase_costs_one_query(bank: World) -> None:
    bank.account("retailer-azteca", "acc-azteca", "0.00")
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-1", price=Decimal(60))
    bought = {"product_id": "p-1", "retailer_id": "retailer-azteca", "account_id": MARIA}
    wanted = bought | {"unit_price": "60", "quantity": "1"}
    with_terms = calls_of(bank, lambda: asked(bank, wanted, operation="createPurchase"))
    set_limits(bank, require_confirmation="never")
    bank.rebuild(settings=bank.resources.settings._replace(agent_wait_seconds=0))
    without = calls_of(bank, lambda: asked(bank, wanted, operation="createPurchase"))
    assert with_terms["Query"] - without["Query"] == 1
    assert with_terms - Counter(Query=1) <= without
