"""The DynamoDB of all tests, held against the local AWS and against AWS's documentation."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from console.local_stack import LocalStack
from console.ports import free_port
from shared.dynamodb import serialize
from tests.support.dynamodb import StrictDynamoDB
from tests.support.dynamodb.expressions import RESERVED
from tests.support.dynamodb_cases import (
    BEFORE,
    CASES,
    DEFINITION,
    INVALID,
    TABLE,
    TRANSACTIONS,
    Case,
    change,
)

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def outcome(client: Any, method: str, arguments: dict[str, Any]) -> Any:
    """Return what came back, or the code of the error with the reasons of a transaction."""
    try:
        answer = getattr(client, method)(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        reasons: Any = error.response.get("CancellationReasons")
        if reasons is None:
            return code
        items = [plain(reason["Item"]) for reason in reasons if "Item" in reason]
        return (code, [reason["Code"] for reason in reasons], *items)
    except (ParamValidationError, TypeError):
        return "refused before it was sent"
    return plain({name: v for name, v in answer.items() if name != "ResponseMetadata"})


def plain(value: Any) -> Any:
    """Return a value in which the order of a set does not count."""
    if isinstance(value, dict):
        return {n: sorted(v) if n in {"SS", "NS"} else plain(v) for n, v in value.items()}
    return [plain(member) for member in value] if isinstance(value, list) else value


def complete(method: str, arguments: dict[str, Any], pk: str) -> dict[str, Any]:
    """Add what every call needs: the table, and the key of the item that is there."""
    key = serialize({"pk": pk, "sk": 1})
    made: dict[str, Any] = {"TableName": TABLE} | arguments
    if method == "query":
        given = made.get("ExpressionAttributeValues", {})
        if ":pk" in made["KeyConditionExpression"]:
            made["ExpressionAttributeValues"] = given | {":pk": {"S": pk}}
        start = made.get("ExclusiveStartKey")
        if start:
            made["ExclusiveStartKey"] = {"pk": {"S": pk}} | start
    elif method == "put_item":
        made["Item"] = made["Item"] or key
    else:
        made = {"Key": key} | made
    return made


@pytest.fixture(scope="module")
def local_aws() -> Iterator[Any]:
    with LocalStack(free_port()) as stack:
        client = stack.cloud().client("dynamodb")
        client.create_table(**DEFINITION)
        yield client


@pytest.fixture(scope="module")
def in_memory() -> StrictDynamoDB:
    return StrictDynamoDB([DEFINITION])


_numbers = itertools.count()


def prepare(client: Any, pk: str) -> None:
    client.put_item(TableName=TABLE, Item=serialize({"pk": pk, "sk": 1} | BEFORE))
    for number in (2, 3, 4):
        item = {"pk": pk, "sk": number, "n": number} | ({"colour": "red"} if number > 2 else {})
        client.put_item(TableName=TABLE, Item=serialize(item))


def left_behind(client: Any, pk: str) -> Any:
    """Return what the partition holds, for a call that must have done the same to both."""
    found = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
    )
    return plain(found["Items"])


def compare(
    clients: tuple[Any, Any], method: str, arguments: dict[str, Any], pk: str, documented: Any
) -> None:
    local, memory = (outcome(client, method, arguments) for client in clients)
    if documented is None:
        assert memory == local
        assert left_behind(clients[1], pk) == left_behind(clients[0], pk)
    else:
        assert memory == documented
        assert local != documented, "the local AWS is right, too"


@pytest.mark.parametrize("one", CASES, ids=lambda one: f"{one.method}: {one.id}")
def test_a_call_is_answered_or_refused_as_dynamodb_does(
    one: Case, local_aws: Any, in_memory: StrictDynamoDB
) -> None:
    pk = f"case-{next(_numbers)}"
    for client in (local_aws, in_memory):
        for item in left_behind_by_index(client):
            client.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
        prepare(client, pk)
    arguments = complete(one.method, one.arguments, pk)
    compare((local_aws, in_memory), one.method, arguments, pk, one.documented)


def left_behind_by_index(client: Any) -> list[Any]:
    found: list[Any] = client.query(
        TableName=TABLE,
        IndexName="by-colour",
        KeyConditionExpression="colour = :red",
        ExpressionAttributeValues={":red": {"S": "red"}},
    )["Items"]
    return found


@pytest.mark.parametrize(
    ("entries", "documented"),
    [one[1:] for one in TRANSACTIONS],
    ids=[one[0] for one in TRANSACTIONS],
)
def test_a_transaction_is_committed_or_refused_as_dynamodb_does(
    entries: Any, documented: Any, local_aws: Any, in_memory: StrictDynamoDB
) -> None:
    pk = f"transaction-{next(_numbers)}"
    for client in (local_aws, in_memory):
        prepare(client, pk)
    arguments = {"TransactItems": entries(pk)}
    compare((local_aws, in_memory), "transact_write_items", arguments, pk, documented)


def test_a_token_makes_a_transaction_happen_once_for_ten_minutes() -> None:
    now = START
    client = StrictDynamoDB([DEFINITION], now=lambda: now)
    entries = [change("p", "ADD n :one", one=1)]

    def commit(entries: list[Any], token: str = "token") -> Any:
        arguments = {"TransactItems": entries, "ClientRequestToken": token}
        return outcome(client, "transact_write_items", arguments)

    assert commit(entries) == commit(entries) == {}
    assert commit([change("p", "ADD n :one", one=2)]) == "IdempotentParameterMismatchException"
    assert left_behind(client, "p")[0]["n"] == {"N": "1"}
    now += timedelta(minutes=10)
    assert commit(entries) == {}
    assert left_behind(client, "p")[0]["n"] == {"N": "2"}
    assert commit(entries, "x" * 37) == INVALID


def test_several_items_are_read_at_once(local_aws: Any, in_memory: StrictDynamoDB) -> None:
    keys = [serialize({"pk": "several", "sk": number}) for number in (1, 2, 9)]
    found = []
    for client in (local_aws, in_memory):
        prepare(client, "several")
        batch = client.batch_get_item(RequestItems={TABLE: {"Keys": keys}})
        assert batch["UnprocessedKeys"] == {}
        found.append(sorted(item["sk"]["N"] for item in batch["Responses"][TABLE]))
        got = client.transact_get_items(
            TransactItems=[{"Get": {"TableName": TABLE, "Key": key}} for key in keys]
        )
        found.append(plain(got["Responses"]))
        doubled = {TABLE: {"Keys": [keys[0], keys[0]]}}
        assert outcome(client, "batch_get_item", {"RequestItems": doubled}) == INVALID
    assert found[:2] == found[2:]


def numbered(*numbers: int) -> list[dict[str, Any]]:
    return [serialize({"pk": "several", "sk": number}) for number in numbers]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {TABLE: {"Keys": numbered(*range(101))}},
        {TABLE: {"Keys": numbered(1, 2, 1)}},
        {TABLE: {"Keys": numbered(1), "ConsistentRead": True}, "nowhere": {"Keys": numbered(1)}},
        {TABLE: {"Keys": [serialize({"pk": "several"})]}},
        {TABLE: {"Keys": [serialize({"pk": "several", "sk": 1, "a": 1})]}},
        {TABLE: {"Keys": [serialize({"pk": "several", "sk": "1"})]}},
    ],
    ids=["no table", "101 keys", "twice", "no such table", "half", "more", "type"],
)
def test_a_batch_is_refused_as_dynamodb_does(
    wanted: Any, local_aws: Any, in_memory: StrictDynamoDB
) -> None:
    arguments = {"RequestItems": wanted}
    refusal = outcome(in_memory, "batch_get_item", arguments)
    assert refusal == outcome(local_aws, "batch_get_item", arguments)
    assert isinstance(refusal, str)


def test_a_batch_reads_100_keys_and_only_as_consistently_as_it_asks(local_aws: Any) -> None:
    wanted = {TABLE: {"Keys": numbered(*range(100)), "ConsistentRead": True}}
    late = StrictDynamoDB([DEFINITION], now=lambda: START, lag=lambda: timedelta(seconds=1))
    found = []
    for client in (local_aws, late):
        prepare(client, "several")
        answer = client.batch_get_item(RequestItems=wanted)
        found.append(sorted(item["sk"]["N"] for item in answer["Responses"][TABLE]))
    assert found[0] == found[1] != []
    assert late.batch_get_item(RequestItems={TABLE: {"Keys": numbered(1)}})["Responses"] == {
        TABLE: []
    }


def test_a_batch_answers_16_megabytes_and_names_the_keys_that_are_left() -> None:
    """The local AWS answers everything: this is what AWS documents."""
    client = StrictDynamoDB([DEFINITION])
    for key in numbered(*range(50)):
        client.put_item(TableName=TABLE, Item={**key, "a": {"S": "x" * 400_000}})
    wanted = {TABLE: {"Keys": numbered(*range(50)), "ConsistentRead": True}}

    answer = client.batch_get_item(RequestItems=wanted)

    answered = [{name: item[name] for name in ("pk", "sk")} for item in answer["Responses"][TABLE]]
    left = answer["UnprocessedKeys"][TABLE]
    assert len(answered) == 16 * 1024 * 1024 // 400_012
    assert left["ConsistentRead"] is True
    assert sorted(map(str, answered + left["Keys"])) == sorted(map(str, wanted[TABLE]["Keys"]))


def test_a_page_ends_at_a_megabyte(local_aws: Any, in_memory: StrictDynamoDB) -> None:
    pages = []
    for client in (local_aws, in_memory):
        for number in range(5):
            item = serialize({"pk": "large", "sk": number, "a": "x" * 300_000})
            client.put_item(TableName=TABLE, Item=item)
        answer = client.query(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "large"}},
        )
        pages.append((answer["Count"], answer["LastEvaluatedKey"]["sk"]))
    assert pages[1] == pages[0]


def test_what_was_read_is_charged_in_units_of_four_kilobytes(
    local_aws: Any, in_memory: StrictDynamoDB
) -> None:
    """A filter changes nothing, and what may be old costs half.

    The local AWS says one unit whatever was read; AWS documents the rest.
    """
    charged: list[list[float]] = []
    for client in (local_aws, in_memory):
        for number in range(3):
            item = serialize({"pk": "charged", "sk": number, "a": "x" * 5000})
            client.put_item(TableName=TABLE, Item=item)
        of_items = {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "charged"}, ":b": {"S": "b"}},
            "FilterExpression": "a = :b",
            "ReturnConsumedCapacity": "TOTAL",
        }
        answers = [
            client.query(**of_items, ConsistentRead=True),
            client.query(**of_items),
            client.query(**of_items, Limit=1),
            client.scan(TableName=TABLE, Limit=1, ReturnConsumedCapacity="TOTAL"),
        ]
        assert [answer["ScannedCount"] for answer in answers] == [3, 3, 1, 1]
        charged.append([answer["ConsumedCapacity"]["CapacityUnits"] for answer in answers])
        assert "ConsumedCapacity" not in client.scan(TableName=TABLE)
    assert len(charged[0]) == len(charged[1])
    assert charged[1][:3] == [4.0, 2.0, 1.0], "15 KB and a little, consistently and not"


def test_a_scan_comes_in_pages_that_hold_every_item_once(in_memory: StrictDynamoDB) -> None:
    client = StrictDynamoDB([DEFINITION])
    for number in range(7):
        item = {"pk": f"p-{number % 3}", "sk": number}
        client.put_item(TableName=TABLE, Item=serialize(item))
    found: list[str] = []
    start: dict[str, Any] = {}
    while True:
        page = client.scan(TableName=TABLE, Limit=2, **start)
        found += [item["sk"]["N"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert sorted(found) == [str(number) for number in range(7)]


def test_an_index_shows_a_write_later_and_the_table_at_once() -> None:
    now = START
    client = StrictDynamoDB([DEFINITION], now=lambda: now, lag=lambda: timedelta(seconds=3))

    def seen() -> tuple[int, int, int]:
        key = serialize({"pk": "p", "sk": 1})
        return (
            len(left_behind_by_index(client)),
            len(client.get_item(TableName=TABLE, Key=key)),
            len(client.get_item(TableName=TABLE, Key=key, ConsistentRead=True)),
        )

    client.put_item(TableName=TABLE, Item=serialize({"pk": "p", "sk": 1, "colour": "red"}))
    assert seen() == (0, 0, 1)
    now += timedelta(seconds=3)
    assert seen() == (1, 1, 1)
    client.delete_item(TableName=TABLE, Key=serialize({"pk": "p", "sk": 1}))
    assert seen() == (1, 1, 0)


def test_the_stream_has_each_change_of_an_item_in_order_and_none_where_nothing_changed() -> None:
    client = StrictDynamoDB([DEFINITION], shards=4)
    for number in (1, 1, 2):
        for pk in "abcdefgh":
            item = serialize({"pk": pk, "sk": 1, "n": number})
            client.put_item(TableName=TABLE, Item=item)
    client.delete_item(TableName=TABLE, Key=serialize({"pk": "a", "sk": 1}))
    [arn] = client.streams
    streams = client.streams_client
    shards = streams.describe_stream(arn)["StreamDescription"]["Shards"]
    changes: dict[str, list[Any]] = {}
    holding = 0
    for shard in shards:
        iterator = streams.get_shard_iterator(arn, shard["ShardId"], "TRIM_HORIZON")
        records = streams.get_records(iterator["ShardIterator"])["Records"]
        holding += bool(records)
        for record in records:
            image = record["dynamodb"].get("NewImage", {})
            pk = record["dynamodb"]["Keys"]["pk"]["S"]
            changes.setdefault(pk, []).append((record["eventName"], image.get("n")))
    assert holding > 1, "the items are spread over the shards"
    for pk in "bcdefgh":
        assert changes[pk] == [("INSERT", {"N": "1"}), ("MODIFY", {"N": "2"})]
    assert changes["a"][2:] == [("REMOVE", None)]


def test_all_573_words_of_the_documentation_are_reserved() -> None:
    assert len(RESERVED) == 573
    assert {"STATUS", "NAME", "TTL", "YEAR", "ZONE"} <= RESERVED
    assert "STOCK" not in RESERVED
