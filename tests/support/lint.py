"""cfn-lint on what the combinations of parameters deploy: `python -m tests.support.lint`.

It runs in the environment of the SAM CLI, which has cfn-lint; the gate's part `template` calls it.
Each combination that the rules of a template admit decides its conditions, and which rules have
something to ask. Those are linted that together show every pair of these in every way that occurs:
a fault lies in what one condition makes, or in what two of them make of each other.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from multiprocessing import Pool
from typing import Any

import yaml

from console.artefact import ROOT
from console.template import expanded_template, load_gateway_template
from tests.support.conditions import decided, deployed, names_in
from tests.support.processed_template import REGION, processed

Given = dict[str, str]
Pair = tuple[tuple[str, bool], tuple[str, bool]]

EXAMPLES = {
    "AgentId": "AGENT12345",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms",
    "AllowedAudience": "audience",
    "AllowedClients": "client",
    "TestUserId": "user-maria",
}
"""What a parameter without allowed values may be besides empty."""
PYTHONS = ("3.11", "3.14")
"""What a checkout may have in the place of the one value that PythonVersion allows."""


def admitted(template: Mapping[str, Any]) -> Iterator[Given]:
    """Yield each combination of the parameters that decide something, if the rules admit it."""
    parameters = template["Parameters"]
    named = {*names_in(template["Conditions"]), *names_in(template.get("Rules", {}))}
    deciding = sorted(named & set(parameters))
    allowed = {n: p["AllowedValues"] for n, p in parameters.items() if "AllowedValues" in p}
    allowed |= {"PythonVersion": PYTHONS}
    values = [allowed.get(n) or ("", EXAMPLES[n]) for n in deciding]
    for chosen in product(*values):
        given = dict(zip(deciding, chosen, strict=True))
        if all(_holds(rule, template, given) for rule in template.get("Rules", {}).values()):
            yield given


def _holds(rule: Mapping[str, Any], template: Mapping[str, Any], given: Given) -> bool:
    asked = {"Rule": rule.get("RuleCondition", {"Fn::Equals": ["", ""]})}
    asked |= {f"Assertion{n}": a["Assert"] for n, a in enumerate(rule["Assertions"])}
    truth = decided({**template, "Conditions": asked}, given)
    return not truth.pop("Rule") or all(truth.values())


def covering(template: Mapping[str, Any], given: Sequence[Given]) -> list[Given]:
    """Return combinations that show every pair of conditions in every way that any shows it."""
    shown = [_pairs(template, one) for one in given]
    left = set().union(*shown)
    chosen = []
    while left:
        best = max(range(len(given)), key=lambda n: len(shown[n] & left))
        chosen.append(given[best])
        left -= shown[best]
    return chosen


def _pairs(template: Mapping[str, Any], given: Given) -> set[Pair]:
    return set(combinations(sorted(settled(template, given).items()), 2))


def settled(template: Mapping[str, Any], given: Given) -> dict[str, bool]:
    """Return the truth of each condition of a template, and of what its rules depend on."""
    rules = template.get("Rules", {}).items()
    asking = {name: rule["RuleCondition"] for name, rule in rules if "RuleCondition" in rule}
    return decided({**template, "Conditions": template["Conditions"] | asking}, given)


def linted(template: Mapping[str, Any], given: Given) -> list[str]:
    """Return what cfn-lint finds in what a combination deploys of a processed template."""
    from cfnlint.api import lint  # noqa: PLC0415 only the SAM CLI's environment has it
    from cfnlint.config import ManualArgs  # noqa: PLC0415

    parameters = {
        name: {**parameter, "Default": given[name]} if name in given else parameter
        for name, parameter in template["Parameters"].items()
    }
    if "PythonVersion" in given:
        parameters["PythonVersion"]["AllowedValues"] = [given["PythonVersion"]]
    made = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": parameters,
        **deployed(template, given),
    }
    # A parameter may be there for another combination.
    config = ManualArgs(regions=[REGION], ignore_checks=["W2001"])
    return [str(match) for match in lint(json.dumps(made), config=config)]


def included(node: Any) -> Any:
    """Return a template with files in the place of their names."""
    match node:
        case {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}:
            return yaml.safe_load((ROOT / location).read_text(encoding="utf-8"))
        case dict():
            return {key: included(value) for key, value in node.items()}
        case list():
            return [included(value) for value in node]
    return node


TEMPLATES = {"template.yaml": expanded_template, "gateway.yaml": load_gateway_template}


def main() -> int:
    """Lint on all cores, print what is found, and return 1 when anything is."""
    tasks = []
    for name, load in TEMPLATES.items():
        whole = included(processed(load()))
        given = list(admitted(whole))
        chosen = covering(whole, given)
        print(f"{name}: {len(chosen)} of {len(given)} combinations", flush=True)
        tasks += [(name, whole, one) for one in chosen]
    with Pool() as pool:
        findings = [finding for found in pool.starmap(_told, tasks, 1) for finding in found]
    print(*findings, sep="\n")
    return 1 if findings else 0


def _told(name: str, template: Mapping[str, Any], given: Given) -> list[str]:
    return [f"{name} with {given}: {finding}" for finding in linted(template, given)]


if __name__ == "__main__":
    sys.exit(main())
