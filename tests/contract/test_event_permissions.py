"""Who may say what on the bus: the statements of the template, evaluated for each function's role.

The local AWS knows no condition keys of EventBridge, so this is where they are held. What a
function publishes is derived from the declared operations.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest

from action_groups import all_groups
from console.template import expanded_template
from shared.operations import Operation
from tests.support.rights import as_list, role_of, statements_of

TEMPLATE = expanded_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
RELAY = "EventRelayFunction"
FUNCTIONS: dict[str, Any] = {
    logical: resource["Properties"]
    for logical, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
OPERATIONS = [operation for group in all_groups() for operation in group]
REQUEST_SOURCES = TEMPLATE["Parameters"]["RequestSources"]["Default"].split(",")

Entry = tuple[str, str]
"""An event's source and detail-type."""


def published(operation: Operation) -> set[str]:
    return {e for e in (operation.success_event, operation.failure_event) if e is not None}


TOLD = {(o.source, event_type) for o in OPERATIONS for event_type in published(o)}
ASKED = {o.event_type for o in OPERATIONS if o.event_type} - {event_type for _, event_type in TOLD}
SOURCES = {o.source for o in OPERATIONS} | {*REQUEST_SOURCES, "intruder"}
EVENT_TYPES = ASKED | {event_type for _, event_type in TOLD} | {"PROBE"}


def rules_of(logical: str) -> list[dict[str, Any]]:
    events = FUNCTIONS[logical].get("Events", {}).values()
    return [e["Properties"]["Pattern"] for e in events if e["Type"] == "EventBridgeRule"]


def triggered_by(event_type: str) -> Operation:
    [operation] = [o for o in OPERATIONS if o.event_type == event_type]
    return operation


def publishes(logical: str) -> set[Entry]:
    """Return what a function puts on the bus.

    The relay publishes the outcomes of all changes, a function of the bus the answers to its
    queries and to requests that cannot be read; a step that cannot be read is told to nobody.
    """
    if logical == RELAY:
        return {(o.source, told) for o in OPERATIONS if o.changes for told in published(o)}
    triggered = [triggered_by(t) for rule in rules_of(logical) for t in rule["detail-type"]]
    return {
        (o.source, told)
        for o in triggered
        for told in published(o)
        if not o.is_step and (not o.changes or told == o.failure_event)
    }


def values_of(wanted: Any) -> list[Any]:
    return REQUEST_SOURCES if wanted == {"Ref": "RequestSources"} else as_list(wanted)


def holds(condition: dict[str, Any], entries: Iterable[Entry], principal: Any) -> bool:
    """Evaluate a statement's condition as IAM does; an operator that is not known here fails."""
    entries = list(entries)
    context = {
        "events:source": [source for source, _ in entries],
        "events:detail-type": [event_type for _, event_type in entries],
        "aws:PrincipalArn": [principal],
    }

    def one(operator: str, key: str, wanted: list[Any]) -> bool:
        match operator:
            case "ForAllValues:StringEquals":
                return all(value in wanted for value in context[key])
            case "ForAnyValue:StringNotEquals":
                return any(value not in wanted for value in context[key])
            case "ArnNotEquals":
                [value] = context[key]
                return value not in wanted
        raise AssertionError(f"This test does not know {operator}")

    return all(
        one(operator, key, values_of(wanted))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def may_put(
    role: str, entries: Iterable[Entry], resources: dict[str, Any], *, administrator: bool = False
) -> bool:
    """Tell whether a role may put these entries in one call."""
    entries = list(entries)
    principal = {"Fn::GetAtt": [role, "Arn"]}
    denied = [
        s
        for s in resources["EventBus"]["Properties"]["Policy"]["Statement"]
        if s["Effect"] == "Deny" and holds(s["Condition"], entries, principal)
    ]
    allowed = administrator or any(
        holds(s.get("Condition", {}), entries, principal)
        for s in statements_of(role, resources)
        if "events:PutEvents" in as_list(s["Action"])
    )
    return allowed and not denied


def may_say(role: str, resources: dict[str, Any]) -> set[Entry]:
    return {(s, t) for s in SOURCES for t in EVENT_TYPES if may_put(role, [(s, t)], resources)}


def combined(said: set[Entry]) -> set[Entry]:
    """Return each source with each detail-type: one statement cannot tell the pairs apart."""
    return {(source, event_type) for source, _ in said for _, event_type in said}


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_role_may_say_what_its_function_publishes_and_nothing_else(logical: str) -> None:
    said = publishes(logical)

    assert may_say(role_of(logical), RESOURCES) == combined(said)
    assert len({source for source, _ in said}) <= 1 or logical == RELAY, "one statement a source"


def test_the_relay_may_say_all_that_changes_owe_in_one_call() -> None:
    assert may_put(role_of(RELAY), publishes(RELAY), RESOURCES)


@pytest.mark.parametrize("logical", [f for f in FUNCTIONS if publishes(f)])
def test_one_forged_entry_in_a_call_is_enough_to_refuse_it(logical: str) -> None:
    role, said = role_of(logical), publishes(logical)

    assert may_put(role, said, RESOURCES)
    for forged in [("intruder", event_type) for _, event_type in said] + [("crm", "PROBE")]:
        assert not may_put(role, [*said, forged], RESOURCES)


@pytest.mark.parametrize("logical", [f for f in FUNCTIONS if publishes(f)])
def test_the_check_of_roles_sees_a_statement_without_its_condition(logical: str) -> None:
    resources = deepcopy(RESOURCES)
    for statement in statements_of(role_of(logical), resources):
        if statement["Action"] == "events:PutEvents":
            del statement["Condition"]

    assert may_say(role_of(logical), resources) != combined(publishes(logical))


def test_nobody_but_the_functions_says_what_has_happened() -> None:
    for source in SOURCES:
        asks = source in REQUEST_SOURCES
        for event_type in EVENT_TYPES:
            entries = [(source, event_type)]
            assert may_put("AgentRole", entries, RESOURCES, administrator=True) is asks
    mixed = [(REQUEST_SOURCES[0], "BALANCE_QUERY"), ("core-banking", "PAYMENT_COMPLETED")]
    assert not may_put("AgentRole", mixed, RESOURCES, administrator=True)


def test_the_check_of_the_bus_sees_a_policy_that_denies_nothing() -> None:
    resources = deepcopy(RESOURCES)
    resources["EventBus"]["Properties"]["Policy"]["Statement"] = []

    forged = [("core-banking", "PAYMENT_COMPLETED")]
    assert may_put("AgentRole", forged, resources, administrator=True)


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_rule_believes_an_event_for_who_could_have_sent_it(logical: str) -> None:
    for rule in rules_of(logical):
        for event_type in rule["detail-type"]:
            tellers = {source for source, told in TOLD if told == event_type}
            expected = sorted(tellers) if tellers else {"Ref": "RequestSources"}
            assert rule["source"] == expected, event_type


def test_the_functions_are_told_the_sources_that_the_rules_let_in() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert variables["REQUEST_SOURCES"] == {"Fn::Join": [",", {"Ref": "RequestSources"}]}


@pytest.mark.parametrize("source", sorted({o.source for o in OPERATIONS}))
def test_a_source_of_the_groups_is_not_taken_for_one_of_requests(source: str) -> None:
    pattern = TEMPLATE["Parameters"]["RequestSources"]["AllowedPattern"]

    assert not re.fullmatch(pattern, source), f"add {source} to what the pattern excludes"
    assert re.fullmatch(pattern, f"{source}-app")
    assert all(re.fullmatch(pattern, allowed) for allowed in REQUEST_SOURCES)
