"""What each operation consumes of DynamoDB, the bus and Lambda, and what that costs.

    python benchmarks/capacity.py [--write]      # --write puts the tables into docs/cost.md

The real template is deployed to a local stack and seeded; the real front doors, ledger and relay
run in this process against its tables and its stream. The deployed relay is switched off, and the
bus is an object that counts what is put on it, so that nothing else takes part.

Writes are what the answers of DynamoDB report (`ReturnConsumedCapacity`); MiniStack reports them by
the rules of AWS. Two things it does not report are counted here by these rules: a read by the size
of what was read (MiniStack: one unit whatever the size), and a cancelled transaction, whose error
has no figure (taken as if it had been committed, without the indexes: an upper bound).

Longer than 400 lines: the measurement, its prices and its tables are read together.
"""

import argparse
import io
import math
import statistics
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from action_groups import all_groups
from console import bus
from console.agent import invocation, operations
from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from console.template import expanded_template
from shared import json_text
from shared.clock import system_clock
from shared.dynamodb import DynamoDB
from shared.event_relay import relay
from shared.front_doors import lambda_handler_for
from shared.observability import logger
from shared.publisher import Publisher
from shared.service import Resources, Service
from shared.settings import Settings

DOCUMENT = Path(__file__).parent.parent / "docs" / "cost.md"

PRICED_ON = "2026-11-22"
USD_PER_MILLION_READS = 0.125
USD_PER_MILLION_WRITES = 0.625
USD_PER_MILLION_EVENTS = 1.00
USD_PER_MILLION_INVOCATIONS = 0.20
USD_PER_GB_SECOND = 0.0000166667
USD_PER_ALARM_MONTH = 0.10
USD_PER_KEY_MONTH = 1.00

MEMORY_GB = 0.5
INVOCATION_SECONDS = 0.1
"""An assumption, for every invocation: nothing here can measure Lambda's durations."""

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024
EVENT_UNIT_BYTES = 64 * 1024
REFERENCE = "getBalance, one account"
MILLION = 1_000_000


@dataclass
class Use:
    """What was consumed: request units of DynamoDB, stream records, events, invocations."""

    reads: float = 0
    writes: float = 0
    cancelled: float = 0
    stream_records: float = 0
    events: float = 0
    invocations: float = 0
    waited_seconds: float = 0

    def __add__(self, other: "Use") -> "Use":
        return Use(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Use)))

    def times(self, factor: float) -> "Use":
        """Return the use of so many of it."""
        return Use(*(getattr(self, f.name) * factor for f in fields(Use)))

    @property
    def dynamodb_usd(self) -> float:
        """Price of a million in DynamoDB."""
        written = self.writes + self.cancelled
        return self.reads * USD_PER_MILLION_READS + written * USD_PER_MILLION_WRITES

    @property
    def events_usd(self) -> float:
        """Price of a million in EventBridge."""
        return self.events * USD_PER_MILLION_EVENTS

    @property
    def lambda_usd(self) -> float:
        """Price of a million in Lambda."""
        seconds = self.invocations * INVOCATION_SECONDS + self.waited_seconds
        return (
            self.invocations * USD_PER_MILLION_INVOCATIONS
            + seconds * MEMORY_GB * MILLION * USD_PER_GB_SECOND
        )

    @property
    def usd(self) -> float:
        """Price of a million altogether."""
        return self.dynamodb_usd + self.events_usd + self.lambda_usd


