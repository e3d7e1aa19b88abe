"""The trail of one change: who asked, how, on which yes to which terms, and what became of it.

It is for an officer of the bank, and shows what is stored: names, accounts, amounts. A customer's
change is found by its key; an id alone is looked for in the whole table, on the local stack only.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from console import kept_terms
from console.deployment import Deployment
from console.errors import ConsoleError
from console.items import items_of
from shared import json_text
from shared.clock import to_iso
from shared.confirmation import terms_on
from shared.dynamodb import Item, serialize
from shared.ids import moment_of
from shared.observability import UNREADABLE
from shared.payments import end_key, payment_key

_REFUSED: Final = 400
_OF_THE_YES: Final = ("confirmation_id", "terms_digest", "terms", "warned")
_OF_THE_REQUEST: Final = ("user_id", "door", "correlation_id", "confirmation_id", "terms_digest")
_WIDTH: Final = 18


@dataclass(frozen=True, slots=True)
class Trail:
    """What is on record of one change.

    `change` is the item that keeps who asked: the payer's money record, the purchase or the
    beneficiary. `records` are the money records, `requests` the records of the request and of the
    steps that followed, as long as they are kept.
    """

    kind: str
    identifier: str
    change: Item
    records: list[Item] = field(default_factory=list)
    requests: list[Item] = field(default_factory=list)

    @property
    def is_confirmed(self) -> bool:
        """Whether it rests on a proof of the customer's yes."""
        return "confirmation_id" in self.change

    @property
    def disagreements(self) -> list[str]:
        """What on record does not agree with the yes, in sentences; empty when all does."""
        return list(self._disagreements())

    def _disagreements(self) -> Iterator[str]:
        change = self.change
        if kept_terms.is_kept_with(change) and not kept_terms.is_as_signed(change):
            yield (
                "the terms on record are not those that the customer said yes to: their digest is "
                "another one"
            )
        for name in kept_terms.contradictions(change):
            yield f"`{name}` is recorded otherwise than the terms say"
        for request in self.requests:
            if request["request_id"] == change.get("request_key"):
                for name in _differing(request, change, _OF_THE_REQUEST):
                    yield f"the record of the request has another `{name}`"
        if self.kind == "purchase":
            for record in self.records:
                for name in _differing(record, change, ("confirmation_id", "terms_digest")):
                    yield f"the record of the payment has another `{name}`"

    def payload(self, zone: ZoneInfo) -> dict[str, Any]:
        """Return all of it as JSON-ready values; moments in UTC and in the bank's time."""
        change = self.change
        told: dict[str, Any] = {
            "kind": self.kind,
            "id": self.identifier,
            **{name: change.get(name) for name in ("user_id", "door", "correlation_id")},
            "committed_at": _moment(change.get("created_at"), zone),
            "change": {n: v for n, v in change.items() if n not in {*_OF_THE_YES, "shown_at"}},
            "records": self.records,
            "requests": [_told(request) for request in self.requests],
            "disagreements": self.disagreements,
        }
        if self.is_confirmed:
            told["confirmation"] = {name: change.get(name) for name in _OF_THE_YES} | {
                "terms": terms_on(change),
                "shown_at": _moment(change.get("shown_at"), zone),
            }
        without: dict[str, Any] = json_text.without_nulls(told)
        return without


def show(
    deployment: Deployment,
    identifier: str,
    *,
    user_id: str | None,
    account_id: str | None,
    as_json: bool,
) -> int:
    """Print the trail of a change; return 0, or 1 when something on record does not agree.

    Raises ConsoleError when something on record cannot be read: nobody is shown half a trail.
    """
    try:
        trail = trail_of(deployment, identifier, user_id=user_id, account_id=account_id)
        told = trail.payload(deployment.bank_zone)
        text = json_text.dumps_readable(told) if as_json else "\n".join(_lines(trail, told))
    except UNREADABLE as error:
        raise ConsoleError(
            f"What is on record of `{identifier}` cannot be read ({type(error).__name__}): another "
            "program wrote it otherwise. Look at its items in the tables."
        ) from None
    print(text)
    return 1 if trail.disagreements else 0


def trail_of(
    deployment: Deployment, identifier: str, *, user_id: str | None, account_id: str | None
) -> Trail:
    """Return the trail of a transaction, a purchase, or a customer's beneficiary.

    Raises ConsoleError when there is none, or when nothing says whose it is in an AWS account.
    """
    tables = _Tables(deployment.cloud.client("dynamodb"), deployment.name_prefix)
    if user_id is None and account_id is not None:
        user_id = tables.owner(account_id)
    if user_id is None:
        if not deployment.cloud.is_local:
            raise ConsoleError(
                "Name --user or --account: an id alone would be looked for in the whole table."
            )
        print("looking through whole tables: no --user or --account says whose", file=sys.stderr)
    return find(tables, identifier, user_id)


