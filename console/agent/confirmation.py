"""Asking a person to confirm a call: what exactly will be done, and what to look at twice."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from console.agent.calls import CheckedCall
from console.agent.events import ConfirmationAsked
from console.agent.language import Language
from console.agent.wording import KnownThings, money, readable_amount
from shared.clock import Clock

_LATELY: Final = timedelta(minutes=10)
_FIRST_REFUSAL: Final = 400

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
_UNKNOWN_DESTINATION: Final[Mapping[Language, str]] = {
    "es": "Esa cuenta no es tuya ni de un beneficiario que hayamos visto aquí: revísala bien.",
    "en": "That account is neither yours nor of a beneficiary seen here: check it well.",
}
SETTLED: Final[Mapping[bool, Mapping[Language, str]]] = {
    True: {
        "es": "Lo que confirmaste sí quedó hecho.",
        "en": "What you confirmed was done.",
    },
    False: {
        "es": "Lo que confirmaste no se hizo: el banco lo rechazó.",
        "en": "What you confirmed was not done: the bank refused it.",
    },
}
"""What is certain of a confirmed call, by whether it was done, when the rest of the turn failed."""

_QUANTITY: Final = re.compile(r"[2-9]|[1-9][0-9]{1,5}")
UNANSWERED: Final[Mapping[Language, str]] = {
    "es": "La vez anterior no llegó respuesta. Si aquella sí se hizo, confirmar no la repite.",
    "en": "No answer came the last time. If it was done then, confirming does not do it again.",
}


class DoneLately:
    """The confirmed calls of the last minutes, to point out that exactly one is wanted again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: list[tuple[datetime, str, Mapping[str, str]]] = []

    def add(self, checked: CheckedCall) -> None:
        """Remember a call that was done now."""
        self._done.append((self._clock(), checked.operation.operation_id, checked.arguments))

    def has(self, checked: CheckedCall) -> bool:
        """Tell whether the same call was done lately."""
        since = self._clock() - _LATELY
        wanted = (checked.operation.operation_id, checked.arguments)
        return any(at >= since and (done, given) == wanted for at, done, given in self._done)


def is_done(status: int, body: Mapping[str, Any]) -> bool:
    """Tell whether an answer says that a change was made, rather than refused or failed."""
    return status < _FIRST_REFUSAL and body.get("status") != "failed"


def ask_to_confirm(
    checked: CheckedCall,
    known: KnownThings,
    language: Language,
    *,
    invocation_id: str,
    done_before: bool,
) -> ConfirmationAsked:
    """Return the question about a call, made from its arguments and never from a model's words."""
    operation_id = checked.operation.operation_id
    warnings = [_AGAIN[language]] if done_before else []
    destination = checked.arguments.get("to_account")
    if destination is not None and not known.is_known_destination(destination):
        warnings.append(_UNKNOWN_DESTINATION[language])
    return ConfirmationAsked(
        invocation_id=invocation_id,
        operation_id=operation_id,
        arguments=checked.arguments,
        question=_QUESTIONS[language].get(
            operation_id, _QUESTION[language].format(operation=operation_id)
        ),
        details=(
            *(known.detail(name, value, language) for name, value in checked.arguments.items()),
            *_total(checked.arguments),
        ),
        warnings=tuple(warnings),
    )


def _total(arguments: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what several pieces come to, where the arguments tell."""
    quantity, price = (
        arguments.get("quantity", ""),
        readable_amount(arguments.get("unit_price", "")),
    )
    if _QUANTITY.fullmatch(quantity) and price is not None:
        yield "Total", f"{money(price * int(quantity))} MXN"
