"""Guarantee 3: a purchase is decided once, paid or not paid, and its record alone is believed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shared import json_text
from shared.clock import day_of
from shared.dynamodb import ConditionCheck, serialize
from shared.errors import OrderExpired, SourceNotAllowed
from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from shared.payments import PaymentRequest, payment_key
from tests.support.arguments import ON_BUS_DOOR, RIGHT, furnished
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after
from tests.support.shop import buy, end, open_shop, pay, purchase, stock
from tests.support.tables import PREFIX
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    open_shop(bank)
    return bank


def paid(shop: World) -> bool:
    """Tell whether the purchase's 600 pesos were paid, and to the centavo."""
    balances = (shop.balance("acc-maria"), shop.balance("acc-azteca"))
    assert balances in {(400, 600), (1000, 0)}
    return balances == (400, 600)


def assert_consistent(shop: World) -> None:
    """Check that the purchase ended, with its money and its stock."""
    completed = purchase(shop)["status"] == "completed"
    assert completed is paid(shop)
    assert stock(shop) == (3 if completed else 5)


class TestOfAPayment:
    def test_two_requests_to_pay_at_once_are_one_decision(self, shop: World) -> None:
        """The second reads the account that the first has lowered: it must not refuse."""
        request = buy(shop, quantity="2")
        shop.account("user-maria", "acc-maria", "600.00")
        others: list[Any] = []

        class Between(ScriptedDatabase):
            def get(self, table: str, key: Any, **how: Any) -> Any:
                if key == {"user_id": "user-maria", "account_id": "acc-maria"} and not others:
                    others.append(None)
                    shop.connect(ScriptedDatabase(shop.client))
                    others.append(pay(shop, request, correlation_id="other"))
                return super().get(table, key, **how)

        shop.connect(Between(shop.client))
        reply = pay(shop, request)
        shop.settle()

        assert reply["data"] == others[1]["data"]
        assert purchase(shop)["status"] == "completed"
        assert (shop.balance("acc-maria"), shop.balance("acc-azteca")) == (0, 600)

    def test_a_decision_asked_for_again_is_published_as_first_recorded(self, shop: World) -> None:
        request = buy(shop)
        first = pay(shop, request)
        again = pay(shop, request, correlation_id="another")

        assert first == again
        assert first["correlation_id"] == request["correlation_id"]
        assert [e for e in shop.run_relay() if e["event_type"] == "PAYMENT_COMPLETED"] == [
            first,
            first,
        ]
        assert paid(shop)

    def test_a_decision_recorded_with_nulls_ends_its_purchase(self, shop: World) -> None:
        request = buy(shop)
        pay(shop, request)
        [record] = [r for r in shop.records() if r["operation"] == "payPurchase"]
        with_null = record["answer"].replace("{", '{"benefit":null,', 1)
        shop.put("requests", **record | {"answer": with_null})

        shop.settle()

        assert purchase(shop)["status"] == "completed"

    def test_a_pending_purchase_without_an_account_agrees_with_no_request(
        self, shop: World
    ) -> None:
        request = buy(shop)
        bare = {name: value for name, value in purchase(shop).items() if name != "account_id"}
        shop.put("purchases", **bare)
        with pytest.raises(EventNotHandled, match="PAYMENT_MISMATCH"):
            pay(shop, request)

    def test_a_purchase_that_was_not_paid_stays_unpaid_when_money_comes_in(
        self, shop: World
    ) -> None:
        request = buy(shop, quantity="4", unit_price="300.00")
        first = pay(shop, request)
        shop.account("user-maria", "acc-maria", "9000.00")
        again = pay(shop, request, correlation_id="another")

        assert first["data"]["error"]["code"] == "INSUFFICIENT_FUNDS"
        assert again == first
        assert shop.balance("acc-maria") == 9000

    def test_it_is_answered_also_after_the_purchase_has_ended(self, shop: World) -> None:
        request = buy(shop)
        first = pay(shop, request)
        shop.settle()
        assert purchase(shop)["status"] == "completed"
        assert pay(shop, request) == first

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": Decimal("0.01")},
            {"amount": Decimal("600.01")},
            {"account_id": "acc-maria-savings"},
            {"retailer_id": "user-juan"},
            {"cashback": Decimal("599.00")},
            {"points": 1},
            {"benefit": "cashback"},
            {"purchase_id": "purchase-1"},
            {"purchase_id": "01a20000-0000-7000-8000-000000000001"},
        ],
        ids=str,
    )
    def test_a_request_that_does_not_agree_with_the_purchase_decides_nothing(
        self, shop: World, change: dict[str, Any]
    ) -> None:
        request = buy(shop)
        before = shop.snapshot()
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_MISMATCH$"):
            pay(shop, request, data=request["data"] | change)

        assert shop.snapshot() == before
        pay(shop, request)
        shop.settle()
        assert purchase(shop)["status"] == "completed"
        assert_consistent(shop)

    def test_another_customers_purchase_is_none_of_mine(self, shop: World) -> None:
        request = buy(shop)
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_MISMATCH$"):
            pay(shop, request, user_id="user-juan")

    def test_nobody_but_a_retailer_is_paid(self, shop: World) -> None:
        shop.product("prod-tv", retailer_id="user-juan", price=Decimal("300.00"), stock=5)
        shop.retailer("user-juan", "Juan")
        request = buy(shop, retailer_id="user-juan")
        shop.client.delete_item(
            TableName=f"{PREFIX}-retailers", Key=serialize({"retailer_id": "user-juan"})
        )
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_MISMATCH$"):
            pay(shop, request)
        assert shop.balance("acc-juan") == 50

    def test_another_content_after_the_decision_is_not_answered(self, shop: World) -> None:
        request = buy(shop)
        pay(shop, request)
        with pytest.raises(EventNotHandled, match=r"^REQUEST_ID_REUSED$"):
            pay(shop, request, data=request["data"] | {"amount": Decimal(1)})

    def test_what_cannot_be_read_decides_nothing(self, shop: World) -> None:
        request = buy(shop)
        with pytest.raises(EventNotHandled, match=r"^INVALID_REQUEST$"):
            pay(shop, request, data={"purchase_id": request["data"]["purchase_id"]})
        shop.settle()
        assert purchase(shop)["status"] == "pending"


