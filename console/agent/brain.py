"""The interface of a brain: it gets messages and outcomes of calls, and gives text and calls.

`LocalAgent` carries the calls out and gives their outcomes back until the brain calls nothing more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from console.agent.events import MessageRead, TurnOutcome
from console.agent.language import Language


class BrainUnavailable(Exception):
    """The brain cannot think now; its text tells the person why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the person said."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Call:
    """An operation that the brain wants; arguments may be anything that a model makes up.

    `call_id` is the brain's own, unique in its conversation.
    """

    call_id: str
    operation_id: str
    arguments: Mapping[str, Any] | str
    """By name; or the text that should have been a JSON object and is not."""


@dataclass(frozen=True, slots=True)
class Say:
    """A piece of what the brain says; `outcome` is how the turn ends if it ends with this."""

    delta: str
    outcome: TurnOutcome = "answered"


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call.

    `answered`: `status` and `body` are the bank's. `declined`: the person said no, or something
    else. `rejected`: it was not sent, `reason` says what to correct. `unanswered`: it was sent and
    nothing came back, so nobody knows whether it happened.
    """

    call: Call
    kind: Literal["answered", "declined", "rejected", "unanswered"]
    status: int = 0
    body: Mapping[str, Any] | None = None
    reason: str = ""


class Brain(Protocol):
    """One brain serves one conversation and remembers it."""

    is_model: bool
    """Whether a language model writes what it says: none of that stands beside a question."""

    def step(self, inputs: Sequence[Heard | CallOutcome]) -> Iterator[Say | Call | MessageRead]:
        """Go on after what happened; every call of the step before has its outcome in `inputs`.

        Outcomes come first, in the order of the calls. Raises BrainUnavailable; the conversation
        is then as if the step had not been asked for, and may go on with other inputs.
        """
        ...
