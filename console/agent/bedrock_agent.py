"""A deployed Bedrock agent, reached by `InvokeAgent`."""

import codecs
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from typing import Any, Final
from uuid import uuid4

from console.agent.bedrock import sentences
from console.agent.bedrock.agent_errors import FAILURES, AgentFailed
from console.agent.bedrock.asking import Asking
from console.agent.bedrock.returned import Returned, Wanted, called, returned_by
from console.agent.bedrock.sent import Sent, outcome, settlement, without_text
from console.agent.bedrock.tracing import TracedCalls, as_json_ready
from console.agent.calls import CallKey
from console.agent.confirmation import MAY_BE_DONE, settlement_sentence
from console.agent.events import (
    AgentTrace,
    ConfirmationAsked,
    ConfirmationGiven,
    ConfirmationSettled,
    Decision,
    Problem,
    Settlement,
    Text,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from console.agent.exchange import Send
from console.agent.language import Language
from console.agent.operations import AgentOperation
from console.agent.wording import KnownThings
from console.confirming import Mint, NotMinted
from shared.clock import Clock, system_clock

_MAX_ROUNDS: Final = 3
"""How often an agent may answer a refusal by asking for another confirmation."""


class BedrockAgent:
    """One conversation of one customer with a deployed agent.

    The agent runs in AWS and calls the action groups itself. What its schema marks with
    `x-requireConfirmation` comes back as returned control. The group's function then tells the
    terms, which the person is shown; the proof of the yes goes to the function in the attributes of
    the session. What the bank would not do is declined without asking anybody.
    """

    def __init__(
        self,
        client: Any,
        *,
        agent_id: str,
        agent_alias_id: str,
        user_id: str,
        operations: Mapping[str, AgentOperation],
        send: Send,
        mint: Mint,
        new_id: Callable[[], str] = lambda: str(uuid4()),
        clock: Clock = system_clock,
    ) -> None:
        """Take a `bedrock-agent-runtime` client that tries once: a retry says a thing twice.

        `send` asks the groups' functions for terms, and `mint` makes the proof of a yes.
        """
        self._client = client
        self._agent = {"agentId": agent_id, "agentAliasId": agent_alias_id}
        self._user_id = user_id
        self._operations = operations
        self._mint = mint
        self._new_id = new_id
        self._session_id = new_id()
        self._known = KnownThings()
        self._asking = Asking(
            send,
            user_id=user_id,
            session_id=self._session_id,
            known=self._known,
            new_id=new_id,
            clock=clock,
        )
        self._said = ""
        self._returned: Returned | None = None
        self._changed: Wanted | None = None
        self._in_doubt: dict[CallKey, Wanted] = {}
        self._rounds = 0

    def hear(self, text: str, language: Language) -> Iterator[TurnEvent]:
        """Answer what the person said; what waits for a confirmation is declined first.

        Bedrock ignores a text that comes with results, so it is told of the refusal by itself, and
        what it says to that is not shown.
        """
        self._said = text
        self._rounds = 0
        waiting = self._returned.undecided[:1] if self._returned is not None else []
        if self._changed is not None:
            waiting, self._changed = [self._changed], None
        for wanted in waiting:
            yield ConfirmationGiven(wanted.asked_id, "DENY", said_else=True)
        try:
            if self._returned is not None:
                is_free = yield from self._decline(self._returned, language)
                if not is_free:
                    return
            yield from self._turn(Sent(text=text), language)
        except AgentFailed as failure:
            yield Problem(failure.code, str(failure))
            yield TurnEnded("failed")

    def resolve(
        self, invocation_id: str, decision: Decision, language: Language
    ) -> Iterator[TurnEvent]:
        """Take a decision; when all are taken, tell the agent. Raises KeyError for another id."""
        self._rounds = 0
        if self._changed is not None and self._changed.asked_id == invocation_id:
            yield from self._resolve_changed(self._changed, decision, language)
            return
        returned = self._returned
        if returned is None:
            raise KeyError(invocation_id)
        returned.of(invocation_id).decision = decision
        yield ConfirmationGiven(invocation_id, decision)
        yield from self._go_on(returned, language)

    def _resolve_changed(
        self, changed: Wanted, decision: Decision, language: Language
    ) -> Iterator[TurnEvent]:
        """Have the agent ask once more for what the person confirmed anew: it no longer waits."""
        self._changed = None
        yield ConfirmationGiven(changed.asked_id, decision)
        if decision == "DENY":
            yield TurnEnded("answered")
            return
        try:
            sent = Sent(text=sentences.ASK_AGAIN[language], again=changed)
            yield from self._turn(sent, language)
        except AgentFailed as failure:
            yield Problem(failure.code, str(failure))
            yield self._not_sent(changed, language)
            yield TurnEnded("failed")

    def _go_on(
        self, returned: Returned, language: Language, outcome: TurnOutcome = "confirmation"
    ) -> Iterator[TurnEvent]:
        """Ask about the next call, or tell the agent what was decided of all."""
        self._returned = returned
        while returned.undecided:
            asked = yield from self._question(returned.undecided[0], language)
            if asked is not None:
                yield asked
                yield TurnEnded(outcome)
                return
        self._rounds += not returned.confirmed
        if self._rounds > _MAX_ROUNDS:
            yield Problem("STILL_ASKING", sentences.STILL_ASKING[language])
            yield TurnEnded("failed")
            return
        try:
            self._sign(returned)
        except NotMinted as error:
            message = sentences.NOT_SIGNED[language].format(reason=error)
            yield Problem("NOT_SIGNED", message)
            for wanted in returned.confirmed:
                yield self._settled(wanted, "refused", message)
            returned.forget_confirmations()
            yield from self._go_on(returned, language, "failed")
            return
        yield from self._tell(returned, language)

    def _sign(self, returned: Returned) -> None:
        """Make the proof of every yes. Raises NotMinted."""
        for wanted in returned.confirmed:
            if wanted.proof is None:
                assert wanted.confirmation is not None
                wanted.proof = self._mint(wanted.confirmation["challenge"])

    def _tell(self, returned: Returned, language: Language) -> Iterator[TurnEvent]:
        """Tell the agent what was decided, and go on with what it does then."""
        sent = Sent(returned=returned)
        new_doubts = sent.calls.keys() - self._in_doubt.keys()
        self._in_doubt |= sent.calls
        self._returned = None
        try:
            yield from self._turn(sent, language)
        except AgentFailed as failure:
            yield Problem(failure.code, str(failure))
            if not failure.may_have_acted:
                for key in new_doubts:
                    del self._in_doubt[key]
            yield from self._after_failure(sent, returned, failure, language)

    def _after_failure(
        self, sent: Sent, returned: Returned, failure: AgentFailed, language: Language
    ) -> Iterator[TurnEvent]:
        """Say what is known of the calls that were let go ahead; ask again where that helps."""
        left = [w for w in returned.confirmed if w.key not in sent.states]
        doubts = [w for w in left if w.key in self._in_doubt]
        for wanted in left:
            if wanted in doubts:
                yield self._settled(wanted, "unknown", settlement_sentence("unknown", language))
            else:
                yield self._not_sent(wanted, language)
        if failure.is_refused:
            yield Problem(
                "NOT_WAITING", (sentences.IN_DOUBT if doubts else sentences.GONE)[language]
            )
        elif left and not sent.states:
            said = MAY_BE_DONE if doubts else sentences.NOT_SENT
            yield Problem("NO_ANSWER", said[language])
            returned.forget_confirmations()
            yield from self._go_on(returned, language, "failed")
            return
        elif not returned.confirmed:
            self._returned = returned  # to be declined before anything else is said
        yield TurnEnded("failed")

    def _decline(self, returned: Returned, language: Language) -> Generator[TurnEvent, None, bool]:
        """Decline what waits, and what the agent then asks for instead; tell if it gave up."""
        if returned.confirmed:
            may_be_done = any(w.key in self._in_doubt for w in returned.confirmed)
            yield Problem("NOTHING_DONE", sentences.NOTHING_DONE[may_be_done][language])
        for wanted in returned.confirmed:
            if wanted.key not in self._in_doubt:
                yield self._not_sent(wanted, language, sentences.NOTHING_DONE[False])
        for _ in range(_MAX_ROUNDS):
            returned.decline()
            try:
                control = yield from without_text(self._invoke(Sent(returned=returned), language))
            except AgentFailed as failure:
                if not failure.is_refused:
                    raise
                control = None  # the session is over, and with it what waited
            self._returned = None
            if control is None:
                return True
            self._returned = returned = self._taken(control)
        yield Problem("STILL_ASKING", sentences.STILL_ASKING[language])
        yield TurnEnded("failed")
        return False

    def _turn(self, sent: Sent, language: Language) -> Iterator[TurnEvent]:
        """Send a request, and end the turn or ask for what the agent wants confirmed."""
        control = yield from self._invoke(sent, language)
        for wanted in sent.confirmed:
            if wanted.key not in sent.states:
                sent.states[wanted.key] = "unknown"
                yield self._settled(wanted, "unknown", settlement_sentence("unknown", language))
        if control is not None:
            yield from self._introduce(self._taken(control, sent.again), sent, language)
            return
        if sent.again is not None:
            yield self._not_sent(sent.again, language, sentences.NOT_ASKED_AGAIN)
        if not sent.has_said:
            yield Problem("EMPTY_ANSWER", sentences.EMPTY[language])
        changed = [w for w in sent.confirmed if sent.states[w.key] == "changed"]
        asked = (yield from self._question(changed[0], language)) if changed else None
        if asked is not None:
            self._changed = changed[0]
            yield asked
            yield TurnEnded("confirmation")
            return
        yield TurnEnded(outcome(sent.states.values()) if sent.has_said else "failed")

    def _taken(self, control: Mapping[str, Any], again: Wanted | None = None) -> Returned:
        """Return control with what is known already of the calls in it."""
        returned = returned_by(control, self._operations, self._new_id)
        for wanted in returned.undecided:
            if wanted.key in self._in_doubt:
                wanted.take_up(self._in_doubt[wanted.key])
            elif again is not None and wanted.key == again.key:
                wanted.take_up(again)
                wanted.asked_id, wanted.decision = again.asked_id, "CONFIRM"
        return returned

    def _introduce(self, returned: Returned, sent: Sent, language: Language) -> Iterator[TurnEvent]:
        """Say what of the returned control is not asked about, and ask about the rest."""
        self._returned = returned
        if sent.again is not None and not returned.confirmed:
            yield self._not_sent(sent.again, language, sentences.NOT_ASKED_AGAIN)
        left_out = [wanted for wanted in returned.wanted if wanted.checked is None]
        names = ", ".join(dict.fromkeys(called(wanted) for wanted in left_out))
        if len(left_out) == len(returned.wanted):
            yield Problem(
                "NOT_CONFIRMABLE", sentences.NOT_CONFIRMABLE[language].format(wanted=names)
            )
            yield TurnEnded("failed")
            return
        if left_out:
            yield Problem("NOT_ASKED", sentences.ONE_AT_A_TIME[language].format(wanted=names))
        yield from self._go_on(returned, language)

    def _question(
        self, wanted: Wanted, language: Language
    ) -> Generator[TurnEvent, None, ConfirmationAsked | None]:
        """Return the question about a call; None where it is declined without one."""
        is_in_doubt = wanted.key in self._in_doubt
        return self._asking.question(wanted, language, said=self._said, is_in_doubt=is_in_doubt)

    def _invoke(
        self, sent: Sent, language: Language
    ) -> Generator[TurnEvent, None, dict[str, Any] | None]:
        """Send a request, yield what comes, and return control if it is returned.

        What the agent says is shown when it is known that it does not wait for the person: beside
        a question, its words would be taken for the bank's. Raises AgentFailed.
        """
        request = self._request(sent)
        traced = TracedCalls(
            self._operations,
            confirmed=[w.checked for w in sent.confirmed if w.checked is not None],
            declined=[] if sent.returned is None else sent.returned.declined,
            new_id=self._new_id,
            session_id=self._session_id,
            session_attributes=request["sessionState"]["sessionAttributes"],
            input_text=self._said,
            agent=self._agent,
        )
        control: dict[str, Any] | None = None
        said: list[str] = []
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            with closing(self._client.invoke_agent(**request)["completion"]) as events:
                for event in events:
                    control = event.get("returnControl", control)
                    if text := decoder.decode(event.get("chunk", {}).get("bytes", b"")):
                        said.append(text)
                    if "trace" in event:
                        yield AgentTrace(as_json_ready(event["trace"]))
                        yield from traced.read(event["trace"])
                        yield from self._learn(traced, sent, language)
        except FAILURES as error:
            raise AgentFailed(error, self._agent["agentId"], language) from error
        if control is None:
            sent.has_said = bool(said)
            yield from map(Text, said)
        return control

    def _request(self, sent: Sent) -> dict[str, Any]:
        """Return the request; the proofs of an earlier one leave the attributes of the session."""
        proofs = "" if sent.returned is None else sent.returned.proofs
        state: dict[str, Any] = {
            "sessionAttributes": {"user_id": self._user_id, "confirmation": proofs}
        }
        request = {
            **self._agent,
            "sessionId": self._session_id,
            "enableTrace": True,
            "sessionState": state,
        }
        if sent.returned is None:
            return request | {"inputText": sent.text}
        state |= sent.returned.state
        return request

    def _learn(self, traced: TracedCalls, sent: Sent, language: Language) -> Iterator[TurnEvent]:
        """Remember what the answers that just came tell, and say it of what was confirmed."""
        confirmed = sent.calls
        for checked, status, body in traced.new_answers():
            state = settlement(status, body)
            if state in {"done", "pending"}:
                self._known.learn(body)
            if checked.key not in confirmed:
                continue
            sent.states[checked.key] = state
            if state != "unknown":
                self._in_doubt.pop(checked.key, None)
            yield self._settled(confirmed[checked.key], state, settlement_sentence(state, language))

    @staticmethod
    def _settled(wanted: Wanted, state: Settlement, message: str) -> ConfirmationSettled:
        return ConfirmationSettled(wanted.asked_id, state, message)

    def _not_sent(
        self, wanted: Wanted, language: Language, why: sentences.Sentence = sentences.NOT_SENT
    ) -> ConfirmationSettled:
        """Say that what was confirmed did not even reach the bank."""
        return self._settled(wanted, "refused", why[language])
