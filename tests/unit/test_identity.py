"""Guarantee 4: the front door says who is calling, and nobody reaches what is somebody else's."""

from collections.abc import Iterator
from functools import wraps
from typing import Any
from uuid import uuid4

import pytest

from action_groups import all_groups
from shared import service
from shared.errors import Unauthenticated
from shared.identity import Caller, caller_from
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, ON_BUS_DOOR, OPERATIONS, RIGHT, as_text, furnish
from tests.support.faults import ReadOnlyDatabase
from tests.support.gateway import call_tool
from tests.support.tables import PREFIX, table_properties
from tests.support.world import SETTINGS, World

NOBODY = [None, "", " ", "\t", "x" * 129, "a\nb", "\u202euser", "\ud800", 5, True, [], {}, ["a"]]


@pytest.mark.parametrize("user_id", NOBODY)
def test_only_readable_text_names_a_caller(user_id: Any) -> None:
    with pytest.raises(Unauthenticated):
        caller_from(user_id, "here")


@pytest.mark.parametrize("user_id", ["user-maria", "x" * 128, "auth0|5f7c", "5"])
def test_any_identifier_names_a_caller_as_it_is(user_id: str) -> None:
    assert caller_from(user_id, "here") == Caller(user_id)


@pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
def test_an_agent_without_identity_is_told_so_before_anything_else(
    bank: World, operation: Operation
) -> None:
    bank.connect(ReadOnlyDatabase(bank.client))
    for arguments in (as_text(RIGHT[operation.operation_id]), {}, {"junk": "x"}):
        for user_id in NOBODY:
            event = bank.invocation(operation.operation_id, **arguments)
            for attributes in ({"user_id": user_id}, {}, {"userId": "user-maria"}, None):
                status, body = bank.invoke(
                    operation.group, event | {"sessionAttributes": attributes}
                )
                assert (status, body["error"]["code"]) == (401, "UNAUTHENTICATED")
                assert "`user_id`" in body["error"]["message"]


@pytest.mark.parametrize("operation", ON_BUS_DOOR, ids=lambda o: o.operation_id)
@pytest.mark.parametrize("user_id", [None, "", " ", "a\nb", "x" * 129, "\u202e"])
def test_an_event_without_identity_is_answered_so(
    bank: World, operation: Operation, user_id: str | None
) -> None:
    bank.connect(ReadOnlyDatabase(bank.client))
    reply = bank.send(
        operation.group,
        operation.event_type or "",
        RIGHT[operation.operation_id],
        user_id=user_id,
    )
    assert reply["event_type"] == operation.failure_event
    assert reply["data"]["error"]["code"] == "UNAUTHENTICATED"
    assert bank.bus.envelopes == [reply]


def test_the_identity_is_no_parameter_of_any_operation() -> None:
    for operation in OPERATIONS:
        names = set(operation.request_model.model_fields)
        assert names.isdisjoint({"user_id", "user", "customer_id", "caller", "owner"})


@pytest.mark.parametrize("name", ["user_id", "promptSessionAttributes"])
def test_no_other_place_of_an_agents_event_says_who_is_calling(bank: World, name: str) -> None:
    event = bank.invocation("getBalance")
    del event["sessionAttributes"]
    event[name] = {"user_id": "user-maria"} if name == "promptSessionAttributes" else "user-maria"
    assert bank.invoke("core_banking", event)[0] == 401


class TestTheTestUserOfTheConsole:
    @pytest.fixture
    def console(self, bank: World) -> World:
        bank.rebuild(settings=SETTINGS._replace(test_user_id="user-juan"))
        return bank

    def test_it_is_the_caller_of_a_session_that_has_none(self, console: World) -> None:
        for attributes in ({}, None, {"other": "x"}):
            event = console.invocation("getBalance") | {"sessionAttributes": attributes}
            status, body = console.invoke("core_banking", event)
            assert status == 200
            assert [a["account_id"] for a in body["accounts"]] == ["acc-juan"]

    def test_it_never_takes_the_place_of_a_caller(self, console: World) -> None:
        _, body = console.call("getBalance", account_id="acc-maria")
        assert body["accounts"][0]["account_id"] == "acc-maria"

    @pytest.mark.parametrize("user_id", NOBODY)
    def test_it_never_takes_the_place_of_a_caller_who_is_unreadable(
        self, console: World, user_id: Any
    ) -> None:
        """An application that failed to fill in its user must not act as the test user."""
        event = console.invocation("getBalance") | {"sessionAttributes": {"user_id": user_id}}
        assert console.invoke("core_banking", event)[0] == 401

    def test_it_is_no_caller_on_the_bus(self, console: World) -> None:
        reply = console.send("core_banking", "BALANCE_QUERY", {}, user_id=None)
        assert reply["data"]["error"]["code"] == "UNAUTHENTICATED"


