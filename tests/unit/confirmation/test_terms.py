"""Terms of a change are shown before it is done, and again where they changed before the yes."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.kept_terms import contradictions, is_as_signed
from shared.changes import Stamp
from shared.confirmation import Proof, Terms, terms_on
from shared.dynamodb import serialize
from shared.operations import Operation
from tests.support.arguments import OPERATIONS
from tests.support.doors import BY_ID, DOORS, USER, Door, at_agent, everything, right, settings
from tests.support.tables import PREFIX
from tests.support.world import World

# --- The two decisions -----------------------------------------------------------------------


def test_every_change_that_agents_can_ask_for_is_confirmed() -> None:
    changes = {o.operation_id for o in OPERATIONS if o.changes and o.path}
    assert set(BY_ID) == changes >= {"createTransfer", "createPurchase", "addBeneficiary"}


def test_without_a_proof_the_terms_are_shown_and_nothing_is_written(
    bank: World, operation: Operation, door: Door
) -> None:
    before = everything(bank)
    code, body = door(bank, operation, **right(operation))
    assert code == "CONFIRMATION_REQUIRED"
    shown = body["confirmation"]
    assert shown["operation"] == operation.operation_id
    assert shown["request_id"] == "request-1"
    assert shown["expires_at"] == "2026-11-22T15:10:00.000Z"
    assert set(shown["terms"]) <= set(operation.terms_model.model_fields)  # type: ignore[union-attr]
    assert not any(blank in shown["challenge"] for blank in " \t\n")
    assert everything(bank) == before


def test_with_the_proof_it_is_done_and_the_record_names_the_yes(
    bank: World, operation: Operation, door: Door
) -> None:
    _, asked = door(bank, operation, **right(operation))
    proof = bank.proof(asked)
    code, _ = door(bank, operation, proof=proof, **right(operation))
    assert code is None
    [record] = bank.records()
    parsed = Proof.parse(proof)
    assert parsed is not None
    assert record["confirmation_id"] == parsed.confirmation_id
    assert record["terms_digest"] == parsed.terms_digest
    assert DOORS[record["door"]] is door
    confirmed = {name: record[name] for name in ("door", "confirmation_id", "terms_digest")}
    owed = [confirmed] if operation.event_type else []
    assert [event["confirmed"] for event in bank.run_relay()] == owed


def test_the_payment_of_a_purchase_and_its_end_name_the_yes_too(bank: World) -> None:
    operation = BY_ID["createPurchase"]
    _, asked = at_agent(bank, operation, **right(operation))
    at_agent(bank, operation, proof=bank.proof(asked), **right(operation))
    [request] = bank.run_relay()
    paid = bank.deliver("core_banking", "PAYMENT_REQUEST", request)
    ended = bank.deliver("marketplace", "PAYMENT_COMPLETED", paid)
    assert request["confirmed"] == paid["confirmed"] == ended["confirmed"]


@pytest.mark.parametrize("asks", ["always", "never"])
def test_terms_and_warnings_are_made_where_a_person_is_shown_them(
    bank: World, operation: Operation, asks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They cost, and no operation has to remember it."""
    made: list[str] = []

    def told(self: Stamp, terms: Callable[[], Any], warnings: Callable[[], Any] = tuple) -> Any:
        def warned() -> Any:
            made.append("warnings")
            return warnings()

        return shown(self, terms, warned)

    def initialised(self: Terms, **fields: Any) -> None:
        made.append(type(self).__name__)
        init(self, **fields)

    shown, init = Stamp.shown, Terms.__init__
    monkeypatch.setattr(Stamp, "shown", told)
    monkeypatch.setattr(Terms, "__init__", initialised)
    bank.rebuild(settings=settings(require_confirmation=asks))
    at_agent(bank, operation, **right(operation))
    assert operation.terms_model is not None
    assert made == ([operation.terms_model.__name__, "warnings"] if asks == "always" else [])