class TestOfAnEnd:
    @pytest.mark.parametrize("quantity", ["2", "4"])
    def test_it_carries_the_correlation_id_of_the_purchases_request(
        self, shop: World, quantity: str
    ) -> None:
        request = buy(shop, quantity=quantity)
        pay(shop, request, correlation_id="asked-again")
        published = shop.settle()
        [ended] = [e for e in published if e["event_type"].startswith("PURCHASE_")]
        assert ended["correlation_id"] == request["correlation_id"]

    @pytest.mark.parametrize("event_type", ["PAYMENT_COMPLETED", "PAYMENT_FAILED"])
    def test_an_end_without_a_decision_ends_nothing(self, shop: World, event_type: str) -> None:
        request = buy(shop)
        data = request["data"] | (
            {"transaction_id": "txn-1"}
            if event_type == "PAYMENT_COMPLETED"
            else {"error": {"code": "INSUFFICIENT_FUNDS", "message": "Call 55 1234 5678."}}
        )
        before = shop.snapshot()
        forged = request | {"event_type": event_type, "source": "core-banking", "data": data}
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_UNMATCHED$"):
            end(shop, forged)

        assert shop.snapshot() == before
        pay(shop, request)
        shop.settle()
        assert_consistent(shop)
        assert purchase(shop)["status"] == "completed"

    @pytest.mark.parametrize(
        "change",
        [
            {"data": {"transaction_id": "txn-other"}},
            {"data": {"amount": Decimal(1)}},
            {"data": {"purchase_id": "01a20000-0000-7000-8000-000000000001"}},
            {"user_id": "user-juan"},
            {
                "event_type": "PAYMENT_FAILED",
                "data": {"error": {"code": "INSUFFICIENT_FUNDS", "message": "No."}},
            },
        ],
        ids=str,
    )
    def test_an_end_that_is_not_what_was_decided_ends_nothing_and_is_no_refusal(
        self, shop: World, change: dict[str, Any]
    ) -> None:
        request = buy(shop)
        decided = pay(shop, request)
        data = decided["data"] | change.get("data", {})
        if "error" in data:
            del data["transaction_id"]
        before = shop.snapshot()
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_UNMATCHED$"):
            end(shop, decided, **{**change, "data": data}) if "event_type" not in change else end(
                shop, decided | {**change, "data": data}
            )
        assert shop.snapshot() == before

        end(shop, decided)
        assert_consistent(shop)

    def test_a_payment_on_record_whose_money_did_not_move_ends_nothing(self, shop: World) -> None:
        """The functions of every group may write requests; core banking's alone write money."""
        request = buy(shop)
        decided = pay(shop, request)
        money = next(r for r in shop.items("transactions") if r["account_id"] == "acc-maria")
        key = {name: money[name] for name in ("account_id", "timestamp_txn_id")}
        other = {"purchase_id": "another", "amount": Decimal("-599.99"), "user_id": "user-juan"}
        for record in (None, *({**money, name: value} for name, value in other.items())):
            shop.client.delete_item(TableName=f"{PREFIX}-transactions", Key=serialize(key))
            if record is not None:
                shop.put("transactions", **record)
            with pytest.raises(EventNotHandled, match=r"^PAYMENT_UNMATCHED$"):
                end(shop, decided)
            assert purchase(shop)["status"] == "pending"

        shop.put("transactions", **money)
        end(shop, decided)
        assert_consistent(shop)

    def test_an_id_that_tells_no_time_is_of_no_payment(self, shop: World) -> None:
        request = buy(shop)
        data = request["data"] | {"transaction_id": "txn-1"}
        forged = request | {"event_type": "PAYMENT_COMPLETED", "source": "core-banking"}
        shop.put(
            "requests",
            request_id=payment_key("user-maria", PaymentRequest(**request["data"])),
            answer=json_text.dumps(data),
            correlation_id=request["correlation_id"],
            created_at=request["timestamp"],
            user_id="user-maria",
            events=[json_text.dumps({"event_type": "PAYMENT_COMPLETED", "source": "core-banking"})],
        )
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_UNMATCHED$"):
            end(shop, forged, data=data)
        assert purchase(shop)["status"] == "pending"

    def test_an_end_that_came_too_early_is_handled_when_it_is_redriven(self, shop: World) -> None:
        """It leaves no refusal on record that a redrive would repeat."""
        request = buy(shop)
        item = purchase(shop)
        shop.client.delete_item(
            TableName="centli-purchases",
            Key={
                "user_id": {"S": item["user_id"]},
                "timestamp_purchase_id": {"S": item["timestamp_purchase_id"]},
            },
        )
        shop.put("purchases", **item)
        decided = pay(shop, request)
        shop.put("purchases", **{**item, "status": "unknown"})
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_UNMATCHED$"):
            end(shop, decided)
        shop.put("purchases", **item)

        end(shop, decided)
        assert_consistent(shop)

    def test_an_end_delivered_again_changes_nothing_and_is_published_again(
        self, shop: World
    ) -> None:
        decided = pay(shop, buy(shop))
        first = end(shop, decided)
        shop.run_relay()
        again = end(shop, decided, correlation_id="another")

        assert first == again
        assert shop.run_relay() == [first]
        assert_consistent(shop)


