"""addBeneficiary and listBeneficiaries through both front doors."""

from typing import Any

import pytest

from action_groups.crm.store import MAX_BENEFICIARIES
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after, in_table
from tests.support.world import World

NEW = {
    "name": "Guadalupe Pérez Ruiz",
    "alias": "Mi Compañera Lupita",
    "account_id": "acc-juan",
    "relationship": "friend",
}


def add(bank: World, **changes: Any) -> tuple[int, dict[str, Any]]:
    return bank.call("addBeneficiary", **NEW | changes)


def code_of(answered: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answered[0], answered[1]["error"]["code"]


class TestAdding:
    def test_a_beneficiary_is_stored_with_the_attributes_of_the_spec_and_answered(
        self, bank: World
    ) -> None:
        status, body = add(bank)

        assert status == 200
        [stored] = bank.items("beneficiaries")
        [request] = bank.records()
        assert stored == {
            **NEW,
            "user_id": "user-maria",
            "beneficiary_id": body["beneficiary"]["beneficiary_id"],
            "alias_lower": "mi compañera lupita",
            "created_at": "2026-11-22T15:00:00.000Z",
            "door": "agent",
            "correlation_id": request["correlation_id"],
            "request_key": request["request_id"],
        }
        assert body["beneficiary"] == {**NEW, "beneficiary_id": stored["beneficiary_id"]}

    def test_the_bus_publishes_that_it_was_added(self, bank: World) -> None:
        reply = bank.send("crm", "ADD_BENEFICIARY_REQUEST", NEW)
        assert bank.run_relay() == [reply]
        assert (reply["event_type"], reply["source"]) == ("BENEFICIARY_ADDED", "crm")
        assert reply["data"]["beneficiary"]["alias"] == NEW["alias"]

    def test_what_was_added_is_found_and_can_be_paid(self, bank: World) -> None:
        add(bank)
        _, found = bank.call("resolveAlias", alias="a mi compañera lupita")
        assert found["match"] == "exact"
        status, _ = bank.call(
            "createTransfer",
            from_account="acc-maria",
            to_account=found["beneficiary"]["account_id"],
            amount="1",
        )
        assert status == 200
        assert bank.balance("acc-juan") == 51

    def test_the_relationship_may_be_left_out(self, bank: World) -> None:
        arguments = {name: value for name, value in NEW.items() if name != "relationship"}
        status, body = bank.call("addBeneficiary", **arguments)
        assert status == 200
        assert "relationship" not in body["beneficiary"]
        [stored] = bank.items("beneficiaries")
        assert "relationship" not in stored

    @pytest.mark.parametrize(
        "alias",
        [
            "Mi Compañera Lupita",
            "mi compañera lupita",
            "MI COMPANERA LUPITA",
            "compañera Lupita",
            "la compañera lupita",
            "a mi compañera   lupita",
            "mi compan\u0303era lupita",
            "Mi compañera, Lupita",
        ],
    )
    def test_an_alias_that_sounds_like_another_is_taken(self, bank: World, alias: str) -> None:
        add(bank)
        assert code_of(add(bank, alias=alias, name="Otra Persona")) == (409, "ALIAS_TAKEN")
        assert len(bank.items("beneficiaries")) == 1

    def test_an_alias_that_another_script_stored_is_taken_too(self, bank: World) -> None:
        bank.beneficiary("user-maria", "ben-of-a-script", "Compañera Lupita", relationship="x")
        assert code_of(add(bank)) == (409, "ALIAS_TAKEN")

    def test_another_customers_alias_is_free(self, bank: World) -> None:
        bank.beneficiary("user-juan", "ben-1", NEW["alias"])
        assert add(bank)[0] == 200

    def test_two_additions_of_one_alias_at_once_add_one(self, bank: World) -> None:
        others: list[Any] = []
        other = {"name": "Lupita Otra", "alias": "la companera lupita"}
        bank.connect(
            ScriptedDatabase(bank.client, [after(lambda: others.append(add(bank, **other)))])
        )
        assert code_of(add(bank)) == (409, "ALIAS_TAKEN")
        assert others[0][0] == 200
        assert len(bank.items("beneficiaries")) == 1

    def test_without_the_condition_on_the_beneficiary_the_first_would_be_lost(
        self, bank: World
    ) -> None:
        other = {"name": "Lupita Otra", "alias": "la companera lupita"}
        bank.connect(
            CarelessDatabase(
                bank.client, in_table("beneficiaries"), [after(lambda: add(bank, **other))]
            )
        )
        assert add(bank)[0] == 200, "both requests are told that theirs was added"
        assert len(bank.items("beneficiaries")) == 1

    @pytest.mark.parametrize(
        "alias", ["mi", "la", "a", "!!!", "...", "🏠", "todos", "nadie", "🙂 🙂"]
    )
    def test_an_alias_that_names_nobody_is_refused(self, bank: World, alias: str) -> None:
        assert code_of(add(bank, alias=alias)) == (422, "ALIAS_REFUSED")
        assert bank.items("beneficiaries") == []

    @pytest.mark.parametrize("field", ["name", "alias", "relationship"])
    @pytest.mark.parametrize("text", ["Lupita (trabajo)", "«Lupita»", "Lupita acc-juan-checking"])
    def test_no_text_looks_like_the_banks_own(self, bank: World, field: str, text: str) -> None:
        status, body = add(bank, **{field: text})
        assert (status, body["error"]["code"]) == (400, "INVALID_REQUEST")
        assert f"`{field}` must not have " in body["error"]["message"]
        assert bank.items("beneficiaries") == []

    def test_an_alias_that_is_another_beneficiarys_name_is_refused(self, bank: World) -> None:
        bank.beneficiary("user-maria", "ben-1", "hermano", name="Juan López García")
        status, code = code_of(
            add(bank, alias="Juan López García", name="Pedro Ruiz", account_id="acc-maria")
        )
        assert (status, code) == (422, "ALIAS_REFUSED")

    @pytest.mark.parametrize("alias", ["mi mamá", "jefecita", "Lupita", "Guadalupe Ruis"])
    def test_an_alias_by_which_somebody_else_is_found_is_taken(
        self, bank: World, alias: str
    ) -> None:
        known = {"name": "Guadalupe Ruiz", "relationship": "mother", "account_id": "acc-juan"}
        bank.beneficiary("user-maria", "ben-1", "viejita", **known)
        bank.account("user-eva", "acc-eva", "0.00")
        other = {"name": "Eva Paz", "relationship": "tía", "account_id": "acc-eva", "alias": alias}
        assert bank.call("resolveAlias", alias=alias)[1]["match"] == "fuzzy"
        assert add(bank, **other)[0] in {409, 422}
        assert bank.call("resolveAlias", alias=alias)[1]["beneficiary"]["account_id"] == "acc-juan"

    def test_who_is_found_by_an_alias_may_be_called_so_too(self, bank: World) -> None:
        known = {"name": "Juan López García", "relationship": "brother"}
        bank.beneficiary("user-maria", "ben-1", "mi hermano", **known)
        assert add(bank, alias="mi carnal", account_id="acc-juan", **known)[0] == 200

    def test_the_account_must_exist(self, bank: World) -> None:
        assert code_of(add(bank, account_id="acc-nobody")) == (404, "ACCOUNT_NOT_FOUND")
        assert bank.items("beneficiaries") == []

    @pytest.mark.parametrize("wrong", [{"status": "blocked"}, {"currency": "USD"}], ids=str)
    def test_an_account_that_takes_no_transfer_is_told_from_none_by_nothing(
        self, bank: World, wrong: dict[str, str]
    ) -> None:
        bank.account("user-eva", "acc-eva", "0.00", **wrong)
        assert add(bank, account_id="acc-eva") == add(bank, account_id="acc-nobody")
        assert bank.items("beneficiaries") == []

    def test_ones_own_account_may_be_named_whatever_its_state(self, bank: World) -> None:
        bank.account("user-maria", "acc-maria-old", "0.00", status="inactive")
        assert add(bank, account_id="acc-maria-old")[0] == 200

    def test_a_refusal_is_published_with_its_request(self, bank: World) -> None:
        bank.send("crm", "ADD_BENEFICIARY_REQUEST", NEW | {"account_id": "acc-nobody"})
        [published] = bank.run_relay()
        assert published["event_type"] == "ADD_BENEFICIARY_FAILED"
        assert published["data"].pop("error")["code"] == "ACCOUNT_NOT_FOUND"
        assert published["data"] == NEW | {"account_id": "acc-nobody"}

    def test_the_same_delivery_again_is_no_second_beneficiary_and_no_refusal(
        self, bank: World
    ) -> None:
        first = bank.send("crm", "ADD_BENEFICIARY_REQUEST", NEW)
        again = bank.send("crm", "ADD_BENEFICIARY_REQUEST", NEW)
        assert again["data"] == first["data"]
        assert len(bank.items("beneficiaries")) == 1

    def test_there_is_a_most_that_a_customer_may_have(
        self, bank: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        module = "action_groups.crm.operations.add_beneficiary.MAX_BENEFICIARIES"
        monkeypatch.setattr(module, 2)
        for number, alias in enumerate(("el plomero", "el jardinero")):
            bank.beneficiary("user-maria", f"ben-{number}", alias, relationship="service")
        assert code_of(add(bank)) == (409, "TOO_MANY_BENEFICIARIES")
        assert add(bank, alias="otra")[0] != 200
        assert MAX_BENEFICIARIES == 500


class TestListing:
    def test_all_are_listed_and_nobody_elses(self, bank: World) -> None:
        bank.beneficiary("user-maria", "ben-2", "mi hermana")
        bank.beneficiary("user-maria", "ben-1", "mi hermano")
        bank.beneficiary("user-juan", "ben-3", "mi hermana")
        status, body = bank.call("listBeneficiaries")
        assert status == 200
        assert body == {
            "beneficiaries": [
                {
                    "beneficiary_id": beneficiary_id,
                    "name": "Juan López García",
                    "alias": alias,
                    "account_id": "acc-juan",
                    "relationship": "brother",
                }
                for beneficiary_id, alias in (("ben-1", "mi hermano"), ("ben-2", "mi hermana"))
            ],
        }

    @pytest.mark.parametrize("limit", ["1", "3", "6", "7", "50"])
    def test_pages_make_up_the_whole_list(self, bank: World, limit: str) -> None:
        for number in range(7):
            bank.beneficiary("user-maria", f"ben-{number}", f"alias {number}")
        found: list[str] = []
        token: dict[str, str] = {}
        for _ in range(8):
            status, body = bank.call("listBeneficiaries", limit=limit, **token)
            assert (status, len(body["beneficiaries"]) <= int(limit)) == (200, True)
            found += [b["beneficiary_id"] for b in body["beneficiaries"]]
            if body.get("next_token") is None:
                break
            token = {"next_token": body.get("next_token")}
        assert found == [f"ben-{number}" for number in range(7)]

    def test_somebody_elses_token_is_not_found(self, bank: World) -> None:
        for user_id in ("user-maria", "user-juan"):
            for number in range(3):
                bank.beneficiary(user_id, f"ben-{number}", f"alias {number}")
        token = bank.call("listBeneficiaries", limit="1")[1]["next_token"]
        answered = bank.call("listBeneficiaries", user_id="user-juan", limit="1", next_token=token)
        assert code_of(answered) == (404, "PAGE_TOKEN_NOT_FOUND")

    def test_items_with_less_than_the_spec_are_listed(self, bank: World) -> None:
        bank.put(
            "beneficiaries", user_id="user-maria", beneficiary_id="ben-1", account_id="acc-juan"
        )
        _, body = bank.call("listBeneficiaries")
        assert body["beneficiaries"] == [
            {
                "beneficiary_id": "ben-1",
                "name": "",
                "alias": "",
                "account_id": "acc-juan",
            }
        ]

    def test_one_from_before_whose_text_looks_like_the_banks_is_listed_and_found(
        self, bank: World
    ) -> None:
        bank.beneficiary("user-maria", "ben-1", "Lupita (trabajo)", name="«Guadalupe» acc-juan")
        _, listed = bank.call("listBeneficiaries")
        _, found = bank.call("resolveAlias", alias="lupita (trabajo)")
        assert found["beneficiary"] == listed["beneficiaries"][0]
        assert found["beneficiary"]["name"] == "«Guadalupe» acc-juan"

    def test_the_bus_is_answered_with_the_same_list(self, bank: World) -> None:
        bank.beneficiary("user-maria", "ben-1", "mi hermano")
        reply = bank.send("crm", "BENEFICIARIES_QUERY", {})
        assert reply["event_type"] == "BENEFICIARIES_RESPONSE"
        assert reply["data"] == bank.call("listBeneficiaries")[1]
