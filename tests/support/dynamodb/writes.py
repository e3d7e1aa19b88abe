"""The body of a write, as it stands in a call of its own or in a transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.dynamodb.conditions import expressions_of
from tests.support.dynamodb.table import Table, Write
from tests.support.dynamodb.values import checked_record


def prepared(find: Callable[[str], Table], kind: str, body: Mapping[str, Any]) -> Write:
    """Check the body of a write, as it stands in a call or in a transaction."""
    known = {"TableName", "ConditionExpression", "ExpressionAttributeNames"}
    known |= {"ExpressionAttributeValues", "Item" if kind == "Put" else "Key"}
    known |= {"UpdateExpression"} if kind == "Update" else set()
    if unknown := body.keys() - known:
        raise TypeError(f"{kind} does not know {', '.join(sorted(unknown))}")
    missing = {"TableName", "Item" if kind == "Put" else "Key"} - body.keys()
    if kind == "ConditionCheck" and "ConditionExpression" not in body:
        missing.add("ConditionExpression")
    if missing:
        raise TypeError(f"{kind} needs {', '.join(sorted(missing))}")
    parsed, given = expressions_of(
        {kind: body.get(kind) for kind in ("UpdateExpression", "ConditionExpression")},
        body.get("ExpressionAttributeNames"),
        body.get("ExpressionAttributeValues"),
    )
    record = checked_record(body["Item" if kind == "Put" else "Key"])
    return find(body["TableName"]).prepared(kind, record, parsed, given)
