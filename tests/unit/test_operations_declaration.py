"""Declaring an operation: one function says everything, and a mistake is refused at import."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from shared.changes import Change, Stamp
from shared.confirmation import Terms
from shared.identity import Caller
from shared.models import Answer, Identifier, Request
from shared.operations import ActionGroup
from tests.support.arguments import OPERATIONS


class Ask(Request):
    thing_id: Identifier
    more: Identifier | None = None


class Told(Answer):
    thing_id: str


class Agreed(Terms):
    """What is agreed to."""

    thing_id: str


class AskWhen(Request):
    day: Annotated[str, AfterValidator(lambda text: text.removesuffix("Z"))]


EXAMPLE = (Ask(thing_id="thing-1"), Told(thing_id="thing-1"))


def read_thing(caller: Caller, request: Ask, store: object) -> Told:
    """Read a thing."""
    raise NotImplementedError


def change_thing(caller: Caller, request: Ask, store: object, stamp: Stamp) -> Change[Told]:
    """Change a thing."""
    raise NotImplementedError


def named(name: str, function: Callable[..., Any] = read_thing) -> Callable[..., Any]:
    def other(caller: Caller, request: Ask, store: object) -> Told:
        """Read another thing."""
        raise NotImplementedError

    other.__name__ = name
    return other


@pytest.fixture
def group() -> ActionGroup:
    return ActionGroup("things", "things", "Things", "Things.", store=lambda db, settings: None)


def test_everything_follows_from_the_function(group: ActionGroup) -> None:
    declare = group.operation(
        "GET", "/things/{thing_id}", on="ASK", replies=("TOLD",), example=EXAMPLE
    )
    assert declare(read_thing) is read_thing, "it can be called as it is"

    [operation] = group
    assert operation.operation_id == "readThing"
    assert operation.description == "Read a thing."
    assert (operation.request_model, operation.answer_model) == (Ask, Told)
    assert not operation.changes
    assert operation.path_parameters == ("thing_id",)
    assert operation.success_event == operation.failure_event == "TOLD"
    assert group.route("GET", "/things/{thing_id}") is operation
    assert group.triggered_by("ASK") is operation
    assert group.route("POST", "/things/{thing_id}") is None
    assert group.triggered_by("TOLD") is None


def test_a_change_is_told_from_a_query_by_what_it_returns(group: ActionGroup) -> None:
    group.operation(
        "POST", "/things", on="ASK", replies=("DONE", "FAILED"), confirm=Agreed, example=EXAMPLE
    )(change_thing)
    [operation] = group
    assert operation.changes
    assert (operation.success_event, operation.failure_event) == ("DONE", "FAILED")


def test_an_operation_may_have_one_door_alone(group: ActionGroup) -> None:
    group.operation("GET", "/things", example=EXAMPLE)(read_thing)
    group.event("ASK", source="others", replies=("DONE", "FAILED"), example=EXAMPLE)(change_thing)
    agent_only, bus_only = group
    assert (agent_only.event_type, agent_only.success_event) == (None, None)
    assert (bus_only.method, bus_only.path) == (None, None)
    assert group.triggered_by("") is None
    assert group.route("", "") is None


def lacks_stamp(caller: Caller, request: Ask, store: object) -> Change[Told]:
    """Change a thing."""
    raise NotImplementedError


def has_stamp(caller: Caller, request: Ask, store: object, stamp: Stamp) -> Told:
    """Read a thing."""
    raise NotImplementedError


def lacks_annotations(caller, request, store):  # type: ignore[no-untyped-def]
    """Read a thing."""


def takes_user_id(user_id: str, request: Ask, store: object) -> Told:
    """Read a thing."""
    raise NotImplementedError


def takes_dict(caller: Caller, request: dict, store: object) -> Told:  # type: ignore[type-arg]
    """Read a thing."""
    raise NotImplementedError


def returns_dict(caller: Caller, request: Ask, store: object) -> dict:  # type: ignore[type-arg]
    """Read a thing."""
    raise NotImplementedError


def returns_change_of_dict(
    caller: Caller, request: Ask, store: object, stamp: Stamp
) -> "Change[dict]":  # type: ignore[type-var]
    """Change a thing."""
    raise NotImplementedError


@pytest.mark.parametrize(
    "function",
    [
        lacks_stamp,
        has_stamp,
        lacks_annotations,
        takes_user_id,
        takes_dict,
        returns_dict,
        returns_change_of_dict,
    ],
)
def test_a_function_of_another_shape_is_refused(
    group: ActionGroup, function: Callable[..., Any]
) -> None:
    with pytest.raises(TypeError, match=f"{function.__name__} must be declared as"):
        group.operation("GET", "/things", example=EXAMPLE)(function)
    assert list(group) == []


def no_docstring(caller: Caller, request: Ask, store: object) -> Told:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "declaration", "why"),
    [
        (no_docstring, {"path": "/things"}, "needs a docstring"),
        (read_thing, {"path": "/things", "on": "ASK"}, "must name 1 reply"),
        (read_thing, {"path": "/things", "on": "ASK", "replies": ("A", "B")}, "must name 1 reply"),
        (read_thing, {"path": "/things", "replies": ("A",)}, "must name 0 reply"),
        (change_thing, {"path": "/things", "on": "ASK", "replies": ("A",)}, "must name 2 reply"),
        (read_thing, {"path": "/things", "confirm": Agreed}, "nothing to confirm"),
        (read_thing, {"path": "/things", "confirm": True}, "must say what is confirmed"),
        (read_thing, {"path": "things"}, "must start with /"),
        (read_thing, {"path": "/things/{other}"}, "path parameter other"),
        (read_thing, {"path": "/things/{more}"}, "path parameter more"),
    ],
)
def test_a_declaration_that_could_not_be_served_is_refused(
    group: ActionGroup, function: Callable[..., Any], declaration: dict[str, Any], why: str
) -> None:
    with pytest.raises(TypeError, match=why):
        group.operation("GET", **{"example": EXAMPLE} | declaration)(function)
    assert list(group) == []


def ask_when(caller: Caller, request: AskWhen, store: object) -> Told:
    """Read a thing of a day."""
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "example", "why"),
    [
        (read_thing, (EXAMPLE[1], EXAMPLE[0]), "read_thing must be a Ask and a Told"),
        (read_thing, (Ask.model_construct(), EXAMPLE[1]), "`thing_id` is missing"),
        (read_thing, (Ask.model_construct(thing_id="a b"), EXAMPLE[1]), "refused: `thing_id`"),
        (read_thing, (EXAMPLE[0], Told.model_construct()), "refused: .*thing_id"),
        (ask_when, (AskWhen.model_construct(day="1Z"), EXAMPLE[1]), "is not what it reads back"),
    ],
)
def test_an_example_that_the_operation_itself_would_refuse_is_refused(
    group: ActionGroup, function: Callable[..., Any], example: Any, why: str
) -> None:
    with pytest.raises(TypeError, match=f"(?s){why}"):
        group.operation("GET", "/things", example=example)(function)
    with pytest.raises(TypeError, match=f"(?s){why}"):
        group.event("ASK", source="others", replies=("TOLD",), example=example)(function)
    assert list(group) == []


def test_the_arguments_of_an_example_are_those_that_it_gives(group: ActionGroup) -> None:
    group.operation("GET", "/things", example=EXAMPLE)(read_thing)
    [operation] = group
    assert operation.example_arguments == {"thing_id": "thing-1"}


def test_a_name_a_route_and_an_event_are_each_declared_once(group: ActionGroup) -> None:
    group.operation("GET", "/things", on="ASK", replies=("TOLD",), example=EXAMPLE)(read_thing)
    for method, path, event, name in (
        ("GET", "/other", None, "read_thing"),
        ("GET", "/things", None, "read_other"),
        ("GET", "/other", "ASK", "read_other"),
    ):
        replies = ("TOLD",) if event else ()
        with pytest.raises(TypeError, match="repeats the name, route or event of read_thing"):
            group.operation(method, path, on=event, replies=replies, example=EXAMPLE)(named(name))  # type: ignore[arg-type]
    group.operation("POST", "/things", on="ASK_OTHER", replies=("TOLD",), example=EXAMPLE)(
        named("read_other")
    )
    assert len(list(group)) == 2


def test_the_declared_operations_keep_to_what_agents_can_take() -> None:
    assert len({operation.operation_id for operation in OPERATIONS}) == len(OPERATIONS)
    for operation in OPERATIONS:
        assert 20 < len(operation.description) < 1000
        assert operation.confirm == (operation.changes and operation.path is not None)
        for name, field in operation.request_model.model_fields.items():
            assert field.description, f"{operation.operation_id}.{name}"
