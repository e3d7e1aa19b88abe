"""One request to a deployed stack, by the agent's door or by the bus, and what comes of it."""

import sys
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from action_groups import all_groups
from console import bus
from console.agent import invocation, operations
from console.agent.card import card
from console.agent.decisions import read_decision, repeats
from console.agent.wording import KnownThings
from console.chat.rendering import Output, Plain
from console.confirming import mint
from console.customers import check_customer
from console.deployment import Deployment, reach
from console.errors import ConsoleError
from console.where import Where
from shared import json_text
from shared.clock import system_clock
from shared.decoding import from_text
from shared.operations import Operation

_REPLY_SECONDS: Final = 20
_QUIET_SECONDS: Final = 1
_FIRST_REFUSAL: Final = 400

EXIT_REFUSED: Final = 1
EXIT_NOT_CONFIRMED: Final = 3
_NOT_CONFIRMED: Final = (
    "centli: nothing was done: the bank waits for the customer's yes to these terms."
)
_HOW_TO_CONFIRM: Final = " Run this in a terminal to be asked, or give --confirm."


def invoke(
    where: Where,
    operation_id: str,
    arguments: Mapping[str, str],
    *,
    user_id: str,
    session_id: str | None,
    request_id: str | None,
    confirm: bool,
) -> int:
    """Call an operation as an agent does, print the exchange, and return the exit code.

    Terms that the bank answers with are confirmed when `confirm` says so, or else the person at the
    terminal.
    """
    operation = operations.find_operation(operation_id)
    deployment = reach(where)
    check_customer(user_id, deployment)
    attributes = {"user_id": user_id} if user_id else {}
    if request_id is not None:
        attributes["request_id"] = request_id
    event = invocation.invocation(
        operation,
        arguments,
        session_id=session_id or str(uuid4()),
        session_attributes=attributes,
    )
    status, body = _exchange(deployment, event)
    terms = body.get("confirmation")
    if terms is not None and (confirm or _is_agreed(operation_id, arguments, terms)):
        event["sessionAttributes"]["confirmation"] = mint(deployment, terms["challenge"])
        status, body = _exchange(deployment, event)
    if "confirmation" in body:
        how = "" if confirm or _is_at_terminal() else _HOW_TO_CONFIRM
        print(_NOT_CONFIRMED + how, file=sys.stderr)
        return EXIT_NOT_CONFIRMED
    # A purchase that could not be paid is told with status 200.
    is_done = status < _FIRST_REFUSAL and not (operation.confirm and "error" in body)
    return 0 if is_done else EXIT_REFUSED


def _exchange(deployment: Deployment, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    _show("request", event)
    answer = invocation.invoke(deployment, event)
    _show("response", answer)
    status, body = invocation.status_and_body(answer)
    _show("body", body)
    return status, body


def _is_agreed(
    operation_id: str, arguments: Mapping[str, str], confirmation: Mapping[str, Any]
) -> bool:
    """Show the terms to the person at the terminal, if there is one, and return whether they agree.

    Anything but what is asked for is a no.
    """
    if not _is_at_terminal():
        return False
    asked = card(operation_id, arguments, confirmation, KnownThings(), "en", invocation_id="")
    Plain(Output(), trace=False, echo=False).show(asked, "en")
    answer = sys.stdin.readline().strip()
    if asked.must_repeat is not None:
        return repeats(answer, asked.must_repeat)
    return read_decision(answer) == "CONFIRM"


def _is_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def send(
    where: Where,
    event_type: str,
    arguments: Mapping[str, str],
    *,
    user_id: str,
    correlation_id: str | None,
    times: int,
) -> int:
    """Publish an event, print those that follow, and return the exit code as `invoke` does.

    Of several replies the first that is no success counts.
    """
    operation = _triggered_by(event_type)
    deployment = reach(where)
    check_customer(user_id, deployment)
    envelope = bus.request_event(
        event_type,
        _typed(arguments, operation),
        user_id=user_id,
        correlation_id=correlation_id or str(uuid4()),
        moment=system_clock(),
    )
    pattern = {"detail": {"correlation_id": [envelope["correlation_id"]]}}
    with bus.tap(deployment, pattern) as tap:
        for _ in range(times):
            bus.publish(deployment, envelope)
        wanted = times if operation.replies else 0
        replies = _print_until_replied(tap, operation, wanted)
    if len(replies) < wanted:
        print(f"centli: {len(replies)} of {wanted} replies came in time", file=sys.stderr)
        return EXIT_REFUSED
    return next(filter(None, map(_exit_code, replies)), 0)


def _print_until_replied(tap: bus.Tap, operation: Operation, wanted: int) -> list[dict[str, Any]]:
    """Print the events that follow until as many replies came as requests went out.

    Returns the data of the replies.
    """
    replies: list[dict[str, Any]] = []
    for envelope in tap.events(_REPLY_SECONDS if wanted else 0):
        _show(envelope["event_type"], envelope)
        if envelope["event_type"] in operation.replies:
            replies.append(envelope["data"])
        if len(replies) >= wanted:
            break
    for envelope in tap.events(_QUIET_SECONDS):
        _show(envelope["event_type"], envelope)
    return replies


def _exit_code(reply: Mapping[str, Any]) -> int:
    """Return how a command ends with this answer of the bank."""
    if "confirmation" in reply:
        return EXIT_NOT_CONFIRMED
    return EXIT_REFUSED if "error" in reply else 0


def _triggered_by(event_type: str) -> Operation:
    for group in all_groups():
        operation = group.triggered_by(event_type)
        if operation is not None:
            return operation
    known = [o.event_type for group in all_groups() for o in group if o.event_type]
    raise ConsoleError(f"Nothing handles `{event_type}`. There are: {', '.join(known)}.")


def _typed(arguments: Mapping[str, str], operation: Operation) -> dict[str, Any]:
    """Return the values as an agent's are read; a wrong one stays, for the bus to refuse."""
    typed: dict[str, Any] = {}
    for name, text in arguments.items():
        try:
            typed[name] = from_text(operation.request_model, name, text)
        except ValueError:
            typed[name] = text
    return typed


def _show(title: str, value: Any) -> None:
    print(f"--- {title}")
    print(json_text.dumps_readable(value), flush=True)
