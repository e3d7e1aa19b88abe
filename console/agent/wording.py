"""How amounts, accounts, people and products are written for a person, in both languages."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from console.agent.language import Language

ACCOUNT_TYPES: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "checking": "cuenta de cheques",
        "savings": "cuenta de ahorro",
        "credit": "tarjeta de crédito",
    },
    "en": {
        "checking": "checking account",
        "savings": "savings account",
        "credit": "credit card",
    },
}

BENEFIT_REFUSALS: Final[Mapping[str, str]] = {
    "UNREADABLE": "La tienda no dice bien en qué consiste.",
    "OUT_OF_STOCK": "No hay suficientes piezas.",
    "NOT_YET_VALID": "Todavía no empieza.",
    "EXPIRED": "Ya terminó.",
    "BELOW_MINIMUM": "La compra no llega al mínimo que pide.",
    "TOTAL_TOO_SMALL": "El total es demasiado chico.",
    "NEEDS_CREDIT_ACCOUNT": "Se paga con una tarjeta de crédito activa, y no tienes.",
    "INSUFFICIENT_CREDIT": "No te alcanza el crédito disponible.",
}
"""Why a benefit cannot be had, in Spanish, by the bank's `reason_code`."""

_MAX_DIGITS: Final = 30
"""An amount with more than these is nothing that a person could read, or a memory hold."""

_HARMLESS: Final = frozenset("\n\t\u200d")
"""Line breaks, and what joins the parts of an emoji."""


def printable(text: str) -> str:
    """Return a text without control characters.

    A name in a table, or a model, must not steer a terminal or turn around what is confirmed.
    """
    return "".join(
        c if c in _HARMLESS or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text
    )


def benefit_refusal(option: Mapping[str, Any], language: Language) -> str:
    """Return why an option of compareBenefits cannot be had; the bank's own sentence in English."""
    if language == "en":
        return str(option["reason"])
    return BENEFIT_REFUSALS.get(option.get("reason_code", ""), "")


def money(amount: Decimal | int | str) -> str:
    """Return an amount in pesos as it is written in Mexico: $1,500.50."""
    value = Decimal(amount)
    return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"


@dataclass
class KnownThings:
    """The names of what the bank's answers of one conversation told of, by identifier."""

    own_accounts: dict[str, str] = field(default_factory=dict)
    """Types of the customer's accounts."""
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Names and aliases of beneficiaries, by account."""
    products: dict[str, str] = field(default_factory=dict)
    """Names of products."""

    def learn(self, answer: Any) -> None:
        """Remember what an answer, or a part of one, names."""
        if isinstance(answer, list):
            for element in answer:
                self.learn(element)
        if not isinstance(answer, Mapping):
            return
        match answer:
            case {"account_id": str(account), "account_type": str(account_type)}:
                self.own_accounts[account] = account_type
            case {
                "account_id": str(account),
                "beneficiary_id": _,
                "name": str(name),
                "alias": str(alias),
            }:
                self.people[account] = (name, alias)
            case {"product_id": str(product), "name": str(name)} | {
                "product_id": str(product),
                "product_name": str(name),
            }:
                self.products[product] = name
        for value in answer.values():
            self.learn(value)

    def account(self, account_id: str, language: Language) -> str:
        """Return what an account is called: whose it is, or of which type."""
        if account_id in self.people:
            name, alias = self.people[account_id]
            return f"{name}, «{alias}»" if language == "es" else f"{name}, “{alias}”"
        account_type = self.own_accounts.get(account_id)
        if account_type is None:
            return account_id
        known = ACCOUNT_TYPES[language].get(account_type, account_type)
        return f"tu {known}" if language == "es" else f"your {known}"

    def own_account(self, account_id: str, language: Language) -> str:
        """Return an account, with its type when it is the customer's own."""
        called = self.account(account_id, language)
        is_named = account_id in self.own_accounts and account_id not in self.people
        return f"{called} ({account_id})" if is_named else account_id


def readable_amount(value: str) -> Decimal | None:
    """Return the amount that a text is, or None when it is none that a person could read."""
    try:
        amount = Decimal(value) if value.isascii() else None
    except InvalidOperation:
        return None
    if amount is None or not amount.is_finite() or abs(amount.adjusted()) >= _MAX_DIGITS:
        return None
    return amount