class Meter:
    """Asks every request of a DynamoDB client what it consumed, and adds it up."""

    def __init__(self, client: Any) -> None:
        self.use = Use()
        self.reads = self.reported_reads = 0.0
        self._asked: Mapping[str, Any] = {}
        client.meta.events.register("provide-client-params.dynamodb", self._ask)
        client.meta.events.register("after-call.dynamodb", self._add)

    def _ask(self, params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"
        self._asked = params

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if "Error" in parsed:
            assert model.name == "TransactWriteItems", parsed
            self.use.cancelled += sum(map(_units_of_member, self._asked["TransactItems"]))
            return
        consumed = parsed.get("ConsumedCapacity", [])  # MiniStack reports none for a batch
        entries = consumed if isinstance(consumed, list) else [consumed]
        units = sum(entry["CapacityUnits"] for entry in entries)
        if model.name in ("GetItem", "BatchGetItem", "Query", "Scan"):
            self.reported_reads += units
            by_size = self._read_units(parsed)
            self.reads += by_size
            self.use.reads += by_size
        else:
            self.use.writes += units

    def _read_units(self, parsed: dict[str, Any]) -> float:
        if "Responses" in parsed:  # of a batch, each item counts by itself, also one that is not
            return sum(
                _units_of_batch(parsed["Responses"][table], wanted)
                for table, wanted in self._asked["RequestItems"].items()
            )
        items = parsed["Items"] if "Items" in parsed else [parsed.get("Item", {})]
        assert parsed.get("ScannedCount", len(items)) == len(items), "a filter hid what was read"
        units = math.ceil(sum(map(item_bytes, items)) / READ_UNIT_BYTES) or 1
        return units if self._asked.get("ConsistentRead") else units / 2


def _units_of_batch(found: list[dict[str, Any]], wanted: Mapping[str, Any]) -> float:
    absent = len(wanted["Keys"]) - len(found)
    units = absent + sum(math.ceil(item_bytes(item) / READ_UNIT_BYTES) for item in found)
    return units if wanted.get("ConsistentRead") else units / 2


def _units_of_member(member: Mapping[str, Any]) -> int:
    """Return the units of a write of a cancelled transaction; an updated item has up to 1 KB."""
    written = member["Put"]["Item"] if "Put" in member else {}
    return 2 * (math.ceil(item_bytes(written) / WRITE_UNIT_BYTES) or 1)


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the size of an item by AWS's rules, from its attribute values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    content: Any
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0")
        return 1 + math.ceil(len(digits) / 2) + int(content.startswith("-"))
    if kind == "L":
        return 3 + sum(1 + _value_bytes(each) for each in content)
    if kind == "M":
        return 3 + len(content) + item_bytes(content)
    assert kind in ("BOOL", "NULL"), kind
    return 1


class CountingBus:
    """Takes `PutEvents`, counts what AWS would charge, and keeps the envelopes in a queue."""

    def __init__(self, meter: Meter) -> None:
        self.queue: deque[dict[str, Any]] = deque()
        self._meter = meter

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            size = sum(len(entry[part].encode()) for part in ("Source", "DetailType", "Detail"))
            self._meter.use.events += math.ceil(size / EVENT_UNIT_BYTES)
            self.queue.append(json_text.loads(entry["Detail"]))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "counted"} for _ in Entries]}


