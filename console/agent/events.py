"""What happens in a turn of a conversation, as front ends show it.

A front end gets these from `Conversation.say` and `Conversation.decide`, in order. `as_json` gives
the form in which they cross a process boundary: the fields, and `type`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

Decision = Literal["CONFIRM", "DENY"]
"""The values of Bedrock's `confirmationState`."""

TurnOutcome = Literal["answered", "asked", "confirmation", "refused", "not_understood", "failed"]
"""How a turn ended: `asked` for something missing, `confirmation` awaited, `refused` by the bank,
`failed` because something did not work."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of what the agent says; the pieces of a turn make one message."""

    type: ClassVar = "text"
    delta: str


@dataclass(frozen=True, slots=True)
class OperationRequested:
    """An action group is about to be called with this exact event."""

    type: ClassVar = "request"
    call_id: str
    operation_id: str
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OperationAnswered:
    """An action group answered: its whole answer, and its status and body read out of that."""

    type: ClassVar = "response"
    call_id: str
    operation_id: str
    answer: Mapping[str, Any]
    status: int
    body: Mapping[str, Any]
    milliseconds: int


@dataclass(frozen=True, slots=True)
class CallRejected:
    """The brain wanted a call that the schema does not allow; it was told so, and nothing sent."""

    type: ClassVar = "rejected"
    call_id: str
    operation_id: str
    arguments: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmationAsked:
    """Nothing happens until the person confirms exactly this."""

    type: ClassVar = "confirmation"
    invocation_id: str
    operation_id: str
    arguments: Mapping[str, str]
    question: str
    details: tuple[tuple[str, str], ...]
    """What will be done, as pairs of a label and a value, in the person's language."""
    warnings: tuple[str, ...] = ()
    is_in_doubt: bool = False
    """Whether it was sent before and may have been done: confirming does not do it twice."""


@dataclass(frozen=True, slots=True)
class ConfirmationGiven:
    """The person confirmed or declined; or said something else, which declines it too."""

    type: ClassVar = "decision"
    invocation_id: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class AgentTrace:
    """A step that a deployed Bedrock agent reports of itself."""

    type: ClassVar = "trace"
    trace: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something did not work; the message says what, and the conversation goes on."""

    type: ClassVar = "problem"
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The last event of every turn."""

    type: ClassVar = "end"
    outcome: TurnOutcome


@dataclass(frozen=True, slots=True)
class BusEvent:
    """An event that was seen on the bus."""

    type: ClassVar = "bus"
    envelope: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A balance, a stock or a purchase is another than before; `before` None means it is new."""

    type: ClassVar = "change"
    what: Literal["balance", "stock", "purchase"]
    user_id: str | None
    """Whose account or purchase it is; None for stock."""
    key: str
    before: Any
    after: Any


TurnEvent = (
    Text
    | OperationRequested
    | OperationAnswered
    | CallRejected
    | ConfirmationAsked
    | ConfirmationGiven
    | AgentTrace
    | Problem
    | TurnEnded
)
WatchEvent = BusEvent | Changed


def as_json(event: TurnEvent | WatchEvent) -> dict[str, Any]:
    """Return an event as JSON-ready fields; amounts stay Decimal, for `shared.json_text`."""
    return {"type": event.type, **asdict(event)}
