"""The floor of the relay: publish what the records of a stream owe, with a ready client."""

import json
import os
from typing import Any

import botocore.session

client: Any = botocore.session.Session().create_client("events")


def lambda_handler(event: Any, context: Any) -> Any:
    """Publish the events of a batch of stream records."""
    entries = []
    for record in event["Records"]:
        for text in record["dynamodb"]["NewImage"]["events"]["L"]:
            envelope = json.loads(text["S"])
            entries.append({
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": envelope["source"],
                "DetailType": envelope["event_type"],
                "Detail": text["S"],
            })  # fmt: skip
    client.put_events(Entries=entries)
    return {"batchItemFailures": []}
