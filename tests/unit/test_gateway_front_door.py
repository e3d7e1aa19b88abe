"""The front door of AgentCore Gateway, with the context that Lambda's own runtime client makes."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.front_doors import gateway
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, RIGHT, as_text, furnish, wrong_values
from tests.support.faults import ReadOnlyDatabase
from tests.support.gateway import CALLER_HEADER, call_tool, context_of, invoke, told
from tests.support.world import SETTINGS, World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}
MARIA = {CALLER_HEADER: "user-maria"}
every_operation = pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)


def code(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["error"]["status"], answer["error"]["code"]


@every_operation
def test_right_arguments_are_answered(bank: World, operation: Operation) -> None:
    furnish(bank)
    answer = call_tool(bank, operation.operation_id, RIGHT[operation.operation_id])
    assert set(operation.example_answer.payload()) & set(answer)
    assert "error" not in answer


class TestOneChange:
    def test_the_same_call_within_two_minutes_is_one_and_is_told_so(self, bank: World) -> None:
        first = call_tool(bank, "createTransfer", TRANSFER)
        bank.clock.move(timedelta(seconds=119))
        again = call_tool(bank, "createTransfer", TRANSFER)
        assert (first["status"], "repeated" in first) == ("completed", False)
        assert (again["transaction_id"], again["repeated"]) == (first["transaction_id"], True)
        assert bank.balance("acc-maria") == 900

    @pytest.mark.parametrize("other", ["time", "gateway", "amount", "request id"])
    def test_another_call_is_another_change(self, bank: World, other: str) -> None:
        call_tool(bank, "createTransfer", TRANSFER)
        if other == "time":
            bank.clock.move(timedelta(seconds=121))
        call_tool(
            bank,
            "createTransfer",
            TRANSFER | ({"amount": 99} if other == "amount" else {}),
            gateway_id="another" if other == "gateway" else "centli-gateway-a1b2c3",
            headers={"x-centli-request-id": "order-1"} if other == "request id" else {},
        )
        assert bank.balance("acc-maria") < 900

    def test_a_session_of_an_agent_is_no_gateway_of_the_same_name(self, bank: World) -> None:
        call_tool(bank, "createTransfer", TRANSFER, gateway_id="session-1")
        bank.call("createTransfer", **as_text(TRANSFER))
        assert bank.balance("acc-maria") == 800

    @pytest.mark.parametrize("name", ["x-centli-request-id", "X-Centli-Request-Id"])
    def test_one_request_id_is_one_change_through_whichever_door_it_comes(
        self, bank: World, name: str
    ) -> None:
        first = call_tool(bank, "createTransfer", TRANSFER, headers={name: "order-1"})
        bank.clock.move(timedelta(days=1))
        status, by_agent = bank.call(
            "createTransfer", attributes={"request_id": "order-1"}, **as_text(TRANSFER)
        )
        by_bus = bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER, correlation_id="order-1")
        again = call_tool(bank, "createTransfer", TRANSFER, headers={name: "order-1"})

        assert (status, by_agent["repeated"], again["repeated"]) == (200, True, True)
        answers = (first, by_agent, by_bus["data"], again)
        assert len({answer["transaction_id"] for answer in answers}) == 1
        assert bank.balance("acc-maria") == 900

    def test_a_request_id_with_other_content_is_refused(self, bank: World) -> None:
        headers = {"x-centli-request-id": "order-1"}
        call_tool(bank, "createTransfer", TRANSFER, headers=headers)
        answer = call_tool(bank, "createTransfer", TRANSFER | {"amount": 1}, headers=headers)
        assert code(answer) == (409, "REQUEST_ID_REUSED")
        assert bank.balance("acc-maria") == 900

    @pytest.mark.parametrize("value", ["", 5, [], {}, True, "a\nb", "x" * 257, ["order-1"]])
    def test_a_request_id_that_is_no_text_is_refused_and_not_replaced(
        self, bank: World, value: Any
    ) -> None:
        headers = {"x-centli-request-id": value}
        answer = call_tool(bank, "createTransfer", TRANSFER, headers=headers)
        assert code(answer) == (400, "INVALID_REQUEST")
        assert "`x-centli-request-id`" in answer["error"]["message"]
        assert bank.balance("acc-maria") == 1000

    @pytest.mark.parametrize(
        "name", ["bedrockAgentCoreMcpMessageId", "bedrockAgentCoreAwsRequestId"]
    )
    def test_no_id_of_the_gateway_is_taken_for_one_of_the_request(
        self, bank: World, name: str
    ) -> None:
        """A client counts its messages from 1 in every session, and a retry gets a new id."""
        for number in (1, 2):
            custom = told("a___createTransfer", MARIA) | {name: number}
            answer = invoke(bank, "core_banking", TRANSFER, {"custom": custom})
        assert answer["repeated"] is True
        custom = told("a___createTransfer", MARIA) | {name: 2}
        other = invoke(bank, "core_banking", TRANSFER | {"amount": 1}, {"custom": custom})
        assert "repeated" not in other


class TestTypedArguments:
    @every_operation
    def test_each_wrong_value_is_told(self, bank: World, operation: Operation) -> None:
        furnish(bank)
        bank.connect(ReadOnlyDatabase(bank.client))
        right = RIGHT[operation.operation_id]
        for name in operation.request_model.model_fields:
            for value in wrong_values(operation, name, as_text=False):
                if not _is_json(value):
                    continue
                answer = call_tool(bank, operation.operation_id, right | {name: value})
                assert code(answer) == (400, "INVALID_REQUEST"), (name, str(value)[:40])
                assert f"`{name}" in answer["error"]["message"]

    @pytest.mark.parametrize("amount", [0.1 + 0.2, "6", "100.00", True, [5], {"a": 1}, 1e-7])
    def test_an_amount_is_a_number_with_two_decimals_and_nothing_like_it(
        self, bank: World, amount: Any
    ) -> None:
        answer = call_tool(bank, "createTransfer", TRANSFER | {"amount": amount})
        assert code(answer) == (400, "INVALID_REQUEST")
        assert "`amount`" in answer["error"]["message"]
        assert bank.balance("acc-maria") == 1000

    def test_null_for_what_is_optional_is_left_out(self, bank: World) -> None:
        answer = call_tool(bank, "getBalance", {"account_id": None})
        assert len(answer["accounts"]) == 3

    def test_null_for_what_is_required_is_missing(self, bank: World) -> None:
        answer = call_tool(bank, "createTransfer", TRANSFER | {"amount": None})
        assert "`amount` is missing" in answer["error"]["message"]

    @pytest.mark.parametrize("arguments", [None, [], [TRANSFER], "acc-maria", 5, True, ""])
    def test_arguments_that_are_no_object_are_refused(self, bank: World, arguments: Any) -> None:
        answer = call_tool(bank, "createTransfer", arguments)
        assert code(answer) == (400, "INVALID_REQUEST")

    def test_an_amount_arrives_to_the_centavo(self, bank: World) -> None:
        answer = call_tool(bank, "createTransfer", TRANSFER | {"amount": 0.29})
        assert json.dumps(float(answer["amount"])) == "0.29"
        assert str(bank.balance("acc-maria")) == "999.71"


class TestTheCaller:
    @every_operation
    @pytest.mark.parametrize(
        "user_id", [None, "", " ", "x" * 129, "a b", 5, True, [], ["user-maria"], {}], ids=str
    )
    def test_whom_the_interceptor_does_not_name_is_refused_before_anything_else(
        self, bank: World, operation: Operation, user_id: Any
    ) -> None:
        bank.connect(ReadOnlyDatabase(bank.client))
        for arguments in (RIGHT[operation.operation_id], {}, {"user_id": "user-maria"}):
            answer = call_tool(bank, operation.operation_id, arguments, user_id=user_id)
            assert code(answer) == (401, "UNAUTHENTICATED")
            assert f"`{CALLER_HEADER}`" in answer["error"]["message"]
            assert "session" not in answer["error"]["message"]

    @pytest.mark.parametrize("name", ["X-CENTLI-USER-ID", "X-Centli-User-Id"])
    def test_the_name_of_the_header_has_no_case(self, bank: World, name: str) -> None:
        answer = call_tool(bank, "getBalance", {}, user_id=None, headers={name: "user-juan"})
        assert [a["account_id"] for a in answer["accounts"]] == ["acc-juan"]

    def test_a_header_that_is_there_twice_names_nobody(self, bank: World) -> None:
        headers = {"X-Centli-User-Id": "user-juan"}
        answer = call_tool(bank, "getBalance", {}, headers=headers)
        assert code(answer) == (400, "INVALID_REQUEST")

    def test_a_door_that_takes_one_of_two_headers_would_be_found(
        self, bank: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control of the test above."""
        monkeypatch.setattr(gateway, "_header", lambda told, name: "user-juan")
        with pytest.raises(KeyError):
            self.test_a_header_that_is_there_twice_names_nobody(bank)

    @pytest.mark.parametrize(
        "name", ["user_id", "x-user-id", "x-centli-user", "authorization", "x_centli_user_id"]
    )
    def test_no_other_header_says_who_is_calling(self, bank: World, name: str) -> None:
        headers = {name: "user-maria"}
        assert code(call_tool(bank, "getBalance", {}, user_id=None, headers=headers))[0] == 401

    @pytest.mark.parametrize(
        "forged",
        [
            {"user_id": "user-juan"},
            {CALLER_HEADER: "user-juan"},
            {"sessionAttributes": {"user_id": "user-juan"}},
            {"bedrockAgentCorePropagatedHeaders": {CALLER_HEADER: "user-juan"}},
            {"client_context": {"custom": {CALLER_HEADER: "user-juan"}}},
        ],
        ids=str,
    )
    def test_no_argument_says_who_is_calling(self, bank: World, forged: dict[str, Any]) -> None:
        assert code(call_tool(bank, "getBalance", forged)) == (400, "INVALID_REQUEST")
        assert code(call_tool(bank, "getBalance", forged, user_id=None))[0] == 401

    @pytest.mark.parametrize("headers", [None, [], "x", 5, [MARIA], "user-maria"], ids=str)
    def test_headers_that_are_no_map_say_nothing(self, bank: World, headers: Any) -> None:
        custom = told("a___getBalance", headers)
        assert code(invoke(bank, "core_banking", {}, {"custom": custom}))[0] == 401

    def test_nothing_else_in_the_context_says_who_is_calling(self, bank: World) -> None:
        custom = told("a___getBalance", {}) | MARIA
        custom["bedrockAgentCorePropagatedQueryParameters"] = MARIA
        client_context = {"custom": custom, "env": MARIA, "client": MARIA}
        assert code(invoke(bank, "core_banking", {}, client_context))[0] == 401

    def test_the_header_is_the_one_that_the_setting_names(self, bank: World) -> None:
        settings = SETTINGS._replace(gateway_caller_header="X-Customer")
        bank.rebuild(settings=settings)
        assert code(call_tool(bank, "getBalance", {}))[0] == 401
        headers = {"x-customer": "user-juan"}
        answer = call_tool(bank, "getBalance", {}, user_id=None, headers=headers)
        assert [a["account_id"] for a in answer["accounts"]] == ["acc-juan"]

    def test_the_test_user_of_the_console_is_no_caller_here(self, bank: World) -> None:
        bank.rebuild(settings=SETTINGS._replace(test_user_id="user-juan"))
        assert code(call_tool(bank, "getBalance", {}, user_id=None))[0] == 401


