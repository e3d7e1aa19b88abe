"""Calls of DynamoDB, each made to the one of the tests and to the local AWS on the same item.

Where the local AWS is known to be wrong, the case says what AWS documents, and that it alone holds.
"""

from dataclasses import dataclass
from typing import Any

from shared.dynamodb import serialize

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
