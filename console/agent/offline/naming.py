"""Operations by their names: `operationId name=value name="value with blanks"`, and help."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from console.agent.offline import adding, buying, transferring
from console.agent.offline.memory import AddFrame, TransferFrame
from console.agent.offline.talk import FIRST_REFUSAL, Flow, Talk
from console.agent.operations import AgentOperation

_ARGUMENT: Final = re.compile(
    r'\s*(?P<name>\w+)=(?:"(?P<double>[^"]*)"|“(?P<curly>[^”]*)”|\'(?P<single>[^\']*)\'|'
    r"«(?P<angle>[^»]*)»|(?P<bare>\S+))"
)
_MAX_DEPTH: Final = 4


def named_call(talk: Talk, text: str) -> Flow | None:
    """Return the flow of a message that begins with an operation's name, or None."""
    name, _, rest = text.strip().partition(" ")
    by_name = {operation_id.casefold(): o for operation_id, o in talk.operations.items()}
    operation = by_name.get(name.casefold())
    if operation is None:
        return None
    return _call(talk, operation, rest)


def _call(talk: Talk, operation: AgentOperation, rest: str) -> Flow:
    memory = talk.memory
    memory.drop()
    arguments = _read(rest)
    if arguments is None:
        yield talk.say(
            "call_unreadable", "asked", said=rest.strip(), operation=operation.operation_id
        )
        return
    unknown = [name for name in arguments if name not in operation.inputs]
    if unknown:
        known = ", ".join(operation.inputs) or "-"
        names = ", ".join(unknown)
        yield talk.say(
            "call_unknown", "asked", operation=operation.operation_id, names=names, known=known
        )
        return
    missing = [name for name in operation.required if name not in arguments]
    if missing:
        example = " ".join(f"{name}=…" for name in operation.required)
        names = ", ".join(missing)
        yield talk.say(
            "call_missing", "asked", operation=operation.operation_id, names=names, example=example
        )
        return
    yield from carry_out(talk, operation, arguments)


def carry_out(talk: Talk, operation: AgentOperation, arguments: Mapping[str, str]) -> Flow:
    """Call, and tell the outcome: as the phrases do where there are any for the operation."""
    name = operation.operation_id
    frame: TransferFrame | AddFrame | None = None
    if name == "createTransfer":
        frame = transferring.frame_of(arguments)
    elif name == "addBeneficiary":
        frame = adding.frame_of(arguments)
    talk.memory.frame, talk.memory.is_live = frame, frame is not None
    outcome = yield from talk.propose(name, **arguments)
    if isinstance(frame, TransferFrame):
        yield from transferring.transferred(talk, frame, outcome)
    elif isinstance(frame, AddFrame):
        yield from adding.added(talk, frame, outcome)
    elif name == "createPurchase":
        yield from buying.purchased(talk, outcome)
    elif outcome.kind != "answered" or outcome.status >= FIRST_REFUSAL:
        yield talk.explain(outcome)
    else:
        answer = "\n".join(_lines(outcome.body or {}, 0))
        key = "call_done" if answer else "call_done_empty"
        yield talk.say(key, operation=name, answer=answer)


def _read(rest: str) -> dict[str, str] | None:
    """Return the arguments by name; None when the text is anything else."""
    arguments: dict[str, str] = {}
    position = 0
    while position < len(rest.rstrip()):
        found = _ARGUMENT.match(rest, position)
        if found is None or found["name"] in arguments:
            return None
        values = (found[group] for group in ("double", "curly", "single", "angle", "bare"))
        arguments[found["name"]] = next(value for value in values if value is not None)
        position = found.end()
    return arguments


def _lines(value: Any, depth: int) -> Iterator[str]:
    """Yield an answer as indented lines."""
    indent = "  " * depth
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        for name, part in value.items():
            if isinstance(part, Mapping | list):
                yield f"{indent}{name}:"
                yield from _lines(part, depth + 1)
            elif part is not None:
                yield f"{indent}{name}: {part}"
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        for element in value:
            first, *others = list(_lines(element, depth + 1)) or [""]
            yield f"{indent}- {first.strip()}"
            yield from others
    else:
        yield f"{indent}{value}"


# --- help ---

_PHRASED: Final = (
    *("getBalance", "listTransactions", "createTransfer", "listBeneficiaries", "resolveAlias"),
    *("addBeneficiary", "searchProducts", "compareBenefits", "createPurchase", "listPurchases"),
    "getPurchase",
)


def help_(talk: Talk) -> Flow:
    """List what can be done, with phrases for it, and the operations that have none."""
    lines = [talk.text("help_head")]
    lines += [f"- {talk.text(f'help_{name}')}" for name in _PHRASED if name in talk.operations]
    others = [name for name in talk.operations if name not in _PHRASED]
    if others:
        lines.append(f"- {talk.text('help_others', operations=', '.join(others))}")
    lines.append(talk.text("help_foot"))
    yield talk.lines(lines)
