"""What a function costs before and at its first answer, against the two references.

Each start is a fresh process on the packages that a deployment would have, with bytecode, whose
clients reach a bank on this machine over HTTPS. Processor time is what counts; product and
references take turns, so that a busy machine slows all of them.
"""

import importlib.metadata
import io
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.reference import aws
from console.artefact import FUNCTIONS, ROOT, add_bytecode, add_sources, prune

ROUNDS = 9
EVENTS = {
    "core_banking": "get_balance",
    "marketplace": "list_purchases",
    "crm": "list_beneficiaries",
}
RELAY = "event_relay"
_OWED = {
    "version": "1.0",
    "event_type": "TRANSFER_COMPLETED",
    "correlation_id": "correlation-1",
    "timestamp": "2026-11-22T15:00:00.000Z",
    "source": "core-banking",
    "user_id": "user-maria",
    "data": {"amount": 100.5},
}
STREAM = {
    "Records": [
        {
            "eventID": "1",
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "SequenceNumber": "1",
                "NewImage": {"events": {"L": [{"S": json.dumps(_OWED)}]}},
            },
        }
    ]
}
TRACED = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-65a0b0c0-0123456789abcdef01234567;Sampled=0",
}
"""As in most invocations on Lambda: traced, and not sampled."""

_INTRODUCTION = """## The start of a function

Processor time of a fresh process until its handler is ready (*init*), of its first and of its
second answer, each of one call to AWS. The product makes its first call to AWS at the start, a read
about nobody (the relay, a call about nothing): its *init* has the reading of the certificates, the
connection, and what botocore makes once for such a call. *Floor* and *typical* connect in their
first answer, and read all the authorities that botocore trusts, not only those of Amazon. A
customer waits for both, *init and first*.

Median and quartiles of {} rounds.

| function | | init, of *typical* | init and first, of *typical* | first, of *floor*'s second \
| the three, in ms | modules |
|---|---|--:|--:|--:|--:|--:|"""

_ARTEFACT = """
### What is deployed

With bytecode; *typical* is Powertools with its tracer, boto3 and pydantic as pip installs them.

| | MB | MB zipped |
|---|--:|--:|"""

_CHILD = """
import sys, time
begun = time.process_time_ns()
import importlib, json
module, name, event, path = sys.argv[1:]
sys.path[:0] = path.split(":")
handler = getattr(importlib.import_module(module), name)
took = [time.process_time_ns() - begun]

class Context:
    function_name = "function"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id = "request"
    client_context = None

    def get_remaining_time_in_millis(self):
        return 9000

for _ in range(3):
    given = json.loads(event)
    begun = time.process_time_ns()
    handler(given, Context())
    took.append(time.process_time_ns() - begun)
print(json.dumps([*took, len(sys.modules)]), file=sys.stderr)
"""


def report() -> str:
    """Measure the start and the first answers of the functions."""
    with TemporaryDirectory() as name, bank(Path(name)) as environment:
        places = deployments(Path(name))
        rows = [line for what in (*EVENTS, RELAY) for line in measured(what, places, environment)]
        sizes = [f"| {kind} | {size_of(Path(places[kind]))} |" for kind in ("product", "typical")]
    return "\n".join([_INTRODUCTION.format(ROUNDS), *rows, _ARTEFACT, *sizes])


def measured(what: str, places: dict[str, str], environment: dict[str, str]) -> Iterator[str]:
    """Yield the lines of a function: the product and its references, in turns."""
    event = json.dumps(STREAM if what == RELAY else event_of(EVENTS[what]))
    floor = "floor_relay" if what == RELAY else "floor"
    handlers = {
        "product": (
            "shared.relay_handler" if what == RELAY else "action_groups.handler",
            "lambda_handler" if what == RELAY else what,
        ),
        "typical": (f"benchmarks.reference.typical.{what}", "lambda_handler"),
        "floor": (f"benchmarks.reference.{floor}", "lambda_handler"),
    }
    took: dict[str, list[Any]] = {kind: [] for kind in handlers}
    for number in range(ROUNDS + 1):
        for kind, handler in handlers.items():
            done = subprocess.run(
                [sys.executable, "-S", "-c", _CHILD, *handler, event, places[kind]],
                env=environment,
                cwd="/",
                check=True,
                capture_output=True,
                text=True,
            )
            if number:
                took[kind].append(json.loads(done.stderr.splitlines()[-1]))
    for kind, rows in took.items():
        turns = list(zip(rows, took["typical"], strict=True))
        inits = spread([mine[0] / other[0] for mine, other in turns])
        both = spread([sum(mine[:2]) / sum(other[:2]) for mine, other in turns])
        firsts = [mine[1] / other[2] for mine, other in zip(rows, took["floor"], strict=True)]
        medians = [statistics.median(row[n] for row in rows) / 1e6 for n in range(3)]
        times = ", ".join(f"{median:.1f}" for median in medians)
        cells = (what, kind, inits, both, spread(firsts), times, rows[0][-1])
        yield f"| {' | '.join(map(str, cells))} |"


