"""resolveAlias: what the operation answers; whom a phrase means is tested on its own."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.world import World

BROTHER = {
    "beneficiary_id": "ben-1",
    "name": "Juan López García",
    "alias": "mi hermano",
    "account_id": "acc-juan",
    "relationship": "brother",
}


def resolved(bank: World, alias: str, **how: Any) -> dict[str, Any]:
    status, body = bank.call("resolveAlias", alias=alias, **how)
    assert status == 200
    assert set(body) - {"beneficiary"} == {"match", "candidates"}
    if "beneficiary" in body:
        assert body["match"] in ("exact", "fuzzy")
    else:
        assert body["match"] in ("ambiguous", "none")
    return body


@pytest.fixture
def people(bank: World) -> World:
    bank.beneficiary("user-maria", "ben-1", "mi hermano")
    bank.beneficiary(
        "user-maria",
        "ben-2",
        "Lupita",
        name="Guadalupe Pérez",
        relationship="friend",
        account_id="acc-lupita",
    )
    return bank


@pytest.mark.parametrize("alias", ["mi hermano", "Mi Hermano", "hermano", "a mi hermano"])
def test_an_alias_that_is_sure_names_one_person(people: World, alias: str) -> None:
    body = resolved(people, alias)
    assert body["beneficiary"] == BROTHER
    assert body["candidates"] == [BROTHER | {"score": body["candidates"][0]["score"]}]
    assert 0 < body["candidates"][0]["score"] <= 1


def test_a_phrase_that_names_nobody_names_nobody(people: World) -> None:
    assert resolved(people, "el rey de Suecia") == {
        "match": "none",
        "candidates": [],
    }


def test_two_people_of_one_alias_are_asked_about(people: World) -> None:
    people.beneficiary("user-maria", "ben-3", "mi hermano", name="Pedro López García")
    body = resolved(people, "mi hermano")
    assert body["match"] == "ambiguous"
    assert {c["beneficiary_id"] for c in body["candidates"]} == {"ben-1", "ben-3"}


@pytest.mark.parametrize("user_id", ["user-juan", "user-nobody"])
def test_nobody_elses_beneficiaries_are_found(people: World, user_id: str) -> None:
    assert resolved(people, "mi hermano", user_id=user_id)["match"] == "none"


def test_the_same_alias_means_each_customers_own_person(people: World) -> None:
    people.beneficiary("user-juan", "ben-9", "mi hermano", account_id="acc-other")
    mine = resolved(people, "mi hermano")["beneficiary"]
    theirs = resolved(people, "mi hermano", user_id="user-juan")["beneficiary"]
    assert (mine["account_id"], theirs["account_id"]) == ("acc-juan", "acc-other")


def test_an_empty_list_names_nobody(bank: World) -> None:
    assert resolved(bank, "mi hermano")["match"] == "none"


@pytest.mark.parametrize("lacking", ["name", "relationship", "alias_lower", "created_at"])
def test_items_of_another_script_that_lack_an_attribute_are_found_by_their_alias(
    bank: World, lacking: str
) -> None:
    item = {
        "user_id": "user-maria",
        "beneficiary_id": "ben-1",
        "name": "Juan López García",
        "alias": "Juancho",
        "alias_lower": "juancho",
        "account_id": "acc-juan",
        "relationship": "brother",
        "created_at": "2026-01-01T00:00:00Z",
    }
    bank.put("beneficiaries", **{k: v for k, v in item.items() if k != lacking})
    assert resolved(bank, "juancho")["beneficiary"]["account_id"] == "acc-juan"


def test_an_item_without_alias_does_no_harm(people: World) -> None:
    people.put("beneficiaries", user_id="user-maria", beneficiary_id="x", account_id="acc-x")
    assert resolved(people, "mi hermano")["beneficiary"] == BROTHER


@pytest.mark.parametrize("alias", ["!!!", "🏠", "-", "%", "'; DROP TABLE", "{}", "0" * 140])
def test_a_phrase_of_no_words_names_nobody(people: World, alias: str) -> None:
    assert "beneficiary" not in resolved(people, alias)


def test_many_candidates_are_a_few(bank: World) -> None:
    for number in range(40):
        bank.beneficiary("user-maria", f"ben-{number}", f"hermano {number}", name=f"Juan {number}")
    body = resolved(bank, "Juan")
    assert body["match"] == "ambiguous"
    assert 1 < len(body["candidates"]) <= 5


def test_the_bus_is_answered_with_the_same_person(people: World) -> None:
    reply = people.send("crm", "ALIAS_RESOLUTION_REQUEST", {"alias": "mi hermano"})
    assert (reply["event_type"], reply["source"]) == ("ALIAS_RESOLUTION_RESPONSE", "crm")
    assert reply["data"] == resolved(people, "mi hermano")
    assert people.bus.envelopes == [reply]
    assert people.items("requests") == []


def test_who_is_stored_under_a_phrase_that_is_not_their_alias_is_asked_about(people: World) -> None:
    people.beneficiary("user-maria", "ben-3", "Pedro", name="Pedro Paz", alias_lower="mi hermano")
    body = resolved(people, "mi hermano")
    assert body["match"] == "ambiguous"
    assert {who["beneficiary_id"] for who in body["candidates"]} == {"ben-1", "ben-3"}


@pytest.mark.parametrize(("others", "match"), [(499, "exact"), (500, "ambiguous")])
def test_everybody_who_may_be_meant_is_read_in_one_query(
    bank: World, others: int, match: str
) -> None:
    for number in range(others):
        word = f"contacto{number}"
        who = {"name": f"Persona {word}", "relationship": "friend"}
        bank.beneficiary("user-maria", f"ben-{number:03}", word, **who)
    bank.beneficiary("user-maria", "ben-250-b", "mi hermano")
    made: list[Any] = []

    def note(operation: str, arguments: Any, do: Callable[[Any], Any]) -> Any:
        made.append((operation, arguments["ConsistentRead"]))
        return do(arguments)

    bank.client.around = note
    body = resolved(bank, "mi hermano")
    assert made == [("Query", True)]
    assert body["match"] == match
    assert [who["beneficiary_id"] for who in body["candidates"]] == ["ben-250-b"]
