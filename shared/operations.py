"""Declaring an operation: one function, from which every front door and document follows.

A query returns its answer. A change returns a `Change`: the answer together with the DynamoDB
writes that make it true, which `shared.requests` commits with the record of the request in one
transaction. A change does not write by itself, so it can be decided again after a lost race.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from shared import json_text
from shared.changes import Change, Stamp
from shared.clock import Clock
from shared.confirmation import Terms
from shared.decoding import decode, decode_text
from shared.dynamodb import DynamoDB
from shared.errors import InvalidRequest
from shared.identity import Caller
from shared.models import Answer, Request
from shared.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

CONTRACT_VERSION = "1.0.0"
"""The version of what the operations promise, as schemas tell it, not of this software."""

Method = Literal["GET", "POST"]

_CHANGE_REPLIES = 2
"""The reply event types of a change: completed and failed."""


RecordKey = Callable[[str, Any], str]
"""From the customer's id and the request: the key of the record that decides it once for all."""


FinalAnswer = Callable[[Caller, dict[str, Any], Any], dict[str, Any] | None]
"""From the caller, the answer of a change and the store: the answer once it is final, or None."""


class Operation(NamedTuple):
    """One declared operation with everything that the front doors and the documents need."""

    group: str
    source: str
    function: Callable[..., Any]
    request_model: type[Request]
    answer_model: type[Answer]
    changes: bool
    method: Method | None
    path: str | None
    event_type: str | None
    replies: tuple[str, ...]
    example_request: Request
    example_answer: Answer
    terms_model: type[Terms] | None = None
    error_model: type[Answer] | None = None
    begins: str | None = None
    final_answer: FinalAnswer | None = None
    event_source: str | None = None
    record_key: RecordKey | None = None

    @property
    def example_arguments(self) -> dict[str, Any]:
        """What the example request gives, in the types of JSON; amounts are Decimal."""
        return self.example_request.model_dump(exclude_unset=True)

    @property
    def example_texts(self) -> dict[str, str]:
        """The same as an agent gives it: every value as text, lists as JSON."""
        return {
            name: value if isinstance(value, str) else json_text.dumps(value)
            for name, value in self.example_arguments.items()
        }

    @property
    def operation_id(self) -> str:
        """The name by which agents know the operation, in camel case."""
        return _in_camel_case(self.function.__name__)

    @property
    def confirm(self) -> bool:
        """Whether a person has to say yes before it is done."""
        return self.terms_model is not None

    @property
    def description(self) -> str:
        """What the agent reads: the docstring of the function."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def success_event(self) -> str | None:
        """The event type that a success publishes: the answer, or what begins a flow."""
        return self.begins or (self.replies[0] if self.replies else None)

    @property
    def failure_event(self) -> str | None:
        """The event type that publishes an error; None where nobody would be told."""
        has_one = self.replies and not (self.changes and len(self.replies) < _CHANGE_REPLIES)
        return self.replies[-1] if has_one else None

    @property
    def expires(self) -> bool:
        """Whether it is an order: an event that asks for it is refused when it is too old.

        A change that publishes no refusal is the end of what was begun, and never too old.
        """
        return self.changes and self.failure_event is not None

    @property
    def is_step(self) -> bool:
        """Whether it is a step of a flow between groups, which nobody outside may ask for.

        What it cannot handle is told to nobody, so it becomes a dead letter.
        """
        return self.event_source is not None

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names between braces in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path or ""))


@dataclass
class ActionGroup:
    """A named set of operations over one kind of data access.

    `store` builds the group's data access from the DynamoDB client, the settings and the clock.
    `first_read` is what the function for agents asks of it at its start, about nobody: reads that
    it may make in any case, as its first answer will.
    """

    name: str
    source: str
    title: str
    description: str
    store: Callable[[DynamoDB, Settings, Clock], Any]
    first_read: Callable[[Any], object] | None = None
    _operations: list[Operation] = field(default_factory=list)

    def operation(
        self,
        method: Method,
        path: str,
        *,
        example: tuple[Request, Answer],
        on: str | None = None,
        replies: tuple[str, ...] = (),
        confirm: type[Terms] | None = None,
        error: type[Answer] | None = None,
        begins: str | None = None,
        final_answer: FinalAnswer | None = None,
    ) -> Callable[[F], F]:
        """Declare an operation that agents call, and that the bus triggers with the event `on`.

        `example` is a request of the seeded customer `user-maria` and its answer: sample events,
        tests and documents are made of it. `replies` are the event types that publish its answer
        and its errors: one for a query, (completed, failed) for a change. `confirm` is
        what a person has to see and agree to before it is done: what is `shown` of the `Change`
        then has such terms. `error` has what its errors may tell beside code and message, all of it
        optional. A success that `begins` a flow publishes that event type; the
        first of `replies` then comes at the end of the flow, and `final_answer` tells what an agent
        is answered once it came.
        """
        return self._declare(
            method,
            path,
            on,
            replies,
            example=example,
            terms_model=confirm,
            error_model=error,
            begins=begins,
            final_answer=final_answer,
        )

    def event(
        self,
        on: str,
        *,
        source: str,
        example: tuple[Request, Answer],
        replies: tuple[str, ...] = (),
        record_key: RecordKey | None = None,
    ) -> Callable[[F], F]:
        """Declare a step of a flow: what the group does when the group of `source` sends `on`.

        `replies` are the event types that its change publishes, and its refusal if there are two.
        With `record_key` it is decided once for what that names, whatever request asks for it, and
        the record is kept for good.
        """
        return self._declare(
            None,
            None,
            on,
            replies,
            example=example,
            event_source=source,
            record_key=record_key,
        )

    def task(
        self, *, example: tuple[Request, Answer], replies: tuple[str, ...], record_key: RecordKey
    ) -> Callable[[Callable[..., Any]], Operation]:
        """Declare a change that a scheduled function makes: neither agent nor event can ask for it.

        It is decided once for what `record_key` names, and publishes the first of `replies`.
        """

        def declare(function: Callable[..., Any]) -> Operation:
            return self._made(
                function,
                example=example,
                method=None,
                path=None,
                event_type=None,
                replies=replies,
                record_key=record_key,
            )

        return declare

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    def route(self, method: str, path: str) -> Operation | None:
        """Return the operation that agents reach by this method and path template."""
        found = (o for o in self._operations if o.path == path and o.method == method)
        return next(found, None)

    def triggered_by(self, event_type: str) -> Operation | None:
        """Return the operation that this event type triggers."""
        return next((o for o in self._operations if o.event_type == event_type), None)

    def _declare(
        self,
        method: Method | None,
        path: str | None,
        on: str | None,
        replies: tuple[str, ...],
        **declared: Any,
    ) -> Callable[[F], F]:
        def declare(function: F) -> F:
            operation = self._made(
                function, method=method, path=path, event_type=on, replies=replies, **declared
            )
            self._operations.append(operation)
            return function

        return declare

    def _made(
        self, function: Callable[..., Any], *, example: tuple[Request, Answer], **declared: Any
    ) -> Operation:
        request_model, answer_model, changes = _signature(function)
        operation = Operation(
            group=self.name,
            source=self.source,
            function=function,
            request_model=request_model,
            answer_model=answer_model,
            changes=changes,
            example_request=example[0],
            example_answer=example[1],
            **declared,
        )
        _check(operation, self._operations)
        return operation


@cache
def _in_camel_case(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _signature(function: Callable[..., Any]) -> tuple[type[Request], type[Answer], bool]:
    """Read the models from `(caller, request, store[, stamp])` and the return annotation."""
    hints = get_type_hints(function)
    returned = hints.pop("return", None)
    parameters = list(hints.values())
    changes = get_origin(returned) is Change
    answer = get_args(returned)[0] if changes else returned
    wanted = [Caller, Request, object, Stamp] if changes else [Caller, Request, object]
    if (
        len(parameters) != len(wanted)
        or not all(issubclass(p, w) for p, w in zip(parameters, wanted, strict=True))
        or not (isinstance(answer, type) and issubclass(answer, Answer))
    ):
        message = (
            f"{function.__name__} must be declared as (caller: Caller, request: <a Request>, "
            "store) -> <an Answer>, or with a fourth parameter `stamp: Stamp` -> "
            "Change[<an Answer>]"
        )
        raise TypeError(message)
    return parameters[1], answer, changes


def _check(new: Operation, declared: Sequence[Operation]) -> None:
    """Refuse a declaration that could not be served. Raises TypeError that says why."""
    name = new.function.__name__
    if not new.function.__doc__:
        raise TypeError(f"{name} needs a docstring: it is what the agent reads")
    expected_replies = 0 if new.event_type is None else _CHANGE_REPLIES if new.changes else 1
    if len(new.replies) != expected_replies and not (new.is_step or new.record_key):
        raise TypeError(f"{name} must name {expected_replies} reply event types")
    if not (new.terms_model is None or _is_terms(new.terms_model)):
        raise TypeError(f"{name} must say what is confirmed: confirm=<a model of Terms>")
    if new.confirm and not new.changes:
        raise TypeError(f"{name} changes nothing, so there is nothing to confirm")
    if new.path is not None and not new.path.startswith("/"):
        raise TypeError(f"the path of {name} must start with /")
    fields = new.request_model.model_fields
    for parameter in new.path_parameters:
        if parameter not in fields or not fields[parameter].is_required():
            raise TypeError(
                f"{name} has the path parameter {parameter}: its request must require it"
            )
    for other in declared:
        if (
            other.operation_id == new.operation_id
            or (new.path and (other.method, other.path) == (new.method, new.path))
            or (new.event_type and other.event_type == new.event_type)
        ):
            raise TypeError(f"{name} repeats the name, route or event of {other.function.__name__}")
    _check_example(new)


def _is_terms(model: object) -> bool:
    return isinstance(model, type) and issubclass(model, Terms)


def _check_example(new: Operation) -> None:
    """Refuse an example of something else, or one that the front doors could not deliver."""
    name = new.function.__name__
    models = (new.request_model, new.answer_model)
    if (type(new.example_request), type(new.example_answer)) != models:
        wanted = " and a ".join(model.__name__ for model in models)
        raise TypeError(f"the example of {name} must be a {wanted}")
    try:
        read = [decode(new.request_model, new.example_arguments)]
        if new.path is not None:
            read.append(decode_text(new.request_model, new.example_texts))
        new.answer_model.model_validate(new.example_answer.model_dump())
    except (InvalidRequest, ValidationError) as error:
        raise TypeError(f"the example of {name} is refused: {error}") from None
    if any(request != new.example_request for request in read):
        raise TypeError(f"the example of {name} is not what it reads back as: {read[0]!r}")
