"""Guarantee 2: what a change owes to the bus is published in order, at least once."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from shared import json_text
from shared.dynamodb import serialize
from shared.event_relay import MAX_EVENT_BYTES, relay
from shared.publisher import MAX_ENTRIES, EventsNotPublished, Publisher
from tests.support.clock_and_bus import ListeningBus
from tests.support.faults import client_error

WHOLE: dict[str, Any] = {
    "version": "1.0",
    "event_type": "TRANSFER_COMPLETED",
    "correlation_id": "c-1",
    "timestamp": "2026-11-22T15:00:00.000Z",
    "source": "core-banking",
    "user_id": "user-maria",
    "data": {},
}


def event(number: int) -> dict[str, Any]:
    return WHOLE | {"number": number}


def whole_with(data: str) -> list[str]:
    """Return the events of an item that owes one with these data, as JSON."""
    return [json_text.dumps(WHOLE).replace("{}", data)]


def record(number: int, kind: str = "INSERT", *, events: Sequence[Any] | None = None) -> Any:
    owed = [event(number)] if events is None else events
    image = serialize({"request_id": f"r-{number}", "events": [json_text.dumps(e) for e in owed]})
    return {
        "eventName": kind,
        "dynamodb": {"SequenceNumber": f"s-{number}", "NewImage": image},
    }


class ChunkingBus(ListeningBus):
    """Remembers how many entries each call had."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks: list[int] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.chunks.append(len(Entries))
        return super().put_events(Entries)


@pytest.fixture
def bus() -> ChunkingBus:
    return ChunkingBus()


unreadable: list[Any] = []


def run(bus: ListeningBus, *records: Any) -> Any:
    publisher = Publisher(bus, "bus")  # type: ignore[arg-type]
    return relay({"Records": list(records)}, publisher, unreadable.append)


def numbers(bus: ListeningBus) -> list[int]:
    return [envelope["number"] for envelope in bus.envelopes]


def test_events_are_published_in_the_order_of_the_stream_ten_at_a_time(bus: ChunkingBus) -> None:
    answer = run(bus, *[record(n) for n in range(23)])
    assert answer == {"batchItemFailures": []}
    assert numbers(bus) == list(range(23))
    assert bus.chunks == [10, 10, 3]


def test_a_further_delivery_publishes_again_and_an_expired_item_does_not(bus: ChunkingBus) -> None:
    removed = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "s-9"}}
    run(bus, record(1), record(1, "MODIFY"), removed, record(2, "REMOVE"))
    assert numbers(bus) == [1, 1]


def test_an_item_that_owes_nothing_is_passed_over(bus: ChunkingBus) -> None:
    no_list = record(2)
    del no_list["dynamodb"]["NewImage"]["events"]
    assert run(bus, record(1, events=[]), no_list, record(3)) == {"batchItemFailures": []}
    assert numbers(bus) == [3]


def test_nothing_owed_calls_nobody(bus: ChunkingBus) -> None:
    assert run(bus) == run(bus, record(1, events=[])) == {"batchItemFailures": []}
    assert bus.chunks == []


@pytest.mark.parametrize("failing", [0, 4, 9, 10, 15, 22])
def test_the_first_record_that_the_bus_did_not_take_is_where_the_stream_goes_on(
    bus: ChunkingBus, failing: int
) -> None:
    class RefusingOnce(ChunkingBus):
        def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            answer = super().put_events(Entries)
            for position, entry in enumerate(Entries):
                if json_text.loads(entry["Detail"])["number"] >= failing:
                    answer["Entries"][position] = {"ErrorCode": "ThrottlingException"}
                    answer["FailedEntryCount"] += 1
            return answer

    refusing = RefusingOnce()
    records = [record(n) for n in range(23)]
    answer = run(refusing, *records)
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"s-{failing}"}]}
    assert sum(refusing.chunks) <= failing + 10, "it goes no further than the chunk that failed"

    assert run(bus, *records[failing:]) == {"batchItemFailures": []}
    assert numbers(bus) == list(range(failing, 23))


