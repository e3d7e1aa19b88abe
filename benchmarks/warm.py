"""What an answer costs besides its calls to AWS, against the way most people write it.

Both run in this process and are given the answers that AWS gave them once, so that neither waits:
the time inside of the client is left out, except for what is done there in place of the author:
boto3's resources turn values into DynamoDB's and back, and the Tracer makes a subsegment.
"""

import atexit
import copy
import gc
import importlib
import io
import json
import os
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any, Final
from unittest import mock

from boto3.dynamodb.transform import TransformationInjector
from botocore.client import BaseClient

from benchmarks.reference import aws
from benchmarks.start import TRACED, event_of, spread

ROUNDS = 15
ANSWERS_A_ROUND = 10
OPERATIONS = {
    "core_banking": ("get_balance", "list_transactions", "create_transfer"),
    "marketplace": ("search_products", "get_purchase", "list_purchases", "create_purchase"),
    "crm": ("resolve_alias", "list_beneficiaries", "add_beneficiary"),
}
_ALSO_ASKED = {"resolve_alias": ({"alias": "Juan Lopez"},)}
"""What an operation is asked besides its example: here a name, which no index has."""
_NOWHERE: Final = open(os.devnull, "w")  # noqa: PTH123, SIM115 as long as the process
atexit.register(_NOWHERE.close)
_CONVERSIONS = (
    "inject_condition_expressions",
    "inject_attribute_value_input",
    "inject_attribute_value_output",
)

_INTRODUCTION = """## A warm answer, without AWS

Processor time of an answer without that of its calls to AWS, but with what boto3's resources and
the Tracer add to them. X-Ray is on, and the request not sampled, as most are not. A change of both
keeps the limits and owes its event; that of the product also writes the record of the request in
the same transaction, has the conditions under which a refusal is true, and keeps who asked and how.
To resolve an alias the product reads all of the customer's people, for a word may be another's name
as well; *typical* asks the index first, and compares all of them only with what no index has.
To add one, both ask whom the alias already means, *typical* by the likeness of letters.

Median and quartiles of {} rounds of {} answers, in turns. The functions that are called, of Python
and of C, are the same in every run.

| operation | of *typical* | product (µs) | *typical* (µs) | functions called, of *typical* |
|---|--:|--:|--:|--:|"""

Handler = Callable[[Any, Any], Any]


def report() -> str:
    """Measure a warm answer of every operation that the references have."""
    os.environ.update(aws.environment() | TRACED)
    rows = []
    bank = aws.Aws()
    with aws.played(bank):
        for group, names in OPERATIONS.items():
            own, typical = handlers(group)
            gc.collect()
            gc.freeze()
            for name in names:
                for asked in ({}, *_ALSO_ASKED.get(name, ())):
                    bank.refill()
                    product = Replayed(own, name, **asked)
                    bank.refill()
                    other = Replayed(typical, name, is_traced=True, **asked)
                    rows.append(line(": ".join((name, *asked.values())), product, other))
    return "\n".join([_INTRODUCTION.format(ROUNDS, ANSWERS_A_ROUND), *rows])


def handlers(group: str) -> tuple[Handler, Handler]:
    """Return the handler of the product and that of *typical*, whose log lines go nowhere."""
    with redirect_stdout(_NOWHERE):
        typical = importlib.import_module(f"benchmarks.reference.typical.{group}")
        own = getattr(importlib.import_module("action_groups.handler"), group)
    return own, typical.lambda_handler


class Context:
    """What Lambda tells of an invocation."""

    function_name = "function"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id = "request"
    client_context = None

    def get_remaining_time_in_millis(self) -> int:
        return 9000


