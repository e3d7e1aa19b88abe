"""What operations are attacked with follows from the types and constraints of fields, not names."""

from typing import Any, Literal

import pytest
from pydantic import Field, ValidationError

from action_groups.core_banking.operations.transactions import Day
from shared.identity import Caller
from shared.models import Answer, Identifier, Line, PageToken, Request
from shared.operations import ActionGroup, Operation
from tests.support.arguments import wrong_values


class Anything(Request):
    """Fields of every kind, under names that say nothing."""

    a: bool = False
    b: Line | None = None
    c: Identifier | None = None
    d: Literal["large", "small"] = "small"
    e: Day | None = None
    f: PageToken = None
    g: int = Field(default=1, ge=1, le=5)
    loose: str = ""
    unknown: dict[str, int] = Field(default_factory=dict)


class Nothing(Answer):
    """Nothing."""


@pytest.fixture
def operation() -> Operation:
    group = ActionGroup("things", "things", "Things", "Things.", store=lambda *_: None)

    @group.operation("GET", "/things", example=(Anything(), Nothing()))
    def get_things(caller: Caller, request: Anything, store: object) -> Nothing:
        """Get things."""
        return Nothing()

    [declared] = group
    return declared


def accepted(name: str, values: list[Any]) -> list[Any]:
    found = []
    for value in values:
        try:
            Anything.model_validate({name: value})
        except ValidationError:
            continue
        found.append(value)
    return found


@pytest.mark.parametrize(
    ("name", "tried"),
    [
        ("a", "true"),
        ("b", "x" * 141),
        ("c", "acc maria"),
        ("d", "LARGE"),
        ("d", "smalls"),
        ("e", "2026-02-30"),
        ("f", "x" * 1025),
        ("g", "1"),
    ],
)
def test_a_field_is_attacked_by_its_type_and_every_value_is_wrong(
    operation: Operation, name: str, tried: str
) -> None:
    values = list(wrong_values(operation, name, as_text=False))
    assert tried in values
    assert accepted(name, values) == []


def test_a_text_without_limits_does_not_withstand(operation: Operation) -> None:
    values = list(wrong_values(operation, "loose", as_text=False))
    assert {"x" * 100_000, "a\nb"} <= set(accepted("loose", values))


def test_a_type_that_agents_cannot_pass_is_told(operation: Operation) -> None:
    with pytest.raises(TypeError, match="unknown: agents pass no values of"):
        list(wrong_values(operation, "unknown", as_text=False))
