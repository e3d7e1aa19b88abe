"""The errors that DynamoDB answers, as botocore raises them."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError


class ConditionalCheckFailedException(ClientError):
    """The condition of a single write does not hold."""


def error(code: str, message: str, operation: str = "DynamoDB", **more: Any) -> ClientError:
    """Return an error as botocore raises it; `more` are further members of the answer."""
    kind = ConditionalCheckFailedException if code.startswith("ConditionalCheck") else ClientError
    return kind({"Error": {"Code": code, "Message": message}, **more}, operation)  # type: ignore[typeddict-item]


def invalid(message: str) -> ClientError:
    """Return the error of a request that DynamoDB does not take."""
    return error("ValidationException", message)


def cancelled(reasons: Sequence[dict[str, Any]]) -> ClientError:
    """Return the error of a transaction of which nothing was written; one reason for each entry."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    return error(
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        "TransactWriteItems",
        Message="Transaction cancelled",
        CancellationReasons=list(reasons),
    )
