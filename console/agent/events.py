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


Settlement = Literal["done", "pending", "refused", "changed", "unknown"]
"""What is known of a change that was confirmed: `pending` is under way, `refused` by the bank, so
that nothing was done; `changed` was not done either, for the terms are others or came too late, and
is asked about again; `unknown` may have been done."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of what the agent says; the pieces of a turn make one message."""

    type: ClassVar = "text"
    delta: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of what the person wrote, and what it was read as."""

    text: str
    read_as: str = ""
    """`amount`, `person`, ...; `unread` where nothing was made of it; empty for what only joins."""
    label: str = ""
    """The same in the person's language, with the value where it has one."""


@dataclass(frozen=True, slots=True)
class MessageRead:
    """How the offline brain read a message: pieces in order, which together are the message."""

    type: ClassVar = "reading"
    spans: tuple[Span, ...]


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
class Warned:
    """Something that the person must be told before the yes, in their language."""

    code: str
    """The bank's, such as NEW_PAYEE."""
    message: str


@dataclass(frozen=True, slots=True)
class ConfirmationAsked:
    """Nothing happens until the person confirms exactly this: the terms, as the bank told them."""

    type: ClassVar = "confirmation"
    invocation_id: str
    operation_id: str
    arguments: Mapping[str, str]
    """The call that is held, for programs; a person is shown the terms."""
    terms: Mapping[str, Any]
    """What the bank says that it comes to, as in its answer."""
    question: str
    headline: str
    """What matters most, in large type: the amount, the total, or whose the account is."""
    rows: tuple[tuple[str, str], ...]
    """The rest, as pairs of a label and a value, in the person's language."""
    warnings: tuple[Warned, ...] = ()
    must_repeat: str | None = None
    """What the person types back where a yes is not enough: a plain amount such as 9000.00, or the
    last characters of an account. A page may ask for a deliberate gesture in its place."""
    expires_at: str = ""
    """Until when the terms may be confirmed, ISO 8601 in UTC; later the bank tells new ones."""
    is_in_doubt: bool = False
    """Whether it was sent before and may have been done: confirming does not do it twice."""


@dataclass(frozen=True, slots=True)
class ConfirmationGiven:
    """The person confirmed or declined; or said something else, which declines it too."""

    type: ClassVar = "decision"
    invocation_id: str
    decision: Decision
    said_else: bool = False
    """Whether it was no no: what follows may ask the same again."""


@dataclass(frozen=True, slots=True)
class ConfirmationSettled:
    """What became of what the person confirmed, by the bank's answer."""

    type: ClassVar = "settled"
    invocation_id: str
    state: Settlement
    message: str
    """The same in a sentence, in the person's language."""


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
    | MessageRead
    | OperationRequested
    | OperationAnswered
    | CallRejected
    | ConfirmationAsked
    | ConfirmationGiven
    | ConfirmationSettled
    | AgentTrace
    | Problem
    | TurnEnded
)
WatchEvent = BusEvent | Changed


def as_json(event: TurnEvent | WatchEvent) -> dict[str, Any]:
    """Return an event as JSON-ready fields; amounts stay Decimal, for `shared.json_text`."""
    return {"type": event.type, **asdict(event)}
