"""The DynamoDB of all tests, held against the local AWS and against AWS's documentation.

Each case is one call, made to both on the same item. Where the local AWS is known to be wrong, the
case says what AWS documents, and that it alone holds.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from console.local_stack import LocalStack
from console.ports import free_port
from shared.dynamodb import serialize
from tests.support.dynamodb import StrictDynamoDB
from tests.support.dynamodb.expressions import RESERVED

TABLE = "things"
DEFINITION: dict[str, Any] = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "colour", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-colour",
            "KeySchema": [
                {"AttributeName": "colour", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
}
INVALID = "ValidationException"
REFUSED = "ConditionalCheckFailedException"
CANCELLED = "TransactionCanceledException"
BEFORE: dict[str, Any] = {
    "n": 5,
    "text": "Ñandú",
    "letters": {"a", "b"},
    "list": [1, "two", [3]],
    "map": {"inner": {"deep": 1}, "other": "x"},
    "yes": True,
    "nothing": None,
}
START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A call, and what AWS documents where the local AWS answers something else."""

    id: str
    method: str
    arguments: dict[str, Any]
    documented: Any = None


def values(**given: Any) -> dict[str, Any]:
    return serialize({f":{name}": value for name, value in given.items()})


def case(id_: str, method: str, aws: Any = None, **arguments: Any) -> Case:
    return Case(id_, method, arguments, aws)


def update(id_: str, expression: str, aws: Any = None, /, **more: Any) -> Case:
    return case(id_, "update_item", aws, UpdateExpression=expression, **_given(more))


def check(id_: str, condition: str, aws: Any = None, /, **more: Any) -> Case:
    return case(
        id_,
        "update_item",
        aws,
        UpdateExpression="SET done = :done",
        ConditionExpression=condition,
        **_given({"done": 1} | more),
    )


def query(id_: str, condition: str, aws: Any = None, /, **more: Any) -> Case:
    return case(id_, "query", aws, KeyConditionExpression=condition, **_given(more))


def _given(more: dict[str, Any]) -> dict[str, Any]:
    """Tell placeholders' values (in lower case) from names and from arguments of the call."""
    given = {name: value for name, value in more.items() if name.islower() and name != "names"}
    rest = {name: value for name, value in more.items() if not name.islower()}
    names = {f"#{name}": value for name, value in more.get("names", {}).items()}
    return (
        rest
        | ({"ExpressionAttributeValues": values(**given)} if given else {})
        | ({"ExpressionAttributeNames": names} if names else {})
    )


