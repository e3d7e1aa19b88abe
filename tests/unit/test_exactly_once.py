"""Guarantee 1: a request takes effect once, however often and however badly it is delivered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from shared.errors import RequestMismatch
from tests.support.faults import (
    CarelessDatabase,
    ScriptedDatabase,
    cancelled,
    client_error,
    in_table,
)
from tests.support.transfers import EVENT, moved_once, send, transfer
from tests.support.world import World

JUST_UNDER_TWO_MINUTES = timedelta(minutes=2, milliseconds=-1)


def moved(bank: World, times: int) -> bool:
    return bank.balance("acc-maria") == 1000 - 100 * times


class TestOnTheBus:
    def test_three_deliveries_make_one_change_and_three_publications_of_it(
        self, bank: World
    ) -> None:
        replies = []
        published = []
        for _ in range(3):
            bank.clock.move(timedelta(hours=7))
            replies.append(send(bank))
            published += bank.run_relay()

        moved_once(bank)
        assert [p["data"] for p in published] == [replies[0]["data"]] * 3
        assert [r["data"] for r in replies] == [replies[0]["data"]] * 3
        assert {p["event_type"] for p in published} == {"TRANSFER_COMPLETED"}
        assert {p["correlation_id"] for p in published} == {"correlation-1"}

    def test_without_the_condition_on_the_record_two_deliveries_would_move_twice(
        self, bank: World
    ) -> None:
        bank.connect(CarelessDatabase(bank.client, in_table("requests")))
        send(bank)
        bank.clock.move(timedelta(seconds=1))
        send(bank)

        with pytest.raises(AssertionError):
            moved_once(bank)

    def test_the_same_content_written_otherwise_is_the_same_request(self, bank: World) -> None:
        for amount, more in ((100, {}), (100.0, {"description": None}), (100.00, {})):
            reply = send(bank, data={**EVENT, "amount": amount, **more})
            assert reply["event_type"] == "TRANSFER_COMPLETED"
        moved_once(bank)

    @pytest.mark.parametrize(
        "other",
        [{"amount": 100.01}, {"to_account": "acc-maria-savings"}, {"description": "again"}],
    )
    def test_other_content_under_the_same_id_is_refused_and_moves_nothing(
        self, bank: World, other: dict[str, Any]
    ) -> None:
        send(bank)
        before = bank.snapshot()
        reply = send(bank, data=EVENT | other)

        assert reply["event_type"] == "TRANSFER_FAILED"
        assert reply["data"]["error"]["code"] == RequestMismatch.code
        assert bank.bus.envelopes == [reply]
        assert bank.snapshot() == before

    def test_another_users_same_correlation_id_is_another_request(self, bank: World) -> None:
        assert send(bank)["event_type"] == "TRANSFER_COMPLETED"
        reply = send(
            bank,
            user_id="user-juan",
            data={"from_account": "acc-juan", "to_account": "acc-maria", "amount": 100},
        )

        assert reply["event_type"] == "TRANSFER_COMPLETED"
        assert bank.balance("acc-maria") == 1000

    def test_another_correlation_id_is_another_request(self, bank: World) -> None:
        send(bank)
        send(bank, correlation_id="correlation-2")
        assert moved(bank, 2)

    def test_the_same_correlation_id_of_another_event_type_is_another_request(
        self, bank: World
    ) -> None:
        send(bank)
        new = {"name": "Juan López", "alias": "Juancho", "account_id": "acc-juan"}
        reply = bank.send("crm", "ADD_BENEFICIARY_REQUEST", new)
        assert reply["event_type"] == "BENEFICIARY_ADDED"
        moved_once(bank)

    def test_a_refusal_is_final_for_its_delivery_even_when_money_came_in(self, bank: World) -> None:
        first = send(bank, data=EVENT | {"amount": 1500})
        bank.account("user-maria", "acc-maria", "2000")
        again = send(bank, data=EVENT | {"amount": 1500})

        assert first["data"]["error"]["code"] == "INSUFFICIENT_FUNDS"
        assert again["data"] == first["data"]
        assert [e["data"] for e in bank.run_relay()] == [first["data"]] * 2
        assert bank.balance("acc-maria") == 2000

    def test_a_malformed_delivery_does_not_use_up_the_id(self, bank: World) -> None:
        assert send(bank, data=EVENT | {"amount": "100"})["data"]["error"]["code"] == (
            "INVALID_REQUEST"
        )
        assert send(bank)["event_type"] == "TRANSFER_COMPLETED"
        moved_once(bank)


class TestFromAnAgent:
    def test_the_same_call_within_two_minutes_is_told_that_nothing_new_moved(
        self, bank: World
    ) -> None:
        first = transfer(bank)
        bank.clock.move(JUST_UNDER_TWO_MINUTES)
        status, again = transfer(bank)

        moved_once(bank)
        assert (status, again.pop("repeated")) == (200, True)
        notice = again.pop("notice")
        assert "nothing new" in notice
        assert "2026-11-22T15:02:00.000Z" in notice
        assert (status, again) == first
        assert "repeated" not in first[1]

    def test_the_same_call_after_two_minutes_is_a_new_transfer(self, bank: World) -> None:
        _, first = transfer(bank)
        bank.run_relay()
        bank.clock.move(timedelta(minutes=2))
        status, second = transfer(bank)

        assert (status, "repeated" in second) == (200, False)
        assert second["transaction_id"] > first["transaction_id"]
        assert moved(bank, 2)
        [published] = bank.run_relay()
        assert published["data"] == second

    def test_a_repeat_does_not_push_the_two_minutes_out(self, bank: World) -> None:
        transfer(bank)
        bank.clock.move(timedelta(minutes=1))
        transfer(bank)
        bank.clock.move(timedelta(minutes=1))
        assert "repeated" not in transfer(bank)[1]
        assert moved(bank, 2)

    @pytest.mark.parametrize(
        "other",
        [
            {"session_id": "session-2"},
            {"amount": "100.01"},
            {"description": "again"},
            {"attributes": {"request_id": "r-1"}},
        ],
    )
    def test_a_call_that_differs_is_a_new_transfer(
        self, bank: World, other: dict[str, Any]
    ) -> None:
        transfer(bank)
        status, body = transfer(bank, **other)
        assert (status, "repeated" in body) == (200, False)
        assert len(bank.items("transactions")) == 4

    def test_another_user_in_the_same_session_is_another_request(self, bank: World) -> None:
        bank.beneficiary("user-ana", "ben-ana", "other")
        new = {"name": "Juan López", "alias": "Juancho", "account_id": "acc-juan"}
        for user_id in ("user-maria", "user-juan"):
            status, body = bank.call("addBeneficiary", user_id=user_id, **new)
            assert (status, "repeated" in body) == (200, False)
        assert len(bank.records()) == 2

    def test_the_ways_to_write_the_same_arguments_are_one_request(self, bank: World) -> None:
        for amount in ("100", "100.0", " 100.00 ", 100, 100.0):
            assert transfer(bank, amount=amount)[0] == 200
        moved_once(bank)

    def test_a_request_id_of_the_application_holds_beyond_two_minutes_and_sessions(
        self, bank: World
    ) -> None:
        mine = {"attributes": {"request_id": "r-1"}}
        transfer(bank, **mine)
        bank.clock.move(timedelta(days=29))
        status, body = transfer(bank, session_id="session-9", **mine)

        assert (status, body["repeated"]) == (200, True)
        assert "or after 2026-12-22T15:00:00.000Z, or" in body["notice"], "when the record ends"
        moved_once(bank)

    def test_another_request_id_is_another_transfer_within_the_two_minutes(
        self, bank: World
    ) -> None:
        for request_id in ("r-1", "r-2"):
            status, body = transfer(bank, attributes={"request_id": request_id})
            assert (status, "repeated" in body) == (200, False)
        assert moved(bank, 2)

    def test_other_arguments_under_the_same_request_id_are_refused(self, bank: World) -> None:
        mine = {"attributes": {"request_id": "r-1"}}
        transfer(bank, **mine)
        before = bank.snapshot()
        status, body = transfer(bank, amount="100.01", **mine)

        assert (status, body["error"]["code"]) == (409, RequestMismatch.code)
        assert "a new request id" in body["error"]["message"]
        assert bank.snapshot() == before

    def test_a_request_id_is_the_users_own(self, bank: World) -> None:
        mine = {"attributes": {"request_id": "r-1"}}
        transfer(bank, **mine)
        status, body = bank.call(
            "createTransfer",
            user_id="user-juan",
            from_account="acc-juan",
            to_account="acc-maria",
            amount="1",
            **mine,
        )
        assert (status, "repeated" in body) == (200, False)

    def test_a_refusal_is_replayed_and_says_so(self, bank: World) -> None:
        first = transfer(bank, amount="1500")
        status, again = transfer(bank, amount="1500")

        assert (first[0], status) == (422, 422)
        assert again["error"] == first[1]["error"]
        assert again["repeated"] is True
        assert len(bank.run_relay()) == 2

    def test_the_correlation_id_of_its_event_is_the_changes_own_id(self, bank: World) -> None:
        _, body = transfer(bank)
        [published] = bank.run_relay()
        assert published["correlation_id"] == body["transaction_id"]

    def test_a_query_leaves_no_record(self, bank: World) -> None:
        assert bank.call("getBalance")[0] == 200
        assert bank.items("requests") == []


def test_ids_of_a_request_are_the_same_however_often_it_is_decided(bank: World) -> None:
    decided: list[str] = []

    class Watching(ScriptedDatabase):
        def transact(self, writes: Any) -> None:
            decided.append(writes[2].item["transaction_id"])
            super().transact(writes)

    bank.connect(Watching(bank.client, [cancelled("TransactionConflict")] * 2))
    transfer(bank)
    assert len(decided) == 3
    assert len(set(decided)) == 1


def test_the_record_of_a_request_expires_only_after_any_retry(bank: World) -> None:
    transfer(bank)
    [record] = bank.records()
    expires_at = datetime.fromtimestamp(int(record["expires_at"]), UTC)
    assert expires_at == bank.clock.now + timedelta(days=30)


def test_the_error_of_dynamodb_is_no_refusal(bank: World) -> None:
    """An error that is not a cancelled transaction reaches the front door as it is."""
    with pytest.raises(ClientError):
        ScriptedDatabase(bank.client).query("no-such-table", condition="a = :a", values={":a": 1})


@pytest.mark.parametrize(
    "failure",
    [
        client_error("TransactionConflictException"),
        client_error("ThrottlingException"),
        ReadTimeoutError(endpoint_url="dynamodb"),
    ],
    ids=repr,
)
def test_a_counter_that_cannot_be_written_does_not_decide_over_a_known_outcome(
    bank: World, failure: Exception
) -> None:
    class NotCounting(ScriptedDatabase):
        def count_delivery(self, *_where: Any, **_when: Any) -> None:
            raise failure

    first = transfer(bank)[1]
    bank.connect(NotCounting(bank.client))
    status, again = transfer(bank)
    assert (status, again["repeated"]) == (200, True)
    assert again["transaction_id"] == first["transaction_id"]


def test_each_window_has_a_record_of_its_own(bank: World) -> None:
    """What the first still owes is not written over by the second."""
    transfer(bank)
    bank.clock.move(timedelta(minutes=2))
    transfer(bank)
    assert len(bank.records()) == 2
    assert len(bank.run_relay()) == 2


def test_what_is_refused_after_the_window_is_not_told_as_done(bank: World) -> None:
    """A refusal asks whether it was decided before: not by a request of another window."""
    transfer(bank)
    bank.account("user-maria", "acc-maria", "0.00")
    assert transfer(bank)[1]["repeated"] is True
    bank.clock.move(timedelta(minutes=2))
    assert transfer(bank)[1]["error"]["code"] == "INSUFFICIENT_FUNDS"
