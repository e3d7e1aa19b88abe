"""Logs tell what happened and where it failed, and nothing of the customer."""

import json
import re
import sys
from decimal import Decimal
from typing import Any

import pytest

from shared.front_doors.eventbridge import EventNotHandled
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, ON_BUS_DOOR, RIGHT
from tests.support.faults import FailingDatabase, client_error
from tests.support.world import World

PERSONAL = {
    "user_id": "user-confidential",
    "account": "acc-confidential",
    "name": "Xóchitl Quetzal",
    "alias": "mi cuatita",
    "description": "consulta con el doctor",
    "amount": 12431.29,
    "balance": "48642.13",
    "purchase": "purchase-confidential",
}


@pytest.fixture
def confidential(bank: World) -> World:
    user_id = str(PERSONAL["user_id"])
    bank.account(user_id, str(PERSONAL["account"]), str(PERSONAL["balance"]))
    bank.beneficiary(user_id, "ben-1", str(PERSONAL["alias"]), name=PERSONAL["name"])
    bank.product("prod-tv", price=Decimal(str(PERSONAL["amount"])))
    return bank


OF_THE_CUSTOMER = {
    **dict.fromkeys(("account_id", "from_account"), PERSONAL["account"]),
    **dict.fromkeys(("amount", "unit_price"), PERSONAL["amount"]),
    **dict.fromkeys(("description", "search"), PERSONAL["description"]),
    **{field: PERSONAL[field] for field in ("name", "alias")},
    "purchase_id": PERSONAL["purchase"],
    "to_account": "acc-juan",
    "product_id": "prod-tv",
}
"""By the names of fields; what else a request needs is as in its example."""


def arguments(operation: Operation) -> dict[str, Any]:
    fields = operation.request_model.model_fields
    needed = {n: v for n, v in RIGHT[operation.operation_id].items() if fields[n].is_required()}
    return needed | {name: v for name, v in OF_THE_CUSTOMER.items() if name in fields}


def everything(bank: World) -> None:
    """Ask for everything at both doors: rightly, wrongly and for what is not there."""
    user_id = str(PERSONAL["user_id"])
    for change in ({}, {"account_id": "acc-9876543210"}, {"amount": -12431.29}, {"alias": 5}):
        for operation in ON_AGENT_DOOR:
            given = arguments(operation) | change
            event = bank.invocation(operation.operation_id, **given)
            event["sessionAttributes"] = {"user_id": user_id}
            event["inputText"] = PERSONAL["description"]
            bank.invoke(operation.group, event)
        for operation in ON_BUS_DOOR:
            data = arguments(operation) | change
            try:
                bank.send(operation.group, operation.event_type or "", data, user_id=user_id)
            except Exception as error:  # noqa: BLE001 it becomes the dead letter's error message
                print(error, file=sys.stderr)
    bank.run_relay()
    with pytest.raises(EventNotHandled):
        bank.deliver("crm", PERSONAL["name"], {"data": PERSONAL})


def lines(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines()]


def assert_confidential(text: str) -> None:
    secrets = [str(value) for value in PERSONAL.values()]
    for secret in [*secrets, "Xóchitl", "X\\u00f3chitl", "cuatita"]:
        assert secret not in text
    for number in ("12431", "48642", "9876543210"):
        assert not re.search(rf"\b{number}\b", text), number


def test_nothing_of_the_customer_is_in_the_logs(
    confidential: World, capsys: pytest.CaptureFixture[str]
) -> None:
    everything(confidential)

    written = capsys.readouterr()
    assert_confidential(written.out + written.err)
    logged = lines(written.out)
    assert {line["message"] for line in logged} == {
        "request answered",
        "request not answered",
        "event published",
    }
    assert {200, 400, 404} <= {line.get("status") for line in logged}


@pytest.mark.parametrize(
    "error",
    [
        client_error("ValidationException", f"for {PERSONAL['account']}"),
        RuntimeError(str(PERSONAL)),
        KeyError(PERSONAL["name"]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_is_logged_with_its_place_and_type_and_not_its_text(
    confidential: World, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    confidential.connect(FailingDatabase(error))
    everything(confidential)

    written = capsys.readouterr()
    assert_confidential(written.out + written.err)
    failed = [line for line in lines(written.out) if line.get("status", 0) >= 500]
    assert failed
    for line in failed:
        assert line["error_type"] == type(error).__name__
        assert any("faults.py" in frame for frame in line["frames"])


def test_a_payload_in_the_logs_would_be_noticed(
    confidential: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the tests above."""
    monkeypatch.setattr("shared.observability.where_it_failed", lambda error: [str(error)])
    confidential.connect(FailingDatabase(RuntimeError(str(PERSONAL))))
    everything(confidential)
    with pytest.raises(AssertionError):
        assert_confidential(capsys.readouterr().out)


def test_digits_inside_a_time_or_an_id_are_not_taken_for_the_customers() -> None:
    assert_confidential('{"Timestamp":1764112431864,"id":"00012431-4864-4124-9876-543210124312"}')
    with pytest.raises(AssertionError):
        assert_confidential('{"balance":48642.10}')


def test_each_request_is_one_line_that_says_which_operation_and_outcome(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.call("getBalance")
    bank.send("core_banking", "TRANSFER_REQUEST", {}, correlation_id="c-1")
    bank.send("core_banking", "BALANCE_QUERY", {}, correlation_id="c-2")
    agent, refused, answered = lines(capsys.readouterr().out)
    assert (agent["operation"], agent["status"], agent["level"]) == ("getBalance", 200, "INFO")
    assert (refused["event_type"], refused["code"]) == ("TRANSFER_REQUEST", "INVALID_REQUEST")
    assert (answered["correlation_id"], answered["repeated"]) == ("c-2", False)
