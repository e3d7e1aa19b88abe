"""What each operation asks of DynamoDB and KMS is what its figure says, so that none creeps back.

The operations are found, the figures are in a file: `python -m benchmarks.calls --write` writes it.
"""

from typing import Any

import pytest

from shared.operations import Operation
from shared.service import Service
from tests.support.arguments import OPERATIONS
from tests.support.calls import Use, figures, uses_of

MEASURED = "python -m benchmarks.calls --write"
TARGETS = {
    "createTransfer": Use(calls=3, in_sequence=3, kms=1),
    "createTransfer: terms": Use(calls=5, in_sequence=5),
    "createPurchase": Use(calls=3, in_sequence=2, kms=1),
    "payPurchase": Use(calls=3, in_sequence=3),
    "addBeneficiary": Use(calls=4, in_sequence=4, kms=1),
    "listTransactions: without a type": Use(calls=1, in_sequence=1),
    "resolveAlias": Use(calls=1, in_sequence=1),
}
"""At most so many calls."""


def differences(operation: Operation) -> dict[str, tuple[Use | None, Use | None]]:
    """Return where figures on file, first, and what an operation asks for are not the same."""
    name = operation.operation_id
    on_file = {what: use for what, use in figures().items() if what.partition(":")[0] == name}
    measured = uses_of(operation)
    return {
        name: (on_file.get(name), measured.get(name))
        for name in on_file | measured
        if on_file.get(name) != measured.get(name)
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.operation_id)
def test_an_operation_asks_for_what_its_figures_say(operation: Operation) -> None:
    assert differences(operation) == {}, f"look at the difference, then run `{MEASURED}`"


def test_no_figure_is_of_an_operation_that_is_gone() -> None:
    known = {operation.operation_id for operation in OPERATIONS}
    assert {name.partition(":")[0] for name in figures()} == known


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.operation_id)
def test_a_read_more_than_before_is_seen(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each operation reads one item more than it has to."""

    def more(self: Service, call: Any) -> Any:
        self.store._database.get(self.settings.retailers_table, {"retailer_id": "nobody"})
        return answer(self, call)

    answer = Service._answer
    monkeypatch.setattr(Service, "_answer", more)
    assert operation.operation_id in differences(operation)


def test_the_targets_of_the_design_hold() -> None:
    on_file = figures()
    too_much = {
        name: on_file[name]
        for name, most in TARGETS.items()
        if on_file[name].calls > most.calls
        or on_file[name].in_sequence > most.in_sequence
        or on_file[name].kms > most.kms
    }
    assert too_much == {}