FORGERIES = (
    ("core_banking", "TRANSFER_REQUEST", "core-banking"),
    ("core_banking", "BALANCE_QUERY", "somebody"),
    ("core_banking", "PAYMENT_REQUEST", "agentcore"),
    ("marketplace", "PAYMENT_COMPLETED", "agentcore"),
    ("marketplace", "PAYMENT_FAILED", "marketplace"),
    ("crm", "ADD_BENEFICIARY_REQUEST", "crm"),
)


class TestOfASource:
    @pytest.mark.parametrize(("group", "event_type", "source"), FORGERIES)
    def test_an_event_of_a_source_that_may_not_send_it_is_not_looked_at(
        self, shop: World, group: str, event_type: str, source: str
    ) -> None:
        before = shop.snapshot()
        for data in ({}, {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 1}):
            with pytest.raises(EventNotHandled, match=f"^{SourceNotAllowed.code}$"):
                shop.send(group, event_type, data, source=source)
        assert shop.snapshot() == before
        assert shop.bus.envelopes == []

    def test_the_source_of_the_event_is_that_of_its_envelope(self, shop: World) -> None:
        request = buy(shop)
        with pytest.raises(EventNotHandled, match=f"^{SourceNotAllowed.code}$"):
            shop.deliver("core_banking", "PAYMENT_REQUEST", request, source="agentcore")
        assert not paid(shop)

    def test_a_deployment_may_name_more_sources_of_requests(self, shop: World) -> None:
        more = shop.resources.settings._replace(request_sources=("agentcore", "mobile-app"))
        shop.rebuild(settings=more)
        assert (
            "accounts"
            in shop.send("core_banking", "BALANCE_QUERY", {}, source="mobile-app")["data"]
        )
        with pytest.raises(EventNotHandled):
            shop.send("core_banking", "PAYMENT_REQUEST", {}, source="mobile-app")


TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}
DAY = timedelta(hours=24)


class TestOfAnOrdersAge:
    def test_an_order_is_carried_out_on_its_last_second_and_not_after(self, shop: World) -> None:
        now = shop.clock.now
        for late, event_type in (
            (timedelta(0), "TRANSFER_COMPLETED"),
            (timedelta(seconds=1), "TRANSFER_FAILED"),
        ):
            reply = shop.send(
                "core_banking",
                "TRANSFER_REQUEST",
                TRANSFER,
                correlation_id=f"late-{late}",
                taken_at=now - DAY - late,
            )
            assert reply["event_type"] == event_type
        assert reply["data"]["error"]["code"] == OrderExpired.code
        assert shop.balance("acc-maria") == 900

    def test_the_timestamp_in_the_envelope_says_nothing_of_the_age(self, shop: World) -> None:
        reply = shop.send(
            "core_banking", "TRANSFER_REQUEST", TRANSFER, timestamp="2020-01-01T00:00:00Z"
        )
        assert reply["event_type"] == "TRANSFER_COMPLETED"

    def test_an_order_on_record_answers_its_first_outcome_however_old_it_is(
        self, shop: World
    ) -> None:
        sent = shop.clock.now
        first = shop.send("core_banking", "TRANSFER_REQUEST", TRANSFER, taken_at=sent)
        shop.clock.move(timedelta(days=13))
        again = shop.send("core_banking", "TRANSFER_REQUEST", TRANSFER, taken_at=sent)
        assert first == again

    @pytest.mark.parametrize(
        "operation", [o for o in ON_BUS_DOOR if o.changes], ids=lambda o: o.operation_id
    )
    def test_whatever_changes_something_is_an_order_and_expires(self, operation: Operation) -> None:
        with furnished() as bank:
            before = bank.snapshot() | {"requests": []}
            ask = partial(
                bank.send, operation.group, operation.event_type, RIGHT[operation.operation_id]
            )
            reply = ask(correlation_id="late", taken_at=bank.clock.now - DAY - timedelta(seconds=1))
            assert reply["event_type"] == operation.failure_event
            assert reply["data"]["error"]["code"] == OrderExpired.code
            assert bank.snapshot() | {"requests": []} == before
            reply = ask(correlation_id="in-time", taken_at=bank.clock.now - DAY)
            assert reply["event_type"] == operation.success_event

    def test_a_request_to_pay_too_old_is_not_paid(self, shop: World) -> None:
        request = buy(shop)
        sent = shop.clock.now
        shop.clock.move(timedelta(days=13))
        reply = shop.deliver("core_banking", "PAYMENT_REQUEST", request, taken_at=sent)
        shop.settle()
        assert reply["data"]["error"]["code"] == OrderExpired.code
        assert purchase(shop)["status"] == "failed"
        assert_consistent(shop)

    def test_a_request_to_pay_too_old_that_does_not_agree_decides_nothing(
        self, shop: World
    ) -> None:
        request = buy(shop)
        forged = request | {"data": request["data"] | {"amount": Decimal(1)}}
        old = shop.clock.now - timedelta(days=13)
        with pytest.raises(EventNotHandled, match=r"^PAYMENT_MISMATCH$"):
            shop.deliver("core_banking", "PAYMENT_REQUEST", forged, taken_at=old)
        assert pay(shop, request)["event_type"] == "PAYMENT_COMPLETED"

    def test_the_end_of_a_payment_never_expires(self, shop: World) -> None:
        decided = pay(shop, buy(shop))
        sent = shop.clock.now
        shop.clock.move(timedelta(days=400))
        shop.deliver("marketplace", decided["event_type"], decided, taken_at=sent)
        assert purchase(shop)["status"] == "completed"

    def test_a_question_has_no_age(self, shop: World) -> None:
        old = shop.clock.now - timedelta(days=13)
        reply = shop.send("core_banking", "BALANCE_QUERY", {}, taken_at=old)
        assert "accounts" in reply["data"]

    @pytest.mark.parametrize("time", [None, "yesterday", 5, "2026-11-22T15:00:00"])
    def test_an_order_whose_age_cannot_be_told_is_not_carried_out(
        self, shop: World, time: Any
    ) -> None:
        detail = {
            "version": "1.0",
            "event_type": "TRANSFER_REQUEST",
            "correlation_id": "c-1",
            "timestamp": "2026-11-22T15:00:00Z",
            "source": "agentcore",
            "user_id": "user-maria",
            "data": TRANSFER,
        }
        reply = shop.deliver("core_banking", "TRANSFER_REQUEST", detail, time=time)
        assert reply["data"]["error"]["code"] == "INVALID_REQUEST"
        assert shop.balance("acc-maria") == 1000


