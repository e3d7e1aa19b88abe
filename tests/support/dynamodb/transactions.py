"""Transactions: all writes or none, each request once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tests.support.dynamodb.conditions import expressions_of
from tests.support.dynamodb.errors import cancelled, error, invalid
from tests.support.dynamodb.table import Table, Write, projected
from tests.support.dynamodb.values import Record, checked_record, copied, size_of
from tests.support.dynamodb.writes import prepared

MAX_ENTRIES = 100
MAX_BYTES = 4 * 1024 * 1024
TOKEN_LIFE = timedelta(minutes=10)
MAX_TOKEN_LENGTH = 36
_KINDS = frozenset({"Put", "Update", "Delete", "ConditionCheck"})


class Transactions:
    """Reads and writes of several items, and the tokens of the last ten minutes."""

    def __init__(self, find: Callable[[str], Table], now: Callable[[], datetime]) -> None:
        self._find = find
        self._now = now
        self._tokens: dict[str, tuple[str, datetime]] = {}

    def write(
        self,
        *,
        TransactItems: Sequence[Mapping[str, Any]],  # noqa: N803
        ClientRequestToken: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """Carry out TransactWriteItems."""
        writes, on_failure = self._prepared(TransactItems)
        if ClientRequestToken is not None and self._is_known(ClientRequestToken, TransactItems):
            return {}
        results, reasons = [], []
        for write, shows_old in zip(writes, on_failure, strict=True):
            result, reason = _decided(write, shows_old=shows_old)
            results.append(result)
            reasons.append(reason)
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        size_bytes = sum(size_of(item) for item in results if item is not None)
        if size_bytes > MAX_BYTES:
            raise invalid("Transaction request size exceeded the limit of 4 MB")
        for write, result in zip(writes, results, strict=True):
            write.table.write(write, result)
        if ClientRequestToken is not None:
            self._tokens[ClientRequestToken] = (repr(TransactItems), self._now())
        return {}

    def _prepared(self, entries: Sequence[Mapping[str, Any]]) -> tuple[list[Write], list[bool]]:
        _check_count(entries)
        writes, on_failure = [], []
        for entry in entries:
            if len(entry) != 1 or not entry.keys() <= _KINDS:
                raise invalid("TransactItems can only contain one of Check, Put, Update or Delete")
            [(kind, body)] = entry.items()
            body = dict(body)
            on_failure.append(body.pop("ReturnValuesOnConditionCheckFailure", "NONE") == "ALL_OLD")
            writes.append(prepared(self._find, kind, body))
        keys = [(write.table.name, write.primary) for write in writes]
        if len(set(keys)) != len(keys):
            raise invalid("Transaction request cannot include multiple operations on one item")
        return writes, on_failure

    def _is_known(self, token: str, entries: Sequence[Any]) -> bool:
        """Tell whether a request with this token was carried out less than ten minutes ago."""
        if not 1 <= len(token) <= MAX_TOKEN_LENGTH:
            raise invalid("ClientRequestToken must have 1 to 36 characters")
        content, at = self._tokens.get(token, ("", self._now() - TOKEN_LIFE))
        if at + TOKEN_LIFE <= self._now():
            return False
        if content != repr(entries):
            raise error(
                "IdempotentParameterMismatchException",
                "The request uses the same client token as a previous, but non-identical request",
            )
        return True

    def read(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Carry out TransactGetItems, of items as they are at one moment."""
        _check_count(TransactItems)
        responses: list[dict[str, Any]] = []
        seen: list[tuple[str, Record]] = []
        for entry in TransactItems:
            if entry.keys() != {"Get"}:
                raise invalid("TransactItems can only contain Get")
            body = dict(entry["Get"])
            table, key = self._find(body.pop("TableName")), checked_record(body.pop("Key"))
            if (table.name, key) in seen:
                raise invalid("Transaction request cannot include multiple operations on one item")
            seen.append((table.name, key))
            projection = body.pop("ProjectionExpression", None)
            parsed, given = expressions_of(
                {"ProjectionExpression": projection},
                body.pop("ExpressionAttributeNames", None),
                None,
            )
            if body:
                raise TypeError(f"Get does not know {', '.join(sorted(body))}")
            item = table.get(key, consistent=True)
            paths: Any = parsed["ProjectionExpression"].tree if parsed else None
            responses.append({} if item is None else {"Item": projected(item, paths, given)})
        return {"Responses": responses}


def _check_count(entries: Sequence[Any]) -> None:
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise invalid(
            "Member must have length less than or equal to 100, and greater than or equal to 1"
        )


def _decided(write: Write, *, shows_old: bool) -> tuple[Record | None, dict[str, Any]]:
    """Return what the item becomes, and the reason why it cannot, whose code may be `None`."""
    if not write.is_met():
        reason: dict[str, Any] = {
            "Code": "ConditionalCheckFailed",
            "Message": "The conditional request failed",
        }
        before = write.table.item(write.primary)
        if shows_old and before is not None:
            reason["Item"] = copied(before)
        return None, reason
    try:
        return write.result(), {"Code": "None"}
    except ClientError as failure:
        message = failure.response["Error"]["Message"]
        return None, {"Code": "ValidationError", "Message": message}
