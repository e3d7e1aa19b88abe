"""Putting events on the bus, with the check that `PutEvents` needs: it fails entry by entry."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shared import json_text

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

MAX_ENTRIES = 10
"""The number of entries that one `PutEvents` call takes (an EventBridge limit)."""


class EventsNotPublished(Exception):
    """EventBridge did not take some entries; `failed` are their positions, `codes` its reasons."""

    def __init__(self, failed: Sequence[int], codes: Sequence[str]) -> None:
        super().__init__(", ".join(sorted(set(codes))))
        self.failed = tuple(failed)
        self.codes = tuple(codes)


class Publisher:
    """Publishes envelopes on one bus."""

    def __init__(self, client: "EventBridgeClient", bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def publish(self, envelopes: Sequence[dict[str, Any]]) -> None:
        """Publish up to `MAX_ENTRIES` envelopes. Raises EventsNotPublished if any was not taken."""
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self._bus_name,
                    "Source": envelope["source"],
                    "DetailType": envelope["event_type"],
                    "Detail": json_text.dumps(envelope),
                }
                for envelope in envelopes
            ]
        )
        if answer["FailedEntryCount"]:
            codes = {
                position: entry["ErrorCode"]
                for position, entry in enumerate(answer["Entries"])
                if "ErrorCode" in entry
            }
            raise EventsNotPublished(list(codes), list(codes.values()))
