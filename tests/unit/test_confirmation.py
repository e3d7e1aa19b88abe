"""Nothing that needs the customer's yes is done without its proof, whichever door it is at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console.kept_terms import contradictions, is_as_signed
from shared.changes import Stamp
from shared.confirmation import TERMS_WANTED, VALID_FOR, Proof, Terms, terms_on
from shared.dynamodb import serialize
from shared.operations import Operation
from shared.settings import Settings
from tests.support.arguments import OPERATIONS, RIGHT, furnish
from tests.support.gateway import call_tool
from tests.support.tables import PREFIX, function_environment
from tests.support.world import SETTINGS, World, world

CONFIRMED = [operation for operation in OPERATIONS if operation.confirm]
BY_ID = {operation.operation_id: operation for operation in CONFIRMED}
USER = "user-maria"

Answer = tuple[str | None, dict[str, Any]]
"""The code of an error, or None, and the answer or the data of the event."""


def at_agent(
    bank: World,
    operation: Operation,
    *,
    user_id: str = USER,
    request_id: str | None = "request-1",
    proof: str | None = None,
    session_id: str = "session-1",
    **arguments: Any,
) -> Answer:
    attributes = {"request_id": request_id, "confirmation": proof}
    _, body = bank.call(
        operation.operation_id,
        user_id=user_id,
        session_id=session_id,
        yes=False,
        attributes={name: value for name, value in attributes.items() if value is not None},
        **arguments,
    )
    return body.get("error", {}).get("code"), body


def at_bus(
    bank: World,
    operation: Operation,
    *,
    user_id: str = USER,
    request_id: str | None = "request-1",
    proof: str | None = None,
    session_id: str = "",
    **arguments: Any,
) -> Answer:
    assert operation.event_type is not None
    proven = {} if proof is None else {"confirmation": proof}
    event = bank.send(
        operation.group,
        operation.event_type,
        arguments,
        user_id=user_id,
        correlation_id=request_id or "request-1",
        **proven,
    )
    data = event["data"]
    return data.get("error", {}).get("code"), data


def at_gateway(
    bank: World,
    operation: Operation,
    *,
    user_id: str = USER,
    request_id: str | None = "request-1",
    proof: str | None = None,
    session_id: str = "gateway-1",
    **arguments: Any,
) -> Answer:
    headers = {"X-Centli-Request-Id": request_id, "x-centli-confirmation": proof}
    body = call_tool(
        bank,
        operation.operation_id,
        arguments,
        user_id=user_id,
        gateway_id=session_id,
        headers={name: value for name, value in headers.items() if value is not None},
    )
    return body.get("error", {}).get("code"), body


Door = Callable[..., Answer]
DOORS: dict[str, Door] = {"agent": at_agent, "bus": at_bus, "gateway": at_gateway}


def settings(**changes: Any) -> Settings:
    """Return the settings of tests, with the limits that the template has by default."""
    deployed = Settings.from_environment(function_environment())
    names = ("max_transfer_amount", "daily_transfer_limit", "new_payee_limit")
    limits = {name: getattr(deployed, name) for name in names}
    return SETTINGS._replace(**(limits | changes))


@pytest.fixture
def bank() -> Iterator[World]:
    """Yield a bank where every door asks for a proof, with what the examples speak of."""
    with world() as bank:
        furnish(bank)
        bank.rebuild(settings=settings(require_confirmation="always"))
        yield bank


@pytest.fixture(params=CONFIRMED, ids=lambda operation: operation.operation_id)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


@pytest.fixture(params=DOORS.values(), ids=DOORS)
def door(request: pytest.FixtureRequest) -> Door:
    found: Door = request.param
    if "operation" in request.fixturenames:
        operation: Operation = request.getfixturevalue("operation")
        if not leads_to(found, operation):
            pytest.skip("no event asks for this operation")
    return found


def leads_to(door: Door, operation: Operation) -> bool:
    """Tell whether an operation can be asked for there: not every one has an event."""
    return door is not at_bus or operation.event_type is not None


def right(operation: Operation) -> dict[str, Any]:
    """Return the right arguments of an operation, as JSON has them."""
    return dict(RIGHT[operation.operation_id])


def everything(bank: World) -> Any:
    """Return all that is stored but the day's counter of terms, and all that the stream holds."""
    tables = bank.snapshot()
    tables["limits"] = [item for item in tables["limits"] if "'terms'" not in item]
    [stream] = bank.client.streams.values()
    return tables, [len(shard) for shard in stream.shards.values()]


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


# --- Proofs that are none --------------------------------------------------------------------


@dataclass
class Attempt:
    """A call with a proof that was minted for it; a test changes one of its parts."""

    bank: World
    operation: Operation
    door: Door
    proof: str
    asked: dict[str, Any]
    arguments: dict[str, Any]
    user_id: str = USER
    request_id: str = "request-1"
    more: dict[str, Any] = field(default_factory=dict)

    def send(self) -> Answer:
        return self.door(
            self.bank,
            self.operation,
            user_id=self.user_id,
            request_id=self.request_id,
            proof=self.proof,
            **self.arguments,
        )


