"""What stack tests do with a deployed stack: call it, publish to it, look at its tables."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import boto3

from console import bus
from console.agent import invocation, operations
from console.cloud import LOCAL_REGION
from console.confirming import mint
from console.deployment import Deployment
from shared.dynamodb import Item, deserialize, serialize
from tests.support.answers import check_event

EVENT_SECONDS = 20


@dataclass
class Ear:
    """Hears the bus, and keeps what it heard."""

    tap: bus.Tap
    heard: list[dict[str, Any]] = field(default_factory=list)

    def wait_for(self, count: int, **wanted: str) -> list[dict[str, Any]]:
        """Return so many envelopes with these top-level fields, heard before or yet to come."""

        def found() -> list[dict[str, Any]]:
            return [e for e in self.heard if all(e[k] == v for k, v in wanted.items())]

        if len(found()) < count:
            for envelope in self.tap.events(EVENT_SECONDS):
                check_event(envelope)
                self.heard.append(envelope)
                if len(found()) >= count:
                    break
        assert len(found()) >= count, f"{len(found())} of {count} {wanted}; heard {self.heard}"
        return found()

    def listen(self, seconds: float) -> list[dict[str, Any]]:
        """Return everything heard so far and within so many seconds."""
        for envelope in self.tap.events(seconds):
            check_event(envelope)
            self.heard.append(envelope)
        return self.heard


class Deployed:
    """A deployed stack in the hands of a test."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.cloud = deployment.cloud
        self.dynamodb = self.cloud.client("dynamodb")

    @contextmanager
    def ear(self) -> Iterator[Ear]:
        """Listen to the whole bus."""
        with bus.tap(self.deployment, {"detail": {"version": ["1.0"]}}) as tap:
            yield Ear(tap)

    def call(
        self,
        operation_id: str,
        *,
        user_id: str = "user-maria",
        session_id: str | None = None,
        function: str | None = None,
        **arguments: str,
    ) -> tuple[int, Any]:
        """Call an operation as an agent does, by its own function or another.

        The customer says yes to whatever the terms are.
        """
        event = invocation.invocation(
            operations.find_operation(operation_id),
            arguments,
            session_id=session_id or str(uuid4()),
            session_attributes={"user_id": user_id} if user_id else {},
        )
        return self.confirmed(event, function)

    def confirmed(self, event: Any, function: str | None = None) -> tuple[int, Any]:
        """Send an agent's event, and again with a proof as long as one is asked for."""
        send = (
            partial(self.invoke, function)
            if function
            else partial(invocation.invoke, self.deployment)
        )
        status, body = invocation.status_and_body(send(event))
        while "confirmation" in body:
            proof = mint(self.deployment, body["confirmation"]["challenge"])
            attributes = event["sessionAttributes"] | {"confirmation": proof}
            status, body = invocation.status_and_body(
                send(event | {"sessionAttributes": attributes})
            )
        return status, body

    def invoke(self, function: str, event: Any) -> Any:
        """Invoke a function with any event; its answer must not be an unhandled error."""
        payload, has_failed = self._invoke(function, event)
        assert not has_failed, payload
        return payload

    def failure(self, function: str, event: Any) -> str:
        """Invoke a function with an event that it leaves for the dead letters; return its code."""
        payload, has_failed = self._invoke(function, event)
        assert has_failed, payload
        return str(payload["errorMessage"])

    def _invoke(self, function: str, event: Any) -> tuple[Any, bool]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=function, Payload=json.dumps(event).encode()
        )
        return json.loads(answer["Payload"].read()), "FunctionError" in answer

    def publish(
        self,
        event_type: str,
        data: dict[str, Any],
        *,
        user_id: str = "user-maria",
        correlation_id: str | None = None,
        source: str = bus.REQUEST_SOURCE,
        times: int = 1,
    ) -> str:
        """Publish a request, or as another source, and return its correlation id."""
        envelope = bus.request_event(
            event_type,
            data,
            user_id=user_id,
            correlation_id=correlation_id or str(uuid4()),
            moment=datetime.now(UTC),
        )
        for _ in range(times):
            bus.publish(self.deployment, {**envelope, "source": source})
        correlation: str = envelope["correlation_id"]
        return correlation

    def bus_event(self, event_type: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return an event as its rule delivers it."""
        envelope = bus.request_event(
            event_type,
            data,
            user_id="user-maria",
            correlation_id=str(uuid4()),
            moment=datetime.now(UTC),
        )
        return {
            "detail-type": event_type,
            "source": envelope["source"],
            "time": envelope["timestamp"],
            "detail": envelope,
        }

    def table(self, what: str) -> list[Item]:
        """Return every item of a table."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=f"centli-{what}")
        return [deserialize(item) for page in pages for item in page["Items"]]

    def balances(self) -> dict[str, Decimal]:
        """Return the balance of every account."""
        return {item["account_id"]: item["balance"] for item in self.table("accounts")}

    def put(self, what: str, item: Item) -> None:
        """Write an item as another team's script might."""
        self.dynamodb.put_item(TableName=f"centli-{what}", Item=serialize(item))

    def client_of_role(self, service: str, function: str) -> Any:
        """Return a client that may do what the role of a function may do."""
        configuration = self.cloud.client("lambda").get_function_configuration(
            FunctionName=function
        )
        credentials = self.cloud.client("sts").assume_role(
            RoleArn=configuration["Role"], RoleSessionName="stack-test"
        )["Credentials"]
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.cloud.endpoint,
            region_name=LOCAL_REGION,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
