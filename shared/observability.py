"""What an invocation tells of itself: structured log lines and metrics, without personal data.

Names, accounts, amounts and payloads never appear. Every line carries the correlation id that the
events of the request carry. What became of a request is one line at its end, in CloudWatch's
embedded metric format: CloudWatch takes its metrics from the line, which costs no call and needs no
permission.
"""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, Literal, TypeVar

from shared.errors import CentliError, ErrorBody, answer_for
from shared.log_lines import SERVICE, compact, json_logger, keys, known

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
    """What is known of the request so far; a failure, unless somebody says otherwise."""

    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    code: str | None = UNHANDLED
    repeated: bool = False
    amount: Decimal | None = None
    is_answered: bool = False
    has_failed: bool = False
    why: Mapping[str, Any] | None = None

    @property
    def outcome(self) -> str:
        if self.has_failed or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "failed"
        return "refused" if self.status >= HTTPStatus.BAD_REQUEST else "completed"


_seen: ContextVar[_Seen] = ContextVar("seen")


@contextmanager
def observed(context: Any = None) -> Iterator[None]:
    """Observe one request: give its log lines their ids, and tell at the end what became of it."""
    request_id = getattr(context, "aws_request_id", None)
    named = {"correlation_id": request_id, "function_request_id": request_id} if request_id else {}
    seen = _Seen()
    token = _seen.set(seen)
    former = keys.set(named)
    try:
        yield
    except BaseException:
        seen.has_failed, seen.is_answered = True, False
        seen.code = seen.code or UNHANDLED
        raise
    finally:
        _record(seen)
        keys.reset(former)
        _seen.reset(token)


def note(**named: str) -> None:
    """Put ids and names of this system, never a customer's values, on the lines that follow."""
    keys.set(keys.get() | named)


def answered(
    status: int, body: dict[str, Any], *, repeated: bool, changes: bool, correlation_id: str | None
) -> None:
    """Say what an operation answered, whichever door the request came through."""
    seen = _current()
    seen.status, seen.repeated, seen.is_answered = status, repeated, True
    seen.code = body["error"]["code"] if status >= HTTPStatus.BAD_REQUEST else None
    seen.amount = _amount(body) if changes and seen.code is None else None
    if correlation_id is not None:
        note(correlation_id=correlation_id)


def unanswered(error: Exception) -> tuple[int, ErrorBody]:
    """Say why a request got no answer from its operation; return the status and error to answer."""
    status, described = answer_for(error)
    seen = _current()
    seen.status, seen.code = status, described["code"]
    seen.is_answered, seen.repeated, seen.amount = False, False, None
    frames = {"frames": where_it_failed(error)} if status >= CentliError.status else {}
    seen.why = {"error_type": type(error).__name__, **frames}
    return status, described


def measured(name: str, value: float = 1, unit: Literal["Count", "Seconds"] = "Count") -> None:
    """Write a metric of the whole service, beside those of each request."""
    directive = _directive([["service"]], (name,), unit)
    _write(_metrics([directive], {}), {name: value})


def note_unreadable(error: Exception) -> None:
    """Record that an item cannot be read: a list leaves it out, and says so."""
    extra = {"error_type": type(error).__name__, "frames": where_it_failed(error)}
    logger.error("item not readable", extra=extra)
    measured("UnreadableItems")


def sorted_out(
    items: Iterable[Mapping[str, Any]], read: Callable[[Any], U], id_name: str
) -> tuple[list[U], list[str] | None]:
    """Return what items say, and the ids of those that cannot be read, which are recorded.

    None for none of them.
    """
    found, unreadable = [], []
    for item in items:
        try:
            found.append(read(item))
        except UNREADABLE as error:
            note_unreadable(error)
            unreadable.append(str(item[id_name]))
    return found, unreadable or None


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
    """Tell what became of a request. Whatever goes wrong here, the request is not touched."""
    try:
        text = _told(seen.outcome, seen.status, seen.code, _counts(seen), seen.is_answered)
        _write(text, {"operation": "unknown", "repeated": seen.repeated, **(seen.why or {})})
    except Exception as error:  # noqa: BLE001 a line is never worth a request
        logger.warning("request not recorded", extra={"error_type": type(error).__name__})


def _counts(seen: _Seen) -> tuple[str, ...]:
    """Return what to count once: a repeated delivery is no further request and moves nothing."""
    if seen.repeated:
        return ("Repeats",)
    if seen.amount is None:
        return ("Requests",)
    bucket = next(name for bound, name in _AMOUNT_BUCKETS if seen.amount <= bound)
    return ("Requests", bucket)


@lru_cache(maxsize=256)
def _told(
    outcome: str,
    status: int,
    code: str | None,
    counts: tuple[str, ...],
    is_answered: bool,
) -> str:
    """Return what the line of a request has, but for what no other has.

    What is counted is by operation and outcome, and a refusal or failure by its code as well; both
    over all operations too.
    """
    directives = [_by("outcome", counts)]
    if code is not None and "Repeats" not in counts:
        name = "Refusals" if outcome == "refused" else "Failures"
        directives.append(_by("code", (name,)))
        counts = (*counts, name)
    said = {
        "level": "INFO" if is_answered else "WARNING",
        "message": "request answered" if is_answered else "request not answered",
        "outcome": outcome,
        "status": status,
        **({} if code is None else {"code": code}),
        **dict.fromkeys(counts, 1),
    }
    return _metrics(directives, said)


def _by(dimension: str, names: tuple[str, ...]) -> dict[str, Any]:
    return _directive([["operation", dimension, "service"], ["service", dimension]], names)


def _directive(
    by: list[list[str]], names: tuple[str, ...], unit: Literal["Count", "Seconds"] = "Count"
) -> dict[str, Any]:
    """Return what has CloudWatch take metrics from a line, by sets of its fields."""
    metrics = [{"Name": name, "Unit": unit} for name in names]
    return {"Namespace": NAMESPACE, "Dimensions": by, "Metrics": metrics}


_ABOUT: Final = '{"_aws":{'


def _metrics(directives: list[dict[str, Any]], said: Mapping[str, Any]) -> str:
    """Return a line in the embedded metric format, but for its time and what is its own."""
    line = {"_aws": {"CloudWatchMetrics": directives}, **said, "service": SERVICE}
    return compact(line).removeprefix(_ABOUT).removesuffix("}")


def _write(metrics: str, own: Mapping[str, Any]) -> None:
    """Write a line of metrics with what is its own, which is something in any case."""
    now_ms = time.time_ns() // 1_000_000
    rest = compact({**own, **known()}).removeprefix("{")
    logger.write(f'{_ABOUT}"Timestamp":{now_ms},{metrics},{rest}')
