"""Reading all items of a table or a query, page by page."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.dynamodb import Item, deserialize


def items_of(read: Callable[..., Any], request: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the items that a client's `scan` or `query` finds, as many pages as there are."""
    start: dict[str, Any] = {}
    while True:
        page = read(**request, **start)
        yield from map(deserialize, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