class _Tables:
    """Reads the tables that keep trails; by key where the customer is known."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client, self._prefix = client, prefix

    def owner(self, account_id: str) -> str:
        """Return whose account it is. Raises ConsoleError."""
        found = self._query("accounts", "account-index", account_id=account_id)
        owners = {item["user_id"] for item in found}
        if len(owners) != 1:
            raise ConsoleError(f"{len(owners)} customers have an account `{account_id}`.")
        return str(owners.pop())

    def records(self, user_id: str | None, transaction_id: str) -> list[Item]:
        """Return the money records of a transaction, the customer's, or everybody's."""
        if user_id is None:
            return list(self._scan("transactions", transaction_id=transaction_id))
        key = _sort_key(transaction_id)
        if key is not None:
            query = {"user_id": user_id, "timestamp_txn_id": key}
            return list(self._query("transactions", "user-index", **query))
        found = self._query("transactions", "user-index", user_id=user_id)
        return [item for item in found if item["transaction_id"] == transaction_id]

    def legs(self, record: Item) -> list[Item]:
        """Return the records of a record's transaction, the payer's first."""
        accounts = dict.fromkeys(filter(None, map(record.get, ("from_account", "to_account"))))
        key = record["timestamp_txn_id"]
        return [
            leg
            for account in accounts or (record["account_id"],)
            for leg in self._query("transactions", account_id=account, timestamp_txn_id=key)
        ]

    def purchase(self, user_id: str | None, purchase_id: str) -> Item | None:
        """Return a purchase, the customer's, or anybody's."""
        if user_id is None:
            return next(self._scan("purchases", purchase_id=purchase_id), None)
        key = _sort_key(purchase_id)
        more = {} if key is None else {"timestamp_purchase_id": key}
        found = self._query("purchases", user_id=user_id, **more)
        return next((item for item in found if item["purchase_id"] == purchase_id), None)

    def beneficiary(self, user_id: str, beneficiary_id: str) -> Item | None:
        """Return one of a customer's people."""
        key = {"user_id": user_id, "beneficiary_id": beneficiary_id}
        return next(self._query("beneficiaries", **key), None)

    def requests(self, *keys: str | None) -> list[Item]:
        """Return the records of requests that are still kept, in the order of their keys."""
        return [item for key in keys if key for item in self._query("requests", request_id=key)]

    def _query(self, table: str, index: str | None = None, **key: str) -> Iterator[Item]:
        if {*map(type, key.values())} != {str}:
            raise TypeError("what should lead to another item is no text")
        consistent = {"ConsistentRead": True} if index is None else {"IndexName": index}
        condition = " AND ".join(f"#{name} = :{name}" for name in key)
        return self._paged("query", table, key, KeyConditionExpression=condition, **consistent)

    def _scan(self, table: str, **wanted: str) -> Iterator[Item]:
        condition = " AND ".join(f"#{name} = :{name}" for name in wanted)
        return self._paged("scan", table, wanted, FilterExpression=condition, ConsistentRead=True)

    def _paged(
        self, operation: str, table: str, values: Mapping[str, str], **request: Any
    ) -> Iterator[Item]:
        return items_of(
            getattr(self._client, operation),
            {
                "TableName": f"{self._prefix}-{table}",
                "ExpressionAttributeNames": {f"#{name}": name for name in values},
                "ExpressionAttributeValues": serialize({f":{n}": v for n, v in values.items()}),
                **request,
            },
        )


def find(tables: _Tables, identifier: str, user_id: str | None) -> Trail:
    """Return the trail of what has this id. Raises ConsoleError when nothing has."""
    purchase = tables.purchase(user_id, identifier)
    if purchase is not None:
        return _of_purchase(tables, purchase)
    for record in tables.records(user_id, identifier):
        return _of_record(tables, record)
    if user_id is not None and (person := tables.beneficiary(user_id, identifier)) is not None:
        return Trail(
            "beneficiary", identifier, person, requests=tables.requests(person.get("request_key"))
        )
    if user_id is None:
        raise ConsoleError(
            f"There is no transaction and no purchase `{identifier}`. A beneficiary is found with "
            "--user."
        )
    raise ConsoleError(
        f"`{user_id}` has no transaction, no purchase and no beneficiary `{identifier}`."
    )


