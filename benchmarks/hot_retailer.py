"""Many payments to one retailer: how far its settlement accounts spread the hot balance.

    python -m benchmarks.hot_retailer [--seed N] [--seconds S] [--occupied-ms LOW HIGH]

The local stack never raises TransactionConflict, so this is a model of DynamoDB with the real
operation and the real ledger on top. Its rule: a transaction occupies its items from its beginning
to its end, a random time between the given bounds; another one that begins on one of them meanwhile
is cancelled with TransactionConflict. That time is an assumption: AWS does not tell it. Time is
virtual, payments arrive at random (Poisson), every customer pays once from an own account, and the
reference (1.00) is one account at the same rate.
"""

import argparse
import heapq
import itertools
import statistics
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from action_groups import load_group
from action_groups.core_banking.store import BankStore
from shared.clock import to_iso
from shared.deliveries import Delivery, fingerprint
from shared.dynamodb import (
    DynamoDB,
    Item,
    Page,
    Put,
    TransactionCancelled,
    Update,
    Write,
    deserialize,
    serialize,
)
from shared.errors import Unavailable
from shared.identity import Caller
from shared.ids import time_ordered_id
from shared.payments import PENDING, payment_key, payment_of, sort_key
from shared.requests import RequestLedger
from shared.settings import Settings
from tests.support.dynamodb.conditions import Placeholders, expressions_of, holds
from tests.support.dynamodb.expressions import Parsed
from tests.support.dynamodb.updates import updated

ACCOUNTS = (1, 2, 4, 8, 16)
RATES_PER_SECOND = (50, 100, 200, 400, 800)
READ_SECONDS = 0.003
"""What a read takes, an assumption too; it delays a payment and makes no conflict."""
WARM_UP_SECONDS = 1.0

ITEM_WRITE_UNITS_PER_SECOND = 1000
UNITS_OF_A_TRANSACTIONAL_WRITE = 2

RETAILER = "retailer"
PRICE = Decimal("100.00")
FUNDS = Decimal("150.00")
START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
SETTINGS = Settings.from_environment(
    {
        str(field.alias): name.removesuffix("_table")
        for name, field in Settings.model_fields.items()
        if field.is_required()
    }
    | {"REQUIRE_CONFIRMATION": "never"}
)
KEYS = {
    "accounts": ("user_id", "account_id"),
    "purchases": ("user_id", "timestamp_purchase_id"),
    "retailers": ("retailer_id",),
    "transactions": ("account_id", "timestamp_txn_id"),
    "requests": ("request_id",),
}

Place = tuple[str, ...]


