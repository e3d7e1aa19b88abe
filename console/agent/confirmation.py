"""The question before a call: what exactly will be done, and the warnings."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from console.agent.calls import CallKey, CheckedCall
from console.agent.events import ConfirmationAsked, Settlement, Warned
from console.agent.language import Language
from console.agent.wording import KnownThings, money, readable_amount
from shared.clock import Clock

_LATELY: Final = timedelta(minutes=10)
_FIRST_REFUSAL: Final = 400
_FIRST_FAILURE: Final = 500

_QUESTIONS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "createTransfer": "¿Hago esta transferencia?",
        "createPurchase": "¿Hago esta compra?",
        "addBeneficiary": "¿Agrego a este beneficiario?",
    },
    "en": {
        "createTransfer": "Shall I make this transfer?",
        "createPurchase": "Shall I make this purchase?",
        "addBeneficiary": "Shall I add this beneficiary?",
    },
}
_QUESTION: Final[Mapping[Language, str]] = {
    "es": "¿Hago esto ({operation})?",
    "en": "Shall I do this ({operation})?",
}
_AGAIN: Final[Mapping[Language, str]] = {
    "es": "Hace poco ya hiciste exactamente lo mismo. Si confirmas, se hace otra vez.",
    "en": "You did exactly the same a short while ago. If you confirm, it is done again.",
}
_ALIKE_IN_DOUBT: Final[Mapping[Language, str]] = {
    "es": "Algo casi igual que confirmaste antes quedó sin respuesta y puede haberse hecho. Si "
    "confirmas esto, se hace aparte.",
    "en": "Something almost the same that you confirmed before got no answer and may have been "
    "done. If you confirm this, it is done besides.",
}
_UNKNOWN_DESTINATION: Final[Mapping[Language, str]] = {
    "es": "Esa cuenta no es tuya ni de un beneficiario que hayamos visto aquí: revísala bien.",
    "en": "That account is neither yours nor of a beneficiary seen here: check it well.",
}
_STATE_SENTENCES: Final[Mapping[Settlement, Mapping[Language, str]]] = {
    "changed": {
        "es": "Los términos ya no son los que viste, o pasó demasiado tiempo: no se hizo nada. "
        "Estos son los de ahora.",
        "en": "The terms are no longer those that you saw, or it took too long: nothing was done. "
        "These are the present ones.",
    },
    "done": {
        "es": "Lo que confirmaste sí quedó hecho.",
        "en": "What you confirmed was done.",
    },
    "pending": {
        "es": "Lo que confirmaste quedó registrado y sigue en camino: pregunta después cómo acabó.",
        "en": "What you confirmed is registered and under way: ask later how it ended.",
    },
    "refused": {
        "es": "Lo que confirmaste no se hizo: el banco lo rechazó.",
        "en": "What you confirmed was not done: the bank refused it.",
    },
    "unknown": {
        "es": "No sé si lo que confirmaste se hizo. Si pides lo mismo otra vez, no se hará dos "
        "veces.",
        "en": "I do not know whether what you confirmed was done. If you ask for the same again, "
        "it is not done twice.",
    },
}
_DIFFERENT_STATES: Final[Mapping[Language, str]] = {
    "es": "De lo que confirmaste no todo acabó igual: pregunta qué pasó antes de repetir algo.",
    "en": "Not all that you confirmed ended alike: ask what happened before you repeat anything.",
}
MAY_BE_DONE: Final[Mapping[Language, str]] = {
    "es": "No sé si lo que confirmaste se hizo. Puedes confirmar otra vez: aunque ya se haya "
    "hecho, no se hará dos veces.",
    "en": "I do not know whether what you confirmed was done. You can confirm again: even if it "
    "was done, it will not be done twice.",
}

_QUANTITY: Final = re.compile(r"[2-9]|[1-9][0-9]{1,5}")
_UNANSWERED: Final[Mapping[Language, str]] = {
    "es": "La vez anterior no llegó respuesta. Si aquella sí se hizo, confirmar no la repite.",
    "en": "No answer came the last time. If it was done then, confirming does not do it again.",
}


class DoneLately:
    """The confirmed calls of the last minutes, to point out that exactly one is wanted again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: list[tuple[datetime, CallKey]] = []

    def add(self, checked: CheckedCall) -> None:
        """Remember a call that was done now."""
        self._done.append((self._clock(), checked.key))

    def has(self, checked: CheckedCall) -> bool:
        """Tell whether the same call was done lately."""
        since = self._clock() - _LATELY
        return any(at >= since and done == checked.key for at, done in self._done)


