"""Many clients and one item: the bank in virtual time, over tables whose transactions take time.

The local AWS never raises TransactionConflict, so this is a model of it, with the real front door,
operations and ledger on top. Its rule: a transaction occupies its items from its beginning to its
end; another write that begins on one of them meanwhile is cancelled with TransactionConflict. How
long that is, and how long a read takes, are assumptions: AWS does not tell. One seed is one run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial
from http import HTTPStatus
from random import Random
from typing import Any

from shared.dynamodb import DynamoDB, Update
from tests.simulation.cloud import silence
from tests.simulation.scheduler import Scheduler
from tests.support.clock_and_bus import START
from tests.support.dynamodb import StrictDynamoDB, cancelled, error
from tests.support.tables import PREFIX, table_properties
from tests.support.world import World, world_over

OCCUPIED_SECONDS = (0.005, 0.010)
READ_SECONDS = 0.003
WARM_UP_SECONDS = 0.5
MUCH = "1000000000"

_READS = frozenset({"GetItem", "Query", "BatchGetItem"})


class Occupied:
    """Stands around each call: it takes its time, and a transaction has its items for itself."""

    def __init__(self, scheduler: Scheduler, random: Random) -> None:
        self._scheduler = scheduler
        self._random = random
        self._places: set[str] = set()
        self.transactions = 0
        self.reads = 0

    def __call__(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        do: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> dict[str, Any]:
        if operation in _READS:
            self.reads += 1
            self._scheduler.sleep(READ_SECONDS)
            return do(arguments)
        seconds = self._random.uniform(*OCCUPIED_SECONDS)
        places = _places(arguments)
        self.transactions += 1
        if taken := self._places.intersection(places):
            self._scheduler.sleep(seconds)
            raise _conflict(operation, places, taken)
        self._places.update(places)
        self._scheduler.sleep(seconds)
        self._places.difference_update(places)
        return do(arguments)


def _places(arguments: Mapping[str, Any]) -> list[str]:
    """Return where the writes of a call go to."""
    entries = arguments.get("TransactItems", [{"Update": arguments}])
    places = []
    for body in (body for entry in entries for body in entry.values()):
        written = body.get("Item") or body["Key"]
        key = [written[name] for name in _keys()[body["TableName"]]]
        places.append(repr((body["TableName"], *key)))
    return places


@cache
def _keys() -> dict[str, list[str]]:
    """Return the names of the keys of each table."""
    return {
        table["TableName"]: [key["AttributeName"] for key in table["KeySchema"]]
        for table in table_properties()
    }


def _conflict(operation: str, places: list[str], taken: set[str]) -> Exception:
    if operation != "TransactWriteItems":
        return error("TransactionConflictException", "Transaction is ongoing", operation)
    codes = ["TransactionConflict" if place in taken else "None" for place in places]
    return cancelled([{"Code": code} for code in codes])


@dataclass(frozen=True, slots=True)
class Case:
    """One item that everybody writes: how the bank is opened, and what a client asks for."""

    open: Callable[[World, int], None]
    """Given the bank and the number of clients."""
    ask: Callable[[int], tuple[str, dict[str, Any]]]
    """From the number of a client to an operation and its arguments, `user_id` among them."""
    hot: Update
    """A write of the item, to measure what the store takes."""


@dataclass
class Run:
    """What came of one run."""

    clients: int
    limit_per_second: float
    """What the store takes of one writer who never reads and never waits."""
    per_second: float = 0.0
    unavailable: int = 0
    waited_seconds: list[float] = field(default_factory=list)
    """Of each change."""
    transactions: int = 0
    reads: int = 0

    @property
    def goodput(self) -> float:
        """Changes a second, of the store's limit for one item."""
        return self.per_second / self.limit_per_second

    @property
    def unavailable_share(self) -> float:
        """How many requests were told to come again (503), of all."""
        return self.unavailable / (len(self.waited_seconds) + self.unavailable)

    @property
    def attempts(self) -> float:
        """Transactions for each change."""
        return self.transactions / len(self.waited_seconds)


