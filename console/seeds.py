"""Seeding a deployment with the same data as the seed scripts, and who its customers are."""

from console.deployment import Deployment
from scripts.seed_accounts import CUSTOMERS
from scripts.seeding import all_seeds


def seed_all(deployment: Deployment) -> int:
    """Add what is missing of all seeds, and return how many items that were."""
    client = deployment.cloud.client("dynamodb")
    return sum(seed(client, deployment.name_prefix) for seed in all_seeds())


def seeded_customers() -> dict[str, str]:
    """Return the names of the seeded customers by user id."""
    return dict(CUSTOMERS)
