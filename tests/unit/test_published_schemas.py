"""Answers and events keep their published schema; the check that all tests make of it bites."""

from typing import Any

import pytest

from shared import json_text
from tests.support.answers import check_answer, check_event
from tests.support.world import World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "1"}


def answer_of(body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = {"application/json": {"body": json_text.dumps(body)}}
    return {"response": {"httpStatusCode": status, "responseBody": response}}


BALANCE = {"httpMethod": "GET", "apiPath": "/balance"}
ACCOUNT = {
    "account_id": "acc-1",
    "account_type": "checking",
    "balance": 1,
    "available": 1,
    "currency": "MXN",
    "status": "active",
}
ERROR = {"code": "ACCOUNT_NOT_FOUND", "message": "There is none."}


def test_an_answer_that_keeps_its_schema_passes_the_check() -> None:
    check_answer(BALANCE, answer_of({"accounts": [ACCOUNT]}))
    check_answer(BALANCE, answer_of({"error": ERROR}, 404))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"accounts": [ACCOUNT | {"status": None}]}, 200),
        ({"accounts": [ACCOUNT | {"balance": "1"}]}, 200),
        ({"accounts": [ACCOUNT | {"owner": "somebody"}]}, 200),
        ({"accounts": [{"account_id": "acc-1"}]}, 200),
        ({"accounts": None}, 200),
        ({}, 200),
        ({"error": ERROR}, 200),
        ({"error": ERROR | {"cause": "x"}}, 404),
        ({"error": {"code": "X", "message": None}}, 500),
        ({"accounts": []}, 500),
    ],
    ids=str,
)
def test_an_answer_that_breaks_its_schema_fails_the_check(
    body: dict[str, Any], status: int
) -> None:
    with pytest.raises(AssertionError, match="breaks its published schema"):
        check_answer(BALANCE, answer_of(body, status))


@pytest.mark.parametrize(
    "data",
    [{"accounts": None}, {"accounts": [], "next_token": "x"}, {"accounts": [], "error": None}],
    ids=str,
)
def test_an_event_that_breaks_its_schema_fails_the_check(data: dict[str, Any]) -> None:
    event = {"event_type": "BALANCE_RESPONSE", "source": "core-banking", "data": data}
    check_event(event | {"data": {"accounts": [ACCOUNT]}})
    with pytest.raises(AssertionError):
        check_event(event)


def test_every_test_that_calls_an_operation_makes_the_check(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.models.Answer.payload", lambda answer: answer.model_dump())

    with pytest.raises(AssertionError, match=r"null in|breaks its published schema"):
        bank.call("listTransactions")
    with pytest.raises(AssertionError, match="null in"):
        bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER | {"amount": 1})
    monkeypatch.setattr("shared.json_text.without_nulls", lambda value: value)
    with pytest.raises(AssertionError, match="breaks its published schema"):
        bank.run_relay()


def test_a_record_with_nulls_is_answered_and_published_again_without_them(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("shared.models.Answer.payload", lambda answer: answer.model_dump())
        older.setattr("tests.support.answers.check_answer", lambda *_: None)
        _, first = bank.call("createTransfer", **TRANSFER)
    assert first["description"] is None
    assert any("null" in item.get("answer", "") for item in bank.items("requests"))

    status, again = bank.call("createTransfer", **TRANSFER)

    assert (status, again["repeated"]) == (200, True)
    assert "description" not in again
    [published, republished] = bank.run_relay()
    assert published == republished
    assert "description" not in published["data"]
