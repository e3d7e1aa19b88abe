"""The trail of a change tells who asked, how, on which yes to what, and when."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from console import audit
from console.audit import Trail
from console.deployment import Deployment
from console.errors import ConsoleError
from shared import json_text
from shared.clock import to_iso
from tests.support.tables import PREFIX
from tests.support.utterances import seeded_bank
from tests.support.world import SETTINGS, World

MARIA = "user-maria"
TRANSFER = {
    "from_account": "acc-maria-checking",
    "to_account": "acc-juan-checking",
    "amount": "100.50",
    "description": "Cena",
}
PURCHASE = {
    "product_id": "prod-televisor-32",
    "retailer_id": "retailer-electronica-azteca",
    "account_id": "acc-maria-checking",
    "unit_price": "3799",
    "benefit": "cashback",
    "cashback": "189.95",
}
PERSON = {
    "name": "Carlos Ramírez Soto",
    "alias": "mi compadre",
    "account_id": "acc-carlos-checking",
}


@dataclass
class Reads:
    """A client that counts how often a whole table is read."""

    bank: World
    scans: int = 0

    def scan(self, **request: Any) -> Any:
        self.scans += 1
        return self.bank.client.scan(**request)

    def query(self, **request: Any) -> Any:
        return self.bank.client.query(**request)


@dataclass
class Place:
    """The cloud that a stack is in, over the tables of a bank in memory."""

    reads: Reads
    is_local: bool = True

    def client(self, service: str) -> Any:
        assert service == "dynamodb"
        return self.reads


@pytest.fixture
def bank() -> World:
    bank = seeded_bank()
    bank.rebuild(settings=SETTINGS._replace(require_confirmation="always"))
    return bank


def stack(bank: World, *, is_local: bool = True) -> Deployment:
    outputs = {"AccountsTableName": f"{PREFIX}-accounts"}
    return Deployment(Place(Reads(bank), is_local), outputs)  # type: ignore[arg-type]


def trail(bank: World, identifier: str, user_id: str | None = MARIA) -> Trail:
    return audit.trail_of(stack(bank), identifier, user_id=user_id, account_id=None)


def told(bank: World, identifier: str, user_id: str | None = MARIA) -> dict[str, Any]:
    deployment = stack(bank)
    return trail(bank, identifier, user_id).payload(deployment.bank_zone)


def confirm(
    bank: World, operation_id: str, *, after: timedelta = timedelta(), **arguments: Any
) -> dict[str, Any]:
    """Ask for the terms, let some time pass, say yes, and return the answer."""
    given = {"request_id": f"of {operation_id}".replace(" ", "-")}
    _, asked = bank.call(operation_id, attributes=given, yes=False, **arguments)
    bank.clock.move(after)
    attributes = given | {"confirmation": bank.proof(asked)}
    status, answer = bank.call(operation_id, attributes=attributes, **arguments)
    assert status == 200, answer
    return answer


def shown(bank: World, identifier: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = audit.show(stack(bank), identifier, user_id=MARIA, account_id=None, as_json=False)
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "garbled"),
    [
        ("requests", {"answer": ["1"]}),
        ("requests", {"deliveries": "many"}),
        ("requests", {"events": ["[]"]}),
        ("transactions", {"amount": "100.10"}),
        ("transactions", {"warned": Decimal(1)}),
        ("transactions", {"shown_at": ["1"]}),
        ("transactions", {"request_key": Decimal(1)}),
        ("transactions", {"from_account": Decimal(1)}),
    ],
)
def test_a_trail_that_cannot_be_read_is_told_so(
    bank: World, table: str, garbled: dict[str, Any]
) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)
    [change] = [i for i in bank.items(table) if "confirmation_id" in i]
    bank.put(table, **change | garbled)

    with pytest.raises(ConsoleError, match=r"cannot be read \(\w+\)"):
        audit.show(
            stack(bank), answer["transaction_id"], user_id=MARIA, account_id=None, as_json=False
        )


def test_a_transfer_tells_who_asked_the_terms_and_when_they_were_made_and_it_was_committed(
    bank: World,
) -> None:
    made_at = bank.clock.now
    answer = confirm(bank, "createTransfer", after=timedelta(minutes=3), **TRANSFER)

    found = told(bank, answer["transaction_id"])

    assert (found["kind"], found["user_id"], found["door"]) == ("transfer", MARIA, "agent")
    yes = found["confirmation"]
    assert yes["terms"] == {
        "from_account": "acc-maria-checking",
        "to_account": "acc-juan-checking",
        "to_holder": "Juan L*** G***",
        "amount": Decimal("100.5"),
        "currency": "MXN",
        "description": "Cena",
    }
    assert yes["shown_at"]["utc"] == to_iso(made_at)
    assert found["committed_at"]["utc"] == answer["created_at"]
    assert answer["created_at"] == to_iso(made_at + timedelta(minutes=3))
    assert found["disagreements"] == []
    [request] = found["requests"]
    assert (request["operation"], request["outcome"]) == ("createTransfer", "completed")
    assert request["events"] == ["TRANSFER_COMPLETED"]
    assert [record["amount"] for record in found["records"]] == [
        Decimal("-100.5"),
        Decimal("100.5"),
    ]


def test_moments_are_told_in_utc_and_on_the_day_of_the_bank(bank: World) -> None:
    bank.clock.now = bank.clock.now.replace(hour=3, minute=30)
    answer = confirm(bank, "createTransfer", **TRANSFER)
    day = f"{bank.clock.now - timedelta(days=1):%Y-%m-%d}"

    committed = told(bank, answer["transaction_id"])["committed_at"]

    assert committed["bank"] == f"{day} 21:30:00 America/Mexico_City"
    assert committed["utc"] == to_iso(bank.clock.now)


def test_the_warnings_that_were_shown_are_told(bank: World) -> None:
    confirm(bank, "createTransfer", **TRANSFER)
    bank.clock.move(timedelta(hours=1))
    _, asked = bank.call("createTransfer", yes=False, **TRANSFER)
    attributes = {"confirmation": bank.proof(asked)}
    _, second = bank.call("createTransfer", attributes=attributes, **TRANSFER)

    assert told(bank, second["transaction_id"])["confirmation"]["warned"] == ["POSSIBLE_DUPLICATE"]


@pytest.mark.parametrize("user_id", ["user-juan", MARIA, None])
def test_each_side_of_a_transfer_leads_to_the_record_of_who_asked(
    bank: World, user_id: str | None
) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)

    found = trail(bank, answer["transaction_id"], user_id)

    assert found.change["account_id"] == "acc-maria-checking"
    assert found.is_confirmed


@pytest.mark.parametrize("account_id", ["acc-maria-savings", "acc-juan-checking"])
def test_an_account_of_either_side_finds_it_without_a_scan(bank: World, account_id: str) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)
    deployment = stack(bank, is_local=False)

    found = audit.trail_of(
        deployment, answer["transaction_id"], user_id=None, account_id=account_id
    )

    assert found.is_confirmed
    assert deployment.cloud.client("dynamodb").scans == 0


def test_in_an_account_of_aws_an_id_alone_is_not_looked_for(bank: World) -> None:
    deployment = stack(bank, is_local=False)

    with pytest.raises(ConsoleError, match="--user or --account"):
        audit.trail_of(deployment, "any", user_id=None, account_id=None)
    assert deployment.cloud.client("dynamodb").scans == 0


def test_a_purchase_has_the_trail_of_its_request_and_of_the_steps_that_followed(
    bank: World,
) -> None:
    answer = confirm(bank, "createPurchase", **PURCHASE)

    found = told(bank, answer["purchase_id"])

    assert (found["kind"], found["id"]) == ("purchase", answer["purchase_id"])
    assert found["confirmation"]["terms"]["total_amount"] == 3799
    assert found["confirmation"]["terms"]["cashback"] == Decimal("189.95")
    steps = [(request["operation"], request["outcome"]) for request in found["requests"]]
    assert steps == [
        ("createPurchase", "completed"),
        ("payPurchase", "completed"),
        ("completePurchase", "completed"),
    ]
    assert [record["amount"] for record in found["records"]] == [-3799]
    assert found["disagreements"] == []


@pytest.mark.parametrize("user_id", [MARIA, "retailer-electronica-azteca", None])
def test_the_payment_and_the_cashback_lead_to_the_purchase(
    bank: World, user_id: str | None
) -> None:
    answer = confirm(bank, "createPurchase", **PURCHASE)
    paid = {
        item["transaction_id"]
        for item in bank.items("transactions")
        if item.get("purchase_id") == answer["purchase_id"]
    }

    assert len(paid) == 2
    for transaction_id in paid:
        assert trail(bank, transaction_id, user_id).identifier == answer["purchase_id"]


def test_a_beneficiary_tells_the_holder_that_was_shown(bank: World) -> None:
    answer = confirm(bank, "addBeneficiary", **PERSON)

    found = told(bank, answer["beneficiary"]["beneficiary_id"])

    assert found["kind"] == "beneficiary"
    assert found["confirmation"]["terms"]["holder"] == "Carlos R*** S***"
    assert [request["operation"] for request in found["requests"]] == ["addBeneficiary"]
    assert found["disagreements"] == []


def test_a_change_without_a_confirmation_says_so(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.rebuild(settings=SETTINGS)
    bank.send("core_banking", "TRANSFER_REQUEST", TRANSFER | {"amount": 100.5})
    [event] = bank.run_relay()

    code, text = shown(bank, event["data"]["transaction_id"], capsys)

    assert code == 0
    assert "confirmation      none" in text
    assert "door              bus" in text
    assert "correlation id    correlation-1" in text


def test_a_record_of_another_program_tells_what_it_has(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.transaction("acc-maria-checking", "2026-11-01T10:00:00Z", transaction_id="theirs")

    code, text = shown(bank, "theirs", capsys)

    assert code == 0
    assert "door              not on record" in text
    assert "no longer kept" in text


def test_a_request_whose_record_has_expired_is_told_without_it(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)
    [record] = bank.records()
    bank.client.delete_item(
        TableName=f"{PREFIX}-requests", Key={"request_id": {"S": record["request_id"]}}
    )

    code, text = shown(bank, answer["transaction_id"], capsys)

    assert code == 0
    assert "terms             to_holder: Juan L*** G***" in text
    assert "no longer kept" in text


def test_a_second_delivery_of_the_request_is_counted(bank: World) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)
    given = {"request_id": "of-createTransfer"}
    _, again = bank.call("createTransfer", attributes=given, yes=False, **TRANSFER)

    assert again["repeated"]
    assert told(bank, answer["transaction_id"])["requests"][0]["deliveries"] == 2


CHANGED: list[tuple[str, dict[str, Any], str]] = [
    ("transactions", {"terms": {"amount": Decimal(1)}}, "their digest is another one"),
    ("transactions", {"to_account": "acc-sofia-checking"}, "`to_account` is recorded otherwise"),
    ("transactions", {"amount": Decimal(-7)}, "`amount` is recorded otherwise"),
    ("requests", {"door": "bus"}, "the record of the request has another `door`"),
    ("requests", {"user_id": "user-zoe"}, "the record of the request has another `user_id`"),
    ("requests", {"confirmation_id": "f" * 32}, "has another `confirmation_id`"),
]


@pytest.mark.parametrize(("table", "change", "sentence"), CHANGED)
def test_what_does_not_agree_with_the_yes_is_said_and_ends_with_one(
    bank: World,
    capsys: pytest.CaptureFixture[str],
    table: str,
    change: dict[str, Any],
    sentence: str,
) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)
    [item] = [item for item in bank.items(table) if "confirmation_id" in item]
    bank.put(table, **item | change)

    code, text = shown(bank, answer["transaction_id"], capsys)

    assert code == 1
    assert [line for line in text.splitlines() if line.startswith("DOES NOT AGREE: ")]
    assert sentence in text


def test_a_payment_on_another_yes_than_that_of_its_purchase_is_said(bank: World) -> None:
    answer = confirm(bank, "createPurchase", **PURCHASE)
    [payment] = [i for i in bank.items("transactions") if "confirmation_id" in i]
    bank.put("transactions", **payment | {"confirmation_id": "f" * 32})

    [sentence] = trail(bank, answer["purchase_id"]).disagreements

    assert sentence == "the record of the payment has another `confirmation_id`"


def test_json_has_all_that_is_told(bank: World, capsys: pytest.CaptureFixture[str]) -> None:
    answer = confirm(bank, "createTransfer", **TRANSFER)

    capsys.readouterr()
    code = audit.show(
        stack(bank), answer["transaction_id"], user_id=MARIA, account_id=None, as_json=True
    )

    assert code == 0
    read = json_text.loads(capsys.readouterr().out)
    assert read == told(bank, answer["transaction_id"])
    assert not {"terms", "warned"} & read["change"].keys()


@pytest.mark.parametrize("user_id", [MARIA, None])
def test_an_id_of_nothing_is_told(bank: World, user_id: str | None) -> None:
    with pytest.raises(ConsoleError, match="no purchase"):
        trail(bank, "01a214de-71a2-7b04-9361-511930338029", user_id)


def test_an_account_of_nobody_is_told(bank: World) -> None:
    with pytest.raises(ConsoleError, match="0 customers have an account"):
        audit.trail_of(stack(bank), "any", user_id=None, account_id="acc-nobody")


def test_what_is_kept_for_the_audit_does_not_make_the_record_of_the_request_larger(
    bank: World,
) -> None:
    confirm(bank, "createTransfer", **TRANSFER)

    [record] = bank.records()

    assert not {"terms", "warned", "shown_at", "request_key"} & record.keys()
