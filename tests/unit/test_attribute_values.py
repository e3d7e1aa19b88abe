"""Attribute values are those that boto3 writes, and are read as boto3 reads them."""

from decimal import Decimal, DecimalException
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.attribute_values import from_attribute, to_attribute

NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
SETS = st.one_of(
    st.sets(st.text(), min_size=1),
    st.sets(st.decimals(-1000, 1000, places=2), min_size=1),
    st.sets(st.binary(), min_size=1),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | st.binary() | SETS,
    lambda held: st.lists(held) | st.dictionaries(st.text(), held),
    max_leaves=12,
)


def outcome_of(do: Any, value: Any) -> Any:
    """Return what becomes of a value; a refusal by its kind."""
    try:
        return comparable(do(value))
    except DecimalException:
        return DecimalException
    except TypeError:
        return TypeError


def comparable(value: Any) -> Any:
    """Return a value that tells a number from its equals, and sets apart from their order."""
    if isinstance(value, dict):
        return {
            name: sorted(held) if name in {"SS", "NS", "BS"} else comparable(held)
            for name, held in value.items()
        }
    if isinstance(value, set):
        return {comparable(held) for held in value}
    if isinstance(value, list):
        return [comparable(held) for held in value]
    if isinstance(value, Binary):
        return value.value
    return (type(value), str(value)) if isinstance(value, Decimal) else value


@given(VALUES)
def test_a_value_is_written_as_boto3_writes_it_and_read_as_boto3_reads_it(value: Any) -> None:
    theirs = outcome_of(TypeSerializer().serialize, value)
    assume(theirs is not DecimalException)  # boto3 refuses zeros at the end, too
    assert outcome_of(to_attribute, value) == theirs

    if not isinstance(outcome_of(to_attribute, value), type):
        attribute = TypeSerializer().serialize(value)
        assert outcome_of(from_attribute, attribute) == outcome_of(
            TypeDeserializer().deserialize, attribute
        )


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        Decimal("NaN"),
        Decimal("Infinity"),
        object(),
        set(),
        {1, "a"},
        {None},
        [0.1],
        {"a": 0.1},
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_dynamodb_has_no_type_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        to_attribute(value)


@pytest.mark.parametrize("text", ["1E+127", "1E-166", "1." + "1" * 38])
def test_a_number_is_never_rounded(text: str) -> None:
    with pytest.raises(DecimalException):
        to_attribute(Decimal(text))


@pytest.mark.parametrize("text", ["1" + "0" * 100, "-12" + "0" * 50, "0." + "0" * 60 + "1"])
def test_a_number_with_more_zeros_than_digits_is_read_and_written_as_it_is(text: str) -> None:
    """DynamoDB answers 1E+100 with all its zeros; boto3 cannot read that."""
    read = from_attribute({"N": text})
    assert read == Decimal(text)
    assert from_attribute({"NS": [text]}) == {Decimal(text)}
    assert Decimal(to_attribute(read)["N"]) == read


def test_the_attribute_value_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="X is no type"):
        from_attribute({"X": 1})
