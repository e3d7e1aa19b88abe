"""What a thousand conversations cost on AWS, of what the way most people write it would cost.

    python -m benchmarks cost

Product and *typical* hold the same conversations in this process, in turns; what AWS would charge
is counted, and what a laptop cannot know is stated: the prices, the time of AWS for each call, and
how fast a function's processor is. `benchmarks/conversation.py` holds the conversations.
"""

import gc
import os
import statistics
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from benchmarks import capacity
from benchmarks.conversation import Bank, Conversations, Use, logged, product, typical
from benchmarks.reference import aws
from benchmarks.start import TRACED

ROUNDS = 11
CONVERSATIONS, PURCHASES = 10, 3
"""Of a round: 0.3 purchases a conversation."""

MEMORY_MB, MB_OF_ONE_PROCESSOR = 512, 1769
AWS_MS = {
    "GetItem": 3.0,
    "Query": 3.0,
    "BatchGetItem": 3.0,
    "PutItem": 5.0,
    "UpdateItem": 5.0,
    "TransactWriteItems": 7.5,
    "PutEvents": 15.0,
    "VerifyMac": 5.0,
}
LOG_BYTES_OF_LAMBDA = 330
"""START, END and REPORT of an invocation, as Lambda writes them in text."""

USD_PER_MILLION_KMS = 3.00
USD_PER_LOG_GB = 0.50

_ON_DEMAND = "dynamodb/pricing/on-demand"
PRICES = (
    ("Lambda, a million requests", capacity.USD_PER_MILLION_INVOCATIONS, "lambda/pricing"),
    ("Lambda, a GB-second on x86, billed by the ms", capacity.USD_PER_GB_SECOND, "lambda/pricing"),
    ("DynamoDB on demand, a million read units", capacity.USD_PER_MILLION_READS, _ON_DEMAND),
    ("DynamoDB on demand, a million write units", capacity.USD_PER_MILLION_WRITES, _ON_DEMAND),
    ("EventBridge, a million events put", capacity.USD_PER_MILLION_EVENTS, "eventbridge/pricing"),
    ("KMS, a million requests", USD_PER_MILLION_KMS, "kms/pricing"),
    ("CloudWatch Logs, a GB taken in", USD_PER_LOG_GB, "cloudwatch/pricing"),
)
PARTS = ("requests of Lambda", "time of Lambda", "reads", "writes", "events", "KMS", "logs")
WAYS = {
    "without confirmation": {
        "product": partial(product, is_confirmed=False),
        "*typical*": partial(typical, is_confirmed=False),
        "*typical* without an outbox": partial(typical, is_confirmed=False, has_outbox=False),
    },
    "with the customer's yes": {
        "product": partial(product, is_confirmed=True),
        "*typical*": partial(typical, is_confirmed=True),
        "*typical* without an outbox": partial(typical, is_confirmed=True, has_outbox=False),
    },
}

_INTRODUCTION = f"""## What a thousand conversations cost

A conversation is three queries (getBalance, resolveAlias, searchProducts), one transfer and
{PURCHASES / CONVERSATIONS:g} purchases until completed, of which getPurchase then tells. The
product, *typical* and *typical* without an outbox hold the same ones against the same tables, and
everything is counted: invocations (the relay for each change, the steps of a purchase for each
event), request units by AWS's rules, events, requests to KMS, bytes of log.

*typical* keeps the same limits, and has Powertools' Idempotency around each change, each event and
each publication. Without an outbox it puts its events after the change, and loses those of a
function that ends between the two. In both, a change and its idempotency record may part.

With the customer's yes each change is asked for twice. *typical* verifies too: it has the terms
shown, KMS check the challenge, and a digest tell that it is of this call. It does not look again
whether what was shown is still so, and knows no warnings.
"""

_ASSUMED = f"""Assumed: a function of {MEMORY_MB} MB has {MEMORY_MB}/{MB_OF_ONE_PROCESSOR} of a
processor, so that the processor time measured here takes so much longer; and it waits for AWS, as
long as it makes one call after another: {{calls}}. Lambda itself logs {LOG_BYTES_OF_LAMBDA} bytes
an invocation, and reads a stream for nothing. Not counted: the model, X-Ray, storage and starts,
and metrics, which are paid by the month."""


def report() -> str:
    """Hold the conversations, and tell what they cost."""
    os.environ.update(aws.environment() | TRACED)
    warnings.filterwarnings("ignore", "Couldn't determine the remaining time")
    sections = [_INTRODUCTION]
    told: dict[str, dict[str, list[dict[str, Use]]]] = {}
    bank = Bank()
    with logged() as log, aws.played(bank):
        for what, ways in WAYS.items():
            held = {
                name: Conversations(bank, made(), log, is_confirmed=made.keywords["is_confirmed"])
                for name, made in ways.items()
            }
            gc.collect()
            gc.freeze()
            told[what] = {name: [] for name in ways}
            for number in range(ROUNDS + 1):
                for name, conversations in held.items():
                    conversations.begin()
                    for conversation in range(CONVERSATIONS):
                        conversations.hold(is_buying=conversation < PURCHASES)
                    if number:
                        told[what][name].append(conversations.used)
    for what, rounds in told.items():
        sections += [_ratios(what, rounds), _parts(rounds), _steps(rounds)]
    return "\n".join([*sections, "### Prices", "", _prices()])


