"""Guarantee: no refusal without its proof, also where it rests on what a Query did not find."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from shared.dynamodb import DynamoDB, serialize
from shared.meanwhile import Begin, at_once, in_a_thread
from shared.proofs import SHOWN_WITHIN
from tests.support.clock_and_bus import MovingClock
from tests.support.dynamodb import StrictDynamoDB
from tests.support.faults import ScriptedDatabase
from tests.support.shop import buy, open_shop, pay
from tests.support.tables import PREFIX, table_properties
from tests.support.world import World, world_over

LATE = timedelta(seconds=1)
TRANSFER = {"from_account": "acc-maria", "to_account": "acc-new", "amount": 100}
BENEFICIARY = {"name": "Ana Luna", "alias": "mi comadre", "account_id": "acc-new"}
PURCHASE = {"product_id": "prod-tv", "account_id": "acc-maria", "quantity": 1, "unit_price": 300}


class Order(NamedTuple):
    """An order of the bus."""

    group: str
    event_type: str
    data: dict[str, Any]

    def to(self, bank: World, **how: Any) -> Any:
        """Send it, and return the reply."""
        return bank.send(self.group, self.event_type, self.data, **how)


OF_INDEX = {
    "createTransfer": Order("core_banking", "TRANSFER_REQUEST", TRANSFER),
    "addBeneficiary": Order("crm", "ADD_BENEFICIARY_REQUEST", BENEFICIARY),
}
"""Orders that concern an account which only an index can find."""


@pytest.fixture(params=OF_INDEX.values(), ids=OF_INDEX)
def order(request: pytest.FixtureRequest) -> Order:
    found: Order = request.param
    return found


@pytest.fixture
def bank() -> World:
    """A bank whose indexes show each write a second late."""
    clock = MovingClock()
    bank = world_over(StrictDynamoDB(table_properties(), now=clock, lag=lambda: LATE))
    bank.clock = clock
    bank.rebuild(clock=clock)
    bank.account("user-maria", "acc-maria", "1000.00")
    bank.clock.move(timedelta(minutes=1))
    return bank


def let_wait(bank: World) -> list[float]:
    """Let the clock go on while a function waits, and return how long it waits."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        bank.clock.move(timedelta(seconds=seconds))

    bank.rebuild(sleep=sleep)
    return waits


