"""The dead-letter queue of a stack: what is in it and why, and handing it over once more.

Four kinds of message arrive there: from Lambda, an event whose function failed at every try; from
EventBridge, an event that a rule could not deliver; from the relay's stream, the place of records
whose events it could not publish; from the relay, the key of an item that it could not read. What
is shown of them are ids and codes, never a payload's value.
"""

import contextlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from console.deployment import Deployment
from console.errors import ConsoleError
from console.outbox import records_of_batch, stream_record
from shared.clock import system_clock
from shared.event_relay import BatchResponse
from shared.observability import UNREADABLE

MAX_LETTERS = 500
"""How many one command looks at; with more, it says so."""

_OUT_OF_SIGHT_SECONDS = 300
"""How long a command may take before what it has not released is to be seen again by itself."""

_BATCH = 10
_RECORDS_PER_INVOCATION = 25
_ALL_PUBLISHED: BatchResponse = {"batchItemFailures": []}

_ID = re.compile(r"[!-~]{1,128}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")


class Cause(Protocol):
    """Why a message is in the queue, and how what it stands for is handed over once more."""

    @property
    def story(self) -> str:
        """What happened, with a code."""

    @property
    def subject(self) -> str:
        """What it happened to, by type and id."""

    def hand_over(self, deployment: Deployment) -> None:
        """Hand it over. Raises ConsoleError when it is not sure that somebody took it."""


@dataclass(frozen=True)
class _Failure:
    """What a function failed to do, and the code of why."""

    function: str
    code: str

    what: ClassVar[str]

    @property
    def story(self) -> str:
        """What happened, with a code."""
        return f"{_function_name(self.function)} {self.what}: {self.code}"


@dataclass(frozen=True)
class FailedEvent(_Failure):
    """An event whose function failed at every try."""

    event: Any

    what = "failed at every try"

    @property
    def subject(self) -> str:
        """What it happened to, by type and id."""
        return _event_subject(self.event)

    def hand_over(self, deployment: Deployment) -> None:
        """Invoke the function with the event, asynchronously, as a rule does."""
        _invoke_later(deployment, self.function, self.event)


@dataclass(frozen=True)
class UndeliveredEvent(FailedEvent):
    """An event that a rule could not deliver to its function."""

    rule: str

    @property
    def story(self) -> str:
        """What happened, with a code."""
        rule = _shown(self.rule.rpartition("/")[2], _ID)
        return f"rule {rule} could not reach {_function_name(self.function)}: {self.code}"


@dataclass(frozen=True)
class UnpublishedRecords(_Failure):
    """Records of the stream of the requests table whose events the relay could not publish."""

    batch: Mapping[str, Any]

    what = "could not publish"

    @property
    def subject(self) -> str:
        """What it happened to, by type and id."""
        since = _shown(self.batch["approximateArrivalOfFirstRecord"], _ID)
        return f"{int(self.batch['batchSize'])} changes, the first of {since}"

    def hand_over(self, deployment: Deployment) -> None:
        """Give the records to the relay and wait until it has published what they owe."""
        records = records_of_batch(deployment, self.batch)
        _relay_all(deployment, self.function, records)


@dataclass(frozen=True)
class UnreadableItem(_Failure):
    """An item of the requests table that the relay could not read."""

    key: Mapping[str, Any]

    what = "could not read an item"

    @property
    def subject(self) -> str:
        """What it happened to, by type and id."""
        return f"request_id {_shown(self.key['request_id']['S'], _ID)} of the requests table"

    def hand_over(self, deployment: Deployment) -> None:
        """Give the item as it is now to the relay; what it still cannot read comes back."""
        item = (
            deployment.cloud.client("dynamodb")
            .get_item(
                TableName=deployment.outputs["RequestsTableName"],
                Key={"request_id": {"S": self.key["request_id"]["S"]}},
                ConsistentRead=True,
            )
            .get("Item")
        )
        if item is None:
            raise ConsoleError("the item is not there any more: delete the message in SQS")
        _relay_all(deployment, self.function, [stream_record("INSERT", "0", item)])