ON_CREDIT = {
    "benefit": "MSI-3",
    "account_id": "acc-maria-credit",
    "retailer_id": "retailer-azteca",
    "quantity": "3",
}
CASES = (
    ("createTransfer", {"amount": "5000"}, "INSUFFICIENT_FUNDS", "money"),
    ("createTransfer", {"from_account": "acc-new"}, "ACCOUNT_NOT_FOUND", "account"),
    ("createTransfer", {"from_account": "acc-maria"}, "ACCOUNT_NOT_ACTIVE", "active"),
    ("createPurchase", {"quantity": "6"}, "OUT_OF_STOCK", "stock"),
    ("createPurchase", {"unit_price": "299"}, "PRICE_CHANGED", "price"),
    ("createPurchase", {"account_id": "acc-new"}, "ACCOUNT_NOT_FOUND", "account"),
    (
        "createPurchase",
        {"product_id": "prod-new", "retailer_id": "retailer-azteca"},
        "PRODUCT_NOT_FOUND",
        "product",
    ),
    (
        "createPurchase",
        {"benefit": "cashback", "retailer_id": "retailer-azteca"},
        "BENEFIT_NOT_ELIGIBLE",
        "benefit",
    ),
    ("createPurchase", ON_CREDIT, "BENEFIT_NOT_ELIGIBLE", "credit"),
    (
        "createTransfer",
        {"from_account": "acc-maria-credit", "amount": "900"},
        "INSUFFICIENT_FUNDS",
        "credit limit",
    ),
    ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED", "limit"),
    ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED", "spent"),
    ("createTransfer", {"amount": "31"}, "LIMIT_EXCEEDED", "own limit"),
    (
        "createPurchase",
        {"benefit": "cashback", "retailer_id": "retailer-azteca"},
        "BENEFIT_NOT_ELIGIBLE",
        "no benefit",
    ),
    (
        "createTransfer",
        {"from_account": "acc-maria-credit", "amount": "900"},
        "INSUFFICIENT_FUNDS",
        "no credit limit",
    ),
    ("createTransfer", {"to_account": "acc-juan"}, "ACCOUNT_NOT_FOUND", "payee"),
)
BASE = {
    "createTransfer": {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "100"},
    "createPurchase": {
        "product_id": "prod-tv",
        "account_id": "acc-maria",
        "quantity": "1",
        "unit_price": "300",
    },
}


