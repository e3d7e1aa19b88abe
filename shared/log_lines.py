"""Log lines as JSON, one object a line, with the ids of what is being done on each."""

import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

SERVICE: Final = os.environ.get("SERVICE_NAME", "centli")
"""What log lines and metrics call the deployment."""

keys: ContextVar[dict[str, Any]] = ContextVar("keys", default={})  # noqa: B039 never changed
"""What every line has besides, for as long as it is set."""

compact: Final = json.JSONEncoder(default=str, separators=(",", ":")).encode
"""Writes a line."""


class JsonLogger(logging.Logger):
    """Writes each message with its `extra` to standard output; None is left out.

    It makes its lines itself: the records and locks of `logging` take longer than the line.
    """

    def _log(  # type: ignore[override]
        self, level: int, msg: object, _args: object, extra: Mapping[str, object] | None = None
    ) -> None:
        caller = sys._getframe(2)  # noqa: SLF001 whoever called `info` or the like
        now = time.time()
        seconds = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now))
        line = {
            "level": logging.getLevelName(level),
            "location": f"{caller.f_code.co_name}:{caller.f_lineno}",
            "message": str(msg),
            "timestamp": f"{seconds},{int(now % 1 * 1000):03}+0000",
            "service": SERVICE,
            **known(),
            **(extra or {}),
        }
        self.write(compact({name: value for name, value in line.items() if value is not None}))

    def write(self, line: str) -> None:
        """Write a line that is made already, whatever the level."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def known() -> dict[str, Any]:
    """Return what every line has besides: the keys that are set, and the id of the trace."""
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    found = keys.get()
    if not trace:
        return found
    return {**found, "xray_trace_id": trace.partition(";")[0].removeprefix("Root=")}


def json_logger() -> JsonLogger:
    """Return the logger of the functions: from LOG_LEVEL on."""
    return JsonLogger("centli", os.environ.get("LOG_LEVEL", "INFO"))
