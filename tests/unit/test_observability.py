"""What invocations tell of themselves: enough to follow a request, and nothing of the customer."""

import json
import logging
from decimal import Decimal
from typing import Any

import pytest

from action_groups import all_groups
from shared import observability
from shared.front_doors.eventbridge import EventNotHandled
from shared.observability import NAMESPACE, logger, measured
from tests.support.faults import FailingDatabase, client_error
from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "250.75"}
CUSTOMER = (
    *("user-maria", "acc-maria", "acc-juan", "250.75", "749.25", "Renta de noviembre"),
    *("Juan López", "mi hermano", "ben-juan", "session-1"),
)
METRIC_NAMES = {
    *("Requests", "Repeats", "Refusals", "Failures"),
    *("AmountLe100", "AmountLe1000", "AmountLe10000", "AmountAbove10000"),
}


class Told:
    """The lines that a test's requests wrote, some of them with metrics."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self._read = ""

    @property
    def text(self) -> str:
        self._read += self._capture.readouterr().out
        return self._read

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [read_line(line) for line in self.text.splitlines()]

    @property
    def blobs(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "_aws" in line]

    @property
    def counts(self) -> list[tuple[str, ...]]:
        """Return each count as (metric, value of every dimension but the service's)."""
        found = []
        for blob in self.blobs:
            for directive in blob["_aws"]["CloudWatchMetrics"]:
                for metric in directive["Metrics"]:
                    assert blob[metric["Name"]] == 1
                    assert metric["Unit"] == "Count"
                    values = [blob[d] for d in directive["Dimensions"][0] if d != "service"]
                    found.append((metric["Name"], *values))
        return found


def read_line(line: str) -> dict[str, Any]:
    """Read a line of the log. Raises ValueError where a field is there twice."""

    def once(fields: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(fields)) < len(fields):
            raise ValueError(f"a field twice: {[name for name, _ in fields]}")
        return dict(fields)

    read: dict[str, Any] = json.loads(line, object_pairs_hook=once)
    return read


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(capsys)


class Context:
    aws_request_id = "lambda-request-1"


def everything(bank: World) -> None:
    """Let every kind of request happen on every door."""
    bank.beneficiary("user-maria", "ben-juan", "mi hermano")
    bank.call("createTransfer", **TRANSFER, description="Renta de noviembre")
    bank.call("createTransfer", **TRANSFER, description="Renta de noviembre")
    bank.call("createTransfer", **TRANSFER | {"amount": "99999999"})
    bank.call("createTransfer", **TRANSFER | {"amount": "mi hermano"})
    bank.call("createTransfer", user_id=None, **TRANSFER)
    bank.call("getBalance", account_id="acc-juan")
    bank.call("resolveAlias", alias="mi hermano")
    bank.send("core_banking", "TRANSFER_REQUEST", {**TRANSFER, "amount": 250.75})
    bank.send("core_banking", "TRANSFER_REQUEST", {**TRANSFER, "amount": "Juan López"})
    bank.send("core_banking", "BALANCE_QUERY", {"account_id": "acc-maria"})
    bank.deliver("crm", "BENEFICIARIES_QUERY", {"correlation_id": "Juan López"})
    with pytest.raises(EventNotHandled):
        bank.deliver("crm", "Juan López", {})
    bank.handlers["crm"]({"alias": "mi hermano"}, None)
    bank.run_relay()


def test_logs_and_metrics_hold_nothing_of_the_customer(bank: World, told: Told) -> None:
    everything(bank)

    assert len(told.lines) > len(told.blobs) > 10
    for value in CUSTOMER:
        assert value not in told.text, value


def test_the_check_of_personal_data_sees_what_a_line_would_betray(
    bank: World, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observability, "_record", lambda seen: logger.info(seen.amount))
    bank.call("createTransfer", **TRANSFER)

    assert "250.75" in told.text


def test_every_metric_is_a_count_in_one_namespace_with_known_dimensions(
    bank: World, told: Told
) -> None:
    everything(bank)

    operations = {o.operation_id for group in all_groups() for o in group} | {"unknown"}
    for blob in told.blobs:
        assert isinstance(blob["_aws"]["Timestamp"], int)
        assert blob["operation"] in operations
        for directive in blob["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == NAMESPACE
            assert {m["Name"] for m in directive["Metrics"]} <= METRIC_NAMES
            by_operation, overall = map(set, directive["Dimensions"])
            assert by_operation - overall == {"operation"}
            assert overall in ({"service", "outcome"}, {"service", "code"})
            assert all(isinstance(blob[name], str) for name in by_operation)


def test_a_request_is_one_line_with_its_ids_and_its_metrics(bank: World, told: Told) -> None:
    bank.call("createTransfer", **TRANSFER | {"amount": "99999999"})

    [line] = told.lines
    assert {name: held for name, held in line.items() if name != "_aws"} == {
        "level": "INFO",
        "message": "request answered",
        "operation": "createTransfer",
        "outcome": "refused",
        "status": 422,
        "code": "INSUFFICIENT_FUNDS",
        "repeated": False,
        "service": "centli",
        "correlation_id": line["correlation_id"],
        "Requests": 1,
        "Refusals": 1,
    }


@pytest.mark.parametrize("line", ['{"a":1,"a":2}', '{"b":{"a":1,"a":2}}'])
def test_a_field_that_is_there_twice_is_not_read(line: str) -> None:
    with pytest.raises(ValueError, match="twice"):
        read_line(line)


def test_metrics_are_written_whatever_lines_are_left_out(
    bank: World, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logger, "level", logging.CRITICAL)
    bank.call("getBalance")
    measured("UnreadableItems")

    assert told.counts == [("Requests", "getBalance", "completed"), ("UnreadableItems",)]


@pytest.mark.parametrize(
    ("amount", "bucket"),
    [
        ("0.01", "AmountLe100"),
        ("100", "AmountLe100"),
        ("100.01", "AmountLe1000"),
        ("1000", "AmountLe1000"),
        ("10000", "AmountLe10000"),
        ("10000.01", "AmountAbove10000"),
    ],
)
def test_a_completed_change_counts_once_and_its_amount_only_as_a_bucket(
    bank: World, told: Told, amount: str, bucket: str
) -> None:
    bank.account("user-maria", "acc-rich", "50000")
    bank.call("createTransfer", **TRANSFER | {"from_account": "acc-rich", "amount": amount})

    assert told.counts == [
        ("Requests", "createTransfer", "completed"),
        (bucket, "createTransfer", "completed"),
    ]


def test_a_repeated_delivery_counts_as_a_repeat_and_as_nothing_else(
    bank: World, told: Told
) -> None:
    for _ in range(3):
        bank.send("core_banking", "TRANSFER_REQUEST", {**TRANSFER, "amount": 10})

    assert told.counts == [
        ("Requests", "createTransfer", "completed"),
        ("AmountLe100", "createTransfer", "completed"),
        ("Repeats", "createTransfer", "completed"),
        ("Repeats", "createTransfer", "completed"),
    ]


def test_both_doors_count_a_refusal_by_its_code(bank: World, told: Told) -> None:
    refused = TRANSFER | {"amount": "99999999"}
    bank.call("createTransfer", **refused)
    bank.send("core_banking", "TRANSFER_REQUEST", {**refused, "amount": 99999999})

    assert told.counts == 2 * [
        ("Requests", "createTransfer", "refused"),
        ("Refusals", "createTransfer", "INSUFFICIENT_FUNDS"),
    ]


def test_what_never_reaches_an_operation_is_counted_too(bank: World, told: Told) -> None:
    bank.call("createTransfer", **TRANSFER | {"amount": "mucho"})
    bank.call("getBalance", user_id=None)
    with pytest.raises(EventNotHandled):
        bank.deliver("core_banking", "NO_SUCH_EVENT", {})
    bank.handlers["core_banking"](["no event at all"], None)

    assert [count for count in told.counts if count[0] in {"Refusals", "Failures"}] == [
        ("Refusals", "createTransfer", "INVALID_REQUEST"),
        ("Refusals", "getBalance", "UNAUTHENTICATED"),
        ("Failures", "unknown", "UNKNOWN_OPERATION"),
        ("Refusals", "unknown", "INVALID_REQUEST"),
    ]


def test_a_failure_is_counted_on_both_doors_also_when_the_invocation_ends_with_it(
    bank: World, told: Told
) -> None:
    bank.connect(FailingDatabase(client_error("InternalServerError")))
    bank.call("getBalance")
    with pytest.raises(Exception, match="TEMPORARILY_UNAVAILABLE"):
        bank.send("core_banking", "BALANCE_QUERY", {})

    assert told.counts == 2 * [
        ("Requests", "getBalance", "failed"),
        ("Failures", "getBalance", "TEMPORARILY_UNAVAILABLE"),
    ]


def test_a_query_whose_reply_is_lost_counts_as_a_failure(bank: World, told: Told) -> None:
    bank.bus.refusals = ["ThrottlingException"]
    with pytest.raises(Exception, match="REPLY_NOT_PUBLISHED"):
        bank.send("core_banking", "BALANCE_QUERY", {})

    assert told.counts[0] == ("Requests", "getBalance", "failed")


def test_metrics_that_cannot_be_recorded_do_not_touch_the_request(
    bank: World, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("acc-maria")

    monkeypatch.setattr(observability, "_told", broken)

    status, body = bank.call("createTransfer", **TRANSFER)

    assert (status, body["status"]) == (200, "completed")
    assert bank.balance("acc-maria") == Decimal("749.25")
    assert told.lines[-1]["message"] == "request not recorded"
    assert "acc-maria" not in told.text


def test_every_line_of_an_invocation_has_a_correlation_id_and_none_is_left_for_the_next(
    bank: World, told: Told
) -> None:
    _, receipt = bank.call("createTransfer", **TRANSFER)
    bank.send("core_banking", "TRANSFER_REQUEST", {**TRANSFER, "amount": 1}, correlation_id="c-7")
    bank.handlers["core_banking"](bank.invocation("createTransfer", amount="x"), Context())
    bank.run_relay()

    first, second, third, *relayed = told.lines
    assert first["correlation_id"] == receipt["transaction_id"]
    assert (second["correlation_id"], second["event_type"]) == ("c-7", "TRANSFER_REQUEST")
    assert third["correlation_id"] == third["function_request_id"] == "lambda-request-1"
    assert "event_type" not in third
    assert {(r["message"], r["event_type"], r["correlation_id"]) for r in relayed} == {
        ("event published", "TRANSFER_COMPLETED", receipt["transaction_id"]),
        ("event published", "TRANSFER_COMPLETED", "c-7"),
    }
