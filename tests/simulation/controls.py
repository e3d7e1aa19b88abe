"""Negative controls: each breaks one mechanism, and the simulation has to find it.

Most change what a function sends to DynamoDB, so they say which condition or write a guarantee
rests on, whatever the code that states it looks like.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from action_groups import load_group
from shared import json_text
from shared.confirmation import Asked, Proof, claimed
from shared.deliveries import delivery_key
from shared.dynamodb import deserialize
from shared.owed import owed_by
from tests.simulation.cloud import Break, Cloud
from tests.simulation.faults import Killed
from tests.support.dynamodb import StrictDynamoDB
from tests.support.dynamodb.expressions import parse
from tests.support.tables import PREFIX

Arguments = Mapping[str, Any]
Edit = Callable[[str, str, dict[str, Any]], dict[str, Any] | None]
"""From the kind of a write, its table and its body: the body that is sent, or None for none."""


class Changed(Break):
    """Changes the writes of each transaction."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit

    def effect(
        self, cloud: Cloud, operation: str, arguments: Arguments, do: Callable[[Arguments], Any]
    ) -> Any:
        if operation != "TransactWriteItems":
            return do(arguments)
        entries = []
        for entry in arguments["TransactItems"]:
            [(kind, body)] = entry.items()
            table = body["TableName"].removeprefix(f"{PREFIX}-")
            edited = self._edit(kind, table, dict(body))
            if edited is not None:
                entries.append({kind: edited})
        return do({**arguments, "TransactItems": entries}) if entries else {}


