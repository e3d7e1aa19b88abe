"""Structured logs, one line for each request, without names, accounts, amounts or payloads."""

import traceback

from aws_lambda_powertools import Logger

logger = Logger()


def where_it_failed(error: BaseException) -> list[str]:
    """Return the frames of an exception, innermost last, without its message.

    Messages of libraries repeat the values that they choke on, which may be personal data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
