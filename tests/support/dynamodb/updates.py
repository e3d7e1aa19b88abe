"""What an update expression makes of an item. Every operand is read from the item as it was."""

from collections.abc import Sequence

from tests.support.dynamodb.conditions import Placeholders, value_at
from tests.support.dynamodb.errors import invalid
from tests.support.dynamodb.expressions import Action, Call, Operand, Path, Placeholder, Sum
from tests.support.dynamodb.values import Record, Value, plus, sortable, type_of

Steps = tuple[str | int, ...]
_KIND = "UpdateExpression"


def check_update(actions: Sequence[Action], given: Placeholders, key: frozenset[str]) -> None:
    """Refuse what no item could make right: keys, overlapping paths, operands of wrong types."""
    paths = [given.steps(action.path) for action in actions]
    for steps in paths:
        if steps[0] in key:
            raise invalid(
                "One or more parameter values were invalid: Cannot update attribute "
                f"{steps[0]}. This attribute is part of the key"
            )
    check_apart(_KIND, paths)
    for action in actions:
        if action.clause in {"ADD", "DELETE"}:
            _check_set_action(action, given)
        elif action.operand is not None:
            _check_operand(action.operand, given)


def check_apart(kind: str, paths: Sequence[Steps]) -> None:
    """Refuse two paths of which one leads to or through the other."""
    for number, one in enumerate(paths):
        for two in paths[number + 1 :]:
            shorter = min(len(one), len(two))
            if one[:shorter] == two[:shorter]:
                raise invalid(
                    f"Invalid {kind}: Two document paths overlap with each other; must remove or "
                    f"rewrite one of these paths; path one: {list(one)}, path two: {list(two)}"
                )
            _check_no_conflict(kind, one, two)


def _check_no_conflict(kind: str, one: Steps, two: Steps) -> None:
    """Refuse two paths that take one place for a map and for a list."""
    for first, second in zip(one, two, strict=False):
        if first != second:
            if isinstance(first, str) != isinstance(second, str):
                raise invalid(
                    f"Invalid {kind}: Two document paths conflict with each other; must remove or "
                    f"rewrite one of these paths; path one: {list(one)}, path two: {list(two)}"
                )
            return


def _wrong_type(operator: str, kind: str) -> Exception:
    return invalid(
        f"Invalid {_KIND}: Incorrect operand type for operator or function; operator: {operator}, "
        f"operand type: {kind}"
    )


def _check_set_action(action: Action, given: Placeholders) -> None:
    assert isinstance(action.operand, Placeholder)
    if len(action.path.steps) > 1:
        # AWS: "ADD and DELETE can only be used on top-level attributes, not nested attributes".
        raise invalid(f"Invalid {_KIND}: {action.clause} takes a top-level attribute")
    kind = type_of(given.values[action.operand.name])
    allowed = {"SS", "NS", "BS"} | ({"N"} if action.clause == "ADD" else set())
    if kind not in allowed:
        raise _wrong_type(action.clause, kind)


def _check_operand(operand: Operand | Sum, given: Placeholders) -> None:
    if isinstance(operand, Sum):
        for side in (operand.left, operand.right):
            _check_side(side, "+" if operand.sign > 0 else "-", "N", given)
    elif isinstance(operand, Call):
        if operand.function == "list_append":
            for argument in operand.arguments:
                _check_side(argument, "list_append", "L", given)
        else:
            _check_operand(operand.arguments[1], given)


def _check_side(side: Operand, operator: str, wanted: str, given: Placeholders) -> None:
    if isinstance(side, Placeholder):
        kind = type_of(given.values[side.name])
        if kind != wanted:
            raise _wrong_type(operator, kind)
    _check_operand(side, given)


