"""The web chat in a real browser, on the real local stack: one of each a process."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from scripts.browser import find_browser, launch
from tests.support.commanded_brain import CommandedBrain
from tests.support.deployed import Deployed
from tests.support.web_chat import PageService, page_service, web_chat_server
from tests.support.window import Window

WATCH_SECONDS = 20


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        reason = "There is no Chromium: install `chromium`, or run `playwright install chromium`."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = launch(playwright, path)
        yield started
        started.close()


@pytest.fixture(scope="session")
def deployment(browser: Browser) -> Iterator[Deployment]:
    with LocalStack(free_port()) as stack:
        made = deploy_locally(stack.cloud())
        seed_all(made)
        yield made


@pytest.fixture(scope="session")
def deployed(deployment: Deployment) -> Deployed:
    return Deployed(deployment)


@pytest.fixture(scope="session")
def scripted(deployment: Deployment) -> Iterator[PageService]:
    with page_service(deployment, CommandedBrain) as service:
        yield service


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Open windows that nobody but they share anything with; a page must log no error."""
    with ExitStack() as exits:
        windows: list[Window] = []

        def open_one(address: str, *, user: str = "", wait: bool = True, **options: Any) -> Window:
            options = {"viewport": {"width": 1280, "height": 800}, "locale": "es-MX", **options}
            context = exits.enter_context(browser.new_context(**options))
            windows.append(Window(context.new_page()))
            windows[-1].go(address, user, wait=wait)
            return windows[-1]

        yield open_one
        for window in windows:
            assert window.errors == []


@pytest.fixture
def address(scripted: PageService) -> Iterator[str]:
    """The address of a web chat with a brain that does what it is told in so many words."""
    with web_chat_server(scripted) as server:
        assert scripted.watch.wait_until_listening(WATCH_SECONDS)
        yield server.address
