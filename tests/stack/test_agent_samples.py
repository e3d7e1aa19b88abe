"""The sample events of agents, sent as their README says; the bus has a stack of its own."""

import json
from pathlib import Path

import pytest

from console.agent import invocation
from tests.support.deployed import Deployed

SAMPLES = sorted(Path("events/agent").glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_an_agent_sample_is_answered_by_the_function_of_its_group(
    deployed: Deployed, path: Path
) -> None:
    event = json.loads(path.read_text())

    status, body = invocation.status_and_body(invocation.invoke(deployed.deployment, event))

    assert status == 200, body