def without(table: str, marks: str, *, condition: str | None = None) -> Changed:
    """Forget the condition of the writes to a table whose text holds `marks`, or part of it."""

    def edit(kind: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        if name != table or marks not in _text(body):
            return body
        if condition is None:
            body.pop("ConditionExpression", None)
        else:
            body["ConditionExpression"] = body["ConditionExpression"].replace(condition, "")
        return _with_what_is_used(body)

    return Changed(edit)


def forgotten(table: str, marks: str) -> Changed:
    """Forget the writes to a table whose text holds `marks`."""
    return Changed(
        lambda _kind, name, body: None if name == table and marks in _text(body) else body
    )


def recorded(mark: str = "fingerprint", **attributes: Any) -> Changed:
    """Put other attributes into the record of a request, or into the item that has `mark`."""

    def edit(kind: str, table: str, body: dict[str, Any]) -> dict[str, Any]:
        if table == "requests" and mark in body.get("Item", {}):
            body["Item"] = body["Item"] | attributes
        return body

    return Changed(edit)


def _text(body: dict[str, Any]) -> str:
    item = body.get("Item", {})
    return " ".join(
        (
            body.get("UpdateExpression", ""),
            body.get("ConditionExpression", ""),
            *item,
            "credited" if not item.get("amount", {}).get("N", "-").startswith("-") else "",
        )
    )


def _with_what_is_used(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out the placeholders that no expression uses any more."""
    parsed = [parse(kind, body[kind]) for kind in body if kind.endswith("Expression")]
    for argument, used in (
        ("ExpressionAttributeNames", {name for one in parsed for name in one.names}),
        ("ExpressionAttributeValues", {name for one in parsed for name in one.values}),
    ):
        given = {name: value for name, value in body.pop(argument, {}).items() if name in used}
        if given:
            body[argument] = given
    return body


class OneByOne(Break):
    """Commits the writes of a transaction one after the other, and may die in between."""

    def effect(
        self, cloud: Cloud, operation: str, arguments: Arguments, do: Callable[[Arguments], Any]
    ) -> Any:
        if operation != "TransactWriteItems":
            return do(arguments)
        for number, entry in enumerate(reversed(arguments["TransactItems"])):
            if number and cloud.random.random() < 0.02:
                raise Killed
            do({"TransactItems": [entry]})
        return {}


class PublishedBefore(Break):
    """Publishes what a change owes before it is committed."""

    def effect(
        self, cloud: Cloud, operation: str, arguments: Arguments, do: Callable[[Arguments], Any]
    ) -> Any:
        for entry in arguments.get("TransactItems", ()):
            for envelope in owed_by(deserialize(entry.get("Put", {}).get("Item", {}))):
                cloud.publish_text("event-relay", json_text.dumps(envelope))
        return do(arguments)


class FailuresUnread(Break):
    """Tells the relay that the bus took every entry."""

    def accepted(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in answer["Entries"]]}


class FirstRecordOnly(Break):
    """Gives the relay the first record of each batch as if it were all."""

    def batch(self, records: list[Any]) -> list[Any]:
        return records[:1]


class CancelledUnread(Break):
    """Tells a function that a transaction was committed which was not."""

    def effect(
        self, cloud: Cloud, operation: str, arguments: Arguments, do: Callable[[Arguments], Any]
    ) -> Any:
        try:
            return do(arguments)
        except Exception:
            if operation == "TransactWriteItems":
                return {}
            raise


class OwnerUnread(Break):
    """Reads an item of a table whoever owns it."""

    def __init__(self, table: str, name: str) -> None:
        self._table = f"{PREFIX}-{table}"
        self._name = name

    def effect(
        self, cloud: Cloud, operation: str, arguments: Arguments, do: Callable[[Arguments], Any]
    ) -> Any:
        answer = do(arguments)
        if operation == "GetItem" and arguments["TableName"] == self._table and not answer:
            return _of_anybody(cloud.database, self._table, self._name, arguments["Key"])
        if operation == "BatchGetItem" and self._table in arguments["RequestItems"]:
            asked = arguments["RequestItems"][self._table]
            left = answer["UnprocessedKeys"] | {self._table: asked}  # each is read by itself then
            return answer | {"UnprocessedKeys": left}
        return answer


def _of_anybody(database: StrictDynamoDB, table: str, name: str, key: Arguments) -> dict[str, Any]:
    for item in database.table(table):
        if item[name] == key[name]:
            return {"Item": dict(item)}
    return {}


class Patched(Break):
    """Puts something else in the place of a part of the code."""

    def __init__(self, target: str, new: object) -> None:
        self._target = target
        self._new = new

    @contextmanager
    def patched(self) -> Iterator[None]:
        with mock.patch(self._target, self._new):
            yield


class KeyedByEvent(Break):
    """Takes an operation's requests for different ones when their correlation ids are."""

    def __init__(self, group: str, event_type: str) -> None:
        self._group = group
        self._event_type = event_type

    @contextmanager
    def patched(self) -> Iterator[None]:
        group = load_group(self._group)
        broken = [
            o._replace(record_key=None) if o.event_type == self._event_type else o for o in group
        ]
        with mock.patch.object(group, "_operations", broken):
            yield


class _Agreeing:
    """Agrees with everything."""

    def __getitem__(self, _name: str) -> "_Agreeing":
        return self

    def __ne__(self, _other: object) -> bool:
        return False


def _believed(*_arguments: object) -> bool:
    return True


def _unchecked(*arguments: Any) -> tuple[Proof, Callable[[], None]]:
    proof, _ = claimed(*arguments)
    return proof, lambda: None


def _asked_by(*names: str) -> Break:
    """Leave all but these parts of a call out of the digest of what a proof is for."""

    def digest(asked: Asked) -> str:
        return hashlib.sha256(repr([getattr(asked, n) for n in names]).encode()).hexdigest()[:43]

    return Patched("shared.confirmation.Asked.digest", property(digest))


CONTROLS: dict[str, Break] = {
    "a debit without its conditions": without("accounts", "balance >="),
    "a credit forgotten": forgotten("accounts", "balance + "),
    "a record of the payee forgotten": forgotten("transactions", "credited"),
    "a request recorded over another": without("requests", "fingerprint"),
    "the window of a request forgotten": recorded("record_key", repeats_until_ms={"N": "0"}),
    "the content of a request not compared": Patched("shared.attempts.Attempt.fingerprint", "same"),
    "an order carried out however old": Patched(
        "shared.requests.RequestLedger._max_age", lambda _: timedelta.max
    ),
    "the attempt of a request not told apart": recorded(attempt_id={"S": "any"}),
    "a refusal without its proof": Changed(
        lambda kind, _table, body: None if kind == "ConditionCheck" else body
    ),
    "a payment decided for each correlation id": KeyedByEvent("core_banking", "PAYMENT_REQUEST"),
    "a payment not compared with its purchase": Patched(
        "action_groups.core_banking.operations.payment._agreeing_purchase",
        lambda caller, request, bank: bank.purchase(caller.user_id, request.purchase_id) or {},
    ),
    "the end of a payment believed": Patched(
        "action_groups.marketplace.store.MarketStore.decided_payment", lambda *_: _Agreeing()
    ),
    "the source of an event not checked": Patched(
        "shared.front_doors.eventbridge._check_source", lambda *_: None
    ),
    "a price that is no longer true": without(
        "products", "price =", condition=" AND price = :price"
    ),
    "nobody looks at what is pending": Patched("tests.simulation.cloud.sweep", lambda *_: None),
    "stock taken that is not there": without("products", "stock - "),
    "stock not given back": forgotten("products", "stock + "),
    "a transaction in parts": OneByOne(),
    "nothing owed to the bus": recorded(events={"L": []}),
    "published before it was committed": PublishedBefore(),
    "failed entries not counted": FailuresUnread(),
    "the rest of a batch forgotten": FirstRecordOnly(),
    "a cancelled transaction taken for committed": CancelledUnread(),
    "an account of somebody else": OwnerUnread("accounts", "account_id"),
    "a change without a yes": Patched("shared.deliveries.Delivery.is_preview", False),
    "a proof that nobody signed": Patched("shared.confirmation.KmsMacCheck.__call__", _believed),
    "a proof whose check nobody waits for": Patched("shared.service.claimed", _unchecked),
    "a proof of other arguments": _asked_by("user_id", "operation_id"),
    "a proof of another customer": _asked_by("operation_id", "fingerprint"),
    "other terms than were shown": Patched("shared.confirmation.Proof.has_shown", _believed),
    "a proof however old": Patched("shared.attempts.Attempt.is_too_late", False),
    "a request told from others by its customer alone": Patched(
        "shared.service.delivery_key", lambda *parts: delivery_key(*parts[:-1])
    ),
    "the day's limit not checked at the commit": without(
        "limits", "spent = spent", condition=" AND spent <= :room"
    ),
    "a day that begins twice": without("limits", "SET spent = :amount"),
    "a payee as it was, whoever paid it since": without("limits", "payments :one"),
    "transfers that no day counts": forgotten("limits", "spent"),
    "a purchase of somebody else": OwnerUnread("purchases", "timestamp_purchase_id"),
}
