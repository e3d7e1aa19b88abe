"""Typed access to DynamoDB items: plain Python values in and out, one client for all tables."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.attribute_values import from_attribute, to_attribute
from shared.meanwhile import Begin, T, at_once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

Place = tuple[str, Item]
"""A table, and the key of an item in it."""

Read = Callable[[Mapping[str, Any]], Item]
"""Turns an item of DynamoDB's attribute values into one of Python values."""

_MAX_BATCH_KEYS = 100
"""Of one BatchGetItem, by DynamoDB's rule."""

_THROTTLED = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})
_PASSING = _THROTTLED | {"None", "ConditionalCheckFailed", "TransactionConflict"}
"""Why a transaction is cancelled that may be committed when it is decided or tried again."""

_watch: ContextVar["Watch | None"] = ContextVar("watch", default=None)


def serialize(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn Python values into DynamoDB's attribute values."""
    return {
        name: {"S": value} if isinstance(value, str) else to_attribute(value)
        for name, value in item.items()
    }


def deserialize(item: Mapping[str, Any]) -> Item:
    """Turn DynamoDB's attribute values into Python values; numbers are Decimal."""
    return {
        name: value["S"] if "S" in value else from_attribute(value) for name, value in item.items()
    }


class Put(NamedTuple):
    """Write a whole item when the condition holds."""

    table: str
    item: Item
    condition: str
    values: Mapping[str, Any] | None = None

    def entry(self) -> dict[str, Any]:
        """Return the entry for `TransactWriteItems`."""
        return {
            "Put": {
                "TableName": self.table,
                "Item": serialize(self.item),
                "ConditionExpression": self.condition,
                **_expression_values(self.values),
            }
        }


class Update(NamedTuple):
    """Change attributes of an item when the condition holds.

    `names` are the placeholders for attributes whose names DynamoDB reserves.
    """

    table: str
    key: Item
    expression: str
    condition: str
    values: Mapping[str, Any]
    names: Mapping[str, str] | None = None

    def entry(self) -> dict[str, Any]:
        """Return the entry for `TransactWriteItems`."""
        return {
            "Update": {
                "TableName": self.table,
                "Key": serialize(self.key),
                "UpdateExpression": self.expression,
                "ConditionExpression": self.condition,
                **_expression_names(self.names),
                **_expression_values(self.values),
            }
        }


class ConditionCheck(NamedTuple):
    """Write nothing, and let the transaction be committed only when the condition holds."""

    table: str
    key: Item
    condition: str
    values: Mapping[str, Any] | None = None
    names: Mapping[str, str] | None = None

    def entry(self) -> dict[str, Any]:
        """Return the entry for `TransactWriteItems`."""
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": serialize(self.key),
                "ConditionExpression": self.condition,
                **_expression_names(self.names),
                **_expression_values(self.values),
            }
        }


Write = Put | Update | ConditionCheck


def unchanged(
    table: str, key: Item, item: Item | None, moving: Container[str] = ()
) -> ConditionCheck:
    """Check that an item is still as it was read but for what is `moving`, or still absent."""
    if item is None:
        [name, *_] = key
        return ConditionCheck(table, key, "attribute_not_exists(#0)", names={"#0": name})
    attributes = dict(enumerate(n for n in item if n not in key and n not in moving))
    return ConditionCheck(
        table,
        key,
        " AND ".join(["attribute_exists(#k)", *(f"#{n} = :{n}" for n in attributes)]),
        values={f":{n}": item[name] for n, name in attributes.items()},
        names={"#k": next(iter(key)), **{f"#{n}": name for n, name in attributes.items()}},
    )


