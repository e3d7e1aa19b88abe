"""What `gateway.yaml` lacks for the operations that are declared, one sentence for each gap."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.policies import MCP_TARGET, actions, target_of
from shared.channel import function_of
from shared.operations import ActionGroup

_TARGET = "AWS::BedrockAgentCore::GatewayTarget"
_POLICY = "AWS::BedrockAgentCore::Policy"
_RATE_LIMIT = "AWS::BedrockAgentCore::GatewayRateLimit"


def gateway_gaps(groups: Sequence[ActionGroup], template: Mapping[str, Any]) -> list[str]:
    """Return a sentence for everything that the gateway's template lacks or has for nothing."""
    resources = template["Resources"]
    served = [group for group in groups if any(o.path is not None for o in group)]
    return [
        *(gap for group in served for gap in _gaps_of_group(group, resources)),
        *_gaps_of_leftovers(served, resources),
        *_gaps_of_rates(served, resources),
    ]


def _gaps_of_group(group: ActionGroup, resources: Mapping[str, Any]) -> Iterator[str]:
    name, target = group.name, target_of(group)
    logical = _targets(resources).get(target)
    if logical is None:
        yield f"{name}: gateway.yaml has no target {target}"
    else:
        if f"tools/{name}.yaml" not in str(resources[logical]):
            yield f"{name}: the target {target} of gateway.yaml does not read tools/{name}.yaml"
        if not any(logical in str(p.get("DependsOn")) for p in _of_type(_POLICY, resources)):
            yield f"{name}: no policy of gateway.yaml waits for {logical}, whose tools it names"
    function = function_of("${NamePrefix}", name)
    if not any(f":function:{function}'" in str(r) for r in _of_type("AWS::IAM::Policy", resources)):
        yield f"{name}: who calls the functions in gateway.yaml may not invoke {function}"


def _gaps_of_leftovers(
    groups: Sequence[ActionGroup], resources: Mapping[str, Any]
) -> Iterator[str]:
    known = {MCP_TARGET, *map(target_of, groups)}
    for target in _targets(resources):
        if target not in known:
            yield f"{target}: a target of gateway.yaml, and there is no such action group"


def _gaps_of_rates(groups: Sequence[ActionGroup], resources: Mapping[str, Any]) -> Iterator[str]:
    """Compare the tools whose rate is limited, by either name, with those that need a yes."""
    entries = (e for r in _of_type(_RATE_LIMIT, resources) for e in r["Properties"]["Entries"])
    limited = {name for entry in entries for name in entry["Dimensions"]["toolName"]["Fn::If"][1:]}
    needed = {
        action
        for called in (target_of, lambda _: MCP_TARGET)
        for action in actions(groups, lambda operation: operation.confirm, called)
    }
    for action in sorted(needed - limited):
        yield f"{action}: gateway.yaml does not limit its rate"
    for action in sorted(limited - needed):
        yield f"{action}: gateway.yaml limits its rate, and it needs no yes"


def _targets(resources: Mapping[str, Any]) -> dict[str, str]:
    """Return the logical id of each target by its name."""
    return {r["Properties"]["Name"]: k for k, r in resources.items() if r["Type"] == _TARGET}


def _of_type(kind: str, resources: Mapping[str, Any]) -> list[Any]:
    return [resource for resource in resources.values() if resource["Type"] == kind]
