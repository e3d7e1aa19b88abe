"""The references of the benchmarks answer the same events as the product does, with the same."""

import gc
import importlib
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from decimal import Decimal
from typing import Any

import boto3
import pytest

from action_groups import load_group
from benchmarks import cost
from benchmarks.conversation import Bank, Conversations, Use, logged
from benchmarks.reference import aws
from benchmarks.start import STREAM, event_of
from benchmarks.warm import OPERATIONS, Context, Replayed
from shared import clients, relay_handler
from shared.dynamodb import DynamoDB
from shared.front_doors import lambda_handler_for
from shared.service import Resources, Service
from shared.settings import Settings
from tests.support.calls import figures

pytestmark = pytest.mark.slow

CASES = [(group, name) for group, names in OPERATIONS.items() for name in names]
NEW = {"transaction_id", "purchase_id", "beneficiary_id", "created_at"}
"""What a change makes up: everybody makes up another one."""


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[aws.Aws]:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    made = aws.Aws()
    clients.client_of.cache_clear()
    clients._session.cache_clear()
    with aws.played(made):
        yield made
    clients.client_of.cache_clear()
    clients._session.cache_clear()


def product(group: str) -> Any:
    settings = Settings.from_environment(aws.environment())
    database = DynamoDB(clients.client_of("dynamodb"))
    made: Any = Resources(settings=settings, database=database, publisher=None, is_mac=None)  # type: ignore[arg-type]
    return lambda_handler_for(Service(load_group(group), made))


def reference(module: str) -> Any:
    """Return a reference whose clients are made now: it makes them where it is imported."""
    found = importlib.import_module(f"benchmarks.reference.{module}")
    return importlib.reload(found).lambda_handler


def told(handler: Any, name: str, **asked: str) -> Any:
    with redirect_stdout(io.StringIO()):
        answer = handler(event_of(name, **asked), Context())
    assert answer["response"]["httpStatusCode"] == 200, answer
    body = json.loads(answer["response"]["responseBody"]["application/json"]["body"])
    return compared(body, is_change=not name.startswith(("get", "list", "search", "resolve")))


def compared(value: Any, *, is_change: bool) -> Any:
    if isinstance(value, dict):
        left_out = NEW if is_change else set()
        return {
            name: compared(held, is_change=is_change)
            for name, held in value.items()
            if held is not None and name not in left_out
        }
    return (
        [compared(one, is_change=is_change) for one in value] if isinstance(value, list) else value
    )


@pytest.mark.filterwarnings("ignore:Couldn't determine the remaining time")
@pytest.mark.parametrize(("group", "name"), CASES, ids=[name for _, name in CASES])
def test_the_typical_way_answers_as_the_product_does(bank: aws.Aws, group: str, name: str) -> None:
    expected = told(product(group), name)
    bank.refill()

    assert told(reference(f"typical.{group}"), name) == expected


@pytest.mark.parametrize("words", ["CAMARA", "recámara cocina", "laptop", "trompeta"])
def test_the_typical_way_finds_what_the_product_finds(bank: aws.Aws, words: str) -> None:
    """Accents and case aside, in descriptions too; a benefit of a past month is not told."""
    expected = told(product("marketplace"), "search_products", search=words)

    typical = reference("typical.marketplace")
    assert told(typical, "search_products", search=words) == expected


@pytest.mark.parametrize(
    ("alias", "match"),
    [
        ("Juan Lopez", "fuzzy"),
        ("Sofia Hernandes", "fuzzy"),
        ("mi mama", "exact"),
        ("Xochitl", "none"),
    ],
)
def test_the_typical_way_means_whom_the_product_means(
    bank: aws.Aws, alias: str, match: str
) -> None:
    """Each has its own scores; to the letter is to *typical* what the index has."""
    expected = told(product("crm"), "resolve_alias", alias=alias)
    assert expected["match"] == match

    found = told(reference("typical.crm"), "resolve_alias", alias=alias)
    assert found.get("beneficiary") == expected.get("beneficiary")
    assert len(found["candidates"]) == len(expected["candidates"])


@pytest.mark.parametrize("name", ["get_balance", "list_purchases", "list_beneficiaries"])
def test_the_floor_answers_as_the_product_does_with_as_many_calls(bank: aws.Aws, name: str) -> None:
    [group] = [group for group, names in OPERATIONS.items() if name in names]
    expected = told(product(group), name)
    calls = bank.calls.copy()
    bank.calls.clear()

    assert told(reference("floor"), name) == expected
    assert bank.calls == calls


