"""The tables of `template.yaml`, so that tests run on the keys that are deployed."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from console.template import expanded_template

PREFIX = "centli"
CONFIRMATION_KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/confirmation"


@cache
def table_properties() -> list[dict[str, Any]]:
    """Return the properties of every table of the template, with their names resolved."""
    resources = expanded_template()["Resources"].values()
    found = [r["Properties"] for r in resources if r["Type"] == "AWS::DynamoDB::Table"]
    for properties in found:
        properties["TableName"] = _resolved(properties["TableName"])
    return found


@cache
def function_environment() -> Mapping[str, str]:
    """Return the variables that the template gives to every function, by default."""
    template = expanded_template()
    defaults = {name: str(p.get("Default")) for name, p in template["Parameters"].items()}
    variables = template["Globals"]["Function"]["Environment"]["Variables"]

    def value_of(node: Any) -> str:
        match node:
            case {"Ref": str(parameter)}:
                return defaults[parameter]
            case {"Fn::Join": [",", list_of_names]}:
                return value_of(list_of_names)
            case {"Fn::GetAtt": ["ConfirmationKey", "Arn"]}:
                return CONFIRMATION_KEY_ARN
        return _resolved(node)

    return MappingProxyType({name: value_of(value) for name, value in variables.items()})


def _resolved(name: Any) -> str:
    text = name["Fn::Sub"] if isinstance(name, dict) else name
    return str(text).replace("${NamePrefix}", PREFIX)
