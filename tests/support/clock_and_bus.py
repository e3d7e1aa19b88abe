"""A clock that tests move, and a bus that listens."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.support.answers import check_event

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


class MovingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, step: timedelta) -> None:
        self.now += step


class ListeningBus:
    """Takes `PutEvents` and keeps the envelopes; `refusals` are codes for the next entries."""

    def __init__(self) -> None:
        self.envelopes: list[dict[str, Any]] = []
        self.refusals: list[str] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        answers: list[dict[str, Any]] = []
        for entry in Entries:
            if self.refusals:
                answers.append({"ErrorCode": self.refusals.pop(0), "ErrorMessage": "refused"})
                continue
            entry["Detail"].encode()  # EventBridge takes UTF-8, which has no lone surrogates
            envelope = json.loads(entry["Detail"], parse_float=Decimal)
            assert (entry["Source"], entry["DetailType"]) == (
                envelope["source"],
                envelope["event_type"],
            )
            self.heard(envelope)
            answers.append({"EventId": str(len(self.envelopes))})
        failed = sum("ErrorCode" in answer for answer in answers)
        return {"FailedEntryCount": failed, "Entries": answers}

    def heard(self, envelope: dict[str, Any]) -> None:
        """Keep an envelope that was published."""
        self.envelopes.append(envelope)

    def of_type(self, event_type: str) -> list[dict[str, Any]]:
        return [e for e in self.envelopes if e["event_type"] == event_type]


class CheckingBus(ListeningBus):
    """Refuses an event whose data its schema does not promise."""

    def heard(self, envelope: dict[str, Any]) -> None:
        check_event(envelope)
        super().heard(envelope)
