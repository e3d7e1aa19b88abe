"""Guarantee 1: a request takes effect once, also where a race or an answer is lost."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.front_doors.eventbridge import EventNotHandled
from shared.requests import TRIED_FOR
from tests.support.faults import (
    CarelessDatabase,
    ScriptedDatabase,
    Step,
    after,
    cancelled,
    client_error,
    committed_but_cancelled,
    plainly,
)
from tests.support.transfers import moved_once, send, transfer
from tests.support.world import World


def connect_waiting(bank: World, script: Iterable[Step]) -> ScriptedDatabase:
    """Let commits take these steps, and the clock go on while a function waits."""
    database = ScriptedDatabase(bank.client, script)
    bank.rebuild(
        database=database, sleep=lambda seconds: bank.clock.move(timedelta(seconds=seconds))
    )
    return database


class TestLostRaces:
    def test_a_change_decided_on_old_figures_is_decided_again(self, bank: World) -> None:
        database = ScriptedDatabase(
            bank.client, [after(lambda: transfer(bank, session_id="other", amount="950"))]
        )
        bank.connect(database)
        status, body = transfer(bank)

        assert (status, body["error"]["code"]) == (422, "INSUFFICIENT_FUNDS")
        assert bank.balance("acc-maria") == 50
        assert database.attempts == 3, "lost, the other's, decided again"

    def test_the_same_request_delivered_twice_at_once_moves_once(self, bank: World) -> None:
        others: list[Any] = []
        bank.connect(ScriptedDatabase(bank.client, [after(lambda: others.append(transfer(bank)))]))
        status, body = transfer(bank)

        moved_once(bank)
        assert others[0][0] == status == 200
        assert (body["transaction_id"], body["repeated"]) == (
            others[0][1]["transaction_id"],
            True,
        )

    def test_without_the_condition_on_the_record_it_would_move_twice(self, bank: World) -> None:
        def both() -> None:
            bank.clock.move(timedelta(milliseconds=1))
            transfer(bank)

        bank.connect(CarelessDatabase(bank.client, lambda write: True, [after(both)]))
        transfer(bank)
        with pytest.raises(AssertionError):
            moved_once(bank)

    @pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
    @pytest.mark.parametrize("position", [0, -1])
    def test_a_conflict_is_tried_again_as_it_was_decided(
        self, bank: World, reason: str, position: int
    ) -> None:
        reasons = ["None"] * 5
        reasons[position] = reason
        tried: list[Any] = []

        class Watching(ScriptedDatabase):
            def transact(self, writes: Any) -> None:
                tried.append(writes)
                super().transact(writes)

        bank.connect(Watching(bank.client, [cancelled(*reasons)] * 20))
        status, body = transfer(bank)

        assert (status, "repeated" in body) == (200, False)
        assert len(tried) == 21
        assert all(writes is tried[0] for writes in tried), "nothing was decided again"
        moved_once(bank)

    @pytest.mark.parametrize(
        ("reasons", "tries"),
        [(("TransactionConflict",) * 5, 150), (("None", "ThrottlingError"), 12), ((), 150)],
    )
    def test_endless_conflicts_end_in_unavailable_with_nothing_recorded(
        self, bank: World, reasons: tuple[str, ...], tries: int
    ) -> None:
        """An item that takes no more for now is left alone for longer."""
        begun = bank.clock.now
        before = bank.snapshot()
        database = connect_waiting(bank, repeat(cancelled(*reasons)))

        status, body = transfer(bank)

        assert (status, body["error"]["code"]) == (503, Unavailable.code)
        assert bank.snapshot() == before
        assert timedelta(0) <= bank.clock.now - begun - TRIED_FOR < timedelta(seconds=1)
        assert database.attempts == tries

    def test_what_no_other_try_could_heal_is_not_tried_again(self, bank: World) -> None:
        """Such as a count that is no number: DynamoDB says so for each write."""
        known = {"user_id": "user-maria", "subject": "payee#acc-juan"}
        bank.put("limits", **known, payments="first")
        database = ScriptedDatabase(bank.client)
        bank.connect(database)
        assert transfer(bank)[0] == 500
        assert database.attempts == 1

    @pytest.mark.parametrize("amount", ["100", "5000"])
    def test_money_that_moves_meanwhile_and_decides_nothing_costs_no_further_try(
        self, bank: World, amount: str
    ) -> None:
        """Of 950 pesos a transfer of 100 is as possible as of 1000, and one of 5000 is not."""
        other = {"session_id": "other", "amount": "50", "to_account": "acc-maria-savings"}
        database = ScriptedDatabase(bank.client, [after(lambda: transfer(bank, **other))])
        bank.connect(database)
        status, _ = transfer(bank, amount=amount)

        assert status == (200 if amount == "100" else 422)
        assert database.attempts == 2, "the other's, and this"
        assert bank.balance("acc-maria") == 950 - (100 if amount == "100" else 0)

    def test_endless_conflicts_on_the_bus_are_left_to_lambdas_retries(self, bank: World) -> None:
        connect_waiting(bank, repeat(cancelled("TransactionConflict")))
        with pytest.raises(EventNotHandled, match=Unavailable.code):
            send(bank)
        assert bank.bus.envelopes == []

        bank.connect(ScriptedDatabase(bank.client))
        assert send(bank)["event_type"] == "TRANSFER_COMPLETED"
        moved_once(bank)


def run_out_of_money(bank: World) -> Callable[[], None]:
    """Return a change after which the transfer could not be decided as it was."""
    return lambda: bank.account("user-maria", "acc-maria", "0", version=7)


class TestLostAnswers:
    @pytest.mark.parametrize(
        "reasons",
        [
            ("None", "None", "None", "None", "TransactionConflict"),
            ("ConditionalCheckFailed",) * 5,
            ("TransactionConflict", "None", "None", "None", "None"),
        ],
    )
    def test_a_commit_reported_as_cancelled_moves_once_and_is_no_repeat(
        self, bank: World, reasons: tuple[str, ...]
    ) -> None:
        bank.connect(ScriptedDatabase(bank.client, [committed_but_cancelled(*reasons)]))
        status, body = transfer(bank)

        assert (status, body["status"], "repeated" in body) == (200, "completed", False)
        moved_once(bank)
        assert len(bank.run_relay()) == 1

    def test_it_is_no_repeat_even_when_it_could_not_be_decided_so_again(self, bank: World) -> None:
        def commit_and_spend(commit: Callable[[], None]) -> None:
            commit()
            run_out_of_money(bank)()
            cancelled("TransactionConflict")(commit)

        bank.connect(ScriptedDatabase(bank.client, [commit_and_spend]))
        status, body = transfer(bank)

        assert (status, body["status"], "repeated" in body) == (200, "completed", False)
        assert len(bank.records()) == 1

    def test_an_answer_lost_for_good_is_found_by_the_next_delivery(self, bank: World) -> None:
        def commit_and_fail(commit: Callable[[], None]) -> None:
            commit()
            raise client_error("RequestTimeout")

        bank.connect(ScriptedDatabase(bank.client, [commit_and_fail]))
        status, body = transfer(bank)
        assert (status, body["error"]["code"]) == (503, Unavailable.code)
        assert "not known" in body["error"]["message"], "it must not claim that nothing moved"

        status, body = transfer(bank)
        assert (status, body["status"], body["repeated"]) == (200, "completed", True)
        moved_once(bank)

    def test_a_failure_before_the_commit_leaves_the_request_free_to_be_repeated(
        self, bank: World
    ) -> None:
        def fail(_commit: Callable[[], None]) -> None:
            raise client_error("InternalServerError")

        bank.connect(ScriptedDatabase(bank.client, [fail, plainly]))
        assert transfer(bank)[0] == 503
        assert "repeated" not in transfer(bank)[1]
        moved_once(bank)
