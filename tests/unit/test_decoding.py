"""Values that arrive as text become what the model says, or an error that says what to correct."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, Field

from action_groups import all_groups
from console.calling import _typed
from shared.decoding import decode, decode_text
from shared.errors import InvalidRequest
from shared.models import Identifier, PageItems, Request
from shared.money import Amount


class Inner(BaseModel):
    quantity: int
    note: str = ""


class Sample(Request):
    name: str | None = None
    count: PageItems | None = None
    amount: Amount | None = None
    flag: bool | None = None
    names: list[str] = Field(default_factory=list)
    counts: list[int] = Field(default_factory=list)
    limits: dict[str, str] = Field(default_factory=dict)
    inner: Inner | None = None


def decoded(**raw: Any) -> dict[str, Any]:
    return decode_text(Sample, raw).model_dump(exclude_unset=True)


STAND_INS = ("", " ", "null", "None", "NULL", "undefined", "n/a", "N/A")


class Order(Sample):
    account_id: Identifier


@pytest.mark.parametrize("stand_in", STAND_INS)
@pytest.mark.parametrize("field", Sample.model_fields)
def test_a_stand_in_for_an_optional_argument_counts_as_left_out(field: str, stand_in: str) -> None:
    assert decoded(**{field: stand_in}) == {}
    assert decode(Sample, {field: stand_in}) == decode(Sample, {field: None}) == decode(Sample, {})


@pytest.mark.parametrize("stand_in", [*STAND_INS, None])
@pytest.mark.parametrize("read", [decode, decode_text])
def test_a_stand_in_for_a_required_argument_is_told_to_be_missing(
    read: Any, stand_in: str | None
) -> None:
    with pytest.raises(InvalidRequest, match=r"^`account_id` is missing"):
        read(Order, {"account_id": stand_in, "name": "null"})


def test_a_text_that_is_too_long_is_told_without_the_word_of_a_library() -> None:
    class Short(Request):
        name: str = Field(max_length=3)

    with pytest.raises(InvalidRequest, match=r"^`name` should have at most 3 characters"):
        decode(Short, {"name": "long"})


@pytest.mark.parametrize("text", ["nulo", "none of them", "Nonee", "0", "-", "ninguno"])
def test_what_only_resembles_a_stand_in_is_a_value(text: str) -> None:
    assert decoded(name=text) == {"name": text}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "5", "5"),
        ("name", "[a, b]", "[a, b]"),
        ("name", '{"a": 1}', '{"a": 1}'),
        ("name", "true", "true"),
        ("count", "5", 5),
        ("count", " 5 ", 5),
        ("count", "05", 5),
        ("amount", "100.10", Decimal("100.10")),
        ("flag", "true", True),
        ("flag", " False ", False),
        ("names", '["a", "b, c"]', ["a", "b, c"]),
        ("names", "[a, b]", ["a", "b"]),
        ("names", "[]", []),
        ("names", "[ ]", []),
        ("names", "[a]", ["a"]),
        ("counts", "[1, 2]", [1, 2]),
        ("limits", '{"a": "1"}', {"a": "1"}),
        ("limits", "{a=1, b=2}", {"a": "1", "b": "2"}),
        ("limits", "{a=b=c}", {"a": "b=c"}),
        ("inner", '{"quantity": 2}', {"quantity": 2}),
        ("inner", "{quantity=2, note=two}", {"quantity": 2, "note": "two"}),
    ],
)
def test_text_becomes_what_the_field_is(field: str, text: str, value: Any) -> None:
    assert decoded(**{field: text}) == {field: value}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("count", "5.0"),
        ("count", "five"),
        ("count", "1_0"),
        ("count", "+5"),
        ("count", "５"),
        ("count", "5\n"),
        ("count", "0"),
        ("count", "51"),
        ("count", "9" * 30),
        ("flag", "yes"),
        ("flag", "1"),
        ("names", "a, b"),
        ("names", "[a, [b]]"),
        ("names", "[a"),
        ("names", "[1]"),
        ("names", '{"a": 1}'),
        ("counts", "[1, x]"),
        ("counts", '["1"]'),
        ("counts", "[1.5]"),
        ("limits", "{a}"),
        ("limits", "{}x"),
        ("limits", "{a={b=1}}"),
        ("limits", "[1]"),
        ("inner", "{quantity=two}"),
        ("inner", "{note=two}"),
        ("inner", "[" * 100_000),
        ("inner", '{"quantity": ' * 5_000),
    ],
)
def test_text_that_is_no_such_value_is_refused_by_name(field: str, text: str) -> None:
    with pytest.raises(InvalidRequest, match=f"`{field}"):
        decoded(**{field: text})


def test_a_value_that_arrives_typed_is_taken_as_it_is() -> None:
    assert decoded(count=5, amount=1.5, flag=True, names=["a"]) == {
        "count": 5,
        "amount": Decimal("1.50"),
        "flag": True,
        "names": ["a"],
    }


@pytest.mark.parametrize("raw", [{"count": "5"}, {"flag": "true"}, {"names": "[a]"}])
def test_a_front_door_that_delivers_types_gets_no_text_decoded(raw: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        decode(Sample, raw)


def test_the_error_names_every_wrong_field_and_never_repeats_a_value() -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode_text(Sample, {"amount": "secret-1", "count": "secret-2", "secret": "secret-3"})
    message = str(caught.value)
    assert "`amount`" in message
    assert "`count`" in message
    assert "secret-" not in message


class Needs(Request):
    first: Identifier
    second: Identifier


def test_what_is_missing_is_said_to_be_missing() -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode(Needs, {})
    assert str(caught.value) == "`first` is missing; `second` is missing."


def test_what_is_unknown_is_told_with_what_is_known() -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode(Needs, {"first": "a", "second": "b", "third": "c"})
    assert str(caught.value) == (
        "`third` is not a parameter of this operation: it takes `first`, `second`."
    )


def test_an_operation_without_parameters_says_so() -> None:
    class Nothing(Request):
        pass

    with pytest.raises(InvalidRequest, match="it takes none"):
        decode(Nothing, {"a": 1})


def test_an_event_that_is_sent_by_hand_has_what_an_agents_texts_stand_for() -> None:
    operation = next(iter(all_groups()[0]))._replace(request_model=Sample)
    texts = {"name": "true", "count": "5", "amount": "100.50", "flag": "true", "names": "[a, b]"}
    sent = _typed({**texts, "unknown": "5"}, operation)
    assert sent == {**decoded(**texts), "unknown": "5"}
    wrong = {"count": "five", "amount": "1e3", "flag": "yes", "inner": "x"}
    assert _typed(wrong, operation) == wrong
