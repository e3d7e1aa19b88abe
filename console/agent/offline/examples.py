"""Operations that are known from their schema and a few example phrases."""

from collections.abc import Generator, Iterator, Mapping, Sequence

from console.agent.brain import CallOutcome
from console.agent.offline.asking import fits_example
from console.agent.offline.days import find_span, today
from console.agent.offline.naming import carry_out
from console.agent.offline.orders import Reading
from console.agent.offline.parts import Account, Part
from console.agent.offline.queries import MovementsQuery
from console.agent.offline.talk import Flow, Step, Talk
from console.agent.operations import AgentOperation, Parameter

_NEVER_SAID = frozenset({"next_token", "limit"})


def by_example(talk: Talk, reading: Reading, _asked: tuple[str, ...]) -> Flow | None:
    """Call the operation one of whose phrases a message says, with what the schema names."""
    for name, phrases in talk.examples.items():
        operation = talk.operations.get(name)
        if operation is not None and any(fits_example(reading, phrase) for phrase in phrases):
            return _called(talk, reading, operation)
    return None


def _called(talk: Talk, reading: Reading, operation: AgentOperation) -> Flow:
    arguments = dict(_arguments(talk, reading, operation))
    named = next((part.value for part in reading.parts if part.kind == "account"), None)
    if named is not None and "account_id" in operation.inputs:
        account_id = yield from _account_id(talk, named)
        arguments["account_id"] = account_id
    missing = [name for name in operation.required if not arguments.get(name)]
    if missing:
        described = "; ".join(operation.inputs[name].description for name in missing)
        yield talk.say("ask_described", "asked", what=described)
        return
    yield from carry_out(talk, operation, arguments)


def _account_id(talk: Talk, named: Account) -> Generator[Step, Sequence[CallOutcome], str]:
    if named.account_id:
        return named.account_id
    balances = yield from talk.look("getBalance")
    fitting = [a["account_id"] for a in balances["accounts"] if a["account_type"] == named.type]
    return str(fitting[0]) if len(fitting) == 1 else ""


def _arguments(
    talk: Talk, reading: Reading, operation: AgentOperation
) -> Iterator[tuple[str, str]]:
    """Yield what a message says of an operation's arguments, by their names and types."""
    span, days, _ = find_span(reading.words, reading.said.tokens, today(talk.clock()))
    dates: Mapping[str, str] = MovementsQuery(span=span).dates()
    amounts = [p for p in reading.parts if p.kind == "amount" and p.first not in days]
    people = [p for p in reading.parts if p.kind in {"person", "name"}]
    for name, parameter in operation.inputs.items():
        if name in _NEVER_SAID or name == "account_id":
            continue
        value = dates.get(name) or _said(parameter, amounts, people)
        if value:
            yield name, value


def _said(parameter: Parameter, amounts: list[Part], people: list[Part]) -> str:
    if parameter.type in {"number", "integer"} and len(amounts) == 1:
        amount = amounts[0].value
        return "" if amount.doubt else str(amount.value)
    if parameter.type == "string" and parameter.name in {"alias", "name"} and len(people) == 1:
        return str(people[0].value)
    return ""
