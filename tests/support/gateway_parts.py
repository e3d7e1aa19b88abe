"""The gateway's template, and its parts."""

from typing import Any

from action_groups import all_groups
from console.template import load_gateway_template

TEMPLATE = load_gateway_template()
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
GROUPS = {group.name: group for group in all_groups()}

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/centli-gateway-a1b2c3d4e5"
LIMIT = "5000.00"


def of_type(kind: str) -> dict[str, Any]:
    found = {k: r["Properties"] for k, r in RESOURCES.items() if r["Type"] == kind}
    assert found
    return found


def targets(kind: str = "Lambda") -> dict[str, Any]:
    found = of_type("AWS::BedrockAgentCore::GatewayTarget").values()
    return {p["Name"]: p for p in found if kind in p["TargetConfiguration"]["Mcp"]}