class TestOfARefusal:
    """What made a refusal true is checked in the transaction that records it."""

    def change(self, shop: World, what: str) -> Callable[[], object]:
        product = shop.items("products")[0]
        return {
            "money": lambda: shop.account("user-maria", "acc-maria", "9000.00"),
            "active": lambda: shop.account("user-maria", "acc-maria", "1000.00"),
            "account": lambda: shop.account("user-maria", "acc-new", "1000.00"),
            "payee": lambda: shop.account("user-juan", "acc-juan", "50.00"),
            "stock": lambda: shop.put("products", **{**product, "stock": 9}),
            "price": lambda: shop.put("products", **{**product, "price": Decimal(299)}),
            "product": lambda: shop.product("prod-new", price=Decimal(300)),
            "benefit": lambda: shop.put("products", **{**product, "benefits": ["cashback 5%"]}),
            "credit": lambda: self.credit(shop, balance="0", credit_limit=1000),
            "credit limit": lambda: self.credit(shop, balance="-200", credit_limit=1200),
            "no credit limit": lambda: self.credit(shop, balance="0", credit_limit=1200),
            "limit": lambda: self.limit(shop, spent=70, daily_limit=101),
            "spent": lambda: self.limit(shop, spent=60, daily_limit=100),
            "own limit": lambda: self.limit(shop, spent=999_999_980, daily_limit=10**10),
            "no benefit": lambda: shop.put("products", **product | {"benefits": ["cashback 5%"]}),
        }[what]

    def credit(self, shop: World, **attributes: Any) -> None:
        shop.account("user-maria", "acc-maria-credit", account_type="credit", **attributes)

    def limit(self, shop: World, **attributes: Any) -> None:
        shop.put(
            "limits",
            user_id="user-maria",
            subject="transfers",
            day=day_of(shop.clock.now, shop.resources.settings.bank_time_zone).isoformat(),
            **attributes,
        )

    def prepare(self, shop: World, what: str) -> None:
        if what == "active":
            shop.account("user-maria", "acc-maria", "1000.00", status="blocked")
        if what == "benefit":
            shop.put("products", **{**shop.items("products")[0], "benefits": []})
        if what == "credit":
            shop.put("products", **{**shop.items("products")[0], "benefits": ["3 MSI"]})
        if what in {"limit", "spent"}:
            self.limit(shop, spent=70, daily_limit=100)
        if what == "own limit":
            self.limit(shop, spent=999_999_980)
        if what == "no benefit":
            product = shop.items("products")[0]
            del product["benefits"]
            shop.put("products", **product)
        if what == "no credit limit":
            shop.account("user-maria", "acc-maria-credit", "0", account_type="credit")
        if what == "payee":
            shop.account("user-juan", "acc-juan", "50.00", status="blocked")

    @pytest.mark.parametrize(("operation", "arguments", "code", "what"), CASES, ids=str)
    def test_a_refusal_that_is_no_longer_true_is_not_recorded(
        self, shop: World, operation: str, arguments: dict[str, str], code: str, what: str
    ) -> None:
        self.prepare(shop, what)
        call = BASE[operation] | arguments
        status, body = shop.call(operation, session_id="before", **call)
        assert body["error"]["code"] == code

        shop.connect(ScriptedDatabase(shop.client, [after(self.change(shop, what))]))
        status, body = shop.call(operation, **call)
        assert status == 200, body

    @pytest.mark.parametrize(("operation", "arguments", "code", "what"), CASES, ids=str)
    def test_without_the_check_it_would_be(
        self, shop: World, operation: str, arguments: dict[str, str], code: str, what: str
    ) -> None:
        """The control of the test above."""
        self.prepare(shop, what)
        shop.connect(
            CarelessDatabase(
                shop.client,
                lambda write: isinstance(write, ConditionCheck),
                [after(self.change(shop, what))],
            )
        )
        _, body = shop.call(operation, **BASE[operation] | arguments)
        assert body["error"]["code"] == code

    def move(self, shop: World) -> None:
        """Change what every other change may move, and nothing else."""
        for item in shop.items("accounts"):
            moved = {"version": 77, "updated_at": "2026-11-22T15:00:00.001Z"}
            if item["account_id"] != "acc-maria-credit":
                moved["balance"] = item["balance"] - 1
            shop.put("accounts", **item | moved)
        for item in shop.items("products"):
            shop.put("products", **item | {"stock": item["stock"] - 1})
        for item in shop.items("limits"):
            if item["subject"] == "transfers":
                shop.put("limits", **item | {"spent": item["spent"] + 1})

    @pytest.mark.parametrize(("operation", "arguments", "code", "what"), CASES, ids=str)
    def test_it_is_recorded_at_the_first_try_whatever_else_moves(
        self, shop: World, operation: str, arguments: dict[str, str], code: str, what: str
    ) -> None:
        """Else nobody could be refused at an account or a product that all write."""
        self.prepare(shop, what)
        database = ScriptedDatabase(shop.client, [after(lambda: self.move(shop))])
        shop.connect(database)
        _, body = shop.call(operation, **BASE[operation] | arguments)
        assert body["error"]["code"] == code
        assert database.attempts == 1


