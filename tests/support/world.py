"""A bank in memory: services over its tables, and what tests do with it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from typing import Any

from action_groups import all_groups, load_group
from console.agent import invocation
from console.agent.operations import AgentOperation, read_operations
from scripts.seeding import all_seeds
from shared.confirmation import MAC_ALGORITHM, KmsMacCheck
from shared.dynamodb import DynamoDB, Item, deserialize, serialize
from shared.event_relay import relay
from shared.front_doors import lambda_handler_for
from shared.publisher import Publisher
from shared.service import Resources, Service
from shared.settings import Settings
from tests.support.answers import checked
from tests.support.clock_and_bus import CheckingBus, ListeningBus, MovingClock
from tests.support.dynamodb import StrictDynamoDB
from tests.support.kms import InMemoryKms
from tests.support.tables import PREFIX, function_environment, table_properties

SETTINGS = Settings.from_environment(
    {
        **function_environment(),
        "AGENT_WAIT_SECONDS": "1",
        "DOORS": "agent,bus,gateway",
        "REQUIRE_CONFIRMATION": "never",
        **dict.fromkeys(
            ("MAX_TRANSFER_AMOUNT", "DAILY_TRANSFER_LIMIT", "NEW_PAYEE_LIMIT"), "1000000000"
        ),
    }
)


@cache
def operations_in_schema() -> dict[str, AgentOperation]:
    """Return every operation as an agent knows it, read once: parsing YAML takes its time."""
    return read_operations()


def through_json(answer: Any) -> Any:
    """Return a handler's answer as the Lambda runtime writes it and the other end reads it."""
    return json.loads(json.dumps(answer, allow_nan=False), parse_float=Decimal)


