"""The sample events, sent as their README says."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.agent import invocation
from tests.support.deployed import Deployed

EVENTS = Path("events")
BUS_FUNCTIONS = {
    "balance_query": "centli-core-banking-balance",
    "transfer_request": "centli-core-banking-transfer",
    "payment_request": "centli-core-banking-transfer",
    "transactions_query": "centli-core-banking-transactions",
    "catalog_query": "centli-marketplace-catalog",
    "benefits_query": "centli-marketplace-benefits",
    "purchase_request": "centli-marketplace-purchase",
    "alias_resolution_request": "centli-crm-resolve-alias",
    "beneficiaries_query": "centli-crm-get-beneficiaries",
    "add_beneficiary_request": "centli-crm-add-beneficiary",
}
SUCCESSES = {
    "balance_query": "BALANCE_RESPONSE",
    "transfer_request": "TRANSFER_COMPLETED",
    "payment_request": "PAYMENT_COMPLETED",
    "transactions_query": "TRANSACTIONS_RESPONSE",
    "catalog_query": "CATALOG_RESPONSE",
    "benefits_query": "BENEFITS_RESPONSE",
    "purchase_request": "PURCHASE_CONFIRMED",
    "alias_resolution_request": "ALIAS_RESOLUTION_RESPONSE",
    "beneficiaries_query": "BENEFICIARIES_RESPONSE",
    "add_beneficiary_request": "BENEFICIARY_ADDED",
}


def load(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.mark.parametrize("path", sorted((EVENTS / "agent").glob("*.json")), ids=lambda p: p.stem)
def test_an_agent_sample_is_answered_by_the_function_of_its_group(
    deployed: Deployed, path: Path
) -> None:
    status, body = invocation.status_and_body(invocation.invoke(deployed.deployment, load(path)))

    assert status == 200, body


@pytest.mark.parametrize("name", BUS_FUNCTIONS)
def test_a_delivered_sample_is_answered_by_the_function_of_its_rule(
    deployed: Deployed, name: str
) -> None:
    reply = deployed.invoke(BUS_FUNCTIONS[name], load(EVENTS / "delivered" / f"{name}.json"))

    first = "PAYMENT_REQUEST" if name == "purchase_request" else SUCCESSES[name]
    assert reply["event_type"] == first, reply


@pytest.mark.parametrize("name", ["payment_completed", "payment_failed"])
def test_a_sample_of_a_payments_answer_leaves_the_seeded_purchase_as_it_was(
    deployed: Deployed, name: str
) -> None:
    event = load(EVENTS / "delivered" / f"{name}.json")

    answer = deployed.invoke("centli-marketplace-purchase", event)

    assert answer["purchase_id"] == event["detail"]["data"]["purchase_id"]
    assert answer["status"] == "completed"


def test_the_samples_for_put_events_are_answered_on_the_bus(deployed: Deployed) -> None:
    events = deployed.cloud.client("events")
    with deployed.ear() as ear:
        for name, success in SUCCESSES.items():
            entries = load(EVENTS / "put" / f"{name}.json")
            assert events.put_events(Entries=entries)["FailedEntryCount"] == 0
            correlation = json.loads(entries[0]["Detail"])["correlation_id"]
            ear.wait_for(1, event_type=success, correlation_id=correlation)


def test_the_file_of_the_specifications_put_events_command_is_answered(deployed: Deployed) -> None:
    entries = load(EVENTS / "transfer_request.json")
    correlation = json.loads(entries[0]["Detail"])["correlation_id"]
    with deployed.ear() as ear:
        deployed.cloud.client("events").put_events(Entries=entries)
        ear.wait_for(1, event_type="TRANSFER_COMPLETED", correlation_id=correlation)
