"""The functions of `template.yaml` and the rules that lead to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from console.template import expanded_template
from shared.settings import Settings
from tests.support.tables import function_environment

LIMITS = {
    "REQUIRE_CONFIRMATION": "agents",
    "MAX_TRANSFER_AMOUNT": "60",
    "DAILY_TRANSFER_LIMIT": "70",
    "NEW_PAYEE_LIMIT": "40",
}
"""The deployed setting, with limits that bite."""

_HANDLER = "action_groups.handler."


@dataclass(frozen=True, slots=True)
class Function:
    """A function of an action group, with the settings that the template gives it."""

    group: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the bus with its target."""

    pattern: Mapping[str, Any]
    function: str

    def matches(self, event: Mapping[str, Any]) -> bool:
        return all(event.get(name) in allowed for name, allowed in self.pattern.items())


@cache
def declared() -> tuple[dict[str, Function], list[Rule]]:
    """Return the functions by name, without prefix, and the rules, as the template has them."""
    functions: dict[str, Function] = {}
    rules: list[Rule] = []
    template = expanded_template()
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        name = properties["FunctionName"]["Fn::Sub"].removeprefix("${NamePrefix}-")
        if properties["Handler"].startswith(_HANDLER):
            group = properties["Handler"].removeprefix(_HANDLER)
            functions[name] = Function(group, settings_with(**_own_variables(properties)))
        rules += [
            Rule(_pattern(event["Properties"]["Pattern"], template["Parameters"]), name)
            for event in (properties.get("Events") or {}).values()
            if event["Type"] == "EventBridgeRule"
        ]
    return functions, rules


def settings_with(**variables: str) -> Settings:
    """Return the settings of a function with these variables of its own."""
    environment = {**function_environment(), "AGENT_WAIT_SECONDS": "1", **LIMITS, **variables}
    return Settings.from_environment(environment)


def _own_variables(properties: Mapping[str, Any]) -> dict[str, str]:
    variables: dict[str, str] = properties.get("Environment", {}).get("Variables", {})
    return variables


def _pattern(pattern: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a pattern of lists, with the parameters that it names at their defaults."""
    made = {}
    for name, allowed in pattern.items():
        is_named = isinstance(allowed, dict)
        made[name] = parameters[allowed["Ref"]]["Default"].split(",") if is_named else allowed
        assert isinstance(made[name], list), f"a pattern that is not simulated: {pattern}"
    return made
