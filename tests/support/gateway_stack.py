"""`gateway.yaml` on the local AWS, which has no AgentCore: all but what is of that service."""

import json
from typing import Any

from console.artefact import FUNCTIONS, MCP_FUNCTION, source_zip
from console.cloud import Cloud
from console.template import load_gateway_template

STACK = "centli-gateway"
_OF_AGENTCORE = "AWS::BedrockAgentCore::"


def without_agentcore() -> dict[str, Any]:
    """Return the template without AgentCore's resources, and without what refers to them."""
    template = load_gateway_template()
    resources = template["Resources"]
    gone = {k for k, r in resources.items() if r["Type"].startswith(_OF_AGENTCORE)}
    template["Resources"] = {k: r for k, r in resources.items() if k not in gone}
    del template["Outputs"]
    [policy] = template["Resources"]["GatewayRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    statements[:] = [
        s for s in statements if not any(name in str(s) for name in gone - {"Gateway"})
    ]
    return template


def deploy(cloud: Cloud) -> None:
    """Deploy it, with the MCP server, beside a stack that is there."""
    template = without_agentcore()
    s3, bucket = cloud.client("s3"), f"centli-artefacts-{cloud.account}"
    for artefact, logical in (
        (FUNCTIONS, "GatewayInterceptorFunction"),
        (MCP_FUNCTION, "McpServerFunction"),
    ):
        key = f"{logical}.zip"
        s3.put_object(Bucket=bucket, Key=key, Body=source_zip(artefact))
        template["Resources"][logical]["Properties"]["CodeUri"] = f"s3://{bucket}/{key}"
    parameters = {
        "DiscoveryUrl": "https://example.com/.well-known/openid-configuration",
        "AllowedClients": "client",
        "CreateMcpServer": "true",
    }
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