class TransactionCancelled(Exception):
    """DynamoDB committed none of the writes. `reasons` has a code for each, in order."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)

    @property
    def is_throttled(self) -> bool:
        """Whether an item or its table takes no more for now."""
        return not _THROTTLED.isdisjoint(self.reasons)


class StartKeyRefused(Exception):
    """The key to go on from is not a position of this Query."""


class Page(NamedTuple):
    """Items of one Query or Scan, and the key to go on from when there may be more.

    `read` counts what was read for it, and so what a filter passed over as well; `units` are the
    read units that DynamoDB charged.
    """

    items: list[Item]
    last_key: Item | None
    read: int = 0
    units: float = 0.0


class Asked(NamedTuple):
    """A Query that was made, and the items that it found. What is `moving` in them proves nothing.

    `ask` makes it once more and returns what it finds then.
    """

    ask: Callable[[], list[Item]]
    found: list[Item]
    is_of_index: bool
    moving: Container[str]


class Watch:
    """What is read for one decision: the first read of each item, Queries, what was read ahead."""

    def __init__(self) -> None:
        self.reads: dict[object, tuple[str, Item, Item | None, Container[str]]] = {}
        self.queries: list[Asked] = []
        self.ahead: dict[object, Item | None] = {}


class DynamoDB:
    """The operations of DynamoDB that this system uses."""

    def __init__(self, client: "DynamoDBClient", begin: Begin = at_once) -> None:
        self._client = client
        self._begin = begin

    def describe(self) -> None:
        """Make a call that tells and changes nothing."""
        self._client.describe_endpoints()

    def get(self, table: str, key: Item, *, moving: Container[str] = ()) -> Item | None:
        """Read one item, strongly consistent.

        `moving` are the attributes that every other change may move, such as a balance.
        """
        watch, name = _watch.get(), name_of(table, key)
        if watch is not None and name in watch.ahead:
            item = watch.ahead.pop(name)
        else:
            answer = self._client.get_item(TableName=table, Key=serialize(key), ConsistentRead=True)
            item = deserialize(answer["Item"]) if "Item" in answer else None
        if watch is not None:
            watch.reads.setdefault(name, (table, key, item, moving))
        return item

    def read_ahead(self, *places: Place) -> None:
        """Read items at once, strongly consistent, for the next `get` of each within `watched`.

        What DynamoDB leaves unanswered in a batch is left to that `get`. Only what `get` then takes
        is checked: what is read and not looked at decides nothing.
        """
        watch = _watch.get()
        if watch is None:
            return
        wanted = {name_of(table, key): (table, key) for table, key in places}
        requests: dict[str, Any] = {}
        for table, key in wanted.values():
            request = requests.setdefault(table, {"Keys": [], "ConsistentRead": True})
            request["Keys"].append(serialize(key))
        answer = self._client.batch_get_item(RequestItems=requests)
        watch.ahead.update(dict.fromkeys(wanted))
        for table, left in answer["UnprocessedKeys"].items():
            for key in map(deserialize, left["Keys"]):
                watch.ahead.pop(name_of(table, key), None)
        key_names = {table: tuple(key) for table, key in wanted.values()}
        for table, items in answer["Responses"].items():
            for item in map(deserialize, items):
                key = {name: item[name] for name in key_names[table]}
                watch.ahead[name_of(table, key)] = item

    def read_ahead_beside(self, ask: Callable[[], T], *places: Place) -> T:
        """Read ahead, and ask something else of DynamoDB at the same time; return its answer."""
        wait = self._begin(ask)
        try:
            self.read_ahead(*places)
        finally:
            answer = wait()
        return answer

    def batch_get(self, table: str, keys: Sequence[Item]) -> Iterator[Item]:
        """Yield the items of these distinct keys that there are, in any order.

        Eventually consistent: for what decides nothing. Each call answers at least one key, or
        fails.
        """
        assert _watch.get() is None, "nothing may be decided on what lags"
        for first in range(0, len(keys), _MAX_BATCH_KEYS):
            wanted: Any = [serialize(key) for key in keys[first : first + _MAX_BATCH_KEYS]]
            while wanted:
                answer = self._client.batch_get_item(RequestItems={table: {"Keys": wanted}})
                yield from map(deserialize, answer["Responses"].get(table, []))
                left = answer["UnprocessedKeys"].get(table)
                wanted = left["Keys"] if left else []

    @contextmanager
    def watched(self) -> Iterator[Watch]:
        """Collect what is read meanwhile, for `shared.proofs`."""
        watch = Watch()
        token = _watch.set(watch)
        try:
            yield watch
        finally:
            _watch.reset(token)

    def query(
        self,
        table: str,
        *,
        condition: str,
        values: Mapping[str, Any],
        index: str | None = None,
        filter_: str | None = None,
        names: Mapping[str, str] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        start_key: Item | None = None,
        moving: Container[str] = (),
        read: Read = deserialize,
    ) -> Page:
        """Run one Query: strongly consistent on the table, eventually consistent on an index.

        `limit` bounds the items that are read before the filter; 1 MB bounds them in any case.
        `moving` are attributes as for `get`; `read` turns an item into Python values. Raises
        StartKeyRefused when `start_key` lies outside the Query.
        """
        arguments: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ScanIndexForward": not newest_first,
            "ReturnConsumedCapacity": "TOTAL",
            **_expression_names(names),
            **_expression_values(values),
        }
        optional = {
            "IndexName": index,
            "ConsistentRead": None if index else True,
            "FilterExpression": filter_,
            "Limit": limit,
            "ExclusiveStartKey": serialize(start_key) if start_key else None,
        }
        arguments.update({name: value for name, value in optional.items() if value is not None})
        try:
            answer = self._client.query(**arguments)
        except ClientError as error:
            if start_key and error.response["Error"]["Code"] == "ValidationException":
                raise StartKeyRefused from None
            raise
        page = _page(answer, read)
        watch = _watch.get()
        if watch is not None:
            again = partial(self._found, arguments, read)
            watch.queries.append(Asked(again, page.items, index is not None, moving))
        return page

    def _found(self, arguments: Any, read: Read) -> list[Item]:
        return _page(self._client.query(**arguments), read).items

    def scan(self, table: str, *, limit: int) -> Page:
        """Read the first `limit` items of a small table, eventually consistent.

        For what decides nothing.
        """
        assert _watch.get() is None, "nothing may be decided on what lags"
        return _page(
            self._client.scan(TableName=table, Limit=limit, ReturnConsumedCapacity="TOTAL")
        )

    def query_all(self, table: str, *, limit: int, **query: Any) -> Iterator[Item]:
        """Yield the items of a Query across its pages, `limit` at most."""
        start_key: Item | None = None
        left = limit
        while left > 0:
            page = self.query(table, limit=left, start_key=start_key, **query)
            yield from page.items
            left -= len(page.items)
            start_key = page.last_key
            if start_key is None:
                return

    def transact(self, writes: Sequence[Write]) -> None:
        """Commit all writes or none.

        Raises TransactionCancelled with the reason of each when it may go otherwise another time,
        and ValueError when what another program stored cannot be changed so.
        """
        try:
            self._client.transact_write_items(TransactItems=[w.entry() for w in writes])  # type: ignore[misc]
        except ClientError as error:
            cancelled: Any = error.response.get("CancellationReasons", [])
            reasons = [reason["Code"] for reason in cancelled]
            is_cancelled = error.response["Error"]["Code"] == "TransactionCanceledException"
            if not is_cancelled or not _PASSING.issuperset({*reasons} - {"ValidationError"}):
                raise
            if "ValidationError" in reasons and "ConditionalCheckFailed" not in reasons:
                raise ValueError("nothing can be added to a stored number, as to 1E+100") from None
            raise TransactionCancelled(reasons) from None

    def count_delivery(self, table: str, key: Item, *, delivered_at: str) -> None:
        """Add one to the deliveries of a request on record, and note the moment (ISO 8601)."""
        self._client.update_item(
            TableName=table,
            Key=serialize(key),
            UpdateExpression="SET delivered_at = :now ADD deliveries :one",
            ConditionExpression="attribute_exists(request_id)",
            ExpressionAttributeValues=serialize({":one": 1, ":now": delivered_at}),
        )


def name_of(table: str, key: Item) -> object:
    """Return what tells an item from all others."""
    return table, frozenset(key.items())


def _page(answer: Any, read: Read = deserialize) -> Page:
    last_key = answer.get("LastEvaluatedKey")
    return Page(
        items=[*map(read, answer["Items"])],
        last_key=deserialize(last_key) if last_key else None,
        read=answer["ScannedCount"],
        units=answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0),
    )


def _expression_names(names: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the argument, or none at all: DynamoDB refuses an empty one."""
    return {"ExpressionAttributeNames": dict(names)} if names else {}


def _expression_values(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"ExpressionAttributeValues": serialize(values)} if values else {}
