"""A page of another origin in the same browser gets nothing out of the local AWS, nor into it."""

import functools
import json
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.deployed import Deployed
from tests.support.open_aws import NEW_FUNCTION, client, make_role, open_aws

ATTACK = """async ([endpoint, newFunction]) => {
  const named = (key) => `Credential=${key}/20260101/us-east-1`;
  const query = (key) => `X-Amz-Algorithm=none&X-Amz-Signature=none&X-Amz-${named(key)}/lambda/a`;
  const functions = `${endpoint}/2015-03-31/functions`;
  const read = (path, options) =>
    fetch(path, options).then((answer) => answer.ok && answer.text()).catch(() => "");
  const told = {};
  await fetch(`${functions}?${query("test")}`, {
    method: "POST", mode: "no-cors", body: newFunction,
  }).catch(() => {});
  told.byQuery = await read(`${functions}?${query("test")}`);
  told.byAccount = await read(`${functions}?${query("000000000000")}`);
  told.byHeader = await read(functions, {
    headers: { Authorization: `AWS4-HMAC-SHA256 ${named("test")}/lambda/a` },
  });
  told.health = await read(`${endpoint}/_ministack/health`);
  told.ready = await read(`${endpoint}/_ministack/ready`);
  return told;
}"""
ERASE = """(endpoint) => fetch(`${endpoint}/_ministack/reset`, { method: "POST", mode: "no-cors" })
  .then(() => null).catch(() => null)"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
        pass


@pytest.fixture
def other_origin(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text("<!doctype html><title>Somebody else's page</title>")
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def attack(browser: Browser, origin: str, endpoint: str) -> dict[str, str]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        told: dict[str, str] = page.evaluate(ATTACK, [endpoint, json.dumps(NEW_FUNCTION)])
        return told


def erase(browser: Browser, origin: str, endpoint: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        page.evaluate(ERASE, endpoint)


def function_names(functions: Any) -> list[str]:
    return [function["FunctionName"] for function in functions.list_functions()["Functions"]]


def test_a_page_of_another_origin_runs_code_in_ministack_as_it_comes(
    browser: Browser, other_origin: str
) -> None:
    with open_aws() as endpoint:
        make_role(client(endpoint, "iam"))
        told = attack(browser, other_origin, endpoint)
        functions = client(endpoint, "lambda")
        made = function_names(functions)
        erase(browser, other_origin, endpoint)

        assert made == ["trick"]
        assert "trick" in told["byQuery"]
        assert function_names(functions) == []


def test_a_page_of_another_origin_reads_nothing_of_the_local_aws_and_changes_nothing(
    browser: Browser, other_origin: str, deployed: Deployed
) -> None:
    endpoint = str(deployed.cloud.endpoint)

    told = attack(browser, other_origin, endpoint)
    erase(browser, other_origin, endpoint)

    assert not any(told.values()), told
    assert "trick" not in function_names(deployed.cloud.client("lambda"))
    assert deployed.balances()