class Bank:
    """The services in this process, over the tables of a deployment, one step after another."""

    def __init__(self, deployment: Deployment) -> None:
        self.settings = _settings(deployment)
        self._stream = deployment.cloud.client("dynamodbstreams")
        self._iterator = self._end_of_stream(deployment)
        client = deployment.cloud.client("dynamodb")
        self.meter = Meter(client)  # from here on every request of the client is an item's
        self.bus = CountingBus(self.meter)
        self._publisher = Publisher(self.bus, deployment.bus_name)  # type: ignore[arg-type]
        resources = Resources(
            settings=self.settings,
            database=DynamoDB(client),
            publisher=self._publisher,
            is_mac=lambda _message, _mac: False,
            sleep=self.advance,
        )
        self._groups = {group.name: group for group in all_groups()}
        self._handlers = {
            name: lambda_handler_for(Service(group, resources))
            for name, group in self._groups.items()
        }
        self._operations = operations.read_operations()

    def call(
        self,
        operation_id: str,
        *,
        user: str = "user-maria",
        session: str | None = None,
        refused: str | None = None,
        **arguments: Any,
    ) -> Any:
        """Call an operation as an agent does, carry everything to its end, and return the body.

        `refused` is the code of the error that has to come.
        """
        operation = self._operations[operation_id]
        event = invocation.invocation(
            operation,
            {name: str(value) for name, value in arguments.items()},
            session_id=session or str(uuid4()),
            session_attributes={"user_id": user},
        )
        self.meter.use.invocations += 1
        _, body = invocation.status_and_body(self._handlers[operation.group](event, None))
        assert body.get("error", {}).get("code") == refused, body
        self.finish()
        return body

    def request(self, event_type: str, *, user: str = "user-maria", **data: Any) -> None:
        """Put a request in the queue of the bus, uncounted: the application publishes it."""
        envelope = bus.request_event(
            event_type, data, user_id=user, correlation_id=str(uuid4()), moment=system_clock()
        )
        self.bus.queue.append(envelope)

    def deliver(self, event_type: str) -> dict[str, Any]:
        """Take the next event, which has to be this one, to its function."""
        envelope = self.bus.queue.popleft()
        assert envelope["event_type"] == event_type, envelope
        self.deliver_again(envelope)
        return envelope

    def deliver_again(self, envelope: dict[str, Any]) -> None:
        """Take an event to the function that it triggers, and relay what follows."""
        [group] = [g for g in self._groups.values() if g.triggered_by(envelope["event_type"])]
        self.meter.use.invocations += 1
        event = {
            "detail-type": envelope["event_type"],
            "source": envelope["source"],
            "time": envelope["timestamp"],
            "detail": envelope,
            "id": str(uuid4()),
        }
        self._handlers[group.name](event, None)
        self._relay()

    def advance(self, seconds: float) -> None:
        """Let the events do one step while an agent's purchase waits."""
        self.meter.use.waited_seconds += seconds
        self._relay()
        if self.bus.queue:
            self.deliver(self.bus.queue[0]["event_type"])

    def finish(self) -> None:
        """Relay and deliver until nothing is left; drop the events that nobody listens to."""
        self._relay()
        while self.bus.queue:
            event_type = self.bus.queue[0]["event_type"]
            if any(group.triggered_by(event_type) for group in self._groups.values()):
                self.deliver(event_type)
            else:
                self.bus.queue.popleft()

    def measured(self, step: Callable[[], object]) -> Use:
        """Return what a step consumed."""
        self.meter.use = use = Use()
        step()
        self.meter.use = Use()
        return use

    def _relay(self) -> None:
        """Run the relay on what is new in the stream, in one invocation, if anything is."""
        page = self._stream.get_records(ShardIterator=self._iterator)
        self._iterator = page["NextShardIterator"]
        if page["Records"]:
            self.meter.use.invocations += 1
            self.meter.use.stream_records += len(page["Records"])
            assert relay(page, self._publisher, list[Any]().append) == {"batchItemFailures": []}

    def _end_of_stream(self, deployment: Deployment) -> str:
        table = deployment.cloud.client("dynamodb").describe_table(
            TableName=self.settings.requests_table
        )["Table"]
        arn = table["LatestStreamArn"]
        [shard] = self._stream.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        iterator: str = self._stream.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]
        return iterator


def _settings(deployment: Deployment) -> Settings:
    """Return what the template gives to a function, with all doors, and one call for a change."""
    function = deployment.cloud.client("lambda").get_function_configuration(
        FunctionName=deployment.function_of("marketplace")
    )
    changed = {"REQUIRE_CONFIRMATION": "never", "DOORS": "agent,bus"}
    given = function["Environment"]["Variables"] | changed
    return Settings.from_environment(given)


def _switch_off_relay(deployment: Deployment) -> None:
    client = deployment.cloud.client("lambda")
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


