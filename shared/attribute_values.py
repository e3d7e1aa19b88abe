"""Python values as DynamoDB's attribute values, and back: exact numbers, never floats.

Numbers are read as Decimal, whatever their length, and written when DynamoDB keeps all their
digits. Done here because importing boto3 for it costs a function a quarter of its start, and it
cannot read 1E+100, which DynamoDB answers with all its zeros (boto3 2500).
"""

from collections.abc import Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Underflow
from typing import Any, Final

_NUMBERS: Final = Context(
    Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Underflow]
)
"""The numbers that DynamoDB keeps: 38 digits beside the zeros at their ends."""
_decimal: Final = _NUMBERS.create_decimal


def to_attribute(value: Any) -> dict[str, Any]:  # noqa: PLR0911 one for each type
    """Return the attribute value of a value.

    Raises TypeError for what DynamoDB has no type for, NaN and float among them, and a trap of
    `decimal` for a number that would be rounded.
    """
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, Decimal)):
        return {"N": _number(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, (list, tuple)):
        return {"L": [to_attribute(held) for held in value]}
    if isinstance(value, (dict, Mapping)):
        return {"M": {name: to_attribute(held) for name, held in value.items()}}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, (set, frozenset)) and value:
        return _set(value)
    raise TypeError(f"DynamoDB has no type for {type(value).__name__}")


def from_attribute(attribute: Mapping[str, Any]) -> Any:  # noqa: PLR0911 one for each type
    """Return the value of an attribute value. Raises TypeError for an unknown type."""
    if "S" in attribute:
        return attribute["S"]
    if "N" in attribute:
        return Decimal(attribute["N"])
    if "M" in attribute:
        return {
            name: value["S"] if "S" in value else from_attribute(value)
            for name, value in attribute["M"].items()
        }
    if "L" in attribute:
        return [from_attribute(value) for value in attribute["L"]]
    [(kind, held)] = attribute.items()
    match kind:
        case "BOOL" | "B":
            return held
        case "NULL":
            return None
        case "SS" | "BS":
            return set(held)
        case "NS":
            return set(map(Decimal, held))
    raise TypeError(f"{kind} is no type of DynamoDB")


def texts_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the texts of an item into Python's; the rest is left to `whole_of`, if it is wanted."""
    return {
        name: value["S"] if "S" in value else value  # noqa: SIM401 a call each takes twice the time
        for name, value in item.items()
    }


def whole_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what `texts_of` left of an item into Python values."""
    return {
        name: held if isinstance(held, str) else from_attribute(held) for name, held in item.items()
    }


def _number(value: int | Decimal) -> str:
    number = _decimal(value)
    if not number.is_finite():
        raise TypeError("DynamoDB has no infinity and no NaN")
    return str(number)


def _set(values: set[Any] | frozenset[Any]) -> dict[str, Any]:
    """Return a set whose members are all of one type."""
    members = [to_attribute(value) for value in values]
    [kind, *others] = {name for member in members for name in member}
    if others or kind not in {"S", "N", "B"}:
        raise TypeError("DynamoDB has sets of texts, of numbers and of bytes only")
    return {f"{kind}S": [member[kind] for member in members]}