@dataclass
class World:
    """Everything that a test touches: both front doors, the tables, the clock and the bus."""

    client: StrictDynamoDB
    bus: ListeningBus
    clock: MovingClock
    resources: Resources
    kms: InMemoryKms
    handlers: dict[str, Any] = field(default_factory=dict)
    relayed: int = 0

    def rebuild(self, **changes: Any) -> None:
        """Build the handlers again with other resources, such as a client that fails."""
        self.resources = self.resources._replace(**changes)
        self.handlers = {
            group.name: checked(lambda_handler_for(Service(group, self.resources)))
            for group in all_groups()
        }

    def connect(self, database: DynamoDB) -> None:
        """Build the handlers again over another access to the same tables."""
        self.rebuild(database=database)

    def put(self, table: str, **item: Any) -> None:
        self.client.put_item(TableName=f"{PREFIX}-{table}", Item=serialize(item))

    def account(self, user_id: str, account_id: str, balance: str, **attributes: Any) -> None:
        """Add an account with the attributes of the spec alone, unless others are given."""
        self.put(
            "accounts",
            **{
                "user_id": user_id,
                "account_id": account_id,
                "account_type": "checking",
                "balance": Decimal(balance),
                "currency": "MXN",
                "status": "active",
                "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z",
                "version": 1,
            }
            | attributes,
        )

    def beneficiary(self, user_id: str, beneficiary_id: str, alias: str, **attributes: Any) -> None:
        self.put(
            "beneficiaries",
            **{
                "user_id": user_id,
                "beneficiary_id": beneficiary_id,
                "name": "Juan López García",
                "alias": alias,
                "alias_lower": alias.lower(),
                "account_id": "acc-juan",
                "relationship": "brother",
                "created_at": "2026-01-01T00:00:00Z",
            }
            | attributes,
        )

    def paid(self, user_id: str, account_id: str) -> None:
        """Have a customer have paid an account, once and long ago."""
        self.put(
            "limits",
            user_id=user_id,
            subject=f"payee#{account_id}",
            first_paid_at="2026-01-01T00:00:00.000Z",
            payments=1,
            paid_while_new=Decimal(0),
            recent={},
        )

    def product(self, product_id: str, **attributes: Any) -> None:
        """Add a product with the attributes of the spec alone, unless others are given."""
        self.put(
            "products",
            **{
                "product_id": product_id,
                "retailer_id": "retailer-azteca",
                "name": "Audífonos inalámbricos",
                "description": "Con cancelación de ruido.",
                "price": Decimal("1299.00"),
                "currency": "MXN",
                "category": "electronics",
                "stock": 10,
                "image_url": "https://cdn.example.com/audifonos.jpg",
                "benefits": ["12 MSI", "5% cashback"],
            }
            | attributes,
        )

    def retailer(self, retailer_id: str, name: str, **attributes: Any) -> None:
        self.put(
            "retailers",
            **{
                "retailer_id": retailer_id,
                "name": name,
                "category": "electronics",
                "benefits_offered": ["MSI", "cashback"],
                "logo_url": "https://cdn.example.com/logo.png",
            }
            | attributes,
        )

    def transaction(self, account_id: str, timestamp: str, **attributes: Any) -> None:
        """Add a record with the attributes of the spec alone, unless others are given.

        One whose value is None is left out.
        """
        transaction_id = attributes.pop("transaction_id", f"txn-{timestamp}")
        item = {
            "account_id": account_id,
            "timestamp_txn_id": f"{timestamp}#{transaction_id}",
            "user_id": "user-maria",
            "transaction_id": transaction_id,
            "type": "deposit",
            "amount": 10,
            "currency": "MXN",
            "from_account": None,
            "to_account": account_id,
            "status": "completed",
            "description": "Nómina",
            "created_at": timestamp,
        } | attributes
        self.put("transactions", **{k: v for k, v in item.items() if v is not None})

    def items(self, table: str) -> list[Item]:
        scanned = self.client.scan(TableName=f"{PREFIX}-{table}")["Items"]
        return [deserialize(item) for item in scanned]

    def records(self) -> list[Item]:
        """Return the records of requests, without what only tells windows of repetition apart."""
        return [item for item in self.items("requests") if "answer" in item]

    def balance(self, account_id: str) -> Decimal:
        [balance] = [i["balance"] for i in self.items("accounts") if i["account_id"] == account_id]
        assert isinstance(balance, Decimal)
        return balance

    def snapshot(self) -> dict[str, list[Any]]:
        """Return what all tables hold, in the order of their keys, to show that nothing changed."""
        tables = [self.client.table(properties["TableName"]) for properties in table_properties()]
        return {
            table.name.removeprefix(f"{PREFIX}-"): sorted(
                table, key=lambda item, key=table.key: str(key.of_item(item))
            )
            for table in tables
        }

    def call(
        self,
        operation_id: str,
        *,
        user_id: str | None = "user-maria",
        session_id: str = "session-1",
        attributes: dict[str, Any] | None = None,
        yes: bool = True,
        **arguments: Any,
    ) -> tuple[int, dict[str, Any]]:
        """Call an operation as an agent does; return the status and the decoded body.

        A customer who is asked says `yes` to whatever the terms and warnings are.
        """
        operation = operations_in_schema()[operation_id]
        given = ({"user_id": user_id} if user_id else {}) | (attributes or {})
        event = invocation.invocation(
            operation, arguments, session_id=session_id, session_attributes=given
        )
        status, body = self.invoke(operation.group, event)
        if status != HTTPStatus.PRECONDITION_REQUIRED or not yes:
            return status, body
        event["sessionAttributes"] = given | {"confirmation": self.proof(body)}
        return self.invoke(operation.group, event)

    def proof(self, answer: dict[str, Any], key: str = SETTINGS.confirmation_key_arn) -> str:
        """Return the proof of a yes to the terms of an answer, as a channel mints it."""
        return self.mint(answer["confirmation"]["challenge"], key)

    def mint(self, challenge: str, key: str = SETTINGS.confirmation_key_arn) -> str:
        """Return the proof of a challenge."""
        made = self.kms.generate_mac(
            KeyId=key, Message=challenge.encode(), MacAlgorithm=MAC_ALGORITHM
        )
        return f"{challenge}.{base64.urlsafe_b64encode(made['Mac']).rstrip(b'=').decode()}"

    def invocation(self, operation_id: str, **arguments: Any) -> dict[str, Any]:
        """Return the event of an agent's call of María's, for a test to change."""
        return invocation.invocation(
            operations_in_schema()[operation_id],
            arguments,
            session_id="session-1",
            session_attributes={"user_id": "user-maria"},
        )

    def invoke(self, group: str, event: Any) -> tuple[int, dict[str, Any]]:
        """Send a raw agent event; check the envelope of the answer and decode its body."""
        answer = through_json(self.handlers[group](event, None))
        assert answer["messageVersion"] == "1.0"
        response = answer["response"]
        body = response["responseBody"]["application/json"]["body"]
        assert isinstance(body, str)
        assert isinstance(response["httpStatusCode"], int)
        return response["httpStatusCode"], json.loads(body, parse_float=Decimal)

    def send(
        self,
        group: str,
        event_type: str,
        data: Any,
        *,
        user_id: str | None = "user-maria",
        correlation_id: str = "correlation-1",
        taken_at: datetime | None = None,
        **envelope: Any,
    ) -> Any:
        """Deliver an event of the bus to a group's handler, from a source that may send it."""
        operation = load_group(group).triggered_by(event_type)
        detail = {
            "version": "1.0",
            "event_type": event_type,
            "correlation_id": correlation_id,
            "timestamp": "2026-11-22T15:00:00Z",
            "source": (operation and operation.event_source) or "agentcore",
            "user_id": user_id,
            "data": data,
        } | envelope
        return self.deliver(group, event_type, detail, taken_at=taken_at)

    def deliver(
        self,
        group: str,
        event_type: Any,
        detail: Any,
        *,
        taken_at: datetime | None = None,
        **event_fields: Any,
    ) -> Any:
        """Deliver an EventBridge event with any detail, from the source that its envelope names.

        The bus took it at `taken_at`, or just now.
        """
        source = detail.get("source") if isinstance(detail, dict) else None
        event = {
            "version": "0",
            "id": "9f0a2f5e-0000-4000-8000-000000000000",
            "detail-type": event_type,
            "source": source or "agentcore",
            "account": "000000000000",
            "time": (taken_at or self.clock()).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": "us-east-1",
            "resources": [],
            "detail": detail,
        } | event_fields
        return through_json(self.handlers[group](event, None))

    def settle(self) -> list[dict[str, Any]]:
        """Carry events from the relay to the operations they trigger, until nothing is owed.

        Returns the envelopes that were published.
        """
        published = []
        while events := self.run_relay():
            published += events
            for event in events:
                for group in all_groups():
                    if group.triggered_by(event["event_type"]):
                        self.deliver(group.name, event["event_type"], event)
        return published

    def run_relay(self) -> list[dict[str, Any]]:
        """Relay what the stream of the requests table got since the last run, one by one.

        Returns the envelopes that this run published.
        """
        before = len(self.bus.envelopes)
        [stream] = self.client.streams.values()
        [records] = stream.shards.values()
        for record in records[self.relayed :]:
            answer = relay({"Records": [record]}, self.resources.publisher, _unreadable)
            assert answer == {"batchItemFailures": []}
        self.relayed = len(records)
        return self.bus.envelopes[before:]


