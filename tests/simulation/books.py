"""What has to be true at rest. Each check says what it found otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shared import json_text
from shared.confirmation import terms_on
from shared.dynamodb import deserialize
from shared.owed import owed_by
from tests.simulation.bank import (
    ACCOUNTS,
    CUSTOMERS,
    OWNERS,
    PRODUCTS,
    Item,
    items_of,
)
from tests.simulation.channel import Yes
from tests.simulation.cloud import Cloud
from tests.simulation.commits import Wrong, check_limits
from tests.simulation.orders import OPERATIONS, Order
from tests.simulation.traffic import FORGED, Traffic
from tests.support.dynamodb import StrictDynamoDB

TERMINAL = {"completed", "failed", "cancelled"}
MAX_AGE = timedelta(hours=24, minutes=1)
"""The default of `OrderMaxAge`, and some seconds by which clocks are off."""

OUTCOMES = (
    {"TRANSFER_COMPLETED", "TRANSFER_FAILED"},
    {"PAYMENT_COMPLETED", "PAYMENT_FAILED"},
    {"PURCHASE_CONFIRMED", "PURCHASE_FAILED"},
    {"BENEFICIARY_ADDED", "ADD_BENEFICIARY_FAILED"},
)


def check_at_rest(cloud: Cloud, traffic: Traffic) -> None:
    """Check everything, once nothing is to come any more."""
    records = items_of(cloud.database, "transactions")
    purchases = items_of(cloud.database, "purchases")
    check_limits(cloud.database)
    _check_balances(items_of(cloud.database, "accounts"), records, traffic.deposited)
    _check_double_entry(records)
    _check_purchases(purchases, records)
    _check_stock(items_of(cloud.database, "products"), purchases)
    _check_orders(traffic.orders, records, purchases)
    _check_answers(traffic.orders)
    _check_yeses(cloud, traffic.channel.yeses)
    if cloud.broken_promises:
        raise Wrong(cloud.broken_promises[0])
    _check_events(cloud)
    _check_told(cloud, traffic.orders)
    _check_privacy(traffic, purchases)
    _check_letters(cloud)


def _check_balances(accounts: list[Item], records: list[Item], deposited: Decimal) -> None:
    opening = {name: Decimal(account["balance"]) for name, account in ACCOUNTS.items()}
    total = sum((account["balance"] for account in accounts), Decimal(0))
    wanted = sum(opening.values(), Decimal(0)) + deposited
    if total != wanted:
        raise Wrong(f"money was made or lost: {total} in place of {wanted}")
    for record in records:
        opening[record["account_id"]] += record["amount"]
    for account in accounts:
        name = account["account_id"]
        if account["balance"] != opening[name]:
            raise Wrong(f"{name} has {account['balance']}, its records say {opening[name]}", name)


def _check_double_entry(records: list[Item]) -> None:
    by_transaction: dict[str, list[Item]] = defaultdict(list)
    for record in records:
        by_transaction[record["transaction_id"]].append(record)
    for name, entries in by_transaction.items():
        if entries[0]["type"] == "deposit":
            continue
        if len(entries) != 2 or sum(entry["amount"] for entry in entries) != 0:
            raise Wrong(f"transaction {name} is no double entry", name)


def _check_purchases(purchases: list[Item], records: list[Item]) -> None:
    paid: dict[str, list[Item]] = defaultdict(list)
    for record in records:
        if record["type"] == "payment" and record["amount"] < 0 and not _is_cashback(record):
            paid[record["purchase_id"]].append(record)
    for purchase in purchases:
        _check_purchase(purchase, paid.pop(purchase["purchase_id"], []))
    for name in paid:
        raise Wrong(f"purchase {name} was charged and does not exist", name)


def _check_purchase(purchase: Item, payments: list[Item]) -> None:
    name, status, total = purchase["purchase_id"], purchase["status"], purchase["total_amount"]
    if status not in TERMINAL:
        raise Wrong(f"purchase {name} is {status} for ever", name)
    if status == "completed" and not payments:
        raise Wrong(f"purchase {name} is completed and was not paid", name)
    if status != "completed" and payments:
        raise Wrong(f"purchase {name} is {status} and was charged", name)
    if len(payments) > 1:
        raise Wrong(f"purchase {name} was charged {len(payments)} times", name)
    if payments and -payments[0]["amount"] != total:
        raise Wrong(f"purchase {name} was charged {-payments[0]['amount']}", name)
    if total != purchase["unit_price"] * purchase["quantity"]:
        raise Wrong(f"purchase {name} does not cost what its price says", name)


def _is_cashback(record: Item) -> bool:
    return record.get("description") == "Cashback"


def _check_stock(products: list[Item], purchases: list[Item]) -> None:
    for product in products:
        name = product["product_id"]
        sold = sum(
            purchase["quantity"]
            for purchase in purchases
            if purchase["product_id"] == name and purchase["status"] == "completed"
        )
        if product["stock"] != PRODUCTS[name]["stock"] - sold:
            raise Wrong(
                f"{name} has {product['stock']} in stock after {sold} of "
                f"{PRODUCTS[name]['stock']} were sold",
                name,
            )


def _check_orders(orders: list[Order], records: list[Item], purchases: list[Item]) -> None:
    """Check that no order took effect twice, and none against its owner's will."""
    moved: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record["type"] == "transfer":
            _check_record(record, orders)
            moved[record["description"]].add(record["transaction_id"])
    for order in orders:
        if order.kind == "TRANSFER":
            _check_transfer(order, moved[f"order {order.number}"])
    known = {purchase["purchase_id"] for purchase in purchases}
    for order in orders:
        for _, status, body in order.answers:
            name = body.get("purchase_id")
            if status == 200 and name and name not in known:
                raise Wrong(f"{order} was answered with purchase {name}: there is none", name)
    bought = sum(order.kind == "PURCHASE" for order in orders)
    if len(purchases) > bought:
        raise Wrong(f"{len(purchases)} purchases of {bought} orders")


