"""DynamoDB in memory, with the methods of a boto3 client: strict where DynamoDB is strict.

It refuses what DynamoDB refuses, with its error codes. Arguments that it does not know are
TypeErrors, so no test passes because one was ignored. `tests/contract/test_dynamodb_in_memory.py`
holds it against a local AWS and against AWS's documentation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from tests.support.dynamodb.conditions import Placeholders, expressions_of
from tests.support.dynamodb.errors import ConditionalCheckFailedException, error, invalid
from tests.support.dynamodb.streams import StreamsClient
from tests.support.dynamodb.table import ReadPage, Surroundings, Table, Write, projected
from tests.support.dynamodb.transactions import Transactions
from tests.support.dynamodb.values import Record, Value, checked_record, copied, size_of
from tests.support.dynamodb.views import NO_TIME
from tests.support.dynamodb.writes import prepared

Arguments = Mapping[str, Any]
Answer = dict[str, Any]
Around = Callable[[str, Arguments, Callable[[Arguments], Answer]], Answer]
"""What stands around each call: the operation, its arguments, and what carries them out."""

MAX_BATCH_KEYS = 100
MAX_BATCH_BYTES = 16 * 1024 * 1024
READ_UNIT_BYTES = 4096
_RETURN_VALUES = {
    "Put": {"NONE", "ALL_OLD"},
    "Delete": {"NONE", "ALL_OLD"},
    "Update": {"NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"},
}


class StrictDynamoDB:
    """The tables of a definition, empty at first.

    `definitions` are properties of `AWS::DynamoDB::Table`. `lag` says how long after its write an
    item shows in indexes and in reads that are not consistent. `around` may fail a call, or let
    others in between.
    """

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedException)

    def __init__(
        self,
        definitions: Iterable[Mapping[str, Any]],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lag: Callable[[], timedelta] = lambda: NO_TIME,
        around: Around | None = None,
        shards: int = 1,
    ) -> None:
        self.around = around
        surroundings = Surroundings(now, lag)
        self._tables = {
            properties["TableName"]: Table(properties, surroundings, shards)
            for properties in definitions
        }
        self._transactions = Transactions(self._table, now)
        self.streams = {t.stream.arn: t.stream for t in self._tables.values() if t.stream}
        self.streams_client = StreamsClient(self.streams)

    def copy_from(self, other: "StrictDynamoDB") -> None:
        """Take over all items of another one with the same tables."""
        for name, table in self._tables.items():
            table.copy_from(other._tables[name])

    def add_missing_from(self, other: "StrictDynamoDB") -> None:
        """Take over the items of another one with the same tables whose keys are not there yet."""
        for name, table in self._tables.items():
            table.add_missing_from(other._tables[name])

    def table(self, name: str) -> Table:
        """Return a table, to look at its items behind all calls."""
        return self._table(name)

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise error(
                "ResourceNotFoundException",
                f"Requested resource not found: Table: {name} not found",
            )
        return self._tables[name]

    def _carry_out(
        self, operation: str, arguments: Arguments, method: Callable[..., Answer]
    ) -> Answer:
        if self.around is None:
            return method(**arguments)
        return self.around(operation, arguments, lambda changed: method(**changed))

    # --- One item -----------------------------------------------------------------------------

    def get_item(self, **arguments: Any) -> Answer:
        """GetItem."""
        return self._carry_out("GetItem", arguments, self._get_item)

    def _get_item(
        self,
        *,
        TableName: str,  # noqa: N803
        Key: Record,  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        ProjectionExpression: str | None = None,  # noqa: N803
        ExpressionAttributeNames: Mapping[str, str] | None = None,  # noqa: N803
    ) -> Answer:
        parsed, given = expressions_of(
            {"ProjectionExpression": ProjectionExpression}, ExpressionAttributeNames, None
        )
        item = self._table(TableName).get(checked_record(Key), consistent=ConsistentRead)
        paths: Any = parsed["ProjectionExpression"].tree if parsed else None
        return {} if item is None else {"Item": projected(item, paths, given)}

    def put_item(self, **arguments: Any) -> Answer:
        """PutItem."""
        return self._carry_out("PutItem", arguments, partial(self._write, "Put"))

    def update_item(self, **arguments: Any) -> Answer:
        """UpdateItem."""
        return self._carry_out("UpdateItem", arguments, partial(self._write, "Update"))

    def delete_item(self, **arguments: Any) -> Answer:
        """DeleteItem."""
        return self._carry_out("DeleteItem", arguments, partial(self._write, "Delete"))

    def _write(self, kind: str, **body: Any) -> Answer:
        returned = body.pop("ReturnValues", "NONE")
        on_failure = body.pop("ReturnValuesOnConditionCheckFailure", "NONE")
        if returned not in _RETURN_VALUES[kind] or on_failure not in {"NONE", "ALL_OLD"}:
            raise invalid("Return values set to invalid value")
        write = prepared(self._table, kind, body)
        before = write.table.item(write.primary)
        if not write.is_met():
            found = {"Item": copied(before)} if on_failure == "ALL_OLD" and before else {}
            raise error(
                "ConditionalCheckFailedException", "The conditional request failed", **found
            )
        after = write.result()
        write.table.write(write, after)
        return _returned(returned, before, after, write)

    # --- Several items ------------------------------------------------------------------------

    def batch_get_item(self, **arguments: Any) -> Answer:
        """BatchGetItem; the order of the answer is not that of the keys."""
        return self._carry_out("BatchGetItem", arguments, self._batch_get)

    def _batch_get(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        _check_batch(RequestItems)
        for name in RequestItems:
            self._table(name)
        responses: dict[str, list[Record]] = {name: [] for name in RequestItems}
        left: dict[str, dict[str, Any]] = {}
        size_bytes = 0
        for name, wanted in RequestItems.items():
            options = {option: v for option, v in wanted.items() if option != "Keys"}
            for key in wanted["Keys"]:
                answer = self._get_item(TableName=name, Key=key, **options)
                item = answer.get("Item")
                size_bytes += 0 if item is None else size_of(item)
                if size_bytes > MAX_BATCH_BYTES:
                    left.setdefault(name, {"Keys": [], **options})["Keys"].append(copied(key))
                elif item is not None:
                    responses[name].insert(0, item)
        return {"Responses": responses, "UnprocessedKeys": left}

    def transact_get_items(self, **arguments: Any) -> Answer:
        """TransactGetItems."""
        return self._carry_out("TransactGetItems", arguments, self._transactions.read)

    def transact_write_items(self, **arguments: Any) -> Answer:
        """TransactWriteItems; without a token each call is a request of its own."""
        return self._carry_out("TransactWriteItems", arguments, self._transactions.write)

    # --- Queries ------------------------------------------------------------------------------

    def query(self, **arguments: Any) -> Answer:
        """Query, with expressions."""
        return self._carry_out("Query", arguments, self._query)

    def _query(
        self,
        *,
        TableName: str,  # noqa: N803
        KeyConditionExpression: str,  # noqa: N803
        IndexName: str | None = None,  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        FilterExpression: str | None = None,  # noqa: N803
        ProjectionExpression: str | None = None,  # noqa: N803
        ExpressionAttributeNames: Mapping[str, str] | None = None,  # noqa: N803
        ExpressionAttributeValues: Mapping[str, Value] | None = None,  # noqa: N803
        ScanIndexForward: bool = True,  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        ExclusiveStartKey: Record | None = None,  # noqa: N803
        Select: str | None = None,  # noqa: N803
        ReturnConsumedCapacity: str = "NONE",  # noqa: N803
    ) -> Answer:
        parsed, given = expressions_of(
            {
                "KeyConditionExpression": KeyConditionExpression,
                "FilterExpression": FilterExpression,
                "ProjectionExpression": ProjectionExpression,
            },
            ExpressionAttributeNames,
            ExpressionAttributeValues,
        )
        trees: dict[str, Any] = {kind: one.tree for kind, one in parsed.items()}
        page = self._table(TableName).query(
            index=IndexName,
            consistent=ConsistentRead,
            condition=trees["KeyConditionExpression"],
            filter_=parsed.get("FilterExpression"),
            given=given,
            forward=ScanIndexForward,
            limit=_limit(Limit),
            start=None if ExclusiveStartKey is None else checked_record(ExclusiveStartKey),
        )
        answer = _answer(page, trees.get("ProjectionExpression"), given, Select)
        return answer | _consumed(
            TableName, page.size_bytes, ReturnConsumedCapacity, consistent=ConsistentRead
        )

    def scan(self, **arguments: Any) -> Answer:
        """Scan, with expressions."""
        return self._carry_out("Scan", arguments, self._scan)

    def _scan(
        self,
        *,
        TableName: str,  # noqa: N803
        IndexName: str | None = None,  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        FilterExpression: str | None = None,  # noqa: N803
        ProjectionExpression: str | None = None,  # noqa: N803
        ExpressionAttributeNames: Mapping[str, str] | None = None,  # noqa: N803
        ExpressionAttributeValues: Mapping[str, Value] | None = None,  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        ExclusiveStartKey: Record | None = None,  # noqa: N803
        Select: str | None = None,  # noqa: N803
        ReturnConsumedCapacity: str = "NONE",  # noqa: N803
    ) -> Answer:
        parsed, given = expressions_of(
            {
                "FilterExpression": FilterExpression,
                "ProjectionExpression": ProjectionExpression,
            },
            ExpressionAttributeNames,
            ExpressionAttributeValues,
        )
        trees: dict[str, Any] = {kind: one.tree for kind, one in parsed.items()}
        page = self._table(TableName).scan(
            index=IndexName,
            consistent=ConsistentRead,
            filter_=parsed.get("FilterExpression"),
            given=given,
            limit=_limit(Limit),
            start=None if ExclusiveStartKey is None else checked_record(ExclusiveStartKey),
        )
        answer = _answer(page, trees.get("ProjectionExpression"), given, Select)
        return answer | _consumed(
            TableName, page.size_bytes, ReturnConsumedCapacity, consistent=ConsistentRead
        )


def _check_batch(wanted: Mapping[str, Any]) -> None:
    keys = {name: [checked_record(key) for key in one["Keys"]] for name, one in wanted.items()}
    if not wanted or not all(keys.values()):
        raise invalid("Member must have length greater than or equal to 1")
    if sum(map(len, keys.values())) > MAX_BATCH_KEYS:
        raise invalid("Too many items requested for the BatchGetItem call")
    for one in keys.values():
        if any(key in one[:number] for number, key in enumerate(one)):
            raise invalid("Provided list of item keys contains duplicates")


def _limit(limit: int | None) -> int | None:
    if limit is not None and limit < 1:
        raise invalid("Limit must be greater than or equal to 1")
    return limit


def _consumed(table: str, size_bytes: int, wanted: str, *, consistent: bool) -> Answer:
    """Return the read units of a page: one for each 4 KB, and half of that where it may be old."""
    if wanted not in {"NONE", "TOTAL"}:
        raise TypeError(f"ReturnConsumedCapacity {wanted} is not known")
    if wanted == "NONE":
        return {}
    units = max(-(-size_bytes // READ_UNIT_BYTES), 1) * (1.0 if consistent else 0.5)
    return {"ConsumedCapacity": {"TableName": table, "CapacityUnits": units}}


def _answer(
    page: ReadPage,
    paths: Sequence[Any] | None,
    given: Placeholders,
    select: str | None,
) -> Answer:
    if select not in {None, "COUNT"}:
        raise TypeError(f"Select {select} is not known")
    answer: Answer = {"Count": len(page.items), "ScannedCount": page.read}
    if select is None:
        answer["Items"] = [projected(item, paths, given) for item in page.items]
    if page.last is not None:
        answer["LastEvaluatedKey"] = copied(page.last)
    return answer


def _returned(wanted: str, before: Record | None, after: Record | None, write: Write) -> Answer:
    shown = {"OLD": before, "NEW": after}.get(wanted[-3:])
    if shown is None:
        return {}
    if wanted.startswith("UPDATED"):
        touched = {write.given.steps(action.path)[0] for action in write.actions}
        shown = {name: value for name, value in shown.items() if name in touched}
    return {"Attributes": copied(shown)} if shown else {}
