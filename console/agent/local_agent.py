"""The agent loop, as Bedrock runs it: a brain chooses calls, and this sends them to the bank.

What a brain wants is checked against the schemas before it is sent. What the schema marks with
`x-requireConfirmation` is held until the person confirms it, and sent under the id of that
confirmation, so that a confirmation counts once however often its call has to be sent.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import uuid4

from console.agent import invocation
from console.agent.brain import Brain, BrainUnavailable, Call, CallOutcome, Heard, Say
from console.agent.calls import CallNotAllowed, CheckedCall, check_call
from console.agent.confirmation import (
    MAY_BE_DONE,
    ChangeState,
    DoneLately,
    InDoubt,
    ask_to_confirm,
    change_state,
    state_sentence,
)
from console.agent.events import (
    CallRejected,
    ConfirmationAsked,
    ConfirmationGiven,
    Decision,
    OperationAnswered,
    OperationRequested,
    Problem,
    Text,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from console.agent.language import Language
from console.agent.operations import AgentOperation
from console.agent.wording import KnownThings
from shared.clock import Clock

MAX_STEPS: Final = 12
"""How often a brain may call before it has to speak."""

MAX_CALLS_A_STEP: Final = 16

_TOO_MANY_STEPS: Final[Mapping[Language, str]] = {
    "es": "Di demasiadas vueltas sin llegar a una respuesta. Pregúntamelo de otra manera.",
    "en": "I went around too often without an answer. Please ask in another way.",
}
_NO_ANSWER: Final[Mapping[Language, str]] = {
    "es": "El banco no contestó ({reason}).",
    "en": "The bank did not answer ({reason}).",
}
_FAILED: Final[Mapping[Language, str]] = {
    "es": "El banco falló ({reason}).",
    "en": "The bank failed ({reason}).",
}


class NoAnswer(Exception):
    """An action group was asked and no answer came: it may or may not have acted.

    `notice` is what the person has to know besides, by language.
    """

    def __init__(self, reason: str, notice: Mapping[Language, str] | None = None) -> None:
        super().__init__(reason)
        self.notice = notice


Send = Callable[[dict[str, Any]], dict[str, Any]]
"""Sends an invocation event to its action group and returns the answer. Raises NoAnswer."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A call that waits for the person, with the outcomes of the other calls of its step."""

    checked: CheckedCall
    asked: ConfirmationAsked
    before: tuple[CallOutcome, ...]
    after: tuple[CallOutcome, ...]

    def outcomes(self, own: CallOutcome) -> list[CallOutcome]:
        return [*self.before, own, *self.after]