def milliseconds(use: Use, slowness: float = 1.0) -> float:
    """Return how long the invocations of a use last; `slowness` is of AWS's own time."""
    waited = sum(AWS_MS[name] * number for name, number in use.sequence.items())
    return use.cpu_ms * MB_OF_ONE_PROCESSOR / MEMORY_MB + waited * slowness


def usd(use: Use, slowness: float = 1.0) -> dict[str, float]:
    """Return what a use costs, by its parts."""
    billed = milliseconds(use, slowness) + use.invocations / 2  # the last ms is paid in full
    log_bytes = use.log_bytes + use.invocations * LOG_BYTES_OF_LAMBDA
    parts = (
        use.invocations * capacity.USD_PER_MILLION_INVOCATIONS / 1e6,
        billed / 1000 * MEMORY_MB / 1024 * capacity.USD_PER_GB_SECOND,
        use.reads * capacity.USD_PER_MILLION_READS / 1e6,
        use.writes * capacity.USD_PER_MILLION_WRITES / 1e6,
        use.events * capacity.USD_PER_MILLION_EVENTS / 1e6,
        use.kms * USD_PER_MILLION_KMS / 1e6,
        log_bytes / 1e9 * USD_PER_LOG_GB,
    )
    return dict(zip(PARTS, parts, strict=True))


def _total(used: Mapping[str, Use]) -> Use:
    return sum(used.values(), Use())


def _price(used: Mapping[str, Use], slowness: float = 1.0) -> float:
    """Return what a thousand conversations cost, of those of a round."""
    return sum(usd(_total(used), slowness).values()) * 1000 / CONVERSATIONS


def _ratios(what: str, rounds: Mapping[str, Sequence[dict[str, Use]]]) -> str:
    """Write what the product costs of each way to write it: median and quartiles of the rounds."""
    lines = [
        f"### {what[0].upper()}{what[1:]}",
        "",
        "| a thousand conversations | USD | the product, of it | if AWS takes twice as long |",
        "|---|--:|--:|--:|",
    ]
    for name, held in rounds.items():
        cells = []
        for slowness in (1.0, 2.0):
            pairs = zip(rounds["product"], held, strict=True)
            ratios = [_price(mine, slowness) / _price(other, slowness) for mine, other in pairs]
            low, median, high = statistics.quantiles(ratios, n=4)
            cells.append(f"**{median:.2f}** ({low:.2f} to {high:.2f})")
        median_usd = statistics.median(map(_price, held))
        lines.append(f"| {name} | {median_usd:.4f} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _parts(rounds: Mapping[str, Sequence[dict[str, Use]]]) -> str:
    lines = [
        "By what is paid, USD a million conversations:",
        "",
        f"| | {' | '.join(rounds)} |",
        f"|---|{'--:|' * len(rounds)}",
    ]
    scale = 1e6 / CONVERSATIONS
    for part in PARTS:
        costs = [
            statistics.median(usd(_total(used))[part] for used in held) * scale
            for held in rounds.values()
        ]
        lines.append(f"| {part} | {' | '.join(f'{cost:.2f}' for cost in costs)} |")
    return "\n".join([*lines, ""])


def _steps(rounds: Mapping[str, Sequence[dict[str, Use]]]) -> str:
    columns = (
        "invocations | reads | writes | events | KMS | CPU ms | ms | log bytes | USD a million"
    )
    lines = [
        "By step, for one of it; reads and writes are in request units:",
        "",
        f"| step | | {columns} |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    names = next(iter(rounds.values()))[0]
    for step in names:
        times = PURCHASES if step == "create_purchase" else CONVERSATIONS
        for name, held in rounds.items():
            cpu_ms = statistics.median(used[step].cpu_ms for used in held)
            use = replace(held[0][step], cpu_ms=cpu_ms)
            cells = [
                *(f"{number / times:g}" for number in (use.invocations, use.reads, use.writes)),
                *(f"{number / times:g}" for number in (use.events, use.kms)),
                f"{cpu_ms / times:.1f}",
                f"{milliseconds(use) / times:.0f}",
                f"{use.log_bytes / times:.0f}",
                f"{sum(usd(use).values()) / times * 1e6:.2f}",
            ]
            lines.append(f"| {step} | {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _prices() -> str:
    """Write the prices and what is assumed."""
    waits: dict[float, list[str]] = {}
    for name, wait in AWS_MS.items():
        waits.setdefault(wait, []).append(name)
    calls = "; ".join(f"{', '.join(names)} {wait:g} ms" for wait, names in waits.items())
    rows = [f"| {what} | {price:.10g} | aws.amazon.com/{where} |" for what, price, where in PRICES]
    dated = f"us-east-1, as known on {capacity.PRICED_ON}, without a free tier"
    return "\n".join(
        [f"| {dated} | USD | list |", "|---|--:|---|", *rows, "", _ASSUMED.format(calls=calls), ""]
    )