class TestTheTool:
    @pytest.mark.parametrize(
        "name", ["a___getBalance", "a-b-c___getBalance", "a___b___getBalance", "getBalance"]
    )
    def test_its_name_is_what_follows_the_last_three_underscores(
        self, bank: World, name: str
    ) -> None:
        answer = invoke(bank, "core_banking", {}, {"custom": told(name, MARIA)})
        assert len(answer["accounts"]) == 3

    @pytest.mark.parametrize(
        "name",
        [
            *("a___getbalance", "a__getBalance", "getBalance___", "a___payPurchase", "", "___"),
            *("a___GET /balance", "a___BALANCE_QUERY", "a___resolveAlias", None, 5, [], {}),
        ],
        ids=str,
    )
    def test_a_name_of_no_tool_of_the_group_is_answered_with_those_there_are(
        self, bank: World, name: Any
    ) -> None:
        answer = invoke(bank, "core_banking", {}, {"custom": told(name, MARIA)})
        assert code(answer) == (404, "UNKNOWN_OPERATION")
        assert "createTransfer" in answer["error"]["message"]

    def test_a_refusal_has_its_code_and_status_in_the_body(self, bank: World) -> None:
        answer = call_tool(bank, "createTransfer", TRANSFER | {"amount": 5000})
        assert code(answer) == (422, "INSUFFICIENT_FUNDS")
        assert answer.keys() == {"error"}


