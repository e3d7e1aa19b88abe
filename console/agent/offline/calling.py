"""Operations by name, `operationId name=value name="two words"`, or by their example phrases."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from console.agent.offline import tasks
from console.agent.offline.asking import MovementsQuery, topics_of
from console.agent.offline.buying import Purchase
from console.agent.offline.lexicon import kinds
from console.agent.offline.orders import Reading
from console.agent.offline.talk import Flow, Reply, Talk, Task
from console.agent.offline.transferring import Addition, Transfer
from console.agent.operations import AgentOperation

_MIN_PLAIN: Final = 1.5
_ARGUMENT: Final = re.compile(r"""\s*(\w+)=(?:["“«](.*?)["”»]|'(.*?)'|(\S+))""")
_TASKS: Final[Mapping[str, Callable[..., Task]]] = {
    one.operation_id: one for one in (Transfer, Purchase, Addition)
}
"""The operations that may be amended in words after they were called by name."""


def named(talk: Talk, reading: Reading) -> Reply | None:
    """Call the operation that a message begins with."""
    name, _, rest = reading.text.strip().partition(" ")
    operations = talk.operations.values()
    operation = next((o for o in operations if o.operation_id.casefold() == name.casefold()), None)
    if operation is None:
        return None
    inputs = operation.inputs
    found = [(one[1], one[2] or one[3] or one[4] or "") for one in _ARGUMENT.finditer(rest)]
    names = [given for given, _ in found]
    wrong = [
        *_ARGUMENT.sub(" ", rest).split(),
        *(given for given in names if given not in inputs or names.count(given) > 1),
        *(needed for needed in operation.required if needed not in names),
    ]
    if wrong:
        example = " ".join(f"{n}=…" if p.required else f"[{n}=…]" for n, p in inputs.items())
        told = {"operation": operation.operation_id, "example": example}
        return talk.say("call_wrong", "asked", names=", ".join(wrong), **told)
    return _carry_out(talk, operation, dict(found))


def _carry_out(talk: Talk, operation: AgentOperation, arguments: dict[str, str]) -> Flow:
    """Tell what the bank answers, or have a change confirmed; nothing that waits is touched."""
    name = operation.operation_id
    task = _TASKS.get(name, partial(Task, operation_id=name))(given=arguments)
    if operation.confirm:
        talk.memory.begin(task)
        yield from tasks.show(talk, task)
    else:
        body = yield from talk.look(operation.operation_id, **arguments)
        yield from task.receipt(talk, body)


def explained(talk: Talk, reading: Reading) -> Reply | None:
    """Call the operation that has a phrase for it, or answer what is no business of any."""
    topics = topics_of(reading)
    for operation in filter(None, (talk.operations.get(topic.intent) for topic in topics)):
        return _exemplified(talk, reading, operation)
    for topic in topics[:1]:
        if topic.intent in kinds("explained") and topic.score >= _MIN_PLAIN:
            return talk.say(f"told_{topic.intent}")
    return None


def _exemplified(talk: Talk, reading: Reading, operation: AgentOperation) -> Flow:
    """Call an operation with what a message says of its arguments, by their names and types."""
    span, days, _ = reading.days()
    said = MovementsQuery(span=span).dates()
    numbers = [p for p in reading.of("amount") if p.first not in days and not p.doubt]
    people, accounts = reading.of("person", "name"), reading.of("account")
    if accounts and "account_id" in operation.inputs:
        own = yield from talk.own_accounts(accounts[0].value)
        said["account_id"] = own[0].account_id if len(own) == 1 else accounts[0].value
    for name, parameter in operation.inputs.items():
        if parameter.type in {"number", "integer"} and name != "limit" and len(numbers) == 1:
            said[name] = str(numbers[0].value)
        elif name in {"alias", "name"} and len(people) == 1:
            said[name] = people[0].value
    arguments = {name: said[name] for name in operation.inputs if said.get(name)}
    if missing := [name for name in operation.required if name not in arguments]:
        described = "; ".join(operation.inputs[name].description for name in missing)
        yield talk.say("ask_described", "asked", what=described)
    else:
        yield from _carry_out(talk, operation, arguments)
