"""`centli doctor`: what is missing, wrong or behind in a deployed stack, and how to mend each.

It only reads. What it cannot read, for want of a permission, it says.

Longer than 400 lines: all checks are here, each a function of its own.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import yaml
from botocore.exceptions import BotoCoreError, ClientError

from action_groups import all_groups
from console import openapi, policies, tools
from console.deployment import Deployment
from console.template import load_template
from shared.channel import LIVE
from shared.observability import UNREADABLE
from shared.settings import Settings

Level = Literal["wrong", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and how to mend it; a note alone does not fail the command."""

    check: str
    level: Level
    what: str
    mend: str


@dataclass(frozen=True)
class Stack:
    """A deployed stack as its checks look at it."""

    deployment: Deployment
    status: str
    parameters: Mapping[str, str]
    resources: Sequence[Mapping[str, Any]]

    def client(self, service: str) -> Any:
        """Return a client of an AWS service."""
        return self.deployment.cloud.client(service)

    def names_of(self, kind: str) -> list[str]:
        """Return the physical names of the stack's resources of a type."""
        found = (r for r in self.resources if r["ResourceType"] == kind)
        return sorted(str(r["PhysicalResourceId"]) for r in found)


Complaint = tuple[Level, str, str]
Check = Callable[[Stack], Iterator[Complaint]]
CHECKS: Final[dict[str, Check]] = {}
_PUBLISHED: Final = ("CodeSha256", "Environment", "Handler", "Runtime", "Timeout", "MemorySize")
"""What a version of a function has of the function as it was when it was published."""
_GONE: Final = re.compile("NotFound|NonExistent|DoesNotExist")
"""What the codes have by which AWS says that something is not there."""
_ACTION: Final = re.compile(r'AgentCore::Action::"([^"]+)"')


def _check(check: Check) -> Check:
    CHECKS[check.__name__.removeprefix("_").replace("_", "-")] = check
    return check


def run(deployment: Deployment, stack_name: str, *, as_json: bool) -> int:
    """Print what the checks find; return 1 when something is wrong."""
    findings = list(examined(stack_of(deployment, stack_name)))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for found in findings:
            print(f"{found.level}: {found.check}: {found.what}\n  {found.mend}")
        print(f"Checks: {len(CHECKS)}. Findings: {len(findings)}.")
    return 1 if any(finding.level == "wrong" for finding in findings) else 0


def stack_of(deployment: Deployment, stack_name: str) -> Stack:
    """Read the stack."""
    cloudformation = deployment.cloud.client("cloudformation")
    [described] = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    return Stack(
        deployment,
        described["StackStatus"],
        {p["ParameterKey"]: p["ParameterValue"] for p in described.get("Parameters", [])},
        list(_listed(cloudformation, "list_stack_resources", StackName=stack_name)),
    )


def _listed(client: Any, operation: str, **place: str) -> Iterator[Any]:
    """Yield what an operation lists, page by page."""
    paginator = client.get_paginator(operation)
    for page in paginator.paginate(**place):
        for listed in paginator.result_keys:
            yield from listed.search(page)


def examined(stack: Stack, checks: Mapping[str, Check] = CHECKS) -> Iterator[Finding]:
    """Run the checks; one that may not look is itself a note."""
    for name, check in checks.items():
        try:
            for complaint in check(stack):
                yield Finding(name, *complaint)
        except (ClientError, BotoCoreError) as error:
            yield Finding(name, *_not_looked_at(error))
        except (*UNREADABLE, yaml.YAMLError) as error:
            what = f"what is deployed is not as this code knows it ({error!r})"
            yield Finding(name, "wrong", what, "Build and deploy the stack of this code.")


def _not_looked_at(error: ClientError | BotoCoreError) -> Complaint:
    """Return what a refusal or a failure of AWS says; it says so too of what is not there."""
    told = error.response["Error"] if isinstance(error, ClientError) else {}
    if _GONE.search(told.get("Code", "")):
        what = f"what the stack made is not there ({told['Message']})"
        return "wrong", what, "Put it back, and look again: the rest of this check was not made."
    what = f"this could not be looked at ({told.get('Code', error)})"
    return "note", what, "Give the command the permission to read it."


@_check
def _stack(stack: Stack) -> Iterator[Complaint]:
    if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        yield "wrong", f"the stack is {stack.status}", "Look at its events, and deploy it again."