class Contention:
    """Clients that each ask for one change after the other, for so many virtual seconds."""

    def __init__(
        self,
        case: Case,
        *,
        clients: int = 32,
        seconds: float = 4.0,
        seed: int = 1,
        access: type[DynamoDB] = DynamoDB,
    ) -> None:
        """Let the functions reach the tables by `access`."""
        self._case = case
        self._seconds = seconds
        self._scheduler = Scheduler(START)
        self._random = random = Random(seed)
        self._bank = _bank_at(self._scheduler)
        self._bank.rebuild(
            settings=self._bank.resources.settings._replace(agent_wait_seconds=0),
            database=access(self._bank.client),  # type: ignore[arg-type]
            clock=self._scheduler,
            sleep=self._scheduler.sleep,
            random=random.random,
        )
        self.run = Run(clients, _limit_of(case, seed))

    def go(self) -> Run:
        """Run it, and check that nothing was made or lost."""
        bank, run = self._bank, self.run
        self._case.open(bank, run.clients)
        before = _worth(bank)
        bank.client.around = occupied = Occupied(self._scheduler, self._random)
        with silence():
            for client in range(run.clients):
                after = self._random.random() * READ_SECONDS
                self._scheduler.start(f"client {client}", partial(self._ask, client), after)
            self._scheduler.run()
        bank.client.around = None
        assert _worth(bank) == before, "money or stock was made or lost"
        run.per_second /= self._seconds - WARM_UP_SECONDS
        run.transactions, run.reads = occupied.transactions, occupied.reads
        return run

    def _ask(self, client: int) -> None:
        """Ask, and ask again as soon as there is an answer."""
        run, number = self.run, 0
        operation_id, arguments = self._case.ask(client)
        while self._now() < self._seconds:
            number, begun = number + 1, self._now()
            request = {"request_id": f"request-{client}-{number}"}
            status, body = self._bank.call(operation_id, attributes=request, **arguments)
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                run.unavailable += 1
                continue
            assert status == HTTPStatus.OK, body
            run.waited_seconds.append(self._now() - begun)
            run.per_second += WARM_UP_SECONDS <= self._now() < self._seconds

    def _now(self) -> float:
        return self._scheduler.elapsed.total_seconds()


def _bank_at(scheduler: Scheduler) -> World:
    return world_over(StrictDynamoDB(table_properties(), now=scheduler))


def _limit_of(case: Case, seed: int) -> float:
    """Return how many transactions a second one writer commits on the item, without a gap."""
    scheduler, writes = Scheduler(START), 300
    bank = _bank_at(scheduler)
    case.open(bank, 1)
    bank.client.around = Occupied(scheduler, Random(seed))

    def write() -> None:
        for _ in range(writes):
            bank.resources.database.transact([case.hot])

    scheduler.start("writer", write)
    scheduler.run()
    return writes / scheduler.elapsed.total_seconds()


def _worth(bank: World) -> tuple[Decimal, Decimal]:
    """Return the money of all accounts, and the pieces that are in stock or bought."""
    money = [item["balance"] for item in bank.items("accounts")]
    stock = [item["stock"] for item in bank.items("products")]
    bought = [item["quantity"] for item in bank.items("purchases")]
    return sum(money, Decimal(0)), sum([*stock, *bought], Decimal(0))


def _open_debited(bank: World, clients: int) -> None:
    bank.account("user-hot", "acc-hot", MUCH)
    for client in range(clients):
        bank.account(f"user-{client}", f"acc-{client}", "0")


def _open_credited(bank: World, clients: int) -> None:
    bank.account("user-hot", "acc-hot", "0")
    for client in range(clients):
        bank.account(f"user-{client}", f"acc-{client}", MUCH)


def _open_sold(bank: World, clients: int) -> None:
    bank.retailer("retailer-azteca", "Electrónica Azteca")
    bank.product("prod-hot", price=Decimal(10), stock=1_000_000)
    _open_credited(bank, clients)


def spread(accounts: int) -> Case:
    """Return the case of several accounts that are credited in turn, as those of a retailer."""

    def open_them(bank: World, clients: int) -> None:
        _open_credited(bank, clients)
        for number in range(accounts):
            bank.account("user-hot", f"acc-hot-{number}", "0")

    def ask(client: int) -> tuple[str, dict[str, Any]]:
        to_account = f"acc-hot-{client % accounts}"
        return _transfer(f"user-{client}", f"acc-{client}", to_account)

    return Case(open_them, ask, _HOT_ACCOUNT)


def _transfer(user_id: str, from_account: str, to_account: str) -> tuple[str, dict[str, Any]]:
    arguments = {"from_account": from_account, "to_account": to_account, "amount": "1.00"}
    return "createTransfer", {"user_id": user_id, **arguments}


def _purchase(client: int) -> tuple[str, dict[str, Any]]:
    return "createPurchase", {
        "user_id": f"user-{client}",
        "product_id": "prod-hot",
        "retailer_id": "retailer-azteca",
        "account_id": f"acc-{client}",
        "unit_price": "10",
    }


def _touched(table: str, **key: str) -> Update:
    name = next(iter(key))
    return Update(
        f"{PREFIX}-{table}", key, "ADD touched :one", f"attribute_exists({name})", {":one": 1}
    )


_HOT_ACCOUNT = _touched("accounts", user_id="user-hot", account_id="acc-hot")

CASES: dict[str, Case] = {
    "one debited account": Case(
        _open_debited,
        lambda client: _transfer("user-hot", "acc-hot", f"acc-{client}"),
        _HOT_ACCOUNT,
    ),
    "one credited account": Case(
        _open_credited,
        lambda client: _transfer(f"user-{client}", f"acc-{client}", "acc-hot"),
        _HOT_ACCOUNT,
    ),
    "one product": Case(
        _open_sold,
        _purchase,
        _touched("products", product_id="prod-hot", retailer_id="retailer-azteca"),
    ),
}
