"""Items in the order in which DynamoDB keeps them: a table, its replica that lags, its indexes."""

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.support.dynamodb.errors import invalid
from tests.support.dynamodb.values import MAX_KEY_BYTES, Record, size_of_value, sortable, type_of

PrimaryKey = tuple[Any, ...]
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The attributes of a key, partition key first, and their types."""

    names: tuple[str, ...]
    types: Mapping[str, str]

    @classmethod
    def of(cls, properties: Mapping[str, Any], types: Mapping[str, str]) -> "KeySchema":
        """Read a `KeySchema` as CloudFormation and CreateTable write it."""
        names = tuple(key["AttributeName"] for key in properties["KeySchema"])
        return cls(names, types)

    def of_item(self, item: Record) -> PrimaryKey:
        """Return what identifies an item in Python."""
        return tuple(sortable(item[name]) for name in self.names)

    def check(self, key: Record, *, whole: bool) -> None:
        """Check the key in an item, or one that stands alone (`whole`). Raises its refusals."""
        if whole and len(key) != len(self.names):
            raise invalid("The provided key element does not match the schema")
        for name, role in zip(self.names, MAX_KEY_BYTES, strict=False):
            if name not in key:
                raise invalid(
                    "The provided key element does not match the schema"
                    if whole
                    else "One or more parameter values were invalid: Missing the key "
                    f"{name} in the item"
                )
            self._check_attribute(name, role, key[name], whole=whole)

    def _check_attribute(
        self, name: str, role: str, value: Mapping[str, Any], *, whole: bool
    ) -> None:
        kind = type_of(dict(value))
        if kind != self.types[name]:
            raise invalid(
                "The provided key element does not match the schema"
                if whole
                else f"One or more parameter values were invalid: Type mismatch for key {name} "
                f"expected: {self.types[name]} actual: {kind}"
            )
        if not value[kind]:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key "
                f"attribute cannot contain an empty string value. Key: {name}"
            )
        if size_of_value(dict(value)) > MAX_KEY_BYTES[role]:
            raise invalid(
                "One or more parameter values were invalid: Size of "
                f"{'hashkey' if role == 'HASH' else 'rangekey'} has exceeded the maximum size "
                f"limit of {MAX_KEY_BYTES[role]} bytes"
            )


@dataclass(frozen=True, slots=True)
class Entry:
    """An item at its place: by sort key, then by the table's key where an index has twins."""

    place: tuple[Any, ...]
    item: Record


def place_of(entry: Entry) -> tuple[Any, ...]:
    """Return the place of an entry, for bisecting."""
    return entry.place


class View:
    """The items that have a key, by partition; when it lags, each write shows in its time."""

    def __init__(self, key: KeySchema, table_key: KeySchema, attributes: frozenset[str] | None):
        """Show these attributes of each item, or all of them with None."""
        self.key = key
        self._table_key = table_key
        self._attributes = attributes
        self._partitions: dict[Any, list[Entry]] = {}
        self._items: dict[PrimaryKey, Record] = {}
        self._coming: list[tuple[datetime, int, PrimaryKey, Record | None]] = []
        self._due: dict[PrimaryKey, datetime] = {}
        self._count = 0

    def copy(self) -> "View":
        """Return a view of the same items, which nothing changes in place."""
        made = View(self.key, self._table_key, self._attributes)
        made._partitions = {name: list(entries) for name, entries in self._partitions.items()}
        made._items = dict(self._items)
        made._coming, made._due = list(self._coming), dict(self._due)
        made._count = self._count
        return made

    def write_later(self, primary: PrimaryKey, item: Record | None, due: datetime) -> None:
        """Show a write from a moment on, and those of one item in their order."""
        due = max(due, self._due.get(primary, due))
        self._due[primary] = due
        self._count += 1
        heapq.heappush(self._coming, (due, self._count, primary, item))

    def catch_up(self, now: datetime) -> None:
        """Show the writes whose time has come."""
        while self._coming and self._coming[0][0] <= now:
            due, _, primary, item = heapq.heappop(self._coming)
            if self._due.get(primary) == due:
                del self._due[primary]
            self.write(primary, item)

    def write(self, primary: PrimaryKey, item: Record | None) -> None:
        """Show an item as it is now, or no longer."""
        before = self._items.pop(primary, None)
        if before is not None:
            partition = sortable(before[self.key.names[0]])
            entries = self._partitions[partition]
            del entries[bisect_left(entries, self._place_of(before, primary), key=place_of)]
            if not entries:
                del self._partitions[partition]
        if item is None or not all(name in item for name in self.key.names):
            return  # an index is sparse
        if self._attributes is not None:
            item = {name: item[name] for name in self._attributes if name in item}
        self._items[primary] = item
        entries = self._partitions.setdefault(sortable(item[self.key.names[0]]), [])
        insort(entries, Entry(self._place_of(item, primary), item), key=place_of)

    def _place_of(self, item: Record, primary: PrimaryKey) -> tuple[Any, ...]:
        return (*(sortable(item[name]) for name in self.key.names[1:]), *primary)

    def get(self, primary: PrimaryKey) -> Record | None:
        """Return an item by the table's key."""
        return self._items.get(primary)

    def partition(self, value: Any) -> list[Entry]:
        """Return the entries of a partition in the order of their sort keys."""
        return self._partitions.get(value, [])

    def __iter__(self) -> Iterator[Record]:
        """Return every item, partition by partition, in an order that stays the same."""
        for partition in sorted(self._partitions, key=str):
            yield from (entry.item for entry in self._partitions[partition])

    def place_of_start(self, start: Record) -> tuple[Any, ...]:
        """Return the place of a start key, whether an item is there or not."""
        return self._place_of(start, self._table_key.of_item(start))

    def key_of(self, item: Record) -> Record:
        """Return what `LastEvaluatedKey` says of an item."""
        names = dict.fromkeys((*self._table_key.names, *self.key.names))
        return {name: item[name] for name in names}

    def check_start(self, start: Record) -> None:
        """Check that a start key has the attributes and types of this view's keys."""
        names = {*self._table_key.names, *self.key.names}
        if start.keys() != names or any(
            type_of(start[name]) != self.key.types[name] or not start[name][type_of(start[name])]
            for name in names
        ):
            raise invalid("The provided starting key is invalid")


def slice_of(entries: list[Entry], sort: tuple[str, tuple[Any, ...]] | None) -> tuple[int, int]:
    """Return the bounds of the entries that a condition on the sort key chooses."""
    if sort is None:
        return 0, len(entries)

    def by_sort_key(entry: Entry) -> Any:
        return entry.place[0]

    operator, operands = sort
    left = bisect_left(entries, operands[0], key=by_sort_key)
    right = bisect_right(entries, operands[-1], key=by_sort_key)
    if operator == "begins_with":
        [prefix] = operands
        last = left
        while last < len(entries) and entries[last].place[0].startswith(prefix):
            last += 1
        return left, last
    return {
        "=": (left, right),
        "BETWEEN": (left, max(left, right)),
        "<": (0, left),
        "<=": (0, right),
        ">": (right, len(entries)),
        ">=": (left, len(entries)),
    }[operator]
