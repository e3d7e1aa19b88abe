"""Log lines as JSON, one object a line, with the ids of what is being done on each."""

import json
import logging
import os
import sys
import time
from contextvars import ContextVar
from typing import Any, Final

SERVICE: Final = os.environ.get("SERVICE_NAME", "centli")
"""What log lines and metrics call the deployment."""

keys: ContextVar[dict[str, Any]] = ContextVar("keys", default={})  # noqa: B039 never changed
"""What every line has besides, for as long as it is set."""

_OF_EVERY_RECORD: Final = frozenset(logging.makeLogRecord({}).__dict__)


class JsonLines(logging.Formatter):
    """Writes a record with its `extra`; what is None is left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        seconds = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.created))
        line = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": f"{seconds},{int(record.msecs):03}+0000",
            "service": SERVICE,
            **keys.get(),
        }
        line.update((k, v) for k, v in record.__dict__.items() if k not in _OF_EVERY_RECORD)
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if trace:
            line["xray_trace_id"] = trace.partition(";")[0].removeprefix("Root=")
        told = {name: value for name, value in line.items() if value is not None}
        return json.dumps(told, default=str, separators=(",", ":"))


def json_logger() -> logging.Logger:
    """Return the logger of the functions: to standard output, from LOG_LEVEL on."""
    logger = logging.getLogger("centli")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))
    return logger
