"""What the docstring of `shared.front_doors` says is all that a further front door has to know.

The door here is that of an AgentCore Gateway, a Lambda target: flat arguments in the types of JSON,
the tool's name in the client context, the caller and the request id in headers that it passes on.
"""

from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from action_groups import load_group
from shared.errors import InvalidRequest
from shared.front_doors import FRONT_DOORS, lambda_handler_for
from shared.front_doors.client_context import TOOL_NAME, custom_context, is_tool_call
from shared.front_doors.eventbridge import EventNotHandled
from shared.service import Call, Service
from tests.support.world import World, through_json


class gateway:  # noqa: N801 a module's stand-in
    """The whole door."""

    @staticmethod
    def recognises(event: Any, context: Any) -> bool:
        return is_tool_call(context)

    @staticmethod
    def answer(service: Service, event: Any, context: Any) -> Any:
        outcome = service.answer(lambda: call(service, event, custom_context(context)))
        return outcome.told_of_repeat() | {"statusCode": outcome.status}


def call(service: Service, event: Any, told: Mapping[str, Any]) -> Call:
    tool = str(told.get(TOOL_NAME)).rpartition("___")[2]
    headers = told.get("bedrockAgentCorePropagatedHeaders") or {}
    by_name = {name.lower(): value for name, value in headers.items()}
    operation = service.named(tool)
    if not isinstance(event, dict):
        raise InvalidRequest("The arguments must be an object.")
    return Call(
        operation=operation,
        user_id=by_name.get("x-centli-user"),
        arguments=event,
        request_id=by_name.get("x-centli-request"),
        conversation=str(told.get("bedrockAgentCoreGatewayId")),
        is_awaited=True,
    )


class Gateway:
    """Calls tools through the door."""

    def __init__(self, bank: World) -> None:
        self._bank = bank

    def __call__(self, tool: str, arguments: Any, **headers: str) -> Any:
        group = "core_banking" if tool != "createPurchase" else "marketplace"
        service = Service(load_group(group), self._bank.resources)
        handler = lambda_handler_for(service, (gateway, *FRONT_DOORS.values()))
        custom = {
            TOOL_NAME: f"centli___{tool}",
            "bedrockAgentCoreGatewayId": "gateway-1",
            "bedrockAgentCorePropagatedHeaders": {"X-Centli-User": "user-maria"} | headers,
        }
        context = SimpleNamespace(
            aws_request_id="request-1", client_context=SimpleNamespace(custom=custom)
        )
        return through_json(handler(arguments, context))


@pytest.fixture
def tool(bank: World) -> Gateway:
    return Gateway(bank)


TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}


def test_a_query_is_answered(tool: Gateway) -> None:
    answer = tool("getBalance", {"account_id": "acc-maria"})
    assert (answer["statusCode"], answer["accounts"][0]["balance"]) == (200, 1000)


def test_a_change_is_made_once_and_a_repeat_is_told(bank: World, tool: Gateway) -> None:
    first = tool("createTransfer", TRANSFER)
    again = tool("createTransfer", TRANSFER)
    assert (first["status"], "repeated" in first) == ("completed", False)
    assert (again["transaction_id"], again["repeated"]) == (first["transaction_id"], True)
    assert bank.balance("acc-maria") == 900


def test_one_request_id_is_one_change_through_whichever_door_it_comes(
    bank: World, tool: Gateway
) -> None:
    first = tool("createTransfer", TRANSFER, **{"X-Centli-Request": "order-1"})
    status, by_agent = bank.call(
        "createTransfer",
        **{name: str(value) for name, value in TRANSFER.items()},
        attributes={"request_id": "order-1"},
    )
    by_bus = bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER, correlation_id="order-1")

    assert (status, by_agent["repeated"]) == (200, True)
    ids = {first["transaction_id"], by_agent["transaction_id"], by_bus["data"]["transaction_id"]}
    assert len(ids) == 1
    assert bank.balance("acc-maria") == 900


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("createTransfer", TRANSFER | {"amount": -1}, 400),
        ("createTransfer", TRANSFER | {"amount": 5000}, 422),
        ("createTransfer", "acc-juan", 400),
        ("payPurchase", {}, 404),
        ("nothing", {}, 404),
    ],
)
def test_what_goes_wrong_is_answered_with_its_error(
    bank: World, tool: Gateway, name: str, arguments: Any, status: int
) -> None:
    answer = tool(name, arguments)
    assert (answer["statusCode"], "error" in answer) == (status, True)
    assert bank.balance("acc-maria") == 1000


def test_a_caller_that_the_door_cannot_name_is_refused(tool: Gateway) -> None:
    assert tool("getBalance", {}, **{"X-Centli-User": ""})["statusCode"] == 401


def test_the_shipped_doors_have_what_the_contract_names_and_nothing_else() -> None:
    for door in FRONT_DOORS.values():
        assert isinstance(door, ModuleType)
        public = {
            name
            for name, value in vars(door).items()
            if callable(value) and not name.startswith("_") and value.__module__ == door.__name__
        }
        functions = {name for name in public if not isinstance(getattr(door, name), type)}
        assert functions == {"recognises", "answer"}


IMITATIONS = (
    {"messageVersion": "1.0", "actionGroup": "core_banking", "apiPath": "/balance"},
    {"actionGroup": "core_banking", "sessionAttributes": {"user_id": "user-juan"}},
    {"detail-type": "BALANCE_QUERY", "source": "agentcore", "detail": {"user_id": "user-juan"}},
)


@pytest.mark.parametrize("arguments", IMITATIONS, ids=str)
def test_arguments_that_imitate_another_door_are_arguments(tool: Gateway, arguments: Any) -> None:
    answer = tool("getBalance", arguments)
    assert (answer["statusCode"], answer["error"]["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("arguments", IMITATIONS, ids=str)
def test_a_function_without_the_gateways_door_takes_no_tool_call_for_another(
    bank: World, arguments: Any
) -> None:
    context = SimpleNamespace(client_context=SimpleNamespace(custom={TOOL_NAME: "a___getBalance"}))
    answer = bank.handlers["core_banking"](arguments, context)
    assert answer["error"]["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize("custom", [None, 5, "text", [TOOL_NAME]], ids=str)
def test_a_client_context_that_is_no_map_says_nothing(bank: World, custom: Any) -> None:
    context = SimpleNamespace(client_context=SimpleNamespace(custom=custom))
    answer = bank.handlers["core_banking"](bank.invocation("getBalance"), context)
    assert answer["response"]["httpStatusCode"] == 200


def handler_at(bank: World, *doors: str) -> Any:
    settings = bank.resources.settings.model_copy(update={"doors": doors})
    bank.rebuild(settings=settings)
    return bank.handlers["core_banking"]


def test_a_function_of_the_bus_fails_with_what_is_no_event_of_it(bank: World) -> None:
    by_agent = bank.invocation("getBalance")
    handler = handler_at(bank, "bus")
    for event in (by_agent, {}, None, {"account_id": "acc-maria"}):
        with pytest.raises(EventNotHandled, match=r"^EVENT_NOT_RECOGNISED$"):
            handler(event, None)


def test_a_function_of_the_agent_takes_no_event_of_the_bus(bank: World) -> None:
    handler = handler_at(bank, "agent")
    event = {"detail-type": "BALANCE_QUERY", "source": "agentcore", "detail": {}}
    assert handler(event, None)["error"]["code"] == "INVALID_REQUEST"
    assert bank.bus.envelopes == []