@_check
def _confirmation(stack: Stack) -> Iterator[Complaint]:
    if stack.parameters.get("RequireConfirmation") == "never":
        yield (
            "wrong",
            "agents move money without a proof of the customer's yes",
            "Deploy with RequireConfirmation=agents.",
        )


@_check
def _test_user(stack: Stack) -> Iterator[Complaint]:
    if stack.parameters.get("TestUserId"):
        yield (
            "wrong",
            "whoever sends no user_id becomes the test user",
            "Deploy with an empty TestUserId, unless this stack is for the console's test window.",
        )


@_check
def _alarms(stack: Stack) -> Iterator[Complaint]:
    if not stack.parameters.get("AlarmTopicArn"):
        yield "note", "no alarm tells anybody", "Deploy with AlarmTopicArn, an SNS topic."


@_check
def _protection(stack: Stack) -> Iterator[Complaint]:
    dynamodb = stack.client("dynamodb")
    for name in stack.names_of("AWS::DynamoDB::Table"):
        if not dynamodb.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
            mend = "Deploy with DeletionProtection=true."
            yield "wrong", f"{name} can be deleted by one call", mend


@_check
def _recovery(stack: Stack) -> Iterator[Complaint]:
    """Look whether tables can be restored to a moment; the local AWS turns that on for none."""
    dynamodb = stack.client("dynamodb")
    tables = stack.names_of("AWS::DynamoDB::Table")
    for name in () if stack.deployment.cloud.is_local else tables:
        backups = dynamodb.describe_continuous_backups(TableName=name)
        recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            mend = "Deploy with PointInTimeRecovery=true."
            yield "wrong", f"{name} cannot be restored to a moment", mend


@_check
def _dead_letters(stack: Stack) -> Iterator[Complaint]:
    name = "ApproximateNumberOfMessages"
    url = stack.deployment.outputs["DeadLetterQueueUrl"]
    queue = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    count = int(queue["Attributes"][name])
    if count:
        mend = "Read them with `centli dead-letters`, and redrive them when the cause is mended."
        yield "wrong", f"{count} events could not be handled", mend


@_check
def _events(stack: Stack) -> Iterator[Complaint]:
    """Look whether what happens goes on: by the rules, and by the stream that the relay reads."""
    rules = {name.rpartition("|")[2] for name in stack.names_of("AWS::Events::Rule")}
    for bus in (stack.deployment.bus_name, "default"):
        for rule in _listed(stack.client("events"), "list_rules", EventBusName=bus):
            if rule["State"] != "DISABLED":
                rules.discard(rule["Name"])
    for name in sorted(rules):
        yield "wrong", f"the rule {name} is switched off or gone", "Enable it, or deploy again."
    for mapping in stack.names_of("AWS::Lambda::EventSourceMapping"):
        state = stack.client("lambda").get_event_source_mapping(UUID=mapping)["State"]
        if state in ("Disabled", "Disabling"):
            what = f"the relay's event source mapping {mapping} is switched off: no change is told"
            yield "wrong", what, "Enable it, within a day: the stream forgets what is older."


@_check
def _functions(stack: Stack) -> Iterator[Complaint]:
    client = stack.client("lambda")
    wanted = {variable for variable, is_required in Settings.variables().items() if is_required}
    for name in stack.names_of("AWS::Lambda::Function"):
        function = client.get_function_configuration(FunctionName=name, Qualifier=LIVE)
        if function.get("State", "Active") != "Active":
            yield "wrong", f"{name} is {function['State']}", "Look at it in Lambda; deploy again."
        latest = client.get_function_configuration(FunctionName=name)
        if any(function.get(told) != latest.get(told) for told in _PUBLISHED):
            what = f"{name}:{LIVE} serves other code or settings than the stack gave last"
            yield "wrong", what, "Publish a version of it, and move the alias there."
        lacking = sorted(wanted - set(function.get("Environment", {}).get("Variables", {})))
        if lacking:
            what = f"{name} is not given {', '.join(lacking)}, which this code needs"
            yield "wrong", what, "Build and deploy the stack of this code."