def _check_record(record: Item, orders: list[Order]) -> None:
    """Check that a transfer was asked for by the owner of its account, and in time."""
    if record["description"] == FORGED:
        raise Wrong("an order was believed whose source may not send it")
    order = orders[int(record["description"].removeprefix("order "))]
    if record["amount"] < 0 and order.user_id != OWNERS[record["account_id"]]:
        raise Wrong(f"{order} took money of somebody else")
    age = datetime.fromisoformat(record["created_at"]) - order.sent_at
    if order.door == "bus" and age > MAX_AGE:
        raise Wrong(f"{order} was carried out {age} after it was sent")


def _check_transfer(order: Order, made: set[str]) -> None:
    if len(made) > 1:
        raise Wrong(f"{order} was carried out twice", f"order {order.number}")
    for _, status, body in order.answers:
        if status == 200 and body["transaction_id"] not in made:
            raise Wrong(f"{order} was answered and never carried out", f"order {order.number}")


def _check_answers(orders: list[Order]) -> None:
    """Check that a request has one outcome, told as new once and as repeated ever after."""
    asked_for = Counter(order.request_id for order in orders)
    for order in orders:
        subject = f"order {order.number}"
        for answer in order.answers:
            code = answer.body.get("error", {}).get("code")
            if code == "REQUEST_ID_REUSED" and asked_for[answer.request_id] < 2:
                raise Wrong(f"{order} was told that its id is used, which is not so", subject)
            if answer.status == 200:
                _check_content(order, answer.body)
        for request_id in {answer.request_id for answer in order.answers}:
            answers = [(s, body) for name, s, body in order.answers if name == request_id]
            _check_outcome(order, answers, order.uses[request_id])


def _check_outcome(order: Order, answers: list[tuple[int, dict[str, Any]]], uses: int) -> None:
    subject = f"order {order.number}"
    outcomes = {_essence(s, body) for s, body in answers if _is_outcome(s, body)}
    if len(outcomes) > 1:
        raise Wrong(f"{order} was answered in two ways: {sorted(outcomes)}", subject)
    fresh = [b for s, b in answers if s == 200 and "repeated" not in b]
    if len(fresh) > 1:
        raise Wrong(f"{order} was told {len(fresh)} times as new", subject)
    if len(answers) == uses and all("repeated" in body for _, body in answers):
        raise Wrong(f"{order} was told as repeated alone", subject)


def _check_yeses(cloud: Cloud, yeses: Mapping[str, Yes]) -> None:
    """Check that what agents had done rests on a yes to just that, which was used once."""
    for record in items_of(cloud.database, "requests"):
        if record.get("operation") in OPERATIONS.values() and not _is_trusted(cloud, record):
            _check_yes(record, yeses)
    used: set[str] = set()
    for done in _confirmed_changes(cloud.database):
        if _is_trusted(cloud, done):
            continue
        name = done.get("confirmation_id")
        yes = yeses.get(name or "")
        if yes is None:
            raise Wrong(f"done, and nobody said yes to it: {done}")
        if name in used:
            raise Wrong(f"one yes of {yes.user_id} was used twice", yes.request_id)
        used.add(str(name))
        _check_done(done, yes)


def _is_trusted(cloud: Cloud, item: Item) -> bool:
    """Tell whether something was done where no yes is asked for, and none was given."""
    return "confirmation_id" not in item and (cloud.is_trusting or item["door"] == "bus")


def _check_done(done: Item, yes: Yes) -> None:
    """Check that what was done is what was shown."""
    if terms_on(done) != yes.terms:
        raise Wrong(f"{yes.terms} was shown, {terms_on(done)} was done", yes.request_id)
    for term, shown in yes.terms.items():
        field_name = _AS_RECORDED.get(term, term)
        held = done.get(field_name, shown)
        if shown != (-held if field_name == "amount" else held):
            raise Wrong(f"{term} {shown} was shown, {held} was done", yes.request_id)


_AS_RECORDED = {"benefit": "benefit_applied"}
"""Terms that a record has under another name; it has the amount of a transfer as a debit."""


def _confirmed_changes(database: StrictDynamoDB) -> Iterator[Item]:
    transactions = items_of(database, "transactions")
    yield from (t for t in transactions if t["type"] == "transfer" and t["amount"] < 0)
    yield from items_of(database, "purchases")
    yield from items_of(database, "beneficiaries")


