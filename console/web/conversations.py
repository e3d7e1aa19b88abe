"""The conversations that the server keeps, with what was said in them."""

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Final

from console.agent.conversation import Conversation
from console.agent.events import Decision, Problem, TurnEnded, TurnEvent, as_json
from console.agent.language import Language
from console.web.log import Log
from shared.clock import Clock

MAX_CONVERSATIONS: Final = 100
MAX_TRANSCRIPT_BYTES: Final = 2_000_000

_UNEXPECTED: Final[Mapping[Language, str]] = {
    "es": "Algo falló en el chat. Si confirmaste algo, revisa tus saldos antes de repetirlo.",
    "en": "Something failed in the chat. If you confirmed something, look at your balances "
    "before you repeat it.",
}
_logger = logging.getLogger(__name__)


class Busy(Exception):
    """A turn of the conversation is under way."""


class TooManyConversations(Exception):
    """Every conversation that may be kept has a turn under way."""


@dataclass
class Turn:
    """The part of a transcript that is a turn: after `start`, up to `end` once it has ended."""

    start: int
    end: int | None = None


class WebConversation:
    """A conversation and its transcript. Turns run in threads, to their end, whoever listens."""

    def __init__(self, user_id: str, conversation: Conversation, clock: Clock) -> None:
        self.id = secrets.token_urlsafe(16)
        self.user_id = user_id
        self.transcript = Log(MAX_TRANSCRIPT_BYTES, clock)
        self._conversation = conversation
        self._turn: Turn | None = None
        self._changing = Condition()

    @property
    def is_busy(self) -> bool:
        """Whether a turn is under way."""
        with self._changing:
            return self._turn is not None

    def pending(self) -> dict[str, Any] | None:
        """Return the confirmation that is awaited."""
        pending = self._conversation.pending
        return None if pending is None else as_json(pending)

    def say(self, text: str) -> Turn:
        """Start the turn that answers what a person wrote. Raises Busy."""
        return self._start({"type": "said", "text": text}, lambda: self._conversation.say(text))

    def decide(self, invocation_id: str, decision: Decision) -> Turn:
        """Start the turn after a confirmation was given or declined. Raises Busy."""
        entry = {"type": "chosen", "invocation_id": invocation_id, "decision": decision}
        return self._start(entry, lambda: self._conversation.decide(invocation_id, decision))

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait so long for the turn under way, and tell whether none is."""
        with self._changing:
            return self._changing.wait_for(lambda: self._turn is None, seconds)

    def _start(self, entry: dict[str, Any], events: Callable[[], Iterator[TurnEvent]]) -> Turn:
        with self._changing:
            if self._turn is not None:
                raise Busy
            self._turn = turn = Turn(self.transcript.last)
            self.transcript.append(entry)
        Thread(target=self._run, args=(turn, events), name=f"turn-{self.id}", daemon=True).start()
        return turn

    def _run(self, turn: Turn, events: Callable[[], Iterator[TurnEvent]]) -> None:
        end = TurnEnded("failed")
        try:
            for event in events():
                if isinstance(event, TurnEnded):
                    end = event
                else:
                    self._tell(event)
        except Exception:
            _logger.exception("a turn failed")
            message = _UNEXPECTED[self._conversation.language]
            self._tell(Problem("UNEXPECTED", message))
        finally:
            with self._changing:  # who sees the end may start the next turn at once
                pending = self._conversation.pending
                waits = {"pending": None if pending is None else pending.invocation_id}
                turn.end = self.transcript.append(as_json(end) | waits)
                self._turn = None
                self._changing.notify_all()

    def _tell(self, event: TurnEvent) -> None:
        """Add an event, and in which language its words are."""
        self.transcript.append(as_json(event) | {"language": self._conversation.language})


class WebConversations:
    """So many conversations at most: the one unused for longest makes room for a new one."""

    def __init__(self, clock: Clock, max_conversations: int = MAX_CONVERSATIONS) -> None:
        self._clock = clock
        self._max_conversations = max_conversations
        self._conversations: dict[str, WebConversation] = {}

    def add(self, user_id: str, conversation: Conversation) -> WebConversation:
        """Keep a conversation. Raises TooManyConversations."""
        if len(self._conversations) >= self._max_conversations:
            kept = self._conversations.values()
            idle = next((one for one in kept if not one.is_busy), None)
            if idle is None:
                raise TooManyConversations
            del self._conversations[idle.id]
        added = WebConversation(user_id, conversation, self._clock)
        self._conversations[added.id] = added
        return added

    def find(self, conversation_id: str) -> WebConversation | None:
        """Return a conversation that is kept; it is the last to be forgotten now."""
        found = self._conversations.pop(conversation_id, None)
        if found is not None:
            self._conversations[conversation_id] = found
        return found

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait so long for every turn under way, and tell whether none is left."""
        deadline = time.monotonic() + seconds
        kept = list(self._conversations.values())
        return all(one.wait_until_idle(max(0, deadline - time.monotonic())) for one in kept)