def spread(ratios: Sequence[float]) -> str:
    """Write the median and the quartiles."""
    low, median, high = statistics.quantiles(ratios, n=4)
    return f"{median:.2f} ({low:.2f} to {high:.2f})"


def event_of(name: str, **asked: str) -> dict[str, Any]:
    """Return a sample event of an agent, with other values for some of its parameters."""
    event: dict[str, Any] = json.loads((ROOT / "events" / "agent" / f"{name}.json").read_text())
    for parameter in event["parameters"] or ():
        if parameter["name"] == "search":  # the product knows more than one word for a television
            parameter["value"] = "celular"
        parameter["value"] = asked.get(parameter["name"], parameter["value"])
    return event


@contextmanager
def bank(folder: Path) -> Iterator[dict[str, str]]:
    """Start the bank in a process of its own, and yield the environment of its functions."""
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    with aws.certified(folder):
        server = multiprocessing.Process(target=_serve, args=(folder, port), daemon=True)
        server.start()
        try:
            yield {
                **aws.environment(),
                **TRACED,
                "PATH": os.environ["PATH"],
                "AWS_ENDPOINT_URL": f"https://{aws.HOST}:{port.get(timeout=60)}",
                "DEAD_LETTER_QUEUE_URL": "https://queue",
            }
        finally:
            server.terminate()


def _serve(folder: Path, port: "multiprocessing.Queue[int]") -> None:
    aws.serve(aws.Aws(), aws.context_of(folder), port.put)


def deployments(folder: Path) -> dict[str, str]:
    """Make what is deployed of the product and of the references; return where to import from.

    Each trusts whom it would trust on AWS, and the bank of this machine besides.
    """
    product, packages = folder / "product", folder / "packages"
    pins = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    copy_packages(pins, product)
    prune(product, FUNCTIONS)
    add_sources(product, FUNCTIONS)
    copy_packages(needed("aws-lambda-powertools", "aws-xray-sdk", "boto3", "pydantic"), packages)
    references = packages / "benchmarks" / "reference"
    references.parent.mkdir()
    references.symlink_to(Path(aws.__file__).parent)
    for made in (product, packages):
        with (made / "botocore" / "cacert.pem").open("ab") as trusted:
            trusted.write((folder / aws.AUTHORITY).read_bytes())
        add_bytecode(made)
    return {"product": str(product), "typical": str(packages), "floor": str(packages)}


def size_of(folder: Path) -> str:
    """Write what a deployment weighs, and its archive."""
    files = [
        path for path in folder.rglob("*") if path.is_file() and "benchmarks" not in path.parts
    ]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in files:
            zipped.write(path, path.relative_to(folder))
    whole = sum(path.stat().st_size for path in files)
    return f"{whole / 1e6:.1f} | {len(archive.getvalue()) / 1e6:.1f}"


def copy_packages(names: Sequence[str], target: Path) -> None:
    """Put installed packages into a folder, as pip would install them there."""
    for name in names:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            if file.suffix != ".pyc" and ".." not in file.parts:
                place = target / file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(Path(str(distribution.locate_file(file))).read_bytes())


def needed(*names: str) -> list[str]:
    """Return packages and all that they need to be imported."""
    found: list[str] = []
    left = list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name not in found:
            found.append(name)
            for line in importlib.metadata.requires(name) or ():
                if "extra ==" not in line and "python_version <" not in line:
                    left += re.findall(r"^[\w.-]+", line)
    return found
