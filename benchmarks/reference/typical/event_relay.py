"""The relay as most people write it with Powertools."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.parser import BaseModel, parse

logger = Logger()
tracer = Tracer()
metrics = Metrics(namespace="Bank")
processor = BatchProcessor(event_type=EventType.DynamoDBStreams)

events: Any = boto3.client("events")
persistence = DynamoDBPersistenceLayer(
    table_name=os.environ["REQUESTS_TABLE"], key_attr="request_id"
)
once = IdempotencyConfig(event_key_jmespath="dynamodb.SequenceNumber")


class Envelope(BaseModel):
    source: str
    event_type: str
    correlation_id: str


@tracer.capture_method
def publish(record: DynamoDBRecord) -> None:
    """Publish the events of one record, once: a stream delivers it at least once."""
    publish_once(data=record.raw_event, record=record)


@idempotent_function(data_keyword_argument="data", persistence_store=persistence, config=once)
def publish_once(data: dict[str, Any], record: DynamoDBRecord) -> None:
    """Publish the events of one record."""
    image = record.dynamodb.new_image if record.dynamodb else None
    texts = (image or {})["events"]
    envelopes = [parse(event=text, model=Envelope) for text in texts]
    answer = events.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": envelope.source,
                "DetailType": envelope.event_type,
                "Detail": text,
            }
            for envelope, text in zip(envelopes, texts, strict=True)
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError("not all events were published")
    for envelope in envelopes:
        logger.info("event published", extra={"event_type": envelope.event_type})


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> Any:
    """Publish what a batch of stream records owes."""
    metrics.add_metric(name="Records", unit=MetricUnit.Count, value=len(event["Records"]))
    return process_partial_response(
        event=event, record_handler=publish, processor=processor, context=context
    )
