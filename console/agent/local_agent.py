"""The agent loop, as Bedrock runs it: a brain chooses calls, and this sends them to the bank.

What a brain wants is checked against the schemas before it is sent. What the schema marks with
`x-requireConfirmation` is first sent for its terms: a refusal is told at once, and nobody is asked;
else the person is shown what the bank says. Their yes is signed, and the call sent again with that
proof, the same however often it has to be sent, so that a confirmation counts once.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import uuid4

from console.agent import invocation
from console.agent.brain import Brain, BrainUnavailable, Call, CallOutcome, Heard
from console.agent.calls import CallKey, CallNotAllowed, CheckedCall, check_call
from console.agent.card import card, warned
from console.agent.confirmation import (
    MAY_BE_DONE,
    change_state,
    settlement_sentence,
    state_sentence,
)
from console.agent.events import (
    CallRejected,
    ConfirmationAsked,
    ConfirmationGiven,
    ConfirmationSettled,
    Decision,
    MessageRead,
    Problem,
    Settlement,
    Text,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from console.agent.exchange import NoAnswer, Send, exchanged
from console.agent.language import Language
from console.agent.operations import AgentOperation
from console.agent.wording import KnownThings
from console.confirming import Mint, NotMinted
from shared.clock import Clock
from shared.confirmation import TERMS_WANTED, ConfirmationExpired

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


_NOTHING_DONE: Final[Mapping[Language, str]] = {
    "es": "No se hizo nada.",
    "en": "Nothing was done.",
}
_NOT_SIGNED: Final[Mapping[Language, str]] = {
    "es": "No pude firmar tu confirmación, y no se hizo nada. Puedes confirmar otra vez.",
    "en": "I could not sign your confirmation, and nothing was done. You can confirm again.",
}


@dataclass(frozen=True, slots=True)
class _Held:
    """A call that waits for the person, with the outcomes of the other calls of its step.

    The request id stays the same when terms have to be asked for again: so it is never done twice.
    """

    checked: CheckedCall
    asked: ConfirmationAsked
    challenge: str
    request_id: str
    before: tuple[CallOutcome, ...] = ()
    after: tuple[CallOutcome, ...] = ()

    def outcomes(self, own: CallOutcome) -> list[CallOutcome]:
        return [*self.before, own, *self.after]

    def in_doubt(self, language: Language) -> "_Held":
        """Return it as it waits when it was sent and no answer came."""
        if self.asked.is_in_doubt:
            return self
        warnings = (warned("IN_DOUBT", language), *self.asked.warnings)
        return replace(self, asked=replace(self.asked, is_in_doubt=True, warnings=warnings))


class LocalAgent:
    """One conversation of one customer with a brain and the action groups."""

    def __init__(
        self,
        brain: Brain,
        send: Send,
        mint: Mint,
        *,
        operations: Mapping[str, AgentOperation],
        user_id: str,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._brain = brain
        self._send = send
        self._mint = mint
        self._operations = operations
        self._user_id = user_id
        self._clock = clock
        self._new_id = new_id
        self._session_id = new_id()
        self._known = KnownThings()
        self._said = ""
        self._held: _Held | None = None
        self._owed: list[CallOutcome] = []
        self._in_doubt: dict[CallKey, _Held] = {}

    def hear(self, text: str, language: Language) -> Iterator[TurnEvent]:
        """Answer what the person said; a call that waits for a confirmation is given up."""
        self._said = text
        if self._held is not None and self._held.asked.is_in_doubt:
            self._give_up_held("unanswered", "No answer came, and the customer did not try again.")
        elif self._held is not None:
            yield ConfirmationGiven(self._held.asked.invocation_id, "DENY", said_else=True)
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
            self._give_up_held("unanswered", "No answer came, and it is not tried again.")
        elif decision == "DENY":
            self._give_up_held("declined", "The customer declined: nothing was done.")
        else:
            yield from self._confirmed(held, language)
            return
        yield from self._think(self._owed, language)

    def _confirmed(self, held: _Held, language: Language) -> Iterator[TurnEvent]:
        """Send what the person said yes to, and go on; or ask again where that settles nothing."""
        checked = held.checked
        try:
            proof = self._mint(held.challenge)
        except NotMinted:
            yield Problem("NOT_SIGNED", _NOT_SIGNED[language])
            yield held.asked
            yield TurnEnded("failed")
            return
        self._in_doubt[checked.key] = held.in_doubt(language)
        self._give_up_held("unanswered", "interrupted: nobody knows whether it was done")
        outcome = yield from self._call(
            checked, language, {"request_id": held.request_id, "confirmation": proof}
        )
        if outcome.kind == "unanswered":
            self._held = self._in_doubt[checked.key]
            yield self._settled(held, "unknown", language)
            yield self._held.asked
            yield TurnEnded("failed")
            return
        del self._in_doubt[checked.key]
        again: _Held | CallOutcome = self._shown(checked, outcome, held.request_id, language)
        if (outcome.body or {}).get("error", {}).get("code") == ConfirmationExpired.code:
            again = yield from self._terms(checked, held.request_id, language)
        if isinstance(again, _Held):
            self._held = replace(again, before=held.before, after=held.after)
            yield self._settled(held, "changed", language)
            yield self._held.asked
            yield TurnEnded("confirmation")
            return
        self._owed = held.outcomes(again)
        state = change_state(outcome.status, outcome.body or {})
        yield self._settled(held, state, language)
        yield from self._think(self._owed, language, [state])

    @staticmethod
    def _settled(held: _Held, state: Settlement, language: Language) -> ConfirmationSettled:
        sentence = settlement_sentence(state, language)
        return ConfirmationSettled(held.asked.invocation_id, state, sentence)

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
        states: Sequence[Settlement] = (),
    ) -> Iterator[TurnEvent]:
        """Let the brain call and speak; `states` is what became of a call that was confirmed."""
        known = f" {state_sentence(states, language)}" if states else ""
        is_refused = "refused" in states
        for _ in range(MAX_STEPS):
            calls: list[Call] = []
            said: list[Text] = []
            outcome: TurnOutcome = "answered"
            try:
                for thought in self._brain.step(inputs):
                    if isinstance(thought, Call):
                        calls.append(thought)
                        continue
                    if isinstance(thought, MessageRead):
                        yield thought
                        continue
                    outcome = thought.outcome
                    said.append(Text(thought.delta))
                    if not self._brain.is_model:
                        yield said.pop()
            except BrainUnavailable as error:
                yield Problem("BRAIN_UNAVAILABLE", f"{error}{known}")
                yield TurnEnded("failed")
                return
            if not any(map(self._may_need_yes, calls)):
                yield from said
            self._owed = []
            if not calls:
                yield TurnEnded("refused" if is_refused else outcome)
                return
            yield from self._carry_out(calls, language)
            if self._held is not None:
                yield self._held.asked
                yield TurnEnded("confirmation")
                return
            inputs = self._owed
            is_refused = is_refused or any(
                self._needs_yes(done.call) and change_state(done.status, {}) == "refused"
                for done in self._owed
            )
        yield Problem("TOO_MANY_STEPS", f"{_TOO_MANY_STEPS[language]}{known}")
        yield TurnEnded("failed")

    def _needs_yes(self, call: Call) -> bool:
        operation = self._operations.get(call.operation_id)
        return operation is not None and operation.confirm

    def _may_need_yes(self, call: Call) -> bool:
        """Tell also of a name that is of no operation: a change may have been meant."""
        return call.operation_id not in self._operations or self._needs_yes(call)

    def _carry_out(self, calls: Sequence[Call], language: Language) -> Iterator[TurnEvent]:
        """Carry out the calls of a step in order; the first to be confirmed is held.

        What became of them stands in `_owed` at every moment, so that an interruption between two
        calls leaves no call without an outcome.
        """
        outcomes = [CallOutcome(call, "unanswered") for call in calls]
        self._owed = outcomes
        held: tuple[int, _Held] | None = None
        for position, call in enumerate(calls):
            try:
                checked = self._checked(call, position, is_held=held is not None)
            except CallNotAllowed as refusal:
                outcomes[position] = CallOutcome(call, "rejected", reason=str(refusal))
                arguments = call.arguments if isinstance(call.arguments, Mapping) else {}
                yield CallRejected(call.call_id, call.operation_id, arguments, str(refusal))
                continue
            if not checked.operation.confirm:
                outcomes[position] = yield from self._call(checked, language)
                continue
            shown = self._in_doubt.get(checked.key)
            known = shown or (yield from self._terms(checked, self._new_id(), language))
            if isinstance(known, _Held):
                held = position, replace(known, checked=checked)
            else:
                outcomes[position] = known
        if held is not None:
            position, waiting = held
            self._held = replace(
                waiting, before=tuple(outcomes[:position]), after=tuple(outcomes[position + 1 :])
            )

    def _terms(
        self, checked: CheckedCall, request_id: str, language: Language
    ) -> Generator[TurnEvent, None, _Held | CallOutcome]:
        """Ask the bank for the terms of a call, which does nothing; or return why there are none.

        Whoever asks so is never answered by a change, whatever the deployment's setting is.
        """
        attributes = {"request_id": request_id, "confirmation": TERMS_WANTED}
        outcome = yield from self._call(checked, language, attributes)
        return self._shown(checked, outcome, request_id, language)

    def _shown(
        self, checked: CheckedCall, outcome: CallOutcome, request_id: str, language: Language
    ) -> _Held | CallOutcome:
        """Return a call as it waits when its answer has terms, else the answer."""
        confirmation = (outcome.body or {}).get("confirmation")
        if confirmation is None:
            return outcome
        asked = card(
            checked.operation.operation_id,
            checked.arguments,
            confirmation,
            self._known,
            language,
            invocation_id=self._new_id(),
        )
        return _Held(checked, asked, confirmation["challenge"], request_id)

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
        self, checked: CheckedCall, language: Language, given: Mapping[str, str] | None = None
    ) -> Generator[TurnEvent, None, CallOutcome]:
        """Send a call with the session attributes `given`, and return what became of it."""
        attributes = {"user_id": self._user_id, **(given or {})}
        is_change = attributes.get("confirmation") not in (None, TERMS_WANTED)
        event = invocation.invocation(
            checked.operation,
            checked.arguments,
            session_id=self._session_id,
            session_attributes=attributes,
            input_text=self._said,
        )
        call = checked.call
        try:
            status, body = yield from exchanged(
                self._send,
                event,
                call_id=call.call_id,
                operation_id=call.operation_id,
                clock=self._clock,
            )
        except (NoAnswer, invocation.UnreadableAnswer) as error:
            yield _no_answer(_NO_ANSWER, error, language, checked, is_change=is_change)
            return CallOutcome(call, "unanswered", reason=_told(error, is_change=is_change))
        state = change_state(status, body)
        if state == "unknown" and is_change:
            failure = NoAnswer(str(status))
            yield _no_answer(_FAILED, failure, language, checked, is_change=True)
            return CallOutcome(call, "unanswered", reason=_told(failure, is_change=True))
        if state in {"done", "pending"}:
            self._known.learn(body)
        return CallOutcome(call, "answered", status, body)


def _no_answer(
    texts: Mapping[Language, str],
    error: Exception,
    language: Language,
    checked: CheckedCall,
    *,
    is_change: bool,
) -> Problem:
    """Return what to tell the person when no answer came, or none that tells the outcome."""
    told = [texts[language].format(reason=error)]
    if is_change:
        told.append(MAY_BE_DONE[language])
    elif checked.operation.confirm:
        told.append(_NOTHING_DONE[language])
    if isinstance(error, NoAnswer) and error.notice:
        told.append(error.notice[language])
    return Problem("NO_ANSWER", " ".join(told))


def _told(error: Exception, *, is_change: bool) -> str:
    """Return what the brain is told of a call without an answer."""
    what = "nobody knows whether it was done" if is_change else "nothing was done"
    return f"{error}: {what}"