class VirtualTime:
    """Runs threads one at a time, each when its time has come; waiting takes no real time."""

    def __init__(self) -> None:
        self.now = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._mine = threading.local()
        self._is_over = threading.Event()
        self._errors: list[BaseException] = []

    def begin_at(self, moment: float, task: Callable[[], None]) -> None:
        """Plan a thread."""
        self._plan(moment, threading.Thread(target=self._perform, args=(task,)).start)

    def run(self) -> None:
        """Run everything planned, and what follows from it, to the end."""
        self._resume_next()
        self._is_over.wait()
        if self._errors:
            raise self._errors[0]

    def owe(self, seconds: float) -> None:
        """Let the thread's next wait last longer: for what nobody else can notice."""
        self._mine.debt = getattr(self._mine, "debt", 0.0) + seconds

    def wait(self, seconds: float) -> None:
        """Let others run until this thread's time has come."""
        baton = threading.Lock()
        baton.acquire()
        self._plan(self.now + seconds + getattr(self._mine, "debt", 0.0), baton.release)
        self._mine.debt = 0.0
        self._resume_next()
        baton.acquire()

    def _plan(self, moment: float, resume: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._numbers), resume))

    def _resume_next(self) -> None:
        if not self._queue:
            self._is_over.set()
            return
        self.now, _, resume = heapq.heappop(self._queue)
        resume()

    def _perform(self, task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 told by `run`
            self._errors.append(error)
        self._resume_next()


class ContendedTables(DynamoDB):
    """Tables in memory whose transactions take time and exclude each other item by item."""

    def __init__(self, time: VirtualTime, random: Random, occupied_ms: tuple[float, float]) -> None:
        self.items: dict[Place, Item] = {}
        self.transactions = 0
        self.reasons: Counter[str] = Counter()
        self._accounts_of: defaultdict[str, list[Place]] = defaultdict(list)
        self._occupied: set[Place] = set()
        self._time = time
        self._random = random
        self._occupied_ms = occupied_ms

    def add(self, table: str, item: Item) -> None:
        """Store an item as it is."""
        place = _place(table, item)
        if table == SETTINGS.accounts_table and place not in self.items:
            self._accounts_of[item["user_id"]].append(place)
        self.items[place] = item

    def get(self, table: str, key: Item) -> Item | None:
        """Read one item."""
        self._time.owe(READ_SECONDS)
        return self.items.get(_place(table, key))

    def query(self, table: str, *, values: Mapping[str, Any], **_: Any) -> Page:
        """Read the accounts of one owner, the only query of a payment."""
        assert table == SETTINGS.accounts_table
        self._time.owe(READ_SECONDS)
        return Page([self.items[place] for place in self._accounts_of[values[":user"]]], None)

    def transact(self, writes: Sequence[Write]) -> None:
        """Commit all writes or none, and take a while over it."""
        self._time.wait(0)
        self.transactions += 1
        places = [_place(w.table, w.item if isinstance(w, Put) else w.key) for w in writes]
        reasons = [self._objection(*each) for each in zip(writes, places, strict=True)]
        seconds = self._random.uniform(*self._occupied_ms) / 1000
        if any(reasons):
            self.reasons.update(reason for reason in reasons if reason)
            self._time.wait(seconds)
            raise TransactionCancelled([reason or "None" for reason in reasons])
        self._occupied.update(places)
        self._time.wait(seconds)
        self._occupied.difference_update(places)
        for write, place in zip(writes, places, strict=True):
            item = write.item if isinstance(write, Put) else _updated(self.items[place], write)
            self.add(write.table, item)

    def _objection(self, write: Write, place: Place) -> str | None:
        if place in self._occupied:
            return "TransactionConflict"
        return None if _holds(write, self.items.get(place)) else "ConditionalCheckFailed"


def _place(table: str, item: Item) -> Place:
    return (table, *(item[name] for name in KEYS[table]))


def _holds(write: Write, item: Item | None) -> bool:
    """Tell whether the condition of a write holds, as the strict DynamoDB of the tests does."""
    parsed, given = _expressions(write)
    return holds(parsed["ConditionExpression"].tree, serialize(item or {}), given)


def _updated(item: Item, write: Update) -> Item:
    """Return the item that an update makes."""
    parsed, given = _expressions(write)
    return deserialize(updated(serialize(item), parsed["UpdateExpression"].tree, given))


def _expressions(write: Write) -> tuple[dict[str, Parsed], Placeholders]:
    [body] = write.entry().values()
    return expressions_of(
        {kind: body.get(kind) for kind in ("UpdateExpression", "ConditionExpression")},
        body.get("ExpressionAttributeNames"),
        body.get("ExpressionAttributeValues"),
    )


@dataclass
class Run:
    """What came of the payments of one run."""

    accounts: int
    rate: int
    payments: int = 0
    gave_up: int = 0
    committed_at: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    transactions: int = 0
    busiest_share: float = 0.0

    def committed_per_second(self, seconds: float) -> float:
        """Return the commits a second between warming up and the last arrival."""
        counted = sum(WARM_UP_SECONDS <= moment < seconds for moment in self.committed_at)
        return counted / (seconds - WARM_UP_SECONDS)


def run(
    accounts: int, rate: int, *, seed: int, seconds: float, occupied_ms: tuple[float, float]
) -> Run:
    """Let payments arrive at a rate for so long, and wait for the last one."""
    random, time = Random(f"{seed} {rate}"), VirtualTime()
    tables = ContendedTables(time, random, occupied_ms)
    ledger = RequestLedger(
        tables,
        SETTINGS,
        clock=lambda: START + timedelta(seconds=time.now),
        sleep=time.wait,
        random=random.random,
    )
    result = Run(accounts, rate)
    for number in range(accounts):
        tables.add("accounts", _account(RETAILER, f"{RETAILER}-{number}", Decimal("0.00")))
    tables.add("retailers", {"retailer_id": RETAILER})
    moment = random.expovariate(rate)
    while moment < seconds:
        payer = f"user-{result.payments}"
        tables.add("accounts", _account(payer, f"account-of-{payer}", FUNDS))
        time.begin_at(moment, _payment(ledger, tables, time, payer, result))
        result.payments += 1
        moment += random.expovariate(rate)
    time.run()
    result.transactions = tables.transactions
    assert set(tables.reasons) <= {"TransactionConflict"}, tables.reasons
    _check_money(tables, result)
    return result


def _payment(
    ledger: RequestLedger, tables: ContendedTables, time: VirtualTime, payer: str, result: Run
) -> Callable[[], None]:
    """Return the payment of one customer through the real operation and ledger."""
    operation = load_group("core_banking").triggered_by("PAYMENT_REQUEST")
    assert operation is not None
    store = BankStore(tables, SETTINGS, lambda: START)
    purchase_id = time_ordered_id(START, payer)
    purchase: Item = {
        "user_id": payer,
        "timestamp_purchase_id": sort_key(purchase_id, to_iso(START)),
        "purchase_id": purchase_id,
        "account_id": f"account-of-{payer}",
        "total_amount": PRICE,
        "retailer_id": RETAILER,
        "status": PENDING,
    }
    tables.add("purchases", purchase)
    request = payment_of(purchase)
    delivery = Delivery(
        payment_key(payer, request), fingerprint(request), "bus", correlation_id=payer
    )

    def pay() -> None:
        begun = time.now
        try:
            outcome = ledger.carry_out(operation, Caller(payer), request, delivery, store)
        except Unavailable:
            result.gave_up += 1
            return
        assert "error" not in outcome.body, outcome.body
        result.committed_at.append(time.now)
        result.waited.append(time.now - begun)

    return pay


def _account(user_id: str, account_id: str, balance: Decimal) -> Item:
    return {
        "user_id": user_id,
        "account_id": account_id,
        "account_type": "checking",
        "balance": balance,
        "currency": "MXN",
        "status": "active",
        "version": Decimal(1),
    }


def _check_money(tables: ContendedTables, result: Run) -> None:
    """Check that what left the customers entered the retailer, to the cent, with its records."""
    commits = len(result.committed_at)
    assert commits + result.gave_up == result.payments
    stored: defaultdict[str, list[Item]] = defaultdict(list)
    for (table, *_), item in tables.items.items():
        stored[table].append(item)
    assert sum(a["balance"] for a in stored["accounts"]) == FUNDS * result.payments
    earned = [a["balance"] for a in stored["accounts"] if a["user_id"] == RETAILER]
    assert sum(earned) == PRICE * commits
    result.busiest_share = float(max(earned) / sum(earned))
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for record in stored["transactions"]:
        sums[record["transaction_id"]] += record["amount"]
    assert len(sums) == commits
    assert len(stored["transactions"]) == 2 * commits
    assert not any(sums.values())
    assert len(stored["requests"]) == commits, "one decision each"


def main() -> None:
    """Print the runs, and the limits that the arithmetic sets."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--occupied-ms", type=float, nargs=2, default=(5.0, 10.0))
    chosen = parser.parse_args()
    low, high = chosen.occupied_ms
    print(
        f"seed {chosen.seed}, {chosen.seconds:g} virtual seconds a run, the first "
        f"{WARM_UP_SECONDS:g} not counted; a transaction occupies its items {low:g} to {high:g} ms"
    )
    print(
        f"{'arrive/s':>8}{'accounts':>10}{'committed/s':>13}{'ratio':>7}{'attempts':>10}"
        f"{'gave up':>9}{'median':>9}{'p95':>8}{'busiest':>9}"
    )
    for rate in RATES_PER_SECOND:
        reference = 0.0
        for accounts in ACCOUNTS:
            result = run(
                accounts,
                rate,
                seed=chosen.seed,
                seconds=chosen.seconds,
                occupied_ms=(low, high),
            )
            committed = result.committed_per_second(chosen.seconds)
            reference = reference or committed
            _print_run(result, committed, committed / reference)
    _print_limits(low, high)


def _print_run(result: Run, committed: float, ratio: float) -> None:
    commits = len(result.committed_at)
    p95 = statistics.quantiles(result.waited, n=20)[-1]
    print(
        f"{result.rate:8}{result.accounts:10}{committed:13.0f}{ratio:7.2f}"
        f"{result.transactions / commits:10.2f}{result.gave_up / result.payments:9.1%}"
        f"{statistics.median(result.waited) * 1000:6.0f} ms{p95 * 1000:5.0f} ms"
        f"{result.busiest_share:9.1%}",
        flush=True,
    )


def _print_limits(low_ms: float, high_ms: float) -> None:
    item = ITEM_WRITE_UNITS_PER_SECOND // UNITS_OF_A_TRANSACTIONAL_WRITE
    one_by_one = 1000 / statistics.mean((low_ms, high_ms))
    print("money conserved in every run: balances, retailer, records and requests add up")
    print(
        f"limit by units: {ITEM_WRITE_UNITS_PER_SECOND} write units a second for one item, "
        f"{UNITS_OF_A_TRANSACTIONAL_WRITE} a transactional write up to 1 KB = {item}/s an account"
    )
    print(f"limit by occupation: one after another without a gap = {one_by_one:.0f}/s an account")


if __name__ == "__main__":
    main()
