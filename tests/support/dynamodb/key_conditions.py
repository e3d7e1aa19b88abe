"""What a `KeyConditionExpression` may say: one partition, and a range of its sort keys."""

from typing import Any

from tests.support.dynamodb.conditions import Placeholders
from tests.support.dynamodb.errors import invalid
from tests.support.dynamodb.expressions import (
    Between,
    Both,
    Call,
    Comparison,
    Condition,
    In,
    Not,
    Operand,
    Parsed,
    Path,
    Placeholder,
)
from tests.support.dynamodb.values import sortable, type_of
from tests.support.dynamodb.views import KeySchema

Range = tuple[str, tuple[Any, ...]]
"""An operator with its operands, such as `("BETWEEN", ("a", "b"))`."""

_KIND = "KeyConditionExpression"


def read_key_condition(
    condition: Condition, key: KeySchema, given: Placeholders
) -> tuple[Any, Range | None]:
    """Return the partition's key, and the range of sort keys unless all of them are meant."""
    parts = [condition]
    if isinstance(condition, Both) and not condition.either:
        parts = [condition.left, condition.right]
    found: dict[str, Range] = {}
    for part in parts:
        name, range_ = _part(part, key, given)
        if name in found:
            raise invalid("KeyConditionExpressions must only contain one condition per key")
        found[name] = range_
    partition = found.pop(key.names[0], None)
    if partition is None:
        raise invalid(f"Query condition missed key schema element: {key.names[0]}")
    if partition[0] != "=":
        raise invalid("Query key condition not supported")
    sort = found.pop(key.names[1], None) if len(key.names) > 1 else None
    if found:
        missed = key.names[1] if len(key.names) > 1 else key.names[0]
        raise invalid(f"Query condition missed key schema element: {missed}")
    return partition[1][0], sort


def _part(condition: Condition, key: KeySchema, given: Placeholders) -> tuple[str, Range]:
    match condition:
        case Comparison(operator, path, operand):
            if operator == "<>":
                raise invalid(f"Invalid operator used in {_KIND}: <>")
            operands: tuple[Operand, ...] = (operand,)
        case Between(path, low, high):
            operator, operands = "BETWEEN", (low, high)
        case Call("begins_with", (path, operand)):
            operator, operands = "begins_with", (operand,)
        case Both() | Not() | In():
            raise invalid(f"Invalid operator used in {_KIND}: {_named(condition)}")
        case _:
            raise invalid(f"Invalid {_KIND}: Invalid function or operator")
    if not isinstance(path, Path):
        raise invalid(f"Invalid condition in {_KIND}: the key must come first")
    [name, *inner] = given.steps(path)
    if inner:
        raise invalid(f"{_KIND}s cannot have conditions on nested attributes")
    return str(name), (operator, tuple(_operand(o, str(name), key, given) for o in operands))


def _named(condition: Condition) -> str:
    if isinstance(condition, Both):
        return "OR" if condition.either else "AND"
    return type(condition).__name__.upper()


def _operand(operand: Operand, name: str, key: KeySchema, given: Placeholders) -> Any:
    if not isinstance(operand, Placeholder):
        raise invalid(f"Invalid condition in {_KIND}: a key is compared with given values only")
    value = given.values[operand.name]
    kind = type_of(value)
    if name in key.names and kind != key.types[name]:
        raise invalid(
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type"
        )
    if not value[kind]:
        raise invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            f"cannot contain an empty string value. Key: {name}"
        )
    return sortable(value)


def check_filter(parsed: Parsed, key: KeySchema, given: Placeholders) -> None:
    """Refuse a filter of a Query on the key attributes, which the key condition is for."""
    for path in parsed.paths:
        name = given.steps(path)[0]
        if name in key.names:
            raise invalid(
                "Filter Expression can only contain non-primary key attributes: Primary key "
                f"attribute: {name}"
            )


def is_within(range_: Range | None, sort_key: Any) -> bool:
    """Tell whether a sort key lies in a range."""
    if range_ is None:
        return True
    operator, operands = range_
    if operator == "begins_with":
        return bool(sort_key.startswith(operands[0]))
    if operator == "BETWEEN":
        return bool(operands[0] <= sort_key <= operands[1])
    return bool(
        {
            "=": sort_key == operands[0],
            "<": sort_key < operands[0],
            "<=": sort_key <= operands[0],
            ">": sort_key > operands[0],
            ">=": sort_key >= operands[0],
        }[operator]
    )
