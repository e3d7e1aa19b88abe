"""Deploying `template.yaml` through CloudFormation, and finding what was deployed."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from botocore.exceptions import BotoCoreError, ClientError

from console.artefact import ROOT, source_zip
from console.cloud import Cloud
from console.errors import ConsoleError
from console.fast_yaml import safe_load
from console.local_stack import running
from console.template import load_template
from console.where import DEFAULT_PORT, DEFAULT_STACK, Where
from shared.channel import function_of
from shared.clock import MEXICO_CITY

_WAIT_SECONDS = 120
_POLL_SECONDS = 0.1
_HOW_AWS_IS_FOUND = "Region and credentials come from AWS_DEFAULT_REGION, AWS_PROFILE and the like."
_NO_SUCH_STACK = "ValidationError"
"""The code by which CloudFormation says that there is none of that name."""
_TELLING_OUTPUT = "AccountsTableName"
"""An output that every stack of `template.yaml` has once it is deployed."""


@dataclass(frozen=True)
class Deployment:
    """A deployed stack: its outputs and parameters by name."""

    cloud: Cloud
    outputs: dict[str, str]
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def bus_name(self) -> str:
        """The name of the event bus."""
        return self.outputs["EventBusName"]

    @property
    def name_prefix(self) -> str:
        """What the names of the stack's resources begin with."""
        return self.outputs[_TELLING_OUTPUT].removesuffix("-accounts")

    @property
    def bank_zone(self) -> ZoneInfo:
        """The time zone of the bank."""
        return ZoneInfo(self.parameters.get("BankTimeZone", MEXICO_CITY))

    def function_of(self, group_name: str) -> str:
        """Return the name by which the function that answers an action group is called."""
        return function_of(self.name_prefix, group_name)


def deploy_locally(
    cloud: Cloud, stack: str = DEFAULT_STACK, parameters: dict[str, str] | None = None
) -> Deployment:
    """Deploy the real template to the local AWS. Raises ConsoleError that says what failed."""
    template_url = _packaged(cloud)
    cloudformation = cloud.client("cloudformation")
    try:
        cloudformation.create_stack(
            StackName=stack,
            TemplateURL=template_url,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in (parameters or {}).items()
            ],
        )
    except ClientError as error:
        raise ConsoleError(f"The template was refused: {error}") from None
    _wait(cloudformation, stack)
    return find(cloud, stack)


def find(cloud: Cloud, stack: str = DEFAULT_STACK) -> Deployment:
    """Return the stack deployed there. Raises ConsoleError when there is none to be seen."""
    try:
        [described] = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != _NO_SUCH_STACK:
            raise ConsoleError(f"The stack `{stack}` may not be looked at: {error}") from None
        raise ConsoleError(
            f"There is no stack `{stack}`. Deploy it with `sam build && sam deploy`, or start a "
            "local one with `centli up`."
        ) from None
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", [])}
    if _TELLING_OUTPUT not in outputs:
        raise ConsoleError(
            f"The stack `{stack}` ({described['StackStatus']}) has no output {_TELLING_OUTPUT}: "
            "its deployment has not ended or has failed, or it is of another template."
        )
    given = {p["ParameterKey"]: p["ParameterValue"] for p in described.get("Parameters", [])}
    return Deployment(cloud, outputs, given)


def reach(where: Where) -> Deployment:
    """Return the stack that is there. Raises ConsoleError when nothing answers, or has no stack."""
    port = where.local_port
    start = "Start one with `centli up" + ("" if port == DEFAULT_PORT else f" --port {port}") + "`."
    cloud = Cloud() if where.aws else running(port)
    if cloud is None:
        raise ConsoleError(f"You have no local stack on port {port}. {start}")
    try:
        return find(cloud, where.stack)
    except BotoCoreError as error:
        place = "AWS" if where.aws else f"the local stack on port {port}"
        how = _HOW_AWS_IS_FOUND if where.aws else start
        told = f"Could not reach {place}: {str(error).removesuffix('.')}. {how}"
        raise ConsoleError(told) from None


def _packaged(cloud: Cloud) -> str:
    """Upload the template with what it refers to, as `sam deploy` does, and return its address.

    All of it as JSON: the local AWS takes long to read YAML.
    """
    s3 = cloud.client("s3")
    bucket = f"centli-artefacts-{cloud.account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="artefact.zip", Body=source_zip())
    template = load_template()
    template["Globals"]["Function"]["CodeUri"] = f"s3://{bucket}/artefact.zip"
    for include in _includes(template):
        location = include["Location"]
        included = json.dumps(safe_load((ROOT / location).read_text(encoding="utf-8")))
        s3.put_object(Bucket=bucket, Key=location, Body=included.encode())
        include["Location"] = f"s3://{bucket}/{location}"
    s3.put_object(Bucket=bucket, Key="template.json", Body=json.dumps(template).encode())
    return f"{cloud.endpoint}/{bucket}/template.json"


def _includes(node: Any) -> Iterator[dict[str, str]]:
    """Yield the parameters of every `AWS::Include` below a node of the template."""
    if isinstance(node, dict):
        if node.get("Name") == "AWS::Include":
            yield node["Parameters"]
        for child in node.values():
            yield from _includes(child)
    elif isinstance(node, list):
        for child in node:
            yield from _includes(child)


def _wait(cloudformation: Any, stack: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        [described] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        status = described["StackStatus"]
        if status == "CREATE_COMPLETE":
            return
        if not status.endswith("_IN_PROGRESS"):
            raise ConsoleError(_why_failed(cloudformation, stack, status))
        time.sleep(_POLL_SECONDS)
    raise ConsoleError(f"The deployment did not end within {_WAIT_SECONDS} seconds.")


def _why_failed(cloudformation: Any, stack: str, status: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    return "\n".join([f"The deployment ended as {status}:", *reasons])
