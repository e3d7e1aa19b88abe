"""How many changes a second one item takes while many clients want it, and what that costs.

    python -m benchmarks contention

The real front door, operations and ledger in virtual time, over the tests' tables with DynamoDB's
TransactionConflict (`tests/support/contention.py`). The reference is what the same tables take of
one writer who never reads and never waits. One seed is one run, so that the figures are the same
everywhere.
"""

from collections.abc import Mapping, Sequence

from benchmarks.plots import draw
from tests.support.contention import (
    CASES,
    OCCUPIED_SECONDS,
    READ_SECONDS,
    Case,
    Contention,
    Run,
    spread,
)

CLIENTS = (2, 8, 32, 64)
ACCOUNTS = (1, 2, 4, 8)
SEEDS = (1, 2)
SECONDS = 5.0
TOO_MANY, TOO_MANY_SECONDS = 128, 12.0

_COLUMNS = (
    "goodput | told to come again (503) | tries a change | reads a change "
    "| median, 95th percentile, most"
)
_INTRODUCTION = """## One item and many clients

Each client asks for the next change as soon as it has its answer. **Goodput** is the changes a
second, of what the store takes for one item from one writer without a gap: {limit:.0f} a second.
A model in virtual time, {seeds} seeds of {seconds:g} s: a transaction occupies its items for
{low:g} to {high:g} ms (assumed), another one on the same item meanwhile is cancelled with
TransactionConflict; a read takes {read:g} ms (assumed). The least and the most of the seeds stand
in brackets.
"""


def report() -> str:
    """Return the tables and the plots of contention."""
    runs = {name: [_runs(case, clients) for clients in CLIENTS] for name, case in CASES.items()}
    low, high = OCCUPIED_SECONDS
    introduction = _INTRODUCTION.format(
        limit=_mean([run.limit_per_second for found in runs.values() for run in found[0]]),
        seeds=len(SEEDS),
        seconds=SECONDS,
        low=low * 1000,
        high=high * 1000,
        read=READ_SECONDS * 1000,
    )
    return "\n".join(
        (
            introduction,
            _table(runs),
            "",
            _drawn(runs),
            "",
            _beyond(),
            "",
            f"{CLIENTS[-1]} clients who pay one owner with several accounts, as a retailer has:",
            "",
            _spread_table(),
        )
    )


def _runs(case: Case, clients: int) -> list[Run]:
    return [Contention(case, clients=clients, seconds=SECONDS, seed=seed).go() for seed in SEEDS]


def _drawn(runs: Mapping[str, Sequence[list[Run]]]) -> str:
    curves = {
        name: [(each[0].clients, _mean([run.goodput for run in each])) for each in found]
        for name, found in runs.items()
    }
    title = "Goodput of one item"
    return draw("contention", title, x="clients", y="of the store's limit", curves=curves)


def _beyond() -> str:
    """Say what becomes of more clients than the store can serve in the time of a function."""
    name, case = next(iter(CASES.items()))
    run = Contention(case, clients=TOO_MANY, seconds=TOO_MANY_SECONDS, seed=SEEDS[0]).go()
    return (
        f"{TOO_MANY} clients of {name} for {TOO_MANY_SECONDS:g} s: goodput {run.goodput:.2f}, "
        f"{run.unavailable_share:.1%} told to come again, {run.attempts:.1f} tries a change."
    )


def _table(runs: Mapping[str, Sequence[list[Run]]]) -> str:
    lines = [
        f"| item | clients | {_COLUMNS} |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, found in runs.items():
        lines += [f"| {name} | {each[0].clients} | {_row(each)} |" for each in found]
    return "\n".join(lines)


def _spread_table() -> str:
    lines = [
        f"| accounts | of one account | {_COLUMNS} |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    found = {accounts: _runs(spread(accounts), CLIENTS[-1]) for accounts in ACCOUNTS}
    one = _mean([run.per_second for run in found[1]])
    for accounts, each in found.items():
        ratio = _mean([run.per_second for run in each]) / one
        lines.append(f"| {accounts} | {ratio:.2f} | {_row(each)} |")
    return "\n".join(lines)


def _row(runs: Sequence[Run]) -> str:
    goodput = [run.goodput for run in runs]
    waits = [_quantile(runs, share) * 1000 for share in (0.5, 0.95, 1)]
    reads = _mean([run.reads / len(run.waited_seconds) for run in runs])
    return " | ".join(
        (
            f"**{_mean(goodput):.2f}** ({min(goodput):.2f} to {max(goodput):.2f})",
            f"{_mean([run.unavailable_share for run in runs]):.1%}",
            f"{_mean([run.attempts for run in runs]):.2f}",
            f"{reads:.1f}",
            ", ".join(f"{wait:.0f}" for wait in waits) + " ms",
        )
    )


def _quantile(runs: Sequence[Run], share: float) -> float:
    waited = sorted(seconds for run in runs for seconds in run.waited_seconds)
    return waited[min(int(len(waited) * share), len(waited) - 1)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
