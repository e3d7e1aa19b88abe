"""No operation is left out by the tests of bad input and of identity: what they attack is compared
with what is found.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

import pytest

from action_groups import all_groups
from shared.operations import Operation
from tests.unit import test_bad_envelopes, test_bad_input, test_identity

FOUND = [operation for group in all_groups() for operation in group]
Attacks = Mapping[str, frozenset[str]]
"""By test: the ids of the operations that it attacks."""


def attacks_of(module: ModuleType) -> Attacks:
    """Return what the tests of a module are parametrised over, where that is operations."""
    owners = [module, *(v for v in vars(module).values() if isinstance(v, type))]
    return {
        name: frozenset(operation.operation_id for operation in mark.args[1])
        for owner in owners
        for name, function in vars(owner).items()
        for mark in getattr(function, "pytestmark", ())
        if name.startswith("test_") and mark.name == "parametrize" and mark.args[0] == "operation"
    }


def doors(operations: Sequence[Operation]) -> dict[str, frozenset[str]]:
    """Return the operations behind each door, by what happens to what it cannot read."""
    return {
        "agent": frozenset(o.operation_id for o in operations if o.path),
        "bus": frozenset(o.operation_id for o in operations if o.event_type and not o.is_step),
        "dead letters": frozenset(o.operation_id for o in operations if o.is_step),
    }


def left_out(operations: Sequence[Operation], attacks: Attacks, *wanted: str) -> Iterator[str]:
    """Yield a sentence for each operation that a test of its door leaves out, or that has none.

    The door of a test is the one whose operations are most like those that it attacks.
    """
    behind = doors(operations)
    door_of = {
        test: min(behind, key=lambda door, ids=ids: len(behind[door] ^ ids))
        for test, ids in attacks.items()
    }
    for door in wanted:
        tests = [test for test in attacks if door_of[test] == door]
        for operation in sorted(behind[door]):
            if not tests:
                yield f"{operation}: no test attacks it ({door})"
            yield from (
                f"{operation}: {test} does not attack it ({door})"
                for test in tests
                if operation not in attacks[test]
            )


@pytest.mark.parametrize(
    ("module", "wanted"),
    [
        (test_bad_input, ("agent", "bus", "dead letters")),
        (test_bad_envelopes, ("agent", "bus")),
        (test_identity, ("agent", "bus")),
    ],
)
def test_every_operation_is_attacked_at_every_door(
    module: ModuleType, wanted: tuple[str, ...]
) -> None:
    missed = list(left_out(FOUND, attacks_of(module), *wanted))
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("module", [test_bad_input, test_bad_envelopes, test_identity])
@pytest.mark.parametrize("operation", FOUND, ids=lambda o: o.operation_id)
def test_an_operation_that_one_test_leaves_out_is_named(
    module: ModuleType, operation: Operation
) -> None:
    """The control: each test of its doors is robbed of the operation in turn."""
    attacks = attacks_of(module)
    for test, ids in attacks.items():
        if operation.operation_id in ids:
            robbed = {**attacks, test: ids - {operation.operation_id}}
            missed = list(left_out(FOUND, robbed, *doors(FOUND)))
            assert any(f"{operation.operation_id}: {test} does not" in m for m in missed)


def test_operations_that_no_test_attacks_are_named() -> None:
    missed = list(left_out(FOUND, {}, "agent", "bus"))
    assert "getBalance: no test attacks it (agent)" in missed
    assert "getBalance: no test attacks it (bus)" in missed
