"""Two requests about one thing, the second let in at each call of the first to DynamoDB."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from shared.front_doors.eventbridge import EventNotHandled
from tests.support.dynamodb import StrictDynamoDB
from tests.support.tables import table_properties
from tests.support.world import World, world_over


class LetIn:
    """Lets something in right before one call, counted from now on."""

    def __init__(self, client: StrictDynamoDB, position: int, do: Callable[[], object]) -> None:
        self._client = client
        self._left = position
        self._do = do
        self.was_in = False

    def __call__(
        self,
        _operation: str,
        arguments: Mapping[str, Any],
        carry_out: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> dict[str, Any]:
        if self._left == 0:
            self._client.around = None
            self.was_in = True
            self._do()
        self._left -= 1
        return carry_out(arguments)


def shop_with_a_purchase(balance: str) -> tuple[World, dict[str, Any]]:
    """Return a bank, and the request to pay a purchase of 1299 pesos in it."""
    client = StrictDynamoDB(table_properties())
    bank = world_over(client)
    bank.account("user-maria", "acc-maria", balance)
    bank.account("retailer-azteca", "acc-azteca", "0")
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("p-audifonos")
    arguments = {
        "product_id": "p-audifonos",
        "account_id": "acc-maria",
        "unit_price": 1299.00,
        "quantity": 1,
    }
    bank.send("marketplace", "PURCHASE_REQUEST", arguments)
    [asked] = [e for e in bank.run_relay() if e["event_type"] == "PAYMENT_REQUEST"]
    return bank, asked


def deliver(bank: World, event: dict[str, Any]) -> None:
    with suppress(EventNotHandled):
        bank.deliver("core_banking", event["event_type"], event)


def test_a_payment_asked_for_twice_charges_exactly_when_the_purchase_is_completed() -> None:
    position = 0
    while True:
        bank, asked = shop_with_a_purchase(balance="1300.00")
        again = asked | {"correlation_id": "asked-again"}
        let_in = LetIn(bank.client, position, lambda bank=bank, asked=asked: deliver(bank, asked))  # type: ignore[misc]
        bank.client.around = let_in
        deliver(bank, again)
        bank.client.around = None
        if not let_in.was_in:
            break
        for event in reversed(bank.run_relay()):  # the bus keeps no order
            bank.deliver("marketplace", event["event_type"], event)
        [purchase] = bank.items("purchases")
        is_charged = bank.balance("acc-maria") == 1
        assert (purchase["status"] == "completed") == is_charged, f"let in before call {position}"
        position += 1
    assert position >= 3, "there were several calls to let the other in at"
