"""Asking the person about a call: the group's function itself tells the terms of it."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from console.agent import invocation
from console.agent.bedrock import sentences
from console.agent.bedrock.returned import Wanted
from console.agent.calls import CheckedCall
from console.agent.card import card, warned
from console.agent.events import (
    ConfirmationAsked,
    Problem,
    TurnEvent,
)
from console.agent.exchange import NoAnswer, Send, exchanged
from console.agent.language import Language
from console.agent.wording import KnownThings
from shared.clock import Clock
from shared.confirmation import TERMS_WANTED


class Asking:
    """Asks for the terms of calls as a customer's agent would, and makes them questions."""

    def __init__(
        self,
        send: Send,
        *,
        user_id: str,
        session_id: str,
        known: KnownThings,
        new_id: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._send = send
        self._user_id = user_id
        self._session_id = session_id
        self._known = known
        self._new_id = new_id
        self._clock = clock

    def question(
        self, wanted: Wanted, language: Language, *, said: str, is_in_doubt: bool
    ) -> Generator[TurnEvent, None, ConfirmationAsked | None]:
        """Return the question about a call; None where the bank tells no terms: it is declined.

        A call that is in doubt is asked about with its terms of then, for its proof counts once.
        """
        assert wanted.checked is not None
        if not is_in_doubt:
            wanted.proof = None
            wanted.confirmation = yield from self._terms(wanted, wanted.checked, language, said)
        if wanted.confirmation is None:
            return None
        wanted.asked_id = self._new_id()
        asked = card(
            wanted.checked.operation.operation_id,
            wanted.checked.arguments,
            wanted.confirmation,
            self._known,
            language,
            invocation_id=wanted.asked_id,
        )
        if not is_in_doubt:
            return asked
        warnings = (warned("IN_DOUBT", language), *asked.warnings)
        return replace(asked, warnings=warnings, is_in_doubt=True)

    def _terms(
        self, wanted: Wanted, checked: CheckedCall, language: Language, said: str
    ) -> Generator[TurnEvent, None, Mapping[str, Any] | None]:
        """Return what is to be shown of a call; whatever else the bank answers declines it."""
        operation = checked.operation
        event = invocation.invocation(
            operation,
            checked.arguments,
            session_id=self._session_id,
            session_attributes={
                "user_id": self._user_id,
                "request_id": wanted.request_id,
                "confirmation": TERMS_WANTED,
            },
            input_text=said,
        )
        try:
            status, body = yield from exchanged(
                self._send,
                event,
                call_id=self._new_id(),
                operation_id=operation.operation_id,
                clock=self._clock,
            )
        except (NoAnswer, invocation.UnreadableAnswer) as failure:
            wanted.refuse({"code": "NO_TERMS", "message": "The bank did not tell the terms."})
            yield Problem("NO_TERMS", sentences.NO_TERMS[language].format(reason=failure))
            return None
        if status == HTTPStatus.PRECONDITION_REQUIRED:
            confirmation: Mapping[str, Any] = body["confirmation"]
            return confirmation
        error = body.get("error") or {"code": "NO_TERMS", "message": f"status {status}"}
        wanted.refuse(error)
        yield Problem(error["code"], sentences.REFUSED[language].format(reason=error["message"]))
        return None
