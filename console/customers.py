"""Who has accounts in a local stack, so that a misspelt customer is noticed."""

from console.deployment import Deployment
from console.errors import ConsoleError


def customers_instead_of(user_id: str, deployment: Deployment) -> list[str]:
    """Return who there is, retailers included, when this is nobody; else nothing.

    The caller without a name ("") is let through: the operations answer that. In an AWS account
    nothing is looked up, for that would read every customer of a bank.
    """
    if not user_id or not deployment.cloud.is_local:
        return []
    pages = (
        deployment.cloud.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=deployment.outputs["AccountsTableName"], ProjectionExpression="user_id")
    )
    owners = {item["user_id"]["S"] for page in pages for item in page["Items"]}
    return [] if user_id in owners else sorted(owners)


def check_customer(user_id: str, deployment: Deployment) -> None:
    """Raise ConsoleError that names who there is when this is nobody."""
    if others := customers_instead_of(user_id, deployment):
        raise ConsoleError(f"There is no customer `{user_id}`. There are: {', '.join(others)}.")
