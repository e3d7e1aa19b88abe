"""DynamoDB in a dictionary: for searches that run through thousands of requests.

It knows the part of the expressions that this system writes, and is compared with moto by
`tests/unit/test_conservation.py`.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from shared.dynamodb import Item, deserialize, serialize
from tests.support.tables import table_properties

_TOKEN = re.compile(r"[:#]?\w+|<=|>=|[=()]")
_WORDS = {"AND": "and", "OR": "or", "=": "==", "<=": "<=", ">=": ">=", "(": "(", ")": ")"}
_ASSIGNMENT = re.compile(r"(\w+) = (?:(\w+) ([+-]) )?(:\w+)")
_ADDITION = re.compile(r"ADD ([#\w]+) (:\w+)")


class MemoryDynamoDB:
    """The methods of a boto3 client that this system calls, one item at a time."""

    def __init__(self) -> None:
        self._keys = {
            properties["TableName"]: [key["AttributeName"] for key in properties["KeySchema"]]
            for properties in table_properties()
        }
        self._tables: dict[str, dict[tuple[Any, ...], Item]] = {name: {} for name in self._keys}

    def put_item(self, TableName: str, Item: Any) -> None:  # noqa: N803
        item = deserialize(Item)
        self._tables[TableName][self._key(TableName, item)] = item

    def get_item(self, TableName: str, Key: Any, ConsistentRead: bool) -> Any:  # noqa: N803
        found = self._tables[TableName].get(self._key(TableName, deserialize(Key)))
        return {"Item": serialize(found)} if found else {}

    def scan(self, TableName: str) -> Any:  # noqa: N803
        return {"Items": [serialize(item) for item in self._tables[TableName].values()]}

    def query(self, **query: Any) -> Any:
        assert query["ScanIndexForward"]
        values = deserialize(query["ExpressionAttributeValues"])
        found = [
            item
            for _, item in sorted(self._tables[query["TableName"]].items())
            if holds(query["KeyConditionExpression"], item, values)
        ]
        return {"Items": [serialize(item) for item in found[: query["Limit"]]]}

    def update_item(self, **update: Any) -> None:
        self.transact_write_items([{"Update": update}])

    def transact_write_items(self, TransactItems: list[Any]) -> None:  # noqa: N803
        writes = [write for entry in TransactItems for write in entry.items()]
        met = [self._is_met(write) for _, write in writes]
        if not all(met):
            reasons = [{"Code": "None" if ok else "ConditionalCheckFailed"} for ok in met]
            raise ClientError(
                {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons},  # type: ignore[typeddict-unknown-key]
                "TransactWriteItems",
            )
        for kind, write in writes:
            if kind == "Put":
                self.put_item(write["TableName"], write["Item"])
            else:
                self._update(write)

    def _is_met(self, write: Any) -> bool:
        key = self._key(write["TableName"], deserialize(write.get("Item") or write["Key"]))
        return holds(
            write.get("ConditionExpression", ""),
            self._tables[write["TableName"]].get(key, {}),
            deserialize(write.get("ExpressionAttributeValues", {})),
            write.get("ExpressionAttributeNames", {}),
        )

    def _update(self, write: Any) -> None:
        key = deserialize(write["Key"])
        table = self._tables[write["TableName"]]
        item = dict(table.get(self._key(write["TableName"], key), key))
        values = deserialize(write["ExpressionAttributeValues"])
        for target, operand, sign, value in _ASSIGNMENT.findall(write["UpdateExpression"]):
            before = item[operand] if operand else 0
            item[target] = (
                before - values[value]
                if sign == "-"
                else (before + values[value] if sign else values[value])
            )
        for placeholder, value in _ADDITION.findall(write["UpdateExpression"]):
            name = write.get("ExpressionAttributeNames", {}).get(placeholder, placeholder)
            item[name] = item.get(name, 0) + values[value]
        table[self._key(write["TableName"], key)] = item

    def _key(self, table: str, item: Item) -> tuple[Any, ...]:
        return tuple(item[name] for name in self._keys[table])


class _Operand:
    """A value in a condition: comparing what is not there is false, as in DynamoDB."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Operand) and None is not self.value == other.value

    def __le__(self, other: "_Operand") -> bool:
        return None not in (self.value, other.value) and self.value <= other.value

    def __ge__(self, other: "_Operand") -> bool:
        return other <= self

    __hash__ = None  # type: ignore[assignment]


def holds(
    condition: str, item: Item, values: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> bool:
    """Tell whether a condition holds for an item; one that is empty does."""
    operands: dict[str, Any] = {
        "attribute_exists": lambda operand: operand.value is not None,
        "attribute_not_exists": lambda operand: operand.value is None,
    }
    words = []
    for number, token in enumerate(_TOKEN.findall(condition)):
        if token in _WORDS or token in operands:
            words.append(_WORDS.get(token, token))
            continue
        name = (names or {}).get(token, token)
        operands[f"v{number}"] = _Operand(values[token] if token[0] == ":" else item.get(name))
        words.append(f"v{number}")
    return bool(eval(" ".join(words) or "True", {"__builtins__": {}}, operands))