@_check
def _agent_permission(stack: Stack) -> Iterator[Complaint]:
    """Look whether the agent that the stack names may invoke its groups, and no other may."""
    has_agent = stack.parameters.get("CreateAgent") == "true" or stack.parameters.get("AgentId")
    for group in all_groups() if has_agent else ():
        name = stack.deployment.function_of(group.name)
        if not any(_is_bound(s) for s in _statements(stack.client("lambda"), name)):
            what = f"no agent of this account may invoke {name}"
            yield "wrong", what, "Deploy again: the stack makes this permission with the agent."


def _statements(client: Any, function: str) -> list[Mapping[str, Any]]:
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return []
    return list(policy["Statement"])


def _is_bound(statement: Mapping[str, Any]) -> bool:
    """Tell whether a statement admits Bedrock, for an agent and an account alone."""
    text = json.dumps(statement)
    names = ("bedrock.amazonaws.com", "aws:sourceaccount", "aws:sourcearn", ":agent/")
    return all(name in text.lower() for name in names)


@_check
def _agent_instruction(stack: Stack) -> Iterator[Complaint]:
    for agent in stack.names_of("AWS::Bedrock::Agent"):
        found = stack.client("bedrock-agent").get_agent(agentId=agent)["agent"]
        if found.get("instruction", "") != _agent_of_the_template("Agent")["Instruction"]:
            yield "wrong", "the agent has another instruction than template.yaml", "Deploy again."


@_check
def _agent_schemas(stack: Stack) -> Iterator[Complaint]:
    """Look whether the created agent reads the schemas of this code."""
    for agent in stack.names_of("AWS::Bedrock::Agent"):
        for what in _other_schemas(stack.client("bedrock-agent"), agent, "DRAFT"):
            yield "wrong", f"the agent {what}", "Deploy again."


@_check
def _agent_alias(stack: Stack) -> Iterator[Complaint]:
    """Look whether the alias of the created agent serves what this code's template describes."""
    client = stack.client("bedrock-agent")
    mend = "Deploy again; if it stays, make a version of the agent and point the alias at it."
    for agent in stack.names_of("AWS::Bedrock::Agent"):
        for name in stack.names_of("AWS::Bedrock::AgentAlias"):
            place = {"agentId": agent, "agentAliasId": name.rpartition("|")[2]}
            alias = client.get_agent_alias(**place)["agentAlias"]
            written = _agent_of_the_template("AgentAlias")["Description"]["Fn::Sub"]
            if not alias.get("description", "").startswith(written.partition("$")[0]):
                what = "is described by another definition of the agent than template.yaml's"
                yield "wrong", f"the alias {alias['agentAliasName']} {what}", mend
            for route in alias["routingConfiguration"]:
                version = route["agentVersion"]
                serves = f"version {version}, which {alias['agentAliasName']} serves,"
                for what in _other_schemas(client, agent, version):
                    yield "wrong", f"{serves} {what}", mend


def _agent_of_the_template(logical: str) -> Any:
    return load_template()["Resources"][logical]["Properties"]


def _other_schemas(client: Any, agent: str, version: str) -> Iterator[str]:
    """Yield how the schemas of a version of an agent differ from those of this code."""
    place = {"agentId": agent, "agentVersion": version}
    groups = _listed(client, "list_agent_action_groups", **place)
    served = {g["actionGroupName"]: g["actionGroupId"] for g in groups}
    for group in all_groups():
        if group.name not in served:
            yield f"has no action group {group.name}"
            continue
        found = client.get_agent_action_group(**place, actionGroupId=served[group.name])
        payload = found["agentActionGroup"].get("apiSchema", {}).get("payload", "")
        if yaml.safe_load(payload) != openapi.document(group):
            yield f"reads another schema of {group.name} than this code's"


@_check
def _gateway_tools(stack: Stack) -> Iterator[Complaint]:
    """Look whether the gateway beside the stack lists the tools of this code."""
    client = stack.client("bedrock-agentcore-control")
    for place in _gateways(stack):
        listed = _listed(client, "list_gateway_targets", **place)
        targets = {target["name"]: target["targetId"] for target in listed}
        mend = "Deploy gateway.yaml again."
        wanted = _tools_of_targets(is_server=policies.MCP_TARGET in targets)
        for target_name, declared in wanted.items():
            if target_name not in targets:
                yield "wrong", f"the gateway has no target {target_name}", mend
                continue
            target = client.get_gateway_target(**place, targetId=targets[target_name])
            if _by_name(_served(target["targetConfiguration"]["mcp"])) != _by_name(declared):
                yield "wrong", f"{target_name} lists other tools than this code's", mend