def test_the_terms_on_record_are_those_that_were_shown_each_text_kept_once(
    bank: World, operation: Operation, door: Door
) -> None:
    _, asked = door(bank, operation, **right(operation))
    door(bank, operation, proof=bank.proof(asked), **right(operation))
    tables = ("transactions", "purchases", "beneficiaries", "accounts")
    items = [item for table in tables for item in bank.items(table)]
    found = [item for item in items if "terms" in item]
    assert bool(found) == any("door" in item for item in items)  # with the trail, if it is kept
    for kept in found:
        assert terms_on(kept) == asked["confirmation"]["terms"]
        assert is_as_signed(kept)
        name = next(iter(kept["terms"]))
        said = {**kept, "terms": {**kept["terms"], name: None}}
        assert not is_as_signed({**said, name: "another"})  # the control


def test_the_terms_of_a_transfer_are_what_the_bank_knows(bank: World) -> None:
    _, body = at_agent(bank, BY_ID["createTransfer"], **right(BY_ID["createTransfer"]))
    assert body["confirmation"]["terms"] == {
        "from_account": "acc-maria-checking",
        "to_account": "acc-juan-checking",
        "to_holder": "Juan L*** G***",
        "amount": Decimal("100.5"),
        "currency": "MXN",
        "description": "Cena",
    }
    assert body["confirmation"]["left_today"] == 12800
    assert body["confirmation"]["warnings"] == []


def test_the_terms_of_a_purchase_have_the_total_and_the_figures_of_its_benefit(bank: World) -> None:
    _, body = at_agent(bank, BY_ID["createPurchase"], **right(BY_ID["createPurchase"]))
    assert body["confirmation"]["terms"] == {
        "product_name": "Televisor HD de 32 pulgadas",
        "retailer_name": "Electrónica Azteca",
        "retailer_id": "retailer-electronica-azteca",
        "quantity": 1,
        "unit_price": 3799,
        "total_amount": 3799,
        "account_id": "acc-maria-credit",
        "benefit": "MSI-12",
        "months": 12,
        "monthly_payment": Decimal("316.58"),
        "last_payment": Decimal("316.62"),
    }


def test_the_terms_of_a_beneficiary_have_the_true_holder(bank: World) -> None:
    operation = BY_ID["addBeneficiary"]
    _, body = at_agent(bank, operation, **right(operation) | {"name": "Juan López García"})
    assert body["confirmation"]["terms"] == {
        "name": "Juan López García",
        "alias": "mi compadre",
        "relationship": "compadre",
        "account_id": "acc-carlos-checking",
        "holder": "Carlos R*** S***",
    }
    assert [w["code"] for w in body["confirmation"]["warnings"]] == ["NAME_DIFFERS"]


def test_what_would_be_refused_is_said_before_anybody_is_asked_and_not_recorded(
    bank: World, door: Door
) -> None:
    before = everything(bank)
    wanted = right(BY_ID["createTransfer"]) | {"amount": 9_999_999}
    code, body = door(bank, BY_ID["createTransfer"], **wanted)
    assert code == "INSUFFICIENT_FUNDS"
    assert "confirmation" not in body
    assert everything(bank) == before
    bank.account(USER, "acc-maria-checking", "99999999.00", version=7)
    assert door(bank, BY_ID["createTransfer"], **wanted)[0] == "LIMIT_EXCEEDED"


def test_a_purchase_that_the_account_cannot_pay_is_not_offered(bank: World, door: Door) -> None:
    operation = BY_ID["createPurchase"]
    bank.account(USER, "acc-maria-poor", "3798.99")
    wanted = {"product_id", "retailer_id", "quantity", "unit_price"}
    poor = {name: right(operation)[name] for name in wanted} | {"account_id": "acc-maria-poor"}
    before = everything(bank)
    assert door(bank, operation, request_id="poor", **poor)[0] == "INSUFFICIENT_FUNDS"
    assert everything(bank) == before
    bank.account(USER, "acc-maria-poor", "3799.00")
    code, _ = door(bank, operation, request_id="poor", **poor)
    assert code == "CONFIRMATION_REQUIRED"


