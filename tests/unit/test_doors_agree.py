"""One table over all operations and doors: same answers, refusals, effects, records and events.

The bank asks for the customer's yes at every door, and each door has its own way to bring it. The
ids that are left to chance are one id here, so what is recorded at one door has the same ids as at
another.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shared import json_text
from shared.limits import MAX_TERMS_ASKED
from shared.operations import Operation
from tests.support.arguments import ON_AGENT_DOOR, RIGHT, as_text, furnish
from tests.support.gateway import call_tool
from tests.support.mcp_client import Era, McpBank, Person
from tests.support.mcp_url import McpUrlBank
from tests.support.world import SETTINGS, World, world

Answer = tuple[str | None, dict[str, Any]]
"""The code of an error, or None, and the answer."""

ID = UUID(int=1)
OF_THE_DOOR = {"door", "correlation_id", "confirmation_id", "terms_digest"}
"""Fields that say which door it was, or which yes."""

LIMITS = {"max_transfer_amount": 50_000, "daily_transfer_limit": 12_800, "new_payee_limit": 3_000}
REFUSED = [
    ("createTransfer", {"amount": 40_000}),
    ("createTransfer", {"to_account": "acc-nobody"}),
    ("createTransfer", {"from_account": "acc-juan-savings"}),
    ("createPurchase", {"quantity": 999}),
    ("createPurchase", {"unit_price": 1}),
    ("addBeneficiary", {"alias": "mi hermano"}),
    ("addBeneficiary", {"account_id": "acc-nobody"}),
    ("getBalance", {"account_id": "acc-juan-savings"}),
    ("listTransactions", {"account_id": "acc-juan-savings"}),
    ("listTransactions", {"next_token": "forged"}),
]


def agent(bank: World, operation: Operation, arguments: dict[str, Any]) -> Answer:
    _, body = bank.call(operation.operation_id, **as_text(arguments))
    return body.get("error", {}).get("code"), body


def bus(bank: World, operation: Operation, arguments: dict[str, Any]) -> Answer:
    def send(**proven: str) -> dict[str, Any]:
        event_type = operation.event_type or ""
        reply = bank.send(operation.group, event_type, arguments, correlation_id=str(ID), **proven)
        return dict(reply["data"])

    data = send()
    if "confirmation" in data:
        data = send(confirmation=bank.proof(data))
    return data.get("error", {}).get("code"), data


def gateway(bank: World, operation: Operation, arguments: dict[str, Any]) -> Answer:
    body = call_tool(bank, operation.operation_id, arguments)
    if "confirmation" in body:
        headers = {"x-centli-confirmation": bank.proof(body)}
        body = call_tool(bank, operation.operation_id, arguments, headers=headers)
    return body.get("error", {}).get("code"), body


def mcp(era: Era, server: type[McpBank] = McpBank) -> Callable[..., Answer]:
    def ask(bank: World, operation: Operation, arguments: dict[str, Any]) -> Answer:
        given = json_text.without_decimals(arguments)
        result = server(bank).call(operation.operation_id, given, era=era, person=Person())
        body = dict(result.structured_content)
        return body.get("error", {}).get("code"), body

    return ask


DOORS: dict[str, Callable[..., Answer]] = {
    "agent": agent,
    "bus": bus,
    "gateway": gateway,
    "MCP": mcp("auto"),
    "MCP before 2026-07-28": mcp("legacy"),
    "MCP behind the gateway": mcp("auto", McpUrlBank),
}
RECORDED = {name: "mcp" if name.startswith("MCP") else name for name in DOORS}
"""What records call each door."""


def doors_of(operation: Operation) -> list[str]:
    return [name for name in DOORS if name != "bus" or operation.event_type]


def asked(name: str, operation: Operation, arguments: dict[str, Any]) -> tuple[Any, ...]:
    """Ask a bank of its own by one door; return the answer, and what came of it."""
    with world() as bank:
        furnish(bank)
        bank.rebuild(settings=SETTINGS._replace(require_confirmation="always", **LIMITS))
        code, body = DOORS[name](bank, operation, arguments)
        at_once = {k: v for k, v in body.items() if k not in {"repeated", "notice"}}
        bank.settle()
        effects = {
            table: sorted(str(steady(item)) for item in bank.items(table))
            for table in ("accounts", "products", "beneficiaries", "transactions", "purchases")
        }
        records = [
            (r["operation"], r["request_id"], r["status"], "terms_digest" in r)
            for r in bank.records()
        ]
        changed = [r for r in bank.records() if r["operation"] == operation.operation_id]
        kept = (i for t in ("transactions", "purchases", "beneficiaries") for i in bank.items(t))
        of_the_change = [item for item in kept if "confirmation_id" in item]
        doors = {item["door"] for item in (*changed, *of_the_change)}
        assert doors <= {RECORDED[name]}, name
        assert bool(doors) is (code is None and operation.changes), name
        events = sorted(e["event_type"] for e in bank.bus.envelopes if is_of_a_change(e))
        return code, steady(at_once), effects, sorted(records), events


def is_of_a_change(envelope: dict[str, Any]) -> bool:
    """Tell an event that everybody hears from the reply to one who asked by the bus."""
    code = envelope["data"].get("error", {}).get("code")
    return not envelope["event_type"].endswith("_RESPONSE") and code is None


def steady(value: Any) -> Any:
    """Return a value without what says which door it was."""
    if isinstance(value, dict):
        return {k: steady(v) for k, v in value.items() if k not in OF_THE_DOOR}
    if isinstance(value, list):
        return [steady(item) for item in value]
    return json_text.loads(json_text.dumps(value))


@pytest.fixture(autouse=True)
def _one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.service.uuid4", lambda: ID)


@pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
def test_right_arguments_have_the_same_answer_and_effects_at_every_door(
    operation: Operation,
) -> None:
    right = RIGHT[operation.operation_id]
    code, answer, *effects = asked("agent", operation, right)
    assert code is None
    assert bool(effects[1]) is operation.changes, "a change has a record, and a question has none"
    for name in doors_of(operation):
        its_code, its_answer, *its_effects = asked(name, operation, right)
        assert its_code is None, name
        assert its_effects == effects, name
        if not operation.begins or name != "bus":  # there, what begins a flow is the answer
            assert its_answer == answer, name


@pytest.mark.parametrize(("operation_id", "wrong"), REFUSED, ids=str)
def test_a_refusal_is_the_same_at_every_door_and_leaves_nothing(
    operation_id: str, wrong: dict[str, Any]
) -> None:
    [operation] = [o for o in ON_AGENT_DOOR if o.operation_id == operation_id]
    arguments = RIGHT[operation_id] | wrong
    answers = {name: asked(name, operation, arguments) for name in doors_of(operation)}
    codes = {name: answer[0] for name, answer in answers.items()}
    assert len(set(codes.values())) == 1, codes
    assert None not in codes.values()
    messages = {answer[1]["error"]["message"] for answer in answers.values()}
    assert len(messages) == 1, messages
    effects = [answer[2:] for answer in answers.values()]
    assert all(effect == effects[0] for effect in effects)
    assert effects[0][1:] == ([], [])


def test_a_door_that_loses_the_proof_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the table."""
    monkeypatch.setattr("shared.front_doors.gateway.checked_proofs", lambda name, value: "")
    [operation] = [o for o in ON_AGENT_DOOR if o.operation_id == "createTransfer"]
    with pytest.raises(AssertionError, match="gateway"):
        test_right_arguments_have_the_same_answer_and_effects_at_every_door(operation)


