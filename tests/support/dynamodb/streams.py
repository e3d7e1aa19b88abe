"""The stream of a table, and the client by which it is read."""

import hashlib
from datetime import datetime
from typing import Any

from tests.support.dynamodb.errors import error, invalid
from tests.support.dynamodb.values import Record, copied, size_of

MAX_PAGE_RECORDS = 1000
_STREAM_LABEL = "2026-01-01T00:00:00.000"


class Stream:
    """The changes of a table's items: in order for each item, spread over shards by key."""

    def __init__(self, table: str, view_type: str, shards: int) -> None:
        self.arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/{_STREAM_LABEL}"
        self._table = table
        self._view_type = view_type
        self.shards: dict[str, list[dict[str, Any]]] = {
            f"shardId-{number:020}-{table[-8:]}": [] for number in range(shards)
        }
        self._count = 0

    def append(
        self, key: Record, before: Record | None, after: Record | None, now: datetime
    ) -> None:
        """Record a change; a write that changed nothing leaves no record."""
        if before == after:
            return
        self._count += 1
        change: dict[str, Any] = {
            "ApproximateCreationDateTime": now.replace(microsecond=0),
            "Keys": copied(key),
            "SequenceNumber": f"{self._count:021}",
            "StreamViewType": self._view_type,
        }
        images = {"NewImage": after, "OldImage": before}
        wanted = {
            "NEW_IMAGE": ("NewImage",),
            "OLD_IMAGE": ("OldImage",),
            "NEW_AND_OLD_IMAGES": ("NewImage", "OldImage"),
        }.get(self._view_type, ())
        for name in wanted:
            if (image := images[name]) is not None:
                change[name] = copied(image)
        change["SizeBytes"] = size_of(key) + sum(size_of(change.get(n, {})) for n in images)
        kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        self.shards[self.shard_of(key)].append(
            {
                "eventID": f"{self._count:032x}",
                "eventName": kind,
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "dynamodb": change,
                "eventSourceARN": self.arn,
            }
        )

    def shard_of(self, key: Record) -> str:
        """Return the shard of an item: the same for all of its life."""
        digest = hashlib.sha256(repr(sorted(key.items())).encode()).digest()
        return list(self.shards)[int.from_bytes(digest[:4], "big") % len(self.shards)]


class StreamsClient:
    """The methods of the client `dynamodbstreams` that read a stream."""

    def __init__(self, streams: dict[str, Stream]) -> None:
        self._streams = streams

    def describe_stream(self, StreamArn: str) -> dict[str, Any]:  # noqa: N803
        stream = self._stream(StreamArn)
        shards = [
            {"ShardId": name, "SequenceNumberRange": {"StartingSequenceNumber": f"{1:021}"}}
            for name in stream.shards
        ]
        return {
            "StreamDescription": {
                "StreamArn": stream.arn,
                "StreamStatus": "ENABLED",
                "Shards": shards,
            }
        }

    def get_shard_iterator(
        self,
        StreamArn: str,  # noqa: N803
        ShardId: str,  # noqa: N803
        ShardIteratorType: str,  # noqa: N803
        SequenceNumber: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        records = self._shard(StreamArn, ShardId)
        by_number = ShardIteratorType in {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}
        if by_number is (SequenceNumber is None):
            raise invalid("SequenceNumber is for iterators at or after one, and only for them")
        numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
        if by_number:
            assert SequenceNumber is not None
            start = int(SequenceNumber) + (ShardIteratorType == "AFTER_SEQUENCE_NUMBER")
            if not numbers or int(SequenceNumber) < numbers[0]:
                raise error(
                    "TrimmedDataAccessException", "The record is older than the stream keeps"
                )
        elif ShardIteratorType == "TRIM_HORIZON":
            start = 0
        elif ShardIteratorType == "LATEST":
            start = (numbers or [0])[-1] + 1
        else:
            raise invalid(f"ShardIteratorType {ShardIteratorType} is not known")
        return {"ShardIterator": f"{StreamArn}|{ShardId}|{start}"}

    def get_records(
        self,
        ShardIterator: str,  # noqa: N803
        Limit: int = MAX_PAGE_RECORDS,  # noqa: N803
    ) -> dict[str, Any]:
        if not 1 <= Limit <= MAX_PAGE_RECORDS:
            raise invalid("Limit must be between 1 and 1000")
        try:
            arn, shard, start = ShardIterator.split("|")
        except ValueError:
            raise invalid("Invalid ShardIterator") from None
        found = [
            copied(record)
            for record in self._shard(arn, shard)
            if int(record["dynamodb"]["SequenceNumber"]) >= int(start)
        ][:Limit]
        if found:
            start = str(int(found[-1]["dynamodb"]["SequenceNumber"]) + 1)
        return {"Records": found, "NextShardIterator": f"{arn}|{shard}|{start}"}

    def _stream(self, arn: str) -> Stream:
        if arn not in self._streams:
            raise error("ResourceNotFoundException", "Requested resource not found: Stream")
        return self._streams[arn]

    def _shard(self, arn: str, shard: str) -> list[dict[str, Any]]:
        stream = self._stream(arn)
        if shard not in stream.shards:
            raise error("ResourceNotFoundException", "Requested resource not found: Shard")
        return stream.shards[shard]
