"""The template as it is expanded and processed, and its parts."""

from typing import Any

from console.template import expanded_template
from tests.support.processed_template import fixed_names, processed
from tests.support.rights import (
    role_of,
    statements_of,
)

TEMPLATE = expanded_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]

RELAY = "centli-event-relay"
PROCESSED = processed()
NAMES = fixed_names(PROCESSED)


def of_type(type_: str) -> dict[str, Any]:
    return {name: r for name, r in RESOURCES.items() if r["Type"] == type_}


def event_types(properties: dict[str, Any]) -> set[str]:
    rules = [e for e in properties.get("Events", {}).values() if e["Type"] == "EventBridgeRule"]
    return {t for rule in rules for t in rule["Properties"]["Pattern"]["detail-type"]}


def policy_of(logical: str) -> dict[str, Any]:
    """Return what a function may do beside what every function may."""
    policy = RESOURCES[RESOURCES[logical]["DependsOn"]]
    document: dict[str, Any] = policy["Properties"]["PolicyDocument"]
    return document


def statements(logical: str) -> list[dict[str, Any]]:
    return statements_of(role_of(logical), RESOURCES)
