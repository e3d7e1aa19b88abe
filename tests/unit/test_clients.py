"""The clients of AWS at the start of a function: who does not answer is not waited for."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import botocore
import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.handlers import BUILTIN_HANDLERS

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


WHERE: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing",
}


def handlers_of(session: botocore.session.Session, service: str) -> dict[str, list[str]]:
    """Return what is called at each event of a service's operations, in order, by its name.

    An event may name the service by its identifier, or by its address as it did in older releases.
    """
    client: Any = session.create_client(service, **WHERE)
    model = client.meta.service_model
    kinds = (model.service_id.hyphenize(), model.endpoint_prefix)
    # Documentation is made by nobody here.
    hooks = {event.split(".")[0] for event, *_ in BUILTIN_HANDLERS} - {"docs"}
    names = ["", *(f".{name}" for name in model.operation_names)]
    names += [f".{name}" for name in client.meta.method_to_api_mapping]
    events = client.meta.events
    return {
        event: [
            getattr(handler, "__qualname__", type(handler).__qualname__)
            for handler in events._emitter._handlers.prefix_search(events._alias_event_name(event))
        ]
        for event in (f"{hook}.{kind}{name}" for hook in hooks for kind in kinds for name in names)
    }


@pytest.fixture
def made_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave out what a library that a test imported adds to each new session: Powertools does."""
    monkeypatch.setattr(botocore, "_INITIALIZERS", [])
    clients._session.cache_clear()
    yield
    clients._session.cache_clear()


@pytest.mark.usefixtures("made_anew")
@pytest.mark.parametrize("service", sorted({"events", *clients.SERVICES} - {"eventbridge"}))
def test_a_client_does_at_each_of_its_events_what_botocore_does(service: str) -> None:
    """Handlers of other services are left out, and the order is kept."""
    handlers = handlers_of(clients._session(), service)

    assert handlers == handlers_of(botocore.session.Session(), service)
    assert sum(map(len, handlers.values())) > 100


@pytest.mark.usefixtures("made_anew")
def test_a_service_that_is_not_listed_lacks_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(clients, "SERVICES", clients.SERVICES - {"sqs"})

    assert handlers_of(clients._session(), "sqs") != handlers_of(botocore.session.Session(), "sqs")


@pytest.mark.usefixtures("made_anew")
def test_a_service_lacks_handlers_under_a_name_that_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control."""
    monkeypatch.setattr(clients, "EVENT_ALIASES", {})
    whole = botocore.session.Session()

    assert handlers_of(clients._session(), "events") != handlers_of(whole, "events")


def test_a_service_that_accepts_and_does_not_answer_is_not_waited_for_to_the_end(
    silent_address: str, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "REACHED_WITHIN_SECONDS", 0.1)
    client: Any = botocore.session.Session().create_client(
        "dynamodb",
        config=clients._CONFIG,
        endpoint_url=silent_address,
        **WHERE,
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