def test_a_bus_whose_failures_go_unread_would_lose_an_event(bus: ChunkingBus) -> None:
    """The control of the test above: without the check the batch would count as published."""

    class Unchecked(Publisher):
        def publish(self, envelopes: Sequence[dict[str, Any]]) -> None:
            with suppress(EventsNotPublished):
                super().publish(envelopes)

    bus.refusals = ["InternalFailure"]
    records = {"Records": [record(1)]}
    publisher = Unchecked(bus, "bus")  # type: ignore[arg-type]
    assert relay(records, publisher, unreadable.append) == {"batchItemFailures": []}
    assert numbers(bus) == []


def test_one_refused_entry_among_ten_is_found_by_its_position(bus: ChunkingBus) -> None:
    class RefusingThird(ListeningBus):
        def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            answer = super().put_events(Entries)
            answer["Entries"][2] = {"ErrorCode": "InternalFailure", "ErrorMessage": "x"}
            return answer | {"FailedEntryCount": 1}

    answer = run(RefusingThird(), *[record(n) for n in range(5)])
    assert answer == {"batchItemFailures": [{"itemIdentifier": "s-2"}]}


def test_several_events_of_one_record_stay_together_under_its_number(bus: ChunkingBus) -> None:
    many = record(1, events=[event(n) for n in range(12)])
    bus.refusals = []
    assert run(bus, many, record(20)) == {"batchItemFailures": []}
    assert numbers(bus) == [*range(12), 20]


def test_a_bus_that_cannot_be_reached_fails_the_batch_so_that_lambda_tries_it_again() -> None:
    class Unreachable(ListeningBus):
        def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            raise client_error("InternalException")

    with pytest.raises(Exception, match="InternalException"):
        run(Unreachable(), record(1))


def test_amounts_are_published_to_the_centavo(bus: ChunkingBus) -> None:
    exact = {**event(1), "amount": json_text.loads("9999999999.99")}
    run(bus, record(1, events=[exact]))
    assert bus.envelopes == [exact]


@pytest.mark.parametrize(
    "events",
    [
        "text",
        5,
        ["no json"],
        [5],
        [None],
        ["[]"],
        ['"text"'],
        ['{"source": "crm"}'],
        ['{"source": 5, "event_type": "X"}'],
        ["[" * 10_000],
        whole_with('{"amount": 1e9999999999999999999}'),
        whole_with('{"description": "\\ud800"}'),
        whole_with(f'{{"description": "{"x" * MAX_EVENT_BYTES}"}}'),
        *([json_text.dumps(WHOLE | {name: 5})] for name in WHOLE),
        *([json_text.dumps(WHOLE | {name: None})] for name in WHOLE if name != "version"),
    ],
    ids=lambda events: str(events)[:60],
)
def test_an_item_that_cannot_be_read_becomes_a_dead_letter_and_holds_up_nothing(
    bus: ChunkingBus, events: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    unreadable.clear()
    bad = record(2)
    bad["dynamodb"]["NewImage"] = serialize({"request_id": "r-2", "events": events})
    assert run(bus, record(1), bad, record(3)) == {"batchItemFailures": []}
    assert numbers(bus) == [1, 3]
    assert unreadable == [bad]
    assert "UnreadableRecords" in capsys.readouterr().out


def test_ten_of_the_largest_events_fit_in_one_call() -> None:
    of_source_and_type = 256  # bytes, at most
    assert MAX_ENTRIES * (MAX_EVENT_BYTES + of_source_and_type) <= 256 * 1024


def test_a_number_of_any_size_in_an_item_holds_up_nothing(bus: ChunkingBus) -> None:
    """DynamoDB writes 1E+100 with all its zeros, in a stream as well."""
    large = record(2)
    large["dynamodb"]["NewImage"]["rank"] = {"N": "1" + "0" * 100}
    assert run(bus, record(1), large, record(3)) == {"batchItemFailures": []}
    assert numbers(bus) == [1, 2, 3]


def test_a_record_without_its_image_holds_up_nothing(bus: ChunkingBus) -> None:
    unreadable.clear()
    bad = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "s-2"}}
    assert run(bus, bad, record(3)) == {"batchItemFailures": []}
    assert unreadable == [bad]


def test_a_dead_letter_that_cannot_be_sent_fails_the_batch(bus: ChunkingBus) -> None:
    def refuse(_record: Any) -> None:
        raise client_error("InternalError")

    publisher = Publisher(bus, "bus")  # type: ignore[arg-type]
    bad = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "s-2"}}
    with pytest.raises(Exception, match="InternalError"):
        relay({"Records": [bad]}, publisher, refuse)