class TestOfAProductThatLeftTheCatalogue:
    def leave(self, shop: World) -> None:
        key = {"product_id": {"S": "prod-tv"}, "retailer_id": {"S": "retailer-azteca"}}
        shop.client.delete_item(TableName="centli-products", Key=key)

    @pytest.mark.parametrize(("quantity", "status"), [("2", "completed"), ("4", "failed")])
    def test_its_purchase_ends_all_the_same(self, shop: World, quantity: str, status: str) -> None:
        decided = pay(shop, buy(shop, quantity=quantity))
        self.leave(shop)
        assert end(shop, decided)["data"]["status"] == status
        assert purchase(shop)["status"] == status

    def test_it_leaves_between_the_decision_and_the_commit(self, shop: World) -> None:
        decided = pay(shop, buy(shop, quantity="4"))
        shop.connect(ScriptedDatabase(shop.client, [after(lambda: self.leave(shop))]))
        assert end(shop, decided)["data"]["status"] == "failed"

    def test_it_comes_back_between_the_decision_and_the_commit(self, shop: World) -> None:
        decided = pay(shop, buy(shop, quantity="4"))
        product = shop.items("products")[0]
        self.leave(shop)
        shop.connect(
            ScriptedDatabase(shop.client, [after(lambda: shop.put("products", **product))])
        )
        end(shop, decided)
        assert stock(shop) == 5
