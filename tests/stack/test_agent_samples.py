"""The sample events of agents, sent as their README says; the bus has a stack of its own."""

import json
from pathlib import Path

import pytest

from console.agent import invocation
from tests.support.deployed import Deployed

SAMPLES = sorted(Path("events/agent").glob("*.json"))
CONFIRMED = {"create_transfer", "create_purchase", "add_beneficiary"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_an_agent_sample_is_answered_by_the_function_of_its_group(
    deployed: Deployed, path: Path
) -> None:
    event = json.loads(path.read_text())

    asked, body = invocation.status_and_body(invocation.invoke(deployed.deployment, event))
    status, done = deployed.confirmed(event)

    assert asked == (428 if path.stem in CONFIRMED else 200), body
    assert status == 200, done