@cache
def seeded_tables() -> StrictDynamoDB:
    """Return tables with all that the seed scripts add, made once: to copy from, not to write."""
    client = StrictDynamoDB(table_properties())
    seed_all(client)
    return client


def seed_all(client: Any) -> None:
    """Run every seed script."""
    for seed in all_seeds():
        seed(client, PREFIX)


@contextmanager
def world() -> Iterator[World]:
    """Yield a bank with empty tables."""
    yield world_over(StrictDynamoDB(table_properties()))


def world_over(client: StrictDynamoDB) -> World:
    """Return a bank over the tables of a client."""
    bus, clock, kms = CheckingBus(), MovingClock(), InMemoryKms()
    resources = Resources(
        settings=SETTINGS,
        database=DynamoDB(client),  # type: ignore[arg-type]
        publisher=Publisher(bus, SETTINGS.event_bus_name),  # type: ignore[arg-type]
        is_mac=KmsMacCheck(lambda: kms, SETTINGS.confirmation_key_arn),  # type: ignore[arg-type, return-value]
        clock=clock,
        sleep=lambda _seconds: None,
        random=lambda: 0.5,
    )
    made = World(client, bus, clock, resources, kms)
    made.rebuild()
    return made


def _unreadable(record: Any) -> None:
    raise AssertionError(f"the relay cannot read {record}")
