"""The lines of `docs/use-from-your-app.md` do what they promise, against real functions."""

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from console.artefact import ROOT
from shared.front_doors.gateway import PROOF_HEADER, REQUEST_ID_HEADER
from shared.settings import Settings
from tests.support.arguments import RIGHT, furnished
from tests.support.fake_bedrock_agent import AGENT_ID, ALIAS_ID, FakeBedrockAgent, Memory
from tests.support.fake_openai import Reply, call
from tests.support.snippets import SNIPPETS
from tests.support.world import SETTINGS, World

PAGE = ROOT / "docs" / "use-from-your-app.md"
AGENT = {"agentId": AGENT_ID, "agentAliasId": ALIAS_ID, "sessionId": "session-of-maria"}
TRANSFER = RIGHT["createTransfer"]


def snippet(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, SNIPPETS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bank() -> Iterator[World]:
    with furnished(require_confirmation="agents") as bank:
        yield bank


def mind(memory: Memory) -> Reply:
    """Transfer when something is said, and tell what became of it."""
    kind, what = memory[-1]
    if kind == "user":
        return call("createTransfer", **{k: str(v) for k, v in TRANSFER.items()})
    return Reply("No se hizo." if kind == "declined" else f"Quedó {what.get('status')}.")


def say(bank: World, *, agrees: bool) -> tuple[str, list[Any]]:
    application = snippet("invoke_agent")
    shown: list[Any] = []

    def answered(what: Any) -> bool:
        shown.append(what)
        return agrees

    def proof_of(wanted: dict[str, Any]) -> str:
        proof: str = application.asked(
            wanted,
            AGENT,
            "user-maria",
            lambda event: bank.handlers[wanted["actionGroup"]](event, None),
            answered,
            kms=bank.kms,
            key_arn=SETTINGS.confirmation_key_arn,
        )
        return proof

    with FakeBedrockAgent(mind, bank) as agent:
        words = application.answer_of(agent.client(), AGENT, "user-maria", "pásale", proof_of)
    assert agent.violations == []
    return words, shown


def test_the_agent_does_what_the_customer_agrees_to(bank: World) -> None:
    words, shown = say(bank, agrees=True)

    assert words == "Quedó completed."
    assert [what["terms"]["to_holder"] for what in shown] == ["Juan L*** G***"]
    [record] = bank.records()
    assert (record["door"], record["status"]) == ("agent", 200)


def test_the_agent_does_nothing_that_the_customer_declines(bank: World) -> None:
    before = bank.snapshot()

    words, _ = say(bank, agrees=False)

    assert words == "No se hizo."
    assert bank.snapshot() == before


class Bus:
    """Takes entries as EventBridge does, or refuses them."""

    def __init__(self, refuses: bool = False) -> None:
        self.entries: list[Any] = []
        self.refuses = refuses

    def put_events(self, Entries: list[Any]) -> Any:  # noqa: N803 boto3's name
        self.entries += Entries
        return {"FailedEntryCount": int(self.refuses), "Entries": [{"ErrorCode": "Throttled"}]}


def put(bank: World, bus: Bus) -> None:
    data = {k: v if isinstance(v, str) else float(v) for k, v in TRANSFER.items()}
    snippet("put_order").put_order(
        bus,
        "centli-event-bus",
        "TRANSFER_REQUEST",
        user_id="user-maria",
        request_id="request-1",
        data=data,
        now=bank.clock(),
    )


def test_an_order_by_the_bus_is_carried_out_once_however_often_it_is_put(bank: World) -> None:
    bus = Bus()
    put(bank, bus)
    put(bank, bus)
    for entry in bus.entries:
        bank.deliver("core_banking", entry["DetailType"], json.loads(entry["Detail"]))

    [record] = bank.records()
    assert (record["door"], record["status"]) == ("bus", 200)
    assert {entry["Source"] for entry in bus.entries} == set(SETTINGS.request_sources)


def test_an_order_that_the_bus_does_not_take_is_told(bank: World) -> None:
    with pytest.raises(RuntimeError, match="did not take request-1"):
        put(bank, Bus(refuses=True))


def test_the_page_shows_the_files_and_the_headers_that_there_are() -> None:
    text = PAGE.read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)

    assert blocks == [(SNIPPETS / f"{n}.py").read_text() for n in ("invoke_agent", "put_order")]
    headers = {
        REQUEST_ID_HEADER,
        PROOF_HEADER,
        Settings._field_defaults["gateway_caller_header"],
    }
    assert set(re.findall(r"x-centli-[a-z-]+", text)) == headers


@pytest.mark.parametrize("name", ["strands_agent", "pydantic_ai_agent"])
def test_an_agent_starts_the_server_of_the_list_of_servers_and_the_page_shows_it(name: str) -> None:
    """Their packages stand in environments of their own: `python3 scripts/dev.py clients`."""
    file = (SNIPPETS / f"{name}.py").read_text()
    [listed] = json.loads((SNIPPETS / "mcp_servers.json").read_text())["mcpServers"].values()
    [started] = (
        node.value
        for node in ast.walk(ast.parse(file))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SERVER"
    )
    if isinstance(started, ast.Call):
        assert ast.unparse(started.func) == "StdioServerParameters"
        assert {k.arg: ast.literal_eval(k.value) for k in started.keywords} == listed
    else:
        assert ast.literal_eval(started) == listed
    assert f"```python\n{file}```" in (ROOT / "docs" / "mcp.md").read_text()
