"""What a condition says of an item."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

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
    parse,
)
from tests.support.dynamodb.values import (
    TYPES,
    Record,
    Value,
    checked,
    length_of,
    readable,
    sortable,
    type_of,
)

_ORDERED = {"<": lt, "<=": le, ">": gt, ">=": ge}
_SORTABLE = frozenset({"S", "N", "B"})


@dataclass(frozen=True, slots=True)
class Placeholders:
    """The names and values that a call gives beside its expressions."""

    names: Mapping[str, str]
    values: Mapping[str, Value]

    def steps(self, path: Path) -> tuple[str | int, ...]:
        """Return a path with the names that its placeholders stand for."""
        names = self.names
        return tuple(
            names[step] if isinstance(step, str) and step[0] == "#" else step for step in path.steps
        )


def expressions_of(
    texts: Mapping[str, str | None],
    names: Mapping[str, str] | None,
    values: Mapping[str, Any] | None,
) -> tuple[dict[str, Parsed], Placeholders]:
    """Parse the expressions of one call, and check that placeholders and expressions agree."""
    parsed = {kind: parse(kind, text) for kind, text in texts.items() if text is not None}
    for given, what in ((names, "Names"), (values, "Values")):
        if given is not None and not parsed:
            raise invalid(f"ExpressionAttribute{what} can only be specified when using expressions")
        if given is not None and not given:
            raise invalid(f"ExpressionAttribute{what} must not be empty")
    names, values = names or {}, values or {}
    _check_given(parsed.values(), names, "#", "Names", "name used in the document path")
    _check_given(parsed.values(), values, ":", "Values", "value used in expression")
    placeholders = Placeholders(names, {name: checked(v) for name, v in values.items()})
    for one in parsed.values():
        if one.kind not in {"UpdateExpression", "ProjectionExpression"}:
            _check_operands(one.kind, one.tree, placeholders)
    return parsed, placeholders


def _check_given(
    parsed: Iterable[Parsed], given: Mapping[str, Any], mark: str, what: str, use: str
) -> None:
    used: set[str] = set()
    for one in parsed:
        mine = one.names if mark == "#" else one.values
        for name in mine - given.keys():
            raise invalid(
                f"Invalid {one.kind}: An expression attribute {use} is not defined; attribute "
                f"{what[:-1].lower()}: {name}"
            )
        used |= mine
    for name in given:
        if (
            not isinstance(name, str)
            or name[:1] != mark
            or not name[1:].replace("_", "a").isalnum()
        ):
            raise invalid(
                f'ExpressionAttribute{what} contains invalid key: Syntax error; key: "{name}"'
            )
        if mark == "#" and (not isinstance(given[name], str) or not given[name]):
            raise invalid("ExpressionAttributeNames contains invalid value")
    if unused := sorted(given.keys() - used):
        raise invalid(
            f"Value provided in ExpressionAttribute{what} unused in expressions: keys: "
            f"{{{', '.join(unused)}}}"
        )


def _check_operands(kind: str, tree: Any, given: Placeholders) -> None:
    """Refuse what no item could make right: operands that are equal, or of a wrong type."""
    match tree:
        case Both(_, left, right):
            _check_operands(kind, left, given)
            _check_operands(kind, right, given)
        case Not(condition):
            _check_operands(kind, condition, given)
        case Comparison(operator, left, right):
            _check_distinct(kind, operator, left, right, given)
            if operator in _ORDERED:
                _check_types(kind, operator, (left, right), _SORTABLE, given)
        case Between(_, low, high):
            _check_types(kind, "BETWEEN", (low, high), _SORTABLE, given)
            _check_bounds(kind, low, high, given)
        case Call("attribute_type", (_, wanted)):
            _check_types(kind, "attribute_type", (wanted,), frozenset({"S"}), given)
            if not isinstance(wanted, Placeholder) or given.values[wanted.name]["S"] not in TYPES:
                raise invalid(f"Invalid {kind}: Invalid attribute type name found")
        case Call("begins_with", operands):
            _check_types(kind, "begins_with", operands, frozenset({"S", "B"}), given)


def _check_distinct(
    kind: str, operator: str, left: Operand, right: Operand, given: Placeholders
) -> None:
    if isinstance(left, Path) and isinstance(right, Path):
        steps = given.steps(left)
        if steps == given.steps(right):
            raise invalid(
                f"Invalid {kind}: The first operand must be distinct from the remaining operands "
                f"for this operator or function; operator: {operator}, first operand: {steps}"
            )


def _check_types(
    kind: str,
    operator: str,
    operands: Iterable[Operand],
    allowed: frozenset[str],
    given: Placeholders,
) -> None:
    for operand in operands:
        if isinstance(operand, Placeholder):
            found = type_of(given.values[operand.name])
            if found not in allowed:
                raise invalid(
                    f"Invalid {kind}: Incorrect operand type for operator or function; operator "
                    f"or function: {operator}, operand type: {found}"
                )


def _check_bounds(kind: str, low: Operand, high: Operand, given: Placeholders) -> None:
    if not (isinstance(low, Placeholder) and isinstance(high, Placeholder)):
        return
    least, most = given.values[low.name], given.values[high.name]
    if type_of(least) != type_of(most):
        raise invalid(
            f"Invalid {kind}: The BETWEEN operator requires same data type for lower and upper "
            f"bounds; lower bound operand: AttributeValue: {readable(least)}, upper bound operand: "
            f"AttributeValue: {readable(most)}"
        )
    if sortable(least) > sortable(most):
        raise invalid(
            f"Invalid {kind}: The BETWEEN operator requires upper bound to be greater than or "
            f"equal to lower bound; lower bound operand: AttributeValue: {readable(least)}, upper "
            f"bound operand: AttributeValue: {readable(most)}"
        )


def value_at(record: Record, steps: tuple[str | int, ...]) -> Value | None:
    """Return what lies at a path, or None where there is nothing."""
    value = record.get(steps[0])  # type: ignore[arg-type]
    for step in steps[1:]:
        if value is None:
            return None
        if isinstance(step, str):
            value = value["M"].get(step) if "M" in value else None
        else:
            members = value.get("L", ())
            value = members[step] if step < len(members) else None
    return value


def operand_value(operand: Operand, item: Record, given: Placeholders) -> Value | None:
    """Return the value of an operand of a condition, or None where there is nothing."""
    if isinstance(operand, Placeholder):
        return given.values[operand.name]
    if isinstance(operand, Path):
        return value_at(item, given.steps(operand))
    value = operand_value(operand.arguments[0], item, given)
    length = None if value is None else length_of(value)
    return None if length is None else {"N": str(length)}


def holds(  # noqa: PLR0911 one for each form
    condition: Condition, item: Record, given: Placeholders
) -> bool:
    """Tell whether a condition holds for an item; comparing what is not there never does."""
    match condition:
        case Both(either, left, right):
            if holds(left, item, given) is either:
                return either
            return holds(right, item, given)
        case Not(inner):
            return not holds(inner, item, given)
        case Comparison(operator, left, right):
            return _compares(
                operator, operand_value(left, item, given), operand_value(right, item, given)
            )
        case Between(operand, low, high):
            value = operand_value(operand, item, given)
            return _compares(">=", value, operand_value(low, item, given)) and _compares(
                "<=", value, operand_value(high, item, given)
            )
        case In(operand, choices):
            value = operand_value(operand, item, given)
            return value is not None and any(
                value == operand_value(choice, item, given) for choice in choices
            )
        case Call(function, (first, *rest)):
            value = operand_value(first, item, given)
            return _is_so(function, value, [operand_value(r, item, given) for r in rest])
    raise AssertionError(condition)


def _compares(operator: str, left: Value | None, right: Value | None) -> bool:
    if operator == "<>":
        # AWS documents no answer for a missing attribute; it holds, as `NOT a = b` does.
        return left != right
    if left is None or right is None:
        return False
    if operator == "=":
        return left == right
    kind = type_of(left)
    if kind != type_of(right) or kind not in _SORTABLE:
        return False
    return bool(_ORDERED[operator](sortable(left), sortable(right)))


def _is_so(function: str, value: Value | None, rest: list[Value | None]) -> bool:
    if function == "attribute_exists":
        return value is not None
    if function == "attribute_not_exists":
        return value is None
    [other] = rest
    if value is None or other is None:
        return False
    return _RELATIONS[function](*value.items(), *other.items())


def _begins(value: tuple[str, Any], other: tuple[str, Any]) -> bool:
    kind, content = value
    return kind == other[0] and kind in {"S", "B"} and bool(content.startswith(other[1]))


def _contains(value: tuple[str, Any], other: tuple[str, Any]) -> bool:
    kind, content = value
    other_kind, wanted = other
    if kind == "L":
        return {other_kind: wanted} in content
    return (kind == f"{other_kind}S" or (kind == other_kind and kind in {"S", "B"})) and (
        wanted in content
    )


_RELATIONS: dict[str, Callable[[tuple[str, Any], tuple[str, Any]], bool]] = {
    "attribute_type": lambda value, other: value[0] == other[1],
    "begins_with": _begins,
    "contains": _contains,
}
