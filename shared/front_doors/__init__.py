"""The ways in: each front door reads its event into a `Call` and shapes the outcome as its answer.

A front door is a module with two functions. Those that the function is configured for (`DOORS`) are
tried in the order of `FRONT_DOORS`:

    recognises(event, context) -> bool
        Whether the invocation came through this door, however malformed it is. A door goes by what
        the caller's arguments cannot imitate: what is in the client context before the event.
    answer(service, event, context) -> Any
        What the Lambda function returns, in the types that `json` writes: no amount is a Decimal.

`answer` hands `service.answer` a function that reads the event into a `Call`: the operation (from
`service.routed`, `service.named` or `service.triggered_by`), whom the door says is calling, the
arguments, and what tells this request from others. Whatever that function raises is answered too:
raise InvalidRequest for an event that is malformed.

`service.answer` never raises. It returns an `Outcome`: a status, and a body with the answer or an
`error`. A door that tells an agent uses `told_of_repeat()` for the body. When the door cannot
deliver the outcome after all, it answers `service.refuse(error)` instead. Logs, metrics, identity,
decoding and exactly-once are the service's; a door knows nothing of them.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from shared.errors import InvalidRequest
from shared.observability import observed
from shared.service import Service

LambdaHandler = Callable[[Any, Any], Any]


class FrontDoor(Protocol):
    """What a module has to have to be a front door."""

    def recognises(self, event: Any, context: Any) -> bool:
        """Tell whether the invocation came through this door."""

    def answer(self, service: Service, event: Any, context: Any) -> Any:
        """Return what the Lambda function returns."""


FRONT_DOORS: Mapping[str, str] = {"gateway": "gateway", "agent": "bedrock", "bus": "eventbridge"}
"""The module of each door, by the name that functions are configured with."""


def front_door(name: str) -> FrontDoor:
    """Return the door of this name: a function imports no other than its own."""
    door: Any = importlib.import_module(f"{__name__}.{FRONT_DOORS[name]}")
    return door  # type: ignore[no-any-return]


def lambda_handler_for(service: Service, doors: Sequence[FrontDoor] | None = None) -> LambdaHandler:
    """Return the Lambda handler that answers through whichever front door the event came.

    What comes through none of them is told so; a function of the bus alone fails, so that the event
    is tried again and becomes a dead letter.
    """
    configured = service.settings.doors
    if doors is None:
        doors = [front_door(name) for name in FRONT_DOORS if name in configured]

    def lambda_handler(event: Any, context: Any) -> Any:
        with observed(context):
            for door in doors:
                if door.recognises(event, context):
                    return door.answer(service, event, context)
            outcome = service.refuse(InvalidRequest(_NOT_RECOGNISED))
            if configured == ("bus",):
                from shared.front_doors.eventbridge import EventNotHandled  # noqa: PLC0415

                raise EventNotHandled("EVENT_NOT_RECOGNISED")
            return outcome.body

    return lambda_handler


_NOT_RECOGNISED = (
    "This event came through no front door of this function. A Bedrock agent's invocation has "
    "`actionGroup`, `apiPath` and `httpMethod`, an EventBridge event `detail-type` and `detail`, "
    "and a gateway names its tool in the client context."
)
