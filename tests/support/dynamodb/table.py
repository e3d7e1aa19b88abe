"""One table: its items, indexes that lag, and stream."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.support.dynamodb.conditions import Placeholders, holds, value_at
from tests.support.dynamodb.errors import invalid
from tests.support.dynamodb.expressions import Action, Condition, Parsed, Path
from tests.support.dynamodb.key_conditions import check_filter, is_within, read_key_condition
from tests.support.dynamodb.streams import Stream
from tests.support.dynamodb.updates import check_apart, check_update, updated
from tests.support.dynamodb.values import (
    MAX_ITEM_BYTES,
    Record,
    copied,
    size_of,
    sortable,
    type_of,
)
from tests.support.dynamodb.views import KeySchema, PrimaryKey, View, place_of, slice_of

MAX_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a table needs of its surroundings: the hour, and how late a write shows elsewhere."""

    now: Callable[[], datetime]
    lag: Callable[[], timedelta]


@dataclass(frozen=True, slots=True)
class Write:
    """A checked write of one item: what it becomes, decided when it is carried out."""

    table: "Table"
    primary: PrimaryKey
    key: Record
    kind: str
    item: Record
    actions: Sequence[Action]
    condition: Condition | None
    given: Placeholders

    def is_met(self) -> bool:
        """Tell whether the condition holds now."""
        if self.condition is None:
            return True
        return holds(self.condition, self.table.item(self.primary) or {}, self.given)

    def result(self) -> Record | None:
        """Return what the item becomes. Raises what DynamoDB refuses then."""
        if self.kind == "ConditionCheck":
            return self.table.item(self.primary)
        if self.kind == "Delete":
            return None
        if self.kind == "Put":
            return self.item
        before = self.table.item(self.primary)
        new = updated(before if before is not None else self.key, self.actions, self.given)
        self.table.check_item(new, is_update=True)
        return new


class ReadPage(NamedTuple):
    """The items of a page, how many and how much was read for it, and the last key."""

    items: list[Record]
    read: int
    size_bytes: int
    last: Record | None


class Table:
    """The items of a table, as its definition in CloudFormation's terms says."""

    def __init__(
        self, properties: Mapping[str, Any], surroundings: Surroundings, shards: int
    ) -> None:
        self.name: str = properties["TableName"]
        self._surroundings = surroundings
        types = {
            definition["AttributeName"]: definition["AttributeType"]
            for definition in properties["AttributeDefinitions"]
        }
        self.key = KeySchema.of(properties, types)
        self.key_names = frozenset(self.key.names)
        self._items = View(self.key, self.key, None)
        self._replica = View(self.key, self.key, None)
        self._indexes = {
            index["IndexName"]: View(
                KeySchema.of(index, types), self.key, _projected(index, self.key)
            )
            for index in properties.get("GlobalSecondaryIndexes", ())
        }
        streamed = properties.get("StreamSpecification")
        self.stream = Stream(self.name, streamed["StreamViewType"], shards) if streamed else None

    def copy_from(self, other: "Table") -> None:
        """Take over the items of a table with the same definition."""
        self._items = other._items.copy()
        self._replica = other._replica.copy()
        self._indexes = {name: view.copy() for name, view in other._indexes.items()}

    def add_missing_from(self, other: "Table") -> None:
        """Take over the items, unless their keys are there, of a table with the same definition."""
        for item in other:
            primary = self.key.of_item(item)
            if self._items.get(primary) is None:
                for view in (self._items, self._replica, *self._indexes.values()):
                    view.write(primary, item)

    # --- Writing ------------------------------------------------------------------------------

    def item(self, primary: PrimaryKey) -> Record | None:
        """Return the item as it is now; callers must not change it."""
        return self._items.get(primary)

    def shown(self, primary: PrimaryKey) -> dict[str, tuple[PrimaryKey, Record]]:
        """Return the item, under no name, and what each index has of it, with the keys there."""
        views = {"": self._items, **self._indexes}
        found = {name: (view.key, view.get(primary)) for name, view in views.items()}
        return {name: (key.of_item(i), i) for name, (key, i) in found.items() if i is not None}

    def check_item(self, item: Record, *, is_update: bool = False) -> None:
        """Check keys and size. Raises ValidationException."""
        self.key.check(item, whole=False)
        for name, view in self._indexes.items():
            _check_index_key(item, name, view)
        if size_of(item) > MAX_ITEM_BYTES:
            raise invalid(
                "Item size to update has exceeded the maximum allowed size"
                if is_update
                else "Item size has exceeded the maximum allowed size"
            )

    def prepared(
        self,
        kind: str,
        key_or_item: Record,
        parsed: Mapping[str, Parsed],
        given: Placeholders,
    ) -> Write:
        """Check a write as far as that needs no item. Raises ValidationException."""
        actions: Any = parsed["UpdateExpression"].tree if "UpdateExpression" in parsed else ()
        if kind == "Put":
            self.check_item(key_or_item)
        else:
            self.key.check(key_or_item, whole=True)
        if actions:
            check_update(actions, given, self.key_names)
        condition: Any = parsed.get("ConditionExpression")
        return Write(
            table=self,
            primary=self.key.of_item(key_or_item),
            key={name: key_or_item[name] for name in self.key.names},
            kind=kind,
            item=key_or_item,
            actions=actions,
            condition=condition and condition.tree,
            given=given,
        )

    def write(self, write: Write, item: Record | None) -> None:
        """Make the item what was decided, at once here and later where it is shown."""
        if write.kind == "ConditionCheck":
            return
        before = self._items.get(write.primary)
        self._items.write(write.primary, item)
        now = self._surroundings.now()
        for view in (self._replica, *self._indexes.values()):
            view.catch_up(now)
            view.write_later(write.primary, item, now + self._surroundings.lag())
            view.catch_up(now)
        if self.stream is not None:
            self.stream.append(write.key, before, item, now)

    def __iter__(self) -> Iterator[Record]:
        """Return all items as they are now; callers must not change them."""
        return iter(self._items)

    # --- Reading ------------------------------------------------------------------------------

    def get(self, key: Record, *, consistent: bool) -> Record | None:
        """Read an item; one that is not read consistently may be old."""
        self.key.check(key, whole=True)
        return self._view(None, consistent=consistent).get(self.key.of_item(key))

    def _view(self, index: str | None, *, consistent: bool) -> View:
        if index is None:
            if consistent:
                return self._items
            view = self._replica
        else:
            if index not in self._indexes:
                raise invalid(f"The table does not have the specified index: {index}")
            if consistent:
                raise invalid("Consistent reads are not supported on global secondary indexes")
            view = self._indexes[index]
        view.catch_up(self._surroundings.now())
        return view

    def query(
        self,
        *,
        index: str | None,
        consistent: bool,
        condition: Condition,
        filter_: Parsed | None,
        given: Placeholders,
        forward: bool,
        limit: int | None,
        start: Record | None,
    ) -> ReadPage:
        """Return one page of the items that fit."""
        view = self._view(index, consistent=consistent)
        partition, sort = read_key_condition(condition, view.key, given)
        if filter_ is not None:
            check_filter(filter_, view.key, given)
        entries = view.partition(partition)
        low, high = slice_of(entries, sort)
        if start is not None:
            view.check_start(start)
            place = view.place_of_start(start)
            is_inside = sortable(start[view.key.names[0]]) == partition
            if not is_inside or not is_within(sort, place[0]):
                raise invalid(
                    "The provided starting key is outside query boundaries based on provided "
                    "conditions"
                )
            if forward:
                low = bisect_right(entries, place, low, high, key=place_of)
            else:
                high = bisect_left(entries, place, low, high, key=place_of)
        chosen = [entry.item for entry in entries[low:high]]
        return _page(view, chosen if forward else chosen[::-1], filter_, given, limit)

    def scan(
        self,
        *,
        index: str | None,
        consistent: bool,
        filter_: Parsed | None,
        given: Placeholders,
        limit: int | None,
        start: Record | None,
    ) -> ReadPage:
        """Return the items of one page of the whole table, as `query` does."""
        view = self._view(index, consistent=consistent)
        items = list(view)
        if start is not None:
            view.check_start(start)
            begun = (str(sortable(start[view.key.names[0]])), view.place_of_start(start))
            items = [
                item
                for item in items
                if (str(sortable(item[view.key.names[0]])), view.place_of_start(item)) > begun
            ]
        return _page(view, items, filter_, given, limit)


