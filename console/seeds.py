"""Seeding a deployment with the same data as the seed scripts, and who its customers are."""

from console.deployment import Deployment
from scripts import seed_accounts, seed_beneficiaries, seed_products


def seed_all(deployment: Deployment) -> int:
    """Add what is missing of all seeds, and return how many items that were."""
    client = deployment.cloud.client("dynamodb")
    modules = (seed_accounts, seed_products, seed_beneficiaries)
    return sum(module.seed(client, deployment.name_prefix) for module in modules)


def seeded_customers() -> dict[str, str]:
    """Return the names of the seeded customers by user id."""
    return dict(seed_accounts.CUSTOMERS)
