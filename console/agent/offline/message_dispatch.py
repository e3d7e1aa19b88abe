"""Chooses what to do about a message: the first of the readings below that can use it."""

from collections.abc import Callable
from typing import Final

from console.agent.offline.amounts import amounts_in
from console.agent.offline.mood import is_foreign, is_injected
from console.agent.offline.naming import named_call
from console.agent.offline.readings.amendments import amended
from console.agent.offline.readings.answers import answered
from console.agent.offline.readings.message import ACTS, Message
from console.agent.offline.readings.orders import ordered
from console.agent.offline.readings.questions import asked_of_others, followed_up, questioned
from console.agent.offline.readings.shown_products import chosen, taken
from console.agent.offline.readings.statements import owed, searched, stated
from console.agent.offline.talk import Flow, Talk
from console.agent.offline.text import Said

_MAX_QUOTED_CHARACTERS: Final = 60


class MessageDispatch:
    """Turns messages into flows, in one conversation.

    `guarded` False takes whatever may be an order for one: what tests compare the guards with.
    """

    def __init__(self, talk: Talk, *, guarded: bool = True) -> None:
        self._talk = talk
        self._guarded = guarded

    def flow_for(self, said: Said) -> Flow:
        """Return what to do about a message."""
        memory = self._talk.memory
        asked_for, memory.asked_for = memory.asked_for, ()
        message = Message(said, asked_for, self._guarded)
        for reading in _READINGS:
            flow = reading(self._talk, message)
            if flow is not None:
                return flow
        return _not_understood(self._talk, said)


def _named_operation(talk: Talk, message: Message) -> Flow | None:
    return named_call(talk, message.said.text)


def _strange(talk: Talk, message: Message) -> Flow | None:
    """Answer what is no business of the bank."""
    if is_foreign(message.said):
        return talk.answer("foreign", "not_understood")
    if message.guarded and is_injected(message.said):
        talk.memory.drop()
        return talk.answer("said_injected", "not_understood")
    return None


def _cancelled(talk: Talk, message: Message) -> Flow | None:
    if "cancel" not in message.intents:
        return None
    had_frame = talk.memory.frame is not None
    talk.memory.drop()
    return talk.answer("dropped" if had_frame else "nothing_pending")


def _denied(talk: Talk, message: Message) -> Flow | None:
    """Drop what an order not to do it is about."""
    moods = {message.mood(act) for act in ACTS}
    if "negated" not in moods or not talk.memory.is_live:
        return None
    talk.memory.drop()
    return talk.answer("said_negated")


_READINGS: Final[tuple[Callable[[Talk, Message], Flow | None], ...]] = (
    _named_operation,
    _strange,
    _cancelled,
    _denied,
    ordered,
    answered,
    amended,
    taken,
    asked_of_others,
    questioned,
    chosen,
    followed_up,
    owed,
    stated,
    searched,
)


def _not_understood(talk: Talk, said: Said) -> Flow:
    quoted = (
        said.text
        if len(said.text) <= _MAX_QUOTED_CHARACTERS
        else f"{said.text[:_MAX_QUOTED_CHARACTERS]}…"
    )
    is_number = bool(amounts_in(said.tokens)) and all(
        token.is_number or token.is_sign or token.word in {"pesos", "mil"} for token in said.tokens
    )
    key = "number_alone" if is_number else "not_understood"
    return talk.answer(key, "not_understood", said=quoted)