class InDoubt:
    """The confirmed calls that may have been done, each with the request id it was sent under."""

    def __init__(self) -> None:
        self._sent: dict[CallKey, tuple[CheckedCall, str]] = {}

    def __contains__(self, checked: CheckedCall) -> bool:
        return checked.key in self._sent

    @property
    def calls(self) -> list[CheckedCall]:
        """The calls themselves."""
        return [checked for checked, _ in self._sent.values()]

    def request_id(self, checked: CheckedCall) -> str | None:
        """Return the id that keeps the same call from being done twice, if it is in doubt."""
        return self._sent[checked.key][1] if checked in self else None

    def add(self, checked: CheckedCall, request_id: str) -> None:
        """Remember a call that is sent now, until `remove`."""
        self._sent[checked.key] = (checked, request_id)

    def remove(self, checked: CheckedCall) -> None:
        """Forget a call of which it is known what became of it."""
        self._sent.pop(checked.key, None)


def change_state(status: int, body: Mapping[str, Any]) -> Settlement:
    """Return what an answer says of a change.

    A bank that fails does not know itself whether the change was committed.
    """
    if status >= _FIRST_FAILURE:
        return "unknown"
    if status >= _FIRST_REFUSAL or body.get("status") in {"failed", "cancelled"}:
        return "refused"
    return "pending" if body.get("status") == "pending" else "done"


def settlement_sentence(state: Settlement, language: Language) -> str:
    """Return what became of a confirmed call, for the person."""
    return _STATE_SENTENCES[state][language]


def state_sentence(states: Iterable[Settlement], language: Language) -> str:
    """Return what is known of confirmed calls when the rest of their turn failed."""
    different = set(states)
    return (
        _STATE_SENTENCES[different.pop()][language]
        if len(different) == 1
        else _DIFFERENT_STATES[language]
    )


def ask_to_confirm(
    checked: CheckedCall,
    known: KnownThings,
    language: Language,
    *,
    invocation_id: str,
    done_before: bool,
    in_doubt: Collection[CheckedCall],
) -> ConfirmationAsked:
    """Return the question about a call, made from its arguments and never from a model's words.

    `in_doubt` are the calls that were confirmed before and may have been done.
    """
    operation_id = checked.operation.operation_id
    is_in_doubt = any(other.key == checked.key for other in in_doubt)
    warnings = []
    if is_in_doubt:
        warnings.append(Warned("IN_DOUBT", _UNANSWERED[language]))
    elif any(other.gist == checked.gist for other in in_doubt):
        warnings.append(Warned("ALIKE_IN_DOUBT", _ALIKE_IN_DOUBT[language]))
    elif done_before:
        warnings.append(Warned("POSSIBLE_DUPLICATE", _AGAIN[language]))
    destination = checked.arguments.get("to_account")
    if destination is not None and not known.is_known_destination(destination):
        warnings.append(Warned("UNKNOWN_DESTINATION", _UNKNOWN_DESTINATION[language]))
    return ConfirmationAsked(
        invocation_id=invocation_id,
        operation_id=operation_id,
        arguments=checked.arguments,
        terms={},
        headline="",
        question=_QUESTIONS[language].get(
            operation_id, _QUESTION[language].format(operation=operation_id)
        ),
        rows=(
            *(known.detail(name, value, language) for name, value in checked.arguments.items()),
            *_total(checked.arguments),
        ),
        warnings=tuple(warnings),
        is_in_doubt=is_in_doubt,
    )


def _total(arguments: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what several pieces come to, where the arguments tell."""
    quantity, price = (
        arguments.get("quantity", ""),
        readable_amount(arguments.get("unit_price", "")),
    )
    if _QUANTITY.fullmatch(quantity) and price is not None:
        yield "Total", f"{money(price * int(quantity))} MXN"
