"""`centli mcp` with the clients of others: `python3 scripts/dev.py clients [NAME ...]`.

Each has packages of its own, pinned beside this file, and is run against a local stack with IAM.
The agents of `docs/snippets` list the tools, and make a transfer and a purchase after a yes and
none after a no; the inspector cannot ask; the official suite of conformance asks what it can
without tools of its own. This is no part of the gate.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import uvicorn

from console.artefact import ROOT
from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.mcp_server import PATH, server_of
from console.ports import free_port
from console.seeds import seed_all
from console.where import HOST
from tests.support.arguments import ON_AGENT_DOOR
from tests.support.command import without_settings
from tests.support.deployed import Deployed

FOLDER = Path(__file__).parent
FROM = "acc-maria-checking"
TRANSFER = [
    "createTransfer",
    {"from_account": FROM, "to_account": "acc-juan-savings", "amount": 12.5},
]
TOOLS = sorted(operation.operation_id for operation in ON_AGENT_DOOR)
SECONDS = 180
CENTLI = Path(sys.executable).parent / "centli"


def run(deployment: Deployment, command: list[str], *, answers: str = "") -> str:
    """Return what a client printed, whose `centli` finds the stack.

    Clients hand no variables on to the servers that they start, but that of the path.
    """
    port = str(deployment.cloud.endpoint).rpartition(":")[2]
    with TemporaryDirectory() as folder:
        program = Path(folder) / "centli"
        program.write_text(f'#!/bin/sh\nCENTLI_PORT={port} exec {CENTLI} "$@"\n')
        program.chmod(0o755)
        path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            env=without_settings() | {"PATH": path},
            input=answers,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def purchase(deployed: Deployed) -> list[Any]:
    """Return the call that buys one of something that Maria can pay."""
    product = next(p for p in deployed.table("products") if p["price"] < 1000 and p["stock"] > 0)
    named = {name: product[name] for name in ("product_id", "retailer_id")}
    order = {"quantity": 1, "account_id": FROM, "unit_price": float(product["price"])}
    return ["createPurchase", named | order]


def agent(deployment: Deployment, name: str, python: str) -> None:
    """Try an agent of a framework, whose model follows a script."""
    deployed = Deployed(deployment)
    program = FOLDER / f"with_{name.replace('-', '_')}.py"

    def play(script: list[Any], answers: str) -> dict[str, Any]:
        snippets = str(ROOT / "docs" / "snippets")
        command = [python, str(program), snippets, json.dumps(script)]
        seen: dict[str, Any] = json.loads(
            run(deployment, command, answers=answers).splitlines()[-1]
        )
        assert seen["tools"] == TOOLS, seen
        return seen

    before = deployed.balances()[FROM]
    bought = purchase(deployed)
    declined = play([TRANSFER, bought], "no\nno\n")
    assert all("CUSTOMER_DECLINED" in told for told in declined["told"]), declined
    assert deployed.balances()[FROM] == before
    made = play([["getBalance", {}], TRANSFER], "sí\n")
    assert "acc-maria-savings" in made["told"][0]
    assert deployed.balances()[FROM] == before - Decimal("12.5"), made
    play([bought], "sí\n")
    assert len(deployed.table("purchases")) > 0
    doors = {r["door"] for r in deployed.table("requests") if "confirmation_id" in r}
    assert doors == {"mcp"}, doors


def packages() -> tuple[Path, dict[str, str]]:
    """Install the pinned packages of Node; return their programs, and the path to find Node by."""
    folder = ROOT / "build" / "clients"
    pins = ("package.json", "package-lock.json")
    if any(_text(folder / name) != _text(FOLDER / "node" / name) for name in pins):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in pins:
            shutil.copy(FOLDER / "node" / name, folder)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True)
    programs = folder / "node_modules" / ".bin"
    return programs, without_settings() | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def inspector(deployment: Deployment, *_: str) -> None:
    """Try the inspector, which cannot ask: it is refused, or believed where the server is told."""
    programs, environment = packages()
    deployed = Deployed(deployment)

    def play(*options: str, calls: list[list[Any]]) -> list[str]:
        with served(deployment, *options) as (url, token):
            command = [str(programs / "mcp-inspector"), "--cli", url, "--transport", "http"]
            command += ["--header", f"Authorization: {token}", "--method"]
            asked = [["tools/list"]]
            for name, arguments in calls:
                given = [f"--tool-arg={k}={v}" for k, v in arguments.items()]
                asked.append(["tools/call", "--tool-name", name, *given])
            return [
                subprocess.run(
                    [*command, *one], env=environment, capture_output=True, text=True, check=False
                ).stdout
                for one in asked
            ]

    before = deployed.balances()[FROM]
    listed, balance, refused = play(calls=[["getBalance", {}], TRANSFER])
    assert sorted(tool["name"] for tool in json.loads(listed)["tools"]) == TOOLS
    assert "acc-maria-savings" in balance
    assert "CONFIRMATION_REQUIRED" in refused, refused
    assert deployed.balances()[FROM] == before
    _, made, bought = play("--client-asks", calls=[TRANSFER, purchase(deployed)])
    assert deployed.balances()[FROM] < before - Decimal("12.5"), made
    assert "purchase_id" in bought, bought


@contextmanager
def served(deployment: Deployment, *options: str) -> Iterator[tuple[str, str]]:
    """Run `centli mcp` by HTTP; give its address and the header of its token."""
    port = str(deployment.cloud.endpoint).rpartition(":")[2]
    command = [str(CENTLI), "mcp", "--port", port, "--http-port", str(free_port()), *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=without_settings()
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            token = process.stdout.readline().strip().partition(": ")[2]
            _wait_for(url)
            yield url, token
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=20)) as client:
        client.get(url)


def conformance(deployment: Deployment, *_: str) -> None:
    """Run the scenarios of the official suite that need no tools, prompts or resources of theirs.

    The suite sends no token, so the same application is served without the check of one.
    """
    programs, environment = packages()
    port = free_port()
    app = server_of(deployment, user_id="user-maria").streamable_http_app(
        streamable_http_path=PATH, host=HOST
    )
    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait_for(f"http://{HOST}:{port}{PATH}")
        for version, scenarios in SCENARIOS.items():
            for scenario, passed in scenarios.items():
                command = [str(programs / "conformance"), "server", "--scenario", scenario]
                command += ["--spec-version", version, "--url", f"http://{HOST}:{port}{PATH}"]
                done = subprocess.run(
                    command, env=environment, capture_output=True, text=True, check=False
                )
                assert f"Passed: {passed}," in done.stdout, done.stdout + done.stderr
                print(f"{version} {scenario}: {passed}", flush=True)
    finally:
        server.should_exit = True
        thread.join()


SCENARIOS = {
    "2026-07-28": {
        "tools-list": "4/4",
        "http-header-validation": "14/14",
        "dns-rebinding-protection": "2/2",
        "server-sse-multiple-streams": "1/1",
        "sep-2164-resource-not-found": "2/2",
        "input-required-result-validate-input": "3/3",
        "input-required-result-unsupported-methods": "2/2",
        "input-required-result-missing-input-response": "1/1",
        "input-required-result-ignore-extra-params": "1/1",
        "server-stateless": "21/25",
    },
    "2025-11-25": {
        "server-initialize": "3/3",
        "server-session-lifecycle": "3/3",
        "ping": "2/2",
        "tools-list": "3/3",
        "server-sse-multiple-streams": "2/2",
        "dns-rebinding-protection": "2/2",
    },
}
"""What each scenario is to pass; four checks of `server-stateless` call a tool of the suite."""


def main(name: str, *program: str) -> int:
    """Try a client against a stack of its own."""
    with LocalStack(free_port()) as stack:
        deployment = deploy_locally(stack.cloud(), parameters={"RequireConfirmation": "agents"})
        seed_all(deployment)
        CLIENTS[name](deployment, name, *program)
    print(f"{name}: all as it should be")
    return 0


CLIENTS: dict[str, Callable[..., None]] = {
    "strands": agent,
    "pydantic-ai": agent,
    "inspector": inspector,
    "conformance": conformance,
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
