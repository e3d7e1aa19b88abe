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