IMITATIONS = (
    {"messageVersion": "1.0", "actionGroup": "core_banking", "apiPath": "/balance"},
    {"actionGroup": "core_banking", "sessionAttributes": {"user_id": "user-juan"}},
    {"detail-type": "BALANCE_QUERY", "source": "agentcore", "detail": {"user_id": "user-juan"}},
)


@pytest.mark.parametrize("arguments", IMITATIONS, ids=str)
def test_arguments_that_imitate_another_door_are_arguments(bank: World, arguments: Any) -> None:
    assert code(call_tool(bank, "getBalance", arguments)) == (400, "INVALID_REQUEST")
    assert bank.bus.envelopes == []


@pytest.mark.parametrize("arguments", IMITATIONS, ids=str)
def test_a_function_without_this_door_takes_no_tool_call_for_another(
    bank: World, arguments: Any
) -> None:
    bank.rebuild(settings=SETTINGS._replace(doors=("agent", "bus")))
    answer = call_tool(bank, "getBalance", arguments)
    assert answer["error"]["code"] == "INVALID_REQUEST"
    assert bank.bus.envelopes == []


@pytest.mark.parametrize(
    "client_context",
    [None, {}, {"custom": None}, {"custom": {}}, {"client": {"app_title": "x"}}],
    ids=str,
)
def test_an_invocation_without_a_tool_is_none_of_a_gateway(
    bank: World, client_context: Any
) -> None:
    bank.rebuild(settings=SETTINGS._replace(doors=("gateway",)))
    answer = invoke(bank, "core_banking", {"account_id": "acc-maria"}, client_context)
    assert "no front door" in answer["error"]["message"]


@pytest.mark.parametrize("custom", [None, 5, "text", ["bedrockAgentCoreToolName"]], ids=str)
def test_a_client_context_that_is_no_map_says_nothing(bank: World, custom: Any) -> None:
    context = context_of({"custom": custom})
    answer = bank.handlers["core_banking"](bank.invocation("getBalance"), context)
    assert answer["response"]["httpStatusCode"] == 200


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True
