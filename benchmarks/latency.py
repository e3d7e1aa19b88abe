"""How long answers take, and how that is spread: the product and its references, in turns.

    python -m benchmarks latency

All are warm, in this process, and reach a bank over HTTPS, which takes the place of DynamoDB and is
a thread of this process: its processor time is what passes until an answer is there on a machine
that does nothing else. What is told is of the median of *floor*.
"""

import gc
import importlib
import os
import queue
import random
import ssl
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.plots import draw
from benchmarks.reference import aws
from benchmarks.start import TRACED, event_of
from benchmarks.warm import Context, handlers

ANSWERS, UNCOUNTED, SEED = 400, 40, 1
PERCENTILES = (50, 90, 95, 99)
SHARES = 100
OPERATIONS = {"get_balance": "getBalance", "create_transfer": "createTransfer"}
GROUP = "core_banking"

_INTRODUCTION = """## How long an answer takes

Processor time until a warm function has its answer: its own, and that of the bank in place of
DynamoDB, which it calls over HTTPS. So much time passes on a machine that does nothing else.
Product, *typical* and *floor* answer in turns, {} times each, in an order that is drawn.
Percentiles are of the median of *floor*, which keeps no limits, no record and no event: it is the
platform and the client. On AWS, the network and DynamoDB take another time.
"""

Handler = Callable[[Any, Any], Any]


def report() -> str:
    """Measure, draw, and return the table."""
    lines = [_INTRODUCTION.format(ANSWERS)]
    with TemporaryDirectory() as name, aws.certified(Path(name)) as (context, authorities):
        os.environ.update(aws.environment() | TRACED | _served(context, authorities))
        own, typical = handlers(GROUP)
        floor = importlib.import_module("benchmarks.reference.floor").lambda_handler
        ways = {"product": own, "typical": typical, "floor": floor}
        gc.collect()
        gc.freeze()
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
            took = {operation: measured(operation, ways) for operation in OPERATIONS}
    columns = " | ".join(f"{percentile}th" for percentile in PERCENTILES)
    lines += [f"| | | {columns} | median, ms |", f"|---|---|{'--:|' * len(PERCENTILES)}--:|"]
    for operation, found in took.items():
        unit = statistics.median(found["floor"])
        for way, times in found.items():
            ratios = " | ".join(f"{at(times, percentile) / unit:.2f}" for percentile in PERCENTILES)
            median = statistics.median(times) * 1000
            lines.append(f"| {OPERATIONS[operation]} | {way} | {ratios} | {median:.1f} |")
    return "\n".join([*lines, "", *(drawn(OPERATIONS[name], took[name]) + "\n" for name in took)])


def _served(context: ssl.SSLContext, authorities: Path) -> dict[str, str]:
    """Serve a bank in a thread; return the variables by which its clients find it."""
    port: queue.Queue[int] = queue.Queue()
    threading.Thread(target=aws.serve, args=(aws.Aws(), context, port.put), daemon=True).start()
    return {
        "AWS_ENDPOINT_URL": f"https://{aws.HOST}:{port.get(timeout=60)}",
        "AWS_CA_BUNDLE": str(authorities),
    }


def measured(operation: str, ways: Mapping[str, Handler]) -> dict[str, list[float]]:
    """Return the seconds of each answer, by who gave it."""
    took: dict[str, list[float]] = {way: [] for way in ways}
    for number, way in _turns(ways):
        event = event_of(operation)
        event["sessionAttributes"]["request_id"] = f"{operation}-{way}-{number}"
        for property_ in properties_of(event):
            if property_["name"] == "amount":  # so little that there is enough for all
                property_["value"] = "1.00"
        begun = time.process_time()
        answer = ways[way](event, Context())
        seconds = time.process_time() - begun
        assert answer["response"]["httpStatusCode"] == 200, answer  # noqa: PLR2004
        if number >= UNCOUNTED:
            took[way].append(seconds)
    return took


def _turns(ways: Mapping[str, Handler]) -> Iterator[tuple[int, str]]:
    """Yield whose turn it is: each once a round, so that none always follows the same."""
    drawing = random.Random(SEED)
    for number in range(ANSWERS + UNCOUNTED):
        for way in drawing.sample(sorted(ways), len(ways)):
            yield number, way


def properties_of(event: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what the body of an agent's call has."""
    if "requestBody" not in event:
        return []
    found: list[dict[str, str]] = event["requestBody"]["content"]["application/json"]["properties"]
    return found


def at(times: list[float], percentile: int) -> float:
    """Return the time within which so many of a hundred answers came."""
    return sorted(times)[min(len(times) * percentile // 100, len(times) - 1)]


def drawn(operation: str, took: Mapping[str, list[float]]) -> str:
    """Draw which share of the answers came within which time, to the 99th of a hundred."""
    unit = statistics.median(took["floor"])
    curves = {
        way: [(at(times, share) / unit, share / SHARES) for share in range(SHARES)]
        for way, times in took.items()
    }
    return draw(
        f"latency-{operation}",
        f"Answers of {operation}",
        x="time, of the median of floor",
        y="share of the answers",
        curves=curves,
    )
