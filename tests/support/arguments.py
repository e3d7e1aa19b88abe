"""For every declared operation: arguments that are right, and values that are wrong for a field."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from action_groups import all_groups
from action_groups.core_banking.operations.transactions import Day
from action_groups.marketplace.models import EXAMPLE_PURCHASE
from shared import json_text
from shared.decoding import _base_type, _is_stand_in
from shared.dynamodb import serialize
from shared.models import Line, PageToken
from shared.operations import Operation
from shared.payments import (
    PENDING,
    PaymentCompleted,
    end_key,
    money_key,
    payment_key,
    purchase_key,
)
from tests.support.dynamodb import StrictDynamoDB
from tests.support.tables import PREFIX
from tests.support.world import SETTINGS, World, seed_all, seeded_tables, world

OPERATIONS = [operation for group in all_groups() for operation in group]
ON_AGENT_DOOR = [operation for operation in OPERATIONS if operation.path]
ON_BUS_DOOR = [o for o in OPERATIONS if o.failure_event and not o.is_step]
STEPS = [operation for operation in OPERATIONS if operation.is_step]
"""Operations whose events come from other groups, and which answer nobody."""

RIGHT = {operation.operation_id: operation.example_arguments for operation in OPERATIONS}
"""The arguments of every operation's example, which a furnished bank answers with success."""


def furnish(bank: World) -> None:
    """Add what the examples speak of: all that the seeds add, which is as the seeds have it."""
    taken = {"user_id": "user-maria", "account_id": "acc-maria-credit"}
    bank.client.delete_item(TableName=f"{PREFIX}-accounts", Key=serialize(taken))
    if isinstance(bank.client, StrictDynamoDB):
        bank.client.add_missing_from(seeded_tables())
    else:
        seed_all(bank.client)


@contextmanager
def furnished(**settings: Any) -> Iterator[World]:
    """Yield a bank with what the examples speak of, under the settings of tests but for these."""
    with world() as bank:
        furnish(bank)
        bank.rebuild(settings=SETTINGS._replace(**settings))
        yield bank


def prove(bank: World, step: Operation) -> None:
    """Add what makes the example of a step true: its purchase, the decision on its payment, and the
    money of one that is made.
    """
    payment = RIGHT[step.operation_id]
    key = purchase_key("user-maria", payment["purchase_id"]) or {}
    made_at = key["timestamp_purchase_id"].partition("#")[0]
    item = {
        **key,
        **dict.fromkeys(("created_at", "pending_since", "ask_at"), made_at),
        "product_id": EXAMPLE_PURCHASE.product_id,
        "quantity": 1,
        "total_amount": payment["amount"],
        "status": PENDING,
        "benefit_applied": payment["benefit"],
        **{name: payment[name] for name in ("purchase_id", "account_id", "retailer_id")},
        **{name: payment[name] for name in ("cashback", "points")},
    }
    bank.put("purchases", **item)
    ended = {"request_id": end_key("user-maria", step.example_request)}
    bank.client.delete_item(TableName=f"{PREFIX}-requests", Key=serialize(ended))
    events = [json_text.dumps({"event_type": step.event_type, "data": payment})]
    if step.event_type != "PAYMENT_REQUEST":
        decided = payment_key("user-maria", step.example_request)
        bank.put("requests", request_id=decided, events=events)
    if isinstance(step.example_request, PaymentCompleted):
        told = {"purchase_id": payment["purchase_id"], "amount": -payment["amount"]}
        place = money_key(step.example_request) or {}
        bank.put("transactions", **place, user_id="user-maria", type="payment", **told)


_CONTROL = ["a\nb", "a\x00b", "\u202eabc", "a\u2066b", "\u200b", "a\u2028b", "\ud800"]
_LIKE_THE_BANKS = [
    *("hermano (trabajo)", "«hermano»", "a <b>", "hermano acc-juan-checking"),
    "hermano \u0430\u0441\u0441-juan-checking",
]
"""The last one with Cyrillic letters, which look the same."""
_NOT_TEXT = [0, 1, -1, 1.5, True, False, [], ["acc-maria"], {}, {"a": 1}, math.nan, math.inf]
_OUTSIDE_ASCII = ["acc maria", "acc-maría", "０１", " "]
_BAD_DAY = [
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


_NOT_BOOLEAN = ["", " ", "yes", "sí", "t", "1", "0", "null", "[true]", "true\n"]


def wrong_values(operation: Operation, name: str, *, as_text: bool) -> Iterator[Any]:
    """Yield values that a field cannot have, by its type and its constraints.

    `as_text` when the front door delivers text. A stand-in for no value is wrong for a required
    field only.
    """
    field = operation.request_model.model_fields[name]
    yield from (
        value
        for value in [*_values_of_no_field(field, name, as_text=as_text), None]
        if field.is_required() or not _is_stand_in(value)
    )


def _values_of_no_field(field: FieldInfo, name: str, *, as_text: bool) -> Iterator[Any]:
    kind = _base_type(field.annotation)
    if kind in (Decimal, int):
        yield from _BAD_NUMBER
        yield from _NOT_NUMBER if as_text else [*_NOT_NUMBER, "1", "100.00"]
        yield from [1.5, 10**13, "1.5", "9999999999999"] if kind is int else [0.1 + 0.2, 10**10]
    elif kind is bool:
        yield from [0, 1, 1.5, [], {}, math.nan, *_NOT_BOOLEAN]
        yield from [] if as_text else ["true", "false"]
    elif get_origin(kind) is Literal:
        yield from [*_NOT_TEXT, "", "x" * 100_000, *_CONTROL, "null"]
        for allowed in get_args(kind):
            yield from [allowed.swapcase(), f"{allowed}s", f" {allowed}"]
    elif kind is str:
        yield from [*_NOT_TEXT, *_wrong_texts([*field.metadata, *_rules(field.annotation)])]
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from [0, True, "x", [], {}, dict.fromkeys(kind.model_fields, 5), math.nan]
    else:
        raise TypeError(f"{name}: agents pass no values of {kind}")


def _rules(annotation: Any) -> list[Any]:
    """Return the constraints and validators of an annotation, also of what is optional in it."""
    found = [
        rule
        for entry in getattr(annotation, "__metadata__", ())
        for rule in getattr(entry, "metadata", [entry])
    ]
    return [*found, *(rule for part in get_args(annotation) for rule in _rules(part))]


def _wrong_texts(rules: list[Any]) -> Iterator[str]:
    """Yield texts that no field with these rules can have."""
    yield from ["", "x" * 100_000, "\ud800"]
    yield from ("x" * (rule.max_length + 1) for rule in rules if hasattr(rule, "max_length"))
    if rules == _rules(PageToken):
        return  # what it holds is decided when the page is read
    yield from [*_CONTROL, "\t"]
    if any(getattr(rule, "pattern", None) for rule in rules):
        yield from _OUTSIDE_ASCII
    if _rules(Line)[-1] in rules:
        yield from _LIKE_THE_BANKS
    if _rules(Day)[-1] in rules:
        yield from _BAD_DAY


def as_text(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return the arguments as Bedrock delivers them."""
    return {name: str(value) for name, value in arguments.items()}
