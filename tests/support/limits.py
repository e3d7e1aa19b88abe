"""A bank with the limits that the template has, and transfers there with and without a yes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared.dynamodb import Write
from tests.support.world import SETTINGS, World, world

MARIA, SAVINGS, CREDIT = "acc-maria", "acc-maria-savings", "acc-maria-credit"
JUAN, EVA = "acc-juan", "acc-eva"
NEW_BENEFICIARY = {"name": "Eva Ruiz", "alias": "mi vecina", "account_id": EVA}
MIDNIGHT = datetime.fromisoformat("2026-11-23T06:00:00Z")
"""When the bank's day ends that the tests begin on: midnight in Mexico City."""
DEPLOYED = {
    "max_transfer_amount": Decimal(50000),
    "daily_transfer_limit": Decimal(12800),
    "new_payee_limit": Decimal(3000),
    "new_payee_hours": 24,
    "require_confirmation": "agents",
}
Answer = dict[str, Any]


def set_limits(bank: World, **changes: Any) -> None:
    bank.rebuild(settings=SETTINGS._replace(**(DEPLOYED | changes)))


@contextmanager
def bank_with_limits() -> Iterator[World]:
    """Yield a bank with the deployed limits, where María has long paid Juan and never Eva."""
    with world() as bank:
        bank.account("user-maria", MARIA, "200000.00", holder_name="María Pérez")
        bank.account("user-maria", SAVINGS, "200000.00", account_type="savings")
        credit = {"account_type": "credit", "credit_limit": Decimal(90000)}
        bank.account("user-maria", CREDIT, "0.00", **credit)
        bank.account("user-juan", JUAN, "0.00", holder_name="Juan López García")
        bank.account("user-eva", EVA, "0.00", holder_name="Eva Ruiz")
        bank.account("user-eva", "acc-eva-blocked", "0.00", status="blocked")
        bank.account("user-eva", "acc-eva-dollars", "0.00", currency="USD")
        long_paid(bank, JUAN)
        set_limits(bank)
        yield bank


def long_paid(bank: World, account_id: str, **attributes: Any) -> None:
    first = {"first_paid_at": "2026-01-01T00:00:00Z"}
    bank.put("limits", user_id="user-maria", subject=f"payee#{account_id}", **first | attributes)


def own_limit(bank: World, pesos: str, **attributes: Any) -> None:
    """Set the customer's own limit, as the bank's application does."""
    item = limits_of(bank, "transfers") | {"daily_limit": Decimal(pesos)} | attributes
    bank.put("limits", **{"user_id": "user-maria", "subject": "transfers"} | item)


def limits_of(bank: World, subject: str, user_id: str = "user-maria") -> dict[str, Any]:
    items = bank.items("limits")
    found = [item for item in items if (item["user_id"], item["subject"]) == (user_id, subject)]
    return found[0] if found else {}


def transfer(amount: str, to: str = JUAN, source: str = MARIA, **more: str) -> dict[str, Any]:
    return {"from_account": source, "to_account": to, "amount": amount, **more}


def asked(bank: World, arguments: Mapping[str, Any], **call: Any) -> Answer:
    """Return what a call without a proof is answered."""
    operation = call.pop("operation", "createTransfer")
    return bank.call(operation, yes=False, **call, **arguments)[1]


def confirmed(bank: World, terms: Answer, arguments: Mapping[str, Any], **call: Any) -> Answer:
    """Return what the call is answered once the customer has said yes to its terms."""
    proof = {"attributes": {"confirmation": bank.proof(terms)}}
    return asked(bank, arguments, **proof, **call)


def sent(bank: World, amount: str, to: str = JUAN, source: str = MARIA, **more: str) -> str | None:
    """Ask for the terms, say yes, and return the code of what came of it: None when it is done."""
    arguments = transfer(amount, to, source, **more)
    return code_of(bank.call("createTransfer", **arguments)[1])


def code_of(body: Answer) -> str | None:
    return body["error"]["code"] if "error" in body else None


def warned(body: Answer) -> list[str]:
    return [warning["code"] for warning in body["confirmation"]["warnings"]]


def of(subject: str) -> Callable[[Write], bool]:
    """Pick the writes to the items of limits whose subject begins so."""

    def is_meant(write: Write) -> bool:
        key = getattr(write, "key", {})
        return write.table.endswith("limits") and key["subject"].startswith(subject)

    return is_meant
