"""`centli chat --aws`, with an account that is played by the local AWS, and a deployed agent."""

import subprocess
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from action_groups import group_names
from console.agent.invocation import invoke
from console.deployment import Deployment, deploy_locally
from console.local_stack import LocalStack
from console.ports import free_port
from console.seeds import seed_all
from tests.support.command import centli
from tests.support.deployed import Deployed
from tests.support.fake_bedrock_agent import AGENT_ID, ALIAS_ID, FakeBedrockAgent, Memory
from tests.support.fake_openai import Reply, call

MARIA, JUAN = "acc-maria-checking", "acc-juan-checking"


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployment]:
    with LocalStack(free_port()) as local:
        deployment = deploy_locally(local.cloud())
        seed_all(deployment)
        yield deployment


def chat(
    stack: Deployment, *arguments: str, agent: FakeBedrockAgent | None = None
) -> "subprocess.CompletedProcess[str]":
    environment = {
        "AWS_ENDPOINT_URL": str(stack.cloud.endpoint),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": stack.cloud.account,
        "AWS_SECRET_ACCESS_KEY": stack.cloud.secret,
    }
    if agent is not None:
        environment["AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME"] = agent.url
    return centli("chat", "--aws", *arguments, environment=environment)


def mind(memory: Memory) -> Reply:
    """Resolve the alias, transfer, and tell what became of it, as a model would."""
    kind, what = memory[-1]
    if kind == "user":
        return call("resolveAlias", alias="mi hermano")
    if kind == "resolveAlias":
        to_account = what["beneficiary"]["account_id"]
        return call("createTransfer", from_account=MARIA, to_account=to_account, amount=60)
    return Reply("No lo hice." if kind == "declined" else "Quedó hecha la transferencia.")


@pytest.fixture
def agent(stack: Deployment) -> Iterator[FakeBedrockAgent]:
    """An agent whose action groups are the deployed functions."""

    def function(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        return invoke(stack, event)

    with FakeBedrockAgent(
        mind, SimpleNamespace(handlers=dict.fromkeys(group_names(), function))
    ) as fake:
        yield fake
    assert fake.violations == []


def test_the_stack_of_an_account_is_talked_to_with_the_credentials_of_the_environment(
    stack: Deployment,
) -> None:
    shown = chat(stack, "-m", "¿cuánto tengo?")

    assert (shown.returncode, shown.stderr) == (0, "")
    assert "$48,000.00" in shown.stdout


def test_a_stack_that_the_account_does_not_have_is_named(stack: Deployment) -> None:
    shown = chat(stack, "-m", "¿cuánto tengo?", "--stack", "centli-prod")

    assert shown.returncode == 1
    assert "There is no stack `centli-prod`" in shown.stderr


def test_a_deployed_agent_transfers_once_it_is_confirmed(
    stack: Deployment, agent: FakeBedrockAgent
) -> None:
    deployed = Deployed(stack)
    before = deployed.balances()

    shown = chat(
        stack,
        *("--agent", f"{AGENT_ID}:{ALIAS_ID}"),
        *("--yes", "--yes-up-to", "60", "--yes-to", JUAN),
        *("-m", "Transfiere 60 pesos a mi hermano"),
        agent=agent,
    )

    after = deployed.balances()
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "¿Hago esta transferencia?" in shown.stdout
    assert "Quedó hecha la transferencia." in shown.stdout
    assert (before[MARIA] - after[MARIA], after[JUAN] - before[JUAN]) == (60, 60)
    attributes = agent.invocations[-1]["sessionAttributes"]
    assert attributes["user_id"] == "user-maria"
    assert attributes["confirmation"]


def test_a_deployed_agent_moves_nothing_that_is_not_confirmed(
    stack: Deployment, agent: FakeBedrockAgent
) -> None:
    deployed = Deployed(stack)
    before = deployed.balances()

    shown = chat(
        stack,
        *("--agent", f"{AGENT_ID}:{ALIAS_ID}"),
        *("-m", "Transfiere 60 pesos a mi hermano", "-m", "no"),
        agent=agent,
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "No lo hice." in shown.stdout
    assert deployed.balances() == before


def test_an_agent_that_is_not_there_is_a_sentence_and_an_exit_code(
    stack: Deployment, agent: FakeBedrockAgent
) -> None:
    shown = chat(stack, "--agent", "NOSUCHID99", "-m", "hola", agent=agent)

    assert shown.returncode == 5
    assert "agente" in shown.stdout
    assert "Traceback" not in shown.stdout + shown.stderr
