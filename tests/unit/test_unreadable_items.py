"""What another program wrote in a form that cannot be read is told of, and hides nothing else."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from shared.paging import PAGE_BUDGET_BYTES
from tests.support.clock_and_bus import START
from tests.support.shop import BUY, buy, open_shop, pay
from tests.support.utterances import Chat
from tests.support.world import World

GARBLED: tuple[Any, ...] = (None, ["1"], {"pesos": "1"})
LONG = "x" * 900
TOO_LONG = "x" * 30_000


def purchase(bank: World, number: int, purchase_id: str, **attributes: Any) -> None:
    bank.put(
        "purchases",
        **{
            "user_id": "user-maria",
            "timestamp_purchase_id": f"2026-11-0{number}T15:00:00.000Z#{purchase_id}",
            "purchase_id": purchase_id,
            "product_id": "prod-tv",
            "retailer_id": "retailer-azteca",
            "quantity": 1,
            "total_amount": Decimal(300),
            "status": "completed",
        }
        | attributes,
    )


def movement(bank: World, number: int, transaction_id: str, **attributes: Any) -> None:
    moment = f"2026-11-0{number}T15:00:00.000Z"
    bank.transaction("acc-maria", moment, transaction_id=transaction_id, **attributes)


def beneficiary(bank: World, _number: int, beneficiary_id: str, **attributes: Any) -> None:
    bank.beneficiary("user-maria", beneficiary_id, f"amigo {beneficiary_id}", **attributes)


class Listing(NamedTuple):
    """A list, how an entry gets into it, and an attribute without which nothing is said."""

    operation_id: str
    entries: str
    id_name: str
    put: Callable[..., None]
    attribute: str
    text: str
    """An attribute that is told as it is written."""


LISTINGS = (
    Listing("listPurchases", "purchases", "purchase_id", purchase, "total_amount", "product_name"),
    Listing("listTransactions", "transactions", "transaction_id", movement, "amount", "type"),
    Listing("listBeneficiaries", "beneficiaries", "beneficiary_id", beneficiary, "name", "name"),
)


@pytest.fixture(params=LISTINGS, ids=lambda one: one.operation_id)
def listing(request: pytest.FixtureRequest) -> Listing:
    found: Listing = request.param
    return found


@pytest.mark.parametrize("garbled", GARBLED, ids=str)
def test_a_list_names_what_cannot_be_read_and_has_everything_else(
    bank: World, listing: Listing, garbled: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, name in enumerate(("a", "b", "c"), start=1):
        listing.put(bank, number, name)
    listing.put(bank, 2, "b", **{listing.attribute: garbled})

    status, body = bank.call(listing.operation_id)

    assert status == 200
    assert sorted(one[listing.id_name] for one in body[listing.entries]) == ["a", "c"]
    assert body["unreadable"] == ["b"]
    assert '"UnreadableItems":1' in capsys.readouterr().out


def test_a_text_that_fits_in_no_answer_hides_nothing_else(bank: World, listing: Listing) -> None:
    for number, name in enumerate(("a", "b", "c"), start=1):
        listing.put(bank, number, name)
    listing.put(bank, 2, "b", **{listing.text: TOO_LONG})

    status, body = bank.call(listing.operation_id)

    assert status == 200, body
    assert sorted(one[listing.id_name] for one in body[listing.entries]) == ["a", "c"]
    assert body["unreadable"] == ["b"]
    assert "next_token" not in body


def test_a_number_of_any_size_beside_what_a_list_tells_hides_nothing(
    bank: World, listing: Listing
) -> None:
    listing.put(bank, 1, "a", rank=Decimal("1E+100"))
    listing.put(bank, 2, "b")
    status, body = bank.call(listing.operation_id)
    assert status == 200
    assert sorted(one[listing.id_name] for one in body[listing.entries]) == ["a", "b"]


def test_a_list_that_can_be_read_says_nothing_of_it(bank: World, listing: Listing) -> None:
    listing.put(bank, 1, "a")
    _, body = bank.call(listing.operation_id)
    assert len(body[listing.entries]) == 1
    assert "unreadable" not in body


def test_pages_go_on_after_what_cannot_be_read(bank: World, listing: Listing) -> None:
    names = [f"{number}" for number in range(1, 8)]
    for number, name in enumerate(names, start=1):
        garbled = {listing.attribute: ["1"]} if number in {2, 3, 4, 7} else {}
        listing.put(bank, number, name, **garbled)

    seen: list[str] = []
    arguments: dict[str, str] = {"limit": "2"}
    for _ in names:
        status, body = bank.call(listing.operation_id, **arguments)
        assert status == 200
        told = [one[listing.id_name] for one in body[listing.entries]]
        assert 0 < len(told) + len(body.get("unreadable", ())) <= 2
        seen += [*told, *body.get("unreadable", ())]
        if "next_token" not in body:
            break
        arguments["next_token"] = body["next_token"]
    assert sorted(seen) == names


def test_a_page_of_ids_alone_stays_within_its_budget(bank: World) -> None:
    for number in range(40):
        name = f"{number:02}{LONG}"
        purchase(bank, 1, name, quantity="many")
    _, body = bank.call("listPurchases", limit="50")
    assert 0 < len("".join(body["unreadable"])) < PAGE_BUDGET_BYTES
    assert "next_token" in body


def test_benefits_are_compared_by_the_accounts_that_can_be_read(bank: World) -> None:
    open_shop(bank)
    accounts = {item["account_id"]: item for item in bank.items("accounts")}

    def months_there_are() -> list[int]:
        status, body = bank.call("compareBenefits", product_id="prod-tv")
        assert status == 200
        assert body["unreadable"] == [garbled]
        return [one["months"] for one in body["options"] if one["eligible"] and "months" in one]

    garbled = "acc-maria"
    bank.put("accounts", **accounts[garbled] | {"balance": ["1"]})
    assert months_there_are() == [6, 3]
    bank.put("accounts", **accounts[garbled])
    garbled = "acc-maria-credit"
    bank.put("accounts", **accounts[garbled] | {"balance": ["1"]})
    assert months_there_are() == []


@pytest.mark.parametrize(
    "garbled",
    [
        *({"balance": value} for value in (*GARBLED, "12", True)),
        {"status": 1},
        {"status": TOO_LONG},
        {"currency": ["MXN"]},
        {"account_type": "credit", "credit_limit": "1000"},
        {"version": "7"},
    ],
    ids=lambda garbled: str(garbled)[:40],
)
def test_an_account_that_cannot_be_read_is_named_beside_the_others(
    bank: World, garbled: dict[str, Any]
) -> None:
    [account] = [i for i in bank.items("accounts") if i["account_id"] == "acc-maria-savings"]
    bank.put("accounts", **account | garbled)

    _, all_ = bank.call("getBalance")
    _, one = bank.call("getBalance", account_id="acc-maria-savings")
    _, other = bank.call("getBalance", account_id="acc-maria")

    assert [a["account_id"] for a in all_["accounts"]] == ["acc-maria", "acc-maria-credit"]
    assert all_["unreadable"] == ["acc-maria-savings"]
    assert one == {"accounts": [], "unreadable": ["acc-maria-savings"]}
    assert "unreadable" not in other


@pytest.mark.parametrize("attribute", ["name", "alias", "account_id", "relationship"])
def test_whoever_may_be_somebody_who_cannot_be_read_is_asked_about(
    bank: World, attribute: str
) -> None:
    bank.beneficiary("user-maria", "ben-juan", "mi hermano")
    assert bank.call("resolveAlias", alias="mi hermano")[1]["match"] == "exact"
    [juan] = bank.items("beneficiaries")
    bank.put("beneficiaries", **juan | {"beneficiary_id": "ben-b", attribute: ["mi hermano"]})

    _, body = bank.call("resolveAlias", alias="mi hermano")

    assert (body["match"], "beneficiary" in body) == ("ambiguous", False)
    assert [c["beneficiary_id"] for c in body["candidates"]] == ["ben-juan"]
    assert body["unreadable"] == ["ben-b"]
    assert bank.call("resolveAlias", alias="nadie")[1]["match"] == "none"


def test_nothing_is_moved_from_or_to_an_account_that_cannot_be_read(bank: World) -> None:
    bank.account("user-juan", "acc-juan", "1.00", status=1)
    before = bank.snapshot()
    for from_, to in (("acc-maria", "acc-juan"), ("acc-juan", "acc-maria")):
        user_id = from_.replace("acc", "user")
        status, _ = bank.call(
            "createTransfer", user_id=user_id, from_account=from_, to_account=to, amount="1"
        )
        assert status == 500
    assert bank.snapshot() == before


def test_a_retailer_is_not_paid_into_one_account_while_another_cannot_be_read(bank: World) -> None:
    """Which one is paid follows from all of them, and a refusal would be for good."""
    open_shop(bank)
    request = buy(bank)
    bank.account("retailer-azteca", "acc-azteca-2", "1.00", status=1)
    with pytest.raises(Exception, match="INTERNAL_ERROR"):
        pay(bank, request)
    bank.account("retailer-azteca", "acc-azteca-2", "1.00")
    assert pay(bank, request)["event_type"] == "PAYMENT_COMPLETED"


def test_a_purchase_is_found_beside_one_without_its_id(bank: World) -> None:
    purchase(bank, 1, "a")
    bank.put("purchases", user_id="user-maria", timestamp_purchase_id="2026-11-02T15:00:00Z#b")
    assert bank.call("getPurchase", purchase_id="a")[0] == 200


def test_a_purchase_of_today_that_cannot_be_read_keeps_nobody_from_buying(bank: World) -> None:
    open_shop(bank)
    bank.rebuild(settings=bank.resources.settings._replace(require_confirmation="agents"))
    purchase(bank, 1, "a", timestamp_purchase_id=f"{START.isoformat()}#a", total_amount=["1"])
    status, body = bank.call("createPurchase", yes=False, **BUY)
    assert (status, body["confirmation"]["warnings"]) == (428, [])
    assert bank.call("createPurchase", **BUY)[0] == 200


@pytest.mark.parametrize("asked", ["¿cuánto tengo?", "how much do I have?", "ponle 100 a mi mamá"])
def test_the_chat_tells_of_it(asked: str) -> None:
    chat = Chat()
    [account] = [i for i in chat.bank.items("accounts") if i["account_id"] == "acc-maria-savings"]
    chat.bank.put("accounts", **account | {"balance": ["1"]})

    assert "acc-maria-savings" in chat.say(asked).text


def test_the_chat_lists_movements_of_which_a_page_cannot_be_read() -> None:
    chat = Chat()
    for item in chat.bank.items("transactions"):
        if item["user_id"] == "user-maria":
            chat.bank.put("transactions", **item | {"amount": ["1"]})
    said = chat.say("mis movimientos")
    assert said.outcome == "answered"
    assert "no pude leer" in said.text


def test_the_chat_tells_of_it_once_however_many_products_it_compares() -> None:
    chat = Chat()
    [account] = [i for i in chat.bank.items("accounts") if i["account_id"] == "acc-maria-savings"]
    chat.bank.put("accounts", **account | {"balance": ["1"]})
    chat.say("busca televisores")
    said = chat.say("¿cuáles tienen meses sin intereses?")
    assert said.text.count("acc-maria-savings") == 1


TOO_LARGE = Decimal("1E+100")
TRANSFERRED = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": "10"}


@pytest.mark.parametrize(
    ("operation_id", "table", "name", "attribute"),
    [
        *(
            ("createTransfer", "accounts", account, attribute)
            for account in ("acc-maria", "acc-juan")
            for attribute in ("version", "balance")
        ),
        ("createTransfer", "limits", "payee#acc-juan", "payments"),
        ("createPurchase", "products", "prod-tv", "stock"),
    ],
)
def test_what_cannot_be_added_to_is_no_reason_to_send_the_same_again(
    bank: World, operation_id: str, table: str, name: str, attribute: str
) -> None:
    open_shop(bank)
    arguments = BUY if operation_id == "createPurchase" else TRANSFERRED
    done = bank.call(operation_id, attributes={"request_id": "first"}, **arguments)
    [item] = [one for one in bank.items(table) if name in one.values()]
    bank.put(table, **item | {attribute: TOO_LARGE})
    before = bank.snapshot()

    status, body = bank.call(operation_id, attributes={"request_id": "second"}, **arguments)

    assert (status, body["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert bank.snapshot() == before
    again = bank.call(operation_id, attributes={"request_id": "first"}, **arguments)
    assert (again[0], again[1].get("transaction_id")) == (200, done[1].get("transaction_id"))
    assert again[1]["repeated"] is True