class Replayed:
    """A handler that is given the same event and the same answers of AWS again and again."""

    def __init__(
        self, handler: Handler, name: str, *, is_traced: bool = False, **asked: str
    ) -> None:
        self._handler = handler
        self._is_traced = is_traced
        event = event_of(name, **asked)
        event["sessionAttributes"]["request_id"] = f"{name}-of-{handler.__module__}"
        self._event = json.dumps(event)
        self._answers: dict[_Asked, list[Any]] = defaultdict(list)
        make_request = BaseClient.__dict__["_make_request"]

        def recorded(client: Any, operation: Any, request: Any, *rest: Any) -> Any:
            http, parsed = make_request(client, operation, request, *rest)
            asked = _asked(operation.name, json.loads(request["body"]))
            self._answers[asked].append(copy.deepcopy(parsed))
            return http, parsed

        with (
            mock.patch.object(BaseClient, "_make_request", recorded),
            redirect_stdout(io.StringIO()),
        ):
            _check(handler(json.loads(self._event), Context()))

    def nanoseconds(self) -> float:
        """Return what an answer takes without its calls, in all threads, on the average of some."""
        return self._used(time.process_time_ns, time.thread_time_ns)

    def functions_called(self) -> float:
        """Return how many functions an answer calls without its calls to AWS, of Python and of C.

        The same each time on one version of Python and of the packages: no garbage is collected
        meanwhile, whose finalizers would be counted.
        """
        gc.collect()
        gc.disable()
        called: dict[int, int] = defaultdict(int)

        def count(_frame: Any, event: str, _argument: Any) -> None:
            called[threading.get_ident()] += event in {"call", "c_call"}

        threading.setprofile(count)
        sys.setprofile(count)
        try:
            return self._used(
                lambda: sum(list(called.values())), lambda: called[threading.get_ident()]
            )
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            gc.enable()

    def _used(self, now: Callable[[], int], now_here: Callable[[], int]) -> float:
        clock = _Clock(now_here)
        total = 0
        with (
            clock.running(self._answers, is_traced=self._is_traced),
            redirect_stdout(_NOWHERE),
        ):
            for _ in range(ANSWERS_A_ROUND):
                event = json.loads(self._event)
                clock.begin()
                begun = now()
                answer = self._handler(event, Context())
                total += now() - begun - clock.outside
                _check(answer)
        return total / ANSWERS_A_ROUND


_Asked = tuple[str, str]
"""An operation of AWS, and of which table: calls at the same time come in any order."""


def _asked(name: str, arguments: Any) -> _Asked:
    return name, arguments.get("TableName", "")


def _check(answer: Any) -> None:
    assert answer["response"]["httpStatusCode"] == 200, answer  # noqa: PLR2004


class _Clock:
    """Counts what is used inside of clients, by the clock of a thread, and gives them answers."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.outside = 0
        self._now = now
        self._given: dict[_Asked, int] = {}

    def begin(self) -> None:
        self.outside = 0
        self._given = defaultdict(int)

    @contextmanager
    def running(self, answers: "dict[_Asked, list[Any]]", *, is_traced: bool) -> Iterator[None]:
        # It looks where it is when it is imported: in a function, as the environment says by now.
        from aws_xray_sdk.ext.botocore.patch import (
            _xray_traced_botocore as traced_call,
        )

        def call(client: Any, name: str, arguments: Any) -> Any:
            begun = self._now()
            model = client.meta.service_model.operation_model(name)
            context: dict[str, Any] = {}
            client._emit_api_params(arguments, model, context)  # noqa: SLF001
            asked = _asked(name, arguments)
            place = self._given[asked] % len(answers[asked])
            self._given[asked] += 1
            parsed = copy.deepcopy(answers[asked][place])
            service = client.meta.service_model.service_id.hyphenize()
            client.meta.events.emit(
                f"after-call.{service}.{name}",
                http_response=None,
                parsed=parsed,
                model=model,
                context=context,
            )
            self.outside += self._now() - begun
            return parsed

        def traced(client: Any, name: str, arguments: Any) -> Any:
            def of_client(*given: Any) -> Any:
                return call(client, *given)

            return traced_call(of_client, client, (name, arguments), {})

        def counted(conversion: Any) -> Any:
            def turned(*arguments: Any, **named: Any) -> Any:
                begun = self._now()
                result = conversion(*arguments, **named)
                self.outside -= self._now() - begun
                return result

            return turned

        conversions = {
            name: counted(getattr(TransformationInjector, name)) for name in _CONVERSIONS
        }
        with (
            mock.patch.object(BaseClient, "_make_api_call", traced if is_traced else call),
            mock.patch.multiple(TransformationInjector, **conversions),
        ):
            yield


def line(name: str, own: Replayed, typical: Replayed) -> str:
    """Measure both in turns, and return the line of an operation."""
    rounds = [(own.nanoseconds(), typical.nanoseconds()) for _ in range(ROUNDS + 1)][1:]
    ratios = [mine / other for mine, other in rounds]
    mine, other = (statistics.median(column) / 1000 for column in zip(*rounds, strict=True))
    called = own.functions_called(), typical.functions_called()
    share = f"{called[0] / called[1]:.2f} ({called[0]:,.0f} of {called[1]:,.0f})"
    return f"| {name} | {spread(ratios)} | {mine:,.0f} | {other:,.0f} | {share} |"
