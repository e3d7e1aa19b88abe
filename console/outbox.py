"""The records of the requests table that a batch of the relay held, found again for a redrive."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from console.deployment import Deployment
from console.errors import ConsoleError
from shared.clock import to_iso

_MAX_STREAM_PAGES = 1000
_CLOCKS_DIFFER = timedelta(minutes=16)
"""How far the time of a change may be from its arrival in the stream: one invocation, and what the
clock of a function may be off, for AWS refuses a request signed 15 minutes early or late."""

_STREAM_HAS_IT_NO_MORE = {"TrimmedDataAccessException", "ResourceNotFoundException"}


def records_of_batch(deployment: Deployment, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records that a batch held. Raises ConsoleError unless all of them are found.

    The stream holds them for a day. After that they are found in the requests table by their time,
    together with their neighbours, whose events are published once more too.
    """
    try:
        return _stream_records(deployment, batch)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _STREAM_HAS_IT_NO_MORE:
            raise
    return _table_records(deployment, batch)


def _stream_records(deployment: Deployment, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Read the records from the first to the last of a batch, where they still are.

    Others lie between them. Raises ConsoleError when the stream does not hold them all.
    """
    streams = deployment.cloud.client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    last = int(batch["endSequenceNumber"])
    found: list[dict[str, Any]] = []
    for _ in range(_MAX_STREAM_PAGES):
        page = streams.get_records(ShardIterator=iterator)
        numbers = [int(r["dynamodb"]["SequenceNumber"]) for r in page["Records"]]
        found += [r for r, n in zip(page["Records"], numbers, strict=True) if n <= last]
        iterator = page.get("NextShardIterator")
        if iterator is None or max(numbers, default=0) >= last:
            break
    if len(found) < int(batch["batchSize"]):
        raise ConsoleError(f"the stream holds {len(found)} of the {batch['batchSize']} changes")
    return [
        stream_record(r["eventName"], r["dynamodb"]["SequenceNumber"], r["dynamodb"]["NewImage"])
        for r in found
        if r["eventName"] != "REMOVE"
    ]


def _table_records(deployment: Deployment, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Find the requests that were handled, or delivered again, about when the batch was written.

    Raises ConsoleError when they are too few: a delivery is one change, and a request's first one
    may be two, for it begins a window of repetition.
    """
    first = datetime.fromisoformat(batch["approximateArrivalOfFirstRecord"]) - _CLOCKS_DIFFER
    last = datetime.fromisoformat(batch["approximateArrivalOfLastRecord"]) + _CLOCKS_DIFFER
    pages = (
        deployment.cloud.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=deployment.outputs["RequestsTableName"],
            FilterExpression="created_at <= :last AND "
            "(created_at >= :first OR delivered_at >= :first)",
            ExpressionAttributeValues={
                ":first": {"S": to_iso(first)},
                ":last": {"S": to_iso(last)},
            },
        )
    )
    items = [item for page in pages for item in page["Items"]]
    # What another program wrote without a count is one change at least, and the relay's to judge.
    counts = (item.get("deliveries", {}).get("N", "0") for item in items)
    changes = sum(int(Decimal(count)) + 1 for count in counts)
    if changes < int(batch["batchSize"]):
        raise ConsoleError(f"the table holds {len(items)} of the {batch['batchSize']} changes")
    return [stream_record("INSERT", item["request_id"]["S"], item) for item in items]


def stream_record(event_name: str, number: str, image: dict[str, Any]) -> dict[str, Any]:
    """Return a record as the stream hands it to the relay."""
    return {
        "eventName": event_name,
        "dynamodb": {"SequenceNumber": number, "NewImage": image},
    }
