"""The tables of `template.yaml` in moto, so that tests run on the keys that are deployed."""

from functools import cache
from typing import Any

from console.deployment import load_template

PREFIX = "centli"
_TABLE_PROPERTIES = (
    "TableName",
    "BillingMode",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
)


def create_tables(client: Any) -> None:
    """Create every table of the template."""
    for properties in table_properties():
        wanted = {name: properties[name] for name in _TABLE_PROPERTIES if name in properties}
        client.create_table(**wanted)


@cache
def table_properties() -> list[dict[str, Any]]:
    """Return the properties of every table of the template, with their names resolved."""
    resources = load_template()["Resources"].values()
    found = [r["Properties"] for r in resources if r["Type"] == "AWS::DynamoDB::Table"]
    for properties in found:
        properties["TableName"] = _resolved(properties["TableName"])
    return found


def _resolved(name: dict[str, str]) -> str:
    return name["Fn::Sub"].replace("${NamePrefix}", PREFIX)
