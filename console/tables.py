"""The tables in the documents that follow from the operations: what stands between markers."""

import re
from collections.abc import Iterator, Sequence

from shared.operations import ActionGroup, Operation

_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end of generated -->)", re.DOTALL)

_WORDS = {
    "operations": {
        "head": "| group | operation | route | event -> events |",
        "confirmed": "confirmed",
        "bus": "bus only",
    },
    "operaciones": {
        "head": "| grupo | operación | ruta | evento -> eventos |",
        "confirmed": "se confirma",
        "bus": "solo por el bus",
    },
}
"""By the name of a table: its words. The markers in a document give the name."""


def filled(document: str, groups: Sequence[ActionGroup]) -> str:
    """Return a document with its tables as the code has them. Raises ValueError for a name."""

    def table(match: re.Match[str]) -> str:
        begin, name, end = match.groups()
        if name not in _WORDS:
            raise ValueError(f"There is no table `{name}`. There are: {', '.join(_WORDS)}.")
        return begin + "\n".join(["", *_operations(groups, _WORDS[name]), "", end])

    return _BLOCK.sub(table, document)


def _operations(groups: Sequence[ActionGroup], words: dict[str, str]) -> Iterator[str]:
    yield words["head"]
    yield "|---|---|---|---|"
    for group in groups:
        for operation in sorted(group, key=lambda o: (o.path is None, str(o.path), str(o.method))):
            confirmed = f" ({words['confirmed']})" if operation.confirm else ""
            route = f"{operation.method} {operation.path}" if operation.path else words["bus"]
            events = _events(operation)
            yield f"| {group.name} | {operation.operation_id}{confirmed} | {route} | {events} |"


def _events(operation: Operation) -> str:
    if operation.event_type is None:
        return ""
    published = dict.fromkeys(filter(None, (operation.success_event, *operation.replies)))
    return f"{operation.event_type} -> {', '.join(published)}"
