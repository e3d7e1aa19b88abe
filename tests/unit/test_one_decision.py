"""Guarantee 3: a purchase is decided once, paid or not paid, and its record alone is believed."""

from decimal import Decimal
from typing import Any

import pytest

from shared import json_text
from shared.dynamodb import serialize
from shared.front_doors.eventbridge import EventNotHandled
from shared.payments import PaymentRequest, payment_key
from tests.support.faults import ScriptedDatabase, after
from tests.support.shop import assert_consistent, buy, end, open_shop, paid, pay, purchase, stock
from tests.support.tables import PREFIX
from tests.support.world import World


@pytest.fixture
def shop(bank: World) -> World:
    open_shop(bank)
    return bank


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