def test_a_purchase_whose_payment_would_be_refused_is_not_offered(bank: World, door: Door) -> None:
    operation = BY_ID["createPurchase"]
    wanted = {"product_id", "retailer_id", "quantity", "unit_price"}
    order = {name: right(operation)[name] for name in wanted} | {"account_id": "acc-dollars"}
    bank.account(USER, "acc-dollars", "9999.00", currency="USD")
    assert door(bank, operation, request_id="one", **order)[0] == "CURRENCY_MISMATCH"

    bank.account(USER, "acc-dollars", "9999.00")
    bank.retailer(USER, "María vende")
    bank.product("prod-own", retailer_id=USER, price=Decimal("3799.00"))
    own = order | {"product_id": "prod-own", "retailer_id": USER}
    assert door(bank, operation, request_id="two", **own)[0] == "SAME_ACCOUNT"


def test_a_refusal_after_the_yes_is_recorded_and_final(bank: World, door: Door) -> None:
    operation = BY_ID["createTransfer"]
    _, asked = door(bank, operation, **right(operation))
    proof = bank.proof(asked)
    bank.account(USER, "acc-maria-checking", "1.00", version=7)
    assert door(bank, operation, proof=proof, **right(operation))[0] == "INSUFFICIENT_FUNDS"
    bank.account(USER, "acc-maria-checking", "5000.00", version=8)
    assert door(bank, operation, proof=proof, **right(operation))[0] == "INSUFFICIENT_FUNDS"
    assert door(bank, operation, **right(operation))[0] == "INSUFFICIENT_FUNDS", "asked again"
    assert bank.balance("acc-maria-checking") == 5000


def test_whatever_is_asked_for_is_shown(operation: Operation) -> None:
    assert operation.terms_model is not None
    shown = set(operation.terms_model.model_fields)
    by_name = {name.removesuffix("_name") + "_id" for name in shown if name.endswith("_name")}
    assert set(operation.request_model.model_fields) <= shown | by_name


# --- What changed between the terms and the yes ----------------------------------------------


def _holder(bank: World) -> None:
    for table, key in (("accounts", {"user_id": "user-juan", "account_id": "acc-juan-checking"}),):
        bank.client.update_item(
            TableName=f"{PREFIX}-{table}",
            Key=serialize(key),
            UpdateExpression="SET holder_name = :name",
            ExpressionAttributeValues=serialize({":name": "Pedro Páramo"}),
        )


def _product(bank: World, expression: str, **values: Any) -> None:
    arguments = right(BY_ID["createPurchase"])
    bank.client.update_item(
        TableName=f"{PREFIX}-products",
        Key=serialize({name: arguments[name] for name in ("product_id", "retailer_id")}),
        UpdateExpression=expression,
        ExpressionAttributeValues=serialize({f":{name}": value for name, value in values.items()}),
    )


def test_another_holder_than_the_one_shown_is_shown_again(bank: World, door: Door) -> None:
    operation = BY_ID["createTransfer"]
    _, asked = door(bank, operation, **right(operation))
    _holder(bank)
    before = everything(bank)
    code, body = door(bank, operation, proof=bank.proof(asked), **right(operation))
    assert code == "TERMS_CHANGED"
    assert body["confirmation"]["terms"]["to_holder"] == "Pedro P***"
    assert everything(bank) == before
    assert door(bank, operation, proof=bank.proof(body), **right(operation))[0] is None


def test_another_price_or_cashback_than_the_one_shown_is_not_bought(
    bank: World, door: Door
) -> None:
    operation = BY_ID["createPurchase"]
    wanted = {
        name: value
        for name, value in right(operation).items()
        if name not in {"benefit", "months", "monthly_payment", "last_payment"}
    } | {"benefit": "cashback"}
    _product(bank, "SET benefits = :benefits", benefits=["5% cashback"])
    _, asked = door(bank, operation, **wanted)
    assert asked["confirmation"]["terms"]["cashback"] == Decimal("189.95")
    _product(bank, "SET benefits = :benefits", benefits=["4% cashback"])
    code, body = door(bank, operation, proof=bank.proof(asked), **wanted)
    assert code == "TERMS_CHANGED"
    assert body["confirmation"]["terms"]["cashback"] == Decimal("151.96")
    _product(bank, "SET price = :price", price=Decimal("3800.00"))
    assert door(bank, operation, proof=bank.proof(body), **wanted)[0] == "PRICE_CHANGED"


