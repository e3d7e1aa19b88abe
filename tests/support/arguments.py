"""For every declared operation: arguments that are right, and values that are wrong for a field."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from action_groups import all_groups
from shared.decoding import _base_type
from shared.operations import Operation
from tests.support.world import World

OPERATIONS = [operation for group in all_groups() for operation in group]
ON_AGENT_DOOR = [operation for operation in OPERATIONS if operation.path]
ON_BUS_DOOR = [operation for operation in OPERATIONS if operation.failure_event]
STEPS = [operation for operation in OPERATIONS if operation.is_step]
"""Operations whose events come from other groups, and which answer nobody."""

_PAYMENT = {
    "purchase_id": "purchase-1",
    "account_id": "acc-maria",
    "amount": 100.1,
    "currency": "MXN",
    "retailer_id": "user-juan",
    "benefit": "cashback",
    "cashback": 10.5,
    "points": 20,
}

RIGHT: dict[str, dict[str, Any]] = {
    "getBalance": {"account_id": "acc-maria"},
    "createTransfer": {
        "from_account": "acc-maria",
        "to_account": "acc-juan",
        "amount": 100.1,
        "description": "Renta",
    },
    "listTransactions": {
        "account_id": "acc-maria",
        "from_date": "2026-11-01",
        "to_date": "2026-11-22T15:00:00-06:00",
        "type": "transfer",
        "limit": 5,
    },
    "payPurchase": _PAYMENT,
    "searchProducts": {
        "category": "electronics",
        "retailer_id": "retailer-azteca",
        "search": "televisor",
        "limit": 5,
    },
    "compareBenefits": {
        "product_id": "prod-tv",
        "retailer_id": "retailer-azteca",
        "quantity": 2,
    },
    "createPurchase": {
        "product_id": "prod-tv",
        "retailer_id": "retailer-azteca",
        "quantity": 2,
        "account_id": "acc-maria",
        "benefit": "cashback",
        "unit_price": 100.1,
    },
    "getPurchase": {"purchase_id": "purchase-1"},
    "listPurchases": {"limit": 5},
    "completePurchase": {**_PAYMENT, "transaction_id": "txn-1"},
    "failPurchase": {
        **_PAYMENT,
        "error": {"code": "INSUFFICIENT_FUNDS", "message": "There is too little."},
    },
    "resolveAlias": {"alias": "mi hermano"},
    "listBeneficiaries": {"limit": 5},
    "addBeneficiary": {
        "name": "Guadalupe Pérez",
        "alias": "Lupita",
        "account_id": "acc-juan",
        "relationship": "friend",
    },
}
"""Arguments in the types of JSON, which a furnished bank answers with success."""


def furnish(bank: World) -> None:
    """Add what the right arguments speak of."""
    bank.beneficiary("user-maria", "ben-1", "mi hermano")
    bank.product("prod-tv", name="Televisor", price=Decimal("100.10"))
    bank.put(
        "purchases",
        user_id="user-maria",
        timestamp_purchase_id="2026-11-01T00:00:00Z#purchase-1",
        purchase_id="purchase-1",
        product_id="prod-tv",
        retailer_id="retailer-azteca",
        quantity=1,
        total_amount=Decimal("100.10"),
        status="pending",
        created_at="2026-11-01T00:00:00Z",
    )


_CONTROL = ["a\nb", "a\x00b", "\u202eabc", "a\u2066b", "\u200b", "a\u2028b", "\ud800"]
_NOT_TEXT = [0, 1, -1, 1.5, True, False, [], ["acc-maria"], {}, {"a": 1}, math.nan, math.inf]
_BAD_TEXT = ["", "x" * 100_000, *_CONTROL]
_BAD_ID = [*_BAD_TEXT, " ", "acc maria", "acc-maría", "０１", "x" * 129]
_BAD_LINE = [*_BAD_TEXT, " ", "\t", "x" * 141]
_BAD_DAY = [
    *_BAD_TEXT,
    "yesterday",
    "22/11/2026",
    "2026-13-01",
    "2026-02-30",
    "2026-11-22T10:00:00",
    "2026-11-22 ",
    "20261122",
    "0000-01-01",
    "0001-01-01T00:00:00+23:59",
    "NaN",
    "２０２６-11-22",
]
_BAD_CHOICE = [*_BAD_TEXT, "Transfer", "transfers", " transfer", "mxn", "USD", "null"]
_NOT_NUMBER = [
    "",
    " ",
    "one",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e3",
    "１００",
    "+1",
    "-1",
    "-0",
    "0",
    "0.00",
    "0x10",
    "1_000",
    "1,500.50",
    "$100",
    "100 MXN",
    "100.001",
    ".5",
    "5.",
    "1\n",
    "true",
    "null",
    "[1]",
    '{"a":1}',
    "9" * 30,
    "9" * 10_000,
    "1" + "\u0660",
]
_BAD_NUMBER = [
    True,
    False,
    0,
    -1,
    -0.01,
    0.001,
    1e300,
    10**30,
    -(10**30),
    10**5000,
    math.nan,
    math.inf,
    -math.inf,
    [],
    [1],
    {},
    {"a": 1},
]


def wrong_values(operation: Operation, name: str, *, as_text: bool) -> Iterator[Any]:
    """Yield values that a field cannot have; `as_text` when the front door delivers text."""
    field = operation.request_model.model_fields[name]
    if field.is_required():
        yield None
    kind = _base_type(field.annotation)
    if kind in (Decimal, int):
        yield from _BAD_NUMBER
        yield from _NOT_NUMBER if as_text else [*_NOT_NUMBER, "1", "100.00"]
        yield from [1.5, 10**12 + 1, "1.5", "9999999999999"] if kind is int else [0.1 + 0.2, 10**10]
        return
    if name == "error":
        yield from [0, True, "x", [], {}, {"code": 5, "message": "x"}, {"code": "A"}, math.nan]
        return
    yield from _NOT_TEXT
    if name == "next_token":
        yield from ["", "x" * 1025, "\ud800"]
    elif name.endswith("_date"):
        yield from _BAD_DAY
    elif name in ("type", "currency"):
        yield from _BAD_CHOICE
    elif name.endswith(("_id", "_account")):
        yield from _BAD_ID
    else:
        yield from _BAD_LINE


def as_text(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments as Bedrock delivers them."""
    return {name: str(value) for name, value in arguments.items()}