def _check_yes(record: Item, yeses: Mapping[str, Yes]) -> None:
    """Check that a request on record has the yes of its own customer, said and sent in time."""
    name = record.get("confirmation_id")
    yes = yeses.get(name or "")
    if yes is None:
        raise Wrong(f"recorded, and nobody said yes to it: {record}")
    if (yes.user_id, yes.operation_id) != (record["user_id"], record["operation"]):
        raise Wrong(f"{record['user_id']} used the yes of {yes.user_id}", yes.request_id)
    if datetime.fromisoformat(record["created_at"]) > yes.expires_at:
        raise Wrong(f"a yes was used after {yes.expires_at}", yes.request_id)


def _is_outcome(status: int, body: dict[str, Any]) -> bool:
    return 200 <= status < 500 and body.get("error", {}).get("code") != "REQUEST_ID_REUSED"


def _essence(status: int, body: dict[str, Any]) -> str:
    if status != 200:
        return str(body["error"]["code"])
    beneficiary = body.get("beneficiary", {}).get("beneficiary_id")
    return str(
        body.get("transaction_id")
        if "from_account" in body
        else body.get("purchase_id") or beneficiary
    )


def _check_content(order: Order, body: dict[str, Any]) -> None:
    """Check that an answer is about what was asked."""
    for name in ("amount", "from_account", "to_account", "quantity", "product_id", "description"):
        if name in body and name in order.arguments:
            asked, told = order.arguments[name], body[name]
            if (Decimal(asked) != told) if name in {"amount", "quantity"} else asked != told:
                raise Wrong(f"{order} was answered with {name} {told}", f"order {order.number}")
    if "beneficiary" in body and body["beneficiary"]["name"] != order.arguments["name"]:
        raise Wrong(f"{order} was answered with another name", f"order {order.number}")


def _owed(cloud: Cloud) -> Iterator[str]:
    """Return every event that the requests table ever owed."""
    for stream in cloud.database.streams.values():
        for shard in stream.shards.values():
            for record in shard:
                image = deserialize(record["dynamodb"].get("NewImage", {}))
                yield from map(json_text.dumps, owed_by(image))


def _check_events(cloud: Cloud) -> None:
    """Check that each owed event is published, identical in each copy, and no other outcome."""
    owed = {text: json_text.loads(text) for text in _owed(cloud)}
    relayed = {published.text for published in cloud.published if published.by == "event-relay"}
    for text, envelope in owed.items():
        if text not in relayed:
            name = envelope["correlation_id"]
            raise Wrong(f"{envelope['event_type']} of {name} was never published", name)
    if unknown := relayed - owed.keys():
        raise Wrong(f"published and never owed: {min(unknown)[:200]}")
    outcomes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for text, envelope in owed.items():
        for types in OUTCOMES:
            if envelope["event_type"] in types:
                name = envelope["correlation_id"]
                outcomes[min(types), envelope["user_id"], name].add(text)
    for (_, _, name), texts in outcomes.items():
        if len(texts) > 1:
            raise Wrong(f"{name} has {len(texts)} outcomes", name)


def _check_told(cloud: Cloud, orders: list[Order]) -> None:
    """Check that each order by the bus got an outcome, unless it was lost for good itself."""
    types = {name for names in OUTCOMES for name in names}
    told = {
        published.event["detail"]["correlation_id"]
        for published in cloud.published
        if published.event["detail-type"] in types and published.by != "application"
    }
    told |= {event["detail"]["correlation_id"] for event in cloud.lost if "detail" in event}
    for order in orders:
        if order.door == "bus" and order.request_id not in told:
            raise Wrong(f"{order} was never told its outcome", str(order.request_id))


def _check_privacy(traffic: Traffic, purchases: list[Item]) -> None:
    """Check that no query shows what belongs to somebody else."""
    owner_of = {purchase["purchase_id"]: purchase["user_id"] for purchase in purchases}
    for look in traffic.looks:
        text = json_text.dumps(look.body)
        subject = look.arguments.get("purchase_id") or look.arguments.get("account_id")
        owner = owner_of.get(subject or "") or OWNERS.get(subject or "")
        if look.status == 200 and owner not in {None, look.user_id}:
            raise Wrong(f"{look.user_id} was shown {subject} of {owner} by {look.operation_id}")
        for user_id in CUSTOMERS:
            if user_id != look.user_id and user_id in text:
                raise Wrong(f"{look.user_id} was shown {user_id} by {look.operation_id}")
        for purchase_id, owner in owner_of.items():
            if owner != look.user_id and purchase_id in text:
                raise Wrong(f"{look.user_id} was shown purchase {purchase_id} of {owner}")


def _check_letters(cloud: Cloud) -> None:
    """Check that a redrive handles every dead letter but those of events that were forged."""
    for function, event in cloud.letters:
        name = event.get("detail", {}).get("correlation_id", "")
        if not name.startswith(FORGED):
            raise Wrong(f"a dead letter of {function} is left: {name}", name)
