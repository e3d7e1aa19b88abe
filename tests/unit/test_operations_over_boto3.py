"""The examples over boto3's own client: it checks each call against AWS's description of the API.

The tables in memory stand in for the client as well as for DynamoDB. Here only DynamoDB is stood in
for, by moto, whose authors have read AWS's documentation for themselves.
"""

from collections.abc import Iterator
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, RIGHT, STEPS, as_text, furnish, prove
from tests.support.dynamodb import StrictDynamoDB
from tests.support.tables import table_properties
from tests.support.world import World, world_over

_OF_A_TABLE = (
    *("TableName", "BillingMode", "AttributeDefinitions", "KeySchema"),
    "GlobalSecondaryIndexes",
)


@pytest.fixture(scope="module")
def furnished() -> Iterator[World]:
    """One bank for all tests, as no example needs what another changes."""
    with mock_aws():
        client: Any = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        for table in table_properties():
            client.create_table(**{name: table[name] for name in _OF_A_TABLE if name in table})
        made = world_over(cast("StrictDynamoDB", client))
        furnish(made)
        yield made


def by_id(operation: Operation) -> str:
    return operation.operation_id


@pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=by_id)
def test_the_example_of_an_operation_succeeds_over_boto3(
    furnished: World, operation: Operation
) -> None:
    arguments = as_text(RIGHT[operation.operation_id])

    status, body = furnished.call(operation.operation_id, **arguments)

    assert status == 200, body


@pytest.mark.parametrize("step", STEPS, ids=by_id)
def test_the_example_of_a_step_succeeds_over_boto3(furnished: World, step: Operation) -> None:
    prove(furnished, step)

    furnished.send(step.group, str(step.event_type), RIGHT[step.operation_id])

    recorded = [item for item in furnished.records() if item.get("operation") == step.operation_id]
    assert [item["status"] for item in recorded] == [200]
