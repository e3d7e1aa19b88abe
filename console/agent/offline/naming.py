"""Operations by their names or by example phrases, and help.

`operationId name=value name="value with blanks"` calls any operation; a few phrases beside its
schema let it be understood in words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import yaml

from console.agent.offline.adding import Addition
from console.agent.offline.asking import MovementsQuery, fits_example
from console.agent.offline.buying import purchased
from console.agent.offline.days import find_span, today
from console.agent.offline.ends import Account
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Flow, Reply, Talk, Task
from console.agent.offline.tasks import show
from console.agent.offline.text import Part
from console.agent.offline.transferring import Transfer
from console.agent.operations import AgentOperation, Parameter
from shared import json_text

_ARGUMENT: Final = re.compile(
    r'\s*(?P<name>\w+)=(?:"(?P<double>[^"]*)"|“(?P<curly>[^”]*)”|\'(?P<single>[^\']*)\'|'
    r"«(?P<angle>[^»]*)»|(?P<bare>\S+))"
)
_NEVER_SAID: Final = frozenset({"next_token", "limit", "account_id"})


@dataclass(eq=False)
class Named(Task):
    """A call of an operation whose arguments were given by name."""

    operation_id: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    kind = "call"

    def call(self) -> tuple[str, dict[str, str]]:
        """Return what was given."""
        return self.operation_id, dict(self.given)

    def receipt(self, talk: Talk, body: Mapping[str, Any]) -> Flow:
        """Say what the bank answered, as it answered it."""
        if self.operation_id == "createPurchase":
            yield purchased(talk, body)
            return
        plain = json.loads(json_text.dumps(body))
        told = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False) if body else ""
        key = "call_done" if told else "call_done_empty"
        yield talk.say(key, operation=self.operation_id, answer=told.strip())

    def told(self, talk: Talk) -> dict[str, str]:  # noqa: ARG002 - it has a name already
        """Return the operation's name."""
        return {"operation": self.operation_id}


def named(talk: Talk, reading: Reading) -> Reply | None:
    """Call the operation that a message begins with."""
    name, _, rest = reading.said.text.strip().partition(" ")
    by_name = {operation_id.casefold(): o for operation_id, o in talk.operations.items()}
    operation = by_name.get(name.casefold())
    return None if operation is None else _call(talk, operation, rest)


def _call(talk: Talk, operation: AgentOperation, rest: str) -> Flow:
    arguments, name, inputs = _read(rest), operation.operation_id, operation.inputs
    unknown = ", ".join(given for given in arguments or {} if given not in inputs)
    missing = ", ".join(n for n in operation.required if n not in (arguments or {}))
    if arguments is None:
        yield talk.say("call_unreadable", "asked", said=rest.strip(), operation=name)
    elif unknown:
        known = ", ".join(inputs) or "-"
        yield talk.say("call_unknown", "asked", operation=name, names=unknown, known=known)
    elif missing:
        example = " ".join(f"{needed}=…" for needed in operation.required)
        yield talk.say("call_missing", "asked", operation=name, names=missing, example=example)
    else:
        yield from _carry_out(talk, operation, arguments)


def _carry_out(talk: Talk, operation: AgentOperation, arguments: Mapping[str, str]) -> Flow:
    """Tell what the bank answers, or have a change confirmed; nothing that waits is touched."""
    task = _task_of(operation.operation_id, arguments)
    if operation.confirm:
        talk.memory.begin(task)
        yield from show(talk, task)
    else:
        body = yield from talk.look(operation.operation_id, **arguments)
        yield from task.receipt(talk, body)


def _task_of(name: str, arguments: Mapping[str, str]) -> Task:
    """Return the task of a call, which may then be amended in words where there are any for it."""
    if name == "addBeneficiary":
        fields = ("name", "alias", "account_id", "relationship")
        return Addition(*(arguments.get(field, "") for field in fields))
    amount = arguments.get("amount", "")
    if name == "createTransfer" and amount.replace(".", "", 1).isdigit():
        to, source = (Account("", arguments[end]) for end in ("to_account", "from_account"))
        reason = arguments.get("description", "")
        return Transfer(Decimal(amount), to=to, source=source, description=reason)
    return Named(name, arguments)


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


# --- by example ---


def by_example(talk: Talk, reading: Reading) -> Reply | None:
    """Call the operation one of whose phrases a message says, with what the schema names."""
    for name, phrases in talk.examples.items():
        operation = talk.operations.get(name)
        if operation is not None and any(fits_example(reading, phrase) for phrase in phrases):
            return _exemplified(talk, reading, operation)
    return None


def _exemplified(talk: Talk, reading: Reading, operation: AgentOperation) -> Flow:
    arguments = dict(_arguments(talk, reading, operation))
    account = next((part.value for part in reading.parts if part.kind == "account"), None)
    if account is not None and "account_id" in operation.inputs:
        own = yield from talk.own_accounts()
        fitting = [one.account_id for one in own if one.type == account.type]
        only = fitting[0] if len(fitting) == 1 else ""
        arguments["account_id"] = account.account_id or only
    missing = [name for name in operation.required if not arguments.get(name)]
    if missing:
        described = "; ".join(operation.inputs[name].description for name in missing)
        yield talk.say("ask_described", "asked", what=described)
        return
    yield from _carry_out(talk, operation, arguments)


def _arguments(
    talk: Talk, reading: Reading, operation: AgentOperation
) -> Iterator[tuple[str, str]]:
    """Yield what a message says of an operation's arguments, by their names and types."""
    span, days, _ = find_span(reading.words, reading.tokens, today(talk.clock()))
    dates: Mapping[str, str] = MovementsQuery(span=span).dates()
    amounts = [p for p in reading.of("amount") if p.first not in days]
    people = reading.of("person", "name")
    for name, parameter in operation.inputs.items():
        value = dates.get(name) or _said(parameter, amounts, people)
        if value and name not in _NEVER_SAID:
            yield name, value


def _said(parameter: Parameter, amounts: list[Part], people: list[Part]) -> str:
    if parameter.type in {"number", "integer"} and len(amounts) == 1:
        return str(amounts[0].value) if amounts[0].is_sure else ""
    is_somebody = parameter.type == "string" and parameter.name in {"alias", "name"}
    return str(people[0].value) if is_somebody and len(people) == 1 else ""


# --- help ---


def help_(talk: Talk) -> Flow:
    """List what can be done, with phrases for it, and the operations that have none."""
    phrased = [name for name in talk.operations if talk.has_text(f"help_{name}")]
    others = ", ".join(name for name in talk.operations if name not in phrased)
    yield talk.lines(
        [
            talk.text("help_head"),
            *(f"- {talk.text(f'help_{name}')}" for name in phrased),
            f"- {talk.text('help_others', operations=others)}" if others else "",
            talk.text("help_foot"),
        ]
    )
