"""A deployed Bedrock agent, reached by `InvokeAgent`."""

import codecs
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from console.agent.bedrock.agent_errors import FAILURES, AgentFailed
from console.agent.bedrock.returned import Returned, Wanted, called, checked_call
from console.agent.bedrock.tracing import TracedCalls, as_json_ready
from console.agent.calls import CallKey, CheckedCall
from console.agent.confirmation import (
    MAY_BE_DONE,
    DoneLately,
    InDoubt,
    ask_to_confirm,
    change_state,
    state_sentence,
)
from console.agent.events import (
    AgentTrace,
    ConfirmationGiven,
    Decision,
    Problem,
    Settlement,
    Text,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from console.agent.language import Language
from console.agent.operations import AgentOperation
from console.agent.wording import KnownThings
from shared.clock import Clock, system_clock

_MAX_DECLINED: Final = 3
"""How often an agent may answer a refusal by asking for another confirmation."""

_CONFIRM_AGAIN: Final[Mapping[bool, Mapping[Language, str]]] = {
    True: MAY_BE_DONE,
    False: {
        "es": "No se hizo nada de lo que confirmaste. Puedes confirmar otra vez.",
        "en": "Nothing that you confirmed was done. You can confirm again.",
    },
}
_IN_DOUBT: Final[Mapping[Language, str]] = {
    "es": "El agente ya no espera tu confirmación. Puede que lo de antes sí se haya hecho: pide "
    "tus movimientos, o pide lo mismo otra vez, que no se hará dos veces.",
    "en": "The agent no longer waits for your confirmation. What you confirmed before may have "
    "been done: ask for your transactions, or for the same again, which is not done twice.",
}
_GONE: Final[Mapping[Language, str]] = {
    "es": "El agente ya no espera tu confirmación; no se hizo nada. Vuelve a pedirlo.",
    "en": "The agent no longer waits for your confirmation; nothing was done. Please ask again.",
}
_NOT_CONFIRMABLE: Final[Mapping[Language, str]] = {
    "es": "El agente pidió algo que aquí no se puede hacer ({wanted}): este chat solo confirma "
    "operaciones del banco. Eso no se hizo.",
    "en": "The agent asked for something that cannot be done here ({wanted}): this chat only "
    "confirms operations of the bank. That was not done.",
}
_ONE_AT_A_TIME: Final[Mapping[Language, str]] = {
    "es": "El agente quiso varias cosas iguales a la vez ({wanted}). Te pregunto solo por la "
    "primera; las otras pídelas después.",
    "en": "The agent wanted several of the same at once ({wanted}). I ask you only about the "
    "first; please ask for the others afterwards.",
}
_NOTHING_DONE: Final[Mapping[bool, Mapping[Language, str]]] = {
    True: {
        "es": "Como dijiste otra cosa, ya no sigo con lo que estabas confirmando. Puede que lo de "
        "antes sí se haya hecho: pregunta qué pasó antes de repetirlo.",
        "en": "Because you said something else, I do not go on with what you were confirming. "
        "What you confirmed before may have been done: ask what happened before repeating it.",
    },
    False: {
        "es": "Como dijiste otra cosa, no se hizo nada de lo que estabas confirmando.",
        "en": "Because you said something else, nothing of what you were confirming was done.",
    },
}
"""By whether any of it was sent before and may have been done."""
_STILL_ASKING: Final[Mapping[Language, str]] = {
    "es": "El agente sigue pidiendo que confirmes lo que dejaste. No se hizo nada.",
    "en": "The agent keeps asking to confirm what you left. Nothing was done.",
}
_EMPTY: Final[Mapping[Language, str]] = {
    "es": "El agente no contestó nada. Dímelo de otra manera.",
    "en": "The agent answered nothing. Please say it in another way.",
}


@dataclass
class _Sent:
    """One request to the agent, of a text or of results, and what came of it so far."""

    text: str = ""
    returned: Returned | None = None
    has_said: bool = False
    states: dict[CallKey, Settlement] = field(default_factory=dict)
    """What the last answer to each confirmed call says of it."""

    @property
    def confirmed(self) -> list[CheckedCall]:
        return [] if self.returned is None else self.returned.confirmed


class BedrockAgent:
    """One conversation of one customer with a deployed agent.

    The agent runs in AWS and calls the action groups itself. What its schema marks with
    `x-requireConfirmation` comes back as returned control, and goes ahead only when the person
    confirms it, under a `request_id` that makes it count once.
    """

    def __init__(
        self,
        client: Any,
        *,
        agent_id: str,
        agent_alias_id: str,
        user_id: str,
        operations: Mapping[str, AgentOperation],
        new_id: Callable[[], str] = lambda: str(uuid4()),
        clock: Clock = system_clock,
    ) -> None:
        """Take a `bedrock-agent-runtime` client that tries once: a retry says a thing twice."""
        self._client = client
        self._agent = {"agentId": agent_id, "agentAliasId": agent_alias_id}
        self._user_id = user_id
        self._operations = operations
        self._new_id = new_id
        self._session_id = new_id()
        self._known = KnownThings()
        self._done = DoneLately(clock)
        self._said = ""
        self._returned: Returned | None = None
        self._in_doubt = InDoubt()

    def hear(self, text: str, language: Language) -> Iterator[TurnEvent]:
        """Answer what the person said; what waits for a confirmation is declined first.

        Bedrock ignores a text that comes with results, so it is told of the refusal by itself, and
        what it says to that is not shown.
        """
        self._said = text
        try:
            if self._returned is not None:
                is_free = yield from self._decline(self._returned, language)
                if not is_free:
                    return
            yield from self._turn(_Sent(text=text), language)
        except AgentFailed as failure:
            yield Problem(failure.code, str(failure))
            yield TurnEnded("failed")

    def resolve(
        self, invocation_id: str, decision: Decision, language: Language
    ) -> Iterator[TurnEvent]:
        """Take a decision; when all are taken, tell the agent. Raises KeyError for another id."""
        returned = self._returned
        if returned is None:
            raise KeyError(invocation_id)
        returned.of(invocation_id).decision = decision
        yield ConfirmationGiven(invocation_id, decision)
        if returned.undecided:
            yield from self._ask(returned, language)
            return
        new_doubts = [c for c in returned.confirmed if c not in self._in_doubt]
        for checked in returned.confirmed:
            self._in_doubt.add(checked, returned.request_id)
        sent = _Sent(returned=returned)
        self._returned = None
        try:
            yield from self._turn(sent, language)
        except AgentFailed as failure:
            yield Problem(failure.code, str(failure))
            if not failure.may_have_acted:
                for checked in new_doubts:
                    self._in_doubt.remove(checked)
            yield from self._after_failure(sent, returned, failure, language)

    def _after_failure(
        self, sent: _Sent, returned: Returned, failure: AgentFailed, language: Language
    ) -> Iterator[TurnEvent]:
        """Say what is known of the calls that were let go ahead; ask again where that helps."""
        doubts = [checked for checked in returned.confirmed if checked in self._in_doubt]
        if sent.states and not doubts:
            yield Problem("STATE_KNOWN", state_sentence(sent.states.values(), language))
        elif failure.is_refused:
            yield Problem("NOT_WAITING", (_IN_DOUBT if doubts else _GONE)[language])
        elif returned.confirmed:
            self._returned = returned
            yield Problem("NO_ANSWER", _CONFIRM_AGAIN[bool(doubts)][language])
            returned.forget_confirmations()
            yield from self._ask(returned, language, "failed")
            return
        else:
            self._returned = returned  # to be declined before anything else is said
        yield TurnEnded("failed")

    def _decline(self, returned: Returned, language: Language) -> Generator[TurnEvent, None, bool]:
        """Decline what waits, and what the agent then asks for instead; tell if it gave up."""
        if returned.confirmed:
            may_be_done = any(c in self._in_doubt for c in returned.confirmed)
            yield Problem("NOTHING_DONE", _NOTHING_DONE[may_be_done][language])
        for _ in range(_MAX_DECLINED):
            returned.decline()
            try:
                control = yield from _without_text(self._invoke(_Sent(returned=returned), language))
            except AgentFailed as failure:
                if not failure.is_refused:
                    raise
                control = None  # the session is over, and with it what waited
            self._returned = None
            if control is None:
                return True
            self._returned = returned = self._taken(control)
        yield Problem("STILL_ASKING", _STILL_ASKING[language])
        yield TurnEnded("failed")
        return False

    def _turn(self, sent: _Sent, language: Language) -> Iterator[TurnEvent]:
        """Send a request, and end the turn or ask for what the agent wants confirmed."""
        control = yield from self._invoke(sent, language)
        for checked in sent.confirmed:
            if sent.states.get(checked.key) != "unknown":
                self._in_doubt.remove(checked)
        known = f" {state_sentence(sent.states.values(), language)}" if sent.states else ""
        if control is not None:
            self._returned = self._taken(control)
            yield from self._introduce(self._returned, known, language)
        elif not sent.has_said:
            yield Problem("EMPTY_ANSWER", f"{_EMPTY[language]}{known}")
            yield TurnEnded("failed")
        else:
            yield TurnEnded(_outcome(sent.states.values()))

    def _taken(self, control: Mapping[str, Any]) -> Returned:
        """Return control with the calls to ask about: those that one request id can count.

        An operation counts once under a request id, so of several calls of the same one only the
        first is asked about; so it is of calls that are in doubt under another id.
        """
        members = control.get("invocationInputs", [])
        wanted = [
            Wanted(member, checked_call(member, self._operations, self._new_id()), self._new_id())
            for member in members
        ]
        calls = [w.checked for w in wanted if w.checked is not None]
        known_ids = filter(None, map(self._in_doubt.request_id, calls))
        request_id = next(known_ids, None) or self._new_id()
        taken: set[str] = set()
        for each in wanted:
            if each.checked is None:
                continue
            operation_id = each.checked.operation.operation_id
            is_other = self._in_doubt.request_id(each.checked) not in {None, request_id}
            if is_other or operation_id in taken:
                each.checked = None
            taken.add(operation_id)
        return Returned(control.get("invocationId", ""), wanted, request_id)

    def _introduce(self, returned: Returned, known: str, language: Language) -> Iterator[TurnEvent]:
        """Say what of the returned control is not asked about, and ask about the rest.

        `known` is what is to be said of what was confirmed before.
        """
        left_out = [wanted for wanted in returned.wanted if wanted.checked is None]
        names = ", ".join(dict.fromkeys(called(wanted) for wanted in left_out))
        if not returned.undecided:
            told = _NOT_CONFIRMABLE[language].format(wanted=names)
            yield Problem("NOT_CONFIRMABLE", f"{told}{known}")
            yield TurnEnded("failed")
            return
        if left_out:
            yield Problem("NOT_ASKED", _ONE_AT_A_TIME[language].format(wanted=names))
        yield from self._ask(returned, language)

    def _ask(
        self, returned: Returned, language: Language, outcome: TurnOutcome = "confirmation"
    ) -> Iterator[TurnEvent]:
        """Ask about the next call."""
        wanted = returned.undecided[0]
        assert wanted.checked is not None
        yield ask_to_confirm(
            wanted.checked,
            self._known,
            language,
            invocation_id=wanted.asked_id,
            done_before=self._done.has(wanted.checked),
            in_doubt=self._in_doubt.calls,
        )
        yield TurnEnded(outcome)

    def _invoke(
        self, sent: _Sent, language: Language
    ) -> Generator[TurnEvent, None, dict[str, Any] | None]:
        """Send a request, yield what comes, and return control if it is returned.

        Raises AgentFailed.
        """
        request = self._request(sent)
        traced = TracedCalls(
            self._operations,
            confirmed=sent.confirmed,
            declined=[] if sent.returned is None else sent.returned.declined,
            new_id=self._new_id,
            session_id=self._session_id,
            session_attributes=request["sessionState"]["sessionAttributes"],
            input_text=self._said,
            agent=self._agent,
        )
        control: dict[str, Any] | None = None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            with closing(self._client.invoke_agent(**request)["completion"]) as events:
                for event in events:
                    control = event.get("returnControl", control)
                    if text := decoder.decode(event.get("chunk", {}).get("bytes", b"")):
                        sent.has_said = True
                        yield Text(text)
                    if "trace" in event:
                        yield AgentTrace(as_json_ready(event["trace"]))
                        yield from traced.read(event["trace"])
                        self._learn(traced, sent)
        except FAILURES as error:
            raise AgentFailed(error, self._agent["agentId"], language) from error
        return control

    def _request(self, sent: _Sent) -> dict[str, Any]:
        attributes = {"user_id": self._user_id}
        state: dict[str, Any] = {"sessionAttributes": attributes}
        request = {
            **self._agent,
            "sessionId": self._session_id,
            "enableTrace": True,
            "sessionState": state,
        }
        if sent.returned is None:
            return request | {"inputText": sent.text}
        state |= sent.returned.state
        if sent.confirmed:
            attributes["request_id"] = sent.returned.request_id
        return request

    def _learn(self, traced: TracedCalls, sent: _Sent) -> None:
        """Remember what the answers that just came tell."""
        for checked, status, body in traced.new_answers():
            state = change_state(status, body)
            if state in {"done", "pending"}:
                self._known.learn(body)
            if checked.key not in {confirmed.key for confirmed in sent.confirmed}:
                continue
            sent.states[checked.key] = state
            if state != "unknown":
                self._in_doubt.remove(checked)
            if state in {"done", "pending"}:
                self._done.add(checked)


def _outcome(states: Collection[Settlement]) -> TurnOutcome:
    """Return how a turn ended in which the agent said something."""
    if "unknown" in states:
        return "failed"
    return "refused" if "refused" in states else "answered"


def _without_text(
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