def test_a_shop_that_only_has_the_name_of_the_one_shown_is_not_bought_from(
    bank: World, door: Door
) -> None:
    """The customer need not name the shop when one alone sells the product."""
    operation = BY_ID["createPurchase"]
    wanted = {name: right(operation)[name] for name in ("product_id", "account_id", "unit_price")}
    _, asked = door(bank, operation, **wanted)
    [product] = [p for p in bank.items("products") if p["product_id"] == wanted["product_id"]]
    place = {name: product[name] for name in ("product_id", "retailer_id")}
    bank.client.delete_item(TableName=f"{PREFIX}-products", Key=serialize(place))
    bank.put("products", **product | {"retailer_id": "retailer-otra"})
    bank.retailer("retailer-otra", asked["confirmation"]["terms"]["retailer_name"])

    code, body = door(bank, operation, proof=bank.proof(asked), **wanted)

    assert code == "TERMS_CHANGED"
    assert body["confirmation"]["terms"]["retailer_id"] == "retailer-otra"


def test_a_product_of_whose_name_a_card_can_show_nothing_is_shown_by_its_id(
    bank: World, door: Door
) -> None:
    operation = BY_ID["createPurchase"]
    bank.put(
        "products",
        **next(
            p for p in bank.items("products") if p["product_id"] == right(operation)["product_id"]
        )
        | {"name": "«acc-1234»"},
    )
    for retailer in bank.items("retailers"):
        bank.put("retailers", **retailer | {"name": "«acc-1234»"})
    _, asked = door(bank, operation, **right(operation))
    assert asked["confirmation"]["terms"]["product_name"] == right(operation)["product_id"]
    assert "retailer_name" not in asked["confirmation"]["terms"]

    assert door(bank, operation, proof=bank.proof(asked), **right(operation))[0] is None
    [bought] = [item for item in bank.items("purchases") if "terms" in item]
    assert [*contradictions(bought)] == []
    assert [*contradictions(bought | {"retailer_id": "retailer-otra"})] == ["retailer_id"]


def test_of_two_yeses_to_the_same_transfer_the_second_is_asked_again(
    bank: World, door: Door
) -> None:
    operation = BY_ID["createTransfer"]
    asked = [door(bank, operation, request_id=f"r-{n}", **right(operation))[1] for n in (1, 2)]
    assert [body["confirmation"]["warnings"] for body in asked] == [[], []]
    one, two = map(bank.proof, asked)
    assert door(bank, operation, request_id="r-1", proof=one, **right(operation))[0] is None
    code, body = door(bank, operation, request_id="r-2", proof=two, **right(operation))
    assert code == "TERMS_CHANGED"
    assert [w["code"] for w in body["confirmation"]["warnings"]] == ["POSSIBLE_DUPLICATE"]
    assert bank.balance("acc-juan-checking") == Decimal("8300.50") + Decimal("100.50")
    again = bank.proof(body)
    assert door(bank, operation, request_id="r-2", proof=again, **right(operation))[0] is None


def test_a_warning_that_is_gone_by_the_yes_changes_nothing(bank: World) -> None:
    operation = BY_ID["createTransfer"]
    bank.call("createTransfer", **right(operation))
    _, asked = at_agent(bank, operation, request_id="r-2", **right(operation))
    assert [w["code"] for w in asked["confirmation"]["warnings"]] == ["POSSIBLE_DUPLICATE"]
    bank.clock.move(timedelta(minutes=5))
    [payee] = [
        item
        for item in bank.items("limits")
        if (item["user_id"], item["subject"]) == (USER, "payee#acc-juan-checking")
    ]
    bank.put("limits", **payee | {"recent": {}})
    code, _ = at_agent(
        bank, operation, request_id="r-2", proof=bank.proof(asked), **right(operation)
    )
    assert code is None
