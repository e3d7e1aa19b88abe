"""What an invocation tells of itself: structured log lines and metrics, without personal data.

Names, accounts, amounts and payloads never appear. Every line carries the correlation id that the
events of the request carry. Metrics are printed in CloudWatch's embedded metric format at the end
of the invocation, which costs no call and needs no permission.
"""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, Literal, TypeVar

from shared.errors import CentliError, ErrorBody, answer_for
from shared.log_lines import SERVICE, compact, json_logger, keys

T = TypeVar("T")
U = TypeVar("U")

NAMESPACE = "CENTLI"
UNHANDLED = "UNHANDLED"
"""The code of an invocation that ended without saying what became of its request."""

_AMOUNT_BUCKETS = (
    (Decimal(100), "AmountLe100"),
    (Decimal(1000), "AmountLe1000"),
    (Decimal(10_000), "AmountLe10000"),
    (Decimal("Infinity"), "AmountAbove10000"),
)

logger = json_logger()

UNREADABLE: Final = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading an item raises that another program wrote in a form that says nothing to us."""


class _Seen:
    """What is known of the invocation so far; a failure, unless somebody says otherwise."""

    operation: str = "unknown"
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    code: str | None = UNHANDLED
    repeated: bool = False
    amount: Decimal | None = None

    @property
    def outcome(self) -> str:
        if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "failed"
        return "refused" if self.status >= HTTPStatus.BAD_REQUEST else "completed"


_seen: ContextVar[_Seen] = ContextVar("seen")


@contextmanager
def observed(context: Any) -> Iterator[None]:
    """Observe one invocation: give its log lines their ids, and record its metrics at the end."""
    request_id = getattr(context, "aws_request_id", None)
    seen = _Seen()
    token = _seen.set(seen)
    no_keys = keys.set({})
    note(correlation_id=request_id, function_request_id=request_id)
    try:
        yield
    except BaseException:
        seen.status = HTTPStatus.INTERNAL_SERVER_ERROR
        seen.code = seen.code or UNHANDLED
        raise
    finally:
        _record(seen)
        keys.reset(no_keys)
        _seen.reset(token)


def note(**named: str | None) -> None:
    """Put ids and names of this system, never a customer's values, on the lines that follow."""
    keys.set(keys.get() | named)


def started(operation_id: str) -> None:
    """Say which operation the invocation is for."""
    _current().operation = operation_id
    note(operation=operation_id)


def answered(
    status: int, body: dict[str, Any], *, repeated: bool, changes: bool, correlation_id: str | None
) -> None:
    """Say what an operation answered, whichever door the request came through."""
    seen = _current()
    seen.status, seen.repeated = status, repeated
    seen.code = body["error"]["code"] if status >= HTTPStatus.BAD_REQUEST else None
    seen.amount = _amount(body) if changes and seen.code is None else None
    if correlation_id is not None:
        note(correlation_id=correlation_id)
    logger.info(
        "request answered", extra={"status": status, "code": seen.code, "repeated": repeated}
    )


def unanswered(error: Exception) -> tuple[int, ErrorBody]:
    """Say why a request got no answer from its operation; return the status and error to answer."""
    status, described = answer_for(error)
    seen = _current()
    seen.status, seen.code, seen.repeated, seen.amount = status, described["code"], False, None
    logger.warning(
        "request not answered",
        extra={
            "status": status,
            "code": described["code"],
            "error_type": type(error).__name__,
            "frames": where_it_failed(error) if status >= CentliError.status else None,
        },
    )
    return status, described


def measured(name: str, value: float = 1, unit: Literal["Count", "Seconds"] = "Count") -> None:
    """Print a metric of the whole service, beside those of each invocation."""
    _print_metrics(_metrics([["service"]], {}, (name,), value, unit))


def note_unreadable(error: Exception) -> None:
    """Record that an item cannot be read: a list leaves it out, and says so."""
    extra = {"error_type": type(error).__name__, "frames": where_it_failed(error)}
    logger.error("item not readable", extra=extra)
    measured("UnreadableItems")


def sorted_out(items: Iterable[T], read: Callable[[T], U]) -> tuple[list[U], list[T]]:
    """Return what items say, and those that cannot be read, which are recorded."""
    found, unreadable = [], []
    for item in items:
        try:
            found.append(read(item))
        except UNREADABLE as error:
            note_unreadable(error)
            unreadable.append(item)
    return found, unreadable


def where_it_failed(error: BaseException) -> list[str]:
    """Return the frames of an exception, innermost last, without its message.

    Messages of libraries repeat the values that they choke on, which may be personal data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _current() -> _Seen:
    return _seen.get(_Seen())


def _amount(body: dict[str, Any]) -> Decimal | None:
    amount = body.get("amount", body.get("total_amount"))
    return amount if isinstance(amount, Decimal) else None


def _record(seen: _Seen) -> None:
    """Print the metrics of an invocation. Whatever goes wrong here, the request is not touched."""
    try:
        _count(seen, "outcome", seen.outcome, _counts(seen))
        if seen.code is not None and not seen.repeated:
            name = "Refusals" if seen.outcome == "refused" else "Failures"
            _count(seen, "code", seen.code, (name,))
    except Exception as error:  # noqa: BLE001 a metric is never worth a request
        logger.warning("metrics not recorded", extra={"error_type": type(error).__name__})


def _counts(seen: _Seen) -> tuple[str, ...]:
    """Return what to count once: a repeated delivery is no further request and moves nothing."""
    if seen.repeated:
        return ("Repeats",)
    if seen.amount is None:
        return ("Requests",)
    bucket = next(name for bound, name in _AMOUNT_BUCKETS if seen.amount <= bound)
    return ("Requests", bucket)


def _count(seen: _Seen, dimension: str, value: str, names: tuple[str, ...]) -> None:
    """Count one of each, by operation and dimension, and by the dimension over all operations."""
    _print_metrics(_counted(seen.operation, dimension, value, names))


@lru_cache(maxsize=256)
def _counted(operation: str, dimension: str, value: str, names: tuple[str, ...]) -> str:
    values = {"operation": operation, dimension: value}
    return _metrics([["operation", dimension, "service"], ["service", dimension]], values, names)


def _metrics(
    by: list[list[str]],
    values: dict[str, str],
    names: tuple[str, ...],
    value: float = 1,
    unit: str = "Count",
) -> str:
    """Return metrics in the embedded metric format, but for their time.

    They are of one value, by sets of dimensions of these values.
    """
    metrics = [{"Name": name, "Unit": unit} for name in names]
    directive = {"Namespace": NAMESPACE, "Dimensions": by, "Metrics": metrics}
    found = {name: [float(value)] for name in names}
    about = {"CloudWatchMetrics": [directive]}
    return compact({"_aws": about, **values, "service": SERVICE, **found})


def _print_metrics(metrics: str) -> None:
    about = '{"_aws":{'
    print(f'{about}"Timestamp":{time.time_ns() // 1_000_000},{metrics.removeprefix(about)}')
