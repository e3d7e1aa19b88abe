"""Beneficiaries on the deployed stack: adding, the race for an alias, resolving and paging."""

from concurrent.futures import ThreadPoolExecutor

from tests.support.deployed import Deployed

PERSON = {"name": "Carlos Ramírez Soto", "account_id": "acc-carlos-checking"}


def test_a_beneficiary_that_an_agent_adds_is_resolved_and_announced(deployed: Deployed) -> None:
    with deployed.ear() as ear:
        status, body = deployed.call("addBeneficiary", alias="mi compadre", **PERSON)
        assert status == 200, body
        [event] = ear.wait_for(1, event_type="BENEFICIARY_ADDED")
    assert event["data"] == body

    status, resolution = deployed.call("resolveAlias", alias="a mi compadre")
    assert resolution["beneficiary"] == body["beneficiary"]


def test_of_many_who_add_one_alias_at_the_same_time_one_succeeds(deployed: Deployed) -> None:
    variants = ["Mi Vecina", "la vecina", "vecina", "VECINA", "mi vecina", "a mi vecina"]

    def add(alias: str) -> int:
        return deployed.call("addBeneficiary", alias=alias, **PERSON)[0]

    with ThreadPoolExecutor(len(variants)) as pool:
        statuses = sorted(pool.map(add, variants))

    assert statuses == [200] + [409] * (len(variants) - 1)


def test_an_alias_event_over_the_bus_is_answered(deployed: Deployed) -> None:
    with deployed.ear() as ear:
        correlation = deployed.publish("ALIAS_RESOLUTION_REQUEST", {"alias": "mi hermano"})
        [reply] = ear.wait_for(
            1, event_type="ALIAS_RESOLUTION_RESPONSE", correlation_id=correlation
        )

    assert reply["data"]["beneficiary"]["account_id"] == "acc-juan-checking"


def test_pages_of_beneficiaries_hold_each_once_and_are_the_owners_alone(
    deployed: Deployed,
) -> None:
    seen: list[str] = []
    token: dict[str, str] = {}
    while True:
        status, page = deployed.call("listBeneficiaries", limit="2", **token)
        assert status == 200, page
        seen += [b["beneficiary_id"] for b in page["beneficiaries"]]
        if page.get("next_token") is None:
            break
        token = {"next_token": page.get("next_token")}

    assert len(seen) == len(set(seen)) >= 4
    assert deployed.call("listBeneficiaries", user_id="user-juan", **token)[0] == 404