def updated(item: Record, actions: Sequence[Action], given: Placeholders) -> Record:
    """Return the item that the actions make, sharing what they leave alone."""
    new: Record = dict(item)
    removed: list[Steps] = []
    for action in actions:
        steps = given.steps(action.path)
        if action.clause == "SET":
            assert action.operand is not None
            _put(new, steps, _evaluated(action.operand, item, given))
        elif action.clause == "REMOVE":
            removed.append(steps)
        else:
            assert isinstance(action.operand, Placeholder)
            _merge(new, str(steps[0]), action.clause, given.values[action.operand.name])
    for steps in sorted(removed, key=_order, reverse=True):  # the last member of a list first
        _remove(new, steps)
    return new


def _order(steps: Steps) -> list[tuple[bool, str | int]]:
    return [(isinstance(step, int), step) for step in steps]


def _evaluated(operand: Operand | Sum, item: Record, given: Placeholders) -> Value:
    if isinstance(operand, Sum):
        left = _evaluated(operand.left, item, given)
        right = _evaluated(operand.right, item, given)
        if "N" not in left or "N" not in right:
            raise invalid("An operand in the update expression has an incorrect data type")
        return plus(left, right, operand.sign)
    if isinstance(operand, Placeholder):
        return given.values[operand.name]
    if isinstance(operand, Path):
        value = value_at(item, given.steps(operand))
        if value is None:
            raise invalid(
                "The provided expression refers to an attribute that does not exist in the item"
            )
        return value
    first, second = operand.arguments
    if operand.function == "if_not_exists":
        assert isinstance(first, Path)
        found = value_at(item, given.steps(first))
        return _evaluated(second, item, given) if found is None else found
    lists = [_evaluated(argument, item, given) for argument in (first, second)]
    if not all("L" in one for one in lists):
        raise invalid("An operand in the update expression has an incorrect data type")
    return {"L": [*lists[0]["L"], *lists[1]["L"]]}


def _opened(record: Record, steps: Steps) -> Value | None:
    """Return the map or list that the last step is in, copied all along the path."""
    value: Value = {"M": record}
    for step in steps[:-1]:
        [(kind, content)] = value.items()
        if isinstance(step, str):
            inner = content.get(step) if kind == "M" else None
        else:
            inner = content[step] if kind == "L" and step < len(content) else None
        if inner is None or not inner.keys() & {"M", "L"}:
            return None
        [(kind, members)] = inner.items()
        inner = {kind: dict(members) if kind == "M" else list(members)}
        content[step] = inner
        value = inner
    return value


def _put(record: Record, steps: Steps, value: Value) -> None:
    holder = _opened(record, steps)
    last = steps[-1]
    if holder is not None and isinstance(last, str) and "M" in holder:
        holder["M"][last] = value
    elif holder is not None and isinstance(last, int) and "L" in holder:
        holder["L"][last : last + 1] = [value]
    else:
        raise invalid("The document path provided in the update expression is invalid for update")


def _remove(record: Record, steps: Steps) -> None:
    holder = _opened(record, steps)
    last = steps[-1]
    if holder is not None and isinstance(last, str) and "M" in holder:
        holder["M"].pop(last, None)
    elif holder is not None and isinstance(last, int) and "L" in holder:
        del holder["L"][last : last + 1]
    else:
        raise invalid("The document path provided in the update expression is invalid for update")


def _merge(record: Record, name: str, clause: str, value: Value) -> None:
    """Add to a number or a set, or take members out of a set."""
    kind = type_of(value)
    before = record.get(name)
    if before is not None and type_of(before) != kind:
        raise invalid("An operand in the update expression has an incorrect data type")
    if kind == "N":
        record[name] = plus(before or {"N": "0"}, value, 1)
        return
    members = [] if before is None else before[kind]
    if clause == "ADD":
        kept = [*members, *(member for member in value[kind] if member not in members)]
    else:
        kept = [member for member in members if member not in value[kind]]
    if kept:
        record[name] = {kind: sorted(kept, key=lambda m: sortable({kind[0]: m}))}
    else:
        record.pop(name, None)
