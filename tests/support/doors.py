"""The doors at which a change is asked for that needs a yes, each called in the same way."""

from collections.abc import Callable
from typing import Any

from shared.operations import Operation
from shared.settings import Settings
from tests.support.arguments import OPERATIONS, RIGHT
from tests.support.gateway import call_tool
from tests.support.tables import function_environment
from tests.support.world import SETTINGS, World

CONFIRMED = [operation for operation in OPERATIONS if operation.confirm]
BY_ID = {operation.operation_id: operation for operation in CONFIRMED}
USER = "user-maria"

Answer = tuple[str | None, dict[str, Any]]
"""The code of an error, or None, and the answer or the data of the event."""


def at_agent(
    bank: World,
    operation: Operation,
    *,
    user_id: str = USER,
    request_id: str | None = "request-1",
    proof: str | None = None,
    session_id: str = "session-1",
    **arguments: Any,
) -> Answer:
    attributes = {"request_id": request_id, "confirmation": proof}
    _, body = bank.call(
        operation.operation_id,
        user_id=user_id,
        session_id=session_id,
        yes=False,
        attributes={name: value for name, value in attributes.items() if value is not None},
        **arguments,
    )
    return body.get("error", {}).get("code"), body


def at_bus(
    bank: World,
    operation: Operation,
    *,
    user_id: str = USER,
    request_id: str | None = "request-1",
    proof: str | None = None,
    session_id: str = "",
    **arguments: Any,
) -> Answer:
    assert operation.event_type is not None
    proven = {} if proof is None else {"confirmation": proof}
    event = bank.send(
        operation.group,
        operation.event_type,
        arguments,
        user_id=user_id,
        correlation_id=request_id or "request-1",
        **proven,
    )
    data = event["data"]
    return data.get("error", {}).get("code"), data


def at_gateway(
    bank: World,
    operation: Operation,
    *,
    user_id: str = USER,
    request_id: str | None = "request-1",
    proof: str | None = None,
    session_id: str = "gateway-1",
    **arguments: Any,
) -> Answer:
    headers = {"X-Centli-Request-Id": request_id, "x-centli-confirmation": proof}
    body = call_tool(
        bank,
        operation.operation_id,
        arguments,
        user_id=user_id,
        gateway_id=session_id,
        headers={name: value for name, value in headers.items() if value is not None},
    )
    return body.get("error", {}).get("code"), body


Door = Callable[..., Answer]
DOORS: dict[str, Door] = {"agent": at_agent, "bus": at_bus, "gateway": at_gateway}


def settings(**changes: Any) -> Settings:
    """Return the settings of tests, with the limits that the template has by default."""
    deployed = Settings.from_environment(function_environment())
    names = ("max_transfer_amount", "daily_transfer_limit", "new_payee_limit")
    limits = {name: getattr(deployed, name) for name in names}
    return SETTINGS._replace(**(limits | changes))


def leads_to(door: Door, operation: Operation) -> bool:
    """Tell whether an operation can be asked for there: not every one has an event."""
    return door is not at_bus or operation.event_type is not None


def right(operation: Operation) -> dict[str, Any]:
    """Return the right arguments of an operation, as JSON has them."""
    return dict(RIGHT[operation.operation_id])


def everything(bank: World) -> Any:
    """Return all that is stored but the day's counter of terms, and all that the stream holds."""
    tables = bank.snapshot()
    tables["limits"] = [item for item in tables["limits"] if "'terms'" not in item]
    [stream] = bank.client.streams.values()
    return tables, [len(shard) for shard in stream.shards.values()]
