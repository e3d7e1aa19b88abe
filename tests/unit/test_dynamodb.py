"""What is sent to DynamoDB, where the local ones accept more than DynamoDB does."""

from typing import Any

import pytest

from shared.dynamodb import DynamoDB, Put, Update
from shared.meanwhile import Begin, at_once, in_a_thread
from shared.proofs import checks_of

EMPTY: tuple[Any, ...] = ({}, [], "", None)


class RecordingClient:
    """Takes a Query and keeps its arguments."""

    def query(self, **arguments: Any) -> dict[str, Any]:
        self.arguments = arguments
        return {"Items": [], "ScannedCount": 0}


@pytest.mark.parametrize(
    "write",
    [
        Put(table="t", item={"a": "1"}, condition="attribute_not_exists(a)"),
        Update(
            table="t",
            key={"a": "1"},
            expression="SET b = :b",
            condition="attribute_exists(a)",
            values={":b": 1},
        ),
    ],
    ids=["put", "update"],
)
def test_a_write_sends_no_empty_argument_which_dynamodb_would_refuse(write: Put | Update) -> None:
    [arguments] = write.entry().values()

    assert not any(value in EMPTY for value in arguments.values())


def test_a_query_sends_no_empty_argument_which_dynamodb_would_refuse() -> None:
    client = RecordingClient()

    DynamoDB(client).query("t", condition="a = :a", values={":a": "1"})  # type: ignore[arg-type]

    assert not any(value in EMPTY for value in client.arguments.values())


class HalfDoneClient:
    """Answers only the first keys of a batch, as DynamoDB does when it is throttled."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        [(table, wanted)] = RequestItems.items()
        keys = wanted["Keys"]
        self.batches.append(len(keys))
        left = {table: {"Keys": keys[70:]}} if len(keys) > 70 else {}
        return {"Responses": {table: keys[:70]}, "UnprocessedKeys": left}


def test_a_batch_asks_again_for_the_keys_that_were_not_answered_and_for_100_at_most() -> None:
    client = HalfDoneClient()
    keys = [{"a": str(number)} for number in range(130)]

    found = list(DynamoDB(client).batch_get("t", keys))  # type: ignore[arg-type]

    assert found == keys
    assert client.batches == [100, 30, 30]


def test_a_batch_of_no_keys_asks_nothing() -> None:
    client = HalfDoneClient()

    assert list(DynamoDB(client).batch_get("t", [])) == []  # type: ignore[arg-type]
    assert client.batches == []


PLACES = (("t", {"a": "1"}), ("t", {"a": "2"}), ("u", {"a": "1", "b": "1"}), ("t", {"a": "3"}))


class ReadingClient:
    """Has the items `1` and `2` of `t` and one of `u`; a batch leaves some keys unanswered."""

    def __init__(self, *left: str) -> None:
        self.left = left
        self.calls: list[str] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.calls.append("batch")
        found: dict[str, Any] = {}
        left: dict[str, Any] = {}
        for table, wanted in RequestItems.items():
            assert wanted["ConsistentRead"] is True
            for key in reversed(wanted["Keys"]):
                if table == "t" and key["a"]["S"] in self.left:
                    left.setdefault(table, {"Keys": []})["Keys"].append(key)
                elif key["a"]["S"] != "3":
                    found.setdefault(table, []).append(key | {"of": {"S": table}})
        return {"Responses": found, "UnprocessedKeys": left}

    def get_item(self, *, TableName: str, Key: Any, ConsistentRead: bool) -> Any:  # noqa: N803
        assert ConsistentRead is True
        self.calls.append(f"{TableName} {Key['a']['S']}")
        return {} if Key["a"]["S"] == "3" else {"Item": Key | {"of": {"S": TableName}}}


def got(database: DynamoDB) -> list[Any]:
    return [database.get(table, key) for table, key in PLACES]


@pytest.mark.parametrize("left", [(), ("1",), ("3",), ("1", "2", "3")])
def test_what_is_read_ahead_is_what_each_would_read_and_what_a_batch_leaves_is_read_alone(
    left: tuple[str, ...],
) -> None:
    client = ReadingClient(*left)
    database = DynamoDB(client)  # type: ignore[arg-type]

    with database.watched() as alone:
        one_by_one = got(database)
        expected = [*checks_of(alone)]
    client.calls.clear()
    with database.watched() as together:
        database.read_ahead(*PLACES, PLACES[0])
        assert got(database) == one_by_one
        assert [*checks_of(together)] == expected

    assert client.calls == ["batch", *(f"t {key}" for key in left)]


def test_what_was_read_ahead_is_taken_once_and_not_kept_for_the_next_decision() -> None:
    client = ReadingClient()
    database = DynamoDB(client)  # type: ignore[arg-type]

    with database.watched():
        database.read_ahead(*PLACES)
        database.get("t", {"a": "1"})
        assert client.calls == ["batch"]
        database.get("t", {"a": "1"})
        assert client.calls == ["batch", "t 1"]
    with database.watched():
        database.get("t", {"a": "2"})
    assert client.calls == ["batch", "t 1", "t 2"]


def test_what_is_read_ahead_and_not_looked_at_is_not_checked() -> None:
    database = DynamoDB(ReadingClient())  # type: ignore[arg-type]

    with database.watched() as watch:
        database.read_ahead(*PLACES)
        database.get("t", {"a": "2"})

        assert [check.key for check in checks_of(watch)] == [{"a": "2"}]


@pytest.mark.parametrize("begin", [at_once, in_a_thread])
def test_what_is_asked_beside_a_batch_is_waited_for_whatever_becomes_of_the_batch(
    begin: Begin,
) -> None:
    client = ReadingClient()
    database = DynamoDB(client, begin)  # type: ignore[arg-type]
    is_over: list[str] = []

    def ask() -> str:
        is_over.append("asked")
        return "found"

    with database.watched():
        assert database.read_ahead_beside(ask, *PLACES) == "found"
        with pytest.raises(TypeError):
            database.read_ahead_beside(ask, ("t", {"a": 1.5}))
    assert is_over == ["asked", "asked"]