def test_an_answer_that_differs_is_seen(bank: aws.Aws) -> None:
    expected = told(product("core_banking"), "get_balance")
    key = {"user_id": {"S": aws.USER}, "account_id": {"S": "acc-maria-checking"}}
    bank.tables.update_item(
        TableName="centli-accounts",
        Key=key,
        UpdateExpression="SET balance = balance - :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )

    assert told(reference("floor"), "get_balance") != expected


@pytest.mark.filterwarnings("ignore:Couldn't determine the remaining time")
@pytest.mark.parametrize("module", ["floor_relay", "typical.event_relay"])
def test_a_relay_of_the_references_publishes_what_a_record_owes(bank: aws.Aws, module: str) -> None:
    with redirect_stdout(io.StringIO()):
        reference(module)(STREAM, Context())

    [envelope] = bank.bus.envelopes
    assert envelope["event_type"] == "TRANSFER_COMPLETED"


@pytest.mark.parametrize(
    ("group", "name", "argument", "value"),
    [
        ("core_banking", "create_transfer", "amount", "99999999.00"),
        ("core_banking", "create_transfer", "to_account", "acc-of-nobody"),
        ("marketplace", "create_purchase", "unit_price", "1.00"),
        ("marketplace", "create_purchase", "benefit", "MSI-7"),
        ("marketplace", "create_purchase", "account_id", "acc-maria-checking"),
        ("crm", "add_beneficiary", "account_id", "acc-of-nobody"),
        ("crm", "add_beneficiary", "alias", "MI MAMA"),
        ("crm", "add_beneficiary", "alias", "juan lopez garcia"),
        ("crm", "add_beneficiary", "alias", "Sofia Hernandes"),
    ],
)
def test_the_typical_way_refuses_what_the_product_refuses(
    bank: aws.Aws, group: str, name: str, argument: str, value: str
) -> None:
    event = event_of(name)
    for given in event["requestBody"]["content"]["application/json"]["properties"]:
        if given["name"] == argument:
            given["value"] = value
    for handler in (product(group), reference(f"typical.{group}")):
        with redirect_stdout(io.StringIO()):
            answer = handler(event, Context())
        assert 400 <= answer["response"]["httpStatusCode"] < 500


def test_the_typical_way_keeps_the_limits_of_transfers(
    bank: aws.Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILY_TRANSFER_LIMIT", "100.00")
    with redirect_stdout(io.StringIO()):
        answer = reference("typical.core_banking")(event_of("create_transfer"), Context())

    assert answer["response"]["httpStatusCode"] == 400
    assert "daily limit" in str(answer)


@pytest.mark.parametrize(
    ("group", "name", "event_type"),
    [
        ("core_banking", "create_transfer", "TRANSFER_COMPLETED"),
        ("marketplace", "create_purchase", "PAYMENT_REQUEST"),
        ("crm", "add_beneficiary", "BENEFICIARY_ADDED"),
    ],
)
def test_the_typical_way_owes_the_event_of_a_change(
    bank: aws.Aws, group: str, name: str, event_type: str
) -> None:
    told(reference(f"typical.{group}"), name)

    items = bank.tables.scan(TableName="centli-requests")["Items"]
    events = [json.loads(one["S"]) for item in items for one in item.get("events", {}).get("L", [])]
    assert [envelope["event_type"] for envelope in events] == [event_type]


@pytest.fixture
def metered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """Yield a bank that counts; the references make their clients anew, for it."""
    for name in [name for name in sys.modules if name.startswith("benchmarks.reference.typical")]:
        monkeypatch.delitem(sys.modules, name)
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    caches = (clients.client_of, clients._session, relay_handler.__getattr__)
    for cache in caches:
        cache.cache_clear()
    made = Bank()
    with aws.played(made):
        yield made
    for cache in caches:
        cache.cache_clear()


MOVED = {
    "user-maria": Decimal("-3899.50"),
    "user-juan": Decimal("100.50"),
    "retailer-electronica-azteca": Decimal("3799.00"),
}
WAYS = [(what, way) for what, ways in cost.WAYS.items() for way in ways]


@pytest.mark.filterwarnings("ignore:Couldn't determine the remaining time")
@pytest.mark.parametrize(("what", "way"), WAYS)
def test_a_conversation_moves_the_same_money_whoever_holds_it(
    metered: Bank, what: str, way: str
) -> None:
    made = cost.WAYS[what][way]
    is_confirmed = made.keywords["is_confirmed"]
    with logged() as log:
        conversations = Conversations(metered, made(), log, is_confirmed=is_confirmed)
        conversations.begin()
        before = owned(metered)
        conversations.hold(is_buying=True)

    after = owned(metered)
    moved = {who: after[who] - before[who] for who in after}
    assert {who: change for who, change in moved.items() if change} == MOVED
    used = conversations.used
    assert used["create_transfer"].events == 1
    assert used["create_purchase"].events == 3
    assert used["create_transfer"].kms == (2 if is_confirmed else 0)
    assert min(use.log_bytes for use in used.values()) > 0
    assert min(use.cpu_ms for use in used.values()) > 0
    if way == "product":
        assert used["create_transfer"].writes == figures()["createTransfer"].writes


@pytest.mark.filterwarnings("ignore:Couldn't determine the remaining time")
@pytest.mark.parametrize("way", ["product", "*typical*"])
def test_a_purchase_whose_payment_nobody_takes_is_seen(metered: Bank, way: str) -> None:
    with logged() as log:
        system = replace(cost.WAYS["without confirmation"][way](), pay=lambda event, context: None)
        conversations = Conversations(metered, system, log, is_confirmed=False)
        conversations.begin()

        with pytest.raises(AssertionError, match="pending"):
            conversations.hold(is_buying=True)


def owned(bank: Bank) -> dict[str, Decimal]:
    """Return what each customer and retailer has on all accounts."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for item in bank.tables.scan(TableName="centli-accounts")["Items"]:
        found[item["user_id"]["S"]] += Decimal(item["balance"]["N"])
    return found


def test_a_use_is_priced_by_each_of_its_parts() -> None:
    nothing = cost.usd(Use())
    assert set(nothing.values()) == {0}
    million = 10**6
    used = Use(
        invocations=million,
        reads=million,
        writes=million,
        events=million,
        kms=million,
        cpu_ms=512 / 1769 * 1.5 * million,
        log_bytes=670 * million,
        sequence=Counter(GetItem=million),
    )
    priced = {part: round(price, 3) for part, price in cost.usd(used).items()}
    assert priced == {
        "requests of Lambda": 0.2,
        "time of Lambda": 0.042,
        "reads": 0.125,
        "writes": 0.625,
        "events": 1.0,
        "KMS": 3.0,
        "logs": 0.5,
    }


MOST_OF_TYPICAL = {
    "get_balance": 0.31,
    "list_transactions": 0.39,
    "create_transfer": 0.78,
    "search_products": 0.49,
    "get_purchase": 0.34,
    "list_purchases": 0.35,
    "create_purchase": 0.95,
    "resolve_alias": 0.60,
    "list_beneficiaries": 0.44,
    "add_beneficiary": 0.42,
}
"""Of the functions that a warm answer of *typical* calls without its Tracer, which is off outside
of Lambda and calls as many again: what is reached, so that nothing creeps back."""


@pytest.mark.filterwarnings("ignore:Couldn't determine the remaining time")
@pytest.mark.parametrize(("group", "name"), CASES, ids=[name for _, name in CASES])
def test_a_warm_answer_calls_few_functions(bank: aws.Aws, group: str, name: str) -> None:
    called = []
    for handler in (product(group), reference(f"typical.{group}")):
        bank.refill()
        replayed = Replayed(handler, name)
        replayed.nanoseconds()
        called.append(replayed.functions_called())

    assert called[0] <= MOST_OF_TYPICAL[name] * called[1], called


class Finalized:
    """What is thrown away only by a garbage collection, which then calls a function."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        del self.itself


def test_what_others_left_to_be_collected_is_not_counted(bank: aws.Aws) -> None:
    replayed = Replayed(product("core_banking"), "get_balance")
    replayed.nanoseconds()
    counted = replayed.functions_called()
    thresholds, left = gc.get_threshold(), Finalized()
    gc.collect(0)
    del left
    gc.set_threshold(1, 100)  # collected while the answers are counted, when much was made
    try:
        assert replayed.functions_called() == counted
    finally:
        gc.set_threshold(*thresholds)


def test_what_an_answer_does_twice_is_counted_twice(bank: aws.Aws) -> None:
    once = product("core_banking")

    def twice(event: Any, context: Any) -> Any:
        once(event, context)
        return once(event, context)

    counts = []
    for handler in (once, twice):
        replayed = Replayed(handler, "get_balance")
        replayed.nanoseconds()
        counts.append(replayed.functions_called())
    assert counts[1] == pytest.approx(2 * counts[0], abs=2)
