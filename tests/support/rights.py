"""What the roles of the template's functions may do, as their policies are written."""

from collections.abc import Iterator
from typing import Any

from console.template import expanded_template
from tests.support.tables import PREFIX

RESOURCES: dict[str, Any] = expanded_template()["Resources"]


def named(name: Any) -> str:
    """Return a name as a deployment with the default prefix has it."""
    text = name["Fn::Sub"] if isinstance(name, dict) else name
    return str(text).replace("${NamePrefix}", PREFIX)


FUNCTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    named(resource["Properties"]["FunctionName"]): (logical, resource["Properties"])
    for logical, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
"""By its deployed name: the logical id and the properties of every function."""

_TABLES = {
    logical: named(resource["Properties"]["TableName"]).removeprefix(f"{PREFIX}-")
    for logical, resource in RESOURCES.items()
    if resource["Type"] == "AWS::DynamoDB::Table"
}


def as_list(value: Any) -> list[Any]:
    """Return what IAM takes as one or as many."""
    return value if isinstance(value, list) else [value]


def role_of(logical: str) -> str:
    """Return the logical id of a function's role."""
    return f"{logical.removesuffix('Function')}Role"


def statements_of(role: str, resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a role may do: what every role may, then its own policies."""
    policies = list(resources[role]["Properties"]["Policies"])
    policies += [
        r["Properties"]
        for r in resources.values()
        if r["Type"] == "AWS::IAM::Policy" and {"Ref": role} in r["Properties"]["Roles"]
    ]
    return [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]


def rights_on_tables(function: str, resources: dict[str, Any] = RESOURCES) -> set[str]:
    """Return what the role of a function may do, such as `accounts/account-index:Query`."""
    logical, _ = FUNCTIONS[function]
    return {
        f"{where}:{action.removeprefix('dynamodb:')}"
        for statement in statements_of(role_of(logical), resources)
        for action in as_list(statement["Action"])
        for where in _tables_of(statement)
        if action.startswith("dynamodb:")
    }


def rights_on_keys(function: str, resources: dict[str, Any] = RESOURCES) -> set[tuple[str, str]]:
    """Return what the role of a function may do with KMS: each action, and the key or `*`."""
    logical, _ = FUNCTIONS[function]
    return {
        (action, resource["Fn::GetAtt"][0] if isinstance(resource, dict) else resource)
        for statement in statements_of(role_of(logical), resources)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if action.partition(":")[0] in {"kms", "*"}
    }


def _tables_of(statement: dict[str, Any]) -> Iterator[str]:
    """Yield the tables and indexes of a statement; a stream is neither."""
    for resource in as_list(statement["Resource"]):
        match resource:
            case {"Fn::GetAtt": [str(logical), "Arn"]} if logical in _TABLES:
                yield _TABLES[logical]
            case {"Fn::Sub": str(text)} if "Table.Arn}" in text:
                logical, _, rest = text.removeprefix("${").partition(".Arn}")
                yield _TABLES[logical] + rest.replace("/index/", "/")
