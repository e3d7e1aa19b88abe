"""What each operation asks of DynamoDB and KMS: calls, calls in sequence, read and write units.

    python -m benchmarks.calls [--write]      # --write puts the figures into tests/data/calls.json

Counted on the tables in memory that the tests use, by AWS's rules; `tests/contract/test_calls.py`
holds the code to the figures on file. The figures are counts, the same on every machine.
"""

import argparse
import io
from contextlib import redirect_stdout

from shared.observability import logger
from tests.support.calls import Use, all_uses, write_figures

FLOWS = {
    "a transfer with the customer's yes": ("createTransfer: terms", "createTransfer"),
    "a purchase until completed": (
        "createPurchase: terms",
        "createPurchase",
        "payPurchase",
        "completePurchase",
    ),
}
"""What a customer waits for, by its steps."""


def report() -> str:
    """Return the table of all operations and flows."""
    uses = measured()
    lines = [
        "## Calls and units of each operation",
        "",
        "What one invocation asks of DynamoDB for the example of each operation. *In sequence* are",
        "the calls that wait for each other; the others run beside one of them, and so does KMS,",
        "which checks the customer's yes. A change is asked for once to see its `terms`, and once",
        "with the yes, by an id of the caller's own: without one nothing is looked up for it.",
        "Not in the table: the relay, whose reads are free, and the reads by which an agent waits",
        "for a payment.",
        "",
        "| operation | calls | in sequence | read units | write units | KMS |",
        "|---|--:|--:|--:|--:|--:|",
        *(_line(name, use) for name, use in sorted(uses.items())),
        "",
        "| flow | calls | in sequence | read units | write units | KMS |",
        "|---|--:|--:|--:|--:|--:|",
        *(_line(name, sum((uses[s] for s in steps), Use())) for name, steps in FLOWS.items()),
        "",
    ]
    return "\n".join(lines)


def measured() -> dict[str, Use]:
    """Return what every declared operation asks for."""
    logger.setLevel("ERROR")
    with redirect_stdout(io.StringIO()):  # the metrics of the invocations
        return all_uses()


def _line(name: str, use: Use) -> str:
    return (
        f"| {name} | {use.calls} | {use.in_sequence} | {use.reads:g} | {use.writes:g} | {use.kms} |"
    )


def main() -> None:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="put the figures on file")
    if parser.parse_args().write:
        write_figures(measured())
    print(report())


if __name__ == "__main__":
    main()
