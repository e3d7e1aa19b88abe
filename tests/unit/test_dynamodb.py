"""What is sent to DynamoDB, where the local ones accept more than DynamoDB does."""

from typing import Any

import pytest

from shared.dynamodb import DynamoDB, Put, Update

EMPTY: tuple[Any, ...] = ({}, [], "", None)


class RecordingClient:
    """Takes a Query and keeps its arguments."""

    def query(self, **arguments: Any) -> dict[str, Any]:
        self.arguments = arguments
        return {"Items": []}


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
