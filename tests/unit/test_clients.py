"""The clients of AWS at the start of a function: who does not answer is not waited for."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError

from shared import clients
from shared.clients import reach


class Lines:
    """Takes the warnings of a logger."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def warning(self, _message: str, *, extra: dict[str, str]) -> None:
        self.errors.append(extra["error_type"])


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    made = Lines()
    monkeypatch.setattr(clients, "logger", made)
    return made


@pytest.fixture
def silent_address() -> Iterator[str]:
    """Yield where connections are accepted and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_service_that_accepts_and_does_not_answer_is_not_waited_for_to_the_end(
    silent_address: str, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "REACHED_WITHIN_SECONDS", 0.1)
    client: Any = botocore.session.Session().create_client(
        "dynamodb",
        config=clients._CONFIG,
        region_name="us-east-1",
        endpoint_url=silent_address,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )
    is_over = threading.Event()

    def describe() -> None:
        try:
            client.describe_endpoints()
        finally:
            is_over.set()

    reach(describe)

    assert not is_over.is_set()
    assert lines.errors == ["TimeoutError"]


def test_a_service_that_fails_at_the_start_stops_no_start(lines: Lines) -> None:
    def fail() -> None:
        raise EndpointConnectionError(endpoint_url="https://nowhere")

    reach(fail)

    assert lines.errors == ["EndpointConnectionError"]


def test_a_service_that_answers_was_called_before_the_start_goes_on(lines: Lines) -> None:
    called: list[str] = []

    reach(lambda **given: called.append(given["a"]), a="b")

    assert called == ["b"]
    assert lines.errors == []


def test_what_is_wrong_in_the_call_itself_is_raised() -> None:
    with pytest.raises(TypeError):
        reach(lambda: None, unknown="argument")