RETAILER = "retailer-electronica-azteca"
Arguments = dict[str, Any]
TRANSFER: Arguments = {
    "from_account": "acc-maria-checking",
    "to_account": "acc-juan-checking",
    "amount": Decimal("100.00"),
    "description": "Boletos",
}
PURCHASE: Arguments = {
    "product_id": "prod-celular-128",
    "retailer_id": RETAILER,
    "quantity": 1,
    "account_id": "acc-maria-checking",
    "unit_price": Decimal("6299.00"),
}
POOR: Arguments = {**PURCHASE, "account_id": "acc-sofia-checking"}
WITH_CASHBACK: Arguments = {
    **PURCHASE,
    "account_id": "acc-carlos-checking",
    "benefit": "cashback",
}


def measure(bank: Bank) -> dict[str, Use]:
    """Return what each operation and step consumed, in the order in which they are shown."""
    return _queries(bank) | _changes(bank) | _purchases(bank) | _failures(bank)


def _queries(bank: Bank) -> dict[str, Use]:
    product: Arguments = {"product_id": "prod-tv-led-55", "retailer_id": RETAILER}
    calls: dict[str, Callable[[], object]] = {
        REFERENCE: partial(bank.call, "getBalance", account_id="acc-maria-checking"),
        "getBalance, all three accounts": partial(bank.call, "getBalance"),
        "getBalance by BALANCE_QUERY": partial(_ask_balance, bank),
        "listTransactions, one account": partial(
            bank.call, "listTransactions", account_id="acc-maria-checking"
        ),
        "searchProducts, one category": partial(
            bank.call, "searchProducts", category="electronics"
        ),
        "searchProducts, words in all categories": partial(
            bank.call, "searchProducts", search="audífonos"
        ),
        "compareBenefits": partial(bank.call, "compareBenefits", **product),
        "resolveAlias": partial(bank.call, "resolveAlias", alias="mi hermano"),
        "listBeneficiaries": partial(bank.call, "listBeneficiaries"),
    }
    return {name: bank.measured(call) for name, call in calls.items()}


def _ask_balance(bank: Bank) -> None:
    bank.request("BALANCE_QUERY", account_id="acc-maria-checking")
    bank.deliver("BALANCE_QUERY")
    bank.finish()


def _changes(bank: Bank) -> dict[str, Use]:
    transfer = partial(bank.call, "createTransfer", session="session-transfer", **TRANSFER)
    person: Arguments = {
        "name": "Botica Santa Fe",
        "alias": "la botica",
        "relationship": "pharmacy",
    }
    calls: dict[str, Callable[[], object]] = {
        "createTransfer": transfer,
        "createTransfer, repeated": transfer,
        "createTransfer, refused": partial(
            bank.call,
            "createTransfer",
            refused="INSUFFICIENT_FUNDS",
            **{**TRANSFER, "amount": "999999.00"},
        ),
        "addBeneficiary": partial(
            bank.call, "addBeneficiary", account_id="acc-botica-santa-fe-checking", **person
        ),
    }
    return {name: bank.measured(call) for name, call in calls.items()}


def _purchases(bank: Bank) -> dict[str, Use]:
    whole: list[Any] = []
    uses = {
        "createPurchase by an agent, all steps": bank.measured(
            lambda: whole.append(bank.call("createPurchase", **PURCHASE))
        )
    }
    bank.request("PURCHASE_REQUEST", **PURCHASE)
    uses["step: reserve (PURCHASE_REQUEST)"] = bank.measured(
        lambda: bank.deliver("PURCHASE_REQUEST")
    )
    payment = bank.bus.queue[0]
    uses["step: pay (PAYMENT_REQUEST)"] = bank.measured(lambda: bank.deliver("PAYMENT_REQUEST"))
    uses["step: confirm (PAYMENT_COMPLETED)"] = bank.measured(
        lambda: bank.deliver("PAYMENT_COMPLETED")
    )
    bank.finish()
    uses["step: pay, repeated"] = bank.measured(lambda: bank.deliver_again(payment))
    bank.finish()
    bank.request("PURCHASE_REQUEST", user="user-carlos", **WITH_CASHBACK)
    bank.deliver("PURCHASE_REQUEST")
    uses["step: pay, with cashback"] = bank.measured(lambda: bank.deliver("PAYMENT_REQUEST"))
    bank.deliver("PAYMENT_COMPLETED")
    bank.finish()
    [purchase] = whole
    assert purchase["status"] == "completed", purchase
    uses["getPurchase"] = bank.measured(
        lambda: bank.call("getPurchase", purchase_id=purchase["purchase_id"])
    )
    uses["listPurchases"] = bank.measured(lambda: bank.call("listPurchases"))
    return uses