def _tampered(text: str, position: int) -> str:
    """Return a proof with one character of one of its fields changed, counted from the right."""
    fields = text.rsplit(".", 4)
    held = fields[position]
    fields[position] = ("B" if held[0] != "B" else "C") + held[1:]
    return ".".join(fields)


def _of_other_user(attempt: Attempt) -> Attempt:
    return replace(attempt, user_id="user-carlos")


def _of_other_request(attempt: Attempt) -> Attempt:
    return replace(attempt, request_id="request-2")


def _with_other_text(attempt: Attempt) -> Attempt:
    name, value = next((n, v) for n, v in attempt.arguments.items() if isinstance(v, str))
    return replace(attempt, arguments=attempt.arguments | {name: f"{value}s"})


def _with_other_number(attempt: Attempt) -> Attempt:
    numbers = ((n, v) for n, v in attempt.arguments.items() if isinstance(v, int | Decimal))
    name, value = next(numbers, (None, None))
    if name is None:
        pytest.skip("this operation has no number")
    more = Decimal("0.01") if isinstance(value, Decimal) else 1
    return replace(attempt, arguments=attempt.arguments | {name: value + more})


def _of_other_operation(attempt: Attempt) -> Attempt:
    reached = (o for o in CONFIRMED if leads_to(attempt.door, o))
    other = next(o for o in reached if o is not attempt.operation)
    return replace(attempt, operation=other, arguments=right(other))


def _minted_by_another_key(attempt: Attempt) -> Attempt:
    return replace(attempt, proof=attempt.bank.proof(attempt.asked, key="another-key"))


def _cut(attempt: Attempt) -> Attempt:
    return replace(attempt, proof=attempt.proof[:-1])


def _challenge_alone(attempt: Attempt) -> Attempt:
    return replace(attempt, proof=attempt.asked["confirmation"]["challenge"])


def _with_later_expiry(attempt: Attempt) -> Attempt:
    fields = attempt.proof.rsplit(".", 4)
    fields[1] = str(int(fields[1]) + 600)
    return replace(attempt, proof=".".join(fields))


def _with_a_warning_added(attempt: Attempt) -> Attempt:
    fields = attempt.proof.rsplit(".", 4)
    fields[3] += "~POSSIBLE_DUPLICATE"
    return replace(attempt, proof=".".join(fields))


def _junk(attempt: Attempt) -> Attempt:
    return replace(attempt, proof="yes")


BAD = [
    _of_other_user,
    _of_other_request,
    _with_other_text,
    _with_other_number,
    _of_other_operation,
    _minted_by_another_key,
    _cut,
    _challenge_alone,
    _with_later_expiry,
    _with_a_warning_added,
    _junk,
    *(
        pytest.param(lambda a, p=p: replace(a, proof=_tampered(a.proof, p)), id=f"tampered {p}")
        for p in range(-4, 0)
    ),
]


@pytest.mark.parametrize("changed", BAD)
def test_a_proof_that_is_not_of_this_very_call_does_nothing(
    bank: World, operation: Operation, door: Door, changed: Callable[[Attempt], Attempt]
) -> None:
    _, asked = door(bank, operation, **right(operation))
    attempt = Attempt(bank, operation, door, bank.proof(asked), asked, right(operation))
    before = everything(bank)
    code, body = changed(attempt).send()
    assert code == "CONFIRMATION_INVALID"
    assert "confirmation" not in body
    assert everything(bank) == before
    assert attempt.send()[0] is None  # the right one still counts


def test_a_proof_counts_until_it_expires_and_not_a_second_longer(
    bank: World, operation: Operation, door: Door
) -> None:
    _, asked = door(bank, operation, **right(operation))
    proof = bank.proof(asked)
    bank.clock.move(VALID_FOR + timedelta(seconds=1))
    before = everything(bank)
    assert door(bank, operation, proof=proof, **right(operation))[0] == "CONFIRMATION_EXPIRED"
    assert everything(bank) == before
    bank.clock.move(-timedelta(seconds=1))
    assert door(bank, operation, proof=proof, **right(operation))[0] is None
    bank.clock.move(timedelta(days=3))
    assert door(bank, operation, proof=proof, **right(operation))[0] is None  # its first outcome
    assert len(bank.records()) == 1


def test_a_proof_used_twice_or_at_two_doors_is_one_change(
    bank: World, operation: Operation
) -> None:
    _, asked = at_agent(bank, operation, **right(operation))
    proof = bank.proof(asked)
    assert at_agent(bank, operation, proof=proof, **right(operation))[0] is None
    once = bank.snapshot()
    assert at_agent(bank, operation, proof=proof, session_id="session-2", **right(operation))[1][
        "repeated"
    ]
    for door in DOORS.values():
        if leads_to(door, operation):
            assert door(bank, operation, proof=proof, **right(operation))[0] is None
    assert at_agent(bank, operation, proof=proof, request_id=None, **right(operation))[0] is None
    for table in bank.snapshot().keys() - {"requests"}:
        assert bank.snapshot()[table] == once[table]
    assert len(bank.records()) == 1