class LocalAgent:
    """One conversation of one customer with a brain and the action groups."""

    def __init__(
        self,
        brain: Brain,
        send: Send,
        *,
        operations: Mapping[str, AgentOperation],
        user_id: str,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._brain = brain
        self._send = send
        self._operations = operations
        self._user_id = user_id
        self._clock = clock
        self._new_id = new_id
        self._session_id = new_id()
        self._known = KnownThings()
        self._said = ""
        self._held: _Held | None = None
        self._owed: list[CallOutcome] = []
        self._done = DoneLately(clock)
        self._in_doubt = InDoubt()

    def hear(self, text: str, language: Language) -> Iterator[TurnEvent]:
        """Answer what the person said; a call that waits for a confirmation is given up."""
        self._said = text
        if self._held is not None and self._held.asked.is_in_doubt:
            self._give_up_held("unanswered", "No answer came, and the customer did not try again.")
        elif self._held is not None:
            yield ConfirmationGiven(self._held.asked.invocation_id, "DENY")
            self._give_up_held("declined", "The customer said something else instead.")
        yield from self._think([*self._owed, Heard(text, language)], language)

    def resolve(
        self, invocation_id: str, decision: Decision, language: Language
    ) -> Iterator[TurnEvent]:
        """Carry out or drop the call that waits under this id. Raises KeyError for any other."""
        held = self._held
        if held is None or held.asked.invocation_id != invocation_id:
            raise KeyError(invocation_id)
        yield ConfirmationGiven(invocation_id, decision)
        if decision == "DENY" and held.asked.is_in_doubt:
            outcome = CallOutcome(
                held.checked.call, "unanswered", reason="No answer came, and it is not tried again."
            )
        elif decision == "DENY":
            outcome = CallOutcome(
                held.checked.call, "declined", reason="The customer declined: nothing was done."
            )
        else:
            self._give_up_held("unanswered", "The call was interrupted.")
            self._in_doubt.add(held.checked, invocation_id)
            outcome = yield from self._call(held.checked, language, request_id=invocation_id)
            if outcome.kind == "unanswered":
                self._held = self._hold(held.checked, held.before, held.after, language)
                yield self._held.asked
                yield TurnEnded("failed")
                return
            self._in_doubt.remove(held.checked)
        self._held = None
        self._owed = held.outcomes(outcome)
        yield from self._think(self._owed, language, outcome)

    def _give_up_held(self, kind: Literal["declined", "unanswered"], reason: str) -> None:
        """Let nothing wait any more; the brain is owed what became of the call that did."""
        if self._held is not None:
            self._owed = self._held.outcomes(
                CallOutcome(self._held.checked.call, kind, reason=reason)
            )
            self._held = None

    def _think(
        self,
        inputs: Sequence[Heard | CallOutcome],
        language: Language,
        decided: CallOutcome | None = None,
    ) -> Iterator[TurnEvent]:
        """Let the brain call and speak; `decided` is what became of a call that was confirmed."""
        states = [] if decided is None else _states(decided)
        known = f" {state_sentence(states, language)}" if states else ""
        for _ in range(MAX_STEPS):
            calls: list[Call] = []
            outcome: TurnOutcome = "answered"
            try:
                for thought in self._brain.step(inputs):
                    if isinstance(thought, Say):
                        outcome = thought.outcome
                        yield Text(thought.delta)
                    else:
                        calls.append(thought)
            except BrainUnavailable as error:
                yield Problem("BRAIN_UNAVAILABLE", f"{error}{known}")
                yield TurnEnded("failed")
                return
            self._owed = []
            if not calls:
                yield TurnEnded("refused" if "refused" in states else outcome)
                return
            yield from self._carry_out(calls, language)
            if self._held is not None:
                yield self._held.asked
                yield TurnEnded("confirmation")
                return
            inputs = self._owed
        yield Problem("TOO_MANY_STEPS", f"{_TOO_MANY_STEPS[language]}{known}")
        yield TurnEnded("failed")

    def _carry_out(self, calls: Sequence[Call], language: Language) -> Iterator[TurnEvent]:
        """Carry out the calls of a step in order; the first to be confirmed is held.

        What became of them stands in `_owed` at every moment, so that an interruption between two
        calls leaves no call without an outcome.
        """
        outcomes = [CallOutcome(call, "unanswered") for call in calls]
        self._owed = outcomes
        held: tuple[int, CheckedCall] | None = None
        for position, call in enumerate(calls):
            try:
                checked = self._checked(call, position, is_held=held is not None)
            except CallNotAllowed as refusal:
                outcomes[position] = CallOutcome(call, "rejected", reason=str(refusal))
                arguments = call.arguments if isinstance(call.arguments, Mapping) else {}
                yield CallRejected(call.call_id, call.operation_id, arguments, str(refusal))
                continue
            if checked.operation.confirm:
                held = (position, checked)
                continue
            outcomes[position] = yield from self._call(checked, language)
        if held is not None:
            position, checked = held
            before, after = tuple(outcomes[:position]), tuple(outcomes[position + 1 :])
            self._held = self._hold(checked, before, after, language)

    def _hold(
        self,
        checked: CheckedCall,
        before: tuple[CallOutcome, ...],
        after: tuple[CallOutcome, ...],
        language: Language,
    ) -> _Held:
        """Return a call that waits; one in doubt waits under the id that it was sent under."""
        asked = ask_to_confirm(
            checked,
            self._known,
            language,
            invocation_id=self._in_doubt.request_id(checked) or self._new_id(),
            done_before=self._done.has(checked),
            in_doubt=self._in_doubt.calls,
        )
        return _Held(checked, asked, before, after)

    def _checked(self, call: Call, position: int, *, is_held: bool) -> CheckedCall:
        if position >= MAX_CALLS_A_STEP:
            raise CallNotAllowed(f"At most {MAX_CALLS_A_STEP} calls at a time.")
        if is_held:
            raise CallNotAllowed(
                "Not called: the call before it waits for the customer's confirmation. Call it "
                "again after that, if it is still wanted."
            )
        return check_call(call, self._operations)

    def _call(
        self, checked: CheckedCall, language: Language, request_id: str | None = None
    ) -> Generator[TurnEvent, None, CallOutcome]:
        attributes = {"user_id": self._user_id}
        if request_id is not None:
            attributes["request_id"] = request_id
        event = invocation.invocation(
            checked.operation,
            checked.arguments,
            session_id=self._session_id,
            session_attributes=attributes,
            input_text=self._said,
        )
        call = checked.call
        yield OperationRequested(call.call_id, call.operation_id, event)
        started = self._clock()
        try:
            answer = self._send(event)
            status, body = invocation.status_and_body(answer)
        except (NoAnswer, invocation.UnreadableAnswer) as error:
            yield _no_answer(_NO_ANSWER, error, language, is_change=request_id is not None)
            return CallOutcome(call, "unanswered", reason=str(error))
        milliseconds = (self._clock() - started) // timedelta(milliseconds=1)
        yield OperationAnswered(call.call_id, call.operation_id, answer, status, body, milliseconds)
        state = change_state(status, body)
        if state == "unknown" and request_id is not None:
            yield _no_answer(_FAILED, NoAnswer(str(status)), language, is_change=True)
            return CallOutcome(call, "unanswered", reason=f"the bank failed, status {status}")
        if state in {"done", "pending"}:
            self._known.learn(body)
            if checked.operation.confirm:
                self._done.add(checked)
        return CallOutcome(call, "answered", status, body)


def _no_answer(
    texts: Mapping[Language, str], error: Exception, language: Language, *, is_change: bool
) -> Problem:
    """Return what to tell the person when no answer came, or none that tells the outcome."""
    told = [texts[language].format(reason=error)]
    if is_change:
        told.append(MAY_BE_DONE[language])
    if isinstance(error, NoAnswer) and error.notice:
        told.append(error.notice[language])
    return Problem("NO_ANSWER", " ".join(told))


def _states(decided: CallOutcome) -> list[ChangeState]:
    """Return what the answer says of a call that was confirmed; nothing when it was not sent."""
    return [] if decided.body is None else [change_state(decided.status, decided.body)]