def _of_record(tables: _Tables, record: Item) -> Trail:
    """Follow a record to what keeps its trail: its purchase, or else the payer's record."""
    legs = tables.legs(record)
    if "purchase_id" in record:
        for user_id in dict.fromkeys(leg["user_id"] for leg in (record, *legs)):
            purchase = tables.purchase(user_id, record["purchase_id"])
            if purchase is not None:
                return _of_purchase(tables, purchase)
    payer = next((leg for leg in legs if leg["account_id"] == leg.get("from_account")), record)
    return Trail(
        str(record["type"]),
        record["transaction_id"],
        payer,
        records=legs,
        requests=tables.requests(payer.get("request_key")),
    )


def _of_purchase(tables: _Tables, purchase: Item) -> Trail:
    user_id, paid = purchase["user_id"], purchase.get("transaction_id")
    named = _Named(purchase["purchase_id"])
    return Trail(
        "purchase",
        purchase["purchase_id"],
        purchase,
        records=[] if paid is None else tables.records(user_id, paid),
        requests=tables.requests(
            purchase.get("request_key"), payment_key(user_id, named), end_key(user_id, named)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """A purchase of which no more than the id is needed."""

    purchase_id: str


def _sort_key(identifier: str) -> str | None:
    """Return the sort key that an id of this system tells; None for an id that others gave."""
    moment = moment_of(identifier)
    return None if moment is None else f"{to_iso(moment)}#{identifier}"


def _differing(one: Item, other: Item, names: tuple[str, ...]) -> Iterator[str]:
    """Yield which of these attributes an item has otherwise than another one."""
    return (name for name in names if name in one and one[name] != other.get(name))


def _moment(text: str | None, zone: ZoneInfo) -> dict[str, str] | None:
    """Return a stored moment in UTC and on the bank's day; None for what is no moment."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo("UTC"))
    at_the_bank = moment.astimezone(zone)
    return {"utc": to_iso(moment), "bank": f"{at_the_bank:%Y-%m-%d %H:%M:%S} {zone.key}"}


def _told(request: Item) -> dict[str, Any]:
    """Return what the record of a request says became of it."""
    status = int(request["status"])
    answer = json_text.loads(request["answer"])
    events = [json_text.loads(text)["event_type"] for text in request["events"]]
    return {
        "request_id": request["request_id"],
        "operation": request["operation"],
        "outcome": "completed" if status < _REFUSED else f"refused {answer['error']['code']}",
        "decided_at": request["created_at"],
        "deliveries": int(request["deliveries"]),
        "events": events,
    }


# --- Showing ---------------------------------------------------------------------------------


def _lines(trail: Trail, told: dict[str, Any]) -> Iterator[str]:
    yield f"{trail.kind} {trail.identifier}"
    yield _line("asked by", told.get("user_id", "nobody knows"))
    yield _line("door", told.get("door", "not on record: older, or written by another program"))
    yield _line("correlation id", told.get("correlation_id", "not on record"))
    yield from _yes(told.get("confirmation"))
    yield _line("committed", _both(told.get("committed_at")))
    for record in trail.records:
        yield _line("money", f"{record['account_id']} {record['amount']:+,.2f}")
    for request in told["requests"]:
        events = ", ".join(request["events"]) or "none"
        yield _line("request", f"{request['operation']}: {request['outcome']}")
        yield _line("", f"decided {request['decided_at']}, deliveries {request['deliveries']}")
        yield _line("", f"events {events}")
    if not told["requests"]:
        yield _line("request", "its record is no longer kept, or was never made")
    for sentence in trail.disagreements:
        yield f"DOES NOT AGREE: {sentence}"


def _yes(confirmation: dict[str, Any] | None) -> Iterator[str]:
    if confirmation is None:
        yield _line("confirmation", "none: no proof of the customer's yes was asked for")
        return
    yield _line("confirmation", confirmation["confirmation_id"])
    yield _line("terms made", _both(confirmation.get("shown_at")))
    for name, value in confirmation.get("terms", {}).items():
        yield _line("terms", f"{name}: {value}")
    yield _line("warnings", ", ".join(confirmation.get("warned", ())) or "none")
    yield _line("digest of terms", confirmation.get("terms_digest", "not on record"))


def _both(moment: dict[str, str] | None) -> str:
    return "not on record" if moment is None else f"{moment['bank']}, {moment['utc']}"


def _line(label: str, text: str) -> str:
    return f"{label:{_WIDTH}}{text}"