def test_of_several_proofs_the_one_of_this_call_counts(bank: World, operation: Operation) -> None:
    proofs = []
    for other in CONFIRMED:
        _, asked = at_agent(bank, other, request_id=None, **right(other))
        proofs.append(bank.proof(asked))
    code, _ = at_agent(
        bank, operation, request_id=None, proof="  ".join(proofs), **right(operation)
    )
    assert code is None


def test_nobody_is_asked_about_what_an_id_was_used_for(bank: World, door: Door) -> None:
    operation = BY_ID["createTransfer"]
    wanted = right(operation)
    _, asked = door(bank, operation, **wanted)
    _, done = door(bank, operation, proof=bank.proof(asked), **wanted)
    code, again = door(bank, operation, **wanted)
    assert (code, again["transaction_id"]) == (None, done["transaction_id"])
    code, body = door(bank, operation, **wanted | {"amount": 1})
    assert (code, "confirmation" in body) == ("REQUEST_ID_REUSED", False)


def test_without_an_id_of_the_caller_each_asking_is_a_request_of_its_own(bank: World) -> None:
    operation = BY_ID["createTransfer"]
    ids = {
        at_agent(bank, operation, request_id=None, **right(operation))[1]["confirmation"][
            "request_id"
        ]
        for _ in range(3)
    }
    assert len(ids) == 3


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
    _, asked = door(bank, operation, **right(operation))
    assert asked["confirmation"]["terms"]["product_name"] == right(operation)["product_id"]

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


# --- Where a proof is asked ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "asks_agents", "asks_bus"),
    [("agents", True, False), ("always", True, True), ("never", False, False)],
)
def test_the_setting_says_where_a_proof_is_asked(
    bank: World, operation: Operation, where: str, *, asks_agents: bool, asks_bus: bool
) -> None:
    bank.rebuild(settings=settings(require_confirmation=where))
    for door, asks in ((at_agent, asks_agents), (at_bus, asks_bus)):
        if not leads_to(door, operation):
            continue
        code, _ = door(bank, operation, request_id=door.__name__, **right(operation))
        assert (code == "CONFIRMATION_REQUIRED") is asks
        if not asks and operation.operation_id == "addBeneficiary":
            break  # the second door would find the alias taken


def test_a_proof_that_is_given_is_checked_also_where_none_is_asked(
    bank: World, operation: Operation, door: Door
) -> None:
    bank.rebuild(settings=settings(require_confirmation="never"))
    before = everything(bank)
    assert door(bank, operation, proof="1.x.1.a.b.c", **right(operation))[0] == (
        "CONFIRMATION_INVALID"
    )
    assert everything(bank) == before


@pytest.mark.parametrize("where", ["agents", "always", "never"])
def test_who_asks_for_the_terms_is_told_them_and_can_confirm_them_wherever_it_is(
    bank: World, operation: Operation, door: Door, where: str
) -> None:
    bank.rebuild(settings=settings(require_confirmation=where))
    before = everything(bank)
    code, asked = door(bank, operation, proof=TERMS_WANTED, **right(operation))
    assert code == "CONFIRMATION_REQUIRED"
    assert everything(bank) == before
    code, _ = door(bank, operation, proof=bank.proof(asked), **right(operation))
    assert code is None
    assert everything(bank) != before


def test_a_session_that_the_test_user_stands_in_for_is_asked_for_no_proof(
    bank: World, operation: Operation
) -> None:
    bank.rebuild(settings=settings(require_confirmation="always", test_user_id=USER))
    status, _ = bank.call(operation.operation_id, user_id=None, yes=False, **right(operation))
    assert status == 200
    status, _ = bank.call(operation.operation_id, yes=False, **right(operation))
    assert status in (428, 409)


# --- KMS -------------------------------------------------------------------------------------


def test_when_kms_does_not_answer_nothing_moves(
    bank: World, operation: Operation, door: Door
) -> None:
    _, asked = door(bank, operation, **right(operation))
    proof = bank.proof(asked)
    before = everything(bank)
    for denied, is_out_of_reach in (({"VerifyMac"}, False), (set[str](), True)):
        bank.kms.denied, bank.kms.is_out_of_reach = denied, is_out_of_reach
        try:
            code, _ = door(bank, operation, proof=proof, **right(operation))
        except Exception as error:  # noqa: BLE001 the bus tries such an event again
            code = str(error)
        assert code == "TEMPORARILY_UNAVAILABLE"
    assert everything(bank) == before
    bank.kms.is_out_of_reach = False
    assert door(bank, operation, proof=proof, **right(operation))[0] is None
