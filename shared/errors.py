"""Every error a caller may be told of, and the one mapping from an error to an answer.

An error carries a machine-readable code, an HTTP status and a sentence for the agent's model. The
sentence says what to correct and never holds another customer's data.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import ClassVar, NotRequired, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from shared.dynamodb import ConditionCheck, name_of


class ErrorBody(TypedDict):
    """The `error` field of an answer or of an event's data; `left` is in pesos."""

    code: str
    message: str
    left: NotRequired[Decimal]


class CentliError(Exception):
    """An error that the caller is told of."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    @property
    def body(self) -> ErrorBody:
        """The `error` field that tells the caller of this error."""
        return {"code": self.code, "message": str(self)}


class InvalidRequest(CentliError):
    """The arguments or the envelope are malformed; nothing was looked up or changed."""

    code = "INVALID_REQUEST"
    status = 400


class Unauthenticated(CentliError):
    """The front door names no caller."""

    code = "UNAUTHENTICATED"
    status = 401


class SourceNotAllowed(CentliError):
    """The source of an event is not one that may send it; nothing was looked up or changed."""

    code = "SOURCE_NOT_ALLOWED"
    status = 403


class UnknownOperation(CentliError):
    """No operation answers this path or event type."""

    code = "UNKNOWN_OPERATION"
    status = 404


class PageTokenNotFound(CentliError):
    """The page token was not issued to this caller for this query."""

    code = "PAGE_TOKEN_NOT_FOUND"
    status = 404


class RequestMismatch(CentliError):
    """The request id was used before with other content; nothing changed."""

    code = "REQUEST_ID_REUSED"
    status = 409


class Unavailable(CentliError):
    """The change could not be committed now; repeating the same request is safe."""

    code = "TEMPORARILY_UNAVAILABLE"
    status = 503


class Refusal(CentliError):
    """A well-formed request that the bank declines. It is recorded and published as the outcome.

    `code` and `status` come from the subclass that states the reason. Where it rests on what other
    changes keep moving, such as a balance, `checks` say so: that an item is as it was read leaves
    what is moving out.
    """

    status = 422

    def __init__(self, message: str, *checks: ConditionCheck) -> None:
        super().__init__(message)
        self._checks = checks

    def proof(self, reads: Iterable[ConditionCheck]) -> Sequence[ConditionCheck]:
        """Return the checks that it is true, given those of what was read for it."""
        return _one_of_each((*reads, *self._checks))


class OrderExpired(Refusal):
    """An order is too old to be what the customer wants now."""

    code = "ORDER_EXPIRED"
    status = 409

    def proof(self, _reads: Iterable[ConditionCheck]) -> Sequence[ConditionCheck]:
        """Return no check: it never gets younger."""
        return ()


def answer_for(error: Exception) -> tuple[int, ErrorBody]:
    """Map any exception to the status and body that a front door answers.

    What the caller cannot correct tells nothing of its cause.
    """
    if isinstance(error, CentliError):
        return error.status, error.body
    if isinstance(error, (ClientError, BotoCoreError)):
        return Unavailable.status, Unavailable(_OUTCOME_UNKNOWN).body
    return CentliError.status, CentliError(_INTERNAL).body


def _one_of_each(checks: Iterable[ConditionCheck]) -> list[ConditionCheck]:
    """Return the same checks, one for each item: a transaction takes no more of it.

    Those of one item have distinct placeholders.
    """
    found: dict[object, ConditionCheck] = {}
    for check in checks:
        name = name_of(check.table, check.key)
        found[name] = _both(found[name], check) if name in found else check
    return list(found.values())


def _both(one: ConditionCheck, other: ConditionCheck) -> ConditionCheck:
    return one._replace(
        condition=f"({one.condition}) AND ({other.condition})",
        values={**(one.values or {}), **(other.values or {})},
        names={**(one.names or {}), **(other.names or {})},
    )


_OUTCOME_UNKNOWN = (
    "The bank's records could not be reached, so the outcome is not known yet. Repeat exactly the "
    "same request in a few seconds: within two minutes it cannot take effect twice."
)
_INTERNAL = "The operation failed for a reason that is not in the request. Try again later."
