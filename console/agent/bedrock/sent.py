"""One request to a deployed agent, and what came of it."""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from console.agent.bedrock.returned import Returned, Wanted
from console.agent.calls import CallKey
from console.agent.confirmation import change_state
from console.agent.events import Settlement, Text, TurnEvent, TurnOutcome
from shared.confirmation import ConfirmationExpired, TermsChanged

_CHANGED: Final = frozenset({TermsChanged.code, ConfirmationExpired.code})
"""What a function answers to a yes that is not one to the terms as they are now."""


@dataclass
class Sent:
    """One request to the agent, of a text or of results, and what came of it so far."""

    text: str = ""
    returned: Returned | None = None
    again: Wanted | None = None
    """What the person said yes to, where the text has the agent ask for it once more."""
    has_said: bool = False
    states: dict[CallKey, Settlement] = field(default_factory=dict)
    """What the last answer to each confirmed call says of it."""

    @property
    def confirmed(self) -> list[Wanted]:
        """The calls that it lets go ahead."""
        return [] if self.returned is None else self.returned.confirmed

    @property
    def calls(self) -> dict[CallKey, Wanted]:
        """The same by what makes a call the same."""
        return {wanted.key: wanted for wanted in self.confirmed}


def settlement(status: int, body: Mapping[str, Any]) -> Settlement:
    """Return what an answer says of a change that was confirmed."""
    if body.get("error", {}).get("code") in _CHANGED:
        return "changed"
    return change_state(status, body)


def outcome(states: Collection[Settlement]) -> TurnOutcome:
    """Return how a turn ended in which the agent said something."""
    if "unknown" in states:
        return "failed"
    return "refused" if "refused" in states or "changed" in states else "answered"


def without_text(
    events: Generator[TurnEvent, None, dict[str, Any] | None],
) -> Generator[TurnEvent, None, dict[str, Any] | None]:
    """Yield everything but what the agent says."""
    try:
        while True:
            event = next(events)
            if not isinstance(event, Text):
                yield event
    except StopIteration as end:
        control: dict[str, Any] | None = end.value
        return control
    finally:
        events.close()
