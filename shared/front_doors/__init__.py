"""The ways in: each front door parses its event and shapes the outcome as its answer."""

from collections.abc import Callable
from typing import Any

from shared.errors import InvalidRequest
from shared.front_doors import bedrock, eventbridge
from shared.observability import observed, unanswered
from shared.service import Service

_DOORS = (bedrock, eventbridge)

LambdaHandler = Callable[[Any, Any], Any]


def lambda_handler_for(service: Service) -> LambdaHandler:
    """Return the Lambda handler that answers through whichever front door the event came."""

    def lambda_handler(event: Any, context: Any) -> Any:
        with observed(context):
            return answer(event)

    def answer(event: Any) -> Any:
        for door in _DOORS:
            if door.recognises(event):
                return door.answer(service, event)
        error = InvalidRequest(
            "This event is neither a Bedrock agent's invocation (`actionGroup`, `apiPath`, "
            "`httpMethod`) nor an EventBridge event (`detail-type`, `detail`)."
        )
        _, described = unanswered("event not recognised", error)
        return {"error": described}

    return lambda_handler
