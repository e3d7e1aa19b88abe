"""Publishing on the bus and listening to it, for developers: never part of the deployment."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from console.deployment import Deployment
from console.errors import ConsoleError
from shared import json_text
from shared.envelope import compose
from shared.publisher import EventsNotPublished, Publisher

REQUEST_SOURCE = "agentcore"

_LONG_POLL_SECONDS = 1
_RULE_SETTLES_SECONDS = 20
"""How long a new rule of EventBridge may take to see events."""


def request_event(
    event_type: str,
    data: Mapping[str, Any],
    *,
    user_id: str,
    correlation_id: str,
    moment: datetime,
) -> dict[str, Any]:
    """Return the envelope of a request as the application publishes it."""
    return compose(
        event_type=event_type,
        correlation_id=correlation_id,
        moment=moment,
        source=REQUEST_SOURCE,
        user_id=user_id,
        data=dict(data),
    )


def publish(deployment: Deployment, envelope: dict[str, Any]) -> None:
    """Put an event on the bus. Raises ConsoleError when the bus does not take it."""
    publisher = Publisher(deployment.cloud.client("events"), deployment.bus_name)
    try:
        publisher.publish([envelope])
    except EventsNotPublished as error:
        raise ConsoleError(f"The bus did not take the event: {error}") from None


class Tap:
    """Hears every event of the bus that matches a pattern, through a queue of its own."""

    def __init__(self, deployment: Deployment, queue_url: str) -> None:
        self._sqs = deployment.cloud.client("sqs")
        self._queue_url = queue_url

    def events(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield envelopes as they come, until so many seconds have passed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=_LONG_POLL_SECONDS,
            )
            for message in answer.get("Messages", []):
                self._sqs.delete_message(
                    QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
                yield json_text.loads(message["Body"])["detail"]


@contextlib.contextmanager
def tap(
    deployment: Deployment,
    pattern: Mapping[str, Any],
    *,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Tap]:
    """Listen to the bus while the context lasts; its rule and queue are removed at the end.

    `wait` lets pass the seconds that a rule needs in AWS, or fewer when listening is over.
    """
    name = f"centli-tap-{uuid4()}"
    events, sqs = deployment.cloud.client("events"), deployment.cloud.client("sqs")
    of_rule = {"Rule": name, "EventBusName": deployment.bus_name}
    with contextlib.ExitStack() as undo:  # each is removed whatever became of the others
        rule_arn = events.put_rule(
            Name=name, EventBusName=deployment.bus_name, EventPattern=json.dumps(pattern)
        )["RuleArn"]
        undo.callback(events.delete_rule, Name=name, EventBusName=deployment.bus_name)
        queue_url = sqs.create_queue(QueueName=name)["QueueUrl"]
        undo.callback(sqs.delete_queue, QueueUrl=queue_url)
        queue_arn = _let_in(sqs, queue_url, rule_arn)
        events.put_targets(**of_rule, Targets=[{"Id": "tap", "Arn": queue_arn}])
        undo.callback(events.remove_targets, **of_rule, Ids=["tap"])
        if not deployment.cloud.is_local:
            wait(_RULE_SETTLES_SECONDS)
        yield Tap(deployment, queue_url)


def _let_in(sqs: Any, queue_url: str, rule_arn: str) -> str:
    """Let the rule send to the queue, and return the queue's ARN."""
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    queue_arn: str = attributes["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})
    return queue_arn