@dataclass(frozen=True)
class Unreadable:
    """A message of no known kind."""

    @property
    def story(self) -> str:
        """What happened, with a code."""
        return "nothing of this stack sends such messages"

    @property
    def subject(self) -> str:
        """What it happened to, by type and id."""
        return "look at it in SQS, and delete it there"

    def hand_over(self, deployment: Deployment) -> None:  # noqa: ARG002 the protocol's
        """Refuse: there is nobody to take it."""
        raise ConsoleError("it is not known whom to hand it to")


@dataclass(frozen=True)
class Letter:
    """One message of the queue."""

    id: str
    handle: str
    sent_at_ms: int
    cause: Cause
    story: str
    subject: str

    def describe(self, now: datetime) -> str:
        """Return two lines for a person."""
        age = now - datetime.fromtimestamp(self.sent_at_ms / 1000, tz=now.tzinfo)
        return f"{self.id}  {_age(age)}  {self.story}\n    {self.subject}"


def show(deployment: Deployment) -> int:
    """Print every dead letter, and leave all of them where they are. Returns the exit code."""
    now = system_clock()
    with _letters(deployment) as letters:
        for letter in letters:
            print(letter.describe(now))
        print(_summary(letters))
    return 0


def redrive(deployment: Deployment, ids: Collection[str] | None) -> int:
    """Hand the letters with these ids, or all, over once more; returns the exit code.

    A letter is deleted after somebody took it, so a crash in between hands it over twice. That is
    safe: a request takes effect once however often it is delivered.
    """
    with _letters(deployment) as letters:
        chosen = [letter for letter in letters if ids is None or letter.id in ids]
        missing = set(ids or ()) - {letter.id for letter in chosen}
        handed_over = [letter for letter in chosen if _redrive(deployment, letter)]
    for letter_id in sorted(missing):
        print(f"{_shown(letter_id, _ID)}  is not in the queue")
    print(f"{len(handed_over)} of {len(chosen)} handed over; what fails again comes back here")
    return 0 if len(handed_over) == len(chosen) and not missing else 1


def _redrive(deployment: Deployment, letter: Letter) -> bool:
    try:
        letter.cause.hand_over(deployment)
    except (ConsoleError, ClientError, BotoCoreError, *UNREADABLE) as error:
        reason = str(error) if isinstance(error, ConsoleError) else type(error).__name__
        print(f"{letter.id}  stays: {reason}")
        return False
    deployment.cloud.client("sqs").delete_message(
        QueueUrl=_queue_url(deployment), ReceiptHandle=letter.handle
    )
    print(f"{letter.id}  handed over: {letter.subject}")
    return True


@contextlib.contextmanager
def _letters(deployment: Deployment) -> Iterator[list[Letter]]:
    """Take the letters out of sight while the context lasts, oldest first.

    Those not deleted by then are put back.
    """
    sqs, url = deployment.cloud.client("sqs"), _queue_url(deployment)
    letters: dict[str, Letter] = {}
    try:
        while len(letters) < MAX_LETTERS and (messages := _receive(sqs, url)):
            letters.update((m["MessageId"], _read(m)) for m in messages)
        yield sorted(letters.values(), key=lambda letter: letter.sent_at_ms)
    finally:
        handles = [letter.handle for letter in letters.values()]
        for start in range(0, len(handles), _BATCH):
            sqs.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                    for n, handle in enumerate(handles[start : start + _BATCH])
                ],
            )


def _receive(sqs: Any, url: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_BATCH,
        VisibilityTimeout=_OUT_OF_SIGHT_SECONDS,
        WaitTimeSeconds=1,
        MessageSystemAttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    ).get("Messages", [])
    return messages


def _read(message: dict[str, Any]) -> Letter:
    attributes = {
        name: str(attribute.get("StringValue"))
        for name, attribute in message.get("MessageAttributes", {}).items()
    }
    try:
        cause = _cause(json.loads(message["Body"]), attributes)
        story, subject = cause.story, cause.subject
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        cause = Unreadable()
        story, subject = cause.story, cause.subject
    return Letter(
        id=message["MessageId"],
        handle=message["ReceiptHandle"],
        sent_at_ms=int(message["Attributes"]["SentTimestamp"]),
        cause=cause,
        story=story,
        subject=subject,
    )