class TestOfAnIndex:
    """It may be late, so what it does not find is asked for until it would show it."""

    def test_an_account_that_was_opened_before_the_order_is_found(
        self, bank: World, order: Order
    ) -> None:
        let_wait(bank)
        bank.account("user-ana", "acc-new", "0.00")
        assert "error" not in order.to(bank)["data"]

    @pytest.mark.parametrize("shown", ["the old owner", "both owners"])
    def test_an_account_that_has_another_owner_than_the_index_still_shows_is_found(
        self, bank: World, order: Order, shown: str
    ) -> None:
        bank.account("user-ana", "acc-new", "0.00")
        bank.clock.move(timedelta(minutes=1))
        let_wait(bank)
        bank.account("user-eva", "acc-new", "0.00")
        if shown == "both owners":
            bank.clock.move(LATE)
        key = serialize({"user_id": "user-ana", "account_id": "acc-new"})
        bank.client.delete_item(TableName=f"{PREFIX}-accounts", Key=key)
        assert "error" not in order.to(bank)["data"]

    def test_without_the_wait_it_would_be_refused_for_good(
        self, bank: World, order: Order, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control of the test above."""
        monkeypatch.setattr("shared.requests.seconds_of_lag", lambda *_: 0)
        let_wait(bank)
        bank.account("user-ana", "acc-new", "0.00")
        assert order.to(bank)["data"]["error"]["code"] == "ACCOUNT_NOT_FOUND"

    def test_an_account_that_there_is_not_is_asked_for_once_more_and_refused(
        self, bank: World, order: Order
    ) -> None:
        waits = let_wait(bank)
        assert order.to(bank)["data"]["error"]["code"] == "ACCOUNT_NOT_FOUND"
        assert waits == [SHOWN_WITHIN.total_seconds()]
        bank.account("user-ana", "acc-new", "0.00")
        bank.clock.move(timedelta(minutes=1))
        assert order.to(bank)["data"]["error"]["code"] == "ACCOUNT_NOT_FOUND"

    def test_an_order_that_is_older_than_an_index_is_late_waits_for_nothing(
        self, bank: World
    ) -> None:
        waits = let_wait(bank)
        taken_at = bank.clock() - SHOWN_WITHIN
        OF_INDEX["createTransfer"].to(bank, taken_at=taken_at)
        assert waits == []

    def test_a_refusal_for_another_reason_waits_for_nothing_when_the_account_is_there(
        self, bank: World
    ) -> None:
        bank.account("user-ana", "acc-new", "0.00")
        bank.clock.move(LATE)
        waits = let_wait(bank)
        order = Order("core_banking", "TRANSFER_REQUEST", TRANSFER | {"amount": 1001})
        assert order.to(bank)["data"]["error"]["code"] == "INSUFFICIENT_FUNDS"
        assert waits == []

    def test_what_is_only_shown_waits_for_nothing_because_it_may_be_asked_for_again(
        self, bank: World
    ) -> None:
        settings = bank.resources.settings._replace(require_confirmation="agents")
        waits = let_wait(bank)
        bank.rebuild(settings=settings)
        status, _ = bank.call("createTransfer", **TRANSFER)
        bank.account("user-ana", "acc-new", "0.00")
        bank.clock.move(LATE)
        assert (status, bank.call("createTransfer", **TRANSFER)[0], waits) == (404, 200, [])


def _new_seller(shop: World) -> None:
    shop.product("prod-new", price=Decimal(300))


def _another_seller(shop: World) -> None:
    """Take the product from the only retailer that sells it, and give it to another one."""
    key = {"product_id": "prod-tv", "retailer_id": "retailer-azteca"}
    shop.client.delete_item(TableName=f"{PREFIX}-products", Key=serialize(key))
    shop.retailer("retailer-maya", "Maya")
    shop.product("prod-tv", retailer_id="retailer-maya", price=Decimal(300))


def _without_the_beneficiary(shop: World) -> None:
    key = {"user_id": "user-maria", "beneficiary_id": "ben-1"}
    shop.client.delete_item(TableName=f"{PREFIX}-beneficiaries", Key=serialize(key))


class Case(NamedTuple):
    """An order that is refused, and what makes it right."""

    order: Order
    change: Callable[[World], None]
    code: str


OF_TABLE = {
    "a seller": Case(
        Order("marketplace", "PURCHASE_REQUEST", PURCHASE | {"product_id": "prod-new"}),
        _new_seller,
        "PRODUCT_NOT_FOUND",
    ),
    "another seller": Case(
        Order("marketplace", "PURCHASE_REQUEST", PURCHASE), _another_seller, "PRODUCT_NOT_FOUND"
    ),
    "an alias": Case(
        Order("crm", "ADD_BENEFICIARY_REQUEST", BENEFICIARY | {"account_id": "acc-juan"}),
        _without_the_beneficiary,
        "ALIAS_TAKEN",
    ),
}
"""With the code of the refusal that rests on what was found before the change, alone or in part."""


@pytest.fixture
def shop(bank: World) -> World:
    """A shop, a beneficiary, and a purchase that is to be paid."""
    open_shop(bank)
    bank.account("user-juan", "acc-juan", "0.00")
    bank.beneficiary("user-maria", "ben-1", BENEFICIARY["alias"])
    bank.clock.move(LATE)
    return bank


def after_the_first_query(shop: World, change: Callable[[], None]) -> None:
    """Let another change in between the first Query of a table and whatever is read then."""

    def around(operation: str, arguments: Any, do: Callable[[Any], Any]) -> Any:
        answer = do(arguments)
        if operation == "Query" and "IndexName" not in arguments:
            shop.client.around = None
            change()
        return answer

    shop.client.around = around


class TestOfAQuery:
    """What it found, and that there is nothing else, is asked for again when all is read."""

    @pytest.mark.parametrize("begin", [at_once, in_a_thread])
    @pytest.mark.parametrize("case", OF_TABLE.values(), ids=OF_TABLE)
    def test_a_refusal_that_is_no_longer_true_is_not_recorded(
        self, shop: World, case: Case, begin: Begin
    ) -> None:
        shop.connect(DynamoDB(shop.client, begin))  # type: ignore[arg-type]
        after_the_first_query(shop, lambda: case.change(shop))
        assert "error" not in case.order.to(shop)["data"]

    @pytest.mark.parametrize("case", OF_TABLE.values(), ids=OF_TABLE)
    def test_without_asking_again_it_would_be(
        self, shop: World, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control of the test above."""
        monkeypatch.setattr("shared.proofs._still", lambda *_: [])
        after_the_first_query(shop, lambda: case.change(shop))
        assert case.order.to(shop)["data"]["error"]["code"] == case.code

    def test_a_retailer_whose_account_is_opened_meanwhile_is_paid(self, shop: World) -> None:
        request = buy(shop)
        shop.account("retailer-azteca", "acc-azteca", "0.00", status="blocked")
        after_the_first_query(shop, lambda: shop.account("retailer-azteca", "acc-azteca", "0.00"))
        assert pay(shop, request)["event_type"] == "PAYMENT_COMPLETED"

    def test_what_every_payment_moves_of_a_retailers_account_proves_nothing(
        self, shop: World
    ) -> None:
        """Else nobody could be refused at a retailer that all pay."""
        request = buy(shop)
        shop.account("user-maria", "acc-maria", "1.00")
        database = ScriptedDatabase(shop.client)
        shop.connect(database)
        after_the_first_query(
            shop, lambda: shop.account("retailer-azteca", "acc-azteca", "9.00", version=2)
        )
        assert pay(shop, request)["data"]["error"]["code"] == "INSUFFICIENT_FUNDS"
        assert database.attempts == 1


def test_nothing_can_be_decided_on_what_is_read_without_a_proof() -> None:
    """Whatever reads DynamoDB is either proved by what it leaves in the watch, or cannot decide."""
    reads = {"get", "read_ahead", "read_ahead_beside", "query", "query_all"}
    no_decision = {"scan": {"limit": 1}, "batch_get": {"keys": [{"retailer_id": "r"}]}}
    others = {"watched", "transact", "count_delivery", "describe"}
    known = reads | no_decision.keys() | others
    assert {n for n in vars(DynamoDB) if not n.startswith("_")} == known

    database = DynamoDB(StrictDynamoDB(table_properties()))  # type: ignore[arg-type]
    for name, arguments in no_decision.items():
        with database.watched(), pytest.raises(AssertionError):
            [*getattr(database, name)(f"{PREFIX}-retailers", **arguments)]
