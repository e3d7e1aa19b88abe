"""A dead letter of the relay is given up only when all that it stands for was published again."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.dead_letters import redrive, show
from console.deployment import Deployment
from console.errors import ConsoleError
from console.outbox import records_of_batch
from tests.support.faults import client_error
from tests.support.world import PREFIX, World

TRANSFER = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 10}


class Cloud:
    """The tables of a bank, and a stream that holds these records or has lost them."""

    def __init__(self, bank: World, stream: list[dict[str, Any]] | None = None) -> None:
        self._bank = bank
        self._stream = stream

    def client(self, service: str) -> Any:
        return self if service == "dynamodbstreams" else SimpleNamespace(get_paginator=self._scan)

    def get_shard_iterator(self, **_where: Any) -> dict[str, str]:
        if self._stream is None:
            raise client_error("TrimmedDataAccessException")
        return {"ShardIterator": "first"}

    def get_records(self, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        assert self._stream is not None
        half = len(self._stream) // 2
        if ShardIterator == "first":
            return {"Records": self._stream[:half], "NextShardIterator": "second"}
        return {"Records": self._stream[half:]}

    def _scan(self, _name: str) -> Any:
        return SimpleNamespace(paginate=lambda **query: [self._bank.client.scan(**query)])


def redriven(bank: World, stream: list[dict[str, Any]] | None = None, **batch: Any) -> list[Any]:
    arrival = bank.clock.now.isoformat()
    deployment: Any = SimpleNamespace(
        cloud=Cloud(bank, stream), outputs={"RequestsTableName": f"{PREFIX}-requests"}
    )
    return records_of_batch(
        deployment,
        {
            "streamArn": "arn",
            "shardId": "shard",
            "startSequenceNumber": "1",
            "endSequenceNumber": "4",
            "approximateArrivalOfFirstRecord": arrival,
            "approximateArrivalOfLastRecord": arrival,
            "batchSize": 1,
        }
        | batch,
    )


def record(number: int, name: str = "INSERT") -> dict[str, Any]:
    return {"eventName": name, "dynamodb": {"SequenceNumber": str(number), "NewImage": {}}}


def test_all_records_from_the_first_to_the_last_are_handed_over(bank: World) -> None:
    stream = [record(1), record(2, "REMOVE"), record(3, "MODIFY"), record(4), record(5)]
    found = redriven(bank, stream, batchSize=3)
    assert [r["dynamodb"]["SequenceNumber"] for r in found] == ["1", "3", "4"]


def test_a_stream_that_does_not_hold_them_all_is_not_enough(bank: World) -> None:
    with pytest.raises(ConsoleError, match="2 of the 3"):
        redriven(bank, [record(1), record(4)], batchSize=3)


@pytest.mark.parametrize("skew", [-14, -0.025, 0, 0.025, 14])
def test_a_request_is_found_in_the_table_though_clocks_differ(bank: World, skew: float) -> None:
    arrived = bank.clock.now
    bank.clock.move(timedelta(minutes=skew))
    bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER)
    bank.clock.now = arrived
    assert len(redriven(bank)) == 1


def test_a_delivery_of_long_after_is_found_by_its_own_time(bank: World) -> None:
    bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER)
    bank.clock.move(timedelta(days=3))
    bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER)
    assert len(redriven(bank)) == 1


@pytest.mark.parametrize("garbled", [{}, {"deliveries": "many"}, {"deliveries": None}], ids=str)
def test_an_item_that_another_program_wrote_keeps_back_no_others(
    bank: World, garbled: dict[str, Any]
) -> None:
    bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER)
    moment = bank.items("requests")[0]["created_at"]
    bank.put("requests", request_id="odd", created_at=moment, **garbled)
    assert len(redriven(bank, batchSize=2)) == 2


@pytest.mark.parametrize(("made", "size"), [(0, 1), (1, 3)])
def test_a_table_that_cannot_explain_the_batch_is_not_enough(
    bank: World, made: int, size: int
) -> None:
    for number in range(made):
        bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER, correlation_id=f"c-{number}")
    with pytest.raises(ConsoleError, match=f"{made} of the {size}"):
        redriven(bank, batchSize=size)


def test_another_error_of_the_stream_is_no_reason_to_look_elsewhere(bank: World) -> None:
    class Denied(Cloud):
        def get_shard_iterator(self, **_where: Any) -> dict[str, str]:
            raise client_error("AccessDeniedException")

    deployment: Any = SimpleNamespace(cloud=Denied(bank), outputs={})
    batch = {"streamArn": "", "shardId": "", "startSequenceNumber": "1"}
    with pytest.raises(ClientError):
        records_of_batch(deployment, batch)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 10_000,
        json.dumps(
            {
                "requestContext": {"functionArn": "a"},
                "DDBStreamBatchInfo": {
                    "batchSize": float("inf"),
                    "approximateArrivalOfFirstRecord": "x",
                },
            }
        ),
    ],
    ids=["too deep", "too large"],
)
def test_a_letter_that_cannot_be_read_does_not_hide_the_others(
    capsys: pytest.CaptureFixture[str], body: str
) -> None:
    letter: dict[str, Any] = {"ReceiptHandle": "h", "Attributes": {"SentTimestamp": "1"}}
    bodies = {"m-1": body, "m-2": "no json"}
    pages = [[letter | {"MessageId": id_, "Body": body} for id_, body in bodies.items()], []]
    sqs = SimpleNamespace(
        receive_message=lambda **_: {"Messages": pages.pop(0)},
        change_message_visibility_batch=lambda **_: None,
    )
    deployment: Any = SimpleNamespace(
        cloud=SimpleNamespace(client=lambda _name: sqs), outputs={"DeadLetterQueueUrl": "url"}
    )
    assert show(deployment) == 0
    assert "2 dead letters" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("function", "called"),
    [
        ("123456789012:function:centli-core-banking-transfer:live", True),
        ("123456789012:function:somebody-elses", False),
        ("210987654321:function:centli-event-relay", True),
    ],
    ids=["of the stack", "of somebody else", "of another account"],
)
def test_a_redrive_calls_functions_of_its_own_stack_by_their_names(
    capsys: pytest.CaptureFixture[str], function: str, called: bool
) -> None:
    arn = f"arn:aws:lambda:us-east-1:{function}"
    body = {"requestContext": {"functionArn": arn}, "requestPayload": {}}
    letter = {"MessageId": "m-1", "ReceiptHandle": "h", "Attributes": {"SentTimestamp": "1"}}
    pages: list[Any] = [[letter | {"Body": json.dumps(body)}], []]
    names: list[str] = []
    aws = SimpleNamespace(
        receive_message=lambda **_: {"Messages": pages.pop(0)},
        change_message_visibility_batch=lambda **_: None,
        delete_message=lambda **_: None,
        invoke=lambda FunctionName, **_: names.append(FunctionName),  # noqa: N803
    )
    outputs = {"DeadLetterQueueUrl": "url", "AccountsTableName": f"{PREFIX}-accounts"}
    cloud: Any = SimpleNamespace(client=lambda _name: aws)

    assert redrive(Deployment(cloud, outputs), None) == (0 if called else 1)

    assert names == ([function.partition("function:")[2]] if called else [])
    assert ("not of this stack" in capsys.readouterr().out) is not called


def test_a_letter_that_cannot_be_handed_over_stays_and_the_others_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    of_nowhere = {"batchSize": 1, "approximateArrivalOfFirstRecord": "2026-11-22T15:00:00Z"}
    caller = {"functionArn": f"arn:aws:lambda:us-east-1:1:function:{PREFIX}-event-relay"}
    bodies = [
        {"requestContext": caller, "DDBStreamBatchInfo": of_nowhere},
        {"requestContext": caller, "requestPayload": {}},
    ]
    letter = {"ReceiptHandle": "h", "Attributes": {"SentTimestamp": "1"}}
    messages = [
        letter | {"MessageId": f"m-{number}", "Body": json.dumps(body)}
        for number, body in enumerate(bodies)
    ]
    pages = [messages, []]
    deleted: list[str] = []
    aws = SimpleNamespace(
        receive_message=lambda **_: {"Messages": pages.pop(0)},
        change_message_visibility_batch=lambda **_: None,
        delete_message=lambda ReceiptHandle, **_: deleted.append(ReceiptHandle),  # noqa: N803
        invoke=lambda **_: None,
        get_shard_iterator=lambda **_: None,
    )
    outputs = {"DeadLetterQueueUrl": "url", "AccountsTableName": f"{PREFIX}-accounts"}
    cloud: Any = SimpleNamespace(client=lambda _name: aws)

    assert redrive(Deployment(cloud, outputs), None) == 1

    assert len(deleted) == 1
    told = capsys.readouterr().out
    assert "m-0  stays: KeyError" in told
    assert "m-1  handed over" in told