def _failures(bank: Bank) -> dict[str, Use]:
    uses = {
        "createPurchase, refused (out of stock)": bank.measured(
            lambda: bank.call(
                "createPurchase",
                refused="OUT_OF_STOCK",
                product_id="prod-bocina-portatil",
                account_id="acc-maria-checking",
                unit_price="899.00",
            )
        )
    }
    bank.request("PURCHASE_REQUEST", user="user-sofia", **POOR)
    bank.deliver("PURCHASE_REQUEST")
    uses["step: pay, refused (no funds)"] = bank.measured(lambda: bank.deliver("PAYMENT_REQUEST"))
    uses["step: give back (PAYMENT_FAILED)"] = bank.measured(lambda: bank.deliver("PAYMENT_FAILED"))
    bank.finish()
    return uses


_COLUMNS = (
    *("operation", "read units", "write units", "cancelled", "stream records", "events out"),
    *("invocations", "s waited", "DynamoDB", "events", "Lambda", "USD a million", "ratio"),
)


def units_table(uses: Mapping[str, Use]) -> list[str]:
    """Return the units and prices as lines of a Markdown table."""
    base = uses[REFERENCE].usd
    lines = [
        f"| {' | '.join(_COLUMNS)} |",
        "|---" + "|--:" * (len(_COLUMNS) - 1) + "|",
    ]
    for name, use in uses.items():
        counts = " | ".join(f"{getattr(use, f.name):g}" for f in fields(Use))
        prices = " | ".join(
            f"{usd:.3f}" for usd in (use.dynamodb_usd, use.events_usd, use.lambda_usd, use.usd)
        )
        lines.append(f"| {name} | {counts} | {prices} | {use.usd / base:.1f} |")
    return lines


SPEC_INVOCATIONS = 100
SPEC_LOAD = {
    "core-banking-balance": ["getBalance by BALANCE_QUERY"],
    "core-banking-transfer": ["createTransfer", "step: pay (PAYMENT_REQUEST)"],
    "core-banking-transactions": ["listTransactions, one account"],
    "marketplace-catalog": ["searchProducts, one category"],
    "marketplace-benefits": ["compareBenefits"],
    "marketplace-purchase": [
        "step: reserve (PURCHASE_REQUEST)",
        "step: confirm (PAYMENT_COMPLETED)",
    ],
    "crm-resolve-alias": ["resolveAlias"],
    "crm-get-beneficiaries": ["listBeneficiaries"],
    "crm-add-beneficiary": ["addBeneficiary"],
}
"""The load of the specification's section 7: its nine functions, each with what it does; two things
share its invocations. `beyond_spec` names the operations that this load does not have.
"""


def spec_table(uses: Mapping[str, Use]) -> list[str]:
    """Return the specification's load as measured: 100 invocations of each of its functions."""
    lines = [
        f"| function, {SPEC_INVOCATIONS} invocations | read units | write units | events | USD |",
        "|---|--:|--:|--:|--:|",
    ]
    total = Use()
    for function, names in SPEC_LOAD.items():
        use = sum((_on_the_bus(name, uses[name]) for name in names), Use())
        use = use.times(SPEC_INVOCATIONS / len(names))
        total += use
        lines.append(_spec_line(function, use))
    lines.append(_spec_line(f"all, with {total.invocations:g} invocations", total))
    return [*lines, "", f"Not in the specification's load: {', '.join(beyond_spec())}."]


