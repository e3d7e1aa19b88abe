"""`template.yaml` as CloudFormation processes it: without loops, and without resources of SAM."""

import re
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from console.template import expanded_template

REGION = "us-east-1"

# What a resource of each type is called, where the template says so.
_NAMES = {
    "AWS::Bedrock::Agent": "AgentName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::SQS::Queue": "QueueName",
}


def processed(template: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a processed template, `template.yaml` unless another is given.

    The code stands in a bucket that is not there.
    """
    template = template or expanded_template()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/artefact.zip"
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    made: dict[str, Any] = translator.translate(template, {})
    return made


def fixed_names(template: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Return type and name of each resource by logical id; None where CloudFormation names it."""
    resources = template["Resources"]

    def resolved(name: Any) -> str:
        match name:
            case {"Ref": "NamePrefix"}:
                return "centli"
            case {"Ref": "AWS::Region"}:
                return REGION
            case {"Ref": str(logical)} if logical in resources:
                return str(called(logical)[1])
            case {"Fn::Sub": [str(text), dict(variables)]}:
                return re.sub(
                    r"\$\{([\w:]+)\}",
                    lambda match: resolved(variables.get(match[1], {"Ref": match[1]})),
                    text,
                )
            case {"Fn::Sub": str(text)}:
                return resolved({"Fn::Sub": [text, {}]})
            case str():
                return name
        raise ValueError(f"This name is not understood: {name!r}")

    def called(logical: str) -> tuple[str, str | None]:
        type_ = resources[logical]["Type"]
        name = resources[logical].get("Properties", {}).get(_NAMES.get(type_, ""))
        return type_, None if name is None else resolved(name)

    return {logical: called(logical) for logical in resources}
