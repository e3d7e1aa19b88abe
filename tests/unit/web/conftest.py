"""The web chat's server over a service that a test sets, and a client that asks as a page does."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from console.web.app import Web
from tests.support.fake_chat import FakeService
from tests.support.page_client import HOME, OURS, PORT


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def web(service: FakeService) -> Web:
    return Web(service)  # type: ignore[arg-type]


@pytest.fixture
def client(web: Web) -> Iterator[TestClient]:
    app = web.guarded(token="the-token", port=PORT)
    with TestClient(app, base_url=HOME, headers=OURS, raise_server_exceptions=False) as made:
        yield made