def _tools_of_targets(*, is_server: bool) -> dict[str, list[dict[str, Any]]]:
    """Return the tools of each target: of the MCP server, or of the functions of the groups."""
    if is_server:
        return {policies.MCP_TARGET: tools.of_mcp(all_groups())}
    return {policies.target_of(group): tools.of_the_api(group) for group in all_groups()}


def _served(target: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the tools of a target's configuration."""
    if "lambda" in target:
        return list(target["lambda"]["toolSchema"].get("inlinePayload", []))
    told = json.loads(target["mcpServer"].get("mcpToolSchema", {}).get("inlinePayload", "{}"))
    return list(told.get("tools", []))


@_check
def _mcp_server(stack: Stack) -> Iterator[Complaint]:
    """Look whether the MCP server beside the stack signs with its key, when it is asked by IAM."""
    client, name = stack.client("lambda"), f"{stack.deployment.name_prefix}-mcp-server"
    try:
        function = client.get_function_configuration(FunctionName=name)
        url = client.get_function_url_config(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return  # gateway.yaml makes it only where it is asked to
    key_arn = function.get("Environment", {}).get("Variables", {}).get("CONFIRMATION_KEY_ARN")
    if key_arn != stack.deployment.outputs["ConfirmationKeyArn"]:
        what = f"{name} signs with another key than that of the stack: no yes is believed"
        yield "wrong", what, "Deploy gateway.yaml again."
    if url["AuthType"] != "AWS_IAM":
        what = f"{name} has a URL that takes requests which nobody signed"
        yield "wrong", what, "Deploy gateway.yaml again, whose URL asks IAM."


@_check
def _policies(stack: Stack) -> Iterator[Complaint]:
    """Look whether the gateway's policies name the tools of this code, and nothing else."""
    client = stack.client("bedrock-agentcore-control")
    name = f"{stack.deployment.name_prefix}-gateway".replace("-", "_")
    is_local = stack.deployment.cloud.is_local  # the local AWS has none
    engines = [] if is_local else _listed(client, "list_policy_engines")
    for engine in (e for e in engines if e["name"] == name):
        listed = _listed(client, "list_policies", policyEngineId=engine["policyEngineId"])
        cedar = (policy["definition"].get("cedar", {}).get("statement", "") for policy in listed)
        named = set(_ACTION.findall(" ".join(cedar)))
        declared = set(policies.actions(all_groups()))
        of_the_server = set(policies.actions(all_groups(), called=lambda _: policies.MCP_TARGET))
        declared = of_the_server if named & of_the_server else declared
        mend = "Deploy gateway.yaml again."
        for action in sorted(declared - named):
            yield "wrong", f"no policy names {action}: it is denied, and not listed", mend
        for action in sorted(named - declared):
            yield "wrong", f"a policy names {action}, which is no tool of this code", mend


@_check
def _gateway_rate(stack: Stack) -> Iterator[Complaint]:
    """Look whether the gateway counts how often a customer calls each tool that needs their yes."""
    client = stack.client("bedrock-agentcore-control")
    for place in _gateways(stack):
        limits = _listed(client, "list_gateway_rate_limits", **place)
        counted = {
            entry["dimensions"].get("toolName", "").rpartition("___")[2]
            for limit in limits
            for entry in limit["entries"]
        }
        needed = {o.operation_id for group in all_groups() for o in group if o.path and o.confirm}
        for operation_id in sorted(needed - counted):
            what = f"nothing limits how often a minute a customer calls {operation_id}"
            yield "wrong", what, "Deploy gateway.yaml again."


def _gateways(stack: Stack) -> Iterator[dict[str, str]]:
    """Yield where the gateway beside the stack is, if there is one; the local AWS has none."""
    name = f"{stack.deployment.name_prefix}-gateway"
    client = stack.client("bedrock-agentcore-control")
    is_local = stack.deployment.cloud.is_local
    for gateway in [] if is_local else _listed(client, "list_gateways"):
        if gateway["name"] == name:
            yield {"gatewayIdentifier": gateway["gatewayId"]}


def _by_name(definitions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {definition["name"]: definition for definition in definitions}
