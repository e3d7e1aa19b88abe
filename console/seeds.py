"""Seeding a deployment with the same data as the seed scripts, and who its customers are."""

from console.deployment import Deployment
from scripts import seed_accounts, seed_beneficiaries, seed_products


def seed_all(deployment: Deployment) -> int:
    """Add what is missing of all seeds, and return how many items that were."""
    client = deployment.cloud.client("dynamodb")
    modules = (seed_accounts, seed_products, seed_beneficiaries)
    return sum(module.seed(client, deployment.name_prefix) for module in modules)


def seeded_customers() -> dict[str, str]:
    """Return the names of the seeded customers by user id, as their beneficiaries' owners know."""
    owner_of = {account: user for user, account, *_ in seed_accounts.ACCOUNTS}
    names = {owner_of[account]: name for _, _, name, account, _ in seed_beneficiaries.BENEFICIARIES}
    return {user: names.get(user, user) for user in dict.fromkeys(owner_of.values())}