def beyond_spec() -> list[str]:
    """Return the declared operations that the specification's load does not have."""
    words = {word for names in SPEC_LOAD.values() for name in names for word in name.split()}
    known = {word.strip("(),") for word in words}
    found = [operation for group in all_groups() for operation in group]
    return sorted(o.operation_id for o in found if known.isdisjoint({o.operation_id, o.event_type}))


def _on_the_bus(name: str, use: Use) -> Use:
    """Add what was not counted: the request's own event, and the reply to a query by an agent."""
    is_agents_query = not use.writes and not use.events
    follows_another = name.startswith("step: ") and "PURCHASE_REQUEST" not in name
    return use + Use(events=int(not follows_another) + int(is_agents_query))


def _spec_line(name: str, use: Use) -> str:
    return f"| {name} | {use.reads:g} | {use.writes:g} | {use.events:g} | {use.usd / MILLION:.6f} |"


def fixed_costs() -> list[str]:
    """Return what is paid without any request."""
    types = [resource["Type"] for resource in expanded_template()["Resources"].values()]
    paid = (
        ("Alarms", types.count("AWS::CloudWatch::Alarm"), USD_PER_ALARM_MONTH),
        ("Keys", types.count("AWS::KMS::Key"), USD_PER_KEY_MONTH),
    )
    return [
        f"{what} of the template: {count}, {count * usd:.2f} USD a month at {usd:.2f}."
        for what, count, usd in paid
    ]


def item_sizes(deployment: Deployment) -> list[str]:
    """Return how large the items are on which the units depend most."""
    sizes: dict[str, int] = {}
    for item in _items(deployment, "RequestsTableName"):
        name = item["operation"]["S"] if "operation" in item else "the marker of a payment"
        sizes[name] = max(sizes.get(name, 0), item_bytes(item))
    told = ", ".join(f"{name} {size}" for name, size in sorted(sizes.items()))
    products = [item_bytes(item) for item in _items(deployment, "ProductsTableName")]
    return [
        f"Bytes of the largest item in the requests table, by operation: {told}.",
        f"{len(products)} products, {statistics.mean(products):.0f} bytes each on average.",
    ]


def _items(deployment: Deployment, table: str) -> list[Arguments]:
    client = deployment.cloud.client("dynamodb")
    items: list[Arguments] = client.scan(TableName=deployment.outputs[table])["Items"]
    return items


def _write(sections: Mapping[str, list[str]]) -> None:
    """Put each section between its markers in the document."""
    text = DOCUMENT.read_text()
    for name, lines in sections.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        assert found, f"{DOCUMENT} must have the markers of {name}"
        text = "".join((before, begin, "\n".join(lines), "\n", end, after))
    DOCUMENT.write_text(text)


def main() -> None:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", help="put the tables into docs/cost.md")
    chosen = parser.parse_args()
    with LocalStack(free_port()) as stack:
        deployment = deploy_locally(stack.cloud())
        _switch_off_relay(deployment)
        seed_all(deployment)
        bank = Bank(deployment)
        logger.setLevel("ERROR")
        with redirect_stdout(io.StringIO()):  # the metrics of the invocations
            uses = measure(bank)
        sizes = item_sizes(deployment)
    sections = {
        "units": units_table(uses),
        "sizes": sizes,
        "spec load": spec_table(uses),
        "fixed": fixed_costs(),
    }
    for lines in sections.values():
        print(*lines, "", sep="\n")
    print(f"prices of us-east-1 as known on {PRICED_ON}; check them")
    print(
        f"Lambda: {INVOCATION_SECONDS * 1000:g} ms an invocation assumed, {MEMORY_GB:g} GB; all "
        f"read units by size {bank.meter.reads:g}, by MiniStack {bank.meter.reported_reads:g}"
    )
    if chosen.write:
        _write(sections)


if __name__ == "__main__":
    main()