CASES = [
    # --- conditions
    check("equal", "n = :n", n=5),
    check("equal as another writing of the number", "n = :n", n=5.0 and 5),
    check("not equal", "n <> :n", n=5),
    check("not equal to what is missing", "absent <> :n", n=5),
    check("less", "n < :n", n=6),
    check("less than another type", "n < :n", n="6"),
    check("missing is less than nothing", "absent < :n", n=6),
    check("between", "n BETWEEN :a AND :b", a=5, b=6),
    check("between bounds that are turned round", "n BETWEEN :a AND :b", a=6, b=5),
    check("between bounds of two types", "n BETWEEN :a AND :b", INVALID, a=1, b="z"),
    check("in", "n IN (:a, :b)", a=1, b=5),
    check("not in", "NOT n IN (:a, :b)", a=1, b=5),
    check("and binds before or", "n = :a OR n = :b AND n = :c", a=5, b=5, c=1),
    check("not binds before and", "NOT n = :a AND n = :b", a=1, b=5),
    check("lower case keywords", "n = :a and not n = :b", a=5, b=1),
    check("parentheses", "(n = :a OR n = :b) AND n = :c", a=5, b=5, c=1),
    check("redundant parentheses", "((n = :n))", n=5),
    check("exists", "attribute_exists(n)"),
    check("exists not", "attribute_not_exists(n)"),
    check("exists deep", "attribute_exists(map.inner.deep)", names={}),
    check("type", "attribute_type(n, :t)", t="N"),
    check("type that is none", "attribute_type(n, :t)", INVALID, t="X"),
    check("begins", "begins_with(#t, :p)", p="Ñ", names={"t": "text"}),
    check("begins with a number", "begins_with(#t, :p)", p=5, names={"t": "text"}),
    check("contains in text", "contains(#t, :p)", p="and", names={"t": "text"}),
    check("contains in a set", "contains(letters, :p)", p="a"),
    check("contains in a list", "contains(#l, :p)", p="two", names={"l": "list"}),
    check("size of text", "size(#t) = :n", n=5, names={"t": "text"}),
    check("size of a set", "size(letters) = :n", n=2),
    check("size of a number has none", "size(n) = :n", n=1),
    check("a place in a list", "#l[2][0] = :n", n=3, names={"l": "list"}),
    check("a place beyond a list", "#l[9] = :n", n=3, names={"l": "list"}),
    check("two attributes", "n = absent"),
    check("an attribute and itself", "n = n", INVALID),
    check("the type is part of equality", "n = :n", n="5"),
    check("order of sets", "letters < :s", INVALID, s={"a"}),
    # --- what is not well formed
    check("a reserved word", "status = :n", n=5),
    check("a reserved word in lower case", "name = :n", n=5),
    check("a reserved word inside a path", "map.name = :n", n=5),
    check("an unused value", "n = :n", n=5, unused=1),
    check("an unused name", "n = :n", n=5, names={"unused": "x"}),
    check("a value that is not given", "n = :absent"),
    check("a name that is not given", "#absent = :n", n=5),
    check("no condition", ""),
    check("a word too many", "n = :n n", n=5),
    check("a function that is none", "exists(n)"),
    check("a function in capitals", "ATTRIBUTE_EXISTS(n)", INVALID),
    check("a function of too few", "begins_with(n)"),
    check("a function of a value", "attribute_exists(:n)", n=5),
    check("a function for a comparison", "attribute_exists(n) = :n", n=5),
    check("an operand alone", "n"),
    check("an open parenthesis", "(n = :n", n=5),
    check("a strange sign", "n ! :n", INVALID, n=5),
    check("empty values", "attribute_exists(n)", ExpressionAttributeNames={}),
    # --- updates
    update("set", "SET a = :a", a={"b": [1]}),
    update("set twice the clause", "SET a = :a SET b = :a", INVALID, a=1),
    update("plus", "SET n = n + :a", a=3),
    update("minus", "SET n = n - :a", a=3),
    update("plus from nothing", "SET absent = absent + :a", a=3),
    update("plus to text", "SET #t = #t + :a", INVALID, a=3, names={"t": "text"}),
    update("plus of text", "SET n = n + :a", INVALID, a="3"),
    update("plus of two values", "SET n = :a + :b", a=3, b=4),
    update("if not exists", "SET n = if_not_exists(n, :a), m = if_not_exists(m, :a)", a=3),
    update("if not exists plus", "SET m = if_not_exists(m, :a) + :b", a=3, b=1),
    update("append", "SET #l = list_append(#l, :a)", a=[9], names={"l": "list"}),
    update("append text", "SET #l = list_append(#l, :a)", INVALID, a="9", names={"l": "list"}),
    update("what was read is what was there", "SET n = :a, m = n", a=1),
    update("set inside", "SET map.inner.deep = :a", a=2),
    update("set inside nothing", "SET absent.inner = :a", a=2),
    update("set in a list", "SET #l[1] = :a", a=2, names={"l": "list"}),
    update("set after a list", "SET #l[9] = :a", a=2, names={"l": "list"}),
    update("remove", "REMOVE n, map.other, absent"),
    update(
        "remove from a list by its places before",
        "REMOVE #l[0], #l[1]",
        {"Attributes": serialize({"list": [[3]]})},
        names={"l": "list"},
        ReturnValues="UPDATED_NEW",
    ),
    update("add to a number", "ADD n :a, m :a", a=3),
    update("add to a set", "ADD letters :a", a={"c"}),
    update("add of text", "ADD n :a", a="3"),
    update("add to text", "ADD #t :a", a=3, names={"t": "text"}),
    update("delete from a set", "DELETE letters :a", a={"a"}),
    update("delete a whole set", "DELETE letters :a", a={"a", "b"}),
    update("all clauses", "SET a = :a REMOVE yes ADD n :a DELETE letters :s", a=1, s={"a"}),
    update("one path twice", "SET a = :a, a = :b", INVALID, a=1, b=2),
    update("a path and one inside it", "SET map = :a, map.other = :a", a=1),
    update("set and remove one path", "SET n = :a REMOVE n", INVALID, a=1),
    update("the key", "SET sk = :a", a=1),
    update("an empty set", "SET a = :a", ExpressionAttributeValues={":a": {"SS": []}}),
    update("39 digits", "SET a = :a", ExpressionAttributeValues={":a": {"N": "1" * 39}}),
    update("38 digits", "SET a = :a", ExpressionAttributeValues={":a": {"N": "1" * 38}}),
    update("too large", "SET a = :a", ExpressionAttributeValues={":a": {"N": "1E126"}}),
    update("no number", "SET a = :a", ExpressionAttributeValues={":a": {"N": "one"}}),
    update("the index's key as a number", "SET colour = :a", a=1),
    update("the index's key empty", "SET colour = :a", a=""),
    update("an item above 400 KB", "SET a = :a", a="x" * 410_000),
    update("nothing", ""),
    update("old values", "SET n = :a", a=1, ReturnValues="ALL_OLD"),
    update("new values", "SET n = :a", a=1, ReturnValues="ALL_NEW"),
    update("updated old values", "SET n = :a, m = :a", a=1, ReturnValues="UPDATED_OLD"),
    update("updated new values", "SET n = :a, m = :a", a=1, ReturnValues="UPDATED_NEW"),
    update("values of no kind", "SET n = :a", a=1, ReturnValues="SOME"),
    # --- keys
    case("get", "get_item", ConsistentRead=True),
    case("get some", "get_item", ProjectionExpression="n, map.inner, absent"),
    case("get by half a key", "get_item", Key=serialize({"pk": "half"})),
    case("get by more than a key", "get_item", Key=serialize({"pk": "p", "sk": 1, "n": 1})),
    case("get by a key of another type", "get_item", Key=serialize({"pk": "p", "sk": "1"})),
    case("get by an empty key", "get_item", Key=serialize({"pk": "", "sk": 1})),
    case("get from no table", "get_item", TableName="absent", Key=serialize({"pk": "p", "sk": 1})),
    case("put without its sort key", "put_item", Item=serialize({"pk": "p", "n": 1})),
    case("put with an empty key", "put_item", Item=serialize({"pk": "", "sk": 1})),
    case("put with a key of another type", "put_item", Item=serialize({"pk": 1, "sk": 1})),
    case("put and look at the old", "put_item", Item={}, ReturnValues="ALL_OLD"),
    case("put and look at the new", "put_item", Item={}, ReturnValues="ALL_NEW"),
    case("delete", "delete_item", ReturnValues="ALL_OLD"),
    case("delete under a condition", "delete_item", ConditionExpression="attribute_exists(q)"),
    # --- queries: of the items 1 to 4 of one partition
    query("all", "pk = :pk"),
    query("the other way", "pk = :pk", ScanIndexForward=False),
    query("three", "pk = :pk", Limit=3),
    query("as many as there are", "pk = :pk", Limit=5),
    query("above", "pk = :pk AND sk > :s", s=2),
    query("below", "pk = :pk AND sk <= :s", s=2),
    query("from to", "pk = :pk AND sk BETWEEN :a AND :b", a=2, b=3),
    query("from two on, the other way", "pk = :pk AND sk >= :s", s=2, ScanIndexForward=False),
    query("a filter after the limit", "pk = :pk", FilterExpression="n = :n", n=3, Limit=2),
    query("a filter on the key", "pk = :pk", INVALID, FilterExpression="sk = :n", n=3),
    query("a projection", "pk = :pk", ProjectionExpression="n"),
    query("no partition", "sk = :s", s=2),
    query("a range of partitions", "pk > :pk"),
    query("two conditions on a key", "pk = :pk AND sk > :a AND sk < :b", a=1, b=3),
    query("or", "pk = :pk OR sk = :s", INVALID, s=1),
    query("unequal", "pk = :pk AND sk <> :s", INVALID, s=1),
    query("another attribute", "pk = :pk AND n = :s", s=1),
    query("a number that begins", "pk = :pk AND begins_with(sk, :s)", s=1),
    query("a key of another type", "pk = :pk AND sk = :s", s="1"),
    query("an index that is none", "pk = :pk", IndexName="absent"),
    query("the index", "colour = :c", c="red", IndexName="by-colour"),
    query(
        "the index, consistent", "colour = :c", c="red", IndexName="by-colour", ConsistentRead=True
    ),
    query("a limit of none", "pk = :pk", INVALID, Limit=0),
    query("from a start", "pk = :pk", ExclusiveStartKey={"sk": {"N": "2"}}),
    query("from a start that is not there", "pk = :pk", ExclusiveStartKey={"sk": {"N": "2.5"}}),
    query("from half a start", "pk = :pk", INVALID, ExclusiveStartKey={}),
    query(
        "from a start outside the range",
        "pk = :pk AND sk > :s",
        s=3,
        ExclusiveStartKey={"sk": {"N": "1"}},
    ),
    query(
        "from a start in another partition",
        "pk = :pk",
        ExclusiveStartKey={"pk": {"S": "elsewhere"}, "sk": {"N": "2"}},
    ),
    query(
        "from a start with an attribute too many",
        "pk = :pk",
        INVALID,
        ExclusiveStartKey={"sk": {"N": "2"}, "n": {"N": "2"}},
    ),
]


