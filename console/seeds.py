"""Seeding a deployment with the same data as the seed scripts."""

from console.deployment import Deployment
from scripts import seed_accounts, seed_beneficiaries, seed_products

_SUFFIX = "-accounts"


def seed_all(deployment: Deployment) -> int:
    """Add what is missing of all seeds, and return how many items that were."""
    client = deployment.cloud.client("dynamodb")
    prefix = deployment.outputs["AccountsTableName"].removesuffix(_SUFFIX)
    modules = (seed_accounts, seed_products, seed_beneficiaries)
    return sum(module.seed(client, prefix) for module in modules)
