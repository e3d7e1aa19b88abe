"""What each operation asks of DynamoDB and KMS: calls, calls in sequence, read and write units."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from shared.dynamodb import DynamoDB
from shared.meanwhile import T, at_once
from shared.operations import Operation
from shared.settings import Settings
from tests.support.arguments import OPERATIONS, RIGHT, furnish, prove
from tests.support.dynamodb import StrictDynamoDB
from tests.support.dynamodb.values import Record, checked_record, size_of
from tests.support.tables import function_environment
from tests.support.world import SETTINGS, World, world

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024
USER = "user-maria"
FIGURES = Path("tests/data/calls.json")
VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "listTransactions": {"without a type": {"type": None}},
}
"""By operation: arguments that are asked for besides, and how they differ from the example."""
UUID = "01a213dd-4d00-7b6e-a1fc-1b3f757936fe"
"""As long as the id of a request is in practice."""

Arguments = Mapping[str, Any]
Do = Callable[[Arguments], Any]
_WRITES = {"TransactWriteItems": 2, "UpdateItem": 1, "PutItem": 1, "DeleteItem": 1}
"""Calls that write, and the units that they take for each KB."""

Shown = Mapping[str, tuple[Any, Record]]
"""An item, under no name, and its entries in indexes by their names; each with its key there."""


@dataclass(frozen=True, slots=True)
class Use:
    """What something asked for: calls to DynamoDB, how many one after another, and units.

    A check by KMS, and what is asked beside another call, are not in the sequence.
    """

    calls: int = 0
    in_sequence: int = 0
    reads: float = 0
    writes: float = 0
    kms: int = 0

    def __add__(self, other: "Use") -> "Use":
        mine, theirs = asdict(self), asdict(other)
        return Use(**{name: mine[name] + theirs[name] for name in mine})


@dataclass
class Meter:
    """Stands around the calls to tables, and counts by AWS's rules what they would be charged.

    A read is one unit for each 4 KB, half where it may be old, each item of a batch by itself. A
    write in a transaction is two for each KB of the larger of the item before and after, a check
    too, also when a condition fails. An entry of an index that changes is one for each KB.
    """

    client: StrictDynamoDB
    use: Use = field(default_factory=Use)
    _is_beside: bool = False

    def begin(self, do: Callable[[], T], /) -> Callable[[], T]:
        """Do at once what a deployed function does beside other calls."""
        self._is_beside = True
        try:
            return at_once(do)
        finally:
            self._is_beside = False

    def __call__(self, operation: str, arguments: Arguments, do: Do) -> Any:
        """Carry out a call, and count it, also one that is refused."""
        self.use += Use(calls=1, in_sequence=int(not self._is_beside))
        if operation in _WRITES:
            before = self._shown(operation, arguments)
            try:
                return do(arguments)
            finally:
                after, factor = self._shown(operation, arguments), _WRITES[operation]
                units = (_units_of_write(before[p], after[p], factor) for p in before)
                self.use += Use(writes=sum(units))
        is_page = operation in {"Query", "Scan"}
        answer = do({**arguments, "ReturnConsumedCapacity": "TOTAL"} if is_page else arguments)
        if is_page:
            reads = answer["ConsumedCapacity"]["CapacityUnits"]
        elif operation == "GetItem":
            reads = _read_units([answer.get("Item", {})], arguments)
        else:
            reads = sum(
                _read_units(_found_or_not(answer["Responses"][table], wanted["Keys"]), wanted)
                for table, wanted in arguments["RequestItems"].items()
            )
        self.use += Use(reads=reads)
        return answer

    def _shown(self, operation: str, arguments: Arguments) -> dict[Any, Shown]:
        """Return each item that a call writes or checks, with its entries in indexes."""
        entries = arguments.get("TransactItems") or [{operation: arguments}]
        found: dict[Any, Shown] = {}
        for body in (body for entry in entries for body in entry.values()):
            table = self.client.table(body["TableName"])
            primary = table.key.of_item(checked_record(body.get("Key") or body["Item"]))
            found[table.name, primary] = table.shown(primary)
        return found


def _found_or_not(found: list[Any], keys: list[Any]) -> list[Any]:
    return [*found, *({} for _ in range(len(keys) - len(found)))]


def _read_units(items: list[Any], arguments: Arguments) -> float:
    units = sum(math.ceil(size_of(item) / READ_UNIT_BYTES) or 1 for item in items)
    return units if arguments.get("ConsistentRead") else units / 2


def _units_of_write(before: Shown, after: Shown, factor: int) -> int:
    units = factor * max(_units(one.get("")) for one in (before, after))
    for index in {*before, *after} - {""}:
        old, new = before.get(index), after.get(index)
        if old != new:
            is_moved = old is None or new is None or old[0] != new[0]
            units += sum(map(_units, filter(None, (old, new) if is_moved else (new,))))
    return units


def _units(held: tuple[Any, Record] | None) -> int:
    return math.ceil(size_of(held[1] if held else {}) / WRITE_UNIT_BYTES) or 1


@contextmanager
def metered(**settings: Any) -> Iterator[tuple[World, Meter]]:
    """Yield a bank with what the examples speak of, and the meter of its calls."""
    with world() as bank:
        furnish(bank)
        deployed = Settings.from_environment(function_environment())
        names = ("max_transfer_amount", "daily_transfer_limit", "new_payee_limit")
        limits = {name: getattr(deployed, name) for name in names}
        meter = Meter(bank.client)
        bank.client.around = meter
        bank.rebuild(
            settings=SETTINGS._replace(**(limits | {"agent_wait_seconds": 0} | settings)),
            database=DynamoDB(bank.client, meter.begin),  # type: ignore[arg-type]
            begin=meter.begin,
        )
        yield bank, meter


def use_of(bank: World, meter: Meter, do: Callable[[], Any]) -> Use:
    """Return what something asks for, without what it makes the bus deliver."""
    meter.use, checked = Use(), bank.kms.calls.count("VerifyMac")
    do()
    return replace(meter.use, kms=bank.kms.calls.count("VerifyMac") - checked)


def asked(bank: World, operation: Operation, *, proof: str = "", **changes: Any) -> Any:
    """Ask for the example of an operation: on the bus, or as an agent where no event asks for it.

    Return the terms, the answer or the data of the event.
    """
    wanted = RIGHT[operation.operation_id] | changes
    arguments = {name: value for name, value in wanted.items() if value is not None}
    if operation.event_type is None:
        given = {"request_id": UUID} | ({"confirmation": proof} if proof else {})
        texts = {name: str(value) for name, value in arguments.items()}
        return bank.call(operation.operation_id, attributes=given, yes=False, **texts)[1]
    proven = {"confirmation": proof} if proof else {}
    event = bank.send(
        operation.group, operation.event_type, arguments, correlation_id=UUID, **proven
    )
    return event and event["data"]


def uses_of(operation: Operation) -> dict[str, Use]:
    """Return what an operation asks for, by its name and what is done with it."""
    name, found = operation.operation_id, dict[str, Use]()
    told: list[Any] = []
    with metered(require_confirmation="always" if operation.confirm else "never") as (bank, meter):

        def ask(what: str, **arguments: Any) -> None:
            said = name if not what else f"{name}: {what}"
            do = partial(asked, bank, operation, **arguments)
            found[said] = use_of(bank, meter, lambda: told.append(do()))

        if operation.is_step:
            prove(bank, operation)
        proof = ""
        if operation.confirm:
            ask("terms")
            proof = bank.proof(told[0])
        ask("", proof=proof)
        if operation.changes:
            ask("repeated", proof=proof)
        for what, arguments in VARIANTS.get(name, {}).items():
            ask(what, **arguments)
    refused = {one["error"]["code"] for one in told if one and "error" in one}
    assert refused <= {"CONFIRMATION_REQUIRED", "INSUFFICIENT_FUNDS"}, refused
    return found


def all_uses() -> dict[str, Use]:
    """Return what every declared operation asks for."""
    return {name: use for one in OPERATIONS for name, use in uses_of(one).items()}


def figures() -> dict[str, Use]:
    """Return what is on file of every operation."""
    return {name: Use(**use) for name, use in json.loads(FIGURES.read_text()).items()}


def write_figures(uses: Mapping[str, Use]) -> None:
    """Put what was measured on file."""
    lines = (f"  {json.dumps(name)}: {json.dumps(asdict(use))}" for name, use in uses.items())
    FIGURES.write_text("{\n" + ",\n".join(lines) + "\n}\n")