def put(pk: str, sk: int = 1, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": serialize({"pk": pk, "sk": sk}), **more}}


def change(pk: str, expression: str, *, sk: int = 1, **more: Any) -> dict[str, Any]:
    body = {
        "TableName": TABLE,
        "Key": serialize({"pk": pk, "sk": sk}),
        "UpdateExpression": expression,
    }
    return {"Update": body | _given(more)}


TRANSACTIONS: list[tuple[str, Any, Any]] = [
    ("two items", lambda pk: [put(pk, 2), change(pk, "SET n = :n", n=6)], None),
    ("one item twice", lambda pk: [put(pk), change(pk, "SET n = :n", n=6)], None),
    ("101 items", lambda pk: [put(pk, number) for number in range(101)], None),
    ("none", lambda pk: [], INVALID),
    ("two writes in one entry", lambda pk: [put(pk, 2) | change(pk, "SET n = :n", n=1)], INVALID),
    (
        "a condition that fails",
        lambda pk: [
            put(pk, 2),
            put(pk, ConditionExpression="attribute_not_exists(pk)"),
            put(pk, 3, ConditionExpression="attribute_exists(pk)"),
        ],
        None,
    ),
    (
        "the item of a condition that fails",
        lambda pk: [
            put(
                pk,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        ],
        None,
    ),
    (
        "a sum that fails",
        lambda pk: [put(pk, 2), change(pk, "SET n = absent + :n", n=1)],
        None,
    ),
    ("a reserved word", lambda pk: [change(pk, "SET status = :n", n=1)], INVALID),
    ("an unused value", lambda pk: [change(pk, "SET n = :n", n=1, m=2)], None),
    (
        "a put without its key",
        lambda pk: [{"Put": {"TableName": TABLE, "Item": serialize({"pk": pk})}}],
        INVALID,
    ),
    (
        "above 4 MB",
        lambda pk: [change(pk, "SET a = :a", sk=n, a="x" * 390_000) for n in range(2, 14)],
        None,
    ),
    (
        "a check",
        lambda pk: [
            put(pk, 2),
            {
                "ConditionCheck": {
                    "TableName": TABLE,
                    "Key": serialize({"pk": pk, "sk": 1}),
                    "ConditionExpression": "attribute_exists(n)",
                }
            },
        ],
        None,
    ),
]


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
