"""The tools that a gateway reads: what the code says, what AWS takes, each rule broken alone."""

from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import yaml
from botocore.validate import ParamValidator

from action_groups import all_groups
from console.artefact import ROOT
from console.schemas.lint import Finding, lint
from console.schemas.tools import RULES
from tests.support.arguments import ON_AGENT_DOOR

FILES = sorted((ROOT / "tools").glob("*.yaml"))
CRM = (ROOT / "tools" / "crm.yaml").read_text(encoding="utf-8")
MAX_BYTES = 30_000


def by_the_api(value: Any, *, names: bool = False) -> Any:
    """Return what CloudFormation is given as it gives it to the Gateway's API."""
    if isinstance(value, list):
        return [by_the_api(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key if names else key[0].lower() + key[1:]: by_the_api(item, names=key == "Properties")
        for key, item in value.items()
    }


def test_there_is_one_file_for_each_group() -> None:
    assert [file.stem for file in FILES] == sorted(group.name for group in all_groups())


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_the_gateways_api_takes_it(file: Any) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    client = boto3.client(
        "bedrock-agentcore-control",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    shape = client.meta.service_model.operation_model("CreateGatewayTarget").input_shape
    function = "arn:aws:lambda:us-east-1:123456789012:function:centli-crm"
    target = {
        "gatewayIdentifier": "centli-gateway-a1b2c3d4e5",
        "name": "crm",
        "targetConfiguration": {
            "mcp": {"lambda": {"lambdaArn": function, "toolSchema": by_the_api(content)}}
        },
    }
    assert not ParamValidator().validate(target, shape).has_errors()
    [tool, *_] = target["targetConfiguration"]["mcp"]["lambda"]["toolSchema"]["inlinePayload"]  # type: ignore[index]
    del tool["description"]
    assert ParamValidator().validate(target, shape).has_errors()


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_it_passes_its_own_rules_and_stays_small(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    assert lint({str(file): text}) == []
    assert len(text) < MAX_BYTES


@pytest.mark.parametrize("operation", ON_AGENT_DOOR, ids=lambda o: o.operation_id)
def test_each_operation_is_a_tool_with_its_arguments(operation: Any) -> None:
    content = yaml.safe_load((ROOT / "tools" / f"{operation.group}.yaml").read_text())
    [tool] = [t for t in content["InlinePayload"] if t["Name"] == operation.operation_id]
    fields = operation.request_model.model_fields
    assert tool["Description"] == operation.description
    assert tool["InputSchema"].get("Properties", {}).keys() == fields.keys()
    required = {name for name, field in fields.items() if field.is_required()}
    assert set(tool["InputSchema"].get("Required", ())) == required
    assert "Required" not in tool["OutputSchema"]
    assert "status" in tool["OutputSchema"]["Properties"]["error"]["Properties"]


@dataclass(frozen=True)
class Breach:
    """An edit of the CRM's file that breaks one rule in one place."""

    rule: str
    old: str
    new: str
    tool: str = "addBeneficiary"

    @property
    def text(self) -> str:
        assert self.old in CRM, f"{self.old!r} is not there"
        return CRM.replace(self.old, self.new, 1)


TOOL = "- Name: addBeneficiary\n"
NAME = "      name:\n        Type: string\n"
BREACHES = {
    "no tool": Breach("tool-parts", CRM, "InlinePayload: []\n", "-"),
    "tools that are no list": Breach("tool-parts", CRM, "InlinePayload: x\n", "-"),
    "a tool without a name": Breach("tool-parts", TOOL, "- Nombre: x\n", "-"),
    "a tool without words": Breach("tool-parts", "  Description: ", "  Note: "),
    "annotations": Breach("tool-parts", TOOL, f"{TOOL}  Annotations: {{}}\n"),
    "a name with ___": Breach("tool-name", TOOL, "- Name: add___B\n", "add___B"),
    "a name with a blank": Breach("tool-name", TOOL, "- Name: add B\n", "add B"),
    "a name too long": Breach("tool-name", TOOL, f"- Name: {'a' * 60}\n", "a" * 60),
    "a name twice": Breach("tool-repeated", TOOL, "- Name: resolveAlias\n", "resolveAlias"),
    "an enumeration": Breach("tool-keyword", NAME, f"{NAME}        Enum: [a]\n"),
    "a default": Breach("tool-keyword", NAME, f"{NAME}        Default: a\n"),
    "a small letter": Breach("tool-keyword", NAME, f"{NAME}        type: string\n"),
    "no type": Breach("tool-type", NAME, "      name:\n"),
    "two types": Breach("tool-type", NAME, "      name:\n        Type: [string, 'null']\n"),
    "a list of nothing": Breach("tool-type", NAME, "      name:\n        Type: array\n"),
    "required but no property": Breach("tool-required", NAME, NAME.replace("name", "nombre")),
    "no object": Breach(
        "tool-input", "  InputSchema:\n    Type: object", "  InputSchema:\n    Type: string"
    ),
    "an argument without words": Breach(
        "tool-input", NAME, f"      empty:\n        Type: string\n{NAME}"
    ),
    "an argument that no model can name": Breach(
        "tool-input",
        NAME,
        f"      a b:\n        Type: string\n        Description: B.\n{NAME}",
    ),
}


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES)
def test_a_broken_rule_is_told_by_its_tool_and_line(breach: Breach) -> None:
    found = lint({"crm.yaml": breach.text})
    assert {(finding.rule, finding.operation) for finding in found} == {(breach.rule, breach.tool)}
    assert all(finding.level == "refusal" for finding in found)
    assert all(1 <= finding.line <= len(breach.text.splitlines()) for finding in found)


def test_every_rule_is_broken_by_a_test() -> None:
    assert {breach.rule for breach in BREACHES.values()} == RULES.keys()


def test_a_finding_says_the_line() -> None:
    [found] = lint({"crm.yaml": BREACHES["an enumeration"].text})
    assert isinstance(found, Finding)
    assert "Enum" in BREACHES["an enumeration"].text.splitlines()[found.line - 1]


@pytest.mark.parametrize("value", ["x", "5", "null", "[]", "{}", "[[]]", "{a: [{}]}", "true"])
@pytest.mark.parametrize(
    "where", ["InlinePayload: {}", "InlinePayload: [{}]", "InlinePayload: [{{InputSchema: {}}}]"]
)
def test_whatever_a_file_holds_gets_findings_and_no_crash(where: str, value: str) -> None:
    assert lint({"a.yaml": where.format(value)})