def test_a_door_that_is_recorded_under_another_name_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control of the names of doors."""
    monkeypatch.setattr("shared.front_doors.bedrock._door", lambda event: "agent")
    [operation] = [o for o in ON_AGENT_DOOR if o.operation_id == "addBeneficiary"]
    with pytest.raises(AssertionError, match="MCP"):
        test_right_arguments_have_the_same_answer_and_effects_at_every_door(operation)


@pytest.mark.slow
@pytest.mark.parametrize("door", [name for name in DOORS if name != "bus"])
def test_a_customer_is_asked_about_twenty_unpaid_accounts_a_day_by_whatever_tool_and_door(
    door: str,
) -> None:
    """The limit of the tools that need a yes which holds; a gateway's rate only saves load."""
    tools = {o.operation_id: o for o in ON_AGENT_DOOR}
    transfer = {"from_account": "acc-maria-checking", "amount": 1}
    friend = {"name": "Ana", "relationship": "friend"}
    with world() as bank:
        furnish(bank)
        bank.rebuild(settings=SETTINGS._replace(require_confirmation="always"))
        codes = []
        for number in range(MAX_TERMS_ASKED + 1):
            to = f"acc-nobody-{number}"
            name, given = (
                ("createTransfer", {**transfer, "to_account": to})
                if number % 2
                else ("addBeneficiary", {**friend, "alias": f"amiga {number}", "account_id": to})
            )
            codes.append(DOORS[door](bank, tools[name], given)[0])
    assert codes[-1] == "TERMS_LIMIT"
    assert "TERMS_LIMIT" not in codes[:-1]