def _cause(body: Any, attributes: Mapping[str, str]) -> Cause:
    """Tell the kinds of message apart. Raises KeyError or TypeError for any other."""
    if "TARGET_ARN" in attributes:
        return UndeliveredEvent(
            function=attributes["TARGET_ARN"],
            rule=attributes["RULE_ARN"],
            code=_shown(attributes.get("ERROR_CODE"), _CODE),
            event=body,
        )
    function = body["requestContext"]["functionArn"]
    condition = _shown(body["requestContext"].get("condition"), _CODE)
    if "unreadableRecord" in body:
        return UnreadableItem(function, condition, body["unreadableRecord"]["Keys"])
    if "DDBStreamBatchInfo" in body:
        return UnpublishedRecords(function, condition, body["DDBStreamBatchInfo"])
    code = _error_code(body.get("responsePayload")) or condition
    return FailedEvent(function, code, body["requestPayload"])


def _error_code(response: Any) -> str | None:
    """Return the code that the function failed with, or the type of its error."""
    for name in ("errorMessage", "errorType"):
        value = response.get(name) if isinstance(response, dict) else None
        if isinstance(value, str) and _CODE.fullmatch(value):
            return value
    return None


def _relay_all(deployment: Deployment, function: str, records: list[dict[str, Any]]) -> None:
    for start in range(0, len(records), _RECORDS_PER_INVOCATION):
        _relay(deployment, function, records[start : start + _RECORDS_PER_INVOCATION])


def _relay(deployment: Deployment, function: str, records: list[dict[str, Any]]) -> None:
    """Have the relay publish what records owe. Raises ConsoleError when it did not."""
    answer = deployment.cloud.client("lambda").invoke(
        FunctionName=_own(deployment, function), Payload=json.dumps({"Records": records}).encode()
    )
    if json.loads(answer["Payload"].read()) != _ALL_PUBLISHED:
        raise ConsoleError("the relay still cannot publish; its log says why")


def _invoke_later(deployment: Deployment, function: str, event: Any) -> None:
    deployment.cloud.client("lambda").invoke(
        FunctionName=_own(deployment, function),
        InvocationType="Event",
        Payload=json.dumps(event).encode(),
    )


def _own(deployment: Deployment, function: str) -> str:
    """Return the name, with its version, of the stack's function that has this ARN.

    A name is of this account and region. Raises ConsoleError for what is no function of the stack:
    nobody else is called because a letter says so.
    """
    name = ":".join(function.split(":")[6:])
    if not name.startswith(f"{deployment.name_prefix}-"):
        raise ConsoleError("it names a function that is not of this stack")
    return name


def _queue_url(deployment: Deployment) -> str:
    return deployment.outputs["DeadLetterQueueUrl"]


def _event_subject(event: Any) -> str:
    event = event if isinstance(event, dict) else {}
    detail = event.get("detail")
    detail = detail if isinstance(detail, dict) else {}
    event_type = _shown(event.get("detail-type"), _CODE)
    return f"{event_type}, correlation id {_shown(detail.get('correlation_id'), _ID)}"


def _function_name(arn: str) -> str:
    """Return the name within a function's ARN, with or without a version at its end."""
    return _shown(":".join(arn.split(":")[6:7]), _ID)


def _shown(value: Any, pattern: re.Pattern[str]) -> str:
    """Return what looks like an id or a code, and nothing else."""
    return value if isinstance(value, str) and pattern.fullmatch(value) else "(not an id)"


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{days} d {hours} h" if days else f"{hours} h {minutes} min" if hours else f"{minutes} min"
    )


def _summary(letters: Collection[Letter]) -> str:
    more = " looked at; there may be more" if len(letters) >= MAX_LETTERS else ""
    count = "1 dead letter" if len(letters) == 1 else f"{len(letters)} dead letters"
    return f"{count}{more}. Redrive with: centli dead-letters redrive --id ID, or --all"
