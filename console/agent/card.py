"""The question before a change: the bank's terms and warnings, as a person reads them.

All of it is made from the `confirmation` of the bank's answer, never from the arguments of a call
or from what a model says. What has no words here is shown under its own name.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from console.agent.events import ConfirmationAsked, Warned
from console.agent.language import Language
from console.agent.wording import KnownThings, money, printable

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
_LABELS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "to_holder": "A nombre de",
        "holder": "A nombre de",
        "to_account": "Cuenta que recibe",
        "from_account": "Desde",
        "account_id": "Cuenta",
        "description": "Concepto",
        "product_name": "Producto",
        "retailer_name": "Tienda",
        "retailer_id": "Clave de la tienda",
        "quantity": "Piezas",
        "unit_price": "Precio de una pieza",
        "benefit": "Beneficio",
        "months": "Mensualidades",
        "monthly_payment": "Cada mensualidad",
        "last_payment": "Última mensualidad",
        "cashback": "Te devuelven",
        "points": "Puntos",
        "name": "Nombre que diste",
        "alias": "Alias",
        "relationship": "Parentesco o relación",
        "left_today": "Límite que te queda hoy",
    },
    "en": {
        "to_holder": "Held by",
        "holder": "Held by",
        "to_account": "Account that receives",
        "from_account": "From",
        "account_id": "Account",
        "description": "For",
        "product_name": "Product",
        "retailer_name": "Shop",
        "retailer_id": "Shop's id",
        "quantity": "How many",
        "unit_price": "Price of one",
        "benefit": "Benefit",
        "months": "Instalments",
        "monthly_payment": "Each instalment",
        "last_payment": "Last instalment",
        "cashback": "You get back",
        "points": "Points",
        "name": "Name that you gave",
        "alias": "Alias",
        "relationship": "Relationship",
        "left_today": "Limit left today",
    },
}
_WARNINGS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "NEW_PAYEE": "Esta cuenta es nueva para ti: revisa bien de quién es.",
        "POSSIBLE_DUPLICATE": "En las últimas 24 horas ya se hizo lo mismo. Si confirmas, se hace "
        "otra vez.",
        "NAME_DIFFERS": "La cuenta está a nombre de otra persona, no del nombre que diste.",
        "CASH_FROM_CREDIT": "El dinero sale de una cuenta de crédito: es prestado, y el banco "
        "puede cobrarte por ello.",
        "IN_DOUBT": "La vez anterior no llegó respuesta. Si aquella sí se hizo, confirmar no la "
        "repite.",
    },
    "en": {
        "NEW_PAYEE": "This account is new to you: check well whose it is.",
        "POSSIBLE_DUPLICATE": "The same was already done in the last 24 hours. If you confirm, it "
        "is done again.",
        "NAME_DIFFERS": "The account is held by somebody of another name than the one you gave.",
        "CASH_FROM_CREDIT": "The money leaves a credit account: it is borrowed, and the bank may "
        "charge you for it.",
        "IN_DOUBT": "No answer came the last time. If it was done then, confirming does not do it "
        "again.",
    },
}
_NOT_KNOWN: Final[Mapping[Language, str]] = {
    "es": "el banco no lo dice",
    "en": "the bank does not tell",
}
_HOLDER: Final[Mapping[str, str]] = {"createTransfer": "to_holder", "addBeneficiary": "holder"}
"""Where the terms of an operation name the person whom they are about, when the bank knows."""

_BENEFITS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {"points": "puntos"},
    "en": {"points": "points"},
}
"""What people call a benefit where that is another word than the bank's."""

_AMOUNTS: Final = ("total_amount", "amount")
_ACCOUNTS: Final = ("to_account", "account_id", "from_account")
_MONEY: Final = frozenset(
    {*_AMOUNTS, "unit_price", "monthly_payment", "last_payment", "cashback", "left_today"}
)
_NEEDS_MORE_THAN_YES: Final = frozenset({"NEW_PAYEE", "NAME_DIFFERS"})
_REPEATED_CHARACTERS: Final = 4


def card(
    operation_id: str,
    arguments: Mapping[str, str],
    confirmation: Mapping[str, Any],
    known: KnownThings,
    language: Language,
    *,
    invocation_id: str,
) -> ConfirmationAsked:
    """Return the question about a call whose terms the bank told."""
    terms = confirmation["terms"]
    holder = _HOLDER.get(operation_id)
    amount = amount_of(terms)
    shown = {holder: _NOT_KNOWN[language]} if holder and holder not in terms else {}
    shown |= {name: value for name, value in terms.items() if name != "currency"}
    if amount is not None:
        headline = _money(amount, terms)
    else:
        headline = terms.get(holder) or terms.get("account_id") or ""
    if amount is not None and "left_today" in confirmation:
        shown["left_today"] = max(confirmation["left_today"] - amount, Decimal(0))
    return ConfirmationAsked(
        invocation_id=invocation_id,
        operation_id=operation_id,
        arguments=arguments,
        terms=terms,
        question=_QUESTIONS[language].get(
            operation_id, _QUESTION[language].format(operation=operation_id)
        ),
        headline=printable(headline),
        rows=tuple(
            (_LABELS[language].get(name, printable(name)), printable(value))
            for name, value in _rows(shown, terms, known, language, first=holder)
            if value != headline
        ),
        warnings=tuple(
            warned(warning["code"], language, warning["message"])
            for warning in confirmation["warnings"]
        ),
        must_repeat=_must_repeat(confirmation),
        expires_at=confirmation["expires_at"],
    )


def warned(code: str, language: Language, message: str = "") -> Warned:
    """Return a warning in the person's language; the bank's own words where there are no others."""
    return Warned(code, _WARNINGS[language].get(code, printable(message)))


def amount_of(terms: Mapping[str, Any]) -> Decimal | None:
    """Return what leaves the customer's account, in pesos, if anything does."""
    found = next((terms[name] for name in _AMOUNTS if name in terms), None)
    return None if found is None else Decimal(found)


def receiver_of(terms: Mapping[str, Any]) -> str | None:
    """Return the account that money is for, or will be, where the terms name it."""
    names = ("to_account",) if amount_of(terms) is not None else ("account_id",)
    return next((str(terms[name]) for name in names if name in terms), None)


def _rows(
    shown: Mapping[str, Any],
    terms: Mapping[str, Any],
    known: KnownThings,
    language: Language,
    *,
    first: str | None,
) -> Iterator[tuple[str, str]]:
    """Yield what is shown, by name: first whose account it is."""
    for name, value in sorted(shown.items(), key=lambda item: item[0] != first):
        if name in _MONEY:
            yield name, _money(value, terms)
        elif name in _ACCOUNTS:
            yield name, known.own_account(value, language)
        elif name == "benefit":
            yield name, _BENEFITS[language].get(value, str(value))
        else:
            yield name, str(value)


def _must_repeat(confirmation: Mapping[str, Any]) -> str | None:
    """Return what has to be typed back, if anything: the amount, or the end of the account."""
    if _NEEDS_MORE_THAN_YES.isdisjoint(w["code"] for w in confirmation["warnings"]):
        return None
    terms = confirmation["terms"]
    amount = amount_of(terms)
    if amount is not None:
        return f"{amount:.2f}"
    receiver = receiver_of(terms)
    return None if receiver is None else receiver[-_REPEATED_CHARACTERS:]


def _money(value: Any, terms: Mapping[str, Any]) -> str:
    return f"{money(value)} {terms.get('currency', 'MXN')}"