Owners = dict[str, dict[str, set[str]]]
"""By the attribute that holds them: the ids of customers' things, and whose they are."""

CALLER, TWIN = "user-maria", "user-twin"
"""Who makes the requests of the examples; another customer, who has the same under other ids."""

SPECIFIED = [
    *(("agent", "getBalance", "account_id"), ("bus", "getBalance", "account_id")),
    *(("agent", "listTransactions", "account_id"), ("bus", "listTransactions", "account_id")),
    *(("agent", "createTransfer", "from_account"), ("bus", "createTransfer", "from_account")),
    *(("agent", "createPurchase", "account_id"), ("bus", "createPurchase", "account_id")),
    *(("agent", "getPurchase", "purchase_id"), ("gateway", "getBalance", "account_id")),
]
"""Arguments that stand for a thing of the caller: the specification's, there may be more."""


def short(table: dict[str, Any]) -> str:
    return str(table["TableName"]).removeprefix(f"{PREFIX}-")


def id_of(item: dict[str, Any], table: dict[str, Any]) -> str:
    """Return the id that ends an item's key."""
    return str(item[table["KeySchema"][-1]["AttributeName"]]).rpartition("#")[2]


def like(identifier: str, rank: int) -> str:
    """Return an id of the same form that the seeds give to nobody, one for each rank."""
    return identifier[:-1] + [c for c in "0123456789abcdef" if c != identifier[-1]][rank]


def furnish_with_twin(bank: World) -> None:
    """Add what the examples speak of, and the same for another customer."""
    furnish(bank)
    for table in table_properties():
        if table["KeySchema"][0]["AttributeName"] == "user_id":
            for item in bank.items(short(table)):
                if item["user_id"] == CALLER:
                    own = id_of(item, table)
                    texts = {k: v for k, v in item.items() if isinstance(v, str)}
                    other = {k: v.replace(own, like(own, 0)) for k, v in texts.items()}
                    bank.put(short(table), **item | other | {"user_id": TWIN})


def owners_of(bank: World) -> Owners:
    """Return the ids of all items that belong to somebody."""
    found: Owners = {}
    for table in table_properties():
        for item in bank.items(short(table)):
            for name, value in item.items():
                if "user_id" in item and name != "user_id" and value == id_of(item, table):
                    found.setdefault(name, {}).setdefault(str(value), set()).add(item["user_id"])
    return found


def own_ids(operation: Operation, owners: Owners) -> Iterator[tuple[str, str]]:
    """Yield each argument that stands for a thing of the caller, and an id of such a thing.

    Its example is the caller's; an example that is somebody else's, such as the account that a
    transfer goes to, is no such argument. One that the example leaves out is told by its name.
    """
    for name in operation.request_model.model_fields:
        value = str(RIGHT[operation.operation_id].get(name, ""))
        if any(CALLER in ids.get(value, ()) for ids in owners.values()):
            yield name, value
        elif name in owners and not value:
            yield name, min(i for i, users in owners[name].items() if CALLER in users)


def ask(bank: World, operation: Operation, door: str, arguments: dict[str, Any]) -> Any:
    """Return the error with which a door answers a request of the caller, or None."""
    if door == "agent":
        return bank.call(operation.operation_id, **as_text(arguments))[1].get("error")
    if door == "gateway":
        headers = {"x-centli-request-id": str(uuid4())}
        return call_tool(bank, operation.operation_id, arguments, headers=headers).get("error")
    event_type = operation.event_type or ""
    correlation_id = f"correlation-{uuid4()}"
    reply = bank.send(operation.group, event_type, arguments, correlation_id=correlation_id)
    return reply["data"].get("error")


def check_that_others_things_are_not_found(bank: World, operation: Operation, door: str) -> None:
    furnish_with_twin(bank)
    before = bank.snapshot() | {"requests": []}
    for name, own in own_ids(operation, owners_of(bank)):
        theirs, nobodys = (
            ask(bank, operation, door, RIGHT[operation.operation_id] | {name: like(own, rank)})
            for rank in (0, 1)
        )
        assert theirs == nobodys, name
        assert theirs["code"].endswith("_NOT_FOUND"), name
    assert bank.snapshot() | {"requests": []} == before


@pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
def test_an_agent_finds_nothing_of_another_customer_and_is_not_told_it_from_nothing(
    bank: World, operation: Operation
) -> None:
    check_that_others_things_are_not_found(bank, operation, "agent")


@pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
def test_a_gateway_finds_nothing_of_another_customer_and_is_not_told_it_from_nothing(
    bank: World, operation: Operation
) -> None:
    check_that_others_things_are_not_found(bank, operation, "gateway")


@pytest.mark.parametrize("operation", ON_BUS_DOOR, ids=lambda o: o.operation_id)
def test_the_bus_finds_nothing_of_another_customer_and_is_not_told_it_from_nothing(
    bank: World, operation: Operation
) -> None:
    check_that_others_things_are_not_found(bank, operation, "bus")


def test_the_callers_things_are_told_from_those_of_others(bank: World) -> None:
    furnish(bank)
    owners = owners_of(bank)
    found = {(o.operation_id, name) for o in OPERATIONS for name, _ in own_ids(o, owners)}
    assert found >= {(operation_id, name) for _, operation_id, name in SPECIFIED}
    assert found.isdisjoint({("createTransfer", "to_account"), ("addBeneficiary", "account_id")})


@pytest.mark.parametrize(("door", "operation_id", "name"), SPECIFIED)
def test_an_operation_that_does_not_look_whose_a_thing_is_would_be_found(
    bank: World, monkeypatch: pytest.MonkeyPatch, door: str, operation_id: str, name: str
) -> None:
    """The control: whoever owns what the request names counts as the caller."""
    [operation] = [o for o in OPERATIONS if o.operation_id == operation_id]

    @wraps(operation.function)
    def careless(caller: Caller, request: Any, *rest: Any) -> Any:
        owners = [ids.get(getattr(request, name), set()) for ids in owners_of(bank).values()]
        owner = min(set().union(*owners), default=caller.user_id)
        return operation.function(Caller(owner), request, *rest)

    [group] = [group for group in all_groups() if group.name == operation.group]
    others = [o for o in group if o != operation]
    monkeypatch.setattr(group, "_operations", [*others, operation._replace(function=careless)])
    with pytest.raises(AssertionError, match=name):
        check_that_others_things_are_not_found(bank, operation, door)


def test_one_customer_never_sees_a_word_of_another(bank: World) -> None:
    """Everything that Ana may ask for, while María has everything."""
    bank.beneficiary("user-maria", "ben-1", "mi hermano")
    bank.transaction("acc-maria", "2026-11-04T12:00:00Z", description="Secreto")
    bank.account("user-ana", "acc-ana", "10")
    for operation in ON_AGENT_DOOR:
        for arguments in (RIGHT[operation.operation_id], {}):
            status, body = bank.call(operation.operation_id, user_id="user-ana", **arguments)
            if operation.changes and status == 200:
                continue
            told = str(body)
            for secret in ("1000", "500.5", "Secreto", "López", "ben-1", "savings", "user-maria"):
                assert secret not in told.replace("1500.50", ""), operation.operation_id


def test_a_customers_own_request_is_not_found_by_another_who_knows_its_ids(bank: World) -> None:
    """The record of a request answers only the caller who made it."""
    data = {"from_account": "acc-maria", "to_account": "acc-juan", "amount": 100}
    first = bank.send("core_banking", "TRANSFER_REQUEST", data)
    other = bank.send("core_banking", "TRANSFER_REQUEST", data, user_id="user-ana")
    assert first["event_type"] == "TRANSFER_COMPLETED"
    assert other["data"]["error"]["code"] == "ACCOUNT_NOT_FOUND"
    assert "transaction_id" not in other["data"]


def test_without_the_caller_in_the_key_another_customer_would_be_answered(
    bank: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(service, "delivery_key", lambda *parts: parts[-1])
    with pytest.raises((AssertionError, KeyError)):
        test_a_customers_own_request_is_not_found_by_another_who_knows_its_ids(bank)


@pytest.mark.parametrize("user_id", ["user-maría", "user maria", "ｕser-maria", "x" * 129, "  "])
def test_a_customers_id_is_an_identifier(bank: World, user_id: str) -> None:
    assert bank.call("getBalance", user_id=user_id)[0] == 401


def test_blanks_around_a_customers_id_are_no_part_of_it(bank: World) -> None:
    assert bank.call("getBalance", user_id=" user-maria ") == bank.call("getBalance")


def test_each_use_of_the_test_user_is_counted(
    bank: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.rebuild(settings=bank.resources.settings._replace(test_user_id="user-juan"))
    assert bank.call("getBalance", user_id=None)[0] == 200
    assert "TestUserUses" in capsys.readouterr().out
    assert bank.call("getBalance")[0] == 200
    assert "TestUserUses" not in capsys.readouterr().out
