"""The front door of agents, where everything is right; bad input has a file of its own."""

import json
from typing import Any

import pytest

from shared.front_doors import bedrock
from tests.support.arguments import RIGHT, as_text, furnish
from tests.support.world import World


def test_the_answer_is_the_envelope_that_bedrock_documents(bank: World) -> None:
    event = bank.invocation("getBalance", account_id="acc-maria")
    event["promptSessionAttributes"] = {"hint": "x"}
    answer = bank.handlers["core_banking"](event, None)
    body = answer["response"]["responseBody"]["application/json"].pop("body")

    assert json.loads(body)["accounts"][0]["balance"] == 1000
    assert answer == {
        "messageVersion": "1.0",
        "response": {
            "actionGroup": "core_banking",
            "apiPath": "/balance",
            "httpMethod": "GET",
            "httpStatusCode": 200,
            "responseBody": {"application/json": {}},
        },
        "sessionAttributes": {"user_id": "user-maria"},
        "promptSessionAttributes": {"hint": "x"},
    }


def test_amounts_are_exact_json_numbers_in_the_answer(bank: World) -> None:
    furnish(bank)
    event = bank.invocation("createTransfer", **as_text(RIGHT["createTransfer"]))
    answer = bank.handlers["core_banking"](event, None)
    assert '"amount":100.50,' in answer["response"]["responseBody"]["application/json"]["body"]


def test_spanish_text_is_answered_as_it_was_written(bank: World) -> None:
    bank.beneficiary("user-maria", "ben-1", "mi ñaño 🏠", name="Señora Ávila")
    event = bank.invocation("listBeneficiaries")
    body = bank.handlers["crm"](event, None)["response"]["responseBody"]["application/json"]["body"]
    assert "mi ñaño 🏠" in body
    assert "Señora Ávila" in body


def test_an_answer_beyond_the_budget_is_an_error_that_fits(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bedrock, "MAX_ANSWER_BYTES", 100)
    status, body = bank.call("getBalance")
    assert (status, body["error"]["code"]) == (413, "ANSWER_TOO_LARGE")


@pytest.mark.parametrize(
    "request_body",
    [
        None,
        {},
        {"content": None},
        {"content": {}},
        {"content": {"application/json": None}},
        {"content": {"application/json": {}}},
        {"content": {"application/json": {"properties": None}}},
        {"content": {"application/json": {"properties": []}}},
        {"content": {"text/plain": "x"}},
    ],
)
def test_a_body_that_is_not_there_is_no_argument(bank: World, request_body: Any) -> None:
    event = bank.invocation("getBalance") | {"requestBody": request_body}
    assert bank.invoke("core_banking", event)[0] == 200


@pytest.mark.parametrize(
    "request_body",
    [
        "x",
        [],
        0,
        False,
        {"content": "x"},
        {"content": []},
        {"content": {"application/json": "x"}},
        {"content": {"application/json": {"properties": "x"}}},
        {"content": {"application/json": {"properties": {}}}},
        {"content": {"application/json": {"properties": ["x"]}}},
        {"content": {"application/json": {"properties": [{"value": "x"}]}}},
        {"content": {"application/json": {"properties": [{"name": ["x"], "value": "x"}]}}},
        {"content": {"application/json": {}, "application/json; charset=utf-8": {}}},
    ],
)
def test_a_body_of_another_shape_is_refused(bank: World, request_body: Any) -> None:
    event = bank.invocation("getBalance") | {"requestBody": request_body}
    status, body = bank.invoke("core_banking", event)
    assert (status, body["error"]["code"]) == (400, "INVALID_REQUEST")


def test_an_argument_given_twice_with_one_value_is_given_once(bank: World) -> None:
    event = bank.invocation("getBalance", account_id="acc-maria")
    event["parameters"] *= 2
    assert bank.invoke("core_banking", event)[0] == 200


def test_session_attributes_that_are_not_text_are_not_returned(bank: World) -> None:
    event = bank.invocation("getBalance")
    event["sessionAttributes"] |= {"depth": {"a": 1}}
    event["promptSessionAttributes"] = ["x"]
    answer = bank.handlers["core_banking"](event, None)
    assert answer["response"]["httpStatusCode"] == 200
    assert "sessionAttributes" not in answer
    assert "promptSessionAttributes" not in answer


def test_an_event_with_marks_of_both_doors_is_an_agents(bank: World) -> None:
    event = bank.invocation("getBalance") | {"detail-type": "BALANCE_QUERY", "detail": {}}
    assert bank.invoke("core_banking", event)[0] == 200


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"],
)
def test_a_body_of_json_is_read_whatever_parameters_its_content_type_has(
    bank: World, kind: str
) -> None:
    order = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "1"}
    event = bank.invocation("createTransfer", **order)
    event["requestBody"]["content"] = {kind: event["requestBody"]["content"]["application/json"]}
    assert bank.invoke("core_banking", event)[0] == 200


def size_as_returned(answer: dict[str, Any]) -> int:
    return len(json.dumps(answer))


@pytest.mark.parametrize("length", [100, 4_000, 12_000, 60_000])
@pytest.mark.parametrize("character", ["x", "ñ", '"'])
def test_what_the_function_returns_stays_within_bedrocks_budget_with_the_echo(
    bank: World, length: int, character: str
) -> None:
    for number in range(60):
        bank.transaction("acc-maria", f"2026-11-04T12:00:{number:02}.000Z", description="ñ" * 400)
    event = bank.invocation("listTransactions", limit="50")
    event["sessionAttributes"] |= {"notes": character * length}

    answer = bank.handlers["core_banking"](event, None)

    assert size_as_returned(answer) <= bedrock.MAX_ANSWER_BYTES
    status = answer["response"]["httpStatusCode"]
    assert status == (200 if length == 100 else 413 if length > 5_000 else status)
    assert status == 200 or "ANSWER_TOO_LARGE" in str(answer)


def test_what_was_done_is_told_although_the_echo_leaves_no_room_for_it(bank: World) -> None:
    order = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "1"}
    event = bank.invocation("createTransfer", **order)
    event["sessionAttributes"] |= {"notes": "x" * 24_900}

    answer = bank.handlers["core_banking"](event, None)

    assert answer["response"]["httpStatusCode"] == 200
    assert "sessionAttributes" not in answer
    assert bank.balance("acc-juan") == 51