def projected(item: Record, paths: Sequence[Path] | None, given: Placeholders) -> Record:
    """Return a copy of the item, or of what the paths lead to."""
    if paths is None:
        return copied(item)  # type: ignore[no-any-return]
    chosen = [given.steps(path) for path in paths]
    check_apart("ProjectionExpression", chosen)
    made: Record = {}
    for steps in chosen:
        found = value_at(item, steps)
        if found is None:
            continue
        for step in reversed(steps[1:]):
            found = {"M": {step: found}} if isinstance(step, str) else {"L": [found]}
        _join(made, str(steps[0]), copied(found))
    return made


def _join(made: Record, name: str, value: dict[str, Any]) -> None:
    if name not in made:
        made[name] = value
    elif "M" in value:
        for inner, member in value["M"].items():
            _join(made[name]["M"], inner, member)
    else:
        made[name]["L"] += value["L"]


def _page(
    view: View,
    items: Sequence[Record],
    filter_: Parsed | None,
    given: Placeholders,
    limit: int | None,
) -> ReadPage:
    """Read up to `limit` items and 1 MB, then filter: what is passed over counts as read."""
    test: Any = filter_ and filter_.tree
    kept: list[Record] = []
    size_bytes = 0
    for number, item in enumerate(items):
        item_bytes = size_of(item)
        if number == limit or (size_bytes + item_bytes > MAX_PAGE_BYTES and number):
            return ReadPage(kept, number, size_bytes, view.key_of(items[number - 1]))
        size_bytes += item_bytes
        if filter_ is None or holds(test, item, given):
            kept.append(item)
    is_cut = limit is not None and len(items) == limit  # there might be more, for all it looked
    return ReadPage(kept, len(items), size_bytes, view.key_of(items[-1]) if is_cut else None)


def _projected(index: Mapping[str, Any], key: KeySchema) -> frozenset[str] | None:
    """Return the attributes that an index shows, None for all of them."""
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return None
    own = (part["AttributeName"] for part in index["KeySchema"])
    return frozenset((*key.names, *own, *projection.get("NonKeyAttributes", ())))


def _check_index_key(item: Record, index: str, view: View) -> None:
    for name in view.key.names:
        value = item.get(name)
        if value is None:
            continue
        kind = type_of(value)
        if kind != view.key.types[name]:
            raise invalid(
                f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
                f"Expected: {view.key.types[name]} Actual: {kind} IndexName: {index}"
            )
        if not value[kind]:
            raise invalid(
                "One or more parameter values are not valid. A value specified for a secondary "
                "index key is not supported. The AttributeValue for a key attribute cannot contain "
                f"an empty string value. IndexName: {index}, IndexKey: {name}"
            )
