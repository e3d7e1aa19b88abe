"""What cannot be handled now becomes a dead letter, and is handled once when it is sent again."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from console import bus, dead_letters
from shared.clock import system_clock
from tests.support.deployed import Deployed
from tests.support.waiting import wait_until

TRANSFER_FUNCTION = "centli-core-banking-transfer"
BROKEN = {
    "user_id": "user-broken",
    "account_id": "acc-broken",
    "account_type": "checking",
    "balance": "not a number",
    "currency": "MXN",
    "status": "active",
    "version": 1,
}


@pytest.fixture(autouse=True)
def empty_queue(deployed: Deployed) -> None:
    deployed.cloud.client("sqs").purge_queue(QueueUrl=queue_url(deployed))
    deployed.put("accounts", BROKEN)


def queue_url(deployed: Deployed) -> str:
    return deployed.deployment.outputs["DeadLetterQueueUrl"]


def messages(deployed: Deployed) -> list[dict[str, Any]]:
    """Return every message in sight, and leave it in sight."""
    found: dict[str, dict[str, Any]] = {}
    sqs = deployed.cloud.client("sqs")
    while new := {
        m["MessageId"]: m
        for m in sqs.receive_message(
            QueueUrl=queue_url(deployed), MaxNumberOfMessages=10, VisibilityTimeout=0
        ).get("Messages", [])
        if m["MessageId"] not in found
    }:
        found |= new
    return list(found.values())


def transfer_event(
    amount: int = 5, user_id: str = "user-broken", account_id: str = "acc-broken"
) -> dict[str, Any]:
    """Return an event as its rule delivers it."""
    envelope = bus.request_event(
        "TRANSFER_REQUEST",
        {"from_account": account_id, "to_account": "acc-juan-checking", "amount": amount},
        user_id=user_id,
        correlation_id=str(uuid4()),
        moment=system_clock(),
    )
    return {
        "detail-type": "TRANSFER_REQUEST",
        "id": str(uuid4()),
        "source": envelope["source"],
        "time": envelope["timestamp"],
        "detail": envelope,
    }


def fail(deployed: Deployed, event: dict[str, Any]) -> dict[str, Any]:
    """Let the function fail with an event until Lambda gives up, and return the message."""
    deployed.cloud.client("lambda").invoke(
        FunctionName=f"{TRANSFER_FUNCTION}:live",
        InvocationType="Event",
        Payload=json.dumps(event).encode(),
    )
    wait_until(lambda: messages(deployed))
    [message] = messages(deployed)
    return message


def send(deployed: Deployed, body: Any, **attributes: str) -> None:
    """Put a message into the queue as another service of AWS does."""
    deployed.cloud.client("sqs").send_message(
        QueueUrl=queue_url(deployed),
        MessageBody=body if isinstance(body, str) else json.dumps(body),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )


def arn_of(deployed: Deployed, function: str) -> str:
    configuration = deployed.cloud.client("lambda").get_function_configuration(
        FunctionName=function
    )
    return str(configuration["FunctionArn"])


def test_an_event_that_cannot_be_handled_is_listed_and_explained_without_its_values(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    event = transfer_event()
    message = fail(deployed, event)
    letter = json.loads(message["Body"])
    assert letter["requestPayload"] == event
    assert "not a number" not in json.dumps(letter["responsePayload"])

    for _ in range(2):
        assert dead_letters.show(deployed.deployment) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"{message['MessageId']}  0 min  {TRANSFER_FUNCTION} failed")
        assert "INTERNAL_ERROR" in shown
        assert f"TRANSFER_REQUEST, correlation id {event['detail']['correlation_id']}" in shown
        assert "1 dead letter." in shown
        for value in ("user-broken", "acc-broken", "acc-juan-checking", "not a number"):
            assert value not in shown
    assert [m["MessageId"] for m in messages(deployed)] == [message["MessageId"]]


def test_a_redriven_event_takes_effect_once_however_often_it_is_redriven(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    event = transfer_event()
    message = fail(deployed, event)
    deployed.put("accounts", BROKEN | {"balance": Decimal(20)})
    correlation = event["detail"]["correlation_id"]

    with deployed.ear() as ear:
        assert dead_letters.redrive(deployed.deployment, [message["MessageId"]]) == 0
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
        assert messages(deployed) == []

        send(deployed, message["Body"])
        assert dead_letters.redrive(deployed.deployment, None) == 0
        ear.wait_for(2, event_type="TRANSFER_COMPLETED", correlation_id=correlation)

    assert deployed.balances()["acc-broken"] == 15
    assert messages(deployed) == []
    assert "1 of 1 handed over" in capsys.readouterr().out


def test_a_poison_message_returns_to_the_queue_when_it_is_redriven(deployed: Deployed) -> None:
    event = transfer_event()
    first = fail(deployed, event)

    assert dead_letters.redrive(deployed.deployment, None) == 0

    wait_until(lambda: messages(deployed))
    [second] = messages(deployed)
    assert second["MessageId"] != first["MessageId"]
    assert json.loads(second["Body"])["requestPayload"] == event
    assert deployed.balances()["acc-broken"] == "not a number"


def test_only_the_letters_that_are_named_are_redriven(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = arn_of(deployed, TRANSFER_FUNCTION)
    before = deployed.balances()["acc-maria-checking"]
    for amount in (1, 2):
        event = transfer_event(amount, "user-maria", "acc-maria-checking")
        send(deployed, event, TARGET_ARN=arn, RULE_ARN="arn:aws:events:::rule/bus/a-rule")
    chosen, other = messages(deployed)
    moved = json.loads(chosen["Body"])["detail"]["data"]["amount"]

    code = dead_letters.redrive(deployed.deployment, [chosen["MessageId"], "no-such-letter"])

    assert code == 1
    assert "no-such-letter  is not in the queue" in capsys.readouterr().out
    wait_until(lambda: deployed.balances()["acc-maria-checking"] == before - moved)
    assert [m["MessageId"] for m in messages(deployed)] == [other["MessageId"]]


def test_an_event_that_a_rule_could_not_deliver_goes_to_the_function_of_the_rule(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    event = transfer_event(3, "user-maria", "acc-maria-checking")
    send(
        deployed,
        event,
        TARGET_ARN=arn_of(deployed, TRANSFER_FUNCTION),
        RULE_ARN="arn:aws:events:us-east-1:000000000000:rule/centli-event-bus/a-rule",
        ERROR_CODE="NO_PERMISSIONS",
        ERROR_MESSAGE="not for eyes",
    )
    with deployed.ear() as ear:
        dead_letters.show(deployed.deployment)
        shown = capsys.readouterr().out
        assert f"rule a-rule could not reach {TRANSFER_FUNCTION}: NO_PERMISSIONS" in shown
        assert "not for eyes" not in shown
        assert dead_letters.redrive(deployed.deployment, None) == 0
        ear.wait_for(
            1, event_type="TRANSFER_COMPLETED", correlation_id=event["detail"]["correlation_id"]
        )
    assert messages(deployed) == []


def relay_letter(deployed: Deployed, correlation: str) -> dict[str, Any]:
    """Return what Lambda writes when the relay gave up on the record of this request."""
    streams = deployed.cloud.client("dynamodbstreams")
    [stream] = streams.list_streams(TableName="centli-requests")["Streams"]
    arn = stream["StreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    [record] = [
        r
        for r in streams.get_records(ShardIterator=iterator)["Records"]
        if r["dynamodb"]["NewImage"]["correlation_id"]["S"] == correlation
    ]
    number, arrival = record["dynamodb"]["SequenceNumber"], system_clock().isoformat()
    return {
        "requestContext": {
            "functionArn": arn_of(deployed, "centli-event-relay"),
            "condition": "RecordAgeExceeded",
        },
        "DDBStreamBatchInfo": {
            "shardId": shard["ShardId"],
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "approximateArrivalOfFirstRecord": arrival,
            "approximateArrivalOfLastRecord": arrival,
            "batchSize": 1,
            "streamArn": arn,
        },
    }


@pytest.mark.parametrize("number", [None, f"{1:028}"], ids=["in the stream", "in the table alone"])
def test_records_that_the_relay_could_not_publish_are_published(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], number: str | None
) -> None:
    data = {"from_account": "acc-maria-checking", "to_account": "acc-juan-checking", "amount": 1}
    with deployed.ear() as ear:
        correlation = deployed.publish("TRANSFER_REQUEST", data)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
        letter = relay_letter(deployed, correlation)
        if number is not None:
            letter["DDBStreamBatchInfo"]["startSequenceNumber"] = number
        send(deployed, letter)
        before = deployed.balances()

        dead_letters.show(deployed.deployment)
        assert "centli-event-relay could not publish: RecordAgeExceeded" in capsys.readouterr().out
        assert dead_letters.redrive(deployed.deployment, None) == 0
        ear.wait_for(2, event_type="TRANSFER_COMPLETED", correlation_id=correlation)

    assert messages(deployed) == []
    assert deployed.balances() == before


def test_records_stay_dead_letters_while_the_relay_cannot_publish(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"from_account": "acc-maria-checking", "to_account": "acc-juan-checking", "amount": 1}
    with deployed.ear() as ear:
        correlation = deployed.publish("TRANSFER_REQUEST", data)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
    letter = relay_letter(deployed, correlation)
    # A function that answers anything but what the relay answers after publishing.
    letter["requestContext"]["functionArn"] = arn_of(deployed, TRANSFER_FUNCTION)
    send(deployed, letter)

    assert dead_letters.redrive(deployed.deployment, None) == 1

    assert "stays: the relay still cannot publish" in capsys.readouterr().out
    assert len(messages(deployed)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "not JSON",
        [],
        {"requestContext": {}},
        {"requestContext": {"functionArn": 5}, "requestPayload": {}},
        {"requestContext": {"functionArn": "arn"}, "DDBStreamBatchInfo": {}},
    ],
    ids=str,
)
def test_a_message_of_no_known_kind_is_shown_as_such_and_stays(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], body: Any
) -> None:
    send(deployed, body)

    assert dead_letters.show(deployed.deployment) == 0
    assert "nothing of this stack sends such messages" in capsys.readouterr().out
    assert dead_letters.redrive(deployed.deployment, None) == 1
    assert len(messages(deployed)) == 1
